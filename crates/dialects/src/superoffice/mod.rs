//! SuperOffice Service (once eJournal): three SOAP ports of a ticket system. See the README beside this file.

mod auth;
mod call;
mod errors;
mod fields;
mod guides;
mod handlers;
mod learned;
mod leniency;
mod literal;
mod notes;
mod operations;
mod rows;
mod wire;

use crate::view::{self, View, Viewing};
use crate::{Answer, Answering, Dialect, Refusal, Request, State, soap};
use ::wire::form;
use ::wire::soap::{ENCODING_SCHEMA, Service};
use domain::attachment::MAX_SIZE;
use domain::field::CUSTOM_FIELDS;
use domain::{Caller, Error, Field, Kind};
use http::{Method, StatusCode};
use operations::{PORTS, Port};
use std::sync::Arc;

/// The name in the history.
const NAME: &str = "superoffice";

/// An attachment in base64, and some room for the rest.
const LARGEST_BODY: usize = MAX_SIZE / 3 * 4 + MAX_SIZE / 16;

/// The dialect.
pub static DIALECT: Dialect = Dialect {
    name: NAME,
    title: "SuperOffice",
    claims,
    answer,
    largest_body: |_| Some(LARGEST_BODY),
    refuse: errors::refuse,
    explain: notes::explain,
    version_read: |_| None,
    endpoints: &[],
    operations: &operations::NAMES,
    lens,
    changes,
    rows: rows::ROWS,
    industry: None,
    view: Some(view),
    learn: Some(learned::learn),
    connect: &guides::CONNECT,
};

fn lens() -> Vec<(String, Field)> {
    let columns = [fields::CUSTOMER, fields::CUSTOMER_FOR_AGENTS, fields::CUSTOMER_FOUND].into_iter().flatten();
    let shown = columns.filter_map(|column| Some((column.name.to_owned(), column.field?)));
    let extra = (1..=CUSTOM_FIELDS).map(|number| (format!("x_{number}"), Field::Extra(number)));
    shown.chain(extra).collect()
}

fn changes() -> Vec<(String, Field)> {
    let pairs = fields::pairs::CUSTOMER_BY_AGENT.iter().map(|(name, field)| ((*name).to_owned(), *field));
    pairs.chain((1..=CUSTOM_FIELDS).map(|number| (format!("x_{number}"), Field::Extra(number)))).collect()
}

/// What the ticket port's getCustomer shows to an agent.
fn view<'a>(state: &'a Arc<State>, from: &'a Request, caller: Arc<Caller>, id: i64) -> Viewing<'a> {
    Box::pin(async move {
        let extra = state.extra_fields(caller.tenant, Kind::Customer).await.unwrap_or_default();
        let names = fields::CUSTOMER.iter().chain(fields::CUSTOMER_FOR_AGENTS).map(|column| column.name.to_owned());
        let items = names.chain(extra.iter().map(|number| format!("x_{number}")));
        let items: String = items.map(|name| format!("\n        <item>customer.{name}</item>")).collect();
        let body = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">\n  <s:Body>\n    \
             <t:getCustomer xmlns:t=\"urn:ticket\">\n      <sessionKey>SESSION_KEY</sessionKey>\n      \
             <customerId>{id}</customerId>\n      <customerFields>{items}\n      </customerFields>\n    \
             </t:getCustomer>\n  </s:Body>\n</s:Envelope>\n"
        );
        let path = String::from("/scripts/SOAP");
        let request = view::call(from, Method::POST, path, Some("action=ticket"), &body, "text/xml; charset=utf-8");
        let [port, ..] = PORTS;
        let answer = call::answer(state, &request, port, false, Some(caller)).await;
        View { request, credential: &[("SOAPAction", "\"\"")], answer: Some(answer) }
    })
}

/// The vendor's program under the names that its installations give it, also below its later folders.
fn claims(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let path = ["/service", "/cs"].iter().find_map(|folder| path.strip_prefix(folder)).unwrap_or(&path);
    let name = path.strip_prefix("/scripts/").map(|name| name.strip_suffix('/').unwrap_or(name));
    matches!(name, Some("soap" | "soap.exe" | "soap.fcgi"))
}

/// What the query asks for.
struct Address {
    port: Option<&'static Port>,
    literal: bool,
    encoding_schema: bool,
}

impl Address {
    fn of(request: &Request) -> Self {
        let query = request.query.as_deref().unwrap_or_default();
        let parameters = form::parse(query.as_bytes(), &form::Limits::default()).unwrap_or_default();
        let is = |name: &str, value: &str| {
            let named = |(known, is): &(_, _)| -> bool {
                let (known, is): (&str, &str) = (AsRef::<str>::as_ref(known), AsRef::<str>::as_ref(is));
                known.eq_ignore_ascii_case(name) && is.eq_ignore_ascii_case(value)
            };
            parameters.iter().any(named)
        };
        Self {
            port: PORTS.into_iter().find(|port| is("action", port.name)),
            literal: is("style", "literal"),
            encoding_schema: is("xsd", "soapenc"),
        }
    }

    /// What the WSDL is printed of: what was learned, or else our own table.
    async fn service(&self, state: &State, request: &Request, port: &'static Port) -> Result<&'static Service, Error> {
        let learned = state.learned(request, NAME, port.name).await?;
        let own = if self.literal { &*port.literal } else { &port.service };
        Ok(learned.map_or(own, |learned| learned.in_style(own.style)))
    }
}

fn answer<'a>(state: &'a Arc<State>, request: &'a Request, known: Option<Arc<Caller>>) -> Answering<'a> {
    Box::pin(async move {
        let address = Address::of(request);
        let refused = |status, sentence: String| {
            let refusal = Refusal::request(status, sentence);
            Answer { response: errors::refuse(request, &refusal), pieces: None, operation: "", refused: Some(refusal) }
        };
        let Some(port) = address.port else {
            let text = "Say which port is meant: ?action=ticket, ?action=customer or ?action=admin";
            return refused(StatusCode::NOT_FOUND, text.to_owned());
        };
        match request.method {
            Method::POST => call::answer(state, request, port, address.literal, known).await,
            Method::GET | Method::HEAD if address.encoding_schema => soap::plain(soap::xml(ENCODING_SCHEMA.to_owned())),
            Method::GET | Method::HEAD => {
                let here = format!("{}?action={}", soap::address(request), port.name);
                let style = if address.literal { "&style=literal" } else { "" };
                let service = match address.service(state, request, port).await {
                    Ok(service) => service,
                    Err(error) => {
                        let refusal = Refusal::Operation(error);
                        let response = errors::refuse(request, &refusal);
                        return Answer { response, pieces: None, operation: "", refused: Some(refusal) };
                    }
                };
                soap::plain(soap::xml(service.wsdl(&format!("{here}{style}"), &format!("{here}&xsd=soapenc"))))
            }
            Method::OPTIONS => soap::options(),
            _ => soap::wrong_method(request, errors::refuse),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_the_vendors_program_in_any_case_and_nothing_else() {
        for path in [
            "/scripts/SOAP",
            "/scripts/soap.exe",
            "/Scripts/Soap.fcgi",
            "/service/scripts/SOAP",
            "/CS/scripts/soap.exe",
            "/cs/SCRIPTS/soap/",
        ] {
            assert!(claims(path), "{path}");
        }
        for path in ["/", "/scripts", "/scripts/", "/scripts/soapx", "/scripts/soap/x", "/x/scripts/soap", "/soap"] {
            assert!(!claims(path), "{path}");
        }
    }
}
