//! Columns of every kind of input.

use std::path::Path;

use banyan_data::inputs::InputKind;

#[path = "../../../banyan-media/tests/suite/sounds.rs"]
pub(crate) mod sounds;

use sounds::{sine, wav};

/// Four rows as JSON, the third of which lacks what is looked at.
pub(crate) type Cells = [&'static str; 4];

/// A column of a kind of input, and a cell that such a column cannot hold, if there is one.
pub(crate) fn input_cells(kind: InputKind) -> (Cells, Option<&'static str>) {
    match kind {
        InputKind::Number => (["1.5", "-2", "null", "40"], Some("\"much\"")),
        InputKind::Category => (["\"red\"", "\"blue\"", "null", "\"red\""], None),
        InputKind::Set => (["[\"a\", \"b\"]", "[\"b\"]", "null", "[\"c\", \"a\"]"], None),
        InputKind::Date => (["\"2024-01-31\"", "\"2023-12-01\"", "null", "\"2024-02-29\""], Some("\"soon\"")),
        InputKind::Vector => (["[1, 2]", "[0.5, -3]", "null", "[4, 4]"], Some("[1, 2, 3]")),
        InputKind::Text => (["\"a good day\"", "\"rain again\"", "null", "\"good rain\""], None),
        InputKind::Image => (["\"a.png\"", "\"b.png\"", "null", "\"c.png\""], Some("\"none.png\"")),
        InputKind::Audio => (["\"a.wav\"", "\"b.wav\"", "null", "\"a.wav\""], Some("\"none.wav\"")),
        InputKind::Tokens => (["[\"A\", \"day\"]", "[\"day\"]", "null", "[\"A\", \"day\", \"ends\"]"], None),
    }
}

/// Writes the files that cells of media name.
pub(crate) fn write_media(folder: &Path) {
    for (name, level) in [("a.png", 10), ("b.png", 90), ("c.png", 200)] {
        image::GrayImage::from_pixel(6, 8, image::Luma([level])).save(folder.join(name)).unwrap();
    }
    for mask in 0..3 {
        let class = |x: u32, y: u32| image::Luma([if x == 0 { 255 } else { ((x + y) / 4) as u8 % (mask + 1) }]);
        image::GrayImage::from_fn(6, 8, class).save(folder.join(format!("m{mask}.png"))).unwrap();
    }
    for (name, hertz) in [("a.wav", 250.0), ("b.wav", 500.0)] {
        std::fs::write(folder.join(name), wav(&sine(hertz, 8000, 0.2), 8000, 1)).unwrap();
    }
}
