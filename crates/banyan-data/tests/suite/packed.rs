//! Tables packed by gzip and Zstandard, and tables from a stream.

use std::io::Write;
use std::path::Path;

use banyan_data::output::{OutputColumn, OutputValues, write};
use banyan_data::table::{Cell, ReadOptions, Table, format_names};

use crate::support::Folder;

fn gzip(content: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content.as_ref()).unwrap();
    encoder.finish().unwrap()
}

fn zstandard(content: impl AsRef<[u8]>) -> Vec<u8> {
    zstd::encode_all(content.as_ref(), 1).unwrap()
}

fn problem(folder: &Folder, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = folder.file(name, content);
    folder.strip(Table::read(&path, &ReadOptions::default()).unwrap_err())
}

/// A small table in each format of text, with the name of its file.
const TEXTS: [(&str, &str); 6] = [
    ("t.csv", "a,b\n1,x\n2,y\n"),
    ("t.tsv", "a\tb\n1\tx\n2\ty\n"),
    ("t.jsonl", "{\"a\": 1, \"b\": \"x\"}\n{\"a\": 2, \"b\": \"y\"}\n"),
    ("t.conllu", "1\ta\ta\tX\t_\t_\t0\troot\t_\t_\n\n1\tb\tb\tX\t_\t_\t0\troot\t_\t_\n\n"),
    ("t.conllup", "# global.columns = ID FORM UPOS\n1\ta\tX\n\n1\tb\tX\n\n"),
    ("t.conll", "a X\n\nb X\n\n"),
];

#[test]
fn packed_tables_are_those_that_were_packed() {
    let folder = Folder::new();
    for (name, text) in TEXTS {
        let plain = folder.table(name, text);
        assert_eq!(plain.rows(), 2, "{name}");
        let parts = [gzip(&text[..text.len() / 2]), gzip(&text[text.len() / 2..])].concat();
        // By its ending in either case, in several parts, and by its first bytes alone.
        for (packed, content) in [
            (format!("{name}.gz"), gzip(text)),
            (format!("{name}.GZ"), parts),
            (format!("{name}.zst"), zstandard(text)),
            (format!("packed-{name}"), gzip(text)),
        ] {
            let table = folder.table(&packed, content);
            assert_eq!((table.rows(), table.columns), (2, plain.columns.clone()), "{packed}");
        }
    }
    // The name says that it is packed, which it is not (any more).
    assert_eq!(folder.table("unpacked.csv.gz", "a\n1\n").rows(), 1);
    // The name says nothing else.
    assert_eq!(folder.table("t.gz", gzip("{\"a\": 1}")).columns[0].cell(0), Cell::Number(1.0));
}

#[test]
fn packed_columns_of_parquet_are_read() {
    let folder = Folder::new();
    let path = folder.path().join("t.parquet");
    write(&path, &[OutputColumn::new("x", OutputValues::Numbers(vec![1.0, 2.5]))]).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(folder.table("t.parquet.zst", zstandard(&bytes)).columns, folder.table("u.parquet", &bytes).columns);
}

#[test]
fn what_is_wrong_with_a_packed_file_is_said() {
    let folder = Folder::new();
    let packed = gzip("a,b\n1,x\n2,y\n");
    let cut = problem(&folder, "cut.csv.gz", &packed[..packed.len() - 4]);
    assert_eq!(cut, "cannot read cut.csv.gz: the gzip file is cut short; copy or download it again");
    let packed = zstandard("a,b\n1,x\n2,y\n");
    let cut = problem(&folder, "cut.csv.zst", &packed[..packed.len() - 4]);
    assert_eq!(cut, "cannot read cut.csv.zst: the Zstandard file is cut short; copy or download it again");
    // What it holds is reported as of a table that is not packed, with the line.
    let wide = problem(&folder, "wide.csv.gz", gzip("a,b\n1,2\n1,2,3\n"));
    assert_eq!(wide, "wide.csv.gz, line 3: 3 cells where the header has 2; put a cell that holds the delimiter in quotes");
    assert_eq!(problem(&folder, "empty.csv.gz", gzip("")), "empty.csv.gz is empty; a table needs at least one row");
    assert!(problem(&folder, "twice.csv.gz", gzip(gzip("a\n1\n"))).ends_with("it is packed twice; unpack it once"));
    let mut archive = vec![b'x'; 600];
    archive[257..262].copy_from_slice(b"ustar");
    assert!(problem(&folder, "t.csv.gz", gzip(archive)).contains("(tar)"));
}

#[test]
fn files_that_are_no_tables_are_told_by_what_they_are() {
    let folder = Folder::new();
    for (content, expected) in [
        (&b"PK\x03\x04\x14\0\x06\0"[..], "it is a ZIP archive or a workbook of Excel; unpack it, or save the sheet as CSV"),
        (b"BZh91AY", "it is packed by bzip2; unpack it, or pack it by gzip or Zstandard"),
        (b"\xfd7zXZ\0\0", "it is packed by xz; unpack it, or pack it by gzip or Zstandard"),
    ] {
        assert_eq!(problem(&folder, "t.csv", content), format!("cannot read t.csv: {expected}"));
    }
}

#[test]
fn a_bomb_is_a_sentence() {
    let folder = Folder::new();
    let bomb = problem(&folder, "bomb.csv.zst", zstandard(vec![b'0'; 300 << 20]));
    assert!(bomb.starts_with("cannot read bomb.csv.zst: more than 256 MiB come of its "), "{bomb}");
}

#[test]
fn a_stream_is_read_as_what_it_looks_like() {
    let read = |bytes: &[u8], format: Option<&str>| Table::read_stream(bytes, "standard input", format, &ReadOptions::default());
    for (name, text) in TEXTS {
        let ending = Path::new(name).extension().unwrap().to_str().unwrap();
        let given = read(text.as_bytes(), Some(ending)).unwrap();
        assert_eq!((given.rows(), given.name().as_str(), given.folder(0)), (2, "standard input", Path::new("")));
        // The columns of CoNLL-2003 look like nothing.
        if ending != "conll" {
            assert_eq!(read(text.as_bytes(), None).unwrap(), given, "{name}");
            assert_eq!(read(&gzip(text), None).unwrap(), given, "{name}");
        }
        assert!(format_names().contains(&ending));
    }
    let error = |bytes: &[u8], format| read(bytes, format).unwrap_err().to_string();
    assert_eq!(error(b"a;b\n1;2\n1\n", None), "standard input, line 3: 1 cell where the header has 2; look for a missing delimiter");
    assert_eq!(error(b"", None), "standard input is empty; a table needs at least one row");
    let unknown = error(b"a\n", Some("json"));
    assert!(unknown.starts_with("cannot read a table of the format \"json\": there is no such format; "), "{unknown}");
    assert!(unknown.contains("jsonl"), "{unknown}");
}

/// The format is asked for: the name of the file says something else, or nothing.
#[test]
fn a_file_is_read_in_the_format_asked_for() {
    let folder = Folder::new();
    let path = folder.file("new.data", "{\"a\": 1}\n");
    let read = |format: &str| Table::read_as(&path, format, &ReadOptions::default());
    assert_eq!(read("jsonl").unwrap().columns[0].cell(0), Cell::Number(1.0));
    assert!(read("conllu").is_err());
}
