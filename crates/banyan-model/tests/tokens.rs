//! Sentences: what is said of one depends on itself alone, tags obey their constraints, and tokens without a label teach nothing.

mod support;

use banyan_data::batch::{Batch, TargetBatch};
use banyan_data::labels::{Dependencies, Spans, Tagging, TreeValues};
use banyan_data::schema::Schema;
use banyan_data::values::Values;
use banyan_engine::random::Stream;
use banyan_engine::{Context, Engine, Graph, Parameters, Program, Settings, Tape};
use banyan_method::Choice;
use banyan_model::{Model, Plan, Request};
use banyan_text::spans;
use banyan_text::{Ragged, UNKNOWN_TAG};
use support::{Sentence, input, names, sentence, target, words};

const ENCODERS: [&str; 3] = ["cnn", "lstm", "transformer"];

fn build(encoder: &str) -> (Model, Parameters) {
    let tags = Tagging { on: "words".to_owned(), labels: names(&["NOUN", "VERB", "X"]), counts: vec![3, 2, 1], rows: 2 };
    let entities = Spans { on: "words".to_owned(), types: names(&["LOC", "PER"]), counts: vec![1, 1], rows: 2, are_types: false };
    let trees = Dependencies {
        on: "words".to_owned(),
        relation: "deprel".to_owned(),
        relations: names(&["nsubj", "obj", "root"]),
        counts: vec![1, 1, 2],
        rows: 2,
    };
    let schema = Schema { inputs: vec![words()], targets: vec![target("upos", tags), target("ner", entities), target("head", trees)] };
    let plan = Plan { width: 8, dropout: 0.0, encoders: vec![Choice::named(encoder)], ..Plan::new(3) };
    let (model, mut parameters) = Model::build(&plan, &schema).expect("the plan fits the schema");
    let mut stream = Stream::new(&[5]);
    parameters.values_mut().iter_mut().for_each(|value| *value += stream.uniform() - 0.5);
    (model, parameters)
}

/// A batch of sentences; `tags` for the first two tasks, and trees of which nothing is known.
fn batch(sentences: &[Sentence], tags: &[Vec<u32>]) -> Batch {
    let mut rows = Ragged::default();
    tags.iter().for_each(|row| rows.push(row.iter().copied()));
    let known: Vec<bool> = tags.iter().map(|row| row.iter().any(|&tag| tag != UNKNOWN_TAG)).collect();
    let target = TargetBatch { known, values: Values::lists(rows) };
    Batch {
        rows: (0..sentences.len() as u64).collect(),
        inputs: vec![input(sentences)],
        tasks: vec![target.clone(), target, without_trees(sentences.len())],
    }
}

fn without_trees(rows: usize) -> TargetBatch {
    let empty = Ragged::of_empty_lists(rows);
    TargetBatch { known: vec![false; rows], values: TreeValues::values(empty.clone(), empty) }
}

/// The scores of the tasks with tags, row after row, and what is said: tags, then heads and relations.
fn said(model: &Model, parameters: &Parameters, batch: &Batch) -> (Vec<Vec<f32>>, Vec<Ragged>) {
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, parameters, Context::inference(), &batch.rows);
    model.forward(&mut graph, batch, Request::all());
    let said = model.predictions(&graph, batch, Request::all());
    assert_eq!(said.iter().map(|(task, _)| *task).collect::<Vec<_>>(), [0, 1, 2]);
    let [upos, ner, trees] = [0, 1, 2].map(|task| &said[task].1);
    let lists = [upos.lists_at(0), ner.lists_at(0), trees.lists_at(0), trees.lists_at(1)].map(Ragged::clone).to_vec();
    (tape.outputs().take(2).map(|(_, output)| tape.value(output).to_vec()).collect(), lists)
}

#[test]
fn what_is_said_of_a_sentence_does_not_depend_on_the_others() {
    for encoder in ENCODERS {
        let (model, parameters) = build(encoder);
        let (short, long) = (sentence(3, 1), sentence(7, 2));
        let unknown = |length: usize| vec![UNKNOWN_TAG; length];
        let (alone, own_tags) = said(&model, &parameters, &batch(std::slice::from_ref(&short), &[unknown(3)]));
        let (together, all_tags) = said(&model, &parameters, &batch(&[long, short], &[unknown(7), unknown(3)]));
        for (task, (alone, together)) in alone.iter().zip(&together).enumerate() {
            // The short one is the second of rows of seven tokens.
            let (width, own) = (alone.len() / 3, &together[together.len() / 2..][..alone.len()]);
            assert!(width > 1 && alone.iter().any(|&x| x != alone[0]), "{encoder}: scores that say something");
            for (at, (a, b)) in alone.iter().zip(own).enumerate() {
                assert!((a - b).abs() <= 1e-5 * (1.0 + a.abs()), "{encoder}, task {task}, number {at}: {a} alone and {b} together");
            }
        }
        assert_eq!(own_tags.len(), 4, "tags of two tasks, heads and relations");
        for (list, (alone, together)) in own_tags.iter().zip(&all_tags).enumerate() {
            assert_eq!(alone.list(0), together.list(1), "{encoder}, list {list}");
        }
    }
}

#[test]
fn heads_are_trees_and_their_loss_falls_with_them() {
    let (model, parameters) = build("cnn");
    let mut batch = batch(&[sentence(6, 4)], &[vec![UNKNOWN_TAG; 6]]);
    let (_, said) = said(&model, &parameters, &batch);
    let found = said[2].list(0).to_vec();
    assert_eq!(found.iter().filter(|&&head| head == 0).count(), 1, "{found:?} has one root");
    for start in 0..6 {
        let mut at = start;
        let steps = (0..6).take_while(|_| {
            at = found[at].wrapping_sub(1) as usize;
            at < 6
        });
        assert!(steps.count() < 6, "{found:?} leads from {start} to the root");
    }
    let mut engine = Engine::new(Settings { threads: 1, ..Settings::default() }).expect("threads can be started");
    let mut loss = |heads: Vec<u32>| {
        let [heads, relations] = [heads, said[3].list(0).to_vec()].map(|values| {
            let mut list = Ragged::default();
            list.push(values);
            list
        });
        batch.tasks[2] = TargetBatch { known: vec![true], values: TreeValues::values(heads, relations) };
        engine.losses(&parameters, &Chunk { model: &model, batch: &batch, tasks: &[false, false, true] }, 3)[2]
    };
    let own = loss(found.clone());
    // Any other head of a token is in a tree that scores less in all, and mostly by itself.
    let others: Vec<f64> = (0..6)
        .map(|token| loss(found.iter().enumerate().map(|(at, &head)| if at == token { (head + 1) % 7 } else { head }).collect()))
        .collect();
    assert!(others.iter().filter(|&&other| other > own).count() >= 5, "{own} of the best tree, {others:?} of others");
}

#[test]
fn tags_of_spans_are_spans() {
    let allowed = spans::allowed(2);
    let tags = spans::tags(2);
    for seed in 0..30 {
        let (model, mut parameters) = build("cnn");
        let mut stream = Stream::new(&[seed, 9]);
        parameters.values_mut().iter_mut().for_each(|value| *value += stream.normal());
        let (_, found) = said(&model, &parameters, &batch(&[sentence(9, seed)], &[vec![UNKNOWN_TAG; 9]]));
        let path = found[1].list(0);
        assert_eq!(path.len(), 9);
        assert!(allowed[tags * tags + path[0] as usize] && allowed[(tags + 1) * tags + path[8] as usize], "{path:?}");
        assert!(path.windows(2).all(|pair| allowed[pair[0] as usize * tags + pair[1] as usize]), "{path:?}");
    }
}

/// One chunk of a batch, of which some tasks are wanted.
struct Chunk<'a> {
    model: &'a Model,
    batch: &'a Batch,
    tasks: &'a [bool],
}

impl Program for Chunk<'_> {
    fn chunks(&self) -> usize {
        1
    }

    fn context(&self) -> Context {
        Context::inference()
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &self.batch.rows
    }

    fn forward(&self, _: usize, graph: &mut Graph<'_>) {
        self.model.forward(graph, self.batch, Request { tasks: self.tasks, ..Request::all() });
        self.model.declare_losses(graph, self.batch, &[1.0; 3]);
    }
}

#[test]
fn a_token_without_a_label_counts_nothing() {
    let (model, parameters) = build("cnn");
    let mut engine = Engine::new(Settings { threads: 1, ..Settings::default() }).expect("threads can be started");
    let mut losses = |tasks: [bool; 3], tags: [u32; 4]| {
        let batch = batch(&[sentence(4, 3)], &[tags.to_vec()]);
        engine.losses(&parameters, &Chunk { model: &model, batch: &batch, tasks: &tasks }, 3)
    };
    const NONE: u32 = UNKNOWN_TAG;
    // Of tokens by themselves losses add up.
    let mut tagging = |tags| losses([true, false, false], tags)[0];
    let (both, first, second) = (tagging([1, 0, NONE, 2]), tagging([1, NONE, NONE, 2]), tagging([NONE, 0, NONE, NONE]));
    assert!((both - first - second).abs() < 1e-5 * both, "{both} is not {first} + {second}");
    // Tags of spans are scored together, and what is not known is summed over.
    let mut spans = |tags| losses([false, true, false], tags)[1];
    let (some, all) = (spans([0, 0, NONE, NONE]), spans([0, 0, 0, 0]));
    assert!(0.0 < some && some < all, "{some} of two tags, {all} of four");
    assert_eq!(losses([true; 3], [NONE; 4]), [0.0; 3]);
}
