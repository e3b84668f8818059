//! Which format a file has, by its first bytes: the endings of files of weights tell little.

use crate::error::DAMAGED;
use crate::source::Source;
use crate::torch::State;
use crate::{safetensors, torch};

/// Reads the descriptions of a file's tensors.
///
/// # Errors
/// The end of a sentence about the file.
pub(crate) fn read(source: &Source) -> Result<State, String> {
    let mut first = [0; 512];
    let length = source.length().min(512) as usize;
    source.read(0, &mut first[..length])?;
    match &first[..length] {
        [] => Err(format!("it is empty; {DAMAGED}")),
        // The header's opening brace. Its length is no other format's first bytes.
        [_, _, _, _, _, _, _, _, b'{', ..] => Ok(State { tensors: safetensors::read(source)?, ..State::default() }),
        [b'P', b'K', 3, 4, ..] => torch::read_zip(source),
        [0x80, 2..=5, ..] => torch::read_legacy(source),
        others => Err(stranger(others)),
    }
}

/// What a file is that holds no weights that are read.
fn stranger(first: &[u8]) -> String {
    let begins = |with: &[u8]| first.starts_with(with);
    if first.get(257..262) == Some(b"ustar") {
        "it is a tar archive, as torch.save wrote before 2018; load it in PyTorch and save its state_dict again".to_owned()
    } else if begins(b"version https://git-lfs") {
        "it is a pointer of Git LFS and holds no weights; fetch the file itself with `git lfs pull`".to_owned()
    } else if begins(b"\x89HDF") {
        "it is an HDF5 file, as Keras writes; save the weights as safetensors".to_owned()
    } else if begins(b"<") {
        "it is a web page and holds no weights; download the file itself".to_owned()
    } else {
        format!("it is neither a safetensors file nor one of torch.save; {DAMAGED}")
    }
}
