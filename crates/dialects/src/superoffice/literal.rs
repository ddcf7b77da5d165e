//! The same service in document/literal, for toolkits that no longer know rpc/encoded. Made once from the one table.

use ::wire::soap::{Array, Field, Members, Operation, Scalar, Schema, Service, Struct, Style, Type, Value};

/// The service with every type and element in its target namespace. It is made once a port and stays.
pub(super) fn of(service: &'static Service) -> Service {
    let namespace = service.namespace;
    let operations = service.operations.iter().map(|operation| Operation {
        name: operation.name,
        input: structure(&operation.input, namespace),
        output: structure(&operation.output, namespace),
        // What calls it is the body; WCF wants its operations to differ in this.
        action: String::leak(format!("{namespace}#{}", operation.name)),
    });
    let schema = Schema { prefix: "tns", namespace, verbatim: "" };
    Service {
        style: Style::DocumentLiteral,
        operations: Vec::leak(operations.collect()),
        schemas: Vec::leak(vec![schema]),
        ..Service::rpc_encoded(service.names, namespace, &[])
    }
}

fn structure(is: &'static Struct, namespace: &'static str) -> Struct {
    let fields: Vec<_> = is.fields.iter().map(|field| Field { is: kind(field.is, namespace), ..*field }).collect();
    Struct { name: is.name, namespace, base: None, fields: Vec::leak(fields) }
}

fn kind(is: Type, namespace: &'static str) -> Type {
    match is {
        Type::Struct(is) => Type::Struct(Box::leak(Box::new(structure(is, namespace)))),
        Type::Array(is) => {
            let items = Array { namespace, item: kind(is.item, namespace), ..*is };
            Type::Array(Box::leak(Box::new(items)))
        }
        scalar @ (Type::Scalar(_) | Type::Enumeration(_)) => scalar,
    }
}

/// The out parameters with all their structs in this namespace, and all of them there: rpc/encoded writes an empty value
/// for what is absent, document/literal would leave it out, and programs loop over arrays unasked.
pub(super) fn qualified(output: &Members<'_>, is: &'static Struct) -> Members<'static> {
    is.fields.iter().fold(Members::new(is), |all, field| all.with(field.name, value(output.get(field.name), &field.is)))
}

fn value(present: &Value<'_>, is: &Type) -> Value<'static> {
    match (present, is) {
        (Value::Struct(members), Type::Struct(is)) => qualified(members, is).into(),
        (Value::List(items), Type::Array(is)) => Value::List(items.iter().map(|item| value(item, &is.item)).collect()),
        (_, Type::Array(_)) => Value::List(Vec::new()),
        (Value::Text(text), _) => Value::from(text.clone().into_owned()),
        (Value::Bytes(bytes), _) => Value::from(bytes.clone().into_owned()),
        (Value::Boolean(flag), _) => (*flag).into(),
        (Value::Integer(number), _) => (*number).into(),
        (_, Type::Scalar(Scalar::String | Scalar::Base64Text | Scalar::Base64Binary)) => Value::from(""),
        (_, Type::Scalar(Scalar::Boolean)) => false.into(),
        _ => Value::Absent,
    }
}
