//! From a WSDL 1.1 in rpc/encoded to a table: what an installation elsewhere says of itself.

use std::collections::HashMap;

use super::{WSDL_NAMESPACE, WSDL_SOAP_NAMESPACE};
use crate::soap::{
    Array, ENCODING_NAMESPACE, Enumeration, Field, Names, Operation, Scalar, Service, Struct, Type, XSD_NAMESPACE,
};
use crate::xml::{Element, Limits, Position, Source, XmlError};

/// Bytes of a WSDL that is read.
pub const MAX_WSDL: usize = 256 * 1024;

/// Types inside each other.
const DEPTH: usize = 16;

/// Why a WSDL is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WsdlError {
    /// It is no XML, or too much of it.
    #[error("this is no WSDL: {0}")]
    Xml(#[from] XmlError),
    /// It says what is not spoken, or not enough.
    #[error("{1} ({0})")]
    Content(Position, String),
}

type Read<T> = Result<T, WsdlError>;

fn wrong<T>(at: Element<'_>, what: impl Into<String>) -> Read<T> {
    Err(WsdlError::Content(at.position(), what.into()))
}

impl Service {
    /// Reads the WSDL of a service with one port in rpc/encoded over SOAP 1.1. What it refers to elsewhere is not fetched.
    ///
    /// The table stays in memory until the process ends, in some twice the size of the text: read each WSDL once, and
    /// bound how many there are.
    ///
    /// # Errors
    /// What is no WSDL, has more than [`MAX_WSDL`] bytes, is of another style, or uses what this crate does not speak,
    /// with where that is.
    pub fn read_wsdl(text: &[u8]) -> Read<Self> {
        let limits = Limits { bytes: MAX_WSDL, ..Limits::default() };
        let source = Source::decode(text, None, &limits)?;
        let document = source.parse(&limits)?;
        Reader::of(document.root())?.service()
    }
}

struct Reader<'d> {
    root: Element<'d>,
    /// The types by namespace and name.
    definitions: HashMap<(&'d str, &'d str), Element<'d>>,
    /// Those that were read.
    types: HashMap<(&'d str, &'d str), Type>,
    /// The namespace that all types which were read are in.
    types_namespace: Option<&'d str>,
}

/// Text that stays.
fn kept(text: &str) -> &'static str {
    String::leak(text.to_owned())
}

fn wsdl<'d>(parent: Element<'d>, name: &'static str) -> impl Iterator<Item = Element<'d>> {
    parent.children().filter(move |child| child.is(Some(WSDL_NAMESPACE), name))
}

fn soap<'d>(parent: Element<'d>, name: &str) -> Option<Element<'d>> {
    parent.child(Some(WSDL_SOAP_NAMESPACE), name)
}

fn needed<'d>(element: Element<'d>, name: &str) -> Read<&'d str> {
    match element.attribute(None, name).map(str::trim) {
        Some(value) if !value.is_empty() => Ok(value),
        _ => wrong(element, format!("{} has no {name}", element.local_name())),
    }
}

/// The local part of a name of this document.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

impl<'d> Reader<'d> {
    fn of(root: Element<'d>) -> Read<Self> {
        if !root.is(Some(WSDL_NAMESPACE), "definitions") {
            return wrong(root, format!("this is no WSDL: it begins with {}", root.name().brief()));
        }
        let mut definitions = HashMap::new();
        let schemas = wsdl(root, "types").flat_map(Element::children);
        for schema in schemas.filter(|child| child.is(Some(XSD_NAMESPACE), "schema")) {
            let namespace = schema.attribute(None, "targetNamespace").unwrap_or_default();
            let types = schema.children().filter(|child| ["complexType", "simpleType"].contains(&child.local_name()));
            for definition in types {
                if definitions.insert((namespace, needed(definition, "name")?), definition).is_some() {
                    return wrong(definition, "a type is defined twice");
                }
            }
        }
        Ok(Self { root, definitions, types: HashMap::new(), types_namespace: None })
    }

    /// What is called that, below the root.
    fn named(&self, what: &'static str, name: &str, by: Element<'_>) -> Read<Element<'d>> {
        let found = wsdl(self.root, what).find(|element| element.attribute(None, "name") == Some(local(name)));
        found.map_or_else(|| wrong(by, format!("there is no {what} {name} in this file")), Ok)
    }

    fn service(mut self) -> Read<Service> {
        let services = wsdl(self.root, "service");
        let ports = services.flat_map(|service| wsdl(service, "port").map(move |port| (service, port)));
        let mut spoken = Vec::new();
        for (service, port) in ports {
            let binding = self.named("binding", needed(port, "binding")?, port)?;
            spoken.extend(soap(binding, "binding").map(|soap| (service, port, binding, soap)));
        }
        let [(service, port, binding, soap_binding)] = spoken[..] else {
            let count = spoken.len();
            return wrong(self.root, format!("a WSDL of one port over SOAP 1.1 is read, this has {count}"));
        };
        let port_type = self.named("portType", needed(binding, "type")?, binding)?;
        let names = Names {
            service: kept(needed(service, "name")?),
            port: kept(needed(port, "name")?),
            port_type: kept(needed(port_type, "name")?),
            binding: kept(needed(binding, "name")?),
        };
        let style = soap_binding.attribute(None, "style").unwrap_or("document");
        let mut namespace = None;
        let mut operations = Vec::new();
        for bound in wsdl(binding, "operation") {
            let name = needed(bound, "name")?;
            let http = soap(bound, "operation");
            let style = http.and_then(|http| http.attribute(None, "style")).unwrap_or(style);
            for direction in ["input", "output"] {
                let body = wsdl(bound, direction).find_map(|direction| soap(direction, "body"));
                let Some(body) = body else {
                    return wrong(bound, format!("{name} has no soap:body in its {direction}"));
                };
                let usage = body.attribute(None, "use").unwrap_or("literal");
                if (style, usage) != ("rpc", "encoded") {
                    return wrong(body, format!("{name} is {style}/{usage}: only rpc/encoded is learned"));
                }
                let of = body.attribute(None, "namespace").unwrap_or_default();
                if *namespace.get_or_insert(of) != of {
                    return wrong(body, format!("{name} is in another namespace than those before it: {of:?}"));
                }
            }
            let action = http.and_then(|http| http.attribute(None, "soapAction")).unwrap_or_default();
            operations.push(self.operation(port_type, bound, name, action)?);
        }
        let Some(namespace) = namespace else { return wrong(binding, "it has no operations") };
        let types_namespace = self.types_namespace.filter(|types| *types != namespace).map(kept);
        Ok(Service { types_namespace, ..Service::rpc_encoded(names, kept(namespace), Vec::leak(operations)) })
    }

    fn operation(&mut self, port_type: Element<'d>, bound: Element<'d>, name: &str, action: &str) -> Read<Operation> {
        let mut same = wsdl(port_type, "operation").filter(|known| known.attribute(None, "name") == Some(name));
        let (Some(abstractly), None) = (same.next(), same.next()) else {
            return wrong(bound, format!("the portType must have one operation {name}"));
        };
        let mut fields = Vec::new();
        for direction in ["input", "output"] {
            let Some(says) = wsdl(abstractly, direction).next() else {
                return wrong(abstractly, format!("{name} has no {direction}"));
            };
            let message = self.named("message", needed(says, "message")?, says)?;
            let parts = wsdl(message, "part").map(|part| self.field(part, name, &mut Vec::new()));
            fields.push(Vec::leak(parts.collect::<Read<Vec<_>>>()?));
        }
        let name = kept(name);
        let (output, input) = (fields.pop().unwrap_or_default(), fields.pop().unwrap_or_default());
        Ok(Operation { action: kept(action), ..Operation::new(name, input, output) })
    }

    fn named_type(&mut self, by: Element<'d>, name: &'d str, path: &mut Vec<&'d str>) -> Read<Type> {
        let Some(name) = by.qualified(name.trim()) else {
            return wrong(by, format!("the prefix of {name} is not bound"));
        };
        let namespace = name.namespace.unwrap_or_default();
        if [XSD_NAMESPACE, ENCODING_NAMESPACE].contains(&namespace) {
            let scalar = scalar(name.local);
            let unspoken = || wrong(by, format!("values of type {} are not spoken", name.brief()));
            return scalar.map_or_else(unspoken, |scalar| Ok(Type::Scalar(scalar)));
        }
        let key = (namespace, name.local);
        if let Some(known) = self.types.get(&key) {
            return Ok(*known);
        }
        let Some(definition) = self.definitions.get(&key).copied() else {
            return wrong(by, format!("the type {} is not defined in this file", name.brief()));
        };
        if *self.types_namespace.get_or_insert(namespace) != namespace {
            return wrong(definition, format!("{} is in another namespace than other types", name.brief()));
        }
        if path.contains(&name.local) || path.len() == DEPTH {
            return wrong(definition, format!("{} holds itself, or is too deep", name.local));
        }
        path.push(name.local);
        let is = self.defined(definition, kept(name.local), path)?;
        path.pop();
        self.types.insert(key, is);
        Ok(is)
    }

    fn defined(&mut self, definition: Element<'d>, name: &'static str, path: &mut Vec<&'d str>) -> Read<Type> {
        if definition.local_name() == "simpleType" {
            return self.simple(definition, name);
        }
        if let Some(content) = definition.child(Some(XSD_NAMESPACE), "complexContent") {
            return self.array(content, name, path);
        }
        let group = ["sequence", "all"].into_iter().find_map(|group| definition.child(Some(XSD_NAMESPACE), group));
        let mut fields = Vec::new();
        for member in group.into_iter().flat_map(Element::children) {
            if member.is(Some(XSD_NAMESPACE), "annotation") {
                continue;
            }
            if !member.is(Some(XSD_NAMESPACE), "element") {
                return wrong(member, format!("{name}: {} is not spoken", member.local_name()));
            }
            fields.push(self.field(member, name, path)?);
        }
        Ok(Type::Struct(Box::leak(Box::new(Struct::new(name, Vec::leak(fields))))))
    }

    /// A part of a message, or a member of a type.
    fn field(&mut self, element: Element<'d>, of: &str, path: &mut Vec<&'d str>) -> Read<Field> {
        let name = needed(element, "name")?;
        if element.attribute(None, "maxOccurs").is_some_and(|most| !["0", "1"].contains(&most)) {
            return wrong(element, format!("{of}.{name} may be there more than once: only SOAP arrays are lists"));
        }
        let Some(is) = element.attribute(None, "type") else {
            return wrong(element, format!("{of}.{name} does not name its type"));
        };
        // A part of a message cannot say that it may be nil, and may.
        let nillable = element.local_name() == "part"
            || element.attribute(None, "nillable").is_some_and(|nillable| ["true", "1"].contains(&nillable));
        Ok(Field { nillable, ..Field::new(kept(name), self.named_type(element, is, path)?) })
    }

    /// `soapenc:Array`, restricted by the attribute `wsdl:arrayType` or, without it, by its items.
    fn array(&mut self, content: Element<'d>, name: &'static str, path: &mut Vec<&'d str>) -> Read<Type> {
        let restriction = content.child(Some(XSD_NAMESPACE), "restriction");
        let base = restriction.and_then(|restriction| restriction.qualified(restriction.attribute(None, "base")?));
        let is_array = base.is_some_and(|base| base.namespace == Some(ENCODING_NAMESPACE) && base.local == "Array");
        let Some(restriction) = restriction.filter(|_| is_array) else {
            return wrong(content, format!("{name} is derived from another type: only SOAP arrays may be"));
        };
        let mut attributes = restriction.children().filter(|child| child.local_name() == "attribute");
        let written = attributes
            .find_map(|attribute| Some((attribute, attribute.attribute(Some(WSDL_NAMESPACE), "arrayType")?.trim())));
        let items = || restriction.descendants().find(|child| child.is(Some(XSD_NAMESPACE), "element"));
        let (by, written) = match written {
            Some((by, written)) => match written.strip_suffix("[]") {
                Some(written) => (by, written),
                None => return wrong(by, format!("{name}: arrayType must end with []")),
            },
            None => match items().and_then(|item| Some((item, item.attribute(None, "type")?))) {
                Some(item) => item,
                None => return wrong(restriction, format!("{name} does not say what its items are")),
            },
        };
        let rows = written.matches("[]").count();
        let mut item = self.named_type(by, written.trim_end_matches("[]"), path)?;
        for _ in 0..rows.min(DEPTH) {
            item = Type::Array(Box::leak(Box::new(Array::of(item))));
        }
        Ok(Type::Array(Box::leak(Box::new(Array { name: Some(name), ..Array::of(item) }))))
    }

    /// Some texts, or a scalar under another name.
    fn simple(&mut self, definition: Element<'d>, name: &'static str) -> Read<Type> {
        let restriction = definition.child(Some(XSD_NAMESPACE), "restriction");
        let base = restriction.and_then(|restriction| restriction.qualified(restriction.attribute(None, "base")?));
        let base = base.filter(|base| base.namespace == Some(XSD_NAMESPACE)).and_then(|base| scalar(base.local));
        let (Some(restriction), Some(base)) = (restriction, base) else {
            return wrong(definition, format!("{name} restricts what is not spoken"));
        };
        let members = restriction.children().filter(|child| child.is(Some(XSD_NAMESPACE), "enumeration"));
        let members: Vec<_> = members.filter_map(|member| member.attribute(None, "value").map(kept)).collect();
        Ok(match members.is_empty() {
            true => Type::Scalar(base),
            false => {
                let is = Enumeration { name, namespace: "", members: Vec::leak(members) };
                Type::Enumeration(Box::leak(Box::new(is)))
            }
        })
    }
}

fn scalar(name: &str) -> Option<Scalar> {
    let all = [
        Scalar::String,
        Scalar::Boolean,
        Scalar::Int,
        Scalar::Long,
        Scalar::UnsignedByte,
        Scalar::Decimal,
        Scalar::DateTime,
        Scalar::Base64Binary,
    ];
    let name = if name == "base64" { Scalar::Base64Binary.name() } else { name };
    all.into_iter().find(|scalar| scalar.name() == name)
}
