//! Predicates and their roles to numbers.

use banyan_text::frames::Argument;
use banyan_text::spans::{self, Span};

use super::TargetReport;
use super::report::keep;
use super::store::{InputStore, TargetStore};
use super::vocabulary::Vocabulary;
use crate::batch::{FrameValues, TargetValues, UNKNOWN_TAG};
use crate::error::Error;
use crate::schema::{TargetDetails, TargetSchema};
use crate::sentences::FrameColumns;

/// Encodes the frames of rows whose words were encoded before; without columns all are unknown.
pub(super) fn encode(
    rows: &[usize],
    target: &TargetSchema,
    columns: Option<(&InputStore, FrameColumns<'_>)>,
    report: &mut TargetReport,
) -> Result<TargetStore, Error> {
    let senses = if let TargetDetails::Srl { senses, .. } = &target.details { senses.as_slice() } else { &[] };
    let (known_senses, known_roles) = (Vocabulary::new(senses, rows.len()), Vocabulary::new(target.classes(), rows.len()));
    let sense = |name: &str| match known_senses.find(name) {
        Some(place) => place,
        None if name.is_empty() => UNKNOWN_TAG,
        None => senses.len() as u32,
    };
    let (mut known, mut values) = (Vec::with_capacity(rows.len()), FrameValues::default());
    for (index, &row) in rows.iter().enumerate() {
        let (frames, words) = match columns.map(|(store, columns)| (store.tokens(index), columns)) {
            None => (None, 0),
            Some((0, columns)) => {
                report.wordless += usize::from(columns.has_labels(row));
                (None, 0)
            }
            Some((words, columns)) => (columns.read(row, words)?, words),
        };
        known.push(frames.is_some());
        let frames = frames.unwrap_or_default();
        values.predicates.push(frames.iter().map(|frame| frame.predicate as u32));
        values.senses.push(frames.iter().map(|frame| sense(&frame.sense)));
        for frame in &frames {
            let kinds: Vec<usize> = frame
                .arguments
                .iter()
                .flatten()
                .map(|argument| match known_roles.find(&argument.role) {
                    Some(kind) => kind as usize,
                    None => target.classes().len() + unseen(&argument.role, &mut values.unseen_roles, report),
                })
                .collect();
            values.roles.push(frame.arguments.iter().flat_map(|arguments| tags(arguments, &kinds, words)));
        }
    }
    Ok(TargetStore { known, values: TargetValues::Frames(values) })
}

/// The place of a role that training lacks among all such.
fn unseen(role: &str, all: &mut Vec<String>, report: &mut TargetReport) -> usize {
    report.unseen += 1;
    keep(&mut report.unseen_examples, role);
    all.iter().position(|other| other == role).unwrap_or_else(|| {
        all.push(role.to_owned());
        all.len() - 1
    })
}

fn tags(arguments: &[Argument], kinds: &[usize], words: usize) -> Vec<u32> {
    let span = |(argument, &kind): (&Argument, &usize)| Span { begin: argument.begin, end: argument.end, kind };
    spans::tags_of(&arguments.iter().zip(kinds).map(span).collect::<Vec<Span>>(), words)
}
