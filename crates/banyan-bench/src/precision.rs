//! The precision of matrix products.

use crate::failure::Failure;
use banyan_engine::Settings;
use clap::ValueEnum;

/// What numbers matrix products multiply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Precision {
    /// What the engine finds best for the processor.
    Auto,
    /// 32 bits.
    F32,
    /// Each number as the sum of two of 16 bits, in three products.
    Bf16x3,
    /// 16 bits.
    Bf16,
}

/// How far a run may lie from PyTorch's numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tolerance {
    /// Of a loss, relative to it.
    pub(crate) loss: f64,
    /// Of the Gramian's entries, relative to the largest.
    pub(crate) gramian: f64,
}

impl Precision {
    /// The engine's settings.
    ///
    /// # Errors
    /// A precision that this processor does not have: what is measured would be another one.
    pub(crate) fn settings(self, threads: usize, lanes: usize) -> Result<Settings, Failure> {
        let asked = self.of_engine();
        if self != Self::Auto && asked.effective() != asked {
            let (name, set) = (asked.name(), banyan_engine::instruction_set());
            return Err(Failure::usage(format!(
                "this processor has no matrix unit for {name} (its instructions: {set}): use --precision f32"
            )));
        }
        Ok(Settings { threads, lanes, precision: asked })
    }

    /// The word for the precision that is used, in results.
    pub(crate) fn used(self) -> &'static str {
        self.of_engine().effective().name()
    }

    /// What results must keep to.
    pub(crate) fn tolerance(self) -> Tolerance {
        match self {
            // Half a unit in the sixth digit.
            Self::Auto | Self::F32 | Self::Bf16x3 => Tolerance { loss: 5e-6, gramian: 1e-4 },
            Self::Bf16 => Tolerance { loss: 2e-3, gramian: 2e-3 },
        }
    }

    fn of_engine(self) -> banyan_engine::Precision {
        match self {
            Self::Auto => banyan_engine::Precision::Auto,
            Self::F32 => banyan_engine::Precision::F32,
            Self::Bf16x3 => banyan_engine::Precision::Bf16x3,
            Self::Bf16 => banyan_engine::Precision::Bf16,
        }
    }
}
