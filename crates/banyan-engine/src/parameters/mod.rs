//! All parameters of a model in one flat vector.
//!
//! The order in memory is: shared parameters, parameters of single tasks, state (running statistics that
//! no gradient reaches). So the part that tasks compete for is one slice, an optimizer is one loop, and a
//! Jacobian's row is one slice.

mod packs;

pub(crate) use packs::Way;

use crate::shape::Shape;
use packs::Packs;
use std::ops::Range;

/// Who a parameter belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Several tasks reach it: each has its own gradient, and the tasks may disagree about it.
    Shared,
    /// One task alone reaches it.
    Task(usize),
    /// No gradient reaches it (running statistics).
    State,
}

/// The handle of one parameter tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ParameterId(pub(crate) u32);

/// What is known of one parameter tensor.
#[derive(Debug, Clone)]
pub struct ParameterInfo {
    /// A dotted path, unique in the model.
    pub name: String,
    /// Its shape.
    pub shape: Shape,
    /// Who it belongs to.
    pub scope: Scope,
    /// Whether weight decay applies (not to biases, gains and tokens).
    pub decays: bool,
    /// What its learning rate is multiplied by: 1 for most.
    pub learning_rate_factor: f64,
    /// Where it lies in the flat vector.
    pub range: Range<usize>,
}

/// The parameters of a model.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    infos: Vec<ParameterInfo>,
    values: Vec<f32>,
    shared: usize,
    trainable: usize,
    /// Trained parameters by their place in memory.
    order: Vec<ParameterId>,
    pub(crate) packs: Packs,
}

impl Parameters {
    /// Starts an empty collection.
    pub fn builder() -> ParametersBuilder {
        ParametersBuilder::default()
    }

    /// All values: shared, then single tasks', then state.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// All values, to be changed.
    pub fn values_mut(&mut self) -> &mut [f32] {
        self.packs.forget_all();
        &mut self.values
    }

    /// The values of one parameter.
    pub fn get(&self, id: ParameterId) -> &[f32] {
        &self.values[self.info(id).range.clone()]
    }

    /// The values of one parameter, to be changed.
    pub fn get_mut(&mut self, id: ParameterId) -> &mut [f32] {
        self.packs.forget(id);
        let range = self.info(id).range.clone();
        &mut self.values[range]
    }

    /// What is known of a parameter.
    pub fn info(&self, id: ParameterId) -> &ParameterInfo {
        &self.infos[id.0 as usize]
    }

    /// What is known of every parameter, in the order in which they were added.
    pub fn infos(&self) -> &[ParameterInfo] {
        &self.infos
    }

    /// Every handle, in the order in which they were added.
    pub fn ids(&self) -> impl Iterator<Item = ParameterId> {
        (0..self.infos.len() as u32).map(ParameterId)
    }

    /// The trained parameters that have numbers in a range of the flat vector, in the order of their places.
    pub(crate) fn within(&self, range: Range<usize>) -> impl Iterator<Item = ParameterId> {
        let begin = self.order.partition_point(|&id| self.info(id).range.end <= range.start);
        self.order[begin..].iter().copied().take_while(move |&id| self.info(id).range.start < range.end)
    }

    /// How many numbers are shared by tasks: they are the first of the flat vector.
    pub fn shared_len(&self) -> usize {
        self.shared
    }

    /// How many numbers are trained: the length of a gradient.
    pub fn trainable_len(&self) -> usize {
        self.trainable
    }
}

/// Collects parameters before their places are known.
#[derive(Debug, Default)]
pub struct ParametersBuilder {
    entries: Vec<(ParameterInfo, Vec<f32>)>,
}

impl ParametersBuilder {
    /// Adds a parameter with its initial values.
    ///
    /// # Panics
    /// If the name is taken or the number of values is not that of the shape.
    pub fn add(&mut self, name: &str, shape: impl Into<Shape>, scope: Scope, decays: Decay, values: Vec<f32>) -> ParameterId {
        let shape = shape.into();
        assert_eq!(values.len(), shape.len(), "parameter {name} of shape {shape:?}");
        self.enter(name, shape, scope, decays, values)
    }

    /// Adds a parameter without values, to know what a model would hold before there is memory for it: see
    /// [`planned`](Self::planned).
    ///
    /// # Panics
    /// If the name is taken.
    pub fn plan(&mut self, name: &str, shape: impl Into<Shape>, scope: Scope, decays: Decay) -> ParameterId {
        self.enter(name, shape.into(), scope, decays, Vec::new())
    }

    /// What was added so far. Places are those of [`build`](Self::build) and are not known yet.
    pub fn planned(self) -> Vec<ParameterInfo> {
        self.entries.into_iter().map(|(info, _)| info).collect()
    }

    fn enter(&mut self, name: &str, shape: Shape, scope: Scope, decays: Decay, values: Vec<f32>) -> ParameterId {
        assert!(self.entries.iter().all(|(info, _)| info.name != name), "two parameters named {name}");
        let info =
            ParameterInfo { name: name.to_owned(), shape, scope, decays: decays == Decay::Yes, learning_rate_factor: 1.0, range: 0..0 };
        self.entries.push((info, values));
        ParameterId(self.entries.len() as u32 - 1)
    }

    /// Lets a parameter learn faster or slower than the others.
    pub fn set_learning_rate_factor(&mut self, id: ParameterId, factor: f64) {
        self.entries[id.0 as usize].0.learning_rate_factor = factor;
    }

    /// Gives every parameter its place.
    pub fn build(mut self) -> Parameters {
        let mut end = 0;
        let mut ends = [0; 3];
        for (group, at_end) in ends.iter_mut().enumerate() {
            for (info, _) in &mut self.entries {
                let own = match info.scope {
                    Scope::Shared => 0,
                    Scope::Task(_) => 1,
                    Scope::State => 2,
                };
                if own == group {
                    info.range = end..end + info.shape.len();
                    end = info.range.end;
                }
            }
            *at_end = end;
        }
        let mut values = vec![0.0; end];
        for (info, initial) in &self.entries {
            values[info.range.clone()].copy_from_slice(initial);
        }
        let infos: Vec<ParameterInfo> = self.entries.into_iter().map(|(info, _)| info).collect();
        let mut order: Vec<ParameterId> = (0..infos.len() as u32).map(ParameterId).collect();
        order.retain(|id| infos[id.0 as usize].scope != Scope::State);
        order.sort_by_key(|id| infos[id.0 as usize].range.start);
        let packs = Packs::new(infos.len());
        Parameters { infos, values, shared: ends[0], trainable: ends[1], order, packs }
    }
}

/// Whether weight decay applies to a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decay {
    /// It does: weights of products.
    Yes,
    /// It does not: biases, gains, tokens, statistics.
    No,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_parameters_come_first_and_state_last() {
        let mut builder = Parameters::builder();
        let head = builder.add("head", [2], Scope::Task(0), Decay::Yes, vec![1.0, 2.0]);
        let running = builder.add("running", [1], Scope::State, Decay::No, vec![9.0]);
        let trunk = builder.add("trunk", [3], Scope::Shared, Decay::Yes, vec![3.0, 4.0, 5.0]);
        let parameters = builder.build();
        assert_eq!(parameters.values(), [3.0, 4.0, 5.0, 1.0, 2.0, 9.0]);
        assert_eq!((parameters.shared_len(), parameters.trainable_len()), (3, 5));
        assert_eq!(parameters.get(head), [1.0, 2.0]);
        assert_eq!(parameters.get(trunk), [3.0, 4.0, 5.0]);
        assert_eq!(parameters.get(running), [9.0]);
    }
}
