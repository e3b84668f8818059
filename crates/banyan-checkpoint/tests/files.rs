//! Files that PyTorch wrote, against what PyTorch reads in them.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use banyan_checkpoint::{Checkpoint, CheckpointError, Dtype};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
struct Expected {
    name: String,
    shape: Vec<usize>,
    dtype: String,
    numbers: Option<Vec<f64>>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files")
}

fn open(name: &str) -> Result<Checkpoint, CheckpointError> {
    Checkpoint::open(&folder().join(name))
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

fn problem(content: Vec<u8>) -> String {
    Checkpoint::from_bytes("damaged", content).unwrap_err().problem().to_owned()
}

fn replace(content: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let place = content.windows(from.len()).position(|part| part == from).expect("a part that is there");
    [&content[..place], to, &content[place + from.len()..]].concat()
}

#[test]
fn tensors_are_those_that_pytorch_reads() {
    let all: BTreeMap<String, Vec<Expected>> = serde_json::from_slice(&bytes("expected.json")).unwrap();
    let mut read = 0;
    for (file, tensors) in all.iter().filter(|(_, tensors)| !tensors.is_empty()) {
        let checkpoint = open(file).unwrap();
        let mut names: Vec<&str> = checkpoint.names().collect();
        let mut expected: Vec<&str> = tensors.iter().map(|tensor| tensor.name.as_str()).collect();
        if file.ends_with(".safetensors") {
            names.sort_unstable();
            expected.sort_unstable();
        }
        assert_eq!(names, expected, "{file}");
        for tensor in tensors {
            let Expected { name, shape, dtype, numbers } = tensor;
            let info = checkpoint.tensor(name).unwrap();
            assert_eq!(info.shape, shape, "{file}: {name}");
            let found = checkpoint.numbers(name);
            match numbers {
                Some(numbers) => {
                    assert_eq!(&info.dtype.to_string(), dtype, "{file}: {name}");
                    assert_eq!(found.unwrap(), numbers.iter().map(|&number| number as f32).collect::<Vec<_>>(), "{file}: {name}");
                    read += 1;
                }
                None => {
                    assert!(matches!(info.dtype, Dtype::Other(_)), "{file}: {name}");
                    let error = found.unwrap_err();
                    assert!(
                        error.problem().ends_with(&format!("of type {}, which is not read; save it as float32", info.dtype)),
                        "{error}"
                    );
                }
            }
        }
    }
    assert_eq!(read, 81);
}

#[test]
fn the_state_dictionary_is_found() {
    let path = |file: &str| open(file).unwrap().path().join(".");
    assert_eq!(["types.pt", "training.pt", "parallel.pt", "named.pt"].map(path), ["", "state_dict", "model", "my weights"]);
    let twice = open("twice.pt").unwrap_err().to_string();
    assert!(twice.ends_with(
        "twice.pt: it has several dictionaries of tensors (\"first\", \"second\"); save the one that is meant into a file of its own"
    ));
}

#[test]
fn what_is_no_tensor_is_named() {
    let checkpoint = open("others.pt").unwrap();
    let others: Vec<_> = checkpoint.others().collect();
    let expected = [
        ("scalar", "numpy._core.multiarray.scalar"),
        ("array", "numpy._core.multiarray._reconstruct"),
        ("step", "int"),
        ("nothing", "None"),
        ("sparse", "torch._utils._rebuild_sparse_tensor"),
        ("quantized", "torch._utils._rebuild_qtensor"),
    ];
    assert_eq!(others, expected);
    let problem = |name| checkpoint.numbers(name).unwrap_err().problem().to_owned();
    assert_eq!(problem("step"), "its \"step\" is no tensor but of type int");
    assert_eq!(problem("absent"), "it has no tensor \"absent\"");
}

#[test]
fn nothing_is_executed() {
    for file in ["evil.pt", "evil-legacy.pt"] {
        let error = open(file).unwrap_err();
        assert_eq!(error.problem(), "it holds a value of type posix.system and no dictionary of tensors; save `model.state_dict()`");
    }
    let beside = open("evil-beside.pt").unwrap();
    assert_eq!(beside.others().collect::<Vec<_>>(), [("b", "posix.system")]);
    assert_eq!(beside.numbers("a").unwrap(), [1.0]);
    assert!(!Path::new("executed-by-a-checkpoint").exists());
}

#[test]
fn what_is_no_state_dictionary_is_an_error() {
    for (file, expected) in [
        (
            "module.pt",
            "it holds a whole model of the class \"torch.nn.modules.linear.Linear\", which only its program can make; save `model.state_dict()`",
        ),
        (
            "module-legacy.pt",
            "it holds a whole model of the class \"__main__.Model\", which only its program can make; save `model.state_dict()`",
        ),
        ("tensor.pt", "it holds a value of type tensor and no dictionary of tensors; save `model.state_dict()`"),
        ("script.pt", "it is a program in TorchScript (torch.jit.save); save `model.state_dict()` with torch.save"),
        ("compressed.pt", "its part \"named/byteorder\" is compressed or encrypted; save it with torch.save, which does neither"),
        ("make.py", "it is neither a safetensors file nor one of torch.save; copy or download the file again"),
        ("absent.pt", "it cannot be read (No such file or directory (os error 2))"),
    ] {
        let error = open(file).unwrap_err();
        assert!(error.problem().starts_with(expected), "{error}");
        assert_eq!(error.to_string(), format!("{}: {}", folder().join(file).display(), error.problem()));
    }
    let tar = [vec![b'a'; 257], b"ustar\x0000".to_vec(), vec![0; 300]].concat();
    assert!(problem(tar).starts_with("it is a tar archive, as torch.save wrote before 2018"));
    assert!(problem(b"version https://git-lfs.github.com/spec/v1\noid".to_vec()).contains("git lfs pull"));
    assert!(problem(b"<!DOCTYPE html>".to_vec()).starts_with("it is a web page"));
    assert!(problem(b"\x89HDF\r\n\x1a\n".to_vec()).starts_with("it is an HDF5 file"));
    assert!(problem(Vec::new()).starts_with("it is empty"));
    assert!(problem(b"\x80\x04]q\0.".to_vec()).starts_with("it is a pickle that torch.save did not write"));
}

#[test]
fn numbers_in_the_other_order_are_an_error() {
    for (file, from, to) in
        [("views.pt", &b"little"[..], &b"bigbig"[..]), ("views-legacy.pt", b"little_endianq\x02\x88", b"little_endianq\x02\x89")]
    {
        assert!(problem(replace(&bytes(file), from, to)).starts_with("its numbers are big-endian"));
    }
}

#[test]
fn files_cut_anywhere_are_errors() {
    for file in ["views.pt", "views-legacy.pt", "types.safetensors", "training-5.pt"] {
        let whole = bytes(file);
        for length in 0..whole.len() {
            let error = Checkpoint::from_bytes(file, whole[..length].to_vec());
            assert!(error.is_err(), "{file} cut to {length} bytes");
        }
        let problem = problem(whole[..whole.len() - 1].to_vec());
        assert!(problem.contains("cut short") || problem.contains("its header describes"), "{problem}");
    }
}

#[test]
fn a_storage_that_is_shorter_than_its_tensor_is_an_error() {
    let whole = bytes("views-legacy.pt");
    // The shape of the first tensor, and the number of its storage's elements: BININT1 24.
    let shape = replace(&whole, b"K\x18\x85", b"K\x19\x85");
    assert_eq!(problem(shape), "its tensor \"whole\" needs 100 bytes of its storage, which has 96; copy or download the file again");
    let huge = replace(&whole, b"K\x18\x85", b"\x8a\x07\xff\xff\xff\xff\xff\xff\x7f\x85");
    assert!(problem(huge).starts_with("its tensor \"whole\" needs "));
    let too_large = replace(&whole, b"K\x18\x85", b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x85");
    assert!(problem(too_large).starts_with("its tensor \"whole\" is [9223372036854775807], larger than any file"));
    let negative = replace(&whole, b"K\x18\x85", b"J\xff\xff\xff\xff\x85");
    assert!(problem(negative).starts_with("its tensor \"whole\" has a shape that is none"));
    let zip = bytes("views.pt");
    let longer = replace(&zip, b"K\x18t", b"K\x19t");
    assert_eq!(problem(longer), "its tensor \"whole\" has a storage that is shorter than it says; copy or download the file again");
    let absent = replace(&zip, b"X\x01\0\0\x000", b"X\x01\0\0\0Z");
    assert_eq!(
        problem(absent),
        "its tensor \"whole\" cannot be read: its storage \"Z\" is not in the file; copy or download the file again"
    );
}

#[test]
fn safetensors_that_lie_are_errors() {
    let file = |header: &str, numbers: usize| [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &vec![0; numbers]].concat();
    let tensor = |shape: &str, end: u64| format!(r#"{{"a":{{"dtype":"F32","shape":{shape},"data_offsets":[0,{end}]}}}}"#);
    assert!(Checkpoint::from_bytes("a", file(&tensor("[2,3]", 24), 24)).is_ok());
    assert!(problem(file(&tensor("[2,3]", 24), 20)).starts_with("its header describes 24 bytes of numbers, and 20 follow"));
    for (shape, end) in [("[2,3]", 20), ("[4294967296,4294967296,4294967296]", 24), ("[18446744073709551615]", 24), ("[-1]", 24)] {
        assert!(problem(file(&tensor(shape, end), 24)).starts_with("its "), "{shape}");
    }
    assert!(problem(file(&"{\"a\":[".repeat(100_000), 0)).starts_with("its header is damaged"));
    let mut long = file("{}", 0);
    long[..8].fill(0xff);
    assert!(problem(long).starts_with("its header of 18446744073709551615 bytes"));
}
