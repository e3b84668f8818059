//! The tables that a model is built from, to which a program may add methods of its own.

use crate::encoders::{self, EncoderMethod};
use crate::fusion::{self, FusionMethod};
use crate::heads::{self, HeadMethod};
use crate::sharing::{self, SharingMethod};
use banyan_method::Registry;

/// Every encoder, fusion, sharing and head that a model can be built from.
///
/// A method of a program's own is added by [`Registry::with`], and then chosen by its name as any other:
///
/// ```
/// use banyan_engine::Graph;
/// use banyan_method::Method;
/// use banyan_model::{Fused, Fusion, FusionMethod, Methods, Modality};
///
/// /// The first modality alone.
/// #[derive(Debug)]
/// struct First;
///
/// impl Fusion for First {
///     fn forward(&self, _: &mut Graph<'_>, modalities: &[Modality]) -> Fused {
///         Fused::context(modalities[0].pooled)
///     }
/// }
///
/// const FIRST: FusionMethod =
///     FusionMethod { method: Method::new("first", "the first input alone"), build: |_, _, _| Box::new(First) };
///
/// let standard = Methods::default();
/// let methods = Methods { fusions: standard.fusions.with(FIRST), ..standard };
/// assert!(methods.fusions.find("first").is_ok());
/// ```
#[derive(Debug, Clone)]
pub struct Methods {
    /// What reads each input.
    pub encoders: Registry<EncoderMethod>,
    /// What brings modalities together.
    pub fusions: Registry<FusionMethod>,
    /// What tasks share.
    pub sharings: Registry<SharingMethod>,
    /// What turns a task's representation into outputs, by the kind of task.
    pub heads: Registry<HeadMethod>,
}

impl Default for Methods {
    fn default() -> Self {
        Self {
            encoders: encoders::METHODS.clone(),
            fusions: fusion::METHODS.clone(),
            sharings: sharing::METHODS.clone(),
            heads: heads::HEADS.clone(),
        }
    }
}
