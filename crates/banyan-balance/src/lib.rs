//! Balancing several tasks: losses, Gramians or Jacobian rows in, weights or one direction out.
//!
//! # Overview
//!
//! A network with `T` tasks has `T` losses and one set of shared parameters. The sum of the losses is one way to make a
//! single objective of them, and often a good one; but a task whose loss is large drowns the others, and where two
//! tasks pull the shared parameters in opposite directions, a step that helps one harms the other. This crate holds
//! the published answers, in two families:
//!
//! - a *weighting* sees losses only and gives the weights of a weighted sum. It costs nothing: one backward
//!   pass, whatever `T`. The weights apply to the heads' parameters too.
//! - an *aggregator* sees the tasks' gradients of the shared parameters and gives the direction that those parameters descend, mostly as
//!   the weights of `d = Jᵀ w`. Heads follow the plain gradients of their own losses. For all but one the inner products of the
//!   gradients are enough, the Gramian `G = J Jᵀ`.
//!
//! All of them are [`Balancer`]s. What one must be shown it says itself ([`Balancer::needs`]): nothing, the losses, the losses again after
//! the step, the [`Gramian`], the [`Jacobian`] itself, or products of gradients of several parts of the batch ([`CrossGramian`]); and
//! whether it gives weights or a direction. Whoever trains computes no more
//! than that. What a method remembers is a list of named tensors, so that a checkpoint can hold it. Some methods work around others:
//! `cr-mogm` averages the weights of any method.
//!
//! The crate stands alone: it knows no tensors, no tape and no files. Whatever computes the `T × T` numbers of a Gramian,
//! in however many parameters, can use it; [`Gramian::from_rows`] and [`combine`] serve those that have the Jacobian.
//!
//! # Example
//!
//! Two gradients, `(-4, 1, 1)` and `(6, 1, 1)`: the first task loses by a step along their mean `(1, 1, 1)`, and by one along
//! UPGrad's direction neither does.
//!
//! ```
//! use banyan_balance::{Gramian, Shown, StepContext, build, combine};
//!
//! # fn main() -> Result<(), banyan_balance::Error> {
//! let rows: [&[f32]; 2] = [&[-4.0, 1.0, 1.0], &[6.0, 1.0, 1.0]];
//! let gramian = Gramian::from_rows(&rows)?;
//! assert_eq!(gramian.values(), [18.0, -22.0, -22.0, 38.0]);
//! assert!(gramian.projections(&[0.5, 0.5])[0] < 0.0);
//!
//! let mut upgrad = build("upgrad", 2)?;
//! let step = StepContext { step: 0, epoch: 0, seed: 1, known: &[true, true] };
//! let shown = Shown { losses: Some(&[0.7, 0.3]), gramian: Some(&gramian), ..Shown::default() };
//! let weights = upgrad.balance(&step, &shown)?.weights;
//! let direction = combine(&rows, &weights)?;
//! assert!((direction[0] - 0.2929).abs() < 1e-4 && (direction[1] - 1.9004).abs() < 1e-4);
//! // Both losses fall along the direction, up to the regularization of 1e-4 of the trace.
//! assert!(gramian.projections(&weights).iter().all(|product| *product > -1e-4 * 56.0 * 1.2));
//! # Ok(())
//! # }
//! ```
//!
//! # Which method
//!
//! [`METHODS`] is the table of all of them, with papers, options, defaults and ranges. Begin with `equal`; look at the
//! cosines ([`Gramian::cosines`]) before paying for more. Where gradients do not conflict, methods differ in the scales of
//! the tasks only, and so do tuned fixed weights. `upgrad` is the careful choice where they do: it conflicts with no
//! task and leaves each its own scale. `nash-mtl`, `fairgrad` and `imtl-g` ignore scales, which helps if losses are in
//! different units; `mgda` leans towards the task with the smallest gradient; `uncertainty`, `scale-invariant` and `famo`
//! balance scales from the losses alone.
//!
//! # Adding a method
//!
//! `CONTRIBUTING.md` has the steps. A program's own method implements [`Balancer`] itself, and can be chosen by name from
//! [`METHODS`]`.with(…)` with [`build_from`].
//!
//! # Scale
//!
//! Some methods' weights sum to about 1 (a mean), some to about `T` (a sum), and some have a length of their own. Each
//! keeps the convention of its paper, named in the method's remarks; compare methods only with the learning rate tuned
//! for each, or with an optimizer that is blind to scale, such as Adam.
//!
//! # Missing labels
//!
//! A batch need not have labels for every task. [`StepContext::known`] says which it has: aggregators run on those
//! tasks' gradients as if there were no others, the others get weight 0, and what a method remembers about them
//! stays as it was.
//!
//! # Why like this
//!
//! Nearly everything is a function of the Gramian because it is small: where `d` lies in the gradients' span, a method need never see a
//! gradient. The programs behind them have `T` unknowns. They are solved exactly in double
//! precision, by active sets and Newton's method, in microseconds, rather than to a tolerance by a general solver; and on
//! matrices brought to unit scale, so that gradients of size 1e-10 or 1e10 are as good as any. Random methods draw from
//! counters made of the seed and the step: the same inputs give the same bits, in a resumed run too.
//!
//! # Limits
//!
//! A Gramian made in single precision knows gradients that nearly cancel only to about 3e-4 of their length, and
//! no method can promise more. UPGrad's and DualProj's regularization lets a task lose up to `1e-4 · trace G · w_i`, first
//! order; set `regularisation = 0` to forbid that. Costs grow as `T³` (UPGrad: `T⁴`): made for up to some dozens of tasks.

mod adam;
mod balancer;
mod context;
mod cross_gramian;
mod error;
mod gradient;
mod gramian;
mod jacobian;
mod known;
mod loss;
mod math;
mod method;
mod methods;
mod random;
mod state;
mod wrapper;

pub use balancer::{Again, Balance, Balancer, Before, Gives, GradientOf, Needs, Shown};
pub use banyan_method::Choice;
pub use context::StepContext;
pub use cross_gramian::CrossGramian;
pub use error::Error;
pub use gradient::GRADIENT;
pub use gramian::{Gramian, combine};
pub use jacobian::Jacobian;
pub use method::{BalanceMethod, BuildBalancer, Family, build_from};
pub use methods::{METHODS, build};
pub use state::{SavedTensor, State, Tensor};
