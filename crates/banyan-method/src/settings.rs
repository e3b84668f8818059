//! Checked options.

use crate::{Choice, Error, Method, OptionKind, OptionSpec, Value, nearest, suggest};

/// A method's options, checked and completed with the defaults.
///
/// The readers panic for an option that the method does not define, or not as that kind: a mistake in the program, which the first
/// test that builds the method finds.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    method: &'static str,
    values: Vec<(&'static str, Value)>,
}

impl Settings {
    /// Checks the options of `choice` against those of `method`, all but those that are methods themselves.
    pub(crate) fn new(method: &Method, choice: &Choice, tasks: usize) -> Result<Self, Error> {
        for (option, _) in &choice.options {
            if method.all_options().all(|spec| spec.name != option) {
                let names: Vec<&str> = method.all_options().map(|spec| spec.name).collect();
                let hint = suggest(option, &names, "its options are").unwrap_or_else(|| "it has no options".to_owned());
                return Err(Error::UnknownOption { method: method.name, option: option.clone(), hint });
            }
        }
        let mut values = Vec::new();
        for spec in method.all_options() {
            let value = match choice.get(spec.name) {
                Some(value) => Some(read(spec.kind(), value, tasks).ok_or_else(|| refusal(method.name, spec, value, tasks))?),
                None => spec.default().value(tasks),
            };
            values.extend(value.map(|value| (spec.name, value)));
        }
        Ok(Self { method: method.name, values })
    }

    /// A number.
    ///
    /// # Panics
    /// If the method defines no such number.
    #[must_use]
    pub fn number(&self, option: &str) -> f64 {
        self.value(option).and_then(Value::as_number).unwrap_or_else(|| self.undefined("number", option))
    }

    /// A number that has no default, where it is set.
    #[must_use]
    pub fn number_if_set(&self, option: &str) -> Option<f64> {
        self.value(option).and_then(Value::as_number)
    }

    /// A whole number.
    ///
    /// # Panics
    /// If the method defines no such whole number.
    #[must_use]
    pub fn count(&self, option: &str) -> u64 {
        match self.value(option) {
            Some(Value::Integer(count)) => count.unsigned_abs(),
            _ => self.undefined("whole number", option),
        }
    }

    /// True or false.
    ///
    /// # Panics
    /// If the method defines no such flag.
    #[must_use]
    pub fn flag(&self, option: &str) -> bool {
        match self.value(option) {
            Some(Value::Boolean(value)) => *value,
            _ => self.undefined("flag", option),
        }
    }

    /// One of some words.
    ///
    /// # Panics
    /// If the method defines no such word.
    #[must_use]
    pub fn word(&self, option: &str) -> &str {
        match self.value(option) {
            Some(Value::Text(word)) => word,
            _ => self.undefined("word", option),
        }
    }

    /// A number for each task.
    ///
    /// # Panics
    /// If the method defines no such list.
    #[must_use]
    pub fn per_task(&self, option: &str) -> Vec<f64> {
        match self.value(option) {
            Some(Value::List(numbers)) => numbers.iter().filter_map(Value::as_number).collect(),
            _ => self.undefined("list", option),
        }
    }

    /// A method of the same registry.
    ///
    /// # Panics
    /// If the method defines no such option.
    #[must_use]
    pub fn method(&self, option: &str) -> &Choice {
        match self.value(option) {
            Some(Value::Method(choice)) => choice,
            _ => self.undefined("method", option),
        }
    }

    /// The methods among the options.
    pub(crate) fn methods(&self) -> impl Iterator<Item = (&'static str, &Choice)> {
        self.values.iter().filter_map(|(name, value)| if let Value::Method(choice) = value { Some((*name, choice)) } else { None })
    }

    fn value(&self, option: &str) -> Option<&Value> {
        self.values.iter().find(|(name, _)| *name == option).map(|(_, value)| value)
    }

    fn undefined(&self, kind: &str, option: &str) -> ! {
        panic!("\"{}\" does not define the {kind} \"{option}\"", self.method)
    }
}

/// The value in the form that [`Settings`] keeps, if it is one that the option takes.
fn read(kind: OptionKind, value: &Value, tasks: usize) -> Option<Value> {
    match kind {
        OptionKind::Number(range) => value.as_number().filter(|number| range.contains(*number)).map(Value::Number),
        OptionKind::Count { minimum, maximum } => {
            let number = value.as_number().filter(|number| number.fract() == 0.0)?;
            (minimum as f64..=maximum as f64).contains(&number).then_some(Value::Integer(number as i64))
        }
        OptionKind::Flag => matches!(value, Value::Boolean(_)).then(|| value.clone()),
        OptionKind::Word(words) => matches!(value, Value::Text(text) if words.contains(&text.as_str())).then(|| value.clone()),
        OptionKind::Text => matches!(value, Value::Text(_)).then(|| value.clone()),
        OptionKind::Texts => match value {
            Value::List(values) => values.iter().all(|value| matches!(value, Value::Text(_))).then(|| value.clone()),
            _ => None,
        },
        // A table is a part of tasks and inputs, which are read as structs; a choice cannot hold one.
        OptionKind::Table(_) => None,
        OptionKind::PerTask(range) => {
            let Value::List(values) = value else { return None };
            let numbers: Vec<f64> = values.iter().map(Value::as_number).collect::<Option<_>>()?;
            (numbers.len() == tasks && numbers.iter().all(|number| range.contains(*number))).then(|| numbers.into())
        }
        OptionKind::Method => value.as_method().map(Value::Method),
    }
}

fn refusal(method: &'static str, spec: &OptionSpec, value: &Value, tasks: usize) -> Error {
    let (mut expected, mut hint) = (spec.kind().to_string(), None);
    match (spec.kind(), value) {
        (OptionKind::PerTask(_), Value::List(values)) if values.len() != tasks => {
            expected = format!("{expected} ({tasks} in all, not {})", values.len());
        }
        (OptionKind::Number(range), value) => hint = value.as_number().and_then(|number| range.rounding(number)),
        (OptionKind::PerTask(range), Value::List(values)) => {
            hint = values.iter().filter_map(Value::as_number).find_map(|number| Some(format!("of {number}: {}", range.rounding(number)?)));
        }
        (OptionKind::Word(words), Value::Text(text)) => {
            hint = nearest(text, words.iter().copied()).map(|word| format!("did you mean \"{word}\"?"));
        }
        _ => {}
    }
    Error::Value { method, option: spec.name, expected, found: value.to_string(), hint }
}
