"""What a program does with the native API, through a client that is generated from its description.

python scenario.py [address of a server with the demo data]; the package native_client must be importable.
"""

import sys
import time

from native_client import AuthenticatedClient
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

missing = read_customer.sync_detailed(999_999, client=api)
same((missing.status_code, missing.parsed.code), (404, ProblemCode.NOT_FOUND))
wrong = create_customer.sync(client=api, body=CustomerInput(emails=["nobody"]))
same((wrong.code, wrong.errors[0].pointer), (ProblemCode.INVALID, "/emails"))
print(f"customer {customer.id}: as described")
