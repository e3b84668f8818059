//! The command as its users meet it: what it prints, where, and with which exit code.
#![expect(clippy::unwrap_used, reason = "a command that cannot be run fails the test")]

mod bad_files;
mod bad_tables;
mod bad_use;
mod columns;
mod demo;
mod documents;
mod folders;
mod init;
mod listing;
mod outputs;
mod results;
mod resume;
mod sentences;
mod shortcuts;
mod subsets;
mod support;
mod terminal;
mod workflow;
