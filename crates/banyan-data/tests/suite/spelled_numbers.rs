//! Labels and categories that are numbers: CSV files spell them, Parquet and JSON hold their values.

use banyan_data::dataset::{Dataset, EncodeOptions};
use banyan_data::inputs::{InputKind, InputValues};
use banyan_data::labels::{ClassificationSettings, MultilabelSettings, TargetConfig};
use banyan_data::schema::Schema;
use banyan_data::table::Table;
use banyan_data::values::Values;

use crate::support::{Folder, all, inputs};

const JSON: &str = "{\"y\": 1.5}\n{\"y\": 2}\n{\"y\": 1.5}\n{\"y\": 2}\n{\"y\": 10}\n{\"y\": 10}\n";

fn csv(spellings: &[&str]) -> String {
    spellings.iter().fold("y,z\n".to_owned(), |text, spelling| text + spelling + ",a\n")
}

fn schema(table: &Table, classes: Option<&[&str]>) -> Schema {
    let classes = classes.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
    let target = ("y".to_owned(), TargetConfig::new(ClassificationSettings { classes }, "y"));
    Schema::fit(table, &all(table), &[], &[target], Default::default()).unwrap()
}

/// The class of each row, by the schema's spelling; nothing where it is unknown.
fn encoded(table: &Table, schema: &Schema) -> Vec<Option<String>> {
    let rows = all(table);
    let data = Dataset::encode(table, &rows, schema, EncodeOptions::default()).unwrap().0;
    let batch = data.batch(&rows).unwrap();
    let classes = batch.tasks[0].values.indices_at(0);
    let class = |row: usize| data.known_mask(0)[row].then(|| schema.targets[0].classes()[classes[row] as usize].clone());
    rows.into_iter().map(class).collect()
}

fn some(classes: &[&str]) -> Vec<Option<String>> {
    classes.iter().map(|class| Some((*class).to_owned())).collect()
}

#[test]
fn a_class_keeps_the_first_spelling_of_the_table() {
    let folder = Folder::new();
    let table = folder.table("t.csv", csv(&["1.0", "2.0", "1", "2.0"]));
    assert_eq!(schema(&table, None).targets[0].classes(), ["1.0", "2.0"]);
    assert_eq!(schema(&table, None).targets[0].counts(), [2, 2]);
    assert_eq!(encoded(&table, &schema(&table, None)), some(&["1.0", "2.0", "1.0", "2.0"]));
}

#[test]
fn a_given_class_keeps_its_spelling() {
    let folder = Folder::new();
    let table = folder.table("t.csv", csv(&["1", "2", "1", "2"]));
    let schema = schema(&table, Some(&["2.0", "1.0"]));
    assert_eq!(
        (schema.targets[0].classes(), schema.targets[0].counts()),
        (["2.0", "1.0"].map(str::to_owned).as_slice(), [2, 2].as_slice())
    );
    assert_eq!(encoded(&table, &schema), some(&["1.0", "2.0", "1.0", "2.0"]));
    let table = folder.table("t.csv", csv(&["1.50", "02", "1.50", "02"]));
    let schema = self::schema(&table, Some(&["1.5", "2"]));
    assert_eq!((schema.targets[0].classes(), schema.targets[0].counts()), (["1.5", "2"].map(str::to_owned).as_slice(), [2, 2].as_slice()));
    assert_eq!(encoded(&table, &schema), some(&["1.5", "2", "1.5", "2"]));
}

#[test]
fn numbers_of_other_formats_are_the_classes_of_their_values() {
    let folder = Folder::new();
    let text = folder.table("t.csv", csv(&["1.50", "+2", "1.50", "+2", "1e1", "1e1"]));
    let typed = folder.table("t.jsonl", JSON);
    let expected = ["1.50", "+2", "1.50", "+2", "1e1", "1e1"];
    assert_eq!(encoded(&typed, &schema(&text, None)), some(&expected));
    // And the other way around.
    let of_typed = schema(&typed, None);
    assert_eq!(of_typed.targets[0].classes(), ["1.5", "2", "10"]);
    assert_eq!(encoded(&text, &of_typed), some(&["1.5", "2", "1.5", "2", "10", "10"]));
    // Both in one training, whichever comes first.
    for tables in [[text.clone(), typed.clone()], [typed, text]] {
        let both = Table::concatenate(tables.to_vec()).unwrap();
        let schema = schema(&both, None);
        assert_eq!((schema.targets[0].classes().len(), schema.targets[0].counts()), (3, [4, 4, 4].as_slice()));
        assert!(encoded(&both, &schema).iter().all(Option::is_some));
    }
}

#[test]
fn codes_and_versions_of_texts_stay_different() {
    let folder = Folder::new();
    let table = folder.table("t.csv", csv(&["01", "1", "3.1", "3.10", "01", "1", "3.1", "3.10"]));
    let schema = schema(&table, None);
    assert_eq!((schema.targets[0].classes().len(), schema.targets[0].counts()), (4, [2, 2, 2, 2].as_slice()));
    let other = folder.table("o.csv", csv(&["1", "01", "001"]));
    assert_eq!(encoded(&other, &schema), [Some("1".to_owned()), Some("01".to_owned()), None]);
    // A number is the text that is spelled as it.
    let typed = folder.table("t.jsonl", "{\"y\": 1}\n{\"y\": 3.1}\n");
    assert_eq!(encoded(&typed, &schema), some(&["1", "3.1"]));
}

#[test]
fn lists_and_inputs_too() {
    let folder = Folder::new();
    let text = folder.table("t.csv", csv(&["1.50;+2", "1.50", "+2", "1.50;+2"]));
    let typed = folder.table("t.jsonl", "{\"y\": [2, 1.5]}\n{\"y\": [1.5]}\n");
    let settings = MultilabelSettings { separator: Some(";".to_owned()), ..MultilabelSettings::default() };
    let target = ("y".to_owned(), TargetConfig::new(settings, "y"));
    let schema = Schema::fit(&text, &all(&text), &inputs(&[("y", InputKind::Set)]), &[target], Default::default()).unwrap();
    let (data, report) = Dataset::encode(&typed, &[0, 1], &schema, EncodeOptions::default()).unwrap();
    assert!(report.warnings().is_empty(), "{:?}", report.warnings());
    let batch = data.batch(&[0, 1]).unwrap();
    assert_eq!(batch.tasks[0].values, Values::numbers(2, vec![1.0, 1.0, 1.0, 0.0]));
    let text = folder.table("t.csv", csv(&["1.50", "+2", "1.50", "+2"]));
    let typed = folder.table("t.jsonl", "{\"y\": 2}\n{\"y\": 1.5}\n{\"y\": 3}\n");
    let schema = Schema::fit(&text, &all(&text), &inputs(&[("y", InputKind::Category)]), &[], Default::default()).unwrap();
    let (data, report) = Dataset::encode(&typed, &[0, 1, 2], &schema, EncodeOptions::default()).unwrap();
    let InputValues::Category(indices) = &data.batch(&[0, 1, 2]).unwrap().inputs[0].values else { panic!("categories") };
    assert_eq!((indices.as_slice(), report.warnings().len()), ([1, 2, 0].as_slice(), 1));
}
