//! The kinds of records.

use crate::field::Field;

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
    /// The definition of an extra field.
    ExtraField,
    /// A company that customers belong to.
    Company,
    /// The customer.
    Customer,
    /// A ticket category.
    Category,
    /// A ticket priority.
    Priority,
    /// A support ticket of a customer.
    Ticket,
    /// A message of a ticket.
    Message,
}

impl Kind {
    /// All kinds, in an order in which each refers only to earlier ones.
    pub const ALL: [Self; 11] = [
        Self::Tenant,
        Self::User,
        Self::Key,
        Self::Session,
        Self::ExtraField,
        Self::Company,
        Self::Customer,
        Self::Category,
        Self::Priority,
        Self::Ticket,
        Self::Message,
    ];

    /// The name used in tables, the history and commands.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::User => "user",
            Self::Key => "key",
            Self::Session => "session",
            Self::ExtraField => "extra_field",
            Self::Company => "company",
            Self::Customer => "customer",
            Self::Category => "category",
            Self::Priority => "priority",
            Self::Ticket => "ticket",
            Self::Message => "message",
        }
    }

    /// The kind of that [`name`](Self::name).
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether changes of such records are kept in the history. Sessions come and go too often, and say nothing about
    /// a customer.
    pub const fn has_history(self) -> bool {
        !matches!(self, Self::Session)
    }

    /// The fields such a record can have. Extra fields are allowed for customers, companies and tickets besides.
    pub const fn fields(self) -> &'static [Field] {
        use Field as F;
        match self {
            Self::Customer => crate::customer::FIELDS,
            Self::Tenant => &[
                F::Name,
                F::Hosts,
                F::Buckets,
                F::MarketCountry,
                F::MarketLanguage,
                F::Language,
                F::MaskedFields,
                F::Disabled,
            ],
            Self::User => &[
                F::Name,
                F::Username,
                F::Password,
                F::Role,
                F::Emails,
                F::Dialects,
                F::Scopes,
                F::Networks,
                F::ExpiresAt,
                F::Disabled,
                F::LoopbackOnly,
            ],
            Self::Key => &[
                F::Username,
                F::Digest,
                F::Role,
                F::UserId,
                F::Dialects,
                F::Scopes,
                F::Networks,
                F::ExpiresAt,
                F::Disabled,
                F::LoopbackOnly,
            ],
            Self::Session => &[F::Digest, F::UserId, F::CustomerId, F::Dialects, F::ExpiresAt],
            Self::ExtraField => &[F::Name, F::Number, F::Domain, F::Shape, F::External],
            Self::Company => &[F::Name, F::Note, F::Phone],
            Self::Category => &[F::Name, F::Parent, F::External],
            Self::Priority => &[F::Name, F::SortOrder, F::External],
            Self::Ticket => &[
                F::CustomerId,
                F::Title,
                F::CategoryId,
                F::PriorityId,
                F::TicketStatus,
                F::UserId,
                F::External,
                F::ClosedAt,
            ],
            Self::Message => &[F::TicketId, F::Author, F::Text, F::External, F::SentAt],
        }
    }

    /// Whether records of this kind may hold extra fields.
    pub const fn has_extra_fields(self) -> bool {
        matches!(self, Self::Customer | Self::Company | Self::Ticket)
    }
}
