//! The JSON Schema of each key that chooses a method.

use banyan_method::{Described, Registry};
use banyan_model::{FUSIONS, SHARINGS};
use banyan_nn::{OPTIMIZERS, SCHEDULES};
use schemars::{Schema, SchemaGenerator};

use crate::augmentations::AUGMENTATIONS;

/// A definition of its own for a registry, and the reference to it.
fn definition<M: Described + Clone + 'static>(generator: &mut SchemaGenerator, name: &str, registry: &Registry<M>) -> Schema {
    let reference = format!("#/$defs/{name}");
    let schema = registry.json_schema(&reference);
    generator.definitions_mut().insert(name.to_owned(), schema);
    Schema::new_ref(reference)
}

pub(super) fn fusion(generator: &mut SchemaGenerator) -> Schema {
    definition(generator, "Fusion", &FUSIONS)
}

pub(super) fn sharing(generator: &mut SchemaGenerator) -> Schema {
    definition(generator, "Sharing", &SHARINGS)
}

pub(super) fn optimizer(generator: &mut SchemaGenerator) -> Schema {
    definition(generator, "Optimizer", &OPTIMIZERS)
}

pub(super) fn schedule(generator: &mut SchemaGenerator) -> Schema {
    definition(generator, "Schedule", &SCHEDULES)
}

pub(super) fn balance(generator: &mut SchemaGenerator) -> Schema {
    definition(generator, "Balance", &banyan_balance::METHODS)
}

pub(super) fn augmentation(generator: &mut SchemaGenerator) -> Schema {
    definition(generator, "Augmentation", &AUGMENTATIONS)
}
