//! What an audit says about sentences: how many, how long, and how many of their words training has.

use std::collections::HashSet;

use crate::audit::part::{AuditPart, Figure};
use crate::read;

pub(super) fn sentences(column: &str, parts: &[AuditPart<'_>]) -> Vec<Figure> {
    let (mut sentences, mut tokens, mut longest, mut unseen) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut known: HashSet<String> = HashSet::new();
    for (index, part) in parts.iter().enumerate() {
        let (mut rows, mut words_of_all, mut most, mut unknown) = (0, 0, 0, 0);
        let cells = part.table.find(column).into_iter().flat_map(|column| part.rows.iter().map(|row| column.cell(*row)));
        // What is no sentence is an error when the input is fitted.
        for words in cells.filter_map(|cell| read::words(cell).ok().flatten()) {
            (rows, words_of_all, most) = (rows + 1, words_of_all + words.len(), words.len().max(most));
            for word in words {
                let word = word.to_lowercase();
                if index == 0 {
                    known.insert(word);
                } else {
                    unknown += usize::from(!known.contains(&word));
                }
            }
        }
        sentences.push(rows);
        tokens.push(words_of_all);
        longest.push(most);
        unseen.push(unknown);
    }
    let share = |(unseen, all): (&usize, &usize)| Some(format!("{:.1}%", 100.0 * *unseen as f64 / (*all).max(1) as f64));
    // The first part has all of its own words.
    let shares = unseen.iter().zip(&tokens).enumerate().map(|(part, both)| if part == 0 { None } else { share(both) }).collect();
    vec![
        Figure::counts("sentences", "sentences", sentences),
        Figure::counts("tokens", "words", tokens),
        Figure::counts("longest", "words of the longest", longest),
        Figure { shown: shares, ..Figure::counts("unseen", "words that training lacks", unseen) },
    ]
}
