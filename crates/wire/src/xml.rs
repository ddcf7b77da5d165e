//! XML 1.0 with namespaces: read strictly, within limits, into a small tree that borrows from the document.
//!
//! The reader is a strict layer over the tokenizer of `quick-xml`, which by itself takes much that is not
//! well-formed. There is no DTD: a document type declaration is refused before anything in it is looked at, and
//! with it every entity but the five predefined ones. Nothing is ever fetched.
//!
//! ```
//! use wire::xml::{Limits, Source};
//!
//! let limits = Limits::default();
//! let source = Source::decode(b"<a xmlns='urn:x'><b k='1'>Tom &amp; Ann</b></a>", None, &limits)?;
//! let document = source.parse(&limits)?;
//! let b = document.root().child(Some("urn:x"), "b").expect("there");
//! assert_eq!((b.text(), b.attribute(None, "k")), ("Tom & Ann", Some("1")));
//! # Ok::<(), wire::xml::XmlError>(())
//! ```
//!
//! Comments and processing instructions are skipped; [`Document::has_instructions`] says whether there were any of
//! the latter, which SOAP 1.1 forbids. Text, CDATA sections and references are joined.

mod error;
mod lexical;
mod reader;
mod source;
mod tree;

pub use error::{Position, Problem, XmlError};
pub use lexical::{is_blank, is_ncname};
pub use source::Source;
pub use tree::{Attribute, Document, Element, Name};

/// The namespace that the prefix `xml` is bound to.
pub const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
/// The namespace that the prefix `xmlns` is bound to. No name is in it: declarations are not attributes here.
pub const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// How much of a document is read before it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the document, as it came.
    pub bytes: usize,
    /// Elements inside each other.
    pub depth: usize,
    /// Elements, attributes, namespace declarations, comments, processing instructions and CDATA sections in all.
    pub nodes: usize,
    /// Attributes and namespace declarations of one element. Each is compared with all the others.
    pub attributes: usize,
    /// Namespace declarations in scope, those that are overridden included. A prefix is looked up among them.
    pub namespaces: usize,
    /// Bytes of a name with its prefix, in UTF-8.
    pub name: usize,
    /// Bytes of one attribute's value, in UTF-8.
    pub attribute: usize,
    /// Bytes of the text directly in one element, in UTF-8.
    pub text: usize,
}

impl Default for Limits {
    /// 1 MiB, 64 deep, 50,000 nodes, 64 attributes and 64 namespaces, names of 256 bytes, attributes of 64 KiB, and
    /// texts of 1 MiB.
    fn default() -> Self {
        Self {
            bytes: 1 << 20,
            depth: 64,
            nodes: 50_000,
            attributes: 64,
            namespaces: 64,
            name: 256,
            attribute: 1 << 16,
            text: 1 << 20,
        }
    }
}

#[cfg(test)]
mod tests;
