//! The page about a run: what is in it, what must not be, and pages of runs that are not finished.

use std::path::Path;

use banyan_data::inputs::InputKind;
use banyan_data::labels::TaskKind;
use banyan_train::evaluation::Evaluation;
use banyan_train::metrics::TaskMetrics;
use banyan_train::report::{ReportData, html};
use banyan_train::run::{
    DataSummary, EvaluationRecord, InputSummary, LogRecord, RunFolder, RunWriter, SplitEvaluation, StartRecord, StepRecord, StopReason,
    Summary, TaskSummary,
};
use indexmap::IndexMap;

/// Even numbers that look like noise, the same every time.
struct Noise(u64);

impl Noise {
    /// Between −1 and 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1 << 30) - 1.0
    }
}

const KINDS: [TaskKind; 4] = [TaskKind::Classification, TaskKind::Classification, TaskKind::Regression, TaskKind::Binary];

fn map<V>(names: &[&str], value: impl FnMut(usize) -> V) -> IndexMap<String, V> {
    names.iter().map(|name| (*name).to_owned()).zip((0..names.len()).map(value)).collect()
}

fn metrics(kind: TaskKind, quality: f64) -> TaskMetrics {
    let mut metrics = TaskMetrics { rows: 500, ..TaskMetrics::default() };
    if kind == TaskKind::Regression {
        metrics.set("mae", Some(3.0 * (1.0 - quality)));
        metrics.set("rmse", Some(4.0 * (1.0 - quality)));
        metrics.set("r2", Some(quality));
    } else {
        metrics.set("accuracy", Some(quality));
        metrics.set("macro_f1", Some(quality * 0.98));
        metrics.set("auroc", (kind == TaskKind::Binary).then_some(0.5 + quality / 2.0));
        metrics.set("average_precision", None);
        metrics.set("ece", Some(0.1 * (1.0 - quality)));
    }
    metrics.set("loss", Some(2.5 * (1.0 - quality)));
    metrics
}

fn data(inputs: &[&str], tasks: &[&str]) -> DataSummary {
    DataSummary {
        rows: [("train", 10_000), ("valid", 1000), ("test", 500)].map(|(split, rows)| (split.to_owned(), rows)).into(),
        inputs: map(inputs, |index| InputSummary {
            kind: [InputKind::Image, InputKind::Audio][index % 2],
            present: 10_000 - 1234 * index,
            description: ["28 × 28, grayscale", "8000 Hz, 98 frames of 40 bands"][index % 2].to_owned(),
        }),
        tasks: map(tasks, |index| TaskSummary {
            kind: KINDS[index % 4],
            known: 10_000 - 100 * index,
            classes: (KINDS[index % 4] != TaskKind::Regression).then_some(10),
            description: String::new(),
        }),
        notes: vec!["sound: 3 files cannot be read and count as missing (first: a.wav, b.wav)".to_owned()],
    }
}

fn step(number: u64, steps: u64, tasks: &[&str], noise: &mut Noise) -> StepRecord {
    let progress = number as f64 / steps as f64;
    let pairs: Vec<String> =
        (0..tasks.len()).flat_map(|a| (a + 1..tasks.len()).map(move |b| format!("{}/{}", tasks[a], tasks[b]))).collect();
    let pairs: Vec<&str> = pairs.iter().map(String::as_str).collect();
    StepRecord {
        step: number,
        epoch: 1 + number * 12 / (steps + 1),
        losses: map(tasks, |task| 2.4 * (-(2.0 + task as f64) * progress).exp() + 0.05 + 0.04 * noise.next()),
        auxiliary: map(&["alignment"], |_| 2.0 * (1.0 - progress)),
        weights: map(tasks, |task| 1.0 / tasks.len() as f64 + 0.1 * (progress * 9.0 + task as f64).sin()),
        cosines: map(&pairs, |pair| (0.6 * (pair as f64 + progress * 4.0).sin() + 0.2 * noise.next()).clamp(-1.0, 1.0)),
        norms: map(tasks, |task| (10.0_f64).powf(1.0 - 2.0 * progress - 0.3 * task as f64 + 0.1 * noise.next())),
        learning_rate: 1e-3 * 0.5 * (1.0 + (std::f64::consts::PI * progress).cos()),
        rows: 64,
    }
}

/// A whole run of 12 epochs with everything recorded.
fn finished(path: &Path, inputs: &[&str], tasks: &[&str]) -> RunFolder {
    let mut run = RunWriter::create(path).expect("a run can begin");
    run.write_config("[data]\ntrain = \"digits/train.csv\"\n\n[training]\nepochs = 12\n").expect("written");
    let start = StartRecord { parameters: 123_456, steps_per_epoch: 157, data: data(inputs, tasks) };
    run.log(&LogRecord::Start(start)).expect("logged");
    let (steps, mut noise) = (1884, Noise(1));
    for number in (10..=steps).step_by(10) {
        run.log(&LogRecord::Step(step(number, steps, tasks, &mut noise))).expect("logged");
        if number % 157 < 10 {
            let epoch = number / 157;
            let quality = 1.0 - 0.6 * (-0.4 * epoch as f64).exp() - 0.02;
            let tasks = map(tasks, |task| metrics(KINDS[task % 4], quality - 0.03 * task as f64));
            let record = EvaluationRecord { epoch, step: number, split: "valid".to_owned(), score: Some(quality), tasks };
            run.log(&LogRecord::Evaluation(record)).expect("logged");
        }
    }
    let result = |inputs: &[&str], quality: f64| SplitEvaluation {
        split: "test".to_owned(),
        evaluation: Evaluation {
            inputs: inputs.iter().map(|name| (*name).to_owned()).collect(),
            rows: 500,
            tasks: map(tasks, |task| metrics(KINDS[task % 4], quality - 0.05 * task as f64)),
        },
    };
    let mut results = vec![result(inputs, 0.97)];
    results.extend(inputs.iter().enumerate().map(|(index, input)| result(&[input], 0.65 + 0.2 * index as f64)));
    let summary = Summary {
        stop_reason: StopReason::Completed,
        epochs: 12,
        steps,
        best_epoch: 11,
        best_step: 1727,
        best_score: Some(0.9731),
        seconds: 83.2,
        waited_seconds: 0.0,
        preparing_seconds: 0.0,
        parameters: 123_456,
        seed: 1,
        data: data(inputs, tasks),
        results,
    };
    run.write_summary(&summary).expect("written");
    run.folder().clone()
}

fn page(run: &RunFolder) -> String {
    html(&ReportData::read(run).expect("a run can be read"))
}

/// Every element that is opened is closed, in order. Enough of a parser for a page whose every element is written out.
fn assert_well_formed(page: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let end = rest.find('>').expect("every tag ends");
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        assert!(!tag.contains('<'), "a bare < in <{tag}>");
        let name = tag.trim_start_matches('/').split([' ', '\n']).next().expect("a tag has a name");
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "closing </{name}>");
        } else if !tag.ends_with('/') && !["!DOCTYPE", "meta"].contains(&name) {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}

#[test]
fn a_finished_run() {
    let parent = tempfile::tempdir().unwrap();
    let run = finished(&parent.path().join("digits"), &["image", "sound"], &["digit", "speaker", "age", "indoors"]);
    let page = page(&run);
    assert_well_formed(&page);
    for expected in [
        "<h1>digits</h1>",
        "Ended after 12 epochs and 1\u{202f}884 steps (all epochs done). The weights kept are those after epoch 11.",
        "<td>image + sound</td>",
        "<h3>On the test rows</h3>",
        "Cosine between the tasks&#39; gradients",
        "Norm of each task&#39;s gradient",
        "Weight of each task",
        "Auxiliary loss alignment over steps",
        "digit / speaker: cosine",
        "3 files cannot be read",
        "train = &quot;digits/train.csv&quot;",
        "123\u{202f}456",
        "1 min 23 s",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    // 188 logged steps by threes make 63 columns of six pairs; the legend has 21 cells.
    let cells = page.matches("class=\"positive\"").count() + page.matches("class=\"negative\"").count();
    assert_eq!(cells, 6 * 63 + 21);
    assert!(page.len() < 600_000, "{} bytes", page.len());
    // To look at it: BANYAN_TEST_REPORT=page.html cargo nextest run a_finished_run
    if let Ok(path) = std::env::var("BANYAN_TEST_REPORT") {
        std::fs::write(path, &page).unwrap();
    }
}

#[test]
fn the_best_of_a_task_is_bold() {
    let parent = tempfile::tempdir().unwrap();
    let run = finished(&parent.path().join("digits"), &["image", "sound"], &["digit"]);
    let page = page(&run);
    assert!(page.contains("<td class=\"number best\">0.970</td>"));
    assert!(page.contains("<td class=\"number\">0.650</td>"));
    // The lower loss is the better one.
    assert!(page.contains("<td class=\"number best\">0.075</td>"));
    assert!(page.contains("There is one task: nothing pulls against it."));
}

#[test]
fn nothing_comes_from_elsewhere_and_nothing_runs() {
    let parent = tempfile::tempdir().unwrap();
    let run = finished(&parent.path().join("digits"), &["image"], &["digit", "speaker"]);
    let page = page(&run).to_lowercase();
    for forbidden in ["<script", "javascript:", "http:", "https:", "url(", "@import", "<link", "<img", "src=", "href="] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn hostile_names_stay_text() {
    let parent = tempfile::tempdir().unwrap();
    let script = "<script>alert(1)</script>";
    let breakout = "\"><img src=x onerror=alert(2)>'";
    let path = parent.path().join("a <b> & 'c'");
    let run = finished(&path, &[script, "]]>\u{0}"], &[script, breakout, "</title></style></svg>", "&lt;"]);
    let mut summary = run.summary().unwrap().unwrap();
    summary.data.notes.push(script.to_owned());
    let mut data = ReportData::read(&run).unwrap();
    data.config = format!("# {script}\n</code></pre>\n");
    data.summary = Some(summary);
    let page = html(&data);
    assert_well_formed(&page);
    let lower = page.to_lowercase();
    for forbidden in ["<script", "<img", "onerror=alert(2)>'", "\u{0}"] {
        assert!(!lower.contains(forbidden), "{forbidden}");
    }
    assert_eq!(lower.matches("</title>\n<style>").count(), 1);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(page.contains("a &lt;b&gt; &amp; &#39;c&#39;"));
    if let Ok(path) = std::env::var("BANYAN_TEST_HOSTILE_REPORT") {
        std::fs::write(path, &page).unwrap();
    }
}

#[test]
fn a_run_that_has_just_begun() {
    let parent = tempfile::tempdir().unwrap();
    let run = RunWriter::create(&parent.path().join("new")).unwrap();
    run.write_config("[data]\n").unwrap();
    let page = page(run.folder());
    assert_well_formed(&page);
    assert!(page.contains("Not finished: no step has been logged yet."));
    assert!(page.contains("There has been no evaluation yet."));
    assert!(!page.contains("<svg"));
}

#[test]
fn a_run_that_was_killed_in_the_middle_of_a_line() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("killed");
    let run = finished(&path, &["image", "sound"], &["digit", "speaker"]);
    std::fs::remove_file(path.join("summary.json")).unwrap();
    let log = std::fs::read(run.log_path()).unwrap();
    std::fs::write(run.log_path(), &log[..log.len() * 2 / 3]).unwrap();
    let page = page(&run);
    assert_well_formed(&page);
    assert!(page.contains("Not finished: the last logged step is"));
    assert!(page.contains("On the validation rows, after epoch"));
    assert!(page.contains("<svg"));
}

#[test]
fn one_step_and_numbers_that_are_none() {
    let parent = tempfile::tempdir().unwrap();
    let mut run = RunWriter::create(&parent.path().join("odd")).unwrap();
    run.write_config("").unwrap();
    let tasks = ["a", "b"];
    let odd = |value: f64| StepRecord {
        step: 1,
        losses: map(&tasks, |_| value),
        cosines: map(&["a/b"], |_| value),
        norms: map(&tasks, |_| value),
        learning_rate: 0.0,
        ..StepRecord::default()
    };
    for value in [f64::NAN, 0.0] {
        run.log(&LogRecord::Step(odd(value))).unwrap();
        let page = page(run.folder());
        assert_well_formed(&page);
        assert!(!page.contains("NaN") && !page.contains("inf\""), "{value}");
    }
}

#[test]
fn the_page_does_without_errors_that_are_not_there_or_damaged() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = finished(&folder.path().join("old"), &["image", "sound"], &["digit", "speaker"]);
    assert!(!page(&run).contains("<h2>Errors</h2>"), "a run of an older version has none");
    std::fs::write(run.path().join("errors.json"), "{\"split\": ").expect("written");
    let page = page(&run);
    assert_well_formed(&page);
    assert!(page.contains("<h2>Errors</h2>\n<p class=\"note\">Cannot be shown: ") && page.contains("errors.json"));
    assert!(page.contains("<h2>Losses</h2>"));
}
