//! The main road: check, train, evaluate, predict, report, compare.

use crate::support::{Place, names};

#[test]
fn check_shows_the_audit() {
    let place = Place::with_things();
    insta::assert_snapshot!(place.transcript(&["check things.toml"]));
}

#[test]
fn check_fails_where_a_training_would() {
    let place = Place::with_things();
    place.write("things.csv", place.read("things.csv").replacen("\n0,", "\ntall,", 1));
    let ran = place.run("check things.toml --json");
    assert_eq!(ran.code, 1, "{}", ran.err);
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(found["ok"], false);
    assert!(found["error"].as_str().unwrap().contains("\"tall\" is not a number"), "{}", found["error"]);
    let ran = place.run("check things.toml");
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("Task kind (classification)") && ran.err.contains("\"tall\" is not a number"), "{}{}", ran.out, ran.err);
}

#[test]
fn training_shows_losses_metrics_and_the_run() {
    let place = Place::with_things();
    let ran = place.run("train things.toml --set training.epochs=2");
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in ["reading things.csv", "epoch   1  loss: price", "epoch   2  loss: price", "valid: price rmse", "kind accuracy"] {
        assert!(ran.err.contains(part), "{part} in\n{}", ran.err);
    }
    for part in
        ["steps in 2 epochs", "On 10 test rows:", "all epochs done", "both inputs", "runs/things-1", "banyan evaluate runs/things-1"]
    {
        assert!(ran.out.contains(part), "{part} in\n{}", ran.out);
    }
    let expected = [
        "checkpoint",
        "config.toml",
        "data.json",
        "errors.json",
        "metrics.jsonl",
        "model.safetensors",
        "report.html",
        "summary.json",
        "vocabulary",
    ];
    let held: Vec<String> = names(&place.path("runs/things-1")).into_iter().filter(|name| !name.starts_with('.')).collect();
    assert_eq!(held, expected);
}

#[test]
fn quiet_leaves_the_run_s_folder_alone() {
    let place = Place::with_things();
    for number in 1..=2 {
        let ran = place.run("train things.toml --quiet");
        assert_eq!((ran.out, ran.err, ran.code), (format!("runs/things-{number}\n"), String::new(), 0));
    }
}

#[test]
fn json_is_one_object_each() {
    let place = Place::with_things();
    let parse = |text: String| serde_json::from_str::<serde_json::Value>(&text).unwrap();
    let summary = parse(place.succeed("train things.toml --out run --json"));
    assert_eq!((summary["run"].as_str(), summary["epochs"].as_u64()), (Some("run"), Some(1)));
    let evaluation = parse(place.succeed("evaluate run --json"));
    assert_eq!(evaluation["inputs"], serde_json::json!(["size", "color"]));
    assert_eq!(evaluation["rows"], 10);
    assert!(evaluation["tasks"]["kind"]["accuracy"].is_number() && evaluation["tasks"]["price"]["rmse"].is_number());
    // The summary and the evaluation measure the same weights on the same rows.
    assert_eq!(summary["results"][0]["tasks"], evaluation["tasks"]);
    let lines = parse(place.succeed("compare run run --json"));
    assert_eq!((lines[1]["delta_m_percent"].as_f64(), lines[1]["mean_rank"].as_f64()), (Some(0.0), Some(1.5)));
}

#[test]
fn a_time_limit_ends_a_training_as_if_it_were_done() {
    let place = Place::with_things();
    let summary = place.succeed("train things.toml --out run --json --time-limit 1s --set training.epochs=1000000");
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["stop_reason"], "time_limit");
    place.succeed("evaluate run");
}

#[test]
fn several_tables_with_different_columns_train_one_model() {
    let place = Place::with_things();
    let lines: String = (0..30).map(|row| format!("{{\"color\": \"{}\", \"kind\": \"plum\"}}\n", ["red", "blue"][row % 2])).collect();
    place.write("more.jsonl", lines);
    let config = place.read("things.toml").replace("\"things.csv\"", "[\"things.csv\", \"more.jsonl\"]\nsampling = \"square-root\"");
    place.write("both.toml", config);
    let summary: serde_json::Value = serde_json::from_str(&place.succeed("train both.toml --json --out run")).unwrap();
    let rows: u64 = summary["data"]["rows"].as_object().unwrap().values().map(|rows| rows.as_u64().unwrap()).sum();
    assert_eq!(rows, 78);
}

#[test]
fn a_report_can_be_written_again() {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet");
    let first = place.read("run/report.html");
    std::fs::remove_file(place.path("run/report.html")).unwrap();
    assert_eq!(place.succeed("report run").trim(), "run/report.html");
    assert_eq!(place.read("run/report.html"), first);
    place.succeed("report run -o page.html");
    assert_eq!(place.read("page.html"), first);
}

#[test]
fn compare_lines_runs_up() {
    let place = Place::with_things();
    place.succeed("train things.toml --out one --quiet");
    place.succeed("train things.toml --out two --quiet --set training.epochs=3");
    let ran = place.run("compare one two");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let header: Vec<&str> = ran.out.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(header, ["run", "split", "rows", "price", "rmse", "kind", "accuracy", "Δm", "%", "mean", "rank", "seconds"]);
    assert_eq!(ran.out.lines().filter(|line| line.starts_with("one ") || line.starts_with("two ")).count(), 2);
}

#[test]
fn runs_of_one_task_are_compared_with_the_joint_one_in_any_order() {
    let place = Place::with_things();
    place.succeed("train things.toml --out joint --quiet");
    for (task, other) in [("price", "kind"), ("kind", "price")] {
        let config = place.read("things.toml");
        let begin = config.find(&format!("[tasks.{other}]")).unwrap();
        let end = begin + config[begin + 1..].find('[').unwrap() + 1;
        place.write("single.toml", format!("{}{}", &config[..begin], &config[end..]));
        place.succeed(&format!("train single.toml --out {task} --quiet"));
    }
    for order in ["joint price kind", "price joint kind", "kind price joint"] {
        let ran = place.run(&format!("compare {order}"));
        assert_eq!(ran.code, 0, "{}", ran.err);
        let header: Vec<&str> = ran.out.lines().next().unwrap().split_whitespace().collect();
        assert_eq!(header[3..7], ["price", "rmse", "kind", "accuracy"], "{order}");
        let price: Vec<&str> = ran.out.lines().find(|line| line.starts_with("price ")).unwrap().split_whitespace().collect();
        assert!(price[3] != "–" && price[4] == "–", "{}", ran.out);
    }
    let ran = place.run("compare price kind");
    let sentence = "error: the run price has no metric of a task that another run has; compare runs that share tasks\n";
    assert_eq!((ran.code, ran.err.as_str()), (2, sentence));
}
