"""Holds messages of the SuperOffice ports to the WSDLs that describe them.

    superoffice_wsdl.py convert FOLDER    makes of each *.request.xml one in document/literal
    superoffice_wsdl.py check FOLDER      prints what is wrong, a line each

A file is named PORT.whatever.request.xml, PORT.whatever.rpc.xml or PORT.whatever.literal.xml. Beside them are PORT.wsdl,
PORT.literal.wsdl and soapenc.xsd.
"""

import sys
from pathlib import Path
from types import SimpleNamespace

import zeep
from lxml import etree

ENVELOPE = "{http://schemas.xmlsoap.org/soap/envelope/}"
ENCODING = "{http://schemas.xmlsoap.org/soap/encoding/}"
XSD = "{http://www.w3.org/2001/XMLSchema}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"


def call_of(document):
    return document.find(f"{ENVELOPE}Body")[0]


def qname(element, text):
    prefix, _, local = text.rpartition(":")
    return f"{{{element.nsmap[prefix or None]}}}{local}"


class Literal:
    """The schema of a document/literal WSDL."""

    def __init__(self, path):
        self.root = etree.parse(path).getroot()
        schema = self.root.find(f"{WSDL}types/{XSD}schema")
        # Prefixes of the WSDL are those of the schema too.
        alone = etree.fromstring(etree.tostring(schema))
        self.schema = etree.XMLSchema(alone)
        self.namespace = schema.get("targetNamespace")
        self.types = {is_.get("name"): is_ for is_ in schema.findall(f"{XSD}complexType")}
        self.elements = {is_.get("name"): is_ for is_ in schema.findall(f"{XSD}element")}

    def members(self, name):
        """The elements in a type, or in the anonymous one of an element."""
        holder = self.types.get(name)
        return {} if holder is None else {e.get("name"): e for e in holder.iter(f"{XSD}element")}

    def convert(self, call):
        name = etree.QName(call).localname
        element = self.elements[name]
        made = etree.Element(f"{{{self.namespace}}}{name}", nsmap={None: self.namespace})
        fields = {e.get("name"): e for e in element.iter(f"{XSD}element") if e is not element}
        # document/literal knows an order; rpc/encoded does not.
        for field, is_ in fields.items():
            for child in call.iterchildren(etree.Element):
                if child.tag == field:
                    made.append(self.value(child, field, is_))
        return made

    def value(self, sent, name, is_):
        made = etree.Element(f"{{{self.namespace}}}{name}", nsmap={None: self.namespace})
        local = is_.get("type").rpartition(":")[2]
        members = self.members(local)
        if local.startswith("ArrayOf"):
            item, of = next(iter(members.items()))
            made.extend(self.value(child, item, of) for child in sent.iterchildren(etree.Element))
        elif members:
            for field, of in members.items():
                made.extend(self.value(child, field, of) for child in sent.iterchildren(etree.Element) if child.tag == field)
        else:
            made.text = sent.text
        return made

    def check(self, document):
        call = etree.fromstring(etree.tostring(call_of(document)))
        if not etree.QName(call).localname.endswith("Response"):
            return [f"{call.tag} is no answer"]
        return [] if self.schema.validate(call) else [str(error) for error in self.schema.error_log]


class Encoded:
    """An rpc/encoded WSDL: what its messages and types are made of."""

    def __init__(self, path):
        self.client = zeep.Client(str(path))
        root = etree.parse(path).getroot()
        self.messages = {
            message.get("name"): [(part.get("name"), qname(part, part.get("type"))) for part in message]
            for message in root.findall(f"{WSDL}message")
        }
        self.arrays, self.structs = {}, {}
        for is_ in root.iter(f"{XSD}complexType"):
            name = f"{{{root.get('targetNamespace')}}}{is_.get('name')}"
            array = is_.find(f".//{XSD}attribute[@ref='soapenc:arrayType']")
            if array is not None:
                self.arrays[name] = qname(array, array.get("{http://schemas.xmlsoap.org/wsdl/}arrayType")[:-2])
            else:
                self.structs[name] = [(e.get("name"), qname(e, e.get("type"))) for e in is_.iter(f"{XSD}element")]

    def check(self, document):
        answer = call_of(document)
        name = etree.QName(answer)
        if name.localname not in self.messages:
            return [f"{name.localname} is no message"]
        self.echoed = f"{{{name.namespace}}}"
        wrong = self.members(answer, self.messages[name.localname], name.localname)
        if not wrong and self.echoed.startswith("{urn:"):
            operation = self.client.service._binding.get(name.localname.removesuffix("Response"))
            reply = SimpleNamespace(
                status_code=200, content=etree.tostring(document), headers={"Content-Type": "text/xml"}, encoding="utf-8"
            )
            try:
                self.client.service._binding.process_reply(self.client, operation, reply)
            except Exception as error:  # whatever a decoder says is what it says
                wrong.append(f"zeep: {error}")
        return wrong

    def members(self, element, wanted, path):
        names = [child.tag for child in element]
        if names != [name for name, _ in wanted]:
            return [f"{path} holds {names}, not {[name for name, _ in wanted]}"]
        return [w for child, (name, is_) in zip(element, wanted) for w in self.value(child, is_, f"{path}/{name}")]

    def own(self, name):
        """The name as it is in the answer, in whose namespace all types of ours are."""
        return name if name.startswith(XSD) else self.echoed + etree.QName(name).localname

    def value(self, element, is_, path):
        if element.get(f"{XSI}nil") == "true":
            return []
        if is_ in self.arrays:
            item = self.arrays[is_]
            written, _, size = element.get(f"{ENCODING}arrayType", "").rpartition("[")
            # An array of arrays is one of arrays of the inner items; gSOAP wants it of anything.
            inner = self.arrays.get(item)
            wanted = {self.own(item)} if inner is None else {self.own(inner) + "[]", f"{XSD}anyType"}
            told = written and (qname(element, written[:-2]) + "[]" if written.endswith("[]") else qname(element, written))
            if told not in wanted or size != f"{len(element)}]":
                return [f"{path} is an array {element.get(ENCODING + 'arrayType')}, not of {wanted}"]
            return [w for at, child in enumerate(element) for w in self.value(child, item, f"{path}[{at}]")]
        told = element.get(f"{XSI}type")
        if told is None or qname(element, told) != self.own(is_):
            return [f"{path} has the type {told}, not {is_}"]
        if is_ in self.structs:
            return self.members(element, self.structs[is_], path)
        text = element.text or ""
        good = {"boolean": text in ("true", "false"), "int": text.lstrip("-").isdigit()}
        return [] if len(element) == 0 and good.get(etree.QName(is_).localname, True) else [f"{path} is {text!r}"]


def main(what, folder):
    ports = ["ticket", "customer", "admin"]
    if what == "convert":
        literal = {port: Literal(folder / f"{port}.literal.wsdl") for port in ports}
        for path in folder.glob("*.request.xml"):
            document = etree.parse(path).getroot()
            body = document.find(f"{ENVELOPE}Body")
            body[:] = [literal[path.name.partition(".")[0]].convert(body[0])]
            path.with_name(path.name.replace(".request.", ".converted.")).write_bytes(etree.tostring(document))
        return
    checks = {(port, "rpc"): Encoded(folder / f"{port}.wsdl") for port in ports}
    checks |= {(port, "literal"): Literal(folder / f"{port}.literal.wsdl") for port in ports}
    for path in sorted(folder.glob("*.xml")):
        port, style = path.name.split(".")[0], path.name.split(".")[-2]
        if (port, style) in checks:
            for wrong in checks[port, style].check(etree.parse(path).getroot()):
                print(f"{path.name}: {wrong}")


main(sys.argv[1], Path(sys.argv[2]))
