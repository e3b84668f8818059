//! A file of another format is called by its name.

use std::path::Path;

use banyan_media::{audio, image, index_image};

use crate::Folder;

#[test]
fn other_formats_are_called_by_their_names() {
    let folder = Folder::new();
    let sound = |bytes: &[u8]| audio::decode(&folder.file("a.wav", bytes), 1.0).unwrap_err();
    let picture = |bytes: &[u8]| image::decode(&folder.file("a.png", bytes), 3, None).unwrap_err();
    let ogg = |codec: &[u8]| [b"OggS\0\x02".as_slice(), &[0; 20], &[1, codec.len() as u8], codec].concat();
    let to_sound = "which is not read; convert it to WAV, FLAC, MP3 or Ogg Vorbis";
    let to_image = "which is not read; convert it to PNG, JPEG or WebP";
    assert_eq!(sound(&ogg(b"OpusHead\x01\x01")), format!("is Ogg Opus, {to_sound}"));
    assert_eq!(sound(b"\0\0\0\x20ftypM4A \0\0\0\0isomiso2"), format!("is an M4A sound (AAC or ALAC), {to_sound}"));
    assert_eq!(sound(b"FORM\0\0\0\x20AIFFCOMM\0\0\0\x12"), format!("is an AIFF sound, {to_sound}"));
    assert_eq!(sound(b"#!AMR\n\x0c\x0c"), format!("is an AMR sound, {to_sound}"));
    assert_eq!(sound(b"MThd\0\0\0\x06"), format!("is a MIDI file, which holds notes instead of sound, {to_sound}"));
    assert_eq!(sound(b"\x89PNG\r\n\x1a\n\0\0"), format!("is a PNG image, {to_sound}"));
    assert_eq!(sound(b"hello, this is text"), "is not a WAV, FLAC, MP3 or Ogg Vorbis sound");
    assert_eq!(picture(b"GIF89a\x01\0\x01\0"), format!("is a GIF image, {to_image}"));
    assert_eq!(picture(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), format!("is a HEIC image, {to_image}"));
    assert_eq!(picture(b"II*\0\x08\0\0\0"), format!("is a TIFF image, {to_image}"));
    assert_eq!(picture(b"<!DOCTYPE html><html>"), format!("is a web page, {to_image}"));
    let indices = index_image::decode(&folder.file("a.png", b"\xff\xd8\xff\xe0\0\x10JFIF")).unwrap_err();
    assert_eq!(indices, "is a JPEG image and not a PNG image, the format of images whose pixels are class indices");
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_opened() {
    let folder = Folder::new();
    let pipe = folder.path().join("pipe.png");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // Whoever opened it would wait for ever.
    assert_eq!(image::decode(&pipe, 3, None).unwrap_err(), "is a pipe, a socket or a device, not a file");
    assert_eq!(audio::decode(Path::new("/dev/zero"), 1.0).unwrap_err(), "is a pipe, a socket or a device, not a file");
}
