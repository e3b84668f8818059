//! The operations, one a file: each file owns its forward pass (a method of [`Graph`](crate::Graph)) and
//! its backward pass. To add one: a file, its module line, its variant and its arm below.

mod activation;
mod attention;
mod avg_pool2d;
mod batch_norm;
mod binary_cross_entropy;
mod combine;
mod concat;
mod conv2d;
mod crf;
mod cross_entropy;
mod divide;
mod dropout;
mod elementwise;
mod embedding_bag;
mod exp;
mod fill_missing;
mod gather;
mod group_norm;
mod layer_norm;
mod linear;
mod log;
mod lstm;
mod max_pool;
mod max_pool2d;
mod mean_pool;
mod mixture;
mod multiply;
mod pair_scores;
mod parameter_distance;
mod permute;
mod pointwise_loss;
mod reshape;
mod resize2d;
mod scatter;
mod slice;
mod softmax;
mod sqrt;
mod sum;
mod window;

pub use activation::Activation;
pub use batch_norm::BatchNormParameters;
pub use conv2d::Convolution;
pub use layer_norm::EPSILON as LAYER_NORM_EPSILON;
pub use lstm::Direction;
pub use pointwise_loss::Residual;
pub use resize2d::Interpolation;
pub use window::Window;

use crate::sweep::Sweep;
use crate::tape::Var;

/// What a node of the tape did.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Op {
    Leaf,
    /// A leaf that is a copy of another tape's value.
    Import,
    Activate(activation::Activate),
    Attention(attention::Attention),
    AvgPool2d(avg_pool2d::AvgPool2d),
    BatchNorm(batch_norm::BatchNorm),
    BinaryCrossEntropy(binary_cross_entropy::BinaryCrossEntropy),
    Combine(combine::Combine),
    Concat(concat::Concat),
    Conv2d(conv2d::Conv2d),
    Crf(crf::Crf),
    CrossEntropy(cross_entropy::CrossEntropy),
    Divide(divide::Divide),
    Dropout(dropout::Dropout),
    EmbeddingBag(embedding_bag::EmbeddingBag),
    Exp(exp::Exp),
    FillMissing(fill_missing::FillMissing),
    Gather(gather::Gather),
    GroupNorm(group_norm::GroupNorm),
    LayerNorm(layer_norm::LayerNorm),
    Linear(linear::Linear),
    Log(log::Log),
    Lstm(lstm::Lstm),
    MaxPool(max_pool::MaxPool),
    MaxPool2d(max_pool2d::MaxPool2d),
    MeanPool(mean_pool::MeanPool),
    Mixture(mixture::Mixture),
    Multiply(multiply::Multiply),
    PairScores(pair_scores::PairScores),
    ParameterDistance(parameter_distance::ParameterDistance),
    Permute(permute::Permute),
    PointwiseLoss(pointwise_loss::PointwiseLoss),
    Reshape(reshape::Reshape),
    Resize2d(resize2d::Resize2d),
    Scatter(scatter::Scatter),
    Slice(slice::Slice),
    Softmax(softmax::Softmax),
    Sqrt(sqrt::Sqrt),
    Sum(sum::Sum),
}

impl Op {
    /// Turns the cotangents of `output` into cotangents of the operands and gradients of the parameters.
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        match self {
            Self::Leaf | Self::Import => {}
            Self::Activate(op) => op.backward(sweep, output),
            Self::Attention(op) => op.backward(sweep, output),
            Self::AvgPool2d(op) => op.backward(sweep, output),
            Self::BatchNorm(op) => op.backward(sweep, output),
            Self::BinaryCrossEntropy(op) => op.backward(sweep, output),
            Self::Combine(op) => op.backward(sweep, output),
            Self::Concat(op) => op.backward(sweep, output),
            Self::Conv2d(op) => op.backward(sweep, output),
            Self::Crf(op) => op.backward(sweep, output),
            Self::CrossEntropy(op) => op.backward(sweep, output),
            Self::Divide(op) => op.backward(sweep, output),
            Self::Dropout(op) => op.backward(sweep, output),
            Self::EmbeddingBag(op) => op.backward(sweep, output),
            Self::Exp(op) => op.backward(sweep, output),
            Self::FillMissing(op) => op.backward(sweep, output),
            Self::Gather(op) => op.backward(sweep, output),
            Self::GroupNorm(op) => op.backward(sweep, output),
            Self::LayerNorm(op) => op.backward(sweep, output),
            Self::Linear(op) => op.backward(sweep, output),
            Self::Log(op) => op.backward(sweep, output),
            Self::Lstm(op) => op.backward(sweep, output),
            Self::MaxPool(op) => op.backward(sweep, output),
            Self::MaxPool2d(op) => op.backward(sweep, output),
            Self::MeanPool(op) => op.backward(sweep, output),
            Self::Mixture(op) => op.backward(sweep, output),
            Self::Multiply(op) => op.backward(sweep, output),
            Self::PairScores(op) => op.backward(sweep, output),
            Self::ParameterDistance(op) => op.backward(sweep, output),
            Self::Permute(op) => op.backward(sweep, output),
            Self::PointwiseLoss(op) => op.backward(sweep, output),
            Self::Reshape(op) => op.backward(sweep, output),
            Self::Resize2d(op) => op.backward(sweep, output),
            Self::Scatter(op) => op.backward(sweep, output),
            Self::Slice(op) => op.backward(sweep, output),
            Self::Softmax(op) => op.backward(sweep, output),
            Self::Sqrt(op) => op.backward(sweep, output),
            Self::Sum(op) => op.backward(sweep, output),
        }
    }
}
