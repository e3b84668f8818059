//! Values and gradients against PyTorch's, and values against the definition.

use super::{engine, tolerance};
use crate::case::{Case, Output};
use crate::fixture::{ELSEWHERE, Fixture};
use crate::operations::Operation;
use crate::setup::{Setup, Task};
use crate::tensor::assert_close;
use std::collections::BTreeSet;

const TOLERANCE: f32 = 1e-5;

/// Every fixture of the operation: output and all gradients.
pub(crate) fn equal_pytorch(operation: &Operation) {
    let fixtures = Fixture::all();
    for (op, read) in &operation.fixtures {
        let mut found = fixtures.iter().filter(|fixture| fixture.op == *op).peekable();
        assert!(found.peek().is_some(), "no fixture of {op}");
        found.for_each(|fixture| equals_fixture(&read(fixture), fixture));
    }
}

fn equals_fixture(case: &Case, fixture: &Fixture) {
    let (output, cotangent) = fixture.output();
    let mut setup = Setup::new(case);
    let tolerance = tolerance(case, TOLERANCE);
    assert_close(&setup.value(), &output.data, tolerance, &format!("{} {}", fixture.name, output.name));
    let ones = vec![1.0; case.samples];
    let weight = match case.output {
        Output::Value => {
            setup.tasks = vec![Task { weights: ones, cotangent: cotangent.data }];
            1.0
        }
        Output::Loss => {
            setup.tasks = vec![Task { weights: ones, cotangent: Vec::new() }];
            cotangent.data[0]
        }
    };
    let mut engine = engine(1);
    engine.weighted(&setup.parameters, &setup, &[weight]);
    let trained = setup.trained();
    let names: BTreeSet<_> = trained.iter().map(|(_, name)| *name).collect();
    assert_eq!(names, fixture.gradients.keys().map(String::as_str).collect(), "{}: what has a gradient", fixture.name);
    for (id, name) in trained {
        let gradient = &engine.gradient()[setup.parameters.info(id).range.clone()];
        assert_close(gradient, &fixture.gradients[name].data, tolerance, &format!("{}: gradient of {name}", fixture.name));
    }
}

/// Every case that has a definition; an operation without a fixture must have one in each case.
pub(crate) fn equal_definition(operation: &Operation) {
    for case in &operation.cases {
        let Some(reference) = &case.reference else {
            assert!(!operation.fixtures.is_empty(), "{}: neither a fixture nor a definition fixes its values", case.name);
            continue;
        };
        let wide = |tensors: &[crate::tensor::Tensor]| -> Vec<Vec<f64>> {
            tensors.iter().map(|tensor| tensor.data.iter().map(|&x| f64::from(x)).collect()).collect()
        };
        let expected: Vec<f32> = reference(&wide(&case.inputs), &wide(&case.parameters)).iter().map(|&x| x as f32).collect();
        assert_close(&Setup::new(case).value(), &expected, tolerance(case, TOLERANCE), &case.name);
    }
}

#[test]
fn every_fixture_concerns_a_known_operation() {
    let operations = crate::all_operations();
    let known: BTreeSet<&str> = operations.iter().flat_map(|(_, operation)| &operation.fixtures).map(|(op, _)| *op).collect();
    for fixture in Fixture::all() {
        let op = fixture.op.as_str();
        let name = &fixture.name;
        assert!(known.contains(op) != ELSEWHERE.contains(&op), "fixture {name}: read {op} in one operation, or name it in ELSEWHERE");
    }
}
