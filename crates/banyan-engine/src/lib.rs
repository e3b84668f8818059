//! Tensors on pooled buffers, a tape of fused operations, and a backward pass made for many tasks.
//!
//! # Overview
//!
//! A [`Graph`] runs operations forward over one chunk of rows and records them on a [`Tape`]. An
//! [`Engine`] runs a [`Program`] (a forward pass) over all chunks of a batch on all cores, sweeps the
//! tapes back, and adds the gradients up. Parameters live in one flat vector ([`Parameters`]), those that
//! several tasks share first.
//!
//! ```
//! use banyan_engine::*;
//!
//! /// Two tasks on one shared layer; task 1 wants the opposite of task 0.
//! struct Pull { x: Vec<f32>, weight: ParameterId }
//!
//! impl Program for Pull {
//!     fn chunks(&self) -> usize { 1 }
//!     fn context(&self) -> Context { Context::inference() }
//!     fn row_keys(&self, _: usize) -> &[u64] { &[] }
//!     fn forward(&self, _: usize, graph: &mut Graph<'_>) {
//!         let x = graph.input([2, 3], &self.x);
//!         let y = graph.linear(x, self.weight, None, Activation::None);
//!         for (task, target) in [(0, 1.0), (1, -1.0)] {
//!             let loss = graph.regression_loss(y, &[target; 2], &[0.5; 2], Residual::Square);
//!             graph.declare_loss(task, loss);
//!         }
//!     }
//! }
//!
//! let mut builder = Parameters::builder();
//! let weight = builder.add("weight", [3, 1], Scope::Shared, Decay::Yes, vec![0.0; 3]);
//! let parameters = builder.build();
//! let program = Pull { x: vec![1.0, 2.0, 3.0, 0.5, 0.0, 1.0], weight };
//!
//! let mut engine = Engine::new(Settings::default())?;
//! let losses = engine.stacked(&parameters, &program, 2);
//! assert_eq!(losses, [1.0, 1.0]);
//! let gramian = engine.gramian(&parameters);
//! assert!(gramian[1] < 0.0, "the tasks are in conflict");
//! engine.combine(&parameters, &[0.5, 0.5]);
//! assert!(engine.gradient().iter().all(|g| g.abs() < 1e-6), "and cancel");
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Losses of no task
//!
//! Alignment of modalities, reconstruction, load balancing and penalties are declared with [`Graph::declare_auxiliary`], by a name
//! and with a weight. They are part of every gradient that an engine makes, of shared parameters and of all others, and of no
//! row that tasks are balanced by, unless [`Program::balanced`] asks for one. What no row enters, a penalty on parameters, is declared once a
//! step in [`Program::penalties`]. [`Engine::auxiliary_losses`] has the values by name.
//!
//! # The whole batch
//!
//! A chunk sees its own rows. A loss that compares each row with all others, statistics of the batch, and a normalizer that depends
//! on predictions need a [`Synchronize`]: chunks publish values and wait for each other, the whole batch sees them as one, and the chunks may
//! go on with what it shares. Here every image is to be nearer to its own text than to any other's, however the batch is cut:
//!
//! ```
//! use banyan_engine::*;
//!
//! struct Align { images: Vec<f32>, texts: Vec<f32>, chunk: usize, image: ParameterId, text: ParameterId }
//!
//! const ROWS: usize = 6;
//!
//! impl Program for Align {
//!     fn chunks(&self) -> usize { ROWS / self.chunk }
//!     fn context(&self) -> Context { Context::inference() }
//!     fn row_keys(&self, _: usize) -> &[u64] { &[] }
//!     fn forward(&self, chunk: usize, graph: &mut Graph<'_>) {
//!         for (data, layer) in [(&self.images, self.image), (&self.texts, self.text)] {
//!             let numbers = &data[chunk * self.chunk * 2..(chunk + 1) * self.chunk * 2];
//!             let x = graph.input([self.chunk, 2], numbers);
//!             let encoded = graph.linear(x, layer, None, Activation::Tanh);
//!             graph.publish(encoded);
//!         }
//!     }
//!     fn synchronization(&self) -> Option<&dyn Synchronize> { Some(self) }
//! }
//!
//! impl Synchronize for Align {
//!     fn synchronize(&self, _: usize, graph: &mut Graph<'_>, published: &[Var]) {
//!         let [images, texts] = [0, 1].map(|place| graph.reshape(published[place], [1, ROWS, 3]));
//!         let scores = graph.pair_scores(images, texts);
//!         let scores = graph.reshape(scores, [ROWS, ROWS]);
//!         let own: Vec<u32> = (0..ROWS as u32).collect();
//!         let loss = graph.cross_entropy(scores, &own, &[1.0 / ROWS as f32; ROWS], 0.0);
//!         graph.declare_auxiliary("alignment", loss, 0.1);
//!     }
//! }
//!
//! let mut builder = Parameters::builder();
//! let image = builder.add("image", [2, 3], Scope::Shared, Decay::Yes, vec![0.5, -0.2, 0.1, 0.3, 0.8, -0.6]);
//! let text = builder.add("text", [2, 3], Scope::Shared, Decay::Yes, vec![-0.1, 0.4, 0.2, 0.9, -0.3, 0.5]);
//! let parameters = builder.build();
//! let (images, texts) = ((0..12).map(|x| (x as f32).sin()).collect(), (0..12).map(|x| (x as f32).cos()).collect());
//! let mut program = Align { images, texts, chunk: ROWS, image, text };
//!
//! let mut engine = Engine::new(Settings::default())?;
//! let mut of_chunks = |rows: usize| {
//!     program.chunk = rows;
//!     engine.weighted(&parameters, &program, &[]);
//!     let loss = engine.auxiliary_losses().next().expect("it is declared");
//!     (loss.value, engine.gradient().to_vec())
//! };
//! let (whole, gradient) = of_chunks(ROWS);
//! for rows in [1, 2, 3] {
//!     let (loss, parts) = of_chunks(rows);
//!     assert!((loss - whole).abs() < 1e-4);
//!     assert!(parts.iter().zip(&gradient).all(|(a, b)| (a - b).abs() < 1e-4));
//! }
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Why another engine
//!
//! Balancing tasks needs each task's gradient of the shared parameters, at every step. General engines
//! give one gradient a backward pass, so `T` tasks cost `T` passes through the trunk, each with its own
//! dispatch, memory and unpacking of the same operands. Here one sweep carries the cotangents of all tasks ([`Engine::stacked`]): a
//! head is swept once, a layer's padded windows and saved derivatives serve all tasks, and a task that
//! no row of a chunk belongs to costs nothing there.
//!
//! The second reason is the shape of the work. Small models lose most of their time to memory that is
//! fresh for every operation, to passes over it that a cache would have spared, and to threads that meet
//! at every operation. Here a thread takes a few rows through all layers and back while they are in its
//! cache, all memory is used again, and threads meet once a step.
//!
//! # Rules
//!
//! * **Channels last.** A vector of features is always contiguous: `[rows, width]`, `[rows, length,
//!   width]`, `[rows, height, width, channels]`. So one [`Graph::linear`] serves rows, tokens and pixels.
//! * **Weighted losses.** A loss is a sum with a weight for each row, which holds both the mask and one
//!   over the batch's count. So chunks add up to the batch, whoever has the labels.
//! * **Deterministic.** The bits of a step do not depend on the number of threads, and randomness is a
//!   function of seed, step, row and place ([`random`]).
//! * **Loud.** Shapes that do not fit are a panic with both shapes: a model's plan is checked before.
//!
//! # Limits
//!
//! Numbers are `f32` (products of matrices may round their factors, see [`Precision`]) and the processor is the only device.
//! Kernels of its own are for x86-64 with AVX2, AVX-512 or AMX; elsewhere products are the `gemm` crate's.
//! Batch normalization sees the rows of its graph: of a chunk, or where it is part of a [`Synchronize`], of the batch. Programs with one keep
//! the tapes of all chunks, and their whole batch's part runs on one thread.
//! [`Graph::group_norm`] looks at each sample alone.
//! A step in the steady state allocates the lists that it returns (losses, Gramian) and a few short ones, no numbers; with
//! the `gemm` crate, twice a product to pack operands.

mod auxiliary;
mod cotangent;
mod engine;
mod gradients;
mod graph;
mod handles;
pub mod matmul;
mod ops;
mod parameters;
mod pool;
pub mod random;
mod scratch;
mod seeds;
mod shape;
mod simd;
mod sweep;
mod tape;
mod viterbi;
mod winograd;
mod workers;

pub use auxiliary::{AuxiliaryLoss, DeclaredLoss};
pub use engine::{Engine, Program, Settings, Synchronize};
pub use graph::{Context, Graph, Purpose};
pub use matmul::Precision;
pub use ops::{Activation, BatchNormParameters, Convolution, Direction, Interpolation, LAYER_NORM_EPSILON, Residual, Window};
pub use parameters::{Decay, ParameterId, ParameterInfo, Parameters, ParametersBuilder, Scope};
pub use shape::{MAX_RANK, Shape};
pub use simd::{check_instruction_set, instruction_set};

/// What [`dispatch!`] expands to.
#[doc(hidden)]
pub mod dispatching {
    pub use crate::simd::{Level, level};
}
pub use tape::{Tape, Var};
pub use viterbi::Viterbi;
pub use workers::{Work, Workers};
