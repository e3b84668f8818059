//! GradDrop: values from its definition, the frequencies of its draws, and what it promises.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;

use banyan_balance::{Balance, Jacobian, Shown, StepContext, build};
use common::{Options, Sampler, choice};

fn dropped(given: Options, number: u64, seed: u64, known: &[bool], rows: &[&[f32]]) -> Balance {
    let values = rows.concat();
    let mut method = build(choice("graddrop", given), rows.len()).unwrap();
    let shown = Shown { jacobian: Some(Jacobian::new(rows.len(), &values).unwrap()), ..Shown::default() };
    method.balance(&StepContext { step: number, epoch: 0, seed, known }, &shown).unwrap()
}

fn direction(given: Options, number: u64, rows: &[&[f32]]) -> Vec<f32> {
    dropped(given, number, 1, &vec![true; rows.len()], rows).direction.unwrap()
}

const ROWS: [&[f32]; 2] = [&[-4.0, 1.0, 1.0], &[6.0, 1.0, 1.0]];

/// The sum where signs agree; where they do not, all of one sign: 6 with the probability (1 + 2/10) / 2, else -4.
#[test]
fn one_sign_is_kept_as_often_as_its_share() {
    let mut plus = 0;
    for number in 0..4000 {
        let found = direction(&[], number, &ROWS);
        assert_eq!(found[1..], [2.0, 2.0]);
        assert!(found[0] == 6.0 || found[0] == -4.0, "{found:?}");
        plus += usize::from(found[0] == 6.0);
    }
    // The standard deviation of the share is 0.0077.
    assert!((plus as f64 / 4000.0 - 0.6).abs() < 0.03, "{plus}");
}

#[test]
fn a_leak_lets_a_part_of_what_is_dropped_pass() {
    for number in 0..50 {
        assert_eq!(direction(&[("leak", vec![1.0, 1.0].into())], number, &ROWS), [2.0, 2.0, 2.0], "the sum");
        let half = direction(&[("leak", vec![0.5, 0.25].into())], number, &ROWS)[0];
        assert!(half == 6.0 - 0.5 * 4.0 || half == -4.0 + 0.25 * 6.0, "{half}");
    }
}

#[test]
fn entries_are_drawn_each_for_itself() {
    let (up, down) = (vec![1.0; 4000], vec![-1.0; 4000]);
    let found = direction(&[], 3, &[&up, &down]);
    let plus = found.iter().filter(|value| **value == 1.0).count();
    assert!(found.iter().all(|value| value.abs() == 1.0) && (1850..2150).contains(&plus), "{plus}");
    assert_ne!(found, direction(&[], 4, &[&up, &down]));
    assert_eq!(found, direction(&[], 3, &[&up, &down]));
    assert_ne!(found, dropped(&[], 3, 2, &[true; 2], &[&up, &down]).direction.unwrap());
}

/// No entry is longer than the gradients of its sign, and in the mean over steps it points as their sum does.
#[test]
fn directions_are_within_their_gradients() {
    let mut sampler = Sampler::new(19);
    for _ in 0..30 {
        let rows: Vec<Vec<f32>> = sampler.matrix(4, 7).iter().map(|row| row.iter().map(|&value| value as f32).collect()).collect();
        let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        for number in 0..20 {
            for (place, value) in direction(&[], number, &rows).into_iter().enumerate() {
                let sum_of = |sign: f32| rows.iter().map(|row| f64::from((row[place] * sign).max(0.0))).sum::<f64>() as f32 * sign;
                assert!(value == sum_of(1.0) || value == sum_of(-1.0), "{value} of {:?}", rows);
            }
        }
    }
    let mean: f64 = (0..4000).map(|number| f64::from(direction(&[], number, &ROWS)[0])).sum::<f64>() / 4000.0;
    // 0.6 · 6 - 0.4 · 4 = 2, the sum, by a standard deviation of 0.08.
    assert!((mean - 2.0).abs() < 0.35, "{mean}");
}

#[test]
fn scaling_all_gradients_scales_the_direction() {
    let mut sampler = Sampler::new(23);
    let rows: Vec<Vec<f32>> = sampler.matrix(3, 50).iter().map(|row| row.iter().map(|&value| value as f32).collect()).collect();
    for factor in [2f32.powi(-60), 2f32.powi(60)] {
        let scaled: Vec<Vec<f32>> = rows.iter().map(|row| row.iter().map(|value| value * factor).collect()).collect();
        let of = |rows: &[Vec<f32>]| direction(&[], 0, &rows.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let expected: Vec<f32> = of(&rows).iter().map(|value| value * factor).collect();
        assert_eq!(of(&scaled), expected);
    }
}

#[test]
fn tasks_without_labels_are_as_if_they_were_not_there() {
    let rows: [&[f32]; 3] = [&[-4.0, 1.0], &[f32::NAN, 9.0], &[6.0, -3.0]];
    for number in 0..20 {
        let some = dropped(&[], number, 1, &[true, false, true], &rows);
        let alone = dropped(&[], number, 1, &[true, true], &[rows[0], rows[2]]);
        assert_eq!(some.direction, alone.direction);
        assert_eq!([some.weights[0], some.weights[2]], alone.weights[..]);
        assert_eq!(some.weights[1], 0.0);
    }
    let none = dropped(&[], 0, 1, &[false; 3], &rows);
    assert_eq!((none.weights, none.direction.unwrap()), (vec![0.0; 3], vec![0.0; 2]));
}

/// The weights beside a direction tell how much of each gradient is in it.
#[test]
fn weights_are_shares_of_the_gradients() {
    let apart: [&[f32]; 3] = [&[2.0, 0.0, 0.0], &[0.0, 3.0, 0.0], &[0.0, 0.0, 0.0]];
    let balance = dropped(&[], 0, 1, &[true; 3], &apart);
    assert_eq!(balance.direction.unwrap(), [2.0, 3.0, 0.0]);
    assert_eq!(balance.weights, [1.0, 1.0, 0.0]);
}
