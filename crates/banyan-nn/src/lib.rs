//! Parameters, initializers, layers, optimizers and schedules on Banyan's engine.
//!
//! # Overview
//!
//! A layer is a small struct of parameter handles: it is made with a [`LayerBuilder`], which names and initializes
//! the parameters, and run on a [`Graph`](banyan_engine::Graph). It holds no numbers: those live in one
//! [`Parameters`](banyan_engine::Parameters), so a layer is cheap to copy and free of locks.
//!
//! ```
//! use banyan_engine::{Activation, Context, Graph, Scope, Tape};
//! use banyan_nn::{LayerBuilder, Linear};
//!
//! let mut builder = LayerBuilder::new(1);
//! let shared = builder.linear("shared", 100, 50, Activation::Relu);
//! let head = builder.scope(Scope::Task(0), |b| b.linear("digit", 50, 10, Activation::None));
//! let parameters = builder.build();
//!
//! let mut tape = Tape::default();
//! let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &[]);
//! let x = graph.input([4, 100], &[0.5; 400]);
//! let hidden = shared.forward(&mut graph, x);
//! let logits = head.forward(&mut graph, hidden);
//! assert_eq!(graph.shape(logits).axes(), [4, 10]);
//! ```
//!
//! # Initial values depend on names
//!
//! A parameter's initial values are drawn from a stream keyed by the seed and the parameter's name. So adding an
//! input or a task leaves the initial values of all others as they were, and two configurations that
//! differ in one place can be compared.

mod average;
mod builder;
mod clip;
mod initialize;
mod layers;
mod optimizer;
mod optimizers;
mod schedule;

pub use average::Average;
pub use builder::LayerBuilder;
pub use clip::clip_global_norm;
pub use layers::{
    BatchNorm, BiLstm, Conv2d, Crf, CrossAttention, Embedding, GroupNorm, LayerNorm, Linear, Lstm, SelfAttention, TransformerBlock,
};
pub use optimizer::{Moments, Optimizer, OptimizerKind, StateError};
pub use optimizers::{OPTIMIZERS, OptimizerMethod};
pub use schedule::{SCHEDULES, Schedule, ScheduleKind, ScheduleMethod};
