use super::Operation;
use crate::access::Access;
use crate::credential::{Space, UniqueKey};
use crate::error::{Error, Stop};
use crate::kind::Kind;
use crate::tenant::Tenant;
use crate::working_set::{Context, WorkingSet};

/// Finds a tenant by what a request says of it.
#[derive(Debug)]
pub enum FindTenant {
    /// The name, in any case. That there is none is an error.
    Named(String),
    /// The host name that the request was sent to. One that leads to no tenant leads to the default one.
    At(String),
}

impl Operation for FindTenant {
    type Output = Tenant;
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = false;

    fn decide(&self, set: &mut WorkingSet, _: &Context) -> Result<Tenant, Stop> {
        let (space, text) = match self {
            Self::Named(name) => (Space::TenantName, name),
            Self::At(host) => (Space::TenantHost, host),
        };
        let record = set.owner(Kind::Tenant, &UniqueKey::new(Tenant::DEFAULT, space, text))?;
        match (record, self) {
            (Some(record), _) => Tenant::of(record.id, set),
            (None, Self::At(_)) => Ok(Tenant::DEFAULT),
            (None, Self::Named(name)) => Err(Error::not_found(format!("There is no tenant \"{name}\"")).into()),
        }
    }
}
