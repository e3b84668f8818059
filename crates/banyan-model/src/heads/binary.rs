//! `binary`: the logit of the second class.

use super::options::{BALANCED, LABEL_SMOOTHING};
use super::start::{logit, set_bias};
use super::{Chunk, Head, HeadMethod, HeadPlan, Read};
use crate::error::ModelError;
use banyan_data::labels::Binary;
use banyan_data::values::Values;
use banyan_engine::{Activation, Graph, Parameters, Var};
use banyan_method::Method;
use banyan_nn::{LayerBuilder, Linear};

/// Its entry in the table of heads.
pub(super) const HEAD: HeadMethod =
    HeadMethod::new(Method::new("binary", "one of two classes").options(&[LABEL_SMOOTHING, BALANCED]), build);

#[derive(Debug)]
struct BinaryHead {
    output: Linear,
    label_smoothing: f32,
    class_weights: Vec<f32>,
    counts: [usize; 2],
}

fn build(builder: &mut LayerBuilder, plan: &HeadPlan<'_>) -> Result<Box<dyn Head>, ModelError> {
    let labels: &Binary = plan.labels();
    let output = builder.linear("output", plan.width, 1, Activation::None);
    Ok(Box::new(BinaryHead {
        output,
        label_smoothing: plan.settings.number(LABEL_SMOOTHING.name) as f32,
        class_weights: plan.class_weights(),
        counts: [labels.counts[0], labels.counts[1]],
    }))
}

/// The probability of a logit.
pub(super) fn sigmoid(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

impl Head for BinaryHead {
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, _: &Chunk<'_>) -> Vec<Var> {
        vec![self.output.forward(graph, read.values)]
    }

    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var> {
        let classes = chunk.target.values.indices_at(0);
        let smoothed = |&class: &u32| class as f32 * (1.0 - self.label_smoothing) + self.label_smoothing / 2.0;
        let targets: Vec<f32> = classes.iter().map(smoothed).collect();
        vec![graph.binary_cross_entropy(outputs[0], &targets, &chunk.row_weights(share, &self.class_weights, classes))]
    }

    /// The probability of the second class.
    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], _: &Chunk<'_>) -> Values {
        Values::numbers(1, graph.value(outputs[0]).iter().map(|&logit| sigmoid(logit)).collect())
    }

    fn predict_nothing(&self, _: &Chunk<'_>) -> Values {
        Values::numbers(1, Vec::new())
    }

    fn start_from_frequencies(&self, parameters: &mut Parameters) {
        let [negative, positive] = self.counts.map(|count| count as f64);
        set_bias(parameters, &self.output, &[logit(positive, negative + positive)]);
    }
}
