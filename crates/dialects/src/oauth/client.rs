//! The programs that may ask users to let them in.

use crate::sign_in::{MAX_CREDENTIAL, digest};
use std::fmt;

/// A program, as the operator registered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// What it calls itself.
    pub id: String,
    /// Where it may have codes sent.
    pub redirect_uris: Vec<String>,
    /// SHA-256 of its secret in hexadecimal. One that runs where its users are has none: nobody can tell it from them.
    pub secret: Option<String>,
}

/// What the digest of a secret begins with in a registration.
const SECRET: &str = "secret-sha256=";

/// The program that the demo data's users can let in.
pub const DEMO: &str = "demo-client https://login.live.com/oauth20_desktop.srf \
    https://login.microsoftonline.com/common/oauth2/nativeclient http://127.0.0.1/callback http://localhost/callback";

/// Pages of this server, by the names that the vendor's programs know it by: nothing but the user's browser sees what is
/// sent there.
const DESKTOP: &[&str] =
    &["https://login.live.com/oauth20_desktop.srf", "https://login.microsoftonline.com/common/oauth2/nativeclient"];

/// Why a registration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadClient(String);

impl fmt::Display for BadClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads `ID REDIRECT-URI …; ID secret-sha256=DIGEST REDIRECT-URI …`.
///
/// # Errors
/// A program without an address, an address that is neither https nor on the caller's own machine, and what is no digest.
pub fn clients(text: &str) -> Result<Vec<Client>, BadClient> {
    let entries = text.split(';').map(str::trim).filter(|entry| !entry.is_empty());
    let client = |entry: &str| {
        let mut words = entry.split_whitespace().map(str::to_owned);
        let id = words.next().unwrap_or_default();
        let (secrets, redirect_uris): (Vec<_>, Vec<_>) = words.partition(|word| word.starts_with(SECRET));
        let secret = secrets.first().and_then(|word| word.strip_prefix(SECRET)).map(str::to_ascii_lowercase);
        let is_digest = |text: &String| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if secrets.len() > 1 || secret.as_ref().is_some_and(|secret| !is_digest(secret)) {
            return Err(BadClient(format!("{id}: {SECRET} must be there once, with the 64 digits of a SHA-256")));
        }
        if redirect_uris.is_empty() {
            return Err(BadClient(format!("{id}: a program needs an address that codes are sent to")));
        }
        if let Some(wrong) = redirect_uris.iter().find(|uri| !is_usable(uri)) {
            let text = "must begin with https://, or http://127.0.0.1, http://[::1] or http://localhost, without #";
            return Err(BadClient(format!("{id}: {wrong} {text}")));
        }
        Ok(Client { id, redirect_uris, secret })
    };
    entries.map(client).collect()
}

fn is_usable(uri: &str) -> bool {
    let https = uri.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'));
    (https || without_port(uri).is_some()) && !uri.contains('#') && uri.bytes().all(|byte| byte.is_ascii_graphic())
}

/// An address on the caller's own machine, without its port: programs take one that is free (RFC 8252, 7.3).
fn without_port(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = ["127.0.0.1", "[::1]", "localhost"].into_iter().find(|host| authority.starts_with(host))?;
    let port = authority.strip_prefix(host)?;
    let is_port = port.strip_prefix(':').is_some_and(|digits| digits.parse::<u16>().is_ok());
    (port.is_empty() || is_port).then_some((host, path))
}

impl Client {
    /// Whether a code may be sent to that address: to the letter as registered.
    pub(super) fn may_send_to(&self, uri: &str) -> bool {
        let same =
            |known: &String| known == uri || (without_port(uri).is_some() && without_port(known) == without_port(uri));
        self.redirect_uris.iter().any(same)
    }

    /// Whether who redeems a code sent there must show that they asked for it (RFC 7636). The old programs that have it
    /// sent to a page of this server cannot, nor can old ones that keep a secret, which shows as much.
    pub(super) fn needs_challenge(&self, uri: &str) -> bool {
        self.secret.is_none() && !DESKTOP.contains(&uri)
    }

    /// Whether that is its secret; of one without a secret that none was shown.
    pub(super) fn is_proven(&self, shown: Option<&str>) -> bool {
        match (&self.secret, shown) {
            (None, None | Some("")) => true,
            (Some(secret), Some(shown)) => {
                // Both are digests: how long it takes tells nothing of what they were made from.
                shown.len() <= MAX_CREDENTIAL && digest(shown) == *secret
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_only_where_the_operator_said() {
        let all = clients("shop https://shop.example/back ; desk http://127.0.0.1/cb http://[::1]:80/cb").unwrap();
        let (shop, desk) = (&all[0], &all[1]);
        for (uri, good) in [
            ("https://shop.example/back", true),
            ("https://shop.example/back/", false),
            ("https://shop.example/back?x=1", false),
            ("https://shop.example:443/back", false),
            ("https://shop.example.evil.example/back", false),
            ("http://shop.example/back", false),
            ("http://127.0.0.1/cb", false),
        ] {
            assert_eq!(shop.may_send_to(uri), good, "{uri}");
        }
        for (uri, good) in [
            ("http://127.0.0.1/cb", true),
            ("http://127.0.0.1:51004/cb", true),
            ("http://[::1]:9/cb", true),
            ("http://localhost:51004/cb", false),
            ("http://127.0.0.1:51004/other", false),
            ("http://127.0.0.1:x/cb", false),
            ("http://127.0.0.1.evil.example/cb", false),
            ("http://127.0.0.1:1@evil.example/cb", false),
            ("https://127.0.0.1/cb", false),
        ] {
            assert_eq!(desk.may_send_to(uri), good, "{uri}");
        }
        assert_eq!(clients(DEMO).unwrap()[0].redirect_uris.len(), 4);
    }

    #[test]
    fn what_is_no_registration_is_refused() {
        let twice = format!("shop {0} {0} https://a.example", format!("{SECRET}{}", "a".repeat(64)));
        for text in [
            "shop",
            "shop http://shop.example/",
            "shop https://",
            "shop https://a.example/#x",
            "shop app://x",
            "shop secret-sha256=a https://a.example/",
            &twice,
        ] {
            assert!(clients(text).is_err(), "{text}");
        }
        assert_eq!(clients(" ; "), Ok(vec![]));
    }
}
