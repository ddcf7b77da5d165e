//! XML, written straight into a string.

use crate::text;

/// Writes one XML document or fragment, indented not at all.
///
/// Element and attribute names come from the program, never from a caller: they are written as they are. Texts
/// and attribute values may hold anything; what XML cannot carry ([`text::check`] refuses it on the way in) is
/// left out, so the output is well-formed whatever it was given. Every element that was started is ended, at the
/// latest by [`finish`](Self::finish).
#[derive(Debug, Default)]
pub struct XmlWriter<'n> {
    out: String,
    open: Vec<&'n str>,
    in_tag: bool,
}

/// The start tag just written, for its attributes. Each may be given once.
#[derive(Debug)]
pub struct StartTag<'w>(&'w mut String);

impl StartTag<'_> {
    /// Adds an attribute.
    pub fn attribute(self, name: &str, value: &str) -> Self {
        self.0.push(' ');
        self.0.push_str(name);
        self.0.push_str("=\"");
        escape(self.0, value, true);
        self.0.push('"');
        self
    }
}

impl<'n> XmlWriter<'n> {
    /// A document: it begins with the XML declaration, and its encoding is UTF-8.
    pub fn document() -> Self {
        let out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>");
        Self { out, ..Self::default() }
    }

    /// A fragment, without a declaration.
    pub fn fragment() -> Self {
        Self::default()
    }

    /// Starts an element inside the one that is open.
    pub fn start(&mut self, name: &'n str) -> StartTag<'_> {
        self.close_tag();
        self.out.push('<');
        self.out.push_str(name);
        self.open.push(name);
        self.in_tag = true;
        StartTag(&mut self.out)
    }

    /// Adds text to the element that is open; outside of every element it does nothing.
    pub fn text(&mut self, text: &str) -> &mut Self {
        if !self.open.is_empty() {
            self.close_tag();
            escape(&mut self.out, text, false);
        }
        self
    }

    /// Ends the element that was started last and is still open, if there is one.
    pub fn end(&mut self) -> &mut Self {
        if let Some(name) = self.open.pop() {
            if self.in_tag {
                self.out.push_str("/>");
                self.in_tag = false;
            } else {
                self.out.push_str("</");
                self.out.push_str(name);
                self.out.push('>');
            }
        }
        self
    }

    /// A whole element that holds only text.
    pub fn element(&mut self, name: &'n str, text: &str) -> &mut Self {
        self.start(name);
        if !text.is_empty() {
            self.text(text);
        }
        self.end()
    }

    /// Adds XML that is well-formed by itself, unchanged.
    pub(crate) fn verbatim(&mut self, xml: &str) {
        self.close_tag();
        self.out.push_str(xml);
    }

    /// Ends whatever is open and gives the XML.
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.end();
        }
        self.out
    }

    fn close_tag(&mut self) {
        if self.in_tag {
            self.out.push('>');
            self.in_tag = false;
        }
    }
}

/// Carriage returns become references, since a reader would turn them into line feeds; so do tabs and line feeds
/// in attributes, where it would turn them into blanks.
pub(crate) fn escape(out: &mut String, text: &str, attribute: bool) {
    let mut plain = 0;
    for (at, character) in text.char_indices() {
        let reference = match character {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '"' => "&quot;",
            '\r' => "&#13;",
            '\t' if attribute => "&#9;",
            '\n' if attribute => "&#10;",
            _ if text::is_allowed(character) => continue,
            _ => "",
        };
        out.push_str(text.get(plain..at).unwrap_or_default());
        out.push_str(reference);
        plain = at + character.len_utf8();
    }
    out.push_str(text.get(plain..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_elements_attributes_and_text() {
        let mut xml = XmlWriter::document();
        xml.start("s:Envelope").attribute("xmlns:s", "http://schemas.xmlsoap.org/soap/envelope/");
        xml.start("s:Body");
        xml.element("a", "x").element("b", "").start("c").attribute("k", "1").attribute("l", "");
        xml.text("t").start("d");
        xml.end().text("u").end();
        let expected = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
            <s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
            <a>x</a><b/><c k=\"1\" l=\"\">t<d/>u</c></s:Body></s:Envelope>";
        assert_eq!(xml.finish(), expected);
    }

    #[test]
    fn escapes_what_a_reader_would_change() {
        let mut xml = XmlWriter::fragment();
        let text = "<&>\"' ]]> \t\n\r\n é\u{85}\u{2028}😀";
        xml.start("a").attribute("k", text);
        xml.text(text);
        assert_eq!(
            xml.finish(),
            "<a k=\"&lt;&amp;&gt;&quot;' ]]&gt; &#9;&#10;&#13;&#10; é\u{85}\u{2028}😀\">\
             &lt;&amp;&gt;&quot;' ]]&gt; \t\n&#13;\n é\u{85}\u{2028}😀</a>"
        );
    }

    #[test]
    fn leaves_out_what_xml_cannot_carry() {
        for character in ('\0'..=char::MAX).filter(|character| !text::is_allowed(*character)) {
            let mut xml = XmlWriter::fragment();
            xml.start("a").attribute("k", &format!("{character}<{character}"));
            xml.text(&format!("x{character}y{character}"));
            assert_eq!(xml.finish(), "<a k=\"&lt;\">xy</a>");
        }
    }

    #[test]
    fn stays_well_formed_when_used_wrongly() {
        let mut xml = XmlWriter::fragment();
        xml.end().text("lost").element("a", "x").end().text("lost");
        assert_eq!(xml.finish(), "<a>x</a>");
    }
}
