//! How a program is pointed at this server: where each dialect is called, what an old program changes, how a new one
//! calls it first, and what it can call.

use http::Method;

/// What stands for whoever calls, in a [`Sample`] and a [`Guide`].
pub const NAME: &str = "YOUR_NAME";

/// What stands for their password, key or token.
pub const SECRET: &str = "YOUR_SECRET";

/// What stands for the developer token that Bing Ads wants beside them.
pub const DEVELOPER_TOKEN: &str = "YOUR_DEVELOPER_TOKEN";

/// What is told of a dialect to whoever has a program.
#[derive(Debug)]
pub struct Connect {
    /// Where programs call it, on its host.
    pub paths: &'static [&'static str],
    /// Where its WSDLs are; none where it has no SOAP.
    pub wsdls: &'static [Wsdl],
    /// What an old program changes, by language.
    pub guides: &'static [Guide],
    /// What a new program calls first.
    pub sample: &'static Sample,
    /// A call that changes nothing, which tells whether it is spoken and who calls.
    pub probe: &'static Sample,
    /// The vendor's hosts, where they are known: what is led here when a program has them compiled in.
    pub hosts: &'static [&'static str],
    /// What can be called.
    pub operations: fn() -> Vec<Described>,
}

/// A description that toolkits make a proxy of.
#[derive(Clone, Copy, Debug)]
pub struct Wsdl {
    /// What it describes.
    pub name: &'static str,
    /// Where it is.
    pub path: &'static str,
    /// Where it is in document/literal, when that is another one.
    pub literal: Option<&'static str>,
}

/// What is to be done in one language. `{url}` stands for where the server is.
#[derive(Clone, Copy, Debug)]
pub struct Guide {
    /// The language: `csharp`; `any` for what is said of all.
    pub language: &'static str,
    /// Lines for people.
    pub text: &'static str,
    /// Code to paste.
    pub code: &'static str,
}

/// A call. `{id}` stands for a customer.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Its operation.
    pub operation: &'static str,
    /// The method.
    pub method: Method,
    /// Path and query.
    pub path: &'static str,
    /// Headers. In `Basic name:secret` the pair is encoded when it is sent.
    pub headers: &'static [(&'static str, &'static str)],
    /// The body.
    pub body: &'static str,
}

/// An operation, as people are told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// The vendor's name of it.
    pub name: &'static str,
    /// Where: a port, or method and path.
    pub at: String,
    /// What it does, or what goes in and comes out.
    pub about: String,
    /// Whether it is done here; else it is refused in the vendor's words.
    pub is_offered: bool,
}

impl Guide {
    /// The text for a server.
    pub fn text_at(&self, url: &str) -> String {
        self.text.replace("{url}", url.trim_end_matches('/'))
    }

    /// The code for a server.
    pub fn code_at(&self, url: &str) -> String {
        self.code.replace("{url}", url.trim_end_matches('/'))
    }

    /// All of it.
    pub fn at(&self, url: &str) -> String {
        format!("{}\n{}", self.code_at(url), self.text_at(url))
    }
}

/// What goes in and comes out of an operation of SOAP: `sessionKey, id → errorCode, name`.
pub(crate) fn signature(operation: &wire::soap::Operation) -> String {
    let names =
        |of: &wire::soap::Struct| of.members().iter().map(|(_, field)| field.name).collect::<Vec<_>>().join(", ");
    format!("{} → {}", names(&operation.input), names(&operation.output)).trim().to_owned()
}

/// The endpoints of a dialect whose operations are found by method and path.
pub(crate) fn endpoints(all: &[crate::Endpoint]) -> Vec<Described> {
    let described = |endpoint: &crate::Endpoint| Described {
        name: endpoint.operation,
        at: format!("{} {}", endpoint.method, endpoint.path),
        about: endpoint.summary.to_owned(),
        is_offered: true,
    };
    all.iter().map(described).collect()
}

#[cfg(test)]
mod tests {

    #[test]
    fn what_is_told_of_a_dialect_is_its_own() {
        for dialect in crate::ALL {
            let connect = dialect.connect;
            for path in connect.paths.iter().chain([&connect.sample.path, &connect.probe.path]) {
                let path = path.split('?').next().unwrap();
                assert!((dialect.claims)(path) || path.starts_with('/') && dialect.name == "native", "{path}");
            }
            let described = (connect.operations)();
            for name in [connect.sample.operation, connect.probe.operation] {
                assert!(described.iter().any(|one| one.name == name && one.is_offered), "{}: {name}", dialect.name);
            }
            for operation in dialect.operations {
                assert!(described.iter().any(|one| one.name == *operation), "{}: {operation}", dialect.name);
            }
            assert!(described.iter().all(|one| !one.about.is_empty()), "{}", dialect.name);
            assert!(!connect.guides.is_empty() && connect.guides.iter().all(|guide| guide.code.contains("{url}")));
        }
    }
}
