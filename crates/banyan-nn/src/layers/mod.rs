//! Layers: parameter handles and how they are run.

mod conv2d;
mod embedding;
mod layer_norm;
mod linear;

pub use conv2d::Conv2d;
pub use embedding::Embedding;
pub use layer_norm::LayerNorm;
pub use linear::Linear;
