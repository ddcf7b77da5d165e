//! rpc/encoded.

use super::{HTTP_TRANSPORT, WSDL_NAMESPACE, WSDL_SOAP_NAMESPACE};
use crate::soap::{ENCODING_NAMESPACE, Operation, Service, Struct, Type, XSD_NAMESPACE};
use crate::write::XmlWriter;

pub(super) fn wsdl(service: &Service, address: &str, encoding_schema: &str) -> String {
    let names = service.names;
    let mut xml = XmlWriter::document();
    let root = xml
        .start("wsdl:definitions")
        .attribute("name", names.service)
        .attribute("targetNamespace", service.namespace)
        .attribute("xmlns:tns", service.namespace)
        .attribute("xmlns:wsdl", WSDL_NAMESPACE)
        .attribute("xmlns:soap", WSDL_SOAP_NAMESPACE)
        .attribute("xmlns:soapenc", ENCODING_NAMESPACE)
        .attribute("xmlns:xsd", XSD_NAMESPACE);
    if let Some(namespace) = service.types_namespace {
        root.attribute("xmlns:types", namespace);
    }
    types(&mut xml, service, encoding_schema);
    for operation in service.operations {
        message(&mut xml, service, operation.name, &operation.input);
        message(&mut xml, service, &format!("{}Response", operation.name), &operation.output);
    }
    xml.start("wsdl:portType").attribute("name", names.port_type);
    for Operation { name, .. } in service.operations {
        // No parameterOrder: .NET takes the first part of the answer as the return value only without it.
        xml.start("wsdl:operation").attribute("name", name);
        xml.start("wsdl:input").attribute("message", &format!("tns:{name}"));
        xml.end();
        xml.start("wsdl:output").attribute("message", &format!("tns:{name}Response"));
        xml.end().end();
    }
    xml.end();
    xml.start("wsdl:binding").attribute("name", names.binding).attribute("type", &format!("tns:{}", names.port_type));
    xml.start("soap:binding").attribute("style", "rpc").attribute("transport", HTTP_TRANSPORT);
    xml.end();
    for Operation { name, action, .. } in service.operations {
        xml.start("wsdl:operation").attribute("name", name);
        xml.start("soap:operation").attribute("soapAction", action);
        xml.end();
        for direction in ["wsdl:input", "wsdl:output"] {
            xml.start(direction);
            xml.start("soap:body")
                .attribute("use", "encoded")
                .attribute("encodingStyle", ENCODING_NAMESPACE)
                .attribute("namespace", service.namespace);
            xml.end().end();
        }
        xml.end();
    }
    xml.end();
    xml.start("wsdl:service").attribute("name", names.service);
    xml.start("wsdl:port").attribute("name", names.port).attribute("binding", &format!("tns:{}", names.binding));
    xml.start("soap:address").attribute("location", address);
    xml.finish()
}

fn message(xml: &mut XmlWriter<'_>, service: &Service, name: &str, parts: &Struct) {
    xml.start("wsdl:message").attribute("name", name);
    for (_, field) in parts.members() {
        xml.start("wsdl:part").attribute("name", field.name).attribute("type", &qualified(service, &field.is));
        xml.end();
    }
    xml.end();
}

fn qualified(service: &Service, is: &Type) -> String {
    let prefix = match is {
        Type::Scalar(_) => "xsd",
        _ if service.types_namespace.is_some() => "types",
        _ => "tns",
    };
    format!("{prefix}:{}", is.name())
}

fn types(xml: &mut XmlWriter<'_>, service: &Service, encoding_schema: &str) {
    xml.start("wsdl:types");
    let namespace = service.types_namespace.unwrap_or(service.namespace);
    xml.start("xsd:schema").attribute("targetNamespace", namespace);
    xml.start("xsd:import").attribute("namespace", ENCODING_NAMESPACE).attribute("schemaLocation", encoding_schema);
    xml.end();
    for is in service.all_types() {
        match is {
            Type::Scalar(_) => {}
            Type::Enumeration(is) => {
                xml.start("xsd:simpleType").attribute("name", is.name);
                xml.start("xsd:restriction").attribute("base", "xsd:string");
                for member in is.members {
                    xml.start("xsd:enumeration").attribute("value", member);
                    xml.end();
                }
                xml.end().end();
            }
            Type::Struct(is) => {
                xml.start("xsd:complexType").attribute("name", is.name);
                xml.start("xsd:sequence");
                for (_, field) in is.members() {
                    let element = xml
                        .start("xsd:element")
                        .attribute("name", field.name)
                        .attribute("type", &qualified(service, &field.is))
                        .attribute("minOccurs", "0");
                    if field.nillable {
                        element.attribute("nillable", "true");
                    }
                    xml.end();
                }
                xml.end().end();
            }
            Type::Array(array) => {
                let item = qualified(service, &array.item);
                xml.start("xsd:complexType").attribute("name", &is.name());
                xml.start("xsd:complexContent");
                xml.start("xsd:restriction").attribute("base", "soapenc:Array");
                // zeep wants the items, .NET the attribute.
                xml.start("xsd:sequence");
                xml.start("xsd:element")
                    .attribute("name", "item")
                    .attribute("type", &item)
                    .attribute("minOccurs", "0")
                    .attribute("maxOccurs", "unbounded");
                xml.end().end();
                xml.start("xsd:attribute")
                    .attribute("ref", "soapenc:arrayType")
                    .attribute("wsdl:arrayType", &format!("{item}[]"));
                xml.end().end().end().end();
            }
        }
    }
    xml.end().end();
}
