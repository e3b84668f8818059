//! The folder of media files of tables that name them by absolute paths.

use std::path::{Path, PathBuf};

use banyan::data::infer::{InferredInput, infer_inputs};
use banyan::data::inputs::InputKind;
use banyan::data::table::{Cell, Column, Table};

/// The deepest folder that holds all files of the columns of absolute paths, which must all be there. Nothing where there is no such column,
/// where the files have no more in common than the disk, and where other columns have paths relative to the table's folder: they would no longer
/// be found.
pub(crate) fn find(tables: &[&Table], tasks: &[String]) -> Option<String> {
    let inferred = infer_inputs(tables.first()?, tasks);
    if inferred.iter().any(is_of_files) {
        return None;
    }
    let mut root: Option<PathBuf> = None;
    for column in inferred.iter().filter(|input| input.kind.is_none()).map(|input| input.column.as_str()) {
        let columns: Vec<&Column> = tables.iter().filter_map(|table| table.column(column).ok()).collect();
        let Some(folders) = columns.into_iter().map(folders).collect::<Option<Vec<_>>>() else { continue };
        for folder in folders.into_iter().flatten() {
            root = Some(root.map_or_else(|| folder.clone(), |root| common(&root, &folder)));
        }
    }
    let root = root.filter(|root| root.parent().is_some())?;
    Some(root.to_str()?.to_owned())
}

/// Says in the reasons of columns of files that the folder is not the table's.
pub(crate) fn explain(inputs: &mut [InferredInput]) {
    inputs.iter_mut().filter(|input| is_of_files(input)).for_each(|input| input.reason += ", absolute; data.media_root is their folder");
}

/// Whether an input is of files.
pub(crate) fn is_of_files(input: &InferredInput) -> bool {
    matches!(input.kind, Some(InputKind::Image | InputKind::Audio))
}

/// The folders of the files that a column names by absolute paths; nothing where it holds anything else, or a file is not there.
fn folders(column: &Column) -> Option<Vec<PathBuf>> {
    let known = column.cells().filter(|cell| !cell.is_missing());
    let folder = |cell: Cell<'_>| {
        let Cell::Text(text) = cell else { return None };
        let path = Path::new(text);
        (path.is_absolute() && path.is_file()).then(|| path.parent().map(Path::to_owned)).flatten()
    };
    let mut folders = known.map(folder).collect::<Option<Vec<PathBuf>>>()?;
    folders.dedup();
    Some(folders)
}

fn common(left: &Path, right: &Path) -> PathBuf {
    left.components().zip(right.components()).take_while(|(left, right)| left == right).map(|(part, _)| part).collect()
}
