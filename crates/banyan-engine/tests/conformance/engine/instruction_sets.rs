//! Every instruction set's kernels give the same bits.

use crate::case::{Kernels, Samples};
use crate::checks::engine;
use crate::operations::stream;
use crate::setup::{Labels, Setup};
use banyan_engine::{instruction_set, random};
use std::io::Write;
use std::process::Command;

/// One line a case without matrix products: its name, and a key of all its values and gradients.
fn checksums() -> Vec<String> {
    let mut lines = Vec::new();
    for (operation, entry) in crate::all_operations() {
        for case in entry.cases.iter().filter(|case| case.kernels == Kernels::Own) {
            let mut stream = stream(&case.name);
            let setup = Setup::new(case).task(Labels::All, &mut stream).task(Labels::Some, &mut stream);
            let setup = setup.chunk(if case.coupling == Samples::Coupled { case.samples } else { 2 });
            let mut engine = engine(1);
            let mut words: Vec<u64> = setup.value().iter().map(|x| u64::from(x.to_bits())).collect();
            words.extend(engine.stacked(&setup.parameters, &setup, 2).iter().map(|x| x.to_bits()));
            words.extend(engine.gramian(&setup.parameters).iter().map(|x| x.to_bits()));
            engine.combine(&setup.parameters, &[0.5, 1.5]);
            words.extend(engine.gradient().iter().map(|x| u64::from(x.to_bits())));
            lines.push(format!("{operation} {}: {:016x}", case.name, random::key(&words)));
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
    for line in checksums() {
        writeln!(output, "case {line}").expect("output");
    }
}

/// The set that a process of its own uses when asked for one, and its checksums.
fn run_with(asked: Option<&str>) -> (String, Vec<String>) {
    let mut command = Command::new(std::env::current_exe().expect("the test's own path"));
    command.args(["--exact", "engine::instruction_sets::print_checksums", "--ignored", "--nocapture"]).env_remove("BANYAN_SIMD");
    if let Some(set) = asked {
        command.env("BANYAN_SIMD", set);
    }
    let output = command.output().expect("the test can be run");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{asked:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    let lines = |prefix: &'static str| text.lines().filter_map(move |line| line.strip_prefix(prefix)).map(str::to_owned);
    (lines("set ").next().expect("the child names its set"), lines("case ").collect())
}

#[test]
fn give_the_same_bits() {
    const SETS: [&str; 4] = ["baseline", "avx2", "avx512", "amx"];
    let (widest, expected) = run_with(None);
    assert!(expected.len() > 50, "{} cases", expected.len());
    let width = |set: &str| SETS.iter().position(|&other| other == set).expect("a known set");
    for set in SETS {
        let (used, found) = run_with(Some(set));
        // A set that the processor does not have is not used, whatever was asked for.
        assert_eq!(used, SETS[width(set).min(width(&widest))], "asked for {set}, and the widest is {widest}");
        assert_eq!(found.len(), expected.len(), "{set}");
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "{set} and {widest}");
        }
    }
}
