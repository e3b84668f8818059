//! Scaled dot-product attention of a sequence to itself or to another, in several heads (Vaswani et al., 2017).
//!
//! The probabilities of a head take `queries × keys` numbers. Short rows keep them; long ones are computed in [`blocked`], and the
//! two differ by nothing but rounding.

mod blocked;
mod layout;
mod whole;

pub(crate) use blocked::BlockedAttention;
pub(crate) use whole::Attention;

use crate::graph::Graph;
use crate::matmul::Precision;
use crate::shape::Shape;
use crate::tape::Var;
use layout::Layout;

/// A head of more probabilities than these, 1 MB, is computed in blocks.
const MOST_WHOLE: usize = 512 * 512;

/// How many positions a block has: its scores, a quarter of a megabyte, stay in the processor's cache.
const BLOCK: usize = 256;

/// The products of a head, or of one sample, are small: laying three parts out for the matrix unit would take what it saves.
pub(super) fn precision_of_small_products(precision: Precision) -> Precision {
    if precision == Precision::Bf16 { precision } else { Precision::F32 }
}

impl Graph<'_> {
    /// `softmax(q kᵀ / √d) v` for each sample and head, `[samples, length, 3 width]` to `[samples, length, width]`.
    ///
    /// The input holds queries, keys and values side by side; head `h` has the `h`-th `d = width / heads` columns of each
    /// and writes the same columns of the output. `keep` has one entry a position, `[samples × length]`, or is empty
    /// where all are kept: a key that is not kept has probability 0, and a sample of which none is kept gives zeros.
    ///
    /// # Panics
    /// If the input has not three axes, if the heads do not divide its width into equal parts, or if the mask does not fit.
    pub fn attention(&mut self, input: Var, heads: usize, keep: &[bool]) -> Var {
        let at = self.layout_of_one(input, heads, keep);
        self.attend([input, input], at, [&[], keep], at.block())
    }

    /// [`attention`](Self::attention) in blocks of `block` positions, whose memory grows with the length and not with its square, as
    /// Flash attention does (Dao et al., 2022). It costs one more product of queries and keys in the backward pass. `attention` does so by
    /// itself where rows are long.
    ///
    /// # Panics
    /// As there, and if `block` is 0.
    pub fn attention_in_blocks(&mut self, input: Var, heads: usize, keep: &[bool], block: usize) -> Var {
        let at = self.layout_of_one(input, heads, keep);
        self.attend([input, input], at, [&[], keep], Some(block))
    }

    /// Attention of one sequence to another: `softmax(q kᵀ / √d) v` for each sample and head, with queries `[samples, n, width]` and a
    /// context `[samples, m, 2 width]` that holds keys and values side by side, to `[samples, n, width]`. The lengths `n` and `m` may
    /// differ; heads are cut as by [`attention`](Self::attention).
    ///
    /// Each mask has one entry a position, `[samples × n]` and `[samples × m]`, or is empty where all are kept. A key that is not kept has
    /// probability 0. A query that is not kept gives zeros and gets no gradient; so do all queries of a sample without any key that
    /// is kept, and of a context of length 0.
    ///
    /// # Panics
    /// If samples or widths differ, if the heads do not divide the width into equal parts, or if a mask does not fit.
    pub fn cross_attention(&mut self, queries: Var, context: Var, heads: usize, keep_queries: &[bool], keep_keys: &[bool]) -> Var {
        let keep = [keep_queries, keep_keys];
        let at = self.layout_of_two([queries, context], heads, keep);
        self.attend([queries, context], at, keep, at.block())
    }

    /// [`cross_attention`](Self::cross_attention) in blocks of `block` positions of either, as
    /// [`attention_in_blocks`](Self::attention_in_blocks). `keep` has the masks of the queries and of the keys.
    ///
    /// # Panics
    /// As there, and if `block` is 0.
    pub fn cross_attention_in_blocks(&mut self, queries: Var, context: Var, heads: usize, keep: [&[bool]; 2], block: usize) -> Var {
        let at = self.layout_of_two([queries, context], heads, keep);
        self.attend([queries, context], at, keep, Some(block))
    }

    fn layout_of_one(&self, input: Var, heads: usize, keep: &[bool]) -> Layout {
        let shape = self.shape(input);
        let [samples, length, three] = *shape.axes() else { panic!("attention reads [samples, length, 3 width], not {shape:?}") };
        assert!(heads > 0 && three % (3 * heads) == 0 && three > 0, "attention of {shape:?} in {heads} heads");
        assert!(keep.is_empty() || keep.len() == samples * length, "attention of {shape:?} with a mask of {}", keep.len());
        Layout::new(shape, shape, three / 3, heads)
    }

    fn layout_of_two(&self, [queries, context]: [Var; 2], heads: usize, [keep_queries, keep_keys]: [&[bool]; 2]) -> Layout {
        let (query_shape, context_shape) = (self.shape(queries), self.shape(context));
        let ([samples, n, width], [context_samples, m, two]) = (three_axes(query_shape), three_axes(context_shape));
        assert!(samples == context_samples && two == 2 * width && width > 0, "attention of {query_shape:?} to {context_shape:?}");
        assert!(heads > 0 && width.is_multiple_of(heads), "attention of {query_shape:?} in {heads} heads");
        assert!(keep_queries.is_empty() || keep_queries.len() == samples * n, "{query_shape:?} with a mask of {}", keep_queries.len());
        assert!(keep_keys.is_empty() || keep_keys.len() == samples * m, "{context_shape:?} with a mask of {}", keep_keys.len());
        Layout::new(query_shape, context_shape, width, heads)
    }

    /// In blocks of so many positions, or whole.
    fn attend(&mut self, inputs: [Var; 2], at: Layout, keep: [&[bool]; 2], block: Option<usize>) -> Var {
        if at.samples * at.scores_len() == 0 {
            return self.input_with(Shape::new(&[at.samples, at.queries, at.width]), |_| {});
        }
        match block {
            Some(block) => BlockedAttention::forward(self, inputs, at, keep, block),
            None => Attention::forward(self, inputs, at, keep),
        }
    }
}

fn three_axes(shape: Shape) -> [usize; 3] {
    let [samples, length, width] = *shape.axes() else { panic!("attention reads [samples, length, width], not {shape:?}") };
    [samples, length, width]
}
