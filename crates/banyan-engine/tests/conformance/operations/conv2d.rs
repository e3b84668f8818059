use super::{Operation, activation_named, stream, window_name};
use crate::case::Case;
use crate::fixture::Fixture;
use crate::tensor::Tensor;
use banyan_engine::{Activation, Context, Convolution, Decay, Graph, Parameters, Scope, Tape, Window};

fn case(name: &str, x: Tensor, weight: Tensor, bias: Tensor, convolution: Convolution, activation: Activation) -> Case {
    let case = Case::value(name, move |graph, operands| {
        graph.conv2d(operands.inputs[0], operands.parameters[0], operands.parameters[1], convolution, activation)
    });
    case.input(x).parameter(weight).parameter(bias).with_products()
}

fn read(fixture: &Fixture) -> Case {
    let window = Window::new(fixture.pair("stride"), fixture.pair("padding"));
    let convolution = Convolution { window, dilation: fixture.pair("dilation"), groups: fixture.number("groups") as usize };
    let activation = activation_named(fixture.word("activation"));
    case(&fixture.name, fixture.input("x"), fixture.parameter("weight"), fixture.parameter("bias"), convolution, activation)
}

/// Cross-correlation with zeros around, by its definition.
fn definition(
    [n, h, w, c]: [usize; 4],
    [kh, kw, out]: [usize; 3],
    Convolution { window: Window { stride, padding, more_after }, dilation, groups }: Convolution,
    x: &[f64],
    weight: &[f64],
    bias: &[f64],
) -> Vec<f64> {
    let (all_h, all_w) = (h + 2 * padding.0 + more_after.0, w + 2 * padding.1 + more_after.1);
    let (out_h, out_w) = ((all_h - dilation.0 * (kh - 1) - 1) / stride.0 + 1, (all_w - dilation.1 * (kw - 1) - 1) / stride.1 + 1);
    let own = c / groups;
    let mut result = Vec::new();
    for at in 0..n * out_h * out_w * out {
        let (sample, y, column, channel) = (at / out / out_w / out_h, at / out / out_w % out_h, at / out % out_w, at % out);
        let mut sum = bias[channel];
        for tap in 0..kh * kw * own {
            let (line, step, from) = (tap / own / kw, tap / own % kw, channel / (out / groups) * own + tap % own);
            let (line, place) = (y * stride.0 + line * dilation.0, column * stride.1 + step * dilation.1);
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
    let window = |stride, padding| Convolution::from(Window::new(stride, padding));
    for (image, kernel, filters, convolution, activation) in [
        ([1, 1, 1, 1], (1, 1), 1, window((1, 1), (0, 0)), Activation::None),
        ([3, 5, 7, 2], (3, 3), 5, window((2, 2), (1, 1)), Activation::Gelu),
        ([2, 1, 13, 3], (1, 5), 4, window((1, 3), (0, 2)), Activation::Tanh),
        // A kernel wider than the grid, and windows that see nothing but padding.
        ([2, 2, 3, 1], (3, 5), 2, window((1, 1), (3, 6)), Activation::Sigmoid),
        // Windows of so many positions are unfolded in several groups of samples.
        ([13, 11, 7, 2], (3, 3), 3, Window::same(3, 3).into(), Activation::None),
        // More than the few numbers of a line that are copied one by one.
        ([1, 4, 4, 13], (3, 3), 2, Window::same(3, 3).into(), Activation::Relu),
        // Past the tiles of the matrix unit in positions, taps and filters.
        ([3, 5, 7, 19], (3, 3), 35, Window::same(3, 3).into(), Activation::None),
        ([18, 4, 3, 17], (2, 2), 33, window((2, 1), (1, 0)), Activation::Gelu),
        // By tiles of outputs: whole ones, and with tiles and channels that reach over the edge.
        ([2, 8, 8, 32], (3, 3), 32, Window::same(3, 3).into(), Activation::None),
        ([3, 11, 12, 40], (3, 3), 33, Window::new((1, 1), (0, 1)).into(), Activation::Relu),
        // Dilated: in both directions, and in that of the lines alone, whose taps still lie side by side.
        ([3, 7, 6, 3], (3, 3), 5, Convolution::dilated((3, 3), (2, 3)), Activation::None),
        ([5, 6, 4, 17], (2, 3), 3, Convolution { dilation: (3, 1), ..window((1, 2), (1, 1)) }, Activation::None),
        ([2, 1, 11, 2], (1, 3), 4, Convolution::dilated((1, 3), (1, 4)), Activation::Relu),
        // Grouped, with more filters than channels and with fewer; depthwise, with one filter a channel and with three.
        ([3, 5, 4, 6], (3, 3), 9, Convolution::from(Window::same(3, 3)).grouped(3), Activation::None),
        ([13, 5, 5, 8], (2, 3), 2, window((2, 1), (0, 1)).grouped(2), Activation::Gelu),
        ([5, 4, 5, 7], (3, 3), 7, Convolution::from(Window::same(3, 3)).grouped(7), Activation::None),
        ([2, 5, 3, 3], (3, 1), 9, window((2, 1), (1, 0)).grouped(3), Activation::Tanh),
        // Each group past a tile of the matrix unit, in several groups of samples, and with gaps.
        ([18, 6, 6, 34], (2, 2), 36, Convolution::from(Window::same(1, 1)).grouped(2), Activation::None),
        ([3, 7, 8, 4], (3, 3), 6, Convolution::dilated((3, 3), (2, 2)).grouped(2), Activation::None),
        // With steps: of single cells, past each cell of a dilated kernel, and past inputs that no window sees.
        ([3, 6, 7, 40], (1, 1), 20, window((2, 2), (0, 0)), Activation::None),
        ([2, 9, 8, 5], (3, 3), 4, Convolution { dilation: (2, 3), ..window((3, 2), (2, 1)) }, Activation::None),
        ([2, 11, 8, 3], (2, 1), 17, window((3, 4), (1, 2)), Activation::None),
        // Depthwise: past a register and a half, and with steps.
        ([2, 5, 9, 29], (3, 3), 29, Convolution::dilated((3, 3), (1, 2)).grouped(29), Activation::None),
        ([9, 7, 6, 19], (3, 3), 19, window((2, 2), (1, 1)).grouped(19), Activation::Relu),
        ([3, 7, 6, 8], (4, 3), 8, Convolution { dilation: (3, 1), ..window((2, 5), (4, 1)) }.grouped(8), Activation::None),
        ([3, 6, 9, 5], (1, 1), 5, window((2, 3), (0, 0)).grouped(5), Activation::None),
        // More padding after the last cell than before the first: dense, of few channels, depthwise, and grouped.
        ([3, 8, 6, 7], (3, 3), 9, Window::covering((8, 6), (3, 3), (2, 2)).into(), Activation::None),
        ([2, 7, 10, 3], (5, 3), 4, Window::covering((7, 10), (5, 3), (3, 2)).into(), Activation::Relu6),
        ([2, 6, 9, 11], (5, 5), 11, Convolution::from(Window::covering((6, 9), (5, 5), (2, 2))).grouped(11), Activation::None),
        ([2, 4, 5, 6], (2, 4), 4, Convolution::from(Window::covering((4, 5), (2, 4), (1, 1))).grouped(2), Activation::None),
    ] {
        let Convolution { window, dilation, groups } = convolution;
        let mut name = format!("{image:?} {kernel:?} to {filters} {activation:?}");
        if (dilation, groups) != ((1, 1), 1) {
            name += &format!(", {} {dilation:?} in {groups}", window_name(window));
        }
        let x = Tensor::random("x", &image, &mut stream);
        let weight = Tensor::random("weight", &[kernel.0, kernel.1, image[3] / groups, filters], &mut stream);
        let bias = Tensor::random("bias", &[filters], &mut stream);
        let mut case = case(&name, x, weight, bias, convolution, activation);
        if activation == Activation::None {
            case = case.reference(move |inputs, parameters| {
                definition(image, [kernel.0, kernel.1, filters], convolution, &inputs[0], &parameters[0], &parameters[1])
            });
        }
        cases.push(case);
    }
    Operation { fixtures: vec![("conv2d", read)], cases }
}

#[test]
#[should_panic(expected = "convolution: input [1, 2, 2, 6], weight [1, 1, 3, 4], 3 groups")]
fn groups_that_do_not_fit_are_refused() {
    let mut builder = Parameters::builder();
    let weight = builder.add("weight", [1, 1, 3, 4], Scope::Shared, Decay::Yes, vec![0.0; 12]);
    let bias = builder.add("bias", [4], Scope::Shared, Decay::No, vec![0.0; 4]);
    let parameters = builder.build();
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &[]);
    let x = graph.input([1, 2, 2, 6], &[1.0; 24]);
    graph.conv2d(x, weight, bias, Convolution::from(Window::same(1, 1)).grouped(3), Activation::None);
}
