//! CoNLL-U (universaldependencies.org/format.html): ten columns with tabs between, a line a word.

use super::metadata::Carried;
use super::{Builder, Field, Sentence, Sentences, blocks};
use crate::{Error, quote};

/// The columns of the format.
const COLUMNS: [&str; 10] = ["ID", "FORM", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC"];

pub(super) fn parse<'a>(text: &'a str, file: &'a str) -> Result<Sentences<'a>, Error> {
    parse_columns(text, file, &COLUMNS, "CoNLL-U has")
}

/// Reads lines of the given columns; `whose` says in messages who gave them: `CoNLL-U has`.
pub(super) fn parse_columns<'a>(text: &'a str, file: &'a str, columns: &[&str], whose: &str) -> Result<Sentences<'a>, Error> {
    let id = columns.iter().position(|column| *column == "ID");
    let fields = columns.iter().enumerate().filter(|(place, _)| Some(*place) != id).map(|(place, column)| Field::named(column, place));
    let mut builder = Builder::new(file, fields.collect());
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
                return Err(wrong_width(file, line, content, cells.len(), &format!("{whose} {}", columns.len())));
            }
            let is_word = match id {
                None => true,
                Some(id) => is_word(cells[id], sentence.tokens.len()).map_err(|(problem, hint)| Error::line(file, line, problem, hint))?,
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

fn wrong_width(file: &str, line: u64, content: &str, found: usize, expected: &str) -> Error {
    let hint = if found == 1 && content.contains(' ') {
        "put tabs between the columns, not spaces"
    } else {
        "write _ in a column that has no value"
    };
    let columns = if found == 1 { "column" } else { "columns" };
    Error::line(file, line, format!("{found} {columns} where {expected}"), hint)
}

/// Whether an ID is that of the word that comes after so many. Words of several tokens (`1-2`) and empty nodes (`1.1`) are none.
fn is_word(id: &str, words: usize) -> Result<bool, (String, &'static str)> {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if id.split_once(['-', '.']).is_some_and(|(from, to)| is_number(from) && is_number(to)) {
        return Ok(false);
    }
    if id.parse() == Ok(words + 1) {
        return Ok(true);
    }
    if is_number(id) && words > 0 {
        let hint = "put an empty line between sentences, and number the words of each from 1";
        return Err((format!("word {id} comes after word {words}"), hint));
    }
    Err((format!("the ID {} where word {} is due", quote(id), words + 1), "number the words of a sentence 1, 2, 3 …"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Cells;
    use super::*;

    fn parse_text(text: &str) -> Result<Sentences<'_>, Error> {
        parse(text, "t.conllu")
    }

    /// Spaces become tabs.
    fn tabs(text: &str) -> String {
        text.replace(' ', "\t")
    }

    fn message(text: &str) -> String {
        parse_text(text).err().unwrap().to_string()
    }

    #[test]
    fn a_sentence_is_a_row() {
        let words = tabs(
            "1-2 Don't _ _ _ _ _ _ _ _\r\n1 Do do AUX VBP Mood=Ind 3 aux _ _\n2 n't not PART RB _ 3 advmod _ _\n2.1 x x X _ _ _ _ _ _\n3 _ _ SYM _ _ 0 root _ SpaceAfter=No\n",
        );
        let text = format!("# newdoc id = d\n# sent_id = s1\n# text = Don't _\n{words}\n \n# text = NA\n{}", tabs("1 Oh _ _ _ _ _ _ _ _"));
        let sentences = parse_text(&text).unwrap();
        assert_eq!(sentences.lines, [5, 12]);
        assert_eq!(
            sentences.names(),
            ["sent_id", "text", "newdoc_id", "tokens", "lemmas", "upos", "xpos", "feats", "head", "deprel", "deps", "misc"]
        );
        assert_eq!(sentences.list("tokens", 0).unwrap(), ["Do", "n't", "_"]);
        assert_eq!(sentences.list("lemmas", 0).unwrap(), ["do", "not", "_"]);
        assert_eq!(sentences.list("xpos", 0).unwrap(), ["VBP", "RB", ""]);
        assert_eq!(sentences.list("feats", 0).unwrap(), ["Mood=Ind", "_", "_"]);
        assert_eq!(sentences.list("feats", 1).unwrap(), ["_"], "a word without features in a file that has some");
        assert_eq!(sentences.heads(0), Some(vec![Some(3), Some(3), Some(0)]));
        assert_eq!(sentences.list("deps", 0), None);
        assert_eq!((sentences.comment("text", 0), sentences.comment("text", 1)), (Some("Don't _"), Some("NA")));
        assert_eq!(["lemmas", "upos"].map(|name| sentences.list(name, 1)), [None, None]);
        assert_eq!((sentences.comment("sent_id", 1), sentences.heads(1)), (None, None));
        assert_eq!(sentences.comment("newdoc_id", 1), Some("d"));
    }

    #[test]
    fn features_are_in_order_and_not_annotated_where_there_are_none() {
        let text = tabs("1 a a X _ Number=Sing|Case=Nom 0 root _ _\n2 b b X _ Case=Nom|Number=Sing _ _ _ _\n");
        let sentences = parse_text(&text).unwrap();
        assert_eq!(sentences.list("feats", 0).unwrap(), ["Case=Nom|Number=Sing", "Case=Nom|Number=Sing"]);
        let text = tabs("1 a a X _ _ 0 root _ _\n\n1 b b X _ _ 0 root _ _\n");
        let sentences = parse_text(&text).unwrap();
        assert_eq!([sentences.list("feats", 0), sentences.list("feats", 1)], [None, None]);
    }

    #[test]
    fn words_that_are_withheld_are_missing() {
        let text = tabs("1 _ _ X _ _ 0 root _ _\n2 _ _ X _ _ _ _ _ _\n\n1 _ _ X _ _ 0 root _ _\n");
        let sentences = parse_text(&text).unwrap();
        assert_eq!([sentences.list("tokens", 0), sentences.list("lemmas", 0)], [None, None]);
        assert_eq!(sentences.heads(0), Some(vec![Some(0), None]));
        assert_eq!(sentences.list("tokens", 1).unwrap(), ["_"], "a word of its own");
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
        assert_eq!(message("# text = a\n\n"), "t.conllu has no sentence");
    }

    proptest! {
        #[test]
        fn never_panics_and_lists_are_parallel(text in "([1-3]\t[a_]\t[a_]\t_\t_\t_\t[0_]\t_\t_\t_\n|\n|# [a-z]{1,3} = [a_]\n|[1#\t a]{0,5}\n){0,12}") {
            if let Ok(sentences) = parse_text(&text) {
                for row in 0..sentences.lines.len() {
                    let lengths: std::collections::HashSet<usize> = sentences.columns.iter().filter_map(|column| match &column.cells {
                        Cells::Texts(lists) => lists[row].as_ref().map(Vec::len),
                        Cells::Heads(lists) => lists[row].as_ref().map(Vec::len),
                    }).collect();
                    prop_assert!(lengths.len() <= 1);
                }
                prop_assert!(sentences.comments.iter().all(|comment| comment.values.len() == sentences.lines.len()));
            }
        }
    }
}
