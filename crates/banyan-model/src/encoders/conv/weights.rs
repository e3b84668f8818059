//! Pretrained weights of convolutions, from the names and layouts of PyTorch.

use super::layer::Normed;
use banyan_checkpoint::Checkpoint;
use banyan_engine::{ParameterId, Parameters};
use banyan_nn::{Conv2d, LayerNorm, Linear};

/// Why weights do not fit a network: a sentence about the file.
pub(super) type Misfit = String;

/// The tensors of a file whose names begin in a certain way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weights<'a> {
    checkpoint: &'a Checkpoint,
    prefix: &'a str,
}

impl<'a> Weights<'a> {
    pub(super) fn new(checkpoint: &'a Checkpoint) -> Self {
        Self { checkpoint, prefix: "" }
    }

    /// Those below the first of some prefixes under which there is a tensor of this name.
    ///
    /// # Errors
    /// If there is none, so that the file is one of another network.
    pub(super) fn below(self, prefixes: &[&'a str], name: &str, network: &str) -> Result<Self, Misfit> {
        let with = |prefix: &&'a str| Self { prefix, ..self };
        let found = prefixes.iter().map(with).find(|weights| weights.has(name));
        found.ok_or_else(|| format!("it has no {name}, so it is not the file of a {network}"))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.checkpoint.tensor(&self.full(name)).is_some()
    }

    fn full(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// The numbers of a tensor of this shape. Axes of one cell at its end do not count: a layer over channels may be a 1x1 convolution.
    fn numbers(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Misfit> {
        let full = self.full(name);
        let tensor = self.checkpoint.tensor(&full).ok_or_else(|| format!("it has no {full}"))?;
        if trimmed(tensor.shape) != trimmed(shape) {
            return Err(format!("{full} has the shape {:?}, and the encoder's layer is {shape:?}", tensor.shape));
        }
        let numbers = self.checkpoint.numbers(&full).map_err(|error| error.problem().to_owned())?;
        match numbers.iter().position(|number| !number.is_finite()) {
            Some(place) => Err(format!("number {place} of {full} is not finite")),
            None => Ok(numbers),
        }
    }

    /// Fills a convolution and the batch normalization that follows it, whose running statistics become part of the weights.
    pub(super) fn fold(
        &self,
        parameters: &mut Parameters,
        layer: &Normed,
        [convolution, norm]: [&str; 2],
        epsilon: f32,
    ) -> Result<(), Misfit> {
        let [weight, bias] = layer.parameters();
        let outputs = parameters.info(bias).shape.len();
        let of_norm = |name: &str| self.numbers(&format!("{norm}.{name}"), &[outputs]);
        let (gain, shift, mean, variance) = (of_norm("weight")?, of_norm("bias")?, of_norm("running_mean")?, of_norm("running_var")?);
        let scale: Vec<f32> = gain.iter().zip(&variance).map(|(gain, variance)| gain / (variance + epsilon).sqrt()).collect();
        self.kernel(parameters, weight, &format!("{convolution}.weight"), &scale)?;
        for (place, bias) in parameters.get_mut(bias).iter_mut().enumerate() {
            *bias = shift[place] - mean[place] * scale[place];
        }
        Ok(())
    }

    /// Fills a convolution with a bias.
    pub(super) fn convolution(&self, parameters: &mut Parameters, layer: &Conv2d, name: &str) -> Result<(), Misfit> {
        self.kernel(parameters, layer.weight, &format!("{name}.weight"), &[])?;
        self.vector(parameters, layer.bias, &format!("{name}.bias"))
    }

    /// Fills a kernel, `[height, width, in, out]`, from one of `[out, in, height, width]`, whose outputs are multiplied by `scale`, if there is one.
    fn kernel(&self, parameters: &mut Parameters, kernel: ParameterId, name: &str, scale: &[f32]) -> Result<(), Misfit> {
        let [height, width, inputs, outputs] = *parameters.info(kernel).shape.axes() else { unreachable!("a kernel has four axes") };
        let numbers = self.numbers(name, &[outputs, inputs, height, width])?;
        for (at, to) in parameters.get_mut(kernel).iter_mut().enumerate() {
            let (tap, input, output) = (at / outputs / inputs, at / outputs % inputs, at % outputs);
            *to = numbers[(output * inputs + input) * height * width + tap] * scale.get(output).copied().unwrap_or(1.0);
        }
        Ok(())
    }

    /// Fills a layer over channels, whose outputs are multiplied by the numbers of another tensor, if one is named.
    pub(super) fn linear(&self, parameters: &mut Parameters, layer: &Linear, name: &str, scale: Option<&str>) -> Result<(), Misfit> {
        let [inputs, outputs] = *parameters.info(layer.weight).shape.axes() else { unreachable!("a layer has two axes") };
        let numbers = self.numbers(&format!("{name}.weight"), &[outputs, inputs])?;
        let scale = scale.map(|scale| self.numbers(scale, &[outputs])).transpose()?.unwrap_or_else(|| vec![1.0; outputs]);
        for (at, to) in parameters.get_mut(layer.weight).iter_mut().enumerate() {
            *to = numbers[at % outputs * inputs + at / outputs] * scale[at % outputs];
        }
        if let Some(bias) = layer.bias {
            let numbers = self.numbers(&format!("{name}.bias"), &[outputs])?;
            for ((to, number), scale) in parameters.get_mut(bias).iter_mut().zip(numbers).zip(scale) {
                *to = number * scale;
            }
        }
        Ok(())
    }

    /// Fills a layer normalization.
    pub(super) fn norm(&self, parameters: &mut Parameters, layer: &LayerNorm, name: &str) -> Result<(), Misfit> {
        self.vector(parameters, layer.gain, &format!("{name}.weight"))?;
        self.vector(parameters, layer.bias, &format!("{name}.bias"))
    }

    fn vector(&self, parameters: &mut Parameters, to: ParameterId, name: &str) -> Result<(), Misfit> {
        let numbers = self.numbers(name, parameters.info(to).shape.axes())?;
        parameters.get_mut(to).copy_from_slice(&numbers);
        Ok(())
    }

    /// Blocks that the network does not have would be left out in silence.
    ///
    /// # Errors
    /// If there is a tensor of this name.
    pub(super) fn without(&self, name: &str, network: &str) -> Result<(), Misfit> {
        if self.has(name) {
            Err(format!("it has {}, which a {network} has not, so it is of a larger network", self.full(name)))
        } else {
            Ok(())
        }
    }
}

/// A shape without axes of one cell at its end.
fn trimmed(shape: &[usize]) -> &[usize] {
    let end = shape.iter().rposition(|length| *length != 1).map_or(1, |last| last + 1);
    &shape[..end.min(shape.len())]
}
