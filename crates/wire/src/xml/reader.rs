//! The strict layer over the tokenizer.

use std::borrow::Cow;

use quick_xml::events::Event;

use super::error::{Fault, Problem};
use super::lexical::{Cursor, QName, attribute_value, is_blank, reference};
use super::source::declaration;
use super::tree::{AttributeNode, Binding, Document, Node};
use super::{Limits, XML_NAMESPACE, XMLNS_NAMESPACE};

/// What a token is. Where it is, is all else that is taken from the tokenizer.
#[derive(Debug, Clone, Copy)]
enum Token {
    StartTag { empty: bool },
    EndTag,
    Text,
    Reference,
    CData,
    Comment,
    Instruction,
    End,
}

pub(super) fn read<'a>(text: &'a str, limits: &Limits) -> Result<Document<'a>, Fault> {
    let mut reader = Reader { document: Document::new(text), open: Vec::new(), nodes: 0, limits };
    let mut tokens = quick_xml::Reader::from_str(text);
    let config = tokens.config_mut();
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    config.check_comments = true;
    // The tokenizer would skip it.
    if text.starts_with('\u{FEFF}') {
        return Err(Fault::syntax(0, "expected `<`, found a second byte order mark"));
    }
    let mut start = 0;
    loop {
        let rest = text.get(start..).unwrap_or_default();
        if rest.starts_with("<!") && !rest.starts_with("<!--") && !rest.starts_with("<![CDATA[") {
            return Err(match rest.strip_prefix("<!DOCTYPE") {
                Some(_) => Fault::new(start, Problem::Doctype),
                None => Fault::syntax(start, "`<!` starts neither a comment nor a CDATA section"),
            });
        }
        let token = match tokens.read_event() {
            Ok(Event::Start(_)) => Token::StartTag { empty: false },
            Ok(Event::Empty(_)) => Token::StartTag { empty: true },
            Ok(Event::End(_)) => Token::EndTag,
            Ok(Event::Text(_)) => Token::Text,
            Ok(Event::GeneralRef(_)) => Token::Reference,
            Ok(Event::CData(_)) => Token::CData,
            Ok(Event::Comment(_)) => Token::Comment,
            Ok(Event::PI(_) | Event::Decl(_)) => Token::Instruction,
            Ok(Event::DocType(_)) => return Err(Fault::new(start, Problem::Doctype)),
            Ok(Event::Eof) => Token::End,
            Err(error) => return Err(Fault::syntax(position(tokens.error_position()), error.to_string())),
        };
        let end = position(tokens.buffer_position());
        reader.take(token, Cursor { rest: text.get(start..end).unwrap_or_default(), at: start })?;
        if matches!(token, Token::End) {
            return Ok(reader.document);
        }
        start = end;
    }
}

fn position(tokenizers: u64) -> usize {
    usize::try_from(tokenizers).unwrap_or(usize::MAX)
}

struct Reader<'a, 'l> {
    document: Document<'a>,
    /// The elements that have started and not ended.
    open: Vec<usize>,
    nodes: usize,
    limits: &'l Limits,
}

impl<'a> Reader<'a, '_> {
    fn take(&mut self, token: Token, mut written: Cursor<'a>) -> Result<(), Fault> {
        let at = written.at;
        let inner = |before: usize, after: usize| {
            written.rest.len().checked_sub(after).and_then(|end| written.rest.get(before..end)).unwrap_or_default()
        };
        match token {
            Token::StartTag { empty } => {
                let tag = Cursor { rest: inner(1, 1 + usize::from(empty)), at: at + 1 };
                self.start_tag(tag)?;
                if empty {
                    self.end();
                }
                Ok(())
            }
            Token::EndTag => {
                written.rest = inner(0, 1);
                written.advance(2);
                self.end_tag(written)
            }
            Token::Text => {
                let end = |offset: &usize| written.rest.get(..*offset).is_some_and(|before| before.ends_with("]]"));
                match memchr::memchr_iter(b'>', written.rest.as_bytes()).find(end) {
                    Some(offset) => Err(Fault::syntax(at + offset - 2, "`]]>` is not allowed in text; write ]]&gt;")),
                    None => self.text(written.rest, at),
                }
            }
            Token::Reference => {
                let character = reference(inner(1, 1), at)?;
                if self.open.is_empty() {
                    return Err(Fault::syntax(at, "text is not allowed outside of the root element"));
                }
                self.character(character, at)
            }
            Token::CData => {
                self.count(at)?;
                if self.open.is_empty() {
                    return Err(Fault::syntax(at, "text is not allowed outside of the root element"));
                }
                self.text(inner("<![CDATA[".len(), "]]>".len()), at)
            }
            Token::Comment => self.count(at),
            Token::Instruction => {
                self.count(at)?;
                self.instruction(Cursor { rest: inner(2, 2), at: at + 2 })
            }
            Token::End => match self.open.last().and_then(|open| self.document.nodes.get(*open)) {
                Some(open) => Err(Fault::syntax(at, format!("<{}> has no end tag", open.name.written))),
                None if self.document.nodes.is_empty() => Err(Fault::syntax(at, "there is no element")),
                None => Ok(()),
            },
        }
    }

    /// One thing more.
    fn count(&mut self, at: usize) -> Result<(), Fault> {
        if self.nodes == self.limits.nodes {
            return Err(Fault::new(at, Problem::TooManyNodes(self.limits.nodes)));
        }
        self.nodes += 1;
        Ok(())
    }

    fn instruction(&mut self, mut written: Cursor<'a>) -> Result<(), Fault> {
        let (at, length) = (written.at - 2, written.rest.len() + 4);
        let target = written.ncname().unwrap_or_default();
        if target == "xml" {
            let malformed = "the XML declaration is malformed, or does not stand at the very beginning";
            let valid = at == 0 && declaration(self.document.text).is_some_and(|is| is.length == length);
            return if valid { Ok(()) } else { Err(Fault::syntax(at, malformed)) };
        }
        if target.is_empty() || target.eq_ignore_ascii_case("xml") || !(written.rest.is_empty() || written.space()) {
            return Err(Fault::syntax(at, "the processing instruction has no valid name"));
        }
        self.document.instructions = true;
        Ok(())
    }

    fn start_tag(&mut self, mut tag: Cursor<'a>) -> Result<(), Fault> {
        let at = tag.at - 1;
        self.count(at)?;
        if self.open.is_empty() && !self.document.nodes.is_empty() {
            return Err(Fault::syntax(at, "there is a second root element"));
        }
        if self.open.len() == self.limits.depth {
            return Err(Fault::new(at, Problem::TooDeep(self.limits.depth)));
        }
        let parent = self.open.last().copied();
        let outer = parent.and_then(|parent| self.document.nodes.get(parent)).map_or(1, |parent| parent.scope);
        let name = tag.qname(self.limits.name)?;
        let first = self.document.attributes.len();
        let scope = self.attributes(tag, outer)?;
        let binding = self.bound(scope, &name, at)?;
        for index in first..self.document.attributes.len() {
            self.check_attribute(first, index, scope)?;
        }
        let index = self.document.nodes.len();
        if let Some(parent) = parent.filter(|parent| parent + 1 == index)
            && let Some(parent) = self.document.nodes.get_mut(parent)
            && is_blank(&parent.text)
        {
            parent.text = Cow::Borrowed("");
        }
        let attributes = (first, self.document.attributes.len());
        self.document.nodes.push(Node { name, at, text: "".into(), end: index + 1, attributes, binding, scope });
        self.open.push(index);
        Ok(())
    }

    /// Takes what follows the name in a start tag, and gives the scope inside of the element.
    fn attributes(&mut self, mut tag: Cursor<'a>, outer: usize) -> Result<usize, Fault> {
        let mut scope = outer;
        let mut count = 0;
        loop {
            let spaced = tag.space();
            if tag.rest.is_empty() {
                return Ok(scope);
            }
            if !spaced {
                return Err(Fault::syntax(tag.at, format!("expected white space or `>`, found {}", tag.found())));
            }
            let at = tag.at;
            self.count(at)?;
            count += 1;
            if count > self.limits.attributes {
                return Err(Fault::new(at, Problem::TooManyAttributes(self.limits.attributes)));
            }
            let name = tag.qname(self.limits.name)?;
            let written = tag.value()?;
            let value = attribute_value(written, tag.at - 1 - written.len())?;
            if value.len() > self.limits.attribute {
                return Err(Fault::new(at, Problem::AttributeTooLong(self.limits.attribute)));
            }
            if name.prefix() == "xmlns" || name.written == "xmlns" {
                scope = self.declare(scope, outer, &name, value, at)?;
            } else {
                self.document.attributes.push(AttributeNode { name, at, value, binding: 0 });
            }
        }
    }

    /// Takes a namespace declaration, and gives the scope with it.
    fn declare(
        &mut self,
        scope: usize,
        outer: usize,
        name: &QName<'a>,
        namespace: Cow<'a, str>,
        at: usize,
    ) -> Result<usize, Fault> {
        let prefix = if name.prefix().is_empty() { "" } else { name.local() };
        // No declaration of an outer element is newer than its scope.
        if self.document.lookup(scope, prefix).is_some_and(|before| before > outer.max(1)) {
            return Err(Fault::syntax(at, format!("{} is given twice", name.written)));
        }
        let reserved = prefix == "xmlns"
            || namespace == XMLNS_NAMESPACE
            || (prefix == "xml") != (namespace == XML_NAMESPACE)
            || !prefix.is_empty() && namespace.is_empty();
        if reserved {
            return Err(Fault::syntax(at, format!("{} may not be bound to this namespace", name.written)));
        }
        let depth = self.document.bindings.get(scope).map_or(0, |outer| outer.depth) + 1;
        if depth > self.limits.namespaces {
            return Err(Fault::new(at, Problem::TooManyNamespaces(self.limits.namespaces)));
        }
        self.document.bindings.push(Binding { prefix, namespace, outer: scope, depth });
        Ok(self.document.bindings.len() - 1)
    }

    fn bound(&self, scope: usize, name: &QName<'a>, at: usize) -> Result<usize, Fault> {
        let found = self.document.lookup(scope, name.prefix());
        found.ok_or_else(|| Fault::syntax(at, format!("the prefix of {} is not bound to a namespace", name.written)))
    }

    /// Binds an attribute, and compares it with those before it: with at most [`Limits::attributes`].
    fn check_attribute(&mut self, first: usize, index: usize, scope: usize) -> Result<(), Fault> {
        let Some(AttributeNode { name, at, .. }) = self.document.attributes.get(index) else {
            return Ok(());
        };
        let binding = if name.prefix().is_empty() { 0 } else { self.bound(scope, name, *at)? };
        let namespace = self.document.namespace(binding);
        let others = self.document.attributes.get(first..index).unwrap_or_default();
        let same = |other: &AttributeNode<'_>| {
            other.name.local() == name.local()
                && (other.binding == binding || self.document.namespace(other.binding) == namespace)
        };
        if others.iter().any(same) {
            return Err(Fault::syntax(*at, format!("the attribute {} is given twice", name.written)));
        }
        if let Some(attribute) = self.document.attributes.get_mut(index) {
            attribute.binding = binding;
        }
        Ok(())
    }

    fn end_tag(&mut self, mut tag: Cursor<'a>) -> Result<(), Fault> {
        let at = tag.at - 2;
        let open =
            self.open.last().and_then(|open| self.document.nodes.get(*open)).map_or("", |node| node.name.written);
        if !open.is_empty() && tag.rest.starts_with(open) {
            tag.advance(open.len());
            tag.space();
            if tag.rest.is_empty() {
                self.end();
                return Ok(());
            }
        }
        let message = match open {
            "" => "the end tag ends no element".to_owned(),
            open => format!("expected </{open}>, found another end tag"),
        };
        Err(Fault::syntax(at, message))
    }

    fn end(&mut self) {
        let end = self.document.nodes.len();
        if let Some(node) = self.open.pop().and_then(|open| self.document.nodes.get_mut(open)) {
            node.end = end;
        }
    }

    fn text(&mut self, text: &'a str, at: usize) -> Result<(), Fault> {
        let children = self.open.last().is_some_and(|open| open + 1 < self.document.nodes.len());
        let Some(node) = self.open.last().and_then(|open| self.document.nodes.get_mut(*open)) else {
            return if is_blank(text) {
                Ok(())
            } else {
                let offset = text.bytes().take_while(|byte| super::lexical::is_space(*byte)).count();
                Err(Fault::syntax(at + offset, "text is not allowed outside of the root element"))
            };
        };
        if node.text.len() + text.len() > self.limits.text {
            return Err(Fault::new(at, Problem::TextTooLong(self.limits.text)));
        }
        if !node.text.is_empty() {
            node.text.to_mut().push_str(text);
        } else if !(children && is_blank(text)) {
            node.text = Cow::Borrowed(text);
        }
        Ok(())
    }

    fn character(&mut self, character: char, at: usize) -> Result<(), Fault> {
        if let Some(node) = self.open.last().and_then(|open| self.document.nodes.get_mut(*open)) {
            if node.text.len() + character.len_utf8() > self.limits.text {
                return Err(Fault::new(at, Problem::TextTooLong(self.limits.text)));
            }
            node.text.to_mut().push(character);
        }
        Ok(())
    }
}
