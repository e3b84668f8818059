//! The tasks' side of the model: which can be answered, their losses, and what they predict.

use super::{Model, Request};
use crate::encoders::Layout;
use crate::heads::{Chunk, Words};
use crate::view::View;
use banyan_data::batch::{Batch, TargetBatch};
use banyan_data::labels::Subject;
use banyan_data::values::Values;
use banyan_engine::{Graph, Var};

impl Model {
    /// Whether a task is wanted and can be answered: one that labels the words of an input needs them read.
    pub fn answers(&self, task: usize, request: Request<'_>) -> bool {
        let reads = |on: &str| self.schema.inputs.iter().position(|input| input.name == on).is_some_and(|place| request.reads(place));
        request.wants(task) && self.schema.targets[task].on().is_none_or(reads)
    }

    /// Declares the loss of every task that has outputs and a label in the chunk; the labels of a classification at each place of a view
    /// are the caller's, and so is its loss. `shares[t]` is what one label of task `t` counts: one over the number of its
    /// labels in the whole batch makes the loss a mean.
    pub fn declare_losses(&self, graph: &mut Graph<'_>, batch: &Batch, shares: &[f32]) {
        let chunks = self.chunks(batch);
        for (task, outputs) in self.outputs(graph).into_iter().enumerate() {
            let (own, chunk) = (&self.heads[task], &chunks[task]);
            let has_labels = !outputs.is_empty() && chunk.target.known.contains(&true);
            let is_row_at_a_place = self.schema.targets[task].kind().subject() == Subject::Row && own.reader.view != View::Pooled;
            let has_loss = has_labels && !is_row_at_a_place;
            if has_loss {
                let losses = own.head.losses(graph, &outputs, chunk, shares[task]);
                losses.into_iter().for_each(|loss| graph.declare_loss(task, loss));
            }
            self.publish_sums(graph, task, has_loss.then_some(&outputs), chunk);
        }
    }

    /// What a pass over a chunk predicts for every task that it [answers](Self::answers). Rows without words have empty
    /// lists, also where no row of the chunk has any.
    pub fn predictions(&self, graph: &Graph<'_>, batch: &Batch, request: Request<'_>) -> Vec<(usize, Values)> {
        let (chunks, outputs) = (self.chunks(batch), self.outputs(graph));
        let of_task = |task: usize| {
            let (head, chunk) = (&self.heads[task].head, &chunks[task]);
            match outputs[task].as_slice() {
                [] => (chunk.words.is_some() || chunk.images.is_some()).then(|| head.predict_nothing(chunk)),
                outputs => Some(head.predict(graph, outputs, chunk)),
            }
        };
        (0..self.heads.len()).filter(|&task| self.answers(task, request)).filter_map(|task| Some((task, of_task(task)?))).collect()
    }

    /// The predictions of a task for no row at all.
    pub fn no_predictions(&self, task: usize) -> Values {
        let target = TargetBatch { known: Vec::new(), values: self.schema.targets[task].unknown_labels(0) };
        self.heads[task].head.predict_nothing(&Chunk { rows: &[], target: &target, words: None, images: None })
    }

    /// The outputs of a pass for each task; none of a task that was not run.
    fn outputs(&self, graph: &Graph<'_>) -> Vec<Vec<Var>> {
        let mut all = vec![Vec::new(); self.heads.len()];
        graph.tape().outputs().for_each(|(task, output): (usize, Var)| all[task].push(output));
        all
    }

    /// What each task's head sees of a batch.
    pub(super) fn chunks<'a>(&self, batch: &'a Batch) -> Vec<Chunk<'a>> {
        let one = |task: usize| {
            let target = &self.schema.targets[task];
            let input =
                target.on().and_then(|on| self.schema.inputs.iter().position(|input| input.name == on)).map(|place| &batch.inputs[place]);
            let (words, images) = match target.kind().subject() {
                Subject::Row => (None, None),
                Subject::Words => (input.and_then(|input| input.values.words()), None),
                Subject::Image => (None, input.map(|input| input.present.as_slice())),
            };
            let words = words.map(|tokens| Words { tokens, layout: Layout::new(tokens) });
            Chunk { rows: &batch.rows, target: &batch.tasks[task], words, images }
        };
        (0..self.heads.len()).map(one).collect()
    }
}
