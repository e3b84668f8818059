//! What two masks share.

use super::RunLength;
use super::run_length::Builder;

impl RunLength {
    /// The pixels inside both masks; 0 where they are of different sizes.
    pub fn intersection(&self, other: &Self) -> u64 {
        if !self.is_as_large_as(other) {
            return 0;
        }
        let (mut ours, mut theirs) = (self.inside().peekable(), other.inside().peekable());
        let mut shared = 0;
        while let (Some(&(begin, end)), Some(&(other_begin, other_end))) = (ours.peek(), theirs.peek()) {
            shared += u64::from(end.min(other_end).saturating_sub(begin.max(other_begin)));
            if end <= other_end {
                ours.next();
            } else {
                theirs.next();
            }
        }
        shared
    }

    /// Intersection over union of two masks; 0 where the union is empty, and where they are of different sizes.
    pub fn iou(&self, other: &Self) -> f64 {
        let shared = self.intersection(other);
        ratio(shared, self.area() + other.area() - shared)
    }

    /// The part of this mask that lies within another: how a detection overlaps with a crowd. 0 where this mask is empty.
    pub fn part_within(&self, other: &Self) -> f64 {
        ratio(self.intersection(other), self.area())
    }

    /// The pixels inside any of two masks; none where they are of different sizes.
    pub fn union(&self, other: &Self) -> Option<Self> {
        if !self.is_as_large_as(other) {
            return None;
        }
        let mut ends: Vec<(u32, u32)> = self.inside().chain(other.inside()).collect();
        ends.sort_unstable();
        let (mut builder, mut reached) = (Builder::default(), 0);
        for (begin, end) in ends {
            builder.push(begin.saturating_sub(reached), false);
            builder.push(end.saturating_sub(begin.max(reached)), true);
            reached = reached.max(end);
        }
        builder.push(self.height() * self.width() - reached, false);
        Some(builder.finish(self.height(), self.width()))
    }

    fn is_as_large_as(&self, other: &Self) -> bool {
        (self.height(), self.width()) == (other.height(), other.width())
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rectangle([x, y, width, height]: [usize; 4]) -> RunLength {
        let mut mask = vec![0; 120 * 120];
        (y..y + height).for_each(|row| mask[row * 120 + x..row * 120 + x + width].fill(1));
        RunLength::encode(&mask, 120, 120).unwrap()
    }

    #[test]
    fn crowds_and_sizes() {
        let (detection, truth) = (rectangle([0, 0, 10, 10]), rectangle([5, 5, 100, 100]));
        assert_eq!(detection.part_within(&truth), 0.25);
        assert!((detection.iou(&truth) - 0.0024813896).abs() < 1e-10);
        let other = RunLength::encode(&[1; 4], 2, 2).unwrap();
        assert_eq!((detection.iou(&other), detection.union(&other)), (0.0, None));
        let empty = RunLength::encode(&[0; 4], 2, 2).unwrap();
        assert_eq!((empty.iou(&empty), empty.part_within(&other)), (0.0, 0.0));
    }

    proptest! {
        #[test]
        fn as_pixel_by_pixel(one in prop::collection::vec(0_u8..2, 35), other in prop::collection::vec(0_u8..2, 35)) {
            let [a, b] = [&one, &other].map(|mask| RunLength::encode(mask, 5, 7).unwrap());
            let shared = one.iter().zip(&other).filter(|&(&a, &b)| a + b == 2).count() as u64;
            let either: Vec<u8> = one.iter().zip(&other).map(|(&a, &b)| a | b).collect();
            prop_assert_eq!(a.intersection(&b), shared);
            prop_assert_eq!(a.union(&b).unwrap(), RunLength::encode(&either, 5, 7).unwrap());
        }
    }
}
