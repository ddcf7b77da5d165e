//! The lanes of the SuperOffice ticket port beside its update.

use super::check;
use super::lanes::{Kind, Lane, SOAP, SOAP_PATH};

macro_rules! call {
    ($method:literal, $($arguments:literal),+) => {
        Some(concat!(
            r#"<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><t:"#, $method,
            r#" xmlns:t="urn:ticket">"#, $($arguments,)+ "</t:", $method, "></e:Body></e:Envelope>"
        ))
    };
}

const fn lane(name: &'static str, body: Option<&'static str>, against: &'static [&'static str]) -> Lane {
    let good = check::set_customer;
    // What comes of a ticket is in no customer's history.
    Lane { name, on: Kind::Samerow, method: "POST", path: SOAP_PATH, headers: SOAP, body, good, dialect: None, against }
}

/// Sign-in (the password is proven once a minute), getCustomer of five fields, a new ticket, and a message of one.
pub(super) static LANES: &[Lane] = &[
    lane("superoffice-login", call!("login", "<userName>egon</userName><password>banken</password>"), &[]),
    lane(
        "superoffice-read",
        call!(
            "getCustomer",
            "<sessionKey>$session</sessionKey><customerId>$id</customerId><customerFields>",
            "<item>customer.name</item><item>customer.firstname</item><item>customer.lastname</item>",
            "<item>customer.phone</item><item>customer.company</item></customerFields>"
        ),
        &[],
    ),
    lane(
        TICKET,
        call!(
            "newTicket",
            "<sessionKey>$session</sessionKey><title>$unique</title><sLevel>2</sLevel><categoryId>1</categoryId>",
            "<priorityId>2</priorityId><owner>-1</owner><customers><item>$id</item></customers>",
            "<extraFields/><sendNotification>false</sendNotification>"
        ),
        &["superoffice-update"],
    ),
    lane(
        MESSAGE,
        call!(
            "addMessage",
            "<sessionKey>$session</sessionKey><messageBody>$unique</messageBody><ticketId>500</ticketId>",
            "<sLevel>2</sLevel><attachmentIds/><sendNotification>false</sendNotification>"
        ),
        &["superoffice-update"],
    ),
];

pub(super) const TICKET: &str = "superoffice-ticket";
pub(super) const MESSAGE: &str = "superoffice-message";
