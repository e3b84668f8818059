//! All methods that serve one purpose.

use crate::{Choice, Described, Error, Settings, listing::Group, suggest};
use std::borrow::Cow;

/// The methods of one kind, in the order of a listing: a table that is written once, beside what builds each of them.
///
/// ```
/// use banyan_method::{Choice, Method, Registry};
/// static FUSIONS: Registry<Method> = Registry::new(
///     "fusions",
///     "fusion",
///     "Bring the inputs of a row together.",
///     &[Method::new("sum", "the sum of what is there"), Method::new("gated", "a gate for each input")],
/// );
/// assert_eq!(
///     FUSIONS.find("gates").unwrap_err().to_string(),
///     "there is no fusion named \"gates\"; did you mean \"gated\"?"
/// );
/// let (method, _) = FUSIONS.check(&Choice::named("sum"), 1)?;
/// assert_eq!(method.name, "sum");
/// # Ok::<(), banyan_method::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Registry<M: Clone + 'static> {
    name: &'static str,
    kind: &'static str,
    purpose: &'static str,
    entries: Cow<'static, [M]>,
}

impl<M: Described + Clone + 'static> Registry<M> {
    /// A registry with a name ("fusions"), what one of its methods is called ("fusion"), and what they are for, in a sentence.
    pub const fn new(name: &'static str, kind: &'static str, purpose: &'static str, entries: &'static [M]) -> Self {
        Self { name, kind, purpose, entries: Cow::Borrowed(entries) }
    }

    /// The same with one more method, of a program's own; it takes the place of one that has its name.
    #[must_use]
    pub fn with(&self, entry: M) -> Self {
        let mut entries = self.entries.to_vec();
        match entries.iter_mut().find(|old| old.method().name == entry.method().name) {
            Some(old) => *old = entry,
            None => entries.push(entry),
        }
        Self { entries: Cow::Owned(entries), ..self.clone() }
    }

    /// What one of its methods is called.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// All entries.
    pub fn iter(&self) -> std::slice::Iter<'_, M> {
        self.entries.iter()
    }

    /// The methods' names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.iter().map(|entry| entry.method().name)
    }

    /// The entry of this name.
    ///
    /// # Errors
    /// [`Error::UnknownMethod`], with the nearest name.
    pub fn find(&self, name: &str) -> Result<&M, Error> {
        self.iter().find(|entry| entry.method().name == name).ok_or_else(|| {
            let names: Vec<&str> = self.names().collect();
            let hint = suggest(name, &names, "it must be one of").unwrap_or_else(|| "there are none".to_owned());
            Error::UnknownMethod { kind: self.kind, name: name.to_owned(), hint }
        })
    }

    /// The entry that was chosen, and its options, checked and completed; for a number of tasks, of which some options need one value
    /// each. The options of methods among the options are checked as well.
    ///
    /// # Errors
    /// A name or an option that does not exist, with the nearest one; a value that does not fit, with what does.
    pub fn check(&self, choice: &Choice, tasks: usize) -> Result<(&M, Settings), Error> {
        let entry = self.find(&choice.name)?;
        let settings = Settings::new(entry.method(), choice, tasks)?;
        for (option, inner) in settings.methods() {
            self.check(inner, tasks).map_err(|error| Error::Within { option, source: Box::new(error) })?;
        }
        Ok((entry, settings))
    }

    /// The group of a listing that these methods make; `chosen_by` says which key of a configuration chooses one.
    pub fn group(&self, chosen_by: &'static str) -> Group {
        let methods = self.iter().map(|entry| entry.method().into()).collect();
        Group { name: self.name, chosen_by, purpose: self.purpose, methods }
    }
}
