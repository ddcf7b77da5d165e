//! The keys of an issuer (RFC 7517).

use super::token::{Algorithm, Token, wrong};
use super::{Error, Object, Value};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};

/// Most keys that are kept.
const MOST: usize = 64;

/// A key that can verify signatures.
struct Key {
    name: Option<String>,
    material: Material,
}

enum Material {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// An uncompressed point.
    P256(Vec<u8>),
}

/// What an issuer signs with. What of it we cannot use is left out.
#[derive(Default)]
pub(super) struct Keys(Vec<Key>);

impl Keys {
    pub(super) fn read(set: &Object<'_>) -> Self {
        let Some(Value::List(keys)) = set.get("keys") else { return Self::default() };
        Self(keys.iter().filter_map(|key| Key::read(key.as_object()?)).take(MOST).collect())
    }

    /// Whether the key of a token is here.
    pub(super) fn has(&self, token: &Token<'_>) -> bool {
        self.of(token).is_some()
    }

    /// The key of that name and sort; without a name the only one of its sort.
    fn of(&self, token: &Token<'_>) -> Option<&Key> {
        let mut found = self
            .0
            .iter()
            .filter(|key| key.algorithm() == token.algorithm && (token.key.is_none() || key.name == token.key));
        let first = found.next()?;
        (token.key.is_some() || found.next().is_none()).then_some(first)
    }

    /// # Errors
    /// `Unauthenticated` when none of these keys signed it.
    pub(super) fn verify(&self, token: &Token<'_>) -> Result<(), Error> {
        let key = self.of(token).ok_or_else(|| wrong("its issuer has no such key"))?;
        let (signed, signature) = (token.signed.as_bytes(), &token.signature[..]);
        let verified = match &key.material {
            Material::Rsa { modulus: n, exponent: e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
            }
            Material::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(signed, signature),
        };
        verified.map_err(|_| wrong("its signature is wrong"))
    }
}

impl Key {
    fn read(key: &Object<'_>) -> Option<Self> {
        let text = |name: &str| key.get(name).and_then(Value::as_text);
        let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
        let material = match text("kty")? {
            "RSA" => {
                let shortest = |bytes: Vec<u8>| bytes.into_iter().skip_while(|byte| *byte == 0).collect();
                Material::Rsa { modulus: shortest(bytes("n")?), exponent: shortest(bytes("e")?) }
            }
            "EC" if text("crv") == Some("P-256") => Material::P256([vec![4], bytes("x")?, bytes("y")?].concat()),
            _ => return None,
        };
        let key = Self { name: text("kid").map(str::to_owned), material };
        let signs = text("use").is_none_or(|what| what == "sig");
        let fits = text("alg").is_none_or(|name| Algorithm::named(name) == Some(key.algorithm()));
        (signs && fits).then_some(key)
    }

    const fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::Rsa { .. } => Algorithm::Rs256,
            Material::P256(_) => Algorithm::Es256,
        }
    }
}
