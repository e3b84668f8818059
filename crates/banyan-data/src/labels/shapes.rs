//! Masks that a cell holds itself, instead of the path or the bytes of an image: outlines with labels, as COCO has them, or runs of class indices, as
//! predictions are written.
//!
//! Outlines are a list of `{"label": …, "segmentation": …}`, later ones over earlier ones. A segmentation is a list of polygons, each
//! `[x1, y1, x2, y2, …]`, or COCO's runs `{"size": [height, width], "counts": …}`, which may also stand in the object itself. Runs of class indices are
//! `{"size": [height, width], "runs": [[index, pixels], …]}`, line after line.

use std::sync::Arc;

use banyan_vision::formats::Segmentation;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::boxes::label_of;
use crate::table::Cell;

/// What a cell says of its mask.
#[derive(Debug)]
pub(super) enum Shapes {
    /// Labeled outlines, later ones over earlier ones.
    Outlines(Vec<(String, Segmentation)>),
    /// Class indices in runs, line after line.
    Runs {
        /// Height and width in pixels.
        size: [usize; 2],
        /// Each run's index, and its pixels.
        runs: Vec<(u8, usize)>,
    },
}

/// The text of a cell that holds its mask itself.
pub(crate) fn text_of(cell: Cell<'_>) -> Option<Arc<[u8]>> {
    let text = match cell {
        Cell::Objects(text) => text,
        // What is read of a list without an item.
        Cell::Texts([]) | Cell::Numbers([]) => "[]",
        Cell::Text(text) if is_shapes(text.as_bytes()) => text,
        _ => return None,
    };
    Some(text.as_bytes().into())
}

/// Whether bytes are such a text, and not those of an image.
pub(super) fn is_shapes(bytes: &[u8]) -> bool {
    let inner = |bytes: &[u8]| bytes[1..].trim_ascii_start().first().copied();
    match bytes.first() {
        Some(b'{') => matches!(inner(bytes), Some(b'"')),
        Some(b'[') => matches!(inner(bytes), Some(b'{' | b']')),
        _ => false,
    }
}

/// Outlines or runs.
///
/// # Errors
/// What is wrong, as the end of a sentence.
pub(super) fn parse(bytes: &[u8]) -> Result<Shapes, String> {
    let mut objects: Vec<Object<Outline>> = objects(bytes)?;
    if let [Object { size: Some(size), runs: Some(runs), .. }] = &mut objects[..] {
        return Ok(Shapes::Runs { size: size.map(|side| side as usize), runs: std::mem::take(runs) });
    }
    let one = |object: Object<Outline>| {
        let label = object.label().ok_or("has an outline without a \"label\"")?;
        let in_itself = object.size.zip(object.counts).map(|(size, counts)| Outline::Runs { size, counts });
        let outline = object.segmentation.or(in_itself).ok_or("has an outline without a \"segmentation\"")?;
        Ok((label, outline.into()))
    };
    objects.into_iter().map(one).collect::<Result<_, String>>().map(Shapes::Outlines)
}

/// The labels of outlines; nothing for runs, whose classes have no names.
///
/// # Errors
/// As [`parse`], as far as labels are concerned.
pub(super) fn labels(bytes: &[u8]) -> Result<Option<Vec<String>>, String> {
    let objects: Vec<Object<IgnoredAny>> = objects(bytes)?;
    if objects.iter().any(|object| object.runs.is_some()) {
        return Ok(None);
    }
    objects
        .iter()
        .map(|object| object.label().ok_or_else(|| "has an outline without a \"label\"".to_owned()))
        .collect::<Result<_, _>>()
        .map(Some)
}

fn objects<'a, S: Deserialize<'a>>(bytes: &'a [u8]) -> Result<Vec<Object<S>>, String> {
    let parsed =
        if bytes.first() == Some(&b'{') { serde_json::from_slice(bytes).map(|one| vec![one]) } else { serde_json::from_slice(bytes) };
    parsed.map_err(|cause| format!("is no mask that can be read: {cause}; write a list of {{\"label\": …, \"segmentation\": …}}"))
}

#[derive(Deserialize)]
struct Object<S> {
    #[serde(alias = "class", alias = "category", alias = "name")]
    label: Option<Value>,
    segmentation: Option<S>,
    size: Option<[u32; 2]>,
    counts: Option<Counts>,
    runs: Option<Vec<(u8, usize)>>,
}

impl<S> Object<S> {
    fn label(&self) -> Option<String> {
        self.label.as_ref().and_then(label_of)
    }
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a segmentation is neither a list of polygons nor an object with size and counts")]
enum Outline {
    Polygons(Vec<Vec<f64>>),
    Runs { size: [u32; 2], counts: Counts },
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "counts are neither a list of runs nor a text")]
enum Counts {
    Runs(Vec<u32>),
    Text(String),
}

impl From<Outline> for Segmentation {
    fn from(outline: Outline) -> Self {
        match outline {
            Outline::Polygons(polygons) => Self::Polygons(polygons),
            Outline::Runs { size: [height, width], counts: Counts::Runs(runs) } => Self::Runs { height, width, runs },
            Outline::Runs { size: [height, width], counts: Counts::Text(text) } => Self::Text { height, width, text },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_read_as_people_write_them() {
        for text in [
            r#"[{"label": "cat", "segmentation": {"size": [2, 3], "counts": [1, 2, 3]}}]"#,
            r#"[{"category": "cat", "size": [2, 3], "counts": [1, 2, 3]}]"#,
            r#"{"class": "cat", "size": [2, 3], "counts": [1, 2, 3], "bbox": [0, 0, 1, 1]}"#,
        ] {
            let Ok(Shapes::Outlines(outlines)) = parse(text.as_bytes()) else { panic!("{text}") };
            assert_eq!(outlines, [("cat".to_owned(), Segmentation::Runs { height: 2, width: 3, runs: vec![1, 2, 3] })]);
            assert_eq!(labels(text.as_bytes()), Ok(Some(vec!["cat".to_owned()])));
        }
        let runs = br#"{"size":[2,3],"runs":[[0,4],[7,2]]}"#;
        assert!(matches!(parse(runs), Ok(Shapes::Runs { size: [2, 3], runs }) if runs == [(0, 4), (7, 2)]));
        assert_eq!((labels(runs), labels(b"[]")), (Ok(None), Ok(Some(Vec::new()))));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, problem) in [
            ("[{", "is no mask that can be read: EOF"),
            (r#"[{"segmentation": []}]"#, "has an outline without a \"label\""),
            (r#"[{"label": "a"}]"#, "has an outline without a \"segmentation\""),
            (r#"[{"label": "a", "segmentation": "x"}]"#, "a segmentation is neither"),
            (r#"{"size": [2, 3], "runs": [[300, 6]]}"#, "is no mask that can be read"),
        ] {
            let found = parse(text.as_bytes()).unwrap_err();
            assert!(found.contains(problem), "{text}: {found}");
        }
    }

    #[test]
    fn texts_that_are_no_paths() {
        for (text, is) in
            [("[]", true), ("[{\"a\"", true), ("{ \"size\"", true), ("[a].png", false), ("{a}.png", false), ("", false), ("[", false)]
        {
            assert_eq!(is_shapes(text.as_bytes()), is, "{text}");
        }
    }
}
