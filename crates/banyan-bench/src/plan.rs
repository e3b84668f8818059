//! Which model is run, and how large it is.

use crate::failure::Failure;
use clap::ValueEnum;

/// The reference models: a trunk that all tasks share, and a linear classifier for each task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModelName {
    /// 100-50-50 with ReLU, 64 rows: the smallest model that is worth training
    MlpSeed,
    /// 512-1024-1024 with ReLU, 256 rows
    MlpBig,
    /// 3×3 convolutions of 32, 64 and 128 channels on 64 pictures of 32×32
    Cnn,
    /// 4 pre-norm blocks of width 128 on 32 sequences of 64 tokens
    Transformer,
}

/// How the transformer's width is cut.
pub(crate) const ATTENTION_HEADS: usize = 4;

/// A model's and a batch's sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) model: ModelName,
    pub(crate) tasks: usize,
    /// Samples: rows, pictures, sequences.
    pub(crate) batch: usize,
    /// An MLP's features, the side of a picture, or the entries of a vocabulary.
    pub(crate) inputs: usize,
    /// Tokens of a sequence; 1 for the other models.
    pub(crate) length: usize,
    /// Features of an MLP's hidden layers or of a token, or channels of the first convolution, which double from one to the next.
    pub(crate) width: usize,
    /// Hidden layers, convolutions or blocks.
    pub(crate) layers: usize,
    /// Of each task.
    pub(crate) classes: usize,
}

impl ModelName {
    /// The reference sizes.
    pub(crate) fn plan(self, tasks: usize) -> Plan {
        let plan = Plan { model: self, tasks, batch: 64, inputs: 100, length: 1, width: 50, layers: 2, classes: 10 };
        match self {
            Self::MlpSeed => plan,
            Self::MlpBig => Plan { batch: 256, inputs: 512, width: 1024, ..plan },
            Self::Cnn => Plan { inputs: 32, width: 32, layers: 3, ..plan },
            Self::Transformer => Plan { batch: 32, inputs: 8000, length: 64, width: 128, layers: 4, classes: 20, ..plan },
        }
    }

    /// How many samples a chunk has by default: as many as stay in a core's cache on their way through the layers.
    pub(crate) fn chunk_rows(self) -> usize {
        match self {
            Self::MlpSeed | Self::MlpBig => 64,
            Self::Cnn => 4,
            Self::Transformer => 2,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::MlpSeed => "mlp-seed",
            Self::MlpBig => "mlp-big",
            Self::Cnn => "cnn",
            Self::Transformer => "transformer",
        }
    }
}

impl Plan {
    /// Refuses sizes that no model has.
    ///
    /// # Errors
    /// A size of 0, a width that the attention cannot cut, or more poolings than the picture's side allows.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        let sizes = [self.tasks, self.batch, self.inputs, self.length, self.width, self.layers, self.classes];
        if sizes.contains(&0) {
            return Err(Failure::usage("tasks, batch, width and layers must be at least 1"));
        }
        if self.model == ModelName::Transformer && !self.width.is_multiple_of(ATTENTION_HEADS) {
            return Err(Failure::usage(format!("the transformer's width must be a multiple of {ATTENTION_HEADS}, not {}", self.width)));
        }
        if self.model == ModelName::Cnn && self.inputs >> (self.layers - 1).min(63) == 0 {
            let most = self.inputs.ilog2() + 1;
            return Err(Failure::usage(format!("pictures of side {} allow at most {most} convolutions, not {}", self.inputs, self.layers)));
        }
        Ok(())
    }

    /// Labels of a task: one a row, picture or token.
    pub(crate) fn labels(&self) -> usize {
        self.batch * self.length
    }

    /// The numbers of one sample's input: features, channels of pixels, or tokens.
    pub(crate) fn sample(&self) -> usize {
        match self.model {
            ModelName::MlpSeed | ModelName::MlpBig => self.inputs,
            ModelName::Cnn => self.inputs * self.inputs * 3,
            ModelName::Transformer => self.length,
        }
    }
}
