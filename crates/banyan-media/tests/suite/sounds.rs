//! Sounds made for a test.

pub(crate) fn sine(hertz: f64, rate: u32, seconds: f64) -> Vec<f32> {
    let count = (seconds * f64::from(rate)).round() as usize;
    (0..count).map(|index| (std::f64::consts::TAU * hertz * index as f64 / f64::from(rate)).sin() as f32 * 0.5).collect()
}

/// A WAV file of 16-bit samples, which lie interleaved.
pub(crate) fn wav(samples: &[f32], rate: u32, channels: u16) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().flat_map(|sample| ((sample * 32767.0) as i16).to_le_bytes()).collect();
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    file.extend(1u16.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(channels) * 2).to_le_bytes());
    file.extend((channels * 2).to_le_bytes());
    file.extend(16u16.to_le_bytes());
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}
