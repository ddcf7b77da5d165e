//! Keys, tokens and passwords.

use super::*;

#[test]
fn a_key_is_made_rotated_and_revoked() {
    on_both(|target| {
        let made = target.json("key create username=robot role=viewer --json");
        let id = made["id"].as_i64().unwrap();
        let secret = made["key"].as_str().expect("a key is shown once").to_owned();
        assert!(!target.says(&format!("key get {id}"), 0).contains(&secret));
        let rotated = target.json(&format!("key rotate {id} --overlap 60 --json"));
        assert_ne!(rotated["key"].as_str().unwrap(), secret);
        target.says(&format!("key revoke {id}"), 0);
        assert_eq!(target.json(&format!("key get {id} --json"))["disabled"], json!(true));
    });
}

#[test]
fn a_token_is_made_listed_and_ended() {
    on_both(|target| {
        let made = target.json("token create user=6 name=report dialects=bing_ads --json");
        let (id, secret) = (made["id"].as_i64().unwrap(), made["key"].as_str().unwrap().to_owned());
        assert!(secret.starts_with("sr_") && made["expires_at"].is_string(), "{made}");
        let listed = target.says("token list", 0);
        assert!(listed.contains("report") && !listed.contains(&secret), "{listed}");
        let listed = target.json("token list --json");
        assert_eq!((&listed["data"][0]["id"], &listed["data"][0]["user"]), (&json!(id), &json!(6)), "{listed}");
        for (line, why) in [
            ("token create", "user"),
            ("token create user=99", "99"),
            ("token create user=6 expires_at=2001-01-01T00:00:00Z", "within a year"),
            ("token create user=6 digest=x", "digest"),
        ] {
            let told = target.says(line, 1);
            assert!(told.contains(why), "{line}: {told}");
        }
        target.says(&format!("token revoke {id}"), 0);
        assert!(!target.says("token list", 0).contains("report"));
        target.says(&format!("token revoke {id}"), 3);
        target.says("token revoke nothing", 2);
    });
}

#[test]
fn passwords_and_active_tickets() {
    on_both(|target| {
        let check = |name: &str, password: &str| target.run_with(&["customer", "check-password", name], password);
        assert!(told(&check("johndoe", "pw\n"), 0).contains("10"));
        assert!(told(&check("johndoe", "wrong"), 5).contains("wrong"));
        assert!(target.says("customer send-password 10", 1).contains("smtp-server"));
        target.says("ticket update 500 owner=2", 0);
        assert!(target.says("ticket active --user 2", 0).contains("500     unread"));
        target.says("ticket active --user 99", 3);
        // Who is asked is no user.
        target.says("notification allocate", 5);
        target.says("ticket read 500", 0);
    });
}
