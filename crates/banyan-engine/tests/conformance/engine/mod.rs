//! What is no single operation's: weightings, state, threads and instruction sets.

mod instruction_sets;
mod loss_weighting;
mod model;
mod representation_weighting;
mod steps;
mod threads;
