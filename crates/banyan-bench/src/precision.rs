//! The precision of matrix products.

use crate::failure::Failure;
use banyan_engine::Settings;
use clap::ValueEnum;
use clap::builder::PossibleValue;
use std::sync::LazyLock;

/// What numbers matrix products multiply: one of the engine's precisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Precision(banyan_engine::Precision);

static ALL: LazyLock<[Precision; banyan_engine::Precision::ALL.len()]> = LazyLock::new(|| banyan_engine::Precision::ALL.map(Precision));

impl ValueEnum for Precision {
    fn value_variants<'a>() -> &'a [Self] {
        ALL.as_slice()
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.name()).help(self.0.summary()))
    }
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
    /// 32 bits.
    pub(crate) const F32: Self = Self(banyan_engine::Precision::F32);

    /// The engine's settings.
    ///
    /// # Errors
    /// A precision that this processor does not have: what is measured would be another one.
    pub(crate) fn settings(self, threads: usize, lanes: usize) -> Result<Settings, Failure> {
        let asked = self.0;
        if asked != banyan_engine::Precision::Auto && asked.effective() != asked {
            let (name, set) = (asked.name(), banyan_engine::instruction_set());
            return Err(Failure::usage(format!(
                "this processor does not multiply in {name} (its instructions: {set}): use --precision f32"
            )));
        }
        Ok(Settings { threads, lanes, precision: asked })
    }

    /// The word for the precision that is used, in results.
    pub(crate) fn used(self) -> &'static str {
        self.0.effective().name()
    }

    /// What results must keep to.
    pub(crate) fn tolerance(self) -> Tolerance {
        use banyan_engine::Precision::{Auto, Bf16, Bf16x3, F32};
        match self.0 {
            // Half a unit in the sixth digit.
            Auto | F32 | Bf16x3 => Tolerance { loss: 5e-6, gramian: 1e-4 },
            Bf16 => Tolerance { loss: 2e-3, gramian: 2e-3 },
        }
    }
}
