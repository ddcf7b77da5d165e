//! What a user is to be told: one program reads it, with a key of its own.

use super::super::errors::{Code, Refused};
use super::super::wire::NOTIFICATION;
use super::{Call, Outcome};
use crate::sign_in::digest;
use ::wire::soap::{Members, Value};
use domain::Error;
use domain::error::Reason;
use domain::notification::{NEW_MESSAGE, NEW_TICKET, Told};
use domain::operation::{AllocateNotifications, TakeNotifications};

pub(in super::super) async fn allocate(call: Call<'_>) -> Outcome {
    let key = call.state.random_key();
    let allocate = AllocateNotifications { source: call.text("source").to_owned(), digest: digest(&key) };
    call.run(allocate).await.map_err(read_elsewhere)?;
    Ok(call.output().with("notificationKey", key))
}

pub(in super::super) async fn take(call: Call<'_>) -> Outcome {
    let told = call.run(TakeNotifications { digest: digest(call.text("notificationKey")) }).await;
    let notifications = told.map_err(read_elsewhere)?.iter().map(shown).collect();
    Ok(call.output().with("userNotifications", Value::List(notifications)))
}

fn read_elsewhere(error: Error) -> Refused {
    match error.reason {
        Reason::Locked => Refused::new(Code::NotificationViolation, error),
        _ => error.into(),
    }
}

/// What a customer did is the system's user's doing, whose id is 1.
fn shown(told: &Told) -> Value<'static> {
    let what = match told.about {
        NEW_TICKET => "new ticket",
        NEW_MESSAGE => "new message",
        _ => "taken over",
    };
    Members::new(&NOTIFICATION)
        .with("type", told.about.to_string())
        .with("createdBy", told.created_by.unwrap_or(1).to_string())
        .with("ticketId", told.ticket.to_string())
        .with("message", format!("{}: {what}: {}", told.author, told.title))
        .into()
}
