//! The boxes of an image as a cell holds them: a list of JSON objects or of JSON lists.
//!
//! An object has a label (`label`, `class`, `category` or `name`) and a box: `box = [x1, y1, x2, y2]`, `bbox = [x, y, width, height]` as COCO
//! writes it, or numbers of their own (`xmin`, `ymin`, `xmax`, `ymax`; `x1` …; `x`, `y`, `width`, `height`). A list is
//! `[x1, y1, x2, y2, label]`. All in pixels of the image as it is shown, continuous: the first pixel begins at 0 and ends at 1.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::table::Cell;
use crate::value::{format_number, quote};

/// What the numbers of a box mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum BoxFormat {
    /// Two corners: left, top, right, bottom.
    #[serde(rename = "xyxy")]
    Corners,
    /// The upper left corner, width and height.
    #[serde(rename = "xywh")]
    Size,
    /// The middle, width and height.
    #[serde(rename = "cxcywh")]
    Middle,
}

impl BoxFormat {
    fn corners(self, [a, b, c, d]: [f64; 4]) -> [f64; 4] {
        match self {
            Self::Corners => [a, b, c, d],
            Self::Size => [a, b, a + c, b + d],
            Self::Middle => [a - c / 2.0, b - d / 2.0, a + c / 2.0, b + d / 2.0],
        }
    }
}

/// A box of an image.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LabeledBox {
    pub(crate) label: String,
    /// Left, top, right and bottom in pixels of the image.
    pub(crate) corners: [f64; 4],
    /// The area of the object itself, where the cell says it.
    pub(crate) area: Option<f64>,
    /// Whether it stands for a crowd of objects.
    pub(crate) is_crowd: bool,
    /// Whether it is not to be learned or counted.
    pub(crate) is_ignored: bool,
}

/// Whether a cell may hold boxes, by its form.
pub(crate) fn may_be_boxes(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Objects(_) => true,
        Cell::Text(text) => {
            let inner = text.strip_prefix('[').map(str::trim_start);
            inner.is_some_and(|inner| inner.starts_with(['{', '[', ']']))
        }
        _ => false,
    }
}

/// The boxes of a cell; none where the cell is missing, so that nobody knows them. An empty list is an image without an object.
///
/// # Errors
/// What is wrong, as a sentence.
pub(crate) fn parse(cell: Cell<'_>, format: Option<BoxFormat>) -> Result<Option<Vec<LabeledBox>>, String> {
    let text = match cell {
        Cell::Missing => return Ok(None),
        Cell::Texts([]) | Cell::Numbers([]) => return Ok(Some(Vec::new())),
        Cell::Objects(text) => text,
        Cell::Text(text) if text.starts_with('[') => text,
        other => return Err(format!("{} is not a list of boxes", other.describe())),
    };
    let list: Vec<Value> = serde_json::from_str(text).map_err(|cause| {
        let quotes = if text.contains('\'') { "; JSON writes texts in double quotes" } else { "" };
        format!("{} is not a list of boxes in JSON ({cause}){quotes}", quote(text))
    })?;
    list.iter().map(|value| one(value, format)).collect::<Result<_, _>>().map(Some)
}

fn one(value: &Value, format: Option<BoxFormat>) -> Result<LabeledBox, String> {
    let parsed = match value {
        Value::Object(members) => of_object(members, format)?,
        Value::Array(items) => of_list(items, format)?,
        other => return Err(format!("{other} is not a box: write {{\"label\": \"…\", \"box\": [x1, y1, x2, y2]}}")),
    };
    let [x1, y1, x2, y2] = parsed.corners;
    if x2 < x1 || y2 < y1 {
        let hint = match format {
            Some(_) => "",
            None => "; box_format = \"xywh\" or \"cxcywh\" says that its numbers mean something else",
        };
        return Err(format!("the box {value} ends before it begins{hint}"));
    }
    Ok(parsed)
}

const LABELS: [&str; 6] = ["label", "class", "category", "name", "category_id", "class_id"];
/// Names of the four numbers, and what they mean.
const NUMBERS: [([&str; 4], BoxFormat); 6] = [
    (["x1", "y1", "x2", "y2"], BoxFormat::Corners),
    (["x0", "y0", "x1", "y1"], BoxFormat::Corners),
    (["xmin", "ymin", "xmax", "ymax"], BoxFormat::Corners),
    (["left", "top", "right", "bottom"], BoxFormat::Corners),
    (["x", "y", "width", "height"], BoxFormat::Size),
    (["x", "y", "w", "h"], BoxFormat::Size),
];

fn of_object(members: &Map<String, Value>, format: Option<BoxFormat>) -> Result<LabeledBox, String> {
    let object = || Value::Object(members.clone());
    let label = LABELS.iter().find_map(|key| members.get(*key)).and_then(label_of);
    let label = label.ok_or_else(|| format!("the box {} has no \"label\"", object()))?;
    let listed =
        [("box", BoxFormat::Corners), ("bbox", BoxFormat::Size)].into_iter().find_map(|(key, usual)| Some((members.get(key)?, usual)));
    let (numbers, usual) = match listed {
        Some((value, usual)) => (value.as_array().and_then(|items| four(items)), usual),
        None => {
            let named = NUMBERS.iter().find(|(names, _)| names.iter().all(|name| members.contains_key(*name)));
            let (names, usual) = named.ok_or_else(|| format!("the object {} has no \"box\"", object()))?;
            let items: Vec<Value> = names.iter().map(|name| members[*name].clone()).collect();
            (four(&items), *usual)
        }
    };
    let numbers = numbers.ok_or_else(|| format!("the box of {} is not four finite numbers", object()))?;
    let flag = |keys: &[&str]| {
        keys.iter().filter_map(|key| members.get(*key)).any(|value| value.as_bool() == Some(true) || value.as_f64() == Some(1.0))
    };
    Ok(LabeledBox {
        label,
        corners: format.unwrap_or(usual).corners(numbers),
        area: members.get("area").and_then(Value::as_f64).filter(|area| area.is_finite() && *area >= 0.0),
        is_crowd: flag(&["crowd", "iscrowd"]),
        is_ignored: flag(&["ignore", "ignored", "difficult"]),
    })
}

fn of_list(items: &[Value], format: Option<BoxFormat>) -> Result<LabeledBox, String> {
    let wrong = || format!("{} is not a box: write [x1, y1, x2, y2, label]", Value::Array(items.to_vec()));
    let [numbers @ .., label] = items else { return Err(wrong()) };
    let (numbers, label) = four(numbers).zip(label_of(label)).ok_or_else(wrong)?;
    let corners = format.unwrap_or(BoxFormat::Corners).corners(numbers);
    Ok(LabeledBox { label, corners, area: None, is_crowd: false, is_ignored: false })
}

pub(super) fn label_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => number.as_f64().map(format_number),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}

fn four(items: &[Value]) -> Option<[f64; 4]> {
    let numbers: Option<Vec<f64>> =
        items.iter().map(|item| item.as_f64().filter(|number| number.is_finite() && number.abs() < 1e9)).collect();
    numbers?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corners(text: &str) -> Vec<[f64; 4]> {
        let boxes = parse(Cell::Text(text), None).expect("boxes").expect("known");
        boxes.into_iter().map(|own| own.corners).collect()
    }

    #[test]
    fn boxes_are_read_as_people_write_them() {
        for text in [
            r#"[{"label": "cat", "box": [1, 2, 4, 8]}]"#,
            r#"[{"category": "cat", "bbox": [1, 2, 3, 6]}]"#,
            r#"[{"name": "cat", "xmin": 1, "ymin": 2, "xmax": 4, "ymax": 8}]"#,
            r#"[{"class": "cat", "x": 1, "y": 2, "width": 3, "height": 6}]"#,
            r#"[{"class": "cat", "x0": 1, "y0": 2, "x1": 4, "y1": 8}]"#,
            r#"[[1, 2, 4, 8, "cat"]]"#,
        ] {
            assert_eq!(corners(text), [[1.0, 2.0, 4.0, 8.0]], "{text}");
            assert_eq!(parse(Cell::Text(text), None).unwrap().unwrap()[0].label, "cat", "{text}");
        }
        let middle = parse(Cell::Text("[[2.5, 5, 3, 6, 7]]"), Some(BoxFormat::Middle)).unwrap().unwrap();
        assert_eq!((middle[0].corners, middle[0].label.as_str()), ([1.0, 2.0, 4.0, 8.0], "7"));
    }

    #[test]
    fn unknown_is_not_empty() {
        assert_eq!(parse(Cell::Missing, None), Ok(None));
        for cell in [Cell::Text("[]"), Cell::Texts(&[]), Cell::Numbers(&[])] {
            assert_eq!(parse(cell, None), Ok(Some(Vec::new())));
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, problem) in [
            (r#"[{"box": [1, 2, 3, 4]}]"#, "has no \"label\""),
            (r#"[{"label": "a"}]"#, "has no \"box\""),
            (r#"[{"label": "a", "box": [1, 2, 3]}]"#, "not four finite numbers"),
            (r#"[{"label": "a", "box": [5, 2, 3, 4]}]"#, "box_format"),
            ("[{'label': 'a'}]", "double quotes"),
            ("[1]", "is not a box"),
            ("cat", "is not a list of boxes"),
        ] {
            let found = parse(Cell::Text(text), None).unwrap_err();
            assert!(found.contains(problem), "{text}: {found}");
        }
    }
}
