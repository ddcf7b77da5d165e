"""suds against document/literal: store_suds.py URL"""

import sys

from suds import WebFault
from suds.client import Client

client = Client(sys.argv[1] + "?singleWsdl", cache=None)
thing = client.factory.create("ns3:Thing")
thing.Name, thing.Id, thing.Colour, thing.Stamp = "Zoë <&>", 7, "Blue", None
thing.Numbers = client.factory.create("ns0:ArrayOflong")
thing.Numbers.long = [1, 2]
client.set_options(soapheaders={"Token": "t"})
answer = client.service.Put(Thing=thing, Count=3)
assert (answer.Thing.Name, answer.Thing.Lid) == ("Zoë <&>", "red"), answer
assert list(answer.Thing.Numbers.long) == [1] and answer.When.microsecond == 670000, answer

try:
    refused = client.factory.create("ns3:Thing")
    refused.Name, refused.Colour, refused.Numbers = "refused", None, None
    client.service.Put(Thing=refused, Count=-1)
    raise SystemExit("no fault")
except WebFault as fault:
    assert str(fault.fault.detail.ApiFault.Code) == "105", fault
