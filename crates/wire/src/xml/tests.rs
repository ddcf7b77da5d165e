use super::*;
use crate::text::{Charset, DecodeError};

fn with<T>(
    document: &[u8],
    charset: Option<&str>,
    limits: &Limits,
    then: impl FnOnce(&Document<'_>) -> T,
) -> Result<T, XmlError> {
    let source = Source::decode(document, charset, limits)?;
    let document = source.parse(limits)?;
    Ok(then(&document))
}

/// The root's text and attribute `k`.
fn root(document: impl AsRef<[u8]>) -> Result<(String, String), XmlError> {
    with(document.as_ref(), None, &Limits::default(), |document| {
        let root = document.root();
        (root.text().to_owned(), root.attribute(None, "k").unwrap_or_default().to_owned())
    })
}

fn problem(document: impl AsRef<[u8]>) -> Problem {
    root(document).unwrap_err().problem
}

#[test]
fn text_is_joined_and_kept() {
    for (document, text) in [
        ("<a/>", ""),
        ("<a></a >", ""),
        ("<a> x\ty\r\nz\rw </a>", " x\ty\nz\nw "),
        ("<a>  \n </a>", "  \n "),
        ("<a>adm<!-- - -->in</a>", "admin"),
        ("<a>adm<?x y?>in</a>", "admin"),
        ("<a>a<![CDATA[<b>&amp;]]]]><![CDATA[>]]>c</a>", "a<b>&amp;]]>c"),
        ("<a>&lt;&gt;&amp;&quot;&apos;</a>", "<>&\"'"),
        ("<a>&#65;&#x42;&#0000000000000000000000067;&#xe9;&#x1F600;&#13;&#9;</a>", "ABCé😀\r\t"),
        ("<a>&#38;#60;</a>", "&#60;"),
        ("<a>]]&gt; ]] > ]>]</a>", "]]> ]] > ]>]"),
        ("<a>\n <b/>\n <c>x</c>\n</a>", ""),
        ("<a>x<b/>\n<c/>y</a>", "x\ny"),
        ("<a>\u{85}\u{2028}é€😀\u{FEFF}</a>", "\u{85}\u{2028}é€😀\u{FEFF}"),
        ("<?xml version='1.0'?><!-- --> <?p?>\n<a>x</a>\n<!-- --><?q r?> ", "x"),
    ] {
        assert_eq!(root(document).map(|(text, _)| text).as_deref(), Ok(text), "{document}");
    }
}

#[test]
fn attribute_values_are_normalised() {
    for (document, value) in [
        ("<a k=''/>", ""),
        ("<a k = \"'\" />", "'"),
        ("<a\nk='\"'\n></a>", "\""),
        ("<a k='a\tb\nc\r\nd\re  f'/>", "a b c d e  f"),
        ("<a k='&#9;&#10;&#13;&lt;&#x20;&amp;lt;>'/>", "\t\n\r< &lt;>"),
        ("<a k='é/>'/>", "é/>"),
    ] {
        assert_eq!(root(document).map(|(_, value)| value).as_deref(), Ok(value), "{document}");
    }
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for document in [
        "",
        " ",
        "a",
        "<",
        "<>",
        "< a/>",
        "<a",
        "<a>",
        "<a/",
        "</a>",
        "<a></b>",
        "<a><b></a></b>",
        "<a></a",
        "<a></ a>",
        "<a></a/>",
        "<a></a k='1'>",
        "<a/><b/>",
        "<a/>x",
        "x<a/>",
        "<a/>&#32;",
        "&#32;<a/>",
        "<a/><![CDATA[]]>",
        "<a k/>",
        "<a k=/>",
        "<a k=1/>",
        "<a k='1/>",
        "<a k='1'l='2'/>",
        "<a k='1' k='2'/>",
        "<a k='<'/>",
        "<a k='&'/>",
        "<a k='&amp'/>",
        "<a k='& '/>",
        "<a ='1'/>",
        "<a 1='1'/>",
        "<a / >",
        "<a //>",
        "<1/>",
        "<-a/>",
        "<a,/>",
        "<:a/>",
        "<a:/>",
        "<x:a/>",
        "<a x:k=''/>",
        "<a:b:c xmlns:a='u'/>",
        "<é\u{d7}/>",
        "<\u{b7}/>",
        "<a>&</a>",
        "<a>&amp</a>",
        "<a>&unknown;</a>",
        "<a>& amp;</a>",
        "<a>&;</a>",
        "<a>&#;</a>",
        "<a>&#x;</a>",
        "<a>&#X41;</a>",
        "<a>&#4a;</a>",
        "<a>&#xD800;</a>",
        "<a>&#x110000;</a>",
        "<a>&#99999999999999999999;</a>",
        "<a>&#+65;</a>",
        "<a>]]></a>",
        "<a><![cdata[]]></a>",
        "<a><![CDATA[</a>",
        "<a><!-- -- --></a>",
        "<a><!-- ---></a>",
        "<a><!--></a>",
        "<a><!-></a>",
        "<a><!b></a>",
        "<!doctype a><a/>",
        "<!ELEMENT a><a/>",
        "<a><?></a>",
        "<a><? x?></a>",
        "<a><?x></a>",
        "<a><?XML x?></a>",
        "<a><?xml version='1.0'?></a>",
        "<a><?x:y z?></a>",
        " <?xml version='1.0'?><a/>",
        "<?xml?><a/>",
        "<?xml version='2.0'?><a/>",
        "<?xml version='1.'?><a/>",
        "<?xml version='1.0' encoding='-'?><a/>",
        "<?xml encoding='utf-8'?><a/>",
        "<?xml version='1.0' standalone='x'?><a/>",
        "<?xml version='1.0' standalone='no' encoding='utf-8'?><a/>",
        "<?xml version='1.0'encoding='utf-8'?><a/>",
        "<?xml version='1.0' ?'?><a/>",
        "<?xml version='1.0'>?><a/>",
        "<?XML version='1.0'?><a/>",
        "<?xml version=\"1.0'?><a/>",
        "\u{FEFF}\u{FEFF}<a/>",
        "<a>\u{0}</a>",
        "<a>\u{1}</a>",
        "<a>\u{FFFF}</a>",
        "<a k='\u{B}'/>",
        "<!-- \u{8} --><a/>",
        "<a xmlns:x=''/>",
        "<a xmlns:xml='urn:x'/>",
        "<a xmlns:x='http://www.w3.org/XML/1998/namespace'/>",
        "<a xmlns:xmlns='urn:x'/>",
        "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns='u' xmlns='u'/>",
        "<a xmlns:x='u' xmlns:y='u' x:k='' y:k=''/>",
        "<xmlns:a/>",
    ] {
        let problem = problem(document);
        assert!(matches!(problem, Problem::Syntax(_) | Problem::Character(_)), "{document:?}: {problem:?}");
    }
    assert_eq!(problem("<a>&#0;</a>"), Problem::Character('\0'));
    assert_eq!(problem("<a k='&#xFFFE;'/>"), Problem::Character('\u{FFFE}'));
}

#[test]
fn a_document_type_is_refused_before_it_is_read() {
    for document in [
        "<!DOCTYPE",
        "<!DOCTYPE a><a/>",
        "<?xml version='1.0'?>\n<!-- --><!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        "<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d '&b;&b;'>]><a>&d;</a>",
        "<a><!DOCTYPE a></a>",
    ] {
        assert_eq!(problem(document), Problem::Doctype, "{document}");
    }
    let utf_16: Vec<u8> = "\u{FEFF}<!DOCTYPE a><a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(problem(utf_16), Problem::Doctype);
}

#[test]
fn errors_say_where() {
    for (document, position, said) in [
        ("<a>\n é<b></a>", (2, 6), "expected </b>, found another end tag"),
        ("<a>\n<b", (2, 1), ""),
        ("<a>\r\n\r\n&x;</a>", (3, 1), "&x; is not one of &amp; &lt; &gt; &quot; &apos;"),
        ("<a k='1'\n  k='2'/>", (2, 3), "the attribute k is given twice"),
        ("<a\n k='é&'/>", (2, 6), "`&` starts no reference; write &amp;"),
        ("<a>x", (1, 5), "<a> has no end tag"),
        ("<a/>\n\n  x", (3, 3), "text is not allowed outside of the root element"),
        ("<a>\u{1}", (1, 4), "character U+0001 cannot be carried by XML and is refused"),
    ] {
        let error = root(document).unwrap_err();
        assert_eq!((error.position.line, error.position.column), position, "{document}: {error}");
        assert!(error.to_string().ends_with(said), "{document}: {error}");
    }
    let bad = root(b"<a>\n\xC3\x28</a>").unwrap_err();
    assert_eq!(bad.to_string(), "line 2, column 1: the bytes are not valid UTF-8 (at byte 4)");
}

#[test]
fn names_have_the_namespace_of_their_scope() {
    let document = "<a xmlns='urn:a' xmlns:p='urn:p' p:k='1' k='2'>\
        <p:b xmlns:p='urn:q' xmlns=''><c p:k='3'/></p:b><p:d xml:lang='en' t=' p:x ' u='x' v='q:x' w='p:x:y'/></a>";
    with(document.as_bytes(), None, &Limits::default(), |document| {
        let names: Vec<_> = document.elements().map(|element| element.name().to_string()).collect();
        assert_eq!(names, ["{urn:a}a", "{urn:q}b", "c", "{urn:p}d"]);
        let a = document.root();
        assert_eq!((a.attribute(Some("urn:p"), "k"), a.attribute(None, "k")), (Some("1"), Some("2")));
        let b = a.child(Some("urn:q"), "b").unwrap();
        assert_eq!(b.children().next().unwrap().attribute(Some("urn:q"), "k"), Some("3"));
        assert_eq!(b.qualified("x"), Some(Name { namespace: None, local: "x" }));
        let d = a.child(Some("urn:p"), "d").unwrap();
        assert_eq!(d.attribute(Some(XML_NAMESPACE), "lang"), Some("en"));
        let resolved = |name| d.qualified(d.attribute(None, name).unwrap());
        assert_eq!(resolved("t"), Some(Name { namespace: Some("urn:p"), local: "x" }));
        assert_eq!(resolved("u"), Some(Name { namespace: Some("urn:a"), local: "x" }));
        assert_eq!((resolved("v"), resolved("w"), d.qualified(""), d.qualified("a b")), (None, None, None, None));
        assert_eq!(a.children().count(), 2);
        assert_eq!((d.written_name(), d.position().to_string().as_str()), ("p:d", "line 1, column 96"));
    })
    .unwrap();
}

#[test]
fn reserved_prefixes_may_be_declared_as_what_they_are() {
    let document = "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:k='' k=''/>";
    assert!(root(document).is_ok());
    assert!(root("<a xmlns:x='u' xmlns:y='u&#x20;' x:k='' y:k='' k=''/>").is_ok());
}

#[test]
fn siblings_do_not_see_each_others_namespaces() {
    assert!(matches!(problem("<a><b xmlns:p='u'/><p:c/></a>"), Problem::Syntax(_)));
    assert!(root("<a><b xmlns:p='u'/><c xmlns:p='v' p:k=''/><b xmlns:p='u'><p:p/></b></a>").is_ok());
}

#[test]
fn each_limit_holds_exactly() {
    let limits = Limits { bytes: 40, depth: 2, nodes: 4, attributes: 2, namespaces: 2, name: 5, attribute: 3, text: 6 };
    let read = |document: &str| with(document.as_bytes(), None, &limits, |_| ()).map_err(|error| error.problem);
    for (taken, refused, problem) in [
        (format!("<a>{}</a>", "<!---->".repeat(3)), format!("<a>{}</a>", " ".repeat(34)), Problem::TooLong(40)),
        ("<a><b/></a>".into(), "<a><b><c/></b></a>".into(), Problem::TooDeep(2)),
        ("<a><b/><b/><b/></a>".into(), "<a><b/><b/><b/><b/></a>".into(), Problem::TooManyNodes(4)),
        ("<a k=''><!-- --><?x?></a>".into(), "<a k=''><!-- --><?x?><![CDATA[]]></a>".into(), Problem::TooManyNodes(4)),
        ("<a b='' c=''/>".into(), "<a b='' c='' d=''/>".into(), Problem::TooManyAttributes(2)),
        (
            "<a xmlns='u'><b xmlns='v'/></a>".into(),
            "<a xmlns='u' xmlns:c='v'><b xmlns=''/></a>".into(),
            Problem::TooLong(40),
        ),
        (
            "<ab:cd xmlns:ab='u'/>".replace("ab:cd", "abcde").replace("xmlns:ab", "k"),
            "<abcdef/>".into(),
            Problem::NameTooLong(5),
        ),
        ("<a b='éa'/>".into(), "<a b='éab'/>".into(), Problem::AttributeTooLong(3)),
        ("<a>ab&amp;def</a>".into(), "<a>ab&amp;defg</a>".into(), Problem::TextTooLong(6)),
        ("<a>abcde&amp;</a>".into(), "<a>abcdef&amp;</a>".into(), Problem::TextTooLong(6)),
    ] {
        assert_eq!(read(&taken), Ok(()), "{taken}");
        assert_eq!(read(&refused), Err(problem), "{refused}");
    }
    let limits = Limits { namespaces: 2, ..Limits::default() };
    let read = |document: &str| with(document.as_bytes(), None, &limits, |_| ()).map_err(|error| error.problem);
    assert_eq!(read("<a xmlns='u'><b xmlns='v'/><b xmlns:c='v'/></a>"), Ok(()));
    assert_eq!(read("<a xmlns='u' xmlns:c='v'><b xmlns=''/></a>"), Err(Problem::TooManyNamespaces(2)));
    let default = Limits::default();
    for (depth, fits) in [(default.depth, true), (default.depth + 1, false), (200_000, false)] {
        assert_eq!(root("<a>".repeat(depth) + &"</a>".repeat(depth)).is_ok(), fits, "{depth}");
    }
}

#[test]
fn deep_trees_are_read_and_dropped_without_recursion() {
    let limits = Limits { bytes: usize::MAX, depth: usize::MAX, nodes: usize::MAX, ..Limits::default() };
    let document = "<a>".repeat(200_000) + &"</a>".repeat(200_000);
    assert_eq!(with(document.as_bytes(), None, &limits, |document| document.elements().count()), Ok(200_000));
}

fn utf_16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

#[test]
fn every_charset_is_read_as_it_is_declared() {
    let declared = |encoding: &str, bytes: &[u8]| {
        let head = format!("<?xml version=\"1.0\" encoding='{encoding}' standalone=\"yes\" ?><a>");
        [head.as_bytes(), bytes, b"</a>"].concat()
    };
    let cases: Vec<(Vec<u8>, Option<&str>, &str)> = vec![
        ("<a>é€</a>".into(), None, "é€"),
        ("\u{FEFF}<a>é</a>".into(), None, "é"),
        ("\u{FEFF}<a>é</a>".into(), Some("utf-8"), "é"),
        (declared("UTF-8", "é".as_bytes()), None, "é"),
        (["\u{FEFF}".as_bytes(), &declared("utf-8", "é".as_bytes())].concat(), None, "é"),
        (declared("ISO-8859-1", b"\xE9\x80"), None, "é\u{80}"),
        (declared("windows-1252", b"\xE9\x80"), None, "é€"),
        (declared("us-ascii", b"e"), None, "e"),
        (declared("us-ascii", "é".as_bytes()), None, "é"),
        // What came with the document goes before what it says itself.
        (declared("ISO-8859-1", "é".as_bytes()), Some("utf-8"), "é"),
        (declared("utf-8", b"\xE9"), Some("iso-8859-1"), "é"),
        (declared("made-up", "é".as_bytes()), Some("utf-8"), "é"),
        (b"<a>\xE9</a>".to_vec(), Some("latin1"), "é"),
        (utf_16("\u{FEFF}<a>é😀</a>", u16::to_le_bytes), None, "é😀"),
        (utf_16("\u{FEFF}<a>é</a>", u16::to_be_bytes), Some("UTF-16"), "é"),
        (utf_16("<a>é</a>", u16::to_le_bytes), None, "é"),
        (utf_16("<a>é</a>", u16::to_be_bytes), None, "é"),
        (utf_16("<a>é</a>", u16::to_le_bytes), Some("utf-16"), "é"),
        (utf_16("<a>é</a>", u16::to_be_bytes), Some("UTF-16BE"), "é"),
        (utf_16("\u{FEFF}<?xml version='1.0' encoding='utf-16'?><a>é</a>", u16::to_le_bytes), None, "é"),
        (utf_16("<?xml version='1.0' encoding='utf-16be'?><a>é</a>", u16::to_be_bytes), None, "é"),
        (utf_16("\u{FEFF}<?xml version='1.0' encoding='utf-8'?><a>é</a>", u16::to_be_bytes), Some("utf-16"), "é"),
    ];
    for (bytes, charset, text) in cases {
        let read = with(&bytes, charset, &Limits::default(), |document| document.root().text().to_owned());
        assert_eq!(read.as_deref(), Ok(text), "{bytes:x?} as {charset:?}");
    }
}

#[test]
fn charsets_that_contradict_or_are_unknown_are_refused() {
    let refused = |bytes: &[u8], charset| match Source::decode(bytes, charset, &Limits::default()) {
        Err(XmlError { problem: Problem::Encoding(error), .. }) => error,
        other => panic!("{bytes:x?} as {charset:?}: {other:?}"),
    };
    let contradiction = |declared, mark| DecodeError::Contradiction { declared, mark };
    let (utf_8, latin_1) = (Charset::Utf8, Charset::Latin1);
    let declared = "<?xml version='1.0' encoding='iso-8859-1'?><a/>";
    assert_eq!(refused(format!("\u{FEFF}{declared}").as_bytes(), None), contradiction(latin_1, utf_8));
    assert_eq!(refused("\u{FEFF}<a/>".as_bytes(), Some("latin1")), contradiction(latin_1, utf_8));
    let wide = utf_16(&format!("\u{FEFF}{declared}"), u16::to_le_bytes);
    assert_eq!(refused(&wide, None), contradiction(latin_1, Charset::Utf16Le));
    assert_eq!(refused(b"<?xml version='1.0' encoding='utf-16'?><a/>", None), DecodeError::NoMark);
    for (bytes, charset, name) in [
        (&b"<?xml version='1.0' encoding='ebcdic-cp-us'?><a/>"[..], None, "ebcdic-cp-us"),
        (b"<a/>", Some("utf-7"), "utf-7"),
        (b"<\0\0\0a\0\0\0", None, "UTF-32"),
        (b"\0\0\0<\0\0\0a", None, "UTF-32"),
        (b"\xFF\xFE\0\0<\0\0\0", None, "UTF-32"),
    ] {
        assert_eq!(refused(bytes, charset), DecodeError::Unknown(name.to_owned()));
    }
    for bytes in [&b"<a>\xC0\xAF</a>"[..], b"<a>\xED\xA0\x80</a>", b"<a>\xFF</a>", b"<a>\xE2\x82"] {
        assert!(matches!(refused(bytes, None), DecodeError::Invalid { .. }), "{bytes:x?}");
    }
}

#[test]
fn instructions_are_told_of() {
    let told = |document: &str| {
        with(document.as_bytes(), None, &Limits::default(), |document| document.has_instructions()).unwrap()
    };
    assert!(told("<?xml-stylesheet href='x'?><a/>") && told("<a><?x?></a>") && told("<a/><?x y?>"));
    assert!(!told("<?xml version='1.0'?><a><!-- <?x?> --><![CDATA[<?x?>]]></a>"));
}

#[test]
fn what_is_written_is_read_back() {
    for text in ["", "a", " <&>\"' ]]> \t\n\r\n é\u{85}\u{2028}😀 ", "\r", "]]>", "&amp;"] {
        let mut xml = crate::write::XmlWriter::document();
        xml.start("a").attribute("k", text);
        xml.text(text);
        assert_eq!(root(xml.finish()), Ok((text.to_owned(), text.to_owned())));
    }
}
