use super::{Operation, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::setup::{Labels, Setup};
use crate::tensor::{Tensor, assert_close};
use banyan_engine::{BatchNormParameters, Engine, Purpose, Settings};

fn case(name: &str, x: Tensor, learned: [Tensor; 2], states: [Tensor; 2], purpose: Purpose) -> Case {
    let [gain, bias] = learned;
    let [mean, variance] = states;
    let case = Case::value(name, |graph, operands| {
        let [gain, bias, mean, variance] = *operands.parameters else { panic!("two parameters and two states") };
        graph.batch_norm(operands.inputs[0], BatchNormParameters { gain, bias, mean, variance })
    });
    let case = case.input(x).parameter(gain).parameter(bias).state(mean).state(variance).purpose(purpose);
    if purpose == Purpose::Training { case.coupled() } else { case }
}

fn read(fixture: &Fixture) -> Case {
    let purpose = if fixture.word("mode") == "training" { Purpose::Training } else { Purpose::Inference };
    let learned = [fixture.parameter("gain"), fixture.parameter("bias")];
    let states = [fixture.constant("running_mean"), fixture.constant("running_variance")];
    case(&fixture.name, fixture.input("x"), learned, states, purpose)
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("batch_norm");
    let mut cases = Vec::new();
    for purpose in [Purpose::Training, Purpose::Inference] {
        for shape in [&[13, 17][..], &[5, 1], &[3, 5, 2, 7]] {
            let width = *shape.last().expect("a last axis");
            let learned = [Tensor::random("gain", &[width], &mut stream), Tensor::random("bias", &[width], &mut stream)];
            let states = [Tensor::random("mean", &[width], &mut stream), Tensor::positive("variance", &[width], &mut stream)];
            let x = Tensor::random("x", shape, &mut stream);
            cases.push(case(&format!("{purpose:?} {shape:?}"), x, learned, states, purpose));
        }
    }
    // Of some samples alone: the others are replaced, as what follows a normalization does.
    for (purpose, present) in [
        (Purpose::Training, vec![false, true, true, false, true]),
        (Purpose::Training, vec![true, false, false, false, false]),
        (Purpose::Training, vec![false; 5]),
        (Purpose::Inference, vec![true, false, true, true, false]),
    ] {
        let mut random = |name: &str| Tensor::random(name, &[3], &mut stream);
        let case = Case::value(&format!("{purpose:?} {present:?}"), move |graph, operands| {
            let [gain, bias, token, mean, variance] = *operands.parameters else { panic!("three parameters and two states") };
            let present = &present[operands.samples.clone()];
            let normed = graph.batch_norm_of(operands.inputs[0], BatchNormParameters { gain, bias, mean, variance }, present);
            graph.fill_missing(normed, token, present)
        });
        let case = case.parameter(random("gain")).parameter(random("bias")).parameter(random("token")).state(random("mean"));
        let case = case.state(Tensor::positive("variance", &[3], &mut stream)).input(Tensor::random("x", &[5, 4, 3], &mut stream));
        cases.push(if purpose == Purpose::Training { case.purpose(purpose).coupled() } else { case.purpose(purpose) });
    }
    Operation { fixtures: vec![("batch_norm", read)], cases }
}

#[test]
fn running_statistics_move_as_in_pytorch() {
    for name in ["batch_norm_rows", "batch_norm_grid"] {
        let fixture = Fixture::named(name);
        let case = read(&fixture);
        let setup = Setup::new(&case).task(Labels::All, &mut stream(name));
        let mut engine = Engine::new(Settings { threads: 1, lanes: 4, ..Settings::default() }).expect("threads");
        let mut parameters = setup.parameters.clone();
        engine.weighted(&parameters, &setup, &[1.0]);
        assert_eq!(parameters.values(), setup.parameters.values(), "{name}: a step alone changes no parameter");
        engine.update_state(&mut parameters);
        for (&id, name) in setup.states().iter().zip(["running_mean_after", "running_variance_after"]) {
            assert_close(parameters.get(id), &fixture.extra(name).data, 1e-6, name);
        }
        let trained = parameters.trainable_len();
        assert_eq!(parameters.values()[..trained], setup.parameters.values()[..trained], "{name}: no trained parameter moves");
        parameters.values_mut()[trained..].fill(9.0);
        engine.update_state(&mut parameters);
        assert!(parameters.values()[trained..].iter().all(|&x| x == 9.0), "{name}: a step's statistics are applied once");
    }
}

#[test]
fn running_statistics_approach_those_of_the_data() {
    let mut stream = stream("running");
    let x = Tensor::new("x", &[7, 1], vec![3.0, 5.0, 4.0, 2.0, 6.0, 1.0, 7.0]);
    let one = |name: &str, value: f32| Tensor::new(name, &[1], vec![value]);
    let case = case("running", x, [one("gain", 1.0), one("bias", 0.0)], [one("mean", 0.0), one("variance", 1.0)], Purpose::Training);
    let setup = Setup::new(&case).task(Labels::All, &mut stream);
    let mut engine = Engine::new(Settings::default()).expect("threads");
    let mut parameters = setup.parameters.clone();
    for _ in 0..200 {
        engine.weighted(&parameters, &setup, &[1.0]);
        engine.update_state(&mut parameters);
    }
    let [mean, variance] = setup.states() else { panic!("two states") };
    assert_close(parameters.get(*mean), &[4.0], 1e-5, "mean");
    assert_close(parameters.get(*variance), &[28.0 / 6.0], 1e-5, "unbiased variance");
}

#[test]
fn running_statistics_are_those_of_all_chunks_together() {
    let mut stream = stream("pooled");
    let learned = [Tensor::random("gain", &[3], &mut stream), Tensor::random("bias", &[3], &mut stream)];
    let states = [Tensor::random("mean", &[3], &mut stream), Tensor::positive("variance", &[3], &mut stream)];
    let case = case("pooled", Tensor::random("x", &[13, 2, 3], &mut stream), learned, states, Purpose::Training);
    let after = |rows: usize| {
        let setup = Setup::new(&case).task(Labels::All, &mut super::stream("tasks")).chunk(rows);
        let mut engine = Engine::new(Settings::default()).expect("threads");
        let mut parameters = setup.parameters.clone();
        engine.weighted(&parameters, &setup, &[1.0]);
        engine.update_state(&mut parameters);
        setup.states().iter().flat_map(|&id| parameters.get(id).to_vec()).collect::<Vec<f32>>()
    };
    assert_close(&after(3), &after(13), 1e-6, "five chunks, the last of one sample, and one chunk");
}

#[test]
fn statistics_of_an_earlier_step_are_forgotten() {
    let mut stream = stream("forgotten");
    let mut of = |purpose| {
        let learned = [Tensor::random("gain", &[3], &mut stream), Tensor::random("bias", &[3], &mut stream)];
        let states = [Tensor::random("mean", &[3], &mut stream), Tensor::positive("variance", &[3], &mut stream)];
        case("forgotten", Tensor::random("x", &[12, 3], &mut stream), learned, states, purpose)
    };
    let (training, inference) = (of(Purpose::Training), of(Purpose::Inference));
    let mut stream = super::stream("tasks");
    let first = Setup::new(&training).task(Labels::All, &mut stream).chunk(2);
    let second = Setup::new(&inference).task(Labels::All, &mut stream);
    let mut engine = Engine::new(Settings::default()).expect("threads");
    engine.weighted(&first.parameters, &first, &[1.0]); // six chunks: every lane has statistics
    engine.weighted(&second.parameters, &second, &[1.0]); // one chunk, none
    let mut parameters = second.parameters.clone();
    engine.update_state(&mut parameters);
    assert_eq!(parameters.values(), second.parameters.values());
}
