//! What people are told when something is refused. The sentences of the domain are English, and say it all; in another
//! language the reason, the field and what it can hold are said instead, from the same closed lists.

use domain::error::Reason;
use domain::{Error, Field, Shape};

use super::words::Words;

/// The name of a reason in the catalogue.
const fn name(reason: Reason) -> &'static str {
    match reason {
        Reason::Unauthenticated => "unauthenticated",
        Reason::Forbidden => "forbidden",
        Reason::NotFound => "not_found",
        Reason::AlreadyExists => "already_exists",
        Reason::Required => "required",
        Reason::Invalid => "invalid",
        Reason::TooLong => "too_long",
        Reason::Conflict => "conflict",
        Reason::Locked => "locked",
        Reason::LimitExceeded => "limit_exceeded",
        Reason::Unsupported => "unsupported",
        Reason::Busy => "busy",
        Reason::Internal => "internal",
    }
}

/// A refusal in one sentence of the reader's language.
pub(super) fn sentence(words: &'static Words, error: &Error) -> String {
    if words.is_english() {
        return error.message.to_string();
    }
    let said = words.named("refused", name(error.reason));
    let at = error.at.map(|field| words.named("field", &field.name()).to_owned());
    match (at, error.reason, error.wait) {
        (Some(label), Reason::Invalid | Reason::Required | Reason::TooLong, _) => {
            let holds = error.at.map(|field| holds(words, field)).unwrap_or_default();
            let said = format!("{label}: {said}");
            if holds.is_empty() { said } else { format!("{said} {}", words.with("can_hold", holds)) }
        }
        (Some(label), ..) => format!("{label}: {said}"),
        (None, _, Some(seconds)) => format!("{said} {}", words.with("again_in", seconds)),
        (None, ..) => said.to_owned(),
    }
}

/// The English sentence, where the one in another language says less.
pub(super) fn detail(words: &'static Words, error: &Error) -> String {
    let says_all = matches!(error.reason, Reason::Unauthenticated | Reason::Internal | Reason::LimitExceeded);
    if words.is_english() || says_all { String::new() } else { error.message.to_string() }
}

/// What a field can hold; `""` where its name says it.
pub(super) fn holds(words: &'static Words, field: Field) -> String {
    let some = |key: &str, value: usize| words.named("fits", key).replacen("{}", &value.to_string(), 1);
    match field.shape() {
        Shape::Text { max } => some("text", max),
        Shape::Choice(choices) => {
            let few = choices.len() <= 12;
            let all: Vec<_> = choices.iter().filter(|_| few).map(|choice| words.choice(choice)).collect();
            if few { words.named("fits", "choice").replacen("{}", &all.join(", "), 1) } else { String::new() }
        }
        Shape::Number { min, max } => {
            let said = words.named("fits", "number").replacen("{}", &min.to_string(), 1);
            said.replacen("{}", &max.to_string(), 1)
        }
        Shape::Emails { items } => some("emails", items),
        Shape::Codes { max, items } => some("codes", items).replacen("{}", &max.to_string(), 1),
        Shape::Country => words.named("fits", "country").to_owned(),
        Shape::Language => words.named("fits", "language").to_owned(),
        Shape::Time => words.named("fits", "time").to_owned(),
        Shape::Reference(kind) => words.named("fits", "reference").replacen("{}", words.named("kind", kind.name()), 1),
        Shape::References { of, .. } => {
            words.named("fits", "references").replacen("{}", words.named("kind", of.name()), 1)
        }
        Shape::Envelope | Shape::Flag | Shape::Secret => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::words;

    #[test]
    fn every_reason_has_its_sentence_in_every_language() {
        for tag in ["en", "nb"] {
            for reason in Reason::ALL {
                assert!(words::chosen(tag, "").has(&format!("refused.{}", name(reason))), "{tag} {reason:?}");
            }
        }
    }

    #[test]
    fn norwegian_readers_are_told_what_english_ones_are() {
        let norwegian = words::chosen("nb", "");
        let told = |error: &Error| sentence(norwegian, error);
        let country = Error::invalid(Field::Country, "address.country must be a country");
        assert_eq!(sentence(words::chosen("en", ""), &country), "address.country must be a country");
        let said = told(&country);
        assert!(said.starts_with("Land: ") && said.contains("ISO 3166"), "{said}");
        let long = told(&Error::new(Reason::TooLong, "name is too long").at(Field::Name));
        assert!(long.starts_with("Navn: ") && long.bytes().any(|byte| byte.is_ascii_digit()), "{long}");
        assert!(told(&Error::new(Reason::LimitExceeded, "wait").again_in(7)).contains('7'));
        assert_eq!(detail(norwegian, &Error::not_found("There is no customer 5")), "There is no customer 5");
    }

    #[test]
    fn what_a_field_holds_is_said_without_a_gap() {
        for tag in ["en", "nb"] {
            for field in Field::ALL {
                let said = holds(words::chosen(tag, ""), *field);
                assert!(!said.contains("{}") && !said.starts_with("text"), "{tag} {field}: {said}");
            }
        }
    }
}
