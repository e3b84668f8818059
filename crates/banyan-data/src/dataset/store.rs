//! Encoded columns, and how a batch gathers rows of them.

use super::decode::{PictureDecoder, SoundDecoder};
use super::media::{Decoded, Media};
use crate::batch::{InputValues, Ragged, TargetBatch, TextValues, TokenValues};
use crate::error::Error;
use crate::values::Values;

/// An input's column: for each row whether it is there, and its value.
#[derive(Debug)]
pub(super) struct InputStore {
    pub(super) present: Vec<bool>,
    pub(super) values: Stored,
}

/// Values of all rows; those of absent rows are zeros or empty.
#[derive(Debug)]
pub(super) enum Stored {
    Number(Vec<f32>),
    Category(Vec<u32>),
    Set(Ragged),
    Dense {
        width: usize,
        values: Vec<f32>,
    },
    /// For each row the features of its tokens.
    Text(Vec<Ragged>),
    Tokens(TokenValues),
    Image(Images),
    Audio(Media<SoundDecoder>),
}

/// A column of pictures.
#[derive(Debug)]
pub(super) struct Images {
    /// The standardised value of each channel's 256 levels.
    pub(super) levels: Vec<[f32; 256]>,
    pub(super) media: Media<PictureDecoder>,
}

/// Decoded files of one input that a batch needs and memory does not keep.
#[derive(Debug, Default)]
pub(super) enum LoadedInput {
    /// None is needed.
    #[default]
    Nothing,
    Image(Decoded<u8>),
    Audio(Decoded<f32>),
}

impl InputStore {
    /// A column of files, without the rows that are not to be kept.
    pub(super) fn of_media(mut values: Stored, kept: &[bool]) -> Self {
        let present = match &mut values {
            Stored::Image(images) => {
                images.media.retain(kept);
                images.media.present()
            }
            Stored::Audio(sounds) => {
                sounds.retain(kept);
                sounds.present()
            }
            _ => vec![false; kept.iter().filter(|kept| **kept).count()],
        };
        Self { present, values }
    }

    /// Whether memory keeps all of it.
    pub(super) fn is_whole(&self) -> bool {
        match &self.values {
            Stored::Image(images) => images.media.is_whole(),
            Stored::Audio(sounds) => sounds.is_whole(),
            _ => true,
        }
    }

    /// Decodes what rows need and memory does not keep.
    pub(super) fn load(&self, rows: &[usize]) -> Result<LoadedInput, Error> {
        Ok(match &self.values {
            Stored::Image(images) => LoadedInput::Image(images.media.load(rows)?),
            Stored::Audio(sounds) => LoadedInput::Audio(sounds.load(rows)?),
            _ => LoadedInput::Nothing,
        })
    }

    /// The tokens of a row's sentence; 0 where the input has none.
    pub(super) fn tokens(&self, row: usize) -> usize {
        match &self.values {
            Stored::Tokens(values) => (values.offsets[row + 1] - values.offsets[row]) as usize,
            _ => 0,
        }
    }

    pub(super) fn gather(&self, rows: &[usize], loaded: &LoadedInput) -> InputValues {
        match &self.values {
            Stored::Number(values) => InputValues::Number(pick(values, rows)),
            Stored::Category(values) => InputValues::Category(pick(values, rows)),
            Stored::Set(lists) => InputValues::Set(pick_lists(lists, rows)),
            Stored::Dense { width, values } => {
                let values = rows.iter().flat_map(|row| &values[row * width..(row + 1) * width]).copied().collect();
                InputValues::Dense { width: *width, values }
            }
            Stored::Text(texts) => InputValues::Text(gather_text(texts, rows)),
            Stored::Tokens(values) => InputValues::Tokens(values.select(rows)),
            Stored::Image(images) => match loaded {
                LoadedInput::Image(loaded) => gather_images(images, rows, loaded),
                _ => gather_images(images, rows, &Decoded::new()),
            },
            Stored::Audio(sounds) => match loaded {
                LoadedInput::Audio(loaded) => gather_sounds(sounds, rows, loaded),
                _ => gather_sounds(sounds, rows, &Decoded::new()),
            },
        }
    }
}

fn pick<T: Copy>(values: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|row| values[*row]).collect()
}

fn pick_lists(lists: &Ragged, rows: &[usize]) -> Ragged {
    let mut picked = Ragged::default();
    rows.iter().for_each(|row| picked.push(lists.list(*row).iter().copied()));
    picked
}

fn gather_text(texts: &[Ragged], rows: &[usize]) -> TextValues {
    let mut text = TextValues::default();
    for row in rows {
        let tokens = &texts[*row];
        let first = text.features.len() as u32;
        text.tokens.push(first..first + tokens.len() as u32);
        (0..tokens.len()).for_each(|token| text.features.push(tokens.list(token).iter().copied()));
    }
    text
}

fn gather_images(images: &Images, rows: &[usize], loaded: &Decoded<u8>) -> InputValues {
    let PictureDecoder { height, width, channels } = images.media.decoder;
    let size = height * width * channels;
    let mut pixels = vec![0.0; rows.len() * size];
    for (place, row) in pixels.chunks_exact_mut(size).zip(rows) {
        let Some(bytes) = images.media.get(*row, loaded) else { continue };
        for (to, from) in place.chunks_exact_mut(channels).zip(bytes.chunks_exact(channels)) {
            for ((to, level), from) in to.iter_mut().zip(&images.levels).zip(from) {
                *to = level[usize::from(*from)];
            }
        }
    }
    InputValues::Image { height, width, channels, pixels }
}

fn gather_sounds(sounds: &Media<SoundDecoder>, rows: &[usize], loaded: &Decoded<f32>) -> InputValues {
    let SoundDecoder { frames, bands, .. } = sounds.decoder;
    let mut values = vec![0.0; rows.len() * frames * bands];
    let mut lengths = vec![0; rows.len()];
    for ((place, length), row) in values.chunks_exact_mut(frames * bands).zip(&mut lengths).zip(rows) {
        let Some(energies) = sounds.get(*row, loaded) else { continue };
        place[..energies.len()].copy_from_slice(energies);
        *length = (energies.len() / bands) as u32;
    }
    InputValues::Audio { frames, bands, values, lengths }
}

/// A task's column.
#[derive(Debug)]
pub(super) struct TargetStore {
    pub(super) known: Vec<bool>,
    pub(super) values: Values,
    /// The labels that each row has: those of its tokens, or the one of the row.
    pub(super) labels: Vec<u32>,
}

impl TargetStore {
    pub(super) fn gather(&self, rows: &[usize]) -> TargetBatch {
        TargetBatch { known: rows.iter().map(|row| self.known[*row]).collect(), values: self.values.select(rows) }
    }
}
