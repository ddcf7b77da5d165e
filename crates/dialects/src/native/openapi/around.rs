//! The schemas of what stands around the record: changes, events, callers, problems.

use super::import;
use super::schemas::{input_name, object, reference};
use crate::native::errors;
use domain::{Field, Kind};
use serde_json::{Map, Value, json};
use wire::soap::MAX_WSDL;

/// All of them by their names.
pub(super) fn all() -> Map<String, Value> {
    let change = object("A change of a record.", &change(), &["version", "at", "origin", "changes"]);
    let schemas = [
        ("Change", change),
        ("FieldChange", field_change()),
        ("Event", event()),
        ("Caller", caller()),
        ("Rotation", rotation()),
        ("Export", export()),
        ("Certificates", certificates()),
        ("Reversion", reversion()),
        ("Merge", merge()),
        ("Erasure", erasure()),
        ("Replay", replay()),
        ("Sent", sent()),
        ("Patch", patch()),
        ("Bulk", bulk()),
        ("BulkAnswer", bulk_answer()),
        ("Import", import::import()),
        ("ImportAnswer", import::import_answer()),
        ("Trial", trial()),
        ("Problem", problem()),
        ("ActiveTickets", active_tickets()),
        ("NotificationSource", taken("What reads them.", &[("source", "The name of the program that reads them.")])),
        ("NotificationKey", notification_key()),
        ("NotificationTaker", taken("Who reads them.", &[("key", "The key that was allocated.")])),
        ("Notifications", notifications()),
        ("CustomerPassword", taken("What to try.", &[("username", "The user name."), ("password", "The password.")])),
        ("PasswordOwner", password_owner()),
        ("WsdlToLearn", wsdl_to_learn()),
    ];
    schemas.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

/// The members of a change.
fn change() -> Value {
    let text = |what: &str| json!({ "type": "string", "description": what });
    let origin = json!({
        "dialect": text("The API through which it was made."),
        "operation": text("The operation of that API."),
        "credential": text("Who made it."),
        "client": text("The program that made it, as it calls itself."),
        "request_id": text("The request that made it."),
    });
    let names = ["dialect", "operation", "credential", "client", "request_id"];
    json!({
        "version": { "type": "integer", "minimum": 1, "description": "The version that the change made." },
        "at": { "type": "string", "format": "date-time", "description": "When." },
        "origin": object("Where it came from.", &origin, &names),
        "changes": { "type": "array", "items": reference("FieldChange") },
    })
}

fn field_change() -> Value {
    let members = json!({
        "field": { "type": "string", "description": "The dotted name of the field: address.city." },
        "from": { "description": "What it was; null or an empty list when it was unset." },
        "to": { "description": "What it became." },
    });
    object("A field that changed.", &members, &["field", "from", "to"])
}

fn event() -> Value {
    let kinds: Vec<_> = Kind::ALL.into_iter().filter(|kind| kind.has_history()).map(Kind::name).collect();
    let mut members = change();
    members["cursor"] = json!({ "type": "string", "description": "Where a reader is who has seen it." });
    members["tenant"] = json!({ "type": "string", "description": "The name of the tenant." });
    members["kind"] = json!({ "type": "string", "enum": kinds, "description": "The kind of the record." });
    members["id"] = json!({ "type": "integer", "minimum": 1, "description": "The id of the record." });
    let names = ["cursor", "tenant", "kind", "id", "version", "at", "origin", "changes"];
    object("A change of any record, with its place in the order of all.", &members, &names)
}

fn caller() -> Value {
    let id = |what: &str| json!({ "type": ["integer", "null"], "description": what });
    let list = |what: &str| json!({ "type": "array", "items": { "type": "string" }, "description": what });
    let members = json!({
        "name": { "type": "string", "description": "The name of the user or key, as the history shows it." },
        "role": { "type": "string", "enum": ["customer", "viewer", "agent", "admin"], "description": "What they may do." },
        "tenant": { "type": "integer", "description": "The id of the tenant." },
        "user": id("The id of the user, if the credential is a user's."),
        "key": id("The id of the key, if the credential is one."),
        "scopes": list(Field::Scopes.description()),
        "networks": list(Field::Networks.description()),
        "masked_fields": list(Field::MaskedFields.description()),
        "expires_at": { "type": ["string", "null"], "format": "date-time", "description": "When the credential ends." },
    });
    let names = ["name", "role", "tenant", "user", "key", "scopes", "networks", "masked_fields", "expires_at"];
    object("Who calls, and what they may do.", &members, &names)
}

fn export() -> Value {
    let list = |name: &str| json!({ "type": "array", "items": reference(name) });
    let members = json!({
        "customer": reference("Customer"),
        "merged": list("Customer"),
        "accounts": list("Account"),
        "tickets": list("Ticket"),
        "messages": list("Message"),
        "attachments": list("Attachment"),
        "history": list("Change"),
    });
    let names = ["customer", "merged", "accounts", "tickets", "messages", "attachments", "history"];
    object("Everything that is kept of a person.", &members, &names)
}

fn certificates() -> Value {
    let number = |what: &str| json!({ "type": "integer", "description": what });
    let members = json!({
        "customer": number("The id of the customer."),
        "at": { "type": "string", "format": "date-time", "description": "When it went." },
        "by": { "type": "string", "description": "Who erased it." },
        "dry_run": { "type": "boolean", "description": "Whether nothing was done." },
        "fields": { "type": "array", "items": { "type": "string" }, "description": "The fields of the customer that held something." },
        "accounts": number("How many accounts lost their values."),
        "tickets": number("How many tickets lost their values."),
        "messages": number("How many messages lost their values."),
        "attachments": number("How many files went."),
        "changes": number("How many changes lost their values."),
    });
    let names =
        ["customer", "at", "by", "dry_run", "fields", "accounts", "tickets", "messages", "attachments", "changes"];
    let certificate = object("What an erasure took away, or would.", &members, &names);
    let data = json!({ "data": { "type": "array", "items": certificate } });
    object("What erasures took away, or would.", &data, &["data"])
}

fn rotation() -> Value {
    let text = "For how many seconds the present key works on; 0 ends it at once.";
    let seconds = json!({ "type": "integer", "minimum": 0, "default": 86_400, "description": text });
    let mut schema = object("How a key is rotated.", &json!({ "overlap_seconds": seconds }), &[]);
    schema["additionalProperties"] = json!(false);
    schema
}

fn reversion() -> Value {
    let members = json!({
        "field": { "type": "string", "description": "The dotted name of the field: address.city." },
        "before_version": { "type": "integer", "minimum": 0, "description": "The version before which it had the value." },
    });
    let mut schema = object("Which field gets which former value.", &members, &["field", "before_version"]);
    schema["additionalProperties"] = json!(false);
    schema
}

fn merge() -> Value {
    let take = "The fields, by dotted names, whose values are taken from the other though both have some.";
    let members = json!({
        "customer": { "type": "integer", "minimum": 1, "description": "The id of the customer that goes." },
        "version": { "type": "integer", "minimum": 1, "description": "Merge only if this is its version." },
        "take": { "type": "array", "items": { "type": "string" }, "maxItems": 100, "description": take },
    });
    let mut schema = object("Which customer is merged into this one.", &members, &["customer"]);
    schema["additionalProperties"] = json!(false);
    schema
}

fn erasure() -> Value {
    let why = "Why, for the audit: it outlives the person, so it holds nothing that is to be forgotten.";
    let members = json!({ "reason": { "type": ["string", "null"], "maxLength": 500, "description": why } });
    let mut schema = object("Why a person is forgotten.", &members, &[]);
    schema["additionalProperties"] = json!(false);
    schema
}

fn replay() -> Value {
    let after = "The cursor of an event, after which all are sent again, or now.";
    let members = json!({ "after": { "type": "string", "description": after } });
    object("From where on a webhook is told again.", &members, &["after"])
}

fn sent() -> Value {
    let members = json!({
        "delivered": { "type": "boolean", "description": "Whether the receiver took it." },
        "status": { "type": ["integer", "null"], "description": "What the receiver answered, if it did." },
        "problem": { "type": ["string", "null"], "description": "Why it was not taken." },
    });
    object("What came of an event that was sent once.", &members, &["delivered", "status", "problem"])
}

fn patch() -> Value {
    let text = |what: &str| json!({ "type": "string", "description": what });
    let members = json!({
        "op": { "type": "string", "enum": ["add", "remove", "replace", "move", "copy", "test"] },
        "path": text("Where: a JSON Pointer such as /address/city."),
        "from": text("From where, to move or copy."),
        "value": { "description": "What to add, to put in its place, or to compare with." },
    });
    let operation = object("An operation of a JSON Patch (RFC 6902).", &members, &["op", "path"]);
    json!({ "type": "array", "description": "All of them are done, or none.", "items": operation, "maxItems": 200 })
}

fn bulk() -> Value {
    let members = json!({
        "op": { "type": "string", "enum": ["create", "patch", "delete"] },
        "id": { "type": "integer", "minimum": 1, "description": "Which one to patch or delete." },
        "version": { "type": "integer", "minimum": 1, "description": "Change it only if this is its version." },
        "value": reference(&input_name(Kind::Customer)),
    });
    let mut item = object("A change of one record.", &members, &["op"]);
    item["additionalProperties"] = json!(false);
    let items = json!({ "items": { "type": "array", "items": item, "maxItems": 1_000 } });
    let mut schema = object("Changes of many records.", &items, &["items"]);
    schema["additionalProperties"] = json!(false);
    schema
}

fn bulk_answer() -> Value {
    let members = json!({
        "status": { "type": "integer", "description": "The status that the change alone would be answered with." },
        "id": { "type": "integer", "minimum": 1, "description": "The id of the record." },
        "version": { "type": "integer", "minimum": 1, "description": "Its version now." },
        "code": codes(),
        "errors": faults(),
    });
    let result = object("What came of an item.", &members, &["status"]);
    let members = json!({ "results": { "type": "array", "items": result } });
    object("What came of each item, in their order.", &members, &["results"])
}

fn trial() -> Value {
    let kinds: Vec<_> = Kind::ALL.into_iter().map(Kind::name).collect();
    let planned = json!({
        "kind": { "type": "string", "enum": kinds, "description": "The kind of the record." },
        "id": { "type": "integer", "minimum": 1, "description": "The id it has or would get." },
        "version": { "type": "integer", "minimum": 1, "description": "The version it would get." },
        "changes": { "type": "array", "items": reference("FieldChange") },
        "record": { "type": "object", "description": "The record as it would be shown." },
    });
    let planned = object("A record that would change.", &planned, &["kind", "id", "version", "changes", "record"]);
    let members = json!({
        "dry_run": { "type": "boolean", "enum": [true] },
        "status": { "type": "integer", "description": "The status that the change would be answered with." },
        "changes": { "type": "array", "items": planned },
    });
    object("What would come of a change.", &members, &["dry_run", "status", "changes"])
}

fn codes() -> Value {
    let mut codes: Vec<_> = errors::codes().into_iter().map(|code| code.code).collect();
    codes.sort_unstable();
    codes.dedup();
    json!({ "type": "string", "enum": codes, "description": "What a program decides by." })
}

fn faults() -> Value {
    let text = |what: &str| json!({ "type": "string", "description": what });
    let fault = json!({
        "pointer": text("The member of the body: a JSON Pointer such as /address/city."),
        "detail": text("What is wrong with it."),
    });
    json!({ "type": "array", "items": object("A member.", &fault, &["pointer", "detail"]) })
}

fn problem() -> Value {
    let text = |what: &str| json!({ "type": "string", "description": what });
    let members = json!({
        "type": { "type": "string", "format": "uri-reference", "description": "A page about it." },
        "title": text("What kind of problem it is."),
        "status": { "type": "integer", "description": "The status of the answer." },
        "code": codes(),
        "detail": text("What happened, what was stored, and what to do."),
        "errors": faults(),
        "request_id": text("The id of the request."),
    });
    let names = ["type", "title", "status", "code", "detail", "errors", "request_id"];
    object("Why a request was refused (RFC 9457).", &members, &names)
}

/// A body of these texts.
fn taken(description: &str, texts: &[(&str, &str)]) -> Value {
    let members: Map<_, _> = texts
        .iter()
        .map(|(name, text)| ((*name).to_owned(), json!({ "type": "string", "description": text })))
        .collect();
    let names: Vec<_> = texts.iter().map(|(name, _)| *name).collect();
    let mut schema = object(description, &Value::Object(members), &names);
    schema["additionalProperties"] = json!(false);
    schema
}

fn active_tickets() -> Value {
    let status =
        json!({ "type": "string", "enum": ["read", "new", "unread"], "description": "How far the user has read it." });
    let members = json!({ "ticket": { "type": "integer", "description": "The id." }, "read_status": status });
    let ticket = object("A ticket that somebody looks after.", &members, &["ticket", "read_status"]);
    object(
        "The tickets that somebody looks after.",
        &json!({ "data": { "type": "array", "items": ticket } }),
        &["data"],
    )
}

fn notification_key() -> Value {
    let members = json!({
        "key": { "type": "string", "description": "The key that takes the notifications. It is never shown again." },
        "lease_seconds": { "type": "integer", "description": "For how long it is good, from each time that it is used." },
    });
    object("What takes notifications.", &members, &["key", "lease_seconds"])
}

fn notifications() -> Value {
    let what = json!({ "type": "string", "enum": ["new_ticket", "new_message", "taken_over"], "description": "What happened." });
    let members = json!({
        "notification": what,
        "ticket": { "type": "integer", "description": "The id of the ticket." },
        "title": { "type": "string", "description": "Its title." },
        "author": { "type": "string", "description": "Who did it." },
        "created_by": { "type": ["integer", "null"], "description": "The id of the user who did it, if one did." },
    });
    let names = ["notification", "ticket", "title", "author", "created_by"];
    let notification = object("What a user is told of a ticket.", &members, &names);
    let data = json!({ "data": { "type": "array", "items": notification } });
    object("What a user is told, the oldest first.", &data, &["data"])
}

fn password_owner() -> Value {
    let text = "The id of the customer; null when the user name or the password is wrong.";
    let members = json!({ "customer": { "type": ["integer", "null"], "description": text } });
    object("Whose password it is.", &members, &["customer"])
}

fn wsdl_to_learn() -> Value {
    let allow = "Whether methods that only one side has are no hindrance: those of here stay, the others are left out.";
    let members = json!({
        "dialect": { "type": "string", "description": "The API that is to speak it." },
        "text": { "type": "string", "maxLength": MAX_WSDL, "description": "The WSDL, as XML." },
        "allow_differences": { "type": "boolean", "description": allow },
    });
    let mut schema = object("What another installation says of one of its ports.", &members, &["dialect", "text"]);
    schema["additionalProperties"] = json!(false);
    schema
}
