//! `classification`: a logit for each class.

use super::options::{BALANCED, LABEL_SMOOTHING};
use super::start::{log_shares, set_bias};
use super::{Chunk, Head, HeadMethod, HeadPlan, Read};
use crate::error::ModelError;
use banyan_data::labels::Classification;
use banyan_data::values::Values;
use banyan_engine::{Activation, Graph, Parameters, Var};
use banyan_method::Method;
use banyan_nn::{LayerBuilder, Linear};

/// Its entry in the table of heads.
pub(super) const HEAD: HeadMethod =
    HeadMethod::new(Method::new("classification", "one of several classes").options(&[LABEL_SMOOTHING, BALANCED]), build);

#[derive(Debug)]
struct ClassificationHead {
    output: Linear,
    label_smoothing: f32,
    class_weights: Vec<f32>,
    counts: Vec<usize>,
}

fn build(builder: &mut LayerBuilder, plan: &HeadPlan<'_>) -> Result<Box<dyn Head>, ModelError> {
    let labels: &Classification = plan.labels();
    Ok(Box::new(ClassificationHead {
        output: builder.linear("output", plan.width, labels.classes.len(), Activation::None),
        label_smoothing: plan.settings.number(LABEL_SMOOTHING.name) as f32,
        class_weights: plan.class_weights(),
        counts: labels.counts.clone(),
    }))
}

impl Head for ClassificationHead {
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, _: &Chunk<'_>) -> Vec<Var> {
        vec![self.output.forward(graph, read.values)]
    }

    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var> {
        let classes = chunk.target.values.indices_at(0);
        let weights = chunk.row_weights(share, &self.class_weights, classes);
        vec![graph.cross_entropy(outputs[0], classes, &weights, self.label_smoothing)]
    }

    /// The probability of each class.
    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], _: &Chunk<'_>) -> Values {
        let classes = self.counts.len();
        let mut probabilities = graph.value(outputs[0]).to_vec();
        probabilities.chunks_mut(classes).for_each(softmax);
        Values::numbers(classes, probabilities)
    }

    fn predict_nothing(&self, _: &Chunk<'_>) -> Values {
        Values::numbers(self.counts.len(), Vec::new())
    }

    fn start_from_frequencies(&self, parameters: &mut Parameters) {
        set_bias(parameters, &self.output, &log_shares(&self.counts));
    }
}

/// Turns logits into the probabilities of the classes.
pub(super) fn softmax(logits: &mut [f32]) {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    logits.iter_mut().for_each(|z| *z = (*z - most).exp());
    let sum: f32 = logits.iter().sum();
    logits.iter_mut().for_each(|p| *p /= sum);
}
