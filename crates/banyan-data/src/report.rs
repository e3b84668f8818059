//! What encoding came across: missing, unreadable and unseen values, counted and named.

use std::fmt;

use crate::coverage::Coverage;

/// Names kept of each kind of trouble.
const NAMED: usize = 5;

/// What encoding came across.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// Rows encoded.
    pub rows: usize,
    /// Rows left out by `on_bad_row = "skip"`.
    pub skipped_rows: usize,
    /// Rows that have none of the inputs that were read.
    pub empty_rows: usize,
    /// The inputs, in the order of the schema.
    pub inputs: Vec<InputReport>,
    /// The tasks, in the order of the schema.
    pub tasks: Vec<TargetReport>,
    /// What else is worth knowing about the rows, a sentence each.
    pub notes: Vec<String>,
}

/// What encoding came across in one input.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InputReport {
    /// The input's name.
    pub name: String,
    /// Whether the input was read at all: it was wanted and the table has the column.
    pub read: bool,
    /// The column, where the input was wanted and the table lacks it.
    pub absent: Option<String>,
    /// Rows without a value (unreadable files not counted).
    pub missing: usize,
    /// Rows whose file cannot be read.
    pub unreadable: usize,
    /// The first unreadable files, each with its cause.
    pub unreadable_examples: Vec<String>,
    /// What else is worth knowing about the values.
    pub notes: Vec<Note>,
    /// How many of its words are known, where the kind says so.
    pub coverage: Option<Coverage>,
}

/// What encoding came across in one task.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TargetReport {
    /// The task's name.
    pub name: String,
    /// Whether labels were read at all: they were wanted and the table has the column.
    pub read: bool,
    /// The column, where the labels were wanted and the table lacks it; for `dependencies` the first of the two that it lacks.
    pub absent: Option<String>,
    /// Rows whose label is known.
    pub known: usize,
    /// Labels never seen in training; they count as unknown.
    pub unseen: usize,
    /// The first such labels.
    pub unseen_examples: Vec<String>,
    /// Rows whose label is in a file that cannot be read; they count as unknown.
    pub unreadable: usize,
    /// The first such files, each with its cause.
    pub unreadable_examples: Vec<String>,
    /// `tagging`, `spans`, `dependencies` and `lemmas`: rows that have labels and no words, so that the labels are unknown.
    pub wordless: usize,
    /// What else is worth knowing about labels of the task's kind.
    pub notes: Vec<Note>,
}

/// Something that was found a number of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// How often.
    pub count: usize,
    /// What is counted, with its verb: in the singular, and in the plural.
    pub subject: [&'static str; 2],
    /// What is said of it.
    pub text: &'static str,
    /// Some examples, or the first.
    pub examples: Vec<String>,
    /// Examples kept.
    most: usize,
}

impl Note {
    /// Nothing of the kind yet.
    pub(crate) fn new(subject: [&'static str; 2], text: &'static str) -> Self {
        Self { count: 0, subject, text, examples: Vec::new(), most: NAMED }
    }

    /// Something that was found so often, of which the first example is kept only.
    pub(crate) fn with_first(count: usize, subject: [&'static str; 2], text: &'static str, first: String) -> Self {
        Self { count, subject, text, examples: vec![first], most: 1 }
    }

    /// Counts one more, by its name.
    pub(crate) fn add(&mut self, name: &str) {
        self.count += 1;
        self.name(name);
    }

    /// Names an example.
    pub(crate) fn name(&mut self, name: &str) {
        keep_at_most(self.most, &mut self.examples, &crate::value::quote(name));
    }

    /// Adds what was found to what was found before.
    fn add_to(self, notes: &mut Vec<Self>) {
        match notes.iter_mut().find(|known| known.text == self.text) {
            Some(known) => {
                known.count += self.count;
                self.examples.iter().for_each(|example| keep_at_most(known.most, &mut known.examples, example));
            }
            None if self.count == 0 => {}
            None => notes.push(self),
        }
    }
}

impl InputReport {
    /// Adds what was found in the values of an input, perhaps not for the first time.
    pub(crate) fn note(&mut self, note: Note) {
        note.add_to(&mut self.notes);
    }
}

impl TargetReport {
    /// Adds what was found in the labels of a task, perhaps not for the first time.
    pub(crate) fn note(&mut self, note: Note) {
        note.add_to(&mut self.notes);
    }

    /// Counts a label that was never seen in training.
    pub(crate) fn add_unseen(&mut self, label: &str) {
        self.unseen += 1;
        keep(&mut self.unseen_examples, label);
    }
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [one, many] = self.subject;
        write!(formatter, "{} {}", plural(self.count, one, many), self.text)?;
        if self.examples.is_empty() { Ok(()) } else { write!(formatter, " ({})", self.examples.join(", ")) }
    }
}

/// Keeps a name if it is new and there is room.
pub(crate) fn keep(examples: &mut Vec<String>, name: &str) {
    keep_at_most(NAMED, examples, name);
}

fn keep_at_most(most: usize, examples: &mut Vec<String>, name: &str) {
    if examples.len() < most && !examples.iter().any(|known| known == name) {
        examples.push(name.to_owned());
    }
}

/// Names in quotation marks, with commas between.
fn quoted(names: &[String]) -> String {
    names.iter().map(|name| crate::value::quote(name)).collect::<Vec<String>>().join(", ")
}

fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The warning of files that cannot be read, of an input or a task.
fn unreadable(kind: &str, name: &str, count: usize, examples: &[String]) -> String {
    format!("{kind} \"{name}\": {} an unreadable file: {}", plural(count, "row has", "rows have"), examples.join("; "))
}

impl Report {
    /// Adds what encoding came across in further rows of the same table, with the same schema and options.
    pub fn append(&mut self, other: Self) {
        self.rows += other.rows;
        self.skipped_rows += other.skipped_rows;
        self.empty_rows += other.empty_rows;
        self.notes.extend(other.notes);
        if self.inputs.is_empty() && self.tasks.is_empty() {
            (self.inputs, self.tasks) = (other.inputs, other.tasks);
            return;
        }
        for (input, other) in self.inputs.iter_mut().zip(other.inputs) {
            input.missing += other.missing;
            input.unreadable += other.unreadable;
            input.coverage = Coverage::both(input.coverage, other.coverage);
            other.unreadable_examples.iter().for_each(|name| keep(&mut input.unreadable_examples, name));
            other.notes.into_iter().for_each(|note| input.note(note));
        }
        for (task, other) in self.tasks.iter_mut().zip(other.tasks) {
            task.known += other.known;
            task.unseen += other.unseen;
            task.unreadable += other.unreadable;
            task.wordless += other.wordless;
            other.notes.into_iter().for_each(|note| task.note(note));
            other.unseen_examples.iter().for_each(|name| keep(&mut task.unseen_examples, name));
            other.unreadable_examples.iter().for_each(|name| keep(&mut task.unreadable_examples, name));
        }
    }

    /// What the user should know, one sentence each; empty where all went well. Missing cells are no news:
    /// everything has a mask.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = self.notes.clone();
        for input in &self.inputs {
            if let Some(column) = &input.absent {
                warnings.push(format!("input \"{}\": the table has no column \"{column}\", so it is missing in every row", input.name));
            }
            if input.unreadable > 0 {
                warnings.push(unreadable("input", &input.name, input.unreadable, &input.unreadable_examples));
            }
            warnings.extend(input.notes.iter().map(|note| format!("input \"{}\": {note}", input.name)));
        }
        for task in &self.tasks {
            if let Some(column) = &task.absent {
                warnings.push(format!("task \"{}\": the table has no column \"{column}\", so no label is known", task.name));
            }
        }
        for task in self.tasks.iter().filter(|task| task.unseen > 0) {
            let labels = match task.unseen {
                1 => "1 label was never seen in training and is unknown".to_owned(),
                count => format!("{count} labels were never seen in training and are unknown"),
            };
            let examples = quoted(&task.unseen_examples);
            warnings.push(format!("task \"{}\": {labels} ({examples})", task.name));
        }
        for task in &self.tasks {
            if task.unreadable > 0 {
                warnings.push(unreadable("task", &task.name, task.unreadable, &task.unreadable_examples));
            }
            if task.wordless > 0 {
                let rows = plural(task.wordless, "row has", "rows have");
                warnings.push(format!("task \"{}\": {rows} labels and no words, so that the labels are unknown", task.name));
            }
            warnings.extend(task.notes.iter().map(|note| format!("task \"{}\": {note}", task.name)));
        }
        if self.skipped_rows > 0 {
            warnings.push(format!("{} left out because a file cannot be read", plural(self.skipped_rows, "row was", "rows were")));
        }
        if self.empty_rows > 0 {
            warnings.push(format!("{} none of the inputs", plural(self.empty_rows, "row has", "rows have")));
        }
        warnings
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", plural(self.rows, "row", "rows"))?;
        self.warnings().iter().try_for_each(|warning| write!(formatter, "\n{warning}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Long tables are encoded in blocks: names are collected over all of them, and "the first" stays the first.
    #[test]
    fn blocks_are_reported_as_one() {
        let block = |names: &[&str], place: &str| {
            let mut lemmas = Note::new(["lemma is", "lemmas are"], "new");
            names.iter().for_each(|name| lemmas.add(name));
            let mut task = TargetReport { unseen: 1, ..TargetReport::default() };
            task.note(lemmas);
            task.note(Note::with_first(1, ["row has", "rows have"], "no root", format!("the first in {place}")));
            Report { tasks: vec![task], ..Report::default() }
        };
        let mut report = block(&["a", "b"], "line 1");
        report.append(block(&["b", "c", "d", "e", "f"], "line 9000"));
        let notes: Vec<String> = report.tasks[0].notes.iter().map(Note::to_string).collect();
        assert_eq!(notes, ["7 lemmas are new (\"a\", \"b\", \"c\", \"d\", \"e\")", "2 rows have no root (the first in line 1)"]);
        assert_eq!(report.tasks[0].unseen, 2);
    }
}
