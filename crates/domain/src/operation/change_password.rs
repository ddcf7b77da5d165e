use super::{Deleted, Operation};
use crate::access::Access;
use crate::error::{Error, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::rule;
use crate::working_set::{Context, WorkingSet};

/// Gives the user who calls another password, which everybody may. That they know the present one has been proven by
/// whoever runs this. Their sessions end: each knows the password that it was opened with.
#[derive(Debug)]
pub struct ChangePassword {
    /// The hash of the new one, as a PHC string.
    pub hash: String,
}

impl Operation for ChangePassword {
    type Output = ();
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
        let id = cx.caller.user.ok_or_else(|| Error::not_found("No user calls, but a program"))?;
        let before = rule::find(set, cx, Kind::User, id, Deleted::Hidden)?;
        let mut user = Record::clone(&before);
        user.set(Field::Password, Some(self.hash.as_str().into()))?;
        rule::put(user, Some(&before), set, cx).map(drop)
    }
}
