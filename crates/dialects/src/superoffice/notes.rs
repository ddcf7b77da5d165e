//! What an answer means, where the vendor's way of saying it is not plain.

use crate::notes::Answered;

pub(super) fn explain(answered: &Answered<'_>) -> Option<String> {
    answered.refused?;
    let code = answered.element("errorCode")?;
    Some(format!(
        "SuperOffice answers what it refuses with HTTP status 200: errorCode {code} says that, and 0 that all is well."
    ))
}
