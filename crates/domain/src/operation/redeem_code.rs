use super::Operation;
use super::renew_token::{Granted, Grants};
use crate::access::Access;
use crate::credential::{Space, UniqueKey};
use crate::error::Stop;
use crate::field::Field;
use crate::kind::Kind;
use crate::tenant::Tenant;
use crate::working_set::{Context, WorkingSet};

/// Gives a program its first token for a code. A code that comes again was stolen, now or before: what it was redeemed for
/// ends.
#[derive(Debug)]
pub struct RedeemCode {
    /// SHA-256 of the code in hexadecimal.
    pub digest: String,
    /// The program that redeems it.
    pub client: String,
    /// Where it was sent.
    pub redirect_uri: String,
    /// SHA-256 in hexadecimal of what the program knows, if it shows it.
    pub challenge: Option<String>,
    /// What it is to get.
    pub grants: Grants,
}

impl Operation for RedeemCode {
    type Output = Granted;
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Granted, Stop> {
        let key = UniqueKey::new(Tenant::DEFAULT, Space::CodeDigest, &self.digest);
        let Some(token) = set.owner(Kind::Token, &key)? else { return Ok(Granted::Refused) };
        let tenant = Tenant::of(token.part.tenant_number(), set)?;
        if !token.text(Field::Digest).is_empty() {
            set.remove(token, tenant)?;
            return Ok(Granted::Stolen);
        }
        let over = token.number(Field::ExpiresAt).is_none_or(|end| end <= cx.now.0);
        let shown = self.challenge.as_deref().unwrap_or_default();
        let fits = token.text(Field::Client) == self.client
            && token.text(Field::Url) == self.redirect_uri
            && token.text(Field::Challenge) == shown;
        if over || !fits {
            // Whoever tries what does not fit has a code that is not theirs: nobody redeems it any more.
            set.remove(token, tenant)?;
            return Ok(Granted::Refused);
        }
        self.grants.give(&token, tenant, set, cx)
    }
}
