//! Folders, and weights in several files.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use banyan_checkpoint::Checkpoint;
use std::path::Path;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, source) in files {
        let content = if source.starts_with('{') { source.as_bytes().to_vec() } else { std::fs::read(file(source)).unwrap() };
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

fn file(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name)
}

#[test]
fn the_file_of_a_folder_is_chosen() {
    let chosen = |files: &[(&str, &str)]| {
        let folder = folder(files);
        let opened = Checkpoint::open(folder.path());
        opened.map(|checkpoint| checkpoint.file().strip_prefix(folder.path()).unwrap().display().to_string()).map_err(|error| {
            assert_eq!(error.file(), folder.path());
            error.problem().to_owned()
        })
    };
    let (safe, pickle) = ("types.safetensors", "views.pt");
    let ok = |name: &str| Ok(name.to_owned());
    assert_eq!(chosen(&[("model.safetensors", safe), ("pytorch_model.bin", pickle), ("a.pt", pickle)]), ok("model.safetensors"));
    assert_eq!(chosen(&[("pytorch_model.bin", pickle), ("training_args.bin", pickle)]), ok("pytorch_model.bin"));
    assert_eq!(chosen(&[("net.PTH", pickle), ("config.json", "{}")]), ok("net.PTH"));
    assert_eq!(chosen(&[("a.pt", pickle), ("b.safetensors", safe)]), ok("b.safetensors"));
    assert_eq!(
        chosen(&[("a.pt", pickle), ("b.pt", pickle)]),
        Err("it has 2 files of weights (\"a.pt\", \"b.pt\", …); name one of them".to_owned())
    );
    assert!(
        chosen(&[("config.json", "{}")])
            .unwrap_err()
            .starts_with("it has no weights: no model.safetensors, no pytorch_model.bin and no other")
    );
}

#[test]
fn weights_in_several_files_are_read_as_one() {
    let index = r#"{"metadata": {}, "weight_map": {"float32": "b.bin", "weight": "a.bin", "bias": "a.bin"}}"#;
    let parts = [("a.bin", "named.pt"), ("b.bin", "types.safetensors"), ("pytorch_model.bin.index.json", index)];
    let whole = folder(&parts);
    let checkpoint = Checkpoint::open(whole.path()).unwrap();
    assert_eq!(checkpoint.file(), whole.path().join("pytorch_model.bin.index.json"));
    assert_eq!(checkpoint.numbers("bias").unwrap(), [0.5, -0.5]);
    assert_eq!(checkpoint.numbers("float32").unwrap(), [-2.0, 0.0, 1.5, 100.0]);
    assert_eq!(checkpoint.names().count(), 16);

    let problem = |change: &[(&str, &str)]| {
        let folder = folder(&[&parts[..], change].concat());
        Checkpoint::open(folder.path()).unwrap_err().to_string().replace(&format!("{}/", folder.path().display()), "")
    };
    let (name, again) = ("pytorch_model.bin.index.json", "copy or download the file again");
    assert_eq!(
        problem(&[(name, r#"{"weight_map": {"weight": "b.bin"}}"#)]),
        format!("{name}: it says that tensor \"weight\" is in \"b.bin\", which does not have it; {again}")
    );
    assert_eq!(
        problem(&[(name, r#"{"weight_map": {"weight": "../a.bin"}}"#)]),
        format!("{name}: it names \"../a.bin\", which is no file beside it; {again}")
    );
    assert_eq!(problem(&[("b.bin", "named.pt")]), format!("b.bin: its tensor \"weight\" is in another file too; {again}"));
    assert!(problem(&[(name, r#"{"weight_map": 1}"#)]).starts_with(&format!("{name}: it is no index of weights (")));
    assert!(problem(&[(name, r#"{"weight_map": {"x": "c.bin"}}"#)]).starts_with("c.bin: it cannot be read ("));
}
