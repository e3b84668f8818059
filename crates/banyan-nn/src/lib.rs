//! Parameters, initialisers, layers, optimisers and schedules on Banyan's engine.
