use super::Operation;
use crate::access::Access;
use crate::credential::{Space, UniqueKey};
use crate::error::Stop;
use crate::field::Field;
use crate::kind::Kind;
use crate::tenant::Tenant;
use crate::working_set::{Context, WorkingSet};

/// Ends what a program was given (RFC 7009), whichever half of it is shown: what is called with, or what renews it. What
/// is not the program's own, or nobody's, is left as it is.
#[derive(Debug)]
pub struct RevokeToken {
    /// SHA-256, in hexadecimal, of what is called with, if it is that.
    pub access: String,
    /// Of the part of what renews it that stays the same, if it is that.
    pub family: String,
    /// The program that shows it.
    pub client: String,
}

impl Operation for RevokeToken {
    type Output = ();
    const ACCESS: Access = Access::SignIn;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, _: &Context) -> Result<(), Stop> {
        for (space, digest) in [(Space::TokenDigest, &self.access), (Space::FamilyDigest, &self.family)] {
            let token = set.owner(Kind::Token, &UniqueKey::new(Tenant::DEFAULT, space, digest))?;
            if let Some(token) = token.filter(|token| token.text(Field::Client) == self.client) {
                let tenant = Tenant::of(token.part.tenant_number(), set)?;
                return set.remove(token, tenant);
            }
        }
        Ok(())
    }
}
