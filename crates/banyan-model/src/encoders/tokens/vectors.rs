//! A token's word vector.

use super::Layout;
use banyan_data::inputs::VectorsSchema;
use banyan_engine::{Activation, Graph, Var};
use banyan_nn::{Embedding, LayerBuilder, Linear};
use banyan_text::tokens::WordVectors;
use banyan_text::tokens::{NO_VECTOR, TokenValues};
use std::sync::Arc;

/// Word vectors that stay as they are, brought to the model's width by a learned layer (as in spaCy's `StaticVectors`); one learned
/// vector stands for all words that have none. Being data, not parameters, they cost the optimizer nothing.
#[derive(Debug)]
pub(super) struct Vectors {
    table: Arc<WordVectors>,
    project: Linear,
    unknown: Embedding,
    width: usize,
}

impl Vectors {
    pub(super) fn new(builder: &mut LayerBuilder, vectors: &VectorsSchema, width: usize) -> Self {
        Self {
            table: Arc::clone(&vectors.table),
            project: builder.linear_without_bias("vectors", vectors.width, width, Activation::None),
            unknown: builder.embedding("vectors.unknown", 1, width, 0.1),
            width,
        }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// `[rows, length, width]`; padding is zero.
    pub(super) fn forward(&self, graph: &mut Graph<'_>, tokens: &TokenValues, layout: &Layout) -> Var {
        let (own, positions) = (self.table.width(), layout.rows * layout.length);
        let mut unknown = vec![0; positions];
        let vectors = graph.input_with([layout.rows, layout.length, own], |values| {
            for (place, &vector) in layout.places().zip(&tokens.vectors) {
                match vector {
                    NO_VECTOR => unknown[place] = 1,
                    vector => values[place * own..][..own].copy_from_slice(self.table.vector(vector)),
                }
            }
        });
        let mut offsets = Vec::with_capacity(positions + 1);
        offsets.push(0);
        offsets.extend(unknown.iter().scan(0, |end, &count| {
            *end += count;
            Some(*end)
        }));
        let items = vec![0; offsets[positions] as usize];
        let known = self.project.forward(graph, vectors);
        let unknown = self.unknown.forward(graph, &offsets, &items);
        let unknown = graph.reshape(unknown, [layout.rows, layout.length, self.width]);
        graph.sum(&[known, unknown], 1.0)
    }
}
