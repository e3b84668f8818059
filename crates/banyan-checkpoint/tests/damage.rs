//! Whatever the bytes are, a file is read or is an error.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use banyan_checkpoint::Checkpoint;
use proptest::prelude::*;
use std::path::Path;

const FILES: [&str; 9] = [
    "types.safetensors",
    "types.pt",
    "types-legacy.pt",
    "views.pt",
    "views-legacy.pt",
    "training-5.pt",
    "training-legacy.pt",
    "others.pt",
    "wide.pt",
];

/// Opens bytes, reads all that opens, and holds messages to their form.
fn read(bytes: Vec<u8>) {
    match Checkpoint::from_bytes("damaged", bytes) {
        Ok(checkpoint) => {
            for name in checkpoint.names() {
                let shape = checkpoint.tensor(name).unwrap().shape;
                match checkpoint.numbers(name) {
                    Ok(numbers) => assert_eq!(numbers.len(), if shape.contains(&0) { 0 } else { shape.iter().product() }),
                    Err(error) => check(error.problem()),
                }
            }
        }
        Err(error) => check(error.problem()),
    }
}

fn check(problem: &str) {
    assert!(!problem.is_empty() && problem.len() < 1500 && !problem.contains(char::is_control), "{problem}");
}

/// A change of a file at some place.
#[derive(Debug, Clone)]
enum Change {
    Byte(u8),
    Bit(u8),
    Fill(u8, usize),
    Number(u32),
    Remove(usize),
    Repeat(usize, usize),
    Cut,
}

fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, Change)>> {
    let change = prop_oneof![
        4 => any::<u8>().prop_map(Change::Byte),
        4 => (0..8u8).prop_map(Change::Bit),
        1 => (prop::sample::select(vec![0, 0x7f, 0x80, 0xff]), 1..16usize).prop_map(|(byte, count)| Change::Fill(byte, count)),
        2 => (0..64u32).prop_map(Change::Number),
        1 => (1..64usize).prop_map(Change::Remove),
        1 => (1..32usize, 1..300usize).prop_map(|(length, times)| Change::Repeat(length, times)),
        1 => Just(Change::Cut),
    ];
    prop::collection::vec((any::<prop::sample::Index>(), change), 1..5)
}

fn apply(bytes: &mut Vec<u8>, place: prop::sample::Index, change: Change) {
    if bytes.is_empty() {
        return;
    }
    let place = place.index(bytes.len());
    let end = |length: usize| (place + length).min(bytes.len());
    match change {
        Change::Byte(byte) => bytes[place] = byte,
        Change::Bit(bit) => bytes[place] ^= 1 << bit,
        Change::Fill(byte, count) => {
            let end = end(count);
            bytes[place..end].fill(byte);
        }
        Change::Number(bit) => {
            let end = end(8);
            bytes[place..end].copy_from_slice(&(1u64 << bit).to_le_bytes()[..end - place]);
        }
        Change::Remove(length) => drop(bytes.drain(place..end(length))),
        Change::Repeat(length, times) => {
            let part = bytes[place..end(length)].repeat(times);
            bytes.splice(place..place, part);
        }
        Change::Cut => bytes.truncate(place),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files(file in prop::sample::select(FILES.to_vec()), changes in changes()) {
        let mut bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(file)).unwrap();
        for (place, change) in changes {
            apply(&mut bytes, place, change);
        }
        read(bytes);
    }

    #[test]
    fn any_bytes(begin in prop::sample::select(vec![&b""[..], b"PK\x03\x04", b"\x80\x02", b"\x10\0\0\0\0\0\0\0{"]), bytes in any::<Vec<u8>>()) {
        read([begin, &bytes].concat());
    }

    /// Behind the three pickles that begin a file of the old format, made of instructions alone.
    #[test]
    fn any_instructions(instructions in prop::collection::vec(instruction(), 0..60)) {
        let mut bytes = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.\x80\x02".to_vec();
        bytes.extend(instructions.concat());
        bytes.extend(b".\x80\x02](X\x01\0\0\0ae.\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        read(bytes);
    }
}

fn instruction() -> impl Strategy<Value = Vec<u8>> {
    let parts: [&[u8]; 40] = [
        b"(",
        b"t",
        b"R",
        b"Q",
        b"b",
        b"}",
        b"]",
        b")",
        b"s",
        b"u",
        b"a",
        b"e",
        b"0",
        b"1",
        b"2",
        b"l",
        b"d",
        b"N",
        b"\x85",
        b"\x86",
        b"\x87",
        b"\x81",
        b"\x88",
        b"\x94",
        b"\x93",
        b"\x8f",
        b"\x90",
        b"h\0",
        b"h\x01",
        b"K\0",
        b"K\x02",
        b"X\x01\0\0\0a",
        b"X\x07\0\0\0storage",
        b"X\x05\0\0\0model",
        b"ctorch\nFloatStorage\n",
        b"ctorch._utils\n_rebuild_tensor_v2\n",
        b"ccollections\nOrderedDict\n",
        b"ctorch._tensor\n_rebuild_from_type_v2\n",
        b"q\0",
        b"((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0aNK\x02NtQK\0K\x02\x85K\x01\x85\x89NtR",
    ];
    let parts: Vec<Vec<u8>> = parts.iter().map(|part| part.to_vec()).collect();
    prop::sample::select(parts)
}

#[test]
fn nesting_has_no_depth() {
    let head = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.".to_vec();
    for (open, close) in [(&b"]"[..], &b"a"[..]), (b"(", b"t"), (b"", b"\x85"), (b"}X\x05\0\0\0model", b"s")] {
        let times = 200_000;
        let nested = [open.repeat(times), b"N".to_vec(), close.repeat(times), b".".to_vec()].concat();
        read([head.clone(), b"\x80\x02".to_vec(), nested, b"\x80\x02].".to_vec()].concat());
    }
    // A dictionary that is within itself.
    let cyclic = b"\x80\x02}q\0X\x05\0\0\0modelh\0s.\x80\x02].";
    let problem = Checkpoint::from_bytes("cyclic", [&head[..], cyclic].concat()).unwrap_err();
    assert!(problem.problem().starts_with("there are no tensors in its dictionary"), "{problem}");
}

#[test]
fn one_dictionary_may_be_named_often() {
    let head = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.\x80\x02";
    let times = 500_000;
    let inner = [b"}q\0(", &b"NN".repeat(times)[..], b"u0"].concat();
    for (key, value) in [(&b"X\x05\0\0\0model"[..], &b"h\0"[..]), (b"X\x01\0\0\0a", b"h\0"), (b"N", b"cm\nModel\n)\x81h\0b")] {
        let outer = [b"}(", &[key, value].concat().repeat(times)[..], b"u.\x80\x02]."].concat();
        read([&head[..], &inner, &outer].concat());
    }
}

#[test]
fn values_are_bounded() {
    let head = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.\x80\x02".to_vec();
    for endless in [&b"N"[..], b"(", b"2"] {
        let problem = Checkpoint::from_bytes("large", [&head[..], b"N", &endless.repeat((1 << 23) + 1)].concat()).unwrap_err();
        assert_eq!(problem.problem(), "its pickle has more than 8388608 values; save the weights alone");
    }
}
