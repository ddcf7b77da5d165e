//! The types of a WSDL in document/literal, as a client reads them: what may be sent, and where.

use std::collections::BTreeMap;
use wire::soap::XSD_NAMESPACE;
use wire::xml::{Element, Limits, Source};

/// A namespace and a name in it.
pub(crate) type Name = (String, String);

/// What a member, or an item, is.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    /// The element's own.
    pub(crate) name: Name,
    pub(crate) is: Name,
    pub(crate) nillable: bool,
}

/// A type that a schema defines.
#[derive(Debug)]
pub(crate) enum Type {
    /// One of these texts.
    Texts(Vec<String>),
    /// Members after those of the type that it extends; of an array its item.
    Members(Option<Name>, Vec<Member>),
}

/// A place in a request, with all that must stand around what is written there.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) operation: String,
    pub(crate) member: Member,
    before: String,
    after: String,
}

/// The schemas of a WSDL.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    pub(crate) types: BTreeMap<Name, Type>,
    /// The elements of requests with their members, in order.
    requests: Vec<(Name, Vec<Member>)>,
}

fn name_in(namespace: &str, element: Element<'_>) -> Option<Name> {
    Some((namespace.to_owned(), element.attribute(None, "name")?.to_owned()))
}

fn qualified(element: Element<'_>, attribute: &str) -> Option<Name> {
    let name = element.qualified(element.attribute(None, attribute)?)?;
    Some((name.namespace?.to_owned(), name.local.to_owned()))
}

/// All elements of XML Schema with this name inside of one, also further down.
fn inside<'d>(element: Element<'d>, local: &'static str) -> impl Iterator<Item = Element<'d>> {
    element.descendants().filter(move |inner| inner.is(Some(XSD_NAMESPACE), local))
}

fn members(namespace: &str, of: Element<'_>) -> Vec<Member> {
    let member = |element: Element<'_>| Member {
        name: name_in(namespace, element).unwrap(),
        is: qualified(element, "type").unwrap(),
        nillable: element.attribute(None, "nillable") == Some("true"),
    };
    inside(of, "element").map(member).collect()
}

impl Schema {
    pub(crate) fn read(wsdl: &[u8]) -> Self {
        let source = Source::decode(wsdl, None, &Limits::default()).unwrap();
        let document = source.parse(&Limits::default()).unwrap();
        let mut read = Self::default();
        for schema in inside(document.root(), "schema") {
            let namespace = schema.attribute(None, "targetNamespace").unwrap();
            for defined in schema.children() {
                let Some(name) = name_in(namespace, defined) else { continue };
                match defined.local_name() {
                    "complexType" => {
                        let base = inside(defined, "extension").next().and_then(|from| qualified(from, "base"));
                        read.types.insert(name, Type::Members(base, members(namespace, defined)));
                    }
                    "simpleType" => {
                        let texts = inside(defined, "enumeration").filter_map(|text| text.attribute(None, "value"));
                        read.types.insert(name, Type::Texts(texts.map(str::to_owned).collect()));
                    }
                    "element" if name.1.ends_with("Request") && defined.has_children() => {
                        read.requests.push((name, members(namespace, defined)));
                    }
                    _ => {}
                }
            }
        }
        read
    }

    /// Every place in every request, in types that extend others too.
    pub(crate) fn places(&self) -> Vec<Place> {
        let mut places = Vec::new();
        for ((namespace, request), members) in &self.requests {
            let operation = request.strip_suffix("Request").unwrap();
            let around = (format!("<{request} xmlns=\"{namespace}\">"), format!("</{request}>"));
            members.iter().for_each(|member| self.collect(operation, member, &around, &mut places));
        }
        places
    }

    fn collect(&self, operation: &str, member: &Member, (before, after): &(String, String), places: &mut Vec<Place>) {
        let (operation, before, after) = (operation.to_owned(), before.clone(), after.clone());
        let place = Place { operation, member: member.clone(), before, after };
        let (derived, inner) = self.members_of(&member.is);
        let claims = derived.map(|(namespace, name)| format!("xmlns:d=\"{namespace}\" i:type=\"d:{name}\""));
        let (open, close) = place.tags(&claims.unwrap_or_default());
        let around = (format!("{}{open}", place.before), format!("{close}{}", place.after));
        inner.iter().for_each(|inner| self.collect(&place.operation, inner, &around, places));
        places.push(place);
    }

    /// The body of a request with everything in it for which there is a content, by its path and type.
    pub(crate) fn request(&self, operation: &str, content: &dyn Fn(&str, &Name) -> Option<String>) -> String {
        let (name, members) = self.requests.iter().find(|(name, _)| name.1 == format!("{operation}Request")).unwrap();
        let inner: String = members.iter().map(|member| self.written(member, &name.1, content)).collect();
        format!("<{} xmlns=\"{}\">{inner}</{0}>", name.1, name.0)
    }

    fn written(&self, member: &Member, path: &str, content: &dyn Fn(&str, &Name) -> Option<String>) -> String {
        let (namespace, name) = &member.name;
        let path = format!("{path}/{name}");
        let (derived, inner) = self.members_of(&member.is);
        let inner: String = inner.iter().map(|inner| self.written(inner, &path, content)).collect();
        let inner = if inner.is_empty() { content(&path, &member.is) } else { Some(inner) };
        let claims = derived.map(|(namespace, name)| format!("xmlns:d=\"{namespace}\" i:type=\"d:{name}\""));
        let tag = |inner| format!("<{name} xmlns=\"{namespace}\" {}>{inner}</{name}>", claims.unwrap_or_default());
        inner.map_or(String::new(), tag)
    }

    /// The members of a type; where another extends it, of that, which must then be named.
    fn members_of(&self, is: &Name) -> (Option<&Name>, Vec<Member>) {
        let extends = |other: &Type| matches!(other, Type::Members(Some(base), _) if base == is);
        let derived = self.types.iter().find(|(_, other)| extends(other));
        match (derived, self.types.get(is)) {
            (Some((name, Type::Members(_, own))), Some(Type::Members(None, base))) => {
                (Some(name), base.iter().chain(own).cloned().collect())
            }
            (None, Some(Type::Members(None, own))) => (None, own.clone()),
            _ => (None, Vec::new()),
        }
    }
}

impl Place {
    fn tags(&self, attributes: &str) -> (String, String) {
        let (namespace, name) = &self.member.name;
        (format!("<{name} xmlns=\"{namespace}\" {attributes}>"), format!("</{name}>"))
    }

    /// The body of a request with nothing but this there; `i` is bound to XML Schema's instances.
    pub(crate) fn holding(&self, attributes: &str, content: &str) -> String {
        let (open, close) = self.tags(attributes);
        format!("{}{open}{content}{close}{}", self.before, self.after)
    }

    /// For people.
    pub(crate) fn path(&self) -> String {
        let tags = format!("{}{}", self.before, self.tags("").0);
        tags.split('<').skip(1).map(|tag| tag.split(' ').next().unwrap()).collect::<Vec<_>>().join("/")
    }
}
