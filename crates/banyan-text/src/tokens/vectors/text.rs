//! Files of word vectors in the text format that word2vec, GloVe and fastText share.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::{WordVectors, line};
use crate::Error;

const GZIP: [u8; 2] = [0x1f, 0x8b];
/// Bytes of a line: a few thousand numbers are some ten thousand. A packed file of a megabyte may hold a line of a gigabyte.
const LONGEST_LINE: u64 = 1 << 20;

impl WordVectors {
    /// Reads the first `limit` words of a file: a word and its numbers a line, with spaces between, and before the first perhaps a line with
    /// the number of words and that of numbers. A file that was packed by gzip is unpacked on the way.
    ///
    /// # Errors
    /// A file that cannot be read, that holds no vector or fewer than its first line says, a line whose vector is not as wide as the
    /// others, and what is not a finite number.
    pub fn read(path: &Path, limit: usize) -> Result<Self, Error> {
        let name = path.display().to_string();
        let failed = |cause: std::io::Error| Error::File { path: name.clone(), cause: cause.to_string() };
        Self::read_lines(open(path).map_err(failed)?, &name, limit)
    }

    fn read_lines(mut reader: impl BufRead, name: &str, limit: usize) -> Result<Self, Error> {
        let failed = |cause: std::io::Error| Error::File { path: name.to_owned(), cause: cause.to_string() };
        let misfit = |number: u64, problem: String, hint: &str| Error::line(name, number, problem, hint);
        let (mut all, mut announced) = (Self::default(), None);
        let (mut bytes, mut vector, mut number) = (Vec::new(), Vec::new(), 0);
        while all.len() < limit {
            bytes.clear();
            number += 1;
            if reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes).map_err(failed)? == 0 {
                break;
            }
            if bytes.len() as u64 == LONGEST_LINE && !bytes.ends_with(b"\n") {
                let problem = "a line of more than a megabyte".to_owned();
                return Err(misfit(number, problem, "each line holds a word and its numbers, with spaces between"));
            }
            // Old files have words cut within a letter; a word that no text holds does no harm.
            let text = String::from_utf8_lossy(&bytes);
            let text = text.trim_end_matches(['\n', '\r', ' ', '\t']);
            if text.is_empty() {
                continue;
            }
            if all.width == 0 {
                if announced.is_none()
                    && let Some((count, width)) = line::header(text)
                {
                    (announced, all.width) = (Some((count, width)), width);
                    if width > 0 {
                        continue;
                    }
                }
                all.width = line::width(text);
                if all.width == 0 {
                    let problem = format!("{} is not a word with a vector", crate::quote(text));
                    return Err(misfit(number, problem, "each line holds a word and its numbers, with spaces between"));
                }
            }
            let word = line::read(text, all.width, &mut vector)
                .map_err(|problem| misfit(number, problem, "fix or remove the line, or download the file again"))?;
            all.push(word.to_owned(), &vector);
        }
        if all.is_empty() {
            let cause = "there is no word vector in it; each line holds a word and its numbers, with spaces between";
            return Err(failed(std::io::Error::other(cause)));
        }
        if let Some((count, _)) = announced
            // By its lines: words that come twice are one.
            && number <= count as u64 + 1
            && all.len() < limit
        {
            let problem = format!("the file ends after {} words where its first line says {count}", number - 2);
            return Err(misfit(number - 1, problem, "download the file again"));
        }
        all.scale();
        Ok(all)
    }
}

fn open(path: &Path) -> std::io::Result<Box<dyn BufRead>> {
    let mut file = File::open(path)?;
    let mut first = Vec::new();
    file.by_ref().take(2).read_to_end(&mut first)?;
    file.rewind()?;
    Ok(if first == GZIP { Box::new(BufReader::new(MultiGzDecoder::new(file))) } else { Box::new(BufReader::new(file)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    /// A packed file of 64 MB of the letter `a`.
    fn long_line() -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        for _ in 0..64 {
            packed.write_all(&[b'a'; 1_000_000]).unwrap();
        }
        packed.finish().unwrap()
    }

    fn read(text: &str) -> Result<WordVectors, String> {
        WordVectors::read_lines(text.as_bytes(), "v.txt", 100).map_err(|error| error.to_string())
    }

    #[test]
    fn files_with_and_without_a_header_are_the_same() {
        let plain = read("the 1 2\n. . 3 -1\r\n\nof 0 1e-1 \n").unwrap();
        assert_eq!((plain.len(), plain.width()), (3, 2));
        assert_eq!(plain.find(". ."), Some(1));
        assert_eq!(read("3 2\nthe 1 2\n. . 3 -1\nof 0 1e-1"), Ok(plain));
    }

    #[test]
    fn a_line_without_an_end_is_not_read_to_its_end() {
        let packed = long_line();
        assert!(packed.len() < 1 << 20);
        let lines = BufReader::new(MultiGzDecoder::new(packed.as_slice()));
        let problem = WordVectors::read_lines(lines, "v.txt.gz", 100).unwrap_err().to_string();
        assert_eq!(
            problem,
            "v.txt.gz, line 1: a line of more than a megabyte; each line holds a word and its numbers, with spaces between"
        );
    }

    #[test]
    fn the_first_words_are_kept() {
        let vectors = WordVectors::read_lines("9 1\na 1\nb 2\nc x\n".as_bytes(), "v.txt", 2).unwrap();
        assert_eq!((vectors.len(), vectors.find("c")), (2, None));
    }

    #[test]
    fn errors_name_the_file_the_line_and_a_way_out() {
        for (text, expected) in [
            ("", "cannot read v.txt: there is no word vector in it; each line holds a word and its numbers, with spaces between"),
            ("2 3\n", "cannot read v.txt: there is no word vector in it; each line holds a word and its numbers, with spaces between"),
            ("the\n", "v.txt, line 1: \"the\" is not a word with a vector; each line holds a word and its numbers, with spaces between"),
            (
                "the 1 2\nof 1\n",
                "v.txt, line 2: 1 numbers where the other vectors have 2; fix or remove the line, or download the file again",
            ),
            ("the 1 2\nof 1 x\n", "v.txt, line 2: \"x\" is not a number; fix or remove the line, or download the file again"),
            ("9 2\nthe 1 2\nof 1 2\n", "v.txt, line 3: the file ends after 2 words where its first line says 9; download the file again"),
        ] {
            assert_eq!(read(text).unwrap_err(), expected);
        }
    }

    #[test]
    fn packed_files_are_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v.txt.gz");
        let mut packed = GzEncoder::new(File::create(&path).unwrap(), Compression::default());
        packed.write_all(b"the 1 2\nof 3 4\n").unwrap();
        packed.finish().unwrap();
        assert_eq!(WordVectors::read(&path, 100).unwrap(), read("the 1 2\nof 3 4\n").unwrap());
        let lost = WordVectors::read(&folder.path().join("w.txt"), 1).unwrap_err().to_string();
        assert!(lost.contains("w.txt: No such file"), "{lost}");
    }
}
