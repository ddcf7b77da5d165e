use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use std::sync::atomic::{AtomicUsize, Ordering};

const NAME: &str = "https://id.example/realm";
const NOW: Time = Time(1_800_000_000_000_000);

/// An issuer that can change its keys and go away.
#[derive(Default)]
struct Site {
    keys: Mutex<String>,
    down: std::sync::atomic::AtomicBool,
    asked: AtomicUsize,
    token: Mutex<String>,
    posted: Mutex<Option<Question>>,
}

impl Asker for Site {
    fn ask(&self, question: Question) -> Asking<'_> {
        Box::pin(async move {
            self.asked.fetch_add(1, Ordering::SeqCst);
            if self.down.load(Ordering::SeqCst) {
                return Err("nobody is there".to_owned());
            }
            let body = match &*question.url {
                "https://id.example/realm/.well-known/openid-configuration" => format!(
                    r#"{{"issuer":"{NAME}","jwks_uri":"https://id.example/keys","authorization_endpoint":"https://id.example/in?realm=1","token_endpoint":"https://id.example/token"}}"#
                ),
                "https://id.example/keys" => format!(r#"{{"keys":[{}]}}"#, lock(&self.keys)),
                "https://id.example/token" => format!(r#"{{"id_token":"{}"}}"#, lock(&self.token)),
                other => return Err(format!("{other} is not here")),
            };
            *lock(&self.posted) = Some(question);
            Ok(body.into())
        })
    }
}

struct Signer(EcdsaKeyPair);

impl Signer {
    fn new() -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap())
    }

    fn jwk(&self, name: &str) -> String {
        let point = self.0.public_key().as_ref();
        let [x, y] = [&point[1..33], &point[33..]].map(|part| URL_SAFE_NO_PAD.encode(part));
        format!(r#"{{"kty":"EC","crv":"P-256","kid":"{name}","use":"sig","x":"{x}","y":"{y}"}}"#)
    }

    fn sign(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A token for ada that is good for an hour, with other claims in the place of some.
    fn token(&self, other: &str) -> String {
        let mut claims: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&format!(
            r#"{{"iss":"{NAME}","aud":"samerow","exp":1800003600,"nbf":1799999990,"sub":"7","login":"ada"}}"#
        ))
        .unwrap();
        claims.extend(serde_json::from_str::<serde_json::Map<_, _>>(other).unwrap());
        claims.retain(|_, value| !value.is_null());
        self.sign(r#"{"alg":"ES256","kid":"one","typ":"JWT"}"#, &serde_json::Value::Object(claims).to_string())
    }
}

fn trust() -> Trust {
    Trust {
        issuer: NAME.to_owned(),
        audiences: vec!["samerow".to_owned(), "crm".to_owned()],
        claim: "login".to_owned(),
        tenant: "default".to_owned(),
        client: Some(("desk".to_owned(), Some("s&cret".to_owned()))),
    }
}

fn issuer(signer: &Signer) -> (Arc<Site>, Issuer) {
    let site = Arc::new(Site { keys: Mutex::new(signer.jwk("one")), ..Site::default() });
    let asker: Arc<dyn Asker> = Arc::clone(&site) as _;
    let issuer = Issuer::new(trust(), asker).unwrap();
    (site, issuer)
}

#[tokio::test]
async fn a_token_says_who_somebody_is_and_for_how_long() {
    let signer = Signer::new();
    let (site, issuer) = issuer(&signer);
    for audience in [r#""samerow""#, r#"["other","crm"]"#] {
        let token = signer.token(&format!(r#"{{"aud":{audience}}}"#));
        assert!(Issuer::is_token(&token));
        let identity = issuer.identity(&token, NOW).await.unwrap();
        let until = Time((1_800_003_600 + LEEWAY) * 1_000_000);
        assert_eq!(identity, Identity { username: "ada".to_owned(), tenant: "default".to_owned(), until });
    }
    assert_eq!(site.asked.load(Ordering::SeqCst), 2, "what it tells of itself and its keys, once");
}

#[tokio::test]
async fn a_token_that_is_not_good_is_told_why() {
    let signer = Signer::new();
    let (_, issuer) = issuer(&signer);
    let header = r#"{"alg":"ES256","kid":"one"}"#;
    let good = signer.token("{}");
    let other = signer.token(r#"{"login":"eve"}"#);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let unsigned = |alg: &str| {
        let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{alg}","kid":"one"}}"#));
        format!("{header}.{}", signed.split_once('.').unwrap().1)
    };
    for (token, why) in [
        (signer.token(r#"{"iss":"https://evil.example"}"#), "another issuer"),
        (signer.token(r#"{"iss":null}"#), "iss is missing"),
        (signer.token(r#"{"aud":"other"}"#), "another audience"),
        (signer.token(r#"{"aud":["other",7]}"#), "another audience"),
        (signer.token(r#"{"aud":null}"#), "another audience"),
        (signer.token(r#"{"exp":null}"#), "when it ends"),
        (signer.token(r#"{"exp":"1800003600"}"#), "exp is no time"),
        (signer.token(r#"{"exp":1799999900}"#), "expired"),
        (signer.token(r#"{"exp":-5e300}"#), "expired"),
        (signer.token(r#"{"nbf":1800000100}"#), "not good yet"),
        (signer.token(r#"{"nbf":true}"#), "nbf is no time"),
        (signer.token(r#"{"login":null}"#), "login is missing"),
        (signer.token(r#"{"login":""}"#), "login is missing"),
        (signer.token(r#"{"login":["ada"]}"#), "no text"),
        (Signer::new().token("{}"), "signature is wrong"),
        (format!("{}.{signature}", other.rsplit_once('.').unwrap().0), "signature is wrong"),
        (signer.sign(r#"{"alg":"ES256","kid":"two"}"#, "{}"), "no such key"),
        (signer.sign(r#"{"alg":"RS256","kid":"one"}"#, "{}"), "no such key"),
        (signer.sign(r#"{"alg":"ES256","kid":"one","crit":["exp"]}"#, "{}"), "RS256 or ES256"),
        (signer.sign(r#"{"alg":"ES256","alg":"none"}"#, "{}"), "RS256 or ES256"),
        (signer.sign(header, "[]"), "claims cannot be read"),
        (signer.sign(header, r#"{"iss":"a","iss":"b"}"#), "claims cannot be read"),
        (format!("{}.", unsigned("none")), "RS256 or ES256"),
        (format!("{}.", unsigned("None")), "RS256 or ES256"),
        (format!("{}.{signature}", unsigned("HS256")), "RS256 or ES256"),
        (format!("{signed}."), "signature is wrong"),
        (format!("{signed}.{signature}.x"), "RS256 or ES256"),
        (signed.to_owned(), "RS256 or ES256"),
        ("..".to_owned(), "RS256 or ES256"),
        (signer.token(&format!(r#"{{"more":"{}"}}"#, "x".repeat(MAX_TOKEN))), "RS256 or ES256"),
    ] {
        let error = issuer.identity(&token, NOW).await.unwrap_err();
        assert_eq!(error.reason, Reason::Unauthenticated, "{token}: {error}");
        assert!(error.message.contains(why), "{why}: {error}");
        assert_eq!(error.is_expired(), why == "expired", "{error}");
    }
}

#[tokio::test]
async fn an_address_counts_when_the_issuer_verified_it() {
    let signer = Signer::new();
    let (site, _) = issuer(&signer);
    let issuer = Issuer::new(Trust { claim: "email".to_owned(), ..trust() }, site).unwrap();
    for (verified, good) in [("true", true), ("false", false), ("\"true\"", false), ("null", false)] {
        let token = signer.token(&format!(r#"{{"email":"ada@example.com","email_verified":{verified}}}"#));
        assert_eq!(issuer.identity(&token, NOW).await.is_ok(), good, "{verified}");
    }
}

#[tokio::test]
async fn keys_are_looked_up_again_when_one_is_new_and_not_for_every_stranger() {
    let (old, new) = (Signer::new(), Signer::new());
    let (site, issuer) = issuer(&old);
    issuer.identity(&old.token("{}"), NOW).await.unwrap();
    let at = |seconds| NOW.plus_seconds(seconds);
    let two = new.sign(r#"{"alg":"ES256","kid":"two"}"#, &claims());
    *lock(&site.keys) = new.jwk("two");
    // So soon after the last time nobody is asked, and what is known stays good.
    issuer.identity(&two, at(1)).await.unwrap_err();
    issuer.identity(&old.token("{}"), at(1)).await.unwrap();
    assert_eq!(site.asked.load(Ordering::SeqCst), 2);
    issuer.identity(&two, at(PAUSE)).await.unwrap();
    issuer.identity(&old.token("{}"), at(PAUSE)).await.unwrap_err();
    assert_eq!(site.asked.load(Ordering::SeqCst), 4);
    // It goes away: its keys are good for a day.
    site.down.store(true, Ordering::SeqCst);
    issuer.identity(&two, at(FRESH + PAUSE)).await.unwrap();
    assert_eq!(issuer.identity(&two, at(STALE + 2 * PAUSE)).await.unwrap_err().reason, Reason::Busy);
}

fn claims() -> String {
    format!(r#"{{"iss":"{NAME}","aud":"samerow","exp":1800003600,"login":"ada"}}"#)
}

#[tokio::test]
async fn without_a_key_name_only_one_key_can_be_meant() {
    let (one, two) = (Signer::new(), Signer::new());
    let (site, issuer) = issuer(&one);
    let token = one.sign(r#"{"alg":"ES256"}"#, &claims());
    issuer.identity(&token, NOW).await.unwrap();
    *lock(&site.keys) = format!("{},{}", one.jwk("one"), two.jwk("two"));
    issuer.identity(&token, NOW.plus_seconds(FRESH)).await.unwrap_err();
}

#[tokio::test]
async fn an_issuer_that_is_not_itself_is_not_believed() {
    let signer = Signer::new();
    let (site, _) = issuer(&signer);
    let elsewhere = Trust { issuer: "https://id.example/realm/".to_owned(), ..trust() };
    let issuer = Issuer::new(elsewhere, site).unwrap();
    let token = signer.token(r#"{"iss":"https://id.example/realm/"}"#);
    assert_eq!(issuer.identity(&token, NOW).await.unwrap_err().reason, Reason::Busy);
}

#[tokio::test]
async fn a_person_signs_in_with_a_code() {
    let signer = Signer::new();
    let (site, issuer) = issuer(&signer);
    let [state, nonce, verifier] = ["st", "no", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"].map(str::to_owned);
    let attempt = Attempt { state, nonce, verifier };
    let url = issuer.authorization_url("https://crm.example/back", &attempt, NOW).await.unwrap();
    assert_eq!(
        url,
        "https://id.example/in?realm=1&response_type=code&client_id=desk&redirect_uri=https%3A%2F%2Fcrm.example%2Fback\
         &scope=openid%20profile%20email&state=st&nonce=no\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
    );
    for (claims, good) in [
        (r#"{"aud":"desk","nonce":"no"}"#, true),
        (r#"{"aud":["desk","x"],"azp":"desk","nonce":"no"}"#, true),
        (r#"{"aud":["desk","x"],"azp":"x","nonce":"no"}"#, false),
        (r#"{"aud":"desk","nonce":"other"}"#, false),
        (r#"{"aud":"desk"}"#, false),
        (r#"{"aud":"samerow","nonce":"no"}"#, false),
    ] {
        *lock(&site.token) = signer.token(claims);
        let identity = issuer.redeem("c/1", "https://crm.example/back", &attempt, NOW).await;
        assert_eq!(identity.map(|identity| identity.username).ok(), good.then(|| "ada".to_owned()), "{claims}");
    }
    let posted = lock(&site.posted).clone().unwrap();
    let form = format!(
        "grant_type=authorization_code&code=c%2F1&redirect_uri=https%3A%2F%2Fcrm.example%2Fback&client_id=desk\
         &code_verifier={}",
        attempt.verifier
    );
    // desk:s%26cret
    assert_eq!((posted.form, posted.authorization), (Some(form), Some("Basic ZGVzazpzJTI2Y3JldA==".to_owned())));
    site.down.store(true, Ordering::SeqCst);
    let error = issuer.redeem("c", "https://crm.example/back", &attempt, NOW).await.unwrap_err();
    assert_eq!(error.reason, Reason::Unauthenticated);
}

#[test]
fn only_addresses_that_nobody_between_can_answer_for_are_asked() {
    for (url, good) in [
        ("https://id.example", true),
        ("https://id.example:8443/realm?x=1", true),
        ("http://127.0.0.1:80/x", true),
        ("http://[::1]", true),
        ("http://localhost:9", true),
        ("http://localhost.evil.example", false),
        ("http://127.0.0.1:1@evil.example", false),
        ("http://id.example", false),
        ("https://", false),
        ("https:///x", false),
        ("https://a@b.example", false),
        ("https://id.example/#x", false),
        ("https://id.example/a b", false),
        ("ftp://id.example", false),
        ("", false),
    ] {
        assert_eq!(is_safe(url), good, "{url}");
    }
    let site = || Arc::new(Site::default());
    assert!(Issuer::new(Trust { issuer: "http://id.example".to_owned(), ..trust() }, site()).is_err());
    assert!(Issuer::new(Trust { audiences: Vec::new(), client: None, ..trust() }, site()).is_err());
}
