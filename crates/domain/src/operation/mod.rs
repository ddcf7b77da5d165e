//! Operations: one file each, the rule written once.
//!
//! An operation is a value. [`Operation::decide`] is a pure function of it, the [`WorkingSet`] and the [`Context`]: no
//! I/O, no clock, no randomness. It may run several times; only its last run counts.

mod active_tickets;
mod allocate_notifications;
mod attempt;
mod bulk;
mod caller_of;
mod change_password;
mod create_attachment;
mod create_customer;
mod create_record;
mod create_session;
mod create_tenant;
mod create_webhook;
mod customer_ref;
mod delete_customer;
mod delete_record;
mod due_for_erasure;
mod end_session;
mod end_token;
mod erase_customer;
mod export_customer;
mod find_customer;
mod find_key;
mod find_session;
mod find_tenant;
mod find_user;
mod import_customers;
mod issue_code;
mod learn_wsdl;
mod list_customers;
mod list_deliveries;
mod list_messages;
mod list_records;
mod list_tenants;
mod listing;
mod load;
mod lock_customer;
mod mark_ticket_read;
mod merge_customers;
mod note_export;
mod on_version;
mod own_sessions;
mod past;
mod purge;
mod purge_attachments;
mod read_content;
mod read_customer;
mod read_dead_letter;
mod read_feed;
mod read_history;
mod read_port_networks;
mod read_record;
mod read_self;
mod redeem_code;
mod renew_session;
mod renew_token;
mod replay_webhook;
mod restore_record;
mod revert_field;
mod revoke_token;
mod rotate_key;
mod rotate_webhook_secret;
mod settle_delivery;
mod sign_up;
mod take_notifications;
mod undo_merge;
mod update_customer;
mod update_record;
mod user_named;

pub use active_tickets::ActiveTickets;
pub use allocate_notifications::AllocateNotifications;
pub use attempt::{About, Attempt, Attempted, KEPT, Once, Planned};
pub use bulk::{Bulk, Item};
pub use change_password::ChangePassword;
pub use create_attachment::CreateAttachment;
pub use create_customer::CreateCustomer;
pub use create_record::CreateRecord;
pub use create_session::CreateSession;
pub use create_tenant::CreateTenant;
pub use create_webhook::CreateWebhook;
pub use customer_ref::{CustomerRef, Deleted};
pub use delete_customer::DeleteCustomer;
pub use delete_record::DeleteRecord;
pub use due_for_erasure::DueForErasure;
pub use end_session::EndSession;
pub use end_token::EndToken;
pub use erase_customer::{Certificate, EraseCustomer};
pub use export_customer::{Export, ExportCustomer};
pub use find_customer::FindCustomer;
pub use find_key::FindKey;
pub use find_session::{FindSession, FoundSession};
pub use find_tenant::FindTenant;
pub use find_user::{FindUser, FoundUser};
pub use import_customers::{ImportCustomers, ImportKey, ImportOnly, ImportRow, Imported};
pub use issue_code::IssueCode;
pub use learn_wsdl::LearnWsdl;
pub use list_customers::ListCustomers;
pub use list_deliveries::ListDeliveries;
pub use list_messages::ListMessages;
pub use list_records::ListRecords;
pub use list_tenants::ListTenants;
pub use load::{Load, NewRecord};
pub use lock_customer::LockCustomer;
pub use mark_ticket_read::MarkTicketRead;
pub use merge_customers::MergeCustomers;
pub use note_export::NoteExport;
pub use on_version::OnVersion;
pub use own_sessions::OwnSessions;
pub use purge::Purge;
pub use purge_attachments::PurgeAttachments;
pub use read_content::{ContentPart, ReadContent};
pub use read_customer::ReadCustomer;
pub use read_dead_letter::{DeadLetter, ReadDeadLetter, RemoveDeadLetter};
pub use read_feed::{Feed, ReadFeed};
pub use read_history::{History, ReadHistory};
pub use read_port_networks::ReadPortNetworks;
pub use read_record::ReadRecord;
pub use read_self::ReadSelf;
pub use redeem_code::RedeemCode;
pub use renew_session::RenewSession;
pub use renew_token::{Granted, Grants, RenewToken};
pub use replay_webhook::ReplayWebhook;
pub use restore_record::RestoreRecord;
pub use revert_field::RevertField;
pub use revoke_token::RevokeToken;
pub use rotate_key::{MAX_OVERLAP, RotateKey};
pub use rotate_webhook_secret::RotateWebhookSecret;
pub use settle_delivery::{Failure, SettleDelivery, Then};
pub use sign_up::SignUp;
pub use take_notifications::TakeNotifications;
pub use undo_merge::UndoMerge;
pub use update_customer::UpdateCustomer;
pub use update_record::UpdateRecord;
pub use user_named::UserNamed;

use crate::access::Access;
use crate::customer::{Customer, Edit};
use crate::error::{Error, Stop};
use crate::scope::Area;
use crate::working_set::{Context, WorkingSet};

/// See the [module](self).
pub trait Operation: Send + 'static {
    /// What the caller is told.
    type Output: Send + 'static;
    /// What the caller must be allowed.
    const ACCESS: Access;

    /// Whether it may change anything.
    const WRITES: bool;
    /// Whether it lists or walks: more than a few point reads.
    const SCANS: bool = false;
    /// Whether a customer may run it who signed in as such. Then it shows and changes nothing but what is theirs.
    const FOR_CUSTOMERS: bool = false;

    /// What it touches.
    fn area(&self) -> Area {
        if matches!(Self::ACCESS, Access::Manage) { Area::Administration } else { Area::Customers }
    }

    /// What it needs of its caller, where that depends on more than the operation's name.
    fn access(&self) -> Access {
        Self::ACCESS
    }

    /// Whether what it puts is kept; a trial forgets it.
    fn keeps(&self) -> bool {
        true
    }

    /// Asks the set for what it needs, decides, and puts what changes.
    ///
    /// # Errors
    /// [`Stop::Missing`] when the set has not loaded something yet, [`Stop::Refused`] with the reason.
    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Self::Output, Stop>;
}

/// What a caller submitted for a record, in a dialect's terms: for a [`Customer`] or, in the operations over records of
/// any kind, for a [`Record`](crate::Record).
///
/// The dialect compares it with what it shows of the present record: a submitted value equal to the shown one is no
/// edit. That is why it is asked for its edits only when the record is at hand.
pub trait Submission<T = Customer>: Send + 'static {
    /// The edits that bring the present record to what was submitted.
    ///
    /// # Errors
    /// `Invalid`, `Required` or `TooLong` at the field.
    fn edits(&self, present: &T) -> Result<Vec<Edit>, Error>;
}

impl<T, F: Fn(&T) -> Result<Vec<Edit>, Error> + Send + 'static> Submission<T> for F {
    fn edits(&self, present: &T) -> Result<Vec<Edit>, Error> {
        self(present)
    }
}
