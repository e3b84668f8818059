//! Views: what an encoder offers of what it read.

use banyan_engine::{ParameterId, Shape, Var};

/// A sequence view, `[rows, length, width]`.
#[derive(Debug, Clone)]
pub struct Sequence {
    /// The vectors.
    pub values: Var,
    /// 1 for a position that counts, 0 for padding: `rows × length`; empty where all count.
    pub mask: Vec<f32>,
}

/// What an encoder offers of one chunk of rows.
#[derive(Debug, Clone)]
pub struct Views {
    /// One vector a row, `[rows, width]`.
    pub pooled: Var,
    /// One vector a token or frame.
    pub sequence: Option<Sequence>,
    /// Grids from fine to coarse, each `[rows, height, width, channels]`.
    pub grids: Vec<Var>,
    /// What heads on places of an image read, where one does and the encoder offers it.
    pub pyramid: Option<Pyramid>,
}

impl Views {
    /// A pooled view and nothing else.
    pub fn pooled(pooled: Var) -> Self {
        Self { pooled, sequence: None, grids: Vec::new(), pyramid: None }
    }
}

/// What heads on places of an image read: grids of several scales, each `[rows, height, width, channels]`, from fine to coarse.
#[derive(Debug, Clone, Default)]
pub struct Pyramid {
    /// Grids of the first layers, which know details and little of what they belong to.
    pub fine: Vec<Var>,
    /// Levels of one width that know of all coarser ones (Lin et al., "Feature Pyramid Networks for Object Detection", CVPR 2017).
    pub levels: Vec<Var>,
    /// The rows that have an image.
    pub present: Vec<bool>,
}

/// The sizes of a [`Pyramid`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PyramidSizes {
    /// Those of the fine grids.
    pub fine: Vec<LevelSize>,
    /// Those of the levels.
    pub levels: Vec<LevelSize>,
}

/// The size of one grid of a [`Pyramid`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelSize {
    /// Features of a cell.
    pub channels: usize,
    /// Pixels of the image from one cell to the next.
    pub stride: usize,
}

/// The sizes of an encoder's views, known before it runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ViewSizes {
    /// Features of the sequence view, where there is one.
    pub sequence: Option<usize>,
    /// Channels of each grid, from fine to coarse.
    pub grids: Vec<usize>,
    /// Those of the pyramid, where it offers one.
    pub pyramid: Option<PyramidSizes>,
    /// Features of each block's output, in the order in which they run.
    pub blocks: Vec<usize>,
}

/// What one block of an encoder gave: a stage of convolutions, a recurrent layer, a block of self-attention.
#[derive(Debug, Clone, Copy)]
pub struct EncoderBlock {
    /// The place of the modality, as in [`SharingPlan::modalities`](crate::SharingPlan::modalities).
    pub modality: usize,
    /// The place of the block in its encoder.
    pub index: usize,
    /// Its output, with the samples first and the features last.
    pub output: Var,
}

/// What a head reads, besides the fused context.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum View {
    /// The fused representation: one output a row.
    #[default]
    Pooled,
    /// The sequence view of an input: one output a token or frame.
    Sequence {
        /// The input's name.
        input: String,
    },
    /// A grid of an input: one output a cell.
    Grid {
        /// The input's name.
        input: String,
        /// Which grid, 0 for the finest.
        level: usize,
    },
    /// The pyramid of an input of images: outputs at places of an image.
    Pyramid {
        /// The input's name.
        input: String,
    },
    /// The tokens that the fusion makes of all modalities: one output a token.
    Fused,
}

/// One modality, as a fusion receives it.
#[derive(Debug, Clone)]
pub struct Modality {
    /// One vector a row, `[rows, width]`: the encoder's, or the modality's learned token where a row lacks it.
    pub pooled: Var,
    /// Whether each row has the modality.
    pub present: Vec<bool>,
    /// One vector a token or frame, where the encoder offers a sequence and some row of the chunk has the modality. Nothing of rows that lack it
    /// counts.
    pub sequence: Option<Sequence>,
    /// Grids from fine to coarse, each `[rows, height, width, channels]`; none where no row of the chunk has the modality. What they hold of rows
    /// that lack it means nothing.
    pub grids: Vec<Var>,
}

/// What a fusion makes of all modalities.
#[derive(Debug, Clone)]
pub struct Fused {
    /// One vector a row for all tasks, `[rows, width]`.
    pub context: Var,
    /// Fused tokens, for heads whose [view](View::Fused) they are, and for whatever a sharing makes of them.
    pub tokens: Option<Sequence>,
    /// For each task a representation of its own, `[rows, width]`, in the place of the context; empty where all tasks have the context.
    pub per_task: Vec<Option<Var>>,
}

impl Fused {
    /// One vector a row for all tasks.
    pub fn context(context: Var) -> Self {
        Self { context, tokens: None, per_task: Vec::new() }
    }

    /// The representation of a task, before the layers that tasks share.
    pub fn of_task(&self, task: usize) -> Var {
        self.per_task.get(task).copied().flatten().unwrap_or(self.context)
    }
}

impl Sequence {
    /// The same, in which nothing counts of rows that are not `present`. `rows × length` positions have the values.
    pub(crate) fn of_present_rows(&self, present: &[bool], positions: usize) -> Self {
        if present.iter().all(|present| *present) {
            return self.clone();
        }
        let length = positions / present.len().max(1);
        let mut mask = if self.mask.is_empty() { vec![1.0; positions] } else { self.mask.clone() };
        for (row, _) in mask.chunks_exact_mut(length.max(1)).zip(present).filter(|(_, present)| !**present) {
            row.fill(0.0);
        }
        Self { values: self.values, mask }
    }
}

/// A token's handle and its width, for modalities and columns.
pub(crate) type Token = ParameterId;

/// Rows of a shape that is one vector a row.
pub(crate) fn pooled_shape(rows: usize, width: usize) -> Shape {
    Shape::new(&[rows, width])
}
