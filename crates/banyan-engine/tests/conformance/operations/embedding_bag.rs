use super::{Operation, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;

fn case(name: &str, table: Tensor, bags: Vec<Vec<u32>>) -> Case {
    let samples = bags.len();
    let case = Case::value(name, move |graph, operands| {
        let bags = &bags[operands.samples.clone()];
        let mut offsets = vec![0];
        offsets.extend(bags.iter().scan(0, |end, bag| {
            *end += bag.len() as u32;
            Some(*end)
        }));
        graph.embedding_bag(operands.parameters[0], &offsets, &bags.concat())
    });
    case.parameter(table).samples(samples)
}

fn read(fixture: &Fixture) -> Case {
    let (items, mut offsets) = (fixture.integers("indices"), fixture.integers("offsets"));
    offsets.push(items.len() as u32);
    let bags = offsets.windows(2).map(|ends| items[ends[0] as usize..ends[1] as usize].to_vec()).collect();
    case(&fixture.name, fixture.parameter("table"), bags)
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("embedding_bag");
    let mut cases = Vec::new();
    for (entries, width, count) in [(1, 1, 1), (17, 5, 13), (3, 31, 7), (67, 33, 37)] {
        let mut bags: Vec<Vec<u32>> = Vec::new();
        for bag in 0..count {
            // Every third bag is empty, but not the first; an item may come twice.
            let len = if bag % 3 == 2 { 0 } else { 1 + stream.below(5) };
            bags.push((0..len).map(|_| stream.below(entries) as u32).collect());
        }
        let reference = {
            let bags = bags.clone();
            move |_: &[Vec<f64>], parameters: &[Vec<f64>]| {
                let sum = |bag: &Vec<u32>, i: usize| bag.iter().map(|&item| parameters[0][item as usize * width + i]).sum();
                bags.iter().flat_map(|bag| (0..width).map(move |i| sum(bag, i))).collect()
            }
        };
        let table = Tensor::random("table", &[entries, width], &mut stream);
        cases.push(case(&format!("{count} bags of {entries}x{width}"), table, bags).reference(reference));
    }
    let table = Tensor::random("table", &[2, 3], &mut stream);
    cases.push(case("only an empty bag", table, vec![Vec::new()]).reference(|_, _| vec![0.0; 3]));
    Operation { fixtures: vec![("embedding_bag", read)], cases }
}
