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
mod piecewise_linear;
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

use crate::parameters::ParameterId;
use crate::sweep::Sweep;
use crate::tape::Var;

impl Op {
    /// The weights of a product that goes through all of them at every place of its output.
    pub(crate) fn weights_of_product(&self) -> Option<ParameterId> {
        match self {
            Self::Linear(op) => Some(op.weight()),
            Self::Conv2d(op) => Some(op.weight()),
            _ => None,
        }
    }
}

macro_rules! ops {
    ($($op:ident in $module:ident;)*) => {
        /// What a node of the tape did.
        #[derive(Debug, Clone, Copy)]
        pub(crate) enum Op {
            Leaf,
            /// A leaf that is a copy of another tape's value.
            Import,
            $($op($module::$op),)*
        }

        impl Op {
            /// Turns the cotangents of `output` into cotangents of the operands and gradients of the parameters.
            pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
                match self {
                    Self::Leaf | Self::Import => {}
                    $(Self::$op(op) => op.backward(sweep, output),)*
                }
            }
        }
    };
}

ops! {
    Activate in activation;
    Attention in attention;
    BlockedAttention in attention;
    AvgPool2d in avg_pool2d;
    BatchNorm in batch_norm;
    BinaryCrossEntropy in binary_cross_entropy;
    Combine in combine;
    Concat in concat;
    Conv2d in conv2d;
    Crf in crf;
    CrossEntropy in cross_entropy;
    Divide in divide;
    Dropout in dropout;
    EmbeddingBag in embedding_bag;
    Exp in exp;
    FillMissing in fill_missing;
    Gather in gather;
    GroupNorm in group_norm;
    LayerNorm in layer_norm;
    Linear in linear;
    Log in log;
    Lstm in lstm;
    MaxPool in max_pool;
    MaxPool2d in max_pool2d;
    MeanPool in mean_pool;
    Mixture in mixture;
    Multiply in multiply;
    PairScores in pair_scores;
    ParameterDistance in parameter_distance;
    Permute in permute;
    PiecewiseLinear in piecewise_linear;
    PointwiseLoss in pointwise_loss;
    Reshape in reshape;
    Resize2d in resize2d;
    Scatter in scatter;
    Slice in slice;
    Softmax in softmax;
    Sqrt in sqrt;
    Sum in sum;
}
