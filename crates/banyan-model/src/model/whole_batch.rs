//! What a training step computes of all its rows together: each part's share of the engine's [`Synchronize`](banyan_engine::Synchronize).
//!
//! A chunk publishes the values of the fusion, then those of the sharing, then those of the heads. How many each has is known from
//! the start, so that the whole batch finds them again.

use super::{Model, TaskHead};
use crate::heads::Chunk;
use banyan_engine::{Graph, Purpose, Var};

impl Model {
    /// Whether anything of a training step needs all its rows at once, so that the program which runs the model's chunks must be one with a
    /// [`Synchronize`](banyan_engine::Synchronize) that calls [`whole_batch`](Self::whole_batch).
    pub fn needs_whole_batch(&self) -> bool {
        let of_heads = self.heads.iter().map(|own| own.head.batch_sums());
        self.published_before_heads().into_iter().chain(of_heads).any(|count| count > 0)
    }

    /// Declares the losses that need all rows of a training step, from what its chunks published in [`forward`](Self::forward) and
    /// [`declare_losses`](Self::declare_losses). `weights[t]` is what the loss of task `t` counts, 0 for one
    /// without a label in the batch.
    ///
    /// # Panics
    /// If a part published another number of values than it says.
    pub fn whole_batch(&self, graph: &mut Graph<'_>, published: &[Var], weights: &[f32]) {
        let [of_fusion, of_sharing] = self.published_before_heads();
        let expected = of_fusion + of_sharing + self.heads.iter().map(|own| own.head.batch_sums()).sum::<usize>();
        assert_eq!(published.len(), expected, "values that the fusion, the sharing and the heads published");
        let (values, rest) = published.split_at(of_fusion);
        if let Some(fusion) = self.fusion.as_ref().filter(|_| of_fusion > 0) {
            fusion.whole_batch(graph, values);
        }
        let (values, mut rest) = rest.split_at(of_sharing);
        if of_sharing > 0 {
            self.sharing.whole_batch(graph, values);
        }
        for (task, (TaskHead { head, .. }, &weight)) in self.heads.iter().zip(weights).enumerate() {
            let (values, others) = rest.split_at(head.batch_sums());
            rest = others;
            if !values.is_empty() && weight > 0.0 {
                let sums: Vec<Var> = values.iter().map(|&of_chunks| total(graph, of_chunks)).collect();
                for loss in head.losses_of_sums(graph, &sums) {
                    let weighted = graph.sum(&[loss], weight);
                    graph.declare_loss(task, weighted);
                }
            }
        }
    }

    /// Publishes a chunk's part of a head's sums: zeros where it has no outputs or no labels. Where nothing is learned nobody adds them up.
    pub(super) fn publish_sums(&self, graph: &mut Graph<'_>, task: usize, outputs: Option<&[Var]>, chunk: &Chunk<'_>) {
        if graph.context().purpose != Purpose::Training {
            return;
        }
        let head = &self.heads[task].head;
        let sums = match outputs {
            Some(outputs) => head.sums(graph, outputs, chunk),
            None => (0..head.batch_sums()).map(|_| graph.input([1], &[0.0])).collect(),
        };
        sums.into_iter().for_each(|sum| graph.publish(sum));
    }

    /// How many values the fusion and the sharing publish.
    fn published_before_heads(&self) -> [usize; 2] {
        [self.fusion.as_ref().map_or(0, |fusion| fusion.published()), self.sharing.published()]
    }
}

/// The sum of what the chunks published.
fn total(graph: &mut Graph<'_>, of_chunks: Var) -> Var {
    let chunks = graph.shape(of_chunks).len();
    let column = graph.reshape(of_chunks, [1, chunks, 1]);
    let mean = graph.mean_pool(column, &[]);
    graph.sum(&[mean], chunks as f32)
}
