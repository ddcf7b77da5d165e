//! Who calls, and what they may do.

use crate::error::{Error, Reason};
use crate::tenant::Tenant;

/// What an operation needs of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Nothing: it is how a caller signs in.
    SignIn,
    /// Read customers, companies and tickets.
    Read,
    /// Change them.
    Write,
    /// Change who may do what: users, keys, tenants, settings.
    Manage,
}

/// What a user or a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Nobody yet: only sign-in.
    Anonymous,
    /// Reads.
    Viewer,
    /// Reads and writes customers and tickets.
    Agent,
    /// Everything.
    Admin,
}

impl Role {
    /// The names of the roles that can be given.
    pub const NAMES: &'static [&'static str] = &["viewer", "agent", "admin"];

    /// The role of that name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "viewer" => Some(Self::Viewer),
            "agent" => Some(Self::Agent),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }

    /// Whether it suffices.
    pub const fn allows(self, access: Access) -> bool {
        match access {
            Access::SignIn => true,
            Access::Read => !matches!(self, Self::Anonymous),
            Access::Write => matches!(self, Self::Agent | Self::Admin),
            Access::Manage => matches!(self, Self::Admin),
        }
    }
}

/// A caller: proven, or [`anonymous`](Self::anonymous).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The tenant whose records they reach.
    pub tenant: Tenant,
    /// The login or key name, as the history shows it. Never a secret.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The user, if the credential is a user's.
    pub user: Option<i64>,
    /// Whether the credential works only while the server listens on nothing but loopback addresses.
    pub loopback_only: bool,
}

impl Caller {
    /// Somebody who has not signed in.
    pub const fn anonymous(tenant: Tenant) -> Self {
        Self { tenant, name: String::new(), role: Role::Anonymous, user: None, loopback_only: false }
    }

    /// # Errors
    /// `Unauthenticated` for nobody, `Forbidden` for somebody whose role does not suffice.
    pub fn demand(&self, access: Access) -> Result<(), Error> {
        if self.role.allows(access) {
            return Ok(());
        }
        if self.role == Role::Anonymous {
            return Err(Error::new(Reason::Unauthenticated, "Sign in first"));
        }
        let what = match access {
            Access::SignIn | Access::Read => "read",
            Access::Write => "change customers",
            Access::Manage => "manage users, keys and settings",
        };
        Err(Error::new(Reason::Forbidden, format!("{} may not {what}", self.name)))
    }
}
