//! `count`: the logarithm of how often something is expected to happen, relative to the training mean.

use super::{Chunk, Head, HeadMethod, HeadPlan, Read};
use crate::error::ModelError;
use banyan_data::labels::Count;
use banyan_data::values::Values;
use banyan_engine::{Activation, Graph, Var};
use banyan_method::{Method, OptionSpec};
use banyan_nn::{LayerBuilder, Linear};

/// Its entry in the table of heads.
pub(super) const HEAD: HeadMethod = HeadMethod::new(
    Method::new("count", "how often something happens: a whole number, 0 or more")
        .paper("McCullagh and Nelder, Generalized Linear Models, 1989")
        .options(&[DISTRIBUTION]),
    build,
);

const NEGATIVE_BINOMIAL: &str = "negative-binomial";

/// The distribution whose deviance is the loss.
const DISTRIBUTION: OptionSpec = OptionSpec::word(
    "distribution",
    "the distribution that is fitted: a negative binomial lets the variance grow beyond the mean, and gives large counts less weight",
    &["poisson", NEGATIVE_BINOMIAL],
);

/// Predictions stay within a factor of e²⁰ of the training mean: beyond, an exponential would leave the range of an `f32`.
const MOST: f32 = 20.0;

/// Half the unit deviance, with a logarithmic link. All counts are divided by the training mean, so that the loss does not depend on what is
/// counted.
#[derive(Debug)]
struct CountHead {
    output: Linear,
    /// The overdispersion of a negative binomial distribution of counts divided by their mean; 0 for a Poisson distribution.
    dispersion: f32,
}

fn build(builder: &mut LayerBuilder, plan: &HeadPlan<'_>) -> Result<Box<dyn Head>, ModelError> {
    let labels: &Count = plan.labels();
    let is_overdispersed = plan.settings.word(DISTRIBUTION.name) == NEGATIVE_BINOMIAL;
    let dispersion = if is_overdispersed { (labels.dispersion * labels.mean) as f32 } else { 0.0 };
    Ok(Box::new(CountHead { output: builder.linear("output", plan.width, 1, Activation::None), dispersion }))
}

/// Half the unit deviance of `y` where the mean is predicted to be `exp(z)`, and its derivative by `z`. The variance is `μ + dispersion · μ²`.
fn half_deviance(z: f32, y: f32, dispersion: f32) -> (f32, f32) {
    let z = z.clamp(-MOST, MOST);
    let mean = z.exp();
    let log_ratio = if y > 0.0 { y * (y.ln() - z) } else { 0.0 };
    if dispersion == 0.0 {
        return (log_ratio - (y - mean), mean - y);
    }
    let spread = 1.0 + dispersion * mean;
    // By `ln_1p`, which keeps its digits where the dispersion is small.
    let log_spread = (dispersion * y).ln_1p() - (dispersion * mean).ln_1p();
    (log_ratio - (y + 1.0 / dispersion) * log_spread, (mean - y) / spread)
}

impl Head for CountHead {
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, _: &Chunk<'_>) -> Vec<Var> {
        vec![self.output.forward(graph, read.values)]
    }

    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var> {
        let (_, counts) = chunk.target.values.numbers_at(0);
        let weights = chunk.row_weights(share, &[], &[]);
        vec![graph.pointwise_loss(outputs[0], &weights, |row, z| half_deviance(z, counts[row], self.dispersion))]
    }

    /// The predicted mean, divided by the training mean.
    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], _: &Chunk<'_>) -> Values {
        Values::numbers(1, graph.value(outputs[0]).iter().map(|z| z.clamp(-MOST, MOST).exp()).collect())
    }

    fn predict_nothing(&self, _: &Chunk<'_>) -> Values {
        Values::numbers(1, Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::half_deviance;

    /// Unit deviances by their definitions in double precision, `y = 3` and `μ = 2`: `2 (y ln(y/μ) - (y - μ))` and, with a dispersion `a`,
    /// `2 (y ln(y/μ) - (y + 1/a) ln((1 + a y)/(1 + a μ)))`.
    #[test]
    fn costs_are_half_the_unit_deviances() {
        let z = 2.0_f32.ln();
        for (dispersion, deviance) in [(0.0, 0.432_790_65), (0.5, 0.201_355_14)] {
            assert!((2.0 * half_deviance(z, 3.0, dispersion).0 - deviance).abs() < 1e-5, "{dispersion}");
        }
    }

    #[test]
    fn slopes_are_the_derivatives_and_the_right_answer_costs_nothing() {
        for dispersion in [0.0, 1e-4, 0.7] {
            for y in [0.0_f32, 0.5, 3.0] {
                for z in [-1.0_f32, 0.2, 2.0] {
                    let (cost, slope) = half_deviance(z, y, dispersion);
                    let step = 1e-2;
                    let numeric = (half_deviance(z + step, y, dispersion).0 - half_deviance(z - step, y, dispersion).0) / (2.0 * step);
                    assert!(cost > -1e-3 && (slope - numeric).abs() < 0.2, "{dispersion} {y} {z}: {slope} {numeric}");
                }
            }
            assert!(half_deviance(3.0_f32.ln(), 3.0, dispersion).0.abs() < 1e-5);
        }
        assert!(half_deviance(1e9, 1.0, 0.0).0.is_finite());
    }
}
