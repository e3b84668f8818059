//! Layers: parameter handles and how they are run.

mod attention;
mod batch_norm;
mod conv2d;
mod crf;
mod cross_attention;
mod embedding;
mod group_norm;
mod layer_norm;
mod linear;
mod lstm;
mod transformer_block;

pub use attention::SelfAttention;
pub use batch_norm::BatchNorm;
pub use conv2d::Conv2d;
pub use crf::Crf;
pub use cross_attention::CrossAttention;
pub use embedding::Embedding;
pub use group_norm::GroupNorm;
pub use layer_norm::LayerNorm;
pub use linear::Linear;
pub use lstm::{BiLstm, Lstm};
pub use transformer_block::TransformerBlock;
