//! Frames of a row.

use std::borrow::Cow;

use super::{Argument, Frame, VERB, objects};
use crate::error::{Error, Mend};
use crate::fit::misaligned;
use crate::read;
use crate::spans::{self, Label};
use crate::table::{Cell, Column, Table};
use crate::value::quote;

/// What a word has that is no predicate.
const NONE: [&str; 2] = ["", "_"];
/// What some word of a row has that nobody annotated.
const NOT_ANNOTATED: &str = "?";

/// The columns of frames and of the words that they are over.
#[derive(Clone, Copy)]
pub(crate) struct Columns<'a> {
    pub(crate) table: &'a Table,
    pub(crate) words: &'a Column,
    /// The labels of all predicates, or objects.
    pub(crate) roles: Option<&'a Column>,
    pub(crate) predicates: Option<&'a Column>,
}

impl<'a> Columns<'a> {
    /// The number of a row's words.
    pub(crate) fn words(&self, row: usize) -> usize {
        read::words(self.words.cell(row)).ok().flatten().map_or(0, |words| words.len())
    }

    /// Whether a row has anything said of it, whatever its words.
    pub(crate) fn has_labels(&self, row: usize) -> bool {
        [self.roles, self.predicates].into_iter().flatten().any(|column| !column.cell(row).is_missing())
    }

    /// The frames of a row of so many words, in the order of their predicates; none where it is not annotated.
    pub(crate) fn read(&self, row: usize, words: usize) -> Result<Option<Vec<Frame>>, Error> {
        let (frames, column) = match (self.roles.map(|roles| (roles, roles.cell(row))), self.predicates) {
            (Some((roles, Cell::Objects(json))), _) => {
                (objects::parse(json).map(Some).map_err(|problem| self.wrong(roles, row, problem, OBJECTS))?, roles)
            }
            // An empty list.
            (Some((roles, Cell::Texts([]))), _) if words > 0 => (Some(Vec::new()), roles),
            (_, Some(predicates)) => (self.of_labels(row, words, predicates)?, predicates),
            (Some((roles, cell)), None) if !cell.is_missing() => {
                let mend = "name the column of the predicates with columns = { predicate = \"…\" }";
                return Err(self.wrong(roles, row, "these labels need the predicates that they are of".to_owned(), mend));
            }
            _ => return Ok(None),
        };
        let Some(mut frames) = frames else { return Ok(None) };
        frames.sort_by_key(|frame| frame.predicate);
        for frame in &mut frames {
            let arguments = frame.arguments.iter_mut();
            arguments.for_each(|own| {
                own.retain(|argument| argument.role != VERB);
                own.sort_by_key(|argument| argument.begin);
            });
        }
        check(&frames, words).map_err(|(problem, mend)| self.wrong(column, row, problem, mend))?;
        Ok(Some(frames))
    }

    fn of_labels(&self, row: usize, words: usize, predicates: &'a Column) -> Result<Option<Vec<Frame>>, Error> {
        let senses = self.labels(predicates, row, words)?;
        let labels = self.roles.map(|roles| self.labels(roles, row, words)).transpose()?.flatten();
        // A list of gaps says that no word is a predicate; that nothing is said is a missing cell.
        let is_unknown = senses.is_none() && labels.is_none() && predicates.cell(row).is_missing();
        if is_unknown || senses.iter().flatten().any(|sense| sense == NOT_ANNOTATED) {
            return Ok(None);
        }
        let senses = senses.unwrap_or_default();
        let marked = senses.iter().enumerate().filter(|(_, sense)| !NONE.contains(&sense.as_ref()));
        let mut frames: Vec<Frame> =
            marked.map(|(predicate, sense)| Frame { predicate, sense: sense.to_string(), arguments: None }).collect();
        if let (Some(labels), Some(roles)) = (labels, self.roles) {
            self.with_roles(row, roles, &labels, &mut frames)?;
        }
        Ok(Some(frames))
    }

    /// Gives every frame its arguments, from the labels that each word has of all.
    fn with_roles(&self, row: usize, roles: &Column, labels: &[Cow<'_, str>], frames: &mut [Frame]) -> Result<(), Error> {
        let mut parts: Vec<Vec<&str>> = vec![Vec::new(); frames.len()];
        for (word, label) in (1..).zip(labels) {
            let own: Vec<&str> = label.split('|').collect();
            if own.len() != frames.len() && !(frames.is_empty() && own.len() == 1) {
                let problem = format!("word {word} has {} labels and the sentence {} predicates", own.len(), frames.len());
                return Err(self.wrong(roles, row, problem, "give each word a label for each predicate, with | between"));
            }
            parts.iter_mut().zip(own).for_each(|(parts, own)| parts.push(own));
        }
        for (frame, parts) in frames.iter_mut().zip(&parts) {
            let labels =
                Label::parse_all(parts).map_err(|problem| self.wrong(roles, row, problem, "write spans as B-ARG0, I-ARG0 and O"))?;
            let argument = |span: spans::Span<&str>| Argument { role: span.kind.to_owned(), begin: span.begin, end: span.end };
            frame.arguments = Some(spans::read(&labels).into_iter().map(argument).collect());
        }
        Ok(())
    }

    fn labels(&self, column: &'a Column, row: usize, words: usize) -> Result<Option<Vec<Cow<'a, str>>>, Error> {
        let labels = read::labels(column.cell(row))
            .map_err(|problem| self.wrong(column, row, problem, "write the predicates of a row as a list, one entry for each word"))?;
        match labels {
            Some(labels) if labels.len() != words => {
                let place = self.table.place(row, Some(&column.name));
                Err(misaligned(place, labels.len(), words, &self.words.name, self.words.cell(row)))
            }
            labels => Ok(labels),
        }
    }

    fn wrong(&self, column: &Column, row: usize, problem: String, mend: &str) -> Error {
        Error::Cell { place: self.table.place(row, Some(&column.name)), problem, mend: Mend::new(mend) }
    }
}

const OBJECTS: &str = "write each as {\"predicate\": 3, \"args\": [{\"role\": \"ARG0\", \"start\": 0, \"end\": 2}]}";
const PLACES: &str = "words are counted from 0, and \"end\" is the word after the last";

/// What frames say of places that are not there or are taken twice, with the mend.
fn check(frames: &[Frame], words: usize) -> Result<(), (String, &'static str)> {
    if let Some(pair) = frames.windows(2).find(|pair| pair[0].predicate == pair[1].predicate) {
        return Err((format!("the word at {} is a predicate twice", pair[0].predicate), "give each predicate once"));
    }
    for frame in frames {
        let predicate = frame.predicate;
        if predicate >= words {
            return Err((format!("predicate {predicate} is in a sentence of {words} words"), PLACES));
        }
        let arguments = frame.arguments.iter().flatten();
        for argument in arguments.clone() {
            if argument.begin >= argument.end || argument.end > words {
                let (role, begin, end) = (quote(&argument.role), argument.begin, argument.end);
                return Err((format!("{role} of predicate {predicate} is {begin} to {end} in a sentence of {words} words"), PLACES));
            }
        }
        if let Some((left, right)) = arguments.clone().zip(arguments.skip(1)).find(|(left, right)| right.begin < left.end) {
            let (left, right) = (quote(&left.role), quote(&right.role));
            return Err((format!("{left} and {right} of predicate {predicate} overlap"), "a word plays one role of a predicate"));
        }
    }
    Ok(())
}
