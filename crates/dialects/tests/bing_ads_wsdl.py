"""Holds answers of Bing Ads to the WSDLs that describe them.

    bing_ads_wsdl.py FOLDER    prints what is wrong, a line each, and how many answers and faults there were

A file is named VERSION.OPERATION.whatever.xml, and VERSION.any.whatever.xml for a fault of no operation. Beside them are
v11.wsdl and v13.wsdl.
"""

import sys
from pathlib import Path

from lxml import etree

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "clients/python"))
from bing_ads import SOAP, parts_of, schema_of

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
TRACKING = "TrackingId"


def described(wsdl):
    """For each operation the element of its answer and those in the details of its faults, by the messages."""
    root = etree.fromstring(wsdl)
    elements = {}
    for message in root.findall(WSDL + "message"):
        part = message.find(WSDL + "part")
        prefix, _, local = part.get("element").rpartition(":")
        elements[message.get("name")] = f"{{{part.nsmap[prefix]}}}{local}"
    of = lambda message: elements[message.get("message").split(":")[1]]
    operations = root.find(WSDL + "portType").findall(WSDL + "operation")
    return {is_.get("name"): (of(is_.find(WSDL + "output")), [of(fault) for fault in is_.findall(WSDL + "fault")]) for is_ in operations}


def problems(envelope, operation, schema, messages):
    root = etree.fromstring(envelope)
    if root.tag != SOAP + "Envelope" or root[-1].tag != SOAP + "Body" or len(root[-1]) != 1:
        yield "is no envelope with one thing in its body"
        return
    body = root[-1][0]
    if body.tag == SOAP + "Fault":
        if len(root) != 1:
            yield "is a fault with a header"
        if [child.tag for child in body] not in (["faultcode", "faultstring"], ["faultcode", "faultstring", "detail"]):
            yield f"is a fault of {[child.tag for child in body]}"
        prefix, _, code = body.find("faultcode").text.rpartition(":")
        if body.find("faultcode").nsmap.get(prefix) != SOAP[1:-1] or code not in ("Client", "Server", "VersionMismatch", "MustUnderstand"):
            yield f"has the code {prefix}:{code}"
        detail = [child.tag for child in body.findall("detail/*")]
        known = {tag for output, faults in messages.values() for tag in faults} if operation == "any" else messages[operation][1]
        if body.find("detail") is not None and (len(detail) != 1 or detail[0] not in known):
            yield f"has the detail {detail}"
        if body.find("detail") is None and operation != "any":
            yield "has no detail"
        ids = [part.text for part in body.iter("{*}" + TRACKING)]
        if detail and (len(ids) != 1 or not ids[0] or body.find("detail")[0][0].tag != f"{{https://adapi.microsoft.com}}{TRACKING}"):
            yield "does not begin with its TrackingId"
    else:
        if body.tag != messages[operation][0]:
            yield f"is {body.tag}"
        if len(root) != 2 or etree.QName(root[0][0]).localname != TRACKING or root[0].text:
            yield "does not begin with its TrackingId"
    for part in parts_of(envelope):
        if not schema.validate(etree.fromstring(etree.tostring(part))):
            yield str(schema.error_log.last_error.message)


def main(folder):
    counts = {}
    for version in ("v11", "v13"):
        wsdl = (folder / f"{version}.wsdl").read_bytes()
        schema, messages = schema_of(wsdl), described(wsdl)
        for file in sorted(folder.glob(f"{version}.*.xml")):
            envelope = file.read_bytes()
            for problem in problems(envelope, file.name.split(".")[1], schema, messages):
                print(f"{file.name}: {problem}")
            kind = "faults" if b":Fault>" in envelope else "answers"
            counts[version, kind] = counts.get((version, kind), 0) + 1
    for (version, kind), count in sorted(counts.items()):
        print(version, kind, count)


main(Path(sys.argv[1]))
