//! Which calls are asked for: by drop-downs and by words such as `client:"NightSync/2.3" outcome:!ok`.

use dialects::State;
use domain::error::Reason;
use domain::operation::ReadHistory;
use domain::tenant::Tenant;
use domain::{Caller, Error, Kind, Origin};
use std::collections::HashSet;
use std::sync::Arc;

use crate::console::form::{Form, query};
use crate::inspector::Brief;

/// What a word can speak of.
const KEYS: [&str; 8] = ["dialect", "outcome", "client", "customer", "operation", "status", "id", "path"];

/// Most words of a search.
const MOST: usize = 20;

/// Changes of a customer whose calls are known.
const CHANGES: u32 = 500;

/// A word: what it speaks of, `""` for any text; whether it must not be so; what it says, in small letters.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    key: &'static str,
    not: bool,
    text: String,
}

/// See the [module](self).
#[derive(Clone, Default)]
pub(super) struct Sought {
    pub(super) dialect: String,
    pub(super) outcome: String,
    pub(super) client: String,
    pub(super) customer: String,
    pub(super) q: String,
    /// Only calls after this one: the others were cleared away.
    pub(super) after: u64,
    /// Only calls before this one: those of the pages before.
    pub(super) before: u64,
    tenant: Option<String>,
    words: Vec<Word>,
    /// The requests that changed the customers who are spoken of.
    changed_by: HashSet<String>,
}

impl Sought {
    /// What a page was asked for, also where its words cannot be read.
    pub(super) fn read(form: &Form<'_>, tenant: Option<String>) -> (Self, Result<(), Error>) {
        let text = |name: &str| form.text(name).trim().to_owned();
        let mut sought = Self {
            dialect: text("dialect"),
            outcome: text("outcome"),
            client: text("client"),
            customer: text("customer"),
            q: text("q"),
            after: form.text("after").parse().unwrap_or(0),
            before: form.text("before").parse().unwrap_or(u64::MAX),
            tenant,
            ..Self::default()
        };
        let read = words(&sought.q).map(|words| sought.words = words);
        for (key, text) in [
            ("dialect", &sought.dialect),
            ("outcome", &sought.outcome),
            ("client", &sought.client),
            ("customer", &sought.customer),
        ] {
            if !text.is_empty() {
                sought.words.push(Word { key, not: false, text: text.to_lowercase() });
            }
        }
        (sought, read)
    }

    /// The query of the same search, between these calls; 0 for no bound.
    pub(super) fn query(&self, after: u64, before: u64) -> String {
        let [after, before] = [after, before].map(|end| if end == 0 { String::new() } else { end.to_string() });
        query(&[
            ("dialect", &*self.dialect),
            ("outcome", &*self.outcome),
            ("client", &*self.client),
            ("customer", &*self.customer),
            ("q", &*self.q),
            ("after", &*after),
            ("before", &*before),
        ])
    }

    /// Looks up in the history which requests changed the customers who are spoken of: of many at once, a call does not say
    /// all.
    ///
    /// # Errors
    /// What the store refuses with.
    pub(super) async fn look_up(&mut self, state: &State, caller: &Arc<Caller>, origin: &Origin) -> Result<(), Error> {
        let customers = self.words.iter().filter(|word| word.key == "customer");
        for id in customers.filter_map(|word| word.text.parse().ok()).collect::<Vec<i64>>() {
            let read = ReadHistory { kind: Kind::Customer, id, from: None, limit: CHANGES };
            match state.run(read, caller, origin.clone()).await {
                Ok(history) => {
                    let ids = history.changes.iter().map(|change| change.origin.request_id.clone());
                    self.changed_by.extend(ids.filter(|id| !id.is_empty()));
                }
                Err(error) if error.reason == Reason::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Whether a call is one of those.
    pub(super) fn takes(&self, call: &Brief) -> bool {
        self.words.iter().all(|word| self.holds(word, call) != word.not)
    }

    fn holds(&self, word: &Word, call: &Brief) -> bool {
        let text = &*word.text;
        let within = |whole: &str| whole.to_lowercase().contains(text);
        match word.key {
            "dialect" => call.dialect == text,
            "outcome" => call.outcome == text,
            "client" => within(&call.client),
            "operation" => within(&call.operation),
            "path" => within(&call.path),
            "id" => call.id.eq_ignore_ascii_case(text),
            "status" => {
                let status = call.status.to_string();
                text.strip_suffix("xx").map_or(status == text, |class| status.starts_with(class))
            }
            "customer" => {
                let about = call.customers_of(Tenant::DEFAULT, self.tenant.as_deref());
                about.iter().any(|id| id.to_string() == text) || self.changed_by.contains(&call.id)
            }
            _ => {
                call.id.eq_ignore_ascii_case(text)
                    || [&call.operation, &call.client, &call.path, &call.why].into_iter().any(|whole| within(whole))
            }
        }
    }
}

/// The words of a search: `key:value`, `key:!value`, or any text; what has blanks in it stands in quotes.
fn words(text: &str) -> Result<Vec<Word>, Error> {
    let invalid = |text: String| Error::new(Reason::Invalid, text);
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if words.len() == MOST {
            return Err(invalid(format!("At most {MOST} words can be searched for")));
        }
        let named = rest
            .split_once(':')
            .filter(|(key, _)| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_'));
        let known = named.and_then(|(key, value)| Some((KEYS.into_iter().find(|known| *known == key)?, value)));
        if let (None, Some((key, value))) = (known, named)
            && !value.starts_with('/')
        {
            return Err(invalid(format!("\"{key}:\" is no word of a search: they are {}", KEYS.join(":, ") + ":")));
        }
        let (key, value) = known.unwrap_or(("", rest));
        let (not, value) = match value.strip_prefix('!') {
            Some(value) if !key.is_empty() => (true, value),
            _ => (false, value),
        };
        let (said, after) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => value.split_once(char::is_whitespace).unwrap_or((value, "")),
        };
        if said.is_empty() && !key.is_empty() {
            return Err(invalid(format!("After \"{key}:\" there is nothing to look for")));
        }
        words.push(Word { key, not, text: said.to_lowercase() });
        rest = after.trim_start();
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call() -> Brief {
        Brief {
            dialect: "superoffice".into(),
            operation: "setCustomer".into(),
            outcome: "refused".into(),
            status: 200,
            why: "The field mobile is none of a customer".into(),
            id: "AbC-1".into(),
            client: "NightSync/2.3 (old)".into(),
            path: "/scripts/SOAP".into(),
            customers: vec![7, 10],
            ..Brief::default()
        }
    }

    #[test]
    fn words_find_calls() {
        for (text, finds) in [
            ("", true),
            ("setcust", true),
            ("\"field mobile\"", true),
            ("mobile field", true),
            ("\"mobile field\"", false),
            ("abc-1", true),
            ("abc", false),
            ("id:ABC-1", true),
            ("client:\"NightSync/2.3\" outcome:!ok", true),
            ("client:\"NightSync/2.3 (OLD)\"", true),
            ("outcome:ok", false),
            ("dialect:superoffice status:200", true),
            ("status:2xx", true),
            ("status:!2xx", false),
            ("customer:10", true),
            ("customer:!10", false),
            ("customer:1", false),
            ("customer:11", false),
            ("operation:set path:soap", true),
            ("http://nowhere", false),
        ] {
            let query = format!("q={}", text.replace(' ', "+").replace('"', "%22"));
            let (sought, read) = Sought::read(&Form::read(query.as_bytes()).unwrap(), None);
            assert!(read.is_ok(), "{text}");
            assert_eq!(sought.takes(&call()), finds, "{text}");
        }
        for wrong in ["clint:x", "client:", "client:!", &"a ".repeat(MOST + 1)] {
            assert!(words(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_customer_of_another_tenant_is_another() {
        let (mut sought, _) = Sought::read(&Form::read(b"customer=10").unwrap(), None);
        let other = Brief { tenant: Some("acme".into()), ..call() };
        assert!(sought.takes(&call()) && !sought.takes(&other));
        let default = Tenant::DEFAULT.number;
        for (owner, takes) in [(default, true), (default + 1, false)] {
            assert_eq!(sought.takes(&Brief { owner: Some(owner), ..call() }), takes);
            assert_eq!(sought.takes(&Brief { owner: Some(owner), ..other.clone() }), takes, "the store knows");
        }
        sought.changed_by.insert("AbC-1".into());
        assert!(
            sought.takes(&Brief { customers: Vec::new(), ..call() }),
            "the history says that it changed the customer"
        );
    }

    #[test]
    fn what_was_asked_for_is_asked_for_again() {
        let form = Form::read(b"dialect=native&q=a+b&customer=3&before=9").unwrap();
        let (sought, _) = Sought::read(&form, None);
        assert_eq!(sought.query(0, 5), "?dialect=native&customer=3&q=a%20b&before=5");
    }
}
