"""zeep against document/literal: store.py URL"""

import sys

import zeep

client = zeep.Client(sys.argv[1] + "?wsdl")
thing = {"Name": "Zoë <&>", "Id": 7, "Colour": "Blue", "Numbers": {"long": [1, 2]}}
answer = client.service.Put(Thing=thing, Count=3, _soapheaders={"Token": "t"})
assert answer.header.TrackingId == "t-1", answer
got = answer.body.Thing
assert (got.Name, got.Lid, got.Stamp, got.Id, got.Numbers.long) == ("Zoë <&>", "red", b"\x00\xff", None, [1]), got
assert answer.body.When.microsecond == 670000, answer

try:
    client.service.Put(Thing={"Name": "refused"}, Count=-1, _soapheaders={"Token": "t"})
    raise SystemExit("no fault")
except zeep.exceptions.Fault as fault:
    detail = client.get_element("{https://store.example/v1}ApiFault").parse(fault.detail[0], client.wsdl.types)
    assert (fault.message, detail.TrackingId, detail.Code) == ("Invalid data.", "t-2", 105), detail
