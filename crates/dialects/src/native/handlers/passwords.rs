//! Passwords of customers: one is tried, or a new one is mailed.

use super::{id, texts};
use crate::native::NAME;
use crate::native::errors::Problem;
use crate::native::wire::{self, Query};
use crate::route::Call;
use crate::sign_in::Credential;
use bytes::Bytes;
use domain::error::Reason;
use domain::operation::{Deleted, ReadRecord};
use domain::{Error, Field, Kind};
use http::{Response, StatusCode};

type Answer = Result<Response<Bytes>, Problem>;

/// Wrong ones are counted as wrong sign-ins are.
pub(in crate::native) async fn check(call: Call<'_>, _: Query<'_>) -> Answer {
    let [name, password] = texts(&call, ["username", "password"])?;
    let credential = Credential::Customer { name: &name, password: &password };
    let customer = match call.state.sign_in(call.request, NAME, credential).await {
        Ok(caller) => caller.customer,
        Err(error) if error.reason == Reason::Unauthenticated => None,
        Err(error) => return Err(error.into()),
    };
    Ok(wire::answer(StatusCode::OK, |object| {
        object.put("customer", customer);
    }))
}

pub(in crate::native) async fn send(call: Call<'_>, _: Query<'_>) -> Answer {
    let id = id(&call)?;
    call.state.demand_mailer()?;
    let customer = call.run(ReadRecord { kind: Kind::Customer, id, deleted: Deleted::Hidden }).await?;
    let lacks = |field| Error::new(Reason::Required, "This customer has no user name or no e-mail address").at(field);
    if customer.text(Field::Username).is_empty() {
        return Err(lacks(Field::Username).into());
    }
    let to = customer.texts(Field::Emails).first().cloned().ok_or_else(|| lacks(Field::Emails))?;
    call.state.mail_password(&customer, to, &call.caller, call.origin()).await?;
    Ok(wire::done())
}
