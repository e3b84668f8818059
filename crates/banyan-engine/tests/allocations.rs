//! A step in the steady state asks nothing of the system but the few numbers that it returns, and what
//! the `gemm` crate asks for to pack operands: at most twice a matrix product, and told apart by its alignment.

use banyan_engine::{
    Activation, BatchNormParameters, Context, Decay, Engine, Graph, ParameterId, Parameters, Program, Purpose, Residual, Scope, Settings,
    Window,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, with counts for each thread.
struct Counting;

/// How often memory was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Count {
    /// By the engine.
    own: usize,
    /// For panels with the alignment of a cache line, and for a list of bytes which of them are packed:
    /// no list of the engine has either alignment.
    packing: usize,
}

thread_local! {
    static COUNT: Cell<Count> = const { Cell::new(Count { own: 0, packing: 0 }) };
}

fn count(layout: Layout) {
    COUNT.with(|cell| {
        let mut count = cell.get();
        *(if layout.align() >= 64 || layout.align() == 1 { &mut count.packing } else { &mut count.own }) += 1;
        cell.set(count);
    });
}

#[expect(unsafe_code, reason = "an allocator is an unsafe trait; every call goes on to the system's")]
// SAFETY: every method calls the system allocator's with the arguments that it was given; counting neither allocates nor panics.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout);
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(layout);
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`, and all memory came from the system's allocator.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `run` asked for memory on this thread.
fn allocations<R>(run: impl FnOnce() -> R) -> (Count, R) {
    let before = COUNT.with(Cell::get);
    let result = run();
    let after = COUNT.with(Cell::get);
    (Count { own: after.own - before.own, packing: after.packing - before.packing }, result)
}

/// Asserts the engine's own number, and at most two for each of so many products.
fn assert_few(count: Count, own: usize, products: usize) {
    assert_eq!(count.own, own);
    assert!(count.packing <= 2 * products, "{count:?} for {products} products");
}

/// A chunk's samples times the heads of the attention: so often it multiplies.
const HEADS: usize = CHUNK * 2;
/// The six layers' products forward, and the attention's scores and mixed values.
const FORWARD: usize = 6 + 2 * HEADS;
/// Two for each layer back, but for the one that reads pictures, which have no gradient; four for a head.
const BACKWARD: usize = 11 + 4 * HEADS;
/// The same with a row for each task that reaches a layer: three the filters, the attention and the hidden layer, two the
/// gates. A head multiplies with its keys and values once for all of them.
const STACKED: usize = 3 + 2 * 2 * 3 + 2 * 2 + 2 + 2 + (2 + 2 * 3) * HEADS;

const ROWS: usize = 8;
const CHUNK: usize = 2;
const CHUNKS: usize = ROWS / CHUNK;

/// One model with every operation: pictures and bags of words in, three tasks out.
struct Everything {
    ids: Vec<ParameterId>,
    pictures: Vec<f32>,
    keys: [u64; ROWS],
}

/// The shapes of the parameters, in the order of [`Everything::ids`].
const SHAPES: [(&str, &[usize]); 17] = [
    ("filters", &[3, 3, 2, 4]),
    ("filters' bias", &[4]),
    ("table", &[11, 4]),
    ("token", &[4]),
    ("gain", &[4]),
    ("shift", &[4]),
    ("batch gain", &[8]),
    ("batch shift", &[8]),
    ("hidden", &[8, 6]),
    ("hidden's bias", &[6]),
    ("gate", &[8, 2]),
    ("stitch", &[2, 2]),
    ("head 0", &[6, 3]),
    ("head 1", &[6, 1]),
    ("running mean", &[8]),
    ("running variance", &[8]),
    ("queries, keys and values", &[4, 12]),
];

impl Everything {
    fn new() -> (Self, Parameters) {
        let mut builder = Parameters::builder();
        let mut stream = banyan_engine::random::Stream::new(&[1]);
        let mut ids = Vec::new();
        for (name, shape) in SHAPES {
            let len = shape.iter().product();
            let scope = match name {
                "head 0" => Scope::Task(0),
                "head 1" => Scope::Task(1),
                "running mean" | "running variance" => Scope::State,
                _ => Scope::Shared,
            };
            let values = (0..len).map(|_| if scope == Scope::State { 1.0 } else { stream.normal() }).collect();
            ids.push(builder.add(name, shape, scope, Decay::Yes, values));
        }
        let pictures = (0..ROWS * 6 * 6 * 2).map(|_| stream.normal()).collect();
        (Self { ids, pictures, keys: [3; ROWS] }, builder.build())
    }
}

impl Program for Everything {
    fn chunks(&self) -> usize {
        CHUNKS
    }

    fn context(&self) -> Context {
        Context { purpose: Purpose::Training, seed: 1, step: 1 }
    }

    fn row_keys(&self, chunk: usize) -> &[u64] {
        &self.keys[chunk * CHUNK..(chunk + 1) * CHUNK]
    }

    fn forward(&self, chunk: usize, graph: &mut Graph<'_>) {
        let ids = &self.ids;
        let len = CHUNK * 6 * 6 * 2;
        let picture = graph.input([CHUNK, 6, 6, 2], &self.pictures[chunk * len..(chunk + 1) * len]);
        let grid = graph.conv2d(picture, ids[0], ids[1], Window::same(3, 3), Activation::Gelu);
        let grid = graph.max_pool2d(grid, (2, 2));
        let cells = graph.reshape(grid, [CHUNK, 9, 4]);
        let cells = graph.linear(cells, ids[16], None, Activation::None);
        let cells = graph.attention(cells, 2, &[true; CHUNK * 9]);
        let image = graph.mean_pool(cells, &[]);
        let words = graph.embedding_bag(ids[2], &[0, 2, 3], &[chunk as u32, 5, 7]);
        let words = graph.fill_missing(words, ids[3], &[chunk != 1, true]);
        let words = graph.layer_norm(words, ids[4], ids[5]);
        let words = graph.dropout(words, 0.25);
        let joined = graph.concat(&[image, words]);
        let statistics = BatchNormParameters { gain: ids[6], bias: ids[7], mean: ids[14], variance: ids[15] };
        let joined = graph.batch_norm(joined, statistics);
        let hidden = graph.linear(joined, ids[8], Some(ids[9]), Activation::Tanh);
        graph.declare_representation();
        let scores = graph.linear(joined, ids[10], None, Activation::None);
        let gates = graph.softmax(scores, &[]);
        let squared = graph.multiply(hidden, hidden);
        let mixed = graph.mixture(gates, &[hidden, squared]);
        let stitched = graph.combine(&[mixed, hidden], ids[11], 1);
        let both = graph.sum(&[stitched, hidden], 0.5);
        let both = graph.activate(both, Activation::Sigmoid);
        let logits = graph.linear(both, ids[12], None, Activation::None);
        let loss = graph.cross_entropy(logits, &[0, 2], &[0.5, 0.25], 0.1);
        graph.declare_loss(0, loss);
        let number = graph.linear(mixed, ids[13], None, Activation::None);
        let loss = graph.regression_loss(number, &[0.5, -0.5], &[0.5, 0.0], Residual::Huber(1.0));
        graph.declare_loss(1, loss);
        let part = graph.slice(hidden, 1..3);
        let flat = graph.reshape(part, [4]);
        let loss = graph.binary_cross_entropy(flat, &[0.0, 1.0, 1.0, 0.0], &[0.25; 4]);
        graph.declare_loss(2, loss);
    }
}

/// Steps before the memory that is kept has its size.
const WARM_UP: usize = 3;
const STEPS: usize = 8;

#[test]
fn a_plain_step_allocates_the_list_of_its_losses() {
    let (program, mut parameters) = Everything::new();
    let mut engine = Engine::new(Settings { threads: 1, lanes: 2, ..Settings::default() }).expect("threads");
    for step in 0..STEPS {
        let (plain, losses) = allocations(|| engine.weighted(&parameters, &program, &[1.0, 0.5, 2.0]));
        assert!(losses.iter().all(|loss| loss.is_finite() && *loss > 0.0) && engine.gradient().iter().all(|g| g.is_finite()));
        let (state, ()) = allocations(|| engine.update_state(&mut parameters));
        if step >= WARM_UP {
            assert_few(plain, 1, CHUNKS * (FORWARD + BACKWARD));
            assert_few(state, 0, 0);
        }
    }
}

#[test]
fn a_stacked_step_allocates_the_losses_and_the_gramian() {
    let (program, parameters) = Everything::new();
    let mut engine = Engine::new(Settings { threads: 1, lanes: 2, ..Settings::default() }).expect("threads");
    for step in 0..STEPS {
        let (stacked, _) = allocations(|| engine.stacked(&parameters, &program, 3));
        let (gramian, products) = allocations(|| engine.gramian(&parameters));
        assert!(products.iter().all(|product| product.is_finite()) && products[0] > 0.0);
        let (combine, ()) = allocations(|| engine.combine(&parameters, &[0.5, 1.0, 2.0]));
        if step >= WARM_UP {
            assert_few(stacked, 1, CHUNKS * (FORWARD + STACKED));
            assert_few(gramian, 1, 0);
            assert_few(combine, 0, 0);
        }
    }
}

#[test]
fn steps_that_choose_weights_allocate_what_they_show() {
    let (program, parameters) = Everything::new();
    let mut engine = Engine::new(Settings { threads: 1, lanes: 2, ..Settings::default() }).expect("threads");
    for step in 0..STEPS {
        // One each for the losses, the weights that are given here, and the Gramian where there is one.
        let weigh = |_: &[f64]| Ok::<_, ()>(vec![0.5, 1.0, 2.0]);
        let (by_losses, _) = allocations(|| engine.weighted_by_losses(&parameters, &program, 3, weigh));
        let weigh = |_: &[f64], _: &[f64]| Ok::<_, ()>(vec![0.5, 1.0, 2.0]);
        let (by_representation, _) = allocations(|| engine.weighted_by_representation(&parameters, &program, 3, weigh));
        if step >= WARM_UP {
            assert_few(by_losses, 2, CHUNKS * (FORWARD + BACKWARD));
            assert_few(by_representation, 3, CHUNKS * (FORWARD + STACKED));
        }
    }
}
