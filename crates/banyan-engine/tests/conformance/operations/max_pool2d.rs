use super::{Operation, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;

fn case(name: &str, x: Tensor, size: (usize, usize)) -> Case {
    Case::value(name, move |graph, operands| graph.max_pool2d(operands.inputs[0], size)).input(x)
}

fn read(fixture: &Fixture) -> Case {
    assert_eq!(fixture.pair("kernel"), fixture.pair("stride"), "windows that do not overlap");
    case(&fixture.name, fixture.input("x"), fixture.pair("kernel"))
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("max_pool2d");
    let mut cases = Vec::new();
    for (shape, size) in [([1, 1, 1, 1], (1, 1)), ([3, 5, 7, 17], (2, 2)), ([2, 7, 8, 1], (3, 2)), ([13, 1, 11, 3], (1, 4))] {
        let x = Tensor::random("x", &shape, &mut stream);
        let reference = move |inputs: &[Vec<f64>], _: &[Vec<f64>]| {
            let [samples, height, width, channels] = shape;
            let mut result = Vec::new();
            for (sample, y) in (0..samples).flat_map(|sample| (0..height / size.0).map(move |y| (sample, y))) {
                for (column, channel) in (0..width / size.1).flat_map(|column| (0..channels).map(move |channel| (column, channel))) {
                    let places = (0..size.0 * size.1).map(|i| (y * size.0 + i / size.1, column * size.1 + i % size.1));
                    let values = places.map(|(line, place)| inputs[0][((sample * height + line) * width + place) * channels + channel]);
                    result.push(values.fold(f64::NEG_INFINITY, f64::max));
                }
            }
            result
        };
        cases.push(case(&format!("{shape:?} {size:?}"), x, size).reference(reference));
    }
    Operation { fixtures: vec![("max_pool2d", read)], cases }
}
