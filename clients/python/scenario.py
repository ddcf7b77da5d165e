"""What a program does with the native API, through a client that is generated from its description.

python scenario.py [address of a server with the demo data]; the package native_client must be importable.
"""

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
from native_client.models import (
    Customer,
    CustomerInput,
    CustomerInputAddressType0,
    MessageInput,
    ProblemCode,
    TicketInput,
)

server = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:7263"
api = AuthenticatedClient(base_url=server, token="demo-admin-token")


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

# The other resources of the demo, each made, read, listed, changed, deleted and brought back in one way.
unique = str(time.time_ns())
for one, many, made, changes in [
    ("company", "companies", {"name": "Fjord AS"}, {"phone": "1"}),
    ("category", "categories", {"name": "Printers", "external": True}, {"name": "Printing"}),
    ("priority", "priorities", {"name": "Soon", "sort_order": 25}, {"sort_order": 26}),
    ("extra_field", "extra_fields", {"domain": "customer", "number": 9, "name": "Size", "shape": "integer"}, {"name": "Length"}),
    ("user", "users", {"username": unique, "name": "Kari", "role": "agent"}, {"role": "viewer"}),
    ("key", "keys", {"username": unique, "role": "viewer"}, {"role": "agent"}),
    ("ticket", "tickets", {"title": "Slow", "customer": 191, "category": 23, "priority": 2}, {"title": "Fast"}),
    ("message", "messages", {"ticket": 500, "text": "Hello"}, {"text": "Goodbye"}),
    ("language", "languages", {"name": "Nynorsk", "code": "nn"}, {"name": "Norsk"}),
    ("webhook", "webhooks", {"url": "https://crm.example/hook"}, {"name": "crm"}),
]:
    module = f"native_client.api.{many}"
    call = lambda verb, *arguments, **more: import_module(f"{module}.{verb}").sync(*arguments, client=api, **more)
    taken = getattr(models, "".join(word.capitalize() for word in one.split("_")) + "Input")
    created = call(f"create_{one}", body=taken.from_dict(made)).to_dict()
    same({name: created[name] for name in made}, made)
    assert one not in ("key", "webhook") or created.keys() & {"key", "secret"}
    changed = call(f"update_{one}", created["id"], body=taken.from_dict(changes)).to_dict()
    same({name: changed[name] for name in changes}, changes)
    same(call(f"read_{one}", created["id"]).to_dict(), changed)
    listed = call(f"list_{many}", filter_=f"id = {created['id']}").data
    same([found.to_dict() for found in listed], [changed])
    gone = call(f"delete_{one}", created["id"]).to_dict()
    same(gone["version"], changed["version"] + 1)
    same(call(f"list_{many}", filter_=f"id = {created['id']}").data, [])
    if one not in ("key", "webhook"):
        back = call(f"restore_{one}", created["id"]).to_dict()
        same({name: back[name] for name in changes}, changes)
    versions = [told.version for told in call(f"read_{one}_history", created["id"]).data]
    same(versions, list(range(len(versions), 0, -1)))

missing = read_customer.sync_detailed(999_999, client=api)
same((missing.status_code, missing.parsed.code), (404, ProblemCode.NOT_FOUND))
wrong = create_customer.sync(client=api, body=CustomerInput(emails=["nobody"]))
same((wrong.code, wrong.errors[0].pointer), (ProblemCode.INVALID, "/emails"))
print(f"customer {customer.id}: as described")
