//! What an answer means, where the vendor's way of saying it is not plain.

use super::rpc;
use crate::notes::Answered;
use domain::error::Reason;

pub(super) fn explain(answered: &Answered<'_>) -> Option<String> {
    let reason = answered.reason();
    if rpc::is_here(&answered.request.path) {
        let code = answered.element("int").filter(|_| answered.refused.is_some())?;
        return Some(format!(
            "XML-RPC answers a fault with HTTP status 200: its faultCode {code} is the status that REST would have."
        ));
    }
    Some(match reason? {
        Reason::Conflict | Reason::Locked | Reason::AlreadyExists => {
            "The vendor never answers 409: what does not go with what is stored is 400, and its sentence says why."
                .to_owned()
        }
        Reason::Required => {
            "A customer of this API has a name and an e-mail, also in an update that leaves the rest out.".to_owned()
        }
        Reason::Invalid | Reason::TooLong => {
            "All properties are checked before any is stored: error.fields names each that is wrong.".to_owned()
        }
        Reason::Unauthenticated => {
            "The vendor wants HTTP Basic: the user's name, and as password the API key.".to_owned()
        }
        Reason::LimitExceeded | Reason::Busy => "Retry-After says when to send the same again.".to_owned(),
        Reason::Forbidden | Reason::NotFound | Reason::Unsupported | Reason::Internal => return None,
    })
}
