//! What of a tenant a caller reaches: a role says how much, scopes say of what.

use crate::access::Access;
use crate::error::Error;
use crate::field::Field;
use crate::kind::Kind;

/// What an operation touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Area {
    /// Customers, their companies and their extra fields.
    Customers,
    /// Tickets, their messages, categories and priorities.
    Tickets,
    /// Users, keys, sessions, tokens, tenants and settings.
    Administration,
}

impl Area {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Customers, Self::Tickets, Self::Administration];

    /// The area of a kind of record.
    pub const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Customer
            | Kind::Account
            | Kind::Company
            | Kind::ExtraField
            | Kind::Language
            | Kind::ExtraTable
            | Kind::ExtraRow => Self::Customers,
            Kind::Ticket
            | Kind::Message
            | Kind::Attachment
            | Kind::Category
            | Kind::Priority
            | Kind::Notification
            | Kind::NotificationReader => Self::Tickets,
            Kind::Tenant
            | Kind::User
            | Kind::Key
            | Kind::Session
            | Kind::Token
            | Kind::Answer
            | Kind::Webhook
            | Kind::Delivery
            | Kind::DeadLetter
            | Kind::AuditEntry
            | Kind::Wsdl => Self::Administration,
        }
    }

    /// Its name in a scope.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Tickets => "tickets",
            Self::Administration => "administration",
        }
    }
}

/// The areas that a credential reaches, and in which of them it may also write. It never adds to what the role allows.
///
/// Written as texts: `customers` (reads and writes), `customers:read`, and so on for each [`Area`]. None at all means
/// everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scopes(u8);

impl Scopes {
    /// No restriction.
    pub const ALL: Self = Self(0b11_11_11);

    /// Reads the texts of [`Field::Scopes`].
    ///
    /// # Errors
    /// `Invalid` at the field for a text that is no scope.
    pub fn read(texts: &[String]) -> Result<Self, Error> {
        let mut bits = 0;
        for text in texts {
            let (name, read_only) = text.strip_suffix(":read").map_or((&**text, false), |name| (name, true));
            let Some(area) = Area::ALL.into_iter().find(|area| area.name() == name) else {
                let shown: String = text.chars().take(64).collect();
                let known = Area::ALL.map(Area::name).join(", ");
                let text = format!("{shown:?} is no scope: they are {known}, each also with :read after it");
                return Err(Error::invalid(Field::Scopes, text));
            };
            bits |= if read_only { read_bit(area) } else { read_bit(area) | write_bit(area) };
        }
        Ok(if texts.is_empty() { Self::ALL } else { Self(bits) })
    }

    /// As [`read`](Self::read) takes them.
    pub fn texts(self) -> Vec<String> {
        let text = |area: Area| match (self.0 & write_bit(area) != 0, self.0 & read_bit(area) != 0) {
            (true, _) => Some(area.name().to_owned()),
            (false, true) => Some(format!("{}:read", area.name())),
            (false, false) => None,
        };
        Area::ALL.into_iter().filter_map(text).collect()
    }

    /// What both reach.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether they reach an area.
    pub const fn allow(self, access: Access, area: Area) -> bool {
        match access {
            Access::SignIn => true,
            Access::Read => self.0 & read_bit(area) != 0,
            Access::Write => self.0 & write_bit(area) != 0,
            Access::Manage => self.0 & write_bit(Area::Administration) != 0,
        }
    }
}

const fn read_bit(area: Area) -> u8 {
    1 << (2 * area as u8)
}

const fn write_bit(area: Area) -> u8 {
    2 << (2 * area as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(texts: &[&str]) -> Result<Scopes, Error> {
        Scopes::read(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn scopes_reach_what_they_name() {
        for (texts, access, area, allowed) in [
            (&[][..], Access::Write, Area::Tickets, true),
            (&[], Access::Manage, Area::Administration, true),
            (&["customers"], Access::Read, Area::Customers, true),
            (&["customers"], Access::Write, Area::Customers, true),
            (&["customers"], Access::Read, Area::Tickets, false),
            (&["customers"], Access::Manage, Area::Customers, false),
            (&["customers:read"], Access::Write, Area::Customers, false),
            (&["customers:read", "tickets"], Access::Write, Area::Tickets, true),
            (&["administration:read"], Access::Manage, Area::Administration, false),
            (&["administration"], Access::Manage, Area::Administration, true),
            (&["administration"], Access::Read, Area::Customers, false),
            (&["tickets"], Access::SignIn, Area::Customers, true),
        ] {
            assert_eq!(scopes(texts).unwrap().allow(access, area), allowed, "{texts:?} {access:?} {area:?}");
        }
    }

    #[test]
    fn what_is_no_scope_is_refused() {
        for text in ["", "customer", "customers:write", "Customers", "customers:read:read", ":read", "*"] {
            assert_eq!(scopes(&[text]).unwrap_err().at, Some(Field::Scopes), "{text}");
        }
    }

    #[test]
    fn two_credentials_reach_what_both_do() {
        let both = scopes(&["customers", "tickets:read"]).unwrap().and(scopes(&["tickets", "customers:read"]).unwrap());
        assert_eq!(both, scopes(&["customers:read", "tickets:read"]).unwrap());
        assert_eq!(both.texts(), ["customers:read", "tickets:read"]);
        assert_eq!(Scopes::ALL.texts(), Area::ALL.map(Area::name));
    }
}
