//! The same service in document/literal, for toolkits that no longer know rpc/encoded. Made once from the one table.

use ::wire::soap::{Array, Field, Operation, Schema, Service, Struct, Style, Type};

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
            let items = Array { namespace, item: kind(is.item, namespace), nillable: is.nillable };
            Type::Array(Box::leak(Box::new(items)))
        }
        scalar @ (Type::Scalar(_) | Type::Enumeration(_)) => scalar,
    }
}
