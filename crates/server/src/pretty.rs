//! Wire text set out for the eye. What cannot be read stays as it is.

/// Deepest indentation.
const DEEP: usize = 24;

/// A body of that media type.
pub(crate) fn body(kind: &str, text: &str) -> String {
    if kind.contains("json") {
        return json(text);
    }
    if kind.contains("xml") {
        return xml(text);
    }
    if kind.contains("form-urlencoded") {
        return text.split('&').collect::<Vec<_>>().join("\n&");
    }
    text.to_owned()
}

/// Each member on a line of its own, in the order they came.
fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut chars = text.chars().peekable();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth.min(DEEP)));
    };
    while let Some(c) = chars.next() {
        if quoted {
            (quoted, escaped) = (escaped || c != '"', c == '\\' && !escaped);
            out.push(c);
            continue;
        }
        match c {
            c if c.is_ascii_whitespace() => {}
            '{' | '[' if chars.peek().is_some_and(|next| matches!(next, '}' | ']')) => out.push(c),
            '{' | '[' => {
                depth += 1;
                out.push(c);
                line(&mut out, depth);
            }
            '}' | ']' if out.ends_with(['{', '[']) => out.push(c),
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c => {
                quoted = c == '"';
                out.push(c);
            }
        }
    }
    out
}

/// Each tag on a line of its own, but for an element that holds nothing but text. Nothing in the text is changed.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut rest) = (0_usize, text.trim());
    let line = |out: &mut String, depth: usize| {
        if !out.is_empty() {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth.min(DEEP)));
        }
    };
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        if !before.trim().is_empty() {
            out.push_str(before);
        }
        let Some(end) = tag.find('>') else {
            rest = tag;
            break;
        };
        let (tag, after) = tag.split_at(end + 1);
        let closes = tag.starts_with("</");
        let opens = !closes && !tag.ends_with("/>") && !tag.starts_with("<?") && !tag.starts_with("<!");
        if closes {
            depth = depth.saturating_sub(1);
        }
        // The end of an element of text stays beside it.
        if !(closes && before.trim() == before && (!before.is_empty() || out.ends_with('>') && opened_last(&out, tag)))
        {
            line(&mut out, depth);
        }
        out.push_str(tag);
        if opens {
            depth += 1;
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Whether what was written last is the start tag of the element that ends now.
fn opened_last(out: &str, closing: &str) -> bool {
    let name = closing.trim_start_matches("</").trim_end_matches('>');
    let last = out.rfind('<').and_then(|start| out.get(start + 1..)).unwrap_or_default();
    last.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '>']) && !rest.ends_with("/>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_is_set_out_and_its_text_kept() {
        let text = "<?xml version=\"1.0\"?><a><b x=\"1\">t &lt; u</b><c/><d></d><e>\n <f>1</f></e></a>";
        let shown = "<?xml version=\"1.0\"?>\n<a>\n  <b x=\"1\">t &lt; u</b>\n  <c/>\n  <d></d>\n  <e>\n    <f>1</f>\n  </e>\n</a>";
        assert_eq!(body("text/xml; charset=utf-8", text), shown);
        for broken in ["", "<", "a < b", "<a", "</a></a></a>", "<a>text", "客<户>"] {
            let kept: String = body("text/xml", broken).chars().filter(|c| !c.is_whitespace()).collect();
            assert_eq!(kept, broken.replace(' ', ""), "{broken}");
        }
    }

    #[test]
    fn json_keeps_its_order() {
        let shown = "{\n  \"b\": \"{,\\\"\",\n  \"a\": [],\n  \"c\": [\n    1\n  ]\n}";
        assert_eq!(body("application/json", r#"{"b":"{,\"","a":[],"c":[1]}"#), shown);
        assert_eq!(body("application/x-www-form-urlencoded", "a=1&b=2"), "a=1\n&b=2");
    }
}
