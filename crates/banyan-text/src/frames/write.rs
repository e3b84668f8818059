//! Frames as columns of labels and as JSON.

use super::{Frame, Frames, VERB};

/// What stands for a predicate whose sense is not known.
const SENSELESS: &str = "Y";

impl Frames {
    /// For each word the sense of the predicate that it is, empty where it is none, and its labels of all predicates.
    pub fn columns(&self) -> (Vec<String>, Vec<String>) {
        let mut predicates = vec![String::new(); self.words];
        let mut labels = vec![Vec::new(); self.words];
        for frame in &self.frames {
            predicates[frame.predicate] = if frame.sense.is_empty() { SENSELESS.to_owned() } else { frame.sense.clone() };
            let own = frame.labels(self.words);
            labels.iter_mut().zip(own).for_each(|(labels, own)| labels.push(own));
        }
        let joined = |labels: Vec<String>| if labels.is_empty() { "O".to_owned() } else { labels.join("|") };
        (predicates, labels.into_iter().map(joined).collect())
    }

    /// A list of objects.
    pub fn json(&self) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let object = |frame: &Frame| {
            let arguments = frame.arguments.iter().flatten().map(|argument| {
                format!("{{\"role\": {}, \"start\": {}, \"end\": {}}}", quoted(&argument.role), argument.begin, argument.end)
            });
            let sense = if frame.sense.is_empty() { String::new() } else { format!(", \"sense\": {}", quoted(&frame.sense)) };
            format!("{{\"predicate\": {}{sense}, \"args\": [{}]}}", frame.predicate, arguments.collect::<Vec<String>>().join(", "))
        };
        format!("[{}]", self.frames.iter().map(object).collect::<Vec<String>>().join(", "))
    }
}

impl Frame {
    /// The label of each of so many words, as IOB2 has it.
    fn labels(&self, words: usize) -> Vec<String> {
        let mut labels = vec!["O".to_owned(); words];
        labels[self.predicate] = format!("B-{VERB}");
        for argument in self.arguments.iter().flatten() {
            labels[argument.begin..argument.end].fill(format!("I-{}", argument.role));
            labels[argument.begin] = format!("B-{}", argument.role);
        }
        labels
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Argument, Frame, Frames};

    #[test]
    fn columns_and_objects() {
        let argument = |role: &str, begin, end| Argument { role: role.to_owned(), begin, end };
        let frame = |predicate, sense: &str, arguments| Frame { predicate, sense: sense.to_owned(), arguments: Some(arguments) };
        let frames = Frames {
            words: 4,
            frames: vec![frame(1, "eat.01", vec![argument("ARG0", 0, 1), argument("ARG1", 2, 4)]), frame(3, "", Vec::new())],
        };
        let (predicates, labels) = frames.columns();
        assert_eq!(predicates, ["", "eat.01", "", "Y"]);
        assert_eq!(labels, ["B-ARG0|O", "B-V|O", "B-ARG1|O", "I-ARG1|B-V"]);
        assert_eq!(Frames { words: 1, frames: Vec::new() }.columns().1, ["O"]);
        assert_eq!(
            frames.json(),
            r#"[{"predicate": 1, "sense": "eat.01", "args": [{"role": "ARG0", "start": 0, "end": 1}, {"role": "ARG1", "start": 2, "end": 4}]}, {"predicate": 3, "args": []}]"#
        );
    }
}
