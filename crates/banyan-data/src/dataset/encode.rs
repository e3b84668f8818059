//! Cells to numbers, column by column.

use banyan_text::bags;
use banyan_text::tokens::{self, Lookups, TokenValues};

use super::read_media::{self, Read};
use super::store::{InputStore, Stored, TargetStore};
use super::{Coverage, Dataset, EncodeOptions, InputReport, Report, TargetReport, parallel};
use crate::batch::Ragged;
use crate::config::OnBadRow;
use crate::date::cycles;
use crate::error::Error;
use crate::fit::Rows;
use crate::labels::{Encoded, Source, SourceWords};
use crate::read;
use crate::report::keep;
use crate::schema::{InputDetails, InputSchema, Schema, TargetSchema};
use crate::suggest;
use crate::table::{Column, Table};
use crate::vocabulary::Vocabulary;

pub(super) fn encode(table: &Table, rows: &[usize], schema: &Schema, options: EncodeOptions<'_>) -> Result<(Dataset, Report), Error> {
    check_names(options.inputs, schema.inputs.iter().map(|input| input.name.as_str()), "input")?;
    check_names(options.tasks, schema.targets.iter().map(|target| target.name.as_str()), "task")?;
    let wanted = |names: Option<&[String]>, name: &str| names.is_none_or(|names| names.iter().any(|wanted| wanted == name));
    let columns: Vec<Option<&Column>> =
        schema.inputs.iter().map(|input| if wanted(options.inputs, &input.name) { table.find(&input.column) } else { None }).collect();

    // Files first: they decide which rows are left out.
    let mut reports: Vec<InputReport> = Vec::with_capacity(columns.len());
    let mut read: Vec<Option<Read>> = Vec::with_capacity(columns.len());
    for (input, column) in schema.inputs.iter().zip(&columns) {
        let absent = (wanted(options.inputs, &input.name) && column.is_none()).then(|| input.column.clone());
        let mut report = InputReport { name: input.name.clone(), read: column.is_some(), absent, ..InputReport::default() };
        read.push(read_media::read(table, rows, *column, &input.details, (options.bad, options.memory), &mut report)?);
        reports.push(report);
    }
    let causes: Vec<Option<&String>> =
        (0..rows.len()).map(|row| read.iter().flatten().find_map(|media| media.unreadable[row].as_ref())).collect();
    let kept: Vec<bool> = causes.iter().map(|cause| options.bad != OnBadRow::Skip || cause.is_none()).collect();
    let causes: Vec<Option<String>> = causes.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(cause, _)| cause.cloned()).collect();
    let table_rows: Vec<usize> = rows.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(row, _)| *row).collect();

    let mut inputs = Vec::with_capacity(columns.len());
    for (((input, column), files), report) in schema.inputs.iter().zip(&columns).zip(read).zip(&mut reports) {
        let store = match files {
            Some(media) => InputStore::of_media(media.stored, &kept),
            None => encode_input(table, &table_rows, *column, input, report)?,
        };
        let absent = store.present.iter().filter(|present| !**present).count();
        report.missing = absent - if options.bad == OnBadRow::Skip { 0 } else { report.unreadable };
        inputs.push(store);
    }
    let empty: Vec<usize> = (0..table_rows.len()).filter(|row| inputs.iter().all(|input| !input.present[*row])).collect();
    if let Some((row, cause)) = empty.iter().find_map(|row| Some((*row, causes[*row].clone()?))) {
        return Err(Error::NothingLeft { place: table.place(table_rows[row], None), cause });
    }

    let mut targets = Vec::with_capacity(schema.targets.len());
    let mut tasks = Vec::with_capacity(schema.targets.len());
    for target in &schema.targets {
        let words = target.on().and_then(|on| schema.inputs.iter().position(|input| input.name == on)).and_then(|place| {
            let counts = (0..table_rows.len()).map(|row| inputs[place].tokens(row)).collect();
            Some(SourceWords { column: columns[place]?, counts })
        });
        let source = Source { table, rows: &table_rows, name: &target.name, column: &target.column, words };
        let (store, report) = encode_target(&source, target, wanted(options.tasks, &target.name))?;
        targets.push(store);
        tasks.push(report);
    }
    let sources = table_rows.iter().map(|row| table.source[*row]).collect();
    let report =
        Report { rows: table_rows.len(), skipped_rows: rows.len() - table_rows.len(), empty_rows: empty.len(), inputs: reports, tasks };
    Ok((Dataset { inputs, targets, table_rows, sources }, report))
}

/// Encodes the labels of a task, where they are wanted and the table has them.
fn encode_target(source: &Source<'_>, target: &TargetSchema, is_wanted: bool) -> Result<(TargetStore, TargetReport), Error> {
    let label = target.details.label();
    let absent = label.lacking(&target.column, &|column| source.table.find(column).is_some()).filter(|_| is_wanted);
    let read = is_wanted && absent.is_none();
    let mut report = TargetReport { name: target.name.clone(), read, absent: absent.map(str::to_owned), ..TargetReport::default() };
    let Encoded { known, values } = if read {
        label.encode(source, &mut report)?
    } else {
        Encoded { known: vec![false; source.rows.len()], values: label.unknown(source.rows.len()) }
    };
    report.known = known.iter().filter(|known| **known).count();
    let labels = (0..known.len()).map(|row| label.count(&values, &known, row) as u32).collect();
    Ok((TargetStore { known, values, labels }, report))
}

fn check_names<'a>(asked: Option<&[String]>, known: impl Iterator<Item = &'a str>, kind: &str) -> Result<(), Error> {
    let known: Vec<&str> = known.collect();
    match asked.unwrap_or(&[]).iter().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let hint = suggest::hint(name, &known, &format!("its {kind}s"));
            let problem = format!("the model has no such {kind}");
            Err(match kind {
                "input" => Error::Input { input: name.clone(), problem, hint },
                _ => Error::Task { task: name.clone(), problem, hint },
            })
        }
    }
}

fn encode_input(
    table: &Table,
    rows: &[usize],
    column: Option<&Column>,
    input: &InputSchema,
    report: &mut InputReport,
) -> Result<InputStore, Error> {
    let Some(column) = column else { return Ok(absent(rows.len(), &input.details)) };
    let misfit = |row: usize, problem: String| Rows { table, rows, column }.misfit(row, input.kind(), problem);
    let mut present = Vec::with_capacity(rows.len());
    let values = match &input.details {
        InputDetails::Number { mean, deviation, .. } => {
            let mut values = Vec::with_capacity(rows.len());
            for &row in rows {
                let value = read::number(column.cell(row)).map_err(|problem| misfit(row, problem))?;
                present.push(value.is_some());
                values.push(value.map_or(0.0, |value| ((value - mean) / deviation) as f32));
            }
            Stored::Number(values)
        }
        InputDetails::Category { values: vocabulary } => {
            let known = Vocabulary::new(vocabulary, rows.len());
            let mut values = Vec::with_capacity(rows.len());
            for &row in rows {
                let cell = column.cell(row);
                let name = read::name(&cell).map_err(|problem| misfit(row, problem))?;
                present.push(name.is_some());
                values.push(name.map_or(0, |name| look_up(&known, &name, report)));
            }
            Stored::Category(values)
        }
        InputDetails::Set { values: vocabulary, separator } => {
            let known = Vocabulary::new(vocabulary, rows.len());
            let mut lists = Ragged::default();
            for &row in rows {
                let members = read::members(column.cell(row), separator).map_err(|problem| misfit(row, problem))?;
                present.push(members.is_some());
                lists.push(members.unwrap_or_default().iter().map(|member| look_up(&known, member, report)));
            }
            Stored::Set(lists)
        }
        InputDetails::Date { mean, deviation, hours, order } => {
            let width = input.details.dense_width().unwrap_or(0);
            let mut values = Vec::with_capacity(rows.len() * width);
            for &row in rows {
                let moment = read::date(column.cell(row), *order).map_err(|problem| misfit(row, problem))?;
                present.push(moment.is_some());
                match moment {
                    Some(moment) => push_date(&mut values, moment.seconds, (moment.seconds - mean) / deviation, *hours),
                    None => values.resize(values.len() + width, 0.0),
                }
            }
            Stored::Dense { width, values }
        }
        InputDetails::Vector { mean, deviation } => {
            let width = mean.len();
            let mut values = Vec::with_capacity(rows.len() * width);
            for &row in rows {
                let vector = read::vector(column.cell(row)).map_err(|problem| misfit(row, problem))?;
                present.push(vector.is_some());
                let Some(vector) = vector else {
                    values.resize(values.len() + width, 0.0);
                    continue;
                };
                if vector.len() != width {
                    return Err(misfit(row, read::wrong_width(vector.len(), width)));
                }
                report.filled += vector.iter().filter(|value| value.is_nan()).count();
                values.extend(
                    vector
                        .iter()
                        .zip(mean.iter().zip(deviation))
                        .map(|(value, (mean, deviation))| if value.is_nan() { 0.0 } else { ((value - mean) / deviation) as f32 }),
                );
            }
            Stored::Dense { width, values }
        }
        InputDetails::Text { buckets, max_tokens } => {
            let lists = parallel::each(rows, |&row| {
                let cell = column.cell(row);
                let text = read::text(&cell).map_err(|problem| misfit(row, problem))?;
                Ok(text.map(|text| bags::features(&text, *buckets, *max_tokens)))
            });
            let lists: Vec<Option<Ragged>> = lists.into_iter().collect::<Result<_, Error>>()?;
            present.extend(lists.iter().map(Option::is_some));
            Stored::Text(lists.into_iter().map(Option::unwrap_or_default).collect())
        }
        InputDetails::Tokens { characters, known, vectors, pretrained, .. } => {
            let sentences = parallel::each(rows, |&row| read::words(column.cell(row)).map_err(|problem| misfit(row, problem)));
            let sentences = sentences.into_iter().collect::<Result<Vec<_>, Error>>()?;
            present.extend(sentences.iter().map(Option::is_some));
            let vector_table = vectors.as_ref().map(|vectors| &*vectors.table);
            let pieces = pretrained.as_ref().map(|pretrained| (&*pretrained.pieces, pretrained.most_pieces()));
            let lookups = Lookups { characters, known, vectors: vector_table, pieces };
            let values = tokens::encode(&sentences, lookups);
            report.cut_words = values.cut;
            report.vectors = vectors.as_ref().map(|_| Coverage::of(&values.vectors));
            Stored::Tokens(values)
        }
        // Decoded before.
        InputDetails::Image { .. } | InputDetails::Audio { .. } => return Ok(absent(rows.len(), &input.details)),
    };
    Ok(InputStore { present, values })
}

/// Index 0 is "not seen in training".
fn look_up(known: &Vocabulary<'_>, name: &str, report: &mut InputReport) -> u32 {
    known.find(name).map_or_else(
        || {
            report.unseen += 1;
            keep(&mut report.unseen_examples, name);
            0
        },
        |place| place + 1,
    )
}

fn push_date(values: &mut Vec<f32>, seconds: f64, standardised: f64, hours: bool) {
    let [of_year, of_week, of_day] = cycles(seconds);
    values.push(standardised as f32);
    for (turn, wanted) in [(of_year, true), (of_week, true), (of_day, hours)] {
        if wanted {
            let (sine, cosine) = (turn * std::f64::consts::TAU).sin_cos();
            values.extend([sine as f32, cosine as f32]);
        }
    }
}

/// A column of nothing, in the shape of its kind. Media columns are made by the decoder.
fn absent(rows: usize, details: &InputDetails) -> InputStore {
    let width = details.dense_width().unwrap_or(0);
    let empty_lists = || {
        let mut lists = Ragged::default();
        (0..rows).for_each(|_| lists.push([]));
        lists
    };
    let values = match details {
        InputDetails::Category { .. } => Stored::Category(vec![0; rows]),
        InputDetails::Set { .. } => Stored::Set(empty_lists()),
        InputDetails::Text { .. } => Stored::Text(vec![Ragged::default(); rows]),
        InputDetails::Tokens { .. } => Stored::Tokens(TokenValues::of_empty_rows(rows)),
        InputDetails::Date { .. } | InputDetails::Vector { .. } => Stored::Dense { width, values: vec![0.0; rows * width] },
        InputDetails::Number { .. } | InputDetails::Image { .. } | InputDetails::Audio { .. } => Stored::Number(vec![0.0; rows]),
    };
    InputStore { present: vec![false; rows], values }
}
