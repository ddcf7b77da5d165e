use super::{Deleted, Operation};
use crate::access::Access;
use crate::error::{Error, Stop};
use crate::kind::Kind;
use crate::record::Record;
use crate::rule;
use crate::working_set::{Context, WorkingSet};
use std::sync::Arc;

/// Reads the user who calls, which everybody may.
#[derive(Debug)]
pub struct ReadSelf;

impl Operation for ReadSelf {
    type Output = Arc<Record>;
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = false;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Arc<Record>, Stop> {
        let id = cx.caller.user.ok_or_else(|| Error::not_found("No user calls, but a program"))?;
        rule::find(set, cx, Kind::User, id, Deleted::Shown)
    }
}
