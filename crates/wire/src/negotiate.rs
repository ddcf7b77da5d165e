//! Which of the offered media types an `Accept` header prefers (RFC 9110 §12.5.1).

use crate::media_type::{BLANKS, is_token, parameter};

/// How much the header wants this media type (`application/json`, in lower case): 0 for not at all, 1,000 for
/// most. Without a header everything is wanted alike.
///
/// The most specific range that covers the type decides, of equal ones the greatest quality. Parameters other
/// than `q` are ignored, and so is a range that cannot be read: a preference is no reason to refuse a call.
pub fn quality(accept: Option<&str>, media_type: &str) -> u16 {
    let Some(accept) = accept else { return 1_000 };
    let kind = media_type.split_once('/').map_or(media_type, |(kind, _)| kind);
    let rank = |range: &str| match range.split_once('/') {
        _ if range.eq_ignore_ascii_case(media_type) => Some(2),
        Some((this, "*")) if this.eq_ignore_ascii_case(kind) => Some(1),
        Some(("*", "*")) => Some(0),
        _ => None,
    };
    split_ranges(accept)
        .filter_map(|(range, quality)| Some((rank(range)?, quality)))
        .max()
        .map_or(0, |(_, quality)| quality)
}

/// Which of the offered content codings (in lower case) an `Accept-Encoding` header wants most; of equal ones the first.
/// Without a header, and where it wants none of them, `None`: the body stays as it is.
pub fn coding<'a>(accept: Option<&str>, offered: &[&'a str]) -> Option<&'a str> {
    let accept = accept?;
    let wanted = |coding: &str| {
        let ranges = accept.split(',').filter_map(|element| {
            let (name, rest) = element.split_once(';').unwrap_or((element, ""));
            let quality =
                rest.trim_matches(BLANKS).strip_prefix(['q', 'Q']).map(|rest| rest.trim_start_matches(BLANKS));
            let quality = match quality.and_then(|rest| rest.strip_prefix('=')) {
                Some(text) => thousandths(text.trim_matches(BLANKS))?,
                None => 1_000,
            };
            Some((name.trim_matches(BLANKS), quality))
        });
        let rank = |name: &str| if name.eq_ignore_ascii_case(coding) { Some(1) } else { (name == "*").then_some(0) };
        ranges.filter_map(|(name, quality)| Some((rank(name)?, quality))).max().map_or(0, |(_, quality)| quality)
    };
    let mut best = None;
    for coding in offered {
        let quality = wanted(coding);
        if quality > best.map_or(0, |(_, best)| best) {
            best = Some((*coding, quality));
        }
    }
    best.map(|(coding, _)| coding)
}

/// Whether XML (`application/xml` or `text/xml`) is wanted strictly more than JSON. `*/*`, no header, and a
/// header that wants neither all mean JSON.
pub fn prefers_xml(accept: Option<&str>) -> bool {
    let xml = quality(accept, "application/xml").max(quality(accept, "text/xml"));
    xml > quality(accept, "application/json")
}

/// The ranges that can be read, each with its quality in thousandths.
fn split_ranges(accept: &str) -> impl Iterator<Item = (&str, u16)> {
    accept.split(',').filter_map(|element| {
        let (range, mut rest) = element.split_at_checked(element.find(';').unwrap_or(element.len()))?;
        let range = range.trim_matches(BLANKS);
        let (kind, subtype) = range.split_once('/')?;
        if !is_token(kind) || !is_token(subtype) {
            return None;
        }
        let mut quality = 1_000;
        while let Some((name, value, after)) = parameter(rest).ok()? {
            if name.eq_ignore_ascii_case("q") {
                quality = thousandths(&value)?;
            }
            rest = after;
        }
        Some((range, quality))
    })
}

/// `0.8` is 800: a digit 0 or 1, and up to three decimals, at most one in all.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if !matches!(whole, "0" | "1") || decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{whole}{decimals:0<3}").parse().ok().filter(|quality| *quality <= 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weighs_a_media_type() {
        for (accept, media_type, expected) in [
            ("application/json", "application/json", 1_000),
            ("APPLICATION/Json", "application/json", 1_000),
            ("application/json;q=0.5", "application/json", 500),
            ("application/json; Q=0.125", "application/json", 125),
            ("application/json; charset=utf-8; q=0.9", "application/json", 900),
            ("application/json;q=0", "application/json", 0),
            ("application/json;q=0, */*", "application/json", 0),
            ("application/*;q=0.4, */*;q=0.9", "application/json", 400),
            ("*/*;q=0.9, application/*;q=0.4, application/json;q=0.1", "application/json", 100),
            ("text/html, image/*", "application/json", 0),
            ("", "application/json", 0),
            (",, application/json ,", "application/json", 1_000),
            ("text/*", "text/xml", 1_000),
            ("*", "text/xml", 0),
            ("*/xml", "text/xml", 0),
            ("application/json;q=0.2, application/json;v=2;q=0.7", "application/json", 700),
            // What cannot be read counts as not said.
            ("application/json;q=2", "application/json", 0),
            ("application/json;q=-1", "application/json", 0),
            ("application/json;q=0.1234", "application/json", 0),
            ("application/json;q=1.001", "application/json", 0),
            ("application/json;q=", "application/json", 0),
            ("application/json;q=0x1, */*;q=0.3", "application/json", 300),
            ("application /json", "application/json", 0),
        ] {
            assert_eq!(quality(Some(accept), media_type), expected, "{accept:?} for {media_type}");
        }
        assert_eq!(quality(None, "application/json"), 1_000);
    }

    #[test]
    fn chooses_xml_only_when_it_is_preferred() {
        for (accept, xml) in [
            (None, false),
            (Some(""), false),
            (Some("*/*"), false),
            (Some("application/json"), false),
            (Some("application/xml"), true),
            (Some("text/xml"), true),
            (Some("application/xml, application/json"), false),
            (Some("application/xml;q=0.8, application/json;q=0.9"), false),
            (Some("application/xml;q=0.9, application/json;q=0.8"), true),
            (Some("application/xml, */*;q=0.1"), true),
            (Some("application/xml;q=0.1, */*;q=0.9"), false),
            (Some("application/*"), false),
            (Some("image/png"), false),
            (Some("application/json;q=0"), false),
            (Some("application/json;q=0, */*;q=0.1"), true),
            // A browser does say that it likes XML better than what it does not name.
            (Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), true),
        ] {
            assert_eq!(prefers_xml(accept), xml, "{accept:?}");
        }
    }

    #[test]
    fn the_coding_wanted_most_is_taken() {
        let offered = ["zstd", "gzip"];
        for (accept, expected) in [
            (None, None),
            (Some(""), None),
            (Some("gzip, deflate, br, zstd"), Some("zstd")),
            (Some("gzip, deflate"), Some("gzip")),
            (Some("GZIP;q=1.0, zstd;q=0.5"), Some("gzip")),
            (Some("gzip ; q = 0.2, *;q=0.1"), Some("gzip")),
            (Some("*"), Some("zstd")),
            (Some("*, zstd;q=0"), Some("gzip")),
            (Some("gzip;q=0"), None),
            (Some("gzip;q=high"), None),
            (Some("identity"), None),
        ] {
            assert_eq!(coding(accept, &offered), expected, "{accept:?}");
        }
    }
}
