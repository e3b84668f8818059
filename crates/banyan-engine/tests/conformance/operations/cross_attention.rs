use super::{Operation, coins, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;
use banyan_engine::{Context, Graph, Parameters, Tape};

/// Which queries and which keys are kept, of the whole batch; both are empty where all are.
#[derive(Clone, Default)]
struct Masks {
    queries: Vec<bool>,
    keys: Vec<bool>,
}

fn case(name: &str, queries: Tensor, context: Tensor, heads: usize, masks: Masks) -> Case {
    let (n, m) = (queries.shape[1], context.shape[1]);
    let case = Case::value(name, move |graph, operands| {
        let part = |mask: &[bool], length: usize| match mask {
            [] => Vec::new(),
            mask => mask[operands.samples.start * length..operands.samples.end * length].to_vec(),
        };
        let (keep_queries, keep_keys) = (part(&masks.queries, n), part(&masks.keys, m));
        graph.cross_attention(operands.inputs[0], operands.inputs[1], heads, &keep_queries, &keep_keys)
    });
    case.input(queries).input(context).with_products()
}

/// The same in blocks of so many positions.
fn blocked_case(name: &str, queries: Tensor, context: Tensor, heads: usize, masks: Masks, block: usize) -> Case {
    let (n, m) = (queries.shape[1], context.shape[1]);
    let case = Case::value(&format!("{name}, in blocks of {block}"), move |graph, operands| {
        let part = |mask: &[bool], length: usize| match mask {
            [] => Vec::new(),
            mask => mask[operands.samples.start * length..operands.samples.end * length].to_vec(),
        };
        let (keep_queries, keep_keys) = (part(&masks.queries, n), part(&masks.keys, m));
        graph.cross_attention_in_blocks(operands.inputs[0], operands.inputs[1], heads, [&keep_queries, &keep_keys], block)
    });
    case.input(queries).input(context).with_products()
}

fn read_blocked(fixture: &Fixture) -> Case {
    let masks = Masks { queries: fixture.mask("keep_queries"), keys: fixture.mask("keep_keys") };
    blocked_case(&fixture.name, fixture.input("queries"), fixture.input("context"), fixture.number("heads") as usize, masks, 2)
}

fn read(fixture: &Fixture) -> Case {
    let masks = Masks { queries: fixture.mask("keep_queries"), keys: fixture.mask("keep_keys") };
    case(&fixture.name, fixture.input("queries"), fixture.input("context"), fixture.number("heads") as usize, masks)
}

/// Attention by its definition, one query at a time.
fn definition(queries: &[f64], context: &[f64], [n, m, width, heads]: [usize; 4], masks: &Masks) -> Vec<f64> {
    let own = width / heads;
    let mut output = Vec::new();
    for (query, i) in (0..queries.len() / width).flat_map(|query| (0..width).map(move |i| (query, i))) {
        let sample = query / n;
        let keys = || (sample * m..(sample + 1) * m).filter(|&key| masks.keys.is_empty() || masks.keys[key]);
        let head = i / own * own..(i / own + 1) * own;
        let score = |key: usize| {
            let products = head.clone().map(|j| queries[query * width + j] * context[key * 2 * width + j]);
            products.sum::<f64>() / (own as f64).sqrt()
        };
        let all: f64 = keys().map(|key| score(key).exp()).sum();
        let is_kept = masks.queries.is_empty() || masks.queries[query];
        let mixed = keys().map(|key| score(key).exp() / all * context[(key * 2 + 1) * width + i]).sum();
        output.push(if is_kept { mixed } else { 0.0 });
    }
    output
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("cross_attention");
    let mut cases = Vec::new();
    for [samples, n, m, width, heads] in
        [[1, 1, 1, 1, 1], [5, 3, 7, 6, 3], [13, 1, 5, 5, 1], [3, 4, 1, 6, 2], [2, 9, 17, 10, 2], [2, 35, 18, 38, 2], [18, 17, 19, 17, 1]]
    {
        let queries = Tensor::random("queries", &[samples, n, width], &mut stream);
        let context = Tensor::random("context", &[samples, m, 2 * width], &mut stream);
        let mut masks = Masks { queries: coins(&mut stream, samples * n), keys: coins(&mut stream, samples * m) };
        masks.keys[..m].fill(false); // a sample of which no key is kept, and one of which no query is
        masks.queries[(samples - 1) * n..].fill(false);
        for (what, masks) in [("", Masks::default()), (", masked", masks)] {
            let (sizes, name) = ([n, m, width, heads], format!("{samples} of {n} to {m}, {width} in {heads}{what}"));
            let block = [2, 1, 3, 6, 64][cases.len() / 2 % 5];
            let mut all = vec![case(&name, queries.clone(), context.clone(), heads, masks.clone())];
            // Of one key alone the queries' gradient is zero, and in blocks it is so but for rounding, of which no difference can be taken.
            if m > 1 {
                all.push(blocked_case(&name, queries.clone(), context.clone(), heads, masks.clone(), block));
            }
            for case in all {
                let own = masks.clone();
                cases.push(case.reference(move |inputs, _| definition(&inputs[0], &inputs[1], sizes, &own)));
            }
        }
    }
    // A mask of one side alone.
    for side in ["queries", "keys"] {
        let keep = coins(&mut stream, 5 * 3);
        let (queries, keys) = if side == "keys" { (Vec::new(), keep) } else { (keep, Vec::new()) };
        let masks = Masks { queries, keys };
        let (queries, context) = (Tensor::random("queries", &[5, 3, 4], &mut stream), Tensor::random("context", &[5, 3, 8], &mut stream));
        let case = case(&format!("{side} masked"), queries, context, 2, masks.clone());
        cases.push(case.reference(move |inputs, _| definition(&inputs[0], &inputs[1], [3, 3, 4, 2], &masks)));
    }
    // Queries and context that something else reads before and after it too.
    let shared = Case::value("read by others too", |graph, operands| {
        let (queries, context) = (operands.inputs[0], operands.inputs[1]);
        let before = graph.slice(context, 0..4);
        let mixed = graph.cross_attention(queries, context, 2, &[], &[]);
        let after = graph.slice(context, 4..8);
        graph.sum(&[before, queries, mixed, after], 1.0)
    });
    let (queries, context) = (Tensor::random("queries", &[3, 5, 4], &mut stream), Tensor::random("context", &[3, 5, 8], &mut stream));
    let plus = move |inputs: &[Vec<f64>], _: &[Vec<f64>]| {
        let mut sum = definition(&inputs[0], &inputs[1], [5, 5, 4, 2], &Masks::default());
        for (at, sum) in sum.iter_mut().enumerate() {
            *sum += inputs[0][at] + inputs[1][at / 4 * 8 + at % 4] + inputs[1][at / 4 * 8 + 4 + at % 4];
        }
        sum
    };
    cases.push(shared.input(queries).input(context).with_products().reference(plus));
    // One side is data: no gradient goes to it.
    for learned in [0, 1] {
        let sides = [&[3, 2, 4][..], &[3, 5, 8]];
        let data = Tensor::random("data", sides[1 - learned], &mut stream);
        let fixed = data.data.iter().map(|&x| f64::from(x)).collect::<Vec<_>>();
        let shape = data.shape.clone();
        let case = Case::value(&format!("side {learned} is learned"), move |graph, operands| {
            let (samples, per_sample) = (&operands.samples, data.per_sample());
            let own = &data.data[samples.start * per_sample..samples.end * per_sample];
            let data = graph.input([samples.len(), shape[1], shape[2]], own);
            let [queries, context] = if learned == 0 { [operands.inputs[0], data] } else { [data, operands.inputs[0]] };
            graph.cross_attention(queries, context, 2, &[], &[])
        });
        let reference = move |inputs: &[Vec<f64>], _: &[Vec<f64>]| {
            let [queries, context] = if learned == 0 { [&inputs[0], &fixed] } else { [&fixed, &inputs[0]] };
            definition(queries, context, [2, 5, 4, 2], &Masks::default())
        };
        cases.push(case.input(Tensor::random("x", sides[learned], &mut stream)).with_products().reference(reference));
    }
    Operation { fixtures: vec![("cross_attention", read), ("cross_attention", read_blocked)], cases }
}

#[test]
fn a_context_without_positions_gives_zeros() {
    let parameters = Parameters::builder().build();
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &[]);
    let (queries, context) = (graph.input([2, 3, 4], &[1.0; 24]), graph.input([2, 0, 8], &[]));
    let mixed = graph.cross_attention(queries, context, 2, &[], &[]);
    assert_eq!((graph.shape(mixed).axes(), graph.value(mixed)), (&[2, 3, 4][..], &[0.0; 24][..]));
}

#[test]
fn what_is_not_kept_may_be_nan() {
    let parameters = Parameters::builder().build();
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &[]);
    let queries = graph.input([1, 2, 1], &[1.0, f32::NAN]);
    let context = graph.input([1, 2, 2], &[f32::NAN, f32::NAN, 1.0, 5.0]);
    let mixed = graph.cross_attention(queries, context, 1, &[true, false], &[false, true]);
    assert_eq!(graph.value(mixed), [5.0, 0.0]);
    let mixed = graph.cross_attention_in_blocks(queries, context, 1, [&[true, false], &[false, true]], 1);
    assert_eq!(graph.value(mixed), [5.0, 0.0]);
}
