//! What is no single operation's: weightings, forms of gradients, state, threads and instruction sets.

mod auxiliary;
mod constant;
mod factored;
mod instruction_sets;
mod loss_weighting;
mod model;
mod representation_weighting;
mod steps;
mod synchronized;
mod threads;
