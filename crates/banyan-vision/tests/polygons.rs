//! Masks of polygons against those of pycocotools.

use banyan_vision::masks::polygon::rasterize;

/// The generator of `fixtures/make.py`.
struct Generator(u32);

impl Generator {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 16) % bound
    }
}

#[test]
fn as_pycocotools() {
    let texts: Vec<String> = serde_json::from_str(include_str!("fixtures/polygons.json")).unwrap();
    let mut generator = Generator(7);
    for (number, text) in texts.iter().enumerate() {
        let [height, width] = [40, 40].map(|bound| 1 + generator.below(bound));
        let points = 3 + generator.below(8);
        let size = [width, height];
        let coordinate = |place: u32| f64::from(generator.below(8 * (size[place as usize % 2] + 20))) / 8.0 - 10.0;
        let polygon: Vec<f64> = (0..2 * points).map(coordinate).collect();
        let mask = rasterize(std::slice::from_ref(&polygon), height, width).unwrap();
        assert_eq!(&mask.to_text(), text, "polygon {number} of {width} × {height}: {polygon:?}");
    }
}
