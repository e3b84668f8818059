//! The lines of a file of labels.

use super::super::error::{Error, quote};
use super::super::{AnnotatedObject, Repairs, Segmentation, has_area};
use crate::boxes::Rectangle;

/// How far outside 0 to 1 a value may lie by rounding.
const SLACK: f64 = 0.01;

/// Reads the objects of an image, of this width and height in pixels, from the text of its labels; `file` is what messages call it.
///
/// Boxes that reach over the image's edge are clipped and counted.
///
/// # Errors
/// If a line has a class that is not below the number of classes, neither a box nor a polygon, or numbers that are not parts of a side.
pub fn parse(
    text: &str,
    file: &str,
    classes: usize,
    (width, height): (u32, u32),
    repairs: &mut Repairs,
) -> Result<Vec<AnnotatedObject>, Error> {
    let (width, height) = (f64::from(width), f64::from(height));
    let mut objects = Vec::new();
    for (number, line) in (1_u64..).zip(text.lines()) {
        let error = |problem: String| Error::content(file, format!("line {number}"), problem);
        let mut cells = line.split_ascii_whitespace();
        let Some(class) = cells.next() else { continue };
        let class = class_of(class, classes).map_err(error)?;
        let numbers = cells.map(part).collect::<Result<Vec<f64>, String>>().map_err(error)?;
        let (rectangle, segmentation) = match numbers[..] {
            [x, y, w, h] => (Rectangle::from_center([x, y, w, h]).scale(width, height), None),
            _ if numbers.len() >= 6 && numbers.len().is_multiple_of(2) => {
                let polygon: Vec<f64> = numbers.chunks_exact(2).flat_map(|point| [point[0] * width, point[1] * height]).collect();
                (around(&polygon), Some(Segmentation::Polygons(vec![polygon])))
            }
            _ => {
                return Err(error(format!(
                    "{} numbers follow the class, and there are 4 of a box or 2 for each of a polygon's points",
                    numbers.len()
                )));
            }
        };
        let within = rectangle.clip(width, height);
        // What rounding puts over the edge is not worth a note.
        let over = within.edges().iter().zip(rectangle.edges()).any(|(within, edge)| (within - edge).abs() > 0.5);
        if has_area(&within, repairs) {
            repairs.clipped += usize::from(over);
            objects.push(AnnotatedObject { class, rectangle: within, area: within.area(), crowd: false, difficult: false, segmentation });
        }
    }
    Ok(objects)
}

/// A class, which some tools write as `3.0`.
fn class_of(cell: &str, classes: usize) -> Result<usize, String> {
    let whole = cell.parse::<f64>().ok().filter(|class| *class >= 0.0 && class.fract() == 0.0);
    match whole {
        Some(class) if class < classes as f64 => Ok(class as usize),
        Some(class) => Err(format!("class {class} is not among the {classes} names; classes are numbered from 0")),
        None => Err(format!("{} is no class; a line begins with the number of one", quote(cell))),
    }
}

fn part(cell: &str) -> Result<f64, String> {
    let number: f64 = cell.parse().map_err(|_| format!("{} is no number", quote(cell)))?;
    if (-SLACK..=1.0 + SLACK).contains(&number) {
        Ok(number)
    } else {
        Err(format!("{number} is not between 0 and 1; divide pixels by the image's width or height"))
    }
}

/// The smallest box around the points of a polygon.
fn around(polygon: &[f64]) -> Rectangle {
    let mut around = Rectangle::new(f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
    for point in polygon.chunks_exact(2) {
        let (x, y) = (point[0], point[1]);
        around = Rectangle::new(around.x1.min(x), around.y1.min(y), around.x2.max(x), around.y2.max(y));
    }
    around
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Result<(Vec<AnnotatedObject>, Repairs), Error> {
        let mut repairs = Repairs::default();
        parse(text, "a.txt", 3, (200, 100), &mut repairs).map(|objects| (objects, repairs))
    }

    #[test]
    fn boxes_and_polygons_in_one_file() {
        let (objects, repairs) =
            parsed("2 0.5 0.5 0.25 0.5\r\n\n0.0 0.25 0.5 0.5 1.0 0.75 0.5\n1 0.9 0.5 0.3 0.5\n1 0.5 0.5 0 0.1\n").unwrap();
        let [first, polygon, clipped] = &objects[..] else { panic!("three objects") };
        assert_eq!((first.class, first.rectangle), (2, Rectangle::new(75.0, 25.0, 125.0, 75.0)));
        assert_eq!((polygon.class, polygon.rectangle), (0, Rectangle::new(50.0, 50.0, 150.0, 100.0)));
        assert_eq!(polygon.segmentation, Some(Segmentation::Polygons(vec![vec![50.0, 50.0, 100.0, 100.0, 150.0, 50.0]])));
        assert_eq!((clipped.rectangle.x2, clipped.area), (200.0, clipped.rectangle.area()));
        assert_eq!(repairs, Repairs { dropped: 1, clipped: 1 });
        let (objects, repairs) = parsed("0 1.0000001 0.5 0.5 1.002").unwrap();
        assert_eq!((objects[0].rectangle.y1, objects[0].rectangle.y2, repairs.clipped), (0.0, 100.0, 1));
        assert_eq!(parsed("").unwrap().0, []);
    }

    #[test]
    fn mistakes_are_sentences() {
        for (line, message) in [
            ("3 0.5 0.5 0.1 0.1", "class 3 is not among the 3 names; classes are numbered from 0"),
            ("dog 0.5 0.5 0.1 0.1", "\"dog\" is no class; a line begins with the number of one"),
            ("-1 0.5 0.5 0.1 0.1", "\"-1\" is no class; a line begins with the number of one"),
            ("0 0.5 0.5 0.1", "3 numbers follow the class, and there are 4 of a box or 2 for each of a polygon's points"),
            ("0 50 0.5 0.1 0.1", "50 is not between 0 and 1; divide pixels by the image's width or height"),
            ("0 0.5 NaN 0.1 0.1", "NaN is not between 0 and 1; divide pixels by the image's width or height"),
            ("0 0.5 0,5 0.1 0.1", "\"0,5\" is no number"),
        ] {
            let error = parsed(&format!("0 0.5 0.5 0.1 0.1\n{line}")).unwrap_err().to_string();
            assert_eq!(error, format!("a.txt, line 2: {message}"));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_list_or_an_error(text in "[0-2] ([0-9.eE+-]{1,6} ){0,8}\\PC{0,3}") {
            let _ = parsed(&text);
        }
    }
}
