//! The WSDL 1.1 of a service, from its table.

mod encoded;
mod literal;
mod read;

use super::{Service, Style};

pub use read::{MAX_WSDL, WsdlError};

/// A schema for the namespace of SOAP arrays, to be served where [`Service::wsdl`] says it is.
///
/// Clients that load every schema a WSDL names (zeep) would otherwise fetch the canonical one from its old host, and
/// fail offline. It refers to nothing, not even itself, for that would make them fetch the canonical one after all.
pub const ENCODING_SCHEMA: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
    "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" ",
    "targetNamespace=\"http://schemas.xmlsoap.org/soap/encoding/\">",
    "<xs:attribute name=\"arrayType\" type=\"xs:string\"/><xs:attribute name=\"offset\" type=\"xs:string\"/>",
    "<xs:complexType name=\"Array\"><xs:sequence>",
    "<xs:any namespace=\"##any\" minOccurs=\"0\" maxOccurs=\"unbounded\" processContents=\"lax\"/>",
    "</xs:sequence><xs:anyAttribute namespace=\"##any\" processContents=\"lax\"/></xs:complexType>",
    "</xs:schema>"
);

const WSDL_NAMESPACE: &str = "http://schemas.xmlsoap.org/wsdl/";
const WSDL_SOAP_NAMESPACE: &str = "http://schemas.xmlsoap.org/wsdl/soap/";
const WSDL_ADDRESSING_NAMESPACE: &str = "http://www.w3.org/2006/05/addressing/wsdl";
const HTTP_TRANSPORT: &str = "http://schemas.xmlsoap.org/soap/http";

impl Service {
    /// The WSDL. Clients post to `address`. `encoding_schema` is where they find [`ENCODING_SCHEMA`]; it counts in
    /// rpc/encoded only.
    pub fn wsdl(&self, address: &str, encoding_schema: &str) -> String {
        match self.style {
            Style::RpcEncoded => encoded::wsdl(self, address, encoding_schema),
            Style::DocumentLiteral => literal::wsdl(self, address),
        }
    }
}
