use super::*;

const SMALL: &str = r#"{
"info": {"year": 2026}, "licenses": [],
"images": [
  {"id": 3000000000, "file_name": "a.jpg", "width": 60, "height": 40, "license": 1},
  {"id": 7, "file_name": "empty.jpg", "width": 6, "height": 5}],
"annotations": [
  {"id": 1, "image_id": 3000000000, "category_id": 90, "bbox": [1, 2.5, 10, 20], "area": 150.5, "iscrowd": 0,
   "segmentation": [[1, 1, 4, 1, 4, 3, 1, 3]]},
  {"id": 2, "image_id": 3000000000, "category_id": 1, "bbox": [0, 0, 60, 40], "iscrowd": 1, "segmentation": {"size": [2, 2], "counts": [0, 4]}},
  {"id": 3, "image_id": 3000000000, "category_id": 1, "bbox": [5, 5, 3, 3], "segmentation": {"size": [4, 5], "counts": "5220002O"}},
  {"id": 4, "image_id": 3000000000, "category_id": 1, "bbox": [5, 5, 0, 3], "segmentation": []}],
"categories": [{"id": 90, "name": "toothbrush", "supercategory": "indoor"}, {"id": 1, "name": "person"}]}"#;

fn parse(text: &str) -> Result<AnnotatedSet, Error> {
    super::parse(text.as_bytes(), "small.json", Segmentations::Keep)
}

#[test]
fn a_small_file() {
    let set = parse(SMALL).unwrap();
    assert_eq!((set.classes, set.class_numbers), (vec!["person".to_owned(), "toothbrush".to_owned()], vec![1, 90]));
    assert_eq!((set.repairs.dropped, set.repairs.clipped), (1, 0));
    let [image, empty] = &set.images[..] else { panic!("two images") };
    assert_eq!((image.file.as_str(), image.number, image.size), ("a.jpg", 3_000_000_000, Some((60, 40))));
    assert_eq!((empty.objects.len(), &empty.coverage), (0, &Coverage::Complete), "an image without annotations is one without objects");

    let [brush, crowd, person] = &image.objects[..] else { panic!("three objects") };
    assert_eq!((brush.class, brush.rectangle, brush.area, brush.crowd), (1, Rectangle::new(1.0, 2.5, 11.0, 22.5), 150.5, false));
    assert_eq!((crowd.crowd, crowd.area, crowd.difficult), (true, 2400.0, false));
    let mask = |object: &AnnotatedObject, height, width| object.segmentation.as_ref().unwrap().mask(height, width).map(|mask| mask.area());
    assert_eq!((mask(brush, 5, 6), mask(crowd, 2, 2), mask(person, 4, 5)), (Ok(6), Ok(4), Ok(7)));
    let size = mask(person, 5, 4).unwrap_err().to_string();
    assert_eq!(size, "it has 20 pixels, but the image of 4 × 5 has 20");

    let boxes = super::parse(SMALL.as_bytes(), "small.json", Segmentations::Skip).unwrap();
    assert_eq!(boxes.images[0].objects[0].rectangle, brush.rectangle);
    assert!(boxes.images[0].objects.iter().all(|object| object.segmentation.is_none()));
}

#[test]
fn classes_of_lvis() {
    let text = r#"{"images": [{"id": 1, "coco_url": "http://images.cocodataset.org/val2017/000000397133.jpg",
        "neg_category_ids": [5, 2], "not_exhaustive_category_ids": [9]}],
        "annotations": [], "categories": [{"id": 9, "name": "c"}, {"id": 5, "name": "b"}, {"id": 2, "name": "a"}]}"#;
    let set = parse(text).unwrap();
    assert_eq!((set.images[0].file.as_str(), set.images[0].size), ("val2017/000000397133.jpg", None));
    assert_eq!(set.images[0].coverage, Coverage::Partial { absent: vec![0, 1], not_exhaustive: vec![2] });
}

#[test]
fn mistakes_are_sentences() {
    for (from, to, message) in [
        (r#""category_id": 90"#, r#""category_id": 91"#, "annotation 1: its category_id 91 is none of the categories; add the category"),
        (
            r#""id": 2, "image_id": 3000000000"#,
            r#""id": 2, "image_id": 8"#,
            "annotation 2: its image_id 8 is none of the images; add the image or remove the annotation",
        ),
        (r#""id": 7,"#, r#""id": 3000000000,"#, "image 3000000000: two images have this id; give each its own"),
        (
            r#""name": "person""#,
            r#""name": "toothbrush""#,
            r#"category 1: category 90 has the same name, "toothbrush"; rename one of them"#,
        ),
        (r#""bbox": [0, 0, 60, 40], "#, "", "annotation 2: it has no bbox; give it [x, y, width, height]"),
        (r#""file_name": "a.jpg", "#, "", "image 3000000000: it has no file_name; add it"),
        (
            "[[1, 1, 4, 1, 4, 3, 1, 3]]",
            "7",
            "line 8 column 21: a segmentation is neither a list of polygons nor an object with size and counts; a COCO file is an object with \
             images, annotations and categories",
        ),
        (
            "\"categories\"",
            "\"classes\"",
            "line 12 column 102: missing field `categories`; a COCO file is an object with images, annotations and categories",
        ),
    ] {
        assert!(SMALL.contains(from), "{from}");
        let error = parse(&SMALL.replacen(from, to, 1)).unwrap_err().to_string();
        assert_eq!(error, format!("small.json, {message}"));
    }
}

#[test]
fn a_cut_off_file_is_an_error() {
    (0..SMALL.len()).for_each(|end| assert!(parse(&SMALL[..end]).is_err(), "{end}"));
    assert!(parse(&"[".repeat(100_000)).is_err());
    assert!(
        read(Path::new("/there/is/none.json"), Segmentations::Skip).unwrap_err().to_string().starts_with("cannot read /there/is/none.json")
    );
}

/// Such as those of a test set.
#[test]
fn a_file_without_annotations_tells_nothing_of_its_images() {
    let set = parse(&SMALL.replacen("\"annotations\"", "\"others\"", 1)).unwrap();
    assert!(set.images.iter().all(|image| image.objects.is_empty() && image.coverage == Coverage::Unlabeled));
}
