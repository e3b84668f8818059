//! What the check of a configuration accepts, fitting and encoding accept too.

use banyan_data::config::OnBadRow;
use banyan_data::dataset::{Dataset, EncodeOptions};
use banyan_data::inputs::{
    AudioSettings, CategorySettings, ImageSettings, InputConfig, InputSettings, SetSettings, TextSettings, TokensSettings,
};
use banyan_data::labels::{LabelSettings, MultilabelSettings, TaggingSettings, TargetConfig};
use banyan_data::schema::Schema;
use banyan_data::table::Table;

use crate::support::{Folder, all};

const ROWS: &str = "{\"a\": \"a.wav\", \"i\": \"a.png\", \"c\": \"x\", \"s\": [\"u\", \"v\"], \"w\": [\"to\", \"be\"], \"m\": [\"p\"], \"t\": [\"X\", \"Y\"]}\n\
                    {\"a\": \"b.wav\", \"i\": \"b.png\", \"c\": \"y\", \"s\": [\"v\"], \"w\": [\"or\", \"not\"], \"m\": [], \"t\": [\"X\", \"X\"]}\n";

fn table(folder: &Folder) -> Table {
    folder.tone("a.wav", 440.0, 8000, 0.05);
    folder.tone("b.wav", 700.0, 8000, 0.02);
    folder.gray("a.png", 6, 4, 50);
    folder.gray("b.png", 6, 4, 90);
    folder.table("t.jsonl", ROWS)
}

/// The input of a column with these settings: whether the check accepts them, and whether fitting and encoding do.
fn accepted(folder: &Folder, column: &str, settings: &InputSettings) -> [Result<(), String>; 2] {
    let checked = settings.check().map_err(|error| format!("input \"x\": {} {}", error.key, error.problem));
    let table = table(folder);
    let config = InputConfig { column: Some(column.to_owned()), settings: settings.clone() };
    let used = Schema::fit(&table, &all(&table), &[("x".to_owned(), config)], &[], OnBadRow::Error).and_then(|schema| {
        let (dataset, _) = Dataset::encode(&table, &all(&table), &schema, EncodeOptions::default())?;
        dataset.batch(&[0, 1]).map(|_| ())
    });
    [checked, used.map_err(|error| folder.strip(error))]
}

#[test]
fn settings_of_inputs_are_checked_in_one_place() {
    let folder = Folder::new();
    let audio = |change: fn(&mut AudioSettings)| {
        let mut settings = AudioSettings { seconds: Some(0.1), ..AudioSettings::default() };
        change(&mut settings);
        ("a", settings.into())
    };
    let image = |settings: ImageSettings| ("i", settings.into());
    let good: Vec<(&str, InputSettings)> = vec![
        audio(|audio| audio.bands = 1),
        audio(|audio| audio.bands = 512),
        audio(|audio| audio.sample_rate = Some(1000)),
        audio(|audio| audio.sample_rate = Some(384_000)),
        audio(|audio| audio.seconds = Some(0.01)),
        audio(|audio| audio.seconds = Some(600.0)),
        image(ImageSettings { size: Some([1, 1]), channels: Some(1), ..ImageSettings::default() }),
        image(ImageSettings { size: Some([1, 4096]), channels: Some(3), ..ImageSettings::default() }),
        image(ImageSettings { size: Some([4096, 1]), channels: None, ..ImageSettings::default() }),
        ("c", CategorySettings { max_values: 1 }.into()),
        ("s", SetSettings { max_values: 1, ..SetSettings::default() }.into()),
        ("c", TextSettings { buckets: 1, max_tokens: 1 }.into()),
        ("w", TokensSettings { buckets: Some(1), ..TokensSettings::default() }.into()),
    ];
    for (column, settings) in good {
        assert_eq!(accepted(&folder, column, &settings), [Ok(()), Ok(())], "{settings:?}");
    }
    let bad: Vec<(&str, InputSettings)> = vec![
        audio(|audio| audio.bands = 0),
        audio(|audio| audio.bands = 513),
        audio(|audio| audio.sample_rate = Some(999)),
        audio(|audio| audio.sample_rate = Some(384_001)),
        audio(|audio| audio.seconds = Some(0.009)),
        audio(|audio| audio.seconds = Some(600.1)),
        audio(|audio| audio.seconds = Some(f64::INFINITY)),
        image(ImageSettings { size: Some([0, 1]), channels: None, ..ImageSettings::default() }),
        image(ImageSettings { size: Some([1, 4097]), channels: None, ..ImageSettings::default() }),
        image(ImageSettings { size: None, channels: Some(2), ..ImageSettings::default() }),
        ("c", CategorySettings { max_values: 0 }.into()),
        ("s", SetSettings { max_values: 0, ..SetSettings::default() }.into()),
        ("s", SetSettings { separator: Some(String::new()), ..SetSettings::default() }.into()),
        ("c", TextSettings { buckets: 1, max_tokens: 0 }.into()),
        ("c", TextSettings { buckets: (1 << 24) + 1, max_tokens: 1 }.into()),
        ("w", TokensSettings { buckets: Some(0), ..TokensSettings::default() }.into()),
        ("w", TokensSettings { vectors_limit: Some(1), ..TokensSettings::default() }.into()),
    ];
    for (column, settings) in bad {
        let [checked, used] = accepted(&folder, column, &settings);
        assert!(checked.is_err(), "{settings:?}");
        assert_eq!(checked, used, "{settings:?}");
    }
}

#[test]
fn settings_of_labels_are_checked_in_one_place() {
    let folder = Folder::new();
    let names = |list: &[&str]| Some(list.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>());
    let result = |column: &str, settings: LabelSettings| {
        let checked = settings.check().map_err(|error| format!("task \"y\": {} {}", error.key, error.problem));
        let table = table(&folder);
        let inputs = [("w".to_owned(), InputConfig::from(TokensSettings::default()))];
        let target = ("y".to_owned(), TargetConfig::new(settings, column));
        let fitted = Schema::fit(&table, &all(&table), &inputs, &[target], OnBadRow::Error);
        [checked, fitted.map(|_| ()).map_err(|error| folder.strip(error))]
    };
    let multilabel = |classes: &[&str]| MultilabelSettings { classes: names(classes), ..MultilabelSettings::default() };
    assert_eq!(result("m", multilabel(&["p", "q"]).into()), [Ok(()), Ok(())]);
    assert_eq!(result("t", TaggingSettings { classes: names(&["Y", "X"]), on: None }.into()), [Ok(()), Ok(())]);
    for (column, settings) in [
        ("m", LabelSettings::from(multilabel(&[]))),
        ("m", multilabel(&["p", "p"]).into()),
        ("m", MultilabelSettings { separator: Some(String::new()), ..MultilabelSettings::default() }.into()),
        ("t", TaggingSettings { classes: names(&["X"]), on: None }.into()),
    ] {
        let [checked, fitted] = result(column, settings.clone());
        assert!(checked.is_err(), "{settings:?}");
        assert_eq!(checked, fitted, "{settings:?}");
    }
}
