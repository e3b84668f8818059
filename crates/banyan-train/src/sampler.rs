//! Which rows an epoch's steps take: a function of the seed, the epoch and the tables' sizes.

use banyan_data::config::Sampling;
use banyan_engine::random::Stream;
use std::sync::Arc;

/// Draws the rows of each epoch.
#[derive(Debug, Clone)]
pub(crate) struct Sampler {
    /// The rows of each table.
    tables: Arc<Vec<Vec<u32>>>,
    /// Rows of each table in an epoch.
    draws: Vec<usize>,
    /// Tokens of each row; empty where rows are not sentences.
    lengths: Arc<Vec<u32>>,
    batch_size: usize,
    seed: u64,
}

/// Steps whose sentences are sorted by length before they are cut into batches: enough that a batch holds sentences of about one length,
/// few enough that batches differ from epoch to epoch.
const SORTED_STEPS: usize = 16;

impl Sampler {
    /// `source_of` gives the table that each row came from. An epoch has as many rows as all tables together.
    pub(crate) fn new(source_of: impl Iterator<Item = u16>, sampling: Sampling, batch_size: usize, seed: u64) -> Self {
        let mut tables: Vec<Vec<u32>> = Vec::new();
        let mut all_rows = 0_u32;
        for source in source_of {
            let source = usize::from(source);
            if source >= tables.len() {
                tables.resize(source + 1, Vec::new());
            }
            tables[source].push(all_rows);
            all_rows += 1;
        }
        tables.retain(|rows| !rows.is_empty());
        let shares: Vec<f64> = tables
            .iter()
            .map(|rows| match sampling {
                Sampling::Proportional => rows.len() as f64,
                Sampling::SquareRoot => (rows.len() as f64).sqrt(),
                Sampling::Uniform => 1.0,
            })
            .collect();
        let all: f64 = shares.iter().sum();
        let draws = shares.iter().map(|share| ((share / all * f64::from(all_rows)).round() as usize).max(1)).collect();
        Self { tables: Arc::new(tables), draws, lengths: Arc::default(), batch_size, seed }
    }

    /// With so many tokens in each row: a batch takes sentences of about one length, so that little of it is padding.
    pub(crate) fn by_length(mut self, lengths: impl Iterator<Item = usize> + Clone) -> Self {
        if lengths.clone().any(|length| length > 0) {
            self.lengths = Arc::new(lengths.map(|length| length as u32).collect());
        }
        self
    }

    /// Steps of an epoch.
    pub(crate) fn steps(&self) -> usize {
        self.draws.iter().sum::<usize>().div_ceil(self.batch_size).max(1)
    }

    /// The rows of an epoch's steps. A table that an epoch takes more rows of than it has is gone through
    /// several times; one that it takes fewer of gives others in each epoch. Steps differ by one row at most.
    pub(crate) fn epoch(&self, epoch: u64) -> impl Iterator<Item = Vec<usize>> + Send + use<> {
        let mut rows: Vec<u32> = Vec::with_capacity(self.draws.iter().sum());
        for (table, (own, &draws)) in self.tables.iter().zip(&self.draws).enumerate() {
            // Passes over the table are numbered from the beginning of the training, and epochs cut them as they come.
            let (first, last) = (epoch as usize * draws, (epoch as usize + 1) * draws);
            for pass in first / own.len()..last.div_ceil(own.len()) {
                let mut shuffled = own.clone();
                Stream::new(&[self.seed, 0x7461_626c, table as u64, pass as u64]).shuffle(&mut shuffled);
                let begin = pass * own.len();
                rows.extend(&shuffled[first.max(begin) - begin..last.min(begin + own.len()) - begin]);
            }
        }
        Stream::new(&[self.seed, 0x0065_706f_6368, epoch]).shuffle(&mut rows);
        let steps = self.steps();
        if !self.lengths.is_empty() {
            for rows in rows.chunks_mut(SORTED_STEPS * self.batch_size) {
                rows.sort_by_key(|&row| self.lengths[row as usize]);
            }
        }
        let mut order: Vec<usize> = (0..steps).collect();
        if !self.lengths.is_empty() {
            Stream::new(&[self.seed, 0x6c65_6e67, epoch]).shuffle(&mut order);
        }
        order.into_iter().map(move |step| {
            let own = &rows[step * rows.len() / steps..(step + 1) * rows.len() / steps];
            own.iter().map(|&row| row as usize).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(sampler: &Sampler, epochs: u64, rows: usize) -> Vec<usize> {
        let mut counts = vec![0; rows];
        for row in (0..epochs).flat_map(|epoch| sampler.epoch(epoch)).flatten() {
            counts[row] += 1;
        }
        counts
    }

    #[test]
    fn proportional_takes_every_row_once_an_epoch() {
        let sources: Vec<u16> = (0..103).map(|row| u16::from(row >= 60)).collect();
        let sampler = Sampler::new(sources.iter().copied(), Sampling::Proportional, 10, 1);
        assert_eq!(sampler.steps(), 11);
        assert!(counts(&sampler, 1, 103).iter().all(|&count| count == 1));
        assert!(sampler.epoch(3).all(|step| step.len() == 9 || step.len() == 10));
        assert!(!sampler.epoch(0).eq(sampler.epoch(1)));
        assert!(sampler.epoch(2).eq(sampler.epoch(2)));
    }

    #[test]
    fn batches_of_sentences_are_of_about_one_length_and_differ_from_epoch_to_epoch() {
        let lengths: Vec<usize> = (0..640).map(|row| 1 + row * 7 % 40).collect();
        let sampler = Sampler::new([0; 640].into_iter(), Sampling::Proportional, 10, 1).by_length(lengths.iter().copied());
        assert!(counts(&sampler, 1, 640).iter().all(|&count| count == 1));
        let padding = |sampler: &Sampler| -> f64 {
            let batches: Vec<Vec<usize>> = sampler.epoch(0).collect();
            let padded: usize = batches.iter().map(|batch| batch.len() * batch.iter().map(|&row| lengths[row]).max().unwrap_or(0)).sum();
            padded as f64 / lengths.iter().sum::<usize>() as f64 - 1.0
        };
        let plain = Sampler::new([0; 640].into_iter(), Sampling::Proportional, 10, 1);
        assert!(padding(&sampler) < 0.15, "{}", padding(&sampler));
        assert!(padding(&plain) > 0.5, "{}", padding(&plain));
        assert!(!sampler.epoch(0).eq(sampler.epoch(1)));
        let lengths_of_first = |epoch: u64| sampler.epoch(epoch).next().map(|batch| lengths[batch[0]]);
        assert!((0..9).any(|epoch| lengths_of_first(epoch) != lengths_of_first(0)), "short ones do not always come first");
    }

    #[test]
    fn uniform_and_square_root_favor_the_small_table_and_use_all_of_the_large_one() {
        let sources: Vec<u16> = (0..1000).map(|row| u16::from(row >= 900)).collect();
        for (sampling, small) in [(Sampling::Uniform, 500), (Sampling::SquareRoot, 250)] {
            let sampler = Sampler::new(sources.iter().copied(), sampling, 50, 1);
            let one: usize = counts(&sampler, 1, 1000)[900..].iter().sum();
            assert_eq!(one, small);
            let many = counts(&sampler, 12, 1000);
            assert!(many.iter().all(|&count| count > 0));
            let (least, most) = (many[..900].iter().min(), many[..900].iter().max());
            assert!(most.zip(least).is_some_and(|(most, least)| most - least <= 1), "{least:?} {most:?}");
        }
    }
}
