//! The optimizers that can be chosen by name.

use crate::{Moments, OptimizerKind};
use banyan_method::{Described, Method, OptionSpec, Range, Registry, Settings};

/// An optimizer by name.
#[derive(Debug, Clone, Copy)]
pub struct OptimizerMethod {
    /// Name, summary, paper and options.
    pub method: Method,
    /// Makes it from its options.
    pub build: fn(&Settings) -> OptimizerKind,
}

impl Described for OptimizerMethod {
    fn method(&self) -> &Method {
        &self.method
    }
}

/// All optimizers. To add one: its [`OptimizerKind`] and an entry here.
pub static OPTIMIZERS: Registry<OptimizerMethod> = Registry::new(
    "optimizers",
    "optimizer",
    "Move the parameters along the gradient.",
    &[
        OptimizerMethod {
            method: Method::new("adamw", "Adam with weight decay that is decoupled from the gradient")
                .paper("Loshchilov & Hutter, ICLR 2019")
                .options(MOMENTS),
            build: |settings| OptimizerKind::AdamW(moments(settings)),
        },
        OptimizerMethod {
            method: Method::new("adam", "steps scaled by running moments of the gradient; weight decay is added to the gradient")
                .paper("Kingma & Ba, ICLR 2015")
                .options(MOMENTS),
            build: |settings| OptimizerKind::Adam(moments(settings)),
        },
        OptimizerMethod {
            method: Method::new("sgd", "gradient descent with momentum; weight decay is added to the gradient")
                .paper("Polyak, USSR Comput. Math. Math. Phys. 1964")
                .options(&[OptionSpec::number("momentum", "how much of the last step's velocity stays", 0.9, DECAY)]),
            build: |settings| OptimizerKind::Sgd { momentum: settings.number("momentum") },
        },
    ],
);

const DECAY: Range = Range::ANY.at_least(0.0).below(1.0);

const MOMENTS: &[OptionSpec] = &[
    OptionSpec::number("beta1", "decay of the mean of the gradients", Moments::DEFAULT.beta1, DECAY),
    OptionSpec::number("beta2", "decay of the mean of the squared gradients", Moments::DEFAULT.beta2, DECAY),
    OptionSpec::number("epsilon", "keeps the quotient finite", Moments::DEFAULT.epsilon, Range::ANY.above(0.0)),
];

fn moments(settings: &Settings) -> Moments {
    Moments { beta1: settings.number("beta1"), beta2: settings.number("beta2"), epsilon: settings.number("epsilon") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use banyan_method::Choice;

    fn built(choice: Choice) -> OptimizerKind {
        let (entry, settings) = OPTIMIZERS.check(&choice, 1).unwrap();
        (entry.build)(&settings)
    }

    #[test]
    fn optimizers_are_built_by_name() {
        assert_eq!(built(Choice::named("adamw")), OptimizerKind::AdamW(Moments::default()));
        let moments = Moments { beta1: 0.8, ..Moments::default() };
        assert_eq!(built(Choice::named("adam").with("beta1", 0.8)), OptimizerKind::Adam(moments));
        assert_eq!(built(Choice::named("sgd").with("momentum", 0)), OptimizerKind::Sgd { momentum: 0.0 });
    }

    #[test]
    fn options_out_of_range_are_refused() {
        let refused = |choice| OPTIMIZERS.check(&choice, 1).err().unwrap().to_string();
        assert_eq!(
            refused(Choice::named("sgd").with("momentum", 1)),
            r#"option "momentum" of "sgd" must be a number of at least 0 and below 1, not 1"#
        );
        assert_eq!(refused(Choice::named("adam").with("epsilon", 0)), r#"option "epsilon" of "adam" must be a number above 0, not 0"#);
    }
}
