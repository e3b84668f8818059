//! Sets of annotated images: COCO's JSON, Pascal VOC's folders, YOLO's texts.

mod coco;
mod masks;
mod voc;
mod yolo;

use std::path::Path;

use banyan_data::table::{Cell, ReadOptions, Table};

use crate::support::Folder;

fn read(path: &Path) -> Table {
    Table::read(path, &ReadOptions::default()).unwrap()
}

fn names(table: &Table) -> Vec<&str> {
    table.columns.iter().map(|column| column.name.as_str()).collect()
}

/// The cells of a column as texts, a missing one as a dash.
fn cells(table: &Table, column: &str) -> Vec<String> {
    let text = |cell: Cell<'_>| match cell {
        Cell::Text(text) | Cell::Objects(text) => text.to_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Texts(texts) => texts.join("+"),
        Cell::Missing => "-".to_owned(),
        other => other.describe(),
    };
    table.column(column).unwrap().cells().map(text).collect()
}

/// What is wrong with a set, in which a place is named without the folder.
fn problem(folder: &Folder, path: &Path) -> String {
    folder.strip(Table::read(path, &ReadOptions::default()).unwrap_err())
}
