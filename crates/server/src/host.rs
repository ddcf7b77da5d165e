//! What only this floor may touch: the clock, the generator of random bytes, slow hashing.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use domain::port::{Clock, Entropy, Passwords};
use domain::{Error, Time};
use std::cell::RefCell;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// The system's clock, UTC.
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the one clock")]
    fn now(&self) -> Time {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Time(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// The system's generator, some kilobytes at a time.
pub struct SystemEntropy;

const POOL: usize = 4_096;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        thread_local! {
            // The unused bytes are at the front.
            static BYTES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
        }
        BYTES.with_borrow_mut(|unused| {
            if bytes.len() > POOL {
                return generate(bytes);
            }
            if unused.len() < bytes.len() {
                unused.resize(POOL, 0);
                generate(unused);
            }
            let rest = unused.len() - bytes.len();
            bytes.copy_from_slice(unused.get(rest..).unwrap_or_default());
            unused.truncate(rest);
        });
    }
}

#[allow(clippy::expect_used, reason = "a system without random bytes can keep no secret: better no server")]
fn generate(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the system gives random bytes");
}

/// argon2id with 19 MiB, 2 passes, 1 lane: OWASP's minimum, some 20 ms a password.
pub struct Argon2id;

impl Passwords for Argon2id {
    fn hash(&self, password: &str) -> Result<String, Error> {
        let hash = Argon2::default().hash_password(password.as_bytes()).map_err(Error::internal)?;
        Ok(hash.to_string())
    }

    fn verify(&self, password: &str, phc: Option<&str>) -> bool {
        // Nobody's password is compared with this one's hash, so that an unknown name costs as much as a known one.
        static NOBODY: LazyLock<String> = LazyLock::new(|| Argon2id.hash("nobody").unwrap_or_default());
        let known = phc.is_some();
        let Ok(hash) = PasswordHash::new(phc.unwrap_or(&NOBODY)) else { return false };
        Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && known
    }
}

/// Sixteen letters and digits that are told apart at a glance: 80 bits.
pub fn readable_secret() -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0; 16];
    SystemEntropy.fill(&mut bytes);
    let letters: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    [&letters[..4], &letters[4..8], &letters[8..12], &letters[12..]].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_proven() {
        let phc = Argon2id.hash("banken").unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(Argon2id.verify("banken", Some(&phc)));
        assert!(!Argon2id.verify("Banken", Some(&phc)));
        assert!(!Argon2id.verify("nobody", None));
        assert!(!Argon2id.verify("banken", Some("")));
    }

    #[test]
    fn random_bytes_differ() {
        let mut seen = std::collections::HashSet::new();
        for _ in 0..2_000 {
            let mut bytes = [0; 16];
            SystemEntropy.fill(&mut bytes);
            assert!(seen.insert(bytes));
        }
        let mut large = vec![0; 3 * POOL];
        SystemEntropy.fill(&mut large);
        assert!(large.windows(32).all(|window| window != [0; 32]));
        assert_eq!(readable_secret().len(), 19);
    }
}
