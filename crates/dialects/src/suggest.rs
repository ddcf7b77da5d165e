//! Help for what is misspelt.

/// Alike enough to be meant.
const ALIKE: f64 = 0.8;

/// The name that was probably meant, also when only the last part of a dotted name was given.
pub(crate) fn nearest<'a>(wrong: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // What is longer than any name is none that was misspelt, and comparing it would take its time.
    if wrong.len() > 64 {
        return None;
    }
    let wrong = wrong.to_lowercase();
    let alike = |name: &str| {
        let last = name.rsplit('.').next().unwrap_or(name);
        strsim::jaro_winkler(name, &wrong).max(strsim::jaro_winkler(last, &wrong))
    };
    let best = names.map(|name| (alike(name), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(alike, _)| *alike >= ALIKE).map(|(_, name)| name)
}

/// A word of the caller in quotes; what was made up may be long.
pub(crate) fn quoted(word: &str) -> String {
    format!("{:?}", word.chars().take(64).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_alike_is_suggested() {
        let names = ["name", "first_name", "address.city", "emails", "x"];
        for (wrong, meant) in [
            ("nmae", Some("name")),
            ("Name", Some("name")),
            ("firstname", Some("first_name")),
            ("city", Some("address.city")),
            ("email", Some("emails")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(wrong, names.into_iter()), meant, "{wrong}");
        }
        assert_eq!(nearest(&"name".repeat(100), names.into_iter()), None);
    }
}
