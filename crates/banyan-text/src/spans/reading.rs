//! Labels to spans and back.

use super::label::{Label, Prefix, UNNAMED};
use super::{Scheme, Span};

/// The spans of a sequence, a token without a label being `None`: leniently, as `conlleval` reads them. See the
/// [module](super).
pub fn read<'a>(labels: &[Option<Label<'a>>]) -> Vec<Span<&'a str>> {
    fn close<'a>(open: &mut Option<(usize, &'a str)>, end: usize, spans: &mut Vec<Span<&'a str>>) {
        spans.extend(open.take().map(|(begin, kind)| Span { begin, end, kind }));
    }
    let mut spans = Vec::new();
    let mut open: Option<(usize, &str)> = None;
    for (token, label) in labels.iter().enumerate() {
        let Some(Label::In(prefix, kind)) = label else {
            close(&mut open, token, &mut spans);
            continue;
        };
        let continues = matches!(prefix, Prefix::Inside | Prefix::End) && open.is_some_and(|(_, of)| of == *kind);
        if !continues {
            close(&mut open, token, &mut spans);
            open = Some((token, kind));
        }
        if matches!(prefix, Prefix::End | Prefix::Single) {
            close(&mut open, token + 1, &mut spans);
        }
    }
    close(&mut open, labels.len(), &mut spans);
    spans
}

/// The spans of a sequence that begin and end as the scheme says, the others left out: as `seqeval` counts them in its strict
/// mode for IOB2 and IOBES. In IOB1 a `B` begins a span only straight after one of its type.
pub fn read_strict<'a>(labels: &[Option<Label<'a>>], scheme: Scheme) -> Vec<Span<&'a str>> {
    let prefix = |token: usize| if let Some(Label::In(prefix, _)) = labels[token] { Some(prefix) } else { None };
    let is_whole = |span: &Span<&str>| {
        let (first, last) = (prefix(span.begin), prefix(span.end - 1));
        match scheme {
            Scheme::Iob2 => first == Some(Prefix::Begin),
            Scheme::Iob1 => first == Some(Prefix::Inside) || (first == Some(Prefix::Begin) && follows_its_kind(labels, span)),
            Scheme::Bioes => {
                (first == Some(Prefix::Begin) && last == Some(Prefix::End)) || (first == Some(Prefix::Single) && span.end - span.begin == 1)
            }
        }
    };
    let mut spans = read(labels);
    spans.retain(is_whole);
    spans
}

fn follows_its_kind(labels: &[Option<Label<'_>>], span: &Span<&str>) -> bool {
    let before = span.begin.checked_sub(1).and_then(|before| labels[before]);
    matches!(before, Some(Label::In(_, kind)) if kind == span.kind)
}

/// The labels of so many tokens with some spans, which must not overlap; types are indices into `types`.
///
/// # Panics
/// If a span is empty or reaches past the tokens, or `types` lacks its type.
pub fn write(spans: &[Span], tokens: usize, types: &[String], scheme: Scheme) -> Vec<String> {
    let mut labels = vec!["O".to_owned(); tokens];
    let mut before: Option<Span> = None;
    for span in spans {
        let touches = before.is_some_and(|before| before.end == span.begin && before.kind == span.kind);
        for token in span.begin..span.end {
            let (first, last) = (token == span.begin, token + 1 == span.end);
            let prefix = match scheme {
                Scheme::Iob1 if first && touches => 'B',
                Scheme::Iob1 => 'I',
                Scheme::Bioes if first && last => 'S',
                Scheme::Bioes if last => 'E',
                Scheme::Iob2 | Scheme::Bioes => {
                    if first {
                        'B'
                    } else {
                        'I'
                    }
                }
            };
            labels[token] = match types[span.kind].as_str() {
                UNNAMED => prefix.to_string(),
                kind => format!("{prefix}-{kind}"),
            };
        }
        before = Some(*span);
    }
    labels
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::some_spans;
    use super::*;
    use crate::spans::Census;

    fn parse(labels: &str) -> Vec<Option<Label<'_>>> {
        labels.split(' ').map(Label::parse).collect()
    }

    /// `begin-end type` of each.
    fn shown(spans: &[Span<&str>]) -> Vec<String> {
        spans.iter().map(|span| format!("{}-{} {}", span.begin, span.end, span.kind)).collect()
    }

    #[test]
    fn what_breaks_a_scheme_is_read_as_conlleval_does() {
        for (labels, spans) in [
            ("O I-PER I-PER", vec!["1-3 PER"]),
            ("B-PER I-LOC", vec!["0-1 PER", "1-2 LOC"]),
            ("I-PER B-PER I-PER", vec!["0-1 PER", "1-3 PER"]),
            ("B-PER E-PER I-PER", vec!["0-2 PER", "2-3 PER"]),
            ("E-PER E-PER S-PER I-PER", vec!["0-1 PER", "1-2 PER", "2-3 PER", "3-4 PER"]),
            ("B-PER ? I-PER", vec!["0-1 PER", "2-3 PER"]),
            ("B-PER I-PER S-PER", vec!["0-2 PER", "2-3 PER"]),
        ] {
            assert_eq!(shown(&read(&parse(labels))), spans, "{labels}");
        }
    }

    #[test]
    fn strictly_only_what_keeps_to_the_scheme_counts() {
        // As seqeval 1.2.2 with mode="strict", but for IOB1, of whose broken spans it counts a part.
        for (scheme, labels, spans) in [
            (Scheme::Iob2, "O I-PER B-PER I-LOC", vec!["2-3 PER"]),
            (Scheme::Iob2, "B-PER B-PER I-PER O I-PER", vec!["0-1 PER", "1-3 PER"]),
            (Scheme::Bioes, "B-PER O I-PER E-PER S-PER", vec!["4-5 PER"]),
            (Scheme::Bioes, "B-PER I-LOC E-LOC B-PER I-PER E-PER", vec!["3-6 PER"]),
            (Scheme::Bioes, "B-PER S-PER I-PER", vec!["1-2 PER"]),
            (Scheme::Bioes, "E-PER", vec![]),
            (Scheme::Iob1, "B-PER O I-PER B-PER", vec!["2-3 PER", "3-4 PER"]),
        ] {
            assert_eq!(shown(&read_strict(&parse(labels), scheme)), spans, "{labels}");
        }
    }

    #[test]
    fn types_without_a_name_come_back_without_one() {
        let spans = read(&parse("B I O"));
        assert_eq!(shown(&spans), ["0-2 _"]);
        assert_eq!(write(&[Span { begin: 0, end: 2, kind: 0 }], 3, &["_".to_owned()], Scheme::Iob2), ["B", "I", "O"]);
    }

    proptest! {
        #[test]
        fn every_scheme_gives_back_what_was_written((spans, tokens) in some_spans()) {
            let types = ["A", "B-C", "_"].map(str::to_owned);
            for scheme in [Scheme::Iob1, Scheme::Iob2, Scheme::Bioes] {
                let written = write(&spans, tokens, &types, scheme);
                let labels: Vec<Option<Label<'_>>> = written.iter().map(|label| Some(Label::parse(label).unwrap())).collect();
                let expected: Vec<Span<&str>> =
                    spans.iter().map(|span| Span { begin: span.begin, end: span.end, kind: types[span.kind].as_str() }).collect();
                prop_assert_eq!(&read(&labels), &expected);
                prop_assert_eq!(&read_strict(&labels, scheme), &expected);
                let mut census = Census::default();
                census.add(0, &labels);
                prop_assert_eq!(census.broken(), (0, None));
            }
        }

        #[test]
        fn whatever_is_read_is_in_order_and_strictly_no_more(labels in "[BIES]-[XY]( [BIES]-[XY]| O| \\?){0,8}") {
            let labels = parse(&labels);
            let spans = read(&labels);
            prop_assert!(spans.iter().all(|span| span.begin < span.end && span.end <= labels.len()));
            prop_assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].begin));
            let tokens: usize = spans.iter().map(|span| span.end - span.begin).sum();
            prop_assert_eq!(tokens, labels.iter().filter(|label| matches!(label, Some(Label::In(..)))).count());
            for scheme in [Scheme::Iob1, Scheme::Iob2, Scheme::Bioes] {
                prop_assert!(read_strict(&labels, scheme).iter().all(|span| spans.contains(span)));
            }
        }
    }
}
