//! WAV, FLAC, MP3 and Ogg Vorbis to mono samples at one rate.

use std::io::Cursor;
use std::path::Path;

use rubato::{Fft, FixedSync, Resampler, audioadapter_buffers::direct::InterleavedSlice};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as DecoderError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use crate::{guarded, ogg, read_file};

/// Recordings are cut at this length whatever is asked for: a small file can announce, and compress, hours.
pub const LONGEST_SECONDS: f64 = 600.0;
/// Rates outside are inaudible and would ask the resampler for huge transforms.
pub const RATES: std::ops::RangeInclusive<u32> = 1_000..=384_000;

/// A decoded recording, mixed to mono.
#[derive(Debug, Clone, PartialEq)]
pub struct Sound {
    /// Samples a second.
    pub rate: u32,
    /// The samples, -1 to 1.
    pub samples: Vec<f32>,
}

impl Sound {
    /// The length in seconds.
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.rate)
    }
}

/// Decodes the first `seconds` of a recording (at most ten minutes) and mixes its channels to one.
///
/// # Errors
/// What is wrong, as the end of a sentence that begins with the file's name: no file, no audio, no samples, a
/// file that is cut short before the seconds asked for.
pub fn decode(path: &Path, seconds: f64) -> Result<Sound, String> {
    let bytes = read_file(path)?;
    guarded(|| decode_bytes(bytes, seconds.min(LONGEST_SECONDS)))
}

fn decode_bytes(bytes: Vec<u8>, seconds: f64) -> Result<Sound, String> {
    let cut_ogg = bytes.starts_with(b"OggS") && !ogg::is_whole(&bytes);
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), Default::default());
    // No hint from the file's ending: the content decides.
    let mut format = symphonia::default::get_probe()
        .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
        .map_err(|cause| describe(&cause))?;
    let (mut decoder, track, announced) = open_track(format.as_ref())?;
    let mut sound = Mixer { seconds, rate: 0, samples: Vec::new(), packet: Vec::new() };
    while !sound.is_full() {
        let Some(packet) = format.next_packet().map_err(|cause| describe(&cause))? else { break };
        if packet.track_id != track {
            continue;
        }
        let decoded = decoder.decode(&packet).map_err(|cause| describe(&cause))?;
        let (rate, channels) = (decoded.spec().rate(), decoded.num_planes());
        sound.packet.resize(decoded.samples_interleaved(), 0.0);
        decoded.copy_to_slice_interleaved(&mut sound.packet);
        sound.add(rate, channels)?;
    }
    let missing = announced.is_some_and(|announced| (sound.samples.len() as u64) < announced) || cut_ogg;
    if missing && !sound.is_full() {
        return Err(format!("is cut short: it ends after {:.2} s", sound.samples.len() as f64 / f64::from(sound.rate.max(1))));
    }
    if sound.samples.is_empty() {
        return Err("holds no sound (0 samples)".to_owned());
    }
    if sound.samples.iter().any(|sample| !sample.is_finite()) {
        return Err("is damaged: it holds samples that are not finite".to_owned());
    }
    Ok(Sound { rate: sound.rate, samples: sound.samples })
}

/// The decoder of the audio track, the track's number, and the frames it announces.
type Track = (Box<dyn AudioDecoder>, u32, Option<u64>);

fn open_track(format: &dyn FormatReader) -> Result<Track, String> {
    let track = format.default_track(TrackType::Audio).ok_or("holds no sound track")?;
    let parameters = track.codec_params.as_ref().and_then(|parameters| parameters.audio()).ok_or("holds no sound track")?;
    if let Some(rate) = parameters.sample_rate.filter(|rate| !RATES.contains(rate)) {
        return Err(rate_problem(rate));
    }
    let decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .map_err(|cause| describe(&cause))?;
    Ok((decoder, track.id, track.num_frames))
}

fn rate_problem(rate: u32) -> String {
    format!("announces a sample rate of {rate} Hz; {} to {} Hz are read", RATES.start(), RATES.end())
}

struct Mixer {
    seconds: f64,
    rate: u32,
    samples: Vec<f32>,
    packet: Vec<f32>,
}

impl Mixer {
    fn is_full(&self) -> bool {
        self.rate > 0 && self.samples.len() >= self.wanted()
    }

    fn wanted(&self) -> usize {
        (self.seconds * f64::from(self.rate)).ceil() as usize
    }

    fn add(&mut self, rate: u32, channels: usize) -> Result<(), String> {
        if !RATES.contains(&rate) {
            return Err(rate_problem(rate));
        }
        if self.rate != 0 && self.rate != rate {
            return Err("changes its sample rate on the way, which is not read".to_owned());
        }
        self.rate = rate;
        let share = 1.0 / channels.max(1) as f32;
        self.samples.extend(self.packet.chunks_exact(channels.max(1)).map(|frame| frame.iter().sum::<f32>() * share));
        self.samples.truncate(self.wanted());
        Ok(())
    }
}

fn describe(cause: &DecoderError) -> String {
    match cause {
        DecoderError::IoError(inner) if inner.kind() == std::io::ErrorKind::UnexpectedEof => {
            "is cut short: its data ends too early".to_owned()
        }
        DecoderError::Unsupported(_) => "is not a WAV, FLAC, MP3 or Ogg Vorbis sound".to_owned(),
        other => format!("is damaged: {other}"),
    }
}

/// The recording at another rate, band-limited; the same samples where the rate is the same already.
///
/// # Errors
/// A rate that is not read.
pub fn resample(sound: Sound, rate: u32) -> Result<Sound, String> {
    if sound.rate == rate {
        return Ok(sound);
    }
    if !RATES.contains(&rate) {
        return Err(rate_problem(rate));
    }
    const CHUNK: usize = 1024;
    let failed = |cause: &dyn std::fmt::Display| format!("cannot be resampled to {rate} Hz: {cause}");
    let mut resampler = Fft::<f32>::new(sound.rate as usize, rate as usize, CHUNK, 1, FixedSync::Input).map_err(|cause| failed(&cause))?;
    let length = sound.samples.len();
    let input = InterleavedSlice::new(&sound.samples, 1, length).map_err(|cause| failed(&cause))?;
    let output = resampler.process_all(&input, length, None).map_err(|cause| failed(&cause))?;
    Ok(Sound { rate, samples: output.take_data() })
}
