//! Comments: `# key = value` lines, of which a document's name holds for all of its sentences.

/// What holds from one sentence to the next.
#[derive(Debug, Default)]
pub(super) struct Carried<'a> {
    document: Option<&'a str>,
    paragraph: Option<&'a str>,
}

impl<'a> Carried<'a> {
    /// Reads what follows the `#` of a comment: the key and the value of the sentence's own metadata.
    pub(super) fn read(&mut self, comment: &'a str) -> Option<(&'a str, &'a str)> {
        let comment = comment.trim();
        let (key, value) = key_and_value(comment).map_or((comment, None), |(key, value)| (key, Some(value)));
        match (key, value) {
            ("newdoc" | "newdoc id", document) => (self.document, self.paragraph) = (document, None),
            ("newpar" | "newpar id", paragraph) => self.paragraph = paragraph,
            // Of the file, not of a sentence.
            (key, Some(value)) if !key.starts_with("global.") => return Some((key, value)),
            _ => {}
        }
        None
    }

    /// The names of the document and of the paragraph, as metadata of a sentence.
    pub(super) fn metadata(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let named = |key, value: Option<&'a str>| value.map(|value| (key, value));
        named("newdoc_id", self.document).into_iter().chain(named("newpar_id", self.paragraph))
    }
}

/// The two sides of `key = value`; none where the left one is no key but the words of a remark.
pub(super) fn key_and_value(comment: &str) -> Option<(&str, &str)> {
    let (key, value) = comment.split_once('=')?;
    let (key, value) = (key.trim(), value.trim());
    let is_key = matches!(key, "newdoc id" | "newpar id") || !(key.is_empty() || key.contains(char::is_whitespace));
    is_key.then_some((key, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_last_and_remarks_are_passed_over() {
        let mut carried = Carried::default();
        assert_eq!(carried.read(" newdoc id = d1"), None);
        assert_eq!(carried.read("newpar id = p1"), None);
        assert_eq!(carried.read(" sent_id = a=b "), Some(("sent_id", "a=b")));
        assert_eq!(carried.metadata().collect::<Vec<_>>(), [("newdoc_id", "d1"), ("newpar_id", "p1")]);
        for remark in [" this looks = like one", "= x", " no key", " global.Entity = x"] {
            assert_eq!(carried.read(remark), None, "{remark}");
        }
        assert_eq!(carried.read(" newpar"), None);
        assert_eq!(carried.metadata().collect::<Vec<_>>(), [("newdoc_id", "d1")]);
        carried.read(" newpar id = p2");
        carried.read(" newdoc id = d2");
        assert_eq!(carried.metadata().collect::<Vec<_>>(), [("newdoc_id", "d2")], "a paragraph ends with its document");
        carried.read(" newdoc");
        assert_eq!(carried.metadata().count(), 0);
    }
}
