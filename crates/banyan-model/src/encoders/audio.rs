//! Sounds.

use super::{Encoder, EncoderMethod, cnn::Cnn};
use crate::view::{Sequence, ViewSizes, Views};
use banyan_data::batch::{InputBatch, InputValues};
use banyan_data::schema::InputDetails;
use banyan_engine::{Graph, Var};
use banyan_method::Method;
use banyan_nn::LayerBuilder;

pub(super) const METHOD: EncoderMethod = EncoderMethod {
    method: Method::new("audio", "log-mel energies as a grid of time and frequency through 3x3 convolutions")
        .paper("Hershey et al., ICASSP 2017"),
    build: |builder, plan| {
        let InputDetails::Audio { frames, bands, .. } = plan.details() else { return None };
        Some(Box::new(AudioEncoder::new(builder, *frames, *bands, plan.width, plan.dropout)))
    },
};

/// Convolutions over time and frequency; offers each stage's grid, and the last one as a sequence of
/// frames.
#[derive(Debug)]
pub(super) struct AudioEncoder {
    cnn: Cnn,
}

impl AudioEncoder {
    /// For `frames` of `bands` energies.
    pub(super) fn new(builder: &mut LayerBuilder, frames: usize, bands: usize, width: usize, dropout: f32) -> Self {
        let cnn = Cnn::new(builder, [frames, bands, 1], width, dropout);
        Self { cnn }
    }

    /// Which frames of the last grid hold sound rather than padding.
    fn frame_mask(frames: usize, last_frames: usize, lengths: &[u32]) -> Vec<f32> {
        let covers = frames.div_ceil(last_frames.max(1));
        let counts = |length: u32| (length as usize).div_ceil(covers).clamp(usize::from(length > 0), last_frames);
        lengths.iter().flat_map(|&length| (0..last_frames).map(move |frame| if frame < counts(length) { 1.0 } else { 0.0 })).collect()
    }

    /// The last grid with its frequencies side by side: `[rows, frames', bands' × channels]`.
    fn sequence(graph: &mut Graph<'_>, grid: Var) -> Var {
        let [rows, frames, bands, channels] = *graph.shape(grid).axes() else { unreachable!("a grid has four axes") };
        graph.reshape(grid, [rows, frames, bands * channels])
    }
}

impl Encoder for AudioEncoder {
    fn forward(&self, graph: &mut Graph<'_>, inputs: &[&InputBatch], _: &[Vec<bool>]) -> Views {
        let InputValues::Audio { frames, bands, values, lengths } = &inputs[0].values else { panic!("an audio encoder reads sounds") };
        let x = graph.input([inputs[0].present.len(), *frames, *bands, 1], values);
        let (pooled, grids) = self.cnn.forward(graph, x);
        let sequence = grids.last().map(|&grid| {
            let values = Self::sequence(graph, grid);
            let last_frames = graph.shape(values).axes()[1];
            Sequence { values, mask: Self::frame_mask(*frames, last_frames, lengths) }
        });
        Views { pooled, sequence, grids }
    }

    fn sizes(&self) -> ViewSizes {
        let channels = self.cnn.channels();
        ViewSizes { sequence: channels.last().map(|last| last * self.cnn.last_grid().1), grids: channels.to_vec() }
    }
}
