//! Calls in rpc/encoded (SOAP 1.1 sections 5 and 7), as toolkits really write them.

use std::collections::HashMap;

use super::decode::{BadValue, Budget, Limits, claimed_type, is_nil, is_schema, no_children, no_text, scalar};
use super::{Array, ENCODING_NAMESPACE, Envelope, Members, Operation, Scalar, Struct, Type, Value};
use crate::xml::{Element, Name, is_blank};

/// What Apache's toolkits, and PHP after them, write a map as.
const MAP: Name<'_> = Name { namespace: Some("http://xml.apache.org/xml-soap"), local: "Map" };

/// References that lead to a reference that leads to one …
const HOPS: usize = 8;

pub(super) fn decode<'d>(
    operation: &'static Operation,
    envelope: &Envelope<'d>,
    limits: &Limits,
) -> Result<Members<'d>, BadValue> {
    let mut decoder = Decoder { body: envelope.body(), ids: None, budget: Budget { left: *limits } };
    let call = envelope.call();
    no_text(call)?;
    let input = &operation.input;
    // Clients without a WSDL make names up: then it is the order that counts.
    let by_name = call.children().any(|child| input.find(child.local_name(), true).is_some());
    let mut arguments = Members::new(input);
    for (position, child) in call.children().enumerate() {
        let place = if by_name { input.find(child.local_name(), true) } else { Some(position) };
        decoder.member(&mut arguments, child, child, place)?;
    }
    Ok(arguments)
}

struct Decoder<'d> {
    body: Element<'d>,
    /// The elements that references can lead to, once there is a reference.
    ids: Option<HashMap<&'d str, Element<'d>>>,
    budget: Budget,
}

impl<'d> Decoder<'d> {
    /// Puts a value in its place among the members, which `named` called for.
    fn member(
        &mut self,
        members: &mut Members<'d>,
        named: Element<'d>,
        value: Element<'d>,
        place: Option<usize>,
    ) -> Result<(), BadValue> {
        let is = members.is();
        let field = place.and_then(|place| is.member(place));
        let (Some(place), Some((_, field))) = (place, field) else {
            let known: Vec<_> = is.members().iter().map(|(_, field)| field.name).collect();
            return Err(BadValue::new(named, format!("it is not known here; there are: {}", known.join(", "))));
        };
        if !members.is_absent(place) {
            return Err(BadValue::new(named, "it is given twice"));
        }
        members.set(place, self.value(value, &field.is)?);
        Ok(())
    }

    fn value(&mut self, element: Element<'d>, is: &Type) -> Result<Value<'d>, BadValue> {
        let name = element.local_name();
        self.referred(element, is).map_err(|mut bad| {
            // A target is called anything; the caller knows it by where it is used.
            if let Some((_, rest)) = bad.path.clone().split_once('/') {
                bad.path = format!("{name}/{rest}");
            } else {
                bad.path = name.to_owned();
            }
            bad
        })
    }

    fn referred(&mut self, element: Element<'d>, is: &Type) -> Result<Value<'d>, BadValue> {
        let element = self.follow(element)?;
        if is_nil(element)? {
            return Ok(Value::Nil);
        }
        let claimed = claimed_type(element)?;
        self.budget.deeper(element)?;
        let value = match is {
            Type::Scalar(is) => plain(element, *is, claimed),
            Type::Enumeration(is) => {
                let claimed = claimed.filter(|name| name.local != is.name);
                let value = plain(element, Scalar::String, claimed)?;
                match value.text() {
                    "" => Ok(Value::Nil),
                    text if is.members.contains(&text) => Ok(value),
                    _ => Err(BadValue::new(element, format!("expected one of {}", is.members.join(", ")))),
                }
            }
            Type::Struct(is) => self.members(element, is, claimed),
            Type::Array(is) => self.items(element, is, claimed),
        };
        self.budget.left.depth += 1;
        value
    }

    /// The element itself, or that which it refers to.
    fn follow(&mut self, element: Element<'d>) -> Result<Element<'d>, BadValue> {
        let mut at = element;
        for _ in 0..=HOPS {
            self.budget.take(at)?;
            let Some(href) = at.attribute(None, "href") else { return Ok(at) };
            no_text(at)?;
            no_children(at)?;
            let id = href.strip_prefix('#').ok_or_else(|| {
                BadValue::new(at, "href must refer to an element of this envelope, as #id; nothing else is fetched")
            })?;
            let ids = match &mut self.ids {
                Some(ids) => ids,
                none => none.insert(ids(self.body)?),
            };
            at = *ids.get(id).ok_or_else(|| BadValue::new(at, "no element has the id that its href names"))?;
        }
        Err(BadValue::new(element, "its references lead in a circle"))
    }

    fn members(
        &mut self,
        element: Element<'d>,
        is: &'static Struct,
        claimed: Option<Name<'d>>,
    ) -> Result<Value<'d>, BadValue> {
        if is_schema(claimed.and_then(|name| name.namespace)) {
            return Err(BadValue::new(element, format!("expected {}, found a plain value", is.name)));
        }
        no_text(element)?;
        let mut members = Members::new(is);
        let inside = |bad: BadValue| bad.inside(element.local_name());
        if claimed == Some(MAP) {
            for entry in element.children() {
                self.budget.take(entry)?;
                let part = |name| entry.children().find(|part| part.local_name() == name);
                let (Some(key), Some(value)) = (part("key"), part("value")) else {
                    return Err(
                        BadValue::new(entry, "an entry of a map must have key and value").inside(element.local_name())
                    );
                };
                let Value::Text(name) = self.value(key, &Type::Scalar(Scalar::String)).map_err(inside)? else {
                    return Err(BadValue::new(key, "it is the name of a member and must not be nil"));
                };
                self.member(&mut members, key, value, is.find(&name, true)).map_err(inside)?;
            }
        } else {
            for child in element.children() {
                self.member(&mut members, child, child, is.find(child.local_name(), true)).map_err(inside)?;
            }
        }
        Ok(Value::Struct(members))
    }

    fn items(
        &mut self,
        element: Element<'d>,
        is: &'static Array,
        claimed: Option<Name<'d>>,
    ) -> Result<Value<'d>, BadValue> {
        if claimed.is_some_and(|name| name == MAP || is_schema(name.namespace)) {
            return Err(BadValue::new(element, "expected an array"));
        }
        no_text(element)?;
        let declared = declared_length(element, self.budget.left.items)?;
        let mut items = Vec::new();
        for (number, child) in (1..).zip(element.children()) {
            let bad = |bad: BadValue| bad.item(number).inside(element.local_name());
            if declared.is_some_and(|declared| number > declared) {
                return Err(bad(BadValue::new(child, "there are more items than arrayType says")));
            }
            if number > self.budget.left.items {
                return Err(bad(BadValue::new(child, format!("there are more than {} items", self.budget.left.items))));
            }
            if child.attribute(Some(ENCODING_NAMESPACE), "position").is_some() {
                return Err(bad(BadValue::new(child, "sparse arrays are not supported")));
            }
            items.push(self.value(child, &is.item).map_err(bad)?);
        }
        Ok(Value::List(items))
    }
}

/// How many items arrayType says there are, if it says so. Nothing is set aside for them.
fn declared_length(element: Element<'_>, most: usize) -> Result<Option<usize>, BadValue> {
    if element.attribute(Some(ENCODING_NAMESPACE), "offset").is_some() {
        return Err(BadValue::new(element, "sparse arrays are not supported"));
    }
    let Some(written) = element.attribute(Some(ENCODING_NAMESPACE), "arrayType") else { return Ok(None) };
    let length = written.trim_end().strip_suffix(']').and_then(|written| Some(written.rsplit_once('[')?.1.trim()));
    match length {
        Some("") => Ok(None),
        Some(length) if length.contains(',') => {
            Err(BadValue::new(element, "arrays of several dimensions are not supported"))
        }
        Some(length) => match length.parse() {
            Ok(length) if length <= most => Ok(Some(length)),
            _ => Err(BadValue::new(element, format!("arrayType must name a length of at most {most}"))),
        },
        None => Err(BadValue::new(element, "arrayType must end with a length, as in xsd:string[2]")),
    }
}

/// A scalar, whichever scalar it claims to be.
fn plain<'d>(element: Element<'d>, is: Scalar, claimed: Option<Name<'d>>) -> Result<Value<'d>, BadValue> {
    let is_encodings = |name: Name<'_>| name.namespace == Some(ENCODING_NAMESPACE);
    let mut base64 = false;
    if let Some(name) = claimed {
        let compound = is_encodings(name) && ["Array", "Struct"].contains(&name.local);
        if compound || !is_encodings(name) && !is_schema(name.namespace) {
            return Err(BadValue::new(element, format!("expected a plain value, found one of type {}", name.brief())));
        }
        base64 = ["base64Binary", "base64"].contains(&name.local);
    }
    no_children(element)?;
    if is != Scalar::String && is_blank(element.text()) {
        return Ok(Value::Nil);
    }
    scalar(element, is, base64)
}

fn ids(body: Element<'_>) -> Result<HashMap<&str, Element<'_>>, BadValue> {
    let mut ids = HashMap::new();
    for element in body.descendants() {
        if let Some(id) = element.attribute(None, "id")
            && ids.insert(id, element).is_some()
        {
            return Err(BadValue::new(element, "another element has the same id"));
        }
    }
    Ok(ids)
}
