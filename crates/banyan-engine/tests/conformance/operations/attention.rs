use super::{Operation, coins, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;

/// `keep` has one entry a position of the whole batch, or is empty.
fn case(name: &str, qkv: Tensor, heads: usize, keep: Vec<bool>) -> Case {
    let length = qkv.shape[1];
    let case = Case::value(name, move |graph, operands| {
        let samples = &operands.samples;
        let own = if keep.is_empty() { &[] } else { &keep[samples.start * length..samples.end * length] };
        graph.attention(operands.inputs[0], heads, own)
    });
    case.input(qkv).with_products()
}

/// Attention whose queries, keys and values something else reads before and after it too.
fn shared_case(qkv: Tensor, heads: usize) -> Case {
    let case = Case::value("read by others too", move |graph, operands| {
        let qkv = operands.inputs[0];
        let width = graph.shape(qkv).last() / 3;
        let [queries, values] = [0, 2].map(|part| part * width..(part + 1) * width);
        let before = graph.slice(qkv, queries);
        let mixed = graph.attention(qkv, heads, &[]);
        let after = graph.slice(qkv, values);
        graph.sum(&[before, mixed, after], 1.0)
    });
    case.input(qkv).with_products()
}

/// Attention by its definition, one query at a time.
fn definition(qkv: &[f64], [length, width, heads]: [usize; 3], keep: &[bool]) -> Vec<f64> {
    let own = width / heads;
    let mut output = Vec::new();
    for position in 0..qkv.len() / (3 * width) {
        let (sample, at) = (position / length, |position: usize, part: usize, i: usize| qkv[(position * 3 + part) * width + i]);
        let keys = || (sample * length..(sample + 1) * length).filter(|&key| keep.is_empty() || keep[key]);
        for i in 0..width {
            let head = i / own * own..(i / own + 1) * own;
            let score = |key| head.clone().map(|j| at(position, 0, j) * at(key, 1, j)).sum::<f64>() / (own as f64).sqrt();
            let all: f64 = keys().map(|key| score(key).exp()).sum();
            output.push(keys().map(|key| score(key).exp() / all * at(key, 2, i)).sum());
        }
    }
    output
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("attention");
    let mut cases = Vec::new();
    for [samples, length, width, heads] in
        [[1, 1, 1, 1], [3, 1, 6, 2], [5, 7, 6, 3], [2, 17, 10, 2], [7, 3, 5, 1], [2, 4, 9, 9], [2, 35, 38, 2], [18, 17, 17, 1]]
    {
        let qkv = Tensor::random("qkv", &[samples, length, 3 * width], &mut stream);
        let mut keep = coins(&mut stream, samples * length);
        keep[..length].fill(false); // a sample of which no key is kept
        for (what, keep) in [("", Vec::new()), (" masked", keep)] {
            let name = format!("{samples} of {length}, {width} in {heads}{what}");
            let sizes = [length, width, heads];
            let kept = keep.clone();
            let case = case(&name, qkv.clone(), heads, keep);
            cases.push(case.reference(move |inputs, _| definition(&inputs[0], sizes, &kept)));
        }
    }
    cases.push(shared_case(Tensor::random("qkv", &[3, 5, 12], &mut stream), 2));
    let read = |fixture: &Fixture| case(&fixture.name, fixture.input("qkv"), fixture.number("heads") as usize, fixture.mask("keep"));
    Operation { fixtures: vec![("attention", read)], cases }
}
