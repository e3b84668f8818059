//! What the tests share: short ways to call a method, and a sampler of Jacobians.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]
#![expect(dead_code, reason = "each test binary uses its own part")]

use banyan_balance::{Balancer, Before, Choice, Error, Gramian, METHODS, Needs, Shown, State, StepContext, build};
use banyan_method::Value;

/// A Jacobian by its rows.
pub(crate) type Rows = Vec<Vec<f64>>;

pub(crate) type Options<'a> = &'a [(&'a str, Value)];

pub(crate) fn choice(name: &str, given: Options) -> Choice {
    given.iter().fold(Choice::named(name), |choice, (option, value)| choice.with(option, value.clone()))
}

/// A method that looks at the Gramian.
pub(crate) struct GramianMethod(pub(crate) Box<dyn Balancer>);

impl GramianMethod {
    pub(crate) fn weights(&mut self, step: &StepContext<'_>, gramian: &Gramian, losses: &[f64]) -> Result<Vec<f64>, Error> {
        let shown = Shown { losses: Some(losses), gramian: Some(gramian), ..Shown::default() };
        self.0.balance(step, &shown).map(|balance| balance.weights)
    }

    /// Everything that it remembers, one tensor after the other.
    pub(crate) fn state(&mut self) -> Vec<f64> {
        flat(&self.0.state())
    }
}

/// A method that looks at losses alone.
pub(crate) struct LossMethod(pub(crate) Box<dyn Balancer>);

impl LossMethod {
    pub(crate) fn weights(&mut self, step: &StepContext<'_>, losses: Option<&[f64]>) -> Result<Vec<f64>, Error> {
        self.0.balance(step, &Shown { losses, ..Shown::default() }).map(|balance| balance.weights)
    }

    pub(crate) fn after(&mut self, step: &StepContext<'_>, before: &[f64], after: Option<&[f64]>) -> Result<(), Error> {
        self.0.after(step, before, after)
    }

    pub(crate) fn end_epoch(&mut self) {
        self.0.end_epoch();
    }

    pub(crate) fn needs(&self) -> Needs {
        self.0.needs()
    }

    /// Everything that it remembers, one tensor after the other.
    pub(crate) fn state(&mut self) -> Vec<f64> {
        flat(&self.0.state())
    }
}

fn flat(state: &State) -> Vec<f64> {
    state.tensors().iter().flat_map(|tensor| tensor.values.iter().copied()).collect()
}

pub(crate) fn gramian_method(name: &str, given: Options, tasks: usize) -> GramianMethod {
    let method = build(choice(name, given), tasks).unwrap();
    assert!(matches!(method.needs().before, Before::Gramian(_)), "{name}");
    GramianMethod(method)
}

pub(crate) fn loss_method(name: &str, given: Options, tasks: usize) -> LossMethod {
    let method = build(choice(name, given), tasks).unwrap();
    assert!(matches!(method.needs().before, Before::Nothing | Before::Losses), "{name}");
    LossMethod(method)
}

pub(crate) fn step(number: u64, known: &[bool]) -> StepContext<'_> {
    StepContext { step: number, epoch: 0, seed: 1, known }
}

/// The first weights of a fresh method.
pub(crate) fn weights(name: &str, given: Options, gramian: &Gramian) -> Vec<f64> {
    let tasks = gramian.tasks();
    gramian_method(name, given, tasks).weights(&step(0, &vec![true; tasks]), gramian, &vec![1.0; tasks]).unwrap()
}

pub(crate) fn gramian_of(rows: &Rows) -> Gramian {
    let values = rows.iter().flat_map(|a| rows.iter().map(move |b| dot(a, b))).collect();
    Gramian::new(rows.len(), values).unwrap()
}

pub(crate) fn direction_of(rows: &Rows, weights: &[f64]) -> Vec<f64> {
    (0..rows[0].len()).map(|column| rows.iter().zip(weights).map(|(row, weight)| row[column] * weight).sum()).collect()
}

pub(crate) fn direction(name: &str, given: Options, rows: &Rows) -> Vec<f64> {
    direction_of(rows, &weights(name, given, &gramian_of(rows)))
}

pub(crate) fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

pub(crate) fn norm(vector: &[f64]) -> f64 {
    dot(vector, vector).sqrt()
}

/// The length of the longest row.
pub(crate) fn longest(rows: &Rows) -> f64 {
    rows.iter().map(|row| norm(row)).fold(0.0, f64::max)
}

pub(crate) fn assert_close(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let worst = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, |m: f64, d| if d > m || d.is_nan() { d } else { m });
    assert!(worst <= tolerance, "{what}: found {found:?}, expected {expected:?}");
}

/// A small generator of its own (xorshift64*), so that samples never change.
pub(crate) struct Sampler {
    state: u64,
}

impl Sampler {
    pub(crate) fn new(seed: u64) -> Self {
        Sampler { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 }
    }

    pub(crate) fn uniform(&mut self) -> f64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.uniform() * bound as f64) as usize
    }

    pub(crate) fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.uniform()).ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    pub(crate) fn matrix(&mut self, rows: usize, columns: usize) -> Rows {
        (0..rows).map(|_| (0..columns).map(|_| self.normal()).collect()).collect()
    }

    /// A matrix of the given rank.
    pub(crate) fn of_rank(&mut self, rows: usize, columns: usize, rank: usize) -> Rows {
        let (left, right) = (self.matrix(rows, rank), self.matrix(rank, columns));
        left.iter().map(|row| direction_of(&right, row)).collect()
    }

    /// A matrix whose rows have zero as a convex combination: no direction helps all tasks.
    pub(crate) fn stationary(&mut self, rows: usize, columns: usize) -> Rows {
        let mut matrix = self.matrix(rows, columns);
        let weights: Vec<f64> = (1..rows).map(|_| 0.2 + self.uniform()).collect();
        let sum = direction_of(&matrix[1..].to_vec(), &weights);
        matrix[0] = sum.iter().map(|value| -value).collect();
        matrix
    }
}

/// Jacobians of all shapes and ranks, and the awkward ones.
pub(crate) fn jacobians() -> Vec<(String, Rows)> {
    let mut sampler = Sampler::new(3);
    let mut all = Vec::new();
    for (rows, columns) in [(2, 2), (2, 3), (3, 2), (4, 3), (5, 5), (6, 20), (9, 11), (9, 20), (8, 4)] {
        for rank in 1..=rows.min(columns) {
            all.push((format!("{rows}x{columns} of rank {rank}"), sampler.of_rank(rows, columns, rank)));
        }
        all.push((format!("{rows}x{columns} of zeros"), vec![vec![0.0; columns]; rows]));
        all.push((format!("{rows}x{columns} stationary"), sampler.stationary(rows, columns)));
        let mut duplicated = sampler.matrix(rows, columns);
        duplicated[1] = duplicated[0].clone();
        all.push((format!("{rows}x{columns} with two equal rows"), duplicated));
        let mut opposite = sampler.matrix(rows, columns);
        opposite[rows - 1] = opposite[0].iter().map(|value| -value).collect();
        all.push((format!("{rows}x{columns} with opposite rows"), opposite));
        let mut zero_row = sampler.matrix(rows, columns);
        zero_row[rows / 2].fill(0.0);
        all.push((format!("{rows}x{columns} with a zero row"), zero_row));
        let mut uneven = sampler.matrix(rows, columns);
        for (index, row) in uneven.iter_mut().enumerate() {
            row.iter_mut().for_each(|value| *value *= 10f64.powi(3 * (index as i32 % 4) - 5));
        }
        all.push((format!("{rows}x{columns} with rows of uneven length"), uneven));
        all.push((format!("{rows}x{columns} of ones"), vec![vec![1.0; columns]; rows]));
    }
    all.push(("[[0, 0], [0, 1]]".to_owned(), vec![vec![0.0, 0.0], vec![0.0, 1.0]]));
    all.push(("[[1, 0], [-1, 0]]".to_owned(), vec![vec![1.0, 0.0], vec![-1.0, 0.0]]));
    all.push(("one task".to_owned(), vec![vec![3.0, -4.0]]));
    all
}

pub(crate) fn scaled(rows: &Rows, factor: f64) -> Rows {
    rows.iter().map(|row| row.iter().map(|value| value * factor).collect()).collect()
}

/// The names of all methods that see Gramians.
pub(crate) fn gramian_methods() -> impl Iterator<Item = &'static str> {
    METHODS.names().filter(|name| matches!(build(*name, 2).unwrap().needs().before, Before::Gramian(_)))
}

/// The names of all methods that see losses alone.
pub(crate) fn loss_methods() -> impl Iterator<Item = &'static str> {
    METHODS.names().filter(|name| matches!(build(*name, 2).unwrap().needs().before, Before::Nothing | Before::Losses))
}
