#![no_main]
//! A file of pretrained weights: safetensors, or one of `torch.save`.

use banyan_checkpoint::Checkpoint;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(checkpoint) = Checkpoint::from_bytes("checkpoint", bytes.to_vec()) {
        for name in checkpoint.names() {
            let _ = checkpoint.numbers(name);
        }
    }
});
