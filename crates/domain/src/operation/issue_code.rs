use super::Operation;
use crate::access::Access;
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::Record;
use crate::session::stamp;
use crate::token::CODE_LIFETIME;
use crate::value::Value;
use crate::working_set::{Context, WorkingSet};

/// Lets a program act for the caller, who is a user and agreed to it: it gets a token for the code, once and soon.
#[derive(Debug)]
pub struct IssueCode {
    /// SHA-256 of the code in hexadecimal. The code is random.
    pub digest: String,
    /// The program, by the id that it is registered under.
    pub client: String,
    /// Where the code is sent: the same must be named when it is redeemed.
    pub redirect_uri: String,
    /// SHA-256 in hexadecimal of what whoever redeems it must know (RFC 7636); none where nobody but the user sees it.
    pub challenge: Option<String>,
    /// The dialects that the token is for.
    pub dialects: Vec<String>,
}

impl Operation for IssueCode {
    type Output = ();
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<(), Stop> {
        let tenant = cx.caller.tenant;
        // A token is never more than its user; a key or token of theirs may be less.
        let own = cx.caller.key.is_none() && cx.caller.token.is_none();
        let Some(user) = cx.caller.user.filter(|_| own) else {
            return Err(Error::new(Reason::Forbidden, "Only who signed in with a password lets a program in").into());
        };
        let user = set.record(tenant, Kind::User, user)?.ok_or_else(|| Error::not_found("There is no such user"))?;
        let id = set.next_id(tenant, Kind::Token)?;
        let mut token = Record::new(Kind::Token, tenant.part_of(id), id);
        let until = cx.now.plus_seconds(CODE_LIFETIME);
        for (field, value) in [
            (Field::CodeDigest, self.digest.as_str().into()),
            (Field::UserId, user.id.into()),
            (Field::Client, self.client.as_str().into()),
            (Field::Url, self.redirect_uri.as_str().into()),
            (Field::Dialects, Value::Texts(self.dialects.clone())),
            (Field::StartedAt, cx.now.0.into()),
            (Field::ExpiresAt, until.0.into()),
            (Field::KeptUntil, until.0.into()),
            (Field::Stamp, stamp(user.text(Field::Password)).into()),
        ] {
            token.set(field, Some(value))?;
        }
        token.set(Field::Challenge, self.challenge.as_deref().map(Value::from))?;
        set.put(token, cx)?;
        Ok(())
    }
}
