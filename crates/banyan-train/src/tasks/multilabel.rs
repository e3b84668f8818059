//! `multilabel`: a probability for each label by itself.

use banyan_data::labels::TaskKind;
use banyan_data::output::{OutputColumn, OutputValues};
use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;

use super::{Beside, Rows, Scorer, Task};
use crate::metrics::Metric;
use crate::metrics::classes::{ClassCounts, is_predicted, mean};
use crate::metrics::ranking::{Ranking, mean_of_rankings};

/// Any number of labels.
pub(super) struct Multilabel;

const METRICS: [Metric; 4] =
    [Metric::higher("accuracy"), Metric::higher("macro_f1"), Metric::higher("auroc"), Metric::higher("average_precision")];

impl Task for Multilabel {
    fn kind(&self) -> TaskKind {
        TaskKind::Multilabel
    }

    fn metrics(&self) -> &'static [Metric] {
        &METRICS
    }

    fn primary(&self) -> Metric {
        METRICS[3]
    }

    fn scorer(&self, target: &TargetSchema) -> Box<dyn Scorer> {
        let labels = target.classes().len();
        Box::new(MultilabelScorer {
            counts: vec![ClassCounts::new(2); labels],
            rankings: vec![Ranking::default(); labels],
            are_finite: true,
        })
    }

    /// The labels that are predicted, and the probability of each under `task=label`.
    fn columns(&self, target: &TargetSchema, predictions: &Values, _: Beside<'_>) -> Vec<OutputColumn> {
        let (name, names) = (&target.name, target.classes());
        let (labels, values) = predictions.numbers_at(0);
        let rows = || values.chunks_exact(labels);
        let predicted = |row: &[f32]| names.iter().zip(row).filter(|(_, p)| is_predicted(**p)).map(|(label, _)| label.clone()).collect();
        let mut columns = vec![OutputColumn { name: name.clone(), values: OutputValues::Lists(rows().map(predicted).collect()) }];
        columns.extend(names.iter().enumerate().map(|(place, label)| OutputColumn {
            name: format!("{name}={label}"),
            values: OutputValues::Numbers(rows().map(|row| f64::from(row[place])).collect()),
        }));
        columns
    }
}

/// Each label by itself, then the mean over the labels: of `macro_f1` those that occur in truth or predictions, of `auroc` and
/// `average_precision` those that some rows have and others have not.
struct MultilabelScorer {
    counts: Vec<ClassCounts>,
    rankings: Vec<Ranking>,
    are_finite: bool,
}

impl Scorer for MultilabelScorer {
    fn update(&mut self, rows: Rows<'_>) {
        let ((labels, truth), (_, values)) = (rows.labels.numbers_at(0), rows.predictions.numbers_at(0));
        for row in rows.known() {
            let (truth, probabilities) = (&truth[row * labels..][..labels], &values[row * labels..][..labels]);
            if !probabilities.iter().all(|value| value.is_finite()) {
                self.are_finite = false;
                continue;
            }
            let of_labels = self.counts.iter_mut().zip(&mut self.rankings).zip(truth.iter().zip(probabilities));
            for ((counts, ranking), (&truth, &probability)) in of_labels {
                let has = truth > 0.5;
                counts.add(usize::from(has), usize::from(is_predicted(probability)));
                ranking.add(probability, has);
            }
        }
    }

    fn finish(&self) -> Vec<(&'static str, Option<f64>)> {
        if !self.are_finite {
            return Vec::new();
        }
        let ranked = mean_of_rankings(&self.rankings);
        vec![
            ("accuracy", mean(self.counts.iter().filter_map(ClassCounts::accuracy))),
            ("macro_f1", mean(self.counts.iter().filter_map(|label| label.f1(1)))),
            ("auroc", ranked.auroc),
            ("average_precision", ranked.average_precision),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::evaluate;
    use banyan_data::labels;

    #[test]
    fn labels_above_one_half_are_written_and_counted() {
        let names = ["at", "above", "below"].map(str::to_owned).to_vec();
        let details = labels::Multilabel { labels: names, counts: vec![1; 3], rows: 1, separator: ",".to_owned() }.into();
        let target = TargetSchema { name: "tags".to_owned(), column: "tags".to_owned(), details };
        let predictions = Values::numbers(3, vec![0.5, 0.5_f32.next_up(), 0.5_f32.next_down()]);
        let columns = Multilabel.columns(&target, &predictions, Beside::default());
        assert_eq!(columns[0].values, OutputValues::Lists(vec![vec!["above".to_owned()]]));
        let metrics = evaluate(&target, &Values::numbers(3, vec![0.0, 1.0, 0.0]), &[true], &predictions, None);
        assert_eq!((metrics.get("accuracy"), metrics.get("macro_f1")), (Some(1.0), Some(1.0)));
    }
}
