//! A new password by mail. The vendor mails the one that there is; here only its hash is kept.

use super::super::errors::{Code, Refused};
use super::{Call, Outcome, customers};
use domain::error::Reason;
use domain::{Error, Field};

pub(in super::super) async fn send(call: Call<'_>) -> Outcome {
    let unsent = |error: Error| match error.reason {
        Reason::Unsupported => Refused::new(Code::OperationIllegal, error),
        _ => error.into(),
    };
    call.state.demand_mailer().map_err(unsent)?;
    let portal = customers::portal(&call);
    let found = customers::with_email(&call, &portal, call.text("emailCode").trim()).await?;
    let found = found.into_iter().find(|(customer, _)| !customer.text(Field::Username).is_empty());
    let (customer, to) = found.ok_or_else(|| {
        let text = "No customer who can log in has this e-mail address";
        Refused::new(Code::UnknownCustomer, Error::not_found(text))
    })?;
    call.state.mail_password(&customer, to, &portal, call.origin(&portal)).await.map_err(unsent)?;
    Ok(call.output())
}
