//! Recordings.

use super::convolutions::Convolutions;
use super::{Encoder, EncoderMethod};
use crate::blocks::Blocks;
use crate::view::{Sequence, ViewSizes, Views};
use banyan_data::batch::{InputBatch, InputValues};
use banyan_data::inputs::{AudioSchema, InputKind};
use banyan_engine::{Graph, Var};
use banyan_method::Method;

pub(super) const METHOD: EncoderMethod = EncoderMethod::of_one(
    Method::new("audio", "log-mel energies as a grid of time and frequency through 3x3 convolutions").paper("Hershey et al., ICASSP 2017"),
    &[InputKind::Audio],
    |builder, plan| {
        let AudioSchema { frames, bands, .. } = *plan.schema();
        let convolutions = Convolutions::new(builder, [frames, bands, 1], plan.width, plan.dropout);
        Ok(Box::new(AudioEncoder { convolutions, energies: frames * bands }))
    },
);

/// Convolutions over time and frequency; offers each stage's grid, and the last one as a sequence of
/// frames.
#[derive(Debug)]
struct AudioEncoder {
    convolutions: Convolutions,
    /// Of a recording.
    energies: usize,
}

impl AudioEncoder {
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
    fn forward(&self, graph: &mut Graph<'_>, inputs: &[&InputBatch], _: &[Vec<bool>], blocks: &mut Blocks<'_>) -> Views {
        let InputValues::Audio(audio) = &inputs[0].values else { panic!("an audio encoder reads recordings") };
        let x = graph.input([inputs[0].present.len(), audio.frames, audio.bands, 1], &audio.values);
        let (pooled, grids) = self.convolutions.forward(graph, x, blocks);
        let sequence = grids.last().map(|&grid| {
            let values = Self::sequence(graph, grid);
            let last_frames = graph.shape(values).axes()[1];
            Sequence { values, mask: Self::frame_mask(audio.frames, last_frames, &audio.lengths) }
        });
        Views { sequence, grids, ..Views::pooled(pooled) }
    }

    fn sizes(&self) -> ViewSizes {
        let channels = self.convolutions.channels();
        let (_, bands) = self.convolutions.last_grid();
        ViewSizes { sequence: channels.last().map(|last| last * bands), grids: channels.to_vec(), blocks: channels.to_vec(), pyramid: None }
    }

    fn cells(&self) -> usize {
        self.energies
    }
}
