//! The envelope around a call.

use super::{ENCODING_NAMESPACE, ENVELOPE_NAMESPACE, Fault, FaultCode, Style};
use crate::xml::{Document, Element, Name, is_blank};

/// An envelope whose outside is in order.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'d> {
    header: Option<Element<'d>>,
    body: Element<'d>,
    call: Element<'d>,
}

impl<'d> Envelope<'d> {
    /// Opens an envelope: SOAP 1.1, at most one `Header` before one `Body` with one call in it, and no header block
    /// that must be understood and, by its name, is not. Independent elements, which references of rpc/encoded
    /// lead to, may stand beside the call.
    ///
    /// # Errors
    ///
    /// `VersionMismatch` for an envelope in another namespace, SOAP 1.2's included; `MustUnderstand`; otherwise
    /// `Client`.
    pub fn open(
        document: &'d Document<'d>,
        style: Style,
        understood: impl Fn(Name<'_>) -> bool,
    ) -> Result<Self, Fault<'static>> {
        let root = document.root();
        if root.local_name() != "Envelope" {
            return Err(Fault::client(format!("expected a SOAP 1.1 Envelope, found {}", root.name().brief())));
        }
        if root.namespace() != Some(ENVELOPE_NAMESPACE) {
            let message = format!("only SOAP 1.1 is spoken: the Envelope's namespace must be {ENVELOPE_NAMESPACE}");
            return Err(Fault::new(FaultCode::VersionMismatch, message));
        }
        if document.has_instructions() {
            return Err(Fault::client("SOAP 1.1 allows no processing instructions"));
        }
        only_elements(root)?;
        let mut parts = root.children().peekable();
        let is = |part: &Element<'_>, name| part.is(Some(ENVELOPE_NAMESPACE), name);
        let header = parts.next_if(|part| is(part, "Header"));
        let body = match (parts.next(), parts.next()) {
            (Some(body), None) if is(&body, "Body") => body,
            _ => return Err(Fault::client("the Envelope must hold a Header, which may be left out, then one Body")),
        };
        let envelope = Self { header, body, call: call(body, style)? };
        for block in envelope.headers() {
            if must_understand(block)? && !understood(block.name()) {
                let message = format!("the header {} must be understood and is not", block.name().brief());
                return Err(Fault::new(FaultCode::MustUnderstand, message));
            }
        }
        Ok(envelope)
    }

    /// The header blocks.
    pub fn headers(&self) -> impl Iterator<Item = Element<'d>> {
        self.header.into_iter().flat_map(Element::children)
    }

    /// The first header block of this name.
    pub fn header(&self, namespace: Option<&str>, local: &str) -> Option<Element<'d>> {
        self.headers().find(|block| block.is(namespace, local))
    }

    /// The element that names the operation and holds the parameters.
    pub const fn call(&self) -> Element<'d> {
        self.call
    }

    /// The body, which the call and its independent elements are in.
    pub(super) const fn body(&self) -> Element<'d> {
        self.body
    }
}

fn only_elements(element: Element<'_>) -> Result<(), Fault<'static>> {
    if is_blank(element.text()) {
        return Ok(());
    }
    Err(Fault::client(format!("text is not allowed in {}", element.local_name())))
}

fn call(body: Element<'_>, style: Style) -> Result<Element<'_>, Fault<'static>> {
    only_elements(body)?;
    let mut children = body.children();
    let (first, second) = (children.next(), children.next());
    let independent = |element: &Element<'_>| {
        element.attribute(None, "id").is_some() || element.attribute(Some(ENCODING_NAMESPACE), "root") == Some("0")
    };
    match (first, second) {
        (None, _) => Err(Fault::client("the Body is empty; it must hold the element of the operation")),
        (Some(only), None) => Ok(only),
        (Some(_), Some(_)) => {
            let mut calls = body.children().filter(|element| style == Style::DocumentLiteral || !independent(element));
            match (calls.next(), calls.next()) {
                (Some(only), None) => Ok(only),
                _ => Err(Fault::client("the Body must hold the element of one operation")),
            }
        }
    }
}

/// Whether a header block is for us and must be understood. Only attributes in the envelope's namespace count.
fn must_understand(block: Element<'_>) -> Result<bool, Fault<'static>> {
    let attribute = |name| block.attribute(Some(ENVELOPE_NAMESPACE), name).map(str::trim);
    let ours = matches!(attribute("actor"), None | Some("" | "http://schemas.xmlsoap.org/soap/actor/next"));
    match attribute("mustUnderstand") {
        None | Some("0" | "false") => Ok(false),
        Some("1" | "true") => Ok(ours),
        Some(_) => Err(Fault::client(format!("mustUnderstand of the header {} must be 0 or 1", block.name().brief()))),
    }
}
