//! Encoders, fusion, sharing, heads and losses: a validated plan becomes one model.
