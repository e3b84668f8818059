//! Moving grids of numbers.

use crate::random::Stream;

/// A way up to a share of a side, to either end.
pub(crate) fn shift(stream: &mut Stream, side: usize, share: f64) -> isize {
    let most = (side as f64 * share).round() as usize;
    stream.below(2 * most + 1) as isize - most as isize
}

/// What comes in at an edge where a grid is moved away from it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Outside<T> {
    /// The nearest cell of the grid.
    NearestEdge,
    /// One value.
    Filled(T),
}

/// Moves a grid of `height × width × channels` values down and to the right.
pub(crate) fn move_grid<T: Copy>(values: &mut [T], [height, width, channels]: [usize; 3], [down, right]: [isize; 2], outside: Outside<T>) {
    if down == 0 && right == 0 {
        return;
    }
    let old = values.to_vec();
    if let Outside::Filled(value) = outside {
        values.fill(value);
    }
    let source = |to: usize, by: isize, side: usize| {
        let from = to as isize - by;
        match outside {
            Outside::NearestEdge => Some(from.clamp(0, side as isize - 1) as usize),
            Outside::Filled(_) => usize::try_from(from).ok().filter(|from| *from < side),
        }
    };
    for row in 0..height {
        let Some(from_row) = source(row, down, height) else { continue };
        for column in 0..width {
            let Some(from_column) = source(column, right, width) else { continue };
            let from = (from_row * width + from_column) * channels;
            values[(row * width + column) * channels..][..channels].copy_from_slice(&old[from..from + channels]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_is_moved_and_its_edge_repeated() {
        let mut grid: Vec<f32> = (0..9).map(|x| x as f32).collect();
        move_grid(&mut grid, [3, 3, 1], [1, -1], Outside::NearestEdge);
        assert_eq!(grid, [1.0, 2.0, 2.0, 1.0, 2.0, 2.0, 4.0, 5.0, 5.0]);
    }

    #[test]
    fn a_grid_is_moved_and_its_edge_filled() {
        let mut grid: Vec<u8> = (0..9).collect();
        move_grid(&mut grid, [3, 3, 1], [1, -1], Outside::Filled(255));
        assert_eq!(grid, [255, 255, 255, 1, 2, 255, 4, 5, 255]);
    }

    #[test]
    fn channels_stay_together_and_a_grid_may_leave_altogether() {
        let mut grid = vec![1, 10, 2, 20];
        move_grid(&mut grid, [1, 2, 2], [0, 1], Outside::Filled(0));
        assert_eq!(grid, [0, 0, 1, 10]);
        move_grid(&mut grid, [1, 2, 2], [0, -5], Outside::Filled(7));
        assert_eq!(grid, [7; 4]);
    }
}
