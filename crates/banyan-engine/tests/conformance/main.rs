//! The suite that every operation of the engine passes.
//!
//! A [`case::Case`] is one use of an operation with its operands; each check in [`checks`] runs any case.
//! So an operation that is added gets all checks for one file in [`operations`] and its word in the list
//! below. What is no single operation's is in [`engine`].

mod case;
mod checks;
mod engine;
mod fixture;
mod operations;
mod setup;
mod tensor;

macro_rules! conformance {
    ($($name:ident),* $(,)?) => {
        $(mod $name {
            use crate::{checks, operations::$name::operation};

            #[test]
            fn equals_pytorch() {
                checks::values::equal_pytorch(&operation());
            }

            #[test]
            fn equals_its_definition() {
                checks::values::equal_definition(&operation());
            }

            #[test]
            fn gradients_are_those_of_finite_differences() {
                checks::finite_differences::agree(&operation());
            }

            #[test]
            fn stacked_rows_are_single_gradients() {
                checks::stacked::rows_are_single_gradients(&operation());
            }

            #[test]
            fn chunks_add_up_to_the_batch() {
                checks::chunks::add_up(&operation());
            }

            #[test]
            fn no_labels_cost_nothing() {
                checks::chunks::no_labels_cost_nothing(&operation());
            }

            #[test]
            fn bits_do_not_depend_on_threads() {
                checks::bits::do_not_depend_on_threads(&operation());
            }

            #[test]
            fn nan_reaches_the_loss() {
                checks::nan::reaches_the_loss(&operation());
            }
        })*

        /// Every operation, by name.
        fn all_operations() -> Vec<(&'static str, operations::Operation)> {
            vec![$((stringify!($name), operations::$name::operation())),*]
        }
    };
}

conformance!(
    activation,
    attention,
    avg_pool2d,
    batch_norm,
    binary_cross_entropy,
    combine,
    concat,
    conv2d,
    crf,
    cross_attention,
    cross_entropy,
    divide,
    dropout,
    embedding_bag,
    exp,
    fill_missing,
    gated_multimodal_unit,
    gather,
    group_norm,
    layer_norm,
    linear,
    log,
    lstm,
    max_pool,
    max_pool2d,
    mean_pool,
    mixture,
    multiply,
    ordinal,
    pair_scores,
    parameter_distance,
    permute,
    piecewise_linear,
    regression,
    reshape,
    resize2d,
    scatter,
    slice,
    softmax,
    sqrt,
    sum,
);

/// No operation is left out: each has a file here of the name that its own file has.
#[test]
fn every_operation_is_checked() {
    // What several share, and the losses that are written with one operation.
    const OTHER_NAMES: [(&str, &[&str]); 4] =
        [("mod", &[]), ("elementwise", &["exp", "log", "sqrt"]), ("window", &[]), ("pointwise_loss", &["regression", "ordinal"])];
    let checked: Vec<&str> = all_operations().into_iter().map(|(name, _)| name).collect();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ops");
    for entry in std::fs::read_dir(folder).expect("the source of the operations") {
        let path = entry.expect("an entry of the folder").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
        let expected = OTHER_NAMES.iter().find(|(other, _)| *other == name).map_or_else(|| vec![name], |(_, names)| names.to_vec());
        assert!(expected.iter().all(|name| checked.contains(name)), "{name}: add it to `conformance!`, with a file in operations/");
    }
}
