//! Lists of names on the command line: `--tasks a,b`, `--tasks a --tasks b`, `--tasks '"Price, EUR",b'`.

use std::collections::HashSet;

use banyan::method::enumerate;

use crate::failure::Failure;

/// A name between commas.
#[derive(Debug, Clone, PartialEq)]
struct Piece {
    text: String,
    quoted: bool,
}

/// The names that a flag was given, each of its values a list with commas between. Quotation marks around a name keep its commas, as in a CSV
/// file; without them, a name with commas is found among those that there are. Names that there are not stay as they are written.
///
/// # Errors
/// What can be read in two ways.
pub(crate) fn names(flag: &str, written: &[String], known: &[&str]) -> Result<Vec<String>, Failure> {
    let known: HashSet<&str> = known.iter().copied().collect();
    let mut names = Vec::new();
    for argument in written {
        let pieces = pieces(argument);
        let mut found = Vec::new();
        readings(&pieces, &known, &mut Vec::new(), &mut found);
        match &mut found[..] {
            [] => names.extend(pieces.into_iter().map(|piece| piece.text)),
            [one] => names.append(one),
            [first, second, ..] => {
                let list = |names: &[String]| {
                    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
                    enumerate(&quoted.iter().map(String::as_str).collect::<Vec<_>>())
                };
                return Err(Failure::usage(format!(
                    "{flag} {argument} means {} or {}; put quotation marks around a name with commas: {flag} '\"a,b\",c'",
                    list(first),
                    list(second)
                )));
            }
        }
    }
    Ok(names)
}

/// What pieces can mean among known names; two ways at most.
fn readings(pieces: &[Piece], known: &HashSet<&str>, begun: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    if pieces.is_empty() {
        found.push(begun.clone());
        return;
    }
    let joinable = if pieces[0].quoted { 1 } else { pieces.iter().take_while(|piece| !piece.quoted).count() };
    for count in 1..=joinable {
        let texts: Vec<&str> = pieces[..count].iter().map(|piece| piece.text.as_str()).collect();
        let joined = texts.join(",");
        let name = [joined.as_str(), joined.trim()].into_iter().find(|name| known.contains(name));
        if let Some(name) = name {
            begun.push(name.to_owned());
            readings(&pieces[count..], known, begun, found);
            begun.pop();
            if found.len() > 1 {
                return;
            }
        }
    }
}

/// Cuts at commas that stand outside of quotation marks.
fn pieces(argument: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = Some(argument);
    while let Some(text) = rest {
        if let Some((name, after)) = quoted(text) {
            pieces.push(Piece { text: name, quoted: true });
            rest = after;
        } else {
            let (name, after) = text.split_once(',').map_or((text, None), |(name, after)| (name, Some(after)));
            pieces.push(Piece { text: name.to_owned(), quoted: false });
            rest = after;
        }
    }
    pieces
}

/// A name in quotation marks at the beginning of a text, and what follows the comma behind it. A quotation mark that is part of a name (`5" disk`)
/// begins none.
fn quoted(text: &str) -> Option<(String, Option<&str>)> {
    let mut rest = text.trim_start().strip_prefix('"')?;
    let mut name = String::new();
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(more) => {
                name.push('"');
                rest = more;
            }
            None => {
                let after = after.trim_start();
                return if after.is_empty() { Some((name, None)) } else { Some((name, Some(after.strip_prefix(',')?))) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(written: &[&str], known: &[&str]) -> Result<Vec<String>, String> {
        let written: Vec<String> = written.iter().map(|&argument| argument.to_owned()).collect();
        names("--tasks", &written, known).map_err(|failure| format!("{failure:?}"))
    }

    #[test]
    fn lists_repetition_and_quotation_marks() {
        let known = ["x", "y", "Price, EUR", "5\" disk", "a \"b\", c", ""];
        for (written, expected) in [
            (&["x,y"][..], &["x", "y"][..]),
            (&["x", "y"], &["x", "y"]),
            (&["x, y"], &["x", "y"]),
            (&["\"Price, EUR\",x"], &["Price, EUR", "x"]),
            (&["Price, EUR"], &["Price, EUR"]),
            (&["y,Price, EUR,x"], &["y", "Price, EUR", "x"]),
            (&["5\" disk,x"], &["5\" disk", "x"]),
            (&["\"a \"\"b\"\", c\",x"], &["a \"b\", c", "x"]),
            (&["x,"], &["x", ""]),
            (&["z,x"], &["z", "x"]),
            (&["\"z,x\""], &["z,x"]),
        ] {
            assert_eq!(read(written, &known).unwrap(), expected, "{written:?}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        let known = ["a", "b", "a,b"];
        let refused = read(&["a,b"], &known).unwrap_err();
        assert!(refused.contains("--tasks a,b means \\\"a\\\" and \\\"b\\\" or \\\"a,b\\\""), "{refused}");
        assert_eq!(read(&["\"a,b\""], &known).unwrap(), ["a,b"]);
        assert_eq!(read(&["a", "b"], &known).unwrap(), ["a", "b"]);
    }
}
