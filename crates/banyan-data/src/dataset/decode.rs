//! One file to pixels or energies, as a schema says.

use std::fmt;
use std::path::Path;

use crate::media::image;
use crate::media::log_mel::{self, LogMel};

/// What turns a file into the values that are kept of it. The same file gives the same values whenever it is decoded.
pub(super) trait Decode: fmt::Debug + Sync {
    /// One number of what is kept.
    type Value: fmt::Debug + Copy + Send + Sync;

    /// # Errors
    /// What is wrong with the file, as the end of a sentence that begins with its name.
    fn decode(&self, path: &Path) -> Result<Vec<Self::Value>, String>;
}

/// Pictures of one size, 8 bits a channel: a quarter of the memory of the floats that a batch is made of.
#[derive(Debug)]
pub(super) struct PictureDecoder {
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) channels: usize,
}

impl Decode for PictureDecoder {
    type Value = u8;

    fn decode(&self, path: &Path) -> Result<Vec<u8>, String> {
        let picture = image::decode(path, self.channels)?;
        Ok(image::resize(picture, self.height, self.width)?.pixels)
    }
}

/// Standardised log-mel energies, `frames × bands`, without padding.
#[derive(Debug)]
pub(super) struct SoundDecoder {
    pub(super) sample_rate: u32,
    pub(super) frames: usize,
    pub(super) bands: usize,
    pub(super) transform: LogMel,
    /// For each band.
    pub(super) mean: Vec<f64>,
    /// For each band.
    pub(super) deviation: Vec<f64>,
}

impl Decode for SoundDecoder {
    type Value = f32;

    fn decode(&self, path: &Path) -> Result<Vec<f32>, String> {
        // A little more than the frames look at: the resampler rounds.
        let seconds = (log_mel::samples(self.frames, self.sample_rate) + 1) as f64 / f64::from(self.sample_rate);
        let mut energies = self.transform.energies_of_file(path, seconds, self.frames)?;
        for frame in energies.chunks_exact_mut(self.bands) {
            for ((value, mean), deviation) in frame.iter_mut().zip(&self.mean).zip(&self.deviation) {
                *value = ((f64::from(*value) - mean) / deviation) as f32;
            }
        }
        Ok(energies)
    }
}
