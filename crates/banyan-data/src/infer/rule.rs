//! Rules for inputs: what a column looks like, and how sure that is.

use super::candidate::Candidate;

/// One rule: it either has nothing to say of a column, or says what the column is.
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    pub(super) sureness: Sureness,
    pub(super) guess: fn(&Candidate<'_>) -> Option<Guess>,
}

impl Rule {
    pub(crate) const fn new(sureness: Sureness, guess: fn(&Candidate<'_>) -> Option<Guess>) -> Self {
        Self { sureness, guess }
    }
}

/// What a rule says of a column.
pub(crate) enum Guess {
    /// It is of the kind that the rule is for, with the reason.
    Fits(String),
    /// It is better left out, with the reason.
    LeaveOut(String),
}

impl Guess {
    pub(crate) fn fits(reason: impl Into<String>) -> Self {
        Self::Fits(reason.into())
    }

    pub(crate) fn leave_out(reason: impl Into<String>) -> Self {
        Self::LeaveOut(reason.into())
    }
}

/// What a rule goes by, the surest first. The first rule that says something decides; of equally sure ones that of the kind which stands
/// first in the table of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sureness {
    /// There is nothing to be learned of the column, whatever it holds.
    Nothing,
    /// The type of the cells, such as lists and truth values.
    Type,
    /// The form that every single value has, such as that of a date or a file's name.
    Form,
    /// The parts of values, which come again and again.
    Parts,
    /// The values, which come again and again.
    Values,
    /// The name of the column.
    Name,
    /// The length of texts.
    Length,
    /// Nothing in particular.
    Default,
}
