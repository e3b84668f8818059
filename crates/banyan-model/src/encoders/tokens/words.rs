//! A token's hashed features.

use super::Layout;
use banyan_engine::random::Stream;
use banyan_engine::{Graph, Purpose, Var};
use banyan_nn::{Embedding, LayerBuilder};
use banyan_text::tokens::TokenValues;
use banyan_text::tokens::{FEATURES, UNSEEN};

/// Numbers of one feature's vector.
const FEATURE_WIDTH: usize = 48;

/// Rows of a table that are added up for one feature: two words of the same row in one hash hardly ever share all of them (Serrà
/// and Karatzoglou, RecSys 2017; Miranda et al., 2022).
const HASHES: u64 = 3;

/// Which feature is the word itself.
const WORD: usize = 0;

/// Parts this randomness from that of other layers.
const HIDDEN: u64 = u64::from_be_bytes(*b"hidewrds");

/// A table for each kind of feature; a feature's vector is the sum of a few rows of its table.
#[derive(Debug)]
pub(super) struct Words {
    tables: Vec<Embedding>,
    buckets: usize,
    /// The share of words that training hides.
    dropout: f32,
}

impl Words {
    pub(super) fn new(builder: &mut LayerBuilder, buckets: usize, dropout: f32) -> Self {
        let tables = (0..FEATURES).map(|feature| builder.embedding(&format!("feature{feature}"), buckets, FEATURE_WIDTH, 0.1)).collect();
        Self { tables, buckets, dropout }
    }

    pub(super) fn width(&self) -> usize {
        FEATURES * FEATURE_WIDTH
    }

    /// `[rows, length, width]`; padding and features that training lacks read nothing and are zero.
    pub(super) fn forward(&self, graph: &mut Graph<'_>, tokens: &TokenValues, layout: &Layout) -> Var {
        let hidden = self.hidden(graph, layout);
        let read = self.tables.iter().enumerate().map(|(feature, table)| {
            let mut own = tokens.features.iter().skip(feature).step_by(FEATURES);
            let (mut offsets, mut items) = (Vec::with_capacity(layout.rows * layout.length + 1), Vec::new());
            offsets.push(0);
            for (place, kept) in layout.kept().into_iter().enumerate() {
                if let Some(&hash) = if kept { own.next() } else { None }
                    && hash != UNSEEN
                    && !(feature == WORD && hidden.get(place) == Some(&true))
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

    /// For each position whether its word is hidden, of which its parts are still read; nothing where none is. (Iyyer et al., ACL 2015, drop words
    /// of a text whole; that rare words be hidden so that unknown ones are prepared for is older.)
    fn hidden(&self, graph: &Graph<'_>, layout: &Layout) -> Vec<bool> {
        let context = graph.context();
        if context.purpose == Purpose::Inference || self.dropout == 0.0 {
            return Vec::new();
        }
        let of_row = |&key: &u64| {
            let mut stream = Stream::new(&[context.seed, context.step, key, HIDDEN]);
            (0..layout.length).map(move |_| stream.uniform() < self.dropout)
        };
        graph.row_keys().iter().flat_map(of_row).collect()
    }
}

/// One of a feature's rows.
fn row(hash: u32, number: u64, buckets: usize) -> u32 {
    (banyan_engine::random::key(&[u64::from(hash), number]) % buckets as u64) as u32
}
