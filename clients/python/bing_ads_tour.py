"""Bing Ads with two SOAP toolkits, both versions: every operation that works, by each.

Usage: python bing_ads_tour.py http://127.0.0.1:7263 suds|zeep v11|v13 [authorities.pem]

It changes the demo data of a fresh server. `https` is trusted by the file of authorities.
"""

import datetime
import json
import os
import ssl
import sys
import urllib.request

BASE, TOOLKIT, VERSION = sys.argv[1].rstrip("/"), sys.argv[2], sys.argv[3]
CA = sys.argv[4] if len(sys.argv) > 4 else None
if CA:
    os.environ["REQUESTS_CA_BUNDLE"] = CA
    trust = ssl.create_default_context(cafile=CA)
    ssl._create_default_https_context = lambda: trust

import requests
import suds
import suds.client
import zeep

WSDL = f"{BASE}/Api/CustomerManagement/{VERSION}/CustomerManagementService.svc?singleWsdl"
ENTITIES = f"https://bingads.microsoft.com/Customer/{VERSION}/Entities"


def native(method, path, body=None):
    request = urllib.request.Request(BASE + path, method=method, data=json.dumps(body).encode() if body else None)
    request.add_header("Authorization", "Bearer demo-admin-token")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def headers(user):
    """Who calls: a name and a password for version 11, a token for version 13."""
    if VERSION == "v11":
        return {"DeveloperToken": "BBD37VB98", "UserName": user, "Password": "banken"}
    if user not in tokens:
        tokens[user] = native("POST", "/v1/tokens", {"user": USERS[user], "dialects": ["bing_ads"]})["key"]
    return {"DeveloperToken": "BBD37VB98", "AuthenticationToken": tokens[user]}


USERS = {"demo_bing": 4, "demo_reseller": 5, "demo_manager": 6}
tokens = {}


class Refused(Exception):
    """A fault, by its code."""


class Suds:
    def __init__(self):
        self.client = suds.client.Client(WSDL, cache=None)
        # The vendor's samples know types by this prefix.
        assert self.client.factory.create("ns5:Customer") is not None

    def make(self, kind, **members):
        record = self.client.factory.create("ns5:" + kind)
        # What toolkits put in place of nothing goes.
        for name in [name for name, _ in record]:
            setattr(record, name, None)
        for name, value in members.items():
            setattr(record, name, value)
        return record

    def many(self, item, records):
        wrapped = self.client.factory.create("ns5:ArrayOf" + item)
        setattr(wrapped, item, records)
        return wrapped

    def call(self, operation, user="demo_bing", **arguments):
        self.client.set_options(soapheaders=headers(user))
        try:
            return getattr(self.client.service, operation)(**arguments)
        except suds.WebFault as fault:
            detail = fault.fault.detail
            errors = detail.AdApiFaultDetail.Errors.AdApiError if hasattr(detail, "AdApiFaultDetail") else \
                detail.ApiFault.OperationErrors.OperationError
            raise Refused(int((errors[0] if isinstance(errors, list) else errors).Code)) from fault

    only = call


class Zeep:
    def __init__(self):
        session = requests.Session()
        session.trust_env = bool(CA)
        self.client = zeep.Client(WSDL, transport=zeep.transports.Transport(session=session, timeout=120))

    def make(self, kind, **members):
        return self.client.get_type(f"{{{ENTITIES}}}{kind}")(**members)

    def many(self, item, records):
        return self.client.get_type(f"{{{ENTITIES}}}ArrayOf{item}")(records)

    def call(self, operation, user="demo_bing", **arguments):
        try:
            answer = getattr(self.client.service, operation)(_soapheaders=headers(user), **arguments)
        except zeep.exceptions.Fault as fault:
            raise Refused(int(next(code.text for code in fault.detail.iter() if code.tag.endswith("}Code")))) from fault
        assert answer.header.TrackingId
        return answer.body

    def only(self, operation, user="demo_bing", **arguments):
        body = self.call(operation, user, **arguments)
        return next((getattr(body, name) for name in body), None) if body is not None else None


api = {"suds": Suds, "zeep": Zeep}[TOOLKIT]()
call, only, make, many = api.call, api.only, api.make, api.many


def refused(code, operation, user="demo_bing", **arguments):
    try:
        call(operation, user, **arguments)
    except Refused as fault:
        assert fault.args[0] == code, f"{operation}: {fault.args[0]} instead of {code}"
    else:
        sys.exit(f"{operation} was taken, instead of {code}")


def items(records, item):
    """What a list holds, if it holds something."""
    found = getattr(records, item, None) if records else None
    return list(found or [])


def predicates(field, operator, value):
    return many("Predicate", [make("Predicate", Field=field, Operator=operator, Value=value)])


page = make("Paging", Index=0, Size=10)

# Who calls.
user = call("GetUser")
assert user.User.UserName == "demo_bing", user
roles = [role.RoleId for role in items(user.CustomerRoles, "CustomerRole")] if VERSION == "v13" else items(user.Roles, "int")
assert roles == [41], roles
assert only("GetCurrentUser").Id == user.User.Id
if VERSION == "v13":
    assert only("GetUserMFAStatus") is False

# A customer is read, changed, and refused when somebody else was faster.
customer = only("GetCustomer", CustomerId=100)
customer.Name = f"Løvås & Sønner 客户 {TOOLKIT}"
customer.CustomerAddress.City = "Oslo"
assert isinstance(only("UpdateCustomer", Customer=customer), datetime.datetime)
refused(209, "UpdateCustomer", Customer=customer)
read = only("GetCustomer", CustomerId=100)
assert (read.Name, read.CustomerAddress.City) == (customer.Name, "Oslo"), read
assert read.LastModifiedByUserId == user.User.Id, read
refused(210, "GetCustomer", CustomerId=999999)
infos = items(only("GetCustomersInfo", CustomerNameFilter="Løvås & Sønner 客户", TopN=5), "CustomerInfo")
assert [info.Id for info in infos] == [100], infos
found = only("SearchCustomers", Predicates=predicates("CustomerId", "Equals", "100"), PageInfo=page)
assert [found.Name for found in items(found, "Customer")] == [customer.Name], found
assert call("GetAccessibleCustomer", CustomerId=100).AccessibleCustomer.Name == customer.Name
assert items(only("GetCustomerPilotFeatures", CustomerId=100), "int") == []
assert items(only("GetPilotFeaturesCountries"), "PilotFeature") == []
only("MapCustomerIdToExternalCustomerId", CustomerId=100, ExternalCustomerId="EXT-100")

# Another one is signed up with an account, and goes again.
account_type, currency = ("AdvertiserAccount", {"CurrencyType": "NorwegianKrone"})
if VERSION == "v13":
    currency = {"CurrencyCode": "NOK"}
address = make("Address", City="Oslo", CountryCode="NO", Line1="Gate 1", PostalCode="0150")
fjord = make("Customer", CustomerAddress=address, Industry="Retail", MarketCountry="NO", MarketLanguage="Norwegian", Name="Fjord")
ads = make(account_type, Name="Fjord ads", ParentCustomerId=100, **currency)
refused(1001, "SignupCustomer", Customer=fjord, Account=ads, ParentCustomerId=100)
made = call("SignupCustomer", "demo_reseller", Customer=fjord, Account=ads, ParentCustomerId=100)
assert made.CustomerNumber == f"C{made.CustomerId}" and made.AccountNumber.startswith("X"), made

# Accounts.
account = only("GetAccount", AccountId=made.AccountId)
assert (account.Name, account.ParentCustomerId) == ("Fjord ads", made.CustomerId), account
account.Name = "Søk"
only("UpdateAccount", Account=account)
refused(209, "UpdateAccount", Account=account)
only("MapAccountIdToExternalAccountIds", AccountId=made.AccountId, ExternalAccountIds=None)
infos = items(only("GetAccountsInfo", CustomerId=made.CustomerId), "AccountInfo")
assert [info.Name for info in infos] == ["Søk"], infos
infos = items(only("FindAccounts", CustomerId=made.CustomerId, AccountFilter="s", TopN=5), "AccountInfo")
assert [info.Id for info in infos] == [made.AccountId], infos
rows = items(only("FindAccountsOrCustomersInfo", Filter="Søk", TopN=5), "AccountInfoWithCustomerData")
assert [row.CustomerName for row in rows] == ["Fjord"], rows
found = only("SearchAccounts", Predicates=predicates("AccountName", "Contains", "øk"), PageInfo=page)
item = "Account" if VERSION == "v11" else "AdvertiserAccount"
assert [account.Name for account in items(found, item)] == ["Søk"], found
if VERSION == "v13":
    linked = call("GetLinkedAccountsAndCustomersInfo", CustomerId=made.CustomerId)
    assert [info.Name for info in items(linked.AccountsInfo, "AccountInfo")] == ["Søk"], linked
    assert items(only("GetAccountPilotFeatures", AccountId=made.AccountId), "int") == []
added = call("AddAccount", "demo_manager", Account=make(account_type, Name="More ads", ParentCustomerId=made.CustomerId, **currency))
more = only("GetAccount", AccountId=added.AccountId)
only("DeleteAccount", "demo_manager", AccountId=added.AccountId, TimeStamp=more.TimeStamp)
assert only("GetAccount", AccountId=added.AccountId).AccountLifeCycleStatus == "Inactive"
stamp = only("GetCustomer", CustomerId=made.CustomerId).TimeStamp
only("DeleteCustomer", "demo_manager", CustomerId=made.CustomerId, TimeStamp=stamp)
assert only("GetCustomer", CustomerId=made.CustomerId).CustomerLifeCycleStatus == "Inactive"

# Users.
role = {"Role": "StandardUser"} if VERSION == "v11" else {"RoleId": 203}
invitation = make("UserInvitation", FirstName="Grace", LastName="Hopper", Email="grace@example.com", CustomerId=100, **role)
if TOOLKIT == "suds" and VERSION == "v11":
    invitation.Lcid = "EnglishUS"
invited = only("SendUserInvitation", UserInvitation=invitation)
found = items(only("SearchUserInvitations", Predicates=predicates("CustomerId", "Equals", "100")), "UserInvitation")
assert [(found.Id, found.Email) for found in found] == [(invited, "grace@example.com")], found
infos = items(only("GetUsersInfo", CustomerId=100, StatusFilter="Pending"), "UserInfo")
assert [info.Id for info in infos] == [invited], infos
grace = call("GetUser", UserId=invited).User
grace.JobTitle = "Admiral"
only("UpdateUser", User=grace)
refused(1001, "UpdateUserRoles", CustomerId=100, UserId=invited, NewRoleId=100)
only("UpdateUserRoles", "demo_reseller", CustomerId=100, UserId=invited, NewRoleId=100)
refused(209, "DeleteUser", UserId=invited, TimeStamp=grace.TimeStamp)
grace = call("GetUser", UserId=invited).User
assert grace.JobTitle == "Admiral", grace
only("DeleteUser", UserId=invited, TimeStamp=grace.TimeStamp)
assert call("GetUser", UserId=invited).User.UserLifeCycleStatus == "Deleted"

# What is not offered says so.
refused(204, "AddClientLinks", ClientLinks=None)
refused(204, "SearchClientLinks", PageInfo=page)
print("done")
