//! Balancing several tasks: losses, Gramians or Jacobian rows in, weights or one direction out.
