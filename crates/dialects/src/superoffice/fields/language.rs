//! Languages by their ids, codes and names. The record keeps the tag.

/// Tag, and names that mean it: the code, older codes of the vendor, the English name, its own name.
pub(in super::super) const LANGUAGES: [(&str, &str, &[&str]); 4] = [
    ("en", "English", &[]),
    ("no", "Norwegian", &["norsk"]),
    ("sv", "Swedish", &["se", "svenska"]),
    ("de", "German", &["deutsch"]),
];

/// The tag of a language by its id, counted from 1, its code or its name, in any case.
pub(in super::super) fn tag(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let by_id = || text.parse::<usize>().ok()?.checked_sub(1).and_then(|at| LANGUAGES.get(at));
    let is = |name: &str| name.eq_ignore_ascii_case(text);
    let named = LANGUAGES.iter().find(|(tag, name, others)| is(tag) || is(name) || others.iter().any(|name| is(name)));
    named.or_else(by_id).map(|(tag, ..)| *tag)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_language_has_an_id_a_code_and_a_name() {
        for text in ["2", "no", "NO", "Norwegian", "norsk"] {
            assert_eq!(super::tag(text), Some("no"), "{text}");
        }
        for text in ["", "0", "5", "-1", "klingon", "xx"] {
            assert_eq!(super::tag(text), None, "{text}");
        }
    }
}
