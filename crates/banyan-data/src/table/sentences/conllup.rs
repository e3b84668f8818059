//! CoNLL-U Plus (universaldependencies.org/ext-format.html): CoNLL-U with the columns that the line `# global.columns = …` names.

use std::path::Path;

use super::{ReadOptions, Rows, blocks, conllu, line_error, text};
use crate::error::{Error, Mend};

/// The key of the line that names the columns.
const COLUMNS: &str = "global.columns";

pub(in crate::table) fn read(path: &Path, name: &str, options: &ReadOptions) -> Result<Rows, Error> {
    let bytes = std::fs::read(path).map_err(|cause| Error::File { action: "read", path: name.to_owned(), cause: cause.to_string() })?;
    parse(text(&bytes, name)?, name, options)
}

fn parse(text: &str, name: &str, options: &ReadOptions) -> Result<Rows, Error> {
    let mend = || Mend::new(format!("begin the file with a line such as # {COLUMNS} = ID FORM UPOS NER"));
    let (mut lines, mut columns) = (blocks(text).flatten(), None);
    while let Some((line, comment)) = lines.next().and_then(|(line, content)| Some((line, content.strip_prefix('#')?))) {
        if let Some((_, names)) = super::metadata::key_and_value(comment).filter(|(key, _)| *key == COLUMNS) {
            columns = Some((line, names.split_whitespace().collect::<Vec<&str>>()));
            break;
        }
    }
    let Some((line, columns)) = columns else {
        return Err(match blocks(text).next() {
            None => Error::NoRow { path: name.to_owned(), what: "is empty" },
            Some(_) => line_error(name, 1, "the columns are not named".to_owned(), mend()),
        });
    };
    if !columns.contains(&"FORM") {
        return Err(line_error(name, line, "no column is named FORM, so that there are no words".to_owned(), mend()));
    }
    conllu::parse(text, name, options, &columns, &format!("line {line} names"))
}

#[cfg(test)]
mod tests {
    use super::super::super::Cell;
    use super::*;

    fn parse_text(text: &str) -> Result<Rows, Error> {
        parse(text, "t.conllup", &ReadOptions::default())
    }

    #[test]
    fn columns_are_those_that_are_named() {
        let rows = parse_text("# global.columns = ID FORM NER UP:PRED\n# genre = weblog\n1\tNew\tB-LOC\t_\n2\tYork\tI-LOC\tx\n").unwrap();
        let names: Vec<&str> = rows.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["genre", "tokens", "ner", "up:pred"]);
        assert_eq!(rows.columns[3].cell(0), Cell::Texts(&[String::new(), "x".to_owned()]));
        let rows = parse_text("# a remark\n# global.columns = FORM\nA\n\n\nB\nC\n").unwrap();
        assert_eq!((rows.positions.len(), rows.columns.len()), (2, 1));
        let rows = parse_text("# global.columns = FORM NER\n# genre = weblog\n#tag\tO\n#\tO\n").unwrap();
        assert_eq!(rows.columns[1].cell(0), Cell::Texts(&["#tag".to_owned(), "#".to_owned()]));
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
        assert!(message("# global.columns = ID FORM NER NER\n1\ta\tO\tO\n").ends_with("two columns are named \"ner\"; rename one of them"));
        assert_eq!(message("\n"), "t.conllup is empty; a table needs at least one row");
        assert_eq!(message("# global.columns = ID FORM\n"), "t.conllup has no sentence; a table needs at least one row");
    }
}
