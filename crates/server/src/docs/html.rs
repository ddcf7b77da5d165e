//! Writing HTML.

use std::fmt;

/// A text, as HTML shows it.
pub(super) struct Text<'a>(pub(super) &'a str);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in self.0.split_inclusive(['&', '<', '>', '"']) {
            let (plain, last) = match part.char_indices().next_back() {
                Some((at, '&')) => (part.get(..at), "&amp;"),
                Some((at, '<')) => (part.get(..at), "&lt;"),
                Some((at, '>')) => (part.get(..at), "&gt;"),
                Some((at, '"')) => (part.get(..at), "&quot;"),
                _ => (Some(part), ""),
            };
            f.write_str(plain.unwrap_or_default())?;
            f.write_str(last)?;
        }
        Ok(())
    }
}

/// Prose in which `` `code` `` stands between accents.
pub(super) struct Prose<'a>(pub(super) &'a str);

impl fmt::Display for Prose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.0.split('`').enumerate() {
            match at % 2 {
                0 => write!(f, "{}", Text(part))?,
                _ => write!(f, "<code>{}</code>", Text(part))?,
            }
        }
        Ok(())
    }
}

/// A whole page.
pub(super) fn whole(title: &str, script: &str, body: &str) -> String {
    let title = Text(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<link rel=\"stylesheet\" href=\"/docs/style.css\">\n{script}</head>\n<body>\n\
         <a class=\"skip\" href=\"#content\">To the content</a>\n\
         <header><nav aria-label=\"Documentation\"><a href=\"/docs\">The native API</a> <a href=\"/docs/problems\">Problems</a> \
         <a href=\"/openapi.json\">openapi.json</a></nav></header>\n\
         <main id=\"content\">\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
    )
}

#[test]
fn texts_are_no_markup() {
    assert_eq!(Text("a<b>&\"c\" ø").to_string(), "a&lt;b&gt;&amp;&quot;c&quot; ø");
    assert_eq!(Prose("say `<id>` & go").to_string(), "say <code>&lt;id&gt;</code> &amp; go");
}
