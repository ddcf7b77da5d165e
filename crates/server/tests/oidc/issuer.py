"""An OpenID Connect issuer on the loopback, and what samerow makes of its tokens.

Prints its address, reads that of samerow, and prints "done" when everything was as it should be.
"""

import base64
import http.server
import json
import sys
import threading
import time
import urllib.error
import urllib.request

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def jwk(name, key):
    convert = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    return dict(convert.to_jwk(key.public_key(), as_dict=True), kid=name, use="sig")


published = {}
asked = []


class Issuer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append(self.path)
        about = {"issuer": name, "jwks_uri": name + "/keys"}
        documents = {
            "/realm/.well-known/openid-configuration": about,
            "/realm/keys": {"keys": [jwk(*item) for item in published.items()]},
        }
        body = json.dumps(documents[self.path]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


site = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Issuer)
name = f"http://127.0.0.1:{site.server_port}/realm"
threading.Thread(target=site.serve_forever, daemon=True).start()

first = rsa.generate_private_key(65537, 2048)
curve = ec.generate_private_key(ec.SECP256R1())
second = rsa.generate_private_key(65537, 3072)
strange = rsa.generate_private_key(65537, 2048)
published.update(rsa1=first, ec1=curve)


def token(user, key=first, algorithm="RS256", kid="rsa1", **other):
    now = int(time.time())
    claims = {"iss": name, "aud": "samerow", "sub": "x", "iat": now, "exp": now + 3600, "preferred_username": user}
    claims.update(other)
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid})


print(name, flush=True)
base = sys.stdin.readline().strip()


def native(text):
    request = urllib.request.Request(base + "/v1/me", headers={"Authorization": "Bearer " + text})
    try:
        with direct.open(request, timeout=60) as answer:
            return json.load(answer)["name"]
    except urllib.error.HTTPError as error:
        return error.code


def bing(text, version="v11", developer="BBD37VB98"):
    """The name of a customer, or the code of the fault."""
    namespace = f"https://bingads.microsoft.com/Customer/{version}"
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
        f'<s:Header xmlns="{namespace}"><AuthenticationToken>{text}</AuthenticationToken>'
        f"<DeveloperToken>{developer}</DeveloperToken></s:Header><s:Body>"
        f'<GetCustomerRequest xmlns="{namespace}"><CustomerId>10</CustomerId></GetCustomerRequest></s:Body></s:Envelope>'
    )
    url = f"{base}/Api/CustomerManagement/{version}/CustomerManagementService.svc"
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"GetCustomer"'}
    try:
        with direct.open(urllib.request.Request(url, body.encode(), headers), timeout=60) as answer:
            found = answer.read().decode()
        return found.split("<a:Name>")[1].split("<")[0]
    except urllib.error.HTTPError as error:
        fault = error.read().decode()
        return int(fault.split("Code>")[1].split("<")[0])


def expect(shown, expected, what):
    if shown != expected:
        sys.exit(f"{what}: {shown!r} instead of {expected!r}")


for version in ["v11", "v13"]:
    expect(bing(token("demo_bing"), version), "John Doe", f"RS256, {version}")
    expect(bing(token("demo_bing", curve, "ES256", "ec1"), version), "John Doe", f"ES256, {version}")
expect(native(token("admin")), "admin", "native")
expect(native(token("admin", aud=["crm", "samerow"])), "admin", "one of two audiences")
expect(len(asked), 2, "what the issuer tells of itself is asked once")

ended = int(time.time()) - 3600
for code, text, what in [
    (109, token("demo_bing", exp=ended), "expired"),
    (105, token("demo_bing", exp=None), "without an end"),
    (105, token("demo_bing", aud="crm"), "another audience"),
    (105, token("demo_bing", aud=None), "no audience"),
    (105, token("demo_bing", iss="https://id.example"), "another issuer"),
    (105, token("demo_bing", nbf=int(time.time()) + 3600), "not yet"),
    (105, token("demo_bing", strange), "another key under a known name"),
    (105, token("demo_bing", curve, "ES256", "rsa1"), "a key of another sort"),
    (105, token("demo_bing", None, "none"), "alg none"),
    (105, token("demo_bing", first, "RS512"), "an algorithm that is not on the list"),
    (105, token("demo_bing", first, "PS256"), "another algorithm that is not on the list"),
    (105, token("nobody"), "no user"),
    (105, token("egon"), "a user of another dialect"),
    (105, token(None), "no name"),
    (105, token("demo_bing")[:-8] + "AAAAAAAA", "a changed signature"),
    (105, token("demo_bing", more="x" * 9000), "too long"),
]:
    expect(bing(text), code, what)
    expect(native(text), 401, what)
# The oldest trick: the public key as the secret of an HMAC.
public = first.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def part(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


header, claims = part(b'{"alg":"HS256","kid":"rsa1"}'), token("demo_bing").split(".")[1].encode()
signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(header + b"." + claims, public)
expect(bing((header + b"." + claims + b"." + part(signature)).decode()), 105, "HS256 with the public key")
expect(bing(token("demo_bing"), developer=token("demo_bing")), 105, "a token is no developer token")

# A key is changed. Strangers cannot make samerow ask all the time, so that it may take a moment.
del published["rsa1"]
published["rsa2"] = second
limit = time.monotonic() + 120
while (shown := native(token("admin", second, kid="rsa2"))) != "admin":
    expect(shown, 401, "the new key")
    if time.monotonic() > limit:
        sys.exit("the new key is never taken")
    time.sleep(0.5)
expect(native(token("admin", jti="again")), 401, "the old key")

# The issuer goes away: what is known of it stays good.
site.shutdown()
site.server_close()
expect(native(token("admin", second, kid="rsa2", jti="later")), "admin", "without the issuer")
print("done")
