//! What a backbone is to the rest of the encoder: grids from fine to coarse.

use super::weights::{Misfit, Weights};
use crate::blocks::Blocks;
use crate::view::LevelSize;
use banyan_engine::{Graph, Parameters, Var};
use std::fmt::Debug;

/// The grids of a chunk of images, each `[rows, height, width, channels]`.
#[derive(Debug)]
pub(super) struct Grids {
    /// That of the first layers, where it is finer than the first stage's.
    pub(super) stem: Option<Var>,
    /// Those of the stages, each coarser than the one before.
    pub(super) stages: Vec<Var>,
}

/// Convolutions that read an image.
pub(super) trait Backbone: Debug + Send + Sync {
    /// The size of the first layers' grid, where there is one.
    fn stem(&self) -> Option<LevelSize>;

    /// The sizes of the stages' grids.
    fn stages(&self) -> Vec<LevelSize>;

    /// `[rows, height, width, channels]` to the grids. The output of each stage goes through `blocks`. `present` are the rows that have an image.
    fn forward(&self, graph: &mut Graph<'_>, image: Var, present: &[bool], blocks: &mut Blocks<'_>) -> Grids;

    /// Puts pretrained weights into the parameters.
    ///
    /// # Errors
    /// If they are those of another network.
    fn load(&self, weights: &Weights<'_>, parameters: &mut Parameters) -> Result<(), Misfit>;
}
