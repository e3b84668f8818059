//! Images.

use std::ops::RangeInclusive;
use std::sync::{Mutex, PoisonError};

use banyan_text::hash::hash;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::file::{OpenedFiles, StoredFiles, TrainingFiles, bytes, paths};
use super::stored::StoredValues;
use super::{BatchValues, FittedInput, Fitting, HashFile, Input, InputDetails, InputValues, Problem, Reads, ReadsFiles};
use crate::augment::composition::Composition;
use crate::augment::transform::Transform;
use crate::augment::{OnImage, vary_image};
use crate::config::OnBadRow;
use crate::dataset::decode::Decode;
use crate::dataset::loaded::LoadedValues;
use crate::dataset::media::{Media, open};
use crate::dataset::memory::MediaMemory;
use crate::error::{Error, Place};
use crate::files::Files;
use crate::infer::rule::{Rule, Sureness};
use crate::labels::canvas::Canvas;
use crate::moments::Moments;
use crate::random::Stream;
use crate::rows::Rows;
use crate::settings::{self, SettingError};
use banyan_media::Origin;
use banyan_media::fit::Fit;
use banyan_media::image::{self, Header};
use banyan_media::levels::{Histogram, Levels};

/// Pixels of a side. Longer ones ask for more memory than a batch can have.
const SIDES: RangeInclusive<usize> = 1..=4096;
const LARGEST_DEFAULT_SIDE: usize = 64;
/// The same where weights were learned on larger images.
const LARGEST_PRETRAINED_SIDE: usize = 128;
/// The channels that pretrained weights read.
const PRETRAINED_CHANNELS: usize = 3;
/// How far training moves an image, as a share of its side.
const SHIFT: f64 = 0.08;

/// The settings of an input of the type `image`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ImageSettings {
    /// Height and width in pixels after resizing. Default: the median of the training
    /// images as they are shown, at most 64, and with pretrained weights at most 128.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(inner(range(min = *SIDES.start(), max = *SIDES.end())))]
    pub size: Option<[usize; 2]>,
    /// How images of another size come to this one. Default: stretched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
    /// 1 for grayscale, 3 for color. Default: grayscale if all training images are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = [1, 3, null]))]
    pub channels: Option<usize>,
    /// The weights that the encoder begins with: a file (`.safetensors`, `.pt`, `.pth`, `.bin`), or a folder as the Hugging Face hub gives it. For the
    /// encoders that are networks of torchvision, timm or transformers. Relative to the configuration's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pretrained: Option<String>,
}

/// What was learned of a column of images. A batch holds [`ImageValues`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImageSchema {
    /// Height in pixels after resizing.
    pub height: usize,
    /// Width in pixels after resizing.
    pub width: usize,
    /// How images of another size come to this one.
    #[serde(default, skip_serializing_if = "is_stretched")]
    pub fit: Fit,
    /// 1 (grayscale) or 3 (red, green, blue).
    pub channels: usize,
    /// Mean of each channel, on the scale 0 to 1.
    pub mean: Vec<f64>,
    /// Standard deviation of each channel, on the scale 0 to 1.
    #[serde(rename = "deviation")]
    pub std: Vec<f64>,
    /// The least and the greatest level of training images of 16 bits, which are spread over the scale; nothing where there was none, and in runs
    /// of programs that did not look. Levels of 8 bits are always on the whole scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<[u16; 2]>,
    /// Whether the encoder began with pretrained weights.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pretrained: bool,
}

fn is_stretched(fit: &Fit) -> bool {
    *fit == Fit::Stretch
}

/// `rows × height × width × channels` standardized levels, channels last.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImageValues {
    /// Height in pixels.
    pub height: usize,
    /// Width in pixels.
    pub width: usize,
    /// 1 (grayscale) or 3 (color).
    pub channels: usize,
    /// The levels.
    pub pixels: Vec<f32>,
}

/// The endings of images that are read.
pub(crate) const IMAGE_ENDINGS: [&str; 4] = ["png", "jpg", "jpeg", "webp"];

impl Input for ImageSettings {
    fn rules() -> Vec<Rule> {
        vec![
            Rule::new(Sureness::Form, |candidate| paths(candidate, &IMAGE_ENDINGS, "images")),
            Rule::new(Sureness::Type, |candidate| bytes(candidate, "images", |bytes| image::probe(bytes).is_ok())),
        ]
    }

    fn check(&self) -> Result<(), SettingError> {
        settings::check("size", self.size.into_iter().flatten(), &SIDES)?;
        match self.channels {
            Some(channels) if channels != 1 && channels != 3 => {
                Err(SettingError::new("channels", format!("must be 1 (grayscale) or 3 (color), not {channels}")))
            }
            Some(1) if self.pretrained.is_some() => {
                Err(SettingError::new("channels", "must be 3 with pretrained weights, which were learned on images in color"))
            }
            _ => Ok(()),
        }
    }

    fn fit<'a>(&self, rows: Rows<'a>, bad: OnBadRow) -> Result<Fitting<'a>, Problem> {
        let files = TrainingFiles::collect(rows, bad, "images")?;
        // The channels depend on all files: one in color among ten thousand grayscale ones makes them three.
        let headers = files.read_all(|from| image::probe(from))?;
        let pretrained = self.pretrained.is_some();
        let of_files = || headers.iter().map(|header| header.channels).max().unwrap_or(1);
        let channels = self.channels.unwrap_or_else(|| if pretrained { PRETRAINED_CHANNELS } else { of_files() });
        let largest = if pretrained { LARGEST_PRETRAINED_SIDE } else { LARGEST_DEFAULT_SIDE };
        let [height, width] = self.size.unwrap_or_else(|| {
            let side = |of: fn(&Header) -> usize| median(headers.iter().map(of).collect()).min(largest);
            [side(|header| header.height), side(|header| header.width)]
        });
        let has_many_levels = headers.iter().any(|header| header.bits > 8);
        let fit = self.fit.unwrap_or_default();
        let sizes =
            ImageSchema { height, width, fit, channels, mean: vec![0.0; channels], std: vec![1.0; channels], levels: None, pretrained };
        let finish = move || {
            let levels = if has_many_levels { levels_of(&files)? } else { None };
            let decoder = ImageDecoder { canvas: Canvas { size: [height, width], fit }, channels, levels };
            let mut moments = vec![Moments::default(); channels];
            files.fold_some(
                |from| decoder.decode(from),
                |pixels| {
                    for pixel in pixels.chunks_exact(channels) {
                        for (moments, level) in moments.iter_mut().zip(pixel) {
                            moments.add(f64::from(*level) / 255.0);
                        }
                    }
                },
            )?;
            let (mean, std) = moments.iter().map(|moments| (moments.mean(), moments.std())).unzip();
            let levels = levels.map(|levels| [levels.least, levels.greatest]);
            Ok(ImageSchema { height, width, fit, channels, mean, std, levels, pretrained }.into())
        };
        Ok(Fitting::sizes(sizes, finish))
    }

    fn has_comparable_cells(&self) -> bool {
        false
    }

    fn size(&self) -> Option<[usize; 2]> {
        self.size
    }

    fn paths(&mut self) -> Vec<&mut String> {
        self.pretrained.iter_mut().collect()
    }

    fn pretrained(&self) -> Option<&str> {
        self.pretrained.as_deref()
    }

    fn file_content(&self) -> Option<HashFile> {
        Some(|from| {
            image::content_then(from, |sides, bytes| hash(sides.into_iter().flat_map(u32::to_le_bytes).chain(bytes.iter().copied())))
        })
    }
}

/// The levels that the training images of 16 bits use.
fn levels_of(files: &TrainingFiles<'_>) -> Result<Option<Levels>, Problem> {
    let all = Mutex::new(Histogram::default());
    files.read_some(|from| {
        let own = Histogram::of_file(from)?;
        all.lock().unwrap_or_else(PoisonError::into_inner).append(&own);
        Ok(())
    })?;
    Ok(all.into_inner().unwrap_or_else(PoisonError::into_inner).levels())
}

fn median(mut values: Vec<usize>) -> usize {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(1)
}

impl FittedInput for ImageSchema {
    fn check(&self) -> Result<(), SettingError> {
        settings::check("height", [self.height], &SIDES)?;
        settings::check("width", [self.width], &SIDES)?;
        if ![1, 3].contains(&self.channels) {
            return Err(SettingError::new("channels", format!("must be 1 or 3, not {}", self.channels)));
        }
        settings::check_scale(&self.mean, &self.std, self.channels)
    }

    fn describe(&self) -> String {
        let color = if self.channels == 1 { "grayscale" } else { "color" };
        let levels = self.levels.map(|[least, greatest]| format!(", levels of 16 bits from {least} to {greatest}")).unwrap_or_default();
        let fit = if is_stretched(&self.fit) { "" } else { self.fit.name() };
        format!("{} × {}, {fit}{}{color}{levels}", self.height, self.width, if fit.is_empty() { "" } else { ", " })
    }

    fn shrunk(&self, factor: usize) -> Option<InputDetails> {
        let by = (factor as f64).sqrt();
        let side = |side: usize| (side as f64 / by).ceil() as usize;
        Some(Self { height: side(self.height), width: side(self.width), ..self.clone() }.into())
    }

    fn reads(&self) -> Reads<'_> {
        Reads::Files(self)
    }

    fn canvas(&self) -> Option<Canvas> {
        Some(Canvas { size: [self.height, self.width], fit: self.fit })
    }
}

impl ReadsFiles for ImageSchema {
    fn open(&self, files: &Files, memory: Option<&MediaMemory>, place: &(dyn Fn(usize) -> Place + Sync)) -> OpenedFiles {
        let levels = self.levels.map(|[least, greatest]| Levels { least, greatest });
        let canvas = Canvas { size: [self.height, self.width], fit: self.fit };
        let decoder = ImageDecoder { canvas, channels: self.channels, levels };
        let (media, unreadable) = open(files, decoder, memory, place);
        let level = |level: usize, mean: &f64, std: &f64| ((level as f64 / 255.0 - mean) / std) as f32;
        let levels = self.mean.iter().zip(&self.std).map(|(mean, std)| std::array::from_fn(|index| level(index, mean, std)));
        OpenedFiles::new(StoredImages { levels: levels.collect(), media }, unreadable)
    }
}

/// Images of one size, 8 bits a channel: a quarter of the memory of the floats that a batch is made of.
#[derive(Debug)]
struct ImageDecoder {
    canvas: Canvas,
    channels: usize,
    levels: Option<Levels>,
}

impl Decode for ImageDecoder {
    type Value = u8;
    const WHAT: &'static str = "images";

    fn decode(&self, from: Origin<'_>) -> Result<Vec<u8>, String> {
        let lay = |image| Ok(image::fit(image, self.canvas.size, self.canvas.fit)?.pixels);
        image::decode_then(from, self.channels, self.levels, lay)
    }
}

/// A column of images.
#[derive(Debug)]
struct StoredImages {
    /// The standardized value of each channel's 256 levels.
    levels: Vec<[f32; 256]>,
    media: Media<ImageDecoder>,
}

impl StoredValues for StoredImages {
    fn gather(&self, rows: &[usize], loaded: &LoadedValues) -> InputValues {
        let ImageDecoder { canvas: Canvas { size: [height, width], .. }, channels, .. } = self.media.decoder;
        let (size, loaded) = (height * width * channels, loaded.get());
        let mut pixels = vec![0.0; rows.len() * size];
        for (place, row) in pixels.chunks_exact_mut(size).zip(rows) {
            let Some(bytes) = self.media.get(*row, loaded) else { continue };
            for (to, from) in place.chunks_exact_mut(channels).zip(bytes.chunks_exact(channels)) {
                for ((to, level), from) in to.iter_mut().zip(&self.levels).zip(from) {
                    *to = level[usize::from(*from)];
                }
            }
        }
        InputValues::Image(ImageValues { height, width, channels, pixels })
    }

    fn is_whole(&self) -> bool {
        self.media.is_whole()
    }

    fn load(&self, rows: &[usize]) -> Result<LoadedValues, Error> {
        Ok(LoadedValues::new(self.media.load(rows)?))
    }
}

impl StoredFiles for StoredImages {
    fn present(&self) -> Vec<bool> {
        self.media.present()
    }

    fn retain(&mut self, kept: &[bool]) {
        self.media.retain(kept);
    }
}

impl BatchValues for ImageValues {
    /// Small shifts, and where labels lie on the images more.
    fn augment(&mut self, random: &dyn Fn(usize) -> Stream, on_image: Option<&OnImage<'_>>) -> Vec<Transform> {
        let Self { height, width, channels, .. } = *self;
        let images = self.pixels.chunks_exact_mut((height * width * channels).max(1)).enumerate();
        let move_image = |(row, image): (usize, &mut [f32])| {
            let shape = [height, width, channels];
            if let Some(OnImage { augmentation, extent }) = on_image {
                return vary_image(image, shape, augmentation, extent(row), &mut random(row));
            }
            let transform = Transform::shift(&mut random(row), [height, width], SHIFT);
            transform.apply_to_image(image, shape);
            transform
        };
        images.map(move_image).collect()
    }

    fn compose(&mut self, compositions: &[Option<Composition>]) {
        let old = self.pixels.clone();
        let images = self.pixels.chunks_exact_mut((self.height * self.width * self.channels).max(1));
        for (image, composition) in images.zip(compositions) {
            if let Some(composition) = composition {
                composition.apply_to_image(&old, image, self.channels);
            }
        }
    }
}
