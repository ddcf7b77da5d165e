//! Conditional requests (RFC 9110 §8.8.3 and §13.1). The entity tag of a record is its version: `"3"`.

use crate::{Refusal, Request};
use domain::error::Reason;
use domain::{Error, Record};
use http::header::{IF_MATCH, IF_NONE_MATCH};
use http::{HeaderName, HeaderValue, StatusCode};

/// The entity tag of a version. It is strong: one version is shown in one way.
pub(super) fn entity_tag(version: u64) -> HeaderValue {
    // Digits in quotes are always a header value.
    HeaderValue::try_from(format!("\"{version}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// Which versions a request speaks of.
#[derive(Clone, Debug, PartialEq)]
enum Tags {
    /// `*`: whatever is there.
    Any,
    /// Each with whether it is weak.
    Listed(Vec<(bool, String)>),
}

/// What a change demands of the version it meets.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct IfMatch {
    one_of: Option<Tags>,
    none_of: Option<Tags>,
}

impl IfMatch {
    /// That it is this one.
    pub(super) fn version(version: i64) -> Self {
        Self { one_of: Some(Tags::Listed(vec![(false, version.to_string())])), none_of: None }
    }

    /// # Errors
    /// 400 for a header that cannot be read: to change the record anyway is what the caller wanted to prevent.
    pub(super) fn read(request: &Request) -> Result<Self, Refusal> {
        let read = |name, title| {
            tags(request, name).map_err(|()| {
                let text = format!("{title} must be * or hold entity tags in quotes, such as \"3\"");
                Refusal::request(StatusCode::BAD_REQUEST, text)
            })
        };
        Ok(Self { one_of: read(&IF_MATCH, "If-Match")?, none_of: read(&IF_NONE_MATCH, "If-None-Match")? })
    }

    /// # Errors
    /// `Conflict` when the record has another version. A weak tag never matches: it does not promise that the caller
    /// saw all there is.
    pub(super) fn check(&self, present: &Record) -> Result<(), Error> {
        let version = present.version.to_string();
        let holds = match &self.one_of {
            Some(Tags::Listed(tags)) => tags.iter().any(|(weak, tag)| !weak && *tag == version),
            Some(Tags::Any) | None => true,
        };
        let excluded = match &self.none_of {
            Some(Tags::Listed(tags)) => tags.iter().any(|(_, tag)| *tag == version),
            Some(Tags::Any) => true,
            None => false,
        };
        if holds && !excluded {
            return Ok(());
        }
        let text = format!("This {} has version {version} now. Nothing was changed.", present.kind.name());
        Err(Error::new(Reason::Conflict, text))
    }
}

/// Whether the caller has this version already. A header that cannot be read says nothing.
pub(super) fn is_known(request: &Request, version: u64) -> bool {
    match tags(request, &IF_NONE_MATCH) {
        Ok(Some(Tags::Any)) => true,
        Ok(Some(Tags::Listed(tags))) => tags.iter().any(|(_, tag)| *tag == version.to_string()),
        Ok(None) | Err(()) => false,
    }
}

/// The tags of all headers of that name; `None` without any.
fn tags(request: &Request, name: &HeaderName) -> Result<Option<Tags>, ()> {
    let mut listed = Vec::new();
    for header in request.headers.get_all(name) {
        let mut rest = header.to_str().map_err(|_| ())?.trim_matches(BLANKS);
        if rest == "*" {
            return Ok(Some(Tags::Any));
        }
        while !rest.is_empty() {
            let (weak, quoted) = rest.strip_prefix("W/").map_or((false, rest), |quoted| (true, quoted));
            let (tag, after) = quoted.strip_prefix('"').and_then(|tag| tag.split_once('"')).ok_or(())?;
            listed.push((weak, tag.to_owned()));
            rest = after.trim_start_matches(BLANKS);
            rest = match rest.strip_prefix(',') {
                Some(next) => next.trim_start_matches(BLANKS),
                None if rest.is_empty() => rest,
                None => return Err(()),
            };
        }
    }
    let absent = !request.headers.contains_key(name);
    if listed.is_empty() && !absent { Err(()) } else { Ok((!absent).then_some(Tags::Listed(listed))) }
}

const BLANKS: [char; 2] = [' ', '\t'];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::native::wire::tests::request;
    use domain::{Kind, Part};

    /// Whether a record of version 3 may be changed; `None` when the header cannot be read.
    fn admits(headers: &[&str]) -> Option<bool> {
        let mut record = Record::new(Kind::Customer, Part(1), 10);
        record.version = 3;
        let headers: Vec<_> = headers.iter().map(|value| ("if-match", *value)).collect();
        IfMatch::read(&request(&headers, "")).ok().map(|if_match| if_match.check(&record).is_ok())
    }

    #[test]
    fn a_change_meets_the_version_that_was_read() {
        for (headers, admitted) in [
            (&[][..], Some(true)),
            (&["*"], Some(true)),
            (&["\"3\""], Some(true)),
            (&[" \"3\" "], Some(true)),
            (&["\"2\", \"3\""], Some(true)),
            (&["\"2\"\t,\"3\","], Some(true)),
            (&["\"2\"", "\"3\""], Some(true)),
            (&["\"a,b\", \"3\""], Some(true)),
            (&["\"2\""], Some(false)),
            (&["\"03\""], Some(false)),
            (&["\"\""], Some(false)),
            (&["W/\"3\""], Some(false)),
            (&["\"2\", W/\"3\""], Some(false)),
            (&["3"], None),
            (&["\"3"], None),
            (&["w/\"3\""], None),
            (&["\"3\" \"4\""], None),
            (&["\"3\"; x"], None),
            (&[""], None),
            (&["*, \"3\""], None),
            (&["\"3\"", "x"], None),
        ] {
            assert_eq!(admits(headers), admitted, "{headers:?}");
        }
    }

    #[test]
    fn a_change_keeps_away_from_what_it_excludes() {
        let mut record = Record::new(Kind::Customer, Part(1), 10);
        record.version = 3;
        for (header, admitted) in [("*", false), ("\"3\"", false), ("W/\"3\"", false), ("\"4\"", true)] {
            let read = IfMatch::read(&request(&[("if-none-match", header)], "")).unwrap();
            assert_eq!(read.check(&record).is_ok(), admitted, "{header}");
        }
        assert!(IfMatch::read(&request(&[("if-none-match", "3")], "")).is_err());
    }

    #[test]
    fn a_reader_is_told_what_it_has() {
        for (header, known) in [
            ("\"3\"", true),
            ("W/\"3\"", true),
            ("\"1\", W/\"3\"", true),
            ("*", true),
            ("\"4\"", false),
            ("3", false),
            ("", false),
        ] {
            assert_eq!(is_known(&request(&[("if-none-match", header)], ""), 3), known, "{header:?}");
        }
        assert!(!is_known(&request(&[], ""), 3));
        assert_eq!(entity_tag(3), "\"3\"");
    }
}
