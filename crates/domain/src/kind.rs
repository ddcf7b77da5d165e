//! The kinds of records.

use crate::access::Access;
use crate::field::Field;
use crate::value::Value;

/// What a record is about. Every record of every kind has the same envelope ([`Record`](crate::record::Record)), is
/// versioned in the same way and has the same history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A tenant: one company whose data nobody else sees.
    Tenant,
    /// A person who works here: console, SuperOffice agent, Bing user.
    User,
    /// A secret that a program signs in with; only its digest is kept.
    Key,
    /// A signed-in SuperOffice or console user.
    Session,
    /// What a program calls with for a user, for a time; only its digest is kept.
    Token,
    /// The definition of an extra field.
    ExtraField,
    /// A company that customers belong to.
    Company,
    /// The customer.
    Customer,
    /// An advertising account of a customer.
    Account,
    /// A ticket category.
    Category,
    /// A ticket priority.
    Priority,
    /// A support ticket of a customer.
    Ticket,
    /// A message of a ticket.
    Message,
    /// A file of a message. Its bytes are kept beside the record.
    Attachment,
    /// What was answered to a request that may be sent again.
    Answer,
    /// A language that a tenant speaks with its customers.
    Language,
    /// A table that a tenant defines; its columns are extra fields of rows.
    ExtraTable,
    /// A row of such a table.
    ExtraRow,
    /// What a user is to be told of a ticket.
    Notification,
    /// A program that tells a user what there is to be told.
    NotificationReader,
    /// An address that is told of changes.
    Webhook,
    /// How far a webhook has been told.
    Delivery,
    /// An event that a webhook would not take.
    DeadLetter,
    /// That something was done to a customer that the history of no record tells for good.
    AuditEntry,
    /// What a dialect learned of another installation.
    Wsdl,
}

impl Kind {
    /// All kinds, tenants first.
    pub const ALL: [Self; 25] = [
        Self::Tenant,
        Self::User,
        Self::Key,
        Self::Session,
        Self::Token,
        Self::ExtraField,
        Self::Company,
        Self::Customer,
        Self::Account,
        Self::Category,
        Self::Priority,
        Self::Ticket,
        Self::Message,
        Self::Attachment,
        Self::Answer,
        Self::Language,
        Self::ExtraTable,
        Self::ExtraRow,
        Self::Notification,
        Self::NotificationReader,
        Self::Webhook,
        Self::Delivery,
        Self::DeadLetter,
        Self::AuditEntry,
        Self::Wsdl,
    ];

    /// The name used in tables, the history and commands.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::User => "user",
            Self::Key => "key",
            Self::Session => "session",
            Self::Token => "token",
            Self::ExtraField => "extra_field",
            Self::Company => "company",
            Self::Customer => "customer",
            Self::Account => "account",
            Self::Category => "category",
            Self::Priority => "priority",
            Self::Ticket => "ticket",
            Self::Message => "message",
            Self::Attachment => "attachment",
            Self::Answer => "answer",
            Self::Language => "language",
            Self::ExtraTable => "extra_table",
            Self::ExtraRow => "extra_row",
            Self::Notification => "notification",
            Self::NotificationReader => "notification_reader",
            Self::Webhook => "webhook",
            Self::Delivery => "delivery",
            Self::DeadLetter => "dead_letter",
            Self::AuditEntry => "audit_entry",
            Self::Wsdl => "wsdl",
        }
    }

    /// The name in a sentence.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ExtraField => "extra field",
            Self::ExtraTable => "extra table",
            Self::ExtraRow => "row",
            Self::DeadLetter => "dead letter",
            Self::AuditEntry => "audit entry",
            other => other.name(),
        }
    }

    /// The kind of that [`name`](Self::name).
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The number by which the hash chain of the history knows it: never changed, never given again.
    pub const fn number(self) -> i64 {
        match self {
            Self::Tenant => 0,
            Self::User => 1,
            Self::Key => 2,
            Self::Session => 3,
            Self::ExtraField => 4,
            Self::Company => 5,
            Self::Customer => 6,
            Self::Category => 7,
            Self::Priority => 8,
            Self::Ticket => 9,
            Self::Message => 10,
            Self::Attachment => 11,
            Self::Answer => 20,
            Self::Language => 21,
            Self::ExtraTable => 22,
            Self::ExtraRow => 23,
            Self::Notification => 24,
            Self::NotificationReader => 25,
            Self::Token => 26,
            Self::Account => 28,
            Self::Webhook => 12,
            Self::Delivery => 13,
            Self::DeadLetter => 14,
            Self::AuditEntry => 27,
            Self::Wsdl => 29,
        }
    }

    /// What marks such a record deleted; `None` where there is nothing to delete. A deleted record keeps its id, its
    /// values and its history, and can be brought back. Listings leave it out, and no record can begin to refer to it;
    /// what refers to it already goes on doing so.
    pub fn deletion(self) -> Option<(Field, Value)> {
        match self {
            Self::Customer => Some((Field::Status, "deleted".into())),
            Self::Account => Some((Field::AccountStatus, "inactive".into())),
            Self::Ticket => Some((Field::TicketStatus, "deleted".into())),
            Self::User | Self::Key => Some((Field::Disabled, true.into())),
            Self::ExtraField
            | Self::Company
            | Self::Category
            | Self::Priority
            | Self::Message
            | Self::Attachment
            | Self::Language
            | Self::ExtraTable
            | Self::ExtraRow
            | Self::Webhook
            | Self::Wsdl => Some((Field::Deleted, true.into())),
            Self::Tenant
            | Self::Session
            | Self::Token
            | Self::Answer
            | Self::Notification
            | Self::NotificationReader
            | Self::Delivery
            | Self::DeadLetter
            | Self::AuditEntry => None,
        }
    }

    /// What a caller must be allowed to read, or else to write, such records.
    pub const fn access(self, writes: bool) -> Access {
        match (self, writes) {
            (
                Self::Tenant
                | Self::User
                | Self::Key
                | Self::Session
                | Self::Token
                | Self::Answer
                | Self::Notification
                | Self::NotificationReader,
                _,
            ) => Access::Manage,
            (
                Self::ExtraField | Self::Category | Self::Priority | Self::Language | Self::ExtraTable | Self::Wsdl,
                true,
            ) => Access::Manage,
            (
                Self::Company
                | Self::Customer
                | Self::Account
                | Self::Ticket
                | Self::Message
                | Self::Attachment
                | Self::ExtraRow,
                true,
            ) => Access::Write,
            (Self::Webhook | Self::Delivery | Self::DeadLetter | Self::AuditEntry, _) => Access::Manage,
            (_, false) => Access::Read,
        }
    }

    /// Whether changes of such records are kept in the history. Sessions, tokens, answers, deliveries and notifications come
    /// and go too often, and say nothing about a customer that the history does not.
    pub const fn has_history(self) -> bool {
        !matches!(
            self,
            Self::Session
                | Self::Token
                | Self::Answer
                | Self::Notification
                | Self::NotificationReader
                | Self::Delivery
                | Self::DeadLetter
        )
    }

    /// Whether ids of such records are given one after the other. A kept answer is where the digest of its key says, and
    /// a delivery has the id of its webhook.
    pub const fn is_counted(self) -> bool {
        !matches!(self, Self::Answer | Self::Delivery)
    }

    /// The fields such a record can have. Extra fields are allowed for some besides.
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::Customer => crate::customer::FIELDS,
            Self::Tenant => crate::tenant::FIELDS,
            Self::User => crate::user::FIELDS,
            Self::Key => crate::key::FIELDS,
            Self::Session => crate::session::FIELDS,
            Self::Token => crate::token::FIELDS,
            Self::ExtraField => crate::extra_field::FIELDS,
            Self::Company => crate::company::FIELDS,
            Self::Account => crate::account::FIELDS,
            Self::Category => crate::category::FIELDS,
            Self::Priority => crate::priority::FIELDS,
            Self::Ticket => crate::ticket::FIELDS,
            Self::Message => crate::message::FIELDS,
            Self::Attachment => crate::attachment::FIELDS,
            Self::Answer => &[Field::Digest, Field::ExpiresAt, Field::RequestDigest, Field::Answer, Field::About],
            Self::Language => crate::language::FIELDS,
            Self::ExtraTable => crate::extra_table::TABLE_FIELDS,
            Self::ExtraRow => crate::extra_table::ROW_FIELDS,
            Self::Notification => crate::notification::FIELDS,
            Self::NotificationReader => crate::notification::READER_FIELDS,
            Self::Webhook => crate::webhook::FIELDS,
            Self::Delivery => crate::webhook::DELIVERY_FIELDS,
            Self::DeadLetter => crate::webhook::DEAD_LETTER_FIELDS,
            Self::AuditEntry => crate::audit::FIELDS,
            Self::Wsdl => crate::wsdl::FIELDS,
        }
    }

    /// Whether records of this kind may hold extra fields.
    pub const fn has_extra_fields(self) -> bool {
        matches!(self, Self::Customer | Self::Company | Self::Ticket | Self::Message | Self::ExtraRow)
    }
}
