//! Every field of every resource that can be written, with texts that have gone wrong somewhere: what is accepted comes
//! back as it was sent, through the native API and every other dialect that has the field; what is refused says where,
//! and stores nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use domain::{Field, Kind, Shape};
use http::Method;
use serde_json::{Value, json};
use support::lens;
use support::{Template, World};

const ADMIN: (&str, &str) = ("authorization", "Bearer demo-admin-token");

/// Texts that programs take for something else.
const TEXTS: &[&str] = &[
    "",
    " ",
    " both ends ",
    "undefined",
    "null",
    "NaN",
    "true",
    "0",
    "-1",
    "007",
    "1e309",
    "0x1F",
    "9223372036854775808",
    "12.50",
    "1,5",
    "2026-02-30",
    "2026-11-22T12:00:00Z",
    "' OR 1=1 --",
    "\"; DROP TABLE customer; --",
    "$1 ?1 :name @name",
    "% _ \\ * ?",
    "${jndi:ldap://x}",
    "{{7*7}} #{7*7} <%= 7*7 %>",
    "%s%d%n %00 %zz",
    "`id` $(id) | id & id; id",
    "=1+1",
    "@SUM(A1)",
    "+47 555 01 91",
    "<script>alert(1)</script>",
    "<![CDATA[x]]> ]]> <!-- x -->",
    "&amp; &#x0; &lol;",
    "<a xmlns:x=\"urn:x\" x:y='z'/>",
    "{\"a\":[1,null]}",
    "a=b&c=d;e+f%20g",
    "../../etc/passwd\\..\\x",
    "Set-Cookie: a=b",
    "CON",
    "REMOVE",
    "__proto__",
    "someone@example.com",
    "\"quoted local\"@example.com",
    "bücher@bücher.example",
    "a@b@c",
    "Løvås & Sønner <Bygg>",
    "İSTANBUL ıstanbul ß ſ K",
    "客户王小明",
    "مرحبا \u{202e}abc\u{202c} \u{200f}x",
    "e\u{301} \u{e9} \u{fb01} \u{ff41}dmin",
    "Z\u{351}\u{36b}\u{343}\u{32a}a\u{346}lgo",
    "👩\u{200d}👩\u{200d}👧\u{1f3ff} 🎿 🇳🇴",
    "\u{feff}mark\u{2060}\u{200b}",
    "\u{2028}line\u{2029}paragraph\u{85}next",
    "two\nlines",
    "two\r\nlines\r",
    "\ttab\t",
    "\u{10ffff}\u{e000}",
];

/// Characters that no API could show, and neighbours that all can.
fn characters() -> impl Iterator<Item = String> {
    let controls = (0..0xa1).filter(|code| *code < 0x20 || *code >= 0x7f);
    let codes = controls.chain([0xfdd0, 0xfffd, 0xfffe, 0xffff, 0x1_fffe, 0xe0001]);
    codes.filter_map(char::from_u32).map(|c| format!("a{c}b"))
}

/// One shorter than the longest, the longest, and one longer, in letters of one and of three bytes.
fn lengths(shape: Shape) -> Vec<String> {
    let max = match shape {
        Shape::Text { max } | Shape::Codes { max, .. } if max <= 70_000 => max,
        _ => return Vec::new(),
    };
    [max - 1, max, max + 1].iter().flat_map(|length| ["x", "客"].map(|letter| letter.repeat(*length))).collect()
}

/// A record of each resource. None is one that the test itself calls with.
fn ground(world: &World) -> Vec<(Kind, String)> {
    let mut ground: Vec<_> = [
        (Kind::Customer, "/v1/customers/10"),
        (Kind::Company, "/v1/companies/17"),
        (Kind::Ticket, "/v1/tickets/500"),
        (Kind::Message, "/v1/messages/1"),
        (Kind::Category, "/v1/categories/23"),
        (Kind::Priority, "/v1/priorities/1"),
        (Kind::ExtraField, "/v1/extra_fields/7"),
        (Kind::User, "/v1/users/3"),
    ]
    .map(|(kind, path)| (kind, path.to_owned()))
    .into();
    for (kind, path, body) in [
        (Kind::Tenant, "/v1/tenants", r#"{"name":"other"}"#),
        (Kind::Key, "/v1/keys", r#"{"username":"other","role":"viewer"}"#),
        (Kind::Account, "/v1/accounts", r#"{"customer":10,"name":"Ads"}"#),
        (Kind::Language, "/v1/languages", r#"{"name":"Nynorsk","code":"nn"}"#),
        (Kind::ExtraTable, "/v1/extra_tables", r#"{"name":"Cars"}"#),
        (Kind::ExtraRow, "/v1/extra_rows", r#"{"table":1}"#),
        (Kind::Webhook, "/v1/webhooks", r#"{"url":"https://crm.example/hook"}"#),
        (Kind::Attachment, "/v1/attachments?name=a.txt", "text"),
    ] {
        let (status, answer) = send(world, &Method::POST, path, body.to_owned());
        assert_eq!(status, 201, "{path}: {answer}");
        ground.push((kind, format!("{}/{}", path.split('?').next().unwrap(), answer["id"])));
    }
    ground
}

fn send(world: &World, method: &Method, target: &str, body: String) -> (u16, Value) {
    let answer = world.ask(method, target, &[ADMIN], body);
    let body = serde_json::from_slice(answer.response.body()).unwrap_or_default();
    (answer.response.status().as_u16(), body)
}

/// The member that a field is, in a body and as a pointer.
fn member(field: Field, value: &Value) -> (Value, String) {
    let name = field.name();
    match name.split_once('.') {
        Some((holder, name)) => (json!({ holder: { name: value } }), format!("/{holder}/{name}")),
        None => (json!({ &*name: value }), format!("/{name}")),
    }
}

/// What is sent for a text: lists hold it, and anything else is given it though it may hold no text.
fn sent(field: Field, text: &str) -> Value {
    match field.shape() {
        Shape::Emails { .. } | Shape::Codes { .. } => json!([text]),
        _ => json!(text),
    }
}

/// How often something was accepted and refused.
#[derive(Debug, Default)]
struct Tally {
    accepted: usize,
    refused: usize,
    shown: usize,
    /// The record as it was read last, while nobody else changed it.
    last: Option<Value>,
}

/// Writes it and looks at what came of it.
fn write(world: &World, kind: Kind, path: &str, field: Field, text: &str, tally: &mut Tally) {
    let (body, pointer) = member(field, &sent(field, text));
    let before = tally.last.take();
    let (status, answer) = send(world, &Method::PATCH, path, body.to_string());
    let whole = || format!("{kind:?} {field} {text:?}: {status} {answer}");
    let (_, after) = send(world, &Method::GET, path, String::new());
    if status == 200 {
        tally.accepted += 1;
        let shown = after.pointer(&pointer);
        match (field.shape(), shown) {
            (Shape::Secret, shown) => assert_eq!(shown, None, "{}", whole()),
            (_, Some(shown)) if text.is_empty() => {
                // A name is made of the others, and there is always some state.
                let derived = [Field::Name, Field::Status, Field::TicketStatus].contains(&field);
                assert!(shown.is_null() || *shown == json!([]) || derived, "{}: {shown}", whole());
            }
            (Shape::Text { .. } | Shape::Emails { .. } | Shape::Codes { .. }, Some(shown)) => {
                assert_eq!(*shown, sent(field, text), "{}", whole());
            }
            // When a ticket was closed follows whether it is.
            (_, Some(shown)) => assert!(shown.is_string() || field == Field::ClosedAt, "{}: {shown}", whole()),
            (_, None) => panic!("{} is not shown", whole()),
        }
        assert_eq!(answer, after, "{}: what is answered is what is stored", whole());
        if kind == Kind::Customer && !text.is_empty() {
            shown_elsewhere(world, field, text, tally);
        }
    } else {
        tally.refused += 1;
        assert!((400..500).contains(&status), "{}", whole());
        // What is no text of JSON at all is at no member.
        let pointed = answer["errors"].as_array().unwrap().iter().any(|error| {
            let at = error["pointer"].as_str().unwrap();
            at == pointer || at.starts_with(&format!("{pointer}/"))
        });
        assert!(pointed || answer["code"] == "bad_request", "{}", whole());
        assert!(before.is_none_or(|before| before == after), "{}: nothing is stored", whole());
    }
    tally.last = Some(after);
}

/// Every other dialect shows a customer's text where it has the field alone.
fn shown_elsewhere(world: &World, field: Field, text: &str, tally: &mut Tally) {
    for lens in lens::ALL.iter().filter(|lens| lens.name() != "native") {
        // Some do not find a customer who is deleted.
        let Some(shown) = lens.read(world, 10) else { continue };
        let plain = matches!(field.shape(), Shape::Text { .. });
        for (property, fields, _) in lens.properties() {
            if plain && *fields == [field] && field != Field::Name {
                tally.shown += 1;
                let shown = shown[*property].as_str().unwrap();
                // Bing Ads shows as much of a line as its vendor lets a line have.
                let cut =
                    lens.name() == "bing_ads" && matches!(shown.chars().count(), 10 | 35) && text.starts_with(shown);
                assert!(shown == text || cut, "{} shows {property}: {shown}", lens.name());
            }
        }
    }
}

#[test]
fn every_field_keeps_or_refuses_every_text() {
    let world = Template::new().world();
    let mut tally = Tally::default();
    let mut fields = 0;
    for (kind, path) in ground(&world) {
        let extras = kind.has_extra_fields().then_some(Field::Extra(1)).filter(|_| kind != Kind::ExtraRow);
        let writable = kind.fields().iter().copied().chain(extras).filter(|field| field.shape() != Shape::Envelope);
        for (at, field) in writable.enumerate() {
            fields += 1;
            TEXTS.iter().for_each(|text| write(&world, kind, &path, field, text, &mut tally));
            lengths(field.shape()).iter().for_each(|text| write(&world, kind, &path, field, text, &mut tally));
            // One rule about characters holds for all texts: some of a customer's prove it, and one of each other kind.
            if at == 0
                || (kind == Kind::Customer
                    && [Field::Note, Field::Emails, Field::OrderIds, Field::City].contains(&field))
            {
                characters().for_each(|text| write(&world, kind, &path, field, &text, &mut tally));
            }
            let (body, _) = member(field, &Value::Null);
            // As it was, where that can be: no record keeps a text that the next field's would meet.
            send(&world, &Method::PATCH, &path, body.to_string());
            tally.last = None;
        }
    }
    assert!(fields > 100 && tally.accepted > 1_000 && tally.refused > 1_000 && tally.shown > 1_000, "{tally:?}");
    assert_eq!(world.examine(), [] as [String; 0]);
}

/// Tokens are made and never changed: every field of one that is made.
#[test]
fn every_field_of_a_new_token_keeps_or_refuses_every_text() {
    let world = Template::new().world();
    let (mut accepted, mut refused) = (0, 0);
    for field in Kind::Token.fields().iter().copied().filter(|field| field.shape() != Shape::Envelope) {
        let long = lengths(field.shape());
        for text in TEXTS.iter().copied().chain(long.iter().map(AsRef::<str>::as_ref)) {
            let (mut body, pointer) = member(field, &sent(field, text));
            if field != Field::UserId {
                body["user"] = json!(6);
            }
            let (status, answer) = send(&world, &Method::POST, "/v1/tokens", body.to_string());
            let whole = || format!("{field} {text:?}: {status} {answer}");
            if status == 201 {
                accepted += 1;
                let (_, shown) = send(&world, &Method::GET, &format!("/v1/tokens/{}", answer["id"]), String::new());
                let shown = shown.pointer(&pointer);
                match field.shape() {
                    Shape::Text { .. } if !text.is_empty() => assert_eq!(shown, Some(&json!(text)), "{}", whole()),
                    Shape::Codes { .. } if !text.is_empty() => assert_eq!(shown, Some(&json!([text])), "{}", whole()),
                    _ => assert_ne!(shown, None, "{}", whole()),
                }
            } else {
                refused += 1;
                assert!((400..500).contains(&status), "{}", whole());
                assert!(answer["errors"].is_array() || answer["code"].is_string(), "{}", whole());
            }
        }
    }
    assert!(accepted > 30 && refused > 200, "{accepted} {refused}");
    assert_eq!(world.examine(), [] as [String; 0]);
}
