//! What older versions of PyTorch and Python wrote, put together by hand.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use banyan_checkpoint::{Checkpoint, Dtype};

/// A file in the old format with a storage `a` of the numbers 1 to 4.
fn file(object: &[u8]) -> Vec<u8> {
    let head = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02}.\x80\x02";
    let numbers: Vec<u8> = [1.0f32, 2.0, 3.0, 4.0].into_iter().flat_map(f32::to_le_bytes).collect();
    [head, object, b".\x80\x02](U\x01ae.\x04\0\0\0\0\0\0\0", &numbers].concat()
}

fn open(object: &[&[u8]]) -> Checkpoint {
    Checkpoint::from_bytes("old", file(&object.concat())).unwrap()
}

/// The persistent identifier of the storage, with what comes behind its count.
fn storage(view: &[u8]) -> Vec<u8> {
    [b"(U\x07storagectorch\nFloatStorage\nU\x01aU\x03cpuK\x04", view, b"tQ"].concat()
}

#[test]
fn a_storage_may_be_a_part_of_another() {
    let tensor = |view: &[u8]| [b"}U\x01wctorch._utils\n_rebuild_tensor\n(", &storage(view)[..], b"K\x01K\x02\x85K\x01\x85tRs"].concat();
    assert_eq!(open(&[&tensor(b"N")]).numbers("w").unwrap(), [2.0, 3.0]);
    assert_eq!(open(&[&tensor(b"(U\x01vK\x01K\x03t")]).numbers("w").unwrap(), [3.0, 4.0]);
    for (view, problem) in
        [(b"(U\x01vK\x01K\x02t", "needs 12 bytes of its storage, which has 8"), (b"(U\x01vK\x03K\x03t", "has a storage that is shorter")]
    {
        let error = Checkpoint::from_bytes("old", file(&tensor(view))).unwrap_err();
        assert!(error.problem().starts_with(&format!("its tensor \"w\" {problem}")), "{error}");
    }
}

#[test]
fn a_dictionary_may_be_made_of_pairs() {
    let tensor = [b"ctorch._utils\n_rebuild_tensor_v2\n(", &storage(b"N")[..], b"K\0K\x02\x85K\x02\x85\x89NtR"].concat();
    let checkpoint = open(&[b"ccollections\nOrderedDict\n(](](U\x01w", &tensor, b"ee", b"tR"]);
    assert_eq!(checkpoint.numbers("w").unwrap(), [1.0, 3.0]);
}

#[test]
fn a_tensor_may_be_of_a_class_of_its_own() {
    let function = b"ctorch._tensor\n_rebuild_from_type_v2\n(ctorch._utils\n_rebuild_tensor_v2\ncmy\nTensor\n";
    let checkpoint = open(&[b"}U\x01w", function, b"(", &storage(b"N"), b"K\0))\x89Nt}tRs"]);
    assert_eq!((checkpoint.tensor("w").unwrap().shape, checkpoint.numbers("w").unwrap()), (&[][..], vec![1.0]));
}

#[test]
fn a_storage_of_an_unknown_class_matters_where_it_is_read() {
    let object = |class: &[u8]| {
        let begin = b"}U\x01wctorch._utils\n_rebuild_tensor_v2\n((U\x07storage";
        [begin, class, b"U\x01aU\x03cpuK\x04tQK\0K\x02\x85K\x01\x85\x89NtRs"].concat()
    };
    let error = Checkpoint::from_bytes("old", file(&object(b"cmy\nStorage\n"))).unwrap_err();
    assert!(error.problem().contains("its storage \"a\" is of a class that is not known"), "{error}");
    let checkpoint = open(&[&object(b"ctorch\nQInt32Storage\n")]);
    assert_eq!(checkpoint.tensor("w").unwrap().dtype, Dtype::Other("qint32"));
    assert!(checkpoint.numbers("w").unwrap_err().problem().contains("holds numbers of type qint32, which is not read"));
}
