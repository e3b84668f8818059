//! Files of columns, as for CoNLL-2003: a line a token, an empty line between sentences, tabs or spaces between columns.

use super::layout::Layout;
use super::metadata::{Carried, key_and_value};
use super::{Builder, Field, Kind, Sentence, Sentences, blocks};
use crate::Error;

/// What CoNLL-2003 puts between documents.
const DOCUMENT: &str = "-DOCSTART-";
/// What CoNLL-2012 begins documents with. Its columns are others, and its spans are written over several lines.
const OTHER_FORMAT: &str = "#begin document";

pub(super) fn parse<'a>(text: &'a str, file: &'a str) -> Result<Sentences<'a>, Error> {
    let sentences = sentences(text, file)?;
    let Some(width) = sentences.first().and_then(|sentence| sentence.tokens.first()).map(|(_, cells)| cells.len()) else {
        let what = if text.trim_ascii().is_empty() { "is empty" } else { "has no sentence" };
        return Err(Error::NoSentence { path: file.to_owned(), what });
    };
    let words = usize::from(width > 1 && is_numbered(&sentences));
    let layout = Layout::find(&sentences, words, width);
    let kind = |place| if place == words { Kind::Words } else { Kind::Labels };
    let fields = (words..width).map(|place| Field { name: layout.name(place), kind: kind(place), place });
    let mut builder = Builder::new(file, fields.collect());
    for sentence in &sentences {
        builder.push(sentence)?;
    }
    let mut all = builder.finish()?;
    all.notes.extend(layout.note());
    Ok(all)
}

/// The sentences that have tokens, all of one width.
fn sentences<'a>(text: &'a str, file: &str) -> Result<Vec<Sentence<'a>>, Error> {
    let tabs = text.lines().any(|line| line.contains('\t') && !line.starts_with("# ") && !line.starts_with("#\t"));
    let cells = |content: &'a str| -> Vec<&'a str> {
        if tabs { content.split('\t').collect() } else { content.split(' ').filter(|cell| !cell.is_empty()).collect() }
    };
    let mut sentences = Vec::new();
    let mut carried = Carried::default();
    let mut first: Option<(u64, usize)> = None;
    for block in blocks(text) {
        let mut sentence = Sentence::default();
        // The width of lines that begin with something else than a hash.
        let usual = first.map(|(_, width)| width).or_else(|| {
            let content = block.iter().map(|(_, content)| *content).find(|content| !content.starts_with(['#', '-']))?;
            Some(cells(content).len())
        });
        for (line, content) in block {
            if content.starts_with(OTHER_FORMAT) {
                let hint = "write a word and its labels a line, B-PER and I-PER for names, as in CoNLL-2003";
                return Err(Error::line(file, line, "this is a file of CoNLL-2012, whose columns are not read", hint));
            }
            // The hash is a word, too; a line whose columns are parted otherwise than those of the words is a comment.
            if is_metadata(content) || (content.starts_with("# ") && content.contains('\t') != tabs) {
                sentence.metadata.extend(carried.read(&content[1..]));
                continue;
            }
            if content.starts_with(DOCUMENT) {
                continue;
            }
            let cells = cells(content);
            // Before the words, a hash with too many or too few columns is a remark, such as the source of a sentence in GermEval.
            if sentence.tokens.is_empty() && content.starts_with('#') && usual.is_some_and(|usual| usual != cells.len()) {
                continue;
            }
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

    /// Europarl: names without B- and I- behind chunks that have them.
    #[test]
    fn names_without_prefixes_are_the_last_column() {
        let text = "The DT B-NP O\nParliament NNP I-NP ORG\nmet VBD B-VP O\nin IN B-PP O\nUlm NNP B-NP LOC\n";
        let sentences = parse_text(text).unwrap();
        assert_eq!(sentences.names(), ["tokens", "pos", "chunk", "ner"]);
        assert_eq!(sentences.list("ner", 0).unwrap(), ["O", "ORG", "O", "O", "LOC"]);
        assert_eq!(sentences.notes, ["\"ner\" is column 4, whose labels have neither B- nor I-; the spans of column 3 are \"chunk\""]);
        // So too where every word has a type, and in a file of another width.
        let sentences = parse_text("a DT B-NP X\nb NNP I-NP Y\n").unwrap();
        assert_eq!(sentences.names(), ["tokens", "pos", "chunk", "ner"]);
        let sentences = parse_text("a a DT B-NP O\nb b NNP I-NP PER\nc c NN B-NP O\n").unwrap();
        assert_eq!(sentences.names(), ["tokens", "column2", "column3", "chunk", "ner"]);
    }

    /// GermEval 2014: a source before each sentence, and names within names.
    #[test]
    fn outer_names_are_the_task() {
        let words = "1\tVfL\tB-ORG\tO\n2\tUlm\tI-ORG\tB-LOC\n3\tsiegt\tO\tO\n";
        let with_comment = format!("#\thttp://de.wikipedia.org/wiki/Ulm [2009-10-17]\n{words}\n#\tn-tv.de vom 26.02.2005\n{words}");
        for text in [&with_comment, words] {
            let sentences = parse_text(text).unwrap();
            assert_eq!(sentences.names(), ["tokens", "ner", "ner2"], "{text}");
            assert_eq!(sentences.list("ner", 0).unwrap(), ["B-ORG", "I-ORG", "O"]);
            assert_eq!(sentences.notes, ["\"ner\" is column 3, the first of spans; column 4 is \"ner2\""]);
        }
        assert_eq!(parse_text(&with_comment).unwrap().lines.len(), 2);
        // Where no name has another within.
        let sentences = parse_text("1\tUlm\tB-LOC\tO\n2\tsiegt\tO\tO\n").unwrap();
        assert_eq!(sentences.names(), ["tokens", "ner", "ner2"]);
    }

    #[test]
    fn chunks_alone_are_no_names() {
        let sentences = parse_text("He PRP B-NP\nreckons VBZ B-VP\nthe DT B-NP\ndeficit NN I-NP\n").unwrap();
        assert_eq!(sentences.names(), ["tokens", "pos", "chunk"]);
        assert_eq!(sentences.notes, Vec::<String>::new());
    }

    #[test]
    fn hashes_are_words_where_they_have_the_columns_of_words() {
        let sentences = parse_text("#\tO\n#tag\tB-X\n\n#\tO\na\tO\n").unwrap();
        assert_eq!((sentences.list("tokens", 0).unwrap(), sentences.list("tokens", 1).unwrap()), (vec!["#", "#tag"], vec!["#", "a"]));
        let sentences = parse_text("# sentence 5\na DT B-NP O\n# NN I-NP O\n").unwrap();
        assert_eq!(sentences.list("tokens", 0).unwrap(), ["a", "#"]);
        assert!(parse_text("a DT B-NP O\n# NN\n").is_err(), "a broken line among words");
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
        assert!(
            message("#begin document (bc/cctv/00); part 000\nbc/cctv/00 0 0 In IN\n")
                .starts_with("t.conll, line 1: this is a file of CoNLL-2012")
        );
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
