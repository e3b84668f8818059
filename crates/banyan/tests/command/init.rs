//! `banyan init`: the configuration it writes, and that it can be trained.

use crate::support::Place;

/// A column of every kind that a table without files can hold.
fn people() -> String {
    let mut table = "id,age,town,hobbies,born,embedding,about,nothing,income,married\n".to_owned();
    for row in 0..40 {
        let hobbies = ["chess;music", "music", "chess;rowing;music"][row % 3];
        let about = ["likes long walks by the sea", "reads old books about ships", "plays in a small band"][row % 3];
        table += &format!(
            "{},{},{},{hobbies},19{:02}-0{}-1{},[0.{row}; 1.5; {}],{about} {row},,{},{}\n",
            1000 + row,
            20 + row * 7 % 50,
            ["Bonn", "Lyon", "Turin", "Ghent"][row % 4],
            60 + row % 40,
            1 + row % 9,
            row % 9,
            row % 5,
            1000 + 37 * row,
            ["yes", "no"][row % 2],
        );
    }
    table
}

#[test]
fn writes_what_it_inferred_and_why() {
    let place = Place::new();
    place.write("people.csv", people());
    insta::assert_snapshot!("init_transcript", place.transcript(&["init people.csv --tasks income,married"]));
    insta::assert_snapshot!("init_file", place.read("people.toml"));
}

#[test]
fn what_it_writes_can_be_checked_and_trained() {
    let place = Place::new();
    place.write("data/people.csv", people());
    place.write("configs/keep", "");
    place.succeed("init data/people.csv --tasks income,married -o configs/people.toml");
    assert!(place.read("configs/people.toml").contains("train = \"../data/people.csv\""));
    place.succeed("check configs/people.toml");
    place.succeed("train configs/people.toml --quiet --set training.epochs=1 --set model.width=8");
    assert!(place.path("runs/people-1/model.safetensors").is_file());
}

#[test]
fn says_what_is_wrong() {
    let place = Place::new();
    place.write("people.csv", people());
    place.write("two.csv", "a,b\n1,x\n2,y\n3,x\n4,y\n");
    place.write("kept.toml", "mine");
    let commands = [
        "init people.csv --tasks incom",
        "init people.csv --tasks income,income",
        "init people.csv --tasks nothing",
        "init people.csv",
        "init persons.csv --tasks income",
        "init people.csv --tasks income -o kept.toml",
        "init two.csv --tasks a,b",
    ];
    insta::assert_snapshot!(place.transcript(&commands));
    assert_eq!(place.read("kept.toml"), "mine");
    place.succeed("init people.csv --tasks income -o kept.toml --force");
    assert!(place.read("kept.toml").contains("[tasks.income]"));
}

#[test]
fn awkward_column_names_stay_usable() {
    let place = Place::new();
    let mut table = String::new();
    for row in 0..30 {
        let (label, quote) = (["x", "y"][row % 2], ["u", "v", "w"][row % 3]);
        let odd = serde_json::json!({"the size, in m": row as f64 + 0.5, "a/b": label, "": row * 3 % 7, "quote\"d": quote});
        table += &format!("{odd}\n");
    }
    place.write("odd.jsonl", table);
    let mut command = place.command("init odd.jsonl --tasks");
    let output = command.arg("a/b").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = place.read("odd.toml");
    for part in ["[tasks.a-b]", "column = \"a/b\"", "[inputs.\"the size, in m\"]", "[inputs.unnamed]", "column = \"\""] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    place.succeed("train odd.toml --quiet --set training.epochs=1");
}

/// Sixty lines behind a header.
fn lines(header: &str, line: impl Fn(usize) -> String) -> String {
    let lines: String = (0..60).map(|at| line(at) + "\n").collect();
    format!("{header}\n{lines}")
}

/// Whatever a file is like, what is written for it is accepted: rules of inference and of configurations do not contradict each other.
#[test]
fn what_it_writes_is_accepted() {
    let place = Place::new();
    let label = |at: usize| ["yes", "no"][at % 2];
    let day = |at: usize| (at % 28 + 1, at % 12 + 1, 2019 + at % 5);
    let hugging_face = |at: usize| {
        let (words, tags) = [("\"EU\", \"rejects\"", "3, 0"), ("\"Rain\"", "0"), ("", ""), ("\"a\", \"b\", \"c\"", "1, 2, 0")][at % 4];
        format!("{{\"id\": \"{at}\", \"tokens\": [{words}], \"ner_tags\": [{tags}], \"pos_tags\": [{tags}]}}")
    };
    let germeval = |at: usize| format!("#\thttp://de.wikipedia.org/{at}\n1\tVfL\tB-ORG\tO\n2\tUlm\tI-ORG\tB-LOC\n3\tw{at}\tO\tO\n");
    let europarl = |at: usize| format!("Ann NNP B-NP PER\nw{at} VBD B-VP O\nUlm NNP B-NP LOC\n. . O O\n");
    let tables = [
        ("slashes.csv", "y", lines("when,y", |at| format!("{:02}/{:02}/{},{}", day(at).0, day(at).1, day(at).2, label(at)))),
        ("compact.csv", "y", lines("when,y", |at| format!("{2}{1:02}{0:02},{3}", day(at).0, day(at).1, day(at).2, label(at)))),
        ("words.csv", "y", lines("when,n,y", |at| format!("\"Mar {}, 2023 2:30 PM\",{},{}", day(at).0, at % 7, label(at)))),
        ("unread.csv", "y", lines("when,n,y", |at| format!("{}. März 2023,{},{}", day(at).0, at % 7, label(at)))),
        ("cars.csv", "car", lines("n,car", |at| format!("{},{}", at % 7, ["Infinity", "Nissan", "Opel"][at % 3]))),
        ("hf.jsonl", "ner_tags", lines("", hugging_face)),
        ("hf_both.jsonl", "ner_tags,pos_tags", lines("", hugging_face)),
        ("germeval.conll", "ner", lines("", germeval)),
        ("layers.conll", "ner,ner2", lines("", germeval)),
        ("europarl.conll", "ner", lines("", europarl)),
        ("chunks.conll", "pos,chunk", lines("", |at| format!("He PRP B-NP\nw{at} VBZ B-VP\n"))),
    ];
    for (name, tasks, content) in tables {
        place.write(name, content);
        place.succeed(&format!("init {name} --tasks {tasks} -o {name}.toml"));
        let checked = place.run(&format!("check {name}.toml"));
        assert_eq!(checked.code, 0, "{name}\n{}{}\n{}", checked.out, checked.err, place.read(&format!("{name}.toml")));
    }
    let ran = place.run("init germeval.conll --tasks ner -o again.toml");
    assert!(ran.err.contains("note: germeval.conll: \"ner\" is column 3, the first of spans; column 4 is \"ner2\"\n"), "{}", ran.err);
    let ran = place.run("check europarl.conll.toml");
    assert!(ran.err.contains("europarl.conll: \"ner\" is column 4, whose labels have neither B- nor I-"), "{}", ran.err);
}

/// A common folder of absolute paths is written down, so that the configuration works as it is.
#[test]
fn absolute_paths_of_media_get_their_folder() {
    let place = Place::new();
    std::fs::create_dir(place.path("media")).unwrap();
    let media = place.path("media").canonicalize().unwrap();
    for row in 0..24 {
        let folder = ["a", "b/c"][row % 2];
        place.write(&format!("media/{folder}/{row}.png"), crate::support::picture(row as u8 * 9, image::ImageFormat::Png));
    }
    let lines = |folder: &str| -> String {
        let line = |row: usize| format!("{folder}/{}/{row}.png,{}\n", ["a", "b/c"][row % 2], ["x", "y"][row % 2]);
        (0..24).map(line).collect()
    };
    place.write("tables/t.csv", format!("picture,kind\n{}", lines(media.to_str().unwrap())));
    let listed = place.run("init tables/t.csv");
    assert!(listed.out.contains("paths of images"), "{}", listed.out);
    let shown = place.succeed("init tables/t.csv --tasks kind");
    assert!(shown.contains("paths of images, absolute; data.media_root is their folder"), "{shown}");
    let config = place.read("t.toml");
    assert!(config.contains(&format!("media_root = \"{}\"", media.display())), "{config}");
    let checked = place.run("check t.toml");
    assert!(checked.out.contains("Files of picture: 24, 0 unreadable"), "{}{}", checked.out, checked.err);
    // Where one is not there, nothing is written.
    place.write(
        "tables/t.csv",
        format!(
            "picture,n,kind\n{}",
            lines(media.to_str().unwrap()).replace(".png,", ".png,1.5,").replacen("/0.png,1.5", "/none.png,2.5", 1)
        ),
    );
    place.succeed("init tables/t.csv --tasks kind --force");
    assert!(!place.read("t.toml").contains("media_root"));
}
