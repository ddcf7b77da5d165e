//! What was sent, and what is answered: values in the shape of the table.

use std::borrow::Cow;

use super::{Field, Struct};

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Nothing was sent. Written in rpc/encoded it is an empty text, `false`, `0` or an empty array, in
    /// document/literal nothing.
    Absent,
    /// `xsi:nil`.
    Nil,
    /// `xs:boolean`.
    Boolean(bool),
    /// `xs:int`, `xs:long` and `xs:unsignedByte`.
    Integer(i64),
    /// `xs:string`, enumerations, `xs:decimal` and `xs:dateTime`.
    Text(Cow<'a, str>),
    /// `xs:base64Binary`.
    Bytes(Cow<'a, [u8]>),
    /// A struct.
    Struct(Members<'a>),
    /// An array.
    List(Vec<Value<'a>>),
}

impl<'a> Value<'a> {
    /// The text; `""` if it is none.
    pub fn text(&self) -> &str {
        if let Self::Text(text) = self { text } else { "" }
    }

    /// The members, if it is a struct.
    pub const fn members(&self) -> Option<&Members<'a>> {
        if let Self::Struct(members) = self { Some(members) } else { None }
    }
}

/// The members of a struct, or the parameters of an operation.
#[derive(Debug, Clone)]
pub struct Members<'a> {
    is: &'static Struct,
    values: Vec<Value<'a>>,
}

impl PartialEq for Members<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.is.is(other.is) && self.values == other.values
    }
}

impl<'a> Members<'a> {
    /// Nothing yet.
    pub fn new(is: &'static Struct) -> Self {
        Self { is, values: vec![Value::Absent; is.len()] }
    }

    /// Every member nil that can be, the others absent.
    pub fn nil(is: &'static Struct) -> Self {
        let value = |nillable| if nillable { Value::Nil } else { Value::Absent };
        let members = (0..is.len()).filter_map(|place| is.member(place));
        Self { is, values: members.map(|(_, field)| value(field.nillable)).collect() }
    }

    /// With this value. The name must be that of a member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value<'a>>) -> Self {
        let place = self.is.find(name, false);
        debug_assert!(place.is_some(), "{} has no member {name}", self.is.name);
        if let Some(place) = place {
            self.set(place, value.into());
        }
        self
    }

    pub(super) fn set(&mut self, place: usize, value: Value<'a>) {
        if let Some(member) = self.values.get_mut(place) {
            *member = value;
        }
    }

    /// What it has members of.
    pub const fn is(&self) -> &'static Struct {
        self.is
    }

    /// All members in the order of the table: the namespace each is in, what it is, and its value.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &'static Field, &Value<'a>)> {
        let member = |(place, value)| self.is.member(place).map(|(namespace, field)| (namespace, field, value));
        self.values.iter().enumerate().filter_map(member)
    }

    pub(super) fn at(&self, place: usize) -> Option<&Value<'a>> {
        self.values.get(place)
    }

    pub(super) fn is_absent(&self, place: usize) -> bool {
        matches!(self.values.get(place), Some(Value::Absent))
    }

    /// The value of this member.
    pub fn get(&self, name: &str) -> &Value<'a> {
        let place = self.is.find(name, false);
        debug_assert!(place.is_some(), "{} has no member {name}", self.is.name);
        place.and_then(|place| self.values.get(place)).unwrap_or(&Value::Absent)
    }

    /// The text of this member; `""` if it has none.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).text()
    }

    /// The number in this member, if it has one.
    pub fn integer(&self, name: &str) -> Option<i64> {
        if let Value::Integer(number) = self.get(name) { Some(*number) } else { None }
    }

    /// The truth in this member, if it has one.
    pub fn boolean(&self, name: &str) -> Option<bool> {
        if let Value::Boolean(truth) = self.get(name) { Some(*truth) } else { None }
    }

    /// The bytes of this member, if it has any.
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        if let Value::Bytes(bytes) = self.get(name) { Some(bytes) } else { None }
    }

    /// The items of this member; none if it is no list.
    pub fn list(&self, name: &str) -> &[Value<'a>] {
        if let Value::List(items) = self.get(name) { items } else { &[] }
    }

    /// The members of this member, if it is a struct.
    pub fn members(&self, name: &str) -> Option<&Self> {
        self.get(name).members()
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<bool> for Value<'_> {
    fn from(truth: bool) -> Self {
        Self::Boolean(truth)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<Vec<u8>> for Value<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl<'a> From<Members<'a>> for Value<'a> {
    fn from(members: Members<'a>) -> Self {
        Self::Struct(members)
    }
}

impl<'a> From<Vec<Self>> for Value<'a> {
    fn from(items: Vec<Self>) -> Self {
        Self::List(items)
    }
}
