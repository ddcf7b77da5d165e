//! Addresses that are told of changes: `samerow webhook <verb>`.

use clap::Subcommand;
use serde_json::json;

use super::client::{Ask, Remote};
use super::record::{self, Noun, Pages, Verb};
use super::show::{self, As};
use super::{Exit, Failed, print};

#[derive(Subcommand)]
pub(super) enum Webhook {
    #[command(flatten)]
    Record(Verb),
    /// Give one its next secret, shown once; the present one signs too for a day.
    Rotate(One),
    /// Send one event of no change, and say what came of it.
    Test(One),
    /// Show how far one has been told.
    Delivery(One),
    /// Have all events after a cursor sent again; `now` leaves out those that wait.
    Replay {
        /// The cursor of an event, or now.
        #[arg(long)]
        after: String,
        #[command(flatten)]
        one: One,
    },
    /// List the events that were given up.
    DeadLetters {
        /// How many at most.
        #[arg(long, default_value_t = 50)]
        limit: usize,
        #[command(flatten)]
        one: One,
    },
    /// Send an event that was given up once more; one that is taken is gone.
    Resend {
        /// The dead letter.
        #[arg(long)]
        letter: u32,
        #[command(flatten)]
        one: One,
    },
    /// Forget an event that was given up.
    Forget {
        /// The dead letter.
        #[arg(long)]
        letter: u32,
        #[command(flatten)]
        one: One,
    },
}

#[derive(clap::Args)]
pub(super) struct One {
    /// The id of the webhook.
    id: u32,
    #[command(flatten)]
    show: As,
    #[command(flatten)]
    remote: Remote,
}

impl One {
    fn path(&self, rest: &str) -> String {
        format!("/v1/webhooks/{}{rest}", self.id)
    }

    fn print(&self, ask: Ask) -> Result<Exit, Failed> {
        print(&self.show.record(&self.remote.open()?.json(ask)?))
    }

    /// Sends something, which the receiver may not take.
    fn send(&self, ask: Ask) -> Result<Exit, Failed> {
        let sent = self.remote.open()?.json(ask)?;
        print(&self.show.record(&sent))?;
        Ok(if sent["delivered"] == true { Exit::Ok } else { Exit::Failed })
    }
}

pub(super) fn run(verb: Webhook) -> Result<Exit, Failed> {
    match verb {
        Webhook::Record(verb) => {
            record::run(&Noun { path: "webhooks", columns: &["name", "url", "kinds", "disabled", "problem"] }, &verb)
        }
        Webhook::Rotate(one) => one.print(Ask::act(one.path("/rotate-secret"))),
        Webhook::Test(one) => one.send(Ask::act(one.path("/test"))),
        Webhook::Delivery(one) => one.print(Ask::get(one.path("/delivery"))),
        Webhook::Replay { after, one } => one.print(Ask::post(one.path("/replay"), &json!({ "after": after }))),
        Webhook::DeadLetters { limit, one } => {
            let pages = Pages { path: one.path("/dead-letters"), query: String::new(), limit };
            let columns = ["id", "event", "problem", "created_at"];
            pages.print(&one.remote.open()?, one.show, |items| show::table(items, &columns))
        }
        Webhook::Resend { letter, one } => one.send(Ask::act(one.path(&format!("/dead-letters/{letter}/replay")))),
        Webhook::Forget { letter, one } => {
            let ask = Ask::delete(one.path(&format!("/dead-letters/{letter}")));
            one.remote.open()?.ask(ask).map(|_: http::Response<_>| Exit::Ok)
        }
    }
}
