//! Files to pictures and sounds: each distinct file once, in parallel.

use rayon::prelude::*;

use super::report::{InputReport, keep};
use super::store::{Images, Sounds, Stored};
use crate::config::OnBadRow;
use crate::error::Error;
use crate::files::Files;
use crate::fit::energies;
use crate::media::image;
use crate::media::log_mel::LogMel;
use crate::schema::InputDetails;
use crate::table::{Column, Table};

/// A media column: which rows have a file that could be read, and of which rows the file could not.
pub(super) struct Decoded {
    pub(super) values: Stored,
    /// For each row asked for the cause, where its file cannot be read.
    pub(super) unreadable: Vec<Option<String>>,
}

impl Decoded {
    /// Which rows have a value.
    pub(super) fn present(&self) -> Vec<bool> {
        self.of_row().iter().map(Option::is_some).collect()
    }

    fn of_row(&self) -> &[Option<usize>] {
        match &self.values {
            Stored::Image(images) => &images.of_row,
            Stored::Audio(sounds) => &sounds.of_row,
            _ => &[],
        }
    }

    /// Leaves out the rows that are not to be kept.
    pub(super) fn retain(&mut self, kept: &[bool]) {
        let of_row = match &mut self.values {
            Stored::Image(images) => &mut images.of_row,
            Stored::Audio(sounds) => &mut sounds.of_row,
            _ => return,
        };
        let mut keep = kept.iter();
        of_row.retain(|_| *keep.next().unwrap_or(&true));
    }
}

/// Decodes the files of a column; `None` if the details are of another kind.
pub(super) fn decode(
    table: &Table,
    rows: &[usize],
    column: Option<&Column>,
    details: &InputDetails,
    bad: OnBadRow,
    report: &mut InputReport,
) -> Result<Option<Decoded>, Error> {
    let files = match (details, column) {
        (InputDetails::Image { .. } | InputDetails::Audio { .. }, Some(column)) => Files::collect(table, rows, column)?,
        (InputDetails::Image { .. } | InputDetails::Audio { .. }, None) => Files::absent(rows.len()),
        _ => return Ok(None),
    };
    let decoded = match details {
        InputDetails::Image { height, width, channels, mean, deviation } => {
            let (height, width, channels) = (*height, *width, *channels);
            let (pictures, unreadable, of_row) =
                read(&files, |path| image::decode(path, channels).and_then(|picture| image::resize(picture, height, width)));
            let mut pixels = Vec::with_capacity(pictures.len() * height * width * channels);
            pictures.into_iter().for_each(|picture| pixels.extend(picture.pixels));
            let levels = mean
                .iter()
                .zip(deviation)
                .map(|(mean, deviation)| std::array::from_fn(|level| ((level as f64 / 255.0 - mean) / deviation) as f32));
            let images = Images { height, width, channels, levels: levels.collect(), pixels, of_row };
            Decoded { values: Stored::Image(images), unreadable }
        }
        InputDetails::Audio { sample_rate, frames, bands, mean, deviation } => {
            let transform = LogMel::new(*sample_rate, *bands);
            // A little more than the frames look at: the resampler rounds.
            let seconds = (crate::media::log_mel::samples(*frames, *sample_rate) + 1) as f64 / f64::from(*sample_rate);
            let (mut sounds, unreadable, of_row) = read(&files, |path| energies(path, seconds, *sample_rate, *frames, &transform));
            for frame in sounds.iter_mut().flat_map(|sound| sound.chunks_exact_mut(*bands)) {
                for ((value, mean), deviation) in frame.iter_mut().zip(mean).zip(deviation) {
                    *value = ((f64::from(*value) - mean) / deviation) as f32;
                }
            }
            let sounds = Sounds { frames: *frames, bands: *bands, energies: sounds, of_row };
            Decoded { values: Stored::Audio(sounds), unreadable }
        }
        _ => return Ok(None),
    };
    for (row, cause) in rows.iter().zip(&decoded.unreadable) {
        let Some(cause) = cause else { continue };
        if bad == OnBadRow::Error {
            return Err(Error::Media { place: table.place(*row, column.map(|column| column.name.as_str())), cause: cause.clone() });
        }
        report.unreadable += 1;
        keep(&mut report.unreadable_examples, cause);
    }
    Ok(Some(decoded))
}

/// What was read of the distinct files; for each row the cause of a failure; for each row its place among what
/// was read.
type Read<T> = (Vec<T>, Vec<Option<String>>, Vec<Option<usize>>);

fn read<T: Send>(files: &Files, open: impl Fn(&std::path::Path) -> Result<T, String> + Sync) -> Read<T> {
    let results: Vec<Result<T, String>> = files.par_iter().map(|file| file.open(&open)).collect();
    let mut values = Vec::with_capacity(results.len());
    let places: Vec<Result<usize, String>> = results
        .into_iter()
        .map(|result| {
            result.map(|value| {
                values.push(value);
                values.len() - 1
            })
        })
        .collect();
    let place = |file: &Option<usize>| file.map(|file| &places[file]);
    let unreadable = files.of_row.iter().map(|file| place(file)?.as_ref().err().cloned()).collect();
    let of_row = files.of_row.iter().map(|file| place(file)?.as_ref().ok().copied()).collect();
    (values, unreadable, of_row)
}
