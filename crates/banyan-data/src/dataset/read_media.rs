//! Columns of files to pictures and sounds.

use super::decode::{PictureDecoder, SoundDecoder};
use super::media::open;
use super::memory::MediaMemory;
use super::store::{Images, Stored};
use crate::config::OnBadRow;
use crate::error::Error;
use crate::files::Files;
use crate::media::log_mel::LogMel;
use crate::report::{InputReport, keep};
use crate::schema::InputDetails;
use crate::table::{Column, Table};

/// What became of a column of files.
pub(super) struct Read {
    pub(super) stored: Stored,
    /// For each row asked for the cause, where its file cannot be read.
    pub(super) unreadable: Vec<Option<String>>,
}

/// Decodes the files of a column and keeps those that there is room for; says for each row why its file cannot be read. `None` if the
/// details are of another kind.
pub(super) fn read(
    table: &Table,
    rows: &[usize],
    column: Option<&Column>,
    details: &InputDetails,
    (bad, memory): (OnBadRow, Option<&MediaMemory>),
    report: &mut InputReport,
) -> Result<Option<Read>, Error> {
    let files = match (details, column) {
        (InputDetails::Image { .. } | InputDetails::Audio { .. }, Some(column)) => Files::collect(table, rows, column)?,
        (InputDetails::Image { .. } | InputDetails::Audio { .. }, None) => Files::absent(rows.len()),
        _ => return Ok(None),
    };
    let place = |row: usize| table.place(row, column.map(|column| column.name.as_str()));
    let (stored, unreadable) = match details {
        InputDetails::Image { height, width, channels, mean, deviation } => {
            let decoder = PictureDecoder { height: *height, width: *width, channels: *channels };
            let (media, unreadable) = open(&files, decoder, memory, place);
            let levels = mean
                .iter()
                .zip(deviation)
                .map(|(mean, deviation)| std::array::from_fn(|level| ((level as f64 / 255.0 - mean) / deviation) as f32));
            (Stored::Image(Images { levels: levels.collect(), media }), unreadable)
        }
        InputDetails::Audio { sample_rate, frames, bands, mean, deviation } => {
            let decoder = SoundDecoder {
                sample_rate: *sample_rate,
                frames: *frames,
                bands: *bands,
                transform: LogMel::new(*sample_rate, *bands),
                mean: mean.clone(),
                deviation: deviation.clone(),
            };
            let (media, unreadable) = open(&files, decoder, memory, place);
            (Stored::Audio(media), unreadable)
        }
        _ => return Ok(None),
    };
    for (row, cause) in rows.iter().zip(&unreadable) {
        let Some(cause) = cause else { continue };
        if bad == OnBadRow::Error {
            return Err(Error::Media { place: place(*row), cause: cause.clone() });
        }
        report.unreadable += 1;
        keep(&mut report.unreadable_examples, cause);
    }
    Ok(Some(Read { stored, unreadable }))
}
