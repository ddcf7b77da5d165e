use super::Operation;
use super::caller_of::{caller_of, check_expiry};
use crate::access::{Access, Caller};
use crate::credential::{Space, UniqueKey};
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Time;
use crate::scope::Scopes;
use crate::session::stamp;
use crate::tenant::Tenant;
use crate::working_set::{Context, WorkingSet};

/// Finds who signs in with a key, or without a name with a token. The digest finds the record, so an unknown name and a
/// wrong key take the same way and the same time.
#[derive(Debug)]
pub struct FindKey {
    /// SHA-256 of the key in hexadecimal.
    pub digest: String,
    /// The name that the wire carries beside the key, if it carries one.
    pub name: Option<String>,
    /// The dialect it came through.
    pub dialect: &'static str,
}

impl Operation for FindKey {
    type Output = Caller;
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = false;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Caller, Stop> {
        let wrong = || Stop::from(Error::new(Reason::Unauthenticated, "Unknown name or wrong secret"));
        let key = UniqueKey::new(Tenant::DEFAULT, Space::Digest, &self.digest);
        let Some(record) = set.owner(Kind::Key, &key)? else { return self.token(set, cx)?.ok_or_else(wrong) };
        let tenant = Tenant::of(record.part.tenant_number(), set)?;
        if self.name.as_ref().is_some_and(|name| name != record.text(Field::Username)) {
            return Err(wrong());
        }
        let mut caller = caller_of(&record, tenant, self.dialect, set)?.ok_or_else(wrong)?;
        // A key of a user is that user's, and ends with them.
        if let Some(id) = record.number(Field::UserId) {
            let user = set.record(tenant, Kind::User, id)?.ok_or_else(wrong)?;
            let owner = caller_of(&user, tenant, self.dialect, set)?.ok_or_else(wrong)?;
            check_expiry(&owner, cx.now)?;
            caller.user = Some(id);
            caller.role = caller.role.min(owner.role);
            caller.bing_role = owner.bing_role;
            caller.scopes = caller.scopes.and(owner.scopes);
            caller.masked = if owner.masked.is_empty() { caller.masked } else { owner.masked };
        }
        if record.text(Field::Digest) != self.digest {
            // It is the key before this one, whose time is running out.
            let until = Time(record.number(Field::PreviousUntil).unwrap_or(0));
            caller.expires_at = Some(caller.expires_at.map_or(until, |end| end.min(until)));
        }
        check_expiry(&caller, cx.now)?;
        Ok(caller)
    }
}

impl FindKey {
    fn token(&self, set: &mut WorkingSet, cx: &Context) -> Result<Option<Caller>, Stop> {
        let key = UniqueKey::new(Tenant::DEFAULT, Space::TokenDigest, &self.digest);
        let Some(token) = set.owner(Kind::Token, &key)?.filter(|_| self.name.is_none()) else { return Ok(None) };
        let tenant = Tenant::of(token.part.tenant_number(), set)?;
        let Some(user) = set.record(tenant, Kind::User, token.number(Field::UserId).unwrap_or(0))? else {
            return Ok(None);
        };
        let dialects = token.texts(Field::Dialects);
        let admitted = dialects.is_empty() || dialects.iter().any(|known| known == self.dialect);
        let same_password = token.text(Field::Stamp) == stamp(user.text(Field::Password));
        let (Some(mut caller), Ok(scopes)) =
            (caller_of(&user, tenant, self.dialect, set)?, Scopes::read(token.texts(Field::Scopes)))
        else {
            return Ok(None);
        };
        if !admitted || !same_password {
            return Ok(None);
        }
        check_expiry(&caller, cx.now)?;
        caller.token = Some(token.id);
        caller.scopes = caller.scopes.and(scopes);
        caller.expires_at = token.number(Field::ExpiresAt).map(Time);
        check_expiry(&caller, cx.now)?;
        Ok(Some(caller))
    }
}
