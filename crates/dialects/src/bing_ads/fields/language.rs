//! The vendor's eighteen languages, by the tags that the record holds.

/// Each name with the tag that it is written as.
const LANGUAGES: &[(&str, &str)] = &[
    ("Danish", "da"),
    ("Dutch", "nl"),
    ("English", "en"),
    ("Finnish", "fi"),
    ("French", "fr"),
    ("German", "de"),
    ("Italian", "it"),
    ("Japanese", "ja"),
    ("Norwegian", "no"),
    ("Portuguese", "pt"),
    ("Swedish", "sv"),
    ("Spanish", "es"),
    ("Arabic", "ar"),
    ("Hebrew", "he"),
    ("Korean", "ko"),
    ("Russian", "ru"),
    ("TraditionalChinese", "zh-Hant"),
    ("SimplifiedChinese", "zh-Hans"),
];

/// The tag of a name.
pub(in super::super) fn tag_of(name: &str) -> Option<&'static str> {
    LANGUAGES.iter().find(|(known, _)| *known == name).map(|(_, tag)| *tag)
}

/// The name of a tag: that of its language, whatever its region; `""` for a language that has none here.
pub(in super::super) fn name_of(tag: &str) -> &'static str {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default().to_ascii_lowercase();
    let wanted = match language.as_str() {
        "nb" | "nn" => "no",
        "zh" => {
            let traditional =
                parts.any(|part| ["hant", "tw", "hk", "mo"].contains(&part.to_ascii_lowercase().as_str()));
            if traditional { "zh-Hant" } else { "zh-Hans" }
        }
        language => language,
    };
    LANGUAGES.iter().find(|(_, tag)| *tag == wanted).map_or("", |(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bing_ads::wire::lists;

    #[test]
    fn names_and_tags_are_found() {
        assert!(LANGUAGES.iter().map(|(name, _)| name).eq(lists::LANGUAGES));
        for (name, tag) in LANGUAGES {
            assert_eq!((tag_of(name), name_of(tag)), (Some(*tag), *name));
        }
        for (tag, name) in
            [("en-GB", "English"), ("nb-NO", "Norwegian"), ("zh-TW", "TraditionalChinese"), ("pl", ""), ("", "")]
        {
            assert_eq!(name_of(tag), name, "{tag}");
        }
    }
}
