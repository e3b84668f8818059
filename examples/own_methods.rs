//! A fusion, a sharing, an encoder and a head of a program's own, in an ordinary training:
//!
//! ```text
//! cargo run --release --example own_methods
//! ```
//!
//! Each is a type with a `forward` and an entry for its table. A configuration then chooses them by name, `banyan::train::train` builds them, and a
//! run that was made with them is opened with them.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use banyan::data::batch::{InputBatch, InputValues};
use banyan::data::inputs::{InputKind, TextSchema};
use banyan::data::values::Values;
use banyan::engine::{Activation, Graph, Residual, Scope, Var};
use banyan::method::Method;
use banyan::model::{
    Blocks, Chunk, Encoder, EncoderBlock, EncoderMethod, Fused, Fusion, FusionMethod, Head, HeadMethod, Methods, Modality, Reached, Read,
    Sharing, SharingMethod, ViewSizes, Views,
};
use banyan::nn::{Embedding, Linear};
use banyan::train::{LoadedRun, Silent, TrainOptions, config::Config, train};
use std::error::Error;
use std::sync::atomic::AtomicBool;

/// A fusion: the mean of the modalities that a row has.
#[derive(Debug)]
struct Mean;

const MEAN: FusionMethod =
    FusionMethod { method: Method::new("mean", "the mean of the inputs that are there"), build: |_, _, _| Box::new(Mean) };

impl Fusion for Mean {
    fn forward(&self, graph: &mut Graph<'_>, modalities: &[Modality]) -> Fused {
        let (rows, count) = (modalities[0].present.len(), modalities.len());
        let weights = graph.input_with([rows, count], |weights| {
            for (row, weights) in weights.chunks_exact_mut(count).enumerate() {
                let there = modalities.iter().filter(|modality| modality.present[row]).count().max(1);
                weights.iter_mut().zip(modalities).for_each(|(weight, modality)| {
                    *weight = if modality.present[row] { 1.0 / there as f32 } else { 0.0 };
                });
            }
        });
        let pooled: Vec<Var> = modalities.iter().map(|modality| modality.pooled).collect();
        Fused::context(graph.mixture(weights, &pooled))
    }
}

/// A sharing: an adapter after every block of every encoder, which all tasks share, and a layer for each task.
#[derive(Debug)]
struct Adapters {
    /// For each modality, for each of its blocks.
    adapters: Vec<Vec<Linear>>,
    layers: Vec<Linear>,
}

const ADAPTERS: SharingMethod = SharingMethod {
    method: Method::new("adapters", "a layer beside each block of the encoders, then one for each task"),
    build: |builder, plan, _| {
        let mut adapters = Vec::new();
        for modality in plan.modalities {
            let blocks = modality.views.blocks.iter().enumerate();
            let name = |block: usize| format!("{}.adapter{block}", modality.name);
            adapters.push(blocks.map(|(block, &width)| builder.linear(&name(block), width, width, Activation::Gelu)).collect());
        }
        let layer =
            |task: usize| builder.scope(Scope::Task(task), |b| b.linear(&format!("task{task}"), plan.width, plan.width, Activation::Gelu));
        Box::new(Adapters { adapters, layers: (0..plan.tasks).map(layer).collect() })
    },
};

impl Sharing for Adapters {
    fn after_block(&self, graph: &mut Graph<'_>, block: EncoderBlock) -> Var {
        let added = self.adapters[block.modality][block.index].forward(graph, block.output);
        graph.sum(&[block.output, added], 1.0)
    }

    fn forward(&self, graph: &mut Graph<'_>, reached: Reached<'_>, wanted: &[bool]) -> Vec<Option<Var>> {
        let mut of_task = |task: usize| self.layers[task].forward(graph, reached.fused.of_task(task));
        wanted.iter().enumerate().map(|(task, wanted)| wanted.then(|| of_task(task))).collect()
    }
}

/// An encoder: the sum of a text's words, in the place of the one that is called "text".
#[derive(Debug)]
struct Words {
    table: Embedding,
    project: Linear,
}

const WORDS: EncoderMethod =
    EncoderMethod::of_one(Method::new("text", "the sum of the vectors of a text's features"), &[InputKind::Text], |builder, plan| {
        let buckets = plan.schema::<TextSchema>().buckets;
        let table = builder.embedding("table", buckets, 32, 0.1);
        Ok(Box::new(Words { table, project: builder.linear("project", 32, plan.width, Activation::Relu) }))
    });

impl Encoder for Words {
    fn forward(&self, graph: &mut Graph<'_>, inputs: &[&InputBatch], _: &[Vec<bool>], _: &mut Blocks<'_>) -> Views {
        let InputValues::Text(text) = &inputs[0].values else { panic!("this encoder reads texts") };
        let (mut offsets, mut features) = (vec![0], Vec::new());
        for row in 0..text.tokens.len() {
            text.tokens.list(row).iter().for_each(|&token| features.extend(text.features.list(token as usize)));
            offsets.push(features.len() as u32);
        }
        let sum = self.table.forward(graph, &offsets, &features);
        Views::pooled(self.project.forward(graph, sum))
    }

    fn sizes(&self) -> ViewSizes {
        ViewSizes::default()
    }
}

/// A head: a regression by absolute error, but for the smallest differences, in the place of the one for squared error.
#[derive(Debug)]
struct Absolute {
    output: Linear,
}

const ABSOLUTE: HeadMethod = HeadMethod::new(Method::new("regression", "a number, by its absolute error"), |builder, plan| {
    Ok(Box::new(Absolute { output: builder.linear("output", plan.width, 1, Activation::None) }))
});

impl Head for Absolute {
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, _: &Chunk<'_>) -> Vec<Var> {
        vec![self.output.forward(graph, read.values)]
    }

    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var> {
        let (_, labels) = chunk.target.values.numbers_at(0);
        let weights: Vec<f32> = chunk.target.known.iter().map(|&known| if known { share } else { 0.0 }).collect();
        vec![graph.regression_loss(outputs[0], labels, &weights, Residual::Huber(0.05))]
    }

    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], _: &Chunk<'_>) -> Values {
        Values::numbers(1, graph.value(outputs[0]).to_vec())
    }

    fn predict_nothing(&self, _: &Chunk<'_>) -> Values {
        Values::numbers(1, Vec::new())
    }
}

const CONFIG: &str = r#"
    [data]
    train = "houses.csv"
    split = { valid = 0.1, test = 0.2, by = "random" }
    [inputs.area]
    type = "number"
    [inputs.note]
    type = "text"
    [tasks.price]
    type = "regression"
    [tasks.garden]
    type = "binary"
    [model]
    width = 32
    fusion = "mean"
    sharing = "adapters"
    [training]
    epochs = 30
    batch_size = 32
"#;

/// A price that depends on the area and on the garden, which the note mentions; every seventh note and every ninth price is missing.
fn houses() -> String {
    let mut table = "area,note,price,garden\n".to_owned();
    for i in 0..600_u32 {
        let (area, garden) = (40 + i * 37 % 120, i * 13 % 5 < 2);
        let note = if i % 7 == 0 { "" } else { ["quiet flat in town", "bright rooms and green lawn"][usize::from(garden)] };
        let price = if i % 9 == 0 { String::new() } else { (area * if garden { 3 } else { 2 }).to_string() };
        table += &format!("{area},{note},{price},{garden}\n");
    }
    table
}

fn main() -> Result<(), Box<dyn Error>> {
    let standard = Methods::default();
    let methods = Methods {
        encoders: standard.encoders.with(WORDS),
        fusions: standard.fusions.with(MEAN),
        sharings: standard.sharings.with(ADAPTERS),
        heads: standard.heads.with(ABSOLUTE),
    };
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("houses.csv"), houses())?;
    let config = Config::parse("houses.toml", CONFIG, &[])?;
    let options = TrainOptions { out: folder.path().join("run"), methods, ..TrainOptions::default() };
    train(&config, folder.path(), &options, &mut Silent, &AtomicBool::new(false))?;

    let mut run = LoadedRun::open_with(&options.out, &options.methods)?;
    let (evaluation, _) = run.evaluate(None, None, None)?;
    for (task, metric) in [("price", "r2"), ("garden", "auroc")] {
        let value = evaluation.tasks[task].get(metric).ok_or("the metric has no value")?;
        println!("{task}: {metric} {value:.3}");
        if value < 0.7 {
            return Err(format!("{task} was not learned: {metric} {value}").into());
        }
    }
    Ok(())
}

#[test]
fn the_program_runs() {
    main().unwrap();
}
