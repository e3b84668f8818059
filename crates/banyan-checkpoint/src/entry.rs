//! Where a tensor lies in a file, and its numbers.

use crate::dtype::Dtype;
use crate::error::DAMAGED;
use crate::source::Source;
use banyan_guard::check_memory;

/// As many dimensions as are read; models' weights have six at the most.
pub(crate) const MOST_DIMENSIONS: usize = 16;
/// How many numbers a tensor may have that repeats those of its storage, by strides of 0 or that overlap.
const MOST_REPEATED: u64 = 1 << 20;
/// Bytes converted at once; a multiple of every number's size.
const PIECE: u64 = 1 << 16;

/// A range of bytes in a file that holds the numbers of one or several tensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Storage {
    /// The file's place among those of the checkpoint.
    pub(crate) file: usize,
    /// Its first byte.
    pub(crate) begin: u64,
    /// The number of its bytes.
    pub(crate) length: u64,
}

/// Which of a storage's numbers are a tensor's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) shape: Vec<usize>,
    /// For each dimension how many numbers further its next one lies.
    pub(crate) strides: Vec<u64>,
    /// The number of the storage that is the tensor's first.
    pub(crate) offset: u64,
}

impl Layout {
    /// All numbers of a storage, the last dimension's beside one another.
    pub(crate) fn contiguous(shape: Vec<usize>) -> Self {
        let mut strides = vec![1u64; shape.len()];
        for dimension in (1..shape.len()).rev() {
            strides[dimension - 1] = strides[dimension].saturating_mul(shape[dimension] as u64);
        }
        Self { shape, strides, offset: 0 }
    }

    /// How many numbers the tensor has; `None` beyond any file.
    fn count(&self) -> Option<u64> {
        // A dimension of 0 makes it empty, however large the others are.
        if self.shape.contains(&0) {
            return Some(0);
        }
        self.shape.iter().try_fold(1u64, |count, &size| count.checked_mul(size as u64))
    }

    /// How many numbers of the storage lie between its first and its last one, both included.
    fn span(&self) -> Option<u64> {
        if self.shape.contains(&0) {
            return Some(0);
        }
        let dimensions = self.shape.iter().zip(&self.strides);
        dimensions.into_iter().try_fold(1u64, |span, (&size, &stride)| span.checked_add((size as u64 - 1).checked_mul(stride)?))
    }

    /// Whether the numbers lie one after the other in the tensor's order.
    fn is_contiguous(&self) -> bool {
        let mut expected = 1u64;
        self.shape.iter().zip(&self.strides).rev().all(|(&size, &stride)| {
            let fits = size == 1 || stride == expected;
            expected = expected.saturating_mul(size as u64);
            fits
        })
    }
}

/// A tensor in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) dtype: Dtype,
    pub(crate) storage: Storage,
    pub(crate) layout: Layout,
}

impl Entry {
    /// A tensor whose numbers are all within its storage. Of types that are not read nothing but the shape is used.
    ///
    /// # Errors
    /// The end of a sentence about the tensor.
    pub(crate) fn new(dtype: Dtype, storage: Storage, layout: Layout) -> Result<Self, String> {
        if layout.shape.len() > MOST_DIMENSIONS {
            return Err(format!("has {} dimensions, and {MOST_DIMENSIONS} are read", layout.shape.len()));
        }
        if layout.shape.len() != layout.strides.len() {
            return Err(format!("has {} dimensions and {} strides; {DAMAGED}", layout.shape.len(), layout.strides.len()));
        }
        let Some(size) = dtype.size() else { return Ok(Self { dtype, storage, layout }) };
        let too_large = || format!("is {:?}, larger than any file; {DAMAGED}", layout.shape);
        let (count, span) = layout.count().zip(layout.span()).ok_or_else(too_large)?;
        let needed = layout.offset.checked_add(span).and_then(|end| end.checked_mul(size)).ok_or_else(too_large)?;
        if count > 0 && needed > storage.length {
            return Err(format!("needs {needed} bytes of its storage, which has {}; {DAMAGED}", storage.length));
        }
        if count > (storage.length / size).max(MOST_REPEATED) {
            return Err(format!("repeats the numbers of its storage {count} times; save it as `tensor.contiguous()`"));
        }
        Ok(Self { dtype, storage, layout })
    }

    /// The numbers in row-major order.
    ///
    /// # Errors
    /// The end of a sentence about the tensor, or one about the file.
    pub(crate) fn numbers(&self, source: &Source) -> Result<Vec<f32>, String> {
        let Some(size) = self.dtype.size() else {
            return Err(format!("holds numbers of type {}, which is not read; save it as float32", self.dtype));
        };
        let (count, span) = self.layout.count().zip(self.layout.span()).unwrap_or_default();
        if count == 0 {
            return Ok(Vec::new());
        }
        let is_contiguous = self.layout.is_contiguous();
        let taken = if is_contiguous { count } else { count.saturating_add(span) };
        check_memory(taken.saturating_mul(4)).map_err(|problem| format!("is too large: {problem}"))?;
        let in_file = self.read(source, span, size)?;
        if is_contiguous {
            return Ok(in_file);
        }
        Ok(self.gather(&in_file, count as usize))
    }

    /// The first `span` numbers from the offset on, as they lie in the file.
    fn read(&self, source: &Source, span: u64, size: u64) -> Result<Vec<f32>, String> {
        let mut numbers = Vec::with_capacity(span as usize);
        let mut piece = vec![0; (span * size).min(PIECE) as usize];
        let mut begin = self.storage.begin + self.layout.offset * size;
        let end = begin + span * size;
        while begin < end {
            let bytes = &mut piece[..(end - begin).min(PIECE) as usize];
            source.read(begin, bytes)?;
            self.dtype.append(bytes, &mut numbers);
            begin += bytes.len() as u64;
        }
        Ok(numbers)
    }

    /// The tensor's numbers in its order.
    fn gather(&self, in_file: &[f32], count: usize) -> Vec<f32> {
        let Layout { shape, strides, .. } = &self.layout;
        let (mut index, mut place) = (vec![0; shape.len()], 0usize);
        let mut numbers = Vec::with_capacity(count);
        for _ in 0..count {
            numbers.push(in_file[place]);
            for dimension in (0..shape.len()).rev() {
                index[dimension] += 1;
                // The stride of a single row is any number, and is taken back at once.
                place = place.wrapping_add(strides[dimension] as usize);
                if index[dimension] < shape[dimension] {
                    break;
                }
                place = place.wrapping_sub((strides[dimension] as usize).wrapping_mul(shape[dimension]));
                index[dimension] = 0;
            }
        }
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(length: u64, shape: &[usize], strides: &[u64], offset: u64) -> Result<Entry, String> {
        let layout = Layout { shape: shape.to_vec(), strides: strides.to_vec(), offset };
        Entry::new(Dtype::U8, Storage { file: 0, begin: 2, length }, layout)
    }

    #[test]
    fn numbers_come_in_the_order_of_the_tensor() {
        let source = Source::from_bytes((0..10).collect());
        let numbers = |shape: &[usize], strides: &[u64], offset| entry(8, shape, strides, offset).unwrap().numbers(&source).unwrap();
        assert_eq!(numbers(&[2, 3], &[3, 1], 1), [3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
        assert_eq!(numbers(&[3, 2], &[1, 3], 0), [2.0, 5.0, 3.0, 6.0, 4.0, 7.0]);
        assert_eq!(numbers(&[2, 1, 2], &[4, u64::MAX, 2], 1), [3.0, 5.0, 7.0, 9.0]);
        assert_eq!(numbers(&[2, 2], &[0, 1], 6), [8.0, 9.0, 8.0, 9.0]);
        assert_eq!(numbers(&[], &[], 7), [9.0]);
        assert_eq!(numbers(&[1, 2], &[0, 1], 0), [2.0, 3.0]);
        assert!(numbers(&[0, usize::MAX, 4], &[u64::MAX, 4, 1], 99).is_empty());
        assert_eq!(Layout::contiguous(vec![2, 3, 4]).strides, [12, 4, 1]);
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let problem = |shape: &[usize], strides: &[u64], offset| entry(8, shape, strides, offset).unwrap_err();
        assert!(problem(&[2, 3], &[3, 1], 3).starts_with("needs 9 bytes of its storage, which has 8"));
        assert!(problem(&[usize::MAX, 2], &[1, 1], 0).contains("larger than any file"));
        assert!(problem(&[2], &[u64::MAX], 1).contains("larger than any file"));
        assert!(problem(&[1], &[1], u64::MAX).contains("larger than any file"));
        assert!(problem(&[1 << 30], &[0], 0).contains("repeats the numbers"));
        assert!(problem(&[1; 17], &[1; 17], 0).contains("has 17 dimensions"));
        assert!(problem(&[1], &[], 0).contains("has 1 dimensions and 0 strides"));
    }
}
