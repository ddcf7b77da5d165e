use super::Operation;
use crate::access::Access;
use crate::credential::{Space, UniqueKey};
use crate::error::Stop;
use crate::field::Field;
use crate::kind::Kind;
use crate::record::{Record, Time};
use crate::session::stamp;
use crate::tenant::Tenant;
use crate::token::{IDLE, LIFETIME};
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// What a program is given: digests of random texts, in hexadecimal.
#[derive(Clone, Debug)]
pub struct Grants {
    /// Of the token that it calls with.
    pub access: String,
    /// Of the part of what renews it that stays the same; none to keep the present one.
    pub family: Option<String>,
    /// Of the part that is another one each time.
    pub refresh: String,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Granted {
    /// It was given.
    Given {
        /// When the token ends.
        until: Time,
        /// The dialects that it is for.
        dialects: Vec<String>,
        /// The user whose it is.
        user: i64,
    },
    /// What was shown is not good for anything.
    Refused,
    /// What was shown was good once. Somebody has what is not theirs, so all that came of it has ended.
    Stolen,
}

impl Grants {
    /// Puts a token on which the program may call from now on.
    pub(super) fn give(
        &self,
        present: &Arc<Record>,
        tenant: Tenant,
        set: &mut WorkingSet,
        cx: &Context,
    ) -> Result<Granted, Stop> {
        let id = present.number(Field::UserId).unwrap_or(0);
        let user = set.record(tenant, Kind::User, id)?;
        let same_password = |user: &Arc<Record>| present.text(Field::Stamp) == stamp(user.text(Field::Password));
        let Some(user) = user.filter(|user| !user.is_deleted() && same_password(user)) else {
            set.remove(Arc::clone(present), tenant)?;
            return Ok(Granted::Refused);
        };
        let until = cx.now.plus_seconds(LIFETIME);
        let mut token = Record::clone(present);
        for (field, value) in [
            (Field::Digest, Some(self.access.as_str().into())),
            (Field::RefreshDigest, Some(self.refresh.as_str().into())),
            (Field::ExpiresAt, Some(until.0.into())),
            (Field::KeptUntil, Some(cx.now.plus_seconds(IDLE).0.into())),
        ] {
            token.set(field, value)?;
        }
        if let Some(family) = &self.family {
            token.set(Field::FamilyDigest, Some(family.as_str().into()))?;
        }
        let token = set.put(token, cx)?;
        Ok(Granted::Given { until, dialects: token.texts(Field::Dialects).to_vec(), user: user.id })
    }
}

/// Gives a program another token for what renews it, which is another one from now on (RFC 9700, 4.14.2).
#[derive(Debug)]
pub struct RenewToken {
    /// SHA-256, in hexadecimal, of the part that stays the same.
    pub family: String,
    /// Of the part that is another one each time.
    pub refresh: String,
    /// The program that shows it.
    pub client: String,
    /// What it is to get.
    pub grants: Grants,
}

impl Operation for RenewToken {
    type Output = Granted;
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Granted, Stop> {
        let key = UniqueKey::new(Tenant::DEFAULT, Space::FamilyDigest, &self.family);
        let Some(token) = set.owner(Kind::Token, &key)? else { return Ok(Granted::Refused) };
        let tenant = Tenant::of(token.part.tenant_number(), set)?;
        let over = token.number(Field::KeptUntil).is_none_or(|end| end <= cx.now.0);
        if over || token.text(Field::Client) != self.client {
            return Ok(Granted::Refused);
        }
        if token.text(Field::RefreshDigest) != self.refresh {
            set.remove(token, tenant)?;
            return Ok(Granted::Stolen);
        }
        self.grants.give(&token, tenant, set, cx)
    }
}
