//! What is learned from training rows, and what cannot be.

use banyan_data::config::OnBadRow;
use banyan_data::inputs::{
    AudioSettings, CategorySchema, CategorySettings, ImageSettings, InputConfig, InputDetails, InputKind, NumberSchema, SetSchema,
    TextSettings, VectorSchema,
};
use banyan_data::labels::{BinarySettings, ClassificationSettings, LabelSettings, OrdinalSettings, Regression, TargetConfig, TaskKind};
use banyan_data::schema::Schema;
use banyan_data::table::Table;

use crate::support::{Folder, all, csv, input, inputs, targets};

fn fit_all(table: &Table, inputs: &[(String, InputConfig)], targets: &[(String, TargetConfig)]) -> Result<Schema, String> {
    Schema::fit(table, &all(table), inputs, targets, OnBadRow::Missing).map_err(|error| {
        let message = error.to_string();
        // The folder of the table differs from run to run.
        message.find("train.csv").map_or(message.clone(), |at| message[at..].to_owned())
    })
}

fn input_error(content: &str, kind: InputKind) -> String {
    fit_all(&csv(content), &inputs(&[("x", kind)]), &[]).unwrap_err()
}

fn task_error(content: &str, kind: TaskKind) -> String {
    fit_all(&csv(content), &[], &targets(&[("y", kind)])).unwrap_err()
}

fn names(list: &[&str]) -> Option<Vec<String>> {
    Some(list.iter().map(|name| (*name).to_owned()).collect())
}

#[test]
fn numbers_are_learned_from_the_given_rows_only() {
    let table = csv("x\n1\n3\n\nNaN\n1000\n");
    let schema = Schema::fit(&table, &[0, 1], &inputs(&[("x", InputKind::Number)]), &[], OnBadRow::Missing).unwrap();
    assert_eq!(schema.inputs[0].details, NumberSchema { mean: 2.0, std: 1.0, edges: vec![-1.0, 1.0], format: Default::default() }.into());
}

#[test]
fn vocabularies_are_by_frequency() {
    let table = csv("c,s\nb,\"u,v\"\na,\"v,w\"\nb,v\n1.0,\n");
    let mut wanted = inputs(&[("c", InputKind::Category), ("s", InputKind::Set)]);
    let schema = fit_all(&table, &wanted, &[]).unwrap();
    assert_eq!(schema.inputs[0].details, CategorySchema { values: ["b", "1", "a"].map(str::to_owned).to_vec() }.into());
    assert_eq!(
        schema.inputs[1].details,
        SetSchema { values: ["v", "u", "w"].map(str::to_owned).to_vec(), separator: ",".to_owned() }.into()
    );
    wanted[0].1 = CategorySettings { max_values: 1 }.into();
    let schema = fit_all(&table, &wanted, &[]).unwrap();
    assert_eq!(schema.inputs[0].details, CategorySchema { values: vec!["b".to_owned()] }.into());
}

#[test]
fn dates_and_vectors() {
    let table = csv("d,t,v\n31.12.2023,2024-01-01 00:00,1 2\n01.01.2024,2024-01-01 06:00,3 nan\n");
    let wanted = inputs(&[("d", InputKind::Date), ("t", InputKind::Date), ("v", InputKind::Vector)]);
    let schema = fit_all(&table, &wanted, &[]).unwrap();
    let [InputDetails::Date(day), InputDetails::Date(time)] = [&schema.inputs[0].details, &schema.inputs[1].details] else { panic!() };
    assert_eq!((day.width(), time.width()), (5, 7));
    assert_eq!(schema.inputs[2].details, VectorSchema { mean: vec![2.0, 2.0], std: vec![1.0, 1.0] }.into());
}

#[test]
fn tasks_are_learned() {
    let table = csv("b,c,m,o,r\nno,10,x;y,low,1\nyes,9,y,high,3\nno,9,,low,\n");
    let mut tasks = targets(&[
        ("b", TaskKind::Binary),
        ("c", TaskKind::Classification),
        ("m", TaskKind::Multilabel),
        ("o", TaskKind::Ordinal),
        ("r", TaskKind::Regression),
    ]);
    tasks[3].1.settings = OrdinalSettings { classes: names(&["low", "middle", "high"]) }.into();
    let schema = fit_all(&table, &[], &tasks).unwrap();
    let found: Vec<(TaskKind, &[String], &[usize], usize)> =
        schema.targets.iter().map(|task| (task.kind(), task.classes(), task.counts(), task.known_rows())).collect();
    let names = |list: &[&str]| names(list).unwrap();
    assert_eq!(found[0], (TaskKind::Binary, names(&["no", "yes"]).as_slice(), [2, 1].as_slice(), 3));
    assert_eq!(found[1], (TaskKind::Classification, names(&["9", "10"]).as_slice(), [2, 1].as_slice(), 3));
    assert_eq!(found[2], (TaskKind::Multilabel, names(&["x", "y"]).as_slice(), [1, 2].as_slice(), 2));
    assert_eq!(found[3], (TaskKind::Ordinal, names(&["low", "middle", "high"]).as_slice(), [2, 0, 1].as_slice(), 3));
    assert_eq!(schema.targets[4].details, Regression { mean: 2.0, std: 1.0, rows: 2, format: Default::default() }.into());
}

#[test]
fn a_schema_survives_its_files() {
    let folder = Folder::new();
    folder.gray("a.png", 6, 4, 50);
    folder.gray("b.png", 6, 4, 90);
    folder.tone("a.wav", 700.0, 8000, 0.2);
    let table = folder.table(
        "t.csv",
        "n,c,s,d,v,t,i,a,y,z\n0.1,p,u;v,2024-01-01,1 2,hi,a.png,a.wav,0,1.7\n0.3,q,v,2024-01-09,3 5,ho,b.png,a.wav,1,2.9\n",
    );
    let kinds = [
        ("n", InputKind::Number),
        ("c", InputKind::Category),
        ("s", InputKind::Set),
        ("d", InputKind::Date),
        ("v", InputKind::Vector),
        ("t", InputKind::Text),
        ("i", InputKind::Image),
        ("a", InputKind::Audio),
    ];
    let schema = fit_all(&table, &inputs(&kinds), &targets(&[("y", TaskKind::Binary), ("z", TaskKind::Regression)])).unwrap();
    assert_eq!(schema.inputs.iter().map(|input| input.kind()).collect::<Vec<_>>(), kinds.map(|(_, kind)| kind));
    let vocabulary = folder.path().join("run/vocabulary");
    schema.save(&vocabulary).unwrap();
    assert_eq!(Schema::load(&vocabulary).unwrap(), schema);
    let names: Vec<String> =
        std::fs::read_dir(&vocabulary).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    std::fs::write(vocabulary.join("targets.json"), "[").unwrap();
    assert!(folder.strip(Schema::load(&vocabulary).unwrap_err()).starts_with("cannot read run/vocabulary/targets.json: "));
}

#[test]
fn inputs_that_do_not_fit() {
    assert_eq!(
        input_error("x\nred\nblue\nred\nblue\n", InputKind::Number),
        "train.csv, line 2, column \"x\": \"red\" is not a number; type = \"category\" would fit the column"
    );
    assert_eq!(
        input_error("x\n1\n2.5\noops\n", InputKind::Number),
        "train.csv, line 4, column \"x\": \"oops\" is not a number; fix the cell, or leave it empty"
    );
    assert_eq!(
        input_error("x\n1\ninf\n", InputKind::Number),
        "train.csv, line 3, column \"x\": \"inf\" is infinite; fix the cell, or leave it empty"
    );
    assert!(input_error("x\n1\n2\n2024-01-01\n", InputKind::Date).starts_with("train.csv, line 2, column \"x\": \"1\" is not a date"));
    assert_eq!(
        input_error("x\n01/02/2024\n03/04/2024\n", InputKind::Date),
        "input \"x\": the dates of column \"x\" may be read day first or month first; write them as year-month-day"
    );
    assert!(
        input_error("x\n1 2\n1 2\n1 2 3\n", InputKind::Vector)
            .starts_with("train.csv, line 4, column \"x\": a list of 3 numbers where the column has 2")
    );
    assert_eq!(
        input_error("x,y\n,1\nNA,2\n", InputKind::Number),
        "input \"x\": column \"x\" is empty in every training row; leave the input out, or train on rows that have it"
    );
    assert_eq!(input_error("y\n1\n2\n", InputKind::Number), "train.csv has no column \"x\"; its columns are y");
    assert_eq!(input_error("x\n1\n", InputKind::Number), "train.csv: 1 training row; at least 2 are needed");
}

#[test]
fn settings_out_of_range() {
    let table = csv("x\na\nb\n");
    let message = |config: InputConfig| fit_all(&table, &[("x".to_owned(), config)], &[]).unwrap_err();
    let (image, audio, text) = (ImageSettings::default(), AudioSettings::default(), TextSettings::default());
    for (config, expected) in [
        (ImageSettings { size: Some([0, 5]), ..image.clone() }.into(), "size must be between 1 and 4096, not 0"),
        (ImageSettings { channels: Some(4), ..image }.into(), "channels must be 1 (grayscale) or 3 (color), not 4"),
        (AudioSettings { bands: 0, ..audio.clone() }.into(), "bands must be between 1 and 512, not 0"),
        (AudioSettings { sample_rate: Some(7), ..audio.clone() }.into(), "sample_rate must be between 1000 and 384000, not 7"),
        (AudioSettings { seconds: Some(f64::NAN), ..audio }.into(), "seconds must be between 0.01 and 600, not NaN"),
        (TextSettings { buckets: 0, ..text }.into(), "buckets must be between 1 and 16777216, not 0"),
    ] {
        assert_eq!(message(config), format!("input \"x\": {expected}"));
    }
    assert!(message(input(InputKind::Image)).contains("none of the 2 files of column \"x\" can be read; the first: a does not exist"));
}

#[test]
fn tasks_that_cannot_be_learned() {
    for kind in [TaskKind::Regression, TaskKind::Binary, TaskKind::Classification, TaskKind::Multilabel, TaskKind::Ordinal] {
        assert_eq!(
            task_error("x,y\n1,\n2,NaN\n", kind),
            "task \"y\": column \"y\" is empty in every training row; leave the task out, or train on rows that have the label"
        );
    }
    assert!(
        task_error("y\nyes\nyes\n", TaskKind::Binary)
            .starts_with("task \"y\": all 2 training labels are \"yes\"; there is nothing to learn")
    );
    assert!(
        task_error("y\n4\n4.0\n", TaskKind::Regression).starts_with("task \"y\": all 2 training labels are 4; there is nothing to learn")
    );
    assert_eq!(
        task_error("y\na\nb\nc\nd\n", TaskKind::Classification),
        "task \"y\": each of the 4 training labels is a class of its own; column and task do not fit: this looks like an identifier or a text"
    );
    assert!(task_error("y\n1.5\n2.5\n3.5\n", TaskKind::Classification).ends_with("a task of measured numbers is type = \"regression\""));
    assert_eq!(
        task_error("y\n1\nhigh\n", TaskKind::Regression),
        "train.csv, line 3, column \"y\": \"high\" is not a number; list the cell under data.missing if it means none; a task whose labels are words is type = \"classification\""
    );
    assert!(task_error("y\n1\n-inf\n", TaskKind::Regression).starts_with("train.csv, line 3, column \"y\": \"-inf\" is infinite"));
    assert!(task_error("y\n1\ninf\n", TaskKind::Classification).starts_with("train.csv, line 3, column \"y\": \"inf\" is infinite"));
    assert_eq!(
        task_error("y\na\nb\na\nc\nc\n", TaskKind::Binary),
        "train.csv, line 5, column \"y\": \"c\" is a third class of the binary task \"y\"; a task with 3 classes is type = \"classification\""
    );
    assert!(task_error("y\nlow\nhigh\nlow\n", TaskKind::Ordinal).ends_with("write classes = [\"high\", \"low\"], lowest first"));
    assert!(
        task_error("y\na b\nc d\ne f\n", TaskKind::Multilabel).contains("no label occurs in two training rows; the separator is \" \"")
    );
    assert!(task_error("y\na;b\nb;a\n", TaskKind::Multilabel).contains("all 2 training rows have the same labels"));
}

#[test]
fn given_classes_are_checked() {
    let table = csv("y\nlow\nhihg\nlow\n");
    let message = |settings: LabelSettings| fit_all(&table, &[], &[("y".to_owned(), TargetConfig::new(settings, "y"))]).unwrap_err();
    let ordinal = |classes: &[&str]| message(OrdinalSettings { classes: names(classes) }.into());
    let binary = |classes: &[&str]| message(BinarySettings { classes: names(classes) }.into());
    let classification = |classes: &[&str]| message(ClassificationSettings { classes: names(classes) }.into());
    assert_eq!(
        ordinal(&["low", "high"]),
        "train.csv, line 3, column \"y\": \"hihg\" is none of the classes of task \"y\"; did you mean \"high\"?"
    );
    assert_eq!(ordinal(&["low", "low"]), "task \"y\": classes has \"low\" twice");
    assert_eq!(binary(&["a", "b", "c"]), "task \"y\": classes must name 2 classes, not 3");
    assert_eq!(classification(&["a"]), "task \"y\": classes must name 2 or more classes, not 1");
}

#[test]
fn quantities_and_numbers_that_are_too_large_have_hints_of_their_own() {
    let plain = "; write the number alone, in the unit of the whole column";
    let column = |name: &str| format!("{name}\n1.5\n3 kg\n300 g\n27k\n2.5\n");
    assert_eq!(task_error(&column("y"), TaskKind::Regression), format!("train.csv, line 3, column \"y\": \"3 kg\" is not a number{plain}"));
    assert_eq!(input_error(&column("x"), InputKind::Number), format!("train.csv, line 3, column \"x\": \"3 kg\" is not a number{plain}"));
    let too_large = task_error("y\n1\n1e400\n2\n", TaskKind::Regression);
    assert!(
        too_large.contains("line 3, column \"y\": ") && too_large.ends_with("; correct it, or give the label in another unit"),
        "{too_large}"
    );
    assert!(task_error("y\n1\ninf\n2\n", TaskKind::Regression).ends_with("; leave the cell empty where the value is not known"));
}
