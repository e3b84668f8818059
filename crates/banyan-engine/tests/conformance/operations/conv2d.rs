use super::{Operation, activation_named, stream};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;
use banyan_engine::{Activation, Window};

fn case(name: &str, x: Tensor, weight: Tensor, bias: Tensor, window: Window, activation: Activation) -> Case {
    let case = Case::value(name, move |graph, operands| {
        graph.conv2d(operands.inputs[0], operands.parameters[0], operands.parameters[1], window, activation)
    });
    case.input(x).parameter(weight).parameter(bias).with_products()
}

fn read(fixture: &Fixture) -> Case {
    let window = Window { stride: fixture.pair("stride"), padding: fixture.pair("padding") };
    let activation = activation_named(fixture.word("activation"));
    case(&fixture.name, fixture.input("x"), fixture.parameter("weight"), fixture.parameter("bias"), window, activation)
}

/// Cross-correlation with zeros around, by its definition.
fn definition([n, h, w, c]: [usize; 4], [kh, kw, out]: [usize; 3], window: Window, x: &[f64], weight: &[f64], bias: &[f64]) -> Vec<f64> {
    let (stride, padding) = (window.stride, window.padding);
    let (out_h, out_w) = ((h + 2 * padding.0 - kh) / stride.0 + 1, (w + 2 * padding.1 - kw) / stride.1 + 1);
    let mut result = Vec::new();
    for at in 0..n * out_h * out_w * out {
        let (sample, y, column, channel) = (at / out / out_w / out_h, at / out / out_w % out_h, at / out % out_w, at % out);
        let mut sum = bias[channel];
        for tap in 0..kh * kw * c {
            let (line, step, from) = (tap / c / kw, tap / c % kw, tap % c);
            let (line, place) = (y * stride.0 + line, column * stride.1 + step);
            if line >= padding.0 && line < h + padding.0 && place >= padding.1 && place < w + padding.1 {
                let from = ((sample * h + line - padding.0) * w + place - padding.1) * c + from;
                sum += x[from] * weight[tap * out + channel];
            }
        }
        result.push(sum);
    }
    result
}

pub(crate) fn operation() -> Operation {
    let mut stream = stream("conv2d");
    let mut cases = Vec::new();
    let window = |stride, padding| Window { stride, padding };
    for (image, kernel, filters, window, activation) in [
        ([1, 1, 1, 1], (1, 1), 1, window((1, 1), (0, 0)), Activation::None),
        ([3, 5, 7, 2], (3, 3), 5, window((2, 2), (1, 1)), Activation::Gelu),
        ([2, 1, 13, 3], (1, 5), 4, window((1, 3), (0, 2)), Activation::Tanh),
        // A kernel wider than the grid, and windows that see nothing but padding.
        ([2, 2, 3, 1], (3, 5), 2, window((1, 1), (3, 6)), Activation::Sigmoid),
        // Windows of so many positions are unfolded in several groups of samples.
        ([13, 11, 7, 2], (3, 3), 3, Window::same(3, 3), Activation::None),
        // More than the few numbers of a line that are copied one by one.
        ([1, 4, 4, 13], (3, 3), 2, Window::same(3, 3), Activation::Relu),
        // Past the tiles of the matrix unit in positions, taps and filters.
        ([3, 5, 7, 19], (3, 3), 35, Window::same(3, 3), Activation::None),
        ([18, 4, 3, 17], (2, 2), 33, window((2, 1), (1, 0)), Activation::Gelu),
    ] {
        let name = format!("{image:?} {kernel:?} to {filters} {activation:?}");
        let x = Tensor::random("x", &image, &mut stream);
        let weight = Tensor::random("weight", &[kernel.0, kernel.1, image[3], filters], &mut stream);
        let bias = Tensor::random("bias", &[filters], &mut stream);
        let mut case = case(&name, x, weight, bias, window, activation);
        if activation == Activation::None {
            case = case.reference(move |inputs, parameters| {
                definition(image, [kernel.0, kernel.1, filters], window, &inputs[0], &parameters[0], &parameters[1])
            });
        }
        cases.push(case);
    }
    Operation { fixtures: vec![("conv2d", read)], cases }
}
