//! WAV, FLAC, MP3 and Ogg Vorbis to mono samples at one rate.

mod mixer;
mod mpeg;
mod ogg;
mod source;
mod wav;

use std::io::{Cursor, ErrorKind};

use rubato::{Fft, FixedSync, Resampler, audioadapter_buffers::direct::InterleavedSlice};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as DecoderError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream, ReadOnlySource};
use symphonia::core::meta::MetadataOptions;

use self::mixer::{Keep, Mixer};
pub(crate) use self::source::is_mp3;
use self::source::{Length, Source, inspect};
use crate::budget::DECODED;
use crate::{Origin, file, guarded};

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
pub fn decode<'a>(from: impl Into<Origin<'a>>, seconds: f64) -> Result<Sound, String> {
    decode_then(from, seconds, None, Ok)
}

/// Decodes as [`decode`] does, resamples to a rate if one is given, and hands the sound on. Threads that decode at the same time share a bound
/// on memory, and the sound counts until `then` returns.
///
/// # Errors
/// As [`decode`] and [`resample`], and those of `then`.
pub fn decode_then<'a, T>(
    from: impl Into<Origin<'a>>,
    seconds: f64,
    rate: Option<u32>,
    then: impl FnOnce(Sound) -> Result<T, String>,
) -> Result<T, String> {
    let content = file::read(from.into())?;
    let seconds = seconds.min(LONGEST_SECONDS);
    guarded(|| {
        let mut opened = Opened::new(content.bytes.into_owned())?;
        let samples = |rate| mixer::samples(seconds, rate) as u64;
        let other_rate = rate.filter(|rate| *rate != opened.rate);
        let bytes = (samples(opened.rate) + other_rate.map_or(0, samples)) * size_of::<f32>() as u64;
        let _decoded = DECODED.take(bytes);
        let mut mixer = Mixer::new(seconds, Keep::All);
        opened.fill(&mut mixer)?;
        drop((opened, content.share));
        let sound = Sound { rate: mixer.rate(), samples: mixer.finish()? };
        then(match rate {
            Some(rate) => resample(sound, rate)?,
            None => sound,
        })
    })
}

/// The sample rate of a recording and its length in seconds, of which at most ten minutes count. All of it is decoded: what a file says of its
/// length is not always so.
///
/// # Errors
/// As [`decode`].
pub fn measure<'a>(from: impl Into<Origin<'a>>) -> Result<(u32, f64), String> {
    let content = file::read(from.into())?;
    guarded(|| {
        let mut mixer = Mixer::new(LONGEST_SECONDS, Keep::Nothing);
        Opened::new(content.bytes.into_owned())?.fill(&mut mixer)?;
        let (rate, length) = (mixer.rate(), mixer.len());
        mixer.finish()?;
        Ok((rate, length as f64 / f64::from(rate)))
    })
}

/// A file that is about to be decoded.
struct Opened {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    /// The rate as the header says.
    rate: u32,
    length: Length,
    /// The samples a channel that the header promises.
    promised: Option<u64>,
    /// The samples a channel beyond which there is padding.
    most: Option<usize>,
}

impl Opened {
    fn new(bytes: Vec<u8>) -> Result<Self, String> {
        let Source { bytes, is_seekable, length, samples } = inspect(bytes)?;
        let content = Cursor::new(bytes);
        let source: Box<dyn MediaSource> = if is_seekable { Box::new(content) } else { Box::new(ReadOnlySource::new(content)) };
        // No hint from the file's ending: the content decides.
        let format = symphonia::default::get_probe()
            .probe(&Hint::new(), MediaSourceStream::new(source, Default::default()), FormatOptions::default(), MetadataOptions::default())
            .map_err(|cause| describe(&cause))?;
        let Track { decoder, number, rate, announced } = open_track(format.as_ref())?;
        let promised = announced.filter(|_| length == Length::InHeader);
        Ok(Self { format, decoder, track: number, rate, length, promised, most: samples })
    }

    /// Decodes until nothing is left or the mixer has what it wants.
    fn fill(&mut self, mixer: &mut Mixer) -> Result<(), String> {
        let mut samples = Vec::new();
        while !mixer.is_full() {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => break,
                // Another recording follows in the same file.
                Err(DecoderError::ResetRequired) => {
                    let Track { decoder, number, .. } = open_track(self.format.as_ref())?;
                    (self.decoder, self.track) = (decoder, number);
                    continue;
                }
                Err(DecoderError::IoError(cause)) if cause.kind() == ErrorKind::UnexpectedEof && self.length == Length::Open => break,
                Err(cause) => return Err(describe(&cause)),
            };
            if packet.track_id != self.track {
                continue;
            }
            let decoded = self.decoder.decode(&packet).map_err(|cause| describe(&cause))?;
            let (rate, channels) = (decoded.spec().rate(), decoded.num_planes());
            samples.resize(decoded.samples_interleaved(), 0.0);
            decoded.copy_to_slice_interleaved(&mut samples);
            mixer.add(&samples, rate, channels)?;
        }
        if let Some(most) = self.most {
            mixer.truncate(most);
        }
        let is_cut = self.length == Length::Cut || self.promised.is_some_and(|promised| (mixer.len() as u64) < promised);
        if is_cut && !mixer.is_full() {
            return Err(format!("is cut short: it ends after {:.2} s", mixer.len() as f64 / f64::from(mixer.rate().max(1))));
        }
        Ok(())
    }
}

/// The audio track of a file.
struct Track {
    decoder: Box<dyn AudioDecoder>,
    number: u32,
    rate: u32,
    /// The samples a channel that the header announces.
    announced: Option<u64>,
}

fn open_track(format: &dyn FormatReader) -> Result<Track, String> {
    let track = format.default_track(TrackType::Audio).ok_or("holds no sound track")?;
    let parameters = track.codec_params.as_ref().and_then(|parameters| parameters.audio()).ok_or("holds no sound track")?;
    if let Some(rate) = parameters.sample_rate.filter(|rate| !RATES.contains(rate)) {
        return Err(rate_problem(rate));
    }
    let decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .map_err(|cause| describe(&cause))?;
    Ok(Track { decoder, number: track.id, rate: parameters.sample_rate.unwrap_or(*RATES.end()), announced: track.num_frames })
}

fn rate_problem(rate: u32) -> String {
    format!("announces a sample rate of {rate} Hz; {} to {} Hz are read", RATES.start(), RATES.end())
}

fn describe(cause: &DecoderError) -> String {
    match cause {
        DecoderError::IoError(inner) if inner.kind() == ErrorKind::UnexpectedEof => "is cut short: its data ends too early".to_owned(),
        DecoderError::Unsupported(_) => source::unknown(),
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
