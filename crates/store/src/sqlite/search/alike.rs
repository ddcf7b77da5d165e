//! Words with a letter or two wrong.

/// Letters of the shortest word in which a wrong one is forgiven; of one that is twice as long, two are.
const FORGIVEN: usize = 4;

/// The first ten bits: another number is another thing.
const DIGITS: u64 = (1 << 10) - 1;

/// Which digits and letters a word has, a bit for each digit and the others for the letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Letters(pub(super) u64);

impl Letters {
    pub(super) fn of(word: &str) -> Self {
        let place = |c: char| c.to_digit(10).unwrap_or_else(|| 10 + u32::from(c) % (u64::BITS - 10));
        Self(word.chars().map(place).fold(0, |bits, place| bits | 1 << place))
    }

    /// Whether words of these can be that near: a letter that is another one changes two bits.
    fn may_be(self, other: Self, wrong: usize) -> bool {
        let differ = self.0 ^ other.0;
        differ & DIGITS == 0 && differ.count_ones() as usize <= 2 * wrong
    }
}

/// A word that somebody may have misspelt.
#[derive(Debug)]
pub(super) struct Misspelt<'a> {
    word: &'a str,
    letters: Letters,
    /// Letters that may be wrong, missing, too many or changed with their neighbours.
    wrong: usize,
}

impl<'a> Misspelt<'a> {
    /// `None` of what is too short to be guessed.
    pub(super) fn of(word: &'a str) -> Option<Self> {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let wrong = if letters < 2 * FORGIVEN { 1 } else { 2 };
        (letters >= FORGIVEN).then(|| Self { word, letters: Letters::of(word), wrong })
    }

    /// Which of these it may have been meant to be, each with how many letters are wrong.
    pub(super) fn among<'b>(&self, words: impl Iterator<Item = (Letters, &'b str)>) -> Vec<(u32, &'b str)> {
        let near = words.filter(|(letters, _)| self.letters.may_be(*letters, self.wrong));
        near.filter_map(|(_, word)| Some((self.distance(word)?, word))).collect()
    }

    /// Letters that are wrong, if they are few and no digit is among them.
    fn distance(&self, other: &str) -> Option<u32> {
        // Of no letter there are more than four bytes.
        if self.word.len().abs_diff(other.len()) > 4 * self.wrong {
            return None;
        }
        let digits = |word: &'_ str| word.chars().filter(char::is_ascii_digit).collect::<String>();
        let distance = strsim::osa_distance(self.word, other);
        (distance <= self.wrong && digits(self.word) == digits(other)).then_some(u32::try_from(distance).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_or_two_are_forgiven_and_no_digit() {
        let near = |word: &str, other: &str| {
            let misspelt = Misspelt::of(word)?;
            let distance = misspelt.distance(other);
            let among = misspelt.among([(Letters::of(other), other)].into_iter());
            assert_eq!(among.first().map(|near| near.0), distance, "the quick look refused what the closer one takes");
            distance
        };
        for (word, other, distance) in [
            ("byrn", "byron", Some(1)),
            ("lovelaec", "lovelace", Some(1)),
            ("johanes", "johannes", Some(1)),
            ("yohan", "johan", Some(1)),
            ("lobelaec", "lovelace", Some(2)),
            ("brn", "byron", None),
            ("bbyyron", "byron", None),
            ("løvas", "lovas", Some(1)),
            ("persn12", "person12", Some(1)),
            ("persn12", "person13", None),
            ("persn12", "person21", None),
            ("ab1234", "ab1235", None),
        ] {
            assert_eq!(near(word, other), distance, "{word} {other}");
        }
    }
}
