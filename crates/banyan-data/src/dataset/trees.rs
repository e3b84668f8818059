//! Heads and relations of words to numbers.

use super::TargetReport;
use super::store::{InputStore, TargetStore};
use super::tags::tag_of_label;
use super::vocabulary::Vocabulary;
use crate::batch::{Ragged, TargetValues, UNKNOWN_TAG};
use crate::error::Error;
use crate::schema::TargetSchema;
use crate::trees::{Arc, Columns};

/// Encodes the trees of rows whose words were encoded before; without columns, for want of the words' or a label's, all are unknown.
pub(super) fn encode(
    rows: &[usize],
    target: &TargetSchema,
    columns: Option<(&InputStore, Columns<'_>)>,
    report: &mut TargetReport,
) -> Result<TargetStore, Error> {
    let known_relations = Vocabulary::new(target.classes(), rows.len());
    let (mut known, mut heads, mut relations) = (Vec::with_capacity(rows.len()), Ragged::default(), Ragged::default());
    for (index, &row) in rows.iter().enumerate() {
        let arcs = match columns.map(|(store, columns)| (store.tokens(index), columns)) {
            None => Vec::new(),
            Some((0, columns)) => {
                report.wordless += usize::from(columns.has_labels(row)?);
                Vec::new()
            }
            Some((count, columns)) => {
                let arcs = columns.read(row, count)?;
                if !is_tree_so_far(&arcs) {
                    report.no_tree += 1;
                    if report.no_tree_example.is_empty() {
                        report.no_tree_example = columns.table.place(row, None).to_string();
                    }
                }
                arcs
            }
        };
        let is_known = arcs.iter().any(Option::is_some);
        known.push(is_known);
        let arcs = || arcs.iter().filter(|_| is_known).map(Option::as_ref);
        heads.push(arcs().map(|arc| arc.map_or(UNKNOWN_TAG, |arc| arc.head)));
        relations.push(arcs().map(|arc| arc.map_or(UNKNOWN_TAG, |arc| relation(&arc.relation, &known_relations, report))));
    }
    Ok(TargetStore { known, values: TargetValues::Trees { heads, relations } })
}

/// Whether heads can be those of a tree with one root; where some are not known, all that are known are looked at.
fn is_tree_so_far(arcs: &[Option<Arc<'_>>]) -> bool {
    let head = |word: usize| arcs[word].as_ref().map(|arc| arc.head as usize);
    let roots = (0..arcs.len()).filter(|&word| head(word) == Some(0)).count();
    let is_open = arcs.iter().any(Option::is_none);
    // A walk of more steps than there are words goes round.
    let leads_out = |word: usize| {
        let mut next = Some(word);
        for _ in 0..=arcs.len() {
            match next.and_then(head) {
                Some(0) | None => return true,
                Some(above) => next = Some(above - 1),
            }
        }
        false
    };
    arcs.is_empty() || ((roots == 1 || (roots == 0 && is_open)) && (0..arcs.len()).all(leads_out))
}

/// The index of a relation; of one whose subtype was never seen in training, as `flat:foreign`, that of the relation itself, which is all that the
/// attachment scores look at.
fn relation(name: &str, known: &Vocabulary<'_>, report: &mut TargetReport) -> u32 {
    let universal = name.split(':').next().unwrap_or(name);
    match known.find(name).or_else(|| known.find(universal)) {
        Some(place) => place,
        None => tag_of_label(name, known, report),
    }
}
