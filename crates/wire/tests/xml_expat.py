"""What expat makes of documents: one a line in base64 in, an outline or "refused: why" a line out, as JSON."""

import base64
import json
import sys
from xml.parsers import expat


def read(document):
    # What parts namespace and name must be in none of both.
    parser = expat.ParserCreate(namespace_separator="|")
    parser.ordered_attributes = True
    elements, open_ones = [], []

    def start(name, attributes):
        if open_ones:
            open_ones[-1]["has_children"] = True
        pairs = sorted(zip(attributes[::2], attributes[1::2]))
        element = {"name": name, "attributes": pairs, "text": "", "has_children": False}
        elements.append(element)
        open_ones.append(element)

    def text(data):
        open_ones[-1]["text"] += data

    def doctype(*_):
        raise ValueError("document type")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: open_ones.pop()
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        return f"refused: {error}"
    return [[e["name"], e["attributes"], e["text"], e["has_children"]] for e in elements]


for line in sys.stdin:
    print(json.dumps(read(base64.b64decode(line))))
