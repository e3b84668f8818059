//! Kinds of samples in a WAV file.

use banyan_media::audio;

use crate::Folder;

/// A WAV file of a chunk "fmt ", other chunks, and samples.
fn file(format: &[u8], others: &[u8], data: &[u8]) -> Vec<u8> {
    let chunk = |name: &[u8; 4], content: &[u8]| [name.as_slice(), &(content.len() as u32).to_le_bytes(), content].concat();
    let chunks = [chunk(b"fmt ", format), others.to_vec(), chunk(b"data", data)].concat();
    [b"RIFF".as_slice(), &(chunks.len() as u32 + 4).to_le_bytes(), b"WAVE", &chunks].concat()
}

/// The begin of a chunk "fmt ": the kind, channels, the bytes of a block and the bits of a sample, at 8 kHz.
fn format(kind: u16, channels: u16, block: u16, bits: u16) -> Vec<u8> {
    [&kind.to_le_bytes(), &channels.to_le_bytes(), [0x40, 0x1f, 0, 0].as_slice(), &[0; 4], &block.to_le_bytes(), &bits.to_le_bytes()]
        .concat()
}

fn decode(bytes: Vec<u8>) -> Result<Vec<f32>, String> {
    let folder = Folder::new();
    let sound = audio::decode(&folder.file("a.wav", bytes), 10.0)?;
    assert_eq!(sound.rate, 8000);
    Ok(sound.samples)
}

/// A chunk "fact": the samples a channel.
fn fact(samples: u32) -> Vec<u8> {
    [b"fact\x04\0\0\0".as_slice(), &samples.to_le_bytes()].concat()
}

#[test]
fn ima_adpcm_has_the_samples_that_the_file_says() {
    // Blocks of 36 bytes: a sample of 16 bits and a step, then 64 samples of 4 bits.
    let format = [format(0x11, 1, 36, 4), vec![2, 0, 65, 0]].concat();
    let block = [[0, 0x10, 0, 0].as_slice(), &[0; 32]].concat();
    let data = block.repeat(3);
    assert_eq!(decode(file(&format, &[], &data)).unwrap().len(), 3 * 65);
    assert_eq!(decode(file(&format, &fact(150), &data)).unwrap().len(), 150);
    assert_eq!(decode(file(&format, &fact(9999), &data)).unwrap().len(), 3 * 65, "more than there are");
    // The last block ends early: a first sample and 16 of 4 bits.
    let short = decode(file(&format, &[], &data[..2 * 36 + 12])).unwrap();
    assert_eq!(short.len(), 2 * 65 + 17);
    // The first sample is 0x1000, and nibbles of zero add an eighth of a step of 7.
    assert!((short[0] - 0.125).abs() < 1e-3 && (short[64] - 0.125).abs() < 0.01, "{} {}", short[0], short[64]);
}

#[test]
fn microsoft_adpcm() {
    let coefficients: [i16; 14] = [256, 0, 512, -256, 0, 0, 192, 64, 240, 0, 460, -208, 392, -232];
    let extra: Vec<u8> = [32_i16, 60, 7].into_iter().chain(coefficients).flat_map(i16::to_le_bytes).collect();
    let format = [format(2, 1, 36, 4), extra].concat();
    // The predictor 0 repeats the sample before; the second sample stands before the first.
    let block = [[0, 16, 0, 0, 0x20, 0, 0x10].as_slice(), &[0; 29]].concat();
    let samples = decode(file(&format, &fact(100), &block.repeat(2))).unwrap();
    assert_eq!(samples.len(), 100);
    assert!((samples[0] - 0.125).abs() < 1e-3 && (samples[1] - 0.25).abs() < 1e-3, "{:?}", &samples[..3]);
    assert!((samples[59] - 0.25).abs() < 0.01, "{:?}", &samples[..60]);
}

#[test]
fn headers_may_be_longer_or_shorter_than_a_decoder_expects() {
    let pcm: Vec<u8> = [0i16, 16384, -16384].into_iter().flat_map(i16::to_le_bytes).collect();
    for extra in [vec![], vec![0, 0], vec![4, 0, 1, 2, 3, 4]] {
        let format = [format(1, 1, 2, 16), extra].concat();
        assert_eq!(decode(file(&format, &[], &pcm)).unwrap(), [0.0, 0.5, -0.5]);
    }
    let float: Vec<u8> = [0.5f32, -0.25].into_iter().flat_map(f32::to_le_bytes).collect();
    assert_eq!(decode(file(&[format(3, 1, 4, 32), vec![2, 0, 9, 9]].concat(), &fact(2), &float)).unwrap(), [0.5, -0.25]);
    // Without the count of further bytes.
    assert_eq!(decode(file(&format(7, 1, 1, 8), &[], &[0xFF, 0xFF])).unwrap(), [0.0, 0.0]);
    // 12 bits stand at the upper end of 16.
    assert_eq!(decode(file(&format(1, 1, 2, 12), &[], &[0, 0x40])).unwrap(), [0.5]);
}

#[test]
fn what_is_not_read_is_named() {
    let problem = |kind| decode(file(&format(kind, 1, 1, 8), &[], &[0; 100])).unwrap_err();
    assert_eq!(problem(0x31), "is a WAV file of GSM 6.10, which is not read; convert it to a WAV file of PCM samples");
    assert_eq!(problem(0x1234), "is a WAV file of the format 0x1234, which is not read; convert it to a WAV file of PCM samples");
    assert_eq!(decode(file(&format(1, 0, 2, 16), &[], &[0; 8])).unwrap_err(), "is damaged: it has no channel");
    let whole = file(&format(1, 1, 2, 16), &fact(4), &[0; 8]);
    for keep in 12..whole.len() - 8 {
        let problem = decode(whole[..keep].to_vec()).unwrap_err();
        assert!(problem.starts_with("is cut short") || problem.starts_with("holds no sound"), "{keep}: {problem}");
    }
}
