//! The lanes of Bing Ads, version 11: a customer is read and updated as .NET writes it, every member of it, the password
//! in every call.

use super::check;
use super::lanes::{Kind, Lane};

const PATH: &str = "/Api/CustomerManagement/v11/CustomerManagementService.svc";
const XML: &str = "Content-Type: text/xml; charset=utf-8";

macro_rules! envelope {
    ($($member:expr),+ $(,)?) => {
        Some(concat!(
            r#"<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/""#,
            r#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">"#,
            r#"<soap:Header><ApplicationToken xsi:nil="true" xmlns="https://bingads.microsoft.com/Customer/v11" />"#,
            r#"<AuthenticationToken xsi:nil="true" xmlns="https://bingads.microsoft.com/Customer/v11" />"#,
            r#"<DeveloperToken xmlns="https://bingads.microsoft.com/Customer/v11">BBD37VB98</DeveloperToken>"#,
            r#"<Password xmlns="https://bingads.microsoft.com/Customer/v11">banken</Password>"#,
            r#"<UserName xmlns="https://bingads.microsoft.com/Customer/v11">demo_bing</UserName></soap:Header><soap:Body>"#,
            $($member,)+
            "</soap:Body></soap:Envelope>"
        ))
    };
}

/// A member in the namespace of the entities, which .NET names each time.
macro_rules! member {
    ($name:literal, $value:literal) => {
        concat!(
            "<",
            $name,
            r#" xmlns="https://bingads.microsoft.com/Customer/v11/Entities">"#,
            $value,
            "</",
            $name,
            ">"
        )
    };
}

pub(super) const UPDATE: &str = "bing-update";
pub(super) const READ: &str = "bing-read";

pub(super) static LANES: &[Lane] = &[
    Lane {
        name: UPDATE,
        on: Kind::Samerow,
        method: "POST",
        path: PATH,
        headers: &[XML, r#"SOAPAction: "UpdateCustomer""#],
        body: envelope!(
            r#"<UpdateCustomerRequest xmlns="https://bingads.microsoft.com/Customer/v11"><Customer>"#,
            r#"<CustomerAddress xmlns="https://bingads.microsoft.com/Customer/v11/Entities"><City>Bergen</City>"#,
            "<CountryCode>NO</CountryCode><Id>$id</Id><Line1>Strandgaten $zip</Line1><Line2>Oppgang B</Line2>",
            r#"<Line3 xsi:nil="true" /><Line4 xsi:nil="true" /><PostalCode>$zip</PostalCode>"#,
            r#"<StateOrProvince xsi:nil="true" /><TimeStamp>$stamp</TimeStamp></CustomerAddress>"#,
            member!("CustomerFinancialStatus", "ClearFinancialStatus"),
            member!("Id", "$id"),
            member!("Industry", "Retail"),
            member!("LastModifiedByUserId", "4"),
            member!("LastModifiedTime", "2018-01-02T03:04:05.678"),
            member!("MarketCountry", "NO"),
            r#"<ForwardCompatibilityMap xmlns="https://bingads.microsoft.com/Customer/v11/Entities" />"#,
            member!("MarketLanguage", "Norwegian"),
            member!("Name", "Fjord $unique"),
            member!("ServiceLevel", "SelfServe"),
            member!("CustomerLifeCycleStatus", "Active"),
            member!("TimeStamp", "$stamp"),
            member!("Number", "C$id"),
            "</Customer></UpdateCustomerRequest>",
        ),
        good: check::bing_update,
        dialect: Some("bing_ads"),
        against: &["trackfinity-update"],
    },
    Lane {
        name: READ,
        on: Kind::Samerow,
        method: "POST",
        path: PATH,
        headers: &[XML, r#"SOAPAction: "GetCustomer""#],
        body: envelope!(
            r#"<GetCustomerRequest xmlns="https://bingads.microsoft.com/Customer/v11"><CustomerId>$id</CustomerId>"#,
            "</GetCustomerRequest>",
        ),
        good: check::bing_read,
        dialect: None,
        against: &["ceiling-read"],
    },
];
