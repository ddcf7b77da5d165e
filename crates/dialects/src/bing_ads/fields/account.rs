//! An account: what it shows, and what comes back.

use super::super::wire::PAIR;
use super::customer::{ADDRESS, address_of};
use super::{currency, cut, language, required, same, set_text, shown, stamp, text, time};
use ::wire::soap::{Members, Struct, Type, Value};
use domain::error::Reason;
use domain::operation::Submission;
use domain::{Edit, Error, Field, Record};

/// Longest name that is shown, in characters.
const NAME_MAX: usize = 100;

const DEFAULT_ZONE: &str = "PacificTimeUSCanadaTijuana";

/// What the vendor's states are here.
const STATUSES: [(&str, &str); 6] = [
    ("Draft", "draft"),
    ("Active", "active"),
    ("Inactive", "inactive"),
    ("Pause", "pause"),
    ("Pending", "pending"),
    ("Suspended", "suspended"),
];

const TAGS: [&str; 3] = ["Inactive", "Preserve", "Replace"];

/// The state of that name.
pub(in super::super) fn status_of(name: &str) -> Option<&'static str> {
    STATUSES.iter().find(|(known, _)| *known == name).map(|(_, status)| *status)
}

/// The state of an account.
pub(in super::super) fn status(account: &Record) -> &'static str {
    let own = account.text(Field::AccountStatus);
    STATUSES.iter().find(|(_, status)| *status == own).map_or("Active", |(name, _)| *name)
}

/// As it was imported, or else `X` and seven digits of the id.
pub(in super::super) fn number(account: &Record) -> String {
    match account.text(Field::AccountNumber) {
        "" => format!("X{:07}", account.id),
        number => number.to_owned(),
    }
}

pub(in super::super) fn name(account: &Record) -> &str {
    cut(account.text(Field::Name), NAME_MAX)
}

/// What an account shows in the shape of a version of the contract.
pub(in super::super) fn show(account: &Record, is: &'static Struct) -> Members<'static> {
    let address = is.members().into_iter().find(|(_, field)| field.name == "BusinessAddress");
    let owner = account.number(Field::CustomerId).unwrap_or(0);
    let id = |field| account.number(field).map_or(Value::Nil, Value::from);
    let zone = match account.text(Field::TimeZone) {
        "" => DEFAULT_ZONE,
        zone => zone,
    };
    shown(is, |member| match member {
        "AccountType" => "Advertiser".into(),
        "BillToCustomerId" | "ParentCustomerId" => owner.into(),
        "CountryCode" => text(account.text(Field::MarketCountry)),
        "CurrencyType" => text(currency::name_of(account.text(Field::Currency))),
        "CurrencyCode" => text(account.text(Field::Currency)),
        "Id" => account.id.into(),
        "Language" => text(language::name_of(account.text(Field::Language))),
        "ForwardCompatibilityMap" => pairs(&map(account)),
        "LastModifiedTime" => time(account.updated_at).into(),
        "Name" => name(account).to_owned().into(),
        "Number" => number(account).into(),
        "PaymentMethodId" => id(Field::PaymentMethodId),
        "PrimaryUserId" => id(Field::PrimaryUser),
        "AccountLifeCycleStatus" => status(account).into(),
        "TimeStamp" => stamp(account.version),
        "TimeZone" => zone.to_owned().into(),
        "PauseReason" => id(Field::PauseReason),
        "TaxInformation" => pairs(&tax(account)),
        "BackUpPaymentInstrumentId" => id(Field::BackupPaymentMethodId),
        "BillingThresholdAmount" => text(account.text(Field::BillingThreshold)),
        "AutoTagType" => tag(account).into(),
        // Left out rather than nil, as the vendor does.
        "BusinessAddress" => match address.map(|(_, field)| field.is) {
            Some(Type::Struct(is)) if ADDRESS.iter().any(|(_, field, _)| !account.text(*field).is_empty()) => {
                address_of(account, is).into()
            }
            _ => Value::Absent,
        },
        _ => Value::Nil,
    })
}

fn tag(account: &Record) -> &'static str {
    let number = account.number(Field::AutoTag).and_then(|number| usize::try_from(number).ok()).unwrap_or(0);
    TAGS.get(number).copied().unwrap_or("Inactive")
}

fn map(account: &Record) -> Vec<(String, String)> {
    let tag = ("AutoTag".to_owned(), account.number(Field::AutoTag).unwrap_or(0).to_string());
    let template = account.text(Field::TrackingUrlTemplate);
    let template = (!template.is_empty()).then(|| ("TrackingUrlTemplate".to_owned(), template.to_owned()));
    std::iter::once(tag).chain(template).collect()
}

fn tax(account: &Record) -> Vec<(String, String)> {
    let split = |fact: &String| fact.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
    account.texts(Field::TaxInformation).iter().filter_map(split).collect()
}

fn pairs(pairs: &[(String, String)]) -> Value<'static> {
    let pair = |(key, value): &(String, String)| {
        Value::Struct(Members::new(&PAIR).with("key", key.clone()).with("value", value.clone()))
    };
    Value::List(pairs.iter().map(pair).collect())
}

/// What was submitted of an account, by the names of its members. What is read-only is not even kept.
#[derive(Debug)]
pub(in super::super) struct Submitted {
    name: String,
    language: String,
    zone: String,
    threshold: String,
    ids: Vec<(Field, i64)>,
    map: Vec<(String, String)>,
    tax: Vec<(String, String)>,
    tag: String,
    address: Vec<(Field, usize, String)>,
    /// Of a new account: its currency's code, its customer, and the country of the customer's address.
    new: Option<(String, Option<i64>, String)>,
}

const IDS: [(&str, Field); 3] = [
    ("PaymentMethodId", Field::PaymentMethodId),
    ("PrimaryUserId", Field::PrimaryUser),
    ("BackUpPaymentInstrumentId", Field::BackupPaymentMethodId),
];

/// A member that this version or type has, and that was sent.
pub(in super::super) fn given<'m, 'a>(account: &'m Members<'a>, name: &str) -> &'m Value<'a> {
    let found = account.iter().find(|(_, field, _)| field.name == name).map(|(_, _, value)| value);
    found.unwrap_or(&Value::Absent)
}

fn pairs_of(value: &Value<'_>) -> Vec<(String, String)> {
    let Value::List(items) = value else { return Vec::new() };
    let pair = |item: &Value<'_>| {
        let item = item.members()?;
        Some((item.text("key").to_owned(), item.text("value").to_owned()))
    };
    items.iter().filter_map(pair).collect()
}

impl Submitted {
    /// What changes an account.
    pub(in super::super) fn read(account: &Members<'_>) -> Self {
        let text = |name: &str| given(account, name).text().to_owned();
        let number = |(name, field): (&str, Field)| match given(account, name) {
            Value::Integer(id) => Some((field, *id)),
            _ => None,
        };
        let address = given(account, "BusinessAddress").members();
        let line = |(name, field, max): (&str, Field, usize)| match address?.get(name) {
            Value::Text(text) => Some((field, max, text.clone().into_owned())),
            _ => None,
        };
        Self {
            name: text("Name"),
            language: text("Language"),
            zone: text("TimeZone"),
            threshold: text("BillingThresholdAmount"),
            ids: IDS.into_iter().filter_map(number).collect(),
            map: pairs_of(given(account, "ForwardCompatibilityMap")),
            tax: pairs_of(given(account, "TaxInformation")),
            tag: text("AutoTagType"),
            address: ADDRESS.into_iter().filter_map(line).collect(),
            new: None,
        }
    }

    /// What makes an account; of a customer who is made with it, `country` is that of the address.
    ///
    /// # Errors
    /// `Required` without a currency, or without a customer; `Invalid` for means of payment, which nobody has yet.
    pub(in super::super) fn of_new(account: &Members<'_>, country: Option<&str>) -> Result<Self, Error> {
        let code = match given(account, "CurrencyType").text() {
            "" => given(account, "CurrencyCode").text(),
            name => currency::code_of(name).unwrap_or_default(),
        };
        if code.is_empty() {
            return Err(required(Field::Currency));
        }
        let owner = match given(account, "ParentCustomerId") {
            Value::Integer(id) => Some(*id),
            _ => None,
        };
        if country.is_none() && owner.is_none() {
            return Err(required(Field::CustomerId));
        }
        let owner = if country.is_some() { None } else { owner };
        let submitted = Self::read(account);
        if submitted.ids.iter().any(|(field, _)| *field == Field::PaymentMethodId) {
            let text = "payment_method_id must be nil: a new account has none. Nothing was stored.";
            return Err(Error::invalid(Field::PaymentMethodId, text));
        }
        let country = country.unwrap_or_default().to_owned();
        Ok(Self { new: Some((code.to_owned(), owner, country)), ..submitted })
    }

    fn edit_new(&self, edits: &mut Vec<Edit>) {
        let Some((code, owner, country)) = &self.new else { return };
        edits.push(Edit::Set(Field::Currency, Some(code.as_str().into())));
        edits.extend(owner.map(|id| Edit::Set(Field::CustomerId, Some(id.into()))));
        edits.push(Edit::Set(Field::MarketCountry, Some(country.as_str().into())));
    }

    fn edit_maps(&self, present: &Record, edits: &mut Vec<Edit>) -> Result<(), Error> {
        for (key, value) in &self.map {
            match key.as_str() {
                "AutoTag" if value.is_empty() => edits.push(Edit::Set(Field::AutoTag, None)),
                "AutoTag" if present.number(Field::AutoTag).unwrap_or(0).to_string() == *value => {}
                "AutoTag" => {
                    let number = value.parse::<i64>().map_err(|_| {
                        Error::invalid(Field::AutoTag, "auto_tag must be 0, 1 or 2. Nothing was stored.")
                    })?;
                    edits.push(Edit::Set(Field::AutoTag, Some(number.into())));
                }
                "TrackingUrlTemplate" => {
                    edits.push(Edit::Set(Field::TrackingUrlTemplate, Some(value.as_str().into())));
                }
                _ => {}
            }
        }
        if let Some(number) = TAGS.iter().position(|known| *known == self.tag).filter(|_| self.tag != tag(present)) {
            edits.push(Edit::Set(Field::AutoTag, Some(i64::try_from(number).unwrap_or(0).into())));
        }
        let mut facts = tax(present);
        for (key, value) in &self.tax {
            facts.retain(|(known, _)| known != key);
            if !value.is_empty() {
                facts.push((key.clone(), value.clone()));
            }
        }
        facts.sort();
        let mut before = tax(present);
        before.sort();
        if facts != before {
            let facts = facts.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
            edits.push(Edit::Set(Field::TaxInformation, Some(domain::Value::Texts(facts))));
        }
        Ok(())
    }
}

impl Submission<Record> for Submitted {
    fn edits(&self, present: &Record) -> Result<Vec<Edit>, Error> {
        if present.is_deleted() {
            let text = format!("Account {} is Inactive and cannot be updated. Nothing was changed.", present.id);
            return Err(Error::new(Reason::Locked, text));
        }
        let mut edits = Vec::new();
        if self.name.is_empty() {
            return Err(required(Field::Name));
        }
        if !same(&self.name, name(present)) {
            edits.push(Edit::Set(Field::Name, Some(self.name.as_str().into())));
        }
        if let Some(tag) = language::tag_of(&self.language)
            && language::name_of(present.text(Field::Language)) != self.language
        {
            edits.push(Edit::Set(Field::Language, Some(tag.into())));
        }
        let zone = present.text(Field::TimeZone);
        if !self.zone.is_empty() && self.zone != zone && !(zone.is_empty() && self.zone == DEFAULT_ZONE) {
            edits.push(Edit::Set(Field::TimeZone, Some(self.zone.as_str().into())));
        }
        if !self.threshold.is_empty() {
            edits.push(Edit::Set(Field::BillingThreshold, Some(self.threshold.as_str().into())));
        }
        edits.extend(self.ids.iter().map(|(field, id)| Edit::Set(*field, Some((*id).into()))));
        self.edit_maps(present, &mut edits)?;
        let line = |(field, max, sent): &(Field, usize, String)| set_text(present, *field, sent, *max).transpose();
        edits.extend(self.address.iter().filter_map(line).collect::<Result<Vec<_>, _>>()?);
        self.edit_new(&mut edits);
        Ok(edits)
    }
}
