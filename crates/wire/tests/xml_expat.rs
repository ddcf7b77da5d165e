//! The reader and expat make the same of thousands of envelopes and of what is left of them after some bytes were
//! changed. Python brings expat; where that is not installed it is said so; with `CI=true` it is a failure.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use wire::xml::{Limits, Problem, Source};

/// A small generator of our own: the same documents on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const TEXTS: &[&str] = &[
    "",
    "a",
    " b ",
    "é€😀",
    "&lt;&amp;&gt;",
    "&#65;&#x42;",
    "<![CDATA[<x>&y;]]>",
    "<!-- c -->",
    "<?pi x?>",
    "\r\n",
    "\r",
    "\n\t ",
    "]]&gt;",
    "&quot;'\"",
    "&#13;",
    "\u{85}\u{2028}",
];
const NAMES: &[&str] = &["a", "p:a", "q:b", "b", "item", "s:Body", "xml:lang", "_-.1", "é"];
const VALUES: &[&str] = &["", "x", " y\tz ", "&#10;\r\n", "é&amp;'", "1 &lt; 2", "#id1"];

fn element(dice: &mut Dice, depth: usize, out: &mut String) {
    let name = dice.pick(&NAMES[..6]);
    *out += &format!("<{name}");
    for _ in 0..dice.below(4) {
        match dice.below(5) {
            0 => *out += &format!(" xmlns='{}'", dice.pick(&["", "urn:a", "urn:p"])),
            1 => *out += &format!(" xmlns:{}='{}'", dice.pick(&["p", "q"]), dice.pick(&["urn:a", "urn:p", "urn:q"])),
            _ => *out += &format!(" {}=\"{}\"", dice.pick(NAMES), dice.pick(VALUES)),
        }
    }
    if dice.below(6) == 0 {
        *out += "/>";
        return;
    }
    *out += ">";
    for _ in 0..dice.below(4) {
        if depth > 0 && dice.below(2) == 0 {
            element(dice, depth - 1, out);
        } else {
            *out += dice.pick(TEXTS);
        }
    }
    *out += &format!("</{name}>");
}

fn document(dice: &mut Dice) -> Vec<u8> {
    let mut text = dice
        .pick(&["", "<?xml version='1.0'?>", "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n", "<!-- -->\n"])
        .to_owned();
    text += "<s:Envelope xmlns:s='urn:s' xmlns:p='urn:p' xmlns:q='urn:q'>";
    for _ in 0..1 + dice.below(3) {
        element(dice, 4, &mut text);
    }
    text += "</s:Envelope>";
    let mut bytes = text.into_bytes();
    // Half of them stay as they are.
    for _ in 0..dice.below(2) * dice.below(4) {
        let at = dice.below(bytes.len());
        match dice.below(3) {
            0 => drop(bytes.remove(at)),
            1 => bytes.insert(at, b"<>&;'\"/=!?-[] :x#\x00\x01\xC3\xFF"[dice.below(20)]),
            _ => {
                let from = dice.below(bytes.len());
                bytes[at] = bytes[from];
            }
        }
    }
    bytes
}

fn ours(bytes: &[u8]) -> Result<Value, Problem> {
    let limits = Limits::default();
    let source = Source::decode(bytes, None, &limits).map_err(|error| error.problem)?;
    let document = source.parse(&limits).map_err(|error| error.problem)?;
    let elements = document.elements().map(|element| {
        let name =
            |name: wire::xml::Name<'_>| name.namespace.map_or_else(String::new, |it| format!("{it}|")) + name.local;
        let mut attributes: Vec<_> =
            element.attributes().map(|attribute| (name(attribute.name), attribute.value.to_owned())).collect();
        attributes.sort();
        json!([name(element.name()), attributes, element.text(), element.has_children()])
    });
    Ok(elements.collect())
}

/// White space between children is no text of ours.
fn without_blanks(mut outline: Value) -> Value {
    for element in outline.as_array_mut().into_iter().flatten() {
        if element[3] == true {
            let text: String = element[2].as_str().unwrap().split_whitespace().collect();
            element[2] = text.into();
        }
    }
    outline
}

#[test]
fn the_reader_and_expat_agree() {
    let python = support::python();
    let probe = Command::new(&python).args(["-c", "import pyexpat"]).output();
    if !support::is_there("Python's expat", probe.is_ok_and(|output| output.status.success())) {
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/xml_expat.py");
    let mut expat = Command::new(&python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut dice = Dice(7);
    let documents: Vec<Vec<u8>> = (0..10_000).map(|_| document(&mut dice)).collect();
    let lines: String = documents.iter().map(|document| STANDARD.encode(document) + "\n").collect();
    let mut stdin = expat.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()).unwrap());
    let output = expat.wait_with_output().unwrap();
    writer.join().unwrap();
    let (mut taken, mut refused, mut wrong) = (0, 0, Vec::new());
    for (document, line) in documents.iter().zip(String::from_utf8(output.stdout).unwrap().lines()) {
        let theirs: Value = serde_json::from_str(line).unwrap();
        match (ours(document), theirs.as_str()) {
            (Ok(ours), None) if without_blanks(ours.clone()) == without_blanks(theirs.clone()) => taken += 1,
            (Err(_), Some(_)) => refused += 1,
            // expat takes any version.
            (Err(Problem::Syntax(said)), None) if said.starts_with("the XML declaration is malformed") => refused += 1,
            (ours, _) => {
                wrong.push(format!("{:?}\n  ours   {ours:?}\n  theirs {theirs}", String::from_utf8_lossy(document)));
            }
        }
    }
    support::report(&format!("the XML reader and expat both took {taken} documents and both refused {refused}"));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(10)].join("\n"));
    assert!(taken > 2_000 && refused > 2_000 && taken + refused == documents.len());
}
