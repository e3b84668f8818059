//! One container for what is known or predicted of rows, whatever the kind of task.
//!
//! [`Values`] is a number of rows and a few arrays with an entry for each. A kind of task says which arrays it has and what they mean
//! (one number; the index of a class; a list of tags; lists of heads and of relations): for labels in `banyan-data`'s `labels` folder, for
//! predictions in `banyan-model`'s `heads`. Everything between, from the table to the metrics, hands them on as they are: appending,
//! selecting and counting rows is written here, once.
//!
//! ```
//! use banyan_data::values::{Array, Values};
//!
//! let mut classes = Values::indices(vec![0, 2, 1]);
//! classes.append(&Values::indices(vec![1]));
//! assert_eq!(classes.select(&[3, 1]), Values::indices(vec![1, 2]));
//! assert_eq!(classes.len(), 4);
//! ```

use banyan_text::Ragged;

/// Rows of values: one or several arrays, each with an entry a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    rows: usize,
    arrays: Vec<Array>,
    names: Vec<String>,
}

/// One array of [`Values`]. A kind whose values have another shape than these adds one here, and nowhere else.
#[derive(Debug, Clone, PartialEq)]
pub enum Array {
    /// `rows × width` numbers, row after row.
    Numbers {
        /// Numbers a row.
        width: usize,
        /// The numbers.
        values: Vec<f32>,
    },
    /// An index a row.
    Indices(Vec<u32>),
    /// A list of indices a row.
    Lists(Ragged),
    /// A list of lists of indices a row.
    Nested(Nested),
    /// A list of tuples of numbers a row, such as boxes.
    Tuples(Tuples),
    /// `rows × height × width` indices, row after row: a grid a row, all of one size.
    Grids {
        /// Cells of a column.
        height: usize,
        /// Cells of a line.
        width: usize,
        /// The indices, in a byte each: those of all rows of an evaluation's block are in memory together.
        cells: Vec<u8>,
    },
}

/// For each row a list of lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Nested {
    /// Where each row's lists start among `lists`; one more entry than there are rows, beginning with 0.
    offsets: Vec<u32>,
    lists: Ragged,
}

impl Default for Nested {
    fn default() -> Self {
        Self { offsets: vec![0], lists: Ragged::default() }
    }
}

impl Nested {
    /// So many rows without a list.
    pub fn of_empty_rows(rows: usize) -> Self {
        Self { offsets: vec![0; rows + 1], lists: Ragged::default() }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The lists of a row.
    pub fn row(&self, row: usize) -> impl ExactSizeIterator<Item = &[u32]> + Clone {
        (self.offsets[row] as usize..self.offsets[row + 1] as usize).map(|list| self.lists.list(list))
    }

    /// One of a row's lists.
    ///
    /// # Panics
    /// If the row has fewer lists.
    pub fn list(&self, row: usize, place: usize) -> &[u32] {
        let list = self.offsets[row] as usize + place;
        assert!(list < self.offsets[row + 1] as usize, "row {row} has no list {place}");
        self.lists.list(list)
    }

    /// Appends a row.
    pub fn push<L: IntoIterator<Item = u32>>(&mut self, lists: impl IntoIterator<Item = L>) {
        lists.into_iter().for_each(|list| self.lists.push(list));
        self.offsets.push(self.lists.len() as u32);
    }

    fn append(&mut self, other: &Self) {
        (0..other.len()).for_each(|row| self.push(other.row(row).map(|list| list.iter().copied())));
    }

    fn select(&self, rows: &[usize]) -> Self {
        let mut selected = Self::default();
        rows.iter().for_each(|&row| selected.push(self.row(row).map(|list| list.iter().copied())));
        selected
    }
}

/// For each row a list of tuples of `width` numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuples {
    width: usize,
    /// Where each row's tuples start; one more entry than there are rows, beginning with 0.
    offsets: Vec<u32>,
    values: Vec<f32>,
}

impl Tuples {
    /// No rows of tuples of so many numbers.
    pub fn new(width: usize) -> Self {
        Self { width, offsets: vec![0], values: Vec::new() }
    }

    /// So many rows without a tuple.
    pub fn of_empty_rows(width: usize, rows: usize) -> Self {
        Self { width, offsets: vec![0; rows + 1], values: Vec::new() }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Numbers of a tuple.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The tuples of a row, one after the other.
    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[self.offsets[row] as usize * self.width..self.offsets[row + 1] as usize * self.width]
    }

    /// Appends a row.
    ///
    /// # Panics
    /// If the numbers are no whole tuples.
    pub fn push(&mut self, values: impl IntoIterator<Item = f32>) {
        self.values.extend(values);
        assert!(self.values.len().is_multiple_of(self.width), "tuples of {} numbers", self.width);
        self.offsets.push((self.values.len() / self.width) as u32);
    }

    fn append(&mut self, other: &Self) {
        (0..other.len()).for_each(|row| self.push(other.row(row).iter().copied()));
    }

    fn select(&self, rows: &[usize]) -> Self {
        let mut selected = Self::new(self.width);
        rows.iter().for_each(|&row| selected.push(self.row(row).iter().copied()));
        selected
    }
}

impl Array {
    fn len(&self) -> usize {
        match self {
            Self::Numbers { width, values } => values.len() / width.max(&1),
            Self::Indices(values) => values.len(),
            Self::Lists(lists) => lists.len(),
            Self::Nested(rows) => rows.len(),
            Self::Tuples(rows) => rows.len(),
            Self::Grids { height, width, cells } => cells.len() / (height * width).max(1),
        }
    }

    fn append(&mut self, other: &Self) {
        match (self, other) {
            (Self::Numbers { width, values }, Self::Numbers { width: same, values: other }) if width == same => values.extend(other),
            (Self::Indices(values), Self::Indices(other)) => values.extend(other),
            (Self::Lists(lists), Self::Lists(other)) => lists.append(other),
            (Self::Nested(rows), Self::Nested(other)) => rows.append(other),
            (Self::Tuples(rows), Self::Tuples(other)) if rows.width == other.width => rows.append(other),
            (Self::Grids { height, width, cells }, Self::Grids { height: same, width: alike, cells: other })
                if (&*height, &*width) == (same, alike) =>
            {
                cells.extend(other);
            }
            (one, other) => panic!("values of two kinds are appended: {} and {}", one.shape(), other.shape()),
        }
    }

    fn select(&self, rows: &[usize]) -> Self {
        match self {
            Self::Numbers { width, values } => {
                Self::Numbers { width: *width, values: rows.iter().flat_map(|row| &values[row * width..][..*width]).copied().collect() }
            }
            Self::Indices(values) => Self::Indices(rows.iter().map(|row| values[*row]).collect()),
            Self::Lists(lists) => Self::Lists(lists.select(rows)),
            Self::Nested(nested) => Self::Nested(nested.select(rows)),
            Self::Tuples(tuples) => Self::Tuples(tuples.select(rows)),
            Self::Grids { height, width, cells } => {
                let size = height * width;
                let cells = rows.iter().flat_map(|row| &cells[row * size..][..size]).copied().collect();
                Self::Grids { height: *height, width: *width, cells }
            }
        }
    }

    fn shape(&self) -> String {
        match self {
            Self::Numbers { width, .. } => format!("{width} numbers a row"),
            Self::Indices(_) => "an index a row".to_owned(),
            Self::Lists(_) => "a list a row".to_owned(),
            Self::Nested(_) => "a list of lists a row".to_owned(),
            Self::Tuples(tuples) => format!("a list of tuples of {} numbers a row", tuples.width),
            Self::Grids { height, width, .. } => format!("a grid of {height} × {width} indices a row"),
        }
    }
}

impl Values {
    /// Rows in which a number is infinite or NaN.
    pub fn unfinite_rows(&self) -> usize {
        let is_finite = |row: usize| {
            self.arrays.iter().all(|array| match array {
                Array::Numbers { width, values } => values[row * width..(row + 1) * width].iter().all(|value| value.is_finite()),
                Array::Tuples(tuples) => tuples.row(row).iter().all(|value| value.is_finite()),
                Array::Indices(_) | Array::Lists(_) | Array::Nested(_) | Array::Grids { .. } => true,
            })
        };
        (0..self.rows).filter(|row| !is_finite(*row)).count()
    }

    /// Several arrays of the same rows.
    ///
    /// # Panics
    /// If the arrays have different numbers of rows, or there is none.
    pub fn new(arrays: Vec<Array>) -> Self {
        let rows = arrays.first().expect("values have an array").len();
        assert!(arrays.iter().all(|array| array.len() == rows), "arrays of different numbers of rows");
        Self { rows, arrays, names: Vec::new() }
    }

    /// `width` numbers a row.
    pub fn numbers(width: usize, values: Vec<f32>) -> Self {
        Self::new(vec![Array::Numbers { width, values }])
    }

    /// An index a row.
    pub fn indices(values: Vec<u32>) -> Self {
        Self::new(vec![Array::Indices(values)])
    }

    /// A list of indices a row.
    pub fn lists(lists: Ragged) -> Self {
        Self::new(vec![Array::Lists(lists)])
    }

    /// A grid of `height × width` indices a row.
    pub fn grids([height, width]: [usize; 2], cells: Vec<u8>) -> Self {
        Self::new(vec![Array::Grids { height, width, cells }])
    }

    /// With names for indices past those that a schema has: what the rows have and training lacked. They belong to the values as a whole.
    #[must_use]
    pub fn with_names(self, names: Vec<String>) -> Self {
        Self { names, ..self }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The arrays.
    pub(crate) fn arrays(&self) -> &[Array] {
        &self.arrays
    }

    /// The names of indices past those that the schema has.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Appends the rows of others of the same kind.
    ///
    /// # Panics
    /// If they are of another kind, or have other names.
    pub fn append(&mut self, other: &Self) {
        assert!(self.arrays.len() == other.arrays.len() && self.names == other.names, "values of two kinds are appended");
        self.arrays.iter_mut().zip(&other.arrays).for_each(|(own, other)| own.append(other));
        self.rows += other.rows;
    }

    /// Some rows, in the order asked; a row may come more than once.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        let arrays = self.arrays.iter().map(|array| array.select(rows)).collect();
        Self { rows: rows.len(), arrays, names: self.names.clone() }
    }

    /// Array `place`, of numbers: how many a row, and all of them.
    ///
    /// # Panics
    /// If that array is of another shape, as are the accessors below: a kind asks for its own arrays only.
    pub fn numbers_at(&self, place: usize) -> (usize, &[f32]) {
        match self.array(place) {
            Array::Numbers { width, values } => (*width, values),
            other => self.unexpected(place, "numbers", other),
        }
    }

    /// Array `place`, of indices.
    pub fn indices_at(&self, place: usize) -> &[u32] {
        match self.array(place) {
            Array::Indices(values) => values,
            other => self.unexpected(place, "indices", other),
        }
    }

    /// Array `place`, of lists.
    pub fn lists_at(&self, place: usize) -> &Ragged {
        match self.array(place) {
            Array::Lists(lists) => lists,
            other => self.unexpected(place, "lists", other),
        }
    }

    /// Array `place`, of lists of lists.
    pub fn nested_at(&self, place: usize) -> &Nested {
        match self.array(place) {
            Array::Nested(nested) => nested,
            other => self.unexpected(place, "lists of lists", other),
        }
    }

    /// Array `place`, of tuples.
    pub fn tuples_at(&self, place: usize) -> &Tuples {
        match self.array(place) {
            Array::Tuples(tuples) => tuples,
            other => self.unexpected(place, "tuples", other),
        }
    }

    /// Array `place`, of grids: their height and width, and the indices of all.
    pub fn grids_at(&self, place: usize) -> ([usize; 2], &[u8]) {
        match self.array(place) {
            Array::Grids { height, width, cells } => ([*height, *width], cells),
            other => self.unexpected(place, "grids", other),
        }
    }

    /// The grids of array `place`, row after row, to be changed; none where they have no cell.
    pub(crate) fn grids_mut(&mut self, place: usize) -> ([usize; 2], impl Iterator<Item = &mut [u8]>) {
        let Some(Array::Grids { height, width, cells }) = self.arrays.get_mut(place) else {
            panic!("array {place} of the values holds no grids");
        };
        ([*height, *width], cells.chunks_exact_mut((*height * *width).max(1)))
    }

    fn array(&self, place: usize) -> &Array {
        self.arrays.get(place).unwrap_or_else(|| panic!("values of {} arrays have no array {place}", self.arrays.len()))
    }

    fn unexpected(&self, place: usize, expected: &str, found: &Array) -> ! {
        panic!("array {place} of the values holds {}, where a kind of task expects {expected}", found.shape())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Values with an array of each shape, whose entries tell their row.
    fn all_shapes(rows: std::ops::Range<u32>) -> Values {
        let (mut lists, mut nested, mut tuples) = (Ragged::default(), Nested::default(), Tuples::new(2));
        for row in rows.clone() {
            tuples.push((0..2 * (row % 3)).map(|number| (row * 10 + number) as f32));
            lists.push(0..row % 3);
            nested.push((0..row % 4).map(|list| vec![row; list as usize]));
        }
        Values::new(vec![
            Array::Numbers { width: 2, values: rows.clone().flat_map(|row| [row as f32, -(row as f32)]).collect() },
            Array::Indices(rows.clone().collect()),
            Array::Lists(lists),
            Array::Nested(nested),
            Array::Tuples(tuples),
            Array::Grids { height: 2, width: 3, cells: rows.flat_map(|row| (0..6).map(move |cell| (row * 6 + cell) as u8)).collect() },
        ])
    }

    proptest! {
        #[test]
        fn appending_parts_gives_the_whole(cut in 0_u32..20) {
            let mut all = all_shapes(0..cut);
            all.append(&all_shapes(cut..20));
            prop_assert_eq!(all, all_shapes(0..20));
        }

        #[test]
        fn selecting_is_by_row(rows in prop::collection::vec(0_usize..20, 0..40)) {
            let selected = all_shapes(0..20).select(&rows);
            prop_assert_eq!(selected.len(), rows.len());
            for (place, &row) in rows.iter().enumerate() {
                prop_assert_eq!(selected.select(&[place]), all_shapes(row as u32..row as u32 + 1));
            }
        }
    }

    #[test]
    fn rows_of_no_list_are_rows() {
        let values = Values::new(vec![Array::Nested(Nested::of_empty_rows(3)), Array::Lists(Ragged::of_empty_lists(3))]);
        assert_eq!((values.len(), values.nested_at(0).row(2).len()), (3, 0));
    }

    #[test]
    #[should_panic(expected = "an index a row")]
    fn another_shape_is_refused() {
        Values::indices(vec![1]).numbers_at(0);
    }

    #[test]
    #[should_panic(expected = "a grid of 2 × 2 indices a row and a grid of 1 × 4 indices a row")]
    fn grids_of_two_sizes_are_not_appended() {
        Values::grids([2, 2], vec![0; 4]).append(&Values::grids([1, 4], vec![0; 4]));
    }

    #[test]
    #[should_panic(expected = "two kinds")]
    fn other_names_are_not_appended() {
        Values::indices(vec![1]).append(&Values::indices(vec![1]).with_names(vec!["ARG5".to_owned()]));
    }
}
