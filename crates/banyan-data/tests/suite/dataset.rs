//! Rows to batches: values, masks, and what happens to bad rows.

use banyan_data::batch::{Batch, InputValues};
use banyan_data::config::OnBadRow;
use banyan_data::dataset::{Dataset, EncodeOptions, MediaMemory, Purpose, Report};
use banyan_data::inputs::{AudioSettings, AudioValues, DenseValues, ImageValues, InputConfig, InputKind};
use banyan_data::labels::TaskKind;
use banyan_data::schema::Schema;
use banyan_data::table::{ReadOptions, Table};
use banyan_data::values::Values;

use crate::support::{Folder, all, csv, inputs, targets};

fn encode(table: &Table, schema: &Schema, options: EncodeOptions<'_>) -> (Dataset, Report) {
    Dataset::encode(table, &all(table), schema, options).unwrap()
}

fn fit(table: &Table, wanted: &[(&str, InputKind)], tasks: &[(&str, TaskKind)]) -> Schema {
    Schema::fit(table, &all(table), &inputs(wanted), &targets(tasks), OnBadRow::Missing).unwrap()
}

fn number(batch: &Batch, input: usize) -> Vec<f32> {
    match &batch.inputs[input].values {
        InputValues::Number(values) => values.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn values_and_masks_of_a_batch() {
    let table = csv("n,c,s,v,t,b,k,m,r\n1,p,u;v,1 2,a bc,no,x,f;g,1\n3,q,v,3 4,,yes,y,g,3\n,,,,,,,,\n");
    let schema = fit(
        &table,
        &[("n", InputKind::Number), ("c", InputKind::Category), ("s", InputKind::Set), ("v", InputKind::Vector), ("t", InputKind::Text)],
        &[("b", TaskKind::Binary), ("k", TaskKind::Classification), ("m", TaskKind::Multilabel), ("r", TaskKind::Regression)],
    );
    let (dataset, report) = encode(&table, &schema, EncodeOptions::default());
    assert_eq!((dataset.len(), report.rows, report.empty_rows), (3, 3, 1));
    assert_eq!((0..4).map(|task| dataset.known(task)).collect::<Vec<_>>(), [2, 2, 2, 2]);
    let batch = dataset.batch(&[1, 0, 2, 1]).unwrap();
    assert_eq!(batch.rows, [1, 0, 2, 1]);
    assert_eq!(batch.inputs[0].present, [true, true, false, true]);
    assert_eq!(number(&batch, 0), [1.0, -1.0, 0.0, 1.0]);
    assert!(matches!(&batch.inputs[1].values, InputValues::Category(values) if *values == [2, 1, 0, 2]));
    let InputValues::Set(sets) = &batch.inputs[2].values else { panic!() };
    assert_eq!((sets.len(), sets.list(0), sets.list(1), sets.list(2)), (4, [1].as_slice(), [2, 1].as_slice(), [].as_slice()));
    assert!(
        matches!(&batch.inputs[3].values, InputValues::Vector(DenseValues { width: 2, values }) if *values == [1.0, 1.0, -1.0, -1.0, 0.0, 0.0, 1.0, 1.0])
    );
    let InputValues::Text(text) = &batch.inputs[4].values else { panic!() };
    assert_eq!(batch.inputs[4].present, [false, true, false, false]);
    assert_eq!((text.tokens.list(0).len(), text.tokens.list(1), text.tokens.len()), (0, [0, 1].as_slice(), 4));
    assert_eq!(text.features.len(), 2);

    assert_eq!(batch.tasks[0].known, [true, true, false, true]);
    assert_eq!(batch.tasks[0].values, Values::indices(vec![1, 0, 0, 1]));
    assert_eq!(batch.tasks[2].values, Values::numbers(2, vec![0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0]));
    assert_eq!(batch.tasks[3].values, Values::numbers(1, vec![1.0, -1.0, 0.0, 1.0]));
}

#[test]
fn dates_are_time_and_cycles() {
    let table = csv("d\n2024-01-01\n2024-07-01\n");
    let schema = fit(&table, &[("d", InputKind::Date)], &[]);
    let (dataset, _) = encode(&table, &schema, EncodeOptions::default());
    let InputValues::Date(DenseValues { width: 5, values }) = &dataset.batch(&[0, 1]).unwrap().inputs[0].values else { panic!() };
    // Both are Mondays, the one at the year's start, the other near its middle.
    assert_eq!(values[..5], [-1.0, 0.0, 1.0, 0.0, 1.0]);
    assert!(values[5] == 1.0 && values[7] < -0.99 && values[8..] == [0.0, 1.0], "{values:?}");
}

#[test]
fn unseen_values_and_labels_are_counted_and_named() {
    let train = csv("c,s,y,m\na,u;v,p,f;g\nb,v,q,g\n");
    let schema =
        fit(&train, &[("c", InputKind::Category), ("s", InputKind::Set)], &[("y", TaskKind::Classification), ("m", TaskKind::Multilabel)]);
    let table = csv("c,s,y,m\nz,w;v,r,h;f\na,u,p,g\n");
    let (dataset, report) = encode(&table, &schema, EncodeOptions::default());
    let unseen: Vec<usize> = report.inputs.iter().map(|input| input.notes[0].count).collect();
    assert_eq!((unseen, report.tasks[0].unseen, report.tasks[1].unseen), (vec![1, 1], 1, 1));
    assert_eq!(report.tasks[0].unseen_examples, ["r"]);
    assert_eq!(dataset.known_mask(0), [false, true]);
    let batch = dataset.batch(&[0]).unwrap();
    assert!(batch.inputs[0].present[0] && matches!(&batch.inputs[0].values, InputValues::Category(values) if *values == [0]));
    assert_eq!(batch.tasks[1].values, Values::numbers(2, vec![1.0, 0.0]));
    assert_eq!(
        report.warnings(),
        [
            "input \"c\": 1 value was not seen in training (\"z\")",
            "input \"s\": 1 value was not seen in training (\"w\")",
            "task \"y\": 1 label was never seen in training and is unknown (\"r\")",
            "task \"m\": 1 label was never seen in training and is unknown (\"h\")",
        ]
    );
}

#[test]
fn columns_that_a_table_lacks_are_missing() {
    let folder = Folder::new();
    folder.gray("a.png", 3, 2, 10);
    let table = folder.table("t.csv", "n,c,s,d,v,t,i,y,z\n1,p,u;v,2024-01-01,1 2,hi,a.png,0,1\n2,q,v,2024-01-09,3 5,ho,a.png,1,2\n");
    let schema = fit(
        &table,
        &[
            ("n", InputKind::Number),
            ("c", InputKind::Category),
            ("s", InputKind::Set),
            ("d", InputKind::Date),
            ("v", InputKind::Vector),
            ("t", InputKind::Text),
            ("i", InputKind::Image),
        ],
        &[("y", TaskKind::Binary), ("z", TaskKind::Regression)],
    );
    let bare = csv("other\n1\n2\n3\n");
    let (dataset, report) = encode(&bare, &schema, EncodeOptions::default());
    assert!(report.inputs.iter().all(|input| !input.read && input.missing == 3));
    assert_eq!(report.empty_rows, 3);
    let batch = dataset.batch(&[2, 0]).unwrap();
    assert!(batch.inputs.iter().all(|input| input.present == [false, false]));
    assert!(batch.tasks.iter().all(|task| task.known == [false, false]));
    // The shapes are those of the kinds all the same.
    assert!(matches!(&batch.inputs[2].values, InputValues::Set(sets) if sets.len() == 2));
    assert!(matches!(&batch.inputs[3].values, InputValues::Date(DenseValues { width: 5, values }) if values.len() == 10));
    assert!(matches!(&batch.inputs[5].values, InputValues::Text(text) if text.tokens.len() == 2));
    assert!(
        matches!(&batch.inputs[6].values, InputValues::Image(ImageValues { height: 3, width: 2, channels: 1, pixels }) if pixels.len() == 12)
    );
}

#[test]
fn chosen_inputs_and_tasks_only() {
    let folder = Folder::new();
    folder.gray("a.png", 2, 2, 10);
    folder.gray("b.png", 2, 2, 200);
    let train = folder.table("t.csv", "i,n,y\na.png,1,0\nb.png,2,1\n");
    let schema = fit(&train, &[("i", InputKind::Image), ("n", InputKind::Number)], &[("y", TaskKind::Binary)]);
    // The image is not there; nobody asks for it.
    let table = folder.table("p.csv", "i,n,y\nnone.png,1,what\n");
    let (names, none) = (["n".to_owned()], []);
    let options =
        EncodeOptions { inputs: Some(&names), tasks: Some(&none), bad: OnBadRow::Error, threads: Some(1), ..EncodeOptions::default() };
    let (dataset, report) = encode(&table, &schema, options);
    assert_eq!(
        (&dataset.present_mask(0).to_vec()[..], &dataset.present_mask(1).to_vec()[..], dataset.known(0)),
        ([false].as_slice(), [true].as_slice(), 0)
    );
    assert_eq!((report.inputs[0].unreadable, report.tasks[0].unseen), (0, 0));

    let wrong = ["m".to_owned()];
    let asked = EncodeOptions { inputs: Some(&wrong), ..EncodeOptions::default() };
    assert_eq!(
        Dataset::encode(&table, &[0], &schema, asked).unwrap_err().to_string(),
        "input \"m\": the model has no such input; its inputs are i and n"
    );
    let asked = EncodeOptions { tasks: Some(&wrong), ..EncodeOptions::default() };
    assert!(Dataset::encode(&table, &[0], &schema, asked).unwrap_err().to_string().starts_with("task \"m\": the model has no such task"));
}

#[test]
fn several_tables_train_one_model() {
    let folder = Folder::new();
    folder.gray("one/p.png", 2, 2, 0);
    folder.gray("two/p.png", 2, 2, 255);
    let table = Table::concatenate(vec![
        folder.table("one/a.csv", "i,a\np.png,x\np.png,y\n"),
        folder.table("two/b.jsonl", "{\"i\": \"p.png\", \"n\": 1, \"b\": 0.5}\n{\"n\": 2, \"b\": 1.5}\n"),
    ])
    .unwrap();
    let schema = fit(&table, &[("i", InputKind::Image), ("n", InputKind::Number)], &[("a", TaskKind::Binary), ("b", TaskKind::Regression)]);
    let (dataset, report) = encode(&table, &schema, EncodeOptions::default());
    assert_eq!((0..4).map(|row| dataset.source_of(row)).collect::<Vec<_>>(), [0, 0, 1, 1]);
    assert_eq!(
        (&dataset.known_mask(0).to_vec()[..], &dataset.known_mask(1).to_vec()[..]),
        ([true, true, false, false].as_slice(), [false, false, true, true].as_slice())
    );
    assert_eq!((report.inputs[0].missing, report.inputs[1].missing, report.empty_rows), (1, 2, 0));
    // The same name in two folders is two images.
    let InputValues::Image(ImageValues { pixels, .. }) = &dataset.batch(&[0, 1, 2, 3]).unwrap().inputs[0].values else { panic!() };
    assert!(pixels[0] == pixels[4] && pixels[0] < 0.0 && pixels[8] > 0.0 && pixels[12..] == [0.0; 4], "{pixels:?}");
}

/// Three rows: a good image, a cut-short one beside a number, a cut-short one alone.
fn bad_pictures() -> (Folder, Table, Schema) {
    let folder = Folder::new();
    folder.gray("good.png", 2, 2, 10);
    folder.gray("other.png", 2, 2, 90);
    let whole = std::fs::read(folder.path().join("good.png")).unwrap();
    folder.file("cut.png", &whole[..whole.len() - 25]);
    let train = folder.table("t.csv", "i,n,y\ngood.png,1,0\nother.png,2,1\n");
    let schema = fit(&train, &[("i", InputKind::Image), ("n", InputKind::Number)], &[("y", TaskKind::Binary)]);
    let table = folder.table("bad.csv", "i,n,y\ngood.png,,0\ncut.png,1,1\ncut.png,,0\n");
    (folder, table, schema)
}

#[test]
fn bad_rows_are_an_error_missing_or_skipped() {
    let (folder, table, schema) = bad_pictures();
    let encode = |rows: &[usize], bad| Dataset::encode(&table, rows, &schema, EncodeOptions { bad, ..EncodeOptions::default() });

    let message = folder.strip(encode(&[0, 1], OnBadRow::Error).unwrap_err());
    assert!(message.starts_with("bad.csv, line 3, column \"i\": cut.png is "), "{message}");
    assert!(message.ends_with("; fix the file, or set on_bad_row = \"missing\" or \"skip\""), "{message}");

    let (dataset, report) = encode(&[0, 1], OnBadRow::Missing).unwrap();
    assert_eq!((dataset.len(), &dataset.present_mask(0).to_vec()[..]), (2, [true, false].as_slice()));
    assert_eq!((report.inputs[0].unreadable, report.inputs[0].missing, report.skipped_rows), (1, 0, 0));
    assert!(report.warnings()[0].starts_with("input \"i\": 1 row has an unreadable file: cut.png is "));

    let message = folder.strip(encode(&[0, 1, 2], OnBadRow::Missing).unwrap_err());
    assert!(message.starts_with("bad.csv, line 4: nothing is left of this row: cut.png is "), "{message}");

    let (dataset, report) = encode(&[2, 0, 1], OnBadRow::Skip).unwrap();
    assert_eq!((dataset.len(), dataset.table_row(0), report.skipped_rows, report.inputs[0].unreadable), (1, 0, 2, 2));
    assert_eq!((report.inputs[0].missing, &dataset.present_mask(0).to_vec()[..]), (0, [true].as_slice()));
}

/// Whatever the rule for training data, so that one bad file costs no other row its prediction.
#[test]
fn where_a_model_is_used_a_bad_file_is_an_empty_cell() {
    let (folder, table, schema) = bad_pictures();
    for bad in [OnBadRow::Error, OnBadRow::Missing, OnBadRow::Skip] {
        let options = EncodeOptions { bad, purpose: Purpose::Use, ..EncodeOptions::default() };
        let (dataset, report) = Dataset::encode(&table, &[0, 1, 2], &schema, options).unwrap();
        assert_eq!((dataset.len(), &dataset.present_mask(0).to_vec()[..]), (3, [true, false, false].as_slice()), "{bad:?}");
        assert_eq!((report.inputs[0].unreadable, report.skipped_rows, report.empty_rows), (2, 0, 1), "{bad:?}");
        assert!(report.warnings()[0].starts_with("input \"i\": 2 rows have an unreadable file: cut.png is "));
    }
    // A path that leaves the folder is not read, and costs its own cell only.
    let options = EncodeOptions { purpose: Purpose::Use, ..EncodeOptions::default() };
    folder.gray("in/good.png", 2, 2, 10);
    let table = folder.table("in/out.csv", "i,n\ngood.png,1\n../good.png,1\n/etc/hosts.png,1\n");
    let (dataset, report) = Dataset::encode(&table, &[0, 1, 2], &schema, options).unwrap();
    assert_eq!(dataset.present_mask(0), [true, false, false]);
    assert_eq!(
        report.warnings()[0],
        "input \"i\": 2 rows have an unreadable file: ../good.png leaves the folder of media files; /etc/hosts.png leaves the folder of media files"
    );
    // A cell that does not fit has a hint for a model that is there already.
    let table = folder.table("word.csv", "i,n\ngood.png,1\ngood.png,unknown\n");
    assert_eq!(
        folder.strip(Dataset::encode(&table, &[0, 1], &schema, options).unwrap_err()),
        "word.csv, line 3, column \"n\": \"unknown\" is not a number; fix the cell, or leave it empty"
    );
}

#[test]
fn files_that_are_absent_are_bad_and_paths_that_leave_are_refused() {
    let (folder, _, schema) = bad_pictures();
    let table = folder.table("absent.csv", "i,n\nnone.png,1\n");
    let (_, report) = encode(&table, &schema, EncodeOptions::default());
    assert_eq!(report.inputs[0].unreadable_examples, ["none.png does not exist"]);
    for path in ["../secret.png", "/etc/hosts.png"] {
        let table = folder.table("out.csv", format!("i,n\ngood.png,1\n{path},1\n"));
        for bad in [OnBadRow::Error, OnBadRow::Missing, OnBadRow::Skip] {
            let error = Dataset::encode(&table, &[0, 1], &schema, EncodeOptions { bad, ..EncodeOptions::default() }).unwrap_err();
            assert_eq!(
                folder.strip(error),
                format!(
                    "out.csv, line 3, column \"i\": \"{path}\" leaves the folder of media files; they must lie in the table's folder or below it, or in the one that data.media_root names"
                )
            );
        }
    }
}

/// The folder of media files may be another one than the table's; an absolute path into it is as good as a relative one.
#[test]
fn media_files_are_looked_up_below_their_root() {
    let folder = Folder::new();
    for (name, level) in [("media/a.png", 10), ("media/in/b.png", 90), ("tables/c.png", 50)] {
        folder.gray(name, 2, 2, level);
    }
    let absolute = folder.path().join("media/in/b.png");
    let path = folder.file("tables/t.csv", format!("i\na.png\n{}\nc.png\n", absolute.display()));
    for root in ["../media".to_owned(), folder.path().join("media").display().to_string()] {
        let table = Table::read(&path, &ReadOptions { media_root: Some(root), ..ReadOptions::default() }).unwrap();
        let schema = fit(&table, &[("i", InputKind::Image)], &[]);
        let options = EncodeOptions { purpose: Purpose::Use, ..EncodeOptions::default() };
        let (dataset, report) = encode(&table, &schema, options);
        assert_eq!(dataset.present_mask(0), [true, true, false]);
        assert_eq!(report.inputs[0].unreadable_examples, ["c.png does not exist"]);
        let folder_of_table = Table::read(&path, &ReadOptions::default()).unwrap();
        let options = EncodeOptions { purpose: Purpose::Training, ..options };
        let error = Dataset::encode(&folder_of_table, &[1], &schema, options).unwrap_err().to_string();
        assert!(error.ends_with("or in the one that data.media_root names"), "{error}");
    }
}

/// Folders, names that no file can have, and names that would spoil a message.
#[test]
fn cells_that_name_no_file_are_one_sentence_each() {
    let (folder, _, schema) = bad_pictures();
    std::fs::create_dir(folder.path().join("folder.png")).unwrap();
    let cells = serde_json::json!(["folder.png", "a\0b.png", "x.".repeat(2500), "two\nlines.png"]);
    let lines: Vec<String> = cells.as_array().unwrap().iter().map(|cell| serde_json::json!({"i": cell, "n": 1}).to_string()).collect();
    let (_, report) = encode(&folder.table("t.jsonl", lines.join("\n")), &schema, EncodeOptions::default());
    let impossible = "is not the name of a file: it is too long, or holds a NUL character";
    assert_eq!(
        report.inputs[0].unreadable_examples,
        [
            "folder.png is a folder, not a file".to_owned(),
            format!("a\\u{{0}}b.png {impossible}"),
            format!("{}… {impossible}", "x.".repeat(100)),
            "two\\nlines.png does not exist".to_owned(),
        ]
    );
}

#[test]
fn cells_that_do_not_fit_are_errors_when_encoding_too() {
    let train = csv("n,v,y,r\n1,1 2,a,1\n2,3 4,b,2\n");
    let schema =
        fit(&train, &[("n", InputKind::Number), ("v", InputKind::Vector)], &[("y", TaskKind::Binary), ("r", TaskKind::Regression)]);
    let message = |content: &str| {
        let table = csv(content);
        let error = Dataset::encode(&table, &all(&table), &schema, EncodeOptions::default()).unwrap_err().to_string();
        error[error.find("train.csv").unwrap()..].to_owned()
    };
    assert!(message("n\n1\nx\n").starts_with("train.csv, line 3, column \"n\": \"x\" is not a number"));
    assert!(message("v\n1 2 3\n").starts_with("train.csv, line 2, column \"v\": a list of 3 numbers where the column has 2"));
    assert!(message("n,r\n1,high\n").starts_with("train.csv, line 2, column \"r\": \"high\" is not a number"));
}

#[test]
fn gaps_within_vectors_are_filled_and_counted() {
    let table = Folder::new().table("t.jsonl", "{\"v\": [1, null]}\n{\"v\": [3, 5]}\n{\"v\": [2, 7]}\n");
    let schema = fit(&table, &[("v", InputKind::Vector)], &[]);
    let (dataset, report) = encode(&table, &schema, EncodeOptions::default());
    assert_eq!(report.warnings(), ["input \"v\": 1 gap within lists filled with the training mean"]);
    assert!(matches!(&dataset.batch(&[0]).unwrap().inputs[0].values, InputValues::Vector(vectors) if vectors.values[1] == 0.0));
}

#[test]
fn images_are_standardized() {
    let folder = Folder::new();
    for level in [0u8, 100, 200] {
        folder.gray(&format!("{level}.png"), 28, 28, level);
    }
    let table = folder.table("t.csv", "i\n0.png\n100.png\n200.png\n");
    let schema = fit(&table, &[("i", InputKind::Image)], &[]);
    let (dataset, _) = encode(&table, &schema, EncodeOptions::default());
    let InputValues::Image(ImageValues { height: 28, width: 28, channels: 1, pixels }) =
        &dataset.batch(&[0, 1, 2]).unwrap().inputs[0].values
    else {
        panic!()
    };
    let mean = pixels.iter().sum::<f32>() / pixels.len() as f32;
    let squares = pixels.iter().map(|pixel| pixel * pixel).sum::<f32>() / pixels.len() as f32;
    assert!(mean.abs() < 1e-5 && (squares - 1.0).abs() < 1e-4, "{mean} {squares}");
}

#[test]
fn sounds_are_standardized_and_padded() {
    let folder = Folder::new();
    // No whole number of waves in 10 ms, or all frames would be alike.
    folder.tone("long.wav", 1010.0, 8000, 0.5);
    folder.tone("short.wav", 1010.0, 8000, 0.1);
    let table = folder.table("t.csv", "a\nlong.wav\nshort.wav\n");
    let config = InputConfig::from(AudioSettings { seconds: Some(0.3), ..AudioSettings::default() });
    let schema = Schema::fit(&table, &[0, 1], &[("a".to_owned(), config)], &[], OnBadRow::Error).unwrap();
    let (dataset, _) = encode(&table, &schema, EncodeOptions::default());
    let InputValues::Audio(AudioValues { frames, bands: 40, values, lengths }) = &dataset.batch(&[0, 1]).unwrap().inputs[0].values else {
        panic!()
    };
    assert_eq!(*frames, 1 + (2400 - 200) / 80);
    assert_eq!(lengths[..], [*frames as u32, 1 + (800 - 200) / 80]);
    let padding = (frames + lengths[1] as usize) * 40;
    assert!(values[padding..].iter().all(|value| *value == 0.0));
    assert!(values[padding - 40..padding].iter().any(|value| *value != 0.0));
}

/// Three images and three recordings, and a schema learned from them.
fn media() -> (Folder, Table, Schema) {
    let folder = Folder::new();
    for (place, level) in [0u8, 100, 200].into_iter().enumerate() {
        folder.gray(&format!("{place}.png"), 28, 28, level);
        folder.tone(&format!("{place}.wav"), 1010.0, 8000, 0.1 + 0.1 * place as f64);
    }
    let table = folder.table("t.csv", "i,a\n0.png,0.wav\n1.png,\n2.png,2.wav\n0.png,1.wav\n");
    let schema = fit(&table, &[("i", InputKind::Image), ("a", InputKind::Audio)], &[]);
    (folder, table, schema)
}

#[test]
fn what_memory_does_not_keep_is_decoded_again() {
    let (_folder, table, schema) = media();
    let (whole, _) = encode(&table, &schema, EncodeOptions::default());
    assert!(whole.is_whole());
    let expected = whole.batch(&[3, 1, 2, 0]).unwrap();
    for most in [0, 784, 2_000, 5_000, 1_000_000] {
        let memory = MediaMemory::new(most);
        let options = EncodeOptions { memory: Some(&memory), ..EncodeOptions::default() };
        let (dataset, report) = encode(&table, &schema, options);
        assert!(memory.used() <= most && dataset.is_whole() == (most == 1_000_000), "{most}: {}", memory.used());
        assert_eq!((report.inputs[1].missing, report.inputs[0].unreadable), (1, 0));
        let batch = dataset.gather(&[3, 1, 2, 0], &dataset.load(&[0, 1, 2, 3]).unwrap());
        assert_eq!(format!("{:?}", batch.inputs), format!("{:?}", expected.inputs), "{most}");
    }
    let memory = MediaMemory::new(u64::MAX);
    let (first, _) = encode(&table, &schema, EncodeOptions { memory: Some(&memory), ..EncodeOptions::default() });
    let used = memory.used();
    let (second, _) = encode(&table, &schema, EncodeOptions { memory: Some(&memory), ..EncodeOptions::default() });
    assert!(first.is_whole() && second.is_whole() && used > 3 * 784 && memory.used() == 2 * used, "data sets share the bound");
}

#[test]
fn a_file_that_goes_away_is_an_error_with_its_row() {
    let (folder, table, schema) = media();
    let memory = MediaMemory::new(0);
    let (dataset, _) = encode(&table, &schema, EncodeOptions { memory: Some(&memory), ..EncodeOptions::default() });
    std::fs::remove_file(folder.path().join("2.wav")).unwrap();
    assert!(dataset.batch(&[0, 1, 3]).is_ok());
    assert_eq!(
        folder.strip(dataset.batch(&[0, 2]).unwrap_err()),
        "t.csv, line 4, column \"a\": 2.wav does not exist, though it could be read when the data was checked; put the file back"
    );
}
