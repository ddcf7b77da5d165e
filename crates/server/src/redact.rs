//! Wire text as it may be kept and shown: without what is secret, else as it was sent. What cannot be read is not shown,
//! for nobody knows what is in it.

use bytes::Bytes;
use http::{HeaderMap, header};
use std::collections::BTreeSet;
use wire::xml::{Limits, Source};
use wire::{form, json};

use crate::pretty;

/// What stands for a secret.
pub const HIDDEN: &str = "•••";

/// The names of what was left out, as they were written.
pub type Hidden = BTreeSet<String>;

/// Names whose values are secrets, in small letters and without `-` and `_`.
const SECRETS: [&str; 23] = [
    "password",
    "oldpassword",
    "newpassword",
    "custpassword",
    "passwd",
    "pw",
    "sessionkey",
    "key",
    "apikey",
    "accesskey",
    "attachmentkey",
    "developertoken",
    "authenticationtoken",
    "applicationtoken",
    "token",
    "accesstoken",
    "refreshtoken",
    "clientsecret",
    "codeverifier",
    "secret",
    "authorization",
    "cookie",
    "setcookie",
];

/// Whether what is called so is secret. Of `customer.password` and `/password` the last part counts.
fn is_secret(name: &str) -> bool {
    let last = name.rsplit(['.', '/', ':', '[']).next().unwrap_or(name);
    let plain: String = last.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    SECRETS.contains(&&*plain)
}

/// The headers of a message. Adds the names of what is left out, here and below.
pub fn headers(headers: &HeaderMap, hidden: &mut Hidden) -> Vec<(String, String)> {
    let shown = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let is_hidden = is_secret(name.as_str())
            || ["auth", "token", "secret", "api-key"].iter().any(|part| name.as_str().contains(part));
        if is_hidden {
            hidden.insert(name.to_string());
        }
        let value = if is_hidden { HIDDEN.into() } else { String::from_utf8_lossy(value.as_bytes()) };
        (name.to_string(), value.into_owned())
    };
    headers.iter().map(shown).collect()
}

/// A query, as it was sent.
pub fn query(query: &str, hidden: &mut Hidden) -> String {
    pairs(query, hidden).map_or_else(|| HIDDEN.to_owned(), |pairs| pairs.join("&"))
}

/// The body of a message; `None` where it cannot be read.
pub fn body(headers: &HeaderMap, body: &Bytes, hidden: &mut Hidden) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.to_ascii_lowercase();
    let text = std::str::from_utf8(body).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let start = text.trim_start();
    if start.is_empty() {
        return Some(String::new());
    }
    // What it is counts, not what it is called.
    if start.starts_with('<') {
        return xml(text, hidden);
    }
    if start.starts_with(['{', '[', '"']) || kind.contains("json") && !kind.contains("ndjson") {
        json::parse(text.as_bytes(), &json::Limits::default()).ok()?;
        let set_out = pretty::body("application/json", text);
        let shown = members(&set_out, hidden);
        // What hides nothing stays byte for byte.
        return Some(if shown == set_out.trim_end() { text.to_owned() } else { shown });
    }
    if kind.contains("form-urlencoded") {
        return pairs(text, hidden).map(|pairs| pairs.join("&"));
    }
    // Of plain text nobody knows what stands in it.
    None
}

/// The pairs of a form, as they were sent.
fn pairs(text: &str, hidden: &mut Hidden) -> Option<Vec<String>> {
    let parsed = form::parse(text.as_bytes(), &form::Limits::default()).ok()?;
    let sent = text.split('&').filter(|pair| !pair.is_empty());
    let shown = parsed.iter().zip(sent).map(|((name, _), sent)| match sent.split_once('=') {
        Some((written, _)) if is_secret(name) => {
            hidden.insert(name.to_string());
            format!("{written}={HIDDEN}")
        }
        _ => sent.to_owned(),
    });
    Some(shown.collect())
}

/// JSON with a member a line: a secret one has no value, and of an operation on a secret path no value is shown.
fn members(text: &str, hidden: &mut Hidden) -> String {
    let name_of = |line: &str| -> Option<String> {
        let (name, _) = line.trim_start().strip_prefix('"')?.split_once("\": ")?;
        // A name may be written with escapes.
        let written = format!("\"{name}\"");
        let read = json::parse(written.as_bytes(), &json::Limits::default()).ok()?;
        read.as_text().map(str::to_owned)
    };
    let value_of =
        |line: &str| line.split_once("\": ").map(|(_, value)| value.trim_end_matches(',').trim_matches('"').to_owned());
    let patched = text.lines().filter(|line| name_of(line).is_some_and(|name| name == "path" || name == "field"));
    let patched: Vec<String> = patched.filter_map(value_of).filter(|value| is_secret(value)).collect();
    let patches = !patched.is_empty();
    hidden.extend(patched);
    let mut shown = String::with_capacity(text.len());
    let mut deep: Option<usize> = None;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        if let Some(depth) = deep {
            // Inside of a secret object or list, up to its end.
            if indent <= depth {
                deep = None;
            }
            continue;
        }
        let secret =
            name_of(line).is_some_and(|name| is_secret(&name) || patches && matches!(&*name, "value" | "from" | "to"));
        if secret
            && let Some((name, value)) = line.split_once("\": ")
            && !matches!(value.trim_end_matches(','), "null" | "true" | "false")
        {
            hidden.extend(name_of(line).filter(|name| is_secret(name)));
            let comma = if value.ends_with(',') { "," } else { "" };
            if value.ends_with(['{', '[']) {
                deep = Some(indent);
            }
            shown.push_str(&format!("{name}\": \"{HIDDEN}\"{comma}\n"));
        } else {
            shown.push_str(line);
            shown.push('\n');
        }
    }
    shown.truncate(shown.trim_end().len());
    shown
}

/// XML without the contents of secret elements, and without the value that follows the name of a secret.
fn xml(text: &str, hidden: &mut Hidden) -> Option<String> {
    // Where it is broken a secret may stand by itself.
    let limits = Limits::default();
    Source::decode(text.trim_start().as_bytes(), Some("utf-8"), &limits).ok()?.parse(&limits).ok()?;
    let mut shown = String::with_capacity(text.len());
    let (mut rest, mut hiding, mut named) = (text, None::<String>, false);
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        let end = if tag.starts_with("<![CDATA[") { tag.find("]]>")? + 3 } else { tag.find('>')? + 1 };
        let (tag, after) = tag.split_at(end);
        rest = after;
        let name =
            tag.trim_start_matches(['<', '/']).split([' ', '>', '/', '\t', '\r', '\n']).next().unwrap_or_default();
        let local = name.rsplit(':').next().unwrap_or_default();
        let (closes, is_cdata) = (tag.starts_with("</"), tag.starts_with("<![CDATA["));
        if let Some(element) = &hiding {
            if closes && element == name {
                shown.push_str(HIDDEN);
                shown.push_str(tag);
                hiding = None;
            }
            continue;
        }
        let words = if is_cdata { tag.trim_start_matches("<![CDATA[").trim_end_matches("]]>") } else { before };
        // A name and a value, as the old APIs write pairs: the value of such a name is secret.
        if (is_cdata || closes) && is_secret(words.trim()) {
            named = true;
            hidden.insert(words.trim().to_owned());
        }
        shown.push_str(before);
        shown.push_str(tag);
        let opens = !closes && !is_cdata && !tag.ends_with("/>") && !tag.starts_with("<?") && !tag.starts_with("<!");
        if opens && (is_secret(local) || named && local.eq_ignore_ascii_case("value")) {
            if is_secret(local) {
                hidden.insert(local.to_owned());
            }
            hiding = Some(name.to_owned());
            named = false;
        }
    }
    // What is not closed is not shown.
    if hiding.is_some() {
        shown.push_str(HIDDEN);
        return Some(shown);
    }
    shown.push_str(rest);
    Some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(kind: &'static str, text: &str) -> Option<String> {
        let mut map = HeaderMap::new();
        map.insert(header::CONTENT_TYPE, kind.parse().unwrap());
        body(&map, &Bytes::copy_from_slice(text.as_bytes()), &mut Hidden::new())
    }

    #[test]
    fn no_secret_is_shown_whatever_it_is_written_in() {
        const XML: &str = "text/xml; charset=utf-8";
        const JSON: &str = "application/json";
        const FORM: &str = "application/x-www-form-urlencoded";
        for (kind, text) in [
            (XML, "<a><password>canary</password><b>kept</b></a>"),
            (XML, "<a xmlns:x=\"x\"><x:Password x:type=\"s\">canary</x:Password><b>kept</b></a>"),
            (XML, "<a><password><![CDATA[canary]]></password><b>kept</b></a>"),
            (XML, "<a><password>can<!-- x -->canary</password><b>kept</b></a>"),
            (XML, "<a><password><i>canary</i></password><b>kept</b></a>"),
            (XML, "<a><sessionKey a=\">\">canary</sessionKey><b>kept</b></a>"),
            (
                XML,
                "<a><p><field>password</field><value>canary</value></p><p><field>n</field><value>kept</value></p></a>",
            ),
            (XML, "<a><p><field>customer.password</field> <value i=\"s\">canary</value></p><b>kept</b></a>"),
            (XML, "<a><m><name>password</name><value><string>canary</string></value></m><b>kept</b></a>"),
            (XML, "<a><p><field><![CDATA[password]]></field><value>canary</value></p><b>kept</b></a>"),
            (JSON, r#"{"password":"canary","b":"kept"}"#),
            (JSON, r#"{"p\u0061ssword":"canary","b":"kept"}"#),
            (JSON, r#"{"b":"kept","key":["canary",{"x":"canary"}],"c":1}"#),
            (JSON, r#"[{"op":"replace","path":"/password","value":"canary"},{"b":"kept"}]"#),
            (FORM, "password=canary&b=kept"),
            (FORM, "pass%77ord=canary&b=kept"),
            (FORM, r#"{"password":"canary","b":"kept"}"#),
            (JSON, "<a><password>canary</password><b>kept</b></a>"),
        ] {
            let shown = shown(kind, text).unwrap_or_else(|| panic!("{text}"));
            assert!(!shown.contains("canary") && shown.contains(HIDDEN) && shown.contains("kept"), "{text}\n{shown}");
        }
        for (kind, text) in [
            (JSON, r#"{"password:"canary"}"#),
            (XML, "<b>kept</b><password>canary"),
            (XML, "<a><b>canary"),
            (XML, "<!DOCTYPE a [<!ENTITY e 'canary'>]><a>&e;</a>"),
            ("application/octet-stream", "canary"),
            ("text/plain", "password=canary"),
            (FORM, "password=%zzcanary"),
        ] {
            assert_eq!(shown(kind, text), None, "{text}");
        }
        assert_eq!(query("api_key=canary&a=1", &mut Hidden::new()), format!("api_key={HIDDEN}&a=1"));
    }

    #[test]
    fn what_is_no_secret_is_shown() {
        assert_eq!(shown("application/json", "true").unwrap(), "true");
        assert_eq!(
            shown("application/json", r#"{"password":null,"keys":1}"#).unwrap(),
            r#"{"password":null,"keys":1}"#
        );
        assert_eq!(shown("text/xml", "<a> <b>1</b></a>").unwrap(), "<a> <b>1</b></a>");
        let mut map = HeaderMap::new();
        map.insert("x-developer-token", "canary".parse().unwrap());
        map.insert("user-agent", "test".parse().unwrap());
        assert_eq!(
            headers(&map, &mut Hidden::new()),
            [("x-developer-token".into(), HIDDEN.into()), ("user-agent".into(), "test".into())]
        );
    }
}
