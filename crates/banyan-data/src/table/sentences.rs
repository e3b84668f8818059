//! Files of sentences: a sentence is a row, a column of its tokens a list, and a comment `# key = value` a text.

use banyan_text::conll::{Cells, Format};

use super::positions::Positions;
use super::{Cell, Column, ReadOptions, Rows, check_names};
use crate::error::{Error, Place, Position};

pub(super) fn read_columns(bytes: &[u8], name: &str, options: &ReadOptions) -> Result<Rows, Error> {
    parse(Format::Columns, bytes, name, options)
}

pub(super) fn read_conllu(bytes: &[u8], name: &str, options: &ReadOptions) -> Result<Rows, Error> {
    parse(Format::ConllU, bytes, name, options)
}

pub(super) fn read_conllup(bytes: &[u8], name: &str, options: &ReadOptions) -> Result<Rows, Error> {
    parse(Format::ConllUPlus, bytes, name, options)
}

fn parse(format: Format, bytes: &[u8], name: &str, options: &ReadOptions) -> Result<Rows, Error> {
    let sentences = format.read(bytes, name)?;
    let positions: Positions = sentences.lines.iter().map(|line| Position::Line(*line)).collect();
    let mut columns: Vec<Column> = Vec::with_capacity(sentences.comments.len() + sentences.columns.len());
    for comment in &sentences.comments {
        let mut column = Column::new(comment.key);
        for value in &comment.values {
            column.push(value.filter(|value| !options.is_missing(value)).map_or(Cell::Missing, Cell::Text));
        }
        columns.push(column);
    }
    for tokens in sentences.columns {
        let mut column = Column::new(tokens.name);
        match tokens.cells {
            Cells::Texts(lists) => lists.into_iter().for_each(|list| column.push_texts(list)),
            Cells::Heads(lists) => {
                for heads in lists {
                    let numbers: Option<Vec<f64>> =
                        heads.map(|heads| heads.into_iter().map(|head| head.map_or(f64::NAN, f64::from)).collect());
                    column.push(numbers.as_deref().map_or(Cell::Missing, Cell::Numbers));
                }
            }
        }
        columns.push(column);
    }
    let place = || Place { table: name.to_owned(), position: positions.at(0), column: None };
    check_names(columns.iter().map(|column| column.name.as_str()), place)?;
    Ok(Rows { notes: sentences.notes, ..Rows::new(columns, positions) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_text(text: &str) -> Result<Rows, Error> {
        parse(Format::ConllU, text.replace(' ', "\t").as_bytes(), "t.conllu", &ReadOptions::default())
    }

    fn cell<'a>(rows: &'a Rows, column: &str, row: usize) -> Cell<'a> {
        rows.columns.iter().find(|candidate| candidate.name == column).unwrap().cell(row)
    }

    #[test]
    fn a_sentence_is_a_row() {
        let rows = parse_text("#text=a\n1 a a X _ _ 0 root _ _\n2 _ _ X _ _ _ _ _ _\n\n#text=NA\n1 b _ X _ _ _ _ _ _\n").unwrap();
        assert_eq!(rows.positions, [Position::Line(2), Position::Line(6)].into_iter().collect());
        assert_eq!((cell(&rows, "text", 0), cell(&rows, "text", 1)), (Cell::Text("a"), Cell::Missing));
        assert_eq!(cell(&rows, "tokens", 0), Cell::Texts(&["a".to_owned(), "_".to_owned()]));
        assert!(matches!(cell(&rows, "head", 0), Cell::Numbers([root, gap]) if *root == 0.0 && gap.is_nan()));
        assert_eq!((cell(&rows, "head", 1), cell(&rows, "lemmas", 1)), (Cell::Missing, Cell::Missing));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let message = |text: &str| parse_text(text).err().unwrap().to_string();
        assert_eq!(message("#text=a\n\n"), "t.conllu has no sentence; a table needs at least one row");
        assert_eq!(
            message("#tokens=5\n1 a a X _ _ 0 root _ _\n"),
            "t.conllu, line 2: two columns are named \"tokens\"; rename one of them"
        );
        assert_eq!(
            message("1 a a X _ _ up root _ _\n"),
            "t.conllu, line 1, column \"head\": \"up\" is not the number of a word; write 0 for the root and _ where it is not known"
        );
    }
}
