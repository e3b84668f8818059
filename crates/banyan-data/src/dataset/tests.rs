//! Labels in files: from a table with a column of masks to a batch.

use super::encode::encode_target;
use super::test_masks::{Masks, SIDE, encode, grids, images, level, table, whole, write};
use super::{Dataset, EncodeOptions, MediaMemory, Purpose, test_masks};
use crate::batch::UNKNOWN_CELL;
use crate::config::OnBadRow;
use crate::error::Error;
use crate::labels::Source;

#[test]
fn rows_have_their_masks_in_the_order_asked() {
    let (_folder, table) = images();
    let dataset = whole(&table, Masks::new(SIDE, 251));
    let batch = dataset.batch(&[3, 2, 0, 3]).expect("a batch");
    assert_eq!(batch.tasks[1].known, [true, false, true, true]);
    for (place, image) in [(0, 3), (2, 0), (3, 3)] {
        let expected: Vec<u8> = (0..SIDE * SIDE).map(|cell| level(image, cell / SIDE, cell % SIDE)).collect();
        assert_eq!(grids(&batch)[place], expected);
    }
    assert!(grids(&batch)[1].iter().all(|cell| *cell == UNKNOWN_CELL));
    assert_eq!((0..4).map(|row| dataset.labels(1, row)).collect::<Vec<_>>(), [SIDE * SIDE, SIDE * SIDE, 0, SIDE * SIDE]);
    assert_eq!((dataset.known(1), batch.tasks[0].values.numbers_at(0).1), (3, [4.0, 3.0, 1.0, 4.0].as_slice()));
}

#[test]
fn what_memory_does_not_keep_gives_the_same_batch() {
    let (folder, table) = images();
    let masks = Masks::new(SIDE, 251);
    let expected = whole(&table, masks);
    assert!(expected.is_whole());
    let rows = [1, 0, 2, 3, 1];
    for bytes in [0, 20_000] {
        let memory = MediaMemory::new(bytes);
        let (dataset, report) = encode(&table, masks, OnBadRow::Error, Some(&memory)).expect("all files can be read");
        assert!(!dataset.is_whole() && report.tasks[1].known == 3 && memory.used() <= bytes);
        let loaded = dataset.load(&[0, 1, 2, 3]).expect("all files can be read");
        let (found, expected) = (dataset.gather(&rows, &loaded), expected.batch(&rows).expect("a batch"));
        assert_eq!(format!("{found:?}"), format!("{expected:?}"));
        assert_eq!(format!("{:?}", dataset.targets(&rows, &loaded)), format!("{:?}", expected.tasks));
    }
    let memory = MediaMemory::new(0);
    let (dataset, _) = encode(&table, masks, OnBadRow::Error, Some(&memory)).expect("all files can be read");
    // The images were read before; only the mask of the second row is another file by now.
    std::fs::remove_file(folder.path().join("1.png")).expect("a file is removed");
    assert!(dataset.load(&[0, 2]).is_ok());
    assert!(dataset.load(&[1]).is_err_and(|error| matches!(error, Error::Changed { .. })));
}

#[test]
fn masks_that_cannot_be_read_by_each_policy() {
    let (folder, _) = images();
    image::RgbImage::new(4, 4).save(folder.path().join("color.png")).expect("an image is written");
    let table = table(folder.path(), "0.png,0.png,1\n1.png,color.png,2\n2.png,none.png,3\n3.png,3.png,4\n");
    let masks = Masks::new(SIDE, 251);
    let color = "color.png is a color image; class indices are the pixels of a grayscale or palette PNG of at most 8 bits";
    let error = encode(&table, masks, OnBadRow::Error, None).expect_err("a mask in color").to_string();
    let expected = format!("table.csv, line 3, column \"mask\": {color}; fix the file, or set on_bad_row = \"missing\" or \"skip\"");
    assert!(error.ends_with(&expected), "{error}");
    for bad in [OnBadRow::Missing, OnBadRow::Skip] {
        let (dataset, report) = encode(&table, masks, bad, None).expect("bad masks are passed over");
        assert_eq!((dataset.len(), report.skipped_rows), (4, 0));
        assert_eq!(dataset.known_mask(1), [true, false, false, true]);
        assert_eq!(report.warnings(), [format!("task \"mask\": 2 rows have an unreadable file: {color}; none.png does not exist")]);
        let mut twice = report.clone();
        twice.append(report);
        assert_eq!((twice.tasks[1].unreadable, twice.tasks[1].unreadable_examples.len()), (4, 2));
        assert!(grids(&dataset.batch(&[1]).expect("a batch"))[0].iter().all(|cell| *cell == UNKNOWN_CELL));
    }
}

#[test]
fn classes_that_the_task_lacks_and_masks_without_a_label() {
    let (folder, _) = images();
    write(folder.path(), "strange.png", 3, |row, column| if (row, column) == (1, 2) { 9 } else { 1 });
    write(folder.path(), "blank.png", 3, |_, _| UNKNOWN_CELL);
    let table = table(folder.path(), "0.png,strange.png,1\n1.png,blank.png,2\n");
    let (dataset, report) = encode(&table, Masks::new(3, 9), OnBadRow::Missing, None).expect("bad masks are passed over");
    assert_eq!((dataset.known(1), dataset.labels(1, 1), report.tasks[1].unreadable), (0, 0, 1));
    assert_eq!(
        report.tasks[1].unreadable_examples,
        ["strange.png has index 9 at row 2, column 3; the task has 9 classes, counted from 0, and 255 is a pixel without a label"]
    );
}

#[test]
fn masks_must_lie_below_the_folder() {
    let (folder, _) = images();
    let table = table(folder.path(), "0.png,../0.png,1\n");
    for bad in [OnBadRow::Error, OnBadRow::Missing, OnBadRow::Skip] {
        let error = encode(&table, Masks::new(SIDE, 251), bad, None).expect_err("a path that leaves");
        assert!(matches!(error, Error::OutsideFolder { .. }), "{error}");
    }
}

/// As images do.
#[test]
fn masks_outside_the_folder_cost_their_own_rows_where_a_model_is_used() {
    let (folder, _) = images();
    let table = table(folder.path(), "0.png,../0.png,1\n1.png,1.png,2\n");
    let source = Source {
        table: &table,
        rows: &[0, 1],
        name: "mask",
        column: "mask",
        words: None,
        image: None,
        purpose: Purpose::Use,
        bad: OnBadRow::Missing,
        memory: None,
    };
    let (store, report) = encode_target(&source, &Masks::new(SIDE, 251), true).expect("a bad mask is passed over");
    assert_eq!((store.known.to_vec(), report.unreadable), (vec![false, true], 1));
    assert_eq!(report.unreadable_examples, ["../0.png leaves the folder of media files"]);
}

#[test]
fn masks_alone_may_have_to_be_loaded() {
    let (_folder, table) = images();
    let (mut dataset, _) =
        Dataset::encode(&table, &[0, 1, 2, 3], &test_masks::schema(), EncodeOptions::default()).expect("images are read");
    assert!(dataset.load(&[0, 1]).is_ok_and(|loaded| loaded.targets.is_empty()), "nothing is done for tasks without files");
    let rows: Vec<usize> = (0..dataset.len()).map(|row| dataset.table_row(row)).collect();
    let memory = MediaMemory::new(0);
    let source = Source {
        table: &table,
        rows: &rows,
        name: "mask",
        column: "mask",
        words: None,
        image: None,
        purpose: Purpose::Training,
        bad: OnBadRow::Error,
        memory: Some(&memory),
    };
    for (is_wanted, is_whole) in [(false, true), (true, false)] {
        let (store, report) = encode_target(&source, &Masks::new(SIDE, 251), is_wanted).expect("masks are read");
        dataset.targets.push(store);
        assert_eq!((dataset.is_whole(), report.read), (is_whole, is_wanted));
    }
    // Labels that nobody wants are unknown in every row.
    let batch = dataset.batch(&[1, 0]).expect("a batch");
    assert_eq!((grids(&batch), &batch.tasks[1].known), (vec![[UNKNOWN_CELL; SIDE * SIDE].as_slice(); 2], &vec![false; 2]));
    assert_eq!(batch.tasks[2].known, [true, true]);
}
