use super::{Operation, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;
use banyan_engine::random::Stream;
use banyan_engine::{Context, Graph, Parameters, Tape};

const NOWHERE: u32 = u32::MAX;

/// A place of so many rows for each of `count`, some of them nowhere.
fn draw(stream: &mut Stream, count: usize, rows: usize) -> Vec<u32> {
    (0..count).map(|_| if stream.below(6) == 0 { NOWHERE } else { stream.below(rows) as u32 }).collect()
}

/// By its definition.
fn definition(x: &[f64], width: usize, places: &[u32], rows: usize) -> Vec<f64> {
    let mut sums = vec![0.0; rows * width];
    for (row, &place) in places.iter().enumerate().filter(|(_, place)| **place != NOWHERE) {
        for i in 0..width {
            sums[place as usize * width + i] += x[row * width + i];
        }
    }
    sums
}

/// Every sample's rows go to `rows` of its own: `places` are counted from the sample's first.
fn case_within(name: &str, x: Tensor, places: Vec<u32>, rows: usize) -> Case {
    let width = *x.shape.last().expect("a last axis");
    let (samples, count) = (x.shape[0], x.per_sample() / width);
    let absolute = move |samples: std::ops::Range<usize>| -> Vec<u32> {
        let of = |index: usize| match places[index] {
            NOWHERE => NOWHERE,
            place => place + ((index / count - samples.start) * rows) as u32,
        };
        (samples.start * count..samples.end * count).map(of).collect()
    };
    let all = absolute.clone();
    let case = Case::value(name, move |graph, operands| {
        let samples = operands.samples.clone();
        graph.scatter_add(operands.inputs[0], &absolute(samples.clone()), samples.len() * rows)
    });
    case.input(x).reference(move |inputs, _| definition(&inputs[0], width, &all(0..samples), samples * rows))
}

/// Rows go to whatever samples they like, and in a second list on from there.
fn case_across(name: &str, x: Tensor, lists: Vec<(Vec<u32>, usize)>) -> Case {
    let width = *x.shape.last().expect("a last axis");
    let own = lists.clone();
    let case = Case::value(name, move |graph, operands| {
        own.iter().fold(operands.inputs[0], |x, (places, rows)| graph.scatter_add(x, places, *rows))
    });
    let reference = move |inputs: &[Vec<f64>], _: &[Vec<f64>]| {
        lists.iter().fold(inputs[0].clone(), |x, (places, rows)| definition(&x, width, places, *rows))
    };
    case.input(x).coupled().reference(reference)
}

fn read(fixture: &Fixture) -> Case {
    // A place of -1 is nowhere.
    let places = fixture.constant("places").data.iter().map(|&place| if place < 0.0 { NOWHERE } else { place as u32 }).collect();
    case_across(&fixture.name, fixture.input("x"), vec![(places, fixture.number("rows") as usize)])
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("scatter");
    let mut cases = Vec::new();
    for (shape, rows) in [(&[1, 1][..], 1), (&[13, 5, 3], 2), (&[7, 17], 3), (&[18, 4, 3, 19], 5)] {
        let x = Tensor::random("x", shape, &mut stream);
        let count = x.data.len() / shape[shape.len() - 1];
        let mut places = draw(&mut stream, count, rows);
        places[0] = 0;
        cases.push(case_within(&format!("{shape:?} to {rows} within samples"), x, places, rows));
    }
    for shape in [&[6, 3][..], &[6, 5, 17]] {
        let count: usize = shape[..shape.len() - 1].iter().product();
        for rows in [6, 18] {
            let lists = vec![(draw(&mut stream, count, rows), rows)];
            cases.push(case_across(&format!("{shape:?} to {rows}"), Tensor::random("x", shape, &mut stream), lists));
        }
        // Between the two the chunk is cut into so many parts as divide both.
        for middle in [7, 4, 9, 1] {
            let lists = vec![(draw(&mut stream, count, middle), middle), (draw(&mut stream, middle, 12), 12)];
            cases.push(case_across(&format!("{shape:?} by way of {middle}"), Tensor::random("x", shape, &mut stream), lists));
        }
    }
    // What was gathered goes back to where it came from.
    let places = vec![4, NOWHERE, 0, 4, 5, 3];
    let own = places.clone();
    let case = Case::value("gathered", move |graph, operands| {
        let gathered = graph.gather(operands.inputs[0], &own);
        graph.scatter_add(gathered, &own, 6)
    });
    let reference = move |inputs: &[Vec<f64>], _: &[Vec<f64>]| {
        let often = |row: usize| places.iter().filter(|&&place| place as usize == row).count() as f64;
        inputs[0].chunks(3).enumerate().flat_map(|(row, x)| x.iter().map(move |x| (row, x))).map(|(row, x)| often(row) * x).collect()
    };
    cases.push(case.input(Tensor::random("x", &[6, 3], &mut stream)).coupled().reference(reference));
    Operation { fixtures: vec![("scatter_add", read)], cases }
}

#[test]
#[should_panic(expected = "row 3 of 3")]
fn a_row_that_is_not_there_is_refused() {
    let parameters = Parameters::builder().build();
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &[]);
    let x = graph.input([2, 3], &[1.0; 6]);
    graph.scatter_add(x, &[0, 3], 3);
}
