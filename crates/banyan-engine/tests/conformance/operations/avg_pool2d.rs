use super::{Operation, stream, window_name, window_places};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;
use banyan_engine::Window;

fn case(name: &str, x: Tensor, size: (usize, usize), window: Window) -> Case {
    Case::value(name, move |graph, operands| graph.avg_pool2d_with(operands.inputs[0], size, window)).input(x)
}

fn read(fixture: &Fixture) -> Case {
    let window = Window::new(fixture.pair("stride"), fixture.pair("padding"));
    case(&fixture.name, fixture.input("x"), fixture.pair("kernel"), window)
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("avg_pool2d");
    let mut cases = Vec::new();
    for (shape, size, stride, padding) in [
        ([1, 1, 1, 1], (1, 1), (1, 1), (0, 0)),
        ([3, 5, 7, 17], (2, 2), (2, 2), (0, 0)),
        ([3, 5, 7, 2], (3, 3), (2, 2), (1, 1)),
        ([2, 4, 5, 1], (5, 5), (1, 1), (2, 2)),
        ([13, 1, 9, 3], (1, 4), (1, 3), (0, 2)),
        ([2, 7, 6, 2], (1, 2), (2, 3), (0, 0)),
    ] {
        let window = Window::new(stride, padding);
        let case = case(&format!("{shape:?} {size:?} {}", window_name(window)), Tensor::random("x", &shape, &mut stream), size, window);
        cases.push(case.reference(move |inputs, _| {
            let mean = |places: Vec<usize>| places.iter().map(|&place| inputs[0][place]).sum::<f64>() / places.len() as f64;
            window_places(shape, size, window).into_iter().map(mean).collect()
        }));
    }
    let tiles = Case::value("tiles", |graph, operands| graph.avg_pool2d(operands.inputs[0], (2, 3)));
    let quarters = |inputs: &[Vec<f64>], _: &[Vec<f64>]| {
        let places = window_places([2, 5, 7, 3], (2, 3), Window::tiles((2, 3))).into_iter();
        places.map(|places| places.iter().map(|&place| inputs[0][place]).sum::<f64>() / 6.0).collect()
    };
    cases.push(tiles.input(Tensor::random("x", &[2, 5, 7, 3], &mut stream)).reference(quarters));
    Operation { fixtures: vec![("avg_pool2d", read)], cases }
}
