//! The operations that the suite runs, one a file. To add one: a file, its line here, its word in the
//! list of `main.rs`.

pub(crate) mod activation;
pub(crate) mod attention;
pub(crate) mod avg_pool2d;
pub(crate) mod batch_norm;
pub(crate) mod binary_cross_entropy;
pub(crate) mod combine;
pub(crate) mod concat;
pub(crate) mod conv2d;
pub(crate) mod crf;
pub(crate) mod cross_attention;
pub(crate) mod cross_entropy;
pub(crate) mod divide;
pub(crate) mod dropout;
pub(crate) mod embedding_bag;
pub(crate) mod exp;
pub(crate) mod fill_missing;
pub(crate) mod gated_multimodal_unit;
pub(crate) mod gather;
pub(crate) mod group_norm;
pub(crate) mod layer_norm;
pub(crate) mod linear;
pub(crate) mod log;
pub(crate) mod lstm;
pub(crate) mod max_pool;
pub(crate) mod max_pool2d;
pub(crate) mod mean_pool;
pub(crate) mod mixture;
pub(crate) mod multiply;
pub(crate) mod ordinal;
pub(crate) mod pair_scores;
pub(crate) mod parameter_distance;
pub(crate) mod permute;
pub(crate) mod piecewise_linear;
pub(crate) mod regression;
pub(crate) mod reshape;
pub(crate) mod resize2d;
pub(crate) mod scatter;
pub(crate) mod slice;
pub(crate) mod softmax;
pub(crate) mod sqrt;
pub(crate) mod sum;

use crate::case::Case;
use crate::fixture::Reader;
use banyan_engine::random::Stream;
use banyan_engine::{Activation, Window};

/// An operation as the suite sees it.
pub(crate) struct Operation {
    /// How to read the fixtures that concern it, by their `op`.
    pub(crate) fixtures: Vec<(&'static str, Reader)>,
    /// Uses of it at odd sizes.
    pub(crate) cases: Vec<Case>,
}

/// The random numbers of an operation's cases.
pub(crate) fn stream(name: &str) -> Stream {
    Stream::new(&name.bytes().map(u64::from).collect::<Vec<_>>())
}

/// The activation that a fixture names.
pub(crate) fn activation_named(word: &str) -> Activation {
    match word {
        "none" => Activation::None,
        "relu" => Activation::Relu,
        "relu6" => Activation::Relu6,
        "gelu" => Activation::Gelu,
        "tanh" => Activation::Tanh,
        "sigmoid" => Activation::Sigmoid,
        other => panic!("no activation {other}"),
    }
}

/// The window as part of a case's name.
pub(crate) fn window_name(Window { stride, padding, more_after }: Window) -> String {
    let more = if more_after == (0, 0) { String::new() } else { format!(", more_after: {more_after:?}") };
    format!("Window {{ stride: {stride:?}, padding: {padding:?}{more} }}")
}

/// Masks of about half the entries.
pub(crate) fn coins(stream: &mut Stream, count: usize) -> Vec<bool> {
    (0..count).map(|_| stream.uniform() < 0.5).collect()
}

/// For each output of a pooling, the places of the input that its window sees.
pub(crate) fn window_places([samples, height, width, channels]: [usize; 4], size: (usize, usize), window: Window) -> Vec<Vec<usize>> {
    let (stride, padding) = (window.stride, window.padding);
    let (out_h, out_w) = ((height + 2 * padding.0 - size.0) / stride.0 + 1, (width + 2 * padding.1 - size.1) / stride.1 + 1);
    let of_output = |at: usize| {
        let (sample, y, x, channel) = (at / channels / out_w / out_h, at / channels / out_w % out_h, at / channels % out_w, at % channels);
        let taps = (0..size.0 * size.1).map(|tap| (y * stride.0 + tap / size.1, x * stride.1 + tap % size.1));
        let inside = taps.filter_map(|(line, place)| Some((line.checked_sub(padding.0)?, place.checked_sub(padding.1)?)));
        let inside = inside.filter(|&(line, place)| line < height && place < width);
        inside.map(|(line, place)| ((sample * height + line) * width + place) * channels + channel).collect()
    };
    (0..samples * out_h * out_w * channels).map(of_output).collect()
}
