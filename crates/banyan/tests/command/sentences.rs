//! Sentences from the configuration that ships with the program: trained, measured against a floor, predicted and read back.

use crate::support::Place;
use std::path::Path;

/// The example's folder, copied, so that nothing is written beside it.
fn example() -> Place {
    let place = Place::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/sentences");
    for name in ["train.conllup", "valid.conllup", "test.conllup", "sentences.toml"] {
        place.write(name, std::fs::read(folder.join(name)).unwrap());
    }
    place
}

/// The column of a task in CoNLL-U Plus, sentence by sentence.
fn column(text: &str, name: &str) -> Vec<Vec<String>> {
    let header = text.lines().next().and_then(|line| line.strip_prefix("# global.columns = ")).expect("the columns are named first");
    let place = header.split(' ').position(|column| column.eq_ignore_ascii_case(name)).expect("the column is there");
    let sentences = text.split("\n\n").filter(|sentence| sentence.lines().any(|line| !line.starts_with('#')));
    let labels = |sentence: &str| {
        let tokens = sentence.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        tokens.map(|line| line.split('\t').nth(place).expect("every column of every token").to_owned()).collect()
    };
    sentences.map(labels).collect()
}

/// An argument of a predicate, the one of that number in the sentence of that number, with the first and last word of each part.
#[derive(PartialEq)]
struct Argument {
    sentence: usize,
    predicate: usize,
    role: String,
    parts: Vec<(usize, usize)>,
}

/// The arguments of all predicates by the rules of the CoNLL 2005 scorer.
fn arguments(text: &str) -> Vec<Argument> {
    let mut arguments: Vec<Argument> = Vec::new();
    for (sentence, (predicates, labels)) in column(text, "PREDICATE").iter().zip(column(text, "SRL")).enumerate() {
        for predicate in 0..predicates.iter().filter(|sense| !["_", "?"].contains(&sense.as_str())).count() {
            let own: Vec<&str> = labels.iter().map(|label| label.split('|').nth(predicate).expect("a label of each predicate")).collect();
            for (word, label) in own.iter().enumerate() {
                let Some(role) = label.strip_prefix("B-") else { continue };
                let end = (word + 1..own.len()).take_while(|next| own[*next] == format!("I-{role}")).last().unwrap_or(word);
                let base = role.strip_prefix("C-").unwrap_or(role).to_owned();
                let is_begun =
                    |argument: &&mut Argument| (argument.sentence, argument.predicate, &argument.role) == (sentence, predicate, &base);
                match arguments.iter_mut().rev().find(is_begun).filter(|_| base != role) {
                    Some(begun) => begun.parts.push((word, end)),
                    None => arguments.push(Argument { sentence, predicate, role: base, parts: vec![(word, end)] }),
                }
            }
        }
    }
    arguments.retain(|argument| argument.role != "V");
    arguments
}

#[test]
fn the_example_reaches_its_floor_and_its_predictions_are_what_was_measured() {
    let place = example();
    place.succeed("train sentences.toml --out run --quiet --set training.epochs=8");
    let measured: serde_json::Value = serde_json::from_str(&place.succeed("evaluate run --json")).unwrap();
    let metric = |task: &str, name: &str| measured["tasks"][task][name].as_f64().unwrap();
    assert_eq!(measured["rows"], 260);
    assert!(metric("upos", "token_accuracy") > 0.84, "{measured}");
    assert!(metric("ner", "span_f1") > 0.36, "{measured}");
    assert!(metric("syntax", "uas") > 0.28 && metric("syntax", "las") > 0.22, "{measured}");
    assert!(metric("srl", "span_f1") > 0.30 && metric("srl", "predicate_f1") > 0.74, "{measured}");
    assert!(metric("genre", "accuracy") > 0.36, "{measured}");
    assert_errors_agree(&place, &measured);

    // What is written is what was measured: counted again from the file, with the labels of the table beside it.
    place.succeed("predict run --data test.conllup -o tagged.conllup");
    let (tagged, truth) = (place.read("tagged.conllup"), place.read("test.conllup"));
    assert_eq!(column(&tagged, "FORM"), column(&truth, "FORM"));
    let (predicted, labels) = (column(&tagged, "UPOS").concat(), column(&truth, "UPOS").concat());
    let right = predicted.iter().zip(&labels).filter(|(a, b)| a == b).count();
    let accuracy = right as f64 / labels.iter().filter(|label| *label != "_").count() as f64;
    assert!((accuracy - metric("upos", "token_accuracy")).abs() < 1e-9, "{accuracy} is not that of {measured}");
    // Attachments by the rules of the CoNLL 2018 scorer: relations without their subtypes.
    let universal = |relations: Vec<String>| relations.into_iter().map(|one| one.split(':').next().unwrap().to_owned()).collect::<Vec<_>>();
    let (heads, true_heads) = (column(&tagged, "HEAD").concat(), column(&truth, "HEAD").concat());
    let (relations, true_relations) = (universal(column(&tagged, "DEPREL").concat()), universal(column(&truth, "DEPREL").concat()));
    let attached = |token: usize| heads[token] == true_heads[token];
    let uas = (0..heads.len()).filter(|&token| attached(token)).count() as f64 / heads.len() as f64;
    let las =
        (0..heads.len()).filter(|&token| attached(token) && relations[token] == true_relations[token]).count() as f64 / heads.len() as f64;
    assert!(
        (uas - metric("syntax", "uas")).abs() < 1e-9 && (las - metric("syntax", "las")).abs() < 1e-9,
        "{uas} and {las}, not {measured}"
    );
    for sentence in column(&tagged, "HEAD") {
        assert_eq!(sentence.iter().filter(|head| *head == "0").count(), 1, "{sentence:?} has one root");
    }
    let is_annotated: Vec<bool> = column(&truth, "PREDICATE").iter().map(|sentence| !sentence.contains(&"?".to_owned())).collect();
    let [own, roles] = [&tagged, &truth]
        .map(|text| arguments(text).into_iter().filter(|argument| is_annotated[argument.sentence]).collect::<Vec<Argument>>());
    let right = own.iter().filter(|argument| roles.contains(argument)).count() as f64;
    let f1 = 2.0 * right / (own.len() + roles.len()) as f64;
    assert!((f1 - metric("srl", "span_f1")).abs() < 1e-9, "{f1}, not {measured}");
    let of_entities = column(&tagged, "NER").concat();
    assert!(of_entities.iter().all(|label| label == "O" || label.starts_with("B-") || label.starts_with("I-")));
    assert!(of_entities.iter().any(|label| label.starts_with("B-")));
}

/// The errors that the run tells of are those that its metrics count, and its page shows them.
fn assert_errors_agree(place: &Place, measured: &serde_json::Value) {
    let errors: serde_json::Value = serde_json::from_str(&place.read("run/errors.json")).unwrap();
    let near = |own: f64, task: &str, name: &str| {
        let expected = measured["tasks"][task][name].as_f64().unwrap();
        assert!((own - expected).abs() < 1e-9, "{task}: {own} is not the {name} of {expected}");
    };
    let share = |task: &serde_json::Value| task["right"].as_f64().unwrap() / task["total"].as_f64().unwrap();
    near(share(&errors["tasks"]["upos"]["confusion"]), "upos", "token_accuracy");
    near(share(&errors["tasks"]["genre"]), "genre", "accuracy");
    let sum = |rows: &serde_json::Value, name: &str| rows.as_object().unwrap().values().map(|row| row[name].as_f64().unwrap()).sum::<f64>();
    let f1 = |rows: &serde_json::Value| 2.0 * sum(rows, "right") / (sum(rows, "truth") + sum(rows, "predicted"));
    near(f1(&errors["tasks"]["ner"]["types"]), "ner", "span_f1");
    let relations = &errors["tasks"]["syntax"]["relations"];
    near(sum(relations, "heads") / sum(relations, "tokens"), "syntax", "uas");
    near(sum(relations, "relations") / sum(relations, "tokens"), "syntax", "las");
    // Parts of an argument count one by one in the table of roles, so that it is near the metric and not the same.
    let of_roles = f1(&errors["tasks"]["srl"]["types"]);
    assert!((of_roles - measured["tasks"]["srl"]["span_f1"].as_f64().unwrap()).abs() < 0.05, "{of_roles}");

    let page = place.read("run/report.html");
    let parts = ["upos", "ner", "srl", "syntax", "genre"].map(|task| format!("<h3 class=\"task\">{task}</h3>"));
    let others = ["class=\"confusion\"", "<th>Type</th>", "<th>Role</th>", "<th>Relation</th>", "<mark class=\"s0", "<u>", "✗ missed"];
    for part in parts.iter().map(String::as_str).chain(others) {
        assert!(page.contains(part), "{part} is not in the page");
    }
}

#[test]
fn a_task_on_tokens_says_which() {
    let place = example();
    let without = place.read("sentences.toml").replacen("on = \"words\"\n", "", 1);
    place.write("without.toml", without);
    let ran = place.run("check without.toml");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("the task \"upos\" labels tokens and does not say of which input; add on = \"words\""), "{}", ran.err);
    let wrong = place.read("sentences.toml").replacen("on = \"words\"", "on = \"wrods\"", 1);
    place.write("wrong.toml", wrong);
    let ran = place.run("check wrong.toml");
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("did you mean \"words\"?"), "{}", ran.err);
}

#[test]
fn a_plain_text_is_tokenized_to_be_predicted() {
    let place = example();
    place.succeed("train sentences.toml --out run --quiet --set training.epochs=2");
    place.write("new.csv", "tokens\n\"Dr. Smith doesn't live in New York, I think.\"\n");
    let lines = place.succeed("predict run --data new.csv --tasks upos -o new.jsonl") + &place.read("new.jsonl");
    let row: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    let words: Vec<&str> = row["tokens"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    assert_eq!(words, ["Dr.", "Smith", "does", "n't", "live", "in", "New", "York", ",", "I", "think", "."]);
    assert_eq!(row["upos"].as_array().unwrap().len(), words.len());
}

/// The example with other tasks.
fn with_tasks(place: &Place, tasks: &str) {
    let text = place.read("sentences.toml");
    let (before, rest) = text.split_once("[tasks.upos]").expect("the tasks come after the inputs");
    let (_, after) = rest.split_once("[model]").expect("the model comes after the tasks");
    place.write("own.toml", format!("{before}{tasks}\n[model]{after}"));
}

#[test]
fn lemmas_and_chained_tags_are_learned_and_written_as_measured() {
    let place = example();
    with_tasks(
        &place,
        "[tasks.upos]\ntype = \"tagging\"\non = \"words\"\ndecoder = \"crf\"\n[tasks.lemmas]\ntype = \"lemmas\"\non = \"words\"\n",
    );
    place.succeed("train own.toml --out run --quiet --set training.epochs=6");
    let measured: serde_json::Value = serde_json::from_str(&place.succeed("evaluate run --json")).unwrap();
    let metric = |task: &str, name: &str| measured["tasks"][task][name].as_f64().unwrap();
    assert!(metric("upos", "token_accuracy") > 0.80, "{measured}");

    place.succeed("predict run --data test.conllup -o tagged.conllup");
    let (tagged, truth) = (place.read("tagged.conllup"), place.read("test.conllup"));
    let (predicted, lemmas) = (column(&tagged, "LEMMA").concat(), column(&truth, "LEMMA").concat());
    let forms = column(&truth, "FORM").concat();
    let known = |word: &usize| lemmas[*word] != "_" || forms[*word] == "_";
    let share = |right: &dyn Fn(usize) -> bool| {
        let all = (0..lemmas.len()).filter(known).count();
        (0..lemmas.len()).filter(known).filter(|word| right(*word)).count() as f64 / all as f64
    };
    let (accuracy, unchanged) = (share(&|word| predicted[word] == lemmas[word]), share(&|word| forms[word] == lemmas[word]));
    assert!((accuracy - metric("lemmas", "lemma_accuracy")).abs() < 1e-9, "{accuracy} is not that of {measured}");
    assert!(accuracy > unchanged + 0.08, "{accuracy}, and {unchanged} of the words are their own lemmas");
}

#[test]
fn a_table_with_lemmas_and_features_is_understood() {
    let place = example();
    place.succeed("init train.conllup --tasks lemmas,upos -o init.toml");
    assert!(place.read("init.toml").contains("type = \"lemmas\""), "{}", place.read("init.toml"));
    with_tasks(&place, "[tasks.lemmas]\ntype = \"lemmas\"\non = \"words\"\n");
    let checked = place.succeed("check own.toml");
    assert!(checked.contains("Task lemmas (lemmas)") && checked.contains("lower *-1"), "{checked}");

    // The order of features is no difference, and having none is a label.
    let sentence = "1\tcats\tNumber=Plur|Case=Nom\n2\trun\t_\n3\tcat\tCase=Nom|Number=Sing\n4\truns\t_\n5\tdogs\tCase=Nom|Number=Plur\n\n";
    let table = format!("# global.columns = ID FORM FEATS\n{}", sentence.repeat(12));
    ["train", "valid", "test"].iter().for_each(|part| place.write(&format!("{part}.conllup"), table.clone()));
    with_tasks(&place, "[tasks.feats]\ntype = \"tagging\"\non = \"words\"\n");
    place.succeed("train own.toml --out features --quiet --set training.epochs=12");
    place.succeed("predict features --data test.conllup -o tagged.conllup");
    let found = column(&place.read("tagged.conllup"), "FEATS");
    assert_eq!(found[0], ["Case=Nom|Number=Plur", "_", "Case=Nom|Number=Sing", "_", "Case=Nom|Number=Plur"]);
}

#[test]
fn a_chain_of_too_many_labels_is_refused_with_its_line() {
    let place = example();
    let sentence = |at: usize| format!("1\ta\tL{at}\n2\tb\tL{}\n\n", at + 1);
    let table = format!("# global.columns = ID FORM UPOS\n{}", (0..310).map(sentence).collect::<String>());
    ["train", "valid", "test"].iter().for_each(|part| place.write(&format!("{part}.conllup"), table.clone()));
    with_tasks(&place, "[tasks.upos]\ntype = \"tagging\"\non = \"words\"\ndecoder = \"crf\"\n");
    let ran = place.run("train own.toml --out run --quiet");
    assert_ne!(ran.code, 0);
    assert!(ran.err.contains("own.toml, line 19: \"decoder\" in [tasks.upos] cannot be \"crf\" where there are 311 labels"), "{}", ran.err);
}
