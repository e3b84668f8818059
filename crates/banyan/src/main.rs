//! The command `banyan`.
fn main() {}
