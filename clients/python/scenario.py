"""What a program does with the native API, through a client that is generated from its description: every operation that
the description names.

python scenario.py [address of a server with the demo data]; the package native_client must be importable.
"""

import io
import re
import sys
import time
from importlib import import_module

from native_client import AuthenticatedClient, models
from native_client.api.customers import (
    create_customer,
    delete_customer,
    list_customers,
    read_customer,
    read_customer_history,
    update_customer,
)
from native_client.api.tickets import add_message, create_ticket
from native_client.types import File
from native_client.models import (
    Customer,
    CustomerInput,
    CustomerInputAddressType0,
    MessageInput,
    ProblemCode,
    TicketInput,
)

server = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:7263"
called = set()
api = AuthenticatedClient(
    base_url=server,
    token="demo-admin-token",
    httpx_args={"event_hooks": {"request": [lambda request: called.add((request.method, request.url.path))]}},
)


def call(tag, operation, *arguments, status=200, **more):
    """Calls any operation and answers what it answered, which must have that status."""
    answer = import_module(f"native_client.api.{tag}.{operation}").sync_detailed(*arguments, client=api, **more)
    assert answer.status_code == status, f"{operation}: {answer.status_code} {answer.content[:1000]!r}"
    return answer.parsed


def body(model, /, **members):
    return getattr(models, model).from_dict(members)


def same(seen, expected):
    assert seen == expected, f"{seen!r} is not {expected!r}"


username = f"ada-{time.time_ns()}"
ada = CustomerInput(
    first_name="Ada",
    last_name="Lovelace",
    username=username,
    emails=["ada@example.com"],
    address=CustomerInputAddressType0(city="London"),
)
created = create_customer.sync_detailed(client=api, body=ada, idempotency_key=username)
same(created.status_code, 201)
customer = created.parsed
assert isinstance(customer, Customer)
assert created.headers["location"].endswith(f"/v1/customers/{customer.id}")

read = read_customer.sync_detailed(customer.id, client=api)
same(read.parsed.to_dict(), customer.to_dict())
tag = read.headers["etag"]

change = CustomerInput(phone="021 555", address=CustomerInputAddressType0(city=None))
changed = update_customer.sync(customer.id, client=api, body=change, if_match=tag)
same((changed.version, changed.phone, changed.address.city), (customer.version + 1, "021 555", None))
stale = update_customer.sync_detailed(customer.id, client=api, body=CustomerInput(phone="1"), if_match=tag)
same((stale.status_code, stale.parsed.code), (412, ProblemCode.CONFLICT))

ids, more = [], {}
while True:
    page = list_customers.sync(client=api, filter_="status = active", sort="-id", limit=2, **more)
    ids += [one.id for one in page.data]
    if page.next_cursor is None:
        break
    more = {"cursor": page.next_cursor}
assert len(ids) > 2 and ids[0] == customer.id and len(set(ids)) == len(ids), ids

newest = read_customer_history.sync(customer.id, client=api).data[0]
same(newest.origin.operation, "update_customer")
same([told.field for told in newest.changes], ["phone", "address.city"])

ticket = create_ticket.sync(client=api, body=TicketInput(title="Cannot log in", customer=customer.id))
answer = add_message.sync_detailed(ticket.id, client=api, body=MessageInput(text="Try again now.", external=True))
same((answer.status_code, answer.parsed.ticket), (201, ticket.id))

same(delete_customer.sync(customer.id, client=api).status, "deleted")

# Every resource, each made, read, listed, changed, replaced, deleted and brought back in one way.
unique = str(time.time_ns())
table = call("extra_tables", "create_extra_table", body=body("ExtraTableInput", name=f"Servers {unique}"), status=201)
column = {"domain": "extra_row", "table": table.id, "number": 1, "name": "Host", "shape": "text"}
call("extra_fields", "create_extra_field", body=body("ExtraFieldInput", **column), status=201)
for one, many, made, changes in [
    ("customer", "customers", {"name": "Løvås", "custom1": "gold"}, {"phone": "1"}),
    ("account", "accounts", {"name": f"Search {unique}", "customer": 100}, {"name": f"Shop {unique}"}),
    ("company", "companies", {"name": "Fjord AS"}, {"phone": "1"}),
    ("category", "categories", {"name": "Printers", "external": True}, {"name": "Printing"}),
    ("priority", "priorities", {"name": "Soon", "sort_order": 25}, {"sort_order": 26}),
    ("extra_field", "extra_fields", {"domain": "customer", "number": 9, "name": "Size", "shape": "integer"}, {"name": "Length"}),
    ("user", "users", {"username": unique, "name": "Kari", "role": "agent"}, {"role": "viewer"}),
    ("key", "keys", {"username": unique, "role": "viewer"}, {"role": "agent"}),
    ("ticket", "tickets", {"title": "Slow", "customer": 191, "category": 23, "priority": 2}, {"title": "Fast"}),
    ("message", "messages", {"ticket": 500, "text": "Hello"}, {"text": "Goodbye"}),
    ("language", "languages", {"name": "Nynorsk", "code": "nn"}, {"name": "Norsk"}),
    ("extra_table", "extra_tables", {"name": f"Hosts {unique}"}, {"name": f"Machines {unique}"}),
    ("extra_row", "extra_rows", {"table": table.id, "custom1": "alpha"}, {"custom1": "beta"}),
    ("webhook", "webhooks", {"url": "https://crm.example/hook"}, {"name": "crm"}),
]:
    name = "".join(word.capitalize() for word in one.split("_")) + "Input"
    created = call(many, f"create_{one}", body=body(name, **made), status=201).to_dict()
    same({name: created[name] for name in made}, made)
    assert one not in ("key", "webhook") or created.keys() & {"key", "secret"}
    of = created["id"]
    changed = call(many, f"update_{one}", of, body=body(name, **changes)).to_dict()
    same({name: changed[name] for name in changes}, changes)
    same(call(many, f"read_{one}", of).to_dict(), changed)
    listed = call(many, f"list_{many}", filter_=f"id = {of}").data
    same([found.to_dict() for found in listed], [changed])
    if one not in ("key", "webhook"):
        settable = {attribute.name for attribute in getattr(models, name).__attrs_attrs__}
        whole = {member: value for member, value in changed.items() if member in settable}
        same(call(many, f"replace_{one}", of, body=body(name, **whole)).to_dict(), changed)
    gone = call(many, f"delete_{one}", of).to_dict()
    same(gone["version"], changed["version"] + 1)
    same(call(many, f"list_{many}", filter_=f"id = {of}").data, [])
    if one not in ("key", "webhook"):
        back = call(many, f"restore_{one}", of).to_dict()
        same({name: back[name] for name in changes}, changes)
        field = next(iter(changes))
        before = call(many, f"revert_{one}", of, body=body("Reversion", field=field, before_version=2)).to_dict()
        same(before[field], created[field])
    versions = [told.version for told in call(many, f"read_{one}_history", of).data]
    same(versions, list(range(len(versions), 0, -1)))

# What is special to some.
of = customer.id
call("customers", "restore_customer", of)
patch = {"op": "patch", "id": of, "value": {"note": "in bulk"}}
same(call("customers", "change_customers", body=body("Bulk", items=[patch])).results[0].id, of)
row = {"line": 2, "values": {"id": str(of), "note": "out of a file"}}
told = call("customers", "import_customers", body=body("Import", **{"as": "native", "match": ["id"], "rows": [row]}))
same((told.update, told.results[0].id, told.results[0].fields), (1, of, ["note"]))
other = call("customers", "create_customer", body=body("CustomerInput", note="twice", mobile_phone="2"), status=201).id
call("tickets", "create_ticket", body=body("TicketInput", title="Moves", customer=other), status=201)
same(call("customers", "merge_customers", of, body=body("Merge", customer=other)).mobile_phone, "2")
same(call("customers", "read_customer", other).merged_into, of)
same(len(call("customers", "list_tickets_of_customer", of).data), 2)
call("customers", "undo_merge", other)
same([one.title for one in call("customers", "list_tickets_of_customer", other).data], ["Moves"])

same(call("tickets", "list_messages_of_ticket", ticket.id).data[0].text, "Try again now.")
same(call("me", "read_me").name, "demo-admin")
owner = call("users", "list_users", filter_="username = admin").data[0].id
call("tickets", "update_ticket", ticket.id, body=body("TicketInput", owner=owner))
assert call("tickets", "mark_ticket_read", ticket.id).version >= 2

assert ticket.id in [one.ticket for one in call("users", "list_active_tickets", owner).data]
# Notifications are a user's, and this is a key.
call("notifications", "allocate_notifications", body=body("NotificationSource", source="scenario"), status=403)
call("notifications", "take_notifications", body=body("NotificationTaker", key="none"), status=423)
password = body("CustomerPassword", username=username, password="not hers")
same(call("customers", "check_password", body=password).customer, None)
call("customers", "send_password", of, status=422)
wsdl = api.get_httpx_client().get("/scripts/SOAP?action=admin").text.replace("urn:admin", "urn:old")
learned = call("wsdls", "learn_wsdl", body=body("WsdlToLearn", dialect="superoffice", text=wsdl))
same((learned.dialect, learned.port, learned.differences), ("superoffice", "admin", []))
same(call("wsdls", "read_wsdl", learned.id).text, wsdl)
assert learned.id in [one.id for one in call("wsdls", "list_wsdls").data]
call("wsdls", "delete_wsdl", learned.id)
assert len(call("wsdls", "read_wsdl_history", learned.id).data) >= 2

sent = File(payload=io.BytesIO(b"\x00 any bytes \xff"))
file = call("attachments", "create_attachment", body=sent, name="any.bin", status=201)
same(call("attachments", "read_attachment_content", file.id).payload.read(), b"\x00 any bytes \xff")
same(call("attachments", "update_attachment", file.id, body=body("AttachmentInput", name="some.bin")).name, "some.bin")
same(call("attachments", "read_attachment", file.id).name, "some.bin")
same([one.id for one in call("attachments", "list_attachments", filter_=f"id = {file.id}").data], [file.id])
call("attachments", "delete_attachment", file.id)
same(len(call("attachments", "read_attachment_history", file.id).data), 3)

key = call("keys", "create_key", body=body("KeyInput", username=f"robot-{unique}", role="viewer"), status=201)
assert call("keys", "rotate_key", key.id, body=body("Rotation", overlap_seconds=60)).key != key.key
token = call("tokens", "create_token", body=body("TokenInput", user=owner), status=201)
same(call("tokens", "read_token", token.id).user, owner)
assert token.id in [one.id for one in call("tokens", "list_tokens", limit=200).data]
call("tokens", "end_token", token.id, status=204)
call("sessions", "list_sessions")
call("sessions", "end_session", 2_000_000_000, status=404)

tenant = call("tenants", "create_tenant", body=body("TenantInput", name=f"t{unique}"), status=201)
call("tenants", "update_tenant", tenant.id, body=body("TenantInput", hosts=[f"{unique}.example"]))
same(call("tenants", "read_tenant", tenant.id).hosts, [f"{unique}.example"])
assert tenant.id in [one.id for one in call("tenants", "list_tenants", limit=200).data]
same(len(call("tenants", "read_tenant_history", tenant.id).data), 2)
settings = call("settings", "read_settings")
same(call("settings", "update_settings", body=body("TenantInput", hosts=settings.hosts)).version, settings.version)

events = call("events", "list_events", limit=3, kind="customer")
same(len(events.splitlines()), 3)
hook = call("webhooks", "create_webhook", body=body("WebhookInput", url="https://127.0.0.1:1/hook"), status=201)
assert call("webhooks", "rotate_webhook_secret", hook.id).secret != hook.secret
same(call("webhooks", "test_webhook", hook.id).delivered, False)
cursor = call("webhooks", "read_webhook_delivery", hook.id).cursor
call("webhooks", "replay_webhook", hook.id, body=body("Replay", after=cursor))
same(call("webhooks", "list_dead_letters", hook.id).data, [])
call("webhooks", "replay_dead_letter", hook.id, "1", status=404)
call("webhooks", "delete_dead_letter", hook.id, "1", status=404)
call("webhooks", "delete_webhook", hook.id)

same(call("customers", "export_customer", of).customer.id, of)
same(call("customers", "erase_customer", other, dry_run=True).data[0].dry_run, True)
same(call("customers", "erase_customer", other).data[0].customer, other)
call("retention", "run_retention", dry_run=True)
entries = call("audit_entries", "list_audit_entries", sort="-id").data
same([entry.action for entry in entries[:3]], ["erase", "export", "undo_merge"])
same(call("audit_entries", "read_audit_entry", entries[0].id).subject, other)
same(len(call("audit_entries", "read_audit_entry_history", entries[0].id).data), 1)

missing = read_customer.sync_detailed(999_999, client=api)
same((missing.status_code, missing.parsed.code), (404, ProblemCode.NOT_FOUND))
wrong = create_customer.sync(client=api, body=CustomerInput(emails=["nobody"]))
same((wrong.code, wrong.errors[0].pointer), (ProblemCode.INVALID, "/emails"))

description = api.get_httpx_client().get("/openapi.json").json()
expected = {
    operation["operationId"]: (method.upper(), re.sub(r"\{[^}]*\}", "[^/]+", path))
    for path, item in description["paths"].items()
    for method, operation in item.items()
    if method in ("get", "put", "post", "delete", "patch")
}
unused = {
    name
    for name, (method, path) in expected.items()
    if not any(verb == method and re.fullmatch(path, seen) for verb, seen in called)
}
same(unused, set())
print(f"customer {customer.id}, {len(expected)} operations: as described")
