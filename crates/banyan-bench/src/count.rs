//! `count`: a fixed number of small steps, for a program that counts instructions.
//!
//! Instructions depend neither on the machine's load nor on its clock, so a change of theirs is a change of the code.
//! The start is left out by taking the difference of two runs with different numbers of steps.

use crate::failure::Failure;
use crate::models::Model;
use crate::output::line;
use crate::plan::{ModelName, Plan};
use crate::precision::Precision;
use crate::program::{Batch, Labeled, Workload};
use crate::session::{Mode, Session};
use clap::ValueEnum;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Which steps
    #[arg(long, value_enum)]
    case: Case,
    /// How many, after one that warms up
    #[arg(long, default_value_t = 4)]
    steps: usize,
}

/// A small model and what its steps compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Case {
    /// An MLP with 3 tasks, one gradient
    MlpPlain,
    /// An MLP with 4 tasks, Gramian and UPGrad
    MlpGramian,
    /// Convolutions with 3 tasks, one gradient
    CnnPlain,
    /// A transformer with 3 tasks, Gramian and UPGrad
    TransformerGramian,
}

impl Case {
    fn plan(self) -> (Plan, Mode) {
        match self {
            Self::MlpPlain => (ModelName::MlpSeed.plan(3), Mode::Plain),
            Self::MlpGramian => (ModelName::MlpSeed.plan(4), Mode::Gramian),
            Self::CnnPlain => (Plan { batch: 4, inputs: 12, width: 16, ..ModelName::Cnn.plan(3) }, Mode::Plain),
            Self::TransformerGramian => {
                let plan = ModelName::Transformer.plan(3);
                (Plan { batch: 4, inputs: 200, length: 16, width: 32, layers: 2, ..plan }, Mode::Gramian)
            }
        }
    }
}

/// Makes the steps on one thread.
///
/// # Errors
/// Steps that fail.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (plan, mode) = arguments.case.plan();
    plan.check()?;
    let (model, parameters) = Model::new(&plan);
    let workload = Workload::new(plan, model, Batch::random(&plan), plan.model.chunk_rows(), Labeled::All);
    let mut session = Session::new(parameters, plan.tasks, mode, None, Precision::F32.settings(1, 2)?, 1e-3)?;
    let mut loss: f64 = 0.0;
    for _ in 0..=arguments.steps {
        loss = session.step(&workload)?.losses.iter().sum();
    }
    line(format!("{} steps, sum of losses {loss:.5}", arguments.steps))
}
