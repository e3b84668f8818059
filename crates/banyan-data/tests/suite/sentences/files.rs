//! Where words come from: texts and files of sentences.

use banyan_data::config::OnBadRow;
use banyan_data::dataset::{Dataset, EncodeOptions, Loaded};
use banyan_data::infer::{infer_input, infer_task};
use banyan_data::inputs::InputKind;
use banyan_data::labels::{TaskKind, TreeValues};
use banyan_data::schema::Schema;
use banyan_data::table::{Cell, ReadOptions, Table};
use banyan_data::tokens::words;

use super::trees::trees;
use super::{ROWS, fit, table, task};
use crate::support::{Folder, all, csv, inputs, targets};

#[test]
fn texts_are_cut_into_words() {
    let table = csv("s,y\n\"It's so.\",1\n\"No, it is not!\",0\n,1\n");
    let schema =
        Schema::fit(&table, &all(&table), &inputs(&[("s", InputKind::Tokens)]), &targets(&[("y", TaskKind::Binary)]), OnBadRow::Missing);
    let (dataset, _) = Dataset::encode(&table, &all(&table), &schema.unwrap(), EncodeOptions::default()).unwrap();
    assert_eq!((0..3).map(|row| dataset.tokens(row)).collect::<Vec<_>>(), [4, 6, 0]);
    assert_eq!(words(table.column("s").unwrap().cell(0)).unwrap().unwrap(), ["It", "'s", "so", "."]);
    assert_eq!(words(Cell::Missing), Ok(None));
}

#[test]
fn files_of_sentences_are_read_by_their_endings() {
    let folder = Folder::new();
    let columns = "Ann\tB-PER\nsaw\tO\n\nOh\tO\n";
    let plus = "# global.columns = ID FORM NER\n1\tAnn\tB-PER\n2\tsaw\tO\n\n1\tOh\tO\n";
    let full = "1\tAnn\tAnn\tPROPN\t_\t_\t2\tnsubj\t_\t_\n2\tsaw\tsee\tVERB\t_\t_\t0\troot\t_\t_\n\n1\tOh\toh\tINTJ\t_\t_\t0\troot\t_\t_\n";
    for (name, content) in
        [("a.conll", columns), ("a.iob2", columns), ("a.bio", columns), ("a.BIOES", columns), ("a.conllup", plus), ("a.conllu", full)]
    {
        let table = folder.table(name, content);
        let tokens = table.column("tokens").unwrap();
        assert_eq!((table.rows(), tokens.cell(0)), (2, Cell::Texts(&["Ann".to_owned(), "saw".to_owned()])), "{name}");
        assert!(folder.strip(table.place(1, None)).starts_with(&format!("{name}, line ")));
        assert_eq!(infer_input(&table, tokens).kind, Some(InputKind::Tokens), "{name}");
    }
    let message = folder.strip(Table::read(&folder.file("empty.conllu", "\n"), &ReadOptions::default()).unwrap_err());
    assert_eq!(message, "empty.conllu has no sentence; a table needs at least one row");
    let both = Table::concatenate(vec![folder.table("a.conll", columns), table(ROWS)]).unwrap();
    let schema = fit(&both, &[("tokens", InputKind::Tokens)], &[task("ner", TaskKind::Spans)]).unwrap();
    assert_eq!((schema.targets[0].counts(), schema.targets[0].known_rows()), (&[2, 2][..], 5));
}

#[test]
fn the_example_has_trees() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/sentences/train.conllup");
    let table = Table::read(&path, &ReadOptions::default()).unwrap();
    assert_eq!(infer_task(&table, "head").unwrap().kind, TaskKind::Dependencies);
    let schema = fit(&table, &[("tokens", InputKind::Tokens)], &[trees(None)]).unwrap();
    let (dataset, report) = Dataset::encode(&table, &all(&table), &schema, EncodeOptions::default()).unwrap();
    assert_eq!((dataset.known(0), schema.targets[0].known_rows(), report.warnings()), (table.rows(), table.rows(), Vec::new()));
    let tokens: usize = (0..dataset.len()).map(|row| dataset.labels(0, row)).sum();
    assert_eq!(tokens, schema.targets[0].counts().iter().sum::<usize>());
    let targets = dataset.targets(&[0], &Loaded::default());
    let TreeValues { heads, relations } = TreeValues::of(&targets[0].values);
    assert_eq!(heads.list(0)[..7], [0, 1, 1, 1, 6, 7, 1]);
    let names: Vec<&str> = relations.list(0)[..7].iter().map(|index| schema.targets[0].classes()[*index as usize].as_str()).collect();
    assert_eq!(names, ["root", "punct", "flat", "punct", "amod", "nsubj", "parataxis"]);
}
