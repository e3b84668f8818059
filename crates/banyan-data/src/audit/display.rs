//! The audit as a person reads it in a terminal.

use std::fmt;

use banyan_text::visible;

use super::{Audit, InputAudit, Role, TaskAudit};
use crate::value::{format_number, quote};

/// Classes listed of a task.
const LISTED: usize = 12;
/// A task is called imbalanced from here on.
const IMBALANCED: f64 = 10.0;

impl Audit {
    /// What should be looked at before training, one sentence each; empty where nothing is wrong.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        for leak in &self.leaks {
            warnings
                .push(format!("{} of the {} rows are in {} too, the first at {}", leak.rows, leak.second, leak.first, leak.examples[0]));
        }
        for leakage in &self.leaking {
            warnings.push(format!(
                "column \"{}\" leaks task \"{}\": each of its {} values goes with one label only",
                leakage.column, leakage.task, leakage.values
            ));
        }
        for numbering in &self.numberings {
            warnings.push(format!(
                "column \"{}\" numbers the rows, and task \"{}\" goes with its order: {} classes in {} stretches; leave the input out unless \
                 new rows have such numbers",
                numbering.column, numbering.task, numbering.classes, numbering.stretches
            ));
        }
        for mark in &self.guessed_marks {
            let key = if mark.is_decimal { "thousands" } else { "decimal" };
            warnings.push(format!(
                "column \"{}\": {} is read as {}; if that is wrong, write {key} = \",\" in [data]",
                mark.column,
                quote(&mark.cell),
                format_number(mark.value)
            ));
        }
        for media in self.media.iter().filter(|media| media.unreadable > 0) {
            let examples = media.examples.join("; ");
            warnings.push(format!("input \"{}\": {} of {} files cannot be read: {examples}", media.input, media.unreadable, media.files));
        }
        for column in self.columns.iter().filter(|column| column.role != Role::Unused) {
            if column.constant {
                warnings.push(format!("column \"{}\" has one value in every row", column.name));
            }
            if column.missing.first().is_some_and(|missing| *missing == Some(1.0)) {
                warnings.push(format!("column \"{}\" is empty in every training row", column.name));
            }
        }
        for part in &self.parts {
            if part.duplicates > 0 {
                warnings.push(format!("{} of the {} rows come more than once", part.duplicates, part.name));
            }
            if part.no_inputs > 0 {
                warnings.push(format!("{} of the {} rows have no input", part.no_inputs, part.name));
            }
        }
        for task in &self.tasks {
            if let Some(imbalance) = task.imbalance.filter(|imbalance| *imbalance >= IMBALANCED) {
                warnings.push(format!(
                    "task \"{}\" is imbalanced: {imbalance:.0} rows of its largest class for one of its smallest",
                    task.name
                ));
            }
            if !task.unseen.is_empty() {
                let others = match task.unseen.len().saturating_sub(LISTED) {
                    0 => String::new(),
                    count => format!(" and {count} others"),
                };
                let some = task.unseen[..task.unseen.len().min(LISTED)].join(", ");
                warnings.push(format!("task \"{}\": no training row has the class {some}{others}", task.name));
            }
        }
        warnings
    }

    fn part_names(&self) -> String {
        self.parts.iter().map(|part| format!("{:>9}", part.name)).collect()
    }

    fn write_columns(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let longest = self.columns.iter().map(|column| visible(&column.name).chars().count()).max().unwrap_or(0).max(6);
        writeln!(formatter, "\nMissing   {:longest$} {:>8}{}", "column", "values", self.part_names())?;
        for column in &self.columns {
            let role = match column.role {
                Role::Input => "input",
                Role::Task => "task",
                Role::Unused => "unused",
            };
            let missing: String = column
                .missing
                .iter()
                .map(|missing| match missing {
                    None => format!("{:>9}", "absent"),
                    Some(fraction) => format!("{:>8.1}%", 100.0 * fraction),
                })
                .collect();
            writeln!(formatter, "  {role:7} {:longest$} {:>8}{missing}", visible(&column.name), column.distinct)?;
        }
        Ok(())
    }

    fn write_input(&self, input: &InputAudit, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "\n{:34}{}", format!("{} of {}", input.title, visible(&input.input)), self.part_names())?;
        for figure in input.figures.iter().filter(|figure| figure.shown.iter().any(Option::is_some)) {
            let shown = figure.shown.iter().map(|shown| format!("{:>9}", shown.as_deref().unwrap_or_default()));
            writeln!(formatter, "  {:32}{}", figure.label, shown.collect::<String>())?;
        }
        Ok(())
    }

    fn write_task(&self, task: &TaskAudit, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = counts(&task.known);
        let title = format!("Task {} ({})", visible(&task.name), task.kind.name());
        writeln!(formatter, "\n{title:34}{}", self.part_names())?;
        writeln!(formatter, "  {:32}{known}", "rows with a label")?;
        if !task.tokens.is_empty() {
            writeln!(formatter, "  {:32}{}", "words with a label", counts(&task.tokens))?;
        }
        for class in task.classes.iter().take(LISTED) {
            writeln!(formatter, "  {:32}{}", visible(&class.name), counts(&class.counts))?;
        }
        match task.classes.len().saturating_sub(LISTED) {
            0 => Ok(()),
            more => writeln!(formatter, "  … and {more} more classes"),
        }
    }
}

/// A column for each part.
fn counts(counts: &[usize]) -> String {
    counts.iter().map(|count| format!("{count:>9}")).collect()
}

/// What the tables hold, without a word on whether it is good.
struct Figures<'a>(&'a Audit);

impl fmt::Display for Figures<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write_figures(formatter)
    }
}

impl fmt::Display for Audit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_figures(formatter)?;
        let warnings = self.warnings();
        if warnings.is_empty() {
            return write!(formatter, "\nNothing to worry about was found.");
        }
        write!(formatter, "\nTo look at:")?;
        warnings.iter().try_for_each(|warning| write!(formatter, "\n- {}", visible(warning)))
    }
}

impl Audit {
    /// The part of the text that says what the tables hold, for where a training would not begin and "nothing to worry about" would be wrong.
    pub fn figures(&self) -> impl fmt::Display {
        Figures(self)
    }

    fn write_figures(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "Rows      {:>9} {:>10} {:>11} {:>9} {:>10}", "rows", "all labels", "some labels", "no label", "duplicates")?;
        for part in &self.parts {
            writeln!(
                formatter,
                "  {:8}{:>9} {:>10} {:>11} {:>9} {:>10}",
                part.name, part.rows, part.all_labels, part.some_labels, part.no_labels, part.duplicates
            )?;
        }
        self.write_columns(formatter)?;
        self.inputs.values().flatten().try_for_each(|input| self.write_input(input, formatter))?;
        self.tasks.iter().try_for_each(|task| self.write_task(task, formatter))?;
        for media in &self.media {
            writeln!(formatter, "\nFiles of {}: {}, {} unreadable", visible(&media.input), media.files, media.unreadable)?;
        }
        Ok(())
    }
}
