//! What can be done with tickets beyond what can be done with every record: `samerow ticket <verb>`.

use clap::Subcommand;

use super::client::{Ask, Remote};
use super::record::{self, ListOf, Noun, Same, Whole, Written};
use super::show::{self, As};
use super::{Exit, Failed, print};

/// Tickets.
pub(super) const NOUN: Noun =
    Noun { path: "tickets", columns: &["title", "customer", "ticket_status", "category", "updated_at"] };

/// Their messages.
pub(super) const MESSAGES: Noun = Noun { path: "messages", columns: &["ticket", "author", "text", "sent_at"] };

#[derive(Subcommand)]
pub(super) enum Ticket {
    #[command(flatten)]
    Record(Whole),
    /// List the messages of a ticket.
    Messages {
        /// The id of the ticket.
        id: u32,
        #[command(flatten)]
        list: ListOf,
    },
    /// Add a message to a ticket: text=Hello external=true.
    Answer {
        /// The id of the ticket.
        id: u32,
        #[command(flatten)]
        written: Written,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
    /// List the open tickets that a user looks after, and how far they have read each.
    Active {
        /// The id of the user.
        #[arg(long)]
        user: u32,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
    /// Note that its owner, who calls, has read a ticket.
    Read(Same),
}

pub(super) fn run(verb: Ticket) -> Result<Exit, Failed> {
    match verb {
        Ticket::Record(verb) => record::run_whole(&NOUN, &verb),
        Ticket::Messages { id, list } => list.print(&MESSAGES, format!("/v1/tickets/{id}/messages")),
        Ticket::Answer { id, written, show, remote } => {
            let ask = Ask::post(format!("/v1/tickets/{id}/messages"), &written.body()?).dry_run(written.dry_run);
            print(&show.record(&remote.open()?.json(ask)?))
        }
        Ticket::Active { user, show, remote } => {
            let page = remote.open()?.json(Ask::get(format!("/v1/users/{user}/active_tickets")))?;
            print(&show.page(&page, |items| show::table(items, &["ticket", "read_status"])))
        }
        Ticket::Read(same) => same.act("tickets", "read", None),
    }
}
