//! Word vectors as a run keeps them: a safetensors file of the numbers and the words.

use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use super::WordVectors;

const VECTORS: &str = "vectors";
/// The words in UTF-8, a line each.
const WORDS: &str = "words";

impl WordVectors {
    /// As a safetensors file: `vectors`, `[words, width]`, and `words`, in UTF-8 a line each.
    pub fn to_bytes(&self) -> Result<Vec<u8>, String> {
        let values: Vec<u8> = self.values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let words = self.words.join("\n").into_bytes();
        let view = |dtype, shape, bytes| TensorView::new(dtype, shape, bytes).map_err(|error| error.to_string());
        let views =
            [(VECTORS, view(Dtype::F32, vec![self.len(), self.width], &values)?), (WORDS, view(Dtype::U8, vec![words.len()], &words)?)];
        safetensors::serialize(views, None).map_err(|error| error.to_string())
    }

    /// Reads what [`to_bytes`](Self::to_bytes) made.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let file = SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?;
        let tensor = |name: &str| file.tensor(name).map_err(|error| error.to_string());
        let (values, words) = (tensor(VECTORS)?, tensor(WORDS)?);
        let (&[count, width], Dtype::F32) = (values.shape(), values.dtype()) else {
            return Err("its vectors are not a table of numbers".to_owned());
        };
        let numbers: Vec<f32> =
            values.data().chunks_exact(4).map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])).collect();
        let words = std::str::from_utf8(words.data()).map_err(|error| error.to_string())?;
        let mut all = Self { width, ..Self::default() };
        for (word, vector) in words.split('\n').zip(numbers.chunks_exact(width.max(1))) {
            all.push(word.to_owned(), vector);
        }
        if all.len() == count { Ok(all) } else { Err(format!("it has {count} vectors and {} words", all.len())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_comes_back_as_it_was() {
        let mut vectors = WordVectors { width: 2, ..WordVectors::default() };
        for (number, word) in ["the", "", ". .", "漢"].into_iter().enumerate() {
            vectors.push(word.to_owned(), &[number as f32, -0.1]);
        }
        let bytes = vectors.to_bytes().unwrap();
        assert_eq!(WordVectors::from_bytes(&bytes), Ok(vectors));
        assert!(WordVectors::from_bytes(&bytes[..bytes.len() - 1]).is_err());
    }
}
