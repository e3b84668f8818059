//! One training step of any program: differentiate, balance, move the parameters.

mod pass;

use banyan_balance::{Again, Balancer, Gramian, StepContext};
use banyan_engine::{AuxiliaryLoss, Engine, Parameters, Program};
use banyan_nn::{Average, Optimizer, clip_global_norm};
use pass::Differentiation;

/// How steps are made: what stays the same from step to step.
///
/// The trainer makes its steps with it, and so can a program with a model of its own:
///
/// ```
/// use banyan_balance::{StepContext, build};
/// use banyan_engine::{Activation, Context, Engine, Graph, Program, Residual, Settings};
/// use banyan_nn::{LayerBuilder, Linear, Moments, Optimizer, OptimizerKind};
/// use banyan_train::{Inspect, TrainState, TrainStep};
///
/// /// Two tasks that want opposite numbers from one layer.
/// struct Pull { layer: Linear }
///
/// impl Program for Pull {
///     fn chunks(&self) -> usize { 1 }
///     fn context(&self) -> Context { Context::inference() }
///     fn row_keys(&self, _: usize) -> &[u64] { &[] }
///     fn forward(&self, _: usize, graph: &mut Graph<'_>) {
///         let x = graph.input([1, 3], &[1.0, 2.0, 3.0]);
///         let y = self.layer.forward(graph, x);
///         for (task, target) in [(0, 1.0), (1, -1.0)] {
///             let loss = graph.regression_loss(y, &[target], &[1.0], Residual::Square);
///             graph.declare_loss(task, loss);
///         }
///     }
/// }
///
/// let mut builder = LayerBuilder::new(1);
/// let program = Pull { layer: builder.linear("layer", 3, 1, Activation::None) };
/// let mut parameters = builder.build();
/// let mut optimizer = Optimizer::new(OptimizerKind::Adam(Moments::default()), 0.0, &parameters);
/// let mut balancer = build("upgrad", 2)?;
/// let mut engine = Engine::new(Settings::default())?;
/// let step = StepContext { step: 0, epoch: 0, seed: 1, known: &[true, true] };
/// let state = TrainState { parameters: &mut parameters, optimizer: &mut optimizer, average: None, balancer: &mut *balancer };
/// let result = TrainStep::default().step(&mut engine, &program, state, &step, 1e-2, Inspect::AsNeeded)?;
/// assert!(result.gramian.is_some_and(|gramian| gramian.get(0, 0) >= 0.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct TrainStep {
    /// What is done about the gradient's norm.
    pub norm: GradientNorm,
}

/// What is done about the norm of a gradient before it is descended.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum GradientNorm {
    /// Nothing: it is not computed. A gradient that is not finite shows in the next step's losses.
    #[default]
    Unseen,
    /// A gradient whose norm is not finite is refused.
    Finite,
    /// As for `Finite`, and a longer gradient is scaled to this norm.
    AtMost(f64),
}

/// Whether a step finds every task's own gradient though its method does not need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inspect {
    /// As the method needs.
    AsNeeded,
    /// Every task's, to log how they agree.
    EveryTask,
}

/// What a step changes.
#[derive(Debug)]
pub struct TrainState<'a> {
    /// The model's parameters.
    pub parameters: &'a mut Parameters,
    /// What moves them.
    pub optimizer: &'a mut Optimizer,
    /// Their running average, where one is kept.
    pub average: Option<&'a mut Average>,
    /// What weighs the tasks.
    pub balancer: &'a mut dyn Balancer,
}

/// What a step found.
#[derive(Debug, Clone, PartialEq)]
pub struct StepResult {
    /// Each task's loss, before the parameters moved.
    pub losses: Vec<f64>,
    /// What each task weighed.
    pub weights: Vec<f64>,
    /// The losses of no task, by name, before the parameters moved.
    pub auxiliary: Vec<AuxiliaryLoss>,
    /// Of the tasks' gradients, where the step looked at them.
    pub gramian: Option<Gramian>,
}

/// Why a step was not made. The parameters are as they were, unless it was [`Balance`](Self::Balance) after they had moved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StepError {
    /// The loss of a task with labels is not a finite number.
    #[error("the loss of task {task} is {value}: the parameters or the data hold extreme values; try a smaller learning rate")]
    Loss {
        /// The task's number.
        task: usize,
        /// Its loss.
        value: f64,
    },
    /// A loss of no task is not a finite number.
    #[error("the auxiliary loss \"{name}\" is {value}: the parameters or the data hold extreme values; try a smaller learning rate")]
    Auxiliary {
        /// What it is called.
        name: String,
        /// Its value, times its weight.
        value: f64,
    },
    /// The gradient's norm is not a finite number.
    #[error("the norm of the gradient is {value}: the parameters or the data hold extreme values; try a smaller learning rate")]
    Gradient {
        /// The norm.
        value: f64,
    },
    /// The balancing method needs the batch in another number of parts.
    #[error("the balancing method needs the batch in {needed} parts, and was given {found}")]
    Parts {
        /// How many it needs.
        needed: usize,
        /// How many there were.
        found: usize,
    },
    /// The balancing method refused what it was given.
    #[error(transparent)]
    Balance(#[from] banyan_balance::Error),
}

impl TrainStep {
    /// Makes one step with the batch that `program` runs, whose tasks are those of `step`. Losses of no task are added to the gradient
    /// after the tasks are balanced; those that [`Program::balanced`] names are tasks of `step` too, after the others.
    ///
    /// What is computed is the cheapest that the balancing method can do with. Weights of losses apply to the parameters of single tasks as well;
    /// where a method gives weights of gradients, or a direction, those follow their own losses' gradients unweighted.
    ///
    /// # Errors
    /// A loss, or (where [`norm`](Self::norm) says so) a gradient, that is not finite, what the balancing method refuses, and a method that
    /// needs the batch [in several parts](Self::step_in_parts).
    pub fn step(
        &self,
        engine: &mut Engine,
        program: &dyn Program,
        state: TrainState<'_>,
        step: &StepContext<'_>,
        learning_rate: f64,
        inspect: Inspect,
    ) -> Result<StepResult, StepError> {
        self.step_in_parts(engine, &[program], state, step, learning_rate, inspect)
    }

    /// As [`step`](Self::step), with a batch in as many parts, each of rows of its own, as the balancing method's
    /// [needs](banyan_balance::Before::parts) say. The tasks of `step` that are known are those with labels in every part. All parts
    /// balance the same losses of no task; those that are added are in the step with the gradients that are descended.
    ///
    /// # Errors
    /// Those of [`step`](Self::step), and another number of parts.
    pub fn step_in_parts(
        &self,
        engine: &mut Engine,
        parts: &[&dyn Program],
        state: TrainState<'_>,
        step: &StepContext<'_>,
        learning_rate: f64,
        inspect: Inspect,
    ) -> Result<StepResult, StepError> {
        let TrainState { parameters, optimizer, average, balancer } = state;
        let (needs, rows) = (balancer.needs(), step.known.len());
        if parts.len() != needs.before.parts() {
            return Err(StepError::Parts { needed: needs.before.parts(), found: parts.len() });
        }
        // The gradients of one task agree with themselves.
        let inspect = if rows > 1 { inspect } else { Inspect::AsNeeded };
        let tasks = rows - parts[0].balanced().len();
        let result = Differentiation { engine, parameters, balancer, step, tasks, inspect }.run(parts)?;
        for (task, (&value, &known)) in result.losses.iter().zip(step.known).enumerate().take(tasks) {
            if known && !value.is_finite() {
                return Err(StepError::Loss { task, value });
            }
        }
        if let Some(loss) = result.auxiliary.iter().find(|loss| !loss.weighted.is_finite()) {
            return Err(StepError::Auxiliary { name: loss.name.clone(), value: loss.weighted });
        }
        self.check_norm(engine)?;
        engine.update_state(parameters);
        optimizer.step(engine.workers(), parameters, engine.gradient(), learning_rate);
        if let Some(average) = average {
            average.update(&parameters.values()[..engine.gradient().len()]);
        }
        let again = match needs.again {
            Again::Nothing => None,
            Again::Losses => Some(losses_of(engine, parameters, parts, rows)),
        };
        balancer.after(step, &result.losses, again.as_deref())?;
        Ok(result)
    }

    fn check_norm(&self, engine: &mut Engine) -> Result<(), StepError> {
        let (gradient, workers) = engine.gradient_and_workers();
        let value = match self.norm {
            GradientNorm::Unseen => return Ok(()),
            GradientNorm::Finite => clip_global_norm(workers, gradient, 0.0),
            GradientNorm::AtMost(max) => clip_global_norm(workers, gradient, max),
        };
        if value.is_finite() { Ok(()) } else { Err(StepError::Gradient { value }) }
    }
}

/// Each row's loss, in the mean over the parts of a batch.
fn losses_of(engine: &mut Engine, parameters: &Parameters, parts: &[&dyn Program], rows: usize) -> Vec<f64> {
    let mut mean = vec![0.0; rows];
    for part in parts {
        let losses = engine.losses(parameters, *part, rows);
        mean.iter_mut().zip(losses).for_each(|(sum, loss)| *sum += loss / parts.len() as f64);
    }
    mean
}
