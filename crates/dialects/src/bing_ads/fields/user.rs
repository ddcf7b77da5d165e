//! A user: what it shows, and what comes back.

use super::super::operations;
use super::{required, same, shown, stamp, text, time};
use ::wire::soap::{Members, Struct, Type, Value};
use domain::error::Reason;
use domain::operation::Submission;
use domain::user::is_invited;
use domain::{Edit, Error, Field, Record};

/// The vendor's numbers of roles: what a user is there, and the role that goes with it here.
const ROLES: [(i64, &str, &str); 5] = [
    (16, "campaign_manager", "viewer"),
    (33, "aggregator", "admin"),
    (41, "super_admin", "admin"),
    (100, "client_viewer", "viewer"),
    (203, "standard", "agent"),
];

/// The number of a user's role; the vendor's own account managers have none of the published ones.
pub(in super::super) fn role_number(user: &Record) -> Option<i64> {
    let own = operations::role_of(user.text(Field::BingRole), user.text(Field::Role));
    ROLES.iter().find(|(_, name, _)| *name == own).map(|(number, ..)| *number)
}

/// What a role of that number is.
pub(in super::super) fn role_of(number: i64) -> Option<[String; 2]> {
    ROLES.iter().find(|(known, ..)| *known == number).map(|(_, name, role)| [name, role].map(|text| (*text).to_owned()))
}

/// First and last name: up to the first blank, and the rest.
pub(in super::super) fn names(user: &Record) -> (&str, &str) {
    let name = user.text(Field::Name).trim();
    name.split_once(' ').map_or((name, ""), |(first, last)| (first, last.trim()))
}

const CONTACT: [(&str, Field); 3] = [("Fax", Field::Fax), ("Mobile", Field::MobilePhone), ("Phone1", Field::Phone)];

/// What a user shows in the shape of a version of the contract.
pub(in super::super) fn show(user: &Record, is: &'static Struct) -> Members<'static> {
    let inner = |member: &str, show: &dyn Fn(&str) -> Value<'static>| {
        let found = is.members().into_iter().find(|(_, field)| field.name == member).map(|(_, field)| field.is);
        match found {
            Some(Type::Struct(is)) => Value::Struct(shown(is, show)),
            _ => Value::Nil,
        }
    };
    let (first, last) = names(user);
    let email = user.texts(Field::Emails).first().map_or("", String::as_str);
    shown(is, |member| match member {
        "ContactInfo" => inner(member, &|name| match (name, CONTACT.iter().find(|(known, _)| *known == name)) {
            (_, Some((_, field))) => text(user.text(*field)),
            ("Email", None) => text(email),
            ("Id", None) => user.id.into(),
            _ => Value::Nil,
        }),
        "CustomerAppScope" => "Advertiser".into(),
        "CustomerId" => user.number(Field::CustomerId).map_or(Value::Nil, Value::from),
        "Id" => user.id.into(),
        "JobTitle" => text(user.text(Field::JobTitle)),
        "LastModifiedTime" => time(user.updated_at).into(),
        "Lcid" => "EnglishUS".into(),
        "Name" => inner(member, &|name| match name {
            "FirstName" => text(first),
            "LastName" => text(last),
            _ => Value::Nil,
        }),
        "SecretQuestion" => "None".into(),
        "UserLifeCycleStatus" => status(user).into(),
        "TimeStamp" => stamp(user.version),
        "UserName" => text(user.text(Field::Username)),
        "IsMigratedToMicrosoftAccount" => false.into(),
        _ => Value::Nil,
    })
}

/// Whether a user is there, or is invited.
pub(in super::super) fn status(user: &Record) -> &'static str {
    match (user.is_deleted(), is_invited(user)) {
        (true, _) => "Deleted",
        (false, true) => "Pending",
        (false, false) => "Active",
    }
}

/// What was submitted of a user. What is read-only is not even kept.
#[derive(Debug)]
pub(in super::super) struct Submitted {
    name: Option<[String; 3]>,
    texts: Vec<(Field, String)>,
    email: Option<String>,
    /// A member that is not kept here.
    unknown: Option<&'static str>,
}

impl Submitted {
    pub(in super::super) fn read(user: &Members<'_>) -> Self {
        let part = |name: &Members<'_>, member: &str| name.text(member).trim().to_owned();
        let name = user
            .members("Name")
            .map(|name| [part(name, "FirstName"), part(name, "MiddleInitial"), part(name, "LastName")]);
        let contact = user.members("ContactInfo");
        let given = |(name, field): (&str, Field)| match contact?.get(name) {
            Value::Text(text) => Some((field, text.clone().into_owned())),
            _ => None,
        };
        let mut texts: Vec<_> = CONTACT.into_iter().filter_map(given).collect();
        if let Value::Text(title) = user.get("JobTitle") {
            texts.push((Field::JobTitle, title.clone().into_owned()));
        }
        let email = contact.map(|contact| contact.text("Email").to_owned()).filter(|email| !email.is_empty());
        let unset = ["", "None", "EnglishUS"];
        let kept_nowhere = ["Lcid", "Password", "SecretAnswer", "SecretQuestion"];
        let mut unknown = kept_nowhere.into_iter().find(|member| !unset.contains(&user.text(member)));
        if let Some(contact) = contact {
            let further = ["HomePhone", "Phone2", "EmailFormat"];
            unknown = unknown.or_else(|| further.into_iter().find(|member| !contact.text(member).is_empty()));
            unknown = unknown.or(contact.members("Address").and_then(|address| {
                let filled = |(_, _, value): (_, _, &Value<'_>)| !value.text().is_empty();
                address.iter().any(filled).then_some("Address")
            }));
        }
        Self { name, texts, email, unknown }
    }
}

impl Submission<Record> for Submitted {
    fn edits(&self, present: &Record) -> Result<Vec<Edit>, Error> {
        if let Some(member) = self.unknown {
            let text = format!("{member} of a user is not kept by this server: leave it as it is. Nothing was stored.");
            return Err(Error::new(Reason::Unsupported, text));
        }
        let mut edits = Vec::new();
        if let Some([first, middle, last]) = &self.name {
            let (shown_first, shown_last) = names(present);
            if [first.as_str(), middle, last] != [shown_first, "", shown_last] {
                let parts = [first.as_str(), middle, last].into_iter().filter(|part| !part.is_empty());
                let whole = parts.collect::<Vec<_>>().join(" ");
                if whole.is_empty() {
                    return Err(required(Field::Name));
                }
                edits.push(Edit::Set(Field::Name, Some(whole.into())));
            }
        }
        for (field, sent) in &self.texts {
            if !same(sent, present.text(*field)) {
                edits.push(Edit::Set(*field, Some(sent.as_str().into())));
            }
        }
        let shown = present.texts(Field::Emails).first().map_or("", String::as_str);
        if let Some(email) = self.email.as_ref().filter(|email| *email != shown) {
            edits.push(Edit::PrimaryEmail(Some(email.clone())));
        }
        Ok(edits)
    }
}
