use super::{Operation, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;

fn case(name: &str, left: Tensor, right: Tensor) -> Case {
    let (n, m, width) = (left.shape[1], right.shape[1], left.shape[2]);
    let case = Case::value(name, |graph, operands| graph.pair_scores(operands.inputs[0], operands.inputs[1]));
    case.input(left).input(right).with_products().reference(move |inputs, _| definition(&inputs[0], &inputs[1], [n, m, width]))
}

/// Scores of the pairs of a value with itself, which is read before and after too.
fn case_of_one(x: Tensor) -> Case {
    let (n, width) = (x.shape[1], x.shape[2]);
    let case = Case::value(&format!("{:?} with itself", x.shape), |graph, operands| {
        let x = operands.inputs[0];
        let before = graph.sum(&[x], 0.5);
        let scores = graph.pair_scores(x, x);
        graph.concat(&[before, scores, x])
    });
    case.input(x).with_products().reference(move |inputs, _| {
        let scores = definition(&inputs[0], &inputs[0], [n, n, width]);
        let rows = inputs[0].chunks_exact(width).zip(scores.chunks_exact(n));
        rows.flat_map(|(x, scores)| x.iter().map(|x| 0.5 * x).chain(scores.iter().copied()).chain(x.iter().copied())).collect()
    })
}

/// Scores of the pairs with data, which has no gradient, on either side.
fn case_of_data(x: Tensor, data: Tensor) -> Case {
    let case = Case::value("with data", move |graph, operands| {
        let own = operands.samples.clone();
        let numbers = &data.data[own.start * data.per_sample()..own.end * data.per_sample()];
        let data = graph.input([own.len(), data.shape[1], data.shape[2]], numbers);
        let [left, right] = [graph.pair_scores(operands.inputs[0], data), graph.pair_scores(data, operands.inputs[0])];
        let (left, right) = (graph.reshape(left, [own.len(), 12]), graph.reshape(right, [own.len(), 12]));
        graph.concat(&[left, right])
    });
    case.input(x).with_products()
}

/// Inner products by their definition.
fn definition(left: &[f64], right: &[f64], [n, m, width]: [usize; 3]) -> Vec<f64> {
    let mut scores = Vec::new();
    for (left, right) in left.chunks_exact(n * width).zip(right.chunks_exact(m * width)) {
        for a in left.chunks_exact(width) {
            scores.extend(right.chunks_exact(width).map(|b| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>()));
        }
    }
    scores
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("pair_scores");
    let mut cases = Vec::new();
    for [samples, n, m, width] in [[1, 1, 1, 1], [3, 2, 5, 4], [5, 7, 1, 3], [2, 17, 19, 33], [18, 3, 4, 17]] {
        let left = Tensor::random("left", &[samples, n, width], &mut stream);
        let right = Tensor::random("right", &[samples, m, width], &mut stream);
        cases.push(case(&format!("{samples} of {n} and {m}, {width}"), left, right));
    }
    for shape in [[3, 4, 5], [2, 18, 17]] {
        cases.push(case_of_one(Tensor::random("x", &shape, &mut stream)));
    }
    cases.push(case_of_data(Tensor::random("x", &[5, 3, 2], &mut stream), Tensor::random("data", &[5, 4, 2], &mut stream)));
    let read = |fixture: &Fixture| case(&fixture.name, fixture.input("left"), fixture.input("right"));
    Operation { fixtures: vec![("pair_scores", read)], cases }
}
