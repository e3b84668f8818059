//! What a schema is as files of a folder.

use std::path::Path;
use std::sync::Arc;

use crate::atomic::{self, StandardDisk};
use crate::error::Error;
use crate::schema::{InputDetails, Schema, VectorsSchema};
use banyan_text::tokens::{WordPieces, WordVectors};

impl Schema {
    /// Writes `inputs.json` and `targets.json` into a folder, which is made if need be, and beside them what is too large for JSON: the
    /// word vectors of the input number `N`, from 0, as `vectors-N.safetensors`, and the pieces that a pretrained encoder reads as
    /// `pieces-N.txt`. None is ever half written.
    ///
    /// # Errors
    /// A folder or file that cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), Error> {
        std::fs::create_dir_all(folder).map_err(|cause| unwritten(folder, &cause))?;
        for (name, bytes) in self.files()? {
            let path = folder.join(name);
            atomic::replace(&StandardDisk, &path, &bytes).map_err(|cause| unwritten(&path, &cause))?;
        }
        Ok(())
    }

    /// The names and contents of the files that [`save`](Self::save) writes, for a program that writes files in its own way.
    ///
    /// # Errors
    /// None that is known: names and numbers are JSON.
    pub fn files(&self) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let file = |name: &str, json: serde_json::Result<Vec<u8>>| {
            json.map(|json| (name.to_owned(), json)).map_err(|cause| unwritten(Path::new(name), &cause))
        };
        let mut files = vec![
            file("inputs.json", serde_json::to_vec_pretty(&self.inputs))?,
            file("targets.json", serde_json::to_vec_pretty(&self.targets))?,
        ];
        for (place, input) in self.inputs.iter().enumerate() {
            let InputDetails::Tokens { vectors, pretrained, .. } = &input.details else { continue };
            files.extend(pretrained.as_ref().map(|pretrained| (pieces_name(place), pretrained.pieces.to_text())));
            if let Some(vectors) = vectors {
                let name = vectors_name(place);
                let bytes = vectors.table.to_bytes().map_err(|cause| unwritten(Path::new(&name), &cause))?;
                files.push((name, bytes));
            }
        }
        Ok(files)
    }

    /// Reads what [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// A file that is missing or broken.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let mut schema = Self { inputs: read_json(&folder.join("inputs.json"))?, targets: read_json(&folder.join("targets.json"))? };
        for (place, input) in schema.inputs.iter_mut().enumerate() {
            let InputDetails::Tokens { vectors, pretrained, .. } = &mut input.details else { continue };
            if let Some(vectors) = vectors {
                load_vectors(vectors, &folder.join(vectors_name(place)))?;
            }
            if let Some(pretrained) = pretrained {
                let path = folder.join(pieces_name(place));
                let pieces = WordPieces::from_text(&read(&path)?, pretrained.spelling).map_err(|cause| unread(&path, cause))?;
                pretrained.check().map_err(|cause| unread(&folder.join("inputs.json"), cause))?;
                pretrained.pieces = Arc::new(pieces);
            }
        }
        Ok(schema)
    }
}

fn load_vectors(vectors: &mut VectorsSchema, path: &Path) -> Result<(), Error> {
    let table = WordVectors::from_bytes(&read(path)?).map_err(|cause| unread(path, cause))?;
    let (words, width) = (table.len(), table.width());
    if (words, width) != (vectors.words, vectors.width) {
        let (expected, of) = (vectors.words, vectors.width);
        let cause = format!("it has {words} vectors of {width} numbers where inputs.json says {expected} of {of}");
        return Err(unread(path, cause));
    }
    vectors.table = Arc::new(table);
    Ok(())
}

fn pieces_name(place: usize) -> String {
    format!("pieces-{place}.txt")
}

/// By the place of the input: its name may hold what no file's name may.
fn vectors_name(place: usize) -> String {
    format!("vectors-{place}.safetensors")
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|cause| unread(path, cause))
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Error> {
    serde_json::from_slice(&read(path)?).map_err(|cause| unread(path, cause))
}

fn unread(path: &Path, cause: impl ToString) -> Error {
    Error::File { action: "read", path: path.display().to_string(), cause: cause.to_string() }
}

fn unwritten(path: &Path, cause: &dyn std::fmt::Display) -> Error {
    Error::File { action: "write", path: path.display().to_string(), cause: cause.to_string() }
}
