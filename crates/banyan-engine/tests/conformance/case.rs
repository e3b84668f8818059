//! A case: one use of an operation, with its operands, that every check can run.

use crate::tensor::Tensor;
use banyan_engine::{Graph, ParameterId, Purpose, Var};
use std::ops::Range;

/// What a forward pass gets.
pub(crate) struct Operands<'a> {
    /// The chunk's part of each input.
    pub(crate) inputs: &'a [Var],
    /// The parameters, then the states.
    pub(crate) parameters: &'a [ParameterId],
    /// Which samples of the batch the chunk holds.
    pub(crate) samples: Range<usize>,
    /// What each of these samples weighs, for a loss.
    pub(crate) weights: &'a [f32],
}

type Forward = Box<dyn Fn(&mut Graph<'_>, &Operands<'_>) -> Var + Sync>;
type Reference = Box<dyn Fn(&[Vec<f64>], &[Vec<f64>]) -> Vec<f64> + Sync>;

/// What an operation gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// A value whose first axis is that of the samples.
    Value,
    /// A scalar, the sum over the samples of weight times loss.
    Loss,
}

/// Whether a sample's output depends on the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Samples {
    Independent,
    Coupled,
}

/// Whose inner loops an operation runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kernels {
    /// The engine's own, which give the same bits with every instruction set.
    Own,
    /// Matrix products too, which do not.
    Products,
}

/// One use of an operation.
pub(crate) struct Case {
    pub(crate) name: String,
    /// How many samples the batch has.
    pub(crate) samples: usize,
    /// What differs from sample to sample and gets a gradient: `[samples, …]`.
    pub(crate) inputs: Vec<Tensor>,
    pub(crate) parameters: Vec<Tensor>,
    pub(crate) states: Vec<Tensor>,
    pub(crate) output: Output,
    pub(crate) purpose: Purpose,
    pub(crate) coupling: Samples,
    pub(crate) kernels: Kernels,
    pub(crate) forward: Forward,
    /// The output by the definition, in f64, from all inputs and parameters.
    pub(crate) reference: Option<Reference>,
}

impl Case {
    fn new(name: &str, output: Output, forward: Forward) -> Self {
        Self {
            name: name.to_owned(),
            samples: 0,
            inputs: Vec::new(),
            parameters: Vec::new(),
            states: Vec::new(),
            output,
            purpose: Purpose::Training,
            coupling: Samples::Independent,
            kernels: Kernels::Own,
            forward,
            reference: None,
        }
    }

    /// An operation that gives a value.
    pub(crate) fn value(name: &str, forward: impl Fn(&mut Graph<'_>, &Operands<'_>) -> Var + Sync + 'static) -> Self {
        Self::new(name, Output::Value, Box::new(forward))
    }

    /// An operation that gives a loss.
    pub(crate) fn loss(name: &str, forward: impl Fn(&mut Graph<'_>, &Operands<'_>) -> Var + Sync + 'static) -> Self {
        Self::new(name, Output::Loss, Box::new(forward))
    }

    pub(crate) fn input(mut self, input: Tensor) -> Self {
        self.samples = input.shape[0];
        self.inputs.push(input);
        self
    }

    pub(crate) fn parameter(mut self, parameter: Tensor) -> Self {
        self.parameters.push(parameter);
        self
    }

    pub(crate) fn state(mut self, state: Tensor) -> Self {
        self.states.push(state);
        self
    }

    /// For a case without inputs.
    pub(crate) fn samples(mut self, samples: usize) -> Self {
        self.samples = samples;
        self
    }

    pub(crate) fn purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    pub(crate) fn coupled(mut self) -> Self {
        self.coupling = Samples::Coupled;
        self
    }

    pub(crate) fn with_products(mut self) -> Self {
        self.kernels = Kernels::Products;
        self
    }

    pub(crate) fn reference(mut self, reference: impl Fn(&[Vec<f64>], &[Vec<f64>]) -> Vec<f64> + Sync + 'static) -> Self {
        self.reference = Some(Box::new(reference));
        self
    }
}
