//! The first seconds of a recording, mixed to mono as they are decoded.

use super::rate_problem;

/// Where the samples of a recording go.
pub(super) struct Mixer {
    seconds: f64,
    /// The rate, from the first samples on.
    rate: u32,
    /// The samples, where they are kept.
    samples: Option<Vec<f32>>,
    /// How many there are.
    length: usize,
    is_finite: bool,
}

/// What becomes of the samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    /// They are kept.
    All,
    /// They are counted.
    Nothing,
}

impl Mixer {
    /// Room for so many seconds.
    pub(super) fn new(seconds: f64, keep: Keep) -> Self {
        let samples = match keep {
            Keep::All => Some(Vec::new()),
            Keep::Nothing => None,
        };
        Self { seconds, rate: 0, samples, length: 0, is_finite: true }
    }

    /// Whether all seconds are there.
    pub(super) fn is_full(&self) -> bool {
        self.rate > 0 && self.length >= self.wanted()
    }

    fn wanted(&self) -> usize {
        samples(self.seconds, self.rate)
    }

    /// The samples there are.
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// The rate, 0 before the first sample.
    pub(super) fn rate(&self) -> u32 {
        self.rate
    }

    /// Adds decoded samples, in which those of the channels alternate.
    pub(super) fn add(&mut self, packet: &[f32], rate: u32, channels: usize) -> Result<(), String> {
        if !super::RATES.contains(&rate) {
            return Err(rate_problem(rate));
        }
        if self.rate != 0 && self.rate != rate {
            return Err("changes its sample rate on the way, which is not read".to_owned());
        }
        self.rate = rate;
        let share = 1.0 / channels.max(1) as f32;
        let room = self.wanted() - self.length;
        let mixed = packet.chunks_exact(channels.max(1)).map(|frame| frame.iter().sum::<f32>() * share).take(room);
        let is_finite = &mut self.is_finite;
        let mut count = 0;
        let checked = mixed.inspect(|sample| {
            *is_finite &= sample.is_finite();
            count += 1;
        });
        match &mut self.samples {
            Some(samples) => samples.extend(checked),
            None => checked.for_each(drop),
        }
        self.length += count;
        Ok(())
    }

    /// Leaves out what comes after so many samples.
    pub(super) fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
        if let Some(samples) = &mut self.samples {
            samples.truncate(length);
        }
    }

    /// The samples, none where they were only counted.
    ///
    /// # Errors
    /// No samples, or some that are no numbers.
    pub(super) fn finish(self) -> Result<Vec<f32>, String> {
        if self.length == 0 {
            return Err("holds no sound (0 samples)".to_owned());
        }
        if !self.is_finite {
            return Err("is damaged: it holds samples that are not finite".to_owned());
        }
        Ok(self.samples.unwrap_or_default())
    }
}

/// The samples of so many seconds.
pub(super) fn samples(seconds: f64, rate: u32) -> usize {
    (seconds * f64::from(rate)).ceil() as usize
}
