//! Groups of methods as a listing shows them.

mod entry;
#[cfg(feature = "json")]
mod json;
mod markdown;
mod text;

pub use entry::{Entry, EntryOption};

/// Methods that serve one purpose, to be listed together.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// What they are called: `fusions`.
    pub name: &'static str,
    /// How one is chosen: `fusion in [model]`.
    pub chosen_by: &'static str,
    /// What they do, in a sentence.
    pub purpose: &'static str,
    /// The methods.
    pub methods: Vec<Entry>,
}

/// All groups as a text for a terminal.
pub fn text(groups: &[Group]) -> String {
    groups.iter().map(text::group).collect()
}

/// All groups as sections of a Markdown page, a table each.
pub fn markdown(groups: &[Group]) -> String {
    groups.iter().map(markdown::group).collect()
}

/// All groups as a JSON array of objects, in one line.
///
/// # Errors
/// None that can be expected: only texts are written.
#[cfg(feature = "json")]
pub fn json(groups: &[Group]) -> Result<String, serde_json::Error> {
    json::page(groups)
}

/// An option that several methods of a group have in common.
struct Common<'a> {
    option: &'a EntryOption,
    /// The methods that do not have it.
    not: Vec<&'a str>,
}

impl Common<'_> {
    /// Who takes it, as the beginning of a sentence; `show` writes a name as the listing does.
    fn takers(&self, show: impl Fn(&str) -> String) -> String {
        let not: Vec<String> = self.not.iter().map(|name| show(name)).collect();
        match &not[..] {
            [] => "All of them take".to_owned(),
            not => format!("All of them but {} take", crate::enumerate(&not.iter().map(String::as_str).collect::<Vec<_>>())),
        }
    }
}

impl Group {
    fn common(&self) -> Vec<Common<'_>> {
        let mut all: Vec<Common<'_>> = Vec::new();
        for option in self.methods.iter().flat_map(|method| &method.common_options) {
            if all.iter().all(|common| common.option.name != option.name) {
                let lacks = |method: &&Entry| method.common_options.iter().all(|other| other.name != option.name);
                all.push(Common { option, not: self.methods.iter().filter(lacks).map(|method| method.name.as_str()).collect() });
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Method, OptionSpec, Range, Remark};

    const GRADIENT: OptionSpec = OptionSpec::word("gradient", "whose gradients", &["parameters", "representation"]);

    const CAGRAD: Method = Method::new("cagrad", "near the mean | fair")
        .paper("Liu et al., NeurIPS 2021")
        .options(&[OptionSpec::number("c", "the radius", 0.5, Range::between(0.0, 100.0))])
        .common_options(&[GRADIENT])
        .remarks(&[Remark { about: "scale", text: "mean" }]);
    const MEAN: Method = Method::new("mean", "the mean").common_options(&[GRADIENT]);
    const ROWS: Method = Method::new("rows", "number by number");

    fn groups() -> Vec<Group> {
        let (purpose, methods) = ("Resolve conflicts.", [CAGRAD, MEAN, ROWS].iter().map(Entry::from).collect());
        vec![Group { name: "aggregators", chosen_by: "balance in [training]", purpose, methods }]
    }

    #[test]
    fn a_text_lists_methods_with_their_options() {
        let expected = r#"AGGREGATORS (balance in [training])
  Resolve conflicts.
  All of them but rows take gradient = "parameters": whose gradients ("parameters" or "representation")

  cagrad          near the mean | fair
                  scale: mean
                  Liu et al., NeurIPS 2021
                  c = 0.5: the radius (a number between 0 and 100)
  mean            the mean
  rows            number by number

"#;
        assert_eq!(text(&groups()), expected);
    }

    #[test]
    fn a_page_says_once_what_methods_have_in_common() {
        let expected = r#"
## Aggregators

Chosen by balance in [training]. Resolve conflicts.

All of them but `rows` take `gradient` = "parameters": whose gradients; "parameters" or "representation".

| name | what it does | paper | options |
|---|---|---|---|
| `cagrad` | near the mean \| fair; scale: mean | Liu et al., NeurIPS 2021 | `c` = 0.5: the radius; a number between 0 and 100 |
| `mean` | the mean |  |  |
| `rows` | number by number |  |  |
"#;
        assert_eq!(markdown(&groups()), expected);
    }

    #[cfg(feature = "json")]
    #[test]
    fn json_has_all_options_of_every_method() {
        let found: serde_json::Value = serde_json::from_str(&json(&groups()).unwrap()).unwrap();
        let methods = &found[0]["methods"];
        assert_eq!(found[0]["name"], "aggregators");
        assert_eq!(methods[0]["scale"], "mean");
        assert_eq!(methods[0]["options"][0]["default"], "0.5");
        assert_eq!(methods[0]["options"][0]["expected"], "a number between 0 and 100");
        assert_eq!(methods[1]["options"][0]["name"], "gradient");
        assert_eq!(methods[2], serde_json::json!({ "name": "rows", "summary": "number by number", "options": [] }));
    }
}
