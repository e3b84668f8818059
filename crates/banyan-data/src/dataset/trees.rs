//! Heads and relations of words to numbers.

use banyan_text::trees::may_be_tree;

use super::TargetReport;
use super::store::{InputStore, TargetStore};
use super::tags::tag_of_label;
use super::vocabulary::Vocabulary;
use crate::batch::{Ragged, TargetValues, UNKNOWN_TAG};
use crate::error::Error;
use crate::schema::TargetSchema;
use crate::sentences::TreeColumns;

/// Encodes the trees of rows whose words were encoded before; without columns, for want of the words' or a label's, all are unknown.
pub(super) fn encode(
    rows: &[usize],
    target: &TargetSchema,
    columns: Option<(&InputStore, TreeColumns<'_>)>,
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
                if !may_be_tree(&arcs) {
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

/// The index of a relation; of one whose subtype was never seen in training, as `flat:foreign`, that of the relation itself, which is all that the
/// attachment scores look at.
fn relation(name: &str, known: &Vocabulary<'_>, report: &mut TargetReport) -> u32 {
    let universal = name.split(':').next().unwrap_or(name);
    match known.find(name).or_else(|| known.find(universal)) {
        Some(place) => place,
        None => tag_of_label(name, known, report),
    }
}
