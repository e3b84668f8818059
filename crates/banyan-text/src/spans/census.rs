//! Which scheme a column of labels keeps to.

use std::fmt;

use super::label::{Label, Prefix};

/// A way to write spans as labels; see the [module](super).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `B` only where a span would run into one of its type before it.
    Iob1,
    /// `B` for the first token of every span.
    Iob2,
    /// `E` for the last, and `S` for one alone, as well.
    Bioes,
}

/// Of schemes that fit equally the first is meant.
const SCHEMES: [Scheme; 3] = [Scheme::Iob2, Scheme::Iob1, Scheme::Bioes];

impl fmt::Display for Scheme {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Iob1 => "IOB1",
            Self::Iob2 => "IOB2",
            Self::Bioes => "BIOES",
        })
    }
}

impl Scheme {
    /// Whether a token's label may follow another's; where there is none, the sequence ends.
    fn fits(self, before: Option<Label<'_>>, after: Option<Label<'_>>) -> bool {
        // The type of a span that is not over for sure.
        let open = if let Some(Label::In(Prefix::Begin | Prefix::Inside, kind)) = before { Some(kind) } else { None };
        match (self, after) {
            (Self::Iob2, Some(Label::In(Prefix::Inside, kind))) | (Self::Iob1, Some(Label::In(Prefix::Begin, kind))) => open == Some(kind),
            (Self::Iob1 | Self::Iob2, Some(Label::In(Prefix::End | Prefix::Single, _))) => false,
            (Self::Iob1 | Self::Iob2, _) => true,
            (Self::Bioes, Some(Label::In(Prefix::Inside | Prefix::End, kind))) => open == Some(kind),
            (Self::Bioes, _) => open.is_none(),
        }
    }
}

/// Counts what in the sequences of a column breaks each scheme, and so tells which one is meant: the one that is broken least, of
/// equals IOB2.
#[derive(Debug, Clone, Default)]
pub struct Census {
    /// For each scheme the labels that do not follow the one before them.
    labels: [usize; 3],
    /// The sequences with such labels.
    sequences: [usize; 3],
    /// The row of the first.
    first: [Option<usize>; 3],
}

impl Census {
    /// Takes the sequence of a row in.
    pub fn add(&mut self, row: usize, labels: &[Option<Label<'_>>]) {
        for (place, scheme) in SCHEMES.into_iter().enumerate() {
            let ends = std::iter::once(None);
            let before = ends.clone().chain(labels.iter().copied());
            let broken = before.zip(labels.iter().copied().chain(ends)).filter(|(before, after)| !scheme.fits(*before, *after)).count();
            self.labels[place] += broken;
            if broken > 0 {
                self.sequences[place] += 1;
                self.first[place].get_or_insert(row);
            }
        }
    }

    fn place(&self) -> usize {
        (0..SCHEMES.len()).min_by_key(|place| self.labels[*place]).unwrap_or(0)
    }

    /// The scheme that is meant.
    pub fn scheme(&self) -> Scheme {
        SCHEMES[self.place()]
    }

    /// The sequences that break it, and the row of the first.
    pub fn broken(&self) -> (usize, Option<usize>) {
        (self.sequences[self.place()], self.first[self.place()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_that_is_broken_least_is_meant() {
        for (sequences, scheme, broken) in [
            (vec!["B-X I-X O B-Y", "B-X B-X"], Scheme::Iob2, (0, None)),
            (vec!["I-X I-X O I-Y", "I-X B-X I-X", "B-X"], Scheme::Iob1, (1, Some(2))),
            (vec!["B-X E-X O S-Y", "S-X S-X", "B-X I-X E-X"], Scheme::Bioes, (0, None)),
            (vec!["O O"], Scheme::Iob2, (0, None)),
            (vec!["I-X", "I-X O", "B-X I-X", "B-X", "B-X O B-X"], Scheme::Iob2, (2, Some(0))),
            (vec!["B-X ? I-X", "B-X"], Scheme::Iob2, (1, Some(0))),
            (vec!["B-X E-X S-X", "B-X O S-X", "B-X B-X E-X"], Scheme::Bioes, (2, Some(1))),
        ] {
            let mut census = Census::default();
            for (row, labels) in sequences.iter().enumerate() {
                census.add(row, &labels.split(' ').map(Label::parse).collect::<Vec<_>>());
            }
            assert_eq!((census.scheme(), census.broken()), (scheme, broken), "{sequences:?}");
        }
        assert_eq!([Scheme::Iob1, Scheme::Iob2, Scheme::Bioes].map(|scheme| scheme.to_string()), ["IOB1", "IOB2", "BIOES"]);
    }
}
