//! What a command reads and must not write over.

use std::path::Path;

use banyan::data::output::Source;
use banyan::train::config::Config;
use banyan::train::run::RunFolder;

/// The files of a run, but for its report.
pub(crate) fn of_run(run: &RunFolder) -> Vec<Source> {
    let names = ["config.toml", "model.safetensors", "metrics.jsonl", "summary.json", "errors.json", ".lock", "vocabulary", "checkpoint"];
    names.map(|name| Source::new(run.path().join(name), format!("{name} of the run {}", run.path().display()))).into()
}

/// The tables that a configuration names, its word vectors and pretrained encoders. `folder` is what its paths are relative to.
pub(crate) fn of_config(config: &Config, folder: &Path) -> Vec<Source> {
    let data = &config.data;
    let tables = [("training", Some(&data.train)), ("validation", data.valid.as_ref()), ("test", data.test.as_ref())];
    let tables =
        tables.into_iter().flat_map(|(name, paths)| paths.into_iter().flat_map(|paths| paths.paths()).map(move |path| (name, path)));
    // Predictions may lie beside the images of a folder.
    let tables = tables.filter(|(_, path)| !folder.join(path).is_dir());
    let mut sources: Vec<Source> =
        tables.map(|(name, path)| Source::new(folder.join(path), format!("a {name} table of the run"))).collect();
    for (name, input) in &config.inputs {
        let mut settings = input.settings.clone();
        sources.extend(
            settings.paths().into_iter().map(|path| Source::new(folder.join(path), format!("what the input \"{name}\" is read with"))),
        );
    }
    sources
}

/// A table that is read now; the file behind standard input, where it is one.
pub(crate) fn table(path: &Path, what: &str) -> Option<Source> {
    let path = if path.as_os_str() == "-" { Path::new("/dev/stdin") } else { path };
    (!path.is_dir()).then(|| Source::new(path, what))
}
