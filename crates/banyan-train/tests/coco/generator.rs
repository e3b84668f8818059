//! Sets of images made of integers, as `fixtures/metrics/make_coco.py` makes them.

use banyan_train::metrics::coco::{Detection, Truth, TruthKind};
use banyan_vision::boxes::Rectangle;

pub(crate) struct Image {
    pub(crate) number: u64,
    pub(crate) truths: Vec<Truth<Rectangle>>,
    pub(crate) detections: Vec<Detection<Rectangle>>,
}

pub(crate) struct Parameters {
    pub(crate) images: u32,
    pub(crate) classes: u32,
    /// One more than the most truths of an image.
    pub(crate) truths: u32,
    /// One truth of so many is a crowd.
    pub(crate) crowd: u32,
    /// The different scores of a detection: the fewer, the more ties.
    pub(crate) scores: u32,
    /// One more than the most detections of an image that belong to no truth.
    pub(crate) strays: u32,
    /// The area of a truth is that of its box divided by this.
    pub(crate) hollow: f64,
}

impl Parameters {
    pub(crate) const GOLDEN: Self = Self { images: 40, classes: 3, truths: 7, crowd: 16, scores: 80, strays: 4, hollow: 1.0 };

    /// Those of one of the random sets.
    pub(crate) fn of_set(set: u32) -> Self {
        Self {
            images: 1 + set % 12,
            classes: 1 + set % 5,
            truths: 1 + set % 8,
            crowd: 4 + set % 13,
            scores: [80, 10, 3][set as usize % 3],
            strays: if set % 20 == 7 { 400 } else { 4 },
            hollow: if set % 4 == 3 { 2.0 } else { 1.0 },
        }
    }
}

/// The images, and the state of the generator after them.
pub(crate) fn images(seed: u32, parameters: &Parameters) -> (Vec<Image>, u32) {
    let mut state = seed;
    let mut below = |bound: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % bound
    };
    let images = (1..=u64::from(parameters.images))
        .map(|number| {
            let mut truths = Vec::new();
            for _ in 0..below(parameters.truths) {
                let class = below(parameters.classes) as usize;
                let (width, height) = (8 + below(90), 8 + below(90));
                let (x, y) = (below(161 - width), below(161 - height));
                let kind = if below(parameters.crowd) == 0 { TruthKind::Crowd } else { TruthKind::Object };
                let shape = Rectangle::from_corner([x, y, width, height].map(f64::from));
                truths.push(Truth { class, shape, area: f64::from(width * height) / parameters.hollow, kind });
            }
            let mut detections = Vec::new();
            for truth in &truths {
                if below(5) == 0 {
                    continue;
                }
                for _ in 0..1 + below(2) {
                    let moved = [11, 11, 13, 13].map(|bound| f64::from(below(bound)) - f64::from(bound / 2));
                    let class = if below(8) == 0 { below(parameters.classes) as usize } else { truth.class };
                    let score = f64::from(20 + below(parameters.scores)) / 100.0;
                    let [x, y, width, height] = truth.shape.to_corner();
                    let corner = [x + moved[0], y + moved[1], (width + moved[2]).max(1.0), (height + moved[3]).max(1.0)];
                    detections.push(Detection { class, shape: Rectangle::from_corner(corner), score });
                }
            }
            for _ in 0..below(parameters.strays) {
                let class = below(parameters.classes) as usize;
                let (width, height) = (8 + below(60), 8 + below(60));
                let (x, y) = (below(161 - width), below(161 - height));
                let score = f64::from(1 + below(60)) / 100.0;
                detections.push(Detection { class, shape: Rectangle::from_corner([x, y, width, height].map(f64::from)), score });
            }
            Image { number, truths, detections }
        })
        .collect();
    (images, state)
}
