//! The forward pass: a [`Graph`] runs operations and records them on a tape.

use crate::ops::Op;
use crate::parameters::{ParameterId, Parameters};
use crate::shape::Shape;
use crate::tape::{Cut, Tape, Var};

/// Why a pass is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To learn: dropout drops, batch statistics are those of the batch.
    Training,
    /// To predict: nothing is random, running statistics are used.
    Inference,
}

/// What the randomness of a pass depends on, besides the row and the operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// Why the pass is run.
    pub purpose: Purpose,
    /// The run's seed.
    pub seed: u64,
    /// The step's number.
    pub step: u64,
}

impl Context {
    /// A context in which nothing is random.
    pub fn inference() -> Self {
        Self { purpose: Purpose::Inference, seed: 0, step: 0 }
    }
}

/// One forward pass over one chunk of rows: operations are methods, each in its own file in `ops`.
pub struct Graph<'a> {
    pub(crate) tape: &'a mut Tape,
    pub(crate) parameters: &'a Parameters,
    pub(crate) context: Context,
    /// One key a row, for per-row randomness.
    pub(crate) row_keys: &'a [u64],
}

impl<'a> Graph<'a> {
    /// Starts a pass on a tape, which is reset. `row_keys` names the rows of the chunk for randomness
    /// that does not depend on how a batch is cut; it may be empty where nothing random is used.
    pub fn new(tape: &'a mut Tape, parameters: &'a Parameters, context: Context, row_keys: &'a [u64]) -> Self {
        tape.reset();
        Self { tape, parameters, context, row_keys }
    }

    /// Goes on with a pass that was interrupted.
    pub(crate) fn resume(tape: &'a mut Tape, parameters: &'a Parameters, context: Context, row_keys: &'a [u64]) -> Self {
        Self { tape, parameters, context, row_keys }
    }

    /// The pass's context.
    pub fn context(&self) -> Context {
        self.context
    }

    /// The key of each row of the chunk, from which all that is random about it comes.
    pub fn row_keys(&self) -> &'a [u64] {
        self.row_keys
    }

    /// The parameters that the pass reads.
    pub fn parameters(&self) -> &'a Parameters {
        self.parameters
    }

    /// The tape, to read values from.
    pub fn tape(&self) -> &Tape {
        self.tape
    }

    /// The numbers of a value.
    pub fn value(&self, var: Var) -> &[f32] {
        self.tape.value(var)
    }

    /// The shape of a value.
    pub fn shape(&self, var: Var) -> Shape {
        self.tape.shape(var)
    }

    /// Puts data on the tape. No gradient is computed for it.
    pub fn input(&mut self, shape: impl Into<Shape>, values: &[f32]) -> Var {
        let value = self.tape.pool.copy(values);
        self.tape.push(Op::Leaf, shape.into(), value, false)
    }

    /// Puts data on the tape that `fill` writes into a buffer of zeros.
    pub fn input_with(&mut self, shape: impl Into<Shape>, fill: impl FnOnce(&mut [f32])) -> Var {
        let shape = shape.into();
        let mut value = self.tape.pool.zeros(shape.len());
        fill(&mut value);
        self.tape.push(Op::Leaf, shape, value, false)
    }

    /// A value as data: no gradient goes back through it. For layers that are meant to stay as they are, whose parameters have the
    /// scope [`State`](crate::Scope::State).
    pub fn constant(&mut self, var: Var) -> Var {
        let (shape, storage) = (self.shape(var), self.storage(var));
        self.tape.push_view(Op::Leaf, shape, storage, false)
    }

    /// Declares the loss of a task: a scalar, the chunk's part of the batch's loss. Several for one task add up.
    pub fn declare_loss(&mut self, task: usize, loss: Var) {
        assert_eq!(self.shape(loss).len(), 1, "a loss is a scalar");
        self.tape.losses.push((task, loss));
    }

    /// Declares a loss of no task: one that aligns modalities, reconstructs an input, spreads load over experts, or penalizes what is
    /// not wanted. A scalar, the chunk's part of the batch's loss; several of one name add up, over the batch too.
    ///
    /// Times `weight` it is part of the step's gradient, of the parameters that tasks share and of all others: added after
    /// the tasks are balanced, unless [`Program::balanced`](crate::Program::balanced) names it. A loss of weight 0 is not differentiated.
    /// [`Engine::auxiliary_losses`](crate::Engine::auxiliary_losses) has the batch's values by name.
    ///
    /// # Panics
    /// If it is no scalar.
    pub fn declare_auxiliary(&mut self, name: &str, loss: Var, weight: f32) {
        assert_eq!(self.shape(loss).len(), 1, "a loss is a scalar");
        self.tape.auxiliary.push(name, loss, weight);
    }

    /// Declares what a task predicts, so that the caller finds it on the tape.
    pub fn declare_output(&mut self, task: usize, output: Var) {
        self.tape.outputs.push((task, output));
    }

    /// Declares that everything so far makes the shared representation: the place where gradients of the
    /// representation are taken.
    pub fn declare_representation(&mut self) {
        self.tape.representation_end = Some(self.tape.nodes.len());
        self.tape.representation_stage = self.tape.stage();
    }

    /// Publishes a value of the chunk to the whole batch, which sees it below those of the chunks before: see
    /// [`Synchronize`](crate::Synchronize). Its first axis is that of the chunk's rows, or of other things; the others are the same for all
    /// chunks. A scalar is a row of one number.
    pub fn publish(&mut self, var: Var) {
        self.tape.publish(var);
    }

    /// Keeps a value's handle for the chunk's next stages, which find it in [`kept`](Self::kept).
    pub fn keep(&mut self, var: Var) {
        self.tape.kept.push(var);
    }

    /// What earlier stages of the chunk's pass kept, in order.
    pub fn kept(&self) -> &[Var] {
        &self.tape.kept
    }

    /// Shares a value of the whole batch with its chunks: each receives it as it is.
    ///
    /// A value other than a scalar should have as many samples as the chunks have rows, or a multiple: a pass is cut into samples by the
    /// first axes of all its values, so that each task's sweep may leave out the rows without its label.
    pub fn share(&mut self, var: Var) {
        self.tape.shared.push((var, Cut::Whole));
    }

    /// Shares a value of the whole batch with its chunks: each receives its own rows of it, those that it has in `like`, a published value.
    ///
    /// # Panics
    /// If `like` was not published, or has another number of rows.
    pub fn share_rows(&mut self, var: Var, like: Var) {
        let Some(place) = self.tape.imports().iter().position(|&import| import == like) else {
            panic!("rows are shared like those of a published value")
        };
        assert_eq!(
            self.shape(var).samples(),
            self.shape(like).samples(),
            "rows of {:?} shared like those of {:?}",
            self.shape(var),
            self.shape(like)
        );
        self.tape.shared.push((var, Cut::Rows(place)));
    }

    pub(crate) fn reaches(&self, var: Var) -> bool {
        self.tape.nodes[var.index()].reaches_parameters
    }

    pub(crate) fn parameter(&self, id: ParameterId) -> &'a [f32] {
        self.parameters.get(id)
    }

    pub(crate) fn storage(&self, var: Var) -> u32 {
        self.tape.nodes[var.index()].storage
    }
}
