//! What a schema is as files of a folder.

use std::path::Path;

use crate::atomic::{self, StandardDisk};
use crate::error::Error;
use crate::files::read_bytes;
use crate::schema::Schema;

const INPUTS: &str = "inputs.json";
const TARGETS: &str = "targets.json";

/// More rows, words or spans than can be counted exactly.
const MOST_ROWS: u64 = 1 << 53;

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
        let mut files =
            vec![file(INPUTS, serde_json::to_vec_pretty(&self.inputs))?, file(TARGETS, serde_json::to_vec_pretty(&self.targets))?];
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
        let mut schema = Self { inputs: read_json(&folder.join(INPUTS))?, targets: read_json(&folder.join(TARGETS))? };
        schema.check().map_err(|(name, cause)| Error::reading(&folder.join(name), &format!("it is damaged: {cause}")))?;
        for (place, input) in schema.inputs.iter_mut().enumerate() {
            input.details.input_mut().load(folder, place)?;
        }
        Ok(schema)
    }

    /// The file and what in it cannot have been learned: its numbers size the model and are computed with.
    fn check(&self) -> Result<(), (&'static str, String)> {
        for input in &self.inputs {
            let of_input = |error| (INPUTS, format!("input \"{}\": {error}", input.name));
            input.details.input().check().map_err(of_input)?;
        }
        for target in &self.targets {
            let label = target.details.label();
            let of_task = |problem: String| (TARGETS, format!("task \"{}\": {problem}", target.name));
            label.check().map_err(|error| of_task(error.to_string()))?;
            let (counts, classes) = (label.counts(), label.classes().len());
            if counts.len() != classes {
                return Err(of_task(format!("there are {} counts for {classes} classes", counts.len())));
            }
            let sum = counts.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count as u64));
            if sum.is_none_or(|sum| sum > MOST_ROWS) {
                return Err(of_task("the counts are more than rows of any table".to_owned()));
            }
            let on = target.on().map(|on| (on, self.inputs.iter().find(|input| input.name == on)));
            if let Some((on, None)) = on {
                return Err(of_task(format!("there is no input \"{on}\" for it to be on")));
            }
        }
        Ok(())
    }
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Error> {
    serde_json::from_slice(&read_bytes(path)?).map_err(|cause| Error::reading(path, &cause))
}
