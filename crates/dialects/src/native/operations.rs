//! The operations: one table feeds dispatch, the query parameters and the documentation.

use super::errors::answered;
use super::handlers::{
    access, attachments, events, import, merge, notifications, passwords, privacy, records, tickets, webhooks, wsdls,
};
use super::wire::Query;
use crate::exchange::{Content, Exchange};
use crate::route::{Call, Endpoint, Needs, answering};
use domain::{Area, Error, Kind};
use http::{Method, StatusCode};

/// First the resources that are alike: kind, its name, the name of many, and what else their list is asked by. Then the other operations, a
/// row each: name, method, path, query parameters, handler (and the kind of record it is
/// about; or, after `as`, the kind whose needs it has, or `anybody`), what it takes, the status and what it answers
/// (which handlers of `records` say by themselves: see `exchange!`), one sentence for the documentation.
macro_rules! operations {
    (
        $( resource $kind:ident $one:literal $many:literal $( and $also_asked:literal )?; )+
        $( $name:literal: $method:ident $path:literal $query:tt
            => $module:ident :: $handler:ident $( [$of:ident] )? $( as $whom:ident $( and $also:ident )? )?
            $( ($takes:expr => $status:ident $answers:expr) )?, $summary:literal; )*
    ) => {
        /// The names, as the history and the metrics show them.
        pub(super) const NAMES: &[&str] = &[
            $( $name, )*
            $(
                concat!("list_", $many), concat!("create_", $one), concat!("read_", $one), concat!("update_", $one),
                concat!("replace_", $one), concat!("delete_", $one),
                concat!("restore_", $one), concat!("revert_", $one), concat!("read_", $one, "_history"),
            )+
        ];

        #[cfg(test)]
        /// The resources that are alike: the name of one, the name of many.
        pub(super) const RESOURCES: &[(&str, &str)] = &[$( ($one, $many), )+];

        pub(super) const ENDPOINTS: &[Endpoint] = &[
            $( endpoint!(
                $name, $method, $path, $query, |call, query| $module::$handler(call, query $(, Kind::$of)?), $summary,
                needs!($method $($of)? $($whom $( and $also )? )?),
                exchange!($module $handler $($of)? $( ($takes => $status $answers) )?)
            ), )*
            $(
                endpoint!(
                    concat!("list_", $many), GET, concat!("/v1/", $many), ["search", "filter", "sort", "limit", "cursor", "deleted", "fields" $(, $also_asked)?],
                    |call, query| records::list(call, query, Kind::$kind), "Lists, without deleted ones unless asked for.",
                    needs!(GET $kind), exchange!(records list $kind)
                ),
                endpoint!(
                    concat!("create_", $one), POST, concat!("/v1/", $many), ["fields", "dry_run"],
                    |call, query| records::create(call, query, Kind::$kind), "Creates one.",
                    needs!(POST $kind), exchange!(records create $kind)
                ),
                endpoint!(
                    concat!("read_", $one), GET, concat!("/v1/", $many, "/{id}"), ["fields"],
                    |call, query| records::read(call, query, Kind::$kind), "Reads one, also a deleted one.",
                    needs!(GET $kind), exchange!(records read $kind)
                ),
                endpoint!(
                    concat!("update_", $one), PATCH, concat!("/v1/", $many, "/{id}"), ["fields", "dry_run"],
                    |call, query| records::update(call, query, Kind::$kind),
                    "Changes the given members and leaves the others alone.",
                    needs!(PATCH $kind), exchange!(records update $kind)
                ),
                endpoint!(
                    concat!("replace_", $one), PUT, concat!("/v1/", $many, "/{id}"), ["fields", "dry_run"],
                    |call, query| records::replace(call, query, Kind::$kind),
                    "Makes it what is sent: what is not there is cleared.",
                    needs!(PUT $kind), exchange!(records replace $kind)
                ),
                endpoint!(
                    concat!("delete_", $one), DELETE, concat!("/v1/", $many, "/{id}"), ["fields", "dry_run"],
                    |call, query| records::delete(call, query, Kind::$kind),
                    "Marks one deleted; its id, values and history stay.",
                    needs!(DELETE $kind), exchange!(records delete $kind)
                ),
                endpoint!(
                    concat!("restore_", $one), POST, concat!("/v1/", $many, "/{id}/restore"), ["fields", "dry_run"],
                    |call, query| records::restore(call, query, Kind::$kind),
                    "Brings a deleted one back, in the state it had before.",
                    needs!(POST $kind), exchange!(records restore $kind)
                ),
                endpoint!(
                    concat!("revert_", $one), POST, concat!("/v1/", $many, "/{id}/revert"), ["fields", "dry_run"],
                    |call, query| records::revert(call, query, Kind::$kind),
                    "Gives one field the value it had before a version.",
                    needs!(POST $kind), exchange!(records revert $kind)
                ),
                endpoint!(
                    concat!("read_", $one, "_history"), GET, concat!("/v1/", $many, "/{id}/history"),
                    ["limit", "cursor"], |call, query| records::history(call, query, Kind::$kind),
                    "Reads what happened to one, newest first.",
                    needs!(GET $kind), exchange!(records history $kind)
                ),
            )+
        ];
    };
}

/// What an operation needs of its caller: nothing but a credential, what its kind of record needs, or else what a
/// customer does.
macro_rules! needs {
    ($method:ident anybody) => {
        Needs::ANYBODY
    };
    (GET $kind:ident) => {
        Needs::kind(Kind::$kind, false)
    };
    ($method:ident $kind:ident) => {
        Needs::kind(Kind::$kind, true)
    };
    ($method:ident $kind:ident and $also:ident) => {
        Needs { also: Area::of(Kind::$also), ..needs!($method $kind) }
    };
    ($method:ident) => {
        needs!($method Customer)
    };
}

/// What an operation takes and answers: as the row says, or else as its handler of `records` does for its kind.
macro_rules! exchange {
    ($module:ident $handler:ident $( $of:ident )? ($takes:expr => $status:ident $answers:expr)) => {
        Exchange { takes: $takes, status: StatusCode::$status, answers: $answers, ..Exchange::UNSAID }
    };
    (records list $kind:ident) => {
        exchange!(records list (Content::Nothing => OK Content::Page(Kind::$kind)))
    };
    (records create $kind:ident) => {
        exchange!(records create (Content::Record(Kind::$kind) => CREATED Content::Record(Kind::$kind)))
    };
    (records update $kind:ident) => {
        exchange!(records update (Content::Record(Kind::$kind) => OK Content::Record(Kind::$kind)))
    };
    (records replace $kind:ident) => {
        exchange!(records update $kind)
    };
    (records revert $kind:ident) => {
        exchange!(records revert (Content::Schema("Reversion") => OK Content::Record(Kind::$kind)))
    };
    (records history $kind:ident) => {
        exchange!(records history (Content::Nothing => OK Content::Schema("History")))
    };
    (records read $kind:ident) => {
        exchange!(records read (Content::Nothing => OK Content::Record(Kind::$kind)))
    };
    (records delete $kind:ident) => {
        exchange!(records read $kind)
    };
    (records restore $kind:ident) => {
        exchange!(records read $kind)
    };
    // A test asks for it.
    ($module:ident $handler:ident $( $of:ident )?) => {
        Exchange::UNSAID
    };
}

macro_rules! endpoint {
    ($name:expr, $method:ident, $path:expr, $query:tt, |$call:ident, $read:ident| $run:expr, $summary:expr, $needs:expr,
     $exchange:expr) => {
        Endpoint {
            operation: $name,
            method: Method::$method,
            path: $path,
            summary: $summary,
            needs: $needs,
            exchange: Exchange { query: &$query, ..$exchange },
            handler: |$call| {
                answering(answered($call.request, async move {
                    admit(&$call, $needs)?;
                    let $read = Query::read($call.request, &$query)?;
                    $run.await
                }))
            },
        }
    };
}

/// Whoever may not write is told so before the body is looked at, and costs no hash of a password.
fn admit(call: &Call<'_>, needs: Needs) -> Result<(), Error> {
    // One operation asks for itself; two of them would tell by the first what only both may know.
    if call.request.method.is_safe() && needs.area == needs.also { Ok(()) } else { needs.demand(&call.caller) }
}

operations! {
    resource Customer "customer" "customers" and "as";
    resource Account "account" "accounts";
    resource Company "company" "companies";
    resource Category "category" "categories";
    resource Priority "priority" "priorities";
    resource ExtraField "extra_field" "extra_fields";
    resource User "user" "users";
    resource Ticket "ticket" "tickets";
    resource Message "message" "messages";
    resource Language "language" "languages";
    resource ExtraTable "extra_table" "extra_tables";
    resource ExtraRow "extra_row" "extra_rows";

    "change_customers": POST "/v1/customers/bulk" ["atomic", "dry_run", "fields"] => records::bulk [Customer]
        (Content::Schema("Bulk") => OK Content::Schema("BulkAnswer")),
        "Creates, changes and deletes up to 1,000 customers in one transaction.";
    "import_customers": POST "/v1/customers/import" ["dry_run"] => import::import
        (Content::Schema("Import") => OK Content::Schema("ImportAnswer")),
        "Takes up to 1,000 rows of a file of customers, under the names of any dialect, in one transaction.";
    "list_keys": GET "/v1/keys" ["filter", "sort", "limit", "cursor", "deleted", "fields"] => records::list [Key],
        "Lists keys by id, without disabled ones; never a secret.";
    "create_key": POST "/v1/keys" ["dry_run"] => access::create_key as Key
        (Content::Record(Kind::Key) => CREATED Content::WithSecret(Kind::Key)),
        "Creates a key and shows it, once.";
    "read_key": GET "/v1/keys/{id}" ["fields"] => records::read [Key],
        "Reads what a key may do.";
    "update_key": PATCH "/v1/keys/{id}" ["fields", "dry_run"] => records::update [Key],
        "Changes what a key may do.";
    "delete_key": DELETE "/v1/keys/{id}" ["fields", "dry_run"] => records::delete [Key],
        "Disables a key; no call with it is answered any more.";
    "read_key_history": GET "/v1/keys/{id}/history" ["limit", "cursor"] => records::history [Key],
        "Reads what happened to a key, newest first.";
    "rotate_key": POST "/v1/keys/{id}/rotate" ["dry_run"] => access::rotate_key as Key
        (Content::Optional("Rotation") => OK Content::WithSecret(Kind::Key)),
        "Gives a key another secret and shows it, once; the present one works on for a while.";
    "list_tenants": GET "/v1/tenants" ["filter", "sort", "limit", "cursor", "deleted", "fields"] => records::list [Tenant],
        "Lists the tenants that the caller operates, or its own.";
    "create_tenant": POST "/v1/tenants" ["dry_run"] => access::create_tenant as Tenant
        (Content::Record(Kind::Tenant) => CREATED Content::WithSecret(Kind::Tenant)),
        "Creates a tenant and shows its first key, once.";
    "read_tenant": GET "/v1/tenants/{id}" ["fields"] => records::read [Tenant],
        "Reads a tenant's settings.";
    "update_tenant": PATCH "/v1/tenants/{id}" ["fields", "dry_run"] => records::update [Tenant],
        "Changes a tenant's settings.";
    "read_tenant_history": GET "/v1/tenants/{id}/history" ["limit", "cursor"] => records::history [Tenant],
        "Reads what happened to a tenant's settings, newest first.";
    "list_sessions": GET "/v1/sessions" ["filter", "sort", "limit", "cursor", "deleted", "fields"] => records::list [Session],
        "Lists sessions by id; never a session key.";
    "end_session": DELETE "/v1/sessions/{id}" ["dry_run"] => access::end_session as Session
        (Content::Nothing => NO_CONTENT Content::Nothing),
        "Ends a session at once.";
    "list_tokens": GET "/v1/tokens" ["filter", "sort", "limit", "cursor", "deleted", "fields"] => records::list [Token],
        "Lists tokens by id, also those that ended lately; never what is called with.";
    "create_token": POST "/v1/tokens" ["dry_run"] => access::create_token as Token
        (Content::Record(Kind::Token) => CREATED Content::WithSecret(Kind::Token)),
        "Creates a token of a user and shows it, once.";
    "read_token": GET "/v1/tokens/{id}" ["fields"] => records::read [Token],
        "Reads whose a token is and until when.";
    "end_token": DELETE "/v1/tokens/{id}" ["dry_run"] => access::end_token as Token
        (Content::Nothing => NO_CONTENT Content::Nothing),
        "Ends a token at once.";
    "merge_customers": POST "/v1/customers/{id}/merge" ["fields", "dry_run"] => merge::merge as Customer and Ticket
        (Content::Schema("Merge") => OK Content::Record(Kind::Customer)),
        "Merges another customer into this one, with all tickets; the other's id answers where it went.";
    "undo_merge": POST "/v1/customers/{id}/undo-merge" ["fields", "dry_run"] => merge::undo as Customer and Ticket
        (Content::Nothing => OK Content::Record(Kind::Customer)),
        "Takes back that this customer was merged into another one, except for what changed since.";
    "list_audit_entries": GET "/v1/audit_entries" ["filter", "sort", "limit", "cursor", "deleted", "fields"]
        => records::list [AuditEntry],
        "Lists who exported, erased and merged which customers, and when.";
    "read_audit_entry": GET "/v1/audit_entries/{id}" ["fields"] => records::read [AuditEntry],
        "Reads one entry of the audit.";
    "read_audit_entry_history": GET "/v1/audit_entries/{id}/history" ["limit", "cursor"] => records::history [AuditEntry],
        "Reads through what an entry of the audit came.";
    "export_customer": GET "/v1/customers/{id}/export" ["format"] => privacy::export as Customer and Ticket
        (Content::Nothing => OK Content::Schema("Export")),
        "Everything that is kept of a person, as JSON or CSV.";
    "erase_customer": POST "/v1/customers/{id}/erase" ["dry_run"] => privacy::erase as Tenant
        (Content::Optional("Erasure") => OK Content::Schema("Certificates")),
        "Forgets a person: the values of all their records and histories.";
    "run_retention": POST "/v1/retention/run" ["dry_run"] => privacy::run_retention as Tenant
        (Content::Nothing => OK Content::Schema("Certificates")),
        "Erases the customers whose time is over.";
    "read_me": GET "/v1/me" [] => access::me as anybody
        (Content::Nothing => OK Content::Schema("Caller")),
        "Shows who calls, and what they may do.";
    "read_settings": GET "/v1/settings" ["fields"] => access::read_settings as Tenant
        (Content::Nothing => OK Content::Record(Kind::Tenant)),
        "Reads the settings of the caller's tenant.";
    "update_settings": PATCH "/v1/settings" ["fields", "dry_run"] => access::update_settings as Tenant
        (Content::Record(Kind::Tenant) => OK Content::Record(Kind::Tenant)),
        "Changes the settings of the caller's tenant.";
    "list_tickets_of_customer": GET "/v1/customers/{id}/tickets"
        ["filter", "sort", "limit", "cursor", "deleted", "fields"] => tickets::of_customer as Ticket and Customer
        (Content::Nothing => OK Content::Page(Kind::Ticket)),
        "Lists the tickets of a customer, without deleted ones unless asked for.";
    "list_messages_of_ticket": GET "/v1/tickets/{id}/messages"
        ["filter", "sort", "limit", "cursor", "deleted", "fields"] => tickets::messages as Message
        (Content::Nothing => OK Content::Page(Kind::Message)),
        "Lists the messages of a ticket, without deleted ones unless asked for.";
    "add_message": POST "/v1/tickets/{id}/messages" ["fields", "dry_run"] => tickets::add_message as Message
        (Content::Record(Kind::Message) => CREATED Content::Record(Kind::Message)),
        "Adds a message to a ticket.";
    "mark_ticket_read": POST "/v1/tickets/{id}/read" ["fields", "dry_run"] => tickets::mark_read as Ticket
        (Content::Nothing => OK Content::AnyVersion(Kind::Ticket)),
        "Notes that the owner, who calls, has read a ticket.";
    "list_active_tickets": GET "/v1/users/{id}/active_tickets" [] => tickets::active as Ticket
        (Content::Nothing => OK Content::Schema("ActiveTickets")),
        "Lists the open tickets that a user looks after, newest first, and how far they have read each; 1,000 at most.";
    "allocate_notifications": POST "/v1/notifications/allocate" [] => notifications::allocate as Ticket
        (Content::Schema("NotificationSource") => OK Content::Schema("NotificationKey")),
        "Gathers notifications for the user who calls, and answers a key that takes them.";
    "take_notifications": POST "/v1/notifications/take" [] => notifications::take as Ticket
        (Content::Schema("NotificationTaker") => OK Content::Schema("Notifications")),
        "Answers up to 200 notifications, oldest first, each once.";
    "check_password": POST "/v1/customers/check-password" [] => passwords::check as Customer
        (Content::Schema("CustomerPassword") => OK Content::Schema("PasswordOwner")),
        "Tells whose user name and password these are. Wrong ones are counted as wrong sign-ins are.";
    "send_password": POST "/v1/customers/{id}/send-password" [] => passwords::send as Customer
        (Content::Nothing => NO_CONTENT Content::Nothing),
        "Mails a customer a new password, which counts from then on.";
    "list_wsdls": GET "/v1/wsdls" ["filter", "sort", "limit", "cursor", "deleted", "fields"] => records::list [Wsdl],
        "Lists the descriptions of other installations in whose words ports are served.";
    "learn_wsdl": POST "/v1/wsdls" ["fields", "dry_run"] => wsdls::learn as Wsdl
        (Content::Schema("WsdlToLearn") => OK Content::AnyVersion(Kind::Wsdl)),
        "Serves a port in the words of another installation from now on.";
    "read_wsdl": GET "/v1/wsdls/{id}" ["fields"] => records::read [Wsdl],
        "Reads a description, and what it differs in.";
    "delete_wsdl": DELETE "/v1/wsdls/{id}" ["fields", "dry_run"] => records::delete [Wsdl],
        "Serves a port in its own words again.";
    "read_wsdl_history": GET "/v1/wsdls/{id}/history" ["limit", "cursor"] => records::history [Wsdl],
        "Reads what happened to a description, newest first.";
    "list_attachments": GET "/v1/attachments"
        ["filter", "sort", "limit", "cursor", "deleted", "fields"] => records::list [Attachment],
        "Lists attachments, without deleted ones unless asked for.";
    "create_attachment": POST "/v1/attachments" ["name", "fields", "dry_run"] => attachments::create as Attachment
        (Content::Bytes => CREATED Content::Record(Kind::Attachment)),
        "Stores the body as a loose attachment.";
    "read_attachment": GET "/v1/attachments/{id}" ["fields"] => records::read [Attachment],
        "Reads what an attachment is.";
    "read_attachment_content": GET "/v1/attachments/{id}/content" [] => attachments::content as Attachment
        (Content::Nothing => OK Content::Bytes),
        "Answers the bytes of an attachment.";
    "update_attachment": PATCH "/v1/attachments/{id}" ["fields", "dry_run"] => records::update [Attachment],
        "Renames an attachment.";
    "delete_attachment": DELETE "/v1/attachments/{id}" ["fields", "dry_run"] => records::delete [Attachment],
        "Deletes a loose attachment and its bytes.";
    "read_attachment_history": GET "/v1/attachments/{id}/history" ["limit", "cursor"] => records::history [Attachment],
        "Reads what happened to an attachment, newest first.";
    "list_events": GET "/v1/events" ["after", "limit", "kind", "dialect", "wait"] => events::list
        (Content::Nothing => OK Content::Events),
        "Reads what happened to all records, oldest first, and waits for more.";
    "list_webhooks": GET "/v1/webhooks" ["filter", "sort", "limit", "cursor", "deleted", "fields"] => records::list [Webhook],
        "Lists the addresses that are told of changes.";
    "create_webhook": POST "/v1/webhooks" ["dry_run"] => webhooks::create as Webhook
        (Content::Record(Kind::Webhook) => CREATED Content::WithSecret(Kind::Webhook)),
        "Creates a webhook; the answer shows its secret, once.";
    "read_webhook": GET "/v1/webhooks/{id}" ["fields"] => records::read [Webhook],
        "Reads a webhook.";
    "update_webhook": PATCH "/v1/webhooks/{id}" ["fields", "dry_run"] => records::update [Webhook],
        "Changes the given members of a webhook.";
    "delete_webhook": DELETE "/v1/webhooks/{id}" ["fields", "dry_run"] => records::delete [Webhook],
        "Deletes a webhook: it is told of nothing more.";
    "read_webhook_history": GET "/v1/webhooks/{id}/history" ["limit", "cursor"] => records::history [Webhook],
        "Reads what happened to a webhook, newest first.";
    "rotate_webhook_secret": POST "/v1/webhooks/{id}/rotate-secret" ["dry_run"] => webhooks::rotate_secret as Webhook
        (Content::Nothing => OK Content::WithSecret(Kind::Webhook)),
        "Gives a webhook its next secret; the one before signs too for a day.";
    "test_webhook": POST "/v1/webhooks/{id}/test" [] => webhooks::test as Webhook
        (Content::Nothing => OK Content::Schema("Sent")),
        "Sends one event of no change and answers what came of it.";
    "read_webhook_delivery": GET "/v1/webhooks/{id}/delivery" [] => webhooks::delivery as Webhook
        (Content::Nothing => OK Content::Record(Kind::Delivery)),
        "Reads how far a webhook has been told.";
    "replay_webhook": POST "/v1/webhooks/{id}/replay" ["dry_run"] => webhooks::replay as Webhook
        (Content::Schema("Replay") => OK Content::AnyVersion(Kind::Delivery)),
        "Has all events after a cursor sent again.";
    "list_dead_letters": GET "/v1/webhooks/{id}/dead-letters" ["limit", "cursor"] => webhooks::dead_letters as Webhook
        (Content::Nothing => OK Content::Page(Kind::DeadLetter)),
        "Lists the events that were given up.";
    "replay_dead_letter": POST "/v1/webhooks/{id}/dead-letters/{letter}/replay" [] => webhooks::replay_dead_letter as Webhook
        (Content::Nothing => OK Content::Schema("Sent")),
        "Sends one of them once more.";
    "delete_dead_letter": DELETE "/v1/webhooks/{id}/dead-letters/{letter}" ["dry_run"] => webhooks::delete_dead_letter as Webhook
        (Content::Nothing => NO_CONTENT Content::Nothing),
        "Forgets one of them.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_lists_every_operation() {
        let readme = include_str!("README.md");
        for Endpoint { operation, method, path, .. } in ENDPOINTS {
            let row = |operation: &str, path: &str| readme.contains(&format!("| `{operation}` | `{method} {path}"));
            let alike = RESOURCES.iter().any(|(one, many)| {
                let name = operation.replacen(many, "{many}", 1).replacen(one, "{one}", 1);
                readme.contains(&format!("`{many}`")) && row(&name, &path.replacen(many, "{many}", 1))
            });
            assert!(alike || row(operation, path), "{operation}");
        }
    }
}
