//! Bing Ads as the tests speak it: envelopes in, members out.

use super::World;
use super::lens::{Lens, Property, Shown, country};
use super::sample::Holds;
use domain::Field;
use http::{Method, StatusCode};
use serde_json::Value;

/// Where version 11 is.
pub(crate) const V11: &str = "/Api/CustomerManagement/v11/CustomerManagementService.svc";

/// An envelope of version 11 with these headers, and an operation with its members in it.
pub(crate) fn envelope(headers: &[(&str, &str)], operation: &str, members: &str) -> String {
    let headers: String =
        headers.iter().map(|(name, value)| format!("<t:{name}>{}</t:{name}>", escaped(value))).collect();
    format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:t=\"https://bingads.microsoft.com/Customer/v11\" \
         xmlns:n=\"https://bingads.microsoft.com/Customer/v11/Entities\" \
         xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"><e:Header>{headers}</e:Header><e:Body>\
         <t:{operation}Request>{members}</t:{operation}Request></e:Body></e:Envelope>"
    )
}

/// The headers of a user of the demo.
pub(crate) const fn user(name: &'static str) -> [(&'static str, &'static str); 3] {
    [("DeveloperToken", "BBD37VB98"), ("UserName", name), ("Password", "banken")]
}

/// Calls an operation as that user: the status and the envelope of the answer.
pub(crate) fn call_as(world: &World, name: &'static str, operation: &str, members: &str) -> (StatusCode, String) {
    let body = envelope(&user(name), operation, members);
    let headers = [("Content-Type", "text/xml; charset=utf-8")];
    let answer = world.ask(&Method::POST, V11, &headers, body);
    (answer.response.status(), String::from_utf8(answer.response.body().to_vec()).unwrap())
}

/// The text of an element, whatever its prefix; `""` for one that is nil or not there.
pub(crate) fn text(envelope: &str, name: &str) -> String {
    for (at, _) in envelope.match_indices(name) {
        let rest = &envelope[at + name.len()..];
        if envelope[..at].ends_with([':', '<']) && !envelope[..at].ends_with("</") && rest.starts_with('>') {
            return unescaped(rest[1..].split('<').next().unwrap());
        }
    }
    String::new()
}

/// Bytes as a member has them.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = |chunk: &[u8]| {
        let number = chunk.iter().chain([&0; 2]).take(3).fold(0, |bits, byte| bits << 8 | usize::from(*byte));
        let digit = |at: usize| if at > chunk.len() { '=' } else { char::from(LETTERS[number >> (18 - 6 * at) & 63]) };
        [0, 1, 2, 3].map(digit)
    };
    bytes.chunks(3).flat_map(bits).collect()
}

pub(crate) fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('\r', "&#13;")
}

fn unescaped(text: &str) -> String {
    let text = text.replace("&#13;", "\r").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&amp;", "&")
}

pub(crate) struct BingAds;

const ADDRESS: [&str; 8] = ["City", "CountryCode", "Line1", "Line2", "Line3", "Line4", "PostalCode", "StateOrProvince"];

/// What an update takes: the record's id and version beside what is written.
fn update(world: &World, id: i64, written: &Shown) -> (StatusCode, String) {
    let (_, shown) = call_as(world, "demo_bing", "GetCustomer", &format!("<t:CustomerId>{id}</t:CustomerId>"));
    let member = |name: &str| {
        let value = written.get(name)?.as_str()?;
        Some(format!("<n:{name}>{}</n:{name}>", escaped(value)))
    };
    let or_shown =
        |name: &str| member(name).unwrap_or_else(|| format!("<n:{name}>{}</n:{name}>", escaped(&text(&shown, name))));
    let address: String = ADDRESS.into_iter().filter_map(member).collect();
    let address =
        if address.is_empty() { address } else { format!("<n:CustomerAddress>{address}</n:CustomerAddress>") };
    // The address has a stamp of its own before that of the customer.
    let (_, own) = shown.rsplit_once("TimeStamp>").map_or(("", ""), |(before, _)| before.rsplit_once('>').unwrap());
    let stamp = own.split('<').next().unwrap();
    let members = format!(
        "<t:Customer>{address}<n:Id>{id}</n:Id>{}{}<n:TimeStamp>{stamp}</n:TimeStamp></t:Customer>",
        or_shown("Industry"),
        or_shown("Name")
    );
    call_as(world, "demo_bing", "UpdateCustomer", &members)
}

impl Lens for BingAds {
    fn name(&self) -> &'static str {
        "bing_ads"
    }

    fn properties(&self) -> &'static [Property] {
        &[
            ("Name", &[Field::Name], Holds::Text),
            ("Industry", &[Field::Industry], Holds::OneOf(&["Retail", "Automotive", "NA", "Other", "Agriculture", ""])),
            ("City", &[Field::City], Holds::Text),
            ("CountryCode", &[Field::Country], Holds::Country),
            ("Line1", &[Field::AddressLine1], Holds::Text),
            ("Line2", &[Field::AddressLine2], Holds::Text),
            ("Line3", &[Field::AddressLine3], Holds::Text),
            ("Line4", &[Field::AddressLine4], Holds::Address),
            ("PostalCode", &[Field::PostalCode], Holds::Text),
            ("StateOrProvince", &[Field::Region], Holds::Text),
        ]
    }

    /// An inactive customer is shown and cannot be updated.
    fn read(&self, world: &World, id: i64) -> Option<Shown> {
        let (status, shown) = call_as(world, "demo_bing", "GetCustomer", &format!("<t:CustomerId>{id}</t:CustomerId>"));
        assert_eq!(status, StatusCode::OK, "{shown}");
        let value = |(name, ..): &Property| ((*name).to_owned(), Value::from(text(&shown, name)));
        assert!(["Active", "Inactive"].contains(&text(&shown, "CustomerLifeCycleStatus").as_str()), "{shown}");
        (text(&shown, "CustomerLifeCycleStatus") == "Active").then(|| self.properties().iter().map(value).collect())
    }

    fn write(&self, world: &World, id: i64, written: &Shown) -> bool {
        let (status, answer) = update(world, id, written);
        // What XML cannot carry is no call; what is refused says why.
        let refused = status == StatusCode::BAD_REQUEST
            || (status == StatusCode::INTERNAL_SERVER_ERROR && text(&answer, "Code") != "0");
        assert!(status == StatusCode::OK || refused, "{answer}");
        status == StatusCode::OK
    }

    fn normal(&self, property: &str, written: &Shown, before: &Shown) -> Option<Value> {
        let text = written[property].as_str()?;
        match property {
            // A derived name stays derived.
            "Name" | "Industry" if written[property] == before[property] => Some(before[property].clone()),
            "CountryCode" => Some(country(text).into()),
            // What is longer than may be shown can only have come back as it was.
            _ => Some(text.into()),
        }
    }
}
