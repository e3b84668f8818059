//! Sharing: from the fused representation to each task's.
//!
//! To add one: a file and an entry in [`METHODS`].

mod block;
mod cross_stitch;
mod hard;
mod mmoe;
mod soft;

use crate::error::ModelError;
use crate::method::{Choice, MethodInfo};
use banyan_engine::{Graph, ParameterId, Var};
use banyan_nn::LayerBuilder;
use std::fmt::Debug;

/// Decides what tasks share between the fused representation and their heads.
pub trait Sharing: Debug + Send + Sync {
    /// The representation that each task's head reads. Tasks that are not `wanted` may be `None`; what
    /// only they need is not run.
    fn forward(&self, graph: &mut Graph<'_>, fused: Var, wanted: &[bool]) -> Vec<Option<Var>>;

    /// Parameters of different tasks that are drawn together.
    fn ties(&self) -> Vec<Tie> {
        Vec::new()
    }
}

/// The penalty `strength · Σ_{i<j} ‖W_i - W_j‖²` over the parameters of one layer, one for each task.
#[derive(Debug, Clone, PartialEq)]
pub struct Tie {
    /// The layer's parameter of each task, all of one shape.
    pub parameters: Vec<ParameterId>,
    /// The factor.
    pub strength: f64,
}

/// The sizes of the layers between fusion and heads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TrunkSizes {
    pub(crate) tasks: usize,
    pub(crate) width: usize,
    pub(crate) layers: usize,
    pub(crate) dropout: f32,
}

type Build = fn(&mut LayerBuilder, TrunkSizes, &Choice<'_>) -> Result<Box<dyn Sharing>, ModelError>;

/// A way of sharing, by name.
#[derive(Debug)]
pub struct SharingMethod {
    /// Name, summary, paper and options.
    pub info: MethodInfo,
    build: Build,
}

/// All ways of sharing.
pub static METHODS: &[SharingMethod] = &[
    SharingMethod { info: hard::INFO, build: hard::build },
    SharingMethod { info: soft::INFO, build: soft::build },
    SharingMethod { info: cross_stitch::INFO, build: cross_stitch::build },
    SharingMethod { info: mmoe::INFO, build: mmoe::build },
];

/// Makes a way of sharing by name.
///
/// # Errors
/// For an unknown name or option, or an option out of range.
pub(crate) fn build(
    builder: &mut LayerBuilder,
    name: &str,
    options: &toml::Table,
    sizes: TrunkSizes,
) -> Result<Box<dyn Sharing>, ModelError> {
    let choice = Choice::find("sharing", METHODS.iter().map(|method| &method.info), name, options)?;
    let Some(method) = METHODS.iter().find(|method| method.info.name == choice.info().name) else {
        unreachable!("the choice is one of the methods")
    };
    builder.within("trunk", |b| (method.build)(b, sizes, &choice))
}
