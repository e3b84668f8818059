//! Places in memory along three axes.

/// The places of a matrix's rows or columns: index `(i, j, l)` lies at `i * steps[0] + j * steps[1] + l * steps[2]`, and indices count up from
/// the last axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grid {
    pub(crate) counts: [usize; 3],
    pub(crate) steps: [usize; 3],
}

impl Grid {
    /// As many places as `counts` side by side, of `width` numbers each.
    pub(crate) fn dense(counts: [usize; 3], width: usize) -> Self {
        Self { counts, steps: [counts[1] * counts[2] * width, counts[2] * width, width] }
    }

    pub(crate) fn len(&self) -> usize {
        self.counts.iter().product()
    }

    /// The last place; none where there is no place at all, or none that a number could hold.
    pub(crate) fn last(&self) -> Option<usize> {
        let mut last = 0usize;
        for (&count, &step) in self.counts.iter().zip(&self.steps) {
            last = last.checked_add(count.checked_sub(1)?.checked_mul(step)?)?;
        }
        Some(last)
    }

    /// The place of an index on the first two axes.
    #[inline(always)]
    pub(crate) fn start(&self, [i, j]: [usize; 2]) -> usize {
        i * self.steps[0] + j * self.steps[1]
    }

    /// With fewer indices on the first two axes.
    pub(super) fn cut(self, [i, j]: [usize; 2]) -> Self {
        Self { counts: [i, j, self.counts[2]], ..self }
    }

    /// Two grids of the same counts, with axes joined that lie side by side in both: fewer and longer lines.
    pub(super) fn joined(mut a: Self, mut b: Self) -> (Self, Self) {
        let side_by_side =
            |grid: &Self, axis: usize| grid.counts[axis] == 1 || grid.steps[axis] == grid.counts[axis + 1] * grid.steps[axis + 1];
        for axis in [1, 0] {
            // With the last axis joined to it, the one before comes next to the joined one.
            if axis == 0 && a.counts[1] != 1 {
                break;
            }
            if axis == 0 {
                for grid in [&mut a, &mut b] {
                    grid.counts.swap(0, 1);
                    grid.steps.swap(0, 1);
                }
            }
            if side_by_side(&a, 1) && side_by_side(&b, 1) {
                for grid in [&mut a, &mut b] {
                    grid.counts = [grid.counts[0], 1, grid.counts[1] * grid.counts[2]];
                    grid.steps[1] = 0;
                }
            }
        }
        (a, b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(grid: Grid) -> Vec<usize> {
        let [a, b, c] = grid.counts;
        let indices = (0..a).flat_map(|i| (0..b).flat_map(move |j| (0..c).map(move |l| (i, j, l))));
        indices.map(|(i, j, l)| grid.start([i, j]) + l * grid.steps[2]).collect()
    }

    #[test]
    fn joining_axes_keeps_the_places_and_their_order() {
        for (counts, [a, b], expected) in [
            ([2, 3, 4], [[12, 4, 1], [48, 16, 4]], [1, 1, 24]),
            ([2, 3, 4], [[20, 4, 1], [12, 4, 1]], [1, 2, 12]),
            ([2, 3, 4], [[12, 4, 1], [20, 5, 1]], [2, 3, 4]),
            ([2, 1, 4], [[4, 9, 1], [4, 7, 1]], [1, 1, 8]),
            ([3, 2, 1], [[2, 1, 5], [2, 1, 9]], [3, 2, 1]),
        ] {
            let before = [a, b].map(|steps| Grid { counts, steps });
            let after = Grid::joined(before[0], before[1]);
            assert_eq!(after.0.counts, expected);
            assert_eq!([after.0, after.1].map(places), before.map(places));
        }
    }
}
