//! Images and sounds: sizes, rates, and the mean and deviation of what they hold.

use rayon::prelude::*;

use super::{Fitted, Problem, Rows, input};
use crate::config::{InputConfig, OnBadRow};
use crate::error::Error;
use crate::files::{Files, MediaFile};
use crate::media::log_mel::{self, LogMel};
use crate::media::{audio, image};
use crate::moments::Moments;
use crate::schema::InputDetails;

/// Means, deviations, the usual size and length are taken from this many files, evenly spaced over the training
/// rows: more would not change them, and decoding is the slow part.
const SAMPLED_FILES: usize = 512;
const LARGEST_DEFAULT_SIZE: usize = 64;
const LARGEST_DEFAULT_RATE: u32 = 16_000;
const LONGEST_DEFAULT_SECONDS: f64 = 10.0;
const DEFAULT_BANDS: usize = 40;

/// Sizes above ask for more memory than a batch can have.
const LARGEST_SIZE: usize = 4096;
const MOST_BANDS: usize = 512;

pub(super) fn image(rows: Rows<'_>, config: &InputConfig, bad: OnBadRow) -> Fitted {
    if config.size.is_some_and(|size| size.iter().any(|side| !(1..=LARGEST_SIZE).contains(side))) {
        return Err(Problem::whole("size must be two numbers of pixels between 1 and 4096", "for instance size = [64, 64]"));
    }
    if config.channels.is_some_and(|channels| channels != 1 && channels != 3) {
        return Err(Problem::whole("channels must be 1 (grey) or 3 (colour)", "leave it out to let the files decide"));
    }
    let files = Files::collect(rows.table, rows.rows, rows.column)?;
    if files.is_empty() {
        return Err(input::nothing(rows));
    }
    // The channels depend on all files: one coloured among ten thousand grey ones makes them three.
    let headers: Vec<image::Header> = readable(&files, files.iter().collect(), bad, rows, image::probe)?;
    let channels = config.channels.unwrap_or_else(|| headers.iter().map(|header| header.channels).max().unwrap_or(1));
    let [height, width] = config.size.unwrap_or_else(|| {
        let side = |of: fn(&image::Header) -> usize| median(headers.iter().map(of).collect()).min(LARGEST_DEFAULT_SIZE);
        [side(|header| header.height), side(|header| header.width)]
    });
    let pictures = readable(&files, sample(&files), bad, rows, |path| {
        image::decode(path, channels).and_then(|picture| image::resize(picture, height, width))
    })?;
    let mut moments = vec![Moments::default(); channels];
    for pixel in pictures.iter().flat_map(|picture| picture.pixels.chunks_exact(channels)) {
        for (moments, value) in moments.iter_mut().zip(pixel) {
            moments.add(f64::from(*value) / 255.0);
        }
    }
    Ok(InputDetails::Image {
        height,
        width,
        channels,
        mean: moments.iter().map(Moments::mean).collect(),
        deviation: moments.iter().map(Moments::std).collect(),
    })
}

pub(super) fn audio(rows: Rows<'_>, config: &InputConfig, bad: OnBadRow) -> Fitted {
    let bands = config.bands.unwrap_or(DEFAULT_BANDS);
    if !(1..=MOST_BANDS).contains(&bands) {
        return Err(Problem::whole(format!("bands must be between 1 and {MOST_BANDS}"), format!("the default is {DEFAULT_BANDS}")));
    }
    if config.sample_rate.is_some_and(|rate| !(1_000..=384_000).contains(&rate)) {
        return Err(Problem::whole("sample_rate must be between 1000 and 384000", "leave it out to let the files decide"));
    }
    if config.seconds.is_some_and(|seconds| !(seconds > 0.0 && seconds <= audio::LONGEST_SECONDS)) {
        return Err(Problem::whole("seconds must be above 0 and at most 600", "leave it out to let the files decide"));
    }
    let files = Files::collect(rows.table, rows.rows, rows.column)?;
    if files.is_empty() {
        return Err(input::nothing(rows));
    }
    let shapes = readable(&files, sample(&files), bad, rows, |path| {
        audio::decode(path, audio::LONGEST_SECONDS).map(|sound| (sound.rate, sound.seconds()))
    })?;
    let rate = config.sample_rate.unwrap_or_else(|| most_frequent(shapes.iter().map(|(rate, _)| *rate)).min(LARGEST_DEFAULT_RATE));
    let seconds = config.seconds.unwrap_or_else(|| {
        let mut seconds: Vec<f64> = shapes.iter().map(|(_, seconds)| *seconds).collect();
        seconds.sort_by(f64::total_cmp);
        seconds[(seconds.len() - 1) * 98 / 100].min(LONGEST_DEFAULT_SECONDS)
    });
    let frames = log_mel::frames((seconds * f64::from(rate)).round() as usize, rate);
    let transform = LogMel::new(rate, bands);
    let energies = readable(&files, sample(&files), bad, rows, |path| transform.energies_of_file(path, seconds, frames))?;
    let mut moments = vec![Moments::default(); bands];
    for frame in energies.iter().flat_map(|energies| energies.chunks_exact(bands)) {
        for (moments, value) in moments.iter_mut().zip(frame) {
            moments.add(f64::from(*value));
        }
    }
    Ok(InputDetails::Audio {
        sample_rate: rate,
        frames,
        bands,
        mean: moments.iter().map(Moments::mean).collect(),
        deviation: moments.iter().map(Moments::std).collect(),
    })
}

/// Evenly spaced files.
fn sample(files: &Files) -> Vec<&MediaFile> {
    let count = files.len().min(SAMPLED_FILES);
    (0..count).map(|index| &files[index * files.len() / count]).collect()
}

/// Applies `read` to files in parallel and leaves out the unreadable, unless they are to stop all; an error where
/// none can be read.
fn readable<T: Send>(
    files: &Files,
    chosen: Vec<&MediaFile>,
    bad: OnBadRow,
    rows: Rows<'_>,
    read: impl Fn(&std::path::Path) -> Result<T, String> + Sync,
) -> Result<Vec<T>, Problem> {
    let results: Vec<Result<T, String>> = chosen.par_iter().map(|file| file.open(&read)).collect();
    let mut values = Vec::with_capacity(results.len());
    let mut first_problem = None;
    for (file, result) in chosen.iter().zip(results) {
        match result {
            Ok(value) => values.push(value),
            Err(cause) if bad == OnBadRow::Error => {
                return Err(Error::Media { place: rows.table.place(file.row, Some(&rows.column.name)), cause }.into());
            }
            Err(cause) => {
                first_problem.get_or_insert(cause);
            }
        }
    }
    match first_problem {
        Some(cause) if values.is_empty() => Err(Problem::whole(
            format!("none of the {} files of column \"{}\" can be read; the first: {cause}", files.len(), rows.column.name),
            format!("paths are relative to the table's folder {}", rows.table.folder(rows.rows[0]).display()),
        )),
        _ => Ok(values),
    }
}

fn median(mut values: Vec<usize>) -> usize {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(1)
}

/// Of equally frequent values the largest.
fn most_frequent(values: impl Iterator<Item = u32>) -> u32 {
    let mut counts = std::collections::BTreeMap::new();
    values.for_each(|value| *counts.entry(value).or_insert(0usize) += 1);
    counts.into_iter().max_by_key(|(value, count)| (*count, *value)).map_or(LARGEST_DEFAULT_RATE, |(value, _)| value)
}
