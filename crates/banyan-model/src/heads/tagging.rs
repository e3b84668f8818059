//! `tagging`: a label for each token, each by itself or all of a sentence together.

use super::chain::Chain;
use super::options::{BALANCED, LABEL_SMOOTHING};
use super::start::{log_shares, set_bias};
use super::tokens::{best_of_each, cross_entropy, empty_lists};
use super::{Chunk, Head, HeadMethod, HeadPlan, Read};
use crate::error::ModelError;
use banyan_data::SettingError;
use banyan_data::labels::Tagging;
use banyan_data::values::Values;
use banyan_engine::{Activation, Graph, Parameters, Var};
use banyan_method::{Choice, Method, OptionSpec, Value};
use banyan_nn::{LayerBuilder, Linear};

/// Its entry in the table of heads.
pub(super) const HEAD: HeadMethod = HeadMethod {
    check,
    ..HeadMethod::new(
        Method::new("tagging", "a label for each token, such as its part of speech")
            .paper("Lafferty, McCallum & Pereira, ICML 2001 (decoder crf)")
            .options(&[DECODER, LABEL_SMOOTHING, BALANCED]),
        build,
    )
};

const DECODER: OptionSpec = OptionSpec::word(
    "decoder",
    "whether each label is chosen by itself or all of a sentence together, which takes at most 300 different ones",
    &["softmax", CRF],
);
const CRF: &str = "crf";

/// A chain is learned as a whole, so that there is no loss of one label to be weighted or smoothed.
fn check(choice: &Choice) -> Result<(), SettingError> {
    let is_chain = choice.get(DECODER.name) == Some(&Value::from(CRF));
    match [LABEL_SMOOTHING.name, BALANCED.name].into_iter().find(|option| is_chain && choice.get(option).is_some()) {
        Some(option) => Err(SettingError::new(
            option,
            "does not go with decoder = \"crf\", which learns all labels of a sentence together; remove one of the two",
        )),
        None => Ok(()),
    }
}

/// Labels that a chain may have: its work grows with their square.
const MOST_CHAINED: usize = 300;

#[derive(Debug)]
struct TaggingHead {
    output: Linear,
    decoder: Decoder,
    counts: Vec<usize>,
}

#[derive(Debug)]
enum Decoder {
    EachByItself { label_smoothing: f32, class_weights: Vec<f32> },
    Together(Chain),
}

fn build(builder: &mut LayerBuilder, plan: &HeadPlan<'_>) -> Result<Box<dyn Head>, ModelError> {
    let labels: &Tagging = plan.labels();
    let count = labels.labels.len();
    let is_chain = plan.settings.word(DECODER.name) == CRF;
    if is_chain && count > MOST_CHAINED {
        return Err(ModelError::TooManyLabels { task: plan.target.name.clone(), labels: count, most: MOST_CHAINED });
    }
    let output = builder.linear("output", plan.width, count, Activation::None);
    let decoder = if is_chain {
        Decoder::Together(Chain::new(builder, count, vec![true; (count + 2) * count]))
    } else {
        let label_smoothing = plan.settings.number(LABEL_SMOOTHING.name) as f32;
        Decoder::EachByItself { label_smoothing, class_weights: plan.class_weights() }
    };
    Ok(Box::new(TaggingHead { output, decoder, counts: labels.counts.clone() }))
}

impl Head for TaggingHead {
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, _: &Chunk<'_>) -> Vec<Var> {
        vec![self.output.forward(graph, read.values)]
    }

    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var> {
        let labels = chunk.target.values.lists_at(0);
        vec![match &self.decoder {
            Decoder::EachByItself { label_smoothing, class_weights } => {
                cross_entropy(graph, outputs[0], chunk, labels, class_weights, (share, *label_smoothing))
            }
            Decoder::Together(chain) => chain.loss(graph, outputs[0], chunk, labels, share),
        }]
    }

    /// The label of each token.
    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>) -> Values {
        let lengths = &chunk.layout().lengths;
        Values::lists(match &self.decoder {
            Decoder::EachByItself { .. } => best_of_each(graph.value(outputs[0]), self.counts.len(), lengths),
            Decoder::Together(chain) => chain.best(graph, outputs[0], lengths),
        })
    }

    fn predict_nothing(&self, chunk: &Chunk<'_>) -> Values {
        Values::lists(empty_lists(chunk))
    }

    fn start_from_frequencies(&self, parameters: &mut Parameters) {
        set_bias(parameters, &self.output, &log_shares(&self.counts));
    }
}
