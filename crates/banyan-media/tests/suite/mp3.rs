//! MP3: the length is that of the frames there are, whatever an estimate would say.

use banyan_media::audio;

use crate::Folder;

/// The sizes in kbit/s that a frame of MPEG 1, layer III may have.
const RATES: [usize; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
/// Samples of a frame.
const SAMPLES: usize = 1152;

/// A silent frame: mono, 44.1 kHz.
fn frame(kilobits: usize) -> Vec<u8> {
    let index = RATES.iter().position(|rate| *rate == kilobits).unwrap() + 1;
    let mut frame = vec![0; 144_000 * kilobits / 44_100];
    frame[..4].copy_from_slice(&[0xFF, 0xFB, (index << 4) as u8, 0xC0]);
    frame
}

fn frames(kilobits: &[usize]) -> Vec<u8> {
    kilobits.iter().flat_map(|rate| frame(*rate)).collect()
}

/// A frame without sound that announces how many follow.
fn xing(count: u32) -> Vec<u8> {
    let mut frame = frame(64);
    frame[21..25].copy_from_slice(b"Xing");
    frame[28] = 1;
    frame[29..33].copy_from_slice(&count.to_be_bytes());
    frame
}

fn length(bytes: impl AsRef<[u8]>) -> Result<usize, String> {
    let folder = Folder::new();
    audio::decode(&folder.file("a.mp3", bytes), 600.0).map(|sound| sound.samples.len())
}

/// The frames of a file that begins with a quiet or a loud part and goes on with the other.
fn changing() -> [Vec<u8>; 3] {
    let quiet_first = [vec![32; 40], vec![320; 40]].concat();
    let loud_first = [vec![320; 40], vec![32; 40]].concat();
    [frames(&quiet_first), frames(&loud_first), frames(&[128; 80])]
}

#[test]
fn without_an_announcement_all_frames_count() {
    for file in changing() {
        assert_eq!(length(&file), Ok(80 * SAMPLES));
        assert_eq!(length([vec![7; 300], file.clone()].concat()), Ok(80 * SAMPLES), "junk before");
    }
}

#[test]
fn tags_behind_the_sound_are_none_of_it() {
    let footer = |flags: u32, size: usize| {
        let mut footer = b"APETAGEX".to_vec();
        for number in [2000, size as u32, 1, flags, 0, 0] {
            footer.extend(number.to_le_bytes());
        }
        footer
    };
    // A tag may hold a picture, in which there may be anything: here what looks like the header of a frame.
    let picture = frame(128)[..100].to_vec();
    let ape = [footer(0xA000_0000, picture.len() + 32), picture.clone(), footer(0x8000_0000, picture.len() + 32)].concat();
    let ape_without_header = ape[32..].to_vec();
    let mut id3 = b"TAG".to_vec();
    id3.resize(128, b' ');
    let lyrics = [b"LYRICSBEGIN".as_slice(), &picture, b"000111LYRICS200"].concat();
    let tags = [ape.clone(), ape_without_header, id3.clone(), lyrics.clone(), [ape, lyrics, id3].concat(), vec![0; 5000], vec![0xFF; 5000]];
    for (place, tag) in tags.into_iter().enumerate() {
        for file in changing() {
            assert_eq!(length([file, tag.clone()].concat()), Ok(80 * SAMPLES), "tag {place}");
        }
        let announced = [xing(80), frames(&[128; 80]), tag].concat();
        assert_eq!(length(announced), Ok(80 * SAMPLES), "tag {place} behind an announced length");
    }
}

#[test]
fn a_file_that_lacks_what_was_announced_is_cut_short() {
    assert_eq!(length([xing(80), frames(&[128; 80])].concat()), Ok(80 * SAMPLES));
    let cut = length([xing(80), frames(&[128; 40])].concat()).unwrap_err();
    assert_eq!(cut, "is cut short: it ends after 1.04 s");
    let within_a_frame = &frames(&[128; 40])[..39 * 417 + 200];
    assert!(length(within_a_frame).unwrap_err().starts_with("is cut short"));
    // Nothing says that there were more.
    assert_eq!(length(frames(&[128; 40])), Ok(40 * SAMPLES));
}

#[test]
fn files_that_were_joined_are_read_to_the_end() {
    let one = [xing(30), frames(&[128; 30])].concat();
    assert_eq!(length([one.clone(), one].concat()), Ok(60 * SAMPLES));
}
