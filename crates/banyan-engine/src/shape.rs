//! The shape of a tensor, held inline so that making one never allocates.

use std::fmt;

/// The most axes a tensor can have: batch, height, width, channels and one to spare.
pub const MAX_RANK: usize = 5;

/// Up to [`MAX_RANK`] axis lengths. The last axis is contiguous.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    axes: [usize; MAX_RANK],
    rank: usize,
}

impl Shape {
    /// The shape with these axes.
    ///
    /// # Panics
    /// If there are more than [`MAX_RANK`] axes.
    pub fn new(axes: &[usize]) -> Self {
        assert!(axes.len() <= MAX_RANK, "a tensor has at most {MAX_RANK} axes, not {}", axes.len());
        let mut held = [1; MAX_RANK];
        held[..axes.len()].copy_from_slice(axes);
        Self { axes: held, rank: axes.len() }
    }

    /// The axis lengths.
    pub fn axes(&self) -> &[usize] {
        &self.axes[..self.rank]
    }

    /// The number of elements (1 for a scalar).
    pub fn len(&self) -> usize {
        self.axes().iter().product()
    }

    /// Whether some axis has length 0.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of elements from one place of the axes before `axis` to the next: the lengths of it and of those after it, multiplied.
    pub fn len_from(&self, axis: usize) -> usize {
        self.axes()[axis..].iter().product()
    }

    /// The length of the last axis (1 for a scalar).
    pub fn last(&self) -> usize {
        self.axes().last().copied().unwrap_or(1)
    }

    /// The number of vectors along the last axis.
    pub fn rows(&self) -> usize {
        self.len().checked_div(self.last()).unwrap_or(0)
    }

    /// The length of the first axis (1 for a scalar): the samples of a batch.
    pub fn samples(&self) -> usize {
        self.axes().first().copied().unwrap_or(1)
    }

    /// The number of elements of a sample.
    pub fn per_sample(&self) -> usize {
        self.axes().iter().skip(1).product()
    }

    /// The same shape with another first axis; of a scalar, a list.
    pub fn with_first(&self, first: usize) -> Self {
        let mut shape = *self;
        shape.axes[0] = first;
        shape.rank = self.rank.max(1);
        shape
    }

    /// The number of axes (0 for a scalar).
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// The index of the last axis.
    ///
    /// # Panics
    /// If this is a scalar, which has none.
    pub fn last_axis(&self) -> usize {
        assert!(self.rank > 0, "a scalar has no last axis");
        self.rank - 1
    }

    /// The same shape with another last axis.
    ///
    /// # Panics
    /// If this is a scalar.
    pub fn with_last(&self, last: usize) -> Self {
        self.with_axis(self.last_axis(), last)
    }

    /// The same shape with another length of one axis.
    ///
    /// # Panics
    /// If there is no such axis.
    pub fn with_axis(&self, axis: usize, length: usize) -> Self {
        assert!(axis < self.rank, "{self:?} has no axis {axis}");
        let mut shape = *self;
        shape.axes[axis] = length;
        shape
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.axes().fmt(f)
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    fn from(axes: [usize; N]) -> Self {
        Self::new(&axes)
    }
}

impl From<&[usize]> for Shape {
    fn from(axes: &[usize]) -> Self {
        Self::new(axes)
    }
}
