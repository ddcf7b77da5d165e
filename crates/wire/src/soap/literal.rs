//! Calls in document/literal.

use super::decode::{BadValue, Budget, Limits, claimed_type, is_nil, is_schema, no_children, no_text, scalar};
use super::{Array, Envelope, Members, Operation, Service, Struct, Type, Value};
use crate::xml::Element;

pub(super) fn decode<'d>(
    service: &Service,
    operation: &'static Operation,
    envelope: &Envelope<'d>,
    limits: &Limits,
) -> Result<Members<'d>, BadValue> {
    let mut decoder = Decoder { service, budget: Budget { left: *limits } };
    decoder.budget.take(envelope.call())?;
    decoder.members(envelope.call(), &operation.input)
}

/// Whether an element says that it is of this type, or of none. What is one of some texts may also be called a text.
fn claims_to_be(element: Element<'_>, is: &Type) -> Result<bool, BadValue> {
    let Some(claimed) = claimed_type(element)? else { return Ok(true) };
    let text = matches!(is, Type::Enumeration(_)) && is_schema(claimed.namespace) && claimed.local == "string";
    Ok(text || claimed.namespace == is.namespace() && claimed.local == is.name())
}

struct Decoder<'s> {
    service: &'s Service,
    budget: Budget,
}

impl Decoder<'_> {
    fn members<'d>(&mut self, element: Element<'d>, is: &'static Struct) -> Result<Members<'d>, BadValue> {
        no_text(element)?;
        let mut members = Members::new(is);
        for child in element.children() {
            self.member(&mut members, child).map_err(|bad| bad.inside(element.local_name()))?;
        }
        let missing = members.iter().find(|(_, field, value)| !field.optional && matches!(value, Value::Absent));
        match missing.map(|(_, field, _)| field.name) {
            Some(name) => Err(BadValue::new(element, format!("{name} is missing"))),
            None => Ok(members),
        }
    }

    fn member<'d>(&mut self, members: &mut Members<'d>, child: Element<'d>) -> Result<(), BadValue> {
        let is = members.is();
        let namespace = child.namespace();
        // Some of the vendors' own samples leave members of a type in the target namespace.
        let ours = |own: &str| namespace == Some(own) || namespace == Some(self.service.namespace);
        let place = is.position(&|own, field| field.name == child.local_name() && ours(own));
        let (Some(place), Some((_, field))) = (place, place.and_then(|place| is.member(place))) else {
            return Err(BadValue::new(child, format!("{} is not known here", child.name().brief())));
        };
        if !members.is_absent(place) {
            return Err(BadValue::new(child, "it is given twice"));
        }
        members.set(place, self.value(child, &field.is, field.nillable)?);
        Ok(())
    }

    fn value<'d>(&mut self, element: Element<'d>, is: &Type, nillable: bool) -> Result<Value<'d>, BadValue> {
        self.budget.take(element)?;
        if is_nil(element)? {
            return if nillable { Ok(Value::Nil) } else { Err(BadValue::new(element, "it cannot be nil")) };
        }
        self.budget.deeper(element)?;
        let value = match is {
            Type::Scalar(is) => {
                if claimed_type(element)?.is_some_and(|name| !is_schema(name.namespace)) {
                    return Err(BadValue::new(element, format!("expected xs:{}, found another type", is.name())));
                }
                no_children(element).and_then(|()| scalar(element, *is, false))
            }
            Type::Enumeration(_) | Type::Array(_) if !claims_to_be(element, is)? => {
                return Err(BadValue::new(element, format!("expected {}, found another type", is.name())));
            }
            Type::Enumeration(is) => match element.text().trim() {
                _ if element.has_children() => no_children(element).map(|()| Value::Nil),
                "" if nillable && self.budget.left.empty_is_nil => Ok(Value::Nil),
                text if is.members.contains(&text) => Ok(text.into()),
                _ => Err(BadValue::new(element, format!("expected one of {}", is.members.join(", ")))),
            },
            Type::Struct(is) => {
                let is = self.real_type(element, is)?;
                self.members(element, is).map(Value::Struct)
            }
            Type::Array(is) => self.items(element, is),
        };
        self.budget.left.depth += 1;
        value
    }

    /// The type that is meant where a type is declared: itself, or what the element claims to be and is derived.
    fn real_type(&self, element: Element<'_>, declared: &'static Struct) -> Result<&'static Struct, BadValue> {
        let Some(claimed) = claimed_type(element)? else { return Ok(declared) };
        let is = |is: &Struct| claimed.local == is.name && claimed.namespace == Some(is.namespace);
        let derived = self.service.types.iter().find_map(|other| match other {
            Type::Struct(other) if is(other) && other.is_a(declared) => Some(*other),
            _ => None,
        });
        let found = if is(declared) { Some(declared) } else { derived };
        found.ok_or_else(|| BadValue::new(element, format!("expected {}, found a {}", declared.name, claimed.brief())))
    }

    fn items<'d>(&mut self, element: Element<'d>, is: &'static Array) -> Result<Value<'d>, BadValue> {
        no_text(element)?;
        let name = is.item.name();
        let mut items = Vec::new();
        for (number, child) in (1..).zip(element.children()) {
            let bad = |bad: BadValue| bad.item(number).inside(element.local_name());
            if !child.is(Some(is.namespace), &name) {
                return Err(bad(BadValue::new(child, format!("expected {{{}}}{name}", is.namespace))));
            }
            if number > self.budget.left.items {
                return Err(bad(BadValue::new(child, format!("there are more than {} items", self.budget.left.items))));
            }
            items.push(self.value(child, &is.item, is.nillable).map_err(bad)?);
        }
        Ok(Value::List(items))
    }
}
