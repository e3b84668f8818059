//! What `banyan init` says of sets of annotated images.

use banyan::data::labels::TaskKind;
use banyan::data::table::{Cell, Column, Table};

use crate::failure::Failure;
use crate::template::with_comment;

/// The column of the images.
const IMAGE: &str = "image";
/// The columns that tasks are made of.
const TASKS: [&str; 2] = ["boxes", "mask"];
/// The column of the classes of which an image shows no more objects than are annotated.
const ANNOTATED: &str = "annotated";
/// Times by which the aspect of one image is that of another before stretching them would show.
const SAME_ASPECT: f64 = 1.1;

/// The columns of a set that are to be predicted.
///
/// # Errors
/// If none of its images is annotated.
pub(crate) fn tasks(table: &Table) -> Result<Vec<String>, Failure> {
    let has_labels = |name: &&str| table.find(name).is_some_and(|column| column.cells().any(|cell| !is_empty(cell)));
    let tasks: Vec<String> = TASKS.iter().filter(|name| has_labels(name)).map(|name| (*name).to_owned()).collect();
    if tasks.is_empty() {
        return Err(Failure::failed(format!("{} has no annotated image with an object to learn from", table.name())));
    }
    Ok(tasks)
}

/// The columns of a set that are no inputs.
pub(crate) fn no_inputs(table: &Table) -> Vec<String> {
    table.columns.iter().map(|column| column.name.clone()).filter(|name| name != IMAGE).collect()
}

fn is_empty(cell: Cell<'_>) -> bool {
    matches!(cell, Cell::Missing | Cell::Objects("[]"))
}

/// What is known of the images of a set.
#[derive(Debug)]
pub(crate) struct Images {
    /// How many there are, in a sentence.
    pub(crate) found: String,
    differ_in_aspect: bool,
    are_partly_annotated: bool,
}

impl Images {
    pub(crate) fn of(table: &Table) -> Self {
        let count =
            |is: &dyn Fn(Cell<'_>) -> bool| table.find(TASKS[0]).map_or(0, |column| column.cells().filter(|cell| is(*cell)).count());
        let unlabeled = count(&|cell| cell.is_missing());
        let without = count(&|cell| matches!(cell, Cell::Objects("[]")));
        let found = format!(
            "{} images to train with: {unlabeled} that nobody annotated, which teach nothing about boxes, and {without} without an object.",
            table.rows()
        );
        let aspects = aspects(table.find("width"), table.find("height"));
        let (least, most) = aspects.fold((f64::INFINITY, 0.0_f64), |(least, most), aspect| (least.min(aspect), most.max(aspect)));
        Self { found, differ_in_aspect: most > SAME_ASPECT * least, are_partly_annotated: table.find(ANNOTATED).is_some() }
    }

    /// Keys of the input of images.
    pub(crate) fn lines_of_input(&self) -> String {
        let size = with_comment("# size = [320, 320]", "height and width; small objects need large images, which take longer");
        if !self.differ_in_aspect {
            return size + "\n";
        }
        with_comment("fit = \"letterbox\"", "the images differ in aspect: none is stretched") + "\n" + &size + "\n"
    }

    /// Keys of a task.
    pub(crate) fn lines_of_task(&self, kind: TaskKind) -> String {
        if !(self.are_partly_annotated && kind == TaskKind::Detection) {
            return String::new();
        }
        let key = format!("annotated = \"{ANNOTATED}\"");
        with_comment(&key, "the column of the classes of which all objects of an image are annotated") + "\n"
    }
}

/// The width of each image in heights, where both are known.
fn aspects<'a>(width: Option<&'a Column>, height: Option<&'a Column>) -> impl Iterator<Item = f64> {
    let sides = width.into_iter().flat_map(Column::cells).zip(height.into_iter().flat_map(Column::cells));
    sides.filter_map(|sides| match sides {
        (Cell::Number(width), Cell::Number(height)) if height > 0.0 => Some(width / height),
        _ => None,
    })
}
