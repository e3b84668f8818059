//! `detection`: the boxes of the objects of an image, found at the points of a pyramid without anchors.
//!
//! Two convolutions, the same ones for all levels, give at each cell a logit for every class and four distances to the sides of a box. Which
//! cells learn which objects is decided by where they are at first ([FCOS](assignment::fcos)), and then by what they predict
//! ([TOOD](assignment::task_aligned)). The score that a cell learns is how well its box fits, so that no other output says it.
//!
//! Several cells find one object, and the best of them is kept. With `one_to_one` two layers of their own learn besides which cell is the best, from what
//! the others read but without a say in it (Wang et al., "YOLOv10: Real-Time End-to-End Object Detection", NeurIPS 2024); predictions are theirs alone.

mod assignment;
mod loss;
mod points;
mod sides;

use super::binary::sigmoid;
use super::slopes::loss_of_slopes;
use super::{Chunk, Head, HeadMethod, HeadPlan, Read};
use crate::encoders::conv::{Norm, Normed};
use crate::error::ModelError;
use crate::view::Pyramid;
use assignment::{Alignment, Truth};
use banyan_data::labels::{BoxValues, COUNTED, Detection};
use banyan_data::values::{Array, Tuples, Values};
use banyan_engine::{Activation, Graph, Purpose, Var};
use banyan_method::{Method, OptionSpec, Range};
use banyan_nn::{Conv2d, LayerBuilder};
use banyan_text::Ragged;
use banyan_vision::boxes::Rectangle;
use banyan_vision::suppression::{self, Candidate, Scope};
use loss::{Known, Outputs, Rule};
use points::Point;
use sides::Sides;

/// Its entry in the table of heads.
pub(super) const HEAD: HeadMethod = HeadMethod::new(
    Method::new("detection", "the boxes of the objects of an image, each of one of several classes")
        .paper("Feng et al., ICCV 2021; Tian et al., ICCV 2019")
        .options(&[SUPPRESSION, MOST, STATIC_STEPS, REG_MAX, ONE_TO_ONE]),
    build,
);

const SUPPRESSION: OptionSpec = OptionSpec::number(
    "suppression",
    "of two boxes of one class that overlap more than this (intersection over union) the better one is kept",
    0.6,
    Range::ANY.at_least(0.0).at_most(1.0),
);
const MOST: OptionSpec = OptionSpec::count("max_detections", "the most boxes of an image", 100, 1..=10_000);
const STATIC_STEPS: OptionSpec = OptionSpec::count(
    "static_steps",
    "the first steps of a training, in which boxes are learned where they are, and not where they are predicted",
    300,
    0..=1_000_000,
);

const REG_MAX: OptionSpec = OptionSpec::count(
    "reg_max",
    "each side of a box as a distribution over 0 to so many cells (distribution focal loss); 0 for one number a side",
    0,
    0..=64,
);
const ONE_TO_ONE: OptionSpec = OptionSpec::flag("one_to_one", "whether one cell learns each object, so that nothing need be suppressed");

/// Scores that are not looked at any further, and the most boxes of an image that are.
const LEAST_SCORE: f32 = 0.001;
const CANDIDATES: usize = 300;
/// The score of a cell before anything is learned: most are background.
const FIRST_SCORE: f32 = 0.01;

#[derive(Debug)]
struct DetectionHead {
    /// Many cells learn each object.
    many: Tower,
    /// One cell does.
    one: Option<Tower>,
    classes: usize,
    sides: Sides,
    canvas: [usize; 2],
    suppression: f32,
    most: usize,
    static_steps: u64,
}

/// Convolutions over each level.
#[derive(Debug)]
struct Tower {
    layers: Vec<Normed>,
    output: Conv2d,
}

impl Tower {
    /// All levels go through the same layers, and have statistics of their own: so these are normalized in groups.
    fn new(builder: &mut LayerBuilder, width: usize, outputs: usize) -> Self {
        let layer = |place| Normed::new(builder, &format!("tower{place}"), (3, width, width), 1, (Norm::Group, Activation::Relu));
        let layers = (0..2).map(layer).collect();
        Self { layers, output: builder.conv2d("output", (3, 3), width, outputs, Activation::None) }
    }

    fn forward(&self, graph: &mut Graph<'_>, levels: &[Var], present: &[bool]) -> Vec<Var> {
        let of_level = |&level: &Var| {
            let x = self.layers.iter().fold(level, |x, layer| layer.forward(graph, x, present));
            self.output.forward(graph, x)
        };
        levels.iter().map(of_level).collect()
    }
}

/// What is learned of a tower's outputs.
#[derive(Debug, Clone, Copy)]
struct Learning {
    /// Points of a box.
    points: usize,
    /// In the first steps of a training boxes are learned where they are.
    static_steps: u64,
}

fn build(builder: &mut LayerBuilder, plan: &HeadPlan<'_>) -> Result<Box<dyn Head>, ModelError> {
    let labels: &Detection = plan.labels();
    let classes = labels.classes.len();
    let width = plan.pyramid.and_then(|sizes| sizes.levels.first()).map_or(plan.width, |level| level.channels);
    let sides = Sides::new(plan.settings.count(REG_MAX.name));
    let outputs = classes + sides.outputs();
    let many = Tower::new(builder, width, outputs);
    let one = plan.settings.flag(ONE_TO_ONE.name).then(|| builder.within("one", |b| Tower::new(b, width, outputs)));
    Ok(Box::new(DetectionHead {
        many,
        one,
        classes,
        sides,
        canvas: labels.canvas.size,
        suppression: plan.settings.number(SUPPRESSION.name) as f32,
        most: plan.settings.count(MOST.name) as usize,
        static_steps: plan.settings.count(STATIC_STEPS.name),
    }))
}

impl DetectionHead {
    /// Outputs of a point.
    fn of_point(&self) -> usize {
        self.classes + self.sides.outputs()
    }

    /// The outputs of each tower that ran, with what is learned of them: of all towers in training, of the one that predicts otherwise.
    fn towers<'a>(&self, graph: &Graph<'_>, outputs: &'a [Var]) -> Vec<(&'a [Var], Learning)> {
        let many = Learning { points: 13, static_steps: self.static_steps };
        let one = Learning { points: 1, static_steps: 0 };
        match (&self.one, graph.context().purpose) {
            (None, _) => vec![(outputs, many)],
            (Some(_), Purpose::Training) => {
                let (of_many, of_one) = outputs.split_at(outputs.len() / 2);
                vec![(of_many, many), (of_one, one)]
            }
            (Some(_), _) => vec![(outputs, one)],
        }
    }

    /// The points of all levels, and where each level begins among them.
    fn points(&self, graph: &Graph<'_>, outputs: &[Var]) -> (Vec<Point>, Vec<usize>) {
        let (mut points, mut starts) = (Vec::new(), vec![0]);
        for &output in outputs {
            let [_, height, width, _] = *graph.shape(output).axes() else { unreachable!("a level is a grid") };
            points.extend(points::of_level([height, width], self.canvas));
            starts.push(points.len());
        }
        (points, starts)
    }

    /// The outputs of a row at all points.
    fn row(&self, graph: &Graph<'_>, outputs: &[Var], starts: &[usize], row: usize) -> Vec<f32> {
        let of_point = self.of_point();
        let levels = outputs.iter().zip(starts.windows(2)).flat_map(|(&output, ends)| {
            let size = (ends[1] - ends[0]) * of_point;
            graph.value(output)[row * size..][..size].iter().copied()
        });
        levels.collect()
    }

    /// What is known of a row's objects.
    fn known(&self, labels: BoxValues<'_>, row: usize) -> Known {
        let listed = labels.annotated.list(row);
        let mut known = Known { is_annotated: vec![listed.is_empty(); self.classes], ..Known::default() };
        listed.iter().for_each(|class| known.is_annotated[*class as usize] = true);
        for (class, [x1, y1, x2, y2], _, kind) in labels.row(row) {
            let rectangle = Rectangle { x1, y1, x2, y2 };
            if kind == COUNTED {
                known.truths.push(Truth { class: class as usize, rectangle });
            } else {
                known.ignored.push(rectangle);
            }
        }
        known
    }

    /// The sum of the losses of a chunk, a scalar, and that of the qualities by which it is to be divided.
    fn loss(&self, graph: &mut Graph<'_>, (outputs, learning): (&[Var], Learning), chunk: &Chunk<'_>) -> (Var, f64) {
        let is_static = graph.context().purpose == Purpose::Training && graph.context().step < learning.static_steps;
        let rule = if is_static { Rule::Static } else { Rule::Aligned(Alignment { powers: [1.0, 6.0], points: learning.points }) };
        let labels = BoxValues::of(&chunk.target.values);
        let (points, starts) = self.points(graph, outputs);
        let of_point = self.of_point();
        let mut slopes: Vec<Vec<f32>> = outputs.iter().map(|&output| vec![0.0; graph.shape(output).len()]).collect();
        let mut sums = [0.0; 2];
        for row in (0..chunk.rows.len()).filter(|&row| chunk.is_learned(row)) {
            let values = self.row(graph, outputs, &starts, row);
            let mut own = vec![0.0; values.len()];
            let of_image = loss::of_image(
                Outputs { points: &points, values: &values, classes: self.classes, sides: self.sides },
                &self.known(labels, row),
                rule,
                &mut own,
            );
            sums.iter_mut().zip(of_image).for_each(|(sum, own)| *sum += own);
            for (slopes, ends) in slopes.iter_mut().zip(starts.windows(2)) {
                let size = (ends[1] - ends[0]) * of_point;
                slopes[row * size..][..size].copy_from_slice(&own[ends[0] * of_point..][..size]);
            }
        }
        // The value stands at the first level; the slopes are at all.
        let mut parts = Vec::with_capacity(outputs.len());
        for (level, (&output, slopes)) in outputs.iter().zip(&slopes).enumerate() {
            parts.push(loss_of_slopes(graph, output, if level == 0 { sums[0] } else { 0.0 }, slopes, 1.0));
        }
        (graph.sum(&parts, 1.0), sums[1])
    }
}

impl Head for DetectionHead {
    /// For each level `[rows, height, width, classes + outputs of the sides]`; in training of both towers where there are two.
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, _: &Chunk<'_>) -> Vec<Var> {
        let Some(Pyramid { levels, present, .. }) = &read.pyramid else { return Vec::new() };
        let Some(one) = &self.one else { return self.many.forward(graph, levels, present) };
        if graph.context().purpose != Purpose::Training {
            return one.forward(graph, levels, present);
        }
        let apart: Vec<Var> = levels.iter().map(|&level| graph.constant(level)).collect();
        let mut outputs = self.many.forward(graph, levels, present);
        outputs.extend(one.forward(graph, &apart, present));
        outputs
    }

    /// Where nothing is learned, the mean over the chunk, each of whose rows counts `share`; in training the losses are those of the whole batch.
    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var> {
        if graph.context().purpose == Purpose::Training {
            return Vec::new();
        }
        let rows = (0..chunk.rows.len()).filter(|&row| chunk.is_learned(row)).count();
        let towers = self.towers(graph, outputs).into_iter();
        let losses = towers.map(|tower| {
            let (loss, quality) = self.loss(graph, tower, chunk);
            graph.sum(&[loss], share * rows as f32 / quality.max(1.0) as f32)
        });
        losses.collect()
    }

    fn batch_sums(&self) -> usize {
        if self.one.is_some() { 4 } else { 2 }
    }

    fn sums(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>) -> Vec<Var> {
        let towers = self.towers(graph, outputs).into_iter();
        let sums = towers.flat_map(|tower| {
            let (loss, quality) = self.loss(graph, tower, chunk);
            [loss, graph.input([1], &[quality as f32])]
        });
        sums.collect()
    }

    fn losses_of_sums(&self, graph: &mut Graph<'_>, sums: &[Var]) -> Vec<Var> {
        let of_tower = |pair: &[Var]| {
            let quality = graph.value(pair[1])[0].max(1.0);
            graph.sum(&[pair[0]], 1.0 / quality)
        };
        sums.chunks_exact(2).map(of_tower).collect()
    }

    /// For each row the classes of its boxes, and for each box left, top, right and bottom in pixels of the canvas and its score, the best first.
    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>) -> Values {
        let (mut classes, mut boxes) = (Ragged::default(), Tuples::new(5));
        let (points, starts) = self.points(graph, outputs);
        let [height, width] = self.canvas.map(|side| side as f32);
        // By logits, so that few scores are computed.
        let least = (LEAST_SCORE / (1.0 - LEAST_SCORE)).ln();
        for row in 0..chunk.rows.len() {
            if !chunk.has_image(row) {
                classes.push([]);
                boxes.push([]);
                continue;
            }
            let values = self.row(graph, outputs, &starts, row);
            let outputs = Outputs { points: &points, values: &values, classes: self.classes, sides: self.sides };
            let logits = values.chunks_exact(self.of_point()).enumerate();
            let mut found: Vec<(f32, usize, usize)> = logits
                .flat_map(|(point, own)| own[..self.classes].iter().enumerate().map(move |(class, z)| (*z, point, class)))
                .filter(|(z, ..)| *z > least)
                .collect();
            let better = |one: &(f32, usize, usize), other: &(f32, usize, usize)| {
                other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)).then(one.2.cmp(&other.2))
            };
            if found.len() > CANDIDATES {
                found.select_nth_unstable_by(CANDIDATES, better);
                found.truncate(CANDIDATES);
            }
            found.sort_by(better);
            let candidate = |&(z, point, class): &(f32, usize, usize)| {
                let rectangle = outputs.rectangle(point).clip(width, height);
                Candidate { rectangle, class, score: sigmoid(z) }
            };
            let candidates: Vec<Candidate> = found.iter().map(candidate).filter(|own| own.rectangle.area() > 0.0).collect();
            let mut kept = match self.one {
                Some(_) => (0..candidates.len()).collect(),
                None => suppression::greedy(&candidates, self.suppression, Scope::SameClass),
            };
            kept.truncate(self.most);
            classes.push(kept.iter().map(|&place| candidates[place].class as u32));
            boxes.push(kept.iter().flat_map(|&place| {
                let Candidate { rectangle, score, .. } = candidates[place];
                [rectangle.x1, rectangle.y1, rectangle.x2, rectangle.y2, score]
            }));
        }
        Values::new(vec![Array::Lists(classes), Array::Tuples(boxes)])
    }

    fn predict_nothing(&self, chunk: &Chunk<'_>) -> Values {
        let rows = chunk.rows.len();
        Values::new(vec![Array::Lists(Ragged::of_empty_lists(rows)), Array::Tuples(Tuples::of_empty_rows(5, rows))])
    }

    fn start_from_frequencies(&self, parameters: &mut banyan_engine::Parameters) {
        for tower in std::iter::once(&self.many).chain(&self.one) {
            parameters.get_mut(tower.output.bias)[..self.classes].fill((FIRST_SCORE / (1.0 - FIRST_SCORE)).ln());
        }
    }
}
