//! Users: the vendor keeps three names of one, the record one.

use super::{INTEGER, VARCHAR, pairs, unprefixed};
use domain::operation::Submission;
use domain::{Edit, Error, Field, Kind, Record};

/// What can be set directly.
pub(in super::super) const SETTABLE: &[(&str, Field)] = &[
    ("password", Field::Password),
    ("email", Field::Emails),
    ("loginname", Field::Username),
    ("username", Field::Username),
];

/// A name in three parts: up to the first blank, after the last one, and what is between.
fn parts(user: &Record) -> [&str; 3] {
    let name = user.text(Field::Name).trim();
    let Some((first, rest)) = name.split_once(' ') else { return [name, "", ""] };
    let (middle, last) = rest.trim().rsplit_once(' ').unwrap_or(("", rest.trim()));
    [first, middle.trim(), last]
}

/// What a user shows under a name, and its type.
pub(in super::super) fn show(user: &Record, name: &str) -> Option<(String, &'static str)> {
    let [first, middle, last] = parts(user);
    let text = |text: &str| (text.to_owned(), VARCHAR);
    Some(match unprefixed(name, Kind::User) {
        "id" => (user.id.to_string(), "TypeUserId"),
        "name" => text(user.text(Field::Name)),
        "firstname" => text(first),
        "middlename" => text(middle),
        "lastname" => text(last),
        "email" => text(user.texts(Field::Emails).first().map_or("", String::as_str)),
        "loginname" | "username" => text(user.text(Field::Username)),
        // English: what a user's screen says is no business of this server.
        "language" => ("0".to_owned(), INTEGER),
        "status" => (if user.is_deleted() { "3" } else { "1" }.to_owned(), INTEGER),
        _ => return None,
    })
}

/// Pairs for a user.
pub(in super::super) struct Pairs(pub(in super::super) pairs::Pairs);

impl Submission<Record> for Pairs {
    fn edits(&self, present: &Record) -> Result<Vec<Edit>, Error> {
        let mut names = parts(present).map(str::to_owned);
        let mut rest = Vec::new();
        for (name, text) in &self.0.pairs {
            let part = match unprefixed(name, Kind::User) {
                "firstname" => Some(0),
                "middlename" => Some(1),
                "lastname" => Some(2),
                // Neither is kept: what is so already can be said again.
                "language" | "status" if show(present, name).is_some_and(|(shown, _)| shown == *text) => continue,
                _ => None,
            };
            match part.and_then(|part| names.get_mut(part)) {
                Some(part) => text.trim().clone_into(part),
                None => rest.push((name.clone(), text.clone())),
            }
        }
        let rest = pairs::Pairs { kind: self.0.kind, names: self.0.names, pairs: rest };
        let mut edits = Submission::<Record>::edits(&rest, present)?;
        let whole = names.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" ");
        if names != parts(present) {
            edits.push(Edit::Set(Field::Name, Some(whole.into())));
        }
        // Here an address takes the place of the one that is there.
        Ok(edits
            .into_iter()
            .map(|edit| match edit {
                Edit::AddEmail(email) => Edit::PrimaryEmail(Some(email)),
                edit => edit,
            })
            .collect())
    }
}
