//! How long a sound is: as its header says where it says anything, and otherwise as long as its data.

use banyan_media::audio;

use crate::sounds::{sine, wav};
use crate::{Folder, fixture};

/// The samples of a file, or what is wrong with it.
fn length(bytes: Vec<u8>) -> Result<usize, String> {
    let folder = Folder::new();
    audio::decode(&folder.file("sound", bytes), 60.0).map(|sound| sound.samples.len())
}

/// A WAV file of 4000 samples with these sizes in its header.
fn with_sizes(of_file: u32, of_data: u32) -> Vec<u8> {
    let mut bytes = wav(&sine(440.0, 8000, 0.5), 8000, 1);
    bytes[4..8].copy_from_slice(&of_file.to_le_bytes());
    bytes[40..44].copy_from_slice(&of_data.to_le_bytes());
    bytes
}

#[test]
fn a_streamed_wav_is_as_long_as_its_data() {
    const SIGNED: u32 = i32::MAX as u32;
    for of_data in [u32::MAX, u32::MAX - 36, SIGNED, SIGNED - 36, 0x7fff_f000, 0] {
        for of_file in [u32::MAX, SIGNED, 36, 0] {
            assert_eq!(length(with_sizes(of_file, of_data)), Ok(4000), "{of_file:#x} {of_data:#x}");
        }
    }
}

#[test]
fn a_wav_that_promises_more_is_cut_short() {
    assert_eq!(length(with_sizes(8036, 8000)), Ok(4000));
    assert_eq!(length(with_sizes(8038, 8002)).unwrap_err(), "is cut short: it ends after 0.50 s");
    assert_eq!(length(with_sizes(u32::MAX, 1_000_000)).unwrap_err(), "is cut short: it ends after 0.50 s");
    // Half a sample is none.
    assert_eq!(length(with_sizes(8037, 8001)), Ok(4000));
    // What is asked for is there.
    let folder = Folder::new();
    let path = folder.file("a.wav", with_sizes(8038, 1_000_000));
    assert_eq!(audio::decode(&path, 0.25).unwrap().samples.len(), 2000);
}

#[test]
fn samples_end_where_the_header_says() {
    // Behind them is a chunk with a title.
    let mut bytes = with_sizes(8036 + 20, 8000);
    bytes.extend(b"LIST\x0c\0\0\0INFOINAM\0\0\0\0");
    assert_eq!(length(bytes), Ok(4000));
    let mut empty = with_sizes(56, 0);
    empty.truncate(44);
    empty.extend(b"LIST\x0c\0\0\0INFOINAM\0\0\0\0");
    assert_eq!(length(empty).unwrap_err(), "holds no sound (0 samples)");
}

/// The same samples as RF64 or BW64, with the sizes in a chunk of their own.
fn large(name: &[u8; 4], of_data: u64) -> Vec<u8> {
    let plain = wav(&sine(440.0, 8000, 0.5), 8000, 1);
    let mut bytes = name.to_vec();
    bytes.extend(u32::MAX.to_le_bytes());
    bytes.extend(b"WAVEds64");
    bytes.extend(28u32.to_le_bytes());
    for size in [of_data + 72, of_data, of_data / 2] {
        bytes.extend(size.to_le_bytes());
    }
    bytes.extend(0u32.to_le_bytes());
    bytes.extend(&plain[12..36]);
    bytes.extend(b"data");
    bytes.extend(u32::MAX.to_le_bytes());
    bytes.extend(&plain[44..]);
    bytes
}

#[test]
fn wav_files_with_sizes_of_64_bits() {
    for name in [b"RF64", b"BW64"] {
        assert_eq!(length(large(name, 8000)), Ok(4000));
        assert_eq!(length(large(name, 0)), Ok(4000), "streamed");
        assert_eq!(length(large(name, 6_000_000_000)).unwrap_err(), "is cut short: it ends after 0.50 s");
    }
}

#[test]
fn a_flac_without_a_length_is_whole_and_one_with_a_length_is_held_to_it() {
    let whole = std::fs::read(fixture("tone.flac")).unwrap();
    assert_eq!(length(whole.clone()), Ok(4800));
    // The number of samples, of 36 bits, in STREAMINFO.
    let announce = |samples: u32| {
        let mut bytes = whole.clone();
        bytes[21] &= 0xf0;
        bytes[22..26].copy_from_slice(&samples.to_be_bytes());
        bytes
    };
    assert_eq!(announce(4800), whole);
    assert_eq!(length(announce(0)), Ok(4800));
    assert!(length(announce(4801)).unwrap_err().starts_with("is cut short"));
}

/// The last page of an Ogg file with other flags, and its checksum made anew.
fn with_last_flags(bytes: &[u8], change: impl Fn(u8) -> u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let start = bytes.windows(4).rposition(|window| window == b"OggS").unwrap();
    let page = &mut bytes[start..];
    page[5] = change(page[5]);
    page[22..26].fill(0);
    let step = |sum: u32, _| if sum >> 31 == 1 { sum << 1 ^ 0x04c1_1db7 } else { sum << 1 };
    let sum = page.iter().fold(0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte) << 24, step));
    page[22..26].copy_from_slice(&sum.to_le_bytes());
    bytes
}

#[test]
fn an_ogg_without_an_end_flag_is_as_long_as_one_with_it() {
    let whole = std::fs::read(fixture("tone.ogg")).unwrap();
    assert_eq!(with_last_flags(&whole, |flags| flags), whole);
    assert_eq!(length(whole.clone()), Ok(4800));
    assert_eq!(length(with_last_flags(&whole, |flags| flags & !4)), Ok(4800));
    let within_a_page = &whole[..whole.len() - 1];
    assert_eq!(length(within_a_page.to_vec()).unwrap_err(), "is cut short: its data ends too early");
}

#[test]
fn recordings_that_follow_each_other_in_an_ogg_are_one_sound() {
    let whole = std::fs::read(fixture("tone.ogg")).unwrap();
    assert_eq!(length([whole.clone(), whole.clone()].concat()), Ok(9600));
    let open = with_last_flags(&whole, |flags| flags & !4);
    assert_eq!(length([open.clone(), open.clone(), whole].concat()), Ok(14_400), "each ends where it ends");
}

#[test]
fn a_length_is_measured_without_keeping_the_samples() {
    let folder = Folder::new();
    let path = folder.file("a.wav", with_sizes(u32::MAX, u32::MAX));
    assert_eq!(audio::measure(&path), Ok((8000, 0.5)));
    assert_eq!(audio::measure(&fixture("tone.ogg")), Ok((16_000, 0.3)));
    assert!(audio::measure(&folder.file("b.wav", with_sizes(8038, 9000))).unwrap_err().starts_with("is cut short"));
}
