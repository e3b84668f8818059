//! Losses of no task in whole trainings: soft sharing's penalty, by way of the configuration and the log.
#![expect(clippy::unwrap_used, reason = "a training that fails fails the test")]

use banyan_engine::{Activation, Graph, Purpose, Residual, Var};
use banyan_method::Method;
use banyan_model::{Methods, Reached, Sharing, SharingMethod};
use banyan_nn::Linear;
use banyan_train::config::Config;
use banyan_train::run::{LogRecord, RunFolder, StepRecord};
use banyan_train::{Silent, TrainError, TrainOptions, train};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicBool;

const CONFIG: &str = r#"
[data]
train = "train.csv"
[inputs.a]
type = "number"
[inputs.b]
type = "number"
[tasks.sum]
type = "regression"
[tasks.product]
type = "regression"
[model]
width = 8
trunk_layers = 1
[training]
epochs = 3
batch_size = 40
log_every = 1
learning_rate = 0.01
"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut table = "a,b,sum,product\n".to_owned();
    for row in 0..120 {
        let (a, b) = (f64::from(row * 37 % 101) / 50.0 - 1.0, f64::from(row * 53 % 97) / 48.0 - 1.0);
        writeln!(table, "{a:.3},{b:.3},{:.3},{:.3}", a + b, a * b).unwrap();
    }
    std::fs::write(folder.path().join("train.csv"), table).unwrap();
    folder
}

/// Trains, and gives the lines of its steps and its weights.
fn trained(folder: &Path, name: &str, changes: &[&str]) -> Result<(Vec<StepRecord>, Vec<u8>), TrainError> {
    trained_with(&Methods::default(), folder, name, changes)
}

/// The same with a program's own methods.
fn trained_with(methods: &Methods, folder: &Path, name: &str, changes: &[&str]) -> Result<(Vec<StepRecord>, Vec<u8>), TrainError> {
    let changes: Vec<String> = changes.iter().map(|change| (*change).to_owned()).collect();
    let config = Config::parse("config.toml", CONFIG, &changes).unwrap();
    let out = folder.join(name);
    let options = TrainOptions { out: out.clone(), methods: methods.clone(), ..TrainOptions::default() };
    train(&config, folder, &options, &mut Silent, &AtomicBool::new(false))?;
    let steps = RunFolder::open(&out).unwrap().log().unwrap().into_iter().filter_map(|record| match record {
        LogRecord::Step(step) => Some(step),
        LogRecord::Start(_) | LogRecord::Evaluation(_) => None,
    });
    Ok((steps.collect(), std::fs::read(out.join("model.safetensors")).unwrap()))
}

#[test]
fn soft_sharing_draws_trunks_together_and_logs_their_distance() {
    let folder = folder();
    let mut last = Vec::new();
    for strength in ["0.0", "0.001", "1.0"] {
        let sharing = format!("model.sharing={{ type = \"soft\", strength = {strength} }}");
        let (steps, _) = trained(folder.path(), strength, &[&sharing]).unwrap();
        assert!(steps.iter().all(|step| step.auxiliary.keys().eq(["trunk_distance"]) && step.weights.len() == 2));
        let distance = |step: &StepRecord| step.auxiliary["trunk_distance"];
        assert!(distance(&steps[0]) > 0.0 && steps.len() == 9);
        last.push(distance(&steps[8]) / distance(&steps[0]));
    }
    assert!(last[0] > 0.9 && last[2] < 0.8 * last[0], "the distance after the training over that before: {last:?}");
    let (steps, _) = trained(folder.path(), "hard", &["model.sharing=hard"]).unwrap();
    assert!(steps.iter().all(|step| step.auxiliary.is_empty()));
}

#[test]
fn the_penalty_is_the_same_whatever_the_method_and_the_threads() {
    let folder = folder();
    for (place, method) in ["equal", "uncertainty", "upgrad", "{ type = \"mgda\", gradient = \"representation\" }"].iter().enumerate() {
        let balance = format!("training.balance={method}");
        let settings = ["model.sharing={ type = \"soft\", strength = 0.1 }", &balance];
        let (steps, one) = trained(folder.path(), &format!("{place} one"), &[&settings[..], &["training.threads=1"]].concat()).unwrap();
        assert!(steps.iter().all(|step| step.auxiliary["trunk_distance"] > 0.0), "{method}");
        let (_, three) = trained(folder.path(), &format!("{place} three"), &[&settings[..], &["training.threads=3"]].concat()).unwrap();
        assert_eq!(one, three, "{method}");
    }
}

#[test]
fn a_balanced_penalty_is_weighed_like_a_task() {
    let folder = folder();
    for method in ["equal", "uncertainty", "dwa", "famo", "upgrad", "mgda", "cagrad", "nash-mtl", "graddrop", "modo", "cr-mogm"] {
        let balance = format!("training.balance={method}");
        let settings = ["model.sharing=soft", "training.auxiliary=balanced", &balance];
        let (steps, _) = trained(folder.path(), method, &settings).unwrap();
        for step in &steps {
            assert!(step.weights.keys().eq(["sum", "product", "trunk_distance"]), "{method}: {:?}", step.weights);
            assert!(step.norms.keys().eq(["sum", "product", "trunk_distance"]) && step.cosines.len() == 3, "{method}");
            assert!(step.losses.keys().eq(["sum", "product"]) && step.auxiliary["trunk_distance"] > 0.0, "{method}");
        }
    }
    let weights = "training.balance={ type = \"fixed\", weights = [1.0, 1.0, 2.0] }";
    let settings = ["model.sharing=soft", "training.auxiliary=balanced", weights];
    let (steps, _) = trained(folder.path(), "fixed", &settings).unwrap();
    assert_eq!(steps[0].weights["trunk_distance"] / steps[0].weights["sum"], 2.0);
}

#[test]
fn a_method_that_does_not_fit_balanced_losses_is_refused_at_its_place() {
    let folder = folder();
    let refusal = |balance: &str| {
        let balance = format!("training.balance={balance}");
        let error = trained(folder.path(), "run", &["model.sharing=soft", "training.auxiliary=balanced", &balance]).unwrap_err();
        error.to_string()
    };
    let unknown = refusal("upgard");
    assert!(unknown.ends_with("\"balance\" in [training] cannot be \"upgard\"; did you mean \"upgrad\"?"), "{unknown}");
    let few = refusal("{ type = \"fixed\", weights = [1.0, 1.0] }");
    assert!(few.contains("weights") && few.contains('3'), "{few}");
}

#[test]
fn a_loss_of_no_task_is_not_balanced_at_the_representation() {
    let folder = folder();
    let balance = "training.balance={ type = \"upgrad\", gradient = \"representation\" }";
    let error = trained(folder.path(), "run", &["model.sharing=soft", "training.auxiliary=balanced", balance]).unwrap_err();
    assert!(error.to_string().contains("\"auxiliary\" in [training] cannot be \"balanced\""), "{error}");
}

/// A layer that all tasks share, whose features are to have a mean of zero over each batch.
#[derive(Debug)]
struct Centred {
    layer: Linear,
}

const CENTRED: SharingMethod = SharingMethod {
    method: Method::new("centred", "a layer whose features are centred"),
    build: |builder, plan, _| Box::new(Centred { layer: builder.linear("layer", plan.width, plan.width, Activation::Relu) }),
};

impl Sharing for Centred {
    fn forward(&self, graph: &mut Graph<'_>, reached: Reached<'_>, wanted: &[bool]) -> Vec<Option<Var>> {
        let features = self.layer.forward(graph, reached.fused.context);
        if graph.context().purpose == Purpose::Training {
            graph.publish(features);
        }
        vec![Some(features); wanted.len()]
    }

    fn auxiliary_losses(&self) -> Vec<String> {
        vec!["mean".to_owned()]
    }

    fn published(&self) -> usize {
        1
    }

    fn whole_batch(&self, graph: &mut Graph<'_>, published: &[Var]) {
        let (rows, width) = (graph.shape(published[0]).samples(), graph.shape(published[0]).last());
        let all = graph.reshape(published[0], [1, rows, width]);
        let mean = graph.mean_pool(all, &[]);
        let loss = graph.regression_loss(mean, &vec![0.0; width], &vec![1.0; width], Residual::Square);
        graph.declare_auxiliary("mean", loss, 1.0);
    }
}

#[test]
fn a_loss_of_the_whole_batch_is_logged_and_the_same_by_any_number_of_threads() {
    let folder = folder();
    let methods = Methods { sharings: Methods::default().sharings.with(CENTRED), ..Methods::default() };
    for (place, auxiliary) in ["added", "balanced"].iter().enumerate() {
        for method in ["equal", "upgrad", "modo"] {
            let settings = [format!("training.auxiliary={auxiliary}"), format!("training.balance={method}")];
            let run = |threads: &str| {
                let threads = format!("training.threads={threads}");
                let changes = ["model.sharing=centred", &settings[0], &settings[1], &threads];
                trained_with(&methods, folder.path(), &format!("{place} {method} {threads}"), &changes).unwrap()
            };
            let ((steps, one), (_, three)) = (run("1"), run("3"));
            assert_eq!(one, three, "{auxiliary}, {method}");
            let means: Vec<f64> = steps.iter().map(|step| step.auxiliary["mean"]).collect();
            assert!(means[0] > 0.0 && means[8] < means[0], "{auxiliary}, {method}: {means:?}");
        }
    }
}
