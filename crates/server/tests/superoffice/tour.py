"""What a program does with the three ports, with zeep. The transcript is the same in every language."""

import sys

import zeep

sys.stdout.reconfigure(encoding="utf-8")
base, style = sys.argv[1:3]
literal = style == "literal"


def port(name):
    url = f"{base}/scripts/SOAP?action={name}" + ("&style=literal" if literal else "")
    client = zeep.Client(url, settings=zeep.Settings(strict=True))
    return client.service


# zeep wants to be told what the items are called.
ITEMS = {"texts": "string", "pairs": "ValuePairStruct", "criteria": "CriteriaStruct"}


def items(kind, values):
    return {ITEMS[kind] if literal else "item": values}


def texts(*values):
    return items("texts", list(values))


def pairs(**values):
    return items("pairs", [{"field": name, "value": value} for name, value in values.items()])


def criteria(field, op, value):
    return items("criteria", [{"field": field, "op": op, "value": value}])


def parts(answer):
    """One out parameter comes as itself, several in an object."""
    return [answer] if isinstance(answer, str) else [unwrapped(answer[name]) for name in answer]


def unwrapped(value):
    """The items of a list that document/literal wraps."""
    if literal and value is not None and not isinstance(value, (str, bytes, bool, int, list)):
        names = list(value)
        if len(names) == 1 and (names[0].startswith("ArrayOf") or names[0].endswith("Struct") or names[0] in ("string", "int")):
            return [unwrapped(item) for item in value[names[0]]]
    return value


def results(rows):
    return "|".join(f"{row.field}={row.value or ''}" for row in rows or [])


ticket, admin, customer = port("ticket"), port("admin"), port("customer")
code, key = parts(ticket.login("egon", "banken"))
print("login", code, len(key))
note = "<b>&amp;\"quoted\" & 'single'</b>\nsecond line"
changes = pairs(name="Blåbær Ødegård 客户 🎿", note=note, company="23", email="new@doe.example")
print("setCustomer", ticket.setCustomer(key, "10", changes))
code, rows, emails = parts(ticket.getCustomer(key, "10", texts("customer.name", "customer.note", "customer.company")))
print("getCustomer", code, results(rows), ",".join(emails))
code, rows, _ = parts(ticket.getCustomer(key, "10", texts("customer.shoe_size")))
print("getCustomer", code, len(rows or []))
code = ticket.setCustomer(key, "10", pairs(name="Changed", shoe_size="44"))
print("setCustomer", code, admin.getErrorMessage(key))
wanted = criteria("customer.lastname", "OperatorEquals", "Doe")
code, found = parts(ticket.findCustomers(key, wanted, texts("customer.id", "customer.firstname"), "10", "", True))
print("findCustomers", code, ";".join(map(results, found)))
extra = items("pairs", [{"field": "ticket.x_1", "value": "grave"}])
code, id = parts(ticket.newTicket(key, "Server down", "2", "23", "-1", "2", texts("10", "11"), extra, False))
print("newTicket", code, id)
code, attachment = parts(ticket.addAttachment(key, "log.bin", "application/x-log", b"\x00\xff\n\x80"))
print("addAttachment", code, attachment)
code, message = parts(ticket.addMessage(key, "We look at it.", id, "2", texts(attachment), False))
print("addMessage", code, message)
code, rows, info = parts(ticket.getMessage(key, message, texts("message.body", "message.author")))
print("getMessage", code, results(rows), info[0].attachmentName)
code, name, kind, data = parts(ticket.getAttachment(key, attachment, info[0].attachmentKey))
print("getAttachment", code, name, kind, data.hex())
code, rows, ids = parts(ticket.getTicket(key, id, texts("ticket.title", "ticket.cust_id", "ticket.x_1")))
print("getTicket", code, results(rows), ",".join(map(str, ids)))
wanted = criteria("ticket.id", "OperatorIn", f"500,{id}")
code, found = parts(ticket.findTickets(key, wanted, texts("ticket.id", "ticket.title"), "10", "ticket.id", False))
print("findTickets", code, ";".join(map(results, found)))
wanted = criteria("ticket.id", "OperatorGt", "9999")
code, found = parts(ticket.findTickets(key, wanted, texts("ticket.id"), "10", "", True))
print("findTickets", code, len(found or []))
code, rows = parts(ticket.getCategories(key))
shown = [f"{row.id}:{row.name}:{row.parentId}:{'internal' if row.isInternal else 'external'}" for row in rows]
print("getCategories", code, ";".join(shown))
code, rows = parts(admin.getUser(key, texts("user.loginname")))
print("getUser", code, results(rows))
print("logout", ticket.logout(key))
print("setCustomer", ticket.setCustomer(key, "10", pairs(phone="1")))

code, key = parts(customer.login("johndoe", "pw"))
print("customer.login", code, len(key))
code, id = parts(customer.newTicket(key, "Server error", "2", "23", "-1", items("pairs", [])))
print("customer.newTicket", code, id)
code, message = parts(customer.addMessage(key, "It is down.", id, "2", texts()))
print("customer.addMessage", code, message)
code, rows, ids = parts(customer.getTicket(key, id, texts("ticket.title", "ticket.mood")))
print("customer.getTicket", code, results(rows), ",".join(ids))
wanted = criteria("ticket.title", "OperatorBeginsWith", "server")
code, found = parts(customer.findTickets(key, wanted, texts("ticket.title")))
print("customer.findTickets", code, ";".join(map(results, found)))
code, rows = parts(customer.getPriorities(key))
print("customer.getPriorities", code, ",".join(row.name for row in rows))
code, _, _ = parts(customer.getTicket(key, "501", texts()))
print("customer.getTicket", code, customer.getErrorMessage(key))
