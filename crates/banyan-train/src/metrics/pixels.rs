//! How well masks of classes agree, pixel by pixel.

use super::classes::{mean, ratio};

/// Counts of pixels by their true and their predicted class, pooled over all images.
///
/// - `IoU_k = n_kk / (pixels of class k + pixels given class k − n_kk)`, none for a class that no pixel has or is given;
/// - mean IoU: the mean over the classes that have one, as in mmsegmentation. Others take the mean over the classes of the truth, or over all
///   classes, or of each image's own mean, and get other numbers;
/// - accuracy: the share of pixels whose class is right; mean accuracy: the mean over the classes of the truth of their share.
///
/// Predictions are to be compared at the resolution of the labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PixelConfusion {
    classes: usize,
    ignored: Option<usize>,
    /// For each true class a row of the predicted ones.
    counts: Vec<u64>,
}

impl PixelConfusion {
    /// No pixels yet, for classes `0..classes`; pixels whose true class is `ignored` (255, usually) do not count.
    pub fn new(classes: usize, ignored: Option<usize>) -> Self {
        Self { classes, ignored, counts: vec![0; classes * classes] }
    }

    /// Counts pixels: the true class of each and the predicted one.
    ///
    /// # Panics
    /// Where the slices differ in length, or a class is neither below the number of classes nor ignored.
    pub fn add<T: Copy + Into<usize>>(&mut self, truth: &[T], predicted: &[T]) {
        assert_eq!(truth.len(), predicted.len(), "one prediction a pixel");
        for (&truth, &predicted) in truth.iter().zip(predicted) {
            let (truth, predicted) = (truth.into(), predicted.into());
            if Some(truth) != self.ignored {
                assert!(truth < self.classes && predicted < self.classes, "class {truth} or {predicted} of {}", self.classes);
                self.counts[truth * self.classes + predicted] += 1;
            }
        }
    }

    /// For a true class the counts of the predicted ones.
    pub fn row(&self, truth: usize) -> &[u64] {
        &self.counts[truth * self.classes..][..self.classes]
    }

    /// The pixels that count.
    pub fn pixels(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Intersection over union of a class; none where the union is empty.
    pub fn iou(&self, class: usize) -> Option<f64> {
        let right = self.right(class);
        ratio(right as f64, self.actual(class) + self.given(class) - right)
    }

    /// The mean IoU over the classes that have one; none without pixels.
    pub fn mean_iou(&self) -> Option<f64> {
        mean((0..self.classes).filter_map(|class| self.iou(class)))
    }

    /// The share of pixels whose class is right; none without pixels.
    pub fn accuracy(&self) -> Option<f64> {
        ratio((0..self.classes).map(|class| self.right(class)).sum::<u64>() as f64, self.pixels())
    }

    /// The share of a class's pixels that are given it; none where no pixel has the class.
    pub fn class_accuracy(&self, class: usize) -> Option<f64> {
        ratio(self.right(class) as f64, self.actual(class))
    }

    /// The share of the pixels given a class that are of it; none where no pixel was given it.
    pub fn class_precision(&self, class: usize) -> Option<f64> {
        ratio(self.right(class) as f64, self.given(class))
    }

    /// The mean of [`class_accuracy`](Self::class_accuracy) over the classes that occur in the truth; none without pixels.
    pub fn mean_accuracy(&self) -> Option<f64> {
        mean((0..self.classes).filter_map(|class| self.class_accuracy(class)))
    }

    fn right(&self, class: usize) -> u64 {
        self.row(class)[class]
    }

    fn actual(&self, class: usize) -> u64 {
        self.row(class).iter().sum()
    }

    fn given(&self, class: usize) -> u64 {
        self.counts.iter().skip(class).step_by(self.classes).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: Option<f64>, expected: f64) -> bool {
        value.is_some_and(|value| (value - expected).abs() < 1e-6)
    }

    #[test]
    fn figures_of_the_reference() {
        let mut confusion = PixelConfusion::new(5, Some(255));
        confusion.add(&[0_u8, 0, 1, 1, 0, 2, 2, 255], &[0, 0, 1, 3, 0, 2, 1, 0]);
        confusion.add(&[0_u8, 0, 1, 255], &[1, 0, 1, 3]);
        let rows = [[4, 1, 0, 0, 0], [0, 2, 0, 1, 0], [0, 1, 1, 0, 0], [0; 5], [0; 5]];
        (0..5).for_each(|class| assert_eq!(confusion.row(class), rows[class]));
        for (class, expected) in [0.8, 0.4, 0.5, 0.0].into_iter().enumerate() {
            assert!(close(confusion.iou(class), expected), "{class}");
        }
        assert_eq!((confusion.iou(4), confusion.class_accuracy(3)), (None, None));
        assert!(close(confusion.mean_iou(), 0.425) && close(confusion.accuracy(), 0.7) && close(confusion.mean_accuracy(), 0.655556));
    }

    #[test]
    fn images_are_pooled() {
        let mut confusion = PixelConfusion::new(2, None);
        let (mut truth, mut predicted) = (Vec::<u8>::new(), Vec::new());
        for (class, given, count) in [(0, 0, 8), (0, 1, 2), (1, 0, 1), (1, 1, 9), (0, 0, 20)] {
            truth.extend(vec![class; count]);
            predicted.extend(vec![given; count]);
        }
        let (first, second) = (truth.split_at(20), predicted.split_at(20));
        confusion.add(first.0, second.0);
        confusion.add(first.1, second.1);
        assert!(close(confusion.mean_iou(), 0.826613), "{:?}", confusion.mean_iou());
    }

    #[test]
    fn without_pixels_nothing_has_a_value() {
        let mut confusion = PixelConfusion::new(2, Some(255));
        confusion.add(&[255_u8, 255], &[0, 1]);
        assert_eq!((confusion.mean_iou(), confusion.accuracy(), confusion.mean_accuracy(), confusion.pixels()), (None, None, None, 0));
    }
}
