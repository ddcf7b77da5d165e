//! A new password by mail: what is kept is a hash, which nobody can be reminded of.

use crate::mail::Mail;
use crate::state::State;
use domain::error::Reason;
use domain::operation::{CustomerRef, Deleted, UpdateCustomer};
use domain::{Caller, Customer, Edit, Error, Field, Origin, Record};
use std::sync::Arc;

/// Letters and digits of a new password: some 95 bits.
const LENGTH: usize = 16;

impl State {
    /// # Errors
    /// `Unsupported` where no mail is sent.
    pub(crate) fn demand_mailer(&self) -> Result<(), Error> {
        let text = "No mail is sent by this server: its operator can name a mail server (smtp-server)";
        if self.mails.are_sent() { Ok(()) } else { Err(Error::new(Reason::Unsupported, text)) }
    }

    /// Mails a customer, who has a user name, that name and a new password. It is stored once the mail is taken, so that
    /// nobody is left without the old one and without the new.
    ///
    /// # Errors
    /// As of [`demand_mailer`](Self::demand_mailer) and [`Mails::send`](crate::mail::Mails::send); what the store
    /// refuses with after the mail has gone: then the old password works on.
    pub(crate) async fn mail_password(
        &self,
        customer: &Record,
        to: String,
        caller: &Arc<Caller>,
        origin: Origin,
    ) -> Result<(), Error> {
        self.demand_mailer()?;
        let password: String = self.random_key().chars().take(LENGTH).collect();
        let hash = self.hash_password(&password).await?;
        let text = format!(
            "Somebody, probably you, asked for the password of your account.\n\nUser name: {}\nNew password: \
             {password}\n\nThe password that you had does not work any more.\n",
            customer.text(Field::Username)
        );
        let mail = Mail { to, subject: "Your password".to_owned(), text };
        self.mails.send(caller.tenant.number, customer.id, mail, self.app.now()).await?;
        let submission = move |_: &Customer| Ok(vec![Edit::Set(Field::Password, Some(hash.as_str().into()))]);
        let who = vec![CustomerRef::Id(customer.id)];
        let update =
            UpdateCustomer { who, deleted: Deleted::Hidden, respect_lock: false, expected_version: None, submission };
        self.run(update, caller, origin).await.map(drop).map_err(|error| {
            let text = "The mail was sent, but its password could not be stored: the old one works on";
            Error { message: text.into(), ..error }
        })
    }
}
