//! CoNLL-U Plus, written: a line a word, an empty line between sentences.

use std::io::{self, Write};

use super::NOTHING;

/// Columns that every file has.
const OWN: [&str; 2] = ["ID", "FORM"];

/// What columns are called in a file, as readers turn it back: `lemmas` is `LEMMA`, other names are in capitals.
///
/// # Errors
/// The first of these that is the name of an earlier one, or `ID` or `FORM`.
pub fn column_names<'a>(columns: impl IntoIterator<Item = &'a str>) -> Result<Vec<String>, String> {
    let mut names: Vec<String> = Vec::new();
    for column in columns {
        let name = match column {
            "lemmas" => "LEMMA".to_owned(),
            column => column.to_uppercase().replace(char::is_whitespace, NOTHING),
        };
        if OWN.contains(&name.as_str()) || names.contains(&name) {
            return Err(name);
        }
        names.push(name);
    }
    Ok(names)
}

/// Writes sentences one after the other.
#[derive(Debug)]
pub struct Writer<W> {
    writer: W,
    /// The header until there is a sentence, and from then on nothing.
    lines: String,
}

impl<W: Write> Writer<W> {
    /// For words with labels in columns of these [names](column_names).
    pub fn new(writer: W, names: &[String]) -> Self {
        let names: String = names.iter().map(|name| format!(" {name}")).collect();
        Self { writer, lines: format!("# global.columns = {}{names}\n", OWN.join(" ")) }
    }

    /// Writes a sentence: its comments, and its words with their label in each column, nothing where a list of labels is too short.
    /// Without words it is one of one unknown word, so that no other takes its place.
    ///
    /// # Errors
    /// What the writer refuses.
    pub fn write<'a>(
        &mut self,
        comments: impl IntoIterator<Item = (&'a str, String)>,
        words: &[String],
        labels: &[&[String]],
    ) -> io::Result<()> {
        for (key, value) in comments {
            // The probability `task=class` is not to be read as the value of `task`.
            let key = key.replace(char::is_whitespace, NOTHING).replace('=', ":");
            self.lines.push_str(&format!("# {key} = {}\n", cell(&value)));
        }
        let unknown = [String::new()];
        for (place, word) in (if words.is_empty() { &unknown } else { words }).iter().enumerate() {
            self.lines.push_str(&format!("{}\t{}", place + 1, cell(word)));
            for labels in labels {
                self.lines.push_str(&format!("\t{}", cell(labels.get(place).map_or("", String::as_str))));
            }
            self.lines.push('\n');
        }
        self.lines.push('\n');
        self.writer.write_all(self.lines.as_bytes())?;
        self.lines.clear();
        Ok(())
    }

    /// Writes the header where there was no sentence.
    ///
    /// # Errors
    /// What the writer refuses.
    pub fn finish(mut self) -> io::Result<()> {
        self.writer.write_all(self.lines.as_bytes())
    }
}

/// A value in a cell: nothing is written as such, and tabs and line breaks, which would part it, as spaces.
fn cell(text: &str) -> String {
    if text.is_empty() { NOTHING.to_owned() } else { text.replace(['\t', '\n', '\r'], " ") }
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::*;

    fn list(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut bytes = Vec::new();
        let names = column_names(["lemmas", "my ner"]).unwrap();
        let mut writer = Writer::new(&mut bytes, &names);
        writer.write([("a b=c", "x\ty".to_owned())], &list(&["Dogs", "_"]), &[&list(&["dog", ""]), &[]]).unwrap();
        writer.write([], &[], &[&[], &[]]).unwrap();
        writer.finish().unwrap();
        let text = "# global.columns = ID FORM LEMMA MY_NER\n# a_b:c = x y\n1\tDogs\tdog\t_\n2\t_\t_\t_\n\n1\t_\t_\t_\n\n";
        assert_eq!(String::from_utf8(bytes).unwrap(), text);
        let sentences = Format::ConllUPlus.read(text.as_bytes(), "t.conllup").unwrap();
        assert_eq!(
            (sentences.names(), sentences.list("tokens", 0)),
            (vec!["a_b:c", "tokens", "lemmas", "my_ner"], Some(vec!["Dogs", "_"]))
        );
    }

    #[test]
    fn names_of_columns_are_different() {
        assert_eq!(column_names(["a", "form"]), Err("FORM".to_owned()));
        assert_eq!(column_names(["a", "A"]), Err("A".to_owned()));
    }

    #[test]
    fn a_file_without_sentences_has_its_header() {
        let mut bytes = Vec::new();
        Writer::new(&mut bytes, &[]).finish().unwrap();
        assert_eq!(bytes, b"# global.columns = ID FORM\n");
    }
}
