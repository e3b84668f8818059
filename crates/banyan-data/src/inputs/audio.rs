//! Recordings as log-mel energies.

use std::ops::RangeInclusive;

use banyan_text::hash::hash;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::file::{OpenedFiles, StoredFiles, TrainingFiles, bytes, paths};
use super::stored::StoredValues;
use super::{BatchValues, FittedInput, Fitting, HashFile, Input, InputDetails, InputValues, Problem, Reads, ReadsFiles};
use crate::augment::OnImage;
use crate::augment::grid::{self, Outside};
use crate::augment::transform::Transform;
use crate::config::OnBadRow;
use crate::dataset::decode::Decode;
use crate::dataset::loaded::LoadedValues;
use crate::dataset::media::{Media, open};
use crate::dataset::memory::MediaMemory;
use crate::error::{Error, Place};
use crate::files::Files;
use crate::infer::rule::{Rule, Sureness};
use crate::moments::Moments;
use crate::random::Stream;
use crate::rows::Rows;
use crate::settings::{self, SettingError};
use banyan_media::log_mel::{self, LogMel};
use banyan_media::{Origin, audio};

/// Rates that recordings are resampled to: those of files that are read.
const RATES: RangeInclusive<u32> = audio::RATES;
/// Seconds that are kept. A shorter recording than a frame's hop would have no sample at the lowest rate.
const SECONDS: RangeInclusive<f64> = 0.01..=audio::LONGEST_SECONDS;
const BANDS: RangeInclusive<usize> = 1..=512;
/// Frames that the longest recording may have, one every 10 ms.
const FRAMES: RangeInclusive<usize> = 1..=(audio::LONGEST_SECONDS as usize) * 100 + 1;

const LARGEST_DEFAULT_RATE: u32 = 16_000;
const LONGEST_DEFAULT_SECONDS: f64 = 10.0;

/// How far training moves a recording, as a share of its frames.
const SHIFT: f64 = 0.08;
/// The widest mask, as a share of the bands or frames (SpecAugment: Park et al., Interspeech 2019).
const MASK: f64 = 0.15;

/// The settings of an input of the type `audio`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AudioSettings {
    /// Sample rate in Hz after resampling. Default: the training files' most frequent rate, at most 16000.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = *RATES.start(), max = *RATES.end()))]
    pub sample_rate: Option<u32>,
    /// Seconds that are kept, at most those of the longest training file; longer recordings are cut at the end. Default: the 98th percentile
    /// of the training files, at most 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = *SECONDS.start(), max = *SECONDS.end()))]
    pub seconds: Option<f64>,
    /// Mel bands.
    #[schemars(range(min = *BANDS.start(), max = *BANDS.end()))]
    pub bands: usize,
}

impl Default for AudioSettings {
    fn default() -> Self {
        Self { sample_rate: None, seconds: None, bands: 40 }
    }
}

/// What was learned of a column of recordings. A batch holds [`AudioValues`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AudioSchema {
    /// Sample rate in Hz after resampling.
    pub sample_rate: u32,
    /// Frames kept (one every 10 ms); longer recordings are cut, shorter ones padded.
    pub frames: usize,
    /// Mel bands a frame.
    pub bands: usize,
    /// Mean log energy of each band.
    pub mean: Vec<f64>,
    /// Standard deviation of the log energy of each band.
    #[serde(rename = "deviation")]
    pub std: Vec<f64>,
}

/// `rows × frames × bands` of standardized log-mel energy, padded at the end.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AudioValues {
    /// Frames a row, padding included.
    pub frames: usize,
    /// Mel bands a frame.
    pub bands: usize,
    /// The energies.
    pub values: Vec<f32>,
    /// The frames of each row that are not padding.
    pub lengths: Vec<u32>,
}

/// The endings of sounds that are read.
pub(crate) const AUDIO_ENDINGS: [&str; 4] = ["wav", "flac", "mp3", "ogg"];

impl Input for AudioSettings {
    fn rules() -> Vec<Rule> {
        vec![
            Rule::new(Sureness::Form, |candidate| paths(candidate, &AUDIO_ENDINGS, "sounds")),
            Rule::new(Sureness::Type, |candidate| bytes(candidate, "sounds", |bytes| audio::measure(bytes).is_ok())),
        ]
    }

    fn check(&self) -> Result<(), SettingError> {
        settings::check("sample_rate", self.sample_rate, &RATES)?;
        settings::check("seconds", self.seconds, &SECONDS)?;
        settings::check("bands", [self.bands], &BANDS)
    }

    fn fit<'a>(&self, rows: Rows<'a>, bad: OnBadRow) -> Result<Fitting<'a>, Problem> {
        let files = TrainingFiles::collect(rows, bad, "sounds")?;
        let shapes = files.read_some(|from| audio::measure(from))?;
        let rate = self.sample_rate.unwrap_or_else(|| most_frequent(shapes.iter().map(|(rate, _)| *rate)).min(LARGEST_DEFAULT_RATE));
        let longest = |shapes: &[(u32, f64)]| shapes.iter().map(|(_, seconds)| *seconds).fold(0.0, f64::max);
        let seconds = match self.seconds {
            // Every recording is padded to as much: more than the longest has would be padding in all.
            Some(seconds) if seconds > longest(&shapes) => seconds.min(longest(&files.read_all(|from| audio::measure(from))?)),
            Some(seconds) => seconds,
            None => {
                let mut seconds: Vec<f64> = shapes.iter().map(|(_, seconds)| *seconds).collect();
                seconds.sort_by(f64::total_cmp);
                seconds[(seconds.len() - 1) * 98 / 100].min(LONGEST_DEFAULT_SECONDS)
            }
        };
        let (frames, bands) = (log_mel::frames((seconds * f64::from(rate)).round() as usize, rate), self.bands);
        let sizes = AudioSchema { sample_rate: rate, frames, bands, mean: vec![0.0; bands], std: vec![1.0; bands] };
        let finish = move || {
            let transform = LogMel::new(rate, bands);
            let mut moments = vec![Moments::default(); bands];
            files.fold_some(
                |from| transform.energies_of_file(from, seconds, frames),
                |energies| {
                    for frame in energies.chunks_exact(bands) {
                        for (moments, value) in moments.iter_mut().zip(frame) {
                            moments.add(f64::from(*value));
                        }
                    }
                },
            )?;
            let (mean, std) = moments.iter().map(|moments| (moments.mean(), moments.std())).unzip();
            Ok(AudioSchema { sample_rate: rate, frames, bands, mean, std }.into())
        };
        Ok(Fitting::sizes(sizes, finish))
    }

    fn has_comparable_cells(&self) -> bool {
        false
    }

    fn file_content(&self) -> Option<HashFile> {
        Some(|from| {
            audio::decode_then(from, audio::LONGEST_SECONDS, None, |sound| {
                Ok(hash(sound.samples.iter().flat_map(|sample| sample.to_le_bytes())))
            })
        })
    }
}

/// Of equally frequent values the largest.
fn most_frequent(values: impl Iterator<Item = u32>) -> u32 {
    let mut counts = std::collections::BTreeMap::new();
    values.for_each(|value| *counts.entry(value).or_insert(0usize) += 1);
    counts.into_iter().max_by_key(|(value, count)| (*count, *value)).map_or(LARGEST_DEFAULT_RATE, |(value, _)| value)
}

impl FittedInput for AudioSchema {
    fn check(&self) -> Result<(), SettingError> {
        settings::check("sample_rate", [self.sample_rate], &RATES)?;
        settings::check("frames", [self.frames], &FRAMES)?;
        settings::check("bands", [self.bands], &BANDS)?;
        settings::check_scale(&self.mean, &self.std, self.bands)
    }

    fn describe(&self) -> String {
        format!("{} frames of {} mel bands, {} Hz", self.frames, self.bands, self.sample_rate)
    }

    fn shrunk(&self, factor: usize) -> Option<InputDetails> {
        Some(Self { frames: self.frames.div_ceil(factor), ..self.clone() }.into())
    }

    fn reads(&self) -> Reads<'_> {
        Reads::Files(self)
    }
}

impl ReadsFiles for AudioSchema {
    fn open(&self, files: &Files, memory: Option<&MediaMemory>, place: &(dyn Fn(usize) -> Place + Sync)) -> OpenedFiles {
        let decoder = AudioDecoder { transform: LogMel::new(self.sample_rate, self.bands), schema: self.clone() };
        let (media, unreadable) = open(files, decoder, memory, place);
        OpenedFiles::new(StoredAudio(media), unreadable)
    }
}

/// Standardized log-mel energies, `frames × bands`, without padding.
#[derive(Debug)]
struct AudioDecoder {
    schema: AudioSchema,
    transform: LogMel,
}

impl Decode for AudioDecoder {
    type Value = f32;
    const WHAT: &'static str = "sounds";

    fn decode(&self, from: Origin<'_>) -> Result<Vec<f32>, String> {
        let AudioSchema { sample_rate, frames, bands, mean, std } = &self.schema;
        // A little more than the frames look at: the resampler rounds.
        let seconds = (log_mel::samples(*frames, *sample_rate) + 1) as f64 / f64::from(*sample_rate);
        let mut energies = self.transform.energies_of_file(from, seconds, *frames)?;
        for frame in energies.chunks_exact_mut(*bands) {
            for ((value, mean), std) in frame.iter_mut().zip(mean).zip(std) {
                *value = ((f64::from(*value) - mean) / std) as f32;
            }
        }
        Ok(energies)
    }
}

/// A column of recordings.
#[derive(Debug)]
struct StoredAudio(Media<AudioDecoder>);

impl StoredValues for StoredAudio {
    fn gather(&self, rows: &[usize], loaded: &LoadedValues) -> InputValues {
        let AudioSchema { frames, bands, .. } = self.0.decoder.schema;
        let loaded = loaded.get();
        let mut values = vec![0.0; rows.len() * frames * bands];
        let mut lengths = vec![0; rows.len()];
        for ((place, length), row) in values.chunks_exact_mut(frames * bands).zip(&mut lengths).zip(rows) {
            let Some(energies) = self.0.get(*row, loaded) else { continue };
            place[..energies.len()].copy_from_slice(energies);
            *length = (energies.len() / bands) as u32;
        }
        InputValues::Audio(AudioValues { frames, bands, values, lengths })
    }

    fn is_whole(&self) -> bool {
        self.0.is_whole()
    }

    fn load(&self, rows: &[usize]) -> Result<LoadedValues, Error> {
        Ok(LoadedValues::new(self.0.load(rows)?))
    }
}

impl StoredFiles for StoredAudio {
    fn present(&self) -> Vec<bool> {
        self.0.present()
    }

    fn retain(&mut self, kept: &[bool]) {
        self.0.retain(kept);
    }
}

impl BatchValues for AudioValues {
    /// Small shifts, and masked bands and frames.
    fn augment(&mut self, random: &dyn Fn(usize) -> Stream, _: Option<&OnImage<'_>>) -> Vec<Transform> {
        let (frames, bands) = (self.frames, self.bands);
        for ((row, energies), &length) in self.values.chunks_exact_mut((frames * bands).max(1)).enumerate().zip(&self.lengths) {
            let mut stream = random(row);
            let later = grid::shift(&mut stream, frames, SHIFT);
            grid::move_grid(energies, [frames, bands, 1], [later, 0], Outside::NearestEdge);
            mask(energies, bands, length as usize, &mut stream);
        }
        Vec::new()
    }

    fn fill_rows(&mut self) {
        self.lengths.fill(self.frames as u32);
    }
}

/// Sets a run of bands and a run of frames to the mean, which is zero.
fn mask(values: &mut [f32], bands: usize, length: usize, stream: &mut Stream) {
    let mut run = |side: usize| {
        let most = (side as f64 * MASK) as usize;
        let width = stream.below(most + 1);
        let begin = stream.below(side.saturating_sub(width) + 1);
        begin..begin + width
    };
    let (masked_bands, masked_frames) = (run(bands), run(length));
    for (frame, values) in values.chunks_exact_mut(bands).enumerate() {
        if masked_frames.contains(&frame) {
            values.fill(0.0);
        } else {
            values[masked_bands.clone()].fill(0.0);
        }
    }
}
