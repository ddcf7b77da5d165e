//! Document/literal, all schemas in one file.

use super::{HTTP_TRANSPORT, WSDL_ADDRESSING_NAMESPACE, WSDL_NAMESPACE, WSDL_SOAP_NAMESPACE};
use crate::soap::{Field, Operation, Schema, Service, Struct, Type, XSD_NAMESPACE};
use crate::write::XmlWriter;

pub(super) fn wsdl(service: &Service, address: &str) -> String {
    let names = service.names;
    let mut printer = Printer { service, types: service.all_types(), xml: XmlWriter::document() };
    let xml = &mut printer.xml;
    let mut definitions = xml
        .start("wsdl:definitions")
        .attribute("name", names.service)
        .attribute("targetNamespace", service.namespace)
        .attribute("xmlns:wsdl", WSDL_NAMESPACE)
        .attribute("xmlns:soap", WSDL_SOAP_NAMESPACE)
        .attribute("xmlns:wsaw", WSDL_ADDRESSING_NAMESPACE)
        .attribute("xmlns:xs", XSD_NAMESPACE);
    for schema in service.schemas {
        definitions = definitions.attribute(&format!("xmlns:{}", schema.prefix), schema.namespace);
    }
    xml.start("wsdl:types");
    for schema in service.schemas {
        printer.schema(schema);
    }
    printer.xml.end();
    service.operations.iter().for_each(|operation| printer.messages(operation));
    printer.port_type();
    printer.binding();
    let target = printer.target();
    let xml = &mut printer.xml;
    xml.start("wsdl:service").attribute("name", names.service);
    xml.start("wsdl:port").attribute("name", names.port).attribute("binding", &format!("{target}:{}", names.binding));
    xml.start("soap:address").attribute("location", address);
    printer.xml.finish()
}

struct Printer<'s> {
    service: &'s Service,
    types: Vec<Type>,
    xml: XmlWriter<'static>,
}

impl Printer<'_> {
    /// The prefix of a namespace; XML Schema's own is `xs`.
    fn prefix(&self, namespace: Option<&str>) -> &'static str {
        let schema = self.service.schemas.iter().find(|schema| Some(schema.namespace) == namespace);
        schema.map_or("xs", |schema| schema.prefix)
    }

    fn target(&self) -> &'static str {
        self.prefix(Some(self.service.namespace))
    }

    fn qualified(&self, is: &Type) -> String {
        format!("{}:{}", self.prefix(is.namespace()), is.name())
    }

    fn schema(&mut self, schema: &Schema) {
        self.xml
            .start("xs:schema")
            .attribute("targetNamespace", schema.namespace)
            .attribute("xmlns:tns", schema.namespace)
            .attribute("elementFormDefault", "qualified");
        let types: Vec<Type> =
            self.types.iter().filter(|is| is.namespace() == Some(schema.namespace)).copied().collect();
        let is_target = schema.namespace == self.service.namespace;
        for namespace in self.imports(schema, &types, is_target) {
            self.xml.start("xs:import").attribute("namespace", namespace);
            self.xml.end();
        }
        for is in types {
            self.definition(&is);
            let name = self.qualified(&is);
            self.element(&is.name(), &name, true);
        }
        if is_target {
            let service = self.service;
            for operation in service.operations {
                self.wrapper(&format!("{}{}", operation.name, service.request_suffix), &operation.input);
                self.wrapper(&format!("{}Response", operation.name), &operation.output);
            }
            for field in service.request_headers.iter().chain(service.response_headers) {
                let name = self.qualified(&field.is);
                self.element(field.name, &name, true);
            }
        }
        for fault in self.service.faults {
            // A type has an element of its own name already.
            if fault.namespace == schema.namespace
                && (fault.is.namespace, fault.is.name) != (fault.namespace, fault.element)
            {
                let name = self.qualified(&Type::Struct(fault.is));
                self.element(fault.element, &name, true);
            }
        }
        self.xml.verbatim(schema.verbatim);
        self.xml.end();
    }

    /// The namespaces that a schema refers to, in the order of the schemas.
    fn imports(&self, schema: &Schema, types: &[Type], is_target: bool) -> Vec<&'static str> {
        let mut used: Vec<Option<&str>> = Vec::new();
        let mut fields: Vec<&Field> = Vec::new();
        for is in types {
            match is {
                Type::Struct(is) => {
                    fields.extend(is.fields);
                    used.extend(is.base.map(|base| Some(base.namespace)));
                }
                Type::Array(is) => used.push(is.item.namespace()),
                Type::Scalar(_) | Type::Enumeration(_) => {}
            }
        }
        if is_target {
            let messages = self.service.operations.iter().flat_map(|operation| [&operation.input, &operation.output]);
            fields.extend(messages.flat_map(|message| message.fields));
        }
        let faults = self.service.faults.iter().filter(|fault| fault.namespace == schema.namespace);
        used.extend(faults.map(|fault| Some(fault.is.namespace)));
        used.extend(fields.iter().map(|field| field.is.namespace()));
        let others =
            self.service.schemas.iter().map(|other| other.namespace).filter(|other| *other != schema.namespace);
        others.filter(|other| used.contains(&Some(other)) || schema.verbatim.contains(other)).collect()
    }

    fn element(&mut self, name: &str, is: &str, nillable: bool) {
        let element = self.xml.start("xs:element").attribute("name", name).attribute("type", is);
        if nillable {
            element.attribute("nillable", "true");
        }
        self.xml.end();
    }

    fn wrapper(&mut self, name: &str, message: &Struct) {
        self.xml.start("xs:element").attribute("name", name);
        self.xml.start("xs:complexType");
        self.sequence(message.fields);
        self.xml.end().end();
    }

    fn sequence(&mut self, fields: &[Field]) {
        self.xml.start("xs:sequence");
        for field in fields {
            let is = self.qualified(&field.is);
            let mut element = self.xml.start("xs:element");
            if field.optional {
                element = element.attribute("minOccurs", "0");
            }
            element = element.attribute("name", field.name).attribute("type", &is);
            if field.nillable {
                element.attribute("nillable", "true");
            }
            self.xml.end();
        }
        self.xml.end();
    }

    fn definition(&mut self, is: &Type) {
        match is {
            Type::Scalar(_) => {}
            Type::Enumeration(is) => {
                self.xml.start("xs:simpleType").attribute("name", is.name);
                self.xml.start("xs:restriction").attribute("base", "xs:string");
                for member in is.members {
                    self.xml.start("xs:enumeration").attribute("value", member);
                    self.xml.end();
                }
                self.xml.end().end();
            }
            Type::Struct(is) => {
                self.xml.start("xs:complexType").attribute("name", is.name);
                if let Some(base) = is.base {
                    let base = self.qualified(&Type::Struct(base));
                    self.xml.start("xs:complexContent").attribute("mixed", "false");
                    self.xml.start("xs:extension").attribute("base", &base);
                    self.sequence(is.fields);
                    self.xml.end().end();
                } else {
                    self.sequence(is.fields);
                }
                self.xml.end();
            }
            Type::Array(array) => {
                let item = self.qualified(&array.item);
                self.xml.start("xs:complexType").attribute("name", &is.name());
                self.xml.start("xs:sequence");
                let element = self
                    .xml
                    .start("xs:element")
                    .attribute("minOccurs", "0")
                    .attribute("maxOccurs", "unbounded")
                    .attribute("name", &array.item.name())
                    .attribute("type", &item);
                if array.nillable {
                    element.attribute("nillable", "true");
                }
                self.xml.end().end().end();
            }
        }
    }

    fn message(&mut self, name: &str, parts: &[(&str, String)]) {
        self.xml.start("wsdl:message").attribute("name", name);
        for (part, element) in parts {
            self.xml.start("wsdl:part").attribute("name", part).attribute("element", element);
            self.xml.end();
        }
        self.xml.end();
    }

    fn messages(&mut self, operation: &Operation) {
        let (target, service, name) = (self.target(), self.service, operation.name);
        let suffix = service.request_suffix;
        let headers = |fields: &'static [Field]| -> Vec<_> {
            fields.iter().map(|field| (field.name, format!("{target}:{}", field.name))).collect()
        };
        for (suffix, fields) in [(suffix, service.request_headers), ("Response", service.response_headers)] {
            let element = format!("{target}:{name}{suffix}");
            self.message(&format!("{name}{suffix}"), &[("parameters", element)]);
            if !fields.is_empty() {
                self.message(&format!("{name}{suffix}_Headers"), &headers(fields));
            }
        }
        for fault in service.faults {
            let element = format!("{}:{}", self.prefix(Some(fault.namespace)), fault.element);
            self.message(&fault_message(service, operation, fault.name), &[("detail", element)]);
        }
    }

    fn port_type(&mut self) {
        let (target, service) = (self.target(), self.service);
        self.xml.start("wsdl:portType").attribute("name", service.names.port_type);
        for operation in service.operations {
            self.xml.start("wsdl:operation").attribute("name", operation.name);
            // What WCF says for itself; clients that read it send headers of WS-Addressing, which may be ignored.
            let stem = format!("{}/{}/{}", service.namespace, service.names.port_type, operation.name);
            let answer = format!("{stem}Response");
            let directions =
                [("wsdl:input", service.request_suffix, operation.action), ("wsdl:output", "Response", &answer)];
            for (direction, suffix, action) in directions {
                let message = format!("{target}:{}{suffix}", operation.name);
                self.xml.start(direction).attribute("wsaw:Action", action).attribute("message", &message);
                self.xml.end();
            }
            for fault in service.faults {
                let message = format!("{target}:{}", fault_message(service, operation, fault.name));
                let action = format!("{stem}{}", fault.name);
                self.xml
                    .start("wsdl:fault")
                    .attribute("wsaw:Action", &action)
                    .attribute("name", fault.name)
                    .attribute("message", &message);
                self.xml.end();
            }
            self.xml.end();
        }
        self.xml.end();
    }

    fn binding(&mut self) {
        let (target, service) = (self.target(), self.service);
        let port_type = format!("{target}:{}", service.names.port_type);
        self.xml.start("wsdl:binding").attribute("name", service.names.binding).attribute("type", &port_type);
        self.xml.start("soap:binding").attribute("transport", HTTP_TRANSPORT);
        self.xml.end();
        for operation in service.operations {
            let name = operation.name;
            self.xml.start("wsdl:operation").attribute("name", name);
            self.xml.start("soap:operation").attribute("soapAction", operation.action).attribute("style", "document");
            self.xml.end();
            let directions = [
                ("wsdl:input", service.request_suffix, service.request_headers),
                ("wsdl:output", "Response", service.response_headers),
            ];
            for (direction, suffix, headers) in directions {
                self.xml.start(direction);
                for header in headers {
                    self.xml
                        .start("soap:header")
                        .attribute("message", &format!("{target}:{name}{suffix}_Headers"))
                        .attribute("part", header.name)
                        .attribute("use", "literal");
                    self.xml.end();
                }
                self.xml.start("soap:body").attribute("use", "literal");
                self.xml.end().end();
            }
            for fault in service.faults {
                self.xml.start("wsdl:fault").attribute("name", fault.name);
                self.xml.start("soap:fault").attribute("name", fault.name).attribute("use", "literal");
                self.xml.end().end();
            }
            self.xml.end();
        }
        self.xml.end();
    }
}

fn fault_message(service: &Service, operation: &Operation, fault: &str) -> String {
    format!("{}_{}_{fault}_FaultMessage", service.names.port_type, operation.name)
}
