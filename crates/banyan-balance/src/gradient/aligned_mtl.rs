//! Aligned-MTL: Senushkin, Patakin, Kuznetsov & Konushin, "Independent Component Alignment for Multi-Task Learning",
//! CVPR 2023.
//!
//! The gradients are replaced by the nearest ones that are orthogonal and equally long, and those are combined with
//! the preference `p`: with `G = V diag(λ) Vᵀ` over its non-zero eigenvalues, `w = √s V diag(λ^(-1/2)) Vᵀ p`. The common
//! length `√s` is the smallest singular value of `J` (`scale = "min"`), which never overshoots, the lower median, or
//! the root mean square.
//!
//! Eigenvalues count as zero at or below `T` times the single-precision rounding of the largest. Zero gradients get `w = p`.

use super::preference::{PREFERENCE, among};
use super::{COMMON, balancer};
use crate::known::GramianRule;
use crate::math::Eigen;
use crate::method::{BalanceMethod, Family, scale};
use crate::{Error, Gramian, StepContext};
use banyan_method::{Method, OptionSpec};

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("aligned-mtl", "the mean of the nearest orthogonal gradients of one length")
        .paper("Senushkin, Patakin, Kuznetsov & Konushin, CVPR 2023")
        .options(&[
            PREFERENCE.summarized("how much each aligned gradient counts"),
            OptionSpec::word("scale", "which of J's singular values becomes the common length", &["min", "median", "rmse"]),
        ])
        .common_options(COMMON)
        .remarks(&[scale("mean, of gradients as long as J's smallest (or median, or root mean square) singular value")]),
    family: Family::Aggregator,
    build: |settings, tasks, _| {
        let scale = match settings.word("scale") {
            "median" => Scale::Median,
            "rmse" => Scale::RootMeanSquare,
            _ => Scale::Minimum,
        };
        Ok(balancer(settings, tasks, AlignedMtl { preference: settings.per_task(PREFERENCE.name), scale }))
    },
};

enum Scale {
    Minimum,
    Median,
    RootMeanSquare,
}

struct AlignedMtl {
    preference: Vec<f64>,
    scale: Scale,
}

impl GramianRule for AlignedMtl {
    fn weights(&mut self, _: &StepContext<'_>, tasks: &[usize], gramian: &Gramian, _: &[f64]) -> Result<Vec<f64>, Error> {
        let preference = among(&self.preference, tasks);
        let trace = gramian.trace();
        if trace < f64::MIN_POSITIVE {
            return Ok(preference);
        }
        let mut matrix = gramian.matrix();
        matrix.scale(1.0 / trace);
        let eigen = Eigen::of(&matrix);
        let largest = eigen.values.last().copied().unwrap_or(0.0);
        let cutoff = largest * tasks.len() as f64 * f64::from(f32::EPSILON);
        let kept: Vec<f64> = eigen.values.iter().copied().filter(|value| *value > cutoff).collect();
        let scale = match self.scale {
            Scale::Minimum => kept[0],
            Scale::Median => kept[(kept.len() - 1) / 2],
            Scale::RootMeanSquare => kept.iter().sum::<f64>() / kept.len() as f64,
        };
        Ok(eigen.apply(|value| if value > cutoff { (scale / value).sqrt() } else { 0.0 }, &preference))
    }
}
