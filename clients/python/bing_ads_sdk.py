"""Bing Ads with the vendor's own SDK for Python, 11.12.7: nothing but its tables of addresses is another one.

Usage: python bing_ads_sdk.py http://127.0.0.1:7263

It goes the way of the vendor's samples (who am I, my accounts, my customer, change it), signed in with a password, and then
with OAuth, where a token that has ended is renewed by the SDK itself. It changes customer 100 of the demo.
"""

import html.parser
import sys
import tempfile
import warnings

warnings.simplefilter("ignore")
tempfile.tempdir = tempfile.mkdtemp()

import suds.cache
import suds.client

# The SDK was written for suds-jurko, where this name was.
suds.client.ObjectCache = suds.cache.ObjectCache

import requests
from bingads import authorization, service_info
from bingads.authorization import AuthorizationData, OAuthDesktopMobileAuthCodeGrant, OAuthTokens, PasswordAuthentication
from bingads.service_client import ServiceClient

BASE = sys.argv[1].rstrip("/")

# The tables of addresses.
service_info.SERVICE_INFO_DICT_V11[("customermanagement", "production")] = service_info._ServiceInfo(
    "customermanagement", "production", BASE + "/Api/CustomerManagement/v11/CustomerManagementService.svc?singleWsdl")
login = authorization._UriOAuthService
for table in [login.AUTH_TOKEN_URI, login.AUTHORIZE_URI]:
    table["production"] = table["production"].replace("https://login.live.com", BASE)


def service(data):
    return ServiceClient("CustomerManagementService", 11, authorization_data=data, environment="production", cache=None)


def search(client, user_id):
    """The accounts of a user, as the vendor's samples ask for them."""
    predicates = client.factory.create("ns5:ArrayOfPredicate")
    predicate = client.factory.create("ns5:Predicate")
    predicate.Field, predicate.Operator, predicate.Value = "UserId", "Equals", user_id
    predicates.Predicate.append(predicate)
    paging = client.factory.create("ns5:Paging")
    paging.Index, paging.Size = 0, 10
    return client.SearchAccounts(PageInfo=paging, Predicates=predicates)


def sample(client, name):
    """The documented way from a user to their customer."""
    user = client.GetUser(None).User
    assert user.UserName == "demo_bing", user
    account = search(client, user.Id)["Account"][0]
    customer = client.GetCustomer(CustomerId=account.ParentCustomerId)
    customer.Name = name
    assert client.UpdateCustomer(Customer=customer)
    try:
        client.UpdateCustomer(Customer=customer)
    except suds.WebFault as fault:
        assert fault.fault.detail.AdApiFaultDetail.Errors.AdApiError.Code == "209", fault
    else:
        sys.exit("a stale TimeStamp was taken")
    assert client.GetCustomer(CustomerId=customer.Id).Name == name
    # The id of the call, as the SDK finds it.
    tracking = client.hp.get_headers(client.soap_client.service.GetCustomer)
    assert tracking["TrackingId"], tracking


class Form(html.parser.HTMLParser):
    """What the page of the sign-in holds."""

    def __init__(self, text):
        super().__init__()
        self.values = {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "input" and "value" in attributes:
            self.values[attributes["name"]] = attributes["value"]


def sign_in(grant):
    """What the user does with a browser."""
    page = requests.get(grant.get_authorization_endpoint(), timeout=120)
    answers = dict(Form(page.text).values, username="demo_bing", password="banken", decision="allow")
    led = requests.post(page.url.split("?")[0], data=answers, allow_redirects=False, timeout=120)
    return led.headers["Location"]


# An account to begin with, made by one who may.
manager = service(AuthorizationData(None, None, "BBD37VB98", PasswordAuthentication("demo_manager", "banken")))
account = manager.factory.create("ns5:AdvertiserAccount")
for member, _ in list(account):
    setattr(account, member, None)
account.CurrencyType, account.Name, account.ParentCustomerId = "Euro", "Ads", 100
manager.AddAccount(Account=account)

sample(service(AuthorizationData(None, None, "BBD37VB98", PasswordAuthentication("demo_bing", "banken"))), "By password")

renewed = []
grant = OAuthDesktopMobileAuthCodeGrant("demo-client")
grant.token_refreshed_callback = renewed.append
grant.request_oauth_tokens_by_response_uri(sign_in(grant))
client = service(AuthorizationData(None, None, "BBD37VB98", grant))
sample(client, "By token")
assert len(renewed) == 1, renewed
# A token that has ended: 109, upon which the SDK renews it and calls again.
grant._oauth_tokens = OAuthTokens("demo-expired", 0, grant.oauth_tokens.refresh_token)
sample(client, "By a renewed token")
assert len(renewed) == 2 and renewed[1].refresh_token != renewed[0].refresh_token, renewed
print("done")
