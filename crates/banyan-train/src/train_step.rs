//! One training step of any program: differentiate, balance, move the parameters.

use crate::registry::GradientOf;
use banyan_balance::{Balancer, Gramian, LossNeeds, StepContext};
use banyan_engine::{Engine, Parameters, Program};
use banyan_model::Tie;
use banyan_nn::{Average, Optimizer, clip_global_norm};

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
/// let state = TrainState { parameters: &mut parameters, optimizer: &mut optimizer, average: None, balancer: &mut balancer };
/// let result = TrainStep::default().step(&mut engine, &program, state, &step, 1e-2, Inspect::AsNeeded)?;
/// assert!(result.gramian.is_some_and(|gramian| gramian.get(0, 0) >= 0.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct TrainStep<'a> {
    /// Which gradients a Gramian is made of.
    pub gradient_of: GradientOf,
    /// What is done about the gradient's norm.
    pub norm: GradientNorm,
    /// Penalties on the distance between parameters, added to the gradient.
    pub ties: &'a [Tie],
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
    pub balancer: &'a mut Balancer,
}

/// What a step found.
#[derive(Debug, Clone, PartialEq)]
pub struct StepResult {
    /// Each task's loss, before the parameters moved.
    pub losses: Vec<f64>,
    /// What each task weighed.
    pub weights: Vec<f64>,
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
    /// The gradient's norm is not a finite number.
    #[error("the norm of the gradient is {value}: the parameters or the data hold extreme values; try a smaller learning rate")]
    Gradient {
        /// The norm.
        value: f64,
    },
    /// The balancing method refused what it was given.
    #[error(transparent)]
    Balance(#[from] banyan_balance::Error),
}

impl TrainStep<'_> {
    /// Makes one step with the batch that `program` runs, whose tasks are those of `step`.
    ///
    /// The heads of a Gramian method follow their own losses' gradients unweighted; a loss method's weights apply to them too.
    ///
    /// # Errors
    /// A loss, or (where [`norm`](Self::norm) says so) a gradient, that is not finite, and what the balancing method refuses.
    pub fn step(
        &self,
        engine: &mut Engine,
        program: &dyn Program,
        state: TrainState<'_>,
        step: &StepContext<'_>,
        learning_rate: f64,
        inspect: Inspect,
    ) -> Result<StepResult, StepError> {
        let TrainState { parameters, optimizer, average, balancer } = state;
        let result = self.differentiate(engine, program, parameters, balancer, step, inspect)?;
        for (task, (&value, &known)) in result.losses.iter().zip(step.known).enumerate() {
            if known && !value.is_finite() {
                return Err(StepError::Loss { task, value });
            }
        }
        pull_together(self.ties, parameters, engine.gradient_mut());
        self.check_norm(engine)?;
        engine.update_state(parameters);
        optimizer.step(engine.workers(), parameters, engine.gradient(), learning_rate);
        if let Some(average) = average {
            average.update(&parameters.values()[..engine.gradient().len()]);
        }
        if let Balancer::Loss(weighting) = balancer {
            let again =
                (weighting.needs() == LossNeeds::LossesBeforeAndAfter).then(|| engine.losses(parameters, program, result.losses.len()));
            weighting.after(step, &result.losses, again.as_deref())?;
        }
        Ok(result)
    }

    /// Finds losses and weights, and the Gramian where it is looked at; the gradient is in the engine.
    fn differentiate(
        &self,
        engine: &mut Engine,
        program: &dyn Program,
        parameters: &Parameters,
        balancer: &mut Balancer,
        step: &StepContext<'_>,
        inspect: Inspect,
    ) -> Result<StepResult, StepError> {
        let tasks = step.known.len();
        let inspect = inspect == Inspect::EveryTask && tasks > 1;
        match balancer {
            Balancer::Loss(weighting) if inspect => {
                let losses = engine.stacked(parameters, program, tasks);
                let values = engine.gramian(parameters);
                if !finite(&values) || !finite(&losses) {
                    return Ok(not_finite(engine, parameters, losses));
                }
                let weights = weighting.weights(step, Some(&losses))?;
                let gramian = Gramian::new(tasks, values)?;
                engine.combine_losses(parameters, &narrow(&weights));
                Ok(StepResult { losses, weights, gramian: Some(gramian) })
            }
            Balancer::Loss(weighting) if weighting.needs() == LossNeeds::Nothing => {
                let weights = weighting.weights(step, None)?;
                let losses = engine.weighted(parameters, program, &narrow(&weights));
                Ok(StepResult { losses, weights, gramian: None })
            }
            Balancer::Loss(weighting) => {
                let mut weights = Vec::new();
                let losses = engine.weighted_by_losses(parameters, program, tasks, |losses| -> Result<Vec<f32>, StepError> {
                    weights = if finite(losses) { weighting.weights(step, Some(losses))? } else { vec![0.0; tasks] };
                    Ok(narrow(&weights))
                })?;
                Ok(StepResult { losses, weights, gramian: None })
            }
            Balancer::Gramian(weighting) if self.gradient_of == GradientOf::Representation => {
                let mut weights = Vec::new();
                let weigh = |losses: &[f64], gramian: &[f64]| -> Result<Vec<f32>, StepError> {
                    weights = if finite(gramian) && finite(losses) {
                        weighting.weights(step, &Gramian::new(tasks, gramian.to_vec())?, losses)?
                    } else {
                        vec![0.0; tasks]
                    };
                    Ok(narrow(&weights))
                };
                let (losses, gramian) = engine.weighted_by_representation(parameters, program, tasks, weigh)?;
                let gramian = finite(&gramian).then(|| Gramian::new(tasks, gramian)).transpose()?;
                Ok(StepResult { losses, weights, gramian })
            }
            Balancer::Gramian(weighting) => {
                let losses = engine.stacked(parameters, program, tasks);
                let values = engine.gramian(parameters);
                if !finite(&values) || !finite(&losses) {
                    return Ok(not_finite(engine, parameters, losses));
                }
                let gramian = Gramian::new(tasks, values)?;
                let weights = weighting.weights(step, &gramian, &losses)?;
                engine.combine(parameters, &narrow(&weights));
                Ok(StepResult { losses, weights, gramian: Some(gramian) })
            }
        }
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

/// The plain sum, for a step that will be refused: the caller names what is not finite.
fn not_finite(engine: &mut Engine, parameters: &Parameters, losses: Vec<f64>) -> StepResult {
    let ones = vec![1.0; losses.len()];
    engine.combine(parameters, &narrow(&ones));
    StepResult { losses, weights: ones, gramian: None }
}

fn finite(values: &[f64]) -> bool {
    values.iter().all(|x| x.is_finite())
}

fn narrow(weights: &[f64]) -> Vec<f32> {
    weights.iter().map(|&weight| weight as f32).collect()
}

/// Adds the gradient of every tie's penalty.
fn pull_together(ties: &[Tie], parameters: &Parameters, gradient: &mut [f32]) {
    for tie in ties {
        let count = tie.parameters.len() as f32;
        for place in 0..parameters.get(tie.parameters[0]).len() {
            let sum: f32 = tie.parameters.iter().map(|&id| parameters.get(id)[place]).sum();
            for &id in &tie.parameters {
                // d/dW_i of Σ_{i<j} |W_i - W_j|² is 2 Σ_j (W_i - W_j).
                let own = parameters.get(id)[place];
                gradient[parameters.info(id).range.start + place] += 2.0 * tie.strength as f32 * (count * own - sum);
            }
        }
    }
}
