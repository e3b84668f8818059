//! What can go wrong, each as one sentence that names the place and a way out.

/// The error of this crate.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A method or an option that does not exist, or a value that does not fit.
    #[error(transparent)]
    Method(#[from] banyan_method::Error),
    /// A balancer for no tasks was asked for.
    #[error("a balancer needs at least one task")]
    NoTasks,
    /// A list that must have one entry for each task has another length.
    #[error("{what}: expected {expected} values (one for each task), found {found}")]
    TaskCount {
        /// The list.
        what: &'static str,
        /// The number of tasks.
        expected: usize,
        /// The list's length.
        found: usize,
    },
    /// The Gramian's values do not fill a square.
    #[error("a Gramian of {tasks} tasks has {} values, found {found}", tasks * tasks)]
    GramianLength {
        /// The number of tasks.
        tasks: usize,
        /// The number of values that were given.
        found: usize,
    },
    /// A Gramian's entry is NaN or infinite.
    #[error("the Gramian's entry ({row}, {column}) is {value}: a gradient of these tasks is not finite")]
    GramianNotFinite {
        /// First task, from 0.
        row: usize,
        /// Second task, from 0.
        column: usize,
        /// The entry.
        value: f64,
    },
    /// A diagonal entry, a squared norm, is negative.
    #[error("the Gramian's diagonal entry {task} is {value}, but a squared norm cannot be negative")]
    GramianDiagonal {
        /// The task, from 0.
        task: usize,
        /// The entry.
        value: f64,
    },
    /// The Gramian is not symmetric.
    #[error("the Gramian is not symmetric: entry ({row}, {column}) is {value}, its mirror is {mirror}")]
    GramianAsymmetric {
        /// First task, from 0.
        row: usize,
        /// Second task, from 0.
        column: usize,
        /// The entry.
        value: f64,
        /// The entry across the diagonal.
        mirror: f64,
    },
    /// The Jacobian's rows have different lengths.
    #[error("row {row} of the Jacobian has {found} columns, row 0 has {expected}")]
    RowLength {
        /// The row, from 0.
        row: usize,
        /// Length of row 0.
        expected: usize,
        /// Length of this row.
        found: usize,
    },
    /// The Jacobian's values do not divide into rows of one length.
    #[error("{found} values do not make {tasks} gradients of one length")]
    JacobianLength {
        /// The number of tasks.
        tasks: usize,
        /// The number of values that were given.
        found: usize,
    },
    /// The method needs something that it was not shown.
    #[error("the method needs {what}, which it was not shown")]
    NotShown {
        /// What is missing.
        what: &'static str,
    },
    /// A known task's loss is NaN or infinite.
    #[error("the loss of task {task} is {value}")]
    LossNotFinite {
        /// The task, from 0.
        task: usize,
        /// The loss.
        value: f64,
    },
    /// A method that takes logarithms met a loss below its lower bound.
    #[error("`{method}` needs losses of at least {bound}, but the loss of task {task} is {value}")]
    LossTooSmall {
        /// The method.
        method: &'static str,
        /// The task, from 0.
        task: usize,
        /// The lower bound.
        bound: f64,
        /// The loss.
        value: f64,
    },
    /// A saved state does not fit this method and number of tasks.
    #[error("a saved balancer state of {found} does not fit one of {expected}: it was made by another method, option or number of tasks")]
    State {
        /// The tensors of this method, with their shapes.
        expected: String,
        /// Those of the saved state.
        found: String,
    },
    /// A method that averages weights was put around one that gives none.
    #[error("\"{method}\" averages weights, and \"{within}\" gives a direction instead; choose another method within it")]
    NoWeights {
        /// The method around.
        method: &'static str,
        /// The method within.
        within: String,
    },
    /// An iteration did not settle.
    #[error("`{method}` did not converge in {iterations} iterations")]
    NoConvergence {
        /// The method.
        method: &'static str,
        /// The number of iterations made.
        iterations: usize,
    },
}
