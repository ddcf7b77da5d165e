//! The table: what a service offers, as static data.

use super::{Envelope, Fault};

/// A service with one port.
#[derive(Debug)]
pub struct Service {
    /// Its names in the WSDL.
    pub names: Names,
    /// Its target namespace.
    pub namespace: &'static str,
    /// The namespace of its types, where it is another one; only for rpc/encoded.
    pub types_namespace: Option<&'static str>,
    /// How its messages are written.
    pub style: Style,
    /// What follows an operation's name in that of its request's element: nothing in rpc. After that of the answer's
    /// it is always `Response`.
    pub request_suffix: &'static str,
    /// What it can do, in the order of the WSDL.
    pub operations: &'static [Operation],
    /// The schemas of the WSDL and their prefixes, in order; only for document/literal. One of them is that of the
    /// target namespace.
    pub schemas: &'static [Schema],
    /// Types that no operation names but a caller may send: those derived from others.
    pub types: &'static [Type],
    /// Header elements of every request, in the target namespace; only for document/literal.
    pub request_headers: &'static [Field],
    /// Header elements of every answer, likewise.
    pub response_headers: &'static [Field],
    /// The details that faults of every operation may have.
    pub faults: &'static [&'static FaultDetail],
}

/// What a service is called in its WSDL.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    /// `wsdl:definitions` and `wsdl:service`. Generators name the class of the client after it.
    pub service: &'static str,
    /// `wsdl:port`.
    pub port: &'static str,
    /// `wsdl:portType`.
    pub port_type: &'static str,
    /// `wsdl:binding`.
    pub binding: &'static str,
}

/// How messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// rpc/encoded: SOAP 1.1 section 5 and 7.
    RpcEncoded,
    /// Document/literal, wrapped.
    DocumentLiteral,
}

/// A schema in the WSDL.
#[derive(Debug)]
pub struct Schema {
    /// The prefix that the WSDL binds to it.
    pub prefix: &'static str,
    /// Its target namespace.
    pub namespace: &'static str,
    /// Definitions that the table cannot say, as XML in which `xs` is bound to XML Schema and `tns` to the namespace.
    pub verbatim: &'static str,
}

/// An operation.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Its name.
    pub name: &'static str,
    /// What goes in, in order.
    pub input: Struct,
    /// What comes out, in order.
    pub output: Struct,
    /// Its SOAPAction, without quotes.
    pub action: &'static str,
}

/// A type with members.
#[derive(Debug, Clone, Copy)]
pub struct Struct {
    /// Its name.
    pub name: &'static str,
    /// The namespace that it and the elements of its members are in. Not looked at in rpc/encoded, where types are in
    /// the target namespace and members in none.
    pub namespace: &'static str,
    /// The type that it extends, whose members come before its own.
    pub base: Option<&'static Self>,
    /// Its own members, in order.
    pub fields: &'static [Field],
}

/// A member of a type, or a parameter.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it can hold.
    pub is: Type,
    /// Whether it can be `xsi:nil`. In rpc/encoded everything can.
    pub nillable: bool,
    /// Whether it can be left out. In rpc/encoded everything can.
    pub optional: bool,
}

/// What a member, parameter or item can hold.
#[derive(Debug, Clone, Copy)]
pub enum Type {
    /// A text, number or the like.
    Scalar(Scalar),
    /// One of some texts.
    Enumeration(&'static Enumeration),
    /// Members.
    Struct(&'static Struct),
    /// Items.
    Array(&'static Array),
}

/// A type of XML Schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// `xs:string`. Sent as base64 it is decoded, and must then be UTF-8.
    String,
    /// `xs:string` whose text is base64 in itself. Sent as base64 it is the same text.
    Base64Text,
    /// `xs:boolean`.
    Boolean,
    /// `xs:int`: 32 bits.
    Int,
    /// `xs:long`: 64 bits.
    Long,
    /// `xs:unsignedByte`: from 0 to 255.
    UnsignedByte,
    /// `xs:decimal`, given and taken as its text.
    Decimal,
    /// `xs:dateTime`, given and taken as its text, which is not looked at.
    DateTime,
    /// `xs:base64Binary`: bytes.
    Base64Binary,
}

/// One of some texts.
#[derive(Debug)]
pub struct Enumeration {
    /// Its name.
    pub name: &'static str,
    /// Its namespace.
    pub namespace: &'static str,
    /// The texts.
    pub members: &'static [&'static str],
}

/// Items of one type.
#[derive(Debug)]
pub struct Array {
    /// Its name; `None` for `ArrayOf` and that of the items.
    pub name: Option<&'static str>,
    /// Its namespace, in which its items are elements too.
    pub namespace: &'static str,
    /// What the items are.
    pub item: Type,
    /// Whether an item can be `xsi:nil`.
    pub nillable: bool,
}

/// A detail that a fault can have.
#[derive(Debug)]
pub struct FaultDetail {
    /// The name of the fault in the WSDL.
    pub name: &'static str,
    /// The element below `detail`.
    pub element: &'static str,
    /// That element's namespace.
    pub namespace: &'static str,
    /// What is in it.
    pub is: &'static Struct,
}

impl Scalar {
    /// Its name in XML Schema.
    pub const fn name(self) -> &'static str {
        match self {
            Self::String | Self::Base64Text => "string",
            Self::Boolean => "boolean",
            Self::Int => "int",
            Self::Long => "long",
            Self::UnsignedByte => "unsignedByte",
            Self::Decimal => "decimal",
            Self::DateTime => "dateTime",
            Self::Base64Binary => "base64Binary",
        }
    }
}

impl Field {
    /// A field that may be nil or left out.
    pub const fn new(name: &'static str, is: Type) -> Self {
        Self { name, is, nillable: true, optional: true }
    }

    /// A text.
    pub const fn text(name: &'static str) -> Self {
        Self::new(name, Type::Scalar(Scalar::String))
    }

    /// A scalar, which cannot be nil.
    pub const fn scalar(name: &'static str, is: Scalar) -> Self {
        Self { nillable: false, ..Self::new(name, Type::Scalar(is)) }
    }

    /// The same, which cannot be nil.
    pub const fn never_nil(self) -> Self {
        Self { nillable: false, ..self }
    }

    /// The same, which must be there.
    pub const fn required(self) -> Self {
        Self { optional: false, ..self }
    }
}

impl Struct {
    /// A type of a service in rpc/encoded.
    pub const fn new(name: &'static str, fields: &'static [Field]) -> Self {
        Self::qualified("", name, fields)
    }

    /// A type in a namespace.
    pub const fn qualified(namespace: &'static str, name: &'static str, fields: &'static [Field]) -> Self {
        Self { name, namespace, base: None, fields }
    }

    /// How many members it has, those of its base included.
    pub fn len(&self) -> usize {
        self.base.map_or(0, Self::len) + self.fields.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All its members and the namespaces that they are in, those of its base first.
    pub fn members(&self) -> Vec<(&'static str, &'static Field)> {
        let mut members = self.base.map(Self::members).unwrap_or_default();
        members.extend(self.fields.iter().map(|field| (self.namespace, field)));
        members
    }

    /// The member in this place, and the namespace that it is in.
    pub(super) fn member(&self, place: usize) -> Option<(&'static str, &'static Field)> {
        let before = self.base.map_or(0, Self::len);
        match self.base {
            Some(base) if place < before => base.member(place),
            _ => self.fields.get(place - before).map(|field| (self.namespace, field)),
        }
    }

    /// Where the member of this name is; if there is none, that of this name in any case.
    pub(super) fn find(&self, name: &str, any_case: bool) -> Option<usize> {
        let exact = self.position(&|_, field| field.name == name);
        exact.or_else(|| self.position(&|_, field| any_case && field.name.eq_ignore_ascii_case(name)))
    }

    /// Where the first member is that passes, by its namespace and itself.
    pub(super) fn position(&self, passes: &dyn Fn(&str, &Field) -> bool) -> Option<usize> {
        let own = || self.fields.iter().position(|field| passes(self.namespace, field));
        match self.base {
            Some(base) => base.position(passes).or_else(|| Some(base.len() + own()?)),
            None => own(),
        }
    }

    /// Whether it is that type, or derived from it.
    pub(super) fn is_a(&self, other: &Self) -> bool {
        self.is(other) || self.base.is_some_and(|base| base.is_a(other))
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        self.name == other.name && self.namespace == other.namespace
    }
}

impl Array {
    /// An array of a service in rpc/encoded.
    pub const fn of(item: Type) -> Self {
        Self::qualified("", item)
    }

    /// An array in a namespace, whose items can be nil.
    pub const fn qualified(namespace: &'static str, item: Type) -> Self {
        Self { name: None, namespace, item, nillable: true }
    }

    /// The same, whose items cannot be nil.
    pub const fn never_nil(self) -> Self {
        Self { nillable: false, ..self }
    }
}

impl Operation {
    /// An operation whose SOAPAction is empty. Tables of operations are `static`s: in a `const` the lists of fields
    /// would be temporaries, which the compiler refuses.
    pub const fn new(name: &'static str, input: &'static [Field], output: &'static [Field]) -> Self {
        Self { name, input: Struct::new(name, input), output: Struct::new(name, output), action: "" }
    }

    /// An operation of a service in document/literal, whose elements are in its target namespace.
    pub const fn qualified(
        namespace: &'static str,
        name: &'static str,
        action: &'static str,
        input: &'static [Field],
        output: &'static [Field],
    ) -> Self {
        let input = Struct::qualified(namespace, name, input);
        Self { name, input, output: Struct::qualified(namespace, name, output), action }
    }

    /// Whether a `SOAPAction` header names this operation, with or without quotes. A header that is missing or empty
    /// names whichever the body does.
    pub fn is_action(&self, header: Option<&str>) -> bool {
        let header = header.unwrap_or_default().trim();
        let action = header.strip_prefix('"').and_then(|header| header.strip_suffix('"')).unwrap_or(header);
        action.is_empty() || action == self.action
    }
}

impl Service {
    /// A service in rpc/encoded.
    pub const fn rpc_encoded(names: Names, namespace: &'static str, operations: &'static [Operation]) -> Self {
        Self {
            names,
            namespace,
            types_namespace: None,
            style: Style::RpcEncoded,
            request_suffix: "",
            operations,
            schemas: &[],
            types: &[],
            request_headers: &[],
            response_headers: &[],
            faults: &[],
        }
    }

    /// The operation that an envelope calls. In rpc/encoded any namespace will do, since generated clients carry that
    /// of the WSDL they were generated from.
    ///
    /// # Errors
    ///
    /// A `Client` fault that names what was called.
    pub fn operation(&self, envelope: &Envelope<'_>) -> Result<&'static Operation, Fault<'static>> {
        let call = envelope.call().name();
        let called = call.local.strip_suffix(self.request_suffix);
        let found = self.operations.iter().find(|operation| Some(operation.name) == called);
        let ours = self.style == Style::RpcEncoded || call.namespace == Some(self.namespace);
        found.filter(|_| ours).ok_or_else(|| {
            let (call, service) = (call.brief(), self.names.service);
            Fault::client(format!("{call} is not an operation of {service}; the WSDL lists what there is"))
        })
    }

    /// What is wrong with the table itself, for a test of each service: names that are there twice, and in
    /// document/literal types whose namespace has no schema.
    pub fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        let mut twice = |what: &str, names: &mut Vec<String>| {
            names.sort_unstable();
            let same = names.array_windows().filter(|[one, other]| one == other);
            mistakes.extend(same.map(|[name, _]| format!("{what} {name} is there twice")));
        };
        twice("operation", &mut self.operations.iter().map(|operation| operation.name.to_owned()).collect());
        let types = self.all_types();
        let name = |is: &Type| format!("{{{}}}{}", is.namespace().unwrap_or_default(), is.name());
        let messages = self.operations.iter().flat_map(|operation| [&operation.input, &operation.output]);
        let structs = types.iter().filter_map(|is| if let Type::Struct(is) = is { Some(*is) } else { None });
        for is in messages.chain(structs) {
            let members = is.members();
            twice(
                &format!("{}: member", is.name),
                &mut members.iter().map(|(_, field)| field.name.to_owned()).collect(),
            );
        }
        if self.style == Style::DocumentLiteral {
            let known = |namespace| self.schemas.iter().any(|schema| Some(schema.namespace) == namespace);
            let lost = types.iter().filter(|is| !known(is.namespace()));
            mistakes.extend(lost.map(|is| format!("{} is in a namespace without a schema", name(is))));
        }
        mistakes
    }

    /// All types of the table, each once, those that others are made of before them.
    pub(super) fn all_types(&self) -> Vec<Type> {
        let mut found = Vec::new();
        let inputs = self.operations.iter().flat_map(|operation| [&operation.input, &operation.output]);
        let fields = inputs.flat_map(|message| message.fields).chain(self.request_headers).chain(self.response_headers);
        fields.for_each(|field| field.is.collect(&mut found, &mut Vec::new()));
        self.types.iter().for_each(|is| is.collect(&mut found, &mut Vec::new()));
        self.faults.iter().for_each(|fault| Type::Struct(fault.is).collect(&mut found, &mut Vec::new()));
        found
    }
}

impl Type {
    /// Its name in a schema.
    pub fn name(&self) -> String {
        match self {
            Self::Scalar(scalar) => scalar.name().to_owned(),
            Self::Enumeration(is) => is.name.to_owned(),
            Self::Struct(is) => is.name.to_owned(),
            Self::Array(Array { name: Some(name), .. }) => (*name).to_owned(),
            Self::Array(is) => format!("ArrayOf{}", is.item.name()),
        }
    }

    /// Its namespace; `None` for that of XML Schema.
    pub const fn namespace(&self) -> Option<&'static str> {
        match self {
            Self::Scalar(_) => None,
            Self::Enumeration(is) => Some(is.namespace),
            Self::Struct(is) => Some(is.namespace),
            Self::Array(is) => Some(is.namespace),
        }
    }

    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Scalar(one), Self::Scalar(other)) => one.name() == other.name(),
            (Self::Enumeration(one), Self::Enumeration(other)) => {
                (one.namespace, one.name) == (other.namespace, other.name)
            }
            (Self::Struct(one), Self::Struct(other)) => one.is(other),
            (Self::Array(one), Self::Array(other)) => {
                (one.namespace, one.name) == (other.namespace, other.name) && one.item.same(&other.item)
            }
            _ => false,
        }
    }

    /// Adds what it is made of and itself. The path is what it is a part of, so that a type may hold itself.
    fn collect(&self, found: &mut Vec<Self>, path: &mut Vec<Self>) {
        let seen = |types: &[Self]| types.iter().any(|is| is.same(self));
        if matches!(self, Self::Scalar(_)) || seen(found) || seen(path) {
            return;
        }
        path.push(*self);
        match self {
            Self::Struct(is) => {
                if let Some(base) = is.base {
                    Self::Struct(base).collect(found, path);
                }
                is.fields.iter().for_each(|field| field.is.collect(found, path));
            }
            Self::Array(is) => is.item.collect(found, path),
            Self::Scalar(_) | Self::Enumeration(_) => {}
        }
        path.pop();
        found.push(*self);
    }
}
