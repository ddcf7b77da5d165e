//! The methods: one table feeds dispatch, introspection and documentation.

use super::{Failed, Underway, customers, system, validator};
use crate::State;
use crate::connect::Described;
use crate::route::Call;
use crate::together::Together;
use wire::xmlrpc::{Fault, Value};

/// A method.
pub(super) struct Method {
    /// The name in the vendor's documents; customers' methods also go by `customers.` and this.
    pub(super) name: &'static str,
    /// The type of its result and those of its parameters, each way to call it.
    pub(super) signatures: &'static [&'static [&'static str]],
    /// What it does, for people.
    pub(super) help: &'static str,
    /// Decodes, runs, encodes.
    pub(super) run: for<'a> fn(Call<'a>, &'a [Value<'a>]) -> Underway<'a>,
}

/// What the vendor's own client puts before the names of methods.
const PREFIX: &str = "customers.";

pub(super) static CUSTOMERS: [Method; 5] = [
    Method {
        name: "CreateCustomer",
        signatures: &[&["struct", "struct"], &["struct", "array"]],
        help: "Creates a customer from its properties; name and email are required. Returns the customer.",
        run: |call, params| Box::pin(customers::create(call, params)),
    },
    Method {
        name: "GetCustomer",
        signatures: &[&["struct", "int"]],
        help: "Returns the properties of the customer with this id, also of a deleted one.",
        run: |call, params| Box::pin(customers::get(call, params)),
    },
    Method {
        name: "UpdateCustomer",
        signatures: &[&["int", "int", "struct"], &["int", "int", "array"]],
        help: "Changes the given properties of a customer and leaves the others. Returns its id.",
        run: |call, params| Box::pin(customers::update(call, params)),
    },
    Method {
        name: "ListCustomers",
        signatures: &[
            &["array"],
            &["array", "int"],
            &["array", "int", "int"],
            &["array", "int", "int", "string"],
            &["array", "int", "int", "string", "string"],
            &["array", "int", "int", "string", "string", "struct"],
        ],
        help: "Lists customers: page from 1, count up to 500, order (a property), direction (asc or desc), filter \
               (properties and the values they must show).",
        run: |call, params| Box::pin(customers::list(call, params)),
    },
    Method {
        name: "DeleteCustomer",
        signatures: &[&["boolean", "int"]],
        help: "Marks a customer deleted; it can still be read and changed by its id.",
        run: |call, params| Box::pin(customers::delete(call, params)),
    },
];

pub(super) static SYSTEM: [Method; 5] = [
    Method {
        name: "system.listMethods",
        signatures: &[&["array"]],
        help: "Returns the names of all methods.",
        run: |call, params| Box::pin(system::list_methods(call, params)),
    },
    Method {
        name: "system.methodSignature",
        signatures: &[&["array", "string"]],
        help: "Returns the ways to call a method: the type of its result, then those of its parameters.",
        run: |call, params| Box::pin(system::method_signature(call, params)),
    },
    Method {
        name: "system.methodHelp",
        signatures: &[&["string", "string"]],
        help: "Returns what a method does.",
        run: |call, params| Box::pin(system::method_help(call, params)),
    },
    Method {
        name: "system.multicall",
        signatures: &[&["array", "array"]],
        help: "Takes up to 500 calls, each a struct of methodName and params, and returns for each an array with its \
               result or the struct of its fault. Changes that stand next to each other are stored together.",
        run: |call, params| Box::pin(system::multicall(call, params)),
    },
    Method {
        name: "system.getCapabilities",
        signatures: &[&["struct"]],
        help: "Returns which specifications are followed.",
        run: |call, params| Box::pin(system::get_capabilities(call, params)),
    },
];

/// All of them, for people.
pub(in super::super) fn described() -> Vec<Described> {
    let one = |method: &Method| Described {
        name: method.name,
        at: String::from("XML-RPC"),
        about: method.help.to_owned(),
        is_offered: true,
    };
    CUSTOMERS.iter().chain(&SYSTEM).map(one).collect()
}

impl Method {
    /// All that are offered, with the names they go by.
    pub(super) fn all(state: &State) -> impl Iterator<Item = (String, &'static Self)> {
        let plain = |method: &'static Self| (method.name.to_owned(), method);
        let prefixed = |method: &'static Self| (format!("{PREFIX}{}", method.name), method);
        let tests = validator::METHODS.iter().filter(|_| state.validator1).map(plain);
        let customers = CUSTOMERS.iter().map(plain).chain(CUSTOMERS.iter().map(prefixed));
        customers.chain(SYSTEM.iter().map(plain)).chain(tests)
    }

    /// The method that goes by this name.
    ///
    /// # Errors
    /// `METHOD_NOT_FOUND`.
    pub(super) fn named(name: &str, state: &State) -> Result<&'static Self, Fault> {
        let customers = || {
            let bare = name.strip_prefix(PREFIX).unwrap_or(name);
            CUSTOMERS.iter().find(|method| method.name == bare)
        };
        let others = || {
            let tests = validator::METHODS.iter().filter(|_| state.validator1);
            SYSTEM.iter().chain(tests).find(|method| method.name == name)
        };
        customers().or_else(others).ok_or_else(|| {
            let message = format!("There is no method {name}: system.listMethods tells which there are");
            Fault::new(Fault::METHOD_NOT_FOUND, message)
        })
    }

    /// What it is to the history and the metrics: a method that only tests the wire is nothing.
    pub(super) fn operation(&self, params: &[Value<'_>]) -> &'static str {
        match self.name {
            "GetCustomer" if updates(params) => "UpdateCustomer",
            name if name.starts_with("validator1.") => "",
            name => name,
        }
    }

    /// The customer that it changes; `Some(None)` when that is a new one, `None` when it only reads.
    pub(super) fn changes(&self, params: &[Value<'_>]) -> Option<Option<i32>> {
        match self.operation(params) {
            "CreateCustomer" => Some(None),
            "UpdateCustomer" | "DeleteCustomer" => Some(params.first().and_then(Value::int)),
            _ => None,
        }
    }

    /// A call of it, out of the one that brought it.
    pub(super) fn call<'a>(&self, by: &Call<'a>, params: &[Value<'_>], together: Option<&'a Together>) -> Call<'a> {
        let Call { state, request, dialect, .. } = *by;
        let (caller, operation) = (by.caller.clone(), self.operation(params));
        Call { state, request, caller, params: Vec::new(), dialect, operation, together }
    }
}

/// The vendor's page of the update prints `GetCustomer` as its call. No reading takes properties.
pub(super) fn updates(params: &[Value<'_>]) -> bool {
    matches!(params, [_, properties] if properties.members().is_some())
}

/// That there are so many parameters.
///
/// # Errors
/// `INVALID_PARAMS`.
pub(super) fn arity(params: &[Value<'_>], names: &[&str], least: usize) -> Result<(), Failed> {
    if (least..=names.len()).contains(&params.len()) {
        return Ok(());
    }
    let optional = names.iter().enumerate().map(|(at, name)| format!("{name}{}", if at < least { "" } else { "?" }));
    let wanted = optional.collect::<Vec<_>>().join(", ");
    let message = format!("The parameters are ({wanted}), not {} of them", params.len());
    Err(Fault::new(Fault::INVALID_PARAMS, message).into())
}
