use super::{Operation, coins, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;

/// `keep` has one entry a position of the whole batch, or is empty.
fn case(name: &str, x: Tensor, keep: Vec<bool>) -> Case {
    let width = *x.shape.last().expect("a last axis");
    let positions = x.per_sample() / width;
    let kept = keep.clone();
    let case = Case::value(name, move |graph, operands| {
        let samples = &operands.samples;
        let own = if keep.is_empty() { &[] } else { &keep[samples.start * positions..samples.end * positions] };
        graph.max_pool(operands.inputs[0], own)
    });
    let samples = x.shape[0];
    case.input(x).reference(move |inputs, _| {
        let mut result = Vec::new();
        for (sample, channel) in (0..samples).flat_map(|sample| (0..width).map(move |channel| (sample, channel))) {
            let counting = (sample * positions..(sample + 1) * positions).filter(|&position| kept.is_empty() || kept[position]);
            let largest = counting.map(|position| inputs[0][position * width + channel]).reduce(f64::max);
            result.push(largest.unwrap_or(0.0));
        }
        result
    })
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("max_pool");
    let mut cases = Vec::new();
    for shape in [&[1, 1, 1][..], &[13, 3, 17], &[2, 5, 3, 7], &[5, 3]] {
        let x = Tensor::random("x", shape, &mut stream);
        let positions = x.per_sample() / shape[shape.len() - 1];
        let mut keep = coins(&mut stream, shape[0] * positions);
        keep[..positions].fill(false); // a sample without any position
        cases.push(case(&format!("{shape:?}"), x.clone(), Vec::new()));
        cases.push(case(&format!("{shape:?} masked"), x, keep));
    }
    let masked = |fixture: &Fixture| case(&fixture.name, fixture.input("x"), fixture.mask("mask"));
    let global = |fixture: &Fixture| case(&fixture.name, fixture.input("x"), Vec::new());
    Operation { fixtures: vec![("masked_max", masked), ("global_max_pool2d", global)], cases }
}
