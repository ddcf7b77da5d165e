//! Who calls, and what they may do.

use crate::error::{Error, Reason};
use crate::field::Field;
use crate::network::Network;
use crate::record::Time;
use crate::rehearsal::Rehearsal;
use crate::scope::{Area, Scopes};
use crate::tenant::Tenant;
use core::net::IpAddr;

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

/// What a user or a key may do, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Nobody yet: only sign-in.
    Anonymous,
    /// A customer who signed in: their own record and tickets. Only a session gives it.
    Customer,
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

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Customer => "customer",
            Self::Viewer => "viewer",
            Self::Agent => "agent",
            Self::Admin => "admin",
        }
    }

    /// Whether it suffices.
    pub const fn allows(self, access: Access) -> bool {
        match access {
            Access::SignIn => true,
            Access::Read => !matches!(self, Self::Anonymous),
            Access::Write => matches!(self, Self::Customer | Self::Agent | Self::Admin),
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
    /// What they are to Bing Ads, one of [`BING_ROLE`](crate::choice::BING_ROLE), where their user says so. It never adds
    /// to what the role allows.
    pub bing_role: Option<&'static str>,
    /// The user, if the credential is a user's.
    pub user: Option<i64>,
    /// The key, if the credential is one.
    pub key: Option<i64>,
    /// The token, if the credential is one.
    pub token: Option<i64>,
    /// The customer who calls, if it is one. They see nothing but what is theirs: an operation that does not see to it
    /// refuses them, see [`Operation::FOR_CUSTOMERS`](crate::Operation::FOR_CUSTOMERS).
    pub customer: Option<i64>,
    /// What of the tenant they reach.
    pub scopes: Scopes,
    /// Where they may call from; anywhere when there is none.
    pub networks: Vec<Network>,
    /// When the credential ends.
    pub expires_at: Option<Time>,
    /// The fields that they see masked.
    pub masked: Vec<Field>,
    /// Whether the credential works only while the server listens on nothing but loopback addresses.
    pub loopback_only: bool,
    /// Whether nothing that they do is kept.
    pub rehearsal: Option<Rehearsal>,
}

impl Caller {
    /// Somebody who has not signed in.
    pub const fn anonymous(tenant: Tenant) -> Self {
        Self {
            tenant,
            name: String::new(),
            role: Role::Anonymous,
            bing_role: None,
            user: None,
            key: None,
            token: None,
            customer: None,
            scopes: Scopes::ALL,
            networks: Vec::new(),
            expires_at: None,
            masked: Vec::new(),
            loopback_only: false,
            rehearsal: None,
        }
    }

    /// Whether they may call from that address.
    pub fn may_call_from(&self, address: IpAddr) -> bool {
        self.networks.is_empty() || self.networks.iter().any(|network| network.contains(address))
    }

    /// Demands it somewhere: what a dialect asks before it reads a body.
    ///
    /// # Errors
    /// As of [`demand_in`](Self::demand_in).
    pub fn demand(&self, access: Access) -> Result<(), Error> {
        let reached = Area::ALL.into_iter().find(|area| self.scopes.allow(access, *area));
        if reached.is_none() && self.role.allows(access) {
            let text = format!("The scopes of {} do not reach this anywhere", self.name);
            return Err(Error::new(Reason::Forbidden, text));
        }
        self.demand_in(access, reached.unwrap_or(Area::Administration))
    }

    /// Demands it of an area.
    ///
    /// # Errors
    /// `Unauthenticated` for nobody, `Forbidden` for somebody whose role or scopes do not suffice.
    pub fn demand_in(&self, access: Access, area: Area) -> Result<(), Error> {
        if self.role.allows(access) {
            if self.scopes.allow(access, area) {
                return Ok(());
            }
            let text = format!("The scopes of {} do not reach this: it needs {}", self.name, area.name());
            return Err(Error::new(Reason::Forbidden, text));
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
