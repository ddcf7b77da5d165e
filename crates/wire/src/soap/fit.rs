//! Values in the shape of another table: the same service, as another installation's WSDL has it.
//!
//! Methods are the same by name. Parameters and members are the same by name in any case; what is left over on both
//! sides is the same by its place, if it is equally much.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::decode::decode_base64;
use super::{Members, Operation, Scalar, Service, Struct, Type, Value};

/// How another table differs from one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Methods that the other does not have.
    pub lacking: Vec<&'static str>,
    /// Methods that only the other has.
    pub unknown: Vec<&'static str>,
    /// Everything else, a sentence each: what is called otherwise, what has another type, what is not there.
    pub told: Vec<String>,
}

/// Compares a service with what another WSDL says of it.
///
/// # Errors
/// What no value can be brought across: two parameters that cannot be told from each other, a list where a text is.
pub fn differences(ours: &Service, theirs: &Service) -> Result<Difference, String> {
    let mut difference = Difference::default();
    for operation in ours.operations {
        let Some(other) = find(theirs, operation.name) else {
            difference.lacking.push(operation.name);
            continue;
        };
        for (own, other) in [(&operation.input, &other.input), (&operation.output, &other.output)] {
            members(operation.name, own, other, &mut difference.told)?;
        }
    }
    let unknown = theirs.operations.iter().map(|other| other.name);
    difference.unknown = unknown.filter(|name| find(ours, name).is_none()).collect();
    let mut seen = std::collections::HashSet::new();
    difference.told.retain(|line| seen.insert(line.clone()));
    Ok(difference)
}

fn find(service: &Service, name: &str) -> Option<&'static Operation> {
    service.operations.iter().find(|operation| operation.name == name)
}

/// For each member of one struct the place of the same in another, and the places there that are the same as none.
fn places(of: &Struct, among: &Struct) -> (Vec<Option<usize>>, Vec<usize>) {
    let named = |place| of.member(place).and_then(|(_, field)| among.find(field.name, true));
    let mut found: Vec<_> = (0..of.len()).map(named).collect();
    let mut others: Vec<_> = (0..among.len()).filter(|place| !found.contains(&Some(*place))).collect();
    if found.iter().filter(|place| place.is_none()).count() == others.len() {
        let mut left = others.drain(..);
        found.iter_mut().filter(|place| place.is_none()).for_each(|place| *place = left.next());
    }
    (found, others)
}

fn name(of: &Struct, place: usize) -> &'static str {
    of.member(place).map_or("", |(_, field)| field.name)
}

fn members(path: &str, ours: &Struct, theirs: &Struct, told: &mut Vec<String>) -> Result<(), String> {
    let (found, others) = places(ours, theirs);
    let lost: Vec<_> = (0..).zip(&found).filter(|(_, other)| other.is_none()).map(|(own, _)| name(ours, own)).collect();
    let others: Vec<_> = others.into_iter().map(|place| name(theirs, place)).collect();
    if !lost.is_empty() && !others.is_empty() {
        let (lost, others) = (lost.join(", "), others.join(", "));
        return Err(format!("{path}: it cannot be told which of {others} there is which of {lost} here"));
    }
    told.extend(lost.iter().map(|own| format!("{path}: {own} is not there")));
    told.extend(others.iter().map(|other| format!("{path}: {other} is not known here")));
    for (own, other) in (0..).zip(found) {
        let pair = other.and_then(|other| Some((ours.member(own)?.1, theirs.member(other)?.1)));
        if let Some((own, other)) = pair {
            if own.name != other.name {
                told.push(format!("{path}: {} is called {}", own.name, other.name));
            }
            same(&format!("{path}.{}", own.name), &own.is, &other.is, told)?;
        }
    }
    Ok(())
}

fn same(path: &str, ours: &Type, theirs: &Type, told: &mut Vec<String>) -> Result<(), String> {
    match (ours, theirs) {
        (Type::Struct(own), Type::Struct(other)) => {
            if own.name != other.name {
                told.push(format!("{} is called {}", own.name, other.name));
            }
            members(own.name, own, other, told)
        }
        (Type::Array(own), Type::Array(other)) => {
            if ours.name() != theirs.name() {
                told.push(format!("{} is called {}", ours.name(), theirs.name()));
            }
            same(path, &own.item, &other.item, told)
        }
        (Type::Scalar(own), Type::Scalar(other)) if is_spoken(*own, *other) => {
            if own.name() != other.name() {
                told.push(format!("{path} is {} there, {} here", other.name(), own.name()));
            }
            Ok(())
        }
        (Type::Scalar(Scalar::String), Type::Enumeration(_)) => Ok(()),
        _ => Err(format!("{path} is {} there, which cannot be made of {} here", theirs.name(), ours.name())),
    }
}

/// Whether values go from one to the other and back: by their text, or between numbers.
fn is_spoken(one: Scalar, other: Scalar) -> bool {
    let is_text = |scalar| matches!(scalar, Scalar::String | Scalar::Base64Text);
    let is_number = |scalar| matches!(scalar, Scalar::Int | Scalar::Long | Scalar::UnsignedByte);
    one == other || is_text(one) || is_text(other) || is_number(one) && is_number(other)
}

impl Members<'_> {
    /// The same in the shape of another table's struct. What that does not have is left out, what this does not have is
    /// absent.
    ///
    /// # Errors
    /// A sentence for a text that is not what the other has in its place.
    pub fn fitted(&self, is: &'static Struct) -> Result<Members<'static>, String> {
        let (found, _) = places(is, self.is());
        let mut fitted = Members::new(is);
        for (place, source) in found.into_iter().enumerate() {
            let value = source.and_then(|source| self.at(source));
            if let (Some(value), Some((_, field))) = (value, is.member(place)) {
                fitted.set(place, value.fitted(&field.is).map_err(|why| format!("{}: {why}", field.name))?);
            }
        }
        Ok(fitted)
    }
}

impl Value<'_> {
    fn fitted(&self, is: &Type) -> Result<Value<'static>, String> {
        Ok(match (self, is) {
            (Value::Nil, _) => Value::Nil,
            (Value::Struct(members), Type::Struct(is)) => members.fitted(is)?.into(),
            (Value::List(items), Type::Array(is)) => {
                Value::List(items.iter().map(|item| item.fitted(&is.item)).collect::<Result<_, _>>()?)
            }
            (Value::Boolean(truth), Type::Scalar(Scalar::Boolean)) => (*truth).into(),
            (Value::Integer(number), Type::Scalar(Scalar::Int | Scalar::Long | Scalar::UnsignedByte)) => {
                (*number).into()
            }
            (Value::Bytes(bytes), Type::Scalar(Scalar::Base64Binary)) => bytes.clone().into_owned().into(),
            (Value::Text(_) | Value::Boolean(_) | Value::Integer(_) | Value::Bytes(_), _) => {
                of_text(self.written(), is)?
            }
            _ => Value::Absent,
        })
    }

    /// A scalar as text.
    fn written(&self) -> String {
        match self {
            Value::Text(text) => text.clone().into_owned(),
            Value::Boolean(truth) => truth.to_string(),
            Value::Integer(number) => number.to_string(),
            Value::Bytes(bytes) => STANDARD.encode(bytes),
            Value::Absent | Value::Nil | Value::Struct(_) | Value::List(_) => String::new(),
        }
    }
}

fn of_text(text: String, is: &Type) -> Result<Value<'static>, String> {
    let trimmed = text.trim();
    Ok(match is {
        Type::Struct(_) | Type::Array(_) => Value::Absent,
        Type::Enumeration(_) | Type::Scalar(Scalar::String | Scalar::Base64Text) => text.into(),
        Type::Scalar(_) if trimmed.is_empty() => Value::Absent,
        Type::Scalar(Scalar::Decimal | Scalar::DateTime) => text.into(),
        Type::Scalar(Scalar::Boolean) => match trimmed {
            "true" | "1" => true.into(),
            "false" | "0" => false.into(),
            _ => return Err("expected true or false".to_owned()),
        },
        Type::Scalar(Scalar::Int | Scalar::Long | Scalar::UnsignedByte) => {
            Value::Integer(trimmed.parse().map_err(|_| "expected a whole number".to_owned())?)
        }
        Type::Scalar(Scalar::Base64Binary) => {
            decode_base64(trimmed).ok_or_else(|| "expected base64".to_owned())?.into()
        }
    })
}
