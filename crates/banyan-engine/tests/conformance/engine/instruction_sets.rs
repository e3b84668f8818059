//! Every instruction set's kernels give the same bits: elementwise ones with all sets, products in single precision with AVX2 and AVX-512.

use crate::case::{Kernels, Samples};
use crate::operations::stream;
use crate::setup::{Labels, Setup};
use banyan_engine::matmul::Kernel;
use banyan_engine::{Engine, Precision, Settings, instruction_set, random};
use std::io::Write;
use std::process::Command;

/// One line for each case of these kernels: its name, and a key of all losses and gradients in single precision.
fn checksums(kernels: Kernels) -> Vec<String> {
    let mut lines = Vec::new();
    let mut engine = Engine::new(Settings { threads: 1, lanes: 4, precision: Precision::F32 }).expect("threads can be started");
    for (operation, entry) in crate::all_operations() {
        for case in entry.cases.iter().filter(|case| case.kernels == kernels) {
            let mut stream = stream(&case.name);
            let mut setup = Setup::new(case).task(Labels::All, &mut stream).task(Labels::Some, &mut stream);
            for chunk in [2, 17] {
                setup.chunk = if case.coupling == Samples::Coupled { case.samples } else { chunk };
                let mut words: Vec<u64> = Vec::new();
                words.extend(engine.stacked(&setup.parameters, &setup, 2).iter().map(|x| x.to_bits()));
                words.extend(engine.gramian(&setup.parameters).iter().map(|x| x.to_bits()));
                engine.combine(&setup.parameters, &[0.5, 1.5]);
                words.extend(engine.gradient().iter().map(|x| u64::from(x.to_bits())));
                if kernels == Kernels::Own {
                    words.extend(setup.value().iter().map(|x| u64::from(x.to_bits())));
                }
                lines.push(format!("{operation} {}, chunks of {chunk}: {:016x}", case.name, random::key(&words)));
            }
        }
    }
    lines
}

/// Not a test: what the test below runs in a process of its own, since a process chooses its set once.
#[test]
#[ignore = "prints the checksums that another test compares"]
fn print_checksums() {
    let mut output = std::io::stdout().lock(); // the test harness does not capture what is written to it
    writeln!(output, "\nset {}", instruction_set()).expect("output");
    for precision in [Precision::F32, Precision::Auto] {
        writeln!(output, "kernel {:?}", Kernel::choose(precision, 64, 64, 64)).expect("output");
    }
    for line in checksums(Kernels::Own) {
        writeln!(output, "own {line}").expect("output");
    }
    for line in checksums(Kernels::Products) {
        writeln!(output, "product {line}").expect("output");
    }
}

/// What a process finds that was asked to use a set.
struct Found {
    set: String,
    /// For large products in single precision, and in the best for the processor.
    kernels: Vec<String>,
    own: Vec<String>,
    products: Vec<String>,
}

fn run_with(asked: Option<&str>) -> Found {
    let mut command = Command::new(std::env::current_exe().expect("the test's own path"));
    command.args(["--exact", "engine::instruction_sets::print_checksums", "--ignored", "--nocapture"]).env_remove("BANYAN_SIMD");
    if let Some(set) = asked {
        command.env("BANYAN_SIMD", set);
    }
    let output = command.output().expect("the test can be run");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{asked:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    let lines = |prefix: &str| text.lines().filter_map(|line| line.strip_prefix(prefix)).map(str::to_owned).collect::<Vec<_>>();
    let set = lines("set ").pop().expect("the child names its set");
    Found { set, kernels: lines("kernel "), own: lines("own "), products: lines("product ") }
}

/// From the narrowest to the widest, with their kernels for large products in single precision and in the best for the processor.
const SETS: [(&str, [&str; 2]); 5] = [
    ("baseline", ["Strided", "Strided"]),
    ("avx2", ["Blocked256", "Blocked256"]),
    ("avx512", ["Blocked512", "Blocked512"]),
    ("avx512bf16", ["Blocked512", "Blocked512"]),
    ("amx", ["Blocked512", "Tiles(Three)"]),
];

fn assert_same(found: &[String], expected: &[String], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn give_the_same_bits() {
    let expected = run_with(None);
    assert!(expected.own.len() > 50 && expected.products.len() > 50, "{} and {} cases", expected.own.len(), expected.products.len());
    let width = |set: &str| SETS.iter().position(|&(other, _)| other == set).expect("a known set");
    for (set, _) in SETS {
        let found = run_with(Some(set));
        // A set that the processor does not have is not used, whatever was asked for.
        let (used, kernels) = SETS[width(set).min(width(&expected.set))];
        assert_eq!(found.set, used, "asked for {set}, and the widest is {}", expected.set);
        assert_eq!(found.kernels, kernels, "{set}");
        let what = format!("{set} and {}", expected.set);
        assert_same(&found.own, &expected.own, &what);
        if used != "baseline" {
            assert_same(&found.products, &expected.products, &what);
        }
    }
}
