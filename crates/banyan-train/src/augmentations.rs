//! The augmentations that can be chosen by name.

use banyan_data::augment::Augmentation;
use banyan_method::{Described, Method, Registry, Settings};

/// An augmentation by name.
#[derive(Debug, Clone, Copy)]
pub struct AugmentationMethod {
    /// Name, summary and paper.
    pub method: Method,
    /// Makes it; `None` where nothing is varied.
    pub(crate) build: fn(&Settings) -> Option<Augmentation>,
}

impl Described for AugmentationMethod {
    fn method(&self) -> &Method {
        &self.method
    }
}

/// All augmentations.
pub static AUGMENTATIONS: Registry<AugmentationMethod> = Registry::new(
    "augmentations",
    "augmentation",
    "Vary training images and audio, anew at every step.",
    &[
        AugmentationMethod {
            method: Method::new("auto", "as suits each kind of input: small shifts of images, shifts and masked bands and frames of audio")
                .paper("Park et al., Interspeech 2019 (the masks)"),
            build: |_| Some(Augmentation),
        },
        AugmentationMethod { method: Method::new("none", "nothing is varied"), build: |_| None },
    ],
);
