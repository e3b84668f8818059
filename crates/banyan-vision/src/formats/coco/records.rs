//! What stands in a file, as far as it is of use.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::super::Segmentation;

#[derive(Deserialize)]
pub(super) struct File<S> {
    pub(super) images: Vec<Image>,
    /// A file of images that are to be predicted has none.
    pub(super) annotations: Option<Vec<Annotation<S>>>,
    pub(super) categories: Vec<Category>,
}

#[derive(Deserialize)]
pub(super) struct Image {
    pub(super) id: u64,
    pub(super) file_name: Option<String>,
    pub(super) coco_url: Option<String>,
    pub(super) width: Option<u32>,
    pub(super) height: Option<u32>,
    pub(super) neg_category_ids: Option<Vec<u64>>,
    pub(super) not_exhaustive_category_ids: Option<Vec<u64>>,
}

#[derive(Deserialize)]
pub(super) struct Category {
    pub(super) id: u64,
    pub(super) name: String,
}

#[derive(Deserialize)]
pub(super) struct Annotation<S> {
    pub(super) id: Option<u64>,
    pub(super) image_id: u64,
    pub(super) category_id: u64,
    pub(super) bbox: Option<[f64; 4]>,
    pub(super) area: Option<f64>,
    pub(super) iscrowd: Option<Flag>,
    pub(super) segmentation: Option<S>,
}

/// 0 and 1, or words.
#[derive(Deserialize)]
#[serde(untagged, expecting = "iscrowd is neither 0 nor 1")]
pub(super) enum Flag {
    Number(u8),
    Word(bool),
}

impl From<Flag> for bool {
    fn from(flag: Flag) -> Self {
        match flag {
            Flag::Number(number) => number != 0,
            Flag::Word(word) => word,
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a segmentation is neither a list of polygons nor an object with size and counts")]
pub(super) enum Outline {
    Polygons(Vec<Vec<f64>>),
    Runs { size: [u32; 2], counts: Counts },
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Counts {
    Runs(Vec<u32>),
    Text(String),
}

impl From<Outline> for Option<Segmentation> {
    fn from(outline: Outline) -> Self {
        match outline {
            Outline::Polygons(polygons) => (!polygons.is_empty()).then_some(Segmentation::Polygons(polygons)),
            Outline::Runs { size: [height, width], counts: Counts::Runs(runs) } => Some(Segmentation::Runs { height, width, runs }),
            Outline::Runs { size: [height, width], counts: Counts::Text(text) } => Some(Segmentation::Text { height, width, text }),
        }
    }
}

/// An outline that is not read.
pub(super) struct Skipped;

impl<'de> Deserialize<'de> for Skipped {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

impl From<Skipped> for Option<Segmentation> {
    fn from(_: Skipped) -> Self {
        None
    }
}
