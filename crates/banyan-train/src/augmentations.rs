//! The augmentations that can be chosen by name.

use banyan_data::augment::Augmentation;
use banyan_method::{Described, Method, OptionSpec, Range, Registry, Settings};

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

const FLIP: OptionSpec = OptionSpec::word(
    "flip",
    "of images on which labels lie: whether left and right change places in half of them, which digits and letters forbid",
    &["horizontal", "none", "both"],
);
const SCALE: OptionSpec =
    OptionSpec::number("scale", "by which share sides grow, or shrink, at most", 0.25, Range::ANY.at_least(0.0).at_most(4.0));
const SHIFT: OptionSpec =
    OptionSpec::number("shift", "the longest shift, as a share of each side", 0.1, Range::ANY.at_least(0.0).at_most(1.0));
const ROTATION: OptionSpec =
    OptionSpec::number("rotation", "the largest turn to either side, in degrees", 0.0, Range::ANY.at_least(0.0).at_most(180.0));
const COLOR: OptionSpec = OptionSpec::number(
    "color",
    "the largest change of brightness, contrast and color, in standard deviations",
    0.2,
    Range::ANY.at_least(0.0).at_most(4.0),
);
const KEEP_BOXES: OptionSpec = OptionSpec::flag("keep_boxes", "whether no box may leave its image, as where objects are counted");
const MOSAIC: OptionSpec = OptionSpec::number(
    "mosaic",
    "the probability that an image on which labels lie becomes a mosaic of four images of its batch, which makes the labels of the row as a whole unknown",
    0.0,
    Range::ANY.at_least(0.0).at_most(1.0),
);
const COPY_PASTE: OptionSpec = OptionSpec::number(
    "copy_paste",
    "the probability that objects of another image of the batch are pasted into an image with boxes that is no mosaic, with the same effect on labels",
    0.0,
    Range::ANY.at_least(0.0).at_most(1.0),
);

fn augmentation(settings: &Settings) -> Augmentation {
    let flip = settings.word(FLIP.name);
    Augmentation {
        flip: flip != "none",
        vertical_flip: flip == "both",
        scale: settings.number(SCALE.name),
        shift: settings.number(SHIFT.name),
        rotation: settings.number(ROTATION.name),
        color: settings.number(COLOR.name),
        cut_boxes: !settings.flag(KEEP_BOXES.name),
        mosaic: settings.number(MOSAIC.name),
        copy_paste: settings.number(COPY_PASTE.name),
    }
}

/// All augmentations.
pub static AUGMENTATIONS: Registry<AugmentationMethod> = Registry::new(
    "augmentations",
    "augmentation",
    "Vary training images and audio, anew at every step.",
    &[
        AugmentationMethod {
            method: Method::new(
                "auto",
                "as suits each kind of input: small shifts of images, shifts and masked bands and frames of audio; of images on which labels lie also \
                 flips, scale and color",
            )
            .paper("Park et al., Interspeech 2019 (the masks of audio); Bochkovskiy et al., 2020 (mosaics); Ghiasi et al., CVPR 2021 (pasting)")
            .options(&[FLIP, SCALE, SHIFT, ROTATION, COLOR, KEEP_BOXES, MOSAIC, COPY_PASTE]),
            build: |settings| Some(augmentation(settings)),
        },
        AugmentationMethod { method: Method::new("none", "nothing is varied"), build: |_| None },
    ],
);
