//! A batch cut into chunks of rows, as the engine runs them.

use crate::feed::Ready;
use banyan_data::augment::Augmentation;
use banyan_data::dataset::{Dataset, Loaded};
use banyan_data::values::Values;
use banyan_engine::{Context, Graph, Program, Purpose, Synchronize, Var};
use banyan_model::{Model, Request};
use std::sync::{Arc, Mutex};

/// Cells of all rows of a chunk together, so that its activations stay near the processor.
const CELLS: usize = 65_536;

/// The most rows of a chunk: few where each is an image or a recording, many where each is a few numbers. Fewer than eight do not pay: every
/// chunk reads and writes the gradient of each weight once, whatever its rows (measured with 4, 8 and 16 rows of image and audio).
pub(crate) fn rows_per_chunk(model: &Model) -> usize {
    (CELLS / model.cells()).clamp(8, 64)
}

/// The most rows of a chunk when nothing is learned. Those of tables are many: what a chunk needs once, such as sums of weights, is then little a row.
pub(crate) fn rows_per_predicted_chunk(model: &Model) -> usize {
    (CELLS / model.cells()).clamp(32, 256)
}

/// One step's rows, ready to be run forward.
pub(crate) struct Chunks<'a> {
    pub(crate) model: &'a Model,
    pub(crate) data: &'a Dataset,
    pub(crate) request: Request<'a>,
    pub(crate) context: Context,
    /// What one label of each task counts; empty where no loss is wanted.
    pub(crate) shares: Vec<f32>,
    /// What the loss of each task counts, 0 for one without a label; empty where no loss is wanted.
    pub(crate) weights: Vec<f32>,
    /// The losses of no task that are balanced like tasks.
    pub(crate) balanced: &'a [String],
    augmentation: Option<&'a Augmentation>,
    /// The number of each task's labels that the augmentation makes unknown; empty where it makes none.
    hidden: Vec<usize>,
    loaded: Arc<Loaded>,
    rows: Vec<Vec<usize>>,
    keys: Vec<Vec<u64>>,
    outputs: Option<Vec<Mutex<ChunkOutput>>>,
}

/// Cuts rows into chunks: of one size, so that lanes end together, and where rows are sentences, of about as many tokens.
fn cut(data: &Dataset, rows: Vec<usize>, size: usize) -> Vec<Vec<usize>> {
    let longest = rows.iter().map(|&row| data.tokens(row)).max().unwrap_or(0);
    if longest == 0 {
        let even = rows.len().div_ceil(rows.len().div_ceil(size).max(1)).max(1);
        return rows.chunks(even).map(<[usize]>::to_vec).collect();
    }
    let all: usize = rows.iter().map(|&row| data.tokens(row)).sum();
    let most = (all / LEAST_CHUNKS).clamp(FEWEST_TOKENS, MOST_TOKENS);
    let mut chunks: Vec<Vec<usize>> = Vec::new();
    let mut widest = 0;
    for row in rows {
        let own = data.tokens(row).max(1);
        match chunks.last_mut() {
            // With the padding, since all rows of a chunk are as long as its longest.
            Some(chunk) if widest.max(own) * (chunk.len() + 1) <= most => {
                chunk.push(row);
                widest = widest.max(own);
            }
            _ => {
                chunks.push(vec![row]);
                widest = own;
            }
        }
    }
    chunks
}

/// Tokens of a chunk, padding included: as many as stay near the processor on their way through the layers, and fewer where a batch would
/// be less than a chunk for each lane; but not so few that every chunk's own work counts. One sentence may have more.
const MOST_TOKENS: usize = 384;
const FEWEST_TOKENS: usize = 96;
const LEAST_CHUNKS: usize = 4;

/// Tokens, padding included, of the largest chunk of sentences of which the longest has so many.
pub(crate) fn longest_chunk(longest: usize) -> usize {
    longest.max(MOST_TOKENS)
}

/// What one chunk gave.
#[derive(Debug, Default)]
pub(crate) struct ChunkOutput {
    /// Each task with its predictions, row after row.
    pub(crate) tasks: Vec<(usize, Values)>,
    /// The operations that were run.
    pub(crate) operations: usize,
}

impl<'a> Chunks<'a> {
    /// Rows that are learned from. Rows with the same labels stand together, so that a task without a label
    /// in a chunk costs nothing there; and among these, sentences of about the same length.
    pub(crate) fn for_training(
        model: &'a Model,
        data: &'a Dataset,
        ready: Ready,
        size: usize,
        request: Request<'a>,
        context: Context,
    ) -> Self {
        let Ready { mut rows, loaded } = ready;
        let tasks = model.schema().targets.len();
        rows.sort_by_cached_key(|&row| {
            let unknown: Vec<bool> = (0..tasks).map(|task| !data.known_mask(task)[row]).collect();
            (data.source_of(row), unknown, data.tokens(row))
        });
        Self::new(model, data, Ready { rows, loaded }, size, request, context)
    }

    /// Rows that are looked at, sentences of about the same length together; their outputs are kept.
    pub(crate) fn for_prediction(model: &'a Model, data: &'a Dataset, ready: Ready, size: usize, request: Request<'a>) -> Self {
        let Ready { mut rows, loaded } = ready;
        rows.sort_by_key(|&row| data.tokens(row));
        let mut chunks = Self::new(model, data, Ready { rows, loaded }, size, request, Context::inference());
        chunks.outputs = Some(chunks.rows.iter().map(|_| Mutex::default()).collect());
        chunks
    }

    fn new(model: &'a Model, data: &'a Dataset, ready: Ready, size: usize, request: Request<'a>, context: Context) -> Self {
        let Ready { rows, loaded } = ready;
        let rows = cut(data, rows, size);
        let keys = rows.iter().map(|chunk| chunk.iter().map(|&row| row as u64).collect()).collect();
        Self {
            model,
            data,
            request,
            context,
            shares: Vec::new(),
            weights: Vec::new(),
            balanced: &[],
            augmentation: None,
            hidden: Vec::new(),
            loaded,
            rows,
            keys,
            outputs: None,
        }
    }

    /// The same chunks, whose batches are varied.
    pub(crate) fn varied(mut self, augmentation: Option<&'a Augmentation>) -> Self {
        self.augmentation = augmentation;
        if let Some(augmentation) = augmentation.filter(|augmentation| augmentation.is_mixing()) {
            self.hidden = vec![0; self.model.schema().targets.len()];
            for (rows, keys) in self.rows.iter().zip(&self.keys) {
                let inputs = 0..self.model.schema().inputs.len();
                let present: Vec<Vec<bool>> =
                    inputs.map(|input| rows.iter().map(|&row| self.data.present_mask(input)[row]).collect()).collect();
                let targets = self.data.targets(rows, &self.loaded);
                let known = augmentation.known_after(keys, &present, &targets, self.model.schema(), [self.context.seed, self.context.step]);
                for (task, known) in known.into_iter().enumerate() {
                    let unknown = rows.iter().zip(known).filter(|(_, known)| !known);
                    self.hidden[task] += unknown.map(|(&row, _)| self.data.labels(task, row)).sum::<usize>();
                }
            }
        }
        self
    }

    /// The number of each task's labels in all chunks, as they are learned.
    pub(crate) fn known(&self) -> Vec<usize> {
        let all = |task: usize| self.rows().map(|row| self.data.labels(task, row)).sum::<usize>();
        let hidden = |task: usize| self.hidden.get(task).copied().unwrap_or(0);
        (0..self.model.schema().targets.len()).map(|task| all(task) - hidden(task)).collect()
    }

    /// The rows of all chunks, in their order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.rows.iter().flatten().copied()
    }

    /// What the chunks gave, in their order, and the files that were loaded for them.
    pub(crate) fn into_outputs(self) -> (Vec<ChunkOutput>, Arc<Loaded>) {
        let take = |output: Mutex<ChunkOutput>| output.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        (self.outputs.unwrap_or_default().into_iter().map(take).collect(), self.loaded)
    }
}

impl Program for Chunks<'_> {
    fn chunks(&self) -> usize {
        self.rows.len()
    }

    fn context(&self) -> Context {
        self.context
    }

    fn row_keys(&self, chunk: usize) -> &[u64] {
        &self.keys[chunk]
    }

    fn forward(&self, chunk: usize, graph: &mut Graph<'_>) {
        let mut batch = self.data.gather(&self.rows[chunk], &self.loaded);
        if let Some(augmentation) = self.augmentation {
            augmentation.apply(&mut batch, self.model.schema(), self.context.seed, self.context.step);
        }
        self.model.forward(graph, &batch, self.request);
        if !self.shares.is_empty() {
            self.model.declare_losses(graph, &batch, &self.shares);
        }
        if let Some(outputs) = &self.outputs {
            let kept = ChunkOutput { tasks: self.model.predictions(graph, &batch, self.request), operations: graph.tape().operations() };
            *outputs[chunk].lock().unwrap_or_else(std::sync::PoisonError::into_inner) = kept;
        }
    }

    fn penalties(&self, graph: &mut Graph<'_>) {
        if self.context.purpose == Purpose::Training {
            self.model.penalties(graph);
        }
    }

    fn balanced(&self) -> &[String] {
        self.balanced
    }

    fn synchronization(&self) -> Option<&dyn Synchronize> {
        (self.context.purpose == Purpose::Training && self.model.needs_whole_batch()).then_some(self)
    }
}

impl Synchronize for Chunks<'_> {
    fn synchronize(&self, _point: usize, graph: &mut Graph<'_>, published: &[Var]) {
        self.model.whole_batch(graph, published, &self.weights);
    }
}
