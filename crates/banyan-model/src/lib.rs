//! Encoders, fusion, sharing, heads and losses: from a plan to a model.
//!
//! # Overview
//!
//! ```text
//!  inputs            encoders        fusion        sharing          heads
//!  image ───────▶ modality ─┐                  ┌─▶ task's view ───▶ digit
//!  audio ───────▶ modality ─┼─▶ representation ┤
//!  age, town, … ─▶ table ───┘                  └─▶ task's view ───▶ speaker
//! ```
//!
//! [`Model::build`] makes a model and its initial [`Parameters`](banyan_engine::Parameters) from a [`Plan`] (what the
//! configuration says) and a [`Schema`](banyan_data::schema::Schema) (what the data says). [`Model::forward`] runs
//! one chunk of rows on a [`Graph`](banyan_engine::Graph) and declares each task's output;
//! [`Model::declare_losses`] adds the losses.
//!
//! # Everything is masked
//!
//! Where a row lacks an input, a learned token takes the place of its encoder's output: one token
//! per column of the table, one per modality before the fusion. The same tokens serve training (with
//! modality dropout, so that they are learned) and prediction. An encoder that no row of a chunk
//! needs is not run, nor is the head of a task that was not asked for. A loss is a mean over the rows whose label is known.
//!
//! # Views
//!
//! An encoder offers what it read as one vector per row, and where it can as a sequence (tokens, frames)
//! and as grids (pixels, from fine to coarse). A head names the [`View`] it reads, and the fused
//! representation is added to it as context; so a label for each row, each token and each pixel can be learned by one model.
//!
//! # Adding a method
//!
//! A fusion or a way of sharing is one file and one entry in the table of its folder. The table is also
//! what a configuration is checked against and what `banyan methods` prints.

mod blocks;
mod encoders;
mod error;
mod fusion;
mod heads;
mod methods;
mod modality_dropout;
mod model;
mod plan;
mod sharing;
mod view;
pub mod weights;

pub use blocks::Blocks;
pub use encoders::{BuildEncoder, Encoder, EncoderMethod, EncoderPlan, Layout, METHODS as ENCODERS, Meeting, default_encoder, encoders_of};
pub use error::ModelError;
pub use fusion::{Fusion, FusionMethod, FusionPlan, METHODS as FUSIONS, ModalitySizes};
pub use heads::{BuildHead, Chunk, FOUND, GIVEN, HEADS, Head, HeadMethod, HeadPlan, PredictedFrames, Read, Words};
pub use methods::Methods;
pub use model::{Model, Request};
pub use plan::{Plan, TaskPlan};
pub use sharing::{METHODS as SHARINGS, Reached, Sharing, SharingMethod, SharingPlan};
pub use view::{EncoderBlock, Fused, LevelSize, Modality, Pyramid, PyramidSizes, Sequence, View, ViewSizes, Views};
