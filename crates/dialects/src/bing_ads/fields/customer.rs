//! A customer: what it shows, and what comes back.

use super::super::industry;
use super::{check_length, cut, language, required, same, set_text, shown, stamp, text, time};
use ::wire::soap::{Members, Struct, Type, Value};
use domain::error::Reason;
use domain::operation::Submission;
use domain::{Customer, Edit, Error, Field, Record};

/// Longest name that is shown and taken, in characters.
const NAME_MAX: usize = 100;

/// The texts of an address with the characters that each may have.
pub(super) const ADDRESS: [(&str, Field, usize); 8] = [
    ("City", Field::City, 35),
    ("CountryCode", Field::Country, 64),
    ("Line1", Field::AddressLine1, 35),
    ("Line2", Field::AddressLine2, 35),
    ("Line3", Field::AddressLine3, 35),
    ("Line4", Field::AddressLine4, 35),
    ("PostalCode", Field::PostalCode, 10),
    ("StateOrProvince", Field::Region, 255),
];

/// What else a customer shows, with the member that does.
const MEMBERS: [(&str, Field); 10] = [
    ("Id", Field::Id),
    ("Name", Field::Name),
    ("Industry", Field::Industry),
    ("CustomerLifeCycleStatus", Field::Status),
    ("CustomerFinancialStatus", Field::FinancialStatus),
    ("MarketCountry", Field::MarketCountry),
    ("MarketLanguage", Field::MarketLanguage),
    ("ServiceLevel", Field::ServiceLevel),
    ("Number", Field::BingNumber),
    ("TimeStamp", Field::Version),
];

fn address() -> impl Iterator<Item = (String, Field)> {
    ADDRESS.into_iter().map(|(name, field, _)| (format!("CustomerAddress.{name}"), field))
}

/// Every member of a customer with the field that it shows.
pub(in super::super) fn lens() -> Vec<(String, Field)> {
    MEMBERS.into_iter().map(|(name, field)| (name.to_owned(), field)).chain(address()).collect()
}

/// Those that `UpdateCustomer` changes.
pub(in super::super) fn changes() -> Vec<(String, Field)> {
    let own = lens().into_iter().filter(|(_, field)| matches!(field, Field::Name | Field::Industry));
    own.chain(address()).collect()
}

/// What a new customer must have of an address.
const NEEDED: [Field; 4] = [Field::City, Field::Country, Field::AddressLine1, Field::PostalCode];

/// What a customer shows in the shape of a version of the contract.
pub(in super::super) fn show(customer: &Customer, is: &'static Struct) -> Members<'static> {
    let address = is.members().into_iter().find(|(_, field)| field.name == "CustomerAddress");
    shown(is, |name| match name {
        "CustomerAddress" => match address.map(|(_, field)| field.is) {
            Some(Type::Struct(is)) => address_of(customer, is).into(),
            _ => Value::Nil,
        },
        "CustomerFinancialStatus" => text(financial_status(customer.text(Field::FinancialStatus))),
        "Id" => customer.id.into(),
        "Industry" => industry::name_of(customer.text(Field::Industry)).into(),
        "LastModifiedTime" => time(customer.updated_at).into(),
        "MarketCountry" => text(customer.text(Field::MarketCountry)),
        "MarketLanguage" => text(language::name_of(customer.text(Field::MarketLanguage))),
        // Never nil, so that what is shown can be sent back.
        "Name" => shown_name(customer).into(),
        "ServiceLevel" => text(service_level(customer.text(Field::ServiceLevel))),
        "CustomerLifeCycleStatus" => if customer.is_deleted() { "Inactive" } else { "Active" }.into(),
        "TimeStamp" => stamp(customer.version),
        "Number" => number(customer).into(),
        _ => Value::Nil,
    })
}

/// What a record shows of its address.
pub(super) fn address_of(customer: &Record, is: &'static Struct) -> Members<'static> {
    shown(is, |name| match (name, ADDRESS.iter().find(|(known, ..)| *known == name)) {
        (_, Some((_, field, max))) => text(cut(customer.text(*field), *max)),
        ("Id", None) => customer.id.into(),
        ("TimeStamp", None) => stamp(customer.version),
        _ => Value::Nil,
    })
}

/// The name that is shown.
pub(in super::super) fn shown_name(customer: &Customer) -> String {
    cut(&customer.shown_name(), NAME_MAX).to_owned()
}

/// `C` and digits: as it was imported, or else of the id.
pub(in super::super) fn number(customer: &Customer) -> String {
    match customer.text(Field::BingNumber) {
        "" => format!("C{}", customer.id),
        number => number.to_owned(),
    }
}

/// What the member of a field shows, as text; `""` for nil.
pub(in super::super) fn text_of(customer: &Customer, field: Field) -> String {
    match field {
        Field::Id => customer.id.to_string(),
        Field::Name => shown_name(customer),
        Field::Industry => industry::name_of(customer.text(field)).to_owned(),
        Field::Status => if customer.is_deleted() { "Inactive" } else { "Active" }.to_owned(),
        Field::FinancialStatus => financial_status(customer.text(field)).to_owned(),
        Field::ServiceLevel => service_level(customer.text(field)).to_owned(),
        Field::MarketLanguage => language::name_of(customer.text(field)).to_owned(),
        Field::BingNumber => number(customer),
        field => {
            let max = ADDRESS.iter().find(|(_, known, _)| *known == field).map_or(usize::MAX, |(.., max)| *max);
            cut(customer.text(field), max).to_owned()
        }
    }
}

fn financial_status(own: &str) -> &'static str {
    match own {
        "proposals_only" => "ProposalsOnly",
        "pending_credit_check" => "PendingCreditCheck",
        "clear" => "ClearFinancialStatus",
        "sold_to_only" => "SoldToOnly",
        "credit_hold" => "CreditHold",
        "credit_warning" => "CreditWarning",
        _ => "",
    }
}

fn service_level(own: &str) -> &'static str {
    match own {
        "self_serve" => "SelfServe",
        "self_serve_trusted" => "SelfServeTrusted",
        "premium" => "Premium",
        "internal" => "Internal",
        "select" => "Select",
        _ => "",
    }
}

/// What was submitted of a customer. What is read-only is not even kept.
#[derive(Debug)]
pub(in super::super) struct Submitted {
    name: String,
    industry: String,
    address: Vec<(Field, usize, String)>,
    /// Of a new customer.
    market: Option<(String, String)>,
}

impl Submitted {
    /// What changes a customer.
    pub(in super::super) fn read(customer: &Members<'_>) -> Self {
        let address = customer.members("CustomerAddress");
        let given = |(name, field, max): (&str, Field, usize)| match address?.get(name) {
            Value::Text(text) => Some((field, max, text.clone().into_owned())),
            _ => None,
        };
        Self {
            name: customer.text("Name").to_owned(),
            industry: customer.text("Industry").to_owned(),
            address: ADDRESS.into_iter().filter_map(given).collect(),
            market: None,
        }
    }

    /// What makes a customer.
    ///
    /// # Errors
    /// `Invalid` for what only the vendor sets.
    pub(in super::super) fn of_new(customer: &Members<'_>) -> Result<Self, Error> {
        if !customer.text("ServiceLevel").is_empty() {
            let text = "service_level is the vendor's to set: leave it nil. Nothing was stored.";
            return Err(Error::invalid(Field::ServiceLevel, text));
        }
        let market = (customer.text("MarketCountry").to_owned(), customer.text("MarketLanguage").to_owned());
        Ok(Self { market: Some(market), ..Self::read(customer) })
    }

    /// What a row of a file says; of what it does not, a customer that is there keeps what it shows.
    pub(in super::super) fn of_row<'t>(said: &impl Fn(Field) -> Option<&'t str>, present: &Customer) -> Self {
        let new = present.version == 0;
        let text = |field: Field| said(field).map_or_else(String::new, str::to_owned);
        let or_shown = |field: Field| match said(field) {
            None if !new => text_of(present, field),
            _ => text(field),
        };
        let given = |(_, field, max): (&str, Field, usize)| Some((field, max, said(field)?.to_owned()));
        Self {
            name: or_shown(Field::Name),
            industry: or_shown(Field::Industry),
            address: ADDRESS.into_iter().filter_map(given).collect(),
            market: new.then(|| (text(Field::MarketCountry), text(Field::MarketLanguage))),
        }
    }

    fn edit_name(&self, present: &Customer) -> Result<Option<Edit>, Error> {
        if same(&self.name, &shown_name(present)) && present.version > 0 {
            return Ok(None);
        }
        if self.name.is_empty() {
            return Err(required(Field::Name));
        }
        check_length(Field::Name, &self.name, NAME_MAX)?;
        Ok(Some(Edit::Set(Field::Name, Some(self.name.as_str().into()))))
    }

    fn edit_industry(&self, present: &Customer) -> Result<Option<Edit>, Error> {
        let meaning = industry::meaning_of(&self.industry).ok_or_else(|| required(Field::Industry))?;
        let shown = industry::name_of(present.text(Field::Industry));
        Ok((shown != self.industry).then(|| Edit::Set(Field::Industry, Some(meaning.into()))))
    }

    fn edit_address(&self, present: &Customer) -> Result<Vec<Edit>, Error> {
        let edit = |(field, max, sent): &(Field, usize, String)| match field {
            Field::Country if sent.eq_ignore_ascii_case(present.text(*field)) => None,
            field => set_text(present, *field, sent, *max).transpose(),
        };
        self.address.iter().filter_map(edit).collect()
    }

    fn edit_market(&self, (country, name): &(String, String)) -> Result<[Edit; 2], Error> {
        for field in NEEDED {
            let given = self.address.iter().any(|(known, _, text)| *known == field && !text.is_empty());
            given.then_some(()).ok_or_else(|| required(field))?;
        }
        let country = Some(country).filter(|country| !country.is_empty());
        let country = country.ok_or_else(|| required(Field::MarketCountry))?;
        let tag = language::tag_of(name).ok_or_else(|| required(Field::MarketLanguage))?;
        Ok([
            Edit::Set(Field::MarketCountry, Some(country.as_str().into())),
            Edit::Set(Field::MarketLanguage, Some(tag.into())),
        ])
    }
}

impl Submission for Submitted {
    fn edits(&self, present: &Customer) -> Result<Vec<Edit>, Error> {
        if present.is_deleted() {
            let text = format!("Customer {} is Inactive and cannot be updated. Nothing was changed.", present.id);
            return Err(Error::new(Reason::Locked, text));
        }
        let mut edits: Vec<Edit> = self.edit_name(present)?.into_iter().chain(self.edit_industry(present)?).collect();
        edits.extend(self.edit_address(present)?);
        if let Some(market) = &self.market {
            edits.extend(self.edit_market(market)?);
        }
        Ok(edits)
    }
}
