use super::Operation;
use crate::access::Access;
use crate::error::Stop;
use crate::field::Field;
use crate::filter::{Order, Query, Selection};
use crate::kind::Kind;
use crate::working_set::{Context, WorkingSet};

/// Removes sessions that have ended, those that ended first before others.
#[derive(Debug)]
pub struct PurgeSessions {
    /// How many at most.
    pub limit: u32,
}

impl Operation for PurgeSessions {
    /// How many were removed.
    type Output = usize;
    const ACCESS: Access = Access::Manage;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<usize, Stop> {
        let tenant = cx.caller.tenant;
        let order = vec![Order { field: Field::ExpiresAt, descending: false }];
        let selection = Selection { order, limit: self.limit, ..Selection::default() };
        let page = set.list(&Query { kind: Kind::Session, tenant, selection })?;
        let ended = |number: Option<i64>| number.is_none_or(|end| end <= cx.now.0);
        let (mut sessions, mut missing) = (Vec::new(), false);
        for listed in page.records.iter().take_while(|session| ended(session.number(Field::ExpiresAt))) {
            // The page is from before this batch: somebody may just have taken over the row for another session.
            match set.record(tenant, Kind::Session, listed.id) {
                Ok(session) => sessions.extend(session),
                Err(Stop::Missing) => missing = true,
                Err(stop) => return Err(stop),
            }
        }
        if missing {
            return Err(Stop::Missing);
        }
        sessions.retain(|session| ended(session.number(Field::ExpiresAt)));
        let removed = sessions.len();
        sessions.into_iter().try_for_each(|session| set.remove(session, tenant))?;
        Ok(removed)
    }
}
