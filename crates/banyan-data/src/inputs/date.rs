//! Dates and times.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::each_present;
use super::{DenseValues, FittedInput, Fitting, Input, InputStore, InputValues, Misfit, Problem, Reads, ReadsCells};
use crate::config::OnBadRow;
use crate::date::{DateOrder, DateOrderFound, cycles, is_compact, looks_like_date, reading};
use crate::infer::candidate::{Candidate, Shape};
use crate::infer::rule::{Guess, Rule, Sureness};
use crate::moments::Moments;
use crate::read;
use crate::report::InputReport;
use crate::rows::Rows;
use crate::settings::{self, SettingError};
use crate::standardize::Standardize;
use crate::table::Cell;
use crate::value::{format_number, quote};

/// Values a date without a time of day is encoded as: standardized time, sine and cosine of the place in
/// the year and of the day of the week.
pub const DATE_WIDTH: usize = 5;

/// Values a date with a time of day is encoded as: those of [`DATE_WIDTH`], and sine and cosine of the hour.
pub const DATE_TIME_WIDTH: usize = 7;

/// An input of dates has no settings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DateSettings {}

/// What was learned of a column of dates. A batch holds [`width`](Self::width) values a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DateSchema {
    /// Mean time of the training rows, in seconds since 1970 (UTC where no zone is given).
    pub mean: f64,
    /// Standard deviation in seconds.
    #[serde(rename = "deviation")]
    pub std: f64,
    /// Whether the hour is part of the encoding: any training row had a time of day.
    pub hours: bool,
    /// Which part of a date comes first.
    pub order: DateOrder,
}

impl DateSchema {
    /// Values a row of a batch.
    pub fn width(&self) -> usize {
        if self.hours { DATE_TIME_WIDTH } else { DATE_WIDTH }
    }

    fn push(&self, values: &mut Vec<f32>, seconds: f64, standardize: &mut Standardize) {
        let [of_year, of_week, of_day] = cycles(seconds);
        values.push(standardize.standardize(seconds, self.mean, self.std));
        for (turn, wanted) in [(of_year, true), (of_week, true), (of_day, self.hours)] {
            if wanted {
                let (sine, cosine) = (turn * std::f64::consts::TAU).sin_cos();
                values.extend([sine as f32, cosine as f32]);
            }
        }
    }
}

impl Input for DateSettings {
    fn rules() -> Vec<Rule> {
        vec![Rule::new(Sureness::Form, texts), Rule::new(Sureness::Form, numbers)]
    }

    fn check(&self) -> Result<(), SettingError> {
        Ok(())
    }

    fn fit<'a>(&self, rows: Rows<'a>, _: OnBadRow) -> Result<Fitting<'a>, Problem> {
        let order = match read::date_order(rows.cells()) {
            DateOrderFound::One(order) => order,
            // The reader below names the first cell that does not fit.
            DateOrderFound::None => DateOrder::YearFirst,
            DateOrderFound::Ambiguous => {
                return Err(Problem::whole(
                    format!("the dates of column \"{}\" may be read day first or month first", rows.column.name),
                    "write them as year-month-day",
                ));
            }
        };
        let (mut time, mut hours) = (Moments::default(), false);
        let read = |cell| read::date(cell, order);
        each_present(rows, read, |moment| {
            time.add(moment.seconds);
            // A data frame's dates are times at midnight; such hours say nothing.
            hours = hours || (moment.has_time && moment.seconds.rem_euclid(86_400.0) != 0.0);
        })?;
        Ok(DateSchema { mean: time.mean(), std: time.std(), hours, order }.into())
    }
}

/// Texts all of which are dates, or nearly all.
fn texts(candidate: &Candidate<'_>) -> Option<Guess> {
    let column = candidate.profile.column;
    let may_be_date = |cell: Cell<'_>| match cell {
        Cell::Missing | Cell::Text(_) => true,
        Cell::Number(value) => read::numbered_date(&format_number(value)).is_some(),
        Cell::Boolean(_) | Cell::Numbers(_) | Cell::Texts(_) | Cell::Bytes(_) | Cell::Objects(_) | Cell::Other(_) => false,
    };
    if candidate.shape != Shape::Texts {
        return None;
    }
    let found = if column.cells().all(may_be_date) { read::date_order(column.cells()) } else { DateOrderFound::None };
    match found {
        DateOrderFound::One(_) => Some(Guess::fits("dates")),
        DateOrderFound::Ambiguous => {
            Some(Guess::leave_out("dates that may be read day first or month first: write them as year-month-day"))
        }
        DateOrderFound::None => unread(candidate),
    }
}

/// Texts that look like dates and are not all read as such.
fn unread(candidate: &Candidate<'_>) -> Option<Guess> {
    const PROBED: usize = 200;
    let looks = || candidate.profile.column.texts().take(PROBED).map(looks_like_date);
    let (known, like) = looks().fold((0, 0), |(known, like), looks| (known + 1, like + usize::from(looks)));
    if like * 5 < known * 4 || known == 0 {
        return None;
    }
    let mut cells = candidate.profile.column.cells().enumerate();
    let odd = cells.find_map(|(row, cell)| match cell {
        Cell::Text(text) if read::numbered_date(text).is_none() && reading(text).is_none() => Some((row, text)),
        _ => None,
    });
    Some(Guess::leave_out(match odd {
        Some((row, odd)) => {
            let place = candidate.table.place(row, None);
            format!("looks like dates, but {} in {place} is not read as one: write them as year-month-day", quote(odd))
        }
        None => "dates with the day first in some rows and the month first in others: write them as year-month-day".to_owned(),
    }))
}

/// Numbers all of which are dates of eight digits. Among other numbers hardly any is.
fn numbers(candidate: &Candidate<'_>) -> Option<Guess> {
    const LEAST: usize = 3;
    let profile = &candidate.profile;
    let is_date = |value: &f64| value.fract() == 0.0 && is_compact(&format_number(*value));
    let are_dates = candidate.shape == Shape::Numbers && profile.numbers.iter().all(is_date) && profile.distinct() >= LEAST;
    are_dates.then(|| Guess::fits("dates of digits alone: year, month, day (\"number\" if they are other numbers)"))
}

impl FittedInput for DateSchema {
    fn check(&self) -> Result<(), SettingError> {
        settings::check_scale(&[self.mean], &[self.std], 1)
    }

    fn describe(&self) -> String {
        if self.hours { "with time of day" } else { "days" }.to_owned()
    }

    fn reads(&self) -> Reads<'_> {
        Reads::Cells(self)
    }
}

impl ReadsCells for DateSchema {
    fn encode(&self, rows: Rows<'_>, report: &mut InputReport) -> Result<InputStore, Misfit> {
        let mut present = Vec::with_capacity(rows.rows.len());
        let mut dense = DenseValues::with_capacity(rows.rows.len(), self.width());
        let mut standardize = Standardize::new();
        for &row in rows.rows {
            let moment = read::date(rows.column.cell(row), self.order).map_err(|problem| Misfit { row, problem })?;
            present.push(moment.is_some());
            match moment {
                Some(moment) => self.push(&mut dense.values, moment.seconds, &mut standardize),
                None => dense.push_absent(),
            }
        }
        standardize.report(report);
        Ok(InputStore::in_memory(present, dense, InputValues::Date))
    }
}
