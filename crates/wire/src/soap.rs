//! SOAP 1.1: calls in, answers and faults out, and the WSDL that describes them, all from one table.
//!
//! A [`Service`] is static data: operations with their parameters, and the types of those. The table decides how a
//! call is decoded ([`Service::decode`]), how an answer is written ([`Service::answer`]), and what the WSDL says
//! ([`Service::wsdl`]), so the three cannot come apart. Two styles are spoken:
//!
//! - [`Style::RpcEncoded`]: section 5 of the SOAP 1.1 note, as toolkits of 2000 to 2005 had it. Callers differ
//!   widely, so the reader is tolerant: it takes parameters by name in any case or by position, inline or as
//!   references, and scalars of any type. What it writes is always the same.
//! - [`Style::DocumentLiteral`]: wrapped document/literal, as WCF has it. Elements are qualified and may come in any
//!   order; what is unknown, given twice or of another type is refused.
//!
//! ```
//! use wire::soap::{Array, Envelope, Field, Limits, Members, Names, Operation, Scalar, Service, Struct, Type};
//! use wire::xml;
//!
//! static PAIR: Struct = Struct::new("Pair", &[Field::text("field"), Field::text("value")]);
//! static PAIRS: Array = Array::of(Type::Struct(&PAIR));
//! const NAMES: Names = Names { service: "shopService", port: "shop", port_type: "shopPort", binding: "shopBinding" };
//! static SERVICE: Service = Service::rpc_encoded(NAMES, "urn:shop", &[Operation::new(
//!     "change",
//!     &[Field::text("key"), Field::new("values", Type::Array(&PAIRS))],
//!     &[Field::text("errorCode")],
//! )]);
//!
//! let body = br#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><change xmlns="urn:mine">
//!     <key xmlns="">k</key><values xmlns=""><item><field>name</field><value>Ann</value></item></values>
//!     </change></s:Body></s:Envelope>"#;
//! let source = xml::Source::decode(body, None, &xml::Limits::default())?;
//! let document = source.parse(&xml::Limits::default())?;
//! let envelope = Envelope::open(&document, SERVICE.style, |_| false)?;
//! let operation = SERVICE.operation(&envelope)?;
//! let arguments = SERVICE.decode(operation, &envelope, &Limits::default())?;
//! assert_eq!(arguments.text("key"), "k");
//! let [wire::soap::Value::Struct(pair)] = arguments.list("values") else { panic!("one pair") };
//! assert_eq!((pair.text("field"), pair.text("value")), ("name", "Ann"));
//!
//! let output = Members::new(&operation.output).with("errorCode", "0");
//! let answer = SERVICE.answer(operation, &envelope, &output, &wire::soap::Shape::default());
//! assert!(answer.contains(r#"<ns1:changeResponse xmlns:ns1="urn:mine"><errorCode xsi:type="xsd:string">0</errorCode>"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod decode;
mod encoded;
mod envelope;
mod fault;
mod fit;
mod literal;
mod table;
mod value;
mod write;
mod wsdl;

pub use decode::{BadValue, Limits};
pub use envelope::Envelope;
pub use fault::{Fault, FaultCode};
pub use fit::{Difference, differences};
pub use table::{
    Array, Enumeration, FaultDetail, Field, Names, Operation, Scalar, Schema, Service, Struct, Style, Type,
};
pub use value::{Members, Value};
pub use write::{NestedArrays, Shape};
pub use wsdl::{ENCODING_SCHEMA, MAX_WSDL, WsdlError};

/// The namespace of SOAP 1.1 envelopes.
pub const ENVELOPE_NAMESPACE: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// The namespace of SOAP 1.1 arrays, and the name of its encoding.
pub const ENCODING_NAMESPACE: &str = "http://schemas.xmlsoap.org/soap/encoding/";
/// The namespace of XML Schema.
pub const XSD_NAMESPACE: &str = "http://www.w3.org/2001/XMLSchema";
/// The namespace of `xsi:type` and `xsi:nil`.
pub const XSI_NAMESPACE: &str = "http://www.w3.org/2001/XMLSchema-instance";

#[cfg(test)]
mod tests;
