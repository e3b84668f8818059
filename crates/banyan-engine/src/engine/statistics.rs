//! Running statistics of batch normalizations, from those of a step's chunks.

use crate::parameters::Parameters;
use crate::tape::Found;

/// How far running statistics move towards a step's.
const MOMENTUM: f64 = 0.1;

/// What the normalizations of some chunks found.
#[derive(Debug, Default)]
pub(super) struct Statistics {
    found: Vec<Found>,
    /// For each of them the mean and the variance (biased) of every channel.
    values: Vec<f32>,
}

impl Statistics {
    pub(super) fn clear(&mut self) {
        self.found.clear();
        self.values.clear();
    }

    /// Adds what a normalization found, means and then variances.
    pub(super) fn add(&mut self, found: Found, values: &[f32]) {
        self.found.push(found);
        self.values.extend_from_slice(values);
    }
}

/// Statistics of all chunks of a step together.
#[derive(Debug, Default)]
pub(super) struct Pooled {
    /// Each normalization, of all places together, and where its sums begin.
    found: Vec<(Found, usize)>,
    /// For each of them the sums over all places of every channel's values, and of their squares.
    sums: Vec<f64>,
}

impl Pooled {
    /// Moves the running statistics towards those of the lanes' chunks together, and forgets these. The first ones replace what was there: a mean of 0
    /// and a variance of 1 of every channel.
    pub(super) fn apply<'a>(&mut self, lanes: impl Iterator<Item = &'a mut Statistics>, parameters: &mut Parameters) {
        self.found.clear();
        self.sums.clear();
        for lane in lanes {
            let mut at = 0;
            for &found in &lane.found {
                let channels = parameters.get(found.mean).len();
                self.add(found, &lane.values[at..at + 2 * channels]);
                at += 2 * channels;
            }
            lane.clear();
        }
        for &(Found { mean, variance, places }, at) in &self.found {
            let channels = parameters.get(mean).len();
            let (sums, squares) = self.sums[at..at + 2 * channels].split_at(channels);
            let is_first = parameters.get(mean).iter().all(|mean| *mean == 0.0) && parameters.get(variance).iter().all(|v| *v == 1.0);
            let (momentum, places) = (if is_first { 1.0 } else { MOMENTUM }, places as f64);
            let unbiased = places / (places - 1.0).max(1.0);
            let moved = |running: &mut f32, found: f64| *running = (f64::from(*running) + momentum * (found - f64::from(*running))) as f32;
            for ((running, sum), square) in parameters.get_mut(variance).iter_mut().zip(sums).zip(squares) {
                moved(running, (square / places - (sum / places).powi(2)).max(0.0) * unbiased);
            }
            parameters.get_mut(mean).iter_mut().zip(sums).for_each(|(running, sum)| moved(running, sum / places));
        }
    }

    fn add(&mut self, found: Found, values: &[f32]) {
        let at = match self.found.iter_mut().find(|(own, _)| own.mean == found.mean) {
            Some((own, at)) => {
                own.places += found.places;
                *at
            }
            None => {
                self.found.push((found, self.sums.len()));
                self.sums.resize(self.sums.len() + values.len(), 0.0);
                self.sums.len() - values.len()
            }
        };
        let channels = values.len() / 2;
        let (sums, squares) = self.sums[at..at + values.len()].split_at_mut(channels);
        let places = found.places as f64;
        for (((sum, square), &mean), &variance) in sums.iter_mut().zip(squares).zip(&values[..channels]).zip(&values[channels..]) {
            *sum += places * f64::from(mean);
            *square += places * (f64::from(variance) + f64::from(mean) * f64::from(mean));
        }
    }
}
