//! Fusion: from the pooled views of all roots to one representation.
//!
//! To add one: a file and an entry in [`METHODS`]. A fusion receives every root at every row; where a row
//! lacks one, the root holds its learned token and its mask says so.

mod attention;
mod concat;
mod gated;
mod sum;

use crate::error::ModelError;
use crate::view::Root;
use banyan_engine::{Graph, Var};
use banyan_method::{Choice, Described, Method, Registry, Settings};
use banyan_nn::LayerBuilder;
use std::fmt::Debug;

/// Brings several modalities together; a model of one modality has no fusion.
pub trait Fusion: Debug + Send + Sync {
    /// One vector of `width` features a row.
    fn forward(&self, graph: &mut Graph<'_>, roots: &[Root]) -> Var;
}

/// A fusion by name.
#[derive(Debug, Clone, Copy)]
pub struct FusionMethod {
    /// Name, summary, paper and options.
    pub method: Method,
    /// Makes it for so many roots of so many features each.
    pub build: fn(&mut LayerBuilder, usize, usize, &Settings) -> Box<dyn Fusion>,
}

impl Described for FusionMethod {
    fn method(&self) -> &Method {
        &self.method
    }
}

/// The name below which a fusion's parameters are. Every fusion has some.
pub(crate) const PARAMETERS: &str = "fusion";

/// All fusions.
pub static METHODS: Registry<FusionMethod> = Registry::new(
    "fusions",
    "fusion",
    "Bring the inputs of a row together, some of which may be missing. A single input, or the columns of a table alone, need none.",
    &[concat::METHOD, sum::METHOD, gated::METHOD, attention::METHOD],
);

/// Makes a fusion of `roots` roots by name; none of a single root, whose vector is the representation already: its width is the
/// fusion's, and there is nothing to weigh it against.
///
/// # Errors
/// For an unknown name or option, or an option out of range, of a single root as well.
pub(crate) fn build(
    builder: &mut LayerBuilder,
    choice: &Choice,
    tasks: usize,
    roots: usize,
    width: usize,
) -> Result<Option<Box<dyn Fusion>>, ModelError> {
    let (entry, settings) = METHODS.check(choice, tasks)?;
    Ok((roots > 1).then(|| builder.within(PARAMETERS, |b| (entry.build)(b, roots, width, &settings))))
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
