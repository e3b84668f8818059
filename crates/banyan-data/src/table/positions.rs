//! Where the rows of a table came from: mostly one line after the other.

use crate::error::Position;

/// The position of each row.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Positions {
    /// Stretches of rows whose positions rise by one: the first row of each, and its position.
    runs: Vec<(usize, Position)>,
    rows: usize,
}

fn after(position: Position, rows: usize) -> Position {
    match position {
        Position::Line(line) => Position::Line(line + rows as u64),
        Position::Row(row) => Position::Row(row + rows as u64),
    }
}

impl Positions {
    /// So many rows, numbered from 1.
    pub(super) fn of_rows(rows: usize) -> Self {
        Self { runs: if rows > 0 { vec![(0, Position::Row(1))] } else { Vec::new() }, rows }
    }

    pub(super) fn len(&self) -> usize {
        self.rows
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    pub(super) fn push(&mut self, position: Position) {
        if self.runs.last().is_none_or(|(row, first)| after(*first, self.rows - row) != position) {
            self.runs.push((self.rows, position));
        }
        self.rows += 1;
    }

    /// # Panics
    /// If there is no such row.
    pub(super) fn at(&self, row: usize) -> Position {
        assert!(row < self.rows, "a row of the table");
        let (first, position) = self.runs[self.runs.partition_point(|(first, _)| *first <= row) - 1];
        after(position, row - first)
    }

    /// Appends the rows of another table.
    pub(super) fn append(&mut self, other: &Self) {
        for (place, (first, position)) in other.runs.iter().enumerate() {
            let end = other.runs.get(place + 1).map_or(other.rows, |(next, _)| *next);
            self.push(*position);
            self.rows += end - first - 1;
        }
    }
}

impl FromIterator<Position> for Positions {
    fn from_iter<I: IntoIterator<Item = Position>>(positions: I) -> Self {
        let mut all = Self::default();
        positions.into_iter().for_each(|position| all.push(position));
        all
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keeps_what_it_was_given(lines in prop::collection::vec((0_u64..6, any::<bool>()), 0..40), cut in 0_usize..40) {
            let given: Vec<Position> = lines.iter().map(|(line, is_line)| if *is_line { Position::Line(*line) } else { Position::Row(*line) }).collect();
            let cut = cut.min(given.len());
            let mut positions: Positions = given[..cut].iter().copied().collect();
            positions.append(&given[cut..].iter().copied().collect());
            prop_assert_eq!(positions.len(), given.len());
            prop_assert_eq!((0..given.len()).map(|row| positions.at(row)).collect::<Vec<Position>>(), given);
        }
    }

    #[test]
    fn lines_one_after_the_other_are_one_stretch() {
        let positions: Positions = (2..1000).map(Position::Line).collect();
        assert_eq!((positions.runs.len(), positions.at(997)), (1, Position::Line(999)));
        assert_eq!(Positions::of_rows(3), (1..=3).map(Position::Row).collect());
        assert!(Positions::of_rows(0).is_empty());
    }
}
