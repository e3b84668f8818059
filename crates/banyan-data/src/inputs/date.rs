//! Dates and times.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::problem::present;
use super::{DenseValues, FittedInput, Input, InputDetails, InputStore, InputValues, Misfit, Problem, Reads, ReadsCells};
use crate::config::OnBadRow;
use crate::date::{DateOrder, DateOrderFound, cycles, find_order};
use crate::infer::candidate::Shape;
use crate::infer::rule::{Guess, Rule, Sureness};
use crate::moments::Moments;
use crate::read;
use crate::report::InputReport;
use crate::rows::Rows;
use crate::settings::SettingError;
use crate::standardize::Standardize;
use crate::table::Cell;

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
        vec![Rule::new(Sureness::Form, |candidate| {
            if candidate.shape != Shape::Texts || !candidate.profile.numbers.is_empty() {
                return None;
            }
            match find_order(candidate.profile.texts()) {
                DateOrderFound::One(_) => Some(Guess::fits("dates")),
                DateOrderFound::Ambiguous => {
                    Some(Guess::leave_out("dates that may be read day first or month first: write them as year-month-day"))
                }
                DateOrderFound::None => None,
            }
        })]
    }

    fn check(&self) -> Result<(), SettingError> {
        Ok(())
    }

    fn fit(&self, rows: Rows<'_>, _: OnBadRow) -> Result<InputDetails, Problem> {
        let texts = rows.rows.iter().filter_map(|row| match rows.column.cell(*row) {
            // Bare years fit any order.
            Cell::Text(text) if text.len() > 4 => Some(text),
            _ => None,
        });
        let order = match find_order(texts) {
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
        let moments = present(rows, |cell| read::date(cell, order))?;
        let mut time = Moments::default();
        moments.iter().for_each(|(_, moment)| time.add(moment.seconds));
        // A data frame's dates are times at midnight; such hours say nothing.
        let hours = moments.iter().any(|(_, moment)| moment.has_time && moment.seconds.rem_euclid(86_400.0) != 0.0);
        Ok(DateSchema { mean: time.mean(), std: time.std(), hours, order }.into())
    }
}

impl FittedInput for DateSchema {
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
