"""zeep against rpc/encoded: shop.py URL"""

import sys

import zeep

url = sys.argv[1]
client = zeep.Client(url + "?wsdl")
service = client.service

pairs = [{"field": "name", "value": 'Zoë <&> "x"'}, {"field": "zip", "value": "02134"}]
assert service.change("k", {"item": pairs}) == "0"

found = service.find("k", {"item": ["a", "b"]}, True, 7, b"\x00\x01\xff")
rows = [[(cell.field, cell.value) for cell in row] for row in found.rows]
assert rows == [[("a", "1"), ("b", "é<")], [("c", "3")]], rows
assert found.errorCode == "0" and found.numbers == [1, -2], found
assert (found.best.field, found.best.value or "") == ("best", "")
assert found.more is True and found.count == 7 and found.data == b"\x00\x01\xff" and not found.none, found

try:
    service.change("bad", {"item": []})
    raise SystemExit("no fault")
except zeep.exceptions.Fault as fault:
    assert fault.message == "the key is bad" and fault.code == "SOAP-ENV:Client", (fault.code, fault.message)
