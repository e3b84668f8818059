//! Fusion: from the views of all modalities to one representation, or one for each task.
//!
//! To add one: a file and an entry in [`METHODS`]. A fusion receives every modality at every row; where a row
//! lacks one, its pooled view holds the modality's learned token, its sequence counts nowhere, and its mask says so. A loss of its own, such as an
//! alignment of modalities, is declared on the graph as one of no task.

mod attention;
mod concat;
mod gated;
mod sum;

use crate::error::ModelError;
use crate::view::{Fused, Modality, ViewSizes};
use banyan_engine::{Graph, Var};
use banyan_method::{Choice, Described, Method, Registry, Settings};
use banyan_nn::LayerBuilder;
use std::fmt::Debug;

/// Brings several modalities together; a model of one modality has no fusion.
pub trait Fusion: Debug + Send + Sync {
    /// What the modalities come to, for one chunk of rows.
    fn forward(&self, graph: &mut Graph<'_>, modalities: &[Modality]) -> Fused;

    /// Features of the [fused tokens](Fused::tokens), for a fusion that makes some.
    fn token_width(&self) -> Option<usize> {
        None
    }

    /// The names of all losses of no task that it declares, so that they can be balanced like tasks.
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

/// What a fusion is made for.
#[derive(Debug, Clone, Copy)]
pub struct FusionPlan<'a> {
    /// The modalities, in the order in which they are handed to it.
    pub modalities: &'a [ModalitySizes],
    /// Features of each pooled view, and of what the fusion returns.
    pub width: usize,
    /// The number of tasks.
    pub tasks: usize,
}

/// A modality, as far as it is known before any data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModalitySizes {
    /// The input's name, or "table" for all columns together.
    pub name: String,
    /// The sizes of its views besides the pooled one, and of its encoder's blocks.
    pub views: ViewSizes,
}

/// A fusion by name.
#[derive(Debug, Clone, Copy)]
pub struct FusionMethod {
    /// Name, summary, paper and options.
    pub method: Method,
    /// Makes it.
    pub build: fn(&mut LayerBuilder, FusionPlan<'_>, &Settings) -> Box<dyn Fusion>,
}

impl Described for FusionMethod {
    fn method(&self) -> &Method {
        &self.method
    }
}

/// The name below which a fusion's parameters are, if it has any.
pub(crate) const PARAMETERS: &str = "fusion";

/// All fusions.
pub static METHODS: Registry<FusionMethod> = Registry::new(
    "fusions",
    "fusion",
    "Bring the inputs of a row together, some of which may be missing. A single input, or the columns of a table alone, need none.",
    &[concat::METHOD, sum::METHOD, gated::METHOD, attention::METHOD],
);

/// Makes a fusion by name; none of a single modality, whose vector is the representation already: its width is the
/// fusion's, and there is nothing to weigh it against.
///
/// # Errors
/// For an unknown name or option, or an option out of range, of a single modality as well.
pub(crate) fn build(
    builder: &mut LayerBuilder,
    methods: &Registry<FusionMethod>,
    choice: &Choice,
    plan: FusionPlan<'_>,
) -> Result<Option<Box<dyn Fusion>>, ModelError> {
    let (entry, settings) = methods.check(choice, plan.tasks)?;
    Ok((plan.modalities.len() > 1).then(|| builder.within(PARAMETERS, |b| (entry.build)(b, plan, &settings))))
}

/// All pooled views side by side, and whether each modality is there: `[rows, modalities × width + modalities]`.
fn side_by_side(graph: &mut Graph<'_>, modalities: &[Modality]) -> Var {
    let mut parts: Vec<Var> = modalities.iter().map(|modality| modality.pooled).collect();
    parts.push(presence(graph, modalities));
    graph.concat(&parts)
}

/// 1 where a row has a modality, else 0: `[rows, modalities]`.
fn presence(graph: &mut Graph<'_>, modalities: &[Modality]) -> Var {
    let rows = modalities[0].present.len();
    graph.input_with([rows, modalities.len()], |values| {
        for (row, values) in values.chunks_exact_mut(modalities.len()).enumerate() {
            for (value, modality) in values.iter_mut().zip(modalities) {
                *value = f32::from(u8::from(modality.present[row]));
            }
        }
    })
}
