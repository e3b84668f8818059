//! A step in the steady state asks the system for no buffer of numbers: only for what it returns (losses, Gramian), for short
//! lists (which weights are kept as factors, and where their parts lie), and, where the `gemm` crate multiplies, for that crate's packing.

use banyan_engine::{
    Activation, BatchNormParameters, Context, Convolution, Decay, Direction, Engine, Graph, Interpolation, ParameterId, Parameters,
    Program, Purpose, Residual, Scope, Settings, Window, instruction_set,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, with counts for each thread.
struct Counting;

/// What was asked of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Count {
    /// Lists, which are aligned to their entries.
    lists: usize,
    /// The bytes of all lists.
    bytes: usize,
    /// Memory on the boundary of a cache line or of single bytes: panels of packed operands of the `gemm` crate, and its list of
    /// which are packed. The engine's own buffers of numbers have the first alignment too, so that none can hide.
    panels: usize,
}

thread_local! {
    static COUNT: Cell<Count> = const { Cell::new(Count { lists: 0, bytes: 0, panels: 0 }) };
}

fn count(layout: Layout, size: usize) {
    COUNT.with(|cell| {
        let mut count = cell.get();
        if layout.align() >= 64 || layout.align() == 1 {
            count.panels += 1;
        } else {
            count.lists += 1;
            count.bytes += size;
        }
        cell.set(count);
    });
}

#[expect(unsafe_code, reason = "an allocator is an unsafe trait; every call goes on to the system's")]
// SAFETY: every method calls the system allocator's with the arguments that it was given; counting neither allocates nor panics.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout, layout.size());
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout, layout.size());
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(layout, size);
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

/// What `run` asked for on this thread.
fn allocations<R>(run: impl FnOnce() -> R) -> (Count, R) {
    let before = COUNT.with(Cell::get);
    let result = run();
    let after = COUNT.with(Cell::get);
    let count = Count { lists: after.lists - before.lists, bytes: after.bytes - before.bytes, panels: after.panels - before.panels };
    (count, result)
}

/// The most bytes of all short lists of a call: half of one gradient of a wide layer.
const SHORT: usize = 2048;

/// Asserts at most so many lists, which are short together, and packing by the `gemm` crate alone: at most twice for each of so many products.
fn assert_few(count: Count, lists: usize, products: usize) {
    assert!(count.lists <= lists && count.bytes <= SHORT, "{count:?}, and {lists} lists are allowed");
    let panels = if instruction_set() == "baseline" { 2 * products } else { 0 };
    assert!(count.panels <= panels, "{count:?} for {products} products with {}", instruction_set());
}

/// The list that a step returns.
const RETURNED: usize = 1;
/// One of the parameters with factors; it grows from 4 to 16 entries.
const FACTORED: usize = 3;
/// For each of the nine weights which layouts it needs anew after a change, and the list of all, which grows from 4 to 16 entries.
const LAYOUTS: usize = 9 + 3;
/// For each weight with factors where its parts lie; for each such weight and for the table one of places for partial sums.
const PLACES: usize = 4;

/// A chunk's samples times the heads of the attention: so often it multiplies.
const HEADS: usize = CHUNK * 2;
/// The recurrent layer multiplies once a step but the first.
const STEPS_OF_LSTM: usize = LENGTH - 1;
/// Into which a convolution's channels are cut: so often it multiplies.
const GROUPS: usize = 2;
/// The eight layers' products forward, the two attentions' scores and mixed values, the groups', the recurrent layer's and each sample's
/// scores of pairs.
const FORWARD: usize = 8 + 2 * 2 * HEADS + GROUPS + STEPS_OF_LSTM + CHUNK;
/// One for each step back and one for all gradients of the recurrent weight; two for the scores of a sample's pairs.
const SEQUENCES: usize = STEPS_OF_LSTM + 1 + 2 * CHUNK;
/// Two for each layer back, but for the one that reads pictures, which have no gradient, and for each group; four for a head.
const BACKWARD: usize = 15 + 2 * GROUPS + 2 * 4 * HEADS + SEQUENCES;
/// The same with a row for each task that reaches a layer: three for the filters, the attention and the hidden and wide layers, two for
/// the gates. A head multiplies with its keys and values once for all of them. One task reads sequences.
const STACKED: usize = 3 + 4 * 2 * 3 + 2 * 2 + 2 + 2 + 3 * 2 * GROUPS + 2 * (2 + 2 * 3) * HEADS + SEQUENCES;
/// What weights kept as factors are multiplied out with, whatever the number of chunks.
const OUT: usize = 2;
/// For each of them the inputs with each other, and that with each task's cotangents.
const GHOSTS: usize = 2 * (1 + 3);

const ROWS: usize = 8;
const CHUNK: usize = 2;
const CHUNKS: usize = ROWS / CHUNK;
/// Cells of a picture.
const LENGTH: usize = 9;

/// One model with every operation: pictures and bags of words in, three tasks out.
struct Everything {
    ids: Vec<ParameterId>,
    pictures: Vec<f32>,
    keys: [u64; ROWS],
}

/// The shapes of the parameters, in the order of [`Everything::ids`].
const SHAPES: [(&str, &[usize]); 25] = [
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
    // Larger than what the batch brings to them: their gradients are kept as factors.
    ("widening", &[8, 128]),
    ("narrowing", &[128, 8]),
    ("recurrent", &[3, 12]),
    ("transitions", &[5, 3]),
    ("filters in groups", &[3, 3, 2, 4]),
    ("their bias", &[4]),
    ("group gain", &[4]),
    ("group shift", &[4]),
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

    fn penalties(&self, graph: &mut Graph<'_>) {
        let distance = graph.parameter_distance(&[self.ids[4], self.ids[5]]);
        graph.declare_auxiliary("distance", distance, 0.01);
    }

    fn forward(&self, chunk: usize, graph: &mut Graph<'_>) {
        let ids = &self.ids;
        let len = CHUNK * 6 * 6 * 2;
        let picture = graph.input([CHUNK, 6, 6, 2], &self.pictures[chunk * len..(chunk + 1) * len]);
        let grid = graph.conv2d(picture, ids[0], ids[1], Window::same(3, 3), Activation::Gelu);
        let grid = graph.max_pool2d(grid, (2, 2));
        let grid = graph.conv2d(grid, ids[21], ids[22], Convolution::dilated((3, 3), (2, 2)).grouped(GROUPS), Activation::None);
        let grid = graph.group_norm(grid, 2, ids[23], ids[24]);
        let grid = graph.resize2d(grid, (3, 6), Interpolation::Bilinear);
        let grid = graph.resize2d(grid, (6, 6), Interpolation::Nearest);
        let grid = graph.avg_pool2d(grid, (2, 2));
        let cells = graph.reshape(grid, [CHUNK, LENGTH, 4]);
        let projected = graph.linear(cells, ids[16], None, Activation::None);
        let cells = graph.attention(projected, 2, &[true; CHUNK * LENGTH]);
        let (queries, context) = (graph.slice(projected, 0..4), graph.slice(projected, 4..12));
        let crossed = graph.cross_attention(queries, context, 2, &[true; CHUNK * LENGTH], &[true; CHUNK * LENGTH]);
        let cells = graph.concat_along(&[cells, crossed], 1);
        let turned = graph.permute(cells, &[0, 2, 1]);
        let cells = graph.permute(turned, &[0, 2, 1]);
        let (mean, peaks) = (graph.mean_pool(cells, &[]), graph.slice_along(cells, 1, 0..LENGTH));
        let largest = graph.max_pool(peaks, &[true; CHUNK * LENGTH]);
        let image = graph.sum(&[mean, largest], 1.0);
        let words = graph.embedding_bag(ids[2], &[0, 2, 3], &[chunk as u32, 5, 7]);
        let words = graph.fill_missing(words, ids[3], &[chunk != 1, true]);
        let words = graph.layer_norm(words, ids[4], ids[5]);
        let words = graph.dropout(words, 0.25);
        let joined = graph.concat(&[image, words]);
        let statistics = BatchNormParameters { gain: ids[6], bias: ids[7], mean: ids[14], variance: ids[15] };
        let joined = graph.batch_norm(joined, statistics);
        let wide = graph.linear(joined, ids[17], None, Activation::Relu);
        let joined = graph.linear(wide, ids[18], None, Activation::None);
        let hidden = graph.linear(joined, ids[8], Some(ids[9]), Activation::Tanh);
        graph.declare_representation();
        let scores = graph.linear(joined, ids[10], None, Activation::None);
        let gates = graph.softmax(scores, &[]);
        let squared = graph.multiply(hidden, hidden);
        let mixed = graph.mixture(gates, &[hidden, squared]);
        let stitched = graph.combine(&[mixed, hidden], ids[11], 1);
        let both = graph.sum(&[stitched, hidden], 0.5);
        let both = graph.activate(both, Activation::Sigmoid);
        let exponential = graph.exp(both);
        let root = graph.sqrt(exponential);
        let half = graph.log(root);
        let both = graph.divide(half, exponential);
        let logits = graph.linear(both, ids[12], None, Activation::None);
        let loss = graph.cross_entropy(logits, &[0, 2], &[0.5, 0.25], 0.1);
        graph.declare_loss(0, loss);
        graph.declare_auxiliary("watched", loss, 0.0);
        let number = graph.linear(mixed, ids[13], None, Activation::None);
        let loss = graph.regression_loss(number, &[0.5, -0.5], &[0.5, 0.0], Residual::Huber(1.0));
        graph.declare_loss(1, loss);
        let part = graph.slice(hidden, 1..3);
        let flat = graph.reshape(part, [4]);
        let loss = graph.binary_cross_entropy(flat, &[0.0, 1.0, 1.0, 0.0], &[0.25; 4]);
        graph.declare_loss(2, loss);
        let lengths = [LENGTH as u32, 5];
        let states = graph.lstm(projected, ids[19], &lengths, Direction::Backward);
        let mut tags = [u32::MAX; CHUNK * LENGTH];
        tags[1] = 2;
        let loss = graph.crf(states, ids[20], &[true; 15], &tags, &lengths, &[0.5, 0.25]);
        graph.declare_loss(2, loss);
        let scores = graph.pair_scores(states, states);
        let chosen = graph.gather(scores, &[3, 0, u32::MAX, 3]);
        let chosen = graph.scatter_add(chosen, &[0, 2, 1, 3], 4);
        let loss = graph.cross_entropy(chosen, &[1, 2, 0, 8], &[0.25; 4], 0.0);
        graph.declare_loss(2, loss);
    }
}

/// Steps before the memory that is kept has its size.
const WARM_UP: usize = 3;
const STEPS: usize = 8;

fn engine() -> Engine {
    Engine::new(Settings { threads: 1, lanes: 2, ..Settings::default() }).expect("threads")
}

/// Changes every weight, as an optimizer does, so that the next step has to lay them out again.
fn change(parameters: &mut Parameters, program: &Everything) {
    for &id in &program.ids {
        parameters.get_mut(id).iter_mut().for_each(|value| *value *= 0.999);
    }
}

#[test]
fn a_plain_step_allocates_the_list_of_its_losses() {
    let (program, mut parameters) = Everything::new();
    let mut engine = engine();
    for step in 0..STEPS {
        change(&mut parameters, &program);
        let (plain, losses) = allocations(|| engine.weighted(&parameters, &program, &[1.0, 0.5, 2.0]));
        assert!(losses.iter().all(|loss| loss.is_finite() && *loss > 0.0) && engine.gradient().iter().all(|g| g.is_finite()));
        let (state, ()) = allocations(|| engine.update_state(&mut parameters));
        if step >= WARM_UP {
            assert_few(plain, RETURNED + FACTORED + LAYOUTS + PLACES, CHUNKS * (FORWARD + BACKWARD) + OUT);
            assert_few(state, 0, 0);
        }
    }
}

#[test]
fn a_stacked_step_allocates_the_losses_and_the_gramian() {
    let (program, mut parameters) = Everything::new();
    let mut engine = engine();
    for step in 0..STEPS {
        change(&mut parameters, &program);
        let (stacked, _) = allocations(|| engine.stacked(&parameters, &program, 3));
        let (gramian, products) = allocations(|| engine.gramian(&parameters));
        assert!(products.iter().all(|product| product.is_finite()) && products[0] > 0.0);
        let (combine, ()) = allocations(|| engine.combine(&parameters, &[0.5, 1.0, 2.0]));
        if step >= WARM_UP {
            assert_few(stacked, RETURNED + FACTORED + LAYOUTS, CHUNKS * (FORWARD + STACKED));
            assert_few(gramian, RETURNED + FACTORED + 2 * PLACES, GHOSTS);
            assert_few(combine, FACTORED + PLACES, OUT);
        }
    }
}

#[test]
fn steps_that_choose_weights_allocate_what_they_show() {
    let (program, mut parameters) = Everything::new();
    let mut engine = engine();
    // The weights that are given here, and the Gramian where there is one.
    const SHOWN: usize = 2;
    for step in 0..STEPS {
        change(&mut parameters, &program);
        let weigh = |_: &[f64]| Ok::<_, ()>(vec![0.5, 1.0, 2.0]);
        let (by_losses, _) = allocations(|| engine.weighted_by_losses(&parameters, &program, 3, weigh));
        change(&mut parameters, &program);
        let weigh = |_: &[f64], _: &[f64]| Ok::<_, ()>(vec![0.5, 1.0, 2.0]);
        let (by_representation, _) = allocations(|| engine.weighted_by_representation(&parameters, &program, 3, weigh));
        if step >= WARM_UP {
            let lists = RETURNED + SHOWN + FACTORED + LAYOUTS + PLACES;
            assert_few(by_losses, lists, CHUNKS * (FORWARD + BACKWARD) + OUT);
            assert_few(by_representation, lists, CHUNKS * (FORWARD + STACKED) + OUT);
        }
    }
}
