//! What a user is to be told of tickets: `samerow notification <verb>`, with a token of that user.

use clap::Subcommand;
use serde_json::json;

use super::client::{Ask, Remote};
use super::show::{self, As};
use super::{Exit, Failed, print};

#[derive(Subcommand)]
pub(super) enum Notification {
    /// Gather notifications for the user whose token it is, and show a key that takes them.
    Allocate {
        /// The name of the program that takes them; another one is refused while this one does.
        #[arg(long, default_value = "samerow")]
        source: String,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
    /// Show notifications, the oldest first, each once.
    Take {
        /// The key that was allocated; it is good for five minutes from each time.
        key: String,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
}

pub(super) fn run(command: &Notification) -> Result<Exit, Failed> {
    match command {
        Notification::Allocate { source, show, remote } => {
            let ask = Ask::post("/v1/notifications/allocate", &json!({ "source": source }));
            print(&show.record(&remote.open()?.json(ask)?))
        }
        Notification::Take { key, show, remote } => {
            let page = remote.open()?.json(Ask::post("/v1/notifications/take", &json!({ "key": key })))?;
            print(&show.page(&page, |items| show::table(items, &["notification", "ticket", "title", "author"])))
        }
    }
}
