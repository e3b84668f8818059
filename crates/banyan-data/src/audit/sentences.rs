//! Inputs of sentences: how many, how long, and how many of their words training has.

use std::collections::HashSet;

use super::{AuditPart, SentenceAudit, input_column};
use crate::config::{InputConfig, InputKind};
use crate::read;

pub(super) fn audit(parts: &[AuditPart<'_>], inputs: &[(String, InputConfig)]) -> Vec<SentenceAudit> {
    let sentences = inputs.iter().filter(|(_, config)| config.kind == InputKind::Tokens);
    sentences.map(|(name, config)| input(parts, name, input_column(name, config))).collect()
}

fn input(parts: &[AuditPart<'_>], name: &str, column: &str) -> SentenceAudit {
    let mut audit = SentenceAudit { input: name.to_owned(), ..SentenceAudit::default() };
    let mut known: HashSet<String> = HashSet::new();
    for (index, part) in parts.iter().enumerate() {
        let (mut sentences, mut tokens, mut longest, mut unseen) = (0, 0, 0, 0);
        let cells = part.table.find(column).into_iter().flat_map(|column| part.rows.iter().map(|row| column.cell(*row)));
        // What is no sentence is told when the input is fitted.
        for words in cells.filter_map(|cell| read::words(cell).ok().flatten()) {
            (sentences, tokens, longest) = (sentences + 1, tokens + words.len(), words.len().max(longest));
            for word in words {
                let word = word.to_lowercase();
                if index == 0 {
                    known.insert(word);
                } else {
                    unseen += usize::from(!known.contains(&word));
                }
            }
        }
        audit.sentences.push(sentences);
        audit.tokens.push(tokens);
        audit.longest.push(longest);
        audit.unseen.push(unseen);
    }
    audit
}
