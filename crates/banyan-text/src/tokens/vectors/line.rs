//! One line of a file of word vectors.

/// How many numbers a vector of this line has, where it is the first: as many fields at its end as are numbers, the first field excepted,
/// which is a word whatever it looks like.
pub(super) fn width(line: &str) -> usize {
    let fields: Vec<&str> = fields(line).map(|(_, field)| field).collect();
    let numbers = fields.iter().rev().take_while(|field| field.parse::<f32>().is_ok()).count();
    numbers.min(fields.len().saturating_sub(1))
}

/// What a header says, where the line is one: the number of words, and the width of their vectors.
pub(super) fn header(line: &str) -> Option<(usize, usize)> {
    let mut fields = fields(line).map(|(_, field)| field);
    match (fields.next(), fields.next(), fields.next()) {
        (Some(count), Some(width), None) => Some((count.parse().ok()?, width.parse().ok()?)),
        _ => None,
    }
}

/// Reads the vector of a line into `vector`, and returns the word. The last fields are the vector and all before them the word: words of
/// some files hold spaces (". . .", "at name@domain.com").
pub(super) fn read<'a>(line: &'a str, width: usize, vector: &mut Vec<f32>) -> Result<&'a str, String> {
    vector.clear();
    let all: Vec<(usize, &str)> = fields(line).collect();
    // Of a word that is nothing, or a space of some exotic kind, the numbers alone are left.
    let is_nameless = all.len() == width && line.starts_with([' ', '\t']);
    if all.len() <= width && !is_nameless {
        return Err(format!("{} numbers where the other vectors have {width}", all.len().saturating_sub(1)));
    }
    let (word, numbers) = all.split_at(all.len() - width);
    if word.len() > 1 && word[1..].iter().all(|(_, field)| field.parse::<f32>().is_ok()) {
        return Err(format!("{} numbers where the other vectors have {width}", all.len() - 1));
    }
    for (_, field) in numbers {
        match field.parse::<f32>() {
            Ok(number) if number.is_finite() => vector.push(number),
            _ => return Err(format!("{} is not a number", crate::quote(field))),
        }
    }
    Ok(match (word.first(), word.last()) {
        (Some((begin, _)), Some((end, last))) => &line[*begin..end + last.len()],
        _ => "",
    })
}

/// The fields between spaces and tabs, each with the place where it begins. Other kinds of space are a part of a word.
fn fields(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    line.split([' ', '\t']).filter_map(move |field| {
        let begin = at;
        at += field.len() + 1;
        (!field.is_empty()).then_some((begin, field))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_may_hold_spaces() {
        let mut vector = Vec::new();
        for (line, word) in [
            ("the 0.5 -1", "the"),
            ("the\t0.5\t-1 ", "the"),
            (". . . 0.5 -1", ". . ."),
            ("at name@domain.com 5e-1 -1", "at name@domain.com"),
            ("7 0.5 -1", "7"),
            ("a\u{a0}b 0.5 -1", "a\u{a0}b"),
            (" 0.5 -1", ""),
        ] {
            assert_eq!(read(line, 2, &mut vector), Ok(word), "{line}");
            assert_eq!(vector, [0.5, -1.0], "{line}");
        }
    }

    #[test]
    fn what_is_no_vector_is_told() {
        let mut vector = Vec::new();
        for (line, problem) in [
            ("the 0.5", "1 numbers where the other vectors have 2"),
            ("the", "0 numbers where the other vectors have 2"),
            ("the 0.5 -1 3", "3 numbers where the other vectors have 2"),
            ("the 0.5 x", "\"x\" is not a number"),
            ("the nan 1", "\"nan\" is not a number"),
            ("the inf 1", "\"inf\" is not a number"),
        ] {
            assert_eq!(read(line, 2, &mut vector), Err(problem.to_owned()), "{line}");
        }
    }

    #[test]
    fn the_first_line_tells_the_width() {
        assert_eq!([width("the 1 2 3"), width(". . 1 2"), width("7 1"), width("the"), width("the x")], [3, 2, 1, 0, 0]);
        assert_eq!([header("10 3"), header("10 3 "), header("the 3"), header("1 2 3")], [Some((10, 3)), Some((10, 3)), None, None]);
    }
}
