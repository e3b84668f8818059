//! What a page is made of, from the run's folder.

use banyan_data::labels::TaskKind;

use crate::error_analysis::RunErrors;
use crate::run::{DataSummary, EvaluationRecord, LogRecord, RunError, RunFolder, StartRecord, StepRecord, Summary};

/// A run, as far as it has come.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportData {
    /// The folder's name.
    pub name: String,
    /// The text of `config.toml`.
    pub config: String,
    /// The first line of the log; `None` where nothing was logged yet.
    pub start: Option<StartRecord>,
    /// The logged steps, in order.
    pub steps: Vec<StepRecord>,
    /// The logged evaluations, in order.
    pub evaluations: Vec<EvaluationRecord>,
    /// What came of the run; `None` while it is not finished.
    pub summary: Option<Summary>,
    /// Which errors the final evaluation found; `None` while it is not finished, and in runs of older versions.
    pub errors: Option<RunErrors>,
    /// Why they cannot be told, where their file is damaged. The page does without them: all else in it is whole.
    pub errors_damage: Option<String>,
}

impl ReportData {
    /// Reads a run's folder.
    ///
    /// # Errors
    /// Where a file cannot be read or is damaged. What is not there yet is no error.
    pub fn read(run: &RunFolder) -> Result<Self, RunError> {
        let path = std::path::absolute(run.path()).unwrap_or_else(|_| run.path().to_owned());
        let name = path.file_name().map_or("run".to_owned(), |name| name.to_string_lossy().into_owned());
        let (mut start, mut steps, mut evaluations) = (None, Vec::new(), Vec::new());
        for record in run.log()? {
            match record {
                LogRecord::Start(record) => start = Some(record),
                LogRecord::Step(record) => steps.push(record),
                LogRecord::Evaluation(record) => evaluations.push(record),
            }
        }
        let (errors, errors_damage) = match run.errors() {
            Err(damage @ RunError::Damaged { .. }) => (None, Some(damage.to_string())),
            read => (read?, None),
        };
        Ok(Self { name, config: run.config_text()?, start, steps, evaluations, summary: run.summary()?, errors, errors_damage })
    }

    /// The data in numbers, from wherever they are told.
    pub(super) fn data(&self) -> Option<&DataSummary> {
        self.start.as_ref().map(|start| &start.data).or(self.summary.as_ref().map(|summary| &summary.data))
    }

    /// All tasks: those of the data in their order, then any that only the log knows.
    pub(super) fn tasks(&self) -> Vec<&str> {
        let known = self.data().into_iter().flat_map(|data| data.tasks.keys());
        let logged = self.steps.iter().flat_map(|step| step.losses.keys());
        let evaluated = self.evaluations.iter().flat_map(|record| record.tasks.keys());
        let mut tasks: Vec<&str> = Vec::new();
        for task in known.chain(logged).chain(evaluated) {
            if !tasks.contains(&task.as_str()) {
                tasks.push(task);
            }
        }
        tasks
    }

    pub(super) fn kind(&self, task: &str) -> Option<TaskKind> {
        self.data()?.tasks.get(task).map(|task| task.kind)
    }

    /// The number of a task's color: the same in every chart.
    pub(super) fn color(&self, task: &str) -> usize {
        self.tasks().iter().position(|name| *name == task).unwrap_or(0)
    }
}
