//! Encoded columns, and how a batch gathers rows of them.

use crate::batch::{InputValues, Ragged, TargetValues, TextValues};

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
    Image(Images),
    Audio(Sounds),
}

/// Distinct pictures, 8 bits a channel: a quarter of the memory of the floats that a batch is made of.
#[derive(Debug)]
pub(super) struct Images {
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) channels: usize,
    /// The standardised value of each channel's 256 levels.
    pub(super) levels: Vec<[f32; 256]>,
    pub(super) pixels: Vec<u8>,
    /// Which picture a row has.
    pub(super) of_row: Vec<Option<usize>>,
}

/// Distinct sounds, standardised energies without padding.
#[derive(Debug)]
pub(super) struct Sounds {
    pub(super) frames: usize,
    pub(super) bands: usize,
    pub(super) energies: Vec<Vec<f32>>,
    /// Which sound a row has.
    pub(super) of_row: Vec<Option<usize>>,
}

impl InputStore {
    pub(super) fn gather(&self, rows: &[usize]) -> InputValues {
        match &self.values {
            Stored::Number(values) => InputValues::Number(pick(values, rows)),
            Stored::Category(values) => InputValues::Category(pick(values, rows)),
            Stored::Set(lists) => {
                let mut picked = Ragged::default();
                rows.iter().for_each(|row| picked.push(lists.list(*row).iter().copied()));
                InputValues::Set(picked)
            }
            Stored::Dense { width, values } => {
                let values = rows.iter().flat_map(|row| &values[row * width..(row + 1) * width]).copied().collect();
                InputValues::Dense { width: *width, values }
            }
            Stored::Text(texts) => InputValues::Text(gather_text(texts, rows)),
            Stored::Image(images) => images.gather(rows),
            Stored::Audio(sounds) => sounds.gather(rows),
        }
    }
}

fn pick<T: Copy>(values: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|row| values[*row]).collect()
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

impl Images {
    fn gather(&self, rows: &[usize]) -> InputValues {
        let size = self.height * self.width * self.channels;
        let mut pixels = vec![0.0; rows.len() * size];
        for (place, row) in pixels.chunks_exact_mut(size).zip(rows) {
            let Some(image) = self.of_row[*row] else { continue };
            let bytes = &self.pixels[image * size..(image + 1) * size];
            for (to, from) in place.chunks_exact_mut(self.channels).zip(bytes.chunks_exact(self.channels)) {
                for ((to, level), from) in to.iter_mut().zip(&self.levels).zip(from) {
                    *to = level[usize::from(*from)];
                }
            }
        }
        InputValues::Image { height: self.height, width: self.width, channels: self.channels, pixels }
    }
}

impl Sounds {
    fn gather(&self, rows: &[usize]) -> InputValues {
        let size = self.frames * self.bands;
        let mut values = vec![0.0; rows.len() * size];
        let mut lengths = vec![0; rows.len()];
        for ((place, length), row) in values.chunks_exact_mut(size).zip(&mut lengths).zip(rows) {
            let Some(sound) = self.of_row[*row] else { continue };
            let energies = &self.energies[sound];
            place[..energies.len()].copy_from_slice(energies);
            *length = (energies.len() / self.bands) as u32;
        }
        InputValues::Audio { frames: self.frames, bands: self.bands, values, lengths }
    }
}

/// A task's column.
#[derive(Debug)]
pub(super) struct TargetStore {
    pub(super) known: Vec<bool>,
    pub(super) values: TargetValues,
}

impl TargetStore {
    pub(super) fn gather(&self, rows: &[usize]) -> TargetValues {
        match &self.values {
            TargetValues::Number(values) => TargetValues::Number(pick(values, rows)),
            TargetValues::Class(values) => TargetValues::Class(pick(values, rows)),
            TargetValues::Labels { classes, values } => TargetValues::Labels {
                classes: *classes,
                values: rows.iter().flat_map(|row| &values[row * classes..(row + 1) * classes]).copied().collect(),
            },
        }
    }
}
