//! Sentences with their true and their predicted spans, one above the other.

use crate::error_analysis::{NamedSpan, SpanError, SpanExample, judge};
use crate::report::escape::escape;

/// Colors that the style sheet has.
const COLORS: usize = 8;

/// Sentences that are shown at once; the page would be long with all.
const AT_ONCE: usize = 8;

/// All sentences. The place of a type among `types` chooses its color; its name is always written too.
pub(crate) fn sentences(examples: &[SpanExample], types: &[String]) -> String {
    if examples.iter().all(|example| example.words.is_empty()) {
        return String::new();
    }
    let mut html = "<h4>Sentences</h4>\n".to_owned();
    let shown: Vec<&SpanExample> = examples.iter().filter(|example| !example.words.is_empty()).collect();
    for (place, example) in shown.iter().enumerate() {
        if place == AT_ONCE {
            html += &format!("<details>\n<summary>{} more</summary>\n", shown.len() - AT_ONCE);
        }
        let (of_truth, of_predicted) = judge(&example.truth, &example.predicted);
        html += "<div class=\"example\">\n";
        if let Some(title) = &example.title {
            html += &format!("<p class=\"title\">{}</p>\n", escape(title));
        }
        for (name, spans, errors) in [("true", &example.truth, of_truth), ("predicted", &example.predicted, of_predicted)] {
            for spans in lines(spans, &errors) {
                html += &format!("<p class=\"line\"><span class=\"side\">{name}</span>{}</p>\n", line(example, &spans, types));
            }
        }
        html += "</div>\n";
    }
    if shown.len() > AT_ONCE { html + "</details>\n" } else { html }
}

/// A span, and what is wrong with it.
type Judged<'a> = (&'a NamedSpan, Option<SpanError>);

/// Spans that do not overlap share a line; there is always one.
fn lines<'a>(spans: &'a [NamedSpan], errors: &[Option<SpanError>]) -> Vec<Vec<Judged<'a>>> {
    let mut sorted: Vec<Judged<'a>> = spans.iter().zip(errors.iter().copied()).collect();
    sorted.sort_by_key(|(span, _)| (span.begin, span.end));
    let mut lines: Vec<Vec<Judged<'a>>> = vec![Vec::new()];
    for judged in sorted {
        let free = lines.iter_mut().find(|line| line.last().is_none_or(|(last, _)| last.end <= judged.0.begin));
        match free {
            Some(line) => line.push(judged),
            None => lines.push(vec![judged]),
        }
    }
    lines
}

fn line(example: &SpanExample, spans: &[Judged<'_>], types: &[String]) -> String {
    let words = |begin: usize, end: usize| {
        let word = |at: usize| {
            let word = escape(&example.words[at]);
            if example.highlighted.contains(&at) { format!("<u>{word}</u>") } else { word }
        };
        (begin..end.min(example.words.len())).map(word).collect::<Vec<_>>().join(" ")
    };
    let mut parts = Vec::new();
    let mut done = 0;
    for (span, error) in spans {
        parts.push(words(done, span.begin));
        let color = types.iter().position(|kind| *kind == span.kind).unwrap_or(types.len()) % COLORS;
        let (class, mark) = error.map_or(("", String::new()), |error| (" wrong", format!(" <i>✗ {}</i>", name(error))));
        let (text, kind) = (words(span.begin, span.end), escape(&span.kind));
        parts.push(format!("<mark class=\"s{color}{class}\">{text}&nbsp;<b>{kind}</b>{mark}</mark>"));
        done = span.end;
    }
    parts.push(words(done, example.words.len()));
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

fn name(error: SpanError) -> &'static str {
    match error {
        SpanError::Missed => "missed",
        SpanError::Invented => "invented",
        SpanError::Type => "type",
        SpanError::Ends => "ends",
        SpanError::Both => "type and ends",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_types_are_escaped_and_errors_named() {
        let span = |begin, end| NamedSpan { begin, end, kind: "<T>".to_owned() };
        let example = SpanExample {
            title: Some("<title>".to_owned()),
            highlighted: vec![0],
            words: ["<script>", "b", "c"].map(str::to_owned).to_vec(),
            truth: vec![span(0, 2), span(1, 3)],
            predicted: vec![],
        };
        let html = sentences(&[example], &["<T>".to_owned()]);
        assert!(!html.contains("<script>") && !html.contains("<T>") && !html.contains("<title>"), "{html}");
        assert!(html.contains("<u>&lt;script&gt;</u> b&nbsp;<b>&lt;T&gt;</b> <i>✗ missed</i>"), "{html}");
        assert_eq!(html.matches("<span class=\"side\">true</span>").count(), 2, "overlapping spans have lines of their own");
    }
}
