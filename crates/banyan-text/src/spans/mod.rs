//! Spans of tokens, and the tags that a model gives tokens for them.
//!
//! A tag says whether a token is outside of all spans or begins, continues, ends or alone makes one of a type (BIOES, the
//! scheme that bounds a span on both sides; Ratinov and Roth 2009): 0 is outside, and type `k` has the four tags from
//! `1 + 4k` on in the order of [`Part`]. Spans do not overlap.
//!
//! # The labels of files
//!
//! Files write spans in one of three schemes ([`Scheme`]), which the sequences themselves tell apart ([`Census`]):
//!
//! | scheme | the first token | the next | the last | a token alone |
//! |---|---|---|---|---|
//! | IOB1 | `I`, but `B` straight after a span of its type | `I` | `I` | as the first |
//! | IOB2 | `B` | `I` | `I` | `B` |
//! | BIOES | `B` | `I` | `E` | `S` |
//!
//! [`read`] reads all three as the program `conlleval` of the CoNLL tasks does, whatever breaks the scheme: a span begins at
//! every `B` and `S`, and at an `I` or `E` that continues none of its type; it ends after every `E` and `S`, and before whatever does
//! not continue it. So `O I-PER` in IOB2 is a span, and `B-PER I-LOC` are two. What a scheme says is read the same, so that
//! labels need no conversion; what breaks it is read and counted. [`read_strict`] counts only what keeps to the scheme, as the
//! package `seqeval` does in its strict mode, and so does [`spans_of`] with the tags of a model.
//!
//! A token without a label parts what is before it from what is after it, as the ends of a sentence do.

mod census;
mod label;
mod reading;

pub use census::{Census, Scheme};
pub use label::{Label, MISALIGNED, Prefix};
pub use reading::{read, read_strict, write};

/// The tag of a token outside of all spans.
pub const OUTSIDE: u32 = 0;

/// A span of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span<K = usize> {
    /// Its first token.
    pub begin: usize,
    /// The token after its last.
    pub end: usize,
    /// Its type: an index, or a name.
    pub kind: K,
}

/// The part of its span that a token is, in the order of a type's tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The first of several tokens.
    Begin,
    /// Neither the first nor the last.
    Inside,
    /// The last of several.
    End,
    /// The only one.
    Single,
}

const PARTS: [Part; 4] = [Part::Begin, Part::Inside, Part::End, Part::Single];

/// The number of tags for so many types.
pub const fn tags(types: usize) -> usize {
    1 + 4 * types
}

/// The tag of a part of a span.
pub const fn tag(kind: usize, part: Part) -> u32 {
    (1 + 4 * kind) as u32 + part as u32
}

/// The type and the part that a tag stands for; none for [`OUTSIDE`] and for [`UNKNOWN_TAG`](crate::UNKNOWN_TAG).
pub const fn part_of(tag: u32) -> Option<(usize, Part)> {
    match tag {
        OUTSIDE | crate::UNKNOWN_TAG => None,
        tag => Some(((tag - 1) as usize / 4, PARTS[(tag - 1) as usize % 4])),
    }
}

/// The spans of a sequence of tags: those that begin, continue and end as they should. Tags between that make no whole span
/// count as outside.
pub fn spans_of(tags: &[u32]) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    for (token, tag) in tags.iter().enumerate() {
        open = match (part_of(*tag), open) {
            (Some((kind, Part::Begin)), _) => Some((token, kind)),
            (Some((kind, Part::Inside)), Some((begin, of))) if kind == of => Some((begin, of)),
            (Some((kind, Part::End)), Some((begin, of))) if kind == of => {
                spans.push(Span { begin, end: token + 1, kind });
                None
            }
            (Some((kind, Part::Single)), _) => {
                spans.push(Span { begin: token, end: token + 1, kind });
                None
            }
            _ => None,
        };
    }
    spans
}

/// The tags of so many tokens with some spans, which must not overlap.
///
/// # Panics
/// If a span is empty or reaches past the tokens.
pub fn tags_of(spans: &[Span], tokens: usize) -> Vec<u32> {
    let mut tags = vec![OUTSIDE; tokens];
    for &Span { begin, end, kind } in spans {
        tags[begin..end].fill(tag(kind, Part::Inside));
        tags[begin] = tag(kind, if end - begin == 1 { Part::Single } else { Part::Begin });
        if end - begin > 1 {
            tags[end - 1] = tag(kind, Part::End);
        }
    }
    tags
}

/// Which tags may follow which, for a decoder that writes whole spans only: `[tags + 2, tags]`, row after row. Row `i` says which tags
/// may follow tag `i`, row `tags` which may come first, and row `tags + 1` which may come last.
pub fn allowed(types: usize) -> Vec<bool> {
    let count = tags(types) as u32;
    // The type whose span is not yet at its end.
    let open = |tag: u32| part_of(tag).filter(|(_, part)| matches!(part, Part::Begin | Part::Inside)).map(|(kind, _)| kind);
    let continued = |tag: u32| part_of(tag).filter(|(_, part)| matches!(part, Part::Inside | Part::End)).map(|(kind, _)| kind);
    let mut allowed = Vec::with_capacity((count as usize + 2) * count as usize);
    allowed.extend((0..count).flat_map(|before| (0..count).map(move |after| open(before) == continued(after))));
    allowed.extend((0..count).map(|first| continued(first).is_none()));
    allowed.extend((0..count).map(|last| open(last).is_none()));
    allowed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::UNKNOWN_TAG;

    /// Spans of three types that do not overlap, and a number of tokens that holds them.
    pub(super) fn some_spans() -> impl Strategy<Value = (Vec<Span>, usize)> {
        (proptest::collection::vec((0usize..3, 1usize..4, 0usize..3), 0..8), 0usize..3)
            .prop_map(|(parts, rest)| {
                let mut end = 0;
                let spans = parts.into_iter().map(|(gap, length, kind)| {
                    let begin = end + gap;
                    end = begin + length;
                    Span { begin, end, kind }
                });
                (spans.collect::<Vec<Span>>(), rest)
            })
            .prop_map(|(spans, rest)| {
                let tokens = spans.last().map_or(0, |span| span.end) + rest;
                (spans, tokens)
            })
    }

    fn is_allowed(tags: &[u32], types: usize) -> bool {
        let (allowed, count) = (allowed(types), super::tags(types));
        let may = |row: usize, tag: u32| allowed[row * count + tag as usize];
        tags.first().is_none_or(|first| may(count, *first))
            && tags.last().is_none_or(|last| may(count + 1, *last))
            && tags.windows(2).all(|pair| may(pair[0] as usize, pair[1]))
    }

    #[test]
    fn tags_are_numbered_by_type() {
        assert_eq!((tags(0), tags(3)), (1, 13));
        assert_eq!([Part::Begin, Part::Inside, Part::End, Part::Single].map(|part| tag(2, part)), [9, 10, 11, 12]);
        assert_eq!((part_of(0), part_of(UNKNOWN_TAG), part_of(11)), (None, None, Some((2, Part::End))));
    }

    #[test]
    fn only_whole_spans_count() {
        let [b, i, e, s] = PARTS.map(|part| tag(0, part));
        let other = tag(1, Part::End);
        let span = |begin, end| Span { begin, end, kind: 0 };
        for (tags, spans) in [
            (vec![b, i, e, s], vec![span(0, 3), span(3, 4)]),
            (vec![b, b, e, e], vec![span(1, 3)]),
            (vec![b, i, 0, i, e], vec![]),
            (vec![b, other, e], vec![]),
            (vec![b, UNKNOWN_TAG, e, s], vec![span(3, 4)]),
            (vec![i, e, b], vec![]),
        ] {
            assert_eq!(spans_of(&tags), spans, "{tags:?}");
        }
    }

    #[test]
    fn transitions_of_one_type() {
        let rows: Vec<String> = allowed(1).chunks(5).map(|row| row.iter().map(|may| if *may { '1' } else { '0' }).collect()).collect();
        // O, B, I, E, S, and then what may come first and what last.
        assert_eq!(rows, ["11001", "00110", "00110", "11001", "11001", "11001", "10011"]);
    }

    proptest! {
        #[test]
        fn spans_come_back((spans, tokens) in some_spans()) {
            let tags = tags_of(&spans, tokens);
            prop_assert!(is_allowed(&tags, 3));
            prop_assert_eq!(spans_of(&tags), spans);
        }

        #[test]
        fn what_is_allowed_is_whole_spans_and_nothing_else(tags in proptest::collection::vec(0u32..9, 0..7)) {
            prop_assert_eq!(is_allowed(&tags, 2), tags_of(&spans_of(&tags), tags.len()) == tags);
        }
    }
}
