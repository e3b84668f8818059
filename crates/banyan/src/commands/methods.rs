//! `banyan methods`: the registries of the libraries, as a text, as Markdown or as JSON.

mod markdown;
mod text;

use std::process::ExitCode;

use banyan::balance::{Kind, OptionKind, TaskDefault};
use banyan::model::{ENCODERS, FUSIONS, MethodInfo, SHARINGS};
use banyan::train::GRADIENT_OPTION;
use clap::Args;
use serde::Serialize;

use crate::console::Console;
use crate::failure::Failure;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Print one JSON array
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print the page docs/methods.md
    #[arg(long)]
    markdown: bool,
}

/// Methods that serve one purpose.
#[derive(Debug, Serialize)]
struct Family {
    /// What they are called: `fusion`.
    name: &'static str,
    /// How one is chosen: `fusion in [model]`.
    chosen_by: &'static str,
    /// What they do.
    purpose: &'static str,
    methods: Vec<Method>,
}

#[derive(Debug, Serialize)]
struct Method {
    name: &'static str,
    summary: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    paper: Option<&'static str>,
    /// How long its step is, so that learning rates can be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    scale: Option<&'static str>,
    options: Vec<MethodOption>,
}

#[derive(Debug, Serialize)]
struct MethodOption {
    name: &'static str,
    default: String,
    expected: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'static str>,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<ExitCode, Failure> {
    let families = families();
    let page = if arguments.json {
        serde_json::to_string(&families).map_err(Failure::failed)?
    } else if arguments.markdown {
        markdown::page(&families)
    } else {
        text::page(&families)
    };
    console.result(page.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

fn families() -> Vec<Family> {
    vec![
        Family {
            name: "encoders",
            chosen_by: "the type of an input",
            purpose: "Read an input, or all columns of a table together, into one vector a row.",
            methods: ENCODERS.iter().map(of_model).collect(),
        },
        Family {
            name: "fusions",
            chosen_by: "fusion in [model]",
            purpose: "Bring the inputs of a row together, some of which may be missing. A single input, or the columns of a table alone, need none.",
            methods: FUSIONS.iter().map(|method| of_model(&method.info)).collect(),
        },
        Family {
            name: "sharings",
            chosen_by: "sharing in [model]",
            purpose: "Decide which layers the tasks have in common.",
            methods: SHARINGS.iter().map(|method| of_model(&method.info)).collect(),
        },
        Family {
            name: "weightings",
            chosen_by: "balance in [training]",
            purpose: "Choose the tasks' weights from their losses: one backward pass a step.",
            methods: of_balance(Kind::Loss),
        },
        Family {
            name: "aggregators",
            chosen_by: "balance in [training]",
            purpose: "Choose the tasks' weights from the products of their gradients, and so resolve conflicts between them.",
            methods: of_balance(Kind::Gramian),
        },
    ]
}

fn of_model(info: &MethodInfo) -> Method {
    let options = info.options.iter().map(|option| MethodOption {
        name: option.name,
        default: option.default.to_owned(),
        expected: option.expected.to_owned(),
        summary: None,
    });
    Method {
        name: info.name,
        summary: info.summary,
        paper: Some(info.paper).filter(|paper| !paper.is_empty()),
        scale: None,
        options: options.collect(),
    }
}

fn of_balance(kind: Kind) -> Vec<Method> {
    let of_kind = banyan::balance::methods().iter().filter(|method| method.kind == kind);
    of_kind
        .map(|method| {
            let own = method.options.iter().map(|option| MethodOption {
                name: option.name,
                default: default(&option.kind),
                expected: option.kind.to_string(),
                summary: Some(option.summary),
            });
            let common = (kind == Kind::Gramian).then(gradient_option);
            Method {
                name: method.name,
                summary: method.summary,
                paper: method.paper,
                scale: Some(method.scale),
                options: own.chain(common).collect(),
            }
        })
        .collect()
}

/// The option that the training adds to every aggregator.
fn gradient_option() -> MethodOption {
    MethodOption {
        name: GRADIENT_OPTION,
        default: "\"parameters\"".to_owned(),
        expected: "\"parameters\" or \"representation\"".to_owned(),
        summary: Some("whose gradients: those of the shared parameters, or the cheaper ones of the shared representation"),
    }
}

fn default(kind: &OptionKind) -> String {
    match kind {
        OptionKind::Number { default, .. } => default.to_string(),
        OptionKind::Count { default, .. } => default.to_string(),
        OptionKind::Choice { default, .. } => format!("\"{default}\""),
        OptionKind::PerTask { default: TaskDefault::Constant(value), .. } => format!("{value} for each task"),
        OptionKind::PerTask { default: TaskDefault::OneOverTasks, .. } => "1 / number of tasks".to_owned(),
    }
}
