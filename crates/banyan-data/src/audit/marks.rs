//! Columns of numbers whose comma may be a decimal one as well as one between thousands.

use super::{AuditPart, GuessedMark};
use crate::inputs::{InputConfig, InputKind};
use crate::labels::{Strata, TargetConfig};

pub(super) fn guessed_marks(
    parts: &[AuditPart<'_>],
    inputs: &[(String, InputConfig)],
    targets: &[(String, TargetConfig)],
) -> Vec<GuessedMark> {
    let Some(part) = parts.first() else { return Vec::new() };
    let of_inputs = inputs.iter().filter(|(_, config)| config.kind() == InputKind::Number).map(|(name, config)| config.column(name));
    let of_tasks = targets.iter().filter(|(_, target)| target.kind().kind().strata(target) == Strata::Quantiles);
    let columns = of_inputs.chain(of_tasks.map(|(_, target)| target.column.as_str())).filter_map(|name| part.table.find(name));
    let guess = |column: &crate::table::Column| {
        let found = part.table.find_number_format(column).filter(|found| found.is_guess)?;
        let mut texts = column.texts();
        let (cell, value) = texts.find_map(|text| Some((text, found.format.parse(text).filter(|_| text.contains(','))?)))?;
        Some(GuessedMark { column: column.name.clone(), cell: cell.to_owned(), value, is_decimal: found.format.decimal == ',' })
    };
    columns.filter_map(guess).collect()
}
