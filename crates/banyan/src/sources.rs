//! What a command reads and must not write over.

use std::path::Path;

use banyan::data::output::Source;
use banyan::data::path_text::from_text;
use banyan::train::config::Config;
use banyan::train::run::RunFolder;

/// The files of a run, but for its report.
pub(crate) fn of_run(run: &RunFolder) -> Vec<Source> {
    let names = [
        "config.toml",
        "data.json",
        "model.safetensors",
        "metrics.jsonl",
        "summary.json",
        "errors.json",
        ".lock",
        "vocabulary",
        "checkpoint",
    ];
    names.map(|name| Source::new(run.path().join(name), format!("{name} of the run {}", run.path().display()))).into()
}

/// The tables that a configuration names, its word vectors and pretrained encoders. `folder` is what its paths are relative to.
pub(crate) fn of_config(config: &Config, folder: &Path) -> Vec<Source> {
    let tables = config.data.tables().flat_map(|(key, paths)| paths.paths().iter().map(move |path| (key, folder.join(from_text(path)))));
    // Predictions may lie beside the images of a folder.
    let tables = tables.filter(|(_, path)| !path.is_dir());
    let name = |key| match key {
        "train" => "training",
        "valid" => "validation",
        other => other,
    };
    let mut sources: Vec<Source> = tables.map(|(key, path)| Source::new(path, format!("a {} table of the run", name(key)))).collect();
    for (name, input) in &config.inputs {
        let mut settings = input.settings.clone();
        sources.extend(
            settings
                .paths()
                .into_iter()
                .map(|path| Source::new(folder.join(from_text(path)), format!("what the input \"{name}\" is read with"))),
        );
    }
    sources
}

/// A table that is read now; the file behind standard input, where it is one.
pub(crate) fn table(path: &Path, what: &str) -> Option<Source> {
    let path = if path.as_os_str() == "-" { Path::new("/dev/stdin") } else { path };
    (!path.is_dir()).then(|| Source::new(path, what))
}
