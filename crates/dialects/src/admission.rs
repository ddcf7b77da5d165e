//! Which addresses the ports of an API may be called from.

use crate::memory::lock;
use crate::request::Request;
use crate::state::State;
use domain::operation::ReadPortNetworks;
use domain::port_networks::PortNetworks;
use domain::tenant::Tenant;
use domain::{Caller, Error};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// What the tenants say, and what [`App::credentials_epoch`](domain::App::credentials_epoch) was then.
#[derive(Default)]
pub(crate) struct Admission(Mutex<HashMap<i64, (u64, Arc<PortNetworks>)>>);

impl State {
    /// Admits a request to a port of a tenant.
    ///
    /// # Errors
    /// `Forbidden` for an address that the tenant keeps from that port; what the store refuses with.
    pub(crate) async fn admit(
        &self,
        request: &Request,
        dialect: &str,
        tenant: Tenant,
        port: &'static str,
    ) -> Result<(), Error> {
        // Taken before the look: what changes meanwhile is found by the next one.
        let epoch = self.app.credentials_epoch();
        let known = lock(&self.admission.0).get(&tenant.number).filter(|(then, _)| *then == epoch).cloned();
        let networks = match known {
            Some((_, networks)) => networks,
            None => {
                let nobody = Arc::new(Caller::anonymous(tenant));
                let networks = self.run(ReadPortNetworks, &nobody, request.origin(dialect, "sign-in", &nobody)).await?;
                lock(&self.admission.0).insert(tenant.number, (epoch, Arc::clone(&networks)));
                networks
            }
        };
        networks.admit(port, request.address)
    }
}
