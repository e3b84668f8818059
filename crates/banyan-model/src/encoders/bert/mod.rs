//! Sentences through a pretrained encoder of BERT's family.

mod block;
mod sizes;
#[cfg(test)]
mod tests;
mod weights;
mod windows;

use super::pretrained::{self, FROZEN, PRETRAINED, check_rates};
use super::{Encoder, EncoderMethod, Layout, Meeting};
use crate::blocks::Blocks;
use crate::error::ModelError;
use crate::view::{Sequence, ViewSizes, Views};
use banyan_data::SettingError;
use banyan_data::batch::{InputBatch, InputValues};
use banyan_data::inputs::{InputKind, InputSettings, PretrainedSchema, TokensSchema};
use banyan_engine::{Activation, Graph, Parameters, Var};
use banyan_method::{Choice, Method, OptionSpec, Settings};
use banyan_nn::{Embedding, LayerBuilder, LayerNorm, Linear};
use block::Block;
use sizes::Sizes;
use std::path::Path;
use windows::Windows;

pub(super) const METHOD: EncoderMethod = EncoderMethod {
    method: Method::new(
        "bert",
        "tokens: pieces of words through a pretrained encoder of BERT's family, trained on or frozen, and back to words",
    )
    .paper("Devlin et al., NAACL 2019")
    .options(&[POOLING, FROZEN, LEARNING_RATE_FACTOR]),
    reads: &[InputKind::Tokens],
    meeting: Meeting::One,
    check,
    build: |builder, plan| {
        let schema = plan.schema::<TokensSchema>().pretrained.as_ref();
        let schema = schema.ok_or_else(|| ModelError::NoPretrained { input: plan.inputs[0].name.clone() })?;
        let sizes = Sizes::of(schema).map_err(|problem| ModelError::Unsuited { input: plan.inputs[0].name.clone(), problem })?;
        Ok(Box::new(BertEncoder::new(builder, (schema, sizes), plan.settings, (plan.width, plan.dropout))))
    },
};

const POOLING: OptionSpec = OptionSpec::word("pooling", "how the vectors of a word's pieces become one", &["mean", "first"]);

/// Of the usual rate of 1e-3 the default makes 5e-5, which such encoders are tuned with.
const LEARNING_RATE_FACTOR: OptionSpec = pretrained::learning_rate_factor(0.05);

/// What goes together: it reads pieces, of a pretrained vocabulary, and no features.
fn check(settings: &InputSettings, choice: &Choice) -> Result<(), SettingError> {
    if settings.pretrained().is_none() {
        return Err(SettingError::new("encoder", "is \"bert\", which needs a pretrained encoder; add pretrained = \"FOLDER\""));
    }
    if let Some(key) = settings.features() {
        let problem = "is for the encoders that read hashed features, and \"bert\" reads pieces of words; remove it";
        return Err(SettingError::new(key, problem));
    }
    check_rates(choice)
}

/// The pieces of each word through self-attention (Devlin et al., NAACL 2019), then back to one vector a word; the pooled view is their
/// mean, brought to the model's width.
#[derive(Debug)]
struct BertEncoder {
    pieces: Embedding,
    places: Embedding,
    kinds: Embedding,
    norm: LayerNorm,
    blocks: Vec<Block>,
    project: Linear,
    pooling: Pooling,
    is_frozen: bool,
    sizes: Sizes,
    /// The pieces that begin and end a sentence.
    ends: [u32; 2],
    /// Within the pretrained layers, and after them.
    dropouts: [f32; 2],
}

/// How the vectors of a word's pieces become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pooling {
    Mean,
    First,
}

impl BertEncoder {
    /// The pooled view has `width` features, the sequence those of the pretrained encoder.
    fn new(
        builder: &mut LayerBuilder,
        (schema, sizes): (&PretrainedSchema, Sizes),
        settings: &Settings,
        (width, dropout): (usize, f32),
    ) -> Self {
        let (own, is_frozen) = (sizes.width, settings.flag(FROZEN.name));
        let layers = |b: &mut LayerBuilder| {
            let norm = |b: &mut LayerBuilder, name: &str| LayerNorm { epsilon: sizes.epsilon, ..b.layer_norm(name, own) };
            let mut table = |name: &str, rows: usize| b.embedding(name, rows, own, 0.0);
            let tables = [table("words", sizes.vocabulary), table("positions", sizes.positions), table("types", sizes.types)];
            let blocks = (0..sizes.layers).map(|number| b.within(&format!("block{number}"), |b| Block::new(b, &sizes, norm))).collect();
            (tables, norm(b, "norm"), blocks)
        };
        let ([pieces, places, kinds], norm, blocks) = pretrained::layers(builder, settings, layers);
        Self {
            pieces,
            places,
            kinds,
            norm,
            blocks,
            project: builder.linear("project", own, width, Activation::Relu),
            pooling: if settings.word(POOLING.name) == "first" { Pooling::First } else { Pooling::Mean },
            is_frozen,
            sizes,
            ends: schema.pieces.ends(),
            dropouts: [if is_frozen { 0.0 } else { sizes.dropout }, dropout],
        }
    }

    /// The sum of the vectors of each piece, its place and its kind, `[rows, positions of all windows, width]`.
    fn embed(&self, graph: &mut Graph<'_>, windows: &Windows) -> Var {
        let offsets = windows.offsets();
        let read = [(self.pieces, windows.items()), (self.places, windows.places()), (self.kinds, vec![0; windows.pieces()])];
        let vectors = read.map(|(table, items)| table.forward(graph, &offsets, &items));
        let sum = graph.sum(&vectors, 1.0);
        let normed = self.norm.forward(graph, sum);
        let shaped = graph.reshape(normed, windows.shape(self.sizes.width));
        graph.dropout(shaped, self.dropouts[0])
    }

    /// One vector a word, `[rows, length, width]`; padding is zero.
    fn pool(&self, graph: &mut Graph<'_>, read: Var, windows: &Windows, layout: &Layout) -> Var {
        let words = match self.pooling {
            Pooling::First => graph.gather(read, &windows.first_pieces(layout)),
            Pooling::Mean => {
                let (places, weights) = windows.all_pieces(layout);
                let most = places.len() / (layout.rows * layout.length).max(1);
                let gathered = graph.gather(read, &places);
                let gathered = graph.reshape(gathered, [layout.rows * layout.length, most, self.sizes.width]);
                graph.mean_pool(gathered, &weights)
            }
        };
        graph.reshape(words, [layout.rows, layout.length, self.sizes.width])
    }
}

impl Encoder for BertEncoder {
    fn forward(&self, graph: &mut Graph<'_>, inputs: &[&InputBatch], _: &[Vec<bool>], blocks: &mut Blocks<'_>) -> Views {
        let InputValues::Tokens(tokens) = &inputs[0].values else { panic!("a pretrained encoder reads tokens") };
        let layout = Layout::new(tokens);
        let windows = Windows::new(tokens, self.sizes.positions, self.ends);
        let mut read = self.embed(graph, &windows);
        for block in &self.blocks {
            read = block.forward(graph, read, &windows, self.dropouts[0]);
            read = blocks.after(graph, read);
        }
        if self.is_frozen {
            read = graph.constant(read);
        }
        let words = self.pool(graph, read, &windows, &layout);
        let values = graph.dropout(words, self.dropouts[1]);
        let mask = layout.mask();
        let mean = graph.mean_pool(values, &mask);
        Views { sequence: Some(Sequence { values, mask }), ..Views::pooled(self.project.forward(graph, mean)) }
    }

    fn sizes(&self) -> ViewSizes {
        ViewSizes { sequence: Some(self.sizes.width), blocks: vec![self.sizes.width; self.blocks.len()], ..ViewSizes::default() }
    }

    fn load_pretrained(&self, parameters: &mut Parameters, prefix: &str, folder: &Path) -> Result<(), ModelError> {
        weights::load(parameters, &format!("{prefix}.{PRETRAINED}"), &self.sizes, folder)
    }
}
