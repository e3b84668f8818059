//! Which encoder reads which inputs.

use super::{Encoder, EncoderMethod, EncoderPlan, Meeting};
use crate::error::ModelError;
use banyan_data::inputs::InputKind;
use banyan_data::schema::InputSchema;
use banyan_method::{Choice, Registry, Settings};
use banyan_nn::LayerBuilder;

/// The encoder of an input, with its options.
pub(crate) struct Chosen<'a> {
    entry: &'a EncoderMethod,
    settings: Settings,
}

/// The inputs that meet in one encoder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ModalityPlan {
    /// The input's name, or that of the encoder where it reads several.
    pub(crate) name: String,
    /// Places in the schema's inputs.
    pub(crate) inputs: Vec<usize>,
}

/// The encoder that reads a kind of input unless another is chosen: the first of the table that does.
fn default_of(methods: &Registry<EncoderMethod>, kind: InputKind) -> Choice {
    let entry = methods.iter().find(|entry| entry.reads.contains(&kind)).expect("every kind of input has an encoder");
    Choice::named(entry.method.name)
}

/// The encoder of each input: the chosen one, or where there are fewer choices the default.
///
/// # Errors
/// For an unknown encoder or option, or one that does not read the kind of its input.
pub(crate) fn choose<'a>(
    methods: &'a Registry<EncoderMethod>,
    choices: &[Choice],
    inputs: &[InputSchema],
) -> Result<Vec<Chosen<'a>>, ModelError> {
    let one = |(place, input): (usize, &InputSchema)| {
        let choice = choices.get(place).cloned().unwrap_or_else(|| default_of(methods, input.kind()));
        let (entry, settings) = methods.check(&choice, 1)?;
        if !entry.reads.contains(&input.kind()) {
            let (encoder, kind) = (entry.method.name, input.kind().name());
            return Err(ModelError::OtherKind { input: input.name.clone(), encoder, kind });
        }
        Ok(Chosen { entry, settings })
    };
    inputs.iter().enumerate().map(one).collect()
}

/// Groups inputs into modalities: those whose encoder reads several at once, as the columns of one table, and every other one by itself.
pub(crate) fn modalities(inputs: &[InputSchema], chosen: &[Chosen<'_>]) -> Vec<ModalityPlan> {
    let mut together: Vec<ModalityPlan> = Vec::new();
    let mut alone = Vec::new();
    for (place, (input, Chosen { entry, .. })) in inputs.iter().zip(chosen).enumerate() {
        let name = entry.method.name;
        match (entry.meeting, together.iter_mut().find(|modality| modality.name == name)) {
            (Meeting::One, _) => alone.push(ModalityPlan { name: input.name.clone(), inputs: vec![place] }),
            (Meeting::All, Some(modality)) => modality.inputs.push(place),
            (Meeting::All, None) => together.push(ModalityPlan { name: name.to_owned(), inputs: vec![place] }),
        }
    }
    together.into_iter().chain(alone).collect()
}

impl Chosen<'_> {
    /// Makes the encoder of a modality.
    pub(crate) fn build(
        &self,
        builder: &mut LayerBuilder,
        inputs: &[&InputSchema],
        (width, dropout): (usize, f32),
        is_pyramid_read: bool,
    ) -> Result<Box<dyn Encoder>, ModelError> {
        (self.entry.build)(builder, &EncoderPlan { inputs, settings: &self.settings, width, dropout, is_pyramid_read })
    }
}
