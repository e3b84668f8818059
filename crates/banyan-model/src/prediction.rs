//! From a head's outputs to what a user asked for.

use crate::srl::Frames;
use banyan_data::schema::{TargetDetails, TargetSchema};
use banyan_text::Ragged;

/// Predictions of one task, row after row.
#[derive(Debug, Clone, PartialEq)]
pub enum Prediction {
    /// `regression`: in the label's own unit.
    Numbers(Vec<f64>),
    /// `binary`: the probability of class 1. `classification` and `ordinal`: `rows × classes`. `multilabel`: of each label.
    Probabilities {
        /// Numbers a row.
        classes: usize,
        /// The probabilities.
        values: Vec<f32>,
    },
    /// `tagging`: for each row a label a token, as an index. `spans`: a tag of [`banyan_text::spans`]. `lemmas`: a script.
    Tags(Ragged),
    /// `dependencies`: for each token its head (0 for the root, else from 1 up) and its relation, as an index.
    Trees {
        /// The heads.
        heads: Ragged,
        /// The relations.
        relations: Ragged,
    },
    /// `srl`: predicates with their senses and the tags of their roles.
    Frames(Frames),
}

/// Turns the outputs of a head with one vector a row into predictions.
///
/// # Panics
/// For a task with a label a token, whose outputs are decoded sentence by sentence.
pub fn interpret(target: &TargetSchema, outputs: &[f32]) -> Prediction {
    let sigmoid = |x: f32| 1.0 / (1.0 + (-x).exp());
    match &target.details {
        TargetDetails::Regression { mean, deviation, .. } => {
            Prediction::Numbers(outputs.iter().map(|&x| f64::from(x) * deviation + mean).collect())
        }
        TargetDetails::Binary { .. } => Prediction::Probabilities { classes: 1, values: outputs.iter().map(|&x| sigmoid(x)).collect() },
        TargetDetails::Multilabel { labels, .. } => {
            Prediction::Probabilities { classes: labels.len(), values: outputs.iter().map(|&x| sigmoid(x)).collect() }
        }
        TargetDetails::Classification { classes, .. } => {
            let values = outputs.chunks(classes.len()).flat_map(softmax).collect();
            Prediction::Probabilities { classes: classes.len(), values }
        }
        TargetDetails::Ordinal { classes, .. } => {
            let values = outputs
                .chunks(classes.len() - 1)
                .flat_map(|logits| steps(&logits.iter().map(|&x| sigmoid(x)).collect::<Vec<_>>()))
                .collect();
            Prediction::Probabilities { classes: classes.len(), values }
        }
        TargetDetails::Tagging { .. }
        | TargetDetails::Spans { .. }
        | TargetDetails::Dependencies { .. }
        | TargetDetails::Srl { .. }
        | TargetDetails::Lemmas { .. } => {
            panic!("the labels of task `{}` are decoded by its model", target.name)
        }
    }
}

fn softmax(logits: &[f32]) -> Vec<f32> {
    let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = logits.iter().map(|&x| (x - max).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.into_iter().map(|x| x / sum).collect()
}

/// The probability of each class from those of lying above each threshold. Thresholds are learned freely
/// and may cross; what lies above a later one then counts as above the earlier one too.
fn steps(above: &[f32]) -> Vec<f32> {
    let mut falling = above.to_vec();
    for k in (0..falling.len().saturating_sub(1)).rev() {
        falling[k] = falling[k].max(falling[k + 1]);
    }
    (0..=falling.len())
        .map(|class| if class == 0 { 1.0 } else { falling[class - 1] } - falling.get(class).copied().unwrap_or(0.0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::steps;

    #[test]
    fn class_probabilities_add_up_even_where_thresholds_cross() {
        for above in [[0.9, 0.5, 0.1], [0.2, 0.6, 0.3]] {
            let classes = steps(&above);
            assert!((classes.iter().sum::<f32>() - 1.0).abs() < 1e-6 && classes.iter().all(|&p| p >= 0.0), "{classes:?}");
        }
    }
}
