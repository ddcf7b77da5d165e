//! Signing in and out.

use super::super::NAME;
use super::super::auth;
use super::super::errors::{Code, Refused, missing};
use super::{Call, Outcome};
use domain::operation::FindCustomer;
use domain::session::Subject;
use domain::{Caller, Error};
use std::sync::Arc;

pub(in super::super) async fn login(call: Call<'_>) -> Outcome {
    let agent = auth::agent(call.state, call.request, credentials(&call), Code::IncorrectLoginUser).await?;
    let subject = agent.user.map(Subject::User).ok_or_else(|| Error::internal("an agent without a user"))?;
    open(&call, &agent, subject).await
}

pub(in super::super) async fn login_as_user(call: Call<'_>) -> Outcome {
    let agent = auth::agent(call.state, call.request, credentials(&call), Code::IncorrectLoginUser).await?;
    let user = call.arguments.integer("userId").unwrap_or(0);
    open(&call, &agent, Subject::User(user)).await
}

pub(in super::super) async fn login_customer(call: Call<'_>) -> Outcome {
    let customer = auth::customer(call.state, call.request, credentials(&call)).await?;
    let subject =
        customer.customer.map(Subject::Customer).ok_or_else(|| Error::internal("a customer without an id"))?;
    open(&call, &customer, subject).await
}

pub(in super::super) async fn login_as_customer(call: Call<'_>) -> Outcome {
    let agent = auth::agent(call.state, call.request, credentials(&call), Code::IncorrectLoginCustomer).await?;
    let username = call.text("customerUsername").to_owned();
    let found = call.run(FindCustomer { username }).await?;
    let customer = found.and_then(|found| found.caller.customer);
    let customer = customer.ok_or_else(|| {
        Refused::new(Code::UnknownCustomer, Error::not_found("No customer who can log in has this user name"))
    })?;
    open(&call, &agent, Subject::Customer(customer)).await
}

pub(in super::super) async fn check_password(call: Call<'_>) -> Outcome {
    auth::customer(call.state, call.request, credentials(&call)).await?;
    Ok(call.output())
}

pub(in super::super) async fn logout(call: Call<'_>) -> Outcome {
    if let Some(session) = &call.session {
        call.state.end_session(call.request, NAME, session).await?;
    }
    Ok(call.output())
}

/// The only method without an error code: what went wrong last in a session.
pub(in super::super) async fn error_message(call: Call<'_>) -> Outcome {
    let key = call.text("sessionKey");
    let found = call.state.find_session(call.request, NAME, key, call.port.is_customers()).await;
    let message = match found {
        Ok(session) => call.state.last_error(&session).unwrap_or_else(|| "No error".to_owned()),
        Err(error) => error.message.into_owned(),
    };
    Ok(call.output().with("errorMessage", message))
}

/// The name and the password in the parameters, which the ports spell in their own ways.
fn credentials<'a>(call: &'a Call<'_>) -> (&'a str, &'a str) {
    let name = if call.has("userName") { "userName" } else { "username" };
    (call.text(name), call.text("password"))
}

async fn open(call: &Call<'_>, caller: &Arc<Caller>, subject: Subject) -> Outcome {
    let unknown = missing(match subject {
        Subject::User(_) => Code::UnknownUserId,
        Subject::Customer(_) => Code::UnknownCustomer,
    });
    let key = call.state.open_session(call.request, NAME, caller, subject).await.map_err(unknown)?;
    Ok(call.output().with("sessionKey", key))
}
