//! Files of columns, as for CoNLL-2003: a line a token, an empty line between sentences, tabs or spaces between columns.

use super::metadata::{Carried, key_and_value};
use super::{Builder, Field, Kind, NOTHING, Sentence, Sentences, blocks};
use crate::Error;
use crate::spans::Label;

/// What CoNLL-2003 puts between documents.
const DOCUMENT: &str = "-DOCSTART-";

pub(super) fn parse<'a>(text: &'a str, file: &'a str) -> Result<Sentences<'a>, Error> {
    let sentences = sentences(text, file)?;
    let Some(width) = sentences.first().and_then(|sentence| sentence.tokens.first()).map(|(_, cells)| cells.len()) else {
        let what = if text.trim_ascii().is_empty() { "is empty" } else { "has no sentence" };
        return Err(Error::NoSentence { path: file.to_owned(), what });
    };
    let mut builder = Builder::new(file, fields(&sentences, width));
    for sentence in &sentences {
        builder.push(sentence)?;
    }
    builder.finish()
}

/// The sentences that have tokens, all of one width.
fn sentences<'a>(text: &'a str, file: &str) -> Result<Vec<Sentence<'a>>, Error> {
    let tabs = text.lines().any(|line| line.contains('\t') && !line.starts_with("# "));
    let mut sentences = Vec::new();
    let mut carried = Carried::default();
    let mut first: Option<(u64, usize)> = None;
    for block in blocks(text) {
        let mut sentence = Sentence::default();
        for (line, content) in block {
            // The hash is a word, too; a line whose columns are parted otherwise than those of the words is a comment.
            if is_metadata(content) || (content.starts_with("# ") && content.contains('\t') != tabs) {
                sentence.metadata.extend(carried.read(&content[1..]));
                continue;
            }
            if content.starts_with(DOCUMENT) {
                continue;
            }
            let cells: Vec<&str> =
                if tabs { content.split('\t').collect() } else { content.split(' ').filter(|cell| !cell.is_empty()).collect() };
            let (first, width) = *first.get_or_insert((line, cells.len()));
            if cells.len() != width {
                let columns = if cells.len() == 1 { "column" } else { "columns" };
                let problem = format!("{} {columns} where line {first} has {width}", cells.len());
                return Err(Error::line(file, line, problem, "write _ in a column that has no value"));
            }
            sentence.tokens.push((line, cells));
        }
        if !sentence.tokens.is_empty() {
            sentence.metadata.extend(carried.metadata());
            sentences.push(sentence);
        }
    }
    Ok(sentences)
}

fn is_metadata(line: &str) -> bool {
    line.strip_prefix("# ").is_some_and(|comment| comment.contains(" = ") && key_and_value(comment).is_some())
}

/// The words come first, behind their numbers where there are any; the spans come last, or before the notes of their annotators. Nine labels in ten must be
/// tags of spans, so that a slip in one makes no other column the spans': it is reported where the label is read.
fn fields(sentences: &[Sentence<'_>], width: usize) -> Vec<Field> {
    let words = usize::from(width > 1 && is_numbered(sentences));
    let is_spans = |place: &usize| {
        let cells = sentences.iter().flat_map(|sentence| &sentence.tokens).map(|(_, cells)| cells[*place]);
        let (mut labels, mut tags) = (0, 0);
        for cell in cells.filter(|cell| *cell != NOTHING) {
            labels += 1;
            tags += usize::from(Label::parse(cell).is_some());
        }
        labels > 0 && 10 * tags >= 9 * labels
    };
    let spans = (words + 1..width).rev().find(is_spans).unwrap_or(width - 1);
    let name = |place: usize| match place - words {
        0 => "tokens".to_owned(),
        _ if place == spans => "ner".to_owned(),
        // The columns of CoNLL-2003.
        1 if width == 4 && words == 0 => "pos".to_owned(),
        2 if width == 4 && words == 0 => "chunk".to_owned(),
        column => format!("column{}", column + 1),
    };
    let kind = |place| if place == words { Kind::Words } else { Kind::Labels };
    (words..width).map(|place| Field { name: name(place), kind: kind(place), place }).collect()
}

/// Whether the first column counts the tokens of each sentence, from 1 or from 0.
fn is_numbered(sentences: &[Sentence<'_>]) -> bool {
    [0, 1].into_iter().any(|from| {
        let counts = |sentence: &Sentence<'_>| (from..).zip(&sentence.tokens).all(|(number, (_, cells))| cells[0].parse() == Ok(number));
        sentences.iter().all(counts)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Cells;
    use super::*;

    fn parse_text(text: &str) -> Result<Sentences<'_>, Error> {
        parse(text, "t.conll")
    }

    #[test]
    fn conll_2003() {
        let sentences =
            parse_text("-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\n# NN B-NP O\n_ SYM I-NP  _ \n1 CD I-NP O\n")
                .unwrap();
        assert_eq!(sentences.names(), ["tokens", "pos", "chunk", "ner"]);
        assert_eq!(sentences.lines, [3, 6]);
        assert_eq!(sentences.list("tokens", 1).unwrap(), ["#", "_", "1"]);
        assert_eq!(sentences.list("ner", 1).unwrap(), ["O", "", "O"]);
        assert_eq!(sentences.list("pos", 0).unwrap(), ["NNP", "VBZ"]);
    }

    #[test]
    fn universal_ner() {
        let sentences = parse_text(
            "# newdoc id = d\n# sent_id = 1\n# text = From #\n1\tFrom\tO\t-\t-\n2\t#\tB-ORG\t-\tann\n\n# newpar\n# sent_id = 2\n1\tOh\tO\t-\t-\n",
        )
        .unwrap();
        assert_eq!(sentences.names(), ["sent_id", "text", "newdoc_id", "tokens", "ner", "column3", "column4"]);
        assert_eq!(sentences.list("ner", 0).unwrap(), ["O", "B-ORG"]);
        assert_eq!(sentences.comment("newdoc_id", 1), Some("d"));
    }

    #[test]
    fn comments_with_tabs_between_words_with_spaces() {
        let sentences = parse_text("# id 5d2\tdomain=en\nthe _ _ O\n# _ _ O\nbbc _ _ B-CORP\n").unwrap();
        assert_eq!(
            (sentences.names(), sentences.list("tokens", 0).unwrap()),
            (vec!["tokens", "pos", "chunk", "ner"], vec!["the", "#", "bbc"])
        );
    }

    #[test]
    fn a_slip_leaves_the_spans_where_they_are() {
        let right = "a DT B-NP O\n".repeat(12);
        let text = format!("{right}b NN I-NP PER\n");
        let sentences = parse_text(&text).unwrap();
        assert_eq!(sentences.names(), ["tokens", "pos", "chunk", "ner"]);
        assert_eq!(sentences.list("ner", 0).unwrap()[12], "PER");
        let text = right.replace(" O", " O _");
        let sentences = parse_text(&text).unwrap();
        assert_eq!(sentences.names(), ["tokens", "column2", "column3", "ner", "column5"]);
    }

    #[test]
    fn two_columns_and_one() {
        let sentences = parse_text("a\tDT\nnew day\tNN\n").unwrap();
        assert_eq!(
            (sentences.names(), sentences.list("tokens", 0).unwrap(), sentences.list("ner", 0).unwrap()),
            (vec!["tokens", "ner"], vec!["a", "new day"], vec!["DT", "NN"])
        );
        assert_eq!(parse_text("1\n2\n").unwrap().names(), ["tokens"]);
        assert_eq!(parse_text("0 a O\n1 b O\n").unwrap().names(), ["tokens", "ner"]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let message = |text: &str| parse_text(text).err().unwrap().to_string();
        assert_eq!(message("a O\n\nb\n"), "t.conll, line 3: 1 column where line 1 has 2; write _ in a column that has no value");
        assert_eq!(message(" \n"), "t.conll is empty");
        assert_eq!(message("-DOCSTART- O\n"), "t.conll has no sentence");
    }

    proptest! {
        #[test]
        fn never_panics_on_any_text(text in "([#a1_O]|B-X|[ \t\n]|# a = b\n){0,30}") {
            if let Ok(sentences) = parse_text(&text) {
                prop_assert!(sentences.columns.iter().all(|column| matches!(&column.cells, Cells::Texts(lists) if lists.len() == sentences.lines.len())));
                prop_assert!(sentences.comments.iter().all(|comment| comment.values.len() == sentences.lines.len()));
            }
        }
    }
}
