//! The heads' side of the model: what each task's last layers declare, its losses, and what they say.

use super::{Model, Request};
use crate::decode::{Decoder, best_of_each};
use crate::dependencies;
use crate::encoders::Layout;
use crate::head::Layers;
use crate::lemmas;
use crate::srl::{self, Frames, Predicate};
use crate::token_loss::TokenLoss;
use crate::view::View;
use banyan_data::batch::{Batch, FrameValues, InputValues, TargetValues};
use banyan_data::config::TaskKind;
use banyan_engine::{Graph, Purpose, Var};
use banyan_text::Ragged;
use banyan_text::tokens::TokenValues;

/// What a model says of a chunk's rows for one task.
#[derive(Debug, Clone, PartialEq)]
pub enum TaskOutput {
    /// Logits (or a standardised value), row after row.
    Rows(Vec<f32>),
    /// The best tags of each row's tokens.
    Tags(Ragged),
    /// The best tree of each row: heads (0 for the root, else from 1 up) and the best relation to each.
    Trees {
        /// The heads.
        heads: Ragged,
        /// The relations.
        relations: Ragged,
    },
    /// The best roles of each row's predicates.
    Frames(Frames),
}

impl TaskOutput {
    /// Appends what was said of further rows.
    ///
    /// # Panics
    /// Where it is of another kind of task.
    pub fn append(&mut self, further: Self) {
        match (self, further) {
            (Self::Rows(all), Self::Rows(own)) => all.extend(own),
            (Self::Tags(all), Self::Tags(own)) => all.append(&own),
            (Self::Trees { heads: all_heads, relations: all_relations }, Self::Trees { heads, relations }) => {
                all_heads.append(&heads);
                all_relations.append(&relations);
            }
            (Self::Frames(all), Self::Frames(own)) => all.append(&own),
            _ => panic!("a task says one kind of thing"),
        }
    }

    /// The same of all rows in another order: first of row `rows[0]`.
    #[must_use]
    pub fn in_order(&self, rows: &[usize]) -> Self {
        match self {
            Self::Rows(values) => {
                let width = values.len().checked_div(rows.len()).unwrap_or(0);
                Self::Rows(rows.iter().flat_map(|&row| &values[row * width..][..width]).copied().collect())
            }
            Self::Tags(tags) => Self::Tags(tags.select(rows)),
            Self::Trees { heads, relations } => Self::Trees { heads: heads.select(rows), relations: relations.select(rows) },
            Self::Frames(frames) => Self::Frames(frames.select(rows)),
        }
    }
}

impl Model {
    /// Runs a task's last layers on what its head [read](crate::head::Head::read) and declares their outputs: one, and of trees and frames several.
    pub(super) fn answer(&self, graph: &mut Graph<'_>, task: usize, read: Var, batch: &Batch) {
        let is_training = graph.context().purpose == Purpose::Training;
        match (self.heads[task].layers(), self.layout(task, batch)) {
            (Layers::Dependencies(layers), Some(layout)) => {
                let labels = is_training.then(|| &batch.tasks[task].values);
                let scores = layers.forward(graph, read, &layout, labels);
                graph.declare_output(task, scores.heads);
                graph.declare_output(task, scores.relations);
            }
            (Layers::SemanticRoles(layers), Some(layout)) => {
                let logits = layers.find(graph, read);
                graph.declare_output(task, logits);
                let predicates = predicates(graph, logits, frames(batch, task), &layout);
                if !predicates.is_empty() {
                    let scores = layers.forward(graph, read, &layout, &batch.rows, &predicates);
                    graph.declare_output(task, scores.roles);
                    scores.senses.into_iter().for_each(|senses| graph.declare_output(task, senses));
                }
            }
            _ => {
                let output = self.heads[task].forward(graph, read);
                graph.declare_output(task, output);
            }
        }
    }

    /// Declares the loss of every task that has an output, a loss (heads on grids have none yet) and a label in the
    /// chunk. `shares[t]` is what one label of task `t` counts: one over the number of its labels in the whole batch makes the
    /// loss a mean.
    pub fn declare_losses(&self, graph: &mut Graph<'_>, batch: &Batch, shares: &[f32]) {
        for (task, outputs) in declared(graph) {
            let (target, share) = (&batch.tasks[task], shares[task]);
            if !target.known.contains(&true) {
                continue;
            }
            let layout = self.layout(task, batch);
            let losses = match (self.heads[task].layers(), &layout) {
                (Layers::Dependencies(_), Some(layout)) => {
                    dependencies::losses(graph, tree_scores(&outputs), layout, &target.values, share).to_vec()
                }
                (Layers::SemanticRoles(_), Some(layout)) => {
                    let (scores, labels) = (frame_scores(&outputs), frames(batch, task));
                    let predicates = predicates(graph, scores.is_predicate, labels, layout);
                    srl::losses(graph, scores, layout, (labels, &target.known), &predicates, share)
                }
                (Layers::Plain, layout) => match (&self.token_losses[task], layout) {
                    (Some(loss), Some(layout)) => vec![loss.forward(graph, outputs[0], layout, target, share)],
                    (None, _) if self.heads[task].view == View::Pooled => {
                        vec![self.losses[task].forward(graph, outputs[0], target, share)]
                    }
                    _ => continue,
                },
                _ => continue,
            };
            losses.into_iter().for_each(|loss| graph.declare_loss(task, loss));
        }
    }

    /// What a pass over a chunk said of every task that it [answers](Self::answers): tags are decoded, in a chain under its constraints. Rows without
    /// words have empty lists, also where no row of the chunk has any.
    pub fn outputs(&self, graph: &Graph<'_>, batch: &Batch, request: Request<'_>) -> Vec<(usize, TaskOutput)> {
        let (tape, parameters) = (graph.tape(), graph.parameters());
        let mut decoder = Decoder::default();
        let of_task = |(task, outputs): (usize, Vec<Var>)| {
            let layout = self.layout(task, batch);
            let (values, width) = (tape.value(outputs[0]), tape.shape(outputs[0]).last());
            let said = match (self.heads[task].layers(), &layout, &self.token_losses[task]) {
                (Layers::Dependencies(_), Some(layout), _) => {
                    let scores = tree_scores(&outputs);
                    let heads = dependencies::best_heads(values, layout);
                    let relations = best_of_each(tape.value(scores.relations), tape.shape(scores.relations).last(), &layout.lengths);
                    TaskOutput::Trees { heads, relations }
                }
                (Layers::SemanticRoles(_), Some(layout), _) => {
                    let scores = frame_scores(&outputs);
                    let predicates = predicates(graph, scores.is_predicate, frames(batch, task), layout);
                    TaskOutput::Frames(decoder.frames(tape, scores, &predicates, layout, &batch.tasks[task].known))
                }
                (_, Some(layout), Some(TokenLoss::Lemmas { fewest })) => {
                    let tokens = self.tokens(task, batch);
                    TaskOutput::Tags(tokens.map_or_else(Ragged::default, |tokens| lemmas::best(values, &layout.lengths, tokens, fewest)))
                }
                (_, Some(layout), Some(loss)) => TaskOutput::Tags(decoder.tags(loss, parameters, values, width, &layout.lengths)),
                _ => TaskOutput::Rows(values.to_vec()),
            };
            (task, said)
        };
        let mut said: Vec<(usize, TaskOutput)> = declared(graph).into_iter().map(of_task).collect();
        let is_silent = |task: &usize| said.iter().all(|(other, _)| other != task);
        let silent: Vec<usize> = (0..self.heads.len()).filter(|&task| self.answers(task, request)).filter(is_silent).collect();
        said.extend(silent.into_iter().filter_map(|task| Some((task, self.of_no_words(task, batch)?))));
        said
    }

    /// What a task on words says of a chunk without a word.
    fn of_no_words(&self, task: usize, batch: &Batch) -> Option<TaskOutput> {
        let target = &self.schema.targets[task];
        target.on()?;
        let empty = Ragged::of_empty_lists(batch.rows.len());
        Some(match target.kind() {
            TaskKind::Dependencies => TaskOutput::Trees { heads: empty.clone(), relations: empty },
            TaskKind::Srl => TaskOutput::Frames(Frames::of_no_words(&batch.tasks[task].known)),
            _ => TaskOutput::Tags(empty),
        })
    }

    /// Where the tokens are that a task labels.
    fn layout(&self, task: usize, batch: &Batch) -> Option<Layout> {
        self.tokens(task, batch).map(Layout::new)
    }

    /// The tokens that a task labels.
    fn tokens<'a>(&self, task: usize, batch: &'a Batch) -> Option<&'a TokenValues> {
        let on = self.schema.targets[task].on()?;
        let place = self.schema.inputs.iter().position(|input| input.name == on)?;
        match &batch.inputs[place].values {
            InputValues::Tokens(tokens) => Some(tokens),
            _ => None,
        }
    }
}

/// The outputs of a pass, task by task.
fn declared(graph: &Graph<'_>) -> Vec<(usize, Vec<Var>)> {
    let mut declared: Vec<(usize, Vec<Var>)> = Vec::new();
    for (task, output) in graph.tape().outputs() {
        match declared.last_mut() {
            Some((before, own)) if *before == task => own.push(output),
            _ => declared.push((task, vec![output])),
        }
    }
    declared
}

fn tree_scores(outputs: &[Var]) -> dependencies::Scores {
    dependencies::Scores { heads: outputs[0], relations: outputs[1] }
}

fn frame_scores(outputs: &[Var]) -> srl::Scores {
    let frames = outputs.get(1).map(|&roles| srl::FrameScores { roles, senses: outputs.get(2).copied() });
    srl::Scores { is_predicate: outputs[0], frames }
}

fn frames(batch: &Batch, task: usize) -> &FrameValues {
    let TargetValues::Frames(frames) = &batch.tasks[task].values else { panic!("semantic roles are of frames") };
    frames
}

/// The predicates whose roles are learned are those of the labels; at prediction those that the model finds come besides.
fn predicates(graph: &Graph<'_>, logits: Var, labels: &FrameValues, layout: &Layout) -> Vec<Predicate> {
    let is_training = graph.context().purpose == Purpose::Training;
    srl::predicates(labels, (!is_training).then(|| graph.value(logits)), layout)
}
