//! Sharing: from the fused representation to each task's.
//!
//! To add one: a file and an entry in [`METHODS`].

mod block;
mod cross_stitch;
mod hard;
mod mmoe;
mod soft;

use crate::error::ModelError;
use crate::fusion::ModalitySizes;
use crate::view::{EncoderBlock, Fused};
use banyan_engine::{Graph, Var};
use banyan_method::{Choice, Described, Method, Registry, Settings};
use banyan_nn::LayerBuilder;
use std::fmt::Debug;

/// Decides what tasks share on the way to their heads.
pub trait Sharing: Debug + Send + Sync {
    /// The representation that each task's head reads. Tasks that are not `wanted` may be `None`; what
    /// only they need is not run.
    fn forward(&self, graph: &mut Graph<'_>, reached: Reached<'_>, wanted: &[bool]) -> Vec<Option<Var>>;

    /// Sees the output of each block of each encoder as it runs, and returns what the encoder goes on with: where layers of tasks sit between or
    /// beside those of an encoder.
    fn after_block(&self, _graph: &mut Graph<'_>, block: EncoderBlock) -> Var {
        block.output
    }

    /// Declares penalties on parameters, once a training step: see [`Program::penalties`](banyan_engine::Program::penalties).
    fn penalties(&self, _graph: &mut Graph<'_>) {}

    /// The names of all losses of no task that its other functions declare, so that they can be
    /// balanced like tasks.
    fn auxiliary_losses(&self) -> Vec<String> {
        Vec::new()
    }

    /// How many values [`forward`](Self::forward) [publishes](Graph::publish) in training, in every chunk, for
    /// [`whole_batch`](Self::whole_batch).
    fn published(&self) -> usize {
        0
    }

    /// Declares what needs all rows of a training step: a loss that compares each with all others, or a statistic of the batch.
    /// `published[i]` holds what each chunk published `i`th, one below the other.
    fn whole_batch(&self, _graph: &mut Graph<'_>, _published: &[Var]) {}
}

/// How far a pass has come when it reaches the sharing.
#[derive(Debug, Clone, Copy)]
pub struct Reached<'a> {
    /// What the fusion returned.
    pub fused: &'a Fused,
    /// The blocks of the encoders that ran, modality after modality.
    pub blocks: &'a [EncoderBlock],
}

impl<'a> Reached<'a> {
    /// A pass whose encoders have no blocks that count.
    pub fn fused(fused: &'a Fused) -> Self {
        Self { fused, blocks: &[] }
    }
}

/// What a sharing is made for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SharingPlan<'a> {
    /// The modalities with their encoders' views and blocks.
    pub modalities: &'a [ModalitySizes],
    /// The number of tasks.
    pub tasks: usize,
    /// Features of the fused representation and of each task's.
    pub width: usize,
    /// Layers.
    pub layers: usize,
    /// Dropout in training.
    pub dropout: f32,
}

/// A way of sharing, by name.
#[derive(Debug, Clone, Copy)]
pub struct SharingMethod {
    /// Name, summary, paper and options.
    pub method: Method,
    /// Makes it.
    pub build: fn(&mut LayerBuilder, SharingPlan<'_>, &Settings) -> Box<dyn Sharing>,
}

impl Described for SharingMethod {
    fn method(&self) -> &Method {
        &self.method
    }
}

/// All ways of sharing.
pub static METHODS: Registry<SharingMethod> = Registry::new(
    "sharings",
    "sharing",
    "Decide which layers the tasks have in common.",
    &[hard::METHOD, soft::METHOD, cross_stitch::METHOD, mmoe::METHOD],
);

/// Makes a way of sharing by name.
///
/// # Errors
/// For an unknown name or option, or an option out of range.
pub(crate) fn build(
    builder: &mut LayerBuilder,
    methods: &Registry<SharingMethod>,
    choice: &Choice,
    plan: SharingPlan<'_>,
) -> Result<Box<dyn Sharing>, ModelError> {
    let (entry, settings) = methods.check(choice, plan.tasks)?;
    Ok(builder.within("trunk", |b| (entry.build)(b, plan, &settings)))
}
