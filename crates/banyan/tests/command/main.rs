//! The command as its users meet it: what it prints, where, and with which exit code.
#![expect(clippy::unwrap_used, reason = "a command that cannot be run fails the test")]

mod annotated;
mod at_once;
mod bad_files;
mod bad_tables;
mod bad_use;
mod column_names;
mod columns;
mod damaged;
mod demo;
mod documents;
mod folders;
mod init;
mod large;
mod listing;
mod media_in_tables;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(target_os = "linux")]
mod odd_paths;
mod outputs;
mod results;
mod resume;
mod same_data;
mod scenes;
mod sentences;
mod shortcuts;
mod standard_input;
mod subsets;
mod support;
mod terminal;
mod workflow;
