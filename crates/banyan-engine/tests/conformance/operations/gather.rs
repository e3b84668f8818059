use super::{Operation, stream};
use crate::case::{Case, Operands};
use crate::fixture::Fixture;
use crate::tensor::Tensor;
use banyan_engine::random::Stream;
use banyan_engine::{Context, Graph, Parameters, Tape, Var};

const NOWHERE: u32 = u32::MAX;

/// So many places of so many rows, some of them nowhere.
fn draw(stream: &mut Stream, count: usize, rows: usize) -> Vec<u32> {
    (0..count).map(|_| if stream.below(6) == 0 { NOWHERE } else { stream.below(rows) as u32 }).collect()
}

/// By its definition.
fn definition(x: &[f64], width: usize, places: &[u32]) -> Vec<f64> {
    places.iter().flat_map(|&place| (0..width).map(move |i| if place == NOWHERE { 0.0 } else { x[place as usize * width + i] })).collect()
}

/// Every sample reads rows of its own: `places` has equally many for each, counted from the sample's first row.
fn case_within(name: &str, x: Tensor, places: Vec<u32>) -> Case {
    let width = *x.shape.last().expect("a last axis");
    let (rows, count) = (x.per_sample() / width, places.len() / x.shape[0]);
    let absolute = move |samples: std::ops::Range<usize>| -> Vec<u32> {
        let of =
            |index: usize| if places[index] == NOWHERE { NOWHERE } else { places[index] + ((index / count - samples.start) * rows) as u32 };
        (samples.start * count..samples.end * count).map(of).collect()
    };
    let (samples, all) = (x.shape[0], absolute.clone());
    let case = Case::value(name, move |graph, operands| graph.gather(operands.inputs[0], &absolute(operands.samples.clone())));
    case.input(x).reference(move |inputs, _| definition(&inputs[0], width, &all(0..samples)))
}

/// Samples read whatever rows they like, several times over: each list gathers what the one before gave.
fn case_across(name: &str, x: Tensor, lists: Vec<Vec<u32>>) -> Case {
    let width = *x.shape.last().expect("a last axis");
    let own = lists.clone();
    let case = Case::value(name, move |graph: &mut Graph<'_>, operands: &Operands<'_>| -> Var {
        own.iter().fold(operands.inputs[0], |input, places| graph.gather(input, places))
    });
    let reference =
        move |inputs: &[Vec<f64>], _: &[Vec<f64>]| lists.iter().fold(inputs[0].clone(), |x, places| definition(&x, width, places));
    case.input(x).coupled().reference(reference)
}

fn read(fixture: &Fixture) -> Case {
    // A place of -1 is nowhere.
    let places = fixture.constant("places").data.iter().map(|&place| if place < 0.0 { NOWHERE } else { place as u32 }).collect();
    case_across(&fixture.name, fixture.input("x"), vec![places])
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("gather");
    let mut cases = Vec::new();
    for (shape, count) in [(&[1, 1][..], 1), (&[13, 5, 3], 2), (&[7, 17], 3), (&[18, 4, 3, 19], 5)] {
        let x = Tensor::random("x", shape, &mut stream);
        let rows = x.per_sample() / shape[shape.len() - 1];
        let mut places = draw(&mut stream, shape[0] * count, rows);
        places[0] = 0;
        cases.push(case_within(&format!("{count} of {shape:?} within samples"), x, places));
    }
    for shape in [&[6, 3][..], &[6, 5, 17]] {
        let rows: usize = shape[..shape.len() - 1].iter().product();
        for count in [6, 18] {
            let lists = vec![draw(&mut stream, count, rows)];
            cases.push(case_across(&format!("{count} of {shape:?}"), Tensor::random("x", shape, &mut stream), lists));
        }
        // Between the two gathers the chunk is cut into so many parts as divide both.
        for middle in [7, 4, 9, 1] {
            let lists = vec![draw(&mut stream, middle, rows), draw(&mut stream, 12, middle)];
            cases.push(case_across(&format!("{shape:?} by way of {middle}"), Tensor::random("x", shape, &mut stream), lists));
        }
        let lists = vec![(0..rows as u32).rev().collect()];
        cases.push(case_across(&format!("{shape:?} in reverse"), Tensor::random("x", shape, &mut stream), lists));
    }
    Operation { fixtures: vec![("gather", read)], cases }
}

#[test]
fn no_places_are_no_rows() {
    let parameters = Parameters::builder().build();
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &[]);
    let x = graph.input([2, 3], &[1.0; 6]);
    let none = graph.gather(x, &[]);
    assert_eq!((graph.shape(none).axes(), graph.value(none)), (&[0, 3][..], &[][..]));
}

#[test]
#[should_panic(expected = "row 2 of 2")]
fn a_row_that_is_not_there_is_refused() {
    let parameters = Parameters::builder().build();
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &[]);
    let x = graph.input([2, 3], &[1.0; 6]);
    graph.gather(x, &[0, 2]);
}
