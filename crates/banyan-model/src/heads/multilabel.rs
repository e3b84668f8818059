//! `multilabel`: a logit for each label by itself.

use super::binary::sigmoid;
use super::options::BALANCED;
use super::start::{logit, set_bias};
use super::{Chunk, Head, HeadMethod, HeadPlan, Read};
use crate::error::ModelError;
use banyan_data::labels::Multilabel;
use banyan_data::values::Values;
use banyan_engine::{Activation, Graph, Parameters, Var};
use banyan_method::Method;
use banyan_nn::{LayerBuilder, Linear};

/// Its entry in the table of heads.
pub(super) const HEAD: HeadMethod = HeadMethod::new(Method::new("multilabel", "any number of several labels").options(&[BALANCED]), build);

#[derive(Debug)]
struct MultilabelHead {
    output: Linear,
    counts: Vec<usize>,
    /// Training rows with a known set of labels.
    rows: usize,
    is_balanced: bool,
}

fn build(builder: &mut LayerBuilder, plan: &HeadPlan<'_>) -> Result<Box<dyn Head>, ModelError> {
    let labels: &Multilabel = plan.labels();
    let output = builder.linear("output", plan.width, labels.labels.len(), Activation::None);
    Ok(Box::new(MultilabelHead {
        output,
        counts: labels.counts.clone(),
        rows: labels.rows,
        is_balanced: plan.settings.flag(BALANCED.name),
    }))
}

impl MultilabelHead {
    /// The factor that makes the rows with a label count as much as those without, which are half of all each.
    fn balance(&self, label: usize, has_it: bool) -> f32 {
        let with = self.counts[label];
        let same = if has_it { with } else { self.rows - with };
        self.rows as f32 / (2.0 * same.max(1) as f32)
    }
}

impl Head for MultilabelHead {
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, _: &Chunk<'_>) -> Vec<Var> {
        vec![self.output.forward(graph, read.values)]
    }

    /// The mean over the labels, so that a row counts the same however many labels there are.
    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var> {
        let (labels, values) = chunk.target.values.numbers_at(0);
        let rows = chunk.row_weights(share, &[], &[]);
        let mut weights: Vec<f32> = rows.into_iter().flat_map(|weight| vec![weight / labels as f32; labels]).collect();
        if self.is_balanced {
            for (place, (weight, &value)) in weights.iter_mut().zip(values).enumerate() {
                *weight *= self.balance(place % labels, value > 0.5);
            }
        }
        vec![graph.binary_cross_entropy(outputs[0], values, &weights)]
    }

    /// The probability of each label.
    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], _: &Chunk<'_>) -> Values {
        Values::numbers(self.counts.len(), graph.value(outputs[0]).iter().map(|&logit| sigmoid(logit)).collect())
    }

    fn predict_nothing(&self, _: &Chunk<'_>) -> Values {
        Values::numbers(self.counts.len(), Vec::new())
    }

    fn start_from_frequencies(&self, parameters: &mut Parameters) {
        let logits: Vec<f32> = self.counts.iter().map(|&count| logit(count as f64, self.rows as f64)).collect();
        set_bias(parameters, &self.output, &logits);
    }
}
