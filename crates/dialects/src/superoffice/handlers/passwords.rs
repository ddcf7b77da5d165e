//! A new password by mail. The vendor mails the one that there is; here only its hash is kept.

use super::super::errors::{Code, Refused};
use super::{Call, Outcome, customers};
use crate::mail::Mail;
use domain::error::Reason;
use domain::operation::{CustomerRef, Deleted, UpdateCustomer};
use domain::{Customer, Edit, Error, Field};

/// Letters and digits of a new password: some 95 bits.
const LENGTH: usize = 16;

/// Mails a customer their user name and a new password. It is stored once the mail is taken, so that nobody is left
/// without the old one and without the new.
pub(in super::super) async fn send(call: Call<'_>) -> Outcome {
    let mails = &call.state.mails;
    if !mails.are_sent() {
        let text = "No mail is sent by this server: its operator can name a mail server (smtp-server)";
        return Err(Refused::new(Code::OperationIllegal, Error::new(Reason::Unsupported, text)));
    }
    let portal = customers::portal(&call);
    let found = customers::with_email(&call, &portal, call.text("emailCode").trim()).await?;
    let found = found.into_iter().find(|(customer, _)| !customer.text(Field::Username).is_empty());
    let (customer, to) = found.ok_or_else(|| {
        let text = "No customer who can log in has this e-mail address";
        Refused::new(Code::UnknownCustomer, Error::not_found(text))
    })?;
    let password: String = call.state.random_key().chars().take(LENGTH).collect();
    let hash = call.state.hash_password(&password).await?;
    let text = format!(
        "Somebody, probably you, asked for the password of your account.\n\nUser name: {}\nNew password: {password}\n\n\
         The password that you had does not work any more.\n",
        customer.text(Field::Username)
    );
    let mail = Mail { to, subject: "Your password".to_owned(), text };
    mails.send(call.caller.tenant.number, customer.id, mail, call.state.app.now()).await?;
    let submission = move |_: &Customer| Ok(vec![Edit::Set(Field::Password, Some(hash.as_str().into()))]);
    let who = vec![CustomerRef::Id(customer.id)];
    let update =
        UpdateCustomer { who, deleted: Deleted::Hidden, respect_lock: false, expected_version: None, submission };
    call.run_as(&portal, update).await.map_err(|error| {
        let text = "The mail was sent, but its password could not be stored: the old one works on";
        Error { message: text.into(), ..error }
    })?;
    Ok(call.output())
}
