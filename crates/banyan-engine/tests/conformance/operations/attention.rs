use super::{Operation, coins, stream};
use crate::case::Case;
use crate::checks::{engine, tolerance};
use crate::fixture::Fixture;
use crate::setup::{Labels, Setup};
use crate::tensor::{Tensor, assert_close};

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

/// The same in blocks of so many positions.
fn blocked_case(name: &str, qkv: Tensor, heads: usize, keep: Vec<bool>, block: usize) -> Case {
    let length = qkv.shape[1];
    let case = Case::value(&format!("{name}, in blocks of {block}"), move |graph, operands| {
        let samples = &operands.samples;
        let own = if keep.is_empty() { &[] } else { &keep[samples.start * length..samples.end * length] };
        graph.attention_in_blocks(operands.inputs[0], heads, own, block)
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
            // In blocks too: of one position, of a divisor of the length and not, and longer than all.
            let block = [4, 1, 3, 7, 64][cases.len() / 2 % 5];
            for case in [case(&name, qkv.clone(), heads, keep.clone()), blocked_case(&name, qkv.clone(), heads, keep.clone(), block)] {
                let kept = keep.clone();
                cases.push(case.reference(move |inputs, _| definition(&inputs[0], sizes, &kept)));
            }
        }
    }
    cases.push(shared_case(Tensor::random("qkv", &[3, 5, 12], &mut stream), 2));
    let read = |fixture: &Fixture| case(&fixture.name, fixture.input("qkv"), fixture.number("heads") as usize, fixture.mask("keep"));
    let read_blocked =
        |fixture: &Fixture| blocked_case(&fixture.name, fixture.input("qkv"), fixture.number("heads") as usize, fixture.mask("keep"), 2);
    Operation { fixtures: vec![("attention", read), ("attention", read_blocked)], cases }
}

/// The values of a case, and the gradient of its input for two tasks.
fn values_and_gradient(case: &Case) -> (Vec<f32>, Vec<f32>) {
    let mut stream = stream("threshold");
    let setup = Setup::new(case).task(Labels::All, &mut stream).task(Labels::Some, &mut stream);
    let mut engine = engine(1);
    engine.weighted(&setup.parameters, &setup, &[1.0, 0.5]);
    (setup.value(), engine.gradient().to_vec())
}

#[test]
fn rows_just_below_and_above_the_length_at_which_blocks_begin_agree() {
    let mut stream = stream("lengths");
    for length in [511, 512, 513, 700] {
        let qkv = Tensor::random("qkv", &[2, length, 12], &mut stream);
        let mut keep = coins(&mut stream, 2 * length);
        keep[length / 4..3 * length / 4].fill(false); // whole blocks of no kept key
        for keep in [Vec::new(), keep] {
            let by_length = case(&format!("a row of {length}"), qkv.clone(), 2, keep.clone());
            let (values, gradient) = values_and_gradient(&by_length);
            for block in [100, 256, 1024] {
                let blocked = blocked_case(&format!("a row of {length}"), qkv.clone(), 2, keep.clone(), block);
                let found = values_and_gradient(&blocked);
                let tolerance = tolerance(&blocked, 1e-5);
                assert_close(&found.0, &values, tolerance, &blocked.name);
                assert_close(&found.1, &gradient, tolerance, &format!("{}: gradient", blocked.name));
                if length > 512 && block == 256 {
                    assert_eq!(found, (values.clone(), gradient.clone()), "{}: long rows are computed in blocks", blocked.name);
                }
            }
            if length == 513 {
                let qkv: Vec<f64> = qkv.data.iter().map(|&x| f64::from(x)).collect();
                let expected: Vec<f32> = definition(&qkv, [length, 4, 2], &keep).iter().map(|&x| x as f32).collect();
                assert_close(&values, &expected, tolerance(&by_length, 1e-5), "by the definition");
            }
        }
    }
}

#[test]
fn scores_far_apart_keep_their_order_from_block_to_block() {
    // The scores of the one query that counts are 0, 50, 100, 150, …: each block's largest outweighs all before it, and nothing overflows.
    let length = 9;
    let mut qkv = vec![0.0; length * 3];
    for (position, qkv) in qkv.chunks_exact_mut(3).enumerate() {
        qkv.copy_from_slice(&[50.0, position as f32, position as f32 + 1.0]);
    }
    for block in [1, 2, 4, 9] {
        let case = blocked_case("steep", Tensor::new("qkv", &[1, length, 3], qkv.clone()), 1, Vec::new(), block);
        assert_eq!(Setup::new(&case).value(), vec![length as f32; length], "blocks of {block}");
    }
}
