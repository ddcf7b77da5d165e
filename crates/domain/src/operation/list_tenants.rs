use super::Operation;
use crate::access::Access;
use crate::error::Stop;
use crate::field::Field;
use crate::filter::{Query, Selection};
use crate::kind::Kind;
use crate::tenant::Tenant;
use crate::working_set::{Context, WorkingSet};

/// Lists the tenants by their numbers, for what the server does for each of them.
#[derive(Debug)]
pub struct ListTenants {
    /// Those with greater numbers.
    pub after: i64,
    /// How many at most.
    pub limit: u32,
}

impl Operation for ListTenants {
    type Output = Vec<Tenant>;
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = false;
    const SCANS: bool = true;

    fn decide(&self, set: &mut WorkingSet, _: &Context) -> Result<Vec<Tenant>, Stop> {
        let after = crate::filter::Position { values: Vec::new(), id: self.after };
        let selection = Selection { after: Some(after), limit: self.limit, ..Selection::default() };
        let page = set.list(&Query { kind: Kind::Tenant, tenant: Tenant::NONE, selection })?;
        let buckets = |number: Option<i64>| number.and_then(|buckets| u32::try_from(buckets).ok()).unwrap_or(1).max(1);
        let tenant =
            |record: &crate::Record| Tenant { number: record.id, buckets: buckets(record.number(Field::Buckets)) };
        Ok(page.records.iter().map(tenant).collect())
    }
}
