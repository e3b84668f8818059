//! One network, many kinds of input, many tasks: the library and the command.
