//! Cells to numbers, column by column.

use super::memory::MediaMemory;
use super::store::{TargetLabels, TargetStore};
use super::{Dataset, EncodeOptions, InputReport, Purpose, Report, TargetReport};
use std::path::Path;
use std::sync::OnceLock;

use rayon::prelude::*;

use crate::batch::Batch;
use crate::config::OnBadRow;
use crate::error::{Error, Hint};
use crate::files::{Files, unreadable_file};
use crate::infer;
use crate::inputs::{InputStore, OpenedFiles, Reads, ReadsFiles};
use crate::labels::{Encoded, ImageSizes, Label, LabelValues, Source, SourceImages, SourceWords, Subject};
use crate::report::keep;
use crate::rows::Rows;
use crate::schema::Schema;
use crate::suggest;
use crate::table::{Column, Table};

/// Rows from which on their inputs are encoded in parallel: it takes longer to begin with fewer.
const FEWEST_IN_PARALLEL: usize = 512;

pub(super) fn encode(table: &Table, rows: &[usize], schema: &Schema, options: EncodeOptions<'_>) -> Result<(Dataset, Report), Error> {
    check_names(options.inputs, schema.inputs.iter().map(|input| input.name.as_str()), "input", |input, problem, hint| Error::Input {
        input,
        problem,
        hint,
    })?;
    check_names(options.tasks, schema.targets.iter().map(|target| target.name.as_str()), "task", |task, problem, hint| Error::Task {
        task,
        problem,
        hint,
    })?;
    let bad = match options.purpose {
        Purpose::Training => options.bad,
        Purpose::Use => OnBadRow::Missing,
    };
    let wanted = |names: Option<&[String]>, name: &str| names.is_none_or(|names| names.iter().any(|wanted| wanted == name));
    let columns: Vec<Option<&Column>> =
        schema.inputs.iter().map(|input| if wanted(options.inputs, &input.name) { table.find(&input.column) } else { None }).collect();

    // A column that the table lacks, or that nobody wants, is one without values.
    let empty_column = Column::of_missing("", table.rows());

    // Files first: they decide which rows are left out.
    let mut reports: Vec<InputReport> = Vec::with_capacity(columns.len());
    let mut opened: Vec<Option<OpenedFiles>> = Vec::with_capacity(columns.len());
    for (input, column) in schema.inputs.iter().zip(&columns) {
        let absent = (wanted(options.inputs, &input.name) && column.is_none()).then(|| input.column.clone());
        let mut report = InputReport { name: input.name.clone(), read: column.is_some(), absent, ..InputReport::default() };
        opened.push(match input.details.input().reads() {
            Reads::Files(reader) => {
                let rows = Rows { table, rows, column: column.unwrap_or(&empty_column) };
                Some(open_files(rows, reader, (options.purpose, bad, options.memory), &mut report)?)
            }
            Reads::Cells(_) => None,
        });
        reports.push(report);
    }
    let causes: Vec<Option<&String>> =
        (0..rows.len()).map(|row| opened.iter().flatten().find_map(|files| files.unreadable[row].as_ref())).collect();
    let kept: Vec<bool> = causes.iter().map(|cause| bad != OnBadRow::Skip || cause.is_none()).collect();
    let causes: Vec<Option<String>> = causes.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(cause, _)| cause.cloned()).collect();
    let table_rows: Vec<usize> = rows.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(row, _)| *row).collect();

    let encode_input = |(place, (files, mut report)): (usize, (Option<OpenedFiles>, InputReport))| -> Result<_, Error> {
        let input = &schema.inputs[place];
        let rows = Rows { table, rows: &table_rows, column: columns[place].unwrap_or(&empty_column) };
        let store = match (files, input.details.input().reads()) {
            (Some(files), _) => files.keep(&kept),
            (None, Reads::Cells(reader)) => {
                reader.encode(rows, &mut report).map_err(|misfit| match options.purpose {
                    Purpose::Training => infer::misfit(table, rows.column, input.kind(), misfit),
                    // The kind of an input is part of the model.
                    Purpose::Use => infer::misfit_of_cell(table, rows.column, misfit),
                })?
            }
            (None, Reads::Files(_)) => unreachable!("all files were opened"),
        };
        let absent = store.present.len() - store.present.count();
        if let (Some(first), Some(last)) = (table_rows.first(), table_rows.last()) {
            rows.column.release_rows(*first..last + 1);
        }
        report.missing = absent - if bad == OnBadRow::Skip { 0 } else { report.unreadable };
        Ok((store, report))
    };
    let parts: Vec<_> = opened.into_iter().zip(reports).enumerate().collect();
    let encoded: Vec<Result<(InputStore, InputReport), Error>> = if table_rows.len() < FEWEST_IN_PARALLEL {
        parts.into_iter().map(encode_input).collect()
    } else {
        parts.into_par_iter().map(encode_input).collect()
    };
    // Of several errors that of the first input.
    let (inputs, reports): (Vec<InputStore>, Vec<InputReport>) =
        encoded.into_iter().collect::<Result<Vec<_>, Error>>()?.into_iter().unzip();
    let empty: Vec<usize> = (0..table_rows.len()).filter(|row| inputs.iter().all(|input| !input.present[*row])).collect();
    let of_files = empty.iter().find_map(|row| Some((*row, causes[*row].clone()?)));
    if let Some((row, cause)) = of_files.filter(|_| options.purpose == Purpose::Training) {
        return Err(Error::NothingLeft { place: table.place(table_rows[row], None), cause });
    }

    let mut targets = Vec::with_capacity(schema.targets.len());
    let mut tasks = Vec::with_capacity(schema.targets.len());
    let sizes: Vec<OnceLock<ImageSizes>> = schema.inputs.iter().map(|_| OnceLock::new()).collect();
    for target in &schema.targets {
        let on = target.on().and_then(|on| schema.inputs.iter().position(|input| input.name == on));
        let image = on.filter(|_| target.kind().subject() == Subject::Image).and_then(|place| {
            let column = table.find(&schema.inputs[place].column)?;
            Some(SourceImages { column, sizes: &sizes[place] })
        });
        let words = on.filter(|_| target.kind().subject() == Subject::Words).and_then(|place| {
            let counts = (0..table_rows.len()).map(|row| inputs[place].tokens(row)).collect();
            Some(SourceWords { column: columns[place]?, counts })
        });
        let source = Source {
            table,
            rows: &table_rows,
            name: &target.name,
            column: &target.column,
            words,
            image,
            purpose: options.purpose,
            bad,
            memory: options.memory,
        };
        let (store, report) = encode_target(&source, target.details.label(), wanted(options.tasks, &target.name))?;
        targets.push(store);
        tasks.push(report);
    }
    let mut sources: Vec<(usize, u16)> = Vec::new();
    for (row, &table_row) in table_rows.iter().enumerate() {
        let source = table.source_of(table_row);
        if sources.last().is_none_or(|(_, last)| *last != source) {
            sources.push((row, source));
        }
    }
    let report = Report {
        rows: table_rows.len(),
        skipped_rows: rows.len() - table_rows.len(),
        empty_rows: empty.len(),
        inputs: reports,
        tasks,
        ..Report::default()
    };
    let table_rows = table_rows.into_iter().map(|row| u32::try_from(row).expect("rows that memory can number")).collect();
    Ok((Dataset { inputs, targets, table_rows, sources, records: None }, report))
}

/// A batch of one row whose files are there, of zeros and as large as they can be, and everything else is missing.
pub(crate) fn blank_files(schema: &Schema) -> Result<Batch, Error> {
    let table = Table::from_columns("nothing", Path::new(""), vec![Column::of_missing("", 1)])?;
    let options = EncodeOptions { inputs: Some(&[]), tasks: Some(&[]), purpose: Purpose::Use, ..EncodeOptions::default() };
    let mut batch = encode(&table, &[0], schema, options)?.0.batch(&[0])?;
    for (input, values) in schema.inputs.iter().zip(&mut batch.inputs) {
        if matches!(input.details.input().reads(), Reads::Files(_)) {
            values.present.fill(true);
            values.values.values_mut().fill_rows();
        }
    }
    Ok(batch)
}

/// No rows of a schema: what their values are kept in.
pub(super) fn of_no_rows(schema: &Schema) -> Result<Dataset, Error> {
    let table = Table::from_columns("nothing", Path::new(""), vec![Column::of_missing("", 1)])?;
    Ok(encode(&table, &[], schema, EncodeOptions::default())?.0)
}

/// Encodes the labels of a task, where they are wanted and the table has them.
pub(super) fn encode_target(source: &Source<'_>, label: &dyn Label, is_wanted: bool) -> Result<(TargetStore, TargetReport), Error> {
    let absent = label.lacking(source.column, &|column| source.table.find(column).is_some()).filter(|_| is_wanted);
    let read = is_wanted && absent.is_none();
    let mut report = TargetReport { name: source.name.to_owned(), read, absent: absent.map(str::to_owned), ..TargetReport::default() };
    if !read {
        let rows = source.rows.len();
        return Ok((
            TargetStore { known: (0..rows).map(|_| false).collect(), labels: TargetLabels::Unknown(label.unknown(1)), counts: None },
            report,
        ));
    }
    let Encoded { known, values } = label.encode(source, &mut report)?;
    report.known = known.iter().filter(|known| **known).count();
    let count = |row| match &values {
        LabelValues::InMemory(values) => label.count(values, &known, row),
        LabelValues::InFiles(labels) => labels.count(row),
    };
    let has_one_each = (0..known.len()).all(|row| count(row) == usize::from(known[row]));
    let counts = (!has_one_each).then(|| (0..known.len()).map(|row| count(row) as u32).collect());
    Ok((TargetStore { known: known.into_iter().collect(), labels: values.into(), counts }, report))
}

fn check_names<'a>(
    asked: Option<&[String]>,
    known: impl Iterator<Item = &'a str>,
    kind: &str,
    error: impl Fn(String, String, Hint) -> Error,
) -> Result<(), Error> {
    let known: Vec<&str> = known.collect();
    match asked.unwrap_or(&[]).iter().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let hint = suggest::hint(name, &known, &format!("its {kind}s"));
            let problem = format!("the model has no such {kind}");
            Err(error(name.clone(), problem, hint))
        }
    }
}

/// Decodes the files of a column and keeps those that there is room for; the report counts those that cannot be read.
fn open_files(
    rows: Rows<'_>,
    reader: &dyn ReadsFiles,
    (purpose, bad, memory): (Purpose, OnBadRow, Option<&MediaMemory>),
    report: &mut InputReport,
) -> Result<OpenedFiles, Error> {
    let place = |row: usize| rows.table.place(row, Some(&rows.column.name));
    let opened = reader.open(&Files::collect_for(purpose, rows.table, rows.rows, rows.column)?, memory, &place);
    for (row, cause) in rows.rows.iter().zip(&opened.unreadable) {
        let Some(cause) = cause else { continue };
        if bad == OnBadRow::Error {
            return Err(unreadable_file(place(*row), cause.clone()));
        }
        report.unreadable += 1;
        keep(&mut report.unreadable_examples, cause);
    }
    Ok(opened)
}
