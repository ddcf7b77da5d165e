//! Bing Ads: every member of every request, in both versions, with what it cannot hold. The members are those of the WSDL
//! that is served, which is printed from the table that decodes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use domain::operation::{Load, NewRecord};
use domain::{Field, Kind};
use http::{Method, StatusCode};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use support::bing::{V11, base64, text};
use support::schema::{Place, Schema, Type};
use support::{Template, World};
use wire::soap::XSD_NAMESPACE;

const VERSIONS: [(&str, &str); 2] = [
    ("v11", "<UserName>demo_bing</UserName><Password>banken</Password>"),
    ("v13", "<AuthenticationToken>demo-token</AuthenticationToken>"),
];

/// A version of the service, and what it says of itself.
struct Version<'w> {
    world: &'w World,
    name: &'static str,
    headers: &'static str,
    schema: Schema,
}

impl<'w> Version<'w> {
    fn new(world: &'w World, (name, headers): (&'static str, &'static str)) -> Self {
        let wsdl = world.ask(&Method::GET, &format!("{}?wsdl", V11.replace("v11", name)), &[], "");
        Self { world, name, headers, schema: Schema::read(wsdl.response.body()) }
    }

    fn namespace(&self) -> String {
        format!("https://bingads.microsoft.com/Customer/{}", self.name)
    }

    /// Sends a body: the fault that it is answered with; `""` for none.
    fn send(&self, body: &str) -> String {
        let envelope = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:x=\"{XSD_NAMESPACE}\"><s:Header \
             xmlns=\"{}\"><DeveloperToken>BBD37VB98</DeveloperToken>{}</s:Header>\
             <s:Body>{body}</s:Body></s:Envelope>",
            self.namespace(),
            self.headers
        );
        let path = V11.replace("v11", self.name);
        let answer = self.world.ask(&Method::POST, &path, &[("Content-Type", "text/xml")], envelope).response;
        match answer.status() {
            StatusCode::OK => String::new(),
            StatusCode::INTERNAL_SERVER_ERROR => String::from_utf8(answer.body().to_vec()).unwrap(),
            status => panic!("{status}: {body}"),
        }
    }

    /// Every place, the caller being one who may call its operation.
    fn at_each(&self, mut check: impl FnMut(&Place)) -> usize {
        let (places, mut called) = (self.schema.places(), String::new());
        for place in &places {
            if called != place.operation {
                called.clone_from(&place.operation);
                let may = |role: &&str| {
                    self.world.amend(Kind::User, 4, Field::BingRole, (!role.is_empty()).then(|| (*role).into()));
                    let (namespace, name) = (self.namespace(), &place.operation);
                    text(&self.send(&format!("<{name}Request xmlns=\"{namespace}\"/>")), "Code") != "1001"
                };
                assert!(["", "aggregator", "account_manager"].iter().any(may), "nobody may call {called}");
            }
            check(place);
        }
        places.len()
    }

    /// What this place cannot hold: attributes and content.
    fn wrong_at(&self, place: &Place) -> Vec<(String, String)> {
        let (namespace, is) = &place.member.is;
        let scalar = namespace == XSD_NAMESPACE;
        let contents: Vec<&str> = match (is.as_str(), self.schema.types.get(&place.member.is)) {
            ("string", None) => vec!["<b/>"],
            ("int", None) => vec!["", " ", "x", "1.5", "0x1", "2147483648", "-2147483649", "<b/>"],
            ("long", None) => vec!["", "x", "1.5", "1e3", "9223372036854775808", "-9223372036854775809", "<b/>"],
            ("unsignedByte", None) => vec!["", "x", "256", "-1"],
            ("boolean", None) => vec!["", "yes", "TRUE", "2"],
            ("dateTime", None) => vec!["", "now", "2017-08-01", "2017-13-01T00:00:00", "2017-08-01T25:00:00", "<b/>"],
            ("decimal", None) => vec!["", "x", ".", "1e3", "1,5", "1.2.3"],
            ("base64Binary", None) => vec!["%%%%", "A", "AAAA=", "AAA=A", "<b/>"],
            (_, Some(Type::Texts(texts))) => {
                assert!(texts.iter().all(|text| text.chars().any(char::is_uppercase)), "{is}");
                vec!["Shoes", "shoes,Retail", "0", "<b/>", if place.member.nillable { "active" } else { "" }]
            }
            (_, Some(Type::Members(..))) => vec!["x", "<Shoes/>", "<s:Shoes/>"],
            (_, None) => panic!("{namespace} {is} is not known"),
        };
        let contents = contents.into_iter().map(|content| (String::new(), content.to_owned()));
        let other = if is == "Paging" { "OrderBy" } else { "Paging" };
        let entities = format!("{}/Entities", self.namespace());
        let mut attributes = vec![
            "i:nil=\"maybe\"".to_owned(),
            "i:type=\"nobody:string\"".to_owned(),
            "i:type=\"a b\"".to_owned(),
            format!("xmlns:o=\"{entities}\" i:type=\"o:{other}\""),
            format!("xmlns:o=\"{}\" i:type=\"o:{is}\"", entities.replace("/v1", "/V1")),
        ];
        if !place.member.nillable {
            attributes.push("i:nil=\"true\"".to_owned());
        }
        if !scalar {
            attributes.push("i:type=\"x:base64Binary\"".to_owned());
        }
        contents.chain(attributes.into_iter().map(|attributes| (attributes, String::new()))).collect()
    }
}

/// Whether a fault says that the body cannot be read, and names this place.
fn names(fault: &str, place: &Place) -> bool {
    let sentence = text(fault, "Message");
    let name = &place.member.name.1;
    let ways = [format!("/{name} ("), format!("/{name}[1] ("), format!("/{name}: "), format!("/{name}/")];
    let named = ways.iter().chain([&format!("/{name}[1]/")]).any(|way| sentence.contains(way));
    named && sentence.starts_with("The request does not fit the schemas of the WSDL: ")
}

#[test]
fn every_member_refuses_what_it_cannot_hold() {
    let world = Template::new().world();
    for version in VERSIONS {
        let version = Version::new(&world, version);
        let mut refused = 0;
        let places = version.at_each(|place| {
            let before = world.commits.load(Ordering::SeqCst);
            for (attributes, content) in version.wrong_at(place) {
                let fault = version.send(&place.holding(&attributes, &content));
                let what = format!("{} {} [{attributes}] {content}: {fault}", version.name, place.path());
                assert!(fault.contains("<AdApiFaultDetail ") && text(&fault, "Code") == "201", "{what}");
                assert!(names(&fault, place), "{what}");
                refused += 1;
            }
            assert_eq!(world.commits.load(Ordering::SeqCst), before, "{}", place.path());
        });
        assert!(places > 250 && refused > 8 * places, "{}: {places} places, {refused} refused", version.name);
    }
}

#[test]
fn what_is_empty_of_a_closed_list_is_nil_and_strictly_a_fault_like_all_that_cannot_be_read() {
    let kind = Template::new().world();
    let mut strict = Template::new().world();
    Arc::get_mut(&mut strict.state).unwrap().strict = true;
    for version in VERSIONS {
        let (kind, strict) = (Version::new(&kind, version), Version::new(&strict, version));
        let mut lists = 0;
        kind.at_each(|place| {
            if place.member.nillable && matches!(kind.schema.types.get(&place.member.is), Some(Type::Texts(_))) {
                let fault = kind.send(&place.holding("", ""));
                assert!(!fault.contains("does not fit"), "{}: {fault}", place.path());
                lists += 1;
            }
        });
        assert!(lists > 40, "{}: {lists} lists", kind.name);
        strict.at_each(|place| {
            let before = strict.world.commits.load(Ordering::SeqCst);
            let wrong =
                strict.wrong_at(place).into_iter().map(|(attributes, content)| place.holding(&attributes, &content));
            let list = matches!(strict.schema.types.get(&place.member.is), Some(Type::Texts(_)));
            for body in wrong.chain(list.then(|| place.holding("", ""))) {
                let fault = strict.send(&body);
                assert!(fault.contains("dispatcher\">a:DeserializationFailed</faultcode>"), "{body}: {fault}");
                assert!(fault.contains("<ExceptionDetail ") && names(&fault, place), "{body}: {fault}");
            }
            assert_eq!(strict.world.commits.load(Ordering::SeqCst), before, "{}", place.path());
        });
    }
}

/// A text that no record has, longer than any that may be kept.
const LONG: &str = "Overlong!";

/// What makes every operation that takes texts succeed, by the member's path.
fn good(world: &World, schema: &Schema, path: &str, is: &(String, String)) -> Option<String> {
    let operation = path.split("Request/").next().unwrap();
    let (outer, name) = path.rsplit_once('/').unwrap();
    let kind = if operation.contains("User") { Kind::User } else { Kind::Account };
    let kind = if operation.contains("Customer") { Kind::Customer } else { kind };
    let id = match kind {
        Kind::Customer => 191,
        Kind::User => 4,
        _ => 1,
    };
    // What no user's record keeps, what a new account has not, and what links to others.
    let nowhere = ["/LinkedAgencies", "/ContactInfo/Address", "PaymentMethodId", "PrimaryUserId", "InstrumentId"];
    let unset = ["EmailFormat", "HomePhone", "Phone2", "Password", "SecretAnswer", "ServiceLevel", "AccountIds/long"];
    if nowhere.iter().any(|part| path.contains(part)) || unset.iter().any(|member| path.ends_with(member)) {
        return None;
    }
    let text = match name {
        "Id" if outer.matches('/').count() == 1 => id.to_string(),
        "AccountId" => "1".to_owned(),
        "CustomerId" | "ParentCustomerId" => "191".to_owned(),
        "TimeStamp" => base64(&world.record(kind, id).unwrap().version.to_be_bytes()),
        "CountryCode" | "MarketCountry" => "NO".to_owned(),
        "PostalCode" => "5003".to_owned(),
        "Email" => "ada@new.example".to_owned(),
        "MiddleInitial" => "B".to_owned(),
        "key" if path.contains("/TaxInformation/") => "VATNumber".to_owned(),
        "key" => "TrackingUrlTemplate".to_owned(),
        "Industry" => "Retail".to_owned(),
        "MarketLanguage" | "Language" => "Norwegian".to_owned(),
        "Lcid" => "EnglishUS".to_owned(),
        "SecretQuestion" => "None".to_owned(),
        "Role" => "SuperAdmin".to_owned(),
        "CurrencyType" => "Euro".to_owned(),
        _ => match (is.1.as_str(), schema.types.get(is)) {
            ("string", None) => format!("{name} 1"),
            ("boolean", None) => "true".to_owned(),
            ("dateTime", None) => "2017-08-01T00:00:00".to_owned(),
            ("base64Binary", None) => return None,
            (_, None) => "1".to_owned(),
            (_, Some(Type::Texts(texts))) => texts[0].clone(),
            (_, Some(Type::Members(..))) => return None,
        },
    };
    Some(text)
}

#[test]
fn a_text_that_is_too_long_is_refused_or_read_only_and_never_kept() {
    let template = Template::new();
    let mut refused = Vec::new();
    for (operation, role) in [
        ("UpdateCustomer", ""),
        ("SignupCustomer", "aggregator"),
        ("AddAccount", "account_manager"),
        ("UpdateAccount", ""),
        ("UpdateUser", ""),
        ("SendUserInvitation", ""),
        ("MapCustomerIdToExternalCustomerId", ""),
        ("MapAccountIdToExternalAccountIds", ""),
    ] {
        // Each in a world of its own: what one makes stands in nobody's way.
        let fresh = || {
            let world = template.world();
            let named = (Field::Name, "Ads".into());
            let values = vec![(Field::CustomerId, 191.into()), named, (Field::Currency, "EUR".into())];
            world.run(Load { records: vec![NewRecord { kind: Kind::Account, id: 1, values }] }).unwrap();
            world.amend(Kind::User, 4, Field::BingRole, (!role.is_empty()).then(|| role.into()));
            world
        };
        let world = fresh();
        let version = Version::new(&world, VERSIONS[0]);
        let schema = &version.schema;
        let fault = version.send(&schema.request(operation, &|path, is| good(&world, schema, path, is)));
        assert_eq!(fault, "", "{operation} with texts that fit");
        let texts = schema.places().into_iter().filter(|place| place.operation == operation);
        for place in texts.filter(|place| place.member.is.1 == "string") {
            let world = fresh();
            let before = world.commits.load(Ordering::SeqCst);
            let here = place.path();
            let long = LONG.repeat(1_000);
            let body = schema.request(operation, &|path, is| match path == here {
                true => Some(long.clone()),
                false => good(&world, schema, path, is),
            });
            assert!(body.contains(LONG), "{here}");
            let fault = Version::new(&world, VERSIONS[0]).send(&body);
            if fault.is_empty() {
                // Read-only: nobody looked at it.
                let kept = String::from_utf8_lossy(&world.bytes()).contains(LONG);
                assert!(!kept, "{here} is kept");
            } else {
                let code = text(&fault, "Code");
                let expected = ["200", "201", "203", "204", "205", "207", "209", "211"];
                assert!(expected.contains(&code.as_str()), "{here}: {fault}");
                assert_eq!(world.commits.load(Ordering::SeqCst), before, "{here}");
                refused.push(here);
            }
        }
    }
    assert!(refused.len() > 60, "{refused:#?}");
}
