//! A token's hashed features.

use super::Layout;
use banyan_data::batch::TokenValues;
use banyan_data::tokens::FEATURES;
use banyan_engine::{Graph, Var};
use banyan_nn::{Embedding, LayerBuilder};

/// Numbers of one feature's vector.
const FEATURE_WIDTH: usize = 48;

/// Rows of a table that are added up for one feature: two words of the same row in one hash hardly ever share all of them (Serrà
/// and Karatzoglou, RecSys 2017; Miranda et al., 2022).
const HASHES: u64 = 3;

/// A table for each kind of feature; a feature's vector is the sum of a few rows of its table.
#[derive(Debug)]
pub(super) struct Words {
    tables: Vec<Embedding>,
    buckets: usize,
}

impl Words {
    pub(super) fn new(builder: &mut LayerBuilder, buckets: usize) -> Self {
        let tables = (0..FEATURES).map(|feature| builder.embedding(&format!("feature{feature}"), buckets, FEATURE_WIDTH, 0.1)).collect();
        Self { tables, buckets }
    }

    pub(super) fn width(&self) -> usize {
        FEATURES * FEATURE_WIDTH
    }

    /// `[rows, length, width]`; padding reads nothing and is zero.
    pub(super) fn forward(&self, graph: &mut Graph<'_>, tokens: &TokenValues, layout: &Layout) -> Var {
        let positions = layout.rows * layout.length;
        let mut offsets = Vec::with_capacity(positions + 1);
        offsets.push(0);
        for kept in layout.kept() {
            offsets.push(offsets.last().copied().unwrap_or(0) + if kept { HASHES as u32 } else { 0 });
        }
        let read = self.tables.iter().enumerate().map(|(feature, table)| {
            let own = tokens.features.iter().skip(feature).step_by(FEATURES);
            let items: Vec<u32> = own.flat_map(|&hash| (0..HASHES).map(move |number| row(hash, number, self.buckets))).collect();
            table.forward(graph, &offsets, &items)
        });
        let read: Vec<Var> = read.collect();
        let all = graph.concat(&read);
        graph.reshape(all, [layout.rows, layout.length, self.width()])
    }
}

/// One of a feature's rows.
fn row(hash: u32, number: u64, buckets: usize) -> u32 {
    (banyan_engine::random::key(&[u64::from(hash), number]) % buckets as u64) as u32
}
