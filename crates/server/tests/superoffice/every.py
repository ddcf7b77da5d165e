"""Calls what every.txt lists, with zeep, and tells what came back as the others do."""

import re
import sys

import zeep
from zeep.helpers import serialize_object

sys.stdout.reconfigure(encoding="utf-8")
base, style, listed = sys.argv[1:4]
literal = style == "literal"
kept = {}


def port(name):
    url = f"{base}/scripts/SOAP?action={name}" + ("&style=literal" if literal else "")
    return zeep.Client(url, settings=zeep.Settings(strict=True))


clients = {name: port(name) for name in ("ticket", "customer", "admin")}


def listing(items, type):
    """The items of a list, under the name that the type of the list has for them."""
    return {type.elements[0][0]: items}


def argument(cell, type):
    cell = re.sub(r"\$(\w+)", lambda name: kept[name[1]], cell)
    kind, _, rest = cell.partition(":")
    if kind == "b":
        return rest == "true"
    if kind == "i":
        return int(rest)
    if kind == "x":
        return rest.encode()
    if kind == "l":
        return listing(rest.split(",") if rest else [], type)
    if kind == "r":
        rows = rest.split("/") if rest else []
        return listing([dict(member.split("=", 1) for member in row.split(",")) for row in rows], type)
    return cell


def shown(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, list):
        return "[" + ",".join(map(shown, value)) + "]" if value else ""
    if isinstance(value, dict):
        # Document/literal wraps the items of a list in an element of its own.
        only = next(iter(value)) if len(value) == 1 else ""
        if only.endswith("Struct") or only.startswith("ArrayOf") or only in ("string", "int"):
            return shown(value[only])
        return "{" + ",".join(f"{name}={shown(value[name])}" for name in sorted(value)) + "}"
    return str(value)


for line in open(listed, encoding="utf-8"):
    if line.startswith("#"):
        continue
    head, *cells = [cell.strip() for cell in line.split("|")]
    name, _, keeps = head.partition(" ")
    keeps = keeps.strip("[]").split()
    where, method = name.split(".")
    service = clients[where].service
    operation = service._binding.get(method)
    body = operation.input.body
    types = [element.type for _, element in (body.type.elements if hasattr(body, "type") else body.elements)]
    answer = serialize_object(service[method](*map(argument, cells, types)), dict)
    parts = [shown(part) for part in (answer.values() if isinstance(answer, dict) else [answer])]
    for place, keep in enumerate(keeps, 1):
        if keep == "info":
            kept["attachmentKey"] = re.search("attachmentKey=(\\w*)", parts[place])[1]
            parts[place] = parts[place].replace(kept["attachmentKey"], "$attachmentKey")
        elif keep != "-":
            kept[keep], parts[place] = parts[place], f"${keep}"
    print(" | ".join([name, *parts]).rstrip().replace(base, "$base"))
