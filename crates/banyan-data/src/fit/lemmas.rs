//! Tasks of lemmas: the scripts that make those of the training rows.

use std::collections::HashMap;

use banyan_text::lemmas::Script;

use super::tags::input_of;
use super::task::Task;
use crate::config::{InputConfig, TargetConfig};
use crate::error::Error;
use crate::schema::TargetDetails;
use crate::sentences::LemmaColumns;
use crate::value::quote;

/// Scripts kept, the most frequent first. A treebank has some hundreds.
const MOST: usize = 4000;

pub(super) fn fit(task: &Task<'_>, config: &TargetConfig, inputs: &[(String, InputConfig)]) -> Result<TargetDetails, Error> {
    let (name, input) = input_of(task, config, inputs)?;
    let table = task.rows.table;
    let columns = LemmaColumns { table, words: table.column(input.column.as_deref().unwrap_or(name))?, lemmas: task.rows.column };
    let (mut found, mut rows): (HashMap<Script, usize>, usize) = (HashMap::new(), 0);
    for &row in task.rows.rows {
        let pairs = columns.read(row)?;
        rows += usize::from(pairs.iter().any(|(_, lemma)| lemma.is_some()));
        for (word, lemma) in pairs.iter().filter_map(|(word, lemma)| Some((word, lemma.as_ref()?))) {
            *found.entry(Script::between(word, lemma)).or_default() += 1;
        }
    }
    let known: usize = found.values().sum();
    if known == 0 {
        return Err(task.no_labels());
    }
    if let (1, Some(only)) = (found.len(), found.keys().next()) {
        let problem = format!("all {known} training lemmas are made in one way, {}", quote(&only.to_string()));
        return Err(task.error(problem, "there is nothing to learn; leave the task out"));
    }
    if found.len() == known && known > 2 {
        let mend = "column and task do not fit: these do not look like lemmas of the words";
        return Err(task.error(format!("each of the {known} training lemmas is made in a way of its own"), mend));
    }
    let mut scripts: Vec<(String, usize, bool)> =
        found.into_iter().map(|(script, count)| (script.to_string(), count, script.fewest() == 1)).collect();
    scripts.sort_by(|(left, left_count, _), (right, right_count, _)| right_count.cmp(left_count).then_with(|| left.cmp(right)));
    scripts.truncate(MOST);
    // Of the shortest word, too, a lemma can be made.
    if scripts.iter().all(|(_, _, applies_to_all)| !applies_to_all) {
        scripts.push((Script::unchanged().to_string(), 0, true));
    }
    let counts = scripts.iter().map(|(_, count, _)| *count).collect();
    let scripts = scripts.into_iter().map(|(script, _, _)| script).collect();
    Ok(TargetDetails::Lemmas { on: name.clone(), scripts, counts, rows })
}
