//! A document that is taken obeys the policy and the limits, and reads the same when its tree is written again; one
//! that is refused says where and why.

#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use wire::text::check;
use wire::write::XmlWriter;
use wire::xml::{Document, Element, Limits, Source, is_blank, is_ncname};

const LIMITS: Limits =
    Limits { bytes: 4096, depth: 16, nodes: 200, attributes: 8, namespaces: 8, name: 64, attribute: 256, text: 1024 };
const CHARSETS: [Option<&str>; 4] = [None, Some("utf-8"), Some("utf-16"), Some("windows-1252")];

fuzz_target!(|input: &[u8]| {
    let Some((choice, bytes)) = input.split_first() else { return };
    let charset = CHARSETS[usize::from(*choice) % CHARSETS.len()];
    let source = match Source::decode(bytes, charset, &LIMITS) {
        Ok(source) => source,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    match source.parse(&LIMITS) {
        Ok(document) => {
            assert_kept(&document);
            let mut again = XmlWriter::document();
            write(&mut again, document.root());
            let again = again.finish();
            // Only what is written is longer: every name has its own declaration.
            let wide = Limits { bytes: 1 << 20, attributes: 64, namespaces: 512, nodes: 10_000, ..Limits::default() };
            let source = Source::decode(again.as_bytes(), None, &wide).expect("written badly");
            let second = source.parse(&wide).unwrap_or_else(|error| panic!("{error}: {again}"));
            assert!(document.elements().map(Seen::of).eq(second.elements().map(Seen::of)), "{again}");
        }
        Err(error) => {
            assert!(error.position.line > 0 && error.position.column > 0 && !error.to_string().is_empty());
        }
    }
});

/// What must be the same after writing.
#[derive(PartialEq)]
struct Seen(String, Vec<(String, String)>, String, usize);

impl Seen {
    fn of(element: Element<'_>) -> Self {
        let attributes = element.attributes().map(|is| (is.name.to_string(), is.value.to_owned())).collect();
        // The order of children and text is not kept, so blank text may have come to stand between children.
        let text = if element.has_children() && is_blank(element.text()) { "" } else { element.text() };
        Self(element.name().to_string(), attributes, text.to_owned(), element.children().count())
    }
}

/// The depth is limited, so this may recurse.
fn write<'d>(xml: &mut XmlWriter<'d>, element: Element<'d>) {
    let mut tag = xml.start(element.written_name());
    let prefix = |name: &'d str| name.split_once(':').map_or("", |(prefix, _)| prefix);
    let own = prefix(element.written_name());
    let declaration = if own.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{own}") };
    if own != "xml" {
        tag = tag.attribute(&declaration, element.namespace().unwrap_or_default());
    }
    for (number, attribute) in element.attributes().enumerate() {
        match attribute.name.namespace {
            None => tag = tag.attribute(attribute.name.local, attribute.value),
            Some(wire::xml::XML_NAMESPACE) => {
                tag = tag.attribute(&format!("xml:{}", attribute.name.local), attribute.value)
            }
            Some(namespace) => {
                let prefix = format!("{own}{number}_");
                let prefix = if own.is_empty() { format!("_{prefix}") } else { prefix };
                tag = tag
                    .attribute(&format!("xmlns:{prefix}"), namespace)
                    .attribute(&format!("{prefix}:{}", attribute.name.local), attribute.value);
            }
        }
    }
    xml.text(element.text());
    for child in element.children() {
        write(xml, child);
    }
    xml.end();
}

fn assert_kept(document: &Document<'_>) {
    let mut nodes = 0;
    for element in document.elements() {
        let names: HashSet<_> = element.attributes().map(|attribute| attribute.name).collect();
        assert_eq!(names.len(), element.attributes().count());
        nodes += 1 + names.len();
        assert!(is_ncname(element.local_name()) && element.written_name().len() <= LIMITS.name);
        assert!(check(element.text()).is_ok() && element.text().len() <= LIMITS.text);
        for attribute in element.attributes() {
            assert!(is_ncname(attribute.name.local) && check(attribute.value).is_ok());
            assert!(attribute.value.len() <= LIMITS.attribute);
            let _ = element.qualified(attribute.value);
        }
    }
    assert!(nodes <= LIMITS.nodes);
}
