//! Gradients of tables of which a batch reads few rows: an embedding's.

use super::Engine;
use super::combination::Combination;
use super::inner_products::{add_parts, add_products};
use super::lane::Lane;
use crate::gradients::Operand;
use crate::parameters::{ParameterId, Parameters};
use crate::workers::Work;
use crate::{scratch, simd};

/// One reading of one row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Read {
    item: u32,
    lane: u16,
    factor: u32,
    bag: u32,
}

/// The readings of a table, those of one row together; memory is kept.
pub(super) type Reads = Vec<Read>;

impl Engine {
    /// Whether a parameter's factors are readings of its rows.
    pub(super) fn reads_rows(&self, id: ParameterId) -> bool {
        let mut factors = self.lanes[..self.active].iter().flat_map(|lane| lane.gradients.factors());
        factors.any(|factor| factor.parameter == id && matches!(factor.operand, Operand::Bags { .. }))
    }

    /// Whether a parameter's factors are inputs of a layer. A weight may be both: a table, and the layer that scores its rows.
    pub(super) fn multiplies(&self, id: ParameterId) -> bool {
        let mut factors = self.lanes[..self.active].iter().flat_map(|lane| lane.gradients.factors());
        factors.any(|factor| factor.parameter == id && matches!(factor.operand, Operand::Input(_)))
    }
}

/// Collects the readings of a table in the order of its rows, and of lanes, parts and bags for each.
fn collect(lanes: &[Lane], id: ParameterId, reads: &mut Reads) {
    reads.clear();
    for (lane_index, lane) in lanes.iter().enumerate() {
        for (factor_index, factor) in lane.gradients.factors().iter().enumerate() {
            let Operand::Bags { offsets, items } = &factor.operand else { continue };
            if factor.parameter != id {
                continue;
            }
            for (bag, ends) in offsets.windows(2).enumerate() {
                for &item in &items[ends[0] as usize..ends[1] as usize] {
                    reads.push(Read { item, lane: lane_index as u16, factor: factor_index as u32, bag: bag as u32 });
                }
            }
        }
    }
    reads.sort_unstable();
}

impl Read {
    /// The cotangent of the reading in a place of the factors'.
    fn cotangent<'a>(&self, lanes: &'a [Lane], place: usize, width: usize) -> Option<&'a [f32]> {
        let gradients = &lanes[self.lane as usize].gradients;
        let factor = &gradients.factors()[self.factor as usize];
        let Operand::Bags { offsets, .. } = &factor.operand else { unreachable!("readings are of bags") };
        gradients.cotangent(factor, place)?.row(self.bag as usize, offsets.len() - 1, width)
    }
}

/// Adds a combination of the gradients to the rows of the table that were read.
pub(super) fn add_gradient(
    engine: &mut Engine,
    parameters: &Parameters,
    id: ParameterId,
    combination: Combination<'_>,
    gradient: &mut [f32],
) {
    const ROWS: usize = 256;
    let Engine { lanes, active, workers, reads, .. } = engine;
    let lanes = &lanes[..*active];
    collect(lanes, id, reads);
    let (width, scope) = (parameters.info(id).shape.last(), parameters.info(id).scope);
    workers.blocks(Work::numbers(reads.len() * width * combination.places()), ROWS * width, [gradient], |begin, [rows]| {
        let (begin, end) = (begin / width, (begin + rows.len()) / width);
        let first = reads.partition_point(|read| (read.item as usize) < begin);
        for read in reads[first..].iter().take_while(|read| (read.item as usize) < end) {
            let target = &mut rows[(read.item as usize - begin) * width..][..width];
            for (place, weight) in combination.terms(scope) {
                if let Some(cotangent) = read.cotangent(lanes, place, width) {
                    simd::add_scaled(target, weight, cotangent);
                }
            }
        }
    });
}

/// Adds the inner products of all tasks' gradients of the rows that were read.
pub(super) fn add_gramian(engine: &mut Engine, parameters: &Parameters, id: ParameterId, gramian: &mut [f64]) {
    const PARTS: usize = 16;
    let Engine { lanes, active, workers, reads, pool, rows: tasks, .. } = engine;
    let (lanes, tasks) = (&lanes[..*active], *tasks);
    collect(lanes, id, reads);
    let width = parameters.info(id).shape.last();
    let size = gramian.len();
    let mut sums = pool.take_doubles(PARTS * size);
    let mut places: Vec<&mut [f64]> = sums.chunks_exact_mut(size).collect();
    // A part is about as many readings as the others, cut between rows of the table.
    let cut = |part: usize| {
        let at = reads.len() * part / PARTS;
        reads.get(at).map_or(reads.len(), |read| reads.partition_point(|other| other.item < read.item))
    };
    workers.each(Work::numbers(reads.len() * width * tasks), &mut places, |part, sums| {
        scratch::with(tasks * width, |rows| {
            for group in reads[cut(part)..cut(part + 1)].chunk_by(|a, b| a.item == b.item) {
                rows.fill(0.0);
                for read in group {
                    for (task, sum) in rows.chunks_exact_mut(width).enumerate() {
                        if let Some(cotangent) = read.cotangent(lanes, task, width) {
                            simd::add(sum, cotangent);
                        }
                    }
                }
                add_products(rows, width, sums);
            }
        });
    });
    add_parts(&sums, gramian);
    pool.give_doubles(sums);
}
