//! The tree: elements in the order they start, each knowing where it ends, so that nothing recurses.

use std::borrow::Cow;
use std::fmt;

use super::{Position, XML_NAMESPACE};

/// A document that was read.
#[derive(Debug)]
pub struct Document<'a> {
    pub(super) text: &'a str,
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) attributes: Vec<AttributeNode<'a>>,
    pub(super) bindings: Vec<Binding<'a>>,
    pub(super) instructions: bool,
}

#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) name: super::lexical::QName<'a>,
    /// Where in the text its tag starts.
    pub(super) at: usize,
    pub(super) text: Cow<'a, str>,
    /// The element that follows the last one inside of it.
    pub(super) end: usize,
    /// Its attributes, from this to that.
    pub(super) attributes: (usize, usize),
    /// The binding of its name; 0 has no namespace.
    pub(super) binding: usize,
    /// The binding that was declared last where it stands.
    pub(super) scope: usize,
}

#[derive(Debug)]
pub(super) struct AttributeNode<'a> {
    pub(super) name: super::lexical::QName<'a>,
    pub(super) at: usize,
    pub(super) value: Cow<'a, str>,
    pub(super) binding: usize,
}

/// A prefix and what it means, and the declaration that it hides or stands beside.
#[derive(Debug)]
pub(super) struct Binding<'a> {
    pub(super) prefix: &'a str,
    pub(super) namespace: Cow<'a, str>,
    pub(super) outer: usize,
    /// How many declarations are in scope with it.
    pub(super) depth: usize,
}

impl<'a> Document<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let binding =
            |prefix, namespace: &'static str| Binding { prefix, namespace: namespace.into(), outer: 0, depth: 0 };
        // Room for what a call of the usual size has, so that nothing is moved while it is read.
        let room = (text.len() / 32).min(64);
        let mut bindings = Vec::with_capacity(room);
        bindings.extend([binding("", ""), binding("xml", XML_NAMESPACE)]);
        let (nodes, attributes) = (Vec::with_capacity(room), Vec::with_capacity(room));
        Self { text, nodes, attributes, bindings, instructions: false }
    }

    /// The root element.
    pub fn root(&self) -> Element<'_> {
        Element { document: self, index: 0 }
    }

    /// All elements in the order that they start.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        (0..self.nodes.len()).map(|index| Element { document: self, index })
    }

    /// Whether it held processing instructions, the XML declaration apart.
    pub const fn has_instructions(&self) -> bool {
        self.instructions
    }

    pub(super) fn namespace(&self, binding: usize) -> Option<&str> {
        self.bindings.get(binding).map(|binding| &*binding.namespace).filter(|namespace| !namespace.is_empty())
    }

    /// What the prefix is bound to, seen from the binding that was declared last. Nothing but `""` is bound to no
    /// namespace.
    pub(super) fn lookup(&self, scope: usize, prefix: &str) -> Option<usize> {
        let mut at = scope;
        while at > 1 {
            let binding = self.bindings.get(at)?;
            // Empty ones are not compared: where Rust keeps what is empty there is no memory, which makes a memcmp with
            // AVX-512 slow.
            if binding.prefix.len() == prefix.len() && (prefix.is_empty() || binding.prefix == prefix) {
                return Some(at);
            }
            at = binding.outer;
        }
        match prefix {
            "" => Some(0),
            "xml" => Some(1),
            _ => None,
        }
    }
}

/// A name with its namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Name<'d> {
    /// The namespace, if it is in one.
    pub namespace: Option<&'d str>,
    /// The name in that namespace.
    pub local: &'d str,
}

impl Name<'_> {
    /// The name for a message: a long namespace is cut short.
    pub fn brief(&self) -> String {
        self.to_string().chars().rev().take(200).collect::<Vec<_>>().into_iter().rev().collect()
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.namespace {
            Some(namespace) => write!(f, "{{{namespace}}}{}", self.local),
            None => f.write_str(self.local),
        }
    }
}

/// An element of a [`Document`].
#[derive(Clone, Copy)]
pub struct Element<'d> {
    document: &'d Document<'d>,
    index: usize,
}

impl PartialEq for Element<'_> {
    /// Whether they are the same element, not whether they look alike.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.index == other.index
    }
}

impl Eq for Element<'_> {}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}> at {}", self.written_name(), self.position())
    }
}

/// An attribute of an [`Element`]. Namespace declarations are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'d> {
    /// Its name. Without a prefix it is in no namespace.
    pub name: Name<'d>,
    /// Its value.
    pub value: &'d str,
}

impl<'d> Element<'d> {
    /// Every element that is handed out is there.
    fn node(self) -> Option<&'d Node<'d>> {
        self.document.nodes.get(self.index)
    }

    /// Its name.
    pub fn name(self) -> Name<'d> {
        Name { namespace: self.namespace(), local: self.local_name() }
    }

    /// Its name without prefix and namespace.
    pub fn local_name(self) -> &'d str {
        self.node().map_or("", |node| node.name.local())
    }

    /// Its namespace, if it is in one.
    pub fn namespace(self) -> Option<&'d str> {
        self.document.namespace(self.node()?.binding)
    }

    /// Its name as it was written, with the prefix.
    pub fn written_name(self) -> &'d str {
        self.node().map_or("", |node| node.name.written)
    }

    /// Whether it has this name.
    pub fn is(self, namespace: Option<&str>, local: &str) -> bool {
        self.local_name() == local && self.namespace() == namespace
    }

    /// The text that is directly inside of it, all parts joined and exactly as it was sent; `""` if there is none.
    /// White space between child elements does not count as text.
    pub fn text(self) -> &'d str {
        self.node().map_or("", |node| &*node.text)
    }

    /// The elements directly inside of it.
    pub fn children(self) -> impl Iterator<Item = Self> + Clone {
        let end = self.node().map_or(0, |node| node.end);
        let mut next = self.index + 1;
        std::iter::from_fn(move || {
            let child = Self { document: self.document, index: next };
            next = child.node().filter(|_| next < end)?.end;
            Some(child)
        })
    }

    /// All elements inside of it, in the order that they start.
    pub fn descendants(self) -> impl Iterator<Item = Self> + Clone {
        let end = self.node().map_or(0, |node| node.end);
        (self.index + 1..end).map(move |index| Self { document: self.document, index })
    }

    /// Whether there are elements inside of it.
    pub fn has_children(self) -> bool {
        self.node().is_some_and(|node| node.end > self.index + 1)
    }

    /// The first element of this name directly inside of it.
    pub fn child(self, namespace: Option<&str>, local: &str) -> Option<Self> {
        self.children().find(|child| child.is(namespace, local))
    }

    /// Its attributes, in the order they came.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'d>> + Clone {
        let (from, to) = self.node().map_or((0, 0), |node| node.attributes);
        let attributes = self.document.attributes.get(from..to).unwrap_or_default();
        attributes.iter().map(move |attribute| Attribute {
            name: Name { namespace: self.document.namespace(attribute.binding), local: attribute.name.local() },
            value: &attribute.value,
        })
    }

    /// The value of this attribute, if it has it.
    pub fn attribute(self, namespace: Option<&str>, local: &str) -> Option<&'d str> {
        let wanted = |attribute: &Attribute<'_>| attribute.name.local == local && attribute.name.namespace == namespace;
        self.attributes().find(wanted).map(|attribute| attribute.value)
    }

    /// What a qualified name in a text or an attribute of this element stands for, as in `xsi:type="xsd:string"`.
    /// White space around it does not count. `None` if it is no name or its prefix is not bound.
    pub fn qualified(self, name: &'d str) -> Option<Name<'d>> {
        let name = name.trim_matches([' ', '\t', '\n', '\r']);
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        if !super::is_ncname(local) || name.len() > local.len() && !super::is_ncname(prefix) {
            return None;
        }
        let binding = self.document.lookup(self.node()?.scope, prefix)?;
        Some(Name { namespace: self.document.namespace(binding), local })
    }

    /// Where its start tag begins. The text before it is counted for this.
    pub fn position(self) -> Position {
        Position::of(self.document.text, self.node().map_or(0, |node| node.at))
    }
}
