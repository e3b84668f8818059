//! The names of formats, by the bytes that their files begin with, so that a message can say what a file is instead of what it is not, and a
//! column of bytes shows what it holds.

use crate::audio;

/// The place, the bytes that stand there, and what such a file is, with its article.
type Signature = (usize, &'static [u8], &'static str);

const SIGNATURES: &[Signature] = &[
    // Images.
    (0, b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (0, b"\xff\xd8\xff", "a JPEG image"),
    (0, b"GIF8", "a GIF image"),
    (0, b"II*\0", "a TIFF image"),
    (0, b"MM\0*", "a TIFF image"),
    (0, b"II+\0", "a BigTIFF image"),
    (0, b"MM\0+", "a BigTIFF image"),
    (4, b"ftypheic", "a HEIC image"),
    (4, b"ftypheix", "a HEIC image"),
    (4, b"ftypmif1", "a HEIF image"),
    (4, b"ftypavif", "an AVIF image"),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 image"),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 image"),
    (0, b"\0\0\0\x0cJXL ", "a JPEG XL image"),
    (0, b"\xff\x0a", "a JPEG XL image"),
    (0, b"8BPS", "a Photoshop image"),
    (0, b"qoif", "a QOI image"),
    (0, b"\0\0\x01\0", "an icon (ICO)"),
    (128, b"DICM", "a DICOM file"),
    (0, b"\x93NUMPY", "a NumPy array"),
    (0, b"<svg", "an SVG drawing"),
    // Sounds.
    (0, b"fLaC", "a FLAC sound"),
    (0, b"OggS", "an Ogg file"),
    (0, b"RIFX", "a WAV file in big-endian order (RIFX)"),
    (0, b"riff\x2e\x91\xcf\x11", "a Wave64 (W64) sound"),
    (0, b"caff", "a Core Audio (CAF) sound"),
    (0, b".snd", "a Sun audio (AU) sound"),
    (0, b"wvpk", "a WavPack sound"),
    (0, b"MAC ", "a Monkey's Audio (APE) sound"),
    (0, b"MThd", "a MIDI file, which holds notes instead of sound"),
    (0, b"#!AMR", "an AMR sound"),
    (0, b"ADIF", "an AAC sound"),
    (0, b"\xff\xf1", "an AAC sound (ADTS)"),
    (0, b"\xff\xf9", "an AAC sound (ADTS)"),
    (4, b"ftypM4A", "an M4A sound (AAC or ALAC)"),
    (4, b"ftypM4B", "an M4A sound (AAC or ALAC)"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media file (WMA, ASF)"),
    // Videos, and what lands in place of a file.
    (4, b"ftyp", "an MP4 file"),
    (0, b"\x1a\x45\xdf\xa3", "a Matroska or WebM file"),
    (0, b"%PDF", "a PDF document"),
    (0, b"\x1f\x8b", "a gzip file"),
    (0, b"PK\x03\x04", "a ZIP file"),
    (0, b"version https://git-lfs", "a pointer of Git LFS instead of the file (\"git lfs pull\" gets it)"),
    (0, b"<!DOCTYPE", "a web page"),
    (0, b"<!doctype", "a web page"),
    (0, b"<html", "a web page"),
    (0, b"<HTML", "a web page"),
];

/// Containers whose kind stands behind a length: the outer name, the inner one, and what such a file is.
const NESTED: &[(&[u8], &[u8], &str)] = &[
    (b"RIFF", b"WEBP", "a WebP image"),
    (b"RIFF", b"WAVE", "a WAV sound"),
    (b"RF64", b"WAVE", "a WAV sound (RF64)"),
    (b"BW64", b"WAVE", "a WAV sound (BW64)"),
    (b"RIFF", b"AVI ", "an AVI video"),
    (b"RIFF", b"RMID", "a MIDI file, which holds notes instead of sound"),
    (b"FORM", b"AIFF", "an AIFF sound"),
    (b"FORM", b"AIFC", "an AIFF sound"),
];

/// What decoders of this crate read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    /// An image: PNG, JPEG or WebP.
    Image,
    /// A sound: WAV, FLAC, MP3 or Ogg.
    Sound,
}

/// What the bytes of a whole file are by their signature, where it is one of a format that is read. Whether they can be decoded is another question.
pub fn medium(bytes: &[u8]) -> Option<Medium> {
    match name(bytes) {
        Some("a PNG image" | "a JPEG image" | "a WebP image") => Some(Medium::Image),
        Some("a FLAC sound" | "an Ogg file" | "a WAV sound" | "a WAV sound (RF64)" | "a WAV sound (BW64)") => Some(Medium::Sound),
        Some(_) => None,
        None => audio::is_mp3(bytes).then_some(Medium::Sound),
    }
}

/// What a file is, with its article (`a PNG image`), if it begins as one of a known format. MP3 has no signature of its own.
pub fn name(bytes: &[u8]) -> Option<&'static str> {
    let nested = NESTED.iter().find(|(outer, inner, _)| bytes.starts_with(outer) && bytes.get(8..12) == Some(inner));
    let plain = || SIGNATURES.iter().find(|(place, signature, _)| bytes.get(*place..).is_some_and(|bytes| bytes.starts_with(signature)));
    nested.map(|(_, _, name)| *name).or_else(|| plain().map(|(_, _, name)| *name)).or_else(|| bitmap(bytes)).or_else(|| netpbm(bytes))
}

/// "BM" begins many a text, too: the place of the pixels must fit.
fn bitmap(bytes: &[u8]) -> Option<&'static str> {
    let header = bytes.get(..18).filter(|header| header.starts_with(b"BM"))?;
    (matches!(header[14], 12 | 40 | 52 | 56 | 64 | 108 | 124) && header[15..18] == [0, 0, 0]).then_some("a BMP image")
}

fn netpbm(bytes: &[u8]) -> Option<&'static str> {
    let header = bytes.get(..3)?;
    (header[0] == b'P' && (b'1'..=b'7').contains(&header[1]) && header[2].is_ascii_whitespace()).then_some("a Netpbm (PGM, PPM) image")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_known_from_what_is_not() {
        let mp3 = include_bytes!("../tests/fixtures/tone.mp3");
        let tagged = [b"ID3\x04\0\0\0\0\0\x02ab".as_slice(), mp3].concat();
        let cases: [(&[u8], Option<Medium>); 8] = [
            (b"\x89PNG\r\n\x1a\n", Some(Medium::Image)),
            (b"RIFF\x10\0\0\0WAVEfmt ", Some(Medium::Sound)),
            (mp3, Some(Medium::Sound)),
            (&tagged, Some(Medium::Sound)),
            (b"GIF89a", None),
            (b"\xff\xfb", None),
            (b"ID3", None),
            (b"", None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(medium(bytes), expected, "{:?}", bytes.iter().take(9).collect::<Vec<_>>());
        }
    }

    #[test]
    fn formats_are_known_by_their_first_bytes() {
        let cases: [(&[u8], Option<&str>); 9] = [
            (b"GIF89a", Some("a GIF image")),
            (b"\0\0\0\x20ftypM4A \0\0\0\0", Some("an M4A sound (AAC or ALAC)")),
            (b"\0\0\0\x20ftypisom\0\0\0\0", Some("an MP4 file")),
            (b"RIFF\x10\0\0\0WAVEfmt ", Some("a WAV sound")),
            (b"FORM\0\0\0\x10AIFC", Some("an AIFF sound")),
            (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", Some("a BMP image")),
            (b"BMW is a car maker", None),
            (b"P5\n3 2\n255\n", Some("a Netpbm (PGM, PPM) image")),
            (b"hello", None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(name(bytes), expected, "{bytes:?}");
        }
    }
}
