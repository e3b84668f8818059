//! A run's folder: what it holds, and what is left of it when a training dies at the worst moment.

mod contents;
mod failing;
mod killed;
mod locked;
mod power;
mod scenario;
