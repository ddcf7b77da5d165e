//! What the customers of a block are found by: a line for each, and the words of all of them once.

use domain::search::COLUMNS;

use super::alike::Letters;

/// Ids that share a block.
pub(super) const IDS: i64 = 64;

/// A customer as the index knows them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) id: i64,
    pub(super) texts: [&'a str; COLUMNS],
}

/// Of an id, a tab before each text, and the end of the line.
pub(super) fn line(id: i64, texts: &[String; COLUMNS]) -> String {
    let mut line = id.to_string();
    for text in texts {
        line.push('\t');
        // Nothing is found by what cannot be seen.
        line.extend(plain(text).chars().map(|c| if c.is_control() { ' ' } else { c }));
    }
    line.push('\n');
    line
}

impl<'a> Line<'a> {
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let mut parts = line.trim_end_matches('\n').split('\t');
        let id = parts.next()?.parse().ok()?;
        let mut texts = [""; COLUMNS];
        for (text, part) in texts.iter_mut().zip(parts) {
            *text = part;
        }
        Some(Self { id, texts })
    }

    /// How well a word is found: the smaller the better; a whole word before the start of one before a part, and names
    /// before all else.
    pub(super) fn score(&self, word: &str, searchable: [bool; COLUMNS]) -> Option<u32> {
        let score = |(column, text): (u32, &str)| {
            let mut parts = parts(text);
            let how = match () {
                () if parts.clone().any(|part| part == word) || text.split(' ').any(|part| part == word) => 0,
                () if parts.any(|part| part.starts_with(word)) => 1,
                () if text.contains(word) => 2,
                () => return None,
            };
            Some(how * COLUMNS as u32 + column)
        };
        self.seen(searchable).filter_map(score).min()
    }

    /// The texts that are looked at, and the place of each.
    pub(super) fn seen(&self, searchable: [bool; COLUMNS]) -> impl Iterator<Item = (u32, &'a str)> {
        (0..).zip(self.texts).zip(searchable).filter(|(_, seen)| *seen).map(|(text, _)| text)
    }
}

/// The words of a text.
pub(super) fn parts(text: &str) -> impl Iterator<Item = &str> + Clone {
    text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty())
}

/// The words of all lines once, as far as they have letters, each after its length and its letters.
pub(super) fn dictionary(lines: &str) -> Vec<u8> {
    let texts = lines.lines().filter_map(|line| line.split_once('\t'));
    let mut words: Vec<&str> = texts.flat_map(|(_, texts)| parts(texts)).collect();
    words.retain(|word| word.contains(char::is_alphabetic));
    words.sort_unstable();
    words.dedup();
    let mut bytes = Vec::new();
    for word in words {
        // Longer ones are nobody's name.
        let Ok(length) = u8::try_from(word.len()) else { continue };
        bytes.push(length);
        bytes.extend(Letters::of(word).0.to_le_bytes());
        bytes.extend(word.as_bytes());
    }
    bytes
}

/// What [`dictionary`] wrote.
pub(super) fn words(mut bytes: &[u8]) -> impl Iterator<Item = (Letters, &str)> {
    std::iter::from_fn(move || {
        let (length, rest) = bytes.split_first()?;
        let (letters, rest) = rest.split_first_chunk()?;
        let (word, rest) = rest.split_at_checked(usize::from(*length))?;
        bytes = rest;
        Some((Letters(u64::from_le_bytes(*letters)), str::from_utf8(word).unwrap_or_default()))
    })
}

/// Letters without what stands above and below them.
pub(super) fn plain(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    unicode_normalization::UnicodeNormalization::nfd(text)
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .collect()
}
