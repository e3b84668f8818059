//! The model: encoders, fusion, sharing and heads, put together from a plan.

mod tasks;
mod whole_batch;

use crate::blocks::Blocks;
use crate::encoders::{self, Encoder, ModalityPlan};
use crate::error::ModelError;
use crate::fusion::{self, Fusion, FusionPlan, ModalitySizes};
use crate::heads::{self, Head, Local, Place, Reader};
use crate::methods::Methods;
use crate::modality_dropout;
use crate::plan::Plan;
use crate::sharing::{self, Reached, Sharing, SharingPlan};
use crate::view::{EncoderBlock, Fused, Modality, Sequence, Token, View, ViewSizes, Views, pooled_shape};
use banyan_data::batch::{Batch, InputBatch};
use banyan_data::labels::Subject;
use banyan_data::schema::{Schema, TargetSchema};
use banyan_engine::{Graph, ParameterInfo, Parameters, Purpose, Scope};
use banyan_nn::LayerBuilder;
use std::path::Path;

/// A network of many inputs and many tasks. It holds no numbers: those are in [`Parameters`].
#[derive(Debug)]
pub struct Model {
    schema: Schema,
    width: usize,
    modalities: Vec<ModelModality>,
    fusion: Option<Box<dyn Fusion>>,
    sharing: Box<dyn Sharing>,
    heads: Vec<TaskHead>,
}

/// A task's last layers, and what they read.
#[derive(Debug)]
struct TaskHead {
    reader: Reader,
    head: Box<dyn Head>,
}

#[derive(Debug)]
struct ModelModality {
    plan: ModalityPlan,
    encoder: Box<dyn Encoder>,
    token: Token,
}

/// What a forward pass is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// For each input whether it may be read; empty for all.
    pub inputs: &'a [bool],
    /// For each task whether it is wanted; empty for all.
    pub tasks: &'a [bool],
    /// In training, the probability that a row loses an input it has.
    pub modality_dropout: f32,
}

impl Request<'_> {
    /// Everything.
    pub fn all() -> Self {
        Self { inputs: &[], tasks: &[], modality_dropout: 0.0 }
    }

    fn reads(&self, input: usize) -> bool {
        self.inputs.is_empty() || self.inputs[input]
    }

    fn wants(&self, task: usize) -> bool {
        self.tasks.is_empty() || self.tasks[task]
    }
}

impl Model {
    /// Makes a model and its initial parameters, from the methods that come with the crate.
    ///
    /// # Errors
    /// For an unknown method or option, a head on a view that its input does not offer, or a chain of too many labels.
    pub fn build(plan: &Plan, schema: &Schema) -> Result<(Self, Parameters), ModelError> {
        Self::build_from(&Methods::default(), plan, schema)
    }

    /// Makes a model and its initial parameters, from methods among which there may be a program's own.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub fn build_from(methods: &Methods, plan: &Plan, schema: &Schema) -> Result<(Self, Parameters), ModelError> {
        let mut builder = LayerBuilder::new(plan.seed);
        let model = Self::assemble(&mut builder, methods, plan, schema)?;
        let mut parameters = builder.build();
        model.heads.iter().for_each(|task| task.head.start_from_frequencies(&mut parameters));
        Ok((model, parameters))
    }

    /// The parameters that a model would have, before there is memory for them.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub fn planned(methods: &Methods, plan: &Plan, schema: &Schema) -> Result<Vec<ParameterInfo>, ModelError> {
        let mut builder = LayerBuilder::planning();
        Self::assemble(&mut builder, methods, plan, schema)?;
        Ok(builder.planned())
    }

    fn assemble(builder: &mut LayerBuilder, methods: &Methods, plan: &Plan, schema: &Schema) -> Result<Self, ModelError> {
        let mut modalities = Vec::new();
        let chosen = encoders::choose(&methods.encoders, &plan.encoders, &schema.inputs)?;
        for modality in encoders::modalities(&schema.inputs, &chosen) {
            let inputs: Vec<_> = modality.inputs.iter().map(|&place| &schema.inputs[place]).collect();
            let is_on_it = |target: &TargetSchema| target.kind().subject() == Subject::Image && target.on() == Some(modality.name.as_str());
            let is_pyramid_read = schema.targets.iter().any(is_on_it);
            let (encoder, token) = builder.within(&scope(&modality), |b| {
                let encoder = chosen[modality.inputs[0]].build(b, &inputs, (plan.width, plan.dropout), is_pyramid_read)?;
                Ok::<_, ModelError>((encoder, b.token("missing", plan.width)))
            })?;
            modalities.push(ModelModality { plan: modality, encoder, token });
        }
        let tasks = schema.targets.len();
        let sizes = modalities.iter().map(|own| ModalitySizes { name: own.plan.name.clone(), views: own.encoder.sizes() });
        let sizes: Vec<ModalitySizes> = sizes.collect();
        let fusion_plan = FusionPlan { modalities: &sizes, width: plan.width, tasks };
        let fusion = fusion::build(builder, &methods.fusions, &plan.fusion, fusion_plan)?;
        let sharing_plan = SharingPlan { modalities: &sizes, tasks, width: plan.width, layers: plan.trunk_layers, dropout: plan.dropout };
        let sharing = sharing::build(builder, &methods.sharings, &plan.sharing, sharing_plan)?;
        let token_width = fusion.as_ref().and_then(|fusion| fusion.token_width());
        let mut heads = Vec::new();
        for (task, (target, task_plan)) in schema.targets.iter().zip(&plan.tasks).enumerate() {
            // Labels of tokens are predicted where the tokens are, and those on images there.
            let view = match (target.kind().subject(), target.on()) {
                (Subject::Row, _) | (_, None) => task_plan.view.clone(),
                (Subject::Words, Some(input)) => View::Sequence { input: input.to_owned() },
                (Subject::Image, Some(input)) => View::Pyramid { input: input.to_owned() },
            };
            let place = Place::of(&modalities, token_width, schema, &target.name, &view)?;
            heads.push(builder.scope(Scope::Task(task), |b| {
                b.within(&format!("heads.{}", target.name), |b| {
                    let reader = Reader::new(b, view, plan.width, &place, plan.dropout);
                    let pyramid = if let Place::Pyramid(sizes) = &place { Some(sizes) } else { None };
                    let head = heads::build(b, &methods.heads, (target, task_plan), (plan.width, plan.dropout), pyramid)?;
                    Ok::<_, ModelError>(TaskHead { reader, head })
                })
            })?);
        }
        Ok(Self { schema: schema.clone(), width: plan.width, modalities, fusion, sharing, heads })
    }

    /// What the model was made for.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Whether modalities are brought together: one alone is not.
    pub(crate) fn has_fusion(&self) -> bool {
        self.fusion.is_some()
    }

    /// Cells of a row's largest grid or sequence: the activations of a chunk grow with its rows and with these.
    pub fn cells(&self) -> usize {
        self.modalities.iter().map(|modality| modality.encoder.cells()).max().unwrap_or(1)
    }

    /// The modality with most of these cells, and how many it has.
    pub fn largest_modality(&self) -> (&str, usize) {
        let all = self.modalities.iter().map(|modality| (modality.plan.name.as_str(), modality.encoder.cells()));
        all.max_by_key(|(_, cells)| *cells).unwrap_or(("", 1))
    }

    /// Reads an input's pretrained weights from the folder that its settings name.
    ///
    /// # Errors
    /// If the folder has none, or others than it says itself.
    pub fn load_pretrained(&self, parameters: &mut Parameters, input: &str, folder: &Path) -> Result<(), ModelError> {
        match self.modalities.iter().find(|modality| modality.plan.name == input) {
            Some(modality) => modality.encoder.load_pretrained(parameters, &scope(&modality.plan), folder),
            None => Ok(()),
        }
    }

    /// The names of all losses of no task that the model's parts declare in a training step.
    pub fn auxiliary_losses(&self) -> Vec<String> {
        let of_fusion = self.fusion.iter().flat_map(|fusion| fusion.auxiliary_losses());
        of_fusion.chain(self.sharing.auxiliary_losses()).collect()
    }

    /// Declares penalties on parameters, which belong to a step and not to a chunk of it.
    pub fn penalties(&self, graph: &mut Graph<'_>) {
        self.sharing.penalties(graph);
    }

    /// The modalities that meet in the fusion, each with the names of its inputs.
    pub fn modalities(&self) -> Vec<(&str, Vec<&str>)> {
        let names = |plan: &ModalityPlan| plan.inputs.iter().map(|&place| self.schema.inputs[place].name.as_str()).collect();
        self.modalities.iter().map(|modality| (modality.plan.name.as_str(), names(&modality.plan))).collect()
    }

    /// Runs a chunk and declares the outputs of every wanted task: logits (or a standardized value), `[rows,
    /// outputs]`, or at each place of the view that the head reads. A head whose view is not there (its
    /// input is left out, or no row has it) declares nothing.
    ///
    /// Where nothing is learned, the heads' [second stage](Head::refine) follows when the pass over all tasks is complete: it reads values of
    /// the first, on which depends what it computes.
    pub fn forward(&self, graph: &mut Graph<'_>, batch: &Batch, request: Request<'_>) {
        let (views, fused, blocks) = self.encode(graph, batch, request);
        graph.declare_representation();
        let wanted: Vec<bool> = (0..self.heads.len()).map(|task| self.answers(task, request)).collect();
        let representations = self.sharing.forward(graph, Reached { fused: &fused, blocks: &blocks }, &wanted);
        let chunks = self.chunks(batch);
        let mut ran = Vec::new();
        for (task, (own, representation)) in self.heads.iter().zip(representations).enumerate() {
            let Some(representation) = representation else { continue };
            let local = match &own.reader.view {
                View::Pooled => Local::None,
                view => match self.local(&views, &fused, view) {
                    Some(local) => local,
                    None => continue,
                },
            };
            let read = own.reader.forward(graph, representation, local);
            let outputs = own.head.forward(graph, &read, &chunks[task]);
            outputs.iter().for_each(|&output| graph.declare_output(task, output));
            ran.push((task, read, outputs));
        }
        if graph.context().purpose != Purpose::Training {
            for (task, read, outputs) in ran {
                let further = self.heads[task].head.refine(graph, &read, &outputs, &chunks[task]);
                further.into_iter().for_each(|output| graph.declare_output(task, output));
            }
        }
    }

    /// Runs the encoders that some row of the chunk needs, and the fusion.
    fn encode(&self, graph: &mut Graph<'_>, batch: &Batch, request: Request<'_>) -> (Vec<Option<Views>>, Fused, Vec<EncoderBlock>) {
        let rows = batch.rows.len();
        let present = self.present(graph, batch, request);
        let mut views: Vec<Option<Views>> = Vec::with_capacity(self.modalities.len());
        let mut modalities = Vec::with_capacity(self.modalities.len());
        let mut blocks = Blocks::new(&*self.sharing);
        for (place, modality) in self.modalities.iter().enumerate() {
            let own: Vec<Vec<bool>> = modality.plan.inputs.iter().map(|&place| present[place].clone()).collect();
            let any: Vec<bool> = (0..rows).map(|row| own.iter().any(|present| present[row])).collect();
            let view = any.contains(&true).then(|| {
                let inputs: Vec<&InputBatch> = modality.plan.inputs.iter().map(|&place| &batch.inputs[place]).collect();
                modality.encoder.forward(graph, &inputs, &own, blocks.of_modality(place))
            });
            let encoded = match &view {
                Some(view) => view.pooled,
                None => graph.input_with(pooled_shape(rows, self.width), |_| {}),
            };
            let pooled = if any.contains(&false) { graph.fill_missing(encoded, modality.token, &any) } else { encoded };
            let sequence = view.as_ref().and_then(|view| view.sequence.as_ref());
            let sequence = sequence.map(|sequence| sequence.of_present_rows(&any, graph.shape(sequence.values).rows()));
            let grids = view.as_ref().map(|view| view.grids.clone()).unwrap_or_default();
            modalities.push(Modality { pooled, present: any, sequence, grids });
            views.push(view);
        }
        let fused = match &self.fusion {
            Some(fusion) => fusion.forward(graph, &modalities),
            None => Fused::context(modalities[0].pooled),
        };
        (views, fused, blocks.into_run())
    }

    /// For each input which rows have it, after the request and modality dropout.
    fn present(&self, graph: &Graph<'_>, batch: &Batch, request: Request<'_>) -> Vec<Vec<bool>> {
        let has = |(place, input): (usize, &InputBatch)| {
            if request.reads(place) { input.present.clone() } else { vec![false; input.present.len()] }
        };
        let mut present: Vec<Vec<bool>> = batch.inputs.iter().enumerate().map(has).collect();
        if graph.context().purpose == Purpose::Training && request.modality_dropout > 0.0 {
            let groups: Vec<&[usize]> = self.modalities.iter().map(|modality| modality.plan.inputs.as_slice()).collect();
            modality_dropout::thin(&mut present, &groups, &batch.rows, graph.context(), request.modality_dropout);
        }
        present
    }

    /// What a head reads at the places of its view; nothing where the view is not there.
    fn local(&self, views: &[Option<Views>], fused: &Fused, view: &View) -> Option<Local> {
        let of = |input: &str| {
            let modality = self.modalities.iter().position(|modality| modality.plan.name == input)?;
            views[modality].as_ref()
        };
        match view {
            View::Pooled => None,
            View::Sequence { input } => of(input)?.sequence.as_ref().map(|Sequence { values, .. }| Local::Values(*values)),
            View::Grid { input, level } => of(input)?.grids.get(*level).copied().map(Local::Values),
            View::Pyramid { input } => of(input)?.pyramid.clone().map(Local::Pyramid),
            View::Fused => fused.tokens.as_ref().map(|Sequence { values, .. }| Local::Values(*values)),
        }
    }
}

/// What the names of a modality's parameters begin with.
fn scope(modality: &ModalityPlan) -> String {
    format!("encoders.{}", modality.name)
}

impl Place {
    /// The sizes of the view that a head reads.
    fn of(modalities: &[ModelModality], token_width: Option<usize>, schema: &Schema, task: &str, view: &View) -> Result<Self, ModelError> {
        let sizes = |input: &str| modalities.iter().find(|own| own.plan.name == input).map(|own| own.encoder.sizes());
        let (name, input, found) = match view {
            View::Pooled => return Ok(Self::None),
            View::Fused => return token_width.map(Self::Values).ok_or_else(|| ModelError::NoFusedTokens { task: task.to_owned() }),
            View::Sequence { input } => ("sequence", input, sizes(input).and_then(|sizes| sizes.sequence).map(Self::Values)),
            View::Grid { input, level } => {
                ("grid", input, sizes(input).and_then(|sizes| sizes.grids.get(*level).copied()).map(Self::Values))
            }
            View::Pyramid { input } => ("pyramid", input, sizes(input).and_then(|sizes| sizes.pyramid).map(Self::Pyramid)),
        };
        found.ok_or_else(|| ModelError::NoSuchView {
            task: task.to_owned(),
            view: name,
            input: input.clone(),
            offers: offers(schema, input, sizes(input)),
        })
    }
}

fn offers(schema: &Schema, input: &str, sizes: Option<ViewSizes>) -> String {
    match sizes {
        Some(ViewSizes { sequence: Some(_), .. }) => "offers a pooled view and a sequence".to_owned(),
        Some(ViewSizes { grids, .. }) if !grids.is_empty() => format!("offers a pooled view and {} grids", grids.len()),
        Some(_) => "offers a pooled view only".to_owned(),
        None if schema.inputs.iter().any(|known| known.name == input) => {
            "is a column of the table and offers a pooled view only".to_owned()
        }
        None => "is not an input".to_owned(),
    }
}
