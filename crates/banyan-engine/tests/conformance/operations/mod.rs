//! The operations that the suite runs, one a file. To add one: a file, its line here, its word in the
//! list of `main.rs`.

pub(crate) mod activation;
pub(crate) mod attention;
pub(crate) mod batch_norm;
pub(crate) mod binary_cross_entropy;
pub(crate) mod combine;
pub(crate) mod concat;
pub(crate) mod conv2d;
pub(crate) mod crf;
pub(crate) mod cross_entropy;
pub(crate) mod dropout;
pub(crate) mod embedding_bag;
pub(crate) mod fill_missing;
pub(crate) mod gated_multimodal_unit;
pub(crate) mod gather;
pub(crate) mod layer_norm;
pub(crate) mod linear;
pub(crate) mod lstm;
pub(crate) mod max_pool2d;
pub(crate) mod mean_pool;
pub(crate) mod mixture;
pub(crate) mod multiply;
pub(crate) mod ordinal;
pub(crate) mod pair_scores;
pub(crate) mod regression;
pub(crate) mod reshape;
pub(crate) mod slice;
pub(crate) mod softmax;
pub(crate) mod sum;

use crate::case::Case;
use crate::fixture::Reader;
use banyan_engine::Activation;
use banyan_engine::random::Stream;

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
        "gelu" => Activation::Gelu,
        "tanh" => Activation::Tanh,
        "sigmoid" => Activation::Sigmoid,
        other => panic!("no activation {other}"),
    }
}

/// Masks of about half the entries.
pub(crate) fn coins(stream: &mut Stream, count: usize) -> Vec<bool> {
    (0..count).map(|_| stream.uniform() < 0.5).collect()
}
