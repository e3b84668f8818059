//! `[tasks.NAME]`.

use std::borrow::Cow;

use banyan_data::labels::{LabelSettings, TargetConfig, TaskKind};
use banyan_method::{Choice, Described, OptionSpec, Value};
use banyan_model::{HEADS, HeadMethod};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::ser::{Error, Serializer};
use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::tagged::{self, Tagged, TaggedTable, other_types};

/// `[tasks.NAME]`: one column that the model predicts.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskConfig {
    /// The column that holds the label, where it is not the table's name.
    pub column: Option<String>,
    /// How much the task counts in the loss.
    pub weight: f64,
    /// How much the task counts in the score that chooses the best checkpoint; as much as in the loss where it is not given.
    pub score_weight: Option<f64>,
    /// The metric that this task's part of the score is made of; the kind's own where it is not given.
    pub metric: Option<String>,
    /// The kind of task, with the settings of its labels.
    pub settings: LabelSettings,
    /// What predicts it, with its options.
    pub head: Choice,
}

/// The keys of every task.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Common {
    /// The column that holds the label, where it is not the table's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    /// How much the task counts in the loss.
    #[serde(default = "one")]
    #[schemars(range(min = 0.0))]
    weight: f64,
    /// How much the task counts in the score that chooses the best checkpoint; as much as in the loss where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    score_weight: Option<f64>,
    /// The metric that this task's part of the score is made of; the kind's own where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metric: Option<String>,
}

const COMMON: [&str; 4] = ["column", "weight", "score_weight", "metric"];

fn one() -> f64 {
    1.0
}

impl TaskConfig {
    /// A task of this kind with every default.
    pub fn new(kind: TaskKind) -> Self {
        let (settings, head) = (kind.settings(), Choice::named(kind.name()));
        Self { column: None, weight: one(), score_weight: None, metric: None, settings, head }
    }

    /// The kind of task.
    pub fn kind(&self) -> TaskKind {
        self.settings.kind()
    }

    /// What the data side needs to know of the task called `name`.
    pub fn target(&self, name: &str) -> TargetConfig {
        TargetConfig::new(self.settings.clone(), self.column(name))
    }

    /// The column of the labels of the task called `name`; of dependencies that of the heads, and of semantic roles that of the roles.
    pub fn column<'a>(&'a self, name: &'a str) -> &'a str {
        self.column.as_deref().or(self.settings.column()).unwrap_or(name)
    }

    /// How much the task counts in the score that chooses the best checkpoint.
    pub fn score_weight(&self) -> f64 {
        self.score_weight.unwrap_or(self.weight)
    }
}

/// The head of a kind of task.
fn head(kind: TaskKind) -> &'static HeadMethod {
    HEADS.find(kind.name()).expect("every kind of task has a head")
}

fn options(kind: TaskKind) -> impl Iterator<Item = &'static OptionSpec> {
    head(kind).method().all_options()
}

/// The keys of a kind's tasks.
fn keys(kind: TaskKind) -> Vec<&'static str> {
    let own = kind.keys().iter().copied().chain(options(kind).map(|option| option.name));
    std::iter::once("type").chain(COMMON).chain(own).collect()
}

impl Tagged for TaskConfig {
    const FAMILY: &'static str = "tasks";

    fn read(table: &TaggedTable<'_>) -> Result<Self, Fault> {
        let kind: TaskKind = table.tag()?;
        let mut known = keys(kind);
        // Runs of earlier versions say so of every task.
        known.extend(table.is(NOT_BALANCED.0, &NOT_BALANCED.1).then_some(NOT_BALANCED.0));
        table.expect(&known, |key| other_types::<Self>(kind.name(), key))?;
        let Common { column, weight, score_weight, metric } = table.part(&COMMON, |reader| Common::deserialize(reader))?;
        let settings = table.part(kind.keys(), |reader| kind.read_settings(reader))?;
        let head = table.choice(kind.name(), |key| options(kind).any(|option| option.name == key))?;
        Ok(Self { column, weight, score_weight, metric, settings, head })
    }

    fn types() -> Vec<&'static str> {
        TaskKind::ALL.iter().map(|kind| kind.name()).collect()
    }

    fn keys(tag: &str) -> Vec<&'static str> {
        let kind = TaskKind::ALL.iter().copied().find(|kind| kind.name() == tag);
        kind.into_iter().flat_map(keys).collect()
    }
}

const NOT_BALANCED: (&str, Value) = ("balanced", Value::Boolean(false));

impl Serialize for TaskConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { column, weight, score_weight, metric, .. } = self.clone();
        let common = tagged::part_of(&Common { column, weight, score_weight, metric }).map_err(S::Error::custom)?;
        let settings = tagged::part_of(&self.settings).map_err(S::Error::custom)?;
        tagged::written(self.kind().name(), &[&common, &settings], &self.head).serialize(serializer)
    }
}

impl JsonSchema for TaskConfig {
    fn schema_name() -> Cow<'static, str> {
        "TaskConfig".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let of_kind = |kind: &TaskKind| {
            let parts = vec![tagged::struct_schema::<Common>(generator), kind.settings_schema(generator)];
            let options: Vec<OptionSpec> = options(*kind).copied().collect();
            tagged::type_schema(kind.name(), head(*kind).method().summary, parts, &options)
        };
        tagged::schema("`[tasks.NAME]`: one column that the model predicts.", TaskKind::ALL.iter().map(of_kind).collect())
    }
}
