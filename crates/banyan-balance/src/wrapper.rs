//! Methods around other methods.

pub(crate) mod cr_mogm;
