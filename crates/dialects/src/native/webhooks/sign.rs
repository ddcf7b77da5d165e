//! Signatures as of Standard Webhooks: `v1,` and the HMAC-SHA256 of `id.timestamp.body` in Base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::{Field, Record, Time};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// How long the secret before the present one signs too, in seconds.
const OVERLAP: i64 = 86_400;

/// A secret of a webhook, as its receiver is given it: made from the server's key whenever it is needed, so that none is
/// stored. `None` for a webhook that has no such secret.
pub(in crate::native) fn secret(key: &[u8; 32], tenant: i64, webhook: &Record, number: i64) -> Option<String> {
    let raw = raw_secret(key, tenant, webhook, number)?;
    Some(format!("whsec_{}", STANDARD.encode(raw)))
}

fn raw_secret(key: &[u8; 32], tenant: i64, webhook: &Record, number: i64) -> Option<[u8; 32]> {
    (number > 0).then(|| hmac(key, format!("webhook {tenant} {} {number}", webhook.id).as_bytes()))
}

/// The headers that prove where a body comes from.
pub(super) fn headers(
    key: &[u8; 32],
    tenant: i64,
    webhook: &Record,
    id: &str,
    now: Time,
    body: &[u8],
) -> Vec<(&'static str, String)> {
    let present = webhook.number(Field::SecretNumber).unwrap_or(0);
    let overlaps = webhook.number(Field::RotatedAt).is_some_and(|at| now < Time(at).plus_seconds(OVERLAP));
    let signed = [format!("{id}.{}.", now.seconds()).as_bytes(), body].concat();
    let signatures: Vec<_> = [Some(present), overlaps.then_some(present - 1)]
        .into_iter()
        .flatten()
        .filter_map(|number| raw_secret(key, tenant, webhook, number))
        .map(|secret| signature(&secret, &signed))
        .collect();
    vec![
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", now.seconds().to_string()),
        ("webhook-signature", signatures.join(" ")),
    ]
}

fn signature(secret: &[u8], signed: &[u8]) -> String {
    format!("v1,{}", STANDARD.encode(hmac(secret, signed)))
}

fn hmac(key: &[u8], text: &[u8]) -> [u8; 32] {
    // A key of any length is taken.
    let Ok(hash) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    hash.chain_update(text).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Kind, Part};

    #[test]
    fn the_example_of_the_standard_is_signed_as_there() {
        // standardwebhooks.com: the example of its reference implementations.
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = b"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}";
        assert_eq!(signature(&secret, signed), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn the_secret_before_signs_for_a_day() {
        let mut webhook = Record::new(Kind::Webhook, Part(1), 7);
        webhook.set(Field::SecretNumber, Some(2.into())).unwrap();
        webhook.set(Field::RotatedAt, Some(1_000_000.into())).unwrap();
        let signatures = |now: i64| {
            let headers = headers(&[9; 32], 1, &webhook, "a", Time(now * 1_000_000), b"{}");
            headers[2].1.split(' ').map(str::to_owned).collect::<Vec<_>>()
        };
        let [first, second] = [1, 2].map(|number| raw_secret(&[9; 32], 1, &webhook, number).unwrap());
        assert_eq!(signatures(10), [signature(&second, b"a.10.{}"), signature(&first, b"a.10.{}")]);
        assert_eq!(signatures(OVERLAP + 1), [signature(&second, format!("a.{}.{{}}", OVERLAP + 1).as_bytes())]);
        assert_ne!(secret(&[9; 32], 1, &webhook, 1), secret(&[9; 32], 2, &webhook, 1));
        assert_eq!(secret(&[9; 32], 1, &webhook, 0), None);
    }
}
