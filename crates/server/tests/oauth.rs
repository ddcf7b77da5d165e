//! OAuth 2.0 as a program meets it that uses requests-oauthlib, from its registration to a renewed token.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken rig is a failed test")]

mod support;

use std::path::Path;
use std::process::Command;
use support::{Launch, report};
use tempfile::TempDir;

const PROGRAM: &str = r#"
import html.parser, sys
from urllib.parse import parse_qs, urlsplit
import requests
from oauthlib.oauth2 import InvalidGrantError
from requests_oauthlib import OAuth2Session

base = sys.argv[1]
class Form(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.values = {}
    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == 'input' and 'value' in attributes:
            self.values[attributes['name']] = attributes['value']

def direct(session):
    session.trust_env = False
    return session

scope = ['native', 'offline_access']
program = direct(OAuth2Session('shop', redirect_uri='http://127.0.0.1:51004/back', scope=scope, pkce='S256'))
url, state = program.authorization_url(base + '/common/oauth2/v2.0/authorize')

# The user's browser.
browser = direct(requests.Session())
page = browser.get(url)
assert page.status_code == 200 and "default-src 'none'" in page.headers['Content-Security-Policy'], page.text
form = Form()
form.feed(page.text)
wrong = browser.post(page.url.split('?')[0], data={**form.values, 'username': 'admin', 'password': 'x', 'decision': 'allow'})
assert wrong.status_code == 401, wrong.status_code
answer = browser.post(page.url.split('?')[0], allow_redirects=False,
                      data={**form.values, 'username': 'admin', 'password': 'demo', 'decision': 'allow'})
assert answer.status_code == 302, answer.text
back = answer.headers['Location']
assert parse_qs(urlsplit(back).query)['iss'] == [base], back

# The library checks the state, and sends the verifier.
token_url = base + '/common/oauth2/v2.0/token'
token = program.fetch_token(token_url, authorization_response=back, include_client_id=True)
shown = program.get(base + '/v1/me')
assert shown.status_code == 200 and shown.json()['name'] == 'admin', shown.text
renewed = program.refresh_token(token_url, client_id='shop')
assert renewed['access_token'] != token['access_token'] and renewed['refresh_token'] != token['refresh_token']
assert program.get(base + '/v1/customers/10').json()['first_name'] == 'John'
try:
    program.refresh_token(token_url, refresh_token=token['refresh_token'], client_id='shop')
    raise SystemExit('what was used before was taken')
except InvalidGrantError:
    pass
ended = direct(requests.Session()).get(base + '/v1/me', headers={'Authorization': 'Bearer ' + renewed['access_token']})
assert ended.status_code == 401, ended.text
print('done')
"#;

#[test]
fn requests_oauthlib_gets_renews_and_loses_a_token() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/python");
    let python = || Command::new(if own.exists() { &own } else { Path::new("python3") });
    if !python().args(["-c", "import requests_oauthlib"]).output().is_ok_and(|probe| probe.status.success()) {
        report("not run: requests-oauthlib is not installed");
        assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "with CI=true it must run");
        return;
    }
    let folder = TempDir::new().unwrap();
    let server = Launch::demo(folder.path()).argument("--oauth-clients=shop http://127.0.0.1/back").start();
    let mut program = python();
    program.args(["-c", PROGRAM, &format!("http://{}", server.address)]).env("OAUTHLIB_INSECURE_TRANSPORT", "1");
    let output = program.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out == "done\n", "{out}\n{err}");
}

#[test]
fn a_registration_that_is_none_is_refused_at_the_start() {
    let folder = TempDir::new().unwrap();
    let launch = Launch::demo(folder.path()).argument("--oauth-clients=shop http://shop.example/back");
    let refusal = launch.try_start().map(drop).unwrap_err();
    assert!(refusal.status.is_some_and(|status| status.code() == Some(2)), "{refusal:?}");
    assert!(refusal.log.contains("shop: http://shop.example/back must begin with https://"), "{}", refusal.log);
}
