use super::{Operation, stream, window_name, window_places};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;
use banyan_engine::{Context, Graph, Parameters, Tape, Window};

fn case(name: &str, x: Tensor, size: (usize, usize), window: Window) -> Case {
    Case::value(name, move |graph, operands| graph.max_pool2d_with(operands.inputs[0], size, window)).input(x)
}

fn read(fixture: &Fixture) -> Case {
    let window = Window::new(fixture.pair("stride"), fixture.pair("padding"));
    case(&fixture.name, fixture.input("x"), fixture.pair("kernel"), window)
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("max_pool2d");
    let mut cases = Vec::new();
    let largest = |shape, size, window| {
        move |inputs: &[Vec<f64>], _: &[Vec<f64>]| {
            let places = window_places(shape, size, window).into_iter();
            places.map(|places| places.iter().map(|&place| inputs[0][place]).fold(f64::NEG_INFINITY, f64::max)).collect()
        }
    };
    for (shape, size) in [([1, 1, 1, 1], (1, 1)), ([3, 5, 7, 17], (2, 2)), ([2, 7, 8, 1], (3, 2)), ([13, 1, 11, 3], (1, 4))] {
        let case = Case::value(&format!("{shape:?} {size:?}"), move |graph, operands| graph.max_pool2d(operands.inputs[0], size));
        let case = case.input(Tensor::random("x", &shape, &mut stream));
        cases.push(case.reference(largest(shape, size, Window::tiles(size))));
    }
    for (shape, size, stride, padding) in [
        ([3, 5, 7, 17], (3, 3), (2, 2), (1, 1)),
        ([2, 4, 5, 1], (5, 5), (1, 1), (2, 2)),
        ([13, 1, 9, 3], (1, 3), (1, 4), (0, 1)),
        // Places that no window sees.
        ([2, 7, 6, 2], (1, 2), (2, 3), (0, 0)),
    ] {
        let window = Window::new(stride, padding);
        let x = Tensor::random("x", &shape, &mut stream);
        cases.push(case(&format!("{shape:?} {size:?} {}", window_name(window)), x, size, window).reference(largest(shape, size, window)));
    }
    Operation { fixtures: vec![("max_pool2d", read)], cases }
}

#[test]
#[should_panic(expected = "padding (0, 2) is more than half of a window of (2, 3)")]
fn a_window_of_padding_alone_is_refused() {
    let parameters = Parameters::builder().build();
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &[]);
    let x = graph.input([1, 4, 4, 1], &[1.0; 16]);
    graph.max_pool2d_with(x, (2, 3), Window::new((1, 1), (0, 2)));
}
