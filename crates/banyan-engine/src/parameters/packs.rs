//! Weights laid out for the kernels that multiply with them.
//!
//! A weight is multiplied with once for each chunk of a batch, and in the backward pass once more for each task: it
//! is laid out at its first use after it changed, whichever thread comes first, and serves all.

use super::{ParameterId, Parameters};
use crate::matmul::{Accumulate, Kernel, Left, Matrix, Precision, Right, Terms};
use crate::pool::Buffer;
use crate::scratch;
use crate::winograd;
use crate::workers::{Work, Workers};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Which way through a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// `y = x W`
    Forward,
    /// `x̄ = ȳ Wᵀ`
    Back,
    /// The same for a convolution's weight `[height, width, in, out]`, as a convolution of `ȳ`: the kernel is turned by half a circle, and
    /// in each of its cells inputs and outputs are exchanged. As a matrix it is `[height * width * out, in]`.
    Turned,
    /// The values of a 3x3 convolution's weight ([`crate::winograd`]): as a matrix `[36 * in, out]`.
    Transformed,
    /// The same of the turned weight: `[36 * out, in]`.
    TurnedAndTransformed,
}

/// One weight in one layout.
#[derive(Debug, Default)]
struct Pack {
    ready: OnceLock<Buffer>,
    /// The memory of a layout whose weight has changed.
    spare: Mutex<Option<Buffer>>,
}

impl Way {
    const ALL: [Self; 5] = [Self::Forward, Self::Back, Self::Turned, Self::Transformed, Self::TurnedAndTransformed];
}

/// All ways for each family of kernels.
type OfOneParameter = [Pack; 3 * Way::ALL.len()];

/// The layouts of all parameters that were asked for.
#[derive(Debug, Default)]
pub(crate) struct Packs(Vec<OfOneParameter>);

impl Clone for Packs {
    /// A copy begins without layouts: they are made again where they are used.
    fn clone(&self) -> Self {
        Self::new(self.0.len())
    }
}

impl Packs {
    pub(crate) fn new(parameters: usize) -> Self {
        Self((0..parameters).map(|_| Default::default()).collect())
    }

    /// Forgets the layouts of one parameter, since it may change.
    pub(crate) fn forget(&mut self, id: ParameterId) {
        for pack in &mut self.0[id.0 as usize] {
            if let Some(buffer) = pack.ready.take() {
                *pack.spare.get_mut().unwrap_or_else(PoisonError::into_inner) = Some(buffer);
            }
        }
    }

    /// Forgets all layouts, since any parameter may change.
    pub(crate) fn forget_all(&mut self) {
        for index in 0..self.0.len() as u32 {
            self.forget(ParameterId(index));
        }
    }
}

/// What [`place`] numbers.
fn at_place(place: usize) -> (Kernel, Way) {
    let kernel = match place / Way::ALL.len() {
        0 => Kernel::Tiles(Terms::One),
        1 => Kernel::Tiles(Terms::Three),
        _ => Kernel::of_processor(),
    };
    (kernel, Way::ALL[place % Way::ALL.len()])
}

fn place(kernel: Kernel, way: Way) -> usize {
    let family = match kernel {
        Kernel::Tiles(Terms::One) => 0,
        Kernel::Tiles(Terms::Three) => 1,
        Kernel::Blocked512 | Kernel::Blocked256 | Kernel::Strided => 2,
    };
    Way::ALL.len() * family + way as usize
}

/// Below these rows a product reads the weight as it is: laying it out would cost more.
const ROWS_WORTH_PACKING: usize = 16;

impl Parameters {
    /// `to[m, out] (+)= from[m, in] W`, or on the way back `to[m, in] (+)= from[m, out] Wᵀ`, where `W` is the parameter as a matrix
    /// with its last axis as columns.
    #[expect(clippy::too_many_arguments, reason = "a product has its matrices, its size and how it is done")]
    pub(crate) fn multiply(
        &self,
        id: ParameterId,
        way: Way,
        precision: Precision,
        m: usize,
        from: &[f32],
        to: &mut [f32],
        into: Accumulate<'_>,
    ) {
        let (k, n, matrix) = self.right_operand(id, way);
        let kernel = Kernel::choose(precision, m, n, k);
        let as_it_is = (way == Way::Forward && m < ROWS_WORTH_PACKING) || k * n == 0;
        if as_it_is {
            kernel.multiply(m, n, k, Left::of(Matrix::rows(from, k)), Right::of(matrix), to, into);
        } else {
            self.multiply_again(id, way, precision, m, from, to, into);
        }
    }

    /// The same, one of many products with a weight that does not change meanwhile: it is laid out however few the rows,
    /// unless the kernel reads any matrix as it is.
    #[expect(clippy::too_many_arguments, reason = "a product has its matrices, its size and how it is done")]
    pub(crate) fn multiply_again(
        &self,
        id: ParameterId,
        way: Way,
        precision: Precision,
        m: usize,
        from: &[f32],
        to: &mut [f32],
        into: Accumulate<'_>,
    ) {
        let (k, n, matrix) = self.right_operand(id, way);
        let kernel = Kernel::choose(precision, m, n, k);
        let right = match kernel {
            Kernel::Strided => Right::of(matrix),
            _ => Right::packed(kernel, self.packed(id, kernel, way)),
        };
        kernel.multiply(m, n, k, Left::of(Matrix::rows(from, k)), right, to, into);
    }

    /// A weight laid out for a kernel.
    pub(crate) fn right(&self, id: ParameterId, kernel: Kernel, way: Way) -> Right<'_> {
        Right::packed(kernel, self.packed(id, kernel, way))
    }

    /// The layout of a weight, made at its first use.
    fn packed(&self, id: ParameterId, kernel: Kernel, way: Way) -> &[f32] {
        let pack = &self.packs.0[id.0 as usize][place(kernel, way)];
        pack.ready.get_or_init(|| {
            let mut buffer = pack.spare.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
            let mut pack = |k: usize, n: usize, matrix: Matrix<'_>| {
                buffer.reserve(kernel.right_len(k, n));
                kernel.pack_right(k, n, matrix, &mut buffer);
            };
            match way {
                Way::Forward | Way::Back => {
                    let (k, n, matrix) = self.right_operand(id, way);
                    pack(k, n, matrix);
                }
                Way::Turned => self.with_turned(id, |turned, inputs| pack(turned.len() / inputs, inputs, Matrix::rows(turned, inputs))),
                Way::Transformed => with_transformed(self.get(id), self.info(id).shape.last(), pack),
                Way::TurnedAndTransformed => self.with_turned(id, |turned, inputs| with_transformed(turned, inputs, pack)),
            }
            buffer
        })
    }

    /// Calls `f` with the turned weight of a convolution, and the number of its inputs.
    fn with_turned(&self, id: ParameterId, f: impl FnOnce(&[f32], usize)) {
        let weight = self.get(id);
        let &[_, _, inputs, outputs] = self.info(id).shape.axes() else {
            panic!("a convolution's weight is [height, width, in, out], not {:?}", self.info(id).shape)
        };
        scratch::with(weight.len(), |turned| {
            let cell = (inputs * outputs).max(1);
            for (turned, cell) in turned.chunks_exact_mut(cell).rev().zip(weight.chunks_exact(cell)) {
                for (output, turned) in turned.chunks_exact_mut(inputs).enumerate() {
                    turned.iter_mut().zip(cell[output..].iter().step_by(outputs)).for_each(|(to, &from)| *to = from);
                }
            }
            f(turned, inputs);
        });
    }

    /// A weight as the right operand of a product: its rows, its columns and its numbers.
    fn right_operand(&self, id: ParameterId, way: Way) -> (usize, usize, Matrix<'_>) {
        let (weight, outputs) = (self.get(id), self.info(id).shape.last());
        let inputs = weight.len().checked_div(outputs).unwrap_or(0);
        let matrix = Matrix::rows(weight, outputs);
        match way {
            Way::Forward => (inputs, outputs, matrix),
            Way::Back => (outputs, inputs, matrix.transposed()),
            Way::Turned | Way::Transformed | Way::TurnedAndTransformed => unreachable!("{way:?}: no matrix of the weight's own numbers"),
        }
    }

    /// Makes the layouts again that were in use before parameters changed, all threads at once: at their first use one thread would
    /// make them while the others wait.
    pub(crate) fn prepare(&self, workers: &Workers) {
        let is_due = |pack: &Pack| pack.ready.get().is_none() && pack.spare.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        let places = (0..self.packs.0.len()).flat_map(|id| (0..self.packs.0[id].len()).map(move |place| (id, place)));
        let places = places.filter(|&(id, place)| is_due(&self.packs.0[id][place]));
        let mut due: Vec<(ParameterId, usize)> = places.map(|(id, place)| (ParameterId(id as u32), place)).collect();
        due.sort_by_key(|&(id, _)| std::cmp::Reverse(self.info(id).range.len()));
        let work = Work::numbers(due.iter().map(|&(id, _)| 2 * self.info(id).range.len()).sum());
        workers.each(work, &mut due, |_, &mut (id, place)| {
            let (kernel, way) = at_place(place);
            self.packed(id, kernel, way);
        });
    }
}

/// Calls `f` with the values of a filter `[3, 3, in, columns]` as a matrix: its rows, its columns and its numbers.
fn with_transformed(filter: &[f32], columns: usize, f: impl FnOnce(usize, usize, Matrix<'_>)) {
    let rows = winograd::VALUES * (filter.len() / 9 / columns.max(1));
    scratch::with(rows * columns, |values| {
        winograd::transform_filter(filter, values);
        f(rows, columns, Matrix::rows(values, columns));
    });
}
