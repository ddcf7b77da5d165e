//! What the pages say, in each language: one file a language, all with the same keys.

use super::shown::Moment;
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

    /// Whether the sentences of the domain are in it.
    pub(super) fn is_english(&self) -> bool {
        self.tag == "en"
    }

    /// A text about so many, with the number in place of its `{}`: one of them may have a text of its own, under
    /// `key_one`.
    pub(super) fn count(&'static self, key: &str, number: u64) -> String {
        let one = format!("{key}_one");
        let key = if number == 1 && self.has(&one) { &one } else { key };
        self.with(key, self.number(number))
    }

    /// A number, with what stands between its thousands.
    pub(super) fn number(&self, number: u64) -> String {
        let digits = number.to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3);
        for (at, digit) in digits.char_indices() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push_str(if self.is_english() { "," } else { "\u{a0}" });
            }
            text.push(digit);
        }
        text
    }

    /// A number with a fraction, which was written with a point.
    pub(super) fn decimal(&self, text: String) -> String {
        if self.is_english() { text } else { text.replace('.', ",") }
    }

    /// So many bytes, in the unit that suits them.
    pub(super) fn bytes(&self, bytes: u64) -> String {
        let units = [("GB", 1_u64 << 30), ("MB", 1 << 20), ("kB", 1 << 10)];
        match units.into_iter().find(|(_, unit)| bytes >= *unit) {
            Some((name, unit)) => {
                let tenths = bytes / (unit / 10);
                format!("{} {name}", self.decimal(format!("{}.{}", tenths / 10, tenths % 10)))
            }
            None => format!("{bytes} B"),
        }
    }

    /// So many seconds, in the unit that suits them.
    pub(super) fn seconds(&'static self, seconds: i64) -> String {
        let units = [("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1)];
        let (name, unit) =
            units.into_iter().find(|(_, unit)| seconds >= *unit && seconds % unit == 0).unwrap_or(("seconds", 1));
        self.named("unit", name).replacen("{}", &(seconds / unit).to_string(), 1)
    }

    /// A moment in a sentence, in UTC. A script makes it local; a table has it as it sorts.
    pub(super) fn when(&'static self, moment: &Moment) -> String {
        let part = |from, to| moment.exact.get(from..to).unwrap_or_default();
        let (year, day, time) = (part(0, 4), part(8, 10).trim_start_matches('0'), part(11, 16));
        let month = self.named("month", part(5, 7));
        match self.is_english() {
            true => format!("{day} {month} {year}, {time} UTC"),
            false => format!("{day}. {month} {year} kl. {time} UTC"),
        }
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

    /// What a dialect says of its operations is the key of the other languages' text.
    const SUMMARY: &str = "summary.";

    fn keys(words: &Words) -> BTreeSet<&str> {
        words.texts.keys().map(String::as_str).filter(|key| !key.starts_with(SUMMARY)).collect()
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
            for (key, text) in words.texts.iter().filter(|(key, _)| !key.starts_with(SUMMARY)) {
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
        let asked = [
            "p.t(\"",
            "p.with(\"",
            "words().get(\"",
            "words().with(\"",
            "words.get(\"",
            "words.with(\"",
            "words.count(\"",
            "words().count(\"",
            "p.count(\"",
        ];
        for start in asked {
            for rest in text.split(start).skip(1) {
                let key = rest.split('"').next().unwrap();
                assert!(english.has(key), "{start}{key}");
            }
        }
        let made = [
            "field.", "choice.", "group.", "kind.", "done.", "error.", "help.", "about.", "nav.", "role.", "many.",
            "new.", "month.", "refused.", "fits.", "unit.", "way.", "hint.", "fact.", "writes.",
        ];
        for key in keys(english).into_iter().filter(|key| !made.iter().any(|start| key.starts_with(start))) {
            let asked = |key: &str| text.contains(&format!("\"{key}\""));
            assert!(asked(key) || key.strip_suffix("_one").is_some_and(asked), "nothing asks for {key}");
        }
    }

    #[test]
    fn numbers_are_written_as_the_language_does() {
        let [english, norwegian] = &*ALL;
        assert_eq!((&*english.number(1_234_567), &*norwegian.number(12_480)), ("1,234,567", "12\u{a0}480"));
        assert_eq!((&*english.number(999), &*norwegian.decimal("1.5".to_owned())), ("999", "1,5"));
        assert_eq!((&*english.count("calls_of", 1), &*english.count("calls_of", 2_000)), ("1 call", "2,000 calls"));
        assert_eq!((&*norwegian.bytes(1_572_864), &*english.bytes(12)), ("1,5 MB", "12 B"));
        assert_eq!((&*english.seconds(604_800), &*norwegian.seconds(90)), ("7 days", "90 sekunder"));
    }

    #[test]
    fn every_operation_is_told_of_in_every_language() {
        let [_, others @ ..] = &*ALL;
        let described = dialects::ALL.iter().flat_map(|dialect| (dialect.connect.operations)());
        // What goes in and comes out is named in the vendor's words.
        let told: BTreeSet<String> = described.map(|one| one.about).filter(|about| !about.contains('→')).collect();
        assert!(told.len() > 80);
        for words in others {
            let summaries = words.texts.keys().filter_map(|key| key.strip_prefix(SUMMARY));
            let known: BTreeSet<String> = summaries.map(str::to_owned).collect();
            assert_eq!(told, known, "{}", words.tag);
            assert!(told.iter().all(|about| words.named("summary", about) != about), "{}", words.tag);
        }
    }

    #[test]
    fn moments_in_sentences_are_written_as_the_language_does() {
        let [english, norwegian] = &*ALL;
        let at = Moment::of(domain::Time(1_795_442_525_000_000));
        assert_eq!(at.exact.get(..19), Some("2026-11-23T14:02:05"), "{}", at.exact);
        assert_eq!(english.when(&at), "23 Nov 2026, 14:02 UTC");
        assert_eq!(norwegian.when(&at), "23. nov. 2026 kl. 14:02 UTC");
        assert_eq!(english.when(&Moment::of(domain::Time(0))), "1 Jan 1970, 00:00 UTC");
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
