//! What a schema is as files of a folder.

use std::path::Path;

use crate::atomic::{self, StandardDisk};
use crate::error::Error;
use crate::files::read_bytes;
use crate::schema::Schema;

impl Schema {
    /// Writes `inputs.json` and `targets.json` into a folder, which is made if need be, and beside them what is too large for JSON, such
    /// as the word vectors of the input number `N`, from 0, as `vectors-N.safetensors`. None is ever half written.
    ///
    /// # Errors
    /// A folder or file that cannot be written.
    pub fn save(&self, folder: &Path) -> Result<(), Error> {
        std::fs::create_dir_all(folder).map_err(|cause| Error::writing(folder, &cause))?;
        for (name, bytes) in self.files()? {
            let path = folder.join(name);
            atomic::replace(&StandardDisk, &path, &bytes).map_err(|cause| Error::writing(&path, &cause))?;
        }
        Ok(())
    }

    /// The names and contents of the files that [`save`](Self::save) writes, for a program that writes files in its own way.
    ///
    /// # Errors
    /// None that is known: names and numbers are JSON.
    pub fn files(&self) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let file = |name: &str, json: serde_json::Result<Vec<u8>>| {
            json.map(|json| (name.to_owned(), json)).map_err(|cause| Error::writing(Path::new(name), &cause))
        };
        let mut files = vec![
            file("inputs.json", serde_json::to_vec_pretty(&self.inputs))?,
            file("targets.json", serde_json::to_vec_pretty(&self.targets))?,
        ];
        for (place, input) in self.inputs.iter().enumerate() {
            files.extend(input.details.input().files(place)?);
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
            input.details.input_mut().load(folder, place)?;
        }
        Ok(schema)
    }
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Error> {
    serde_json::from_slice(&read_bytes(path)?).map_err(|cause| Error::reading(path, &cause))
}
