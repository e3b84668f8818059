//! Pascal VOC's XML (M. Everingham et al.: The Pascal Visual Object Classes Challenge, IJCV 2010): a file for each image.

use std::collections::BTreeMap;
use std::path::PathBuf;

use roxmltree::{Document, Node};

use super::error::{Error, quote, text};
use super::{AnnotatedImage, AnnotatedObject, AnnotatedSet, Coverage, Repairs, has_area};
use crate::boxes::Rectangle;

/// What the first pixel is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// 1, and the last pixel of a box is within it, as VOC has it: the left and upper edges are one less than the file says.
    #[default]
    One,
    /// 0, and numbers are edges, as some tools write them.
    Zero,
}

/// Reads the files of some images, in their order. Classes are in the order of their names.
///
/// # Errors
/// If a file cannot be read, or is no such XML.
pub fn read(paths: &[PathBuf], origin: Origin) -> Result<AnnotatedSet, Error> {
    let mut records = Vec::with_capacity(paths.len());
    let mut repairs = Repairs::default();
    for path in paths {
        records.push(parse(&text(path)?, &path.display().to_string(), origin, &mut repairs)?);
    }
    Ok(assemble(records, repairs))
}

/// An image whose classes are names.
struct Record {
    file: String,
    size: Option<(u32, u32)>,
    objects: Vec<(String, AnnotatedObject)>,
}

fn assemble(records: Vec<Record>, repairs: Repairs) -> AnnotatedSet {
    let names = records.iter().flat_map(|record| record.objects.iter().map(|(name, _)| (name.clone(), 0)));
    let mut places: BTreeMap<String, usize> = names.collect();
    places.values_mut().zip(0..).for_each(|(value, place)| *value = place);
    let image = |(number, record): (u64, Record)| {
        let with_class = |(name, object): (String, AnnotatedObject)| AnnotatedObject { class: places[&name], ..object };
        AnnotatedImage {
            file: record.file,
            number,
            size: record.size,
            objects: record.objects.into_iter().map(with_class).collect(),
            coverage: Coverage::Complete,
        }
    };
    let images = (0..).zip(records).map(image).collect();
    AnnotatedSet { class_numbers: (0..places.len() as u64).collect(), classes: places.into_keys().collect(), images, repairs }
}

fn parse(text: &str, file: &str, origin: Origin, repairs: &mut Repairs) -> Result<Record, Error> {
    let document = Document::parse(text).map_err(|cause| {
        let place = format!("line {}", cause.pos().row);
        Error::content(file, place, format!("this is no XML that can be read: {cause}"))
    })?;
    let reader = Reader { document: &document, file };
    let root = document.root_element();
    if root.tag_name().name() != "annotation" {
        let name = quote(root.tag_name().name());
        return Err(reader.error(root, format!("the outermost element is {name}, and in VOC's files it is \"annotation\"")));
    }
    let mut objects = Vec::new();
    for object in root.children().filter(|node| node.has_tag_name("object")) {
        let (name, object) = reader.object(object, origin)?;
        if has_area(&object.rectangle, repairs) {
            objects.push((name, object));
        }
    }
    Ok(Record { file: reader.text_of(root, "filename")?.to_owned(), size: reader.size(root)?, objects })
}

struct Reader<'a> {
    document: &'a Document<'a>,
    file: &'a str,
}

impl<'a> Reader<'a> {
    fn error(&self, node: Node<'_, '_>, problem: impl Into<String>) -> Error {
        let line = self.document.text_pos_at(node.range().start).row;
        Error::content(self.file, format!("line {line}"), problem)
    }

    fn child(&self, node: Node<'a, 'a>, name: &str) -> Result<Node<'a, 'a>, Error> {
        let child = node.children().find(|child| child.has_tag_name(name));
        child.ok_or_else(|| self.error(node, format!("<{}> has no <{name}>; add it", node.tag_name().name())))
    }

    fn text_of(&self, node: Node<'a, 'a>, name: &str) -> Result<&'a str, Error> {
        let child = self.child(node, name)?;
        let text = child.text().map(str::trim).filter(|text| !text.is_empty());
        text.ok_or_else(|| self.error(child, format!("<{name}> is empty")))
    }

    fn number(&self, node: Node<'a, 'a>, name: &str) -> Result<f64, Error> {
        let text = self.text_of(node, name)?;
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or_else(|| self.error(node, format!("<{name}> is {}, which is no number", quote(text))))
    }

    /// Width and height; some tools leave them out, or write 0.
    fn size(&self, root: Node<'a, 'a>) -> Result<Option<(u32, u32)>, Error> {
        let Some(size) = root.children().find(|child| child.has_tag_name("size")) else { return Ok(None) };
        let (width, height) = (self.number(size, "width")?, self.number(size, "height")?);
        let is_size = |side: f64| side >= 1.0 && side <= f64::from(u32::MAX);
        Ok((is_size(width) && is_size(height)).then_some((width as u32, height as u32)))
    }

    fn object(&self, node: Node<'a, 'a>, origin: Origin) -> Result<(String, AnnotatedObject), Error> {
        let bounds = self.child(node, "bndbox")?;
        let edge = |name| self.number(bounds, name);
        let (x, y) = (edge("xmin")?, edge("ymin")?);
        let first = match origin {
            Origin::One => 1.0,
            Origin::Zero => 0.0,
        };
        let rectangle = Rectangle::new(x - first, y - first, edge("xmax")?, edge("ymax")?);
        let difficult = node.children().find(|child| child.has_tag_name("difficult")).and_then(|child| child.text());
        let object = AnnotatedObject {
            class: 0,
            rectangle,
            area: rectangle.area(),
            crowd: false,
            difficult: difficult.is_some_and(|text| matches!(text.trim(), "1" | "true" | "True")),
            segmentation: None,
        };
        Ok((self.text_of(node, "name")?.to_owned(), object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SMALL: &str = "<annotation>
  <folder>VOC2012</folder><filename>2008_000008.jpg</filename>
  <size><width>500</width><height>442</height><depth>3</depth></size>
  <object><name>person</name><difficult>1</difficult>
    <part><name>head</name><bndbox><xmin>9</xmin><ymin>9</ymin><xmax>10</xmax><ymax>10</ymax></bndbox></part>
    <bndbox><xmin>1</xmin><ymin>2</ymin><xmax>500</xmax><ymax>442</ymax></bndbox></object>
  <object><name>horse</name><bndbox><xmax>45.5</xmax><ymax>40</ymax><xmin> 20.5 </xmin><ymin>10</ymin></bndbox></object>
  <object><name>cat</name><bndbox><xmin>5</xmin><ymin>5</ymin><xmax>4</xmax><ymax>8</ymax></bndbox></object>
</annotation>";

    fn parsed(text: &str, origin: Origin) -> Result<AnnotatedSet, Error> {
        let mut repairs = Repairs::default();
        let record = parse(text, "a.xml", origin, &mut repairs)?;
        Ok(assemble(vec![record], repairs))
    }

    #[test]
    fn a_small_file() {
        let set = parsed(SMALL, Origin::One).unwrap();
        assert_eq!((set.classes, set.class_numbers, set.repairs.dropped), (vec!["horse".to_owned(), "person".to_owned()], vec![0, 1], 1));
        let image = &set.images[0];
        assert_eq!((image.file.as_str(), image.size, image.number), ("2008_000008.jpg", Some((500, 442)), 0));
        let [person, horse] = &image.objects[..] else { panic!("two objects") };
        assert_eq!((person.class, person.difficult, person.rectangle), (1, true, Rectangle::new(0.0, 1.0, 500.0, 442.0)));
        assert_eq!((horse.class, horse.difficult, horse.rectangle), (0, false, Rectangle::new(19.5, 9.0, 45.5, 40.0)));

        let zero = parsed(SMALL, Origin::Zero).unwrap();
        assert_eq!(zero.images[0].objects[1].rectangle, Rectangle::new(20.5, 10.0, 45.5, 40.0));
        let without = parsed(&SMALL.replace("<width>500", "<width>0"), Origin::One).unwrap();
        assert_eq!(without.images[0].size, None);
    }

    #[test]
    fn mistakes_are_sentences() {
        for (from, to, message) in [
            ("<xmin>1</xmin>", "", "line 6: <bndbox> has no <xmin>; add it"),
            ("<xmin>1</xmin>", "<xmin>one</xmin>", "line 6: <xmin> is \"one\", which is no number"),
            ("<name>horse</name>", "<name/>", "line 7: <name> is empty"),
            ("<filename>2008_000008.jpg</filename>", "", "line 1: <annotation> has no <filename>; add it"),
        ] {
            assert!(SMALL.contains(from), "{from}");
            let error = parsed(&SMALL.replacen(from, to, 1), Origin::One).unwrap_err().to_string();
            assert_eq!(error, format!("a.xml, {message}"));
        }
        let other = parsed("<svg/>", Origin::One).unwrap_err().to_string();
        assert_eq!(other, "a.xml, line 1: the outermost element is \"svg\", and in VOC's files it is \"annotation\"");
    }

    #[test]
    fn damaged_and_hostile_files_are_errors() {
        (0..SMALL.len()).for_each(|end| assert!(parsed(&SMALL[..end], Origin::One).is_err(), "{end}"));
        let laughs = "<!DOCTYPE a [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><annotation>&b;</annotation>";
        assert!(parsed(laughs, Origin::One).unwrap_err().to_string().contains("DTD"));
        assert!(parsed(&"<annotation>".repeat(100_000), Origin::One).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_a_set_or_an_error(text in "[<>/&;!\\[\\]a-c\"= \\n0-9.]{0,60}", place in 0..SMALL.len(), other in any::<char>()) {
            let _ = parsed(&text, Origin::One);
            let damaged: String = SMALL.chars().enumerate().map(|(at, character)| if at == place { other } else { character }).collect();
            let _ = parsed(&damaged, Origin::Zero);
        }
    }
}
