//! A token's spelling.

use super::Layout;
use banyan_engine::{Direction, Graph, Var};
use banyan_nn::{Embedding, LayerBuilder, Lstm};
use banyan_text::tokens::TokenValues;

const CHARACTER_WIDTH: usize = 32;
/// Of each direction.
const HIDDEN: usize = 48;
/// The most characters that are read of a token, its first ones.
const MOST: usize = 24;

/// The last states of two recurrent layers over the characters, from the front and from the back (Lample et al., NAACL 2016).
#[derive(Debug)]
pub(super) struct Characters {
    table: Embedding,
    directions: [Lstm; 2],
}

impl Characters {
    /// For a vocabulary of so many characters.
    pub(super) fn new(builder: &mut LayerBuilder, characters: usize) -> Self {
        Self {
            table: builder.embedding("characters", characters + 1, CHARACTER_WIDTH, 0.1),
            directions: [("forward", Direction::Forward), ("backward", Direction::Backward)]
                .map(|(name, direction)| builder.lstm(&format!("spelling.{name}"), CHARACTER_WIDTH, HIDDEN, direction)),
        }
    }

    pub(super) fn width(&self) -> usize {
        2 * HIDDEN
    }

    /// `[rows, length, width]`; padding is zero.
    pub(super) fn forward(&self, graph: &mut Graph<'_>, tokens: &TokenValues, layout: &Layout) -> Var {
        let count = tokens.characters.len();
        let lengths: Vec<u32> = (0..count).map(|token| tokens.characters.list(token).len().min(MOST) as u32).collect();
        let longest = lengths.iter().copied().max().unwrap_or(0).max(1) as usize;
        let (mut offsets, mut items) = (Vec::with_capacity(count * longest + 1), Vec::new());
        offsets.push(0);
        for token in 0..count {
            let own = tokens.characters.list(token);
            for place in 0..longest {
                items.extend((place < lengths[token] as usize).then(|| own[place]));
                offsets.push(items.len() as u32);
            }
        }
        let read = self.table.forward(graph, &offsets, &items);
        let read = graph.reshape(read, [count, longest, CHARACTER_WIDTH]);
        // The last state is that of the last character read: the token's last one forward, its first one backward.
        let last = |direction: usize, token: usize| {
            let place = if direction == 0 { lengths[token].saturating_sub(1) } else { 0 };
            (token * longest) as u32 + place
        };
        let mut places = vec![[u32::MAX; 2]; layout.rows * layout.length];
        for (token, place) in layout.places().enumerate() {
            places[place] = [last(0, token), last(1, token)];
        }
        let states = self.directions.iter().enumerate().map(|(direction, lstm)| {
            let states = lstm.forward(graph, read, &lengths);
            let of_direction: Vec<u32> = places.iter().map(|both| both[direction]).collect();
            graph.gather(states, &of_direction)
        });
        let states: Vec<Var> = states.collect();
        let both = graph.concat(&states);
        graph.reshape(both, [layout.rows, layout.length, self.width()])
    }
}
