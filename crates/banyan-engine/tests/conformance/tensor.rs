//! Named tensors of the cases.

use banyan_engine::random::Stream;
use serde::Deserialize;

/// A named tensor, row-major.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Tensor {
    #[serde(skip)]
    pub(crate) name: String,
    pub(crate) shape: Vec<usize>,
    pub(crate) data: Vec<f32>,
}

impl Tensor {
    pub(crate) fn new(name: &str, shape: &[usize], data: Vec<f32>) -> Self {
        assert_eq!(data.len(), shape.iter().product::<usize>(), "{name}");
        Self { name: name.to_owned(), shape: shape.to_vec(), data }
    }

    /// Standard normal numbers.
    pub(crate) fn random(name: &str, shape: &[usize], stream: &mut Stream) -> Self {
        Self::new(name, shape, normals(stream, shape.iter().product()))
    }

    /// Numbers between 1/2 and 3/2.
    pub(crate) fn positive(name: &str, shape: &[usize], stream: &mut Stream) -> Self {
        let data = (0..shape.iter().product()).map(|_| 0.5 + stream.uniform()).collect();
        Self::new(name, shape, data)
    }

    /// How many numbers a sample has.
    pub(crate) fn per_sample(&self) -> usize {
        self.data.len() / self.shape[0]
    }
}

/// Standard normal numbers.
pub(crate) fn normals(stream: &mut Stream, count: usize) -> Vec<f32> {
    (0..count).map(|_| stream.normal()).collect()
}

/// Asserts that two lists differ by at most `tolerance` times the largest expected magnitude.
pub(crate) fn assert_close(actual: &[f32], expected: &[f32], tolerance: f32, what: &str) {
    assert_eq!(actual.len(), expected.len(), "{what}: lengths");
    let largest = expected.iter().fold(0.0f32, |a, &b| a.max(b.abs()));
    for (index, (&a, &e)) in actual.iter().zip(expected).enumerate() {
        let close = (a - e).abs() <= tolerance * largest + f32::MIN_POSITIVE;
        assert!(close, "{what}: number {index} is {a}, not {e} (largest {largest})");
    }
}

/// Asserts that two lists have the same bits.
pub(crate) fn assert_same_bits(actual: &[f32], expected: &[f32], what: &str) {
    assert_eq!(actual.len(), expected.len(), "{what}: lengths");
    let differs = actual.iter().zip(expected).position(|(a, e)| a.to_bits() != e.to_bits());
    if let Some(index) = differs {
        panic!("{what}: number {index} is {}, not {}", actual[index], expected[index]);
    }
}
