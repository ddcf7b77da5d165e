use super::{FoundUser, Operation};
use crate::access::{Access, Caller, Role};
use crate::credential::{Space, UniqueKey};
use crate::customer::Customer;
use crate::error::Stop;
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::tenant::Tenant;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Finds a customer by user name, so that a password can be checked against the hash. The caller is anonymous and names
/// the tenant.
#[derive(Debug)]
pub struct FindCustomer {
    /// The user name.
    pub username: String,
}

impl Operation for FindCustomer {
    type Output = Option<FoundUser>;
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = false;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Option<FoundUser>, Stop> {
        let tenant = cx.caller.tenant;
        let key = UniqueKey::new(tenant, Space::CustomerUsername, &self.username);
        let Some(record) = set.owner(Kind::Customer, &key)? else { return Ok(None) };
        let caller = customer_caller(&record, tenant, set)?;
        let password = record.text(Field::Password);
        // Without a password nobody signs in, whatever they say.
        let found = caller.filter(|_| !password.is_empty());
        Ok(found.map(|caller| FoundUser { caller, password: password.to_owned() }))
    }
}

/// The caller that a customer is; `None` for a deleted one and in a tenant that is disabled.
pub(super) fn customer_caller(
    record: &Arc<Record>,
    tenant: Tenant,
    set: &mut WorkingSet,
) -> Result<Option<Caller>, Stop> {
    let settings = set.record_at((Kind::Tenant, crate::Part::GLOBAL, tenant.number))?;
    let closed = settings.is_none_or(|tenant| tenant.flag(Field::Disabled));
    if closed || Customer(Arc::clone(record)).is_deleted() {
        return Ok(None);
    }
    Ok(Some(Caller {
        // Never their own words: this stays in the history when they are erased.
        name: format!("customer {}", record.id),
        role: Role::Customer,
        customer: Some(record.id),
        ..Caller::anonymous(tenant)
    }))
}
