//! Fusion: from the pooled views of all roots to one representation.
//!
//! To add one: a file and an entry in [`METHODS`]. A fusion receives every root at every row; where a row
//! lacks one, the root holds its learned token and its mask says so.

mod attention;
mod concat;
mod gated;
mod sum;

use crate::error::ModelError;
use crate::method::{Choice, MethodInfo};
use crate::view::Root;
use banyan_engine::{Graph, Var};
use banyan_nn::LayerBuilder;
use std::fmt::Debug;

/// Brings several modalities together; a model of one modality has no fusion.
pub trait Fusion: Debug + Send + Sync {
    /// One vector of `width` features a row.
    fn forward(&self, graph: &mut Graph<'_>, roots: &[Root]) -> Var;
}

type Build = fn(&mut LayerBuilder, usize, usize, &Choice<'_>) -> Result<Box<dyn Fusion>, ModelError>;

/// A fusion by name.
#[derive(Debug)]
pub struct FusionMethod {
    /// Name, summary, paper and options.
    pub info: MethodInfo,
    /// Makes it for (roots, width).
    build: Build,
}

/// The name below which a fusion's parameters are. Every fusion has some.
pub(crate) const PARAMETERS: &str = "fusion";

/// All fusions.
pub static METHODS: &[FusionMethod] = &[
    FusionMethod { info: concat::INFO, build: concat::build },
    FusionMethod { info: sum::INFO, build: sum::build },
    FusionMethod { info: gated::INFO, build: gated::build },
    FusionMethod { info: attention::INFO, build: attention::build },
];

/// Makes a fusion of `roots` roots by name; none of a single root, whose vector is the representation already: its width is the
/// fusion's, and there is nothing to weigh it against.
///
/// # Errors
/// For an unknown name or option, of a single root as well.
pub(crate) fn build(
    builder: &mut LayerBuilder,
    name: &str,
    options: &toml::Table,
    roots: usize,
    width: usize,
) -> Result<Option<Box<dyn Fusion>>, ModelError> {
    let choice = Choice::find("fusion", METHODS.iter().map(|method| &method.info), name, options)?;
    let Some(method) = METHODS.iter().find(|method| method.info.name == choice.info().name) else {
        unreachable!("the choice is one of the methods")
    };
    if roots < 2 {
        return Ok(None);
    }
    builder.within(PARAMETERS, |b| (method.build)(b, roots, width, &choice)).map(Some)
}

/// All roots side by side, and whether each is there: `[rows, roots × width + roots]`.
fn side_by_side(graph: &mut Graph<'_>, roots: &[Root]) -> Var {
    let mut parts: Vec<Var> = roots.iter().map(|root| root.pooled).collect();
    parts.push(presence(graph, roots));
    graph.concat(&parts)
}

/// 1 where a row has a root, else 0: `[rows, roots]`.
fn presence(graph: &mut Graph<'_>, roots: &[Root]) -> Var {
    let rows = roots[0].present.len();
    graph.input_with([rows, roots.len()], |values| {
        for (row, values) in values.chunks_exact_mut(roots.len()).enumerate() {
            for (value, root) in values.iter_mut().zip(roots) {
                *value = f32::from(u8::from(root.present[row]));
            }
        }
    })
}
