//! An encoded image, as a model sees it.

use banyan_media::image::Picture;

use super::Dataset;
use crate::error::Error;
use crate::inputs::{ImageSchema, ImageValues, InputValues};
use crate::schema::Schema;

impl Dataset {
    /// The image that a row has of an input, on the canvas that the model sees; none where the row lacks it, and for an input of another kind.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn picture(&self, schema: &Schema, input: usize, row: usize) -> Result<Option<Picture>, Error> {
        let Some(fitted) = schema.inputs[input].details.downcast::<ImageSchema>() else { return Ok(None) };
        let batch = self.batch(&[row])?;
        let own = &batch.inputs[input];
        let picture = if let InputValues::Image(values) = &own.values { Some(levels_again(fitted, values)) } else { None };
        Ok(picture.filter(|_| own.present[0]))
    }
}

/// Standardized values as levels of 8 bits.
fn levels_again(schema: &ImageSchema, values: &ImageValues) -> Picture {
    let channels = schema.mean.iter().zip(&schema.std).cycle();
    let level = |(value, (mean, std)): (&f32, (&f64, &f64))| ((f64::from(*value) * std + mean) * 255.0).round() as u8;
    let pixels = values.pixels.iter().zip(channels).map(level).collect();
    Picture { height: values.height, width: values.width, channels: values.channels, pixels }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_comes_back() {
        let schema = ImageSchema {
            height: 2,
            width: 128,
            fit: Default::default(),
            channels: 3,
            mean: vec![0.1, 0.5, 0.9],
            std: vec![1.0, 0.03, 0.2],
            levels: None,
            pretrained: false,
        };
        let levels: Vec<u8> = (0..256).flat_map(|level| [level as u8; 3]).collect();
        let standardized = levels.iter().zip(schema.mean.iter().zip(&schema.std).cycle());
        let pixels = standardized.map(|(level, (mean, std))| ((f64::from(*level) / 255.0 - mean) / std) as f32).collect();
        let picture = levels_again(&schema, &ImageValues { height: 2, width: 128, channels: 3, pixels });
        assert!(picture.pixels == levels && (picture.height, picture.width, picture.channels) == (2, 128, 3));
    }
}
