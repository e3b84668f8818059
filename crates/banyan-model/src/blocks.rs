//! The blocks of encoders, as a sharing sees them.

use crate::sharing::Sharing;
use crate::view::EncoderBlock;
use banyan_engine::{Graph, Var};

/// The blocks of all encoders, as they run.
pub struct Blocks<'a> {
    sharing: &'a dyn Sharing,
    modality: usize,
    run: Vec<EncoderBlock>,
}

impl<'a> Blocks<'a> {
    pub(crate) fn new(sharing: &'a dyn Sharing) -> Self {
        Self { sharing, modality: 0, run: Vec::new() }
    }

    /// The same, for the encoder of another modality.
    pub(crate) fn of_modality(&mut self, modality: usize) -> &mut Self {
        self.modality = modality;
        self
    }

    /// Hands a block's output to the sharing, and returns what the encoder goes on with. Every encoder calls it after each of its
    /// [blocks](crate::ViewSizes::blocks).
    pub fn after(&mut self, graph: &mut Graph<'_>, output: Var) -> Var {
        let index = self.run.iter().filter(|block| block.modality == self.modality).count();
        let block = EncoderBlock { modality: self.modality, index, output };
        let output = self.sharing.after_block(graph, block);
        self.run.push(EncoderBlock { output, ..block });
        output
    }

    pub(crate) fn into_run(self) -> Vec<EncoderBlock> {
        self.run
    }
}
