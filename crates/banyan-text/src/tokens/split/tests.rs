use proptest::prelude::*;

use super::split;

/// Sentences with their tokens parted by spaces, or by `^` where the text has none.
const SENTENCES: &[&str] = &[
    "I do^n't know^, it^'s so^.",
    "They 're here^, and we did n't see .",
    "You can^not have it^; I wo^n't give it^.",
    "Do^nt^!",
    "it^’s what he^’d say",
    "The dogs^' owner^'s house",
    "^'^Really^'^, she said^.",
    "back in the 60's^, in ^'72",
    "search^-^engine ^(^and now e-mail^) wares",
    "a 15^-^year^-^old anti-war co-worker in mid-1980",
    "and^/^or he^/^she w/o it",
    "Mr. Bush met Dr. No at St. Mary^'s vs. them .",
    "the U.S. Army at 5 p.m. ^(^e.g. there^)",
    "He lives in the U.S^.",
    "He left at 5 p.m^.",
    "books^, pens^, etc^.",
    "books^, pens^, etc. were here^.",
    "George W. Bush^, John J. and I^.",
    "It was I^. Then we left^.",
    "Nov.^28 at 12:30 on 11/28/2000^, 713-853-3989 or 853-0569",
    "9/11 and 1^/^2 of it^, 5^-^10 times in 1969^-^1970",
    "$^1,000.50 or 50^% or #^1 for 5^pm^, 35^mm and 10^K",
    "the 20th of the 1970s on a B2B 4x4",
    "+44 is a prefix^, .5 a number",
    "love^❤️^❤️^! 👩‍💻 👍🏽^, 🇩🇪^🇫🇷 and 1️⃣^. but 😂😂 ☀",
    "ने किताब^, مُحَمَّد^. বাংলা",
    "See http://www.a-b.com/x_y.html?q=1^, www.x.org or galleryfurniture.com^.",
    "Mail ^<^a.b@c-d.com^> or mailto:x@y.org^, read ld2d-69366-1.DOC^!",
    "Well ^... no^.... Yes^!! What^?! Really^.?",
    "no^...^so it is^--^and was ^-- more",
    "great ^:) or ^:-( or thanks^:)^.",
    "(^1^) one^, 2^) two^, item^(^s^)",
    "^\"^Quoted^,^\" ^“^twice^”^, ^[^sic^.^]",
    "==== --- +----+ ___",
    "PG&E and AT&T at Lamb@ENRON on Analysis_0712",
    "He^'s gon^na want it^, lem^me see^.",
    "the end^.^Then again^, no space^,^here^:^none",
    "5^' 10^\" tall^, 5^'^10",
    "L.A. is near^, so is S.^Korea^.",
    "cookin' and rock ^'n roll",
    "f*ck b/c w/ you",
    "我^是^a1^，^你^好^。",
    "2004^年^的 ^TV^節^目",
    "ภ^า^ษ^า ไ^ท^ย",
    "naïve café^, Ångström^!",
];

#[test]
fn sentences_of_every_kind() {
    let wrong = SENTENCES.iter().filter_map(|marked| {
        let expected: Vec<&str> = marked.split([' ', '^']).filter(|token| !token.is_empty()).collect();
        let text = marked.replace('^', "");
        let found: Vec<String> = split(&text).into_iter().map(str::to_owned).collect();
        (found != expected).then(|| format!("{} should be {}", found.join(" "), expected.join(" ")))
    });
    assert_eq!(wrong.collect::<Vec<String>>(), Vec::<String>::new());
}

#[test]
fn words_without_end_take_no_time_and_no_stack() {
    for part in ["a-", "-", "é'", "(", "a.", "U.S.", "?!.", "1/", "漢a", "n't", "x@y"] {
        let text = part.repeat(20_000);
        assert_eq!(split(&text).concat(), text, "{part}");
    }
    assert_eq!(split(&format!("http://{}", "a/".repeat(20_000))).len(), 1);
}

proptest! {
    #[test]
    fn nothing_is_lost_but_white_space(text in "([a-zA-Z0-9.,:;!?'’()$%/@&*_#<>=+-]|\"|[ \t]|…|漢|，|é|don't|U\\.S\\.|http://|\\PC){0,24}") {
        let tokens = split(&text);
        let joined: String = tokens.concat();
        let whole: String = text.split_whitespace().collect();
        prop_assert_eq!(joined, whole);
        prop_assert!(tokens.iter().all(|token| !token.is_empty() && !token.contains(char::is_whitespace)));
    }
}
