//! What a user is to be told: one program reads it, with a key of its own.

use super::texts;
use crate::native::errors::Problem;
use crate::native::wire::{self, Query};
use crate::route::Call;
use crate::sign_in::digest;
use bytes::Bytes;
use domain::notification::{LEASE, NEW_MESSAGE, NEW_TICKET};
use domain::operation::{AllocateNotifications, TakeNotifications};
use http::{HeaderValue, Response, StatusCode, header};

type Answer = Result<Response<Bytes>, Problem>;

pub(in crate::native) async fn allocate(call: Call<'_>, _: Query<'_>) -> Answer {
    let [source] = texts(&call, ["source"])?;
    let key = call.state.random_key();
    call.run(AllocateNotifications { source, digest: digest(&key) }).await?;
    let mut response = wire::answer(StatusCode::OK, |object| {
        object.put("key", &key).put("lease_seconds", LEASE);
    });
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

pub(in crate::native) async fn take(call: Call<'_>, _: Query<'_>) -> Answer {
    let [key] = texts(&call, ["key"])?;
    let told = call.run(TakeNotifications { digest: digest(&key) }).await?;
    Ok(wire::answer(StatusCode::OK, |object| {
        object.list("data", |list| {
            for told in &told {
                let what = match told.about {
                    NEW_TICKET => "new_ticket",
                    NEW_MESSAGE => "new_message",
                    _ => "taken_over",
                };
                list.object(|object| {
                    object.put("notification", what).put("ticket", told.ticket).put("title", &told.title);
                    object.put("author", &told.author).put("created_by", told.created_by);
                });
            }
        });
    }))
}
