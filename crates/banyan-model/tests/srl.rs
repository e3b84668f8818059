//! Semantic roles: what is learned of given predicates, what is said of given and found ones.

mod support;

use banyan_data::batch::{Batch, TargetBatch};
use banyan_data::labels::{FrameValues, Srl};
use banyan_data::schema::Schema;
use banyan_data::values::{Nested, Values};
use banyan_engine::random::Stream;
use banyan_engine::{Context, Engine, Graph, Parameters, Program, Purpose, Settings, Tape};
use banyan_model::{FOUND, GIVEN, Model, Plan, PredictedFrames, Request};
use banyan_text::spans::{Span, spans_of, tags_of};
use banyan_text::{Ragged, UNKNOWN_TAG};
use support::{Sentence, input, names, sentence, target, words};

const ROLES: usize = 3;

fn build() -> (Model, Parameters) {
    let roles = Srl {
        on: "words".to_owned(),
        predicate: None,
        roles: names(&["ARG0", "ARG1", "ARGM-TMP"]),
        counts: vec![2, 2, 1],
        senses: names(&["go.01", "go.02"]),
        predicates: 3,
        rows: 2,
    };
    let schema = Schema { inputs: vec![words()], targets: vec![target("srl", roles)] };
    let plan = Plan { width: 8, dropout: 0.0, ..Plan::new(1) };
    let (model, mut parameters) = Model::build(&plan, &schema).expect("the plan fits the schema");
    let mut stream = Stream::new(&[5]);
    parameters.values_mut().iter_mut().for_each(|value| *value += 0.6 * (stream.uniform() - 0.5));
    (model, parameters)
}

/// For each row its predicates: the token, its sense, and the tags of its roles; none where they are not known.
type Labels = Vec<Option<Vec<(u32, u32, Vec<u32>)>>>;

fn batch(sentences: &[Sentence], labels: &Labels) -> Batch {
    let (mut predicates, mut senses, mut roles) = (Ragged::default(), Ragged::default(), Nested::default());
    for row in labels {
        let frames = row.iter().flatten();
        predicates.push(frames.clone().map(|(token, ..)| *token));
        senses.push(frames.clone().map(|(_, sense, _)| *sense));
        roles.push(frames.map(|(.., roles)| roles.clone()));
    }
    let values = FrameValues::values(predicates, senses, roles);
    let known = labels.iter().map(Option::is_some).collect();
    Batch { rows: (0..sentences.len() as u64).collect(), inputs: vec![input(sentences)], tasks: vec![TargetBatch { known, values }] }
}

fn said(model: &Model, parameters: &Parameters, batch: &Batch) -> Values {
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, parameters, Context::inference(), &batch.rows);
    model.forward(&mut graph, batch, Request::all());
    let (task, values) = model.predictions(&graph, batch, Request::all()).remove(0);
    assert_eq!(task, 0);
    values
}

/// One chunk of a batch, run for learning or for what is said.
struct Chunk<'a> {
    model: &'a Model,
    batch: &'a Batch,
    purpose: Purpose,
}

impl Program for Chunk<'_> {
    fn chunks(&self) -> usize {
        1
    }

    fn context(&self) -> Context {
        Context { purpose: self.purpose, ..Context::inference() }
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &self.batch.rows
    }

    fn forward(&self, _: usize, graph: &mut Graph<'_>) {
        self.model.forward(graph, self.batch, Request::all());
        self.model.declare_losses(graph, self.batch, &[1.0]);
    }
}

fn engine() -> Engine {
    Engine::new(Settings { threads: 1, ..Settings::default() }).expect("threads can be started")
}

fn loss(model: &Model, parameters: &Parameters, batch: &Batch, purpose: Purpose) -> f64 {
    engine().losses(parameters, &Chunk { model, batch, purpose }, 1)[0]
}

#[test]
fn given_and_found_predicates_have_whole_spans() {
    let (model, parameters) = build();
    let sentences: Vec<Sentence> = (0..6).map(|seed| sentence(3 + seed as usize, seed)).collect();
    let given: Labels = (0..6).map(|row| (row % 2 == 0).then(|| vec![(1, UNKNOWN_TAG, Vec::new())])).collect();
    let values = said(&model, &parameters, &batch(&sentences, &given));
    let frames = PredictedFrames::of(&values);
    assert_eq!(frames.given, [1, 0, 1, 0, 1, 0]);
    assert_eq!(frames.words, [3, 4, 5, 6, 7, 8]);
    assert_eq!((&frames.predicates.offsets, frames.roles.len()), (&frames.origins.offsets, 6));
    let mut found = 0;
    for row in 0..6 {
        assert_eq!(frames.roles.row(row).len(), frames.predicates.list(row).len());
        let own = frames.of_row(row, GIVEN).map(|(token, ..)| token);
        assert_eq!(own.collect::<Vec<u32>>(), if row % 2 == 0 { vec![1] } else { vec![] });
        found += frames.of_row(row, FOUND).count();
        for (_, sense, tags) in frames.of_row(row, GIVEN | FOUND) {
            assert_eq!(tags.len(), 3 + row);
            assert_eq!(tags_of(&spans_of(tags), tags.len()), tags, "only whole spans");
            assert!(sense < 2);
        }
    }
    assert!((1..33).contains(&found), "{found} of 33 tokens found: some and not all");
}

#[test]
fn what_is_said_of_a_predicate_does_not_depend_on_the_others() {
    let (model, parameters) = build();
    let (short, long) = (sentence(4, 1), sentence(9, 2));
    let predicate = |token| (token, UNKNOWN_TAG, Vec::new());
    let alone = said(&model, &parameters, &batch(std::slice::from_ref(&short), &vec![Some(vec![predicate(2)])]));
    let labels = vec![Some(vec![predicate(0), predicate(5)]), Some(vec![predicate(1), predicate(2)])];
    let together = said(&model, &parameters, &batch(&[long, short], &labels));
    let tags = |values: &Values, row: usize| {
        let (.., tags) = PredictedFrames::of(values).of_row(row, GIVEN).find(|(token, ..)| *token == 2).expect("it is given");
        tags.to_vec()
    };
    assert_eq!(tags(&alone, 0), tags(&together, 1));
}

#[test]
fn only_what_is_known_is_learned() {
    let (model, parameters) = build();
    let roles = |spans: &[(usize, usize, usize)]| {
        tags_of(&spans.iter().map(|&(begin, end, kind)| Span { begin, end, kind }).collect::<Vec<Span>>(), 5)
    };
    let of = |labels: Labels| loss(&model, &parameters, &batch(&[sentence(5, 3)], &labels), Purpose::Training);
    assert_eq!(of(vec![None]), 0.0);
    let none = of(vec![Some(Vec::new())]);
    let marked = of(vec![Some(vec![(1, UNKNOWN_TAG, Vec::new())])]);
    let with_roles = of(vec![Some(vec![(1, UNKNOWN_TAG, roles(&[(0, 1, 0)]))])]);
    let with_sense = of(vec![Some(vec![(1, 1, roles(&[(0, 1, 0)]))])]);
    assert!(none > 0.0 && marked > 0.0 && none != marked, "that no token is a predicate is learned, too: {none}, {marked}");
    assert!(marked < with_roles && with_roles < with_sense, "{marked}, {with_roles}, {with_sense}");
    // A role and a sense that training lacks, as in other rows than those of training, count nothing.
    let mut unseen = batch(&[sentence(5, 3)], &vec![Some(vec![(1, 2, roles(&[(0, 1, 0), (2, 5, ROLES)]))])]);
    unseen.tasks[0].values = unseen.tasks[0].values.clone().with_names(names(&["ARG9"]));
    let (without, whole) = (loss(&model, &parameters, &unseen, Purpose::Inference), with_roles);
    assert!(without < whole, "{without} of two tokens, {whole} of five");
}

#[test]
fn frames_are_learned() {
    let (model, mut parameters) = build();
    let tags = |spans: &[(usize, usize, usize)], words| {
        tags_of(&spans.iter().map(|&(begin, end, kind)| Span { begin, end, kind }).collect::<Vec<Span>>(), words)
    };
    let sentences = [sentence(5, 3), sentence(3, 4), sentence(4, 5)];
    let labels: Labels = vec![
        Some(vec![(1, 0, tags(&[(0, 1, 0), (2, 5, 1)], 5)), (3, 1, tags(&[(4, 5, 2)], 5))]),
        Some(Vec::new()),
        Some(vec![(0, 1, tags(&[(1, 4, 1)], 4))]),
    ];
    let batch = batch(&sentences, &labels);
    let mut engine = engine();
    for _ in 0..400 {
        let chunk = Chunk { model: &model, batch: &batch, purpose: Purpose::Training };
        let loss = engine.weighted(&parameters, &chunk, &[1.0])[0];
        assert!(loss.is_finite());
        let gradient = engine.gradient().to_vec();
        let norm = gradient.iter().map(|x| x * x).sum::<f32>().sqrt().max(1.0);
        parameters.values_mut().iter_mut().zip(&gradient).for_each(|(value, slope)| *value -= 0.3 / norm * slope);
    }
    // Without the labels, so that the predicates have to be found.
    let blind: Labels = vec![None, None, None];
    let values = said(&model, &parameters, &self::batch(&sentences, &blind));
    let frames = PredictedFrames::of(&values);
    let expected = ["1 0", "3 1", "0 1"];
    let found: Vec<String> =
        (0..3).flat_map(|row| frames.of_row(row, FOUND).map(|(token, sense, _)| format!("{token} {sense}")).collect::<Vec<_>>()).collect();
    assert_eq!(found, expected);
    let all = labels.iter().flatten().flatten().map(|(.., roles)| roles.as_slice());
    assert_eq!((0..3).flat_map(|row| frames.roles.row(row)).collect::<Vec<_>>(), all.collect::<Vec<_>>());
    assert_eq!(frames.predicates.list(1), &[] as &[u32]);
}

#[test]
fn in_long_texts_roles_are_near_their_predicates() {
    let (model, parameters) = build();
    let tokens = [0, 150, 399];
    let roles = || tags_of(&[Span { begin: 140, end: 161, kind: 0 }, Span { begin: 390, end: 393, kind: 1 }], 400);
    let labels: Labels = vec![Some(tokens.iter().map(|&token| (token, UNKNOWN_TAG, roles())).collect()), None];
    let batch = batch(&[sentence(400, 1), sentence(3, 2)], &labels);
    let values = said(&model, &parameters, &batch);
    let frames = PredictedFrames::of(&values);
    for (token, _, tags) in frames.of_row(0, GIVEN | FOUND) {
        assert_eq!((tags.len(), tags_of(&spans_of(tags), tags.len())), (400, tags.to_vec()), "whole spans of the whole sentence");
        let start = (token as usize).saturating_sub(128).min(400 - 257);
        assert!(tags.iter().enumerate().all(|(place, &tag)| tag == 0 || (start..start + 257).contains(&place)), "of {token}: {tags:?}");
        assert!(tags.iter().any(|&tag| tag != 0), "of {token}: none at all");
    }
    assert!(frames.of_row(0, GIVEN).map(|(token, ..)| token).eq(tokens));
    assert!(loss(&model, &parameters, &batch, Purpose::Training).is_finite());
    // labels out of reach count nothing
    let near: Labels = vec![Some(vec![(0, UNKNOWN_TAG, tags_of(&[Span { begin: 2, end: 3, kind: 0 }], 400))])];
    let far: Labels =
        vec![Some(vec![(0, UNKNOWN_TAG, tags_of(&[Span { begin: 2, end: 3, kind: 0 }, Span { begin: 300, end: 302, kind: 1 }], 400))])];
    let of = |labels: &Labels| loss(&model, &parameters, &self::batch(&[sentence(400, 1)], labels), Purpose::Training);
    assert_eq!(of(&near), of(&far));
}
