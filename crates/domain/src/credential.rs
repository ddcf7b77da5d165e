//! What a store keeps unique, and sign-in records.

use crate::field::Field;
use crate::kind::Kind;
use crate::record::{Part, Record};
use crate::tenant::Tenant;
use crate::value::Value;
use unicode_normalization::UnicodeNormalization;

/// A set of values of which each belongs to at most one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    /// Login names of customers.
    CustomerUsername,
    /// The integrator's own keys.
    UniqueId,
    /// Public hashes.
    Hash,
    /// Subscriptions.
    Subscription,
    /// Orders.
    Order,
    /// Ids in another system.
    ExternalCustomerId,
    /// Imported Bing customer numbers.
    BingNumber,
    /// Login names of users.
    UserLogin,
    /// Extra field numbers: `customer:6`.
    ExtraField,
    /// Digests of keys, over all tenants: the secret finds the tenant.
    Digest,
    /// Names of tenants.
    TenantName,
    /// Host names of tenants.
    TenantHost,
    /// Digests of sessions, over all tenants. Apart from those of keys: an owner is known by its id alone, and a
    /// session must not pass for the key of the same id.
    SessionDigest,
    /// The sessions of a user or customer, counted through.
    SessionSlot,
    /// Digests of tokens, over all tenants.
    TokenDigest,
    /// Digests of codes that programs get a token for, over all tenants.
    CodeDigest,
    /// Digests of what stays the same of what renews a token, over all tenants.
    FamilyDigest,
    /// Codes of languages.
    LanguageCode,
    /// Names of accounts, each among those of its customer.
    AccountName,
    /// Numbers of accounts that were imported.
    AccountNumber,
    /// Ids of accounts in another system.
    ExternalAccountId,
    /// Digests of what readers of notifications show, over all tenants.
    NotificationDigest,
}

impl Space {
    /// The stable number a store keeps.
    pub const fn number(self) -> i64 {
        match self {
            Self::CustomerUsername => 1,
            Self::UniqueId => 2,
            Self::Hash => 3,
            Self::Subscription => 4,
            Self::Order => 5,
            Self::ExternalCustomerId => 6,
            Self::BingNumber => 7,
            Self::UserLogin => 8,
            Self::ExtraField => 9,
            Self::Digest => 10,
            Self::TenantName => 11,
            Self::TenantHost => 12,
            Self::SessionDigest => 13,
            Self::SessionSlot => 14,
            Self::TokenDigest => 15,
            Self::CodeDigest => 16,
            Self::FamilyDigest => 17,
            Self::LanguageCode => 30,
            Self::NotificationDigest => 31,
            Self::AccountName => 40,
            Self::AccountNumber => 41,
            Self::ExternalAccountId => 42,
        }
    }

    /// The field whose values are in it.
    pub const fn field(self) -> Field {
        match self {
            Self::CustomerUsername | Self::UserLogin => Field::Username,
            Self::UniqueId => Field::UniqueId,
            Self::Hash => Field::Hash,
            Self::Subscription => Field::SubscriptionIds,
            Self::Order => Field::OrderIds,
            Self::ExternalCustomerId => Field::ExternalCustomerId,
            Self::BingNumber => Field::BingNumber,
            Self::ExtraField => Field::Number,
            Self::Digest | Self::SessionDigest | Self::TokenDigest | Self::NotificationDigest => Field::Digest,
            Self::CodeDigest => Field::CodeDigest,
            Self::FamilyDigest => Field::FamilyDigest,
            Self::SessionSlot => Field::Slot,
            Self::LanguageCode => Field::Code,
            Self::TenantName | Self::AccountName => Field::Name,
            Self::AccountNumber => Field::AccountNumber,
            Self::ExternalAccountId => Field::ExternalAccountIds,
            Self::TenantHost => Field::Hosts,
        }
    }

    const fn is_global(self) -> bool {
        matches!(
            self,
            Self::Digest
                | Self::SessionDigest
                | Self::TokenDigest
                | Self::CodeDigest
                | Self::FamilyDigest
                | Self::NotificationDigest
                | Self::TenantName
                | Self::TenantHost
        )
    }

    const fn folds(self) -> bool {
        matches!(
            self,
            Self::CustomerUsername
                | Self::AccountName
                | Self::LanguageCode
                | Self::UserLogin
                | Self::TenantName
                | Self::TenantHost
        )
    }
}

/// A value that at most one record has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UniqueKey {
    /// Where the store keeps it.
    pub part: Part,
    /// Among which values it is unique.
    pub space: Space,
    /// The value, folded where case does not matter.
    pub text: String,
}

impl UniqueKey {
    /// The key of a value in a tenant.
    pub fn new(tenant: Tenant, space: Space, text: &str) -> Self {
        let text = if space.folds() { fold(text) } else { text.to_owned() };
        let part = if space.is_global() { Part::GLOBAL } else { tenant.part_of_text(&text) };
        Self { part, space, text }
    }

    /// The value for people: the name of an account without its customer.
    pub(crate) fn shown(&self) -> &str {
        let name = self.text.split_once(':').filter(|_| self.space == Space::AccountName);
        name.map_or(&self.text, |(_, name)| name)
    }

    /// Whether a record has this value.
    pub fn is_of(&self, record: &Record) -> bool {
        unique_keys(Tenant::DEFAULT, record).iter().any(|(_, key)| key.space == self.space && key.text == self.text)
    }
}

/// Login names that look alike are one: full-width letters, case and outer blanks do not make another person.
fn fold(text: &str) -> String {
    let trimmed = text.trim();
    if trimmed.is_ascii() { trimmed.to_ascii_lowercase() } else { trimmed.nfkc().collect::<String>().to_lowercase() }
}

/// The unique values of a kind of record: field, space.
const fn spaces(kind: Kind) -> &'static [(Field, Space)] {
    match kind {
        Kind::Customer => &[
            (Field::Username, Space::CustomerUsername),
            (Field::UniqueId, Space::UniqueId),
            (Field::Hash, Space::Hash),
            (Field::SubscriptionIds, Space::Subscription),
            (Field::OrderIds, Space::Order),
            (Field::ExternalCustomerId, Space::ExternalCustomerId),
            (Field::BingNumber, Space::BingNumber),
        ],
        Kind::User => &[(Field::Username, Space::UserLogin)],
        Kind::Key => &[(Field::Digest, Space::Digest), (Field::PreviousDigest, Space::Digest)],
        Kind::Session => &[(Field::Digest, Space::SessionDigest), (Field::Slot, Space::SessionSlot)],
        Kind::Token => &[
            (Field::Digest, Space::TokenDigest),
            (Field::CodeDigest, Space::CodeDigest),
            (Field::FamilyDigest, Space::FamilyDigest),
        ],
        Kind::Tenant => &[(Field::Name, Space::TenantName), (Field::Hosts, Space::TenantHost)],
        Kind::ExtraField => &[(Field::Number, Space::ExtraField)],
        Kind::Account => &[
            (Field::Name, Space::AccountName),
            (Field::AccountNumber, Space::AccountNumber),
            (Field::ExternalAccountIds, Space::ExternalAccountId),
        ],
        Kind::Language => &[(Field::Code, Space::LanguageCode)],
        Kind::NotificationReader => &[(Field::Digest, Space::NotificationDigest)],
        Kind::Company
        | Kind::Category
        | Kind::Priority
        | Kind::Ticket
        | Kind::Message
        | Kind::Attachment
        | Kind::Answer
        | Kind::ExtraTable
        | Kind::ExtraRow
        | Kind::Notification
        | Kind::Webhook
        | Kind::Delivery
        | Kind::DeadLetter
        | Kind::AuditEntry
        | Kind::Wsdl => &[],
    }
}

/// The text that the key of an extra field definition has.
pub fn extra_field_text(domain: &str, number: i64) -> String {
    format!("{domain}:{number}")
}

/// Every unique value of a record, each with its field.
pub fn unique_keys(tenant: Tenant, record: &Record) -> Vec<(Field, UniqueKey)> {
    let mut keys = Vec::new();
    for &(field, space) in spaces(record.kind) {
        let mut push = |text: &str| keys.push((field, UniqueKey::new(tenant, space, text)));
        match record.values.get(field) {
            Some(Value::Text(text)) if space == Space::AccountName => {
                push(&format!("{}:{text}", record.number(Field::CustomerId).unwrap_or(0)));
            }
            Some(Value::Text(text)) => push(text),
            Some(Value::Texts(texts)) => texts.iter().for_each(|text| push(text)),
            Some(Value::Number(number)) => push(&extra_field_text(record.text(Field::Domain), *number)),
            Some(Value::Flag(_) | Value::Numbers(_)) | None => {}
        }
    }
    keys
}

/// Whether a change of the field can change a unique value.
pub fn is_unique(kind: Kind, field: Field) -> bool {
    field == Field::Domain || spaces(kind).iter().any(|(unique, _)| *unique == field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alike_login_names_are_one() {
        let key = |text| UniqueKey::new(Tenant::DEFAULT, Space::UserLogin, text);
        for text in ["ADMIN", "admin ", "ａdmin", "Admin"] {
            assert_eq!(key(text), key("admin"), "{text}");
        }
        assert_ne!(key("аdmin"), key("admin"), "a Cyrillic letter is another letter");
        let exact = |text| UniqueKey::new(Tenant::DEFAULT, Space::UniqueId, text);
        assert_ne!(exact("ACME-7"), exact("acme-7"));
    }
}
