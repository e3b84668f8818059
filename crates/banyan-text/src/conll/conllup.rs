//! CoNLL-U Plus (universaldependencies.org/ext-format.html): CoNLL-U with the columns that the line `# global.columns = …` names.

use super::{Sentences, blocks, conllu};
use crate::Error;

/// The key of the line that names the columns.
const COLUMNS: &str = "global.columns";

pub(super) fn parse<'a>(text: &'a str, file: &'a str) -> Result<Sentences<'a>, Error> {
    let hint = || format!("begin the file with a line such as # {COLUMNS} = ID FORM UPOS NER");
    let (mut lines, mut columns) = (blocks(text).flatten(), None);
    while let Some((line, comment)) = lines.next().and_then(|(line, content)| Some((line, content.strip_prefix('#')?))) {
        if let Some((_, names)) = super::metadata::key_and_value(comment).filter(|(key, _)| *key == COLUMNS) {
            columns = Some((line, names.split_whitespace().collect::<Vec<&str>>()));
            break;
        }
    }
    let Some((line, columns)) = columns else {
        return Err(match blocks(text).next() {
            None => Error::NoSentence { path: file.to_owned(), what: "is empty" },
            Some(_) => Error::line(file, 1, "the columns are not named", hint()),
        });
    };
    if !columns.contains(&"FORM") {
        return Err(Error::line(file, line, "no column is named FORM, so that there are no words", hint()));
    }
    conllu::parse_columns(text, file, &columns, &format!("line {line} names"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_text(text: &str) -> Result<Sentences<'_>, Error> {
        parse(text, "t.conllup")
    }

    #[test]
    fn columns_are_those_that_are_named() {
        let sentences =
            parse_text("# global.columns = ID FORM NER UP:PRED\n# genre = weblog\n1\tNew\tB-LOC\t_\n2\tYork\tI-LOC\tx\n").unwrap();
        assert_eq!(sentences.names(), ["genre", "tokens", "ner", "up:pred"]);
        assert_eq!(sentences.list("up:pred", 0).unwrap(), ["", "x"]);
        let sentences = parse_text("# a remark\n# global.columns = FORM\nA\n\n\nB\nC\n").unwrap();
        assert_eq!((sentences.lines.len(), sentences.columns.len()), (2, 1));
        let sentences = parse_text("# global.columns = FORM NER\n# genre = weblog\n#tag\tO\n#\tO\n").unwrap();
        assert_eq!(sentences.list("tokens", 0).unwrap(), ["#tag", "#"]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let message = |text: &str| parse_text(text).err().unwrap().to_string();
        assert_eq!(
            message("1\ta\n# global.columns = ID FORM\n"),
            "t.conllup, line 1: the columns are not named; begin the file with a line such as # global.columns = ID FORM UPOS NER"
        );
        assert!(message("# global.columns = ID NER\n1\tO\n").starts_with("t.conllup, line 1: no column is named FORM"));
        assert_eq!(
            message("# global.columns = ID FORM NER\n1\ta\n"),
            "t.conllup, line 2: 2 columns where line 1 names 3; write _ in a column that has no value"
        );
        assert_eq!(message("\n"), "t.conllup is empty");
        assert_eq!(message("# global.columns = ID FORM\n"), "t.conllup has no sentence");
    }
}
