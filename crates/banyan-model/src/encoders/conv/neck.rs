//! A feature pyramid (Lin et al., "Feature Pyramid Networks for Object Detection", CVPR 2017).

use super::layer::{Norm, Normed};
use banyan_engine::{Activation, Graph, Interpolation, Var};
use banyan_nn::LayerBuilder;

/// Brings stages to one width, adds to each what the coarser ones know, and smooths the sums.
#[derive(Debug)]
pub(super) struct Neck {
    /// From fine to coarse, as the stages.
    laterals: Vec<Normed>,
    smooths: Vec<Normed>,
}

impl Neck {
    pub(super) fn new(builder: &mut LayerBuilder, stages: &[usize], width: usize) -> Self {
        let lateral = |b: &mut LayerBuilder, (place, channels): (usize, &usize)| {
            Normed::new(b, &format!("lateral{place}"), (1, *channels, width), 1, (Norm::Batch, Activation::None))
        };
        let smooth = |b: &mut LayerBuilder, place: usize| {
            Normed::new(b, &format!("smooth{place}"), (3, width, width), 1, (Norm::Batch, Activation::Relu))
        };
        builder.within("neck", |b| Self {
            laterals: stages.iter().enumerate().map(|stage| lateral(b, stage)).collect(),
            smooths: (0..stages.len()).map(|place| smooth(b, place)).collect(),
        })
    }

    /// The grids of the stages to the levels, both from fine to coarse.
    pub(super) fn forward(&self, graph: &mut Graph<'_>, stages: &[Var], present: &[bool]) -> Vec<Var> {
        let mut sums: Vec<Var> = Vec::with_capacity(stages.len());
        for (lateral, &stage) in self.laterals.iter().zip(stages).rev() {
            let own = lateral.forward(graph, stage, present);
            sums.push(match sums.last() {
                Some(&coarser) => {
                    let [_, height, width, _] = *graph.shape(own).axes() else { unreachable!("a level is a grid") };
                    let larger = graph.resize2d(coarser, (height, width), Interpolation::Nearest);
                    graph.sum(&[own, larger], 1.0)
                }
                None => own,
            });
        }
        sums.iter().rev().zip(&self.smooths).map(|(&sum, smooth)| smooth.forward(graph, sum, present)).collect()
    }
}
