//! One file to the values that are kept of it.

use std::fmt;

use banyan_media::Origin;

/// What turns a file into the values that are kept of it. The same file gives the same values whenever it is decoded.
pub(crate) trait Decode: fmt::Debug + Send + Sync {
    /// One number of what is kept.
    type Value: fmt::Debug + Copy + Send + Sync + 'static;

    /// What the files are, in one word for a person.
    const WHAT: &'static str;

    /// # Errors
    /// What is wrong with the file, as the end of a sentence that begins with its name.
    fn decode(&self, from: Origin<'_>) -> Result<Vec<Self::Value>, String>;

    /// As [`decode`](Self::decode), of a file that lies on an image of this height and width.
    fn decode_on(&self, from: Origin<'_>, _image: Option<[usize; 2]>) -> Result<Vec<Self::Value>, String> {
        self.decode(from)
    }

    /// How many of a file's values count, which is remembered of every file.
    fn count(&self, values: &[Self::Value]) -> usize {
        values.len()
    }
}
