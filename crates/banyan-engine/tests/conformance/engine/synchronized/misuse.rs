//! Programs that publish what nobody reads, or what does not fit together, are refused.

use crate::checks::engine;
use banyan_engine::{Context, Graph, Parameters, Program, Synchronize, Var};

type Chunk = fn(usize, &mut Graph<'_>);

struct Careless {
    forward: Chunk,
    synchronize: Option<fn(&mut Graph<'_>, &[Var])>,
    resume: Chunk,
}

impl Program for Careless {
    fn chunks(&self) -> usize {
        2
    }

    fn context(&self) -> Context {
        Context::inference()
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &[]
    }

    fn forward(&self, chunk: usize, graph: &mut Graph<'_>) {
        (self.forward)(chunk, graph);
    }

    fn synchronization(&self) -> Option<&dyn Synchronize> {
        self.synchronize.is_some().then_some(self)
    }
}

impl Synchronize for Careless {
    fn synchronize(&self, _: usize, graph: &mut Graph<'_>, published: &[Var]) {
        if let Some(synchronize) = self.synchronize {
            synchronize(graph, published);
        }
    }

    fn resume(&self, _: usize, chunk: usize, graph: &mut Graph<'_>, _: &[Var]) {
        (self.resume)(chunk, graph);
    }
}

fn refusal(program: &Careless) -> String {
    let step = std::panic::catch_unwind(|| engine(1).losses(&Parameters::default(), program, 1));
    let panic = step.expect_err("the program is refused");
    panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).expect("a message")
}

fn publish_rows(chunk: usize, graph: &mut Graph<'_>, width: usize) {
    let var = graph.input([chunk + 1, width], &vec![0.0; (chunk + 1) * width]);
    graph.publish(var);
}

#[test]
fn what_does_not_fit_is_refused() {
    let publish: Chunk = |chunk, graph| publish_rows(chunk, graph, 2);
    let nothing: Chunk = |_, _| {};
    for (program, expected) in [
        (Careless { forward: publish, synchronize: None, resume: nothing }, "a value is published where no synchronization follows"),
        (
            Careless { forward: publish, synchronize: Some(|_, _| {}), resume: publish },
            "a value is published where no synchronization follows",
        ),
        (
            Careless { forward: |chunk, graph| publish_rows(chunk, graph, 2 + chunk), synchronize: Some(|_, _| {}), resume: nothing },
            "chunks publish values whose axes but the first are the same",
        ),
        (
            Careless {
                forward: |chunk, graph| (0..=chunk).for_each(|_| publish_rows(chunk, graph, 2)),
                synchronize: Some(|_, _| {}),
                resume: nothing,
            },
            "all chunks publish equally many values",
        ),
        (
            Careless {
                forward: publish,
                synchronize: Some(|graph, published| {
                    let other = graph.input([4, 1], &[0.0; 4]);
                    graph.share_rows(other, published[0]);
                }),
                resume: nothing,
            },
            "shared like those of",
        ),
        (
            Careless {
                forward: publish,
                synchronize: Some(|graph, _| {
                    let other = graph.input([3, 1], &[0.0; 3]);
                    graph.share_rows(other, other);
                }),
                resume: nothing,
            },
            "rows are shared like those of a published value",
        ),
    ] {
        let message = refusal(&program);
        assert!(message.contains(expected), "{message}, not {expected}");
    }
}
