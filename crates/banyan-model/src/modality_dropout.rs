//! Leaves inputs out of rows in training, so that their tokens are learned (Neverova et al., 2016).
//!
//! Each row is decided by itself. A modality of its own is dropped with the given probability, but never
//! the last one that the row has. The columns of one table are not modalities, and dropping each of them
//! so often would starve the rest; instead a row's table is *thinned* with that probability, and
//! then keeps a random number of its cells. So most rows stay whole, and every subset is seen.

use banyan_engine::Context;
use banyan_engine::random::Stream;

/// Clears entries of `present[input][row]`. `groups` lists the inputs of each modality.
pub(crate) fn thin(present: &mut [Vec<bool>], groups: &[&[usize]], rows: &[u64], context: Context, probability: f32) {
    for (row, &key) in rows.iter().enumerate() {
        let mut stream = Stream::new(&[context.seed, context.step, key, 0x6d6f_6461_6c69_7479]);
        let has = |group: &&[usize], present: &[Vec<bool>]| group.iter().any(|&input| present[input][row]);
        let own: Vec<&[usize]> = groups.iter().copied().filter(|group| has(group, present)).collect();
        if own.is_empty() {
            continue;
        }
        let mut dropped: Vec<bool> = own.iter().map(|_| stream.uniform() < probability).collect();
        if !dropped.contains(&false) {
            dropped[stream.below(own.len())] = false;
        }
        for (group, dropped) in own.into_iter().zip(dropped) {
            if dropped {
                for &input in group {
                    present[input][row] = false;
                }
            } else if group.len() > 1 && stream.uniform() < probability {
                let mut cells: Vec<usize> = group.iter().copied().filter(|&input| present[input][row]).collect();
                stream.shuffle(&mut cells);
                let keep = 1 + stream.below(cells.len());
                for &input in &cells[keep.min(cells.len())..] {
                    present[input][row] = false;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use banyan_engine::Purpose;

    fn context(step: u64) -> Context {
        Context { purpose: Purpose::Training, seed: 1, step }
    }

    #[test]
    fn a_row_never_loses_everything_and_rates_are_as_asked() {
        let rows: Vec<u64> = (0..20_000).collect();
        let mut present = vec![vec![true; rows.len()]; 2];
        thin(&mut present, &[&[0], &[1]], &rows, context(3), 0.2);
        let lost = |input: usize| present[input].iter().filter(|present| !**present).count() as f64 / rows.len() as f64;
        assert!((0..rows.len()).all(|row| present[0][row] || present[1][row]));
        // Both are drawn with probability 0.04, and then each is kept half the time.
        assert!((lost(0) - 0.18).abs() < 0.01 && (lost(1) - 0.18).abs() < 0.01, "{} {}", lost(0), lost(1));
    }

    #[test]
    fn most_tables_stay_whole_and_none_is_emptied() {
        let rows: Vec<u64> = (0..5_000).collect();
        let mut present = vec![vec![true; rows.len()]; 5];
        thin(&mut present, &[&[0, 1, 2, 3, 4]], &rows, context(3), 0.1);
        let cells = |row: usize| (0..5).filter(|&input| present[input][row]).count();
        let whole = (0..rows.len()).filter(|&row| cells(row) == 5).count() as f64 / rows.len() as f64;
        assert!(whole > 0.9 && whole < 0.94, "{whole}");
        assert!((0..rows.len()).all(|row| cells(row) > 0));
    }

    #[test]
    fn a_row_is_decided_by_its_key_not_by_its_neighbors() {
        let mut together = vec![vec![true; 3]; 2];
        thin(&mut together, &[&[0], &[1]], &[7, 8, 9], context(5), 0.5);
        for (place, key) in [7u64, 8, 9].into_iter().enumerate() {
            let mut alone = vec![vec![true; 1]; 2];
            thin(&mut alone, &[&[0], &[1]], &[key], context(5), 0.5);
            assert_eq!([alone[0][0], alone[1][0]], [together[0][place], together[1][place]]);
        }
    }
}
