use super::{Operation, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;
use banyan_engine::Interpolation;

fn case(name: &str, x: Tensor, size: (usize, usize), interpolation: Interpolation) -> Case {
    Case::value(name, move |graph, operands| graph.resize2d(operands.inputs[0], size, interpolation)).input(x)
}

fn read(fixture: &Fixture) -> Case {
    let interpolation = match fixture.word("mode") {
        "nearest" => Interpolation::Nearest,
        "bilinear" => Interpolation::Bilinear,
        other => panic!("no interpolation {other}"),
    };
    case(&fixture.name, fixture.input("x"), fixture.pair("size"), interpolation)
}

/// The cells that a place of `to` reads in one direction, and the weight of each, by the definition.
fn cells(place: usize, from: usize, to: usize, interpolation: Interpolation) -> Vec<(usize, f64)> {
    let scale = from as f64 / to as f64;
    match interpolation {
        Interpolation::Nearest => vec![(place * from / to, 1.0)],
        Interpolation::Bilinear => {
            let center = ((place as f64 + 0.5) * scale - 0.5).clamp(0.0, (from - 1) as f64);
            (0..from).map(|cell| (cell, (1.0 - (center - cell as f64).abs()).max(0.0))).collect()
        }
    }
}

fn definition([samples, height, width, channels]: [usize; 4], size: (usize, usize), interpolation: Interpolation, x: &[f64]) -> Vec<f64> {
    let mut result = Vec::new();
    for (sample, y, column) in (0..samples * size.0 * size.1).map(|at| (at / size.1 / size.0, at / size.1 % size.0, at % size.1)) {
        for channel in 0..channels {
            let mut sum = 0.0;
            for (line, down) in cells(y, height, size.0, interpolation) {
                for (place, right) in cells(column, width, size.1, interpolation) {
                    sum += down * right * x[((sample * height + line) * width + place) * channels + channel];
                }
            }
            result.push(sum);
        }
    }
    result
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("resize2d");
    let mut cases = Vec::new();
    for (shape, size) in [
        ([1, 1, 1, 1], (1, 1)),
        ([3, 1, 1, 17], (3, 2)),
        ([13, 3, 5, 2], (6, 10)),
        ([2, 4, 3, 19], (7, 8)),
        ([2, 7, 6, 1], (3, 4)),
        ([2, 5, 4, 3], (5, 4)),
    ] {
        for interpolation in [Interpolation::Nearest, Interpolation::Bilinear] {
            let x = Tensor::random("x", &shape, &mut stream);
            let case = case(&format!("{shape:?} to {size:?} {interpolation:?}"), x, size, interpolation);
            cases.push(case.reference(move |inputs, _| definition(shape, size, interpolation, &inputs[0])));
        }
    }
    Operation { fixtures: vec![("resize2d", read)], cases }
}
