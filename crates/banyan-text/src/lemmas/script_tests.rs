use proptest::prelude::*;

use super::*;

#[test]
fn scripts_of_real_words() {
    for (word, lemma, script) in [
        ("the", "the", "lower *"),
        ("The", "the", "lower *"),
        ("tries", "try", "lower *-3+y"),
        ("Running", "run", "lower *-4"),
        ("is", "be", "=be"),
        ("Paris", "Paris", "keep *"),
        ("Americans", "American", "keep *-1"),
        ("GOOGLE", "Google", "title *"),
        ("usa", "USA", "upper *"),
        ("iphones", "iPhone", "keep -2+iP*-1"),
        ("gekauft", "kaufen", "lower -2*-1+en"),
        ("Häuser", "Haus", "keep -2+Ha*-2"),
        ("ΛΌΓΟΙ", "λόγος", "lower *-1+ς"),
        ("книги", "книга", "lower *-1+а"),
        ("كتب", "كتاب", "lower *-1+اب"),
        ("_", "_", "lower *"),
        ("**", "*", "lower *-1"),
        ("a", "*a\\", "lower +\\**+\\\\"),
        ("1.0", "1.0", "lower *"),
    ] {
        let found = Script::between(word, lemma);
        assert_eq!(found.to_string(), script, "{word} {lemma}");
        assert_eq!(found.apply(word).as_deref(), Some(lemma), "{script}");
        assert_eq!(Script::parse(script), Some(found));
    }
}

#[test]
fn what_does_not_apply_makes_nothing() {
    let script = Script::parse("lower -1*-3+y").unwrap();
    assert_eq!((script.fewest(), script.apply("abcd"), script.apply("Xabcd")), (5, None, Some("ay".to_owned())));
    assert_eq!(Script::unchanged().apply("Ab").as_deref(), Some("Ab"));
    assert_eq!((Script::unchanged().apply(""), Script::parse("=be").unwrap().apply("")), (None, None));
    assert_eq!(Script::between("x", ""), Script::Whole(String::new()));
}

#[test]
fn what_is_no_script_is_none() {
    for text in ["", "lower", "lower ", "loud *", "lower 3*", "lower *-x", "lower *+\\", "lower +\\*"] {
        assert_eq!(Script::parse(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn a_script_makes_its_lemma_and_can_be_read_again(word in "[a-cA-Cß-öİς*\\\\+ -]{1,8}|\\PC{1,60}", lemma in "[a-cA-Cß-öİς*\\\\+ -]{0,8}|\\PC{0,60}") {
        let script = Script::between(&word, &lemma);
        prop_assert_eq!(script.apply(&word), Some(lemma));
        prop_assert!(script.fewest() <= word.chars().count());
        prop_assert_eq!(Script::parse(&script.to_string()), Some(script));
    }

    #[test]
    fn a_script_applies_to_words_that_are_long_enough(word in "\\PC{0,12}", other in "[a-c]{1,8}", lemma in "[a-c]{0,8}") {
        let script = Script::between(&other, &lemma);
        prop_assert_eq!(script.apply(&word).is_some(), word.chars().count() >= script.fewest());
    }
}
