//! What is learned of images: their size as they are shown, and the levels of 16 bits.

use banyan_data::batch::InputValues;
use banyan_data::config::OnBadRow;
use banyan_data::dataset::{Dataset, EncodeOptions};
use banyan_data::inputs::{ImageSchema, InputKind};
use banyan_data::schema::Schema;

use crate::support::{Folder, all, inputs};

/// The values of images, and what was learned of them.
fn images(folder: &Folder, names: &[&str]) -> (Vec<f32>, ImageSchema) {
    let table = folder.table("t.csv", format!("i\n{}\n", names.join("\n")));
    let schema = Schema::fit(&table, &all(&table), &inputs(&[("i", InputKind::Image)]), &[], OnBadRow::Error).unwrap();
    let (dataset, _) = Dataset::encode(&table, &all(&table), &schema, EncodeOptions::default()).unwrap();
    let batch = dataset.batch(&all(&table)).unwrap();
    let InputValues::Image(values) = &batch.inputs[0].values else { panic!() };
    (values.pixels.clone(), schema.inputs[0].details.downcast::<ImageSchema>().unwrap().clone())
}

#[test]
fn images_of_16_bits_keep_their_contrast() {
    let folder = Folder::new();
    for (name, step) in [("a.png", 10), ("b.png", 20)] {
        let image = image::ImageBuffer::from_fn(16, 16, |x, _| image::Luma([x as u16 * step]));
        image::DynamicImage::ImageLuma16(image).save(folder.file(name, "")).unwrap();
    }
    let (values, schema) = images(&folder, &["a.png", "b.png"]);
    assert_eq!(schema.levels, Some([0, 300]));
    let mut distinct = values[..16].to_vec();
    distinct.dedup();
    assert_eq!(distinct.len(), 16, "every level of the first row is another one");
    let ratio = (values[15] - values[0]) / (values[256 + 15] - values[256]);
    assert!((ratio - 0.5).abs() < 0.01, "all images have one scale: {ratio}");
    // The schema says so, and comes back with it; one of an earlier version has no levels.
    let saved = serde_json::to_value(&schema).unwrap();
    assert_eq!((&saved["levels"], serde_json::from_value::<ImageSchema>(saved.clone()).unwrap()), (&serde_json::json!([0, 300]), schema));
    let mut earlier = saved;
    earlier.as_object_mut().unwrap().remove("levels");
    assert_eq!(serde_json::from_value::<ImageSchema>(earlier).unwrap().levels, None);
}

#[test]
fn images_of_8_bits_have_no_levels_to_learn() {
    let folder = Folder::new();
    folder.gray("a.png", 4, 4, 3);
    folder.gray("b.png", 4, 4, 9);
    let (_, schema) = images(&folder, &["a.png", "b.png"]);
    assert_eq!(schema.levels, None);
    assert_eq!(serde_json::to_value(&schema).unwrap().get("levels"), None);
}

#[test]
fn the_default_size_is_that_of_images_as_they_are_shown() {
    let folder = Folder::new();
    // 40 wide and 20 high, and to be turned by a quarter.
    let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
    for name in ["a.png", "b.png"] {
        let mut bytes = Vec::new();
        let mut encoder = image::codecs::png::PngEncoder::new(&mut bytes);
        image::ImageEncoder::set_exif_metadata(&mut encoder, exif.clone()).unwrap();
        image::ImageEncoder::write_image(encoder, &[77; 800], 40, 20, image::ExtendedColorType::L8).unwrap();
        folder.file(name, bytes);
    }
    let (_, schema) = images(&folder, &["a.png", "b.png"]);
    assert_eq!((schema.height, schema.width), (40, 20));
}
