//! Values that TorchJD 0.17 pins for its aggregators (`J_BASE`), and further ones computed in double precision with
//! exact solvers (`j3`).

mod common;

use common::{Options, Rows, assert_close, direction_of, gramian_of, weights};

fn j_base() -> Rows {
    vec![vec![-4.0, 1.0, 1.0], vec![6.0, 1.0, 1.0]]
}

fn j3() -> Rows {
    vec![vec![1.0, 2.0, 0.0, -1.0], vec![-2.0, 1.0, 3.0, 0.0], vec![0.5, -1.0, -1.0, 2.0]]
}

/// TorchJD prints four decimals.
#[track_caller]
fn base(name: &str, options: Options, expected_weights: Option<[f64; 2]>, expected_direction: Option<[f64; 3]>) {
    let rows = j_base();
    let found = weights(name, options, &gramian_of(&rows));
    if let Some(expected) = expected_weights {
        assert_close(&found, &expected, 6e-5, name);
    }
    if let Some(expected) = expected_direction {
        assert_close(&direction_of(&rows, &found), &expected, 1.1e-4, name);
    }
}

/// Six decimals.
#[track_caller]
fn three(name: &str, options: Options, expected_weights: Option<[f64; 3]>, expected_direction: Option<[f64; 4]>) {
    let rows = j3();
    let found = weights(name, options, &gramian_of(&rows));
    if let Some(expected) = expected_weights {
        assert_close(&found, &expected, 1e-6, name);
    }
    if let Some(expected) = expected_direction {
        assert_close(&direction_of(&rows, &found), &expected, 3e-6, name);
    }
}

#[test]
fn gramians_are_as_stated() {
    assert_eq!(gramian_of(&j_base()).values(), [18.0, -22.0, -22.0, 38.0]);
    assert_eq!(gramian_of(&j3()).values(), [6.0, 0.0, -3.5, 0.0, 14.0, -5.0, -3.5, -5.0, 6.25]);
}

#[test]
fn mean_and_sum() {
    base("mean", &[], Some([0.5, 0.5]), Some([1.0, 1.0, 1.0]));
    base("sum", &[], Some([1.0, 1.0]), Some([2.0, 2.0, 2.0]));
}

#[test]
fn upgrad() {
    base("upgrad", &[], Some([1.1109, 0.7894]), Some([0.2929, 1.9004, 1.9004]));
    three("upgrad", &[], Some([0.758422, 0.545613, 0.990202]), Some([0.162298, 1.072254, 0.646636, 1.221983]));
    let exact: Options = &[("regularisation", 0.0.into())];
    three("upgrad", exact, Some([0.758801, 0.545714, 0.990706]), Some([0.162725, 1.072610, 0.646437, 1.222612]));
}

#[test]
fn upgrad_of_two_tasks_is_pcgrad() {
    let rows = j_base();
    let options: Options = &[("regularisation", 0.0.into()), ("preference", vec![1.0, 1.0].into())];
    let upgrad = weights("upgrad", options, &gramian_of(&rows));
    assert_close(&upgrad, &weights("pcgrad", &[], &gramian_of(&rows)), 1e-12, "upgrad");
}

#[test]
fn dualproj() {
    base("dualproj", &[], Some([0.6109, 0.5]), Some([0.5563, 1.1109, 1.1109]));
    three("dualproj", &[], Some([0.333333, 0.333333, 0.453143]), Some([-0.106762, 0.546857, 0.546857, 0.572953]));
}

#[test]
fn dualproj_conflicts_by_its_regularization_only() {
    let rows = vec![vec![-4.0, 1.0, 1.0], vec![6.0, 1.0, 1.0]];
    let gramian = gramian_of(&rows);
    let worst = gramian.projections(&weights("dualproj", &[], &gramian))[0];
    assert!((worst + 0.0034).abs() < 5e-5, "{worst}");
}

#[test]
fn aligned_mtl() {
    base("aligned-mtl", &[], Some([0.5591, 0.4083]), Some([0.2133, 0.9673, 0.9673]));
    let rmse: Options = &[("scale", "rmse".into())];
    base("aligned-mtl", rmse, Some([1.510866, 1.103306]), Some([0.576376, 2.614172, 2.614172]));
    three("aligned-mtl", &[], Some([0.322393, 0.216428, 0.388693]), Some([0.083883, 0.472520, 0.260592, 0.454994]));
    three("aligned-mtl", &[("scale", "median".into())], Some([0.742714, 0.498598, 0.895455]), None);
    three("aligned-mtl", rmse, Some([0.774604, 0.520007, 0.933904]), None);
}

#[test]
fn cagrad() {
    base("cagrad", &[("c", 0.5.into())], Some([0.7041, 0.5]), Some([0.1835, 1.2041, 1.2041]));
    base("cagrad", &[("c", 1.0.into())], Some([1.2, 0.8]), None);
    three("cagrad", &[("c", 0.5.into())], Some([0.408506, 0.333333, 0.568972]), Some([0.026325, 0.581374, 0.431028, 0.729437]));
    three("cagrad", &[("c", 1.0.into())], Some([0.707334, 0.398903, 0.893763]), Some([0.356409, 0.919808, 0.302947, 1.080192]));
}

#[test]
fn cagrad_rescales() {
    let gramian = gramian_of(&j3());
    let plain = weights("cagrad", &[], &gramian);
    for (rescale, divisor) in [(1.0, 1.25), (2.0, 1.5)] {
        let expected: Vec<f64> = plain.iter().map(|weight| weight / divisor).collect();
        assert_close(&weights("cagrad", &[("rescale", rescale.into())], &gramian), &expected, 1e-15, "cagrad");
    }
}

#[test]
fn mgda() {
    base("mgda", &[], Some([0.6, 0.4]), Some([0.0, 1.0, 1.0]));
    three("mgda", &[], Some([0.353667, 0.199452, 0.446881]), Some([0.178204, 0.459904, 0.151474, 0.540096]));
    let frank_wolfe: Options = &[("solver", "frank-wolfe".into())];
    base("mgda", frank_wolfe, Some([0.6, 0.4]), None);
    three("mgda", frank_wolfe, Some([0.353163, 0.199888, 0.446949]), Some([0.176862, 0.459265, 0.152715, 0.540735]));
}

#[test]
fn imtl_g() {
    base("imtl-g", &[], Some([0.5923, 0.4077]), Some([0.0767, 1.0, 1.0]));
    three("imtl-g", &[], Some([0.342549, 0.213262, 0.444189]), Some([0.138119, 0.454170, 0.195597, 0.545830]));
}

#[test]
fn pcgrad() {
    base("pcgrad", &[], Some([2.2222, 1.5789]), Some([0.5848, 3.8012, 3.8012]));
    let natural: Options = &[("order", "natural".into())];
    three("pcgrad", natural, Some([1.583333, 1.357143, 2.36]), Some([0.049048, 2.163810, 1.711429, 3.136667]));
}

#[test]
fn gradvac_begins_as_pcgrad() {
    base("gradvac", &[], Some([2.2222, 1.5789]), Some([0.5848, 3.8012, 3.8012]));
}

#[test]
fn nash_mtl() {
    base("nash-mtl", &[], None, Some([0.0542, 0.7061, 0.7061]));
    three("nash-mtl", &[], None, Some([0.170881, 0.628201, 0.288067, 0.702268]));
    let unclipped: Options = &[("max_norm", 0.0.into())];
    three("nash-mtl", unclipped, Some([0.796329, 0.501764, 1.006347]), Some([0.295974, 1.088076, 0.498946, 1.216364]));
}

#[test]
fn nash_mtl_normalized_as_published_code_does() {
    // Dividing G by c multiplies the solution by √c; the Frobenius norm is the root of the sum of squares.
    let gramian = gramian_of(&j3());
    let root = gramian.values().iter().map(|value| value * value).sum::<f64>().powf(0.25);
    let plain = weights("nash-mtl", &[("max_norm", 0.0.into())], &gramian);
    let expected: Vec<f64> = plain.iter().map(|weight| weight * root).collect();
    let options: Options = &[("max_norm", 0.0.into()), ("normalise", "frobenius".into())];
    assert_close(&weights("nash-mtl", options, &gramian), &expected, 1e-12, "nash-mtl");
}

#[test]
fn nash_mtl_of_two_tasks_is_the_sum_of_unit_gradients() {
    let rows = j_base();
    let found = weights("nash-mtl", &[("max_norm", 0.0.into())], &gramian_of(&rows));
    let cosine = -22.0 / (18.0_f64 * 38.0).sqrt();
    let ratio = found[0] * 18.0_f64.sqrt() / (found[1] * 38.0_f64.sqrt());
    assert!((ratio - 1.0).abs() < 1e-12);
    assert!((found[0] * 18.0_f64.sqrt() - 1.0 / (1.0 + cosine).sqrt()).abs() < 1e-12);
}

#[test]
fn fairgrad() {
    base("fairgrad", &[], Some([0.5915, 0.4071]), Some([0.0766, 0.9985, 0.9985]));
    base("fairgrad", &[("alpha", 0.5.into())], Some([0.742828, 0.525393]), None);
    base("fairgrad", &[("alpha", 2.0.into())], Some([0.471363, 0.319454]), None);
    three("fairgrad", &[], Some([0.796329, 0.501764, 1.006347]), None);
    three("fairgrad", &[("alpha", 0.5.into())], Some([0.861140, 0.592852, 1.090954]), Some([0.220913, 1.224179, 0.687603, 1.320767]));
    three("fairgrad", &[("alpha", 2.0.into())], Some([0.736993, 0.440037, 0.930604]), Some([0.322222, 0.983419, 0.389506, 1.124215]));
    base("fairgrad", &[("alpha", 0.0.into())], Some([0.5, 0.5]), None);
}
