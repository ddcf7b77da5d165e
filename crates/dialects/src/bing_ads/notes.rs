//! What an answer means, where the vendor's way of saying it is not plain.

use crate::Request;
use crate::notes::Answered;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::error::Reason;

/// Members of a customer that are shown and cannot be set.
const READ_ONLY: [&str; 4] = ["MarketCountry", "MarketLanguage", "CustomerFinancialStatus", "ServiceLevel"];

pub(super) fn explain(answered: &Answered<'_>) -> Option<String> {
    let sent = std::str::from_utf8(&answered.request.body).unwrap_or_default();
    if answered.refused.is_none() {
        let is_sent = |name: &&str| sent.contains(&format!(":{name}>")) || sent.contains(&format!("<{name}>"));
        let ignored: Vec<_> = READ_ONLY.into_iter().filter(is_sent).collect();
        return (!ignored.is_empty() && sent.contains("UpdateCustomerRequest"))
            .then(|| format!("{}: read-only in an update, and ignored.", ignored.join(", ")));
    }
    let code = answered.element("Code").unwrap_or("none");
    let name = answered.element("ErrorCode").map_or(String::new(), |name| format!(", {name}"));
    let mut text = format!("Bing Ads answers every fault with HTTP status 500: its code is {code}{name}.");
    if answered.reason() == Some(Reason::Conflict) {
        let version = time_stamp(sent).map_or(String::new(), |version| format!(" sent is that of version {version}"));
        text.push_str(&format!(" The TimeStamp{version}: read the record again and send the one that it has now."));
    }
    Some(text)
}

/// That of the TimeStamp of an update.
pub(super) fn version_read(request: &Request) -> Option<u64> {
    time_stamp(std::str::from_utf8(&request.body).ok()?)
}

/// The version that the last TimeStamp of a request says: eight bytes in base64.
fn time_stamp(sent: &str) -> Option<u64> {
    let inside = sent.rsplit("TimeStamp>").nth(1)?.split('<').next()?;
    let bytes = STANDARD.decode(inside.trim()).ok()?;
    Some(u64::from_be_bytes(bytes.try_into().ok()?))
}
