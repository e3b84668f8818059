//! Losses of no task, by name: as a pass declares them, and summed over a batch.

use crate::handles::Var;
use std::ops::Range;

/// A loss of no task, as a pass declared it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DeclaredLoss<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Its value on the tape.
    pub loss: Var,
    /// What it counts.
    pub weight: f32,
}

/// The losses of no task that a pass declared, in order. Memory is kept.
#[derive(Debug, Default)]
pub(crate) struct DeclaredLosses {
    /// Where each name lies in `names`, the loss and its weight.
    entries: Vec<(Range<usize>, Var, f32)>,
    names: String,
}

impl DeclaredLosses {
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.names.clear();
    }

    pub(crate) fn push(&mut self, name: &str, loss: Var, weight: f32) {
        let begin = self.names.len();
        self.names.push_str(name);
        self.entries.push((begin..self.names.len(), loss, weight));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = DeclaredLoss<'_>> {
        self.entries.iter().map(|(name, loss, weight)| DeclaredLoss { name: &self.names[name.clone()], loss: *loss, weight: *weight })
    }
}

/// A loss of no task over a whole batch.
#[derive(Debug, Clone, PartialEq)]
pub struct AuxiliaryLoss {
    /// What it is called.
    pub name: String,
    /// The sum of all that was declared by this name.
    pub value: f64,
    /// The same, each times its weight: what the step's gradient is of.
    pub weighted: f64,
}

/// Losses of no task summed by name, in the order of the names. Names are kept from step to step.
#[derive(Debug, Default)]
pub(crate) struct AuxiliarySums {
    sums: Vec<AuxiliaryLoss>,
    /// For each whether the step at hand declared it.
    declared: Vec<bool>,
}

impl AuxiliarySums {
    /// Forgets the values, and the names that the last step did not declare.
    pub(crate) fn clear(&mut self) {
        let mut declared = self.declared.iter();
        self.sums.retain(|_| declared.next() == Some(&true));
        self.declared.clear();
        self.declared.resize(self.sums.len(), false);
        for sum in &mut self.sums {
            (sum.value, sum.weighted) = (0.0, 0.0);
        }
    }

    pub(crate) fn add(&mut self, name: &str, value: f64, weighted: f64) {
        let place = self.sums.binary_search_by(|sum| sum.name.as_str().cmp(name)).unwrap_or_else(|place| {
            self.sums.insert(place, AuxiliaryLoss { name: name.to_owned(), value: 0.0, weighted: 0.0 });
            self.declared.insert(place, false);
            place
        });
        self.declared[place] = true;
        self.sums[place].value += value;
        self.sums[place].weighted += weighted;
    }

    /// What was declared since the last [`clear`](Self::clear).
    pub(crate) fn iter(&self) -> impl Iterator<Item = &AuxiliaryLoss> {
        self.sums.iter().zip(&self.declared).filter(|(_, declared)| **declared).map(|(sum, _)| sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_of_one_step_and_sorted_by_name() {
        let mut sums = AuxiliarySums::default();
        for (step, names) in [&["b", "a", "b"][..], &["c", "b"], &[], &["b"]].iter().enumerate() {
            sums.clear();
            for name in *names {
                sums.add(name, 1.0, 0.5);
            }
            let mut expected: Vec<(&str, f64)> = Vec::new();
            for name in ["a", "b", "c"] {
                let count = names.iter().filter(|other| **other == name).count();
                if count > 0 {
                    expected.push((name, count as f64));
                }
            }
            let found: Vec<(&str, f64)> = sums.iter().map(|sum| (sum.name.as_str(), sum.value)).collect();
            assert_eq!(found, expected, "step {step}");
            assert!(sums.iter().all(|sum| sum.weighted == 0.5 * sum.value), "step {step}");
        }
    }
}
