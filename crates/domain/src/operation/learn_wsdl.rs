use super::{Deleted, Operation, listing};
use crate::access::Access;
use crate::error::Stop;
use crate::field::Field;
use crate::filter::Selection;
use crate::kind::Kind;
use crate::record::Record;
use crate::rule;
use crate::scope::Area;
use crate::value::Value;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Keeps the WSDL of another installation, in place of the one that was kept of the same port. Whether it can be spoken,
/// the dialect has found out.
#[derive(Debug)]
pub struct LearnWsdl {
    /// The dialect that speaks it.
    pub dialect: String,
    /// Its port.
    pub port: String,
    /// The text.
    pub text: String,
    /// What differs.
    pub differences: Vec<String>,
}

impl Operation for LearnWsdl {
    type Output = Arc<Record>;
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = true;
    const SCANS: bool = true;

    fn area(&self) -> Area {
        Area::Administration
    }

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Record>, Stop> {
        let (tenant, kind) = (cx.caller.tenant, Kind::Wsdl);
        let page = listing::page(set, cx, kind, Selection { limit: 200, ..Selection::default() })?;
        let same = |known: &&Record| {
            known.text(Field::Dialect) == self.dialect && known.text(Field::Port) == self.port && !known.is_deleted()
        };
        let before = match page.records.iter().find(same).map(|known| known.id) {
            Some(id) => Some(rule::find(set, cx, kind, id, Deleted::Shown)?),
            None => None,
        };
        let mut record = match &before {
            Some(before) => Record::clone(before),
            None => {
                let id = set.next_id(tenant, kind)?;
                Record::new(kind, tenant.part_of(id), id)
            }
        };
        record.set(Field::Dialect, Some(self.dialect.as_str().into()))?;
        record.set(Field::Port, Some(self.port.as_str().into()))?;
        record.set(Field::Text, Some(self.text.as_str().into()))?;
        record.set(Field::Differences, Some(Value::Texts(self.differences.clone())))?;
        rule::put(record, before.as_deref(), set, cx)
    }
}
