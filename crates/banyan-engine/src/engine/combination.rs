//! How the rows of a step become one gradient.

use crate::parameters::Scope;

/// What each row of gradients counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Combination<'a> {
    kind: Kind<'a>,
    /// Rows of the step, of which the first are tasks'.
    rows: usize,
    tasks: usize,
}

#[derive(Debug, Clone, Copy)]
enum Kind<'a> {
    /// There is one, their sum.
    Sum,
    /// That of one row, of the shared parameters.
    Row(usize),
    /// The shared parameters' times their weights. Parameters that one task alone reaches keep theirs, unweighted.
    Directions(&'a [f32]),
    /// All times their weights.
    Losses(&'a [f32]),
}

impl<'a> Combination<'a> {
    pub(super) fn sum() -> Self {
        Self { kind: Kind::Sum, rows: 0, tasks: 0 }
    }

    /// Of `rows` rows, of which `tasks` are tasks', that of one.
    pub(super) fn row(row: usize, rows: usize, tasks: usize) -> Self {
        Self { kind: Kind::Row(row), rows, tasks }
    }

    /// The shared parameters' gradients times these weights, and what is added to their combination. The other parameters' are as they are.
    pub(super) fn directions(weights: &'a [f32], tasks: usize) -> Self {
        Self { kind: Kind::Directions(weights), rows: weights.len(), tasks }
    }

    /// The gradient of the sum of the losses times these weights, and of what is added to it.
    pub(super) fn losses(weights: &'a [f32], tasks: usize) -> Self {
        Self { kind: Kind::Losses(weights), rows: weights.len(), tasks }
    }

    /// How many places there are for a parameter's gradients.
    pub(super) fn places(self) -> usize {
        match self.kind {
            Kind::Sum => 1,
            Kind::Row(_) | Kind::Directions(_) | Kind::Losses(_) => self.rows + 1,
        }
    }

    /// The places that count of a parameter's gradients (see [`Kept`](crate::gradients::Kept)), and what each counts.
    pub(super) fn terms(self, scope: Scope) -> impl Iterator<Item = (usize, f32)> {
        (0..self.places()).map(move |place| (place, self.weight(scope, place))).filter(|&(_, weight)| weight != 0.0)
    }

    fn weight(self, scope: Scope, place: usize) -> f32 {
        let added = place == self.rows;
        match (self.kind, scope) {
            (Kind::Sum, _) => 1.0,
            (Kind::Row(row), _) => f32::from(u8::from(place == row)),
            (Kind::Directions(_) | Kind::Losses(_), _) if added => 1.0,
            (Kind::Losses(weights), Scope::Task(task)) if place == 0 => weights[task],
            // A place of a task that cannot reach the parameter.
            (Kind::Directions(_) | Kind::Losses(_), Scope::Task(_)) if 0 < place && place < self.tasks => 0.0,
            (Kind::Directions(_), Scope::Task(_)) => 1.0,
            (Kind::Directions(weights) | Kind::Losses(weights), _) => weights[place],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_counts_what_it_should() {
        // Two tasks, a balanced auxiliary loss and one that is added.
        let weights = [0.5, 0.25, 3.0];
        let terms = |combination: Combination<'_>, scope| combination.terms(scope).collect::<Vec<_>>();
        assert_eq!(terms(Combination::sum(), Scope::Shared), [(0, 1.0)]);
        assert_eq!(terms(Combination::row(2, 3, 2), Scope::Shared), [(2, 1.0)]);
        let directions = Combination::directions(&weights, 2);
        assert_eq!(terms(directions, Scope::Shared), [(0, 0.5), (1, 0.25), (2, 3.0), (3, 1.0)]);
        assert_eq!(terms(directions, Scope::Task(1)), [(0, 1.0), (2, 1.0), (3, 1.0)]);
        let losses = Combination::losses(&weights, 2);
        assert_eq!(terms(losses, Scope::Shared), [(0, 0.5), (1, 0.25), (2, 3.0), (3, 1.0)]);
        assert_eq!(terms(losses, Scope::Task(1)), [(0, 0.25), (2, 3.0), (3, 1.0)]);
        assert_eq!(terms(Combination::losses(&[0.0, 1.0], 2), Scope::Task(0)), [(2, 1.0)]);
    }
}
