//! The kinds of task: what each predicts, and what can be set for it in `[tasks.NAME]`.

use crate::metrics::metric_names;
use banyan_data::config::TaskKind;
use banyan_method::{Method, OptionKind, OptionSpec, Range, Registry};

/// All kinds of task, in the order of [`TaskKind`].
pub static TASKS: Registry<Method> = Registry::new(
    "tasks",
    "task",
    "Predict a column: its type says what kind of label that holds.",
    &[REGRESSION, BINARY, CLASSIFICATION, MULTILABEL, ORDINAL, TAGGING, SPANS, DEPENDENCIES, SRL, LEMMAS],
);

const REGRESSION: Method = Method::new("regression", "a number")
    .options(&[
        metric(TaskKind::Regression),
        OptionSpec::optional(
            "huber",
            "where the loss turns from squared to absolute, in standard deviations of the label",
            OptionKind::Number(Range::ANY.above(0.0)),
            "never",
        ),
    ])
    .common_options(COMMON);

const BINARY: Method = Method::new("binary", "one of two classes")
    .options(&[metric(TaskKind::Binary), CLASSES, LABEL_SMOOTHING, BALANCED])
    .common_options(COMMON);

const CLASSIFICATION: Method = Method::new("classification", "one of several classes")
    .options(&[metric(TaskKind::Classification), CLASSES, LABEL_SMOOTHING, BALANCED])
    .common_options(COMMON);

const MULTILABEL: Method = Method::new("multilabel", "any number of several labels")
    .options(&[
        metric(TaskKind::Multilabel),
        CLASSES,
        OptionSpec::optional("separator", "what separates the labels in a text cell", OptionKind::Text, "found in the training table"),
        BALANCED,
    ])
    .common_options(COMMON);

const ORDINAL: Method = Method::new("ordinal", "one of several classes that have an order")
    .paper("Cao, Mirjalili & Raschka, Pattern Recognition Letters 2020")
    .options(&[metric(TaskKind::Ordinal), CLASSES, BALANCED])
    .common_options(COMMON);

const TAGGING: Method = Method::new("tagging", "a label for each token, such as its part of speech")
    .paper("Lafferty, McCallum & Pereira, ICML 2001 (decoder crf)")
    .options(&[
        metric(TaskKind::Tagging),
        ON,
        OptionSpec::word(
            "decoder",
            "whether each label is chosen by itself or all of a sentence together, which takes at most 300 different ones",
            &["softmax", "crf"],
        ),
        LABEL_SMOOTHING,
        BALANCED,
    ])
    .common_options(COMMON);

const SPANS: Method = Method::new("spans", "labelled spans of tokens, such as named entities")
    .paper("Ratinov & Roth, CoNLL 2009")
    .options(&[metric(TaskKind::Spans), ON])
    .common_options(COMMON);

const DEPENDENCIES: Method = Method::new("dependencies", "the token that each token depends on, and how")
    .paper("Dozat & Manning, ICLR 2017")
    .options(&[
        metric(TaskKind::Dependencies),
        ON,
        OptionSpec::optional(
            "columns",
            "the columns of the heads and of the relations",
            OptionKind::Table(&["head", "relation"]),
            "the task's column, without relations",
        ),
    ])
    .common_options(COMMON);

const SRL: Method = Method::new("srl", "predicates, and the spans of tokens that play their roles")
    .paper("He, Lee, Lewis & Zettlemoyer, ACL 2017; Strubell, Verga, Andor, Weiss & McCallum, EMNLP 2018")
    .options(&[
        metric(TaskKind::Srl),
        ON,
        OptionSpec::optional(
            "columns",
            "the columns of the predicates and of their roles",
            OptionKind::Table(&["predicate", "role"]),
            "the task's column, without predicates",
        ),
    ])
    .common_options(COMMON);

const LEMMAS: Method = Method::new("lemmas", "the base form of each token")
    .paper("Straka, CoNLL 2018")
    .options(&[metric(TaskKind::Lemmas), ON])
    .common_options(COMMON);

/// What every task takes.
const COMMON: &[OptionSpec] = &[
    OptionSpec::optional("column", "the column that holds the label", OptionKind::Text, "the task's name"),
    OptionSpec::number("weight", "how much the task counts in the loss", 1.0, Range::ANY.at_least(0.0)),
    OptionSpec::optional(
        "score_weight",
        "how much the task counts in the score that chooses the best checkpoint",
        OptionKind::Number(Range::ANY.at_least(0.0)),
        "the weight",
    ),
];

const CLASSES: OptionSpec = OptionSpec::optional("classes", "the classes in their order", OptionKind::Texts, "found in the training table");

const LABEL_SMOOTHING: OptionSpec = OptionSpec::number(
    "label_smoothing",
    "the share of a label's probability that is spread over all classes",
    0.0,
    Range::ANY.at_least(0.0).below(1.0),
);

const BALANCED: OptionSpec = OptionSpec::flag("balanced", "whether rare classes count as much as frequent ones in the loss");

const ON: OptionSpec =
    OptionSpec::optional("on", "the input, of the type tokens, whose words are labelled", OptionKind::Text, "none; it must be set");

/// The metric of which a task's part of the score is made.
const fn metric(kind: TaskKind) -> OptionSpec {
    let summary = "the metric of which the task's part of the score is made";
    OptionSpec::optional("metric", summary, OptionKind::Word(metric_names(kind)), "the kind's own")
}
