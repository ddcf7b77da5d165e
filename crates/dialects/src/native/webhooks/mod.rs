//! Webhooks: events as CloudEvents 1.0, signed as Standard Webhooks, delivered at least once and in order.

mod deliver;
mod event;
mod sign;

pub use deliver::deliver;
pub(super) use event::{Event, ping};
pub(super) use sign::secret;

use crate::State;
use crate::courier::{Letter, Receipt};
use bytes::Bytes;
use domain::{Field, Record};

/// Why an event was not taken.
#[derive(Debug)]
pub(super) struct NotTaken {
    /// What the receiver answered, if it did.
    pub(super) receipt: Option<Receipt>,
    /// In a sentence.
    pub(super) problem: String,
}

/// Sends an event to a webhook once.
pub(super) async fn send(state: &State, tenant: i64, webhook: &Record, event: Event) -> Result<Receipt, NotTaken> {
    let Event { id, body } = event;
    let body = Bytes::from(body);
    let now = state.app.now();
    let mut headers = sign::headers(&state.outbound.key, tenant, webhook, &id, now, &body);
    headers.push(("content-type", String::from("application/cloudevents+json; charset=utf-8")));
    let letter = Letter { url: webhook.text(Field::Url).to_owned(), headers, body };
    let receipt = state.outbound.courier.post(letter).await;
    let receipt = receipt.map_err(|problem| NotTaken { receipt: None, problem })?;
    if (200..300).contains(&receipt.status) {
        return Ok(receipt);
    }
    let why = match receipt.status {
        300..400 => "; redirects are not followed",
        410 => ": the receiver wants no more",
        _ => "",
    };
    Err(NotTaken { receipt: Some(receipt), problem: format!("the receiver answered {}{why}", receipt.status) })
}
