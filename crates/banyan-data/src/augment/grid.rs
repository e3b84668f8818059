//! Moving grids of numbers.

use crate::random::Stream;

/// A way up to a share of a side, to either end.
pub(crate) fn shift(stream: &mut Stream, side: usize, share: f64) -> isize {
    let most = (side as f64 * share).round() as usize;
    stream.below(2 * most + 1) as isize - most as isize
}

/// Moves a grid; what comes in from outside is the nearest edge.
pub(crate) fn move_grid(values: &mut [f32], [height, width, channels]: [usize; 3], down: isize, right: isize) {
    if down == 0 && right == 0 {
        return;
    }
    let old = values.to_vec();
    let from = |to: usize, by: isize, side: usize| (to as isize - by).clamp(0, side as isize - 1) as usize;
    for row in 0..height {
        for column in 0..width {
            let source = (from(row, down, height) * width + from(column, right, width)) * channels;
            values[(row * width + column) * channels..][..channels].copy_from_slice(&old[source..source + channels]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_is_moved_and_its_edge_repeated() {
        let mut grid: Vec<f32> = (0..9).map(|x| x as f32).collect();
        move_grid(&mut grid, [3, 3, 1], 1, -1);
        assert_eq!(grid, [1.0, 2.0, 2.0, 1.0, 2.0, 2.0, 4.0, 5.0, 5.0]);
    }
}
