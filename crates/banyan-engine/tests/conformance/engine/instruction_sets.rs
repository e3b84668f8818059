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
            words.extend(engine.gramian().iter().map(|x| x.to_bits()));
            engine.combine(&[0.5, 1.5]);
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

#[test]
fn give_the_same_bits() {
    let own = checksums();
    assert!(own.len() > 50, "{} cases", own.len());
    let widest = instruction_set();
    for set in ["baseline", "avx2", "avx512"] {
        let mut command = Command::new(std::env::current_exe().expect("the test's own path"));
        command.args(["--exact", "engine::instruction_sets::print_checksums", "--ignored", "--nocapture"]).env("BANYAN_SIMD", set);
        let output = command.output().expect("the test can be run");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{set}: {text}{}", String::from_utf8_lossy(&output.stderr));
        let used = text.lines().find_map(|line| line.strip_prefix("set ")).expect("the child names its set");
        // A narrower set is always there; a wider one is not used where the processor does not have it.
        let narrower = |a: &str, b: &str| ["baseline", "avx2", "avx512"].iter().find(|set| [a, b].contains(set)).copied();
        assert_eq!(Some(used), narrower(set, widest), "asked for {set}, and the widest is {widest}");
        let found: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("case ")).collect();
        assert_eq!(found.len(), own.len(), "{set}");
        for (found, own) in found.iter().zip(&own) {
            assert_eq!(found, own, "{set} and {widest}");
        }
    }
}
