//! What the pages say, in each language: one file a language, all with the same keys.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A language.
pub(super) struct Words {
    /// Its BCP 47 tag.
    pub(super) tag: &'static str,
    texts: HashMap<String, String>,
}

static ALL: LazyLock<[Words; 2]> = LazyLock::new(|| {
    [("en", include_str!("words/en.toml")), ("nb", include_str!("words/nb.toml"))].map(|(tag, file)| {
        let mut texts = HashMap::new();
        flatten("", &file.parse().unwrap_or_default(), &mut texts);
        Words { tag, texts }
    })
});

/// `[field]` with `address.city = "City"` holds the key `field.address.city`.
fn flatten(above: &str, table: &toml::Table, texts: &mut HashMap<String, String>) {
    for (name, value) in table {
        let key = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        match value {
            toml::Value::Table(table) => flatten(&key, table, texts),
            toml::Value::String(text) => drop(texts.insert(key, text.clone())),
            _ => {}
        }
    }
}

/// The language of that tag, or else the first of `Accept-Language` that there is, or else English.
pub(super) fn chosen(tag: &str, accepted: &str) -> &'static Words {
    let wanted = accepted.split(',').map(|range| range.split(';').next().unwrap_or_default().trim());
    let mut wanted = std::iter::once(tag).chain(wanted).filter(|tag| !tag.is_empty());
    let of = |tag: &str| {
        let primary = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let primary = if matches!(&*primary, "no" | "nn") { "nb" } else { &*primary };
        ALL.iter().find(|words| words.tag == primary)
    };
    let [english, _] = &*ALL;
    wanted.find_map(of).unwrap_or(english)
}

impl Words {
    /// The text of a key. A key without one, which a test finds, shows as itself.
    pub(super) fn get<'k>(&'static self, key: &'k str) -> &'k str {
        self.texts.get(key).map_or(key, String::as_str)
    }

    /// Whether there is such a key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.texts.contains_key(key)
    }

    /// A text with a value in place of its `{}`.
    pub(super) fn with(&'static self, key: &str, value: impl std::fmt::Display) -> String {
        self.get(key).replacen("{}", &value.to_string(), 1)
    }

    /// What a choice is called; one without a text is read by its name.
    pub(super) fn choice(&'static self, name: &str) -> String {
        self.texts.get(&format!("choice.{name}")).cloned().unwrap_or_else(|| name.replace('_', " "))
    }

    /// The text below a heading, where there may be none: then the name itself.
    pub(super) fn named<'k>(&'static self, heading: &str, name: &'k str) -> &'k str {
        self.texts.get(&format!("{heading}.{name}")).map_or(name, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    fn keys(words: &Words) -> BTreeSet<&str> {
        words.texts.keys().map(String::as_str).collect()
    }

    /// The text of every page and of the code that makes them.
    fn sources(folder: &Path, text: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, text);
            } else if path.extension().is_some_and(|end| end == "rs" || end == "html" || end == "js") {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }

    #[test]
    fn every_language_says_everything() {
        let [english, others @ ..] = &*ALL;
        assert!(english.texts.len() > 50);
        for words in others {
            assert_eq!(keys(english), keys(words), "{}", words.tag);
            for (key, text) in &words.texts {
                let places = |text: &str| text.matches("{}").count();
                assert!(!text.trim().is_empty() && places(text) == places(&english.texts[key]), "{} {key}", words.tag);
            }
        }
    }

    #[test]
    fn what_is_asked_for_is_there_and_what_is_there_is_asked_for() {
        let mut text = String::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/console"), &mut text);
        let [english, _] = &*ALL;
        let asked = ["p.t(\"", "p.with(\"", "words().get(\"", "words().with(\"", "words.get(\"", "words.with(\""];
        for start in asked {
            for rest in text.split(start).skip(1) {
                let key = rest.split('"').next().unwrap();
                assert!(english.has(key), "{start}{key}");
            }
        }
        let made = [
            "field.", "choice.", "group.", "kind.", "done.", "error.", "help.", "about.", "about.", "nav.", "role.",
            "many.", "new.", "writes.",
        ];
        for key in keys(english).into_iter().filter(|key| !made.iter().any(|start| key.starts_with(start))) {
            assert!(text.contains(&format!("\"{key}\"")), "nothing asks for {key}");
        }
    }

    #[test]
    fn every_field_has_a_name() {
        let [english, _] = &*ALL;
        for field in domain::Field::ALL {
            assert!(english.has(&format!("field.{field}")), "{field}");
        }
    }

    #[test]
    fn a_language_is_chosen() {
        for (tag, accepted, expected) in [
            ("", "", "en"),
            ("", "de-DE,nb;q=0.8", "nb"),
            ("en", "nb", "en"),
            ("", "no", "nb"),
            ("", "nn-NO", "nb"),
            ("xx", "fr", "en"),
        ] {
            assert_eq!(chosen(tag, accepted).tag, expected, "{tag:?} {accepted:?}");
        }
    }
}
