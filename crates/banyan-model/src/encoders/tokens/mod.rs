//! Sentences as tokens, each of which is hashed features.

mod characters;
mod cnn;
mod layout;
mod lstm;
mod transformer;
mod vectors;
mod words;

pub(super) use cnn::METHOD as CNN;
pub use layout::Layout;
pub(super) use lstm::METHOD as LSTM;
pub(super) use transformer::METHOD as TRANSFORMER;

use super::{BuildEncoder, Encoder, EncoderMethod, EncoderPlan, Meeting};
use crate::blocks::Blocks;
use crate::error::ModelError;
use crate::view::{Sequence, ViewSizes, Views};
use banyan_data::SettingError;
use banyan_data::batch::{InputBatch, InputValues};
use banyan_data::inputs::{InputKind, InputSettings, TokensSchema};
use banyan_engine::{Activation, Graph, Var};
use banyan_method::{Choice, Method, OptionSpec, Range};
use banyan_nn::{LayerBuilder, LayerNorm, Linear};
use characters::Characters;
use std::fmt::Debug;
use vectors::Vectors;
use words::Words;

/// Whether words are read character by character, too.
const CHARACTERS: OptionSpec = OptionSpec::flag("characters", "whether words are read character by character, too");

/// The share of words that training hides.
const WORD_DROPOUT: OptionSpec = OptionSpec::number(
    "word_dropout",
    "the share of words that training hides, so that what is learned of their parts and neighbors serves for words never seen",
    0.3,
    Range::ANY.at_least(0.0).below(1.0),
);

/// An encoder of hashed features.
const fn of_features(method: Method, build: BuildEncoder) -> EncoderMethod {
    EncoderMethod { method, reads: &[InputKind::Tokens], meeting: Meeting::One, check, build }
}

/// A pretrained encoder reads pieces of words, not features.
fn check(settings: &InputSettings, _: &Choice) -> Result<(), SettingError> {
    match settings.pretrained() {
        Some(_) => Err(SettingError::new("pretrained", "is for a pretrained encoder; add encoder = \"bert\", or remove it")),
        None => Ok(()),
    }
}

/// What a token reads of its sentence.
trait Context: Debug + Send + Sync {
    /// How many vectors of the input's width the heads are shown for each token.
    fn shown(&self) -> usize {
        1
    }

    /// From a token's own vector to one that knows its sentence, `[rows, length, width]` to the same shape with zeros in padding: the last
    /// layer's vectors, and [those that the heads are shown](Self::shown), side by side. Where layers do not add to what they read, the
    /// heads are shown them all.
    fn forward(&self, graph: &mut Graph<'_>, input: Var, layout: &Layout, dropout: f32, blocks: &mut Blocks<'_>) -> [Var; 2];

    /// The number of blocks, each of which goes through `blocks`.
    fn blocks(&self) -> usize;
}

/// Each token's hashed features (and characters, and word vector) become a vector of its own, which then reads the sentence around it; the pooled view
/// is the tokens' mean.
#[derive(Debug)]
struct TokensEncoder {
    words: Words,
    characters: Option<Characters>,
    vectors: Option<Vectors>,
    /// Features, characters and word vectors to the model's width.
    mix: Linear,
    norm: LayerNorm,
    context: Box<dyn Context>,
    project: Linear,
    width: usize,
    dropout: f32,
}

impl TokensEncoder {
    /// The pooled view has `width` features, the sequence as many for each layer that the heads are shown.
    fn build<C: Context + 'static>(
        builder: &mut LayerBuilder,
        plan: &EncoderPlan<'_>,
        context: impl Fn(&mut LayerBuilder, usize) -> C,
    ) -> Result<Box<dyn Encoder>, ModelError> {
        let (schema, width) = (plan.schema::<TokensSchema>(), plan.width);
        if schema.pretrained.is_some() {
            return Err(ModelError::NoPretrained { input: plan.inputs[0].name.clone() });
        }
        let words = Words::new(builder, schema.buckets, plan.settings.number(WORD_DROPOUT.name) as f32);
        let characters = plan.settings.flag(CHARACTERS.name).then(|| Characters::new(builder, schema.characters.len()));
        let vectors = schema.vectors.as_ref().map(|vectors| Vectors::new(builder, vectors, width));
        let read = words.width() + characters.as_ref().map_or(0, Characters::width) + vectors.as_ref().map_or(0, Vectors::width);
        Ok(Box::new(Self {
            mix: builder.linear("mix", read, width, Activation::Gelu),
            norm: builder.layer_norm("norm", width),
            context: Box::new(context(builder, width)),
            project: builder.linear("project", width, width, Activation::Relu),
            words,
            characters,
            vectors,
            width,
            dropout: plan.dropout,
        }))
    }
}

impl Encoder for TokensEncoder {
    fn forward(&self, graph: &mut Graph<'_>, inputs: &[&InputBatch], _: &[Vec<bool>], blocks: &mut Blocks<'_>) -> Views {
        let InputValues::Tokens(tokens) = &inputs[0].values else { panic!("a tokens encoder reads tokens") };
        let layout = Layout::new(tokens);
        let mut parts = vec![self.words.forward(graph, tokens, &layout)];
        parts.extend(self.characters.as_ref().map(|characters| characters.forward(graph, tokens, &layout)));
        parts.extend(self.vectors.as_ref().map(|vectors| vectors.forward(graph, tokens, &layout)));
        let read = if let [words] = *parts { words } else { graph.concat(&parts) };
        let mixed = self.mix.forward(graph, read);
        let normed = self.norm.forward(graph, mixed);
        let dropped = graph.dropout(normed, self.dropout);
        let cleared = layout.cleared(graph, dropped);
        let [last, values] = self.context.forward(graph, cleared, &layout, self.dropout, blocks);
        let mask = layout.mask();
        let mean = graph.mean_pool(last, &mask);
        let mean = graph.dropout(mean, self.dropout);
        Views { sequence: Some(Sequence { values, mask }), ..Views::pooled(self.project.forward(graph, mean)) }
    }

    fn sizes(&self) -> ViewSizes {
        let blocks = vec![self.width; self.context.blocks()];
        ViewSizes { sequence: Some(self.context.shown() * self.width), blocks, ..ViewSizes::default() }
    }
}
