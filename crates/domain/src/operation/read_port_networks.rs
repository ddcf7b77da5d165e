use super::Operation;
use crate::access::Access;
use crate::error::{Error, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::port_networks::PortNetworks;
use crate::record::Part;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Reads which networks the ports of the caller's tenant may be called from. What of it cannot be read closes all ports.
#[derive(Debug)]
pub struct ReadPortNetworks;

impl Operation for ReadPortNetworks {
    type Output = Arc<PortNetworks>;
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = false;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<PortNetworks>, Stop> {
        let tenant = set.record_at((Kind::Tenant, Part::GLOBAL, cx.caller.tenant.number))?;
        let tenant = tenant.ok_or_else(|| Error::internal("a tenant without a record"))?;
        let networks = PortNetworks::read(tenant.texts(Field::PortNetworks)).map_err(Error::internal)?;
        Ok(Arc::new(networks))
    }
}
