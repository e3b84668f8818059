//! Whether a model and a step of it find room, before the memory is asked for: a system that has none left ends a process without a word.
//!
//! What parameters take is known from their shapes. What the layers compute of a chunk of rows is measured on one row and multiplied.

mod available;
mod kept;
mod rows;

use crate::chunks::{longest_chunk, rows_per_chunk};
use crate::config::Config;
use crate::error::TrainError;
use crate::registry;
use banyan_data::batch::Batch;
use banyan_data::dataset::Dataset;
use banyan_data::schema::Schema;
use banyan_engine::{Context, Graph, ParameterInfo, Parameters, Settings, Tape};
use banyan_model::{Methods, Model, Request};
use kept::numbers;
use rows::Rows;
use std::num::NonZero;

/// What is done with a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Training,
    Prediction,
}

/// Bytes of a number.
const NUMBER: u128 = 4;

/// Numbers that the first layer has for each pixel of an image, at least.
const FIRST_LAYER: u128 = 8;
/// Rows of the smallest full chunk.
const LEAST_ROWS_OF_CHUNK: usize = 8;

/// Pixels of an image, and numbers of a recording, that memory is measured on at most.
const MEASURED_CELLS: usize = 1 << 16;

/// More than any machine has, where the system does not say how much there is.
const MOST: u64 = 1 << 40;

/// Values that a chunk's pass keeps for each that one row's pass at prediction makes: themselves, what dropout dropped, and their cotangents.
const VALUES_IN_TRAINING: u128 = 2;

/// Refuses a model whose parameters find no room, with all that is kept of each.
pub(crate) fn check_parameters(config: &Config, planned: &[ParameterInfo], purpose: Purpose) -> Result<(), TrainError> {
    refuse_parameters(config, planned, purpose, free(config))
}

/// What the system has for a training or a prediction on so many threads as a configuration asks for.
fn free(config: &Config) -> u64 {
    available::available(threads(config)).unwrap_or(MOST)
}

fn threads(config: &Config) -> usize {
    config.training.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZero::get))
}

/// Refuses images of a size at which no step finds room, before any is decoded. `rows` are those of the training.
pub(crate) fn check_inputs(config: &Config, rows: usize) -> Result<(), TrainError> {
    refuse_inputs(config, rows, free(config))
}

fn refuse_inputs(config: &Config, rows: usize, free: u64) -> Result<(), TrainError> {
    for (name, input) in &config.inputs {
        let Some([height, width]) = input.settings.size() else { continue };
        let rows = LEAST_ROWS_OF_CHUNK.min(config.training.batch_size).min(rows);
        let needed = (height as u128) * (width as u128) * rows as u128 * FIRST_LAYER * NUMBER;
        if needed > u128::from(free) {
            return Err(TrainError::Memory(format!(
                "a step needs more than {} of memory for the first layer over {rows} images of {height} × {width} pixels of the input \"{name}\", \
                 and {} are free; lower size in [inputs.{name}]",
                gigabytes(needed),
                gigabytes(free.into()),
            )));
        }
    }
    Ok(())
}

fn refuse_parameters(config: &Config, planned: &[ParameterInfo], purpose: Purpose, free: u64) -> Result<(), TrainError> {
    let all = planned.iter().map(numbers).fold(0, u128::saturating_add);
    let needed =
        all.saturating_mul(kept::copies(config, purpose)).saturating_add(kept::of_filters(planned, purpose)).saturating_mul(NUMBER);
    let Some(largest) = planned.iter().max_by_key(|info| numbers(info)).filter(|_| needed > u128::from(free)) else { return Ok(()) };
    let shape: Vec<String> = largest.shape.axes().iter().map(ToString::to_string).collect();
    Err(TrainError::Memory(format!(
        "the model needs about {} of memory, and {} are free: it has {all} parameters, {} alone {}; lower {}",
        gigabytes(needed),
        gigabytes(free.into()),
        largest.name,
        shape.join(" × "),
        keys(config, largest.name.strip_prefix("encoders.").and_then(|name| name.split('.').next())),
    )))
}

/// The keys that make a model smaller, those of an input first.
fn keys(config: &Config, input: Option<&str>) -> String {
    let width = format!("width = {} in [model]", config.model.width);
    match input.filter(|input| config.inputs.contains_key(*input)) {
        Some(input) => format!("{width}, or what makes [inputs.{input}] large"),
        None => width,
    }
}

/// Refuses a training whose steps find no room for what the layers compute.
pub(crate) fn check_steps(
    config: &Config,
    (model, parameters): (&Model, &Parameters),
    methods: &Methods,
    data: &Dataset,
) -> Result<(), TrainError> {
    refuse_steps(config, (model, parameters), methods, (&Rows::of(data), free(config)))
}

/// Refuses a training whose steps find no room for its images and recordings, before one is decoded: it takes long to decode them all. `rows` are
/// those of the training.
pub(crate) fn check_files(config: &Config, schema: &Schema, methods: &Methods, rows: usize) -> Result<(), TrainError> {
    refuse_files(config, schema, methods, (rows, free(config)))
}

fn refuse_files(config: &Config, schema: &Schema, methods: &Methods, (rows, free): (usize, u64)) -> Result<(), TrainError> {
    let (model, parameters) = registry::model(config, schema, methods, Purpose::Training)?;
    refuse_steps(config, (&model, &parameters), methods, (&Rows::not_encoded(rows), free))
}

fn refuse_steps(
    config: &Config,
    (model, parameters): (&Model, &Parameters),
    methods: &Methods,
    (rows_of_training, free): (&Rows<'_>, u64),
) -> Result<(), TrainError> {
    let at_once = threads(config).min(Settings::default().lanes) as u128;
    let longest = rows_of_training.longest;
    // The values are there; what else is kept of the parameters comes with the first steps.
    let all = parameters.infos().iter().map(numbers).fold(0, u128::saturating_add);
    let sums = kept::sums_of_lanes(config, model, parameters.infos(), rows_of_training);
    let filters = kept::of_filters(parameters.infos(), Purpose::Training);
    let later = (all * (kept::copies(config, Purpose::Training) - 1)).saturating_add(sums).saturating_add(filters) * NUMBER;
    let (input, cells) = model.largest_modality();
    let rows = rows_per_chunk(model).min(config.training.batch_size).min(rows_of_training.count);
    let refused = |bytes: u128| {
        let what = match longest {
            0 => format!("{rows} rows at a time, {cells} cells each of the input \"{input}\""),
            longest => format!("the longest sentence, of {longest} words"),
        };
        let lower = match longest {
            0 => format!("{}, or threads in [training]", keys(config, Some(input))),
            _ => format!("{}, or threads in [training], or cut long sentences", keys(config, None)),
        };
        let beside = if later * 10 > bytes {
            format!(", beside {} for gradients, the optimizer and checkpoints", gigabytes(later))
        } else {
            String::new()
        };
        TrainError::Memory(format!(
            "a step needs about {} of memory for what the layers compute of {what}, on {at_once} thread{}{beside}, and {} are free; lower {lower}",
            gigabytes(bytes),
            if at_once == 1 { "" } else { "s" },
            gigabytes(free.into()),
        ))
    };
    // Before one row is tried: a layer of eight numbers for each cell, which the first ones have.
    let least = (cells * rows) as u128 * 8 * NUMBER;
    if least + later > u128::from(free) {
        return Err(refused(least));
    }
    let scores_pairs = model.schema().targets.iter().any(|target| target.most_words().is_some());
    let trees = if scores_pairs { scores_of_trees(longest) * at_once } else { 0 };
    if least.max(longest as u128 * 1000 * NUMBER) * 64 * at_once + trees + later < u128::from(free) {
        return Ok(());
    }
    let of_files = if longest == 0 { bytes_of_files(config, model, methods)? } else { None };
    let of_chunk = if let Some(bytes) = of_files {
        bytes * rows as u128
    } else if let Some((batch, words)) = rows_of_training.row_to_measure(model)? {
        let parts = if longest == 0 { rows } else { longest_chunk(longest).div_ceil(words.max(1)) };
        bytes_of(model, parameters, &batch) * parts as u128
    } else {
        return Ok(());
    };
    let needed = of_chunk * VALUES_IN_TRAINING * at_once + trees;
    if needed + later > u128::from(free) { Err(refused(needed)) } else { Ok(()) }
}

/// Bytes of what the layers compute of a batch.
fn bytes_of(model: &Model, parameters: &Parameters, batch: &Batch) -> u128 {
    pass(model, parameters, batch).bytes() as u128
}

/// A forward pass over a batch.
fn pass(model: &Model, parameters: &Parameters, batch: &Batch) -> Tape {
    let mut tape = Tape::default();
    model.forward(&mut Graph::new(&mut tape, parameters, Context::inference(), &batch.rows), batch, Request::all());
    tape
}

/// As [`bytes_of`], of a row with all its images and recordings; `None` where there are none. Large ones take as much more as they are larger than
/// small ones, which are measured in their place.
fn bytes_of_files(config: &Config, model: &Model, methods: &Methods) -> Result<Option<u128>, TrainError> {
    let pass = SmallPass::run(config, model, methods)?;
    Ok(pass.map(|pass| pass.of_all(pass.tape.bytes() as u128)))
}

/// A forward pass of one row with all its images and recordings, made small: what layers take of them grows with their cells.
pub(crate) struct SmallPass {
    pub(crate) tape: Tape,
    pub(crate) parameters: Parameters,
    /// Cells of the largest modality as it is, and as it was measured.
    cells: [usize; 2],
}

impl SmallPass {
    /// Runs it; `None` for a model without images or recordings.
    pub(crate) fn run(config: &Config, model: &Model, methods: &Methods) -> Result<Option<Self>, TrainError> {
        let (_, cells) = model.largest_modality();
        let Some((schema, batch)) = model.schema().with_small_files(cells.div_ceil(MEASURED_CELLS))? else { return Ok(None) };
        let (small, parameters) = registry::model(config, &schema, methods, Purpose::Training)?;
        let (_, measured) = small.largest_modality();
        let tape = pass(&small, &parameters, &batch);
        Ok(Some(Self { tape, parameters, cells: [cells, measured] }))
    }

    /// What the row would take as it is, of a number that was measured.
    pub(crate) fn of_all(&self, measured: u128) -> u128 {
        measured * self.cells[0] as u128 / self.cells[1].max(1) as u128
    }
}

/// Bytes of the scores of every pair of words of a sentence, which grow with its square and not, as what is measured, with its length: those of words,
/// those with the root, a mask, their sum and their logarithms, and a cotangent of each.
fn scores_of_trees(words: usize) -> u128 {
    const SCORES: u128 = 10;
    (words as u128).pow(2) * SCORES * NUMBER
}

/// Bytes in words.
fn gigabytes(bytes: u128) -> String {
    match bytes as f64 / 1e9 {
        least if least < 0.1 => format!("{:.0} MB", least * 1000.0),
        few if few < 10.0 => format!("{few:.1} GB"),
        many => format!("{many:.0} GB"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use banyan_engine::{Decay, Scope};

    fn config(text: &str) -> Config {
        let text = format!(
            "[data]\ntrain = \"t.csv\"\n[inputs.photo]\ntype = \"image\"\n[tasks.y]\ntype = \"regression\"\n[model]\nwidth = 65536\n{text}"
        );
        Config::parse("c.toml", &text, &[]).expect("a configuration")
    }

    /// What a step of sentences of so many words is refused for, by a system with so much memory.
    fn refused_step(words: usize, threads: usize, free: u64) -> Option<String> {
        let folder = tempfile::tempdir().expect("a folder");
        let rows: String = (0..20).map(|row| format!("{}a,{}\n", "word ".repeat(if row >= 7 { words - 1 } else { row }), row)).collect();
        std::fs::write(folder.path().join("t.csv"), format!("words,y\n{rows}")).expect("a table");
        let text = format!(
            "[data]\ntrain = \"t.csv\"\nsplit = {{ valid = 0.1, test = 0.0 }}\n[inputs.words]\ntype = \"tokens\"\n[tasks.y]\ntype = \
             \"regression\"\n[model]\nwidth = 32\n[training]\nthreads = {threads}"
        );
        let config = Config::parse("c.toml", &text, &[]).expect("a configuration");
        let tables = crate::pipeline::Tables::read(&config, folder.path(), &mut crate::Silent).expect("a table");
        let prepared = tables.encode(&config, &Methods::default(), (None, None), &mut crate::Silent).expect("rows");
        let methods = banyan_model::Methods::default();
        let (model, parameters) = crate::registry::model(&config, &prepared.schema, &methods, Purpose::Training).expect("a model");
        refuse_steps(&config, (&model, &parameters), &methods, (&Rows::of(&prepared.train), free)).err().map(|error| error.to_string())
    }

    #[test]
    fn a_step_that_finds_no_room_is_refused_in_a_sentence() {
        let text = refused_step(4000, 2, 20_000_000).expect("a refusal");
        assert!(text.contains("of the longest sentence, of 4000 words, on 2 threads, beside"), "{text}");
        assert!(text.contains("for gradients, the optimizer and checkpoints, and 20 MB are free; lower width = 32"), "{text}");
        assert!(text.ends_with("or threads in [training], or cut long sentences"), "{text}");
        assert_eq!(refused_step(4000, 2, 20_000_000_000), None);
        assert_eq!(refused_step(30, 1, 500_000_000), None);
    }

    fn planned(list: &[(&str, [usize; 2])]) -> Vec<ParameterInfo> {
        let mut builder = Parameters::builder();
        for (name, shape) in list {
            builder.plan(name, *shape, Scope::Shared, Decay::Yes);
        }
        builder.planned()
    }

    #[test]
    fn images_that_find_no_room_are_refused_before_they_are_decoded() {
        let config = |size: &str| {
            let text =
                format!("[data]\ntrain = \"t.csv\"\n[inputs.photo]\ntype = \"image\"\nsize = {size}\n[tasks.y]\ntype = \"regression\"\n");
            Config::parse("c.toml", &text, &[]).expect("a configuration")
        };
        let refused = |size: &str, rows| refuse_inputs(&config(size), rows, 4_000_000_000).err().map(|error| error.to_string());
        assert_eq!(
            refused("[4096, 4096]", 500),
            Some(
                "a step needs more than 4.3 GB of memory for the first layer over 8 images of 4096 × 4096 pixels of the input \"photo\", and 4.0 \
                 GB are free; lower size in [inputs.photo]"
                    .to_owned()
            )
        );
        assert_eq!((refused("[4096, 4096]", 7), refused("[1024, 1024]", 500)), (None, None));
    }

    #[test]
    fn steps_on_images_that_find_no_room_are_refused_before_they_are_decoded() {
        let config = Config::parse(
            "c.toml",
            "[data]\ntrain = \"t.csv\"\n[inputs.photo]\ntype = \"image\"\nsize = [2048, 1024]\n[tasks.y]\ntype = \"regression\"\n[model]\nwidth = \
             16\n[training]\nthreads = 2\n",
            &[],
        );
        let config = config.expect("a configuration");
        let folder = tempfile::tempdir().expect("a folder");
        let rows: String = (0..40).map(|row| format!("a.png,{row}\n")).collect();
        std::fs::write(folder.path().join("t.csv"), format!("photo,y\n{rows}")).expect("a table");
        // Its size is known, and it cannot be decoded.
        let mut png = std::io::Cursor::new(Vec::new());
        image::GrayImage::new(64, 64).write_to(&mut png, image::ImageFormat::Png).expect("an image");
        std::fs::write(folder.path().join("a.png"), &png.get_ref()[..50]).expect("a file");
        let tables = || crate::pipeline::Tables::read(&config, folder.path(), &mut crate::Silent).expect("a table");
        let tables = tables();
        let (inputs, targets) = (crate::pipeline::inputs(&config), crate::pipeline::targets(&config));
        let refused = |free: u64| {
            let check = |schema: &Schema| refuse_files(&config, schema, &Methods::default(), (40, free));
            let bad = banyan_data::config::OnBadRow::Error;
            let fitted = Schema::fit_checked(&tables.tables[0], &(0..40).collect::<Vec<_>>(), &inputs, &targets, bad, check);
            fitted.expect_err("no room, or no image").to_string()
        };
        let text = refused(2_000_000_000);
        assert!(
            text.starts_with("a step needs about ") && text.contains("8 rows at a time, 2097152 cells each of the input \"photo\""),
            "{text}"
        );
        assert!(refused(200_000_000_000).contains("a.png"), "it is decoded where there is room");
    }

    #[test]
    fn gradients_of_lanes_count() {
        let folder = tempfile::tempdir().expect("a folder");
        let rows: String = (0..200).map(|row| format!("{row},{},{}\n", row % 7, row % 3)).collect();
        std::fs::write(folder.path().join("t.csv"), format!("x,y,z\n{rows}")).expect("a table");
        let text = "[data]\ntrain = \"t.csv\"\nsplit = { valid = 0.1, test = 0.0 }\n[inputs.x]\ntype = \"number\"\n[tasks.y]\ntype = \
                    \"regression\"\n[tasks.z]\ntype = \"regression\"\n[model]\nwidth = 32\n[training]\nthreads = 1\n";
        let sums = |batch: usize| {
            let config = Config::parse("c.toml", &format!("{text}batch_size = {batch}\n"), &[]).expect("a configuration");
            let tables = crate::pipeline::Tables::read(&config, folder.path(), &mut crate::Silent).expect("a table");
            let prepared = tables.encode(&config, &Methods::default(), (None, None), &mut crate::Silent).expect("rows");
            let methods = banyan_model::Methods::default();
            let (model, parameters) = crate::registry::model(&config, &prepared.schema, &methods, Purpose::Training).expect("a model");
            (kept::sums_of_lanes(&config, &model, parameters.infos(), &Rows::of(&prepared.train)), parameters.trainable_len() as u128)
        };
        let ((few, _), (many, numbers)) = (sums(4), sums(180));
        // Of a batch of few rows, layers keep factors; of a larger one each of its three lanes keeps a sum for each of two tasks.
        assert!(few < numbers && many > 3 * numbers && many < 6 * numbers, "{few} {many} {numbers}");
    }

    #[test]
    fn a_model_that_finds_no_room_is_refused_in_a_sentence() {
        let model = planned(&[("encoders.photo.project.weight", [65536, 3]), ("trunk.layer0.weight", [65536, 65536])]);
        let refused = |model: &[ParameterInfo], purpose, free| {
            refuse_parameters(&config(""), model, purpose, free).err().map(|error| error.to_string())
        };
        assert_eq!(
            refused(&model, Purpose::Training, 8_000_000_000),
            Some(
                "the model needs about 241 GB of memory, and 8.0 GB are free: it has 4295163904 parameters, trunk.layer0.weight alone \
                 65536 × 65536; lower width = 65536 in [model]"
                    .to_owned()
            )
        );
        assert_eq!(refused(&model, Purpose::Training, 250_000_000_000), None);
        assert!(refused(&model, Purpose::Prediction, 30_000_000_000).is_some_and(|text| text.contains("34 GB")));
        let model = planned(&[("encoders.photo.project.weight", [1 << 50, 1 << 40]), ("trunk.layer0.weight", [6, 6])]);
        let text = refused(&model, Purpose::Prediction, u64::MAX).expect("no machine holds it");
        assert!(text.ends_with("lower width = 65536 in [model], or what makes [inputs.photo] large"), "{text}");
    }
}
