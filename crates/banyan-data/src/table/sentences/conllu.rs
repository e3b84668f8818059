//! CoNLL-U (universaldependencies.org/format.html): ten columns with tabs between, a line a word.

use std::path::Path;

use super::metadata::Carried;
use super::{Builder, Field, ReadOptions, Rows, Sentence, blocks, line_error, text};
use crate::error::{Error, Mend};
use crate::value::quote;

/// The columns of the format.
const COLUMNS: [&str; 10] = ["ID", "FORM", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC"];

pub(in crate::table) fn read(path: &Path, name: &str, options: &ReadOptions) -> Result<Rows, Error> {
    let bytes = std::fs::read(path).map_err(|cause| Error::File { action: "read", path: name.to_owned(), cause: cause.to_string() })?;
    parse(text(&bytes, name)?, name, options, &COLUMNS, "CoNLL-U has")
}

/// Reads lines of the given columns; `whose` says in messages who gave them: `CoNLL-U has`.
pub(super) fn parse(text: &str, name: &str, options: &ReadOptions, columns: &[&str], whose: &str) -> Result<Rows, Error> {
    let id = columns.iter().position(|column| *column == "ID");
    let fields = columns.iter().enumerate().filter(|(place, _)| Some(*place) != id).map(|(place, column)| Field::named(column, place));
    let mut builder = Builder::new(name, options, fields.collect());
    let mut carried = Carried::default();
    for block in blocks(text) {
        let mut sentence = Sentence::default();
        for (line, content) in block {
            // Where lines begin with the word and not with its number, the hash may be one.
            let begins_with_word = || id.is_none() && columns.len() > 1 && content.split('\t').count() == columns.len();
            if let Some(comment) = content.strip_prefix('#').filter(|_| !begins_with_word()) {
                sentence.metadata.extend(carried.read(comment));
                continue;
            }
            let cells: Vec<&str> = content.split('\t').collect();
            if cells.len() != columns.len() {
                return Err(wrong_width(name, line, content, cells.len(), &format!("{whose} {}", columns.len())));
            }
            let is_word = match id {
                None => true,
                Some(id) => is_word(cells[id], sentence.tokens.len()).map_err(|(problem, mend)| line_error(name, line, problem, mend))?,
            };
            if is_word {
                sentence.tokens.push((line, cells));
            }
        }
        sentence.metadata.extend(carried.metadata());
        builder.push(&sentence)?;
    }
    builder.finish()
}

fn wrong_width(name: &str, line: u64, content: &str, found: usize, expected: &str) -> Error {
    let mend = if found == 1 && content.contains(' ') {
        "put tabs between the columns, not spaces"
    } else {
        "write _ in a column that has no value"
    };
    let columns = if found == 1 { "column" } else { "columns" };
    line_error(name, line, format!("{found} {columns} where {expected}"), Mend::new(mend))
}

/// Whether an ID is that of the word that comes after so many. Words of several tokens (`1-2`) and empty nodes (`1.1`) are none.
fn is_word(id: &str, words: usize) -> Result<bool, (String, Mend)> {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if id.split_once(['-', '.']).is_some_and(|(from, to)| is_number(from) && is_number(to)) {
        return Ok(false);
    }
    if id.parse() == Ok(words + 1) {
        return Ok(true);
    }
    if is_number(id) && words > 0 {
        let mend = "put an empty line between sentences, and number the words of each from 1";
        return Err((format!("word {id} comes after word {words}"), Mend::new(mend)));
    }
    Err((format!("the ID {} where word {} is due", quote(id), words + 1), Mend::new("number the words of a sentence 1, 2, 3 …")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::Cell;
    use super::*;
    use crate::error::Position;

    fn parse_text(text: &str) -> Result<Rows, Error> {
        parse(text, "t.conllu", &ReadOptions::default(), &COLUMNS, "CoNLL-U has")
    }

    /// Spaces become tabs.
    fn tabs(text: &str) -> String {
        text.replace(' ', "\t")
    }

    fn message(text: &str) -> String {
        parse_text(text).err().unwrap().to_string()
    }

    fn cell<'a>(rows: &'a Rows, column: &str, row: usize) -> Cell<'a> {
        rows.columns.iter().find(|candidate| candidate.name == column).unwrap().cell(row)
    }

    fn list(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn a_sentence_is_a_row() {
        let words = tabs(
            "1-2 Don't _ _ _ _ _ _ _ _\r\n1 Do do AUX VBP Mood=Ind 3 aux _ _\n2 n't not PART RB _ 3 advmod _ _\n2.1 x x X _ _ _ _ _ _\n3 _ _ SYM _ _ 0 root _ SpaceAfter=No\n",
        );
        let rows = parse_text(&format!(
            "# newdoc id = d\n# sent_id = s1\n# text = Don't _\n{words}\n \n# text = NA\n{}",
            tabs("1 Oh _ _ _ _ _ _ _ _")
        ))
        .unwrap();
        assert_eq!(rows.positions, [Position::Line(5), Position::Line(12)]);
        let names: Vec<&str> = rows.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["sent_id", "text", "newdoc_id", "tokens", "lemmas", "upos", "xpos", "feats", "head", "deprel", "deps", "misc"]);
        assert_eq!(cell(&rows, "tokens", 0), Cell::Texts(&list(&["Do", "n't", "_"])));
        assert_eq!(cell(&rows, "lemmas", 0), Cell::Texts(&list(&["do", "not", "_"])));
        assert_eq!(cell(&rows, "xpos", 0), Cell::Texts(&list(&["VBP", "RB", ""])));
        assert_eq!(cell(&rows, "feats", 0), Cell::Texts(&list(&["Mood=Ind", "_", "_"])));
        assert_eq!(cell(&rows, "feats", 1), Cell::Texts(&list(&["_"])), "a word without features in a file that has some");
        assert_eq!(cell(&rows, "head", 0), Cell::Numbers(&[3.0, 3.0, 0.0]));
        assert_eq!(cell(&rows, "deps", 0), Cell::Missing);
        assert_eq!(cell(&rows, "text", 0), Cell::Text("Don't _"));
        assert_eq!(["sent_id", "text", "lemmas", "head", "upos"].map(|name| cell(&rows, name, 1)), [Cell::Missing; 5]);
        assert_eq!(cell(&rows, "newdoc_id", 1), Cell::Text("d"));
    }

    #[test]
    fn features_are_in_order_and_not_annotated_where_there_are_none() {
        let rows = parse_text(&tabs("1 a a X _ Number=Sing|Case=Nom 0 root _ _\n2 b b X _ Case=Nom|Number=Sing _ _ _ _\n")).unwrap();
        assert_eq!(cell(&rows, "feats", 0), Cell::Texts(&list(&["Case=Nom|Number=Sing", "Case=Nom|Number=Sing"])));
        let rows = parse_text(&tabs("1 a a X _ _ 0 root _ _\n\n1 b b X _ _ 0 root _ _\n")).unwrap();
        assert_eq!([cell(&rows, "feats", 0), cell(&rows, "feats", 1)], [Cell::Missing; 2]);
    }

    #[test]
    fn words_that_are_withheld_are_missing() {
        let rows = parse_text(&tabs("1 _ _ X _ _ 0 root _ _\n2 _ _ X _ _ _ _ _ _\n\n1 _ _ X _ _ 0 root _ _\n")).unwrap();
        assert_eq!([cell(&rows, "tokens", 0), cell(&rows, "lemmas", 0)], [Cell::Missing; 2]);
        assert!(matches!(cell(&rows, "head", 0), Cell::Numbers([root, gap]) if *root == 0.0 && gap.is_nan()));
        assert_eq!(cell(&rows, "tokens", 1), Cell::Texts(&list(&["_"])), "a word of its own");
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(
            message(&tabs("1 a a X _ _ 0 root _ _\n2 b b\n")),
            "t.conllu, line 2: 3 columns where CoNLL-U has 10; write _ in a column that has no value"
        );
        assert_eq!(message("1 a\n"), "t.conllu, line 1: 1 column where CoNLL-U has 10; put tabs between the columns, not spaces");
        assert_eq!(
            message(&tabs("1 a a X _ _ up root _ _\n")),
            "t.conllu, line 1, column \"head\": \"up\" is not the number of a word; write 0 for the root and _ where it is not known"
        );
        assert_eq!(
            message(&tabs("1 a a X _ _ 0 root _ _\n1 b b X _ _ 0 root _ _\n")),
            "t.conllu, line 2: word 1 comes after word 1; put an empty line between sentences, and number the words of each from 1"
        );
        assert_eq!(
            message(&tabs("x a a X _ _ 0 root _ _\n")),
            "t.conllu, line 1: the ID \"x\" where word 1 is due; number the words of a sentence 1, 2, 3 …"
        );
        assert_eq!(message("# text = a\n\n"), "t.conllu has no sentence; a table needs at least one row");
        assert_eq!(
            message(&format!("# tokens = 5\n{}", tabs("1 a a X _ _ 0 root _ _\n"))),
            "t.conllu, line 2: two columns are named \"tokens\"; rename one of them"
        );
        let bytes = text(b"# text = a\n# x = \xff\n", "t.conllu").unwrap_err().to_string();
        assert_eq!(bytes, "t.conllu, line 2: bytes that are not UTF-8; save the file as UTF-8");
        assert!(text(b"\xff\xfea\0", "t.conllu").unwrap_err().to_string().ends_with("the file is in UTF-16; save it as UTF-8"));
    }

    proptest! {
        #[test]
        fn never_panics_and_lists_are_parallel(text in "([1-3]\t[a_]\t[a_]\t_\t_\t_\t[0_]\t_\t_\t_\n|\n|# [a-z]{1,3} = [a_]\n|[1#\t a]{0,5}\n){0,12}") {
            if let Ok(rows) = parse_text(&text) {
                let count = rows.positions.len();
                prop_assert!(rows.columns.iter().all(|column| column.len() == count));
                for row in 0..count {
                    let lengths: std::collections::HashSet<usize> = rows.columns.iter().filter_map(|column| match column.cell(row) {
                        Cell::Texts(texts) => Some(texts.len()),
                        Cell::Numbers(numbers) => Some(numbers.len()),
                        _ => None,
                    }).collect();
                    prop_assert!(lengths.len() <= 1);
                }
            }
        }
    }
}
