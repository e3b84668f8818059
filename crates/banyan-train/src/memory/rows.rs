//! What the memory of a step depends on of the rows.

use banyan_data::batch::Batch;
use banyan_data::dataset::Dataset;
use banyan_model::Model;

use crate::error::TrainError;

/// Words of a sentence that memory is measured on: those of a longer one would take long.
const MEASURED_WORDS: usize = 2000;

/// The rows of a training.
pub(super) struct Rows<'a> {
    pub(super) count: usize,
    /// Words of the longest sentence; 0 where rows are none.
    pub(super) longest: usize,
    data: Option<&'a Dataset>,
}

impl<'a> Rows<'a> {
    pub(super) fn of(data: &'a Dataset) -> Self {
        let longest = (0..data.len()).map(|row| data.tokens(row)).max().unwrap_or(0);
        Self { count: data.len(), longest, data: Some(data) }
    }

    /// So many rows, of which none was encoded yet.
    pub(super) fn not_encoded(count: usize) -> Self {
        Self { count, longest: 0, data: None }
    }

    /// A batch of a row that stands for all, one with as many inputs as any or a long sentence, and its words.
    pub(super) fn row_to_measure(&self, model: &Model) -> Result<Option<(Batch, usize)>, TrainError> {
        let Some(data) = self.data else { return Ok(None) };
        let row = if self.longest == 0 { fullest(data, model.schema().inputs.len()) } else { long_sentence(data) };
        Ok(Some((data.batch(&[row])?, data.tokens(row))))
    }
}

/// A row with as many inputs as any of the first.
fn fullest(data: &Dataset, inputs: usize) -> usize {
    (0..data.len().min(100)).max_by_key(|&row| (0..inputs).filter(|&input| data.present_mask(input)[row]).count()).unwrap_or(0)
}

/// A sentence that is long, and not so long that to measure it takes long.
fn long_sentence(data: &Dataset) -> usize {
    let by_length = |&row: &usize| {
        let own = data.tokens(row);
        if own <= MEASURED_WORDS { (1, own) } else { (0, usize::MAX - own) }
    };
    (0..data.len()).max_by_key(by_length).unwrap_or(0)
}
