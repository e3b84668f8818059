//! Parquet and Arrow files as other programs write them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder, StringDictionaryBuilder};
use arrow_array::types::{Int32Type, UInt32Type};
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, FixedSizeListArray, Int64Array,
    LargeListArray, LargeListViewArray, ListArray, NullArray, RecordBatch, StringArray, StructArray,
};
use arrow_schema::{DataType, Field, Schema};
use banyan_data::infer::infer_input;
use banyan_data::inputs::InputKind;
use banyan_data::table::{Cell, ReadOptions, Table};

use crate::support::Folder;

fn write_parquet(path: &Path, batch: &RecordBatch) {
    let mut writer = parquet::arrow::ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

fn write_arrow(path: &Path, batch: &RecordBatch) {
    let mut writer = arrow_ipc::writer::FileWriter::try_new(File::create(path).unwrap(), &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
}

fn read(path: &Path) -> Table {
    Table::read(path, &ReadOptions::default()).unwrap()
}

/// The table of a batch, as a Parquet and as an Arrow file hold it.
fn tables(folder: &Folder, batch: &RecordBatch) -> [Table; 2] {
    let paths: [PathBuf; 2] = ["t.parquet", "t.arrow"].map(|name| folder.path().join(name));
    write_parquet(&paths[0], batch);
    write_arrow(&paths[1], batch);
    paths.map(|path| read(&path))
}

fn column(name: &str, array: impl Array + 'static) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable([(name, Arc::new(array) as ArrayRef, true)]).unwrap()
}

/// `df.sample(frac=0.8).to_parquet()`: the index lies in the file as a column, under its own name or one that pandas gives it.
#[test]
fn index_columns_of_pandas_are_left_out_by_what_the_file_says() {
    let folder = Folder::new();
    let rows = 60;
    let patient = Int64Array::from_iter_values((0..rows).map(|row| 1000 + row * 7 % 400));
    let batch = RecordBatch::try_from_iter([
        ("age", Arc::new(Int64Array::from_iter_values((0..rows).map(|row| 20 + row % 30))) as ArrayRef),
        ("patient_no", Arc::new(patient)),
        ("site", Arc::new(StringArray::from_iter_values((0..rows).map(|row| ["a", "b"][row as usize % 2])))),
        ("day", Arc::new(Date32Array::from_iter_values((0..rows as i32).map(|row| 18_000 + row * 3)))),
        ("label", Arc::new(StringArray::from_iter_values((0..rows).map(|row| format!("case{row}"))))),
    ])
    .unwrap();
    let kinds = |table: &Table| -> Vec<(Option<InputKind>, String)> {
        table.columns.iter().map(|column| infer_input(table, column)).map(|inferred| (inferred.kind, inferred.reason)).collect()
    };
    for table in tables(&folder, &batch) {
        assert_eq!(kinds(&table)[1].0, Some(InputKind::Number), "without metadata, a number");
    }
    let described = r#"{"index_columns": ["patient_no", "site", "day", "label"], "columns": [], "pandas_version": "2.2.0"}"#;
    let schema = Schema::clone(&batch.schema()).with_metadata([("pandas", described)]);
    let batch = batch.with_schema(Arc::new(schema)).unwrap();
    for table in tables(&folder, &batch) {
        let kinds = kinds(&table);
        let reason = "the row index of a data frame, as the file says";
        assert_eq!(kinds[0].0, Some(InputKind::Number));
        assert_eq!(kinds[1], (None, reason.to_owned()));
        // An index of few values, or of dates, tells more than which row it is.
        assert_eq!((kinds[2].0, kinds[3].0), (Some(InputKind::Category), Some(InputKind::Date)));
        assert_eq!(kinds[4], (None, reason.to_owned()));
        // Rows of several files keep what one of them says.
        let other = folder.table("more.csv", "age,patient_no\n30,1\n");
        let all = Table::concatenate(vec![other, table]).unwrap();
        assert!(infer_input(&all, all.column("patient_no").unwrap()).kind.is_none());
    }
}

/// `List(Categorical)` and `Enum` of polars.
#[test]
fn dictionaries_within_lists_are_texts() {
    let folder = Folder::new();
    let mut words = StringDictionaryBuilder::<UInt32Type>::new();
    for word in [Some("red"), Some("green"), None, Some("red")] {
        words.append_option(word);
    }
    let words = Arc::new(words.finish());
    let field = Arc::new(Field::new("item", words.data_type().clone(), true));
    let offsets = arrow_buffer::OffsetBuffer::from_lengths([2, 0, 2]);
    let lists = ListArray::new(field.clone(), offsets, words.clone(), None);
    let large = LargeListArray::new(field.clone(), arrow_buffer::OffsetBuffer::from_lengths([2, 0, 2]), words.clone(), None);
    let fixed = FixedSizeListArray::new(field, 2, words, None);
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
    for batch in [column("tags", lists), column("tags", large)] {
        for table in tables(&folder, &batch) {
            let cells: Vec<Cell> = table.columns[0].cells().collect();
            assert_eq!(cells, [Cell::Texts(&owned(&["red", "green"])), Cell::Texts(&[]), Cell::Texts(&owned(&["", "red"]))]);
        }
    }
    for table in tables(&folder, &column("tags", fixed)) {
        assert_eq!(table.columns[0].cell(1), Cell::Texts(&owned(&["", "red"])));
    }
}

/// Categories of polars and pandas, none of which is used.
#[test]
fn a_dictionary_without_entries_is_missing_in_every_row() {
    let folder = Folder::new();
    let nothing = DictionaryArray::<Int32Type>::new(vec![None, None].into(), Arc::new(StringArray::from(Vec::<&str>::new())));
    for table in tables(&folder, &column("color", nothing)) {
        assert_eq!(table.columns[0].cells().collect::<Vec<Cell>>(), [Cell::Missing, Cell::Missing]);
    }
}

#[test]
fn lists_of_truth_values_are_vectors_of_ones_and_zeros() {
    let folder = Folder::new();
    let values = Arc::new(BooleanArray::from(vec![Some(true), Some(false), None, Some(true)]));
    let field = Arc::new(Field::new("item", DataType::Boolean, true));
    let lists = ListArray::new(field.clone(), arrow_buffer::OffsetBuffer::from_lengths([2, 2]), values.clone(), None);
    let views = LargeListViewArray::new(field, vec![0, 2].into(), vec![2, 2].into(), values, None);
    let json = folder.table("t.jsonl", "{\"flags\": [true, false]}\n{\"flags\": [null, true]}\n");
    let view_path = folder.path().join("views.arrow");
    write_arrow(&view_path, &column("flags", views));
    for table in tables(&folder, &column("flags", lists)).into_iter().chain([read(&view_path), json]) {
        assert_eq!(table.columns[0].cell(0), Cell::Numbers(&[1.0, 0.0]), "{}", table.name());
        assert!(matches!(table.columns[0].cell(1), Cell::Numbers([gap, one]) if gap.is_nan() && *one == 1.0), "{}", table.name());
    }
}

#[test]
fn decimals_and_dates_in_lists() {
    let folder = Folder::new();
    let decimals = Decimal128Array::from(vec![Some(125), None, Some(-10)]).with_precision_and_scale(9, 2).unwrap();
    let days = Date32Array::from(vec![Some(19_782), None, Some(19_783)]);
    for (values, expected) in [(Arc::new(decimals) as ArrayRef, None), (Arc::new(days), Some(["2024-02-29", "", "2024-03-01"]))] {
        let field = Arc::new(Field::new("item", values.data_type().clone(), true));
        let lists = ListArray::new(field, arrow_buffer::OffsetBuffer::from_lengths([3]), values, None);
        for table in tables(&folder, &column("x", lists)) {
            match expected {
                Some(days) => assert_eq!(table.columns[0].cell(0), Cell::Texts(&days.map(str::to_owned))),
                None => assert!(matches!(table.columns[0].cell(0), Cell::Numbers([a, gap, b]) if (*a, *b) == (1.25, -0.1) && gap.is_nan())),
            }
        }
    }
}

/// What no type of input reads is reported with the column's name and a type that is not a page long.
#[test]
fn columns_that_nothing_reads_are_told_by_their_type() {
    let folder = Folder::new();
    let fields: Vec<(Arc<Field>, ArrayRef)> = (0..40)
        .map(|field| {
            (Arc::new(Field::new(format!("a_long_field_{field}"), DataType::Int64, true)), Arc::new(Int64Array::from(vec![1])) as ArrayRef)
        })
        .collect();
    let mut nested = ListBuilder::new(ListBuilder::new(StringBuilder::new()));
    nested.values().append_value([Some("a")]);
    nested.append(true);
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("record", Arc::new(StructArray::from(fields)) as ArrayRef, true),
        ("bytes", Arc::new(BinaryArray::from(vec![b"ab".as_slice()])), true),
        ("nested", Arc::new(nested.finish()), true),
        ("nothing", Arc::new(NullArray::new(1)), true),
    ])
    .unwrap();
    for table in tables(&folder, &batch) {
        for (name, expected) in [("record", "holds a value of type Struct("), ("nested", "holds a list of type List(")] {
            let inferred = infer_input(&table, table.column(name).unwrap());
            assert!(inferred.kind.is_none() && inferred.reason.starts_with(expected), "{name}: {}", inferred.reason);
            assert!(inferred.reason.chars().count() < 160, "{}", inferred.reason);
        }
        assert_eq!(table.column("nothing").unwrap().cell(0), Cell::Missing);
    }
}

/// A number in a damaged file is not believed: it is a sentence, whatever the reader of the format would have done.
#[test]
fn damaged_arrow_and_parquet_files_are_a_sentence() {
    let folder = Folder::new();
    let values: Vec<i64> = (0..50).collect();
    let batch = column("x", Int64Array::from(values));
    for (name, write) in [("d.arrow", write_arrow as fn(&Path, &RecordBatch)), ("d.parquet", write_parquet)] {
        let path = folder.path().join(name);
        write(&path, &batch);
        let whole = std::fs::read(&path).unwrap();
        let mut refused = 0;
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 0xff;
            std::fs::write(&path, bytes).unwrap();
            if let Err(error) = Table::read(&path, &ReadOptions::default()) {
                let message = folder.strip(error);
                assert!(message.contains(name) && message.lines().count() == 1 && message.len() < 600, "{message:?}");
                refused += 1;
            }
        }
        assert!(refused > 50, "{name}: {refused}");
    }
}
