//! How a record lies in a table, whatever the engine.

use domain::record::{Part, Values};
use domain::{Field, Kind, Record, Time};

use crate::{codec, fault, seal};

/// Columns beside the body, each with the field it shows. A column repeats what the body holds: it is for queries and
/// for people, and never read back.
pub(crate) const fn columns(kind: Kind) -> &'static [(&'static str, Field)] {
    match kind {
        Kind::Customer => &[
            ("status", Field::Status),
            ("name", Field::Name),
            ("email", Field::Emails),
            ("username", Field::Username),
            ("merged_into", Field::MergedInto),
        ],
        Kind::Tenant | Kind::Company | Kind::Category | Kind::Priority | Kind::Webhook => &[("name", Field::Name)],
        Kind::User | Kind::Key => &[("username", Field::Username)],
        Kind::Session => &[("expires_at", Field::ExpiresAt)],
        Kind::Answer => &[("expires_at", Field::ExpiresAt), ("about", Field::About)],
        Kind::Token => &[("user", Field::UserId), ("kept_until", Field::KeptUntil)],
        Kind::ExtraField => &[("domain", Field::Domain), ("number", Field::Number)],
        Kind::Ticket => &[
            ("customer", Field::CustomerId),
            ("title", Field::Title),
            ("ticket_status", Field::TicketStatus),
            ("owner", Field::Owner),
            ("category", Field::CategoryId),
            ("priority", Field::PriorityId),
            ("external", Field::External),
        ],
        Kind::Message => &[("ticket", Field::TicketId)],
        Kind::Attachment => &[("name", Field::Name), ("message", Field::MessageId)],
        Kind::Account => {
            &[("customer", Field::CustomerId), ("name", Field::Name), ("account_status", Field::AccountStatus)]
        }
        Kind::Language => &[("code", Field::Code)],
        Kind::ExtraTable => &[("name", Field::Name)],
        Kind::ExtraRow => &[("extra_table", Field::TableId)],
        Kind::Notification => &[("user", Field::UserId), ("expires_at", Field::ExpiresAt)],
        Kind::NotificationReader => &[("expires_at", Field::ExpiresAt)],
        Kind::Delivery => &[("retry_at", Field::RetryAt)],
        Kind::DeadLetter => &[("webhook", Field::WebhookId)],
        Kind::Wsdl => &[("dialect", Field::Dialect), ("port", Field::Port)],
        Kind::AuditEntry => &[("action", Field::Action), ("subject", Field::Subject)],
    }
}

/// The one number that tells a record of a kind from all others of all tenants. Tenants and ids have 31 bits each, and
/// an id has one part in its tenant.
pub(crate) const fn place(part: Part, id: i64) -> i64 {
    (part.tenant_number() << 31) | id
}

/// Makes a record of what is stored of it, and proves that it is as it was written. `numbers` are in the order of
/// [`seal::numbers`].
///
/// # Errors
/// What is damaged, as a sentence.
pub(crate) fn read_record(
    kind: Kind,
    numbers: [i64; 6],
    updated_by: String,
    body: &str,
    checksum: i64,
) -> Result<Record, String> {
    let mut record = proven(kind, numbers, updated_by, body, checksum)?;
    record.values = decoded(&record, body)?;
    Ok(record)
}

/// The values of a record that is [`proven`].
///
/// # Errors
/// What is damaged, as a sentence.
pub(crate) fn decoded(record: &Record, body: &str) -> Result<Values, String> {
    codec::read_values(body).map_err(|error| format!("{} {}: {error}", record.kind.name(), record.id))
}

/// As [`read_record`], without its values.
///
/// # Errors
/// The same.
pub(crate) fn proven(
    kind: Kind,
    numbers: [i64; 6],
    updated_by: String,
    body: &str,
    checksum: i64,
) -> Result<Record, String> {
    let [part, id, version, last_change, created_at, updated_at] = numbers;
    let record = Record {
        kind,
        part: Part(part),
        id,
        version: version.cast_unsigned(),
        last_change,
        created_at: Time(created_at),
        updated_at: Time(updated_at),
        updated_by,
        values: Values::default(),
    };
    if seal::checksum(&record, body) != checksum && !fault::skip_checksum() {
        return Err(format!("{} {id}: the checksum does not match", kind.name()));
    }
    Ok(record)
}
