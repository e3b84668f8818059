//! A run's folder: what it holds, and what is left of it when a training dies at the worst moment.

mod contents;
mod failing;
mod killed;
#[cfg(unix)]
mod links;
mod locked;
mod power;
mod scenario;
