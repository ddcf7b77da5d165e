//! The methods: one table a port feeds the WSDL, decoding, dispatch and encoding. A line is the method's name, whether
//! it needs a session key, its parameters in and out in their order, and who answers it.

mod admin;
mod customer;
mod ticket;

use super::call::{Call, Handling};
use super::literal;
use ::wire::soap::{Names, Service};
use std::sync::LazyLock;

/// What a method wants to be called with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// A session key.
    Needed,
    /// A session key, or an empty one for what everybody may see.
    Optional,
    /// A name and a password, or a key that need not be good: the method itself looks at them.
    Own,
    /// Nothing.
    None,
}

/// What is known of a method beside its parameters.
pub(super) struct Method {
    pub(super) key: Key,
    /// Where its handler is: `offered` holds what is refused.
    by: &'static str,
    pub(super) handler: for<'a> fn(Call<'a>) -> Handling<'a>,
}

/// A port: its methods, under the same place in the service and in `methods`.
pub(super) struct Port {
    /// What `?action=` calls it.
    pub(super) name: &'static str,
    /// In rpc/encoded.
    pub(super) service: Service,
    /// The same in document/literal.
    pub(super) literal: LazyLock<Service>,
    pub(super) methods: &'static [Method],
}

macro_rules! port {
    ($( $name:ident $key:ident ($($in:ident: $in_type:expr),*) -> ($($out:ident: $out_type:expr),+) $handler:path; )+) => {
        pub(super) static OPERATIONS: &[Operation] = &[$( Operation::new(
            stringify!($name),
            &[$( Field::new(stringify!($in), $in_type) ),*],
            &[$( Field::new(stringify!($out), $out_type) ),+],
        ) ),+];
        pub(super) static METHODS: &[Method] =
            &[$( Method { key: Key::$key, by: stringify!($handler), handler: |call| Box::pin($handler(call)) } ),+];
    };
}
use port;

macro_rules! ports {
    ($( $port:ident $name:literal $service:literal $namespace:literal $module:ident; )+) => { $(
        pub(super) static $port: Port = Port {
            name: $name,
            service: Service::rpc_encoded(
                Names {
                    service: $service,
                    port: $service,
                    port_type: concat!($service, "PortType"),
                    binding: concat!($service, "Binding"),
                },
                $namespace,
                $module::OPERATIONS,
            ),
            literal: LazyLock::new(|| literal::of(&$port.service)),
            methods: $module::METHODS,
        };
    )+ };
}

ports! {
    TICKET "ticket" "ticketService" "urn:ticket" ticket;
    CUSTOMER "customer" "customerService" "urn:customer" customer;
    ADMIN "admin" "adminService" "urn:admin" admin;
}

pub(super) static PORTS: [&Port; 3] = [&TICKET, &CUSTOMER, &ADMIN];

impl Method {
    /// Whether it is done, and not refused as what this server has not.
    pub(super) fn is_offered(&self) -> bool {
        !self.by.starts_with("offered") || self.by.ends_with("module_paths")
    }
}

impl Port {
    /// Whether it is for customers, else for agents.
    pub(super) fn is_customers(&self) -> bool {
        self.name == CUSTOMER.name
    }
}

const METHOD_COUNT: usize = ticket::OPERATIONS.len() + customer::OPERATIONS.len() + admin::OPERATIONS.len();

/// The names, as the history and the metrics show them. What two ports have stands here twice.
pub(super) static NAMES: [&str; METHOD_COUNT] = {
    let mut names = [""; METHOD_COUNT];
    let mut place = 0;
    let mut port = 0;
    while port < 3 {
        let operations = [ticket::OPERATIONS, customer::OPERATIONS, admin::OPERATIONS][port];
        let mut at = 0;
        while at < operations.len() {
            names[place] = operations[at].name;
            place += 1;
            at += 1;
        }
        port += 1;
    }
    names
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_without_mistakes() {
        for port in PORTS {
            assert_eq!((port.service.mistakes(), port.literal.mistakes()), (vec![], vec![]), "{}", port.name);
        }
    }

    #[test]
    fn all_documented_methods_are_there() {
        let counts = PORTS.map(|port| (port.name, port.service.operations.len(), port.methods.len()));
        assert_eq!(counts, [("ticket", 40, 40), ("customer", 33, 33), ("admin", 9, 9)]);
    }

    #[test]
    fn a_session_key_comes_first_and_an_error_code_too() {
        for (port, operation, method) in PORTS.iter().flat_map(|port| {
            port.service.operations.iter().zip(port.methods).map(move |(operation, method)| (port, operation, method))
        }) {
            let only_text = operation.name == "getErrorMessage";
            let first = operation.input.fields.first().map(|field| field.name);
            let wanted = matches!(method.key, Key::Needed | Key::Optional) || only_text;
            assert_eq!(first == Some("sessionKey"), wanted, "{} {}", port.name, operation.name);
            let code = operation.output.fields[0].name;
            assert_eq!(code, if only_text { "errorMessage" } else { "errorCode" }, "{}", operation.name);
        }
    }
}
