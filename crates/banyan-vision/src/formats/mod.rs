//! Files of annotated images: COCO's JSON, Pascal VOC's XML and YOLO's texts.
//!
//! All are read as an [`AnnotatedSet`]: classes, and for each image its objects. No image is decoded.

pub mod coco;
mod error;
pub mod voc;
pub mod yolo;

pub use error::Error;

use crate::boxes::Rectangle;
use crate::masks::{MaskError, RunLength, polygon};

/// Annotated images.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AnnotatedSet {
    /// The names of the classes.
    pub classes: Vec<String>,
    /// The number that the files give each class: any in COCO's, and its place in others.
    pub class_numbers: Vec<u64>,
    /// The images.
    pub images: Vec<AnnotatedImage>,
    /// What was wrong and could be put right.
    pub repairs: Repairs,
}

/// What was wrong and could be put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Repairs {
    /// Boxes without an area, which were left out.
    pub dropped: usize,
    /// Boxes that reached over the edge of their image, and were clipped.
    pub clipped: usize,
}

/// An image and the objects in it.
#[derive(Debug, Clone, PartialEq)]
pub struct AnnotatedImage {
    /// The name of its file, as the annotations have it.
    pub file: String,
    /// Its number: any in COCO's files, and its place in others.
    pub number: u64,
    /// Width and height in pixels, where the annotations say them.
    pub size: Option<(u32, u32)>,
    /// Its objects, in the order of the file.
    pub objects: Vec<AnnotatedObject>,
    /// What that there are no other objects means.
    pub coverage: Coverage,
}

/// What it means that an image has no objects of a class.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Coverage {
    /// All objects of all classes are annotated.
    #[default]
    Complete,
    /// Objects of some classes are, as in LVIS: nothing is known of a class that is neither among the objects nor absent.
    Partial {
        /// Classes that the image is known not to show, in order.
        absent: Vec<usize>,
        /// Classes of which it may show more than are annotated, in order.
        not_exhaustive: Vec<usize>,
    },
    /// Nobody looked for objects.
    Unlabeled,
}

/// An object in an image.
#[derive(Debug, Clone, PartialEq)]
pub struct AnnotatedObject {
    /// Its class: a place in [`AnnotatedSet::classes`].
    pub class: usize,
    /// The box around it, in pixels.
    pub rectangle: Rectangle,
    /// Its area in square pixels: that of its mask, where the file says it.
    pub area: f64,
    /// Whether it is a crowd of objects that are not told apart.
    pub crowd: bool,
    /// Whether VOC calls it difficult: it need not be found.
    pub difficult: bool,
    /// Which pixels it covers.
    pub segmentation: Option<Segmentation>,
}

/// Which pixels an object covers, as the file has it.
#[derive(Debug, Clone, PartialEq)]
pub enum Segmentation {
    /// Outlines, each `x1, y1, x2, y2, …` in pixels.
    Polygons(Vec<Vec<f64>>),
    /// Lengths of runs.
    Runs {
        /// The rows.
        height: u32,
        /// The columns.
        width: u32,
        /// The lengths.
        runs: Vec<u32>,
    },
    /// Lengths of runs as a text.
    Text {
        /// The rows.
        height: u32,
        /// The columns.
        width: u32,
        /// The text.
        text: String,
    },
}

impl Segmentation {
    /// The mask in an image of so many rows and columns.
    ///
    /// # Errors
    /// If it is no mask, or one of another size.
    pub fn mask(&self, height: u32, width: u32) -> Result<RunLength, MaskError> {
        let mask = match self {
            Self::Polygons(polygons) => return polygon::rasterize(polygons, height, width),
            Self::Runs { height, width, runs } => RunLength::new(*height, *width, runs)?,
            Self::Text { height, width, text } => RunLength::from_text(*height, *width, text)?,
        };
        if (mask.height(), mask.width()) == (height, width) {
            Ok(mask)
        } else {
            let found = u64::from(mask.height()) * u64::from(mask.width());
            Err(MaskError::Size { found, height, width })
        }
    }
}

/// Whether an object is to be kept: one without an area is counted and dropped.
fn has_area(rectangle: &Rectangle, repairs: &mut Repairs) -> bool {
    let has_area = rectangle.is_proper();
    repairs.dropped += usize::from(!has_area);
    has_area
}
