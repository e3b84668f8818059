//! `ordinal`: one score and rising thresholds, `logit P(y > k) = s - b_k` (CORAL: Cao, Mirjalili and Raschka, 2020).

use super::binary::sigmoid;
use super::options::BALANCED;
use super::start::logit;
use super::{Chunk, Head, HeadMethod, HeadPlan, Read};
use crate::error::ModelError;
use banyan_data::labels::Ordinal;
use banyan_data::values::Values;
use banyan_engine::{Activation, Graph, Parameters, Var};
use banyan_method::Method;
use banyan_nn::{Embedding, LayerBuilder, Linear};

/// Its entry in the table of heads.
pub(super) const HEAD: HeadMethod = HeadMethod::new(
    Method::new("ordinal", "one of several classes that have an order")
        .paper("Cao, Mirjalili & Raschka, Pattern Recognition Letters 2020")
        .options(&[BALANCED]),
    build,
);

#[derive(Debug)]
struct OrdinalHead {
    score: Linear,
    thresholds: Embedding,
    class_weights: Vec<f32>,
    counts: Vec<usize>,
}

fn build(builder: &mut LayerBuilder, plan: &HeadPlan<'_>) -> Result<Box<dyn Head>, ModelError> {
    let labels: &Ordinal = plan.labels();
    Ok(Box::new(OrdinalHead {
        score: builder.linear_without_bias("score", plan.width, 1, Activation::None),
        thresholds: builder.embedding("thresholds", 1, labels.classes.len() - 1, 0.0),
        class_weights: plan.class_weights(),
        counts: labels.counts.clone(),
    }))
}

impl OrdinalHead {
    fn classes(&self) -> usize {
        self.counts.len()
    }
}

impl Head for OrdinalHead {
    /// The logits of lying above each threshold.
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, _: &Chunk<'_>) -> Vec<Var> {
        let score = self.score.forward(graph, read.values);
        let scores = graph.concat(&vec![score; self.classes() - 1]);
        let rows = graph.shape(scores).rows();
        let offsets: Vec<u32> = (0..=rows as u32).collect();
        let thresholds = self.thresholds.forward(graph, &offsets, &vec![0; rows]);
        let thresholds = graph.reshape(thresholds, graph.shape(scores));
        vec![graph.sum(&[scores, thresholds], 1.0)]
    }

    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var> {
        let classes = chunk.target.values.indices_at(0);
        let thresholds = self.classes() - 1;
        let above = |&class: &u32| (0..thresholds as u32).map(move |k| f32::from(u8::from(class > k)));
        let targets: Vec<f32> = classes.iter().flat_map(above).collect();
        let weights = chunk.row_weights(share, &self.class_weights, classes).into_iter().flat_map(|weight| vec![weight; thresholds]);
        vec![graph.binary_cross_entropy(outputs[0], &targets, &weights.collect::<Vec<f32>>())]
    }

    /// The probability of each class.
    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], _: &Chunk<'_>) -> Values {
        let rows = graph.value(outputs[0]).chunks(self.classes() - 1);
        let values = rows.flat_map(|logits| steps(&logits.iter().map(|&x| sigmoid(x)).collect::<Vec<_>>())).collect();
        Values::numbers(self.classes(), values)
    }

    fn predict_nothing(&self, _: &Chunk<'_>) -> Values {
        Values::numbers(self.classes(), Vec::new())
    }

    fn start_from_frequencies(&self, parameters: &mut Parameters) {
        let sum = |counts: &[usize]| counts.iter().sum::<usize>() as f64;
        let above: Vec<f32> = (1..self.classes()).map(|class| logit(sum(&self.counts[class..]), sum(&self.counts))).collect();
        parameters.get_mut(self.thresholds.table).copy_from_slice(&above);
    }
}

/// The probability of each class from those of lying above each threshold. Thresholds are learned freely
/// and may cross; what lies above a later one then counts as above the earlier one too.
fn steps(above: &[f32]) -> Vec<f32> {
    let mut falling = above.to_vec();
    for k in (0..falling.len().saturating_sub(1)).rev() {
        falling[k] = falling[k].max(falling[k + 1]);
    }
    (0..=falling.len())
        .map(|class| if class == 0 { 1.0 } else { falling[class - 1] } - falling.get(class).copied().unwrap_or(0.0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::steps;

    #[test]
    fn class_probabilities_add_up_even_where_thresholds_cross() {
        for above in [[0.9, 0.5, 0.1], [0.2, 0.6, 0.3]] {
            let classes = steps(&above);
            assert!((classes.iter().sum::<f32>() - 1.0).abs() < 1e-6 && classes.iter().all(|&p| p >= 0.0), "{classes:?}");
        }
    }
}
