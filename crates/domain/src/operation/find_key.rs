use super::Operation;
use crate::access::{Access, Caller, Role};
use crate::credential::{Space, UniqueKey};
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::tenant::Tenant;
use crate::working_set::{Context, WorkingSet};

/// Finds who signs in with a key. The digest of the key finds the record, so an unknown name and a wrong key take the
/// same way and the same time.
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
        let record = set.owner(Kind::Key, &key)?.ok_or_else(wrong)?;
        let tenant = Tenant::of(record.part.tenant_number(), set)?;
        let username = record.text(Field::Username);
        let dialects = record.texts(Field::Dialects);
        let named = self.name.as_ref().is_none_or(|name| name == username);
        let admitted = dialects.is_empty() || dialects.iter().any(|dialect| dialect == self.dialect);
        if !named || !admitted || record.flag(Field::Disabled) {
            return Err(wrong());
        }
        if record.number(Field::ExpiresAt).is_some_and(|end| end <= cx.now.0) {
            return Err(Error::new(Reason::Unauthenticated, "This key has expired").at(Field::ExpiresAt).into());
        }
        let role = Role::named(record.text(Field::Role)).ok_or_else(wrong)?;
        Ok(Caller {
            tenant,
            name: username.to_owned(),
            role,
            user: record.number(Field::UserId),
            loopback_only: record.flag(Field::LoopbackOnly),
        })
    }
}
