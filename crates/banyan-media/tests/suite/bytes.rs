//! Files whose bytes are at hand, as they are in a table, are what they are on the disk.

use banyan_media::levels::Histogram;
use banyan_media::log_mel::LogMel;
use banyan_media::{audio, image, index_image};

use crate::sounds::{sine, wav};
use crate::{Folder, fixture};

#[test]
fn bytes_give_what_their_file_gives() {
    let folder = Folder::new();
    let path = folder.path().join("a.png");
    ::image::GrayImage::from_fn(7, 5, |x, y| ::image::Luma([(x * 30 + y) as u8])).save(&path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(image::probe(bytes.as_slice()), image::probe(&path));
    assert_eq!(image::decode(bytes.as_slice(), 3, None), image::decode(&path, 3, None));
    assert_eq!(index_image::decode(bytes.as_slice()), index_image::decode(&path));
    assert_eq!(Histogram::of_file(bytes.as_slice()).unwrap().levels(), Histogram::of_file(&path).unwrap().levels());
    for path in
        [folder.file("a.wav", wav(&sine(440.0, 8000, 0.5), 8000, 1)), fixture("tone.mp3"), fixture("tone.flac"), fixture("tone.ogg")]
    {
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(audio::measure(bytes.as_slice()), audio::measure(&path));
        assert_eq!(audio::decode(bytes.as_slice(), 10.0), audio::decode(&path, 10.0));
        let transform = LogMel::new(8000, 10);
        assert_eq!(transform.energies_of_file(bytes.as_slice(), 1.0, 50), transform.energies_of_file(&path, 1.0, 50));
    }
    assert_eq!(image::decode(&bytes[..40], 1, None).unwrap_err(), image::decode(&folder.file("b.png", &bytes[..40]), 1, None).unwrap_err());
    assert_eq!(audio::decode(b"".as_slice(), 1.0).unwrap_err(), "is empty (0 bytes)");
}
