//! Lemmas of words to numbers.

use std::borrow::Cow;
use std::collections::HashMap;

use banyan_text::lemmas::{LemmaTags, Scripts, TokenLemma};

use super::TargetReport;
use super::report::keep;
use super::store::{InputStore, TargetStore};
use crate::batch::TargetValues;
use crate::error::Error;
use crate::schema::TargetSchema;
use crate::sentences::LemmaColumns;

/// Encodes the lemmas of rows whose words were encoded before; without columns, for want of the words' or the lemmas', all are unknown.
pub(super) fn encode(
    rows: &[usize],
    target: &TargetSchema,
    columns: Option<(&InputStore, LemmaColumns<'_>)>,
    report: &mut TargetReport,
) -> Result<TargetStore, Error> {
    let (mut known, mut tags) = (Vec::with_capacity(rows.len()), LemmaTags::default());
    let Some((store, columns)) = columns else {
        rows.iter().for_each(|_| tags.push(&[]));
        return Ok(TargetStore { known: vec![false; rows.len()], values: TargetValues::Lemmas(tags) });
    };
    let scripts = Scripts::new(target.classes());
    // Most words come again.
    let mut made: HashMap<(Cow<'_, str>, Cow<'_, str>), TokenLemma> = HashMap::new();
    for (index, &row) in rows.iter().enumerate() {
        let pairs = match store.tokens(index) {
            0 => {
                report.wordless += usize::from(columns.has_labels(row)?);
                Vec::new()
            }
            _ => columns.read(row)?,
        };
        let mut tokens = Vec::with_capacity(pairs.len());
        for (word, lemma) in pairs {
            tokens.push(lemma.map(|lemma| {
                let made = made.entry((word, lemma)).or_insert_with_key(|(word, lemma)| TokenLemma {
                    script: scripts.find(word, lemma),
                    makers: scripts.makers(word, lemma),
                });
                made.clone()
            }));
        }
        let is_known = tokens.iter().any(Option::is_some);
        known.push(is_known);
        tags.push(if is_known { &tokens } else { &[] });
        report.unmade += tokens.iter().flatten().filter(|token| token.makers.is_empty()).count();
    }
    let mut examples: Vec<String> =
        made.iter().filter(|(_, token)| token.makers.is_empty()).map(|((word, lemma), _)| format!("{lemma} of {word}")).collect();
    examples.sort_unstable();
    examples.iter().for_each(|example| keep(&mut report.unseen_examples, example));
    Ok(TargetStore { known, values: TargetValues::Lemmas(tags) })
}
