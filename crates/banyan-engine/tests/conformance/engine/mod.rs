//! What is no single operation's: weightings, state, threads and instruction sets.
