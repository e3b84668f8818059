//! Images and sounds that the table holds itself: as bytes, in base64, and as Hugging Face's data sets have them.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray, FixedSizeBinaryArray, LargeBinaryArray, RecordBatch, StringArray, StructArray};
use arrow_schema::{DataType, Field};
use banyan_data::audit::{AuditPart, audit};
use banyan_data::config::OnBadRow;
use banyan_data::dataset::{Dataset, EncodeOptions, MediaMemory, Purpose};
use banyan_data::infer::{infer_input, infer_task};
use banyan_data::inputs::{AudioSchema, AudioSettings, InputConfig, InputKind};
use banyan_data::schema::Schema;
use banyan_data::table::{Cell, ReadOptions, Table};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::cells::sounds::{sine, wav};
use crate::support::{Folder, all, inputs};

const ROWS: usize = 4;

/// Pictures and tones, the last of which is the first again.
fn files(folder: &Folder) -> [Vec<Vec<u8>>; 2] {
    let image = |row: usize| {
        let name = format!("{row}.png");
        image::GrayImage::from_fn(6, 5, |x, y| image::Luma([(row as u32 * 50 + x * 9 + y) as u8])).save(folder.file(&name, "")).unwrap();
        std::fs::read(folder.path().join(name)).unwrap()
    };
    let sound = |row: usize| {
        let bytes = wav(&sine(300.0 + 90.0 * row as f64, 8000, 0.1), 8000, 1);
        folder.file(&format!("{row}.wav"), &bytes);
        bytes
    };
    let kind = |row: usize| row % (ROWS - 1);
    [(0..ROWS).map(|row| image(kind(row))).collect(), (0..ROWS).map(|row| sound(kind(row))).collect()]
}

fn parquet(path: &Path, columns: Vec<(&str, ArrayRef)>) -> Table {
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    Table::read(path, &ReadOptions::default()).unwrap()
}

fn binary(files: &[Vec<u8>]) -> ArrayRef {
    Arc::new(BinaryArray::from_iter_values(files))
}

/// `datasets.Image()` and `datasets.Audio()`; the second row has a path alone.
fn of_hugging_face(files: &[Vec<u8>], ending: &str) -> ArrayRef {
    let bytes: BinaryArray = files.iter().enumerate().map(|(row, bytes)| (row != 1).then_some(bytes)).collect();
    let paths = StringArray::from_iter_values((0..files.len()).map(|row| format!("{row}.{ending}")));
    Arc::new(StructArray::from(vec![
        (Arc::new(Field::new("bytes", DataType::Binary, true)), Arc::new(bytes) as ArrayRef),
        (Arc::new(Field::new("path", DataType::Utf8, true)), Arc::new(paths) as ArrayRef),
    ]))
}

fn text_rows(files: &[Vec<Vec<u8>>; 2], line: impl Fn(&str, &str) -> String) -> String {
    let [images, sounds] = files;
    images.iter().zip(sounds).map(|(image, sound)| line(&BASE64_STANDARD.encode(image), &BASE64_STANDARD.encode(sound)) + "\n").collect()
}

/// The same files in tables of all kinds; the first has paths.
fn tables(folder: &Folder) -> Vec<(&'static str, Table)> {
    let files = files(folder);
    let paths: String = (0..ROWS).map(|row| format!("{0}.png,{0}.wav\n", row % (ROWS - 1))).collect();
    let [images, sounds] = &files;
    let large = Arc::new(LargeBinaryArray::from_iter_values(images));
    let at = |name: &str| folder.path().join(name);
    let json = |image: &str, sound: &str| format!("{{\"image\": \"{image}\", \"sound\": \"data:audio/wav;base64,{sound}\"}}");
    let object = |image: &str, sound: &str| {
        format!("{{\"image\": {{\"bytes\": \"{image}\", \"path\": null}}, \"sound\": {{\"path\": \"x.wav\", \"bytes\": \"{sound}\"}}}}")
    };
    let uris = |image: &str, sound: &str| format!("\"data:image/png;base64,{image}\",{sound}");
    vec![
        ("paths", folder.table("paths.csv", format!("image,sound\n{paths}"))),
        ("binary", parquet(&at("binary.parquet"), vec![("image", binary(images)), ("sound", binary(sounds))])),
        ("large binary", parquet(&at("large.parquet"), vec![("image", large), ("sound", binary(sounds))])),
        ("structs", parquet(&at("hf.parquet"), vec![("image", of_hugging_face(images, "png")), ("sound", of_hugging_face(sounds, "wav"))])),
        ("JSON", folder.table("a.jsonl", text_rows(&files, json))),
        ("objects", folder.table("b.jsonl", text_rows(&files, object))),
        ("CSV", folder.table("c.csv", format!("image,sound\n{}", text_rows(&files, |image, sound| format!("{image},{sound}"))))),
        ("data URIs in CSV", folder.table("d.csv", format!("image,sound\n{}", text_rows(&files, uris)))),
    ]
}

const INPUTS: [(&str, InputKind); 2] = [("image", InputKind::Image), ("sound", InputKind::Audio)];

/// Everything that a model would get of a table.
fn encoded(table: &Table, memory: Option<&MediaMemory>) -> String {
    let rows = all(table);
    let schema = Schema::fit(table, &rows, &inputs(&INPUTS), &[], OnBadRow::Error).unwrap();
    let (dataset, _) = Dataset::encode(table, &rows, &schema, EncodeOptions { memory, ..EncodeOptions::default() }).unwrap();
    assert_eq!(dataset.is_whole(), memory.is_none());
    format!("{schema:?} {:?}", dataset.batch(&rows).unwrap())
}

#[test]
fn files_are_the_same_wherever_they_are() {
    let folder = Folder::new();
    let tables = tables(&folder);
    let expected = encoded(&tables[0].1, None);
    for (name, table) in &tables[1..] {
        let held =
            table.columns.iter().all(|column| column.cells().enumerate().all(|(row, cell)| matches!(cell, Cell::Bytes(_)) || row == 1));
        assert!(held, "{name}");
        assert_eq!(encoded(table, None), expected, "{name}");
        // What memory does not keep is decoded again, from the table's bytes.
        let memory = MediaMemory::new(0);
        assert_eq!(encoded(table, Some(&memory)), expected, "{name}");
        assert_eq!(memory.used(), 0);
    }
}

#[test]
fn columns_of_files_are_recognized_by_decoding_some() {
    let folder = Folder::new();
    for (name, table) in &tables(&folder)[1..] {
        let [image, sound] = [0, 1].map(|column| infer_input(table, &table.columns[column]));
        let count = if *name == "structs" { 3 } else { 4 };
        assert_eq!(image.kind, Some(InputKind::Image), "{name}: {}", image.reason);
        assert_eq!(image.reason, format!("the bytes of images ({count} of {count} tried can be read; the first is a PNG image)"), "{name}");
        assert_eq!(sound.kind, Some(InputKind::Audio), "{name}");
        assert!(sound.reason.ends_with("the first is a WAV sound)"), "{name}: {}", sound.reason);
    }
    let gif = parquet(&folder.path().join("gif.parquet"), vec![("a", binary(&[b"GIF89a...".to_vec(), b"GIF89a".to_vec()]))]);
    let inferred = infer_input(&gif, &gif.columns[0]);
    let reason = "holds bytes of files that no type of input reads: the first is a GIF image";
    assert_eq!((inferred.kind, inferred.reason.as_str()), (None, reason));
    assert!(infer_task(&gif, "a").unwrap_err().to_string().contains("holds values that no task reads"));
    // A hash is as long as itself in every row, and no file.
    let hashes = FixedSizeBinaryArray::try_from_iter([[7_u8; 16], [8; 16]].into_iter()).unwrap();
    let hashes = parquet(&folder.path().join("hash.parquet"), vec![("a", Arc::new(hashes))]);
    assert_eq!(infer_input(&hashes, &hashes.columns[0]).reason, "holds bytes of files that no type of input reads: no known format");
}

#[test]
fn files_that_cannot_be_read_are_named_by_their_place_and_cost_their_row_alone() {
    let folder = Folder::new();
    let [mut images, _] = files(&folder);
    images[1].truncate(60);
    let table = parquet(&folder.path().join("t.parquet"), vec![("image", binary(&images))]);
    let fit = |bad| Schema::fit(&table, &all(&table), &inputs(&INPUTS[..1]), &[], bad);
    let error = folder.strip(fit(OnBadRow::Error).unwrap_err());
    let begin = "t.parquet, row 2, column \"image\": the file of 60 bytes is cut short";
    assert!(error.starts_with(begin) && error.matches("row 2").count() == 1, "{error}");
    let schema = fit(OnBadRow::Missing).unwrap();
    let options = EncodeOptions { purpose: Purpose::Use, ..EncodeOptions::default() };
    let (dataset, report) = Dataset::encode(&table, &all(&table), &schema, options).unwrap();
    assert_eq!(dataset.present_mask(0), [true, false, true, true]);
    let warning = folder.strip(&report.warnings()[0]);
    assert!(warning.contains("row 2, column \"image\": the file of 60 bytes is cut short"), "{warning}");
    // Base64 that is none, and an object that holds some.
    let whole = BASE64_STANDARD.encode(&images[0]);
    let texts = format!(
        "{{\"image\": \"{whole}\"}}\n{{\"image\": \"{}*\"}}\n{{\"image\": {{\"bytes\": \"iVB*\"}}}}\n{{\"image\": \"data:image/png;base64,{}\"}}\n{{\"image\": \"{whole}\"}}\n",
        &whole[..300.min(whole.len() - 1)],
        &whole[..41]
    );
    let table = folder.table("t.jsonl", texts);
    let (dataset, report) = Dataset::encode(&table, &all(&table), &schema, options).unwrap();
    assert_eq!(dataset.present_mask(0), [true, false, false, false, true]);
    let warning = folder.strip(&report.warnings()[0]);
    assert!(warning.contains("t.jsonl, line 3, column \"image\": the text of 17 characters is not base64"), "{warning}");
}

#[test]
fn the_same_file_in_two_parts_is_found_by_its_content() {
    let folder = Folder::new();
    for (name, table) in tables(&folder) {
        let parts = [AuditPart { name: "train", table: &table, rows: &[0, 1, 2] }, AuditPart { name: "test", table: &table, rows: &[3] }];
        let found = audit(&parts, &inputs(&INPUTS), &[]).unwrap();
        assert_eq!((found.leaks.len(), found.leaks[0].rows), (1, 1), "{name}");
        assert_eq!((found.media[0].files, found.media[0].unreadable), (4, 0), "{name}");
    }
}

/// The longest recording is what all are padded to, however long the configuration allows them to be.
#[test]
fn recordings_are_padded_to_no_more_than_the_longest() {
    let folder = Folder::new();
    for (name, seconds) in [("a.wav", 0.1), ("b.wav", 0.4), ("c.wav", 0.2)] {
        folder.tone(name, 440.0, 8000, seconds);
    }
    let table = folder.table("t.csv", "sound\na.wav\nb.wav\nc.wav\n");
    let frames = |seconds| {
        let config = InputConfig::from(AudioSettings { seconds: Some(seconds), ..AudioSettings::default() });
        let schema = Schema::fit(&table, &all(&table), &[("sound".to_owned(), config)], &[], OnBadRow::Error).unwrap();
        schema.inputs[0].details.downcast::<AudioSchema>().unwrap().frames
    };
    assert_eq!(frames(600.0), frames(0.4));
    assert!(frames(0.2) < frames(0.4), "what is asked for is cut");
}
