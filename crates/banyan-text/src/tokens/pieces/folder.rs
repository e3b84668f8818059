//! The tokenizer of a pretrained encoder's folder.

use std::path::Path;

use serde::Deserialize;

use super::{Spelling, WordPieces, tokenizer_json};

#[derive(Default, Deserialize)]
struct Settings {
    do_lower_case: Option<bool>,
    strip_accents: Option<bool>,
    tokenize_chinese_chars: Option<bool>,
}

impl WordPieces {
    /// Reads `tokenizer.json`, or where there is none `vocab.txt` with the settings of `tokenizer_config.json`.
    ///
    /// # Errors
    /// The file's name and what is wrong with it.
    pub fn from_folder(folder: &Path) -> Result<Self, String> {
        let read = |name: &str| match std::fs::read(folder.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("{name}: {error}")),
        };
        if let Some(json) = read("tokenizer.json")? {
            return tokenizer_json::read(&json).map_err(|problem| format!("tokenizer.json: {problem}"));
        }
        let Some(vocabulary) = read("vocab.txt")? else {
            return Err("there is neither vocab.txt nor tokenizer.json in it".to_owned());
        };
        let settings: Settings = match read("tokenizer_config.json")? {
            Some(json) => serde_json::from_slice(&json).map_err(|cause| format!("tokenizer_config.json: {cause}"))?,
            None => Settings::default(),
        };
        let lowercase = settings.do_lower_case.unwrap_or(true);
        let spelling = Spelling {
            lowercase,
            strip_accents: settings.strip_accents.unwrap_or(lowercase),
            split_chinese: settings.tokenize_chinese_chars.unwrap_or(true),
        };
        Self::from_text(&vocabulary, spelling).map_err(|problem| format!("vocab.txt: {problem}"))
    }

    /// A piece a line, in the order of their numbers.
    pub fn from_text(bytes: &[u8], spelling: Spelling) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|cause| cause.to_string())?;
        Self::new(text.lines().map(str::to_owned).collect(), spelling)
    }

    /// What [`from_text`](Self::from_text) reads.
    pub fn to_text(&self) -> Vec<u8> {
        self.pieces().iter().flat_map(|piece| [piece.as_bytes(), b"\n"]).flatten().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOCABULARY: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nparis\nParis\n##é\n";

    fn folder(files: &[(&str, &str)]) -> Result<WordPieces, String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        WordPieces::from_folder(folder.path())
    }

    #[test]
    fn a_vocabulary_and_its_settings_make_a_tokenizer() {
        let uncased = folder(&[("vocab.txt", VOCABULARY)]).unwrap();
        assert_eq!((uncased.encode("Paris"), uncased.encode("Parisé")), (vec![4], vec![1]));
        let cased = folder(&[("vocab.txt", VOCABULARY), ("tokenizer_config.json", "{\"do_lower_case\": false}")]).unwrap();
        assert_eq!((cased.encode("Paris"), cased.encode("Parisé")), (vec![5], vec![5, 6]));
        assert_eq!(WordPieces::from_text(&cased.to_text(), cased.spelling()), Ok(cased));
    }

    #[test]
    fn a_description_makes_the_same() {
        let json = r###"{"model": {"type": "WordPiece", "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "paris": 4, "Paris": 5, "##é": 6}},
            "normalizer": {"type": "BertNormalizer", "lowercase": true, "strip_accents": null, "handle_chinese_chars": true}}"###;
        assert_eq!(folder(&[("tokenizer.json", json)]), folder(&[("vocab.txt", VOCABULARY)]));
        let other = folder(&[("tokenizer.json", &json.replace("WordPiece", "BPE"))]).unwrap_err();
        assert_eq!(other, "tokenizer.json: it describes a tokenizer of the kind BPE, and only BERT's WordPiece is read");
        let gap = folder(&[("tokenizer.json", &json.replace("##é\": 6", "##é\": 9"))]).unwrap_err();
        assert_eq!(gap, "tokenizer.json: its vocabulary has gaps: the piece \"##é\" is number 9");
        assert_eq!(folder(&[]).unwrap_err(), "there is neither vocab.txt nor tokenizer.json in it");
    }
}
