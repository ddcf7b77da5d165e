//! An event as a receiver gets it: a CloudEvent 1.0 in structured mode.

use crate::moment::rfc3339;
use crate::native::wire::put_told;
use domain::feed::event_name;
use domain::{Change, Time};
use wire::json::{ObjectWriter, write_object};

/// An event ready to be sent.
pub(in crate::native) struct Event {
    /// The same whenever it is sent: what a receiver knows a repetition by.
    pub(in crate::native) id: String,
    pub(in crate::native) body: String,
}

impl Event {
    /// A change.
    pub(in crate::native) fn of(tenant: &str, change: &Change) -> Self {
        let kind = change.kind.name();
        let subject = format!("{kind}/{}", change.id);
        let name = format!("samerow.{kind}.changed.v1");
        let put = |data: &mut ObjectWriter<'_>| put_told(data, tenant, change);
        cloud_event(event_name(change), &name, tenant, &subject, change.at, put)
    }
}

/// The event that tests a webhook.
pub(in crate::native) fn ping(request_id: &str, tenant: &str, webhook: i64, now: Time) -> Event {
    let subject = format!("webhook/{webhook}");
    let put = |data: &mut ObjectWriter<'_>| {
        data.put("tenant", tenant).put("id", webhook);
    };
    cloud_event(format!("test-{request_id}"), "samerow.webhook.tested.v1", tenant, &subject, now, put)
}

fn cloud_event(
    id: String,
    name: &str,
    tenant: &str,
    subject: &str,
    at: Time,
    put: impl FnOnce(&mut ObjectWriter<'_>),
) -> Event {
    let mut body = String::with_capacity(1_024);
    write_object(&mut body, |event| {
        event.put("specversion", "1.0").put("id", &id).put("source", format!("/t/{tenant}"));
        event.put("type", name).put("subject", subject).put("time", rfc3339(at));
        event.put("datacontenttype", "application/json").object("data", put);
    });
    Event { id, body }
}
