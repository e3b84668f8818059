//! Makes layers: names, scopes and initial values of their parameters.

use crate::initialize;
use crate::layers::{
    BatchNorm, BiLstm, Conv2d, Crf, CrossAttention, Embedding, GroupNorm, LayerNorm, Linear, Lstm, SelfAttention, TransformerBlock,
};
use banyan_engine::random::Stream;
use banyan_engine::{
    Activation, BatchNormParameters, Convolution, Decay, Direction, LAYER_NORM_EPSILON, ParameterId, ParameterInfo, Parameters,
    ParametersBuilder, Scope, Shape, Window,
};

/// Makes layers and collects their parameters.
#[derive(Debug)]
pub struct LayerBuilder {
    parameters: ParametersBuilder,
    seed: u64,
    path: Vec<String>,
    scope: Scope,
    learning_rate_factor: f64,
    /// What the weights of layers are multiplied by when they are drawn.
    weight_factor: f32,
    initial: Initial,
}

/// Where initial values come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Initial {
    /// Drawn by chance.
    Drawn,
    /// Zeros, until they are read from a file.
    Blank,
    /// None: only what there is to be is wanted.
    None,
}

impl LayerBuilder {
    /// An empty builder whose initial values are drawn with this seed. Parameters are shared unless a
    /// [`scope`](Self::scope) says otherwise.
    pub fn new(seed: u64) -> Self {
        Self {
            parameters: Parameters::builder(),
            seed,
            path: Vec::new(),
            scope: Scope::Shared,
            learning_rate_factor: 1.0,
            weight_factor: 1.0,
            initial: Initial::Drawn,
        }
    }

    /// A builder that makes no initial values: it says with [`planned`](Self::planned) what parameters a model has, before there is memory
    /// for them.
    pub fn planning() -> Self {
        Self { initial: Initial::None, ..Self::new(0) }
    }

    /// What was made so far.
    pub fn planned(self) -> Vec<ParameterInfo> {
        self.parameters.planned()
    }

    /// Runs `make` with names below `name`.
    pub fn within<R>(&mut self, name: &str, make: impl FnOnce(&mut Self) -> R) -> R {
        self.path.push(name.to_owned());
        let made = make(self);
        self.path.pop();
        made
    }

    /// Runs `make` with parameters that belong to `scope`.
    pub fn scope<R>(&mut self, scope: Scope, make: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.scope, scope);
        let made = make(self);
        self.scope = before;
        made
    }

    /// Runs `make` with parameters whose learning rate is that of the others times `factor`.
    pub fn learning_rate_factor<R>(&mut self, factor: f64, make: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.learning_rate_factor, factor);
        let made = make(self);
        self.learning_rate_factor = before;
        made
    }

    /// Runs `make` with weights of layers drawn `factor` times as large. Before a normalization their size changes no output, but how far a
    /// step of an optimizer such as Adam turns them: small ones turn further.
    pub fn weight_factor<R>(&mut self, factor: f32, make: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.weight_factor, factor);
        let made = make(self);
        self.weight_factor = before;
        made
    }

    /// Runs `make` with zeros for initial values: large tables that are read from a file need no numbers by chance.
    pub fn blank<R>(&mut self, make: impl FnOnce(&mut Self) -> R) -> R {
        let within = if self.initial == Initial::None { Initial::None } else { Initial::Blank };
        let before = std::mem::replace(&mut self.initial, within);
        let made = make(self);
        self.initial = before;
        made
    }

    /// All parameters, each in its place.
    pub fn build(self) -> Parameters {
        self.parameters.build()
    }

    /// `activation(x W + b)` from `inputs` to `outputs` features.
    pub fn linear(&mut self, name: &str, inputs: usize, outputs: usize, activation: Activation) -> Linear {
        self.within(name, |b| Linear {
            weight: b.weight("weight", &[inputs, outputs], inputs, outputs, activation),
            bias: Some(b.constant("bias", &[outputs], 0.0)),
            activation,
        })
    }

    /// `activation(x W)`, without a bias.
    pub fn linear_without_bias(&mut self, name: &str, inputs: usize, outputs: usize, activation: Activation) -> Linear {
        self.within(name, |b| Linear {
            weight: b.weight("weight", &[inputs, outputs], inputs, outputs, activation),
            bias: None,
            activation,
        })
    }

    /// A linear layer without activation whose weights and biases are 0 at first: it gives 0, and learns.
    pub fn linear_of_zeros(&mut self, name: &str, inputs: usize, outputs: usize) -> Linear {
        self.within(name, |b| Linear {
            weight: b.constant("weight", &[inputs, outputs], 0.0),
            bias: Some(b.constant("bias", &[outputs], 0.0)),
            activation: Activation::None,
        })
    }

    /// A convolution with a kernel of (height, width) from `inputs` to `outputs` channels that keeps the size.
    pub fn conv2d(&mut self, name: &str, kernel: (usize, usize), inputs: usize, outputs: usize, activation: Activation) -> Conv2d {
        self.conv2d_with(name, kernel, inputs, outputs, Window::same(kernel.0, kernel.1).into(), activation)
    }

    /// A convolution with a stride, a padding, a dilation and groups of its own.
    ///
    /// # Panics
    /// If the groups do not divide both numbers of channels into equal parts.
    pub fn conv2d_with(
        &mut self,
        name: &str,
        kernel: (usize, usize),
        inputs: usize,
        outputs: usize,
        convolution: Convolution,
        activation: Activation,
    ) -> Conv2d {
        let ((height, width), groups) = (kernel, convolution.groups);
        let fits = groups > 0 && inputs.is_multiple_of(groups) && outputs.is_multiple_of(groups);
        assert!(fits, "convolution {name}: {inputs} to {outputs} channels in {groups} groups");
        let (own, taps) = (inputs / groups, height * width);
        self.within(name, |b| Conv2d {
            weight: b.weight("weight", &[height, width, own, outputs], own * taps, outputs / groups * taps, activation),
            bias: b.constant("bias", &[outputs], 0.0),
            convolution,
            activation,
        })
    }

    /// Layer normalization of `width` features.
    pub fn layer_norm(&mut self, name: &str, width: usize) -> LayerNorm {
        self.within(name, |b| LayerNorm {
            gain: b.constant("gain", &[width], 1.0),
            bias: b.constant("bias", &[width], 0.0),
            epsilon: LAYER_NORM_EPSILON,
        })
    }

    /// Group normalization of `channels` in so many groups.
    ///
    /// # Panics
    /// If the groups do not divide the channels into equal parts.
    pub fn group_norm(&mut self, name: &str, channels: usize, groups: usize) -> GroupNorm {
        assert!(groups > 0 && channels.is_multiple_of(groups), "group norm {name}: {channels} channels in {groups} groups");
        self.within(name, |b| GroupNorm {
            gain: b.constant("gain", &[channels], 1.0),
            bias: b.constant("bias", &[channels], 0.0),
            groups,
            epsilon: LAYER_NORM_EPSILON,
        })
    }

    /// Batch normalization of a last axis of `channels`; its running statistics are state.
    pub fn batch_norm(&mut self, name: &str, channels: usize) -> BatchNorm {
        self.within(name, |b| {
            BatchNorm(BatchNormParameters {
                gain: b.constant("gain", &[channels], 1.0),
                bias: b.constant("bias", &[channels], 0.0),
                mean: b.scope(Scope::State, |b| b.constant("mean", &[channels], 0.0)),
                variance: b.scope(Scope::State, |b| b.constant("variance", &[channels], 1.0)),
            })
        })
    }

    /// Multi-head self-attention over vectors of `width` numbers.
    ///
    /// # Panics
    /// If the heads do not divide the width into equal parts.
    pub fn self_attention(&mut self, name: &str, width: usize, heads: usize) -> SelfAttention {
        assert!(heads > 0 && width.is_multiple_of(heads), "attention {name}: a width of {width} in {heads} heads");
        self.within(name, |b| SelfAttention {
            project: b.linear("project", width, 3 * width, Activation::None),
            heads,
            output: b.linear("output", width, width, Activation::None),
        })
    }

    /// Multi-head attention of vectors of `width` numbers to a context of vectors of `context_width`.
    ///
    /// # Panics
    /// If the heads do not divide the width into equal parts.
    pub fn cross_attention(&mut self, name: &str, width: usize, context_width: usize, heads: usize) -> CrossAttention {
        assert!(heads > 0 && width.is_multiple_of(heads), "attention {name}: a width of {width} in {heads} heads");
        self.within(name, |b| CrossAttention {
            queries: b.linear("queries", width, width, Activation::None),
            context: b.linear("context", context_width, 2 * width, Activation::None),
            heads,
            output: b.linear("output", width, width, Activation::None),
        })
    }

    /// A transformer's block over vectors of `width` numbers, with `hidden` features in its feed-forward part.
    ///
    /// # Panics
    /// If the heads do not divide the width into equal parts.
    pub fn transformer_block(&mut self, name: &str, width: usize, heads: usize, hidden: usize) -> TransformerBlock {
        self.within(name, |b| TransformerBlock {
            attention_norm: b.layer_norm("attention_norm", width),
            attention: b.self_attention("attention", width, heads),
            feed_forward_norm: b.layer_norm("feed_forward_norm", width),
            expand: b.linear("expand", width, hidden, Activation::Gelu),
            contract: b.linear("contract", hidden, width, Activation::None),
        })
    }

    /// A long short-term memory from `inputs` to `hidden` features. Weights are uniform in `±1/sqrt(hidden)`, as PyTorch's are; biases are
    /// zeros, but those of the forget gates 1, so that cells keep what they hold in the beginning (Jozefowicz et al., 2015).
    pub fn lstm(&mut self, name: &str, inputs: usize, hidden: usize, direction: Direction) -> Lstm {
        let bound = 1.0 / (hidden.max(1) as f32).sqrt();
        let uniform = |b: &mut Self, rows: usize| {
            let values = |b: &Self| initialize::uniform(&mut b.stream("weight"), rows * 4 * hidden, bound);
            b.add("weight", &[rows, 4 * hidden], Decay::Yes, values)
        };
        let bias = |_: &Self| {
            let mut bias = vec![0.0; 4 * hidden];
            bias[hidden..2 * hidden].fill(1.0); // of the gates i, f, g, o
            bias
        };
        self.within(name, |b| Lstm {
            project: b.within("project", |b| Linear {
                weight: uniform(b, inputs),
                bias: Some(b.add("bias", &[4 * hidden], Decay::No, bias)),
                activation: Activation::None,
            }),
            weight: uniform(b, hidden),
            direction,
        })
    }

    /// Two long short-term memories, one from each end, from `inputs` to twice `hidden` features.
    pub fn bi_lstm(&mut self, name: &str, inputs: usize, hidden: usize) -> BiLstm {
        self.within(name, |b| BiLstm {
            forward: b.lstm("forward", inputs, hidden, Direction::Forward),
            backward: b.lstm("backward", inputs, hidden, Direction::Backward),
        })
    }

    /// A conditional random field over so many tags. In the beginning no transition is better than another.
    pub fn crf(&mut self, name: &str, tags: usize) -> Crf {
        self.within(name, |b| Crf { transitions: b.constant("transitions", &[tags + 2, tags], 0.0) })
    }

    /// A table of `entries` vectors of `width` numbers, normal with the given deviation.
    pub fn embedding(&mut self, name: &str, entries: usize, width: usize, deviation: f32) -> Embedding {
        self.within(name, |b| {
            let values = |b: &Self| match b.initial {
                Initial::Drawn => initialize::normal(&mut b.stream("table"), entries * width, deviation),
                Initial::Blank | Initial::None => vec![0.0; entries * width],
            };
            Embedding { table: b.add("table", &[entries, width], Decay::No, values) }
        })
    }

    /// A vector of `width` numbers near zero that stands for something missing.
    pub fn token(&mut self, name: &str, width: usize) -> ParameterId {
        self.add(name, &[width], Decay::No, |b| initialize::normal(&mut b.stream(name), width, 0.02))
    }

    /// A parameter with given initial values that does not decay.
    pub fn values(&mut self, name: &str, shape: &[usize], values: Vec<f32>) -> ParameterId {
        self.add(name, shape, Decay::No, |_| values)
    }

    fn constant(&mut self, name: &str, shape: &[usize], value: f32) -> ParameterId {
        self.add(name, shape, Decay::No, |_| vec![value; Shape::new(shape).len()])
    }

    fn weight(&mut self, name: &str, shape: &[usize], inputs: usize, outputs: usize, activation: Activation) -> ParameterId {
        let values = |b: &Self| {
            let (len, mut stream) = (Shape::new(shape).len(), b.stream(name));
            let mut values = match activation {
                _ if b.initial == Initial::Blank => vec![0.0; len],
                Activation::Relu | Activation::Gelu => initialize::kaiming_uniform(&mut stream, len, inputs),
                _ => initialize::xavier_uniform(&mut stream, len, inputs, outputs),
            };
            values.iter_mut().for_each(|value| *value *= b.weight_factor);
            values
        };
        self.add(name, shape, Decay::Yes, values)
    }

    fn add(&mut self, name: &str, shape: &[usize], decay: Decay, values: impl FnOnce(&Self) -> Vec<f32>) -> ParameterId {
        let full = self.full_name(name);
        let id = match self.initial {
            Initial::None => self.parameters.plan(&full, shape, self.scope, decay),
            Initial::Drawn | Initial::Blank => {
                let values = values(self);
                self.parameters.add(&full, shape, self.scope, decay, values)
            }
        };
        self.parameters.set_learning_rate_factor(id, self.learning_rate_factor);
        id
    }

    fn full_name(&self, name: &str) -> String {
        let mut full = self.path.join(".");
        if !full.is_empty() {
            full.push('.');
        }
        full + name
    }

    fn stream(&self, name: &str) -> Stream {
        let mut words = vec![self.seed];
        words.extend(self.full_name(name).bytes().map(u64::from));
        Stream::new(&words)
    }
}
