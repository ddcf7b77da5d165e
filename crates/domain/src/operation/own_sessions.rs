use super::Operation;
use crate::access::Access;
use crate::error::{Error, Stop};
use crate::field::Field;
use crate::filter::{Condition, Query, Selection, Test};
use crate::kind::Kind;
use crate::record::Record;
use crate::session::PER_SUBJECT;
use crate::working_set::{Context, WorkingSet};

/// Sessions that are listed: those of several dialects.
const MAX: usize = 8 * PER_SUBJECT;

/// Lists the sessions of the user who calls, also those that have ended and are still kept: everybody may see where they
/// are signed in.
#[derive(Debug)]
pub struct OwnSessions;

impl Operation for OwnSessions {
    type Output = Vec<Record>;
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = false;
    const SCANS: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Vec<Record>, Stop> {
        let id = cx.caller.user.ok_or_else(|| Error::not_found("No user calls, but a program"))?;
        let filter = Condition::new(Field::UserId, Test::Is(id.into())).into();
        let selection = Selection { filter, limit: u32::try_from(MAX).unwrap_or(u32::MAX), ..Selection::default() };
        let page = set.list(&Query { kind: Kind::Session, tenant: cx.caller.tenant, selection })?;
        Ok(page.records.clone())
    }
}
