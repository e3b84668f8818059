//! A token's hashed features.

use super::Layout;
use banyan_data::batch::TokenValues;
use banyan_data::tokens::{FEATURES, UNSEEN};
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

    /// `[rows, length, width]`; padding and features that training lacks read nothing and are zero.
    pub(super) fn forward(&self, graph: &mut Graph<'_>, tokens: &TokenValues, layout: &Layout) -> Var {
        let read = self.tables.iter().enumerate().map(|(feature, table)| {
            let mut own = tokens.features.iter().skip(feature).step_by(FEATURES);
            let (mut offsets, mut items) = (Vec::with_capacity(layout.rows * layout.length + 1), Vec::new());
            offsets.push(0);
            for kept in layout.kept() {
                if let Some(&hash) = if kept { own.next() } else { None }
                    && hash != UNSEEN
                {
                    items.extend((0..HASHES).map(|number| row(hash, number, self.buckets)));
                }
                offsets.push(items.len() as u32);
            }
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
