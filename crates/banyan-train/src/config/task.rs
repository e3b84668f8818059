//! `[tasks.NAME]`.

use std::fmt;

use banyan_data::config::{TagDecoder, TargetConfig, TaskKind};
use schemars::JsonSchema;
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

/// `[tasks.NAME]`: one column that the model predicts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskConfig {
    /// The kind of task.
    #[serde(rename = "type")]
    pub kind: TaskKind,
    /// The column that holds the label, where it is not the table's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// How much the task counts in the loss.
    #[serde(default = "one")]
    #[schemars(range(min = 0.0))]
    pub weight: f64,
    /// How much the task counts in the score that chooses the best checkpoint; as much as in the loss where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub score_weight: Option<f64>,
    /// The classes in their order; found in the training table where they are not given. An `ordinal` task
    /// whose classes are not numbers needs them.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "class_names")]
    pub classes: Option<Vec<String>>,
    /// `multilabel`: what separates the labels in a text cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<String>,
    /// `binary`, `classification` and `tagging`: the share of a label's probability that is spread over all classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub label_smoothing: Option<f64>,
    /// `regression`: where the loss turns from squared to absolute, in standard deviations of the label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub huber: Option<f64>,
    /// Whether rare classes count as much as frequent ones in the loss (tasks of classes or labels, and `tagging`).
    #[serde(default)]
    pub balanced: bool,
    /// The metric that this task's part of the score is made of; the kind's own where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// Tasks on words: the input, of the type `tokens`, whose words are labelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// `dependencies`: the columns of the heads and of the relations, `{ head = "head", relation = "deprel" }`. `srl`: those of the predicates and
    /// of their roles, `{ predicate = "predicate", role = "srl" }`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<indexmap::IndexMap<String, String>>,
    /// `tagging`: whether each label is chosen by itself or all of a sentence together, which takes at most 300 different ones. Default `softmax`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoder: Option<TagDecoder>,
}

impl TaskConfig {
    /// A task of this kind with every default.
    pub fn new(kind: TaskKind) -> Self {
        Self {
            kind,
            column: None,
            weight: one(),
            score_weight: None,
            classes: None,
            separator: None,
            label_smoothing: None,
            huber: None,
            balanced: false,
            metric: None,
            on: None,
            columns: None,
            decoder: None,
        }
    }

    /// What the data side needs to know of the task called `name`.
    pub fn target(&self, name: &str) -> TargetConfig {
        TargetConfig {
            kind: self.kind,
            column: self.column(name).to_owned(),
            classes: self.classes.clone(),
            separator: self.separator.clone(),
            on: self.on.clone(),
            relation: self.part("relation").cloned(),
            predicate: self.part("predicate").cloned(),
        }
    }

    /// The column of the labels of the task called `name`; of dependencies that of the heads, and of semantic roles that of the roles.
    pub fn column<'a>(&'a self, name: &'a str) -> &'a str {
        self.column.as_ref().or(self.part("head")).or(self.part("role")).map_or(name, String::as_str)
    }

    /// How much the task counts in the score that chooses the best checkpoint.
    pub fn score_weight(&self) -> f64 {
        self.score_weight.unwrap_or(self.weight)
    }

    fn part(&self, name: &str) -> Option<&String> {
        self.columns.as_ref().and_then(|columns| columns.get(name))
    }
}

fn one() -> f64 {
    1.0
}

/// A list of texts, in which `classes = [1, 2, 3]` and `[false, true]` are meant as they look.
fn class_names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    struct List;

    impl<'de> Visitor<'de> for List {
        type Value = Vec<String>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a list of classes")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut names = Vec::new();
            while let Some(name) = list.next_element::<ClassName>()? {
                names.push(match name {
                    ClassName::Text(text) => text,
                    ClassName::Integer(number) => number.to_string(),
                    ClassName::Number(number) => number.to_string(),
                    ClassName::Boolean(value) => value.to_string(),
                });
            }
            Ok(names)
        }
    }

    deserializer.deserialize_seq(List).map(Some)
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a class is a text, a number, or true or false")]
enum ClassName {
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(String),
}
