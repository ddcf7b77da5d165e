//! Bing Ads Customer Management, versions 11 and 13. See the README beside this file.

mod auth;
mod call;
mod errors;
mod fields;
mod guides;
mod handlers;
mod industry;
mod notes;
mod operations;
mod rows;
mod wire;

use crate::view::{self, View, Viewing};
use crate::{Answer, Answering, Dialect, Refusal, Request, State, soap};
use ::wire::form;
use domain::Caller;
use http::{Method, StatusCode};
use std::sync::Arc;
use wire::{CONTRACTS, Contract};

/// The name in the history.
const NAME: &str = "bing_ads";

/// The dialect.
pub static DIALECT: Dialect = Dialect {
    name: NAME,
    title: "Bing Ads",
    claims: |path| starts_with(path, FOLDER),
    answer,
    largest_body: |_| None,
    refuse: errors::refuse,
    explain: notes::explain,
    version_read: notes::version_read,
    endpoints: &[],
    operations: operations::NAMES,
    lens: fields::customer::lens,
    changes: fields::customer::changes,
    rows: rows::ROWS,
    industry: Some(industry::name_of),
    view: Some(view),
    learn: None,
    connect: &guides::CONNECT,
};

/// What version 11's GetCustomer shows.
fn view<'a>(state: &'a Arc<State>, from: &'a Request, caller: Arc<Caller>, id: i64) -> Viewing<'a> {
    Box::pin(async move {
        let [contract, _] = CONTRACTS;
        let body = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">\n  <s:Header xmlns=\"{0}\">\n    \
             <DeveloperToken>DEVELOPER_TOKEN</DeveloperToken>\n    <Password>PASSWORD</Password>\n    \
             <UserName>USER_NAME</UserName>\n  </s:Header>\n  <s:Body>\n    <GetCustomerRequest xmlns=\"{0}\">\n      \
             <CustomerId>{id}</CustomerId>\n    </GetCustomerRequest>\n  </s:Body>\n</s:Envelope>\n",
            contract.service.namespace
        );
        let path = format!("/Api/CustomerManagement/{}/CustomerManagementService.svc", contract.version);
        let request = view::call(from, Method::POST, path, None, &body, "text/xml; charset=utf-8");
        let answer = call::answer(state, &request, contract, Some(caller)).await;
        View { request, credential: &[("SOAPAction", "\"GetCustomer\"")], answer: Some(answer) }
    })
}

const FOLDER: &str = "/api/customermanagement/";

/// The host of the vendor does not care about case.
fn starts_with(path: &str, start: &str) -> bool {
    path.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// The contract that a path leads to.
fn contract(path: &str) -> Option<&'static Contract> {
    let (version, file) = path.get(FOLDER.len()..)?.split_once('/')?;
    let known = file.eq_ignore_ascii_case("CustomerManagementService.svc");
    CONTRACTS.into_iter().find(|contract| known && contract.version.eq_ignore_ascii_case(version))
}

fn answer<'a>(state: &'a Arc<State>, request: &'a Request, known: Option<Arc<Caller>>) -> Answering<'a> {
    Box::pin(async move {
        let nothing = |text: String| {
            let refusal = Refusal::request(StatusCode::NOT_FOUND, text);
            Answer { response: errors::refuse(request, &refusal), pieces: None, operation: "", refused: Some(refusal) }
        };
        let Some(contract) = contract(&request.path) else {
            let text = "There is nothing at this address: calls go to \
                        /Api/CustomerManagement/v11/CustomerManagementService.svc, or v13";
            return nothing(text.to_owned());
        };
        match request.method {
            Method::POST => call::answer(state, request, contract, known).await,
            Method::GET | Method::HEAD if asks_for_wsdl(request) => {
                soap::plain(soap::xml(contract.service.wsdl(&soap::address(request), "")))
            }
            Method::GET | Method::HEAD => nothing("The WSDL is at ?wsdl and ?singleWsdl of this address".to_owned()),
            Method::OPTIONS => soap::options(),
            _ => soap::wrong_method(request, errors::refuse),
        }
    })
}

/// Both ways to ask are answered with one file.
fn asks_for_wsdl(request: &Request) -> bool {
    let query = request.query.as_deref().unwrap_or_default();
    let parameters = form::parse(query.as_bytes(), &form::Limits::default()).unwrap_or_default();
    let is = |name: &str| name.eq_ignore_ascii_case("wsdl") || name.eq_ignore_ascii_case("singleWsdl");
    parameters.iter().any(|(name, _)| is(AsRef::<str>::as_ref(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_its_contract_in_any_case() {
        for (path, version) in [
            ("/Api/CustomerManagement/v11/CustomerManagementService.svc", Some("v11")),
            ("/api/customermanagement/V11/customermanagementservice.SVC", Some("v11")),
            ("/Api/CustomerManagement/v13/CustomerManagementService.svc", Some("v13")),
            ("/Api/CustomerManagement/v12/CustomerManagementService.svc", None),
            ("/Api/CustomerManagement/v11/CustomerManagementService.svc/", None),
            ("/Api/CustomerManagement/v11", None),
            ("/Api/CustomerManagement/", None),
        ] {
            assert!((DIALECT.claims)(path), "{path}");
            assert_eq!(contract(path).map(|contract| contract.version), version, "{path}");
        }
        for path in ["/", "/api/customer/set_customer_details", "/Api/CustomerManagement", "/é/CustomerManagement/v11"]
        {
            assert!(!(DIALECT.claims)(path), "{path}");
        }
    }
}
