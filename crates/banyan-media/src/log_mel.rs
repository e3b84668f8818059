//! Log-mel energies: what a recording's spectrum looks like to an ear, every 10 ms.
//!
//! A Hann window of 25 ms every 10 ms; the power spectrum of each, summed in triangles that are equally wide and
//! overlap by half on the mel scale of HTK (`mel = 2595 log10(1 + hertz / 700)`); then `log(energy + 1e-6)`. The
//! first window begins at the first sample; a recording shorter than one window is padded with silence to one.

use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};

use crate::{Origin, audio};

/// Energies below this are silence.
const FLOOR: f32 = 1e-6;

/// The transform for one sample rate and number of bands.
pub struct LogMel {
    rate: u32,
    window: Vec<f32>,
    hop: usize,
    transform: Arc<dyn RealToComplex<f32>>,
    /// For each band the first bin of its triangle and the weights from there.
    triangles: Vec<(usize, Vec<f32>)>,
}

impl std::fmt::Debug for LogMel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("LogMel").field("window", &self.window.len()).field("hop", &self.hop).finish_non_exhaustive()
    }
}

/// Samples of a window at a rate.
fn window_length(rate: u32) -> usize {
    (f64::from(rate) * 0.025).round().max(1.0) as usize
}

/// Samples between the starts of two windows.
fn hop_length(rate: u32) -> usize {
    (f64::from(rate) * 0.010).round().max(1.0) as usize
}

/// The frames of a recording of so many samples.
pub fn frames(samples: usize, rate: u32) -> usize {
    1 + samples.saturating_sub(window_length(rate)) / hop_length(rate)
}

/// The samples that so many frames look at.
pub fn samples(frames: usize, rate: u32) -> usize {
    window_length(rate) + frames.saturating_sub(1) * hop_length(rate)
}

fn to_mel(hertz: f64) -> f64 {
    2595.0 * (1.0 + hertz / 700.0).log10()
}

fn to_hertz(mel: f64) -> f64 {
    700.0 * (10f64.powf(mel / 2595.0) - 1.0)
}

/// The frequency in hertz at which a band has its peak; bands reach from 0 to half the sample rate.
pub fn band_center(band: usize, bands: usize, rate: u32) -> f64 {
    to_hertz(to_mel(f64::from(rate) / 2.0) * (band + 1) as f64 / (bands + 1) as f64)
}

impl LogMel {
    /// Prepares window, transform and triangles for recordings of a rate (samples a second).
    pub fn new(rate: u32, bands: usize) -> Self {
        let length = window_length(rate);
        let window = (0..length).map(|index| (0.5 - 0.5 * (std::f64::consts::TAU * index as f64 / length as f64).cos()) as f32).collect();
        let size = length.next_power_of_two();
        let transform = RealFftPlanner::new().plan_fft_forward(size);
        let bin = f64::from(rate) / size as f64;
        let triangles = (0..bands)
            .map(|band| {
                let edge = |offset: isize| {
                    if band as isize + offset < 0 { 0.0 } else { band_center((band as isize + offset) as usize, bands, rate) }
                };
                triangle(edge(-1), edge(0), edge(1), bin, size / 2 + 1)
            })
            .collect();
        Self { rate, window, hop: hop_length(rate), transform, triangles }
    }

    /// The energies of the first `most_frames` frames of a file's first seconds, whatever the file's own rate.
    ///
    /// # Errors
    /// What is wrong with the file, as the end of a sentence that begins with its name.
    pub fn energies_of_file<'a>(&self, from: impl Into<Origin<'a>>, seconds: f64, most_frames: usize) -> Result<Vec<f32>, String> {
        audio::decode_then(from, seconds, Some(self.rate), |sound| Ok(self.energies(&sound.samples, most_frames)))
    }

    /// The energies of the first `most_frames` frames, `frames × bands`.
    pub fn energies(&self, samples: &[f32], most_frames: usize) -> Vec<f32> {
        let frames = (1 + samples.len().saturating_sub(self.window.len()) / self.hop).min(most_frames);
        let mut input = self.transform.make_input_vec();
        let mut spectrum = self.transform.make_output_vec();
        let mut scratch = self.transform.make_scratch_vec();
        let mut energies = Vec::with_capacity(frames * self.triangles.len());
        for frame in 0..frames {
            let start = frame * self.hop;
            let end = (start + self.window.len()).min(samples.len());
            input.fill(0.0);
            for (place, (sample, weight)) in input.iter_mut().zip(samples[start.min(end)..end].iter().zip(&self.window)) {
                *place = sample * weight;
            }
            self.transform.process_with_scratch(&mut input, &mut spectrum, &mut scratch).expect("the buffers are the transform's own");
            energies.extend(self.triangles.iter().map(|(first, weights)| {
                let energy: f32 = weights.iter().zip(&spectrum[*first..]).map(|(weight, value)| weight * value.norm_sqr()).sum();
                (energy + FLOOR).ln()
            }));
        }
        energies
    }
}

/// A triangle over spectrum bins, peak 1 at `center`. One narrower than a bin takes the bin nearest its peak, so
/// that no band is empty.
fn triangle(low: f64, center: f64, high: f64, bin: f64, bins: usize) -> (usize, Vec<f32>) {
    let first = ((low / bin).floor() as usize + 1).min(bins - 1);
    let last = ((high / bin).ceil() as usize).min(bins);
    let weights: Vec<f32> = (first..last.max(first))
        .map(|index| {
            let hertz = index as f64 * bin;
            let weight = if hertz <= center { (hertz - low) / (center - low) } else { (high - hertz) / (high - center) };
            weight.max(0.0) as f32
        })
        .collect();
    if weights.iter().all(|weight| *weight == 0.0) {
        return (((center / bin).round() as usize).min(bins - 1), vec![1.0]);
    }
    (first, weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f64, rate: u32, seconds: f64) -> Vec<f32> {
        let count = (seconds * f64::from(rate)) as usize;
        (0..count).map(|index| (std::f64::consts::TAU * hertz * index as f64 / f64::from(rate)).sin() as f32 * 0.5).collect()
    }

    #[test]
    fn a_tone_lights_its_own_band() {
        for rate in [8_000, 16_000] {
            let transform = LogMel::new(rate, 40);
            for band in [5, 12, 20, 33] {
                let energies = transform.energies(&tone(band_center(band, 40, rate), rate, 0.2), usize::MAX);
                for frame in energies.chunks_exact(40) {
                    let loudest = (0..40).max_by(|a, b| frame[*a].total_cmp(&frame[*b])).unwrap();
                    assert!(loudest.abs_diff(band) <= usize::from(band < 10), "rate {rate}, band {band}, found {loudest}");
                }
            }
        }
    }

    #[test]
    fn the_power_of_a_known_tone() {
        // The window's sum at half the amplitude is the spectrum's peak: (0.5 · 200 · 0.5 / 2)² = 625.
        let transform = LogMel::new(8_000, 40);
        let energies = transform.energies(&tone(1_000.0, 8_000, 0.025), usize::MAX);
        let loudest = energies.iter().copied().fold(f32::MIN, f32::max).exp();
        assert!((300.0..1500.0).contains(&loudest), "{loudest}");
    }

    #[test]
    fn frames_and_silence() {
        assert_eq!(frames(8_000, 8_000), 1 + (8_000 - 200) / 80);
        assert_eq!(frames(10, 8_000), 1);
        assert_eq!(frames(samples(17, 8_000), 8_000), 17);
        let energies = LogMel::new(8_000, 40).energies(&[0.0; 1_000], 3);
        assert_eq!(energies.len(), 3 * 40);
        assert!(energies.iter().all(|energy| (energy - FLOOR.ln()).abs() < 1e-5));
    }

    #[test]
    fn no_band_is_empty() {
        for (rate, bands) in [(8_000, 128), (44_100, 80), (1_000, 40)] {
            for (_, weights) in &LogMel::new(rate, bands).triangles {
                assert!(weights.iter().sum::<f32>() > 0.0);
            }
        }
    }
}
