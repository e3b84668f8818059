//! Runs as COCO writes them into texts.
//!
//! A run is written as a difference to the run before the last (from the fourth run on), in groups of five bits from the lowest up, each of
//! which is a character from `0` on; a sixth bit says that another group follows, and the highest bit of the last group is the sign.

use super::run_length::pixels;
use super::{MaskError, RunLength};

/// A run has 29 bits at most and a difference one more: six groups. A seventh is let pass where it says nothing new.
const MOST_GROUPS: u32 = 7;

impl RunLength {
    /// The runs as a text.
    pub fn to_text(&self) -> String {
        let runs = self.runs();
        let mut text = String::with_capacity(2 * runs.len());
        for (place, &run) in runs.iter().enumerate() {
            let before = if place > 2 { i64::from(runs[place - 2]) } else { 0 };
            let mut rest = i64::from(run) - before;
            loop {
                let group = (rest & 31) as u8;
                rest >>= 5;
                let sign = if group & 16 == 0 { 0 } else { -1 };
                let is_last = rest == sign;
                text.push(char::from(48 + group + if is_last { 0 } else { 32 }));
                if is_last {
                    break;
                }
            }
        }
        text
    }

    /// A mask from its runs as a text.
    ///
    /// # Errors
    /// If the text has another character, numbers that are no runs, or runs whose sum is not the number of pixels.
    pub fn from_text(height: u32, width: u32, text: &str) -> Result<Self, MaskError> {
        let pixels = pixels(height, width)?;
        let mut runs: Vec<u32> = Vec::new();
        let (mut value, mut groups, mut found) = (0_i64, 0, 0_u64);
        for (place, character) in text.chars().enumerate() {
            let bits = match character {
                '0'..='o' => i64::from(u32::from(character) - 48),
                _ => return Err(MaskError::Character { place: place + 1, found: character }),
            };
            let broken = MaskError::Run { run: runs.len() + 1 };
            if groups == MOST_GROUPS {
                return Err(broken);
            }
            value |= (bits & 31) << (5 * groups);
            groups += 1;
            if bits & 32 != 0 {
                continue;
            }
            if bits & 16 != 0 {
                value |= -1 << (5 * groups);
            }
            if runs.len() > 2 {
                value += i64::from(runs[runs.len() - 2]);
            }
            let run = u32::try_from(value).map_err(|_| broken)?;
            found += u64::from(run);
            if found > pixels {
                return Err(MaskError::Size { found, height, width });
            }
            runs.push(run);
            (value, groups) = (0, 0);
        }
        if groups > 0 {
            return Err(MaskError::Run { run: runs.len() + 1 });
        }
        Self::new(height, width, &runs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_of_the_reference() {
        for (height, width, runs, text) in
            [(4, 5, &[5, 2, 2, 2, 2, 2, 4, 1][..], "5220002O"), (2, 2, &[0, 4], "04"), (61, 50, &[3, 40, 1000, 7, 2000], "3X1Xo0oNXo0")]
        {
            let mask = RunLength::new(height, width, runs).unwrap();
            assert_eq!(mask.to_text(), text);
            assert_eq!(RunLength::from_text(height, width, text).unwrap(), mask);
        }
    }

    #[test]
    fn damaged_texts_are_errors() {
        let error = |text| RunLength::from_text(4, 5, text).unwrap_err().to_string();
        assert_eq!(error("52 0"), "character 3 of its runs is ' ', which compressed runs do not have");
        assert_eq!(error("5p"), "character 2 of its runs is 'p', which compressed runs do not have");
        assert_eq!(error("52o"), "run 3 is cut off, negative or too large");
        assert_eq!(error("5O"), "run 2 is cut off, negative or too large");
        assert_eq!(error("oooooooooooooo0"), "run 1 is cut off, negative or too large");
        assert_eq!(error("52"), "it has 7 pixels, but the image of 5 × 4 has 20");
    }

    proptest! {
        #[test]
        fn any_text_is_a_mask_or_an_error(text in ".{0,40}", other in "[0-o]{0,40}") {
            let _ = RunLength::from_text(1000, 1000, &text);
            let _ = RunLength::from_text(16000, 16000, &other);
        }
    }
}
