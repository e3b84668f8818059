//! What an engine runs.

use crate::graph::{Context, Graph};
use crate::tape::Var;

/// A forward pass that can be run chunk by chunk.
pub trait Program: Sync {
    /// How many chunks the batch is cut into. The cut must not depend on the number of threads.
    fn chunks(&self) -> usize;
    /// What randomness depends on.
    fn context(&self) -> Context;
    /// A key for each row of a chunk.
    fn row_keys(&self, chunk: usize) -> &[u64];
    /// Runs the chunk and declares its losses, each already divided by the whole batch's count.
    fn forward(&self, chunk: usize, graph: &mut Graph<'_>);

    /// Declares losses of the batch that no row of it enters, penalties on parameters, on a tape of their own that is run once a step.
    /// There are none by default.
    fn penalties(&self, _graph: &mut Graph<'_>) {}

    /// The auxiliary losses (see [`Graph::declare_auxiliary`]) that are balanced like tasks. Each has a row of its own, after those
    /// of the tasks and in this order: the engine's steps are then asked for as many rows more, and return as many losses more,
    /// each times the weight that it was declared with. All others are added to the gradient as they are; by default all are.
    fn balanced(&self) -> &[String] {
        &[]
    }

    /// What the whole batch computes together, if anything. By default chunks never wait for each other.
    fn synchronization(&self) -> Option<&dyn Synchronize> {
        None
    }
}

/// What the whole batch of a [`Program`] computes together: losses that compare rows with all others, statistics of the batch,
/// normalizers that depend on predictions.
///
/// [`Program::forward`] runs every chunk to the first point and [publishes](Graph::publish) values there. When all have come to it,
/// [`synchronize`](Self::synchronize) sees them as one value each, the chunks' rows in their order. It may declare losses, read parameters, and
/// [share](Graph::share) values with the chunks, which [`resume`](Self::resume) goes on with, to the next point or the end. Gradients
/// flow back the same way: to what every chunk published and to the parameters.
///
/// Between two points all passes of a batch are kept, and the whole batch's own part runs on one thread: what is computed for each row
/// is better left to the chunks. The results do not depend on the number of threads, nor (up to rounding) on how the batch is cut.
pub trait Synchronize: Sync {
    /// How many points there are.
    fn points(&self) -> usize {
        1
    }

    /// Runs the whole batch's part at a point. `published[i]` holds what each chunk published `i`th since the point before, one below the
    /// other; the graph's [row keys](Graph::row_keys) are those of all chunks.
    fn synchronize(&self, point: usize, graph: &mut Graph<'_>, published: &[Var]);

    /// Goes on with a chunk after a point. `received[i]` is what was shared `i`th there, and [`Graph::kept`] what the chunk kept before. By
    /// default the chunk has ended.
    fn resume(&self, _point: usize, _chunk: usize, _graph: &mut Graph<'_>, _received: &[Var]) {}
}
