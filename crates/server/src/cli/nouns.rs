//! The nouns of the command line: the kinds of records, with the verbs that only some have.

use clap::Subcommand;
use serde_json::json;

use super::attachment::{self, Attachment};
use super::client::{Ask, Remote};
use super::customer::{self, Customer};
use super::notification::{self, Notification};
use super::privacy::{self, Retention};
use super::record::{self, Noun, Verb, Whole};
use super::show::As;
use super::ticket::{self, Ticket};
use super::webhook::{self, Webhook};
use super::{Exit, Failed, print};

/// The nouns.
#[derive(Subcommand)]
pub(super) enum Nouns {
    /// Customers.
    #[command(subcommand)]
    Customer(Customer),
    /// Tickets.
    #[command(subcommand)]
    Ticket(Ticket),
    /// Messages of tickets.
    #[command(subcommand)]
    Message(Whole),
    /// Files of messages.
    #[command(subcommand)]
    Attachment(Attachment),
    /// What a user is to be told of tickets.
    #[command(subcommand)]
    Notification(Notification),
    /// Companies.
    #[command(subcommand)]
    Company(Whole),
    /// Advertising accounts of customers.
    #[command(subcommand)]
    Account(Whole),
    /// People who work here.
    #[command(subcommand)]
    User(Whole),
    /// Ticket categories.
    #[command(subcommand)]
    Category(Whole),
    /// Ticket priorities.
    #[command(subcommand)]
    Priority(Whole),
    /// Definitions of extra fields.
    #[command(subcommand)]
    Field(Whole),
    /// Languages that are spoken with customers.
    #[command(subcommand)]
    Language(Whole),
    /// Extra tables; their columns are fields of the domain `extra_row`.
    #[command(subcommand)]
    Table(Whole),
    /// Rows of extra tables.
    #[command(subcommand)]
    Row(Whole),
    /// Tenants.
    #[command(subcommand)]
    Tenant(Verb),
    /// Secrets that programs sign in with.
    #[command(subcommand)]
    Key(Key),
    /// What programs call with for a user, for a time.
    #[command(subcommand)]
    Token(Token),
    /// Who is signed in.
    #[command(subcommand)]
    Session(Session),
    /// Addresses that are told of changes.
    #[command(subcommand)]
    Webhook(Webhook),
    /// For how long customers are kept who were deleted.
    #[command(subcommand)]
    Retention(Retention),
    /// Who exported, erased and merged which customers.
    #[command(subcommand)]
    Audit(Audit),
    /// Descriptions of other installations, which `dialects learn` took.
    #[command(subcommand)]
    Wsdl(Wsdl),
    /// The settings of the tenant.
    #[command(subcommand)]
    Settings(Settings),
    /// Show who calls, and what they may do.
    Me {
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
}

#[derive(Subcommand)]
pub(super) enum Settings {
    /// Show them.
    Get {
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
    /// Change some.
    #[command(alias = "set")]
    Update {
        #[command(flatten)]
        written: record::Written,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
}

#[derive(Subcommand)]
pub(super) enum Key {
    #[command(flatten)]
    Record(Verb),
    /// Give a key another secret, shown once; the present one works on for a while.
    Rotate {
        /// The id.
        id: u32,
        /// For how long, in seconds.
        #[arg(long, default_value_t = 86_400)]
        overlap: u32,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
    /// Disable a key at once.
    Revoke {
        /// The id.
        id: u32,
        #[command(flatten)]
        remote: Remote,
    },
}

#[derive(Subcommand)]
pub(super) enum Token {
    /// List them, also those that ended lately.
    List(record::ListOf),
    /// Show whose one is and until when.
    Get(record::One),
    /// Make one, shown once: user=4 dialects=bing_ads, good for an hour unless expires_at says otherwise.
    #[command(alias = "add")]
    Create {
        #[command(flatten)]
        written: record::Written,
        #[command(flatten)]
        show: As,
        #[command(flatten)]
        remote: Remote,
    },
    /// End a token at once.
    Revoke {
        /// The id.
        id: u32,
        #[command(flatten)]
        remote: Remote,
    },
}

#[derive(Subcommand)]
pub(super) enum Audit {
    /// List it, the oldest first.
    List(record::ListOf),
    /// Show one entry.
    Get(record::One),
    /// Show through what an entry came.
    History(record::One),
}

#[derive(Subcommand)]
pub(super) enum Wsdl {
    /// List them.
    List(record::ListOf),
    /// Show one, with its text.
    Get(record::One),
    /// Show what happened to one, newest first.
    History(record::One),
}

#[derive(Subcommand)]
pub(super) enum Session {
    /// List them.
    List(record::ListOf),
    /// End one at once.
    End {
        /// The id.
        id: u32,
        #[command(flatten)]
        remote: Remote,
    },
}

pub(super) fn run(command: Nouns) -> Result<Exit, Failed> {
    let record = |path, columns, verb| record::run(&Noun { path, columns }, &verb);
    let whole = |path, columns, verb| record::run_whole(&Noun { path, columns }, &verb);
    let wsdl = |verb| record("wsdls", &["dialect", "port", "updated_at"], verb);
    let audited = |verb| record("audit_entries", &["action", "subject", "updated_by", "created_at"], verb);
    let tokens = |verb| record("tokens", &["user", "name", "dialects", "expires_at"], verb);
    match command {
        Nouns::Customer(verb) => customer::run(verb),
        Nouns::Ticket(verb) => ticket::run(verb),
        Nouns::Webhook(verb) => webhook::run(verb),
        Nouns::Retention(verb) => privacy::retention(&verb),
        Nouns::Audit(Audit::List(list)) => audited(Verb::List(list)),
        Nouns::Audit(Audit::Get(one)) => audited(one.get()),
        Nouns::Audit(Audit::History(one)) => audited(one.history()),
        Nouns::Settings(Settings::Get { show, remote }) => {
            print(&show.record(&remote.open()?.json(Ask::get("/v1/settings"))?))
        }
        Nouns::Settings(Settings::Update { written, show, remote }) => {
            let ask = Ask::patch("/v1/settings", &written.body()?).dry_run(written.dry_run);
            print(&show.record(&remote.open()?.json(ask)?))
        }
        Nouns::Me { show, remote } => print(&show.record(&remote.open()?.json(Ask::get("/v1/me"))?)),
        Nouns::Message(verb) => record::run_whole(&ticket::MESSAGES, &verb),
        Nouns::Account(verb) => whole("accounts", &["name", "customer", "account_status", "currency"], verb),
        Nouns::Company(verb) => whole("companies", &["name", "phone", "updated_at"], verb),
        Nouns::User(verb) => whole("users", &["username", "name", "role", "disabled"], verb),
        Nouns::Category(verb) => whole("categories", &["name", "parent", "external"], verb),
        Nouns::Priority(verb) => whole("priorities", &["name", "sort_order", "external"], verb),
        Nouns::Field(verb) => whole("extra_fields", &["domain", "number", "name", "shape", "external"], verb),
        Nouns::Language(verb) => whole("languages", &["code", "name", "deleted"], verb),
        Nouns::Table(verb) => whole("extra_tables", &["name", "flags", "updated_at"], verb),
        Nouns::Row(verb) => whole("extra_rows", &["table", "updated_at"], verb),
        Nouns::Wsdl(Wsdl::List(list)) => wsdl(Verb::List(list)),
        Nouns::Wsdl(Wsdl::Get(one)) => wsdl(one.get()),
        Nouns::Wsdl(Wsdl::History(one)) => wsdl(one.history()),
        Nouns::Attachment(verb) => attachment::run(verb),
        Nouns::Notification(verb) => notification::run(&verb),
        Nouns::Tenant(verb) => record("tenants", &["name", "hosts", "updated_at"], verb),
        Nouns::Key(Key::Record(verb)) => {
            record("keys", &["username", "role", "dialects", "expires_at", "disabled"], verb)
        }
        Nouns::Key(Key::Rotate { id, overlap, show, remote }) => {
            let ask = Ask::post(format!("/v1/keys/{id}/rotate"), &json!({ "overlap_seconds": overlap }));
            print(&show.record(&remote.open()?.json(ask)?))
        }
        Nouns::Key(Key::Revoke { id, remote }) => ended(&remote, format!("/v1/keys/{id}")),
        Nouns::Token(Token::List(list)) => tokens(Verb::List(list)),
        Nouns::Token(Token::Get(one)) => tokens(one.get()),
        Nouns::Token(Token::Create { written, show, remote }) => tokens(Verb::Create { written, show, remote }),
        Nouns::Token(Token::Revoke { id, remote }) => ended(&remote, format!("/v1/tokens/{id}")),
        Nouns::Session(Session::List(list)) => {
            record("sessions", &["user", "customer", "expires_at"], Verb::List(list))
        }
        Nouns::Session(Session::End { id, remote }) => ended(&remote, format!("/v1/sessions/{id}")),
    }
}

fn ended(remote: &Remote, path: String) -> Result<Exit, Failed> {
    remote.open()?.ask(Ask::delete(path)).map(|_: http::Response<_>| Exit::Ok)
}
