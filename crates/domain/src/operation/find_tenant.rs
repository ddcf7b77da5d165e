use super::Operation;
use crate::access::Access;
use crate::credential::{Space, UniqueKey};
use crate::error::{Error, Stop};
use crate::kind::Kind;
use crate::tenant::Tenant;
use crate::working_set::{Context, WorkingSet};

/// Finds a tenant by its name.
#[derive(Debug)]
pub struct FindTenant {
    /// The name, in any case.
    pub name: String,
}

impl Operation for FindTenant {
    type Output = Tenant;
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = false;

    fn decide(&self, set: &mut WorkingSet, _: &Context) -> Result<Tenant, Stop> {
        let key = UniqueKey::new(Tenant::DEFAULT, Space::TenantName, &self.name);
        let record = set.owner(Kind::Tenant, &key)?;
        let record = record.ok_or_else(|| Error::not_found(format!("There is no tenant \"{}\"", self.name)))?;
        Tenant::of(record.id, set)
    }
}
