//! The soft Dice loss of all pixels of a batch (Milletari et al., "V-Net", 3DV 2016), from sums over the pixels of each chunk.

use super::loss::SMOOTH;
use banyan_data::batch::UNKNOWN_CELL;
use banyan_engine::{Graph, Var};

/// For each class the sums over a chunk's pixels that have a label: of its probability where it is the label, of its probability, and of one where it is
/// the label; `[1, classes]` each. `logits` are `[…, classes]`.
pub(super) fn sums(graph: &mut Graph<'_>, logits: Var, labels: &[u8], classes: usize) -> [Var; 3] {
    let (pixels, known): (usize, Vec<f32>) = (labels.len(), labels.iter().map(|label| f32::from(*label != UNKNOWN_CELL)).collect());
    let mut counts = vec![0.0; classes];
    let own = graph.input_with([1, pixels, classes], |own| {
        own.fill(0.0);
        for (pixel, &label) in own.chunks_exact_mut(classes).zip(labels).filter(|(_, label)| **label != UNKNOWN_CELL) {
            pixel[usize::from(label)] = 1.0;
            counts[usize::from(label)] += 1.0;
        }
    });
    let flat = graph.reshape(logits, [1, pixels, classes]);
    let probabilities = graph.softmax(flat, &[]);
    let products = graph.multiply(probabilities, own);
    let (both, all) = (graph.mean_pool(products, &[]), graph.mean_pool(probabilities, &known));
    let count = known.iter().sum();
    [graph.sum(&[both], pixels as f32), graph.sum(&[all], count), graph.input([1, classes], &counts)]
}

/// `weight` times `1 - (2 Σ P Y + 1) / (Σ P + Σ Y + 1)`, a mean over the classes that are there, of the [sums] of all chunks.
pub(super) fn loss(graph: &mut Graph<'_>, [both, all, counts]: [Var; 3], weight: f32) -> Var {
    let present: Vec<f32> = graph.value(counts).iter().map(|count| f32::from(*count > 0.0)).collect();
    let smooth = graph.input([1, present.len()], &vec![SMOOTH as f32; present.len()]);
    let (above, below) = (graph.sum(&[both, both, smooth], 1.0), graph.sum(&[all, counts, smooth], 1.0));
    let coefficients = graph.divide(above, below);
    let column = graph.reshape(coefficients, [1, present.len(), 1]);
    let mean = graph.mean_pool(column, &present);
    let most = graph.input([1, 1], &[if present.contains(&1.0) { -1.0 } else { 0.0 }]);
    graph.sum(&[mean, most], -weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use banyan_engine::{Context, Parameters, Tape};

    const LOGITS: [f32; 18] = [2.0, -1.0, 0.5, 0.2, 0.1, -0.3, -1.0, 2.0, 0.0, 0.0, 0.0, 3.0, 1.0, 1.0, 1.0, -2.0, 0.5, 0.5];

    fn loss_of(labels: [u8; 6]) -> f32 {
        let parameters = Parameters::builder().build();
        let mut tape = Tape::default();
        let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &[]);
        let logits = graph.input([1, 2, 3, 3], &LOGITS);
        let sums = sums(&mut graph, logits, &labels, 3);
        let loss = loss(&mut graph, sums, 2.0);
        graph.value(loss)[0]
    }

    #[test]
    fn the_loss_is_that_of_the_reference() {
        assert!((loss_of([0, 1, 1, 2, 255, 2]) - 2.0 * 0.246_854_73).abs() < 1e-6);
    }

    #[test]
    fn pixels_without_a_label_cost_nothing() {
        assert_eq!(loss_of([255; 6]), 0.0);
    }
}
