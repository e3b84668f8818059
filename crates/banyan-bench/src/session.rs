//! Training steps, as the trainer makes them.

use crate::failure::Failure;
use banyan_balance::{Balancer, Before, Choice, StepContext, build};
use banyan_engine::{Engine, Parameters, Program, Settings};
use banyan_nn::{Moments, Optimizer, OptimizerKind};
use banyan_train::{Inspect, StepResult, TrainState, TrainStep};
use clap::ValueEnum;

/// What a step computes besides the losses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// The gradient of the losses' sum
    Plain,
    /// The Gramian of the tasks' gradients, weights from it, and the combined gradient
    Gramian,
    /// The same with every task's whole gradient at hand, for methods that look at entries
    Rows,
    /// As `gramian`, for gradients at the shared representation
    Representation,
}

/// A model under training.
pub(crate) struct Session {
    pub(crate) engine: Engine,
    pub(crate) parameters: Parameters,
    pub(crate) optimizer: Optimizer,
    pub(crate) balancer: Box<dyn Balancer>,
    train_step: TrainStep,
    pub(crate) learning_rate: f64,
    pub(crate) steps: u64,
    pub(crate) known: Vec<bool>,
    /// Whether every task's whole gradient is worked out as well.
    wants_rows: bool,
}

impl Session {
    /// A training from these parameters on, with Adam. `balance` names the method of a mode that looks at gradients.
    ///
    /// # Errors
    /// A method that does not exist or does not fit the mode, or threads that the system refuses.
    pub(crate) fn new(
        parameters: Parameters,
        tasks: usize,
        mode: Mode,
        balance: Option<&str>,
        settings: Settings,
        learning_rate: f64,
    ) -> Result<Self, Failure> {
        let method = match (mode, balance) {
            (Mode::Plain, None) => "equal",
            (Mode::Plain, Some(_)) => return Err(Failure::usage("--balance has no meaning with --mode plain: leave one of them out")),
            (_, balance) => balance.unwrap_or("upgrad"),
        };
        let choice = match mode {
            Mode::Plain | Mode::Gramian | Mode::Rows => Choice::named(method),
            Mode::Representation => Choice::named(method).with("gradient", "representation"),
        };
        let balancer = build(choice, tasks).map_err(Failure::usage)?;
        if mode != Mode::Plain && !matches!(balancer.needs().before, Before::Gramian(_)) {
            return Err(Failure::usage(format!("\"{method}\" does not look at gradients: name a method that does, such as upgrad")));
        }
        let engine = Engine::new(settings).map_err(|cause| Failure::failed(format!("the threads could not be started: {cause}")))?;
        let optimizer = Optimizer::new(OptimizerKind::Adam(Moments::default()), 0.0, &parameters);
        let train_step = TrainStep::default();
        Ok(Self {
            engine,
            parameters,
            optimizer,
            balancer,
            train_step,
            learning_rate,
            steps: 0,
            known: vec![true; tasks],
            wants_rows: mode == Mode::Rows,
        })
    }

    /// Makes one step.
    ///
    /// # Errors
    /// A loss that is not finite, or what the balancing method refuses.
    pub(crate) fn step(&mut self, program: &dyn Program) -> Result<StepResult, Failure> {
        let step = StepContext { step: self.steps, epoch: 0, seed: 1, known: &self.known };
        let state =
            TrainState { parameters: &mut self.parameters, optimizer: &mut self.optimizer, average: None, balancer: &mut *self.balancer };
        let result = self
            .train_step
            .step(&mut self.engine, program, state, &step, self.learning_rate, Inspect::AsNeeded)
            .map_err(Failure::failed)?;
        if self.wants_rows {
            for task in 0..self.known.len() {
                std::hint::black_box(self.engine.jacobian_row(&self.parameters, task));
            }
        }
        self.steps += 1;
        Ok(result)
    }
}
