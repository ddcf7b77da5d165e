use crate::access::{Caller, Role};
use crate::choice;
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::record::{Record, Time};
use crate::scope::Scopes;
use crate::tenant::Tenant;
use crate::working_set::WorkingSet;

/// The caller that a user's or a key's record makes; `None` when it is not for this dialect, or not at all. What in it
/// cannot be read closes the door rather than opening it.
pub(super) fn caller_of(
    record: &Record,
    tenant: Tenant,
    dialect: &str,
    set: &mut WorkingSet,
) -> Result<Option<Caller>, Stop> {
    let settings = set.record_at((Kind::Tenant, crate::Part::GLOBAL, tenant.number))?;
    let dialects = record.texts(Field::Dialects);
    let admitted = dialects.is_empty() || dialects.iter().any(|known| known == dialect);
    let closed = settings.as_ref().is_none_or(|tenant| tenant.flag(Field::Disabled));
    if !admitted || closed || record.flag(Field::Disabled) {
        return Ok(None);
    }
    let networks = record.texts(Field::Networks).iter().map(|text| text.parse().ok()).collect::<Option<Vec<_>>>();
    let (Some(role), Ok(scopes), Some(networks)) =
        (Role::named(record.text(Field::Role)), Scopes::read(record.texts(Field::Scopes)), networks)
    else {
        return Ok(None);
    };
    let mut caller = Caller {
        name: record.text(Field::Username).to_owned(),
        role,
        bing_role: choice::BING_ROLE.iter().find(|role| **role == record.text(Field::BingRole)).copied(),
        scopes,
        networks,
        expires_at: record.number(Field::ExpiresAt).map(Time),
        loopback_only: record.flag(Field::LoopbackOnly),
        ..Caller::anonymous(tenant)
    };
    match record.kind {
        Kind::User => caller.user = Some(record.id),
        _ => caller.key = Some(record.id),
    }
    if let Some(settings) = settings.filter(|_| role == Role::Viewer) {
        caller.masked = settings.texts(Field::MaskedFields).iter().filter_map(|name| Field::named(name)).collect();
    }
    Ok(Some(caller))
}

/// # Errors
/// `Unauthenticated` at the field for a credential whose time is over.
pub(super) fn check_expiry(caller: &Caller, now: Time) -> Result<(), Error> {
    match caller.expires_at {
        Some(end) if end <= now => {
            Err(Error::new(Reason::Unauthenticated, "This credential has expired").at(Field::ExpiresAt))
        }
        _ => Ok(()),
    }
}
