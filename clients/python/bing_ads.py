"""Bing Ads, both versions: every answer is held against the schemas of the WSDL that is served.

Usage: python bing_ads.py http://127.0.0.1:7263
"""

import sys
import urllib.error
import urllib.request

from lxml import etree

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
XS = "{http://www.w3.org/2001/XMLSchema}"
HEADERS = {
    "v11": {"DeveloperToken": "BBD37VB98", "UserName": "demo_bing", "Password": "banken"},
    "v13": {"DeveloperToken": "BBD37VB98", "AuthenticationToken": "demo-token"},
}


def address(base, version):
    return f"{base}/Api/CustomerManagement/{version}/CustomerManagementService.svc"


def schema_of(wsdl):
    """One schema that imports those of a WSDL: each stands in a document of its own."""
    inline = {schema.get("targetNamespace"): schema for schema in etree.fromstring(wsdl).iter(XS + "schema")}

    class Inline(etree.Resolver):
        def resolve(self, url, _, context):
            schema = etree.fromstring(etree.tostring(inline[url]))
            for imported in schema.iter(XS + "import"):
                imported.set("schemaLocation", imported.get("namespace"))
            return self.resolve_string(etree.tostring(schema), context)

    imports = "".join(f'<xs:import namespace="{name}" schemaLocation="{name}"/>' for name in inline)
    whole = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    parser = etree.XMLParser()
    parser.resolvers.add(Inline())
    return etree.XMLSchema(etree.fromstring(whole, parser))


def parts_of(envelope):
    """The elements that the schemas describe: headers, and the answer or the detail of a fault."""
    root = etree.fromstring(envelope)
    parts = [block for header in root.findall(SOAP + "Header") for block in header]
    for child in root.find(SOAP + "Body"):
        parts.extend(child.findall("detail/*") if child.tag == SOAP + "Fault" else [child])
    return parts


def call(base, version, operation, members, user=None):
    namespace = f"https://bingads.microsoft.com/Customer/{version}"
    headers = dict(HEADERS[version], **({"UserName": user} if user else {}))
    headers = "".join(f"<{name}>{value}</{name}>" for name, value in headers.items())
    body = (
        f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
        f'xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><s:Header xmlns="{namespace}">{headers}</s:Header>'
        f'<s:Body><{operation}Request xmlns="{namespace}" xmlns:e="{namespace}/Entities">{members}'
        f"</{operation}Request></s:Body></s:Envelope>"
    )
    kind = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{operation}"'}
    request = urllib.request.Request(address(base, version), body.encode(), kind)
    try:
        return urllib.request.urlopen(request).read()
    except urllib.error.HTTPError as error:
        assert error.code == 500, error.code
        return error.read()


PREDICATE = "<Predicates><e:Predicate><e:Field>{}</e:Field><e:Operator>{}</e:Operator><e:Value>{}</e:Value></e:Predicate></Predicates>"
PAGE = "<PageInfo><e:Index>0</e:Index><e:Size>10</e:Size></PageInfo>"
ACCOUNT = (
    '<Account i:type="e:AdvertiserAccount"><e:CurrencyType>Euro</e:CurrencyType><e:Name>Ads of {}</e:Name>'
    "<e:ParentCustomerId>100</e:ParentCustomerId></Account>"
)
INVITATION = (
    "<UserInvitation><e:FirstName>Grace</e:FirstName><e:LastName>Hopper</e:LastName><e:Email>grace@example.com</e:Email>"
    "<e:CustomerId>100</e:CustomerId><e:Role>SuperAdmin</e:Role></UserInvitation>"
)
CALLS = [
    ("GetCustomer", "<CustomerId>100</CustomerId>"),
    ("GetCustomer", "<CustomerId>999999</CustomerId>"),
    ("GetCustomer", "<CustomerId>x</CustomerId>"),
    ("UpdateCustomer", ""),
    ("UpdateCustomer", "<Customer><e:Id>100</e:Id></Customer>"),
    ("GetCustomersInfo", "<TopN>5</TopN>"),
    ("SearchCustomers", PREDICATE.format("CustomerName", "Contains", "o") + PAGE),
    ("SearchCustomers", PAGE),
    ("GetAccessibleCustomer", "<CustomerId>100</CustomerId>"),
    ("GetCustomerPilotFeatures", "<CustomerId>100</CustomerId>"),
    ("GetPilotFeaturesCountries", ""),
    ("GetUser", ""),
    ("GetCurrentUser", ""),
    ("GetUsersInfo", "<CustomerId>100</CustomerId>"),
    ("GetAccount", "<AccountId>1</AccountId>"),
    ("GetAccountsInfo", ""),
    ("FindAccounts", "<TopN>5</TopN>"),
    ("FindAccountsOrCustomersInfo", "<TopN>5</TopN>"),
    ("SearchAccounts", PREDICATE.format("CustomerId", "Equals", "100") + PAGE),
    ("SendUserInvitation", ""),
    ("SearchUserInvitations", PREDICATE.format("CustomerId", "Equals", "100")),
    ("GetUser", "<UserId>7</UserId>"),
    ("AddClientLinks", ""),
    ("DeleteCustomer", "<CustomerId>100</CustomerId>"),
]


def validate(base, version):
    """Every answer is one that the served schemas describe, and a wrong one would be noticed."""
    schema = schema_of(urllib.request.urlopen(address(base, version) + "?wsdl").read())
    for operation, members in CALLS:
        for part in parts_of(call(base, version, operation, members)):
            alone = etree.fromstring(etree.tostring(part))
            if not schema.validate(alone):
                sys.exit(f"{version} {operation}: {schema.error_log.last_error}\n{etree.tostring(part).decode()}")
    wrong = call(base, version, "GetCustomer", "<CustomerId>100</CustomerId>").replace(b">Active<", b">Asleep<")
    assert not all(schema.validate(etree.fromstring(etree.tostring(part))) for part in parts_of(wrong))
    print(version, len(CALLS), "answers fit the schemas")


def main():
    base = sys.argv[1].rstrip("/")
    call(base, "v11", "AddAccount", ACCOUNT.format("v11"), user="demo_manager")
    call(base, "v11", "SendUserInvitation", INVITATION)
    for version in ["v11", "v13"]:
        validate(base, version)


if __name__ == "__main__":
    main()
