//! The lens: which parameter shows which field. There is no call that reads, so what a parameter shows is what it
//! would have to be sent as to change nothing.

use super::wire::Parameters;
use domain::error::Reason;
use domain::operation::{CustomerRef, Submission};
use domain::{Customer, Edit, Error, Field};

/// The word that removes a field: exactly this, in this case, and nothing around it.
const REMOVE: &str = "REMOVE";

/// Every parameter that changes something, with its field.
pub(super) const PARAMETERS: &[(&str, Field)] = &[
    ("firstname", Field::FirstName),
    ("lastname", Field::LastName),
    ("email", Field::Emails),
    ("username", Field::Username),
    ("password", Field::Password),
    ("address1", Field::AddressLine1),
    ("address2", Field::AddressLine2),
    ("city", Field::City),
    ("state", Field::Region),
    ("country", Field::Country),
    ("zip", Field::PostalCode),
    ("custom1", Field::Extra(1)),
    ("custom2", Field::Extra(2)),
    ("custom3", Field::Extra(3)),
    ("custom4", Field::Extra(4)),
    ("custom5", Field::Extra(5)),
];

/// The parameters that name a customer, with the field of each.
pub(super) const fn lookups() -> [(&'static str, Field); 3] {
    [("customer_id", Field::Id), ("subscription_id", Field::SubscriptionIds), ("orderid", Field::OrderIds)]
}

/// What the parameter of a field shows of a customer; `""` for what is unset, and for the password.
pub(super) fn text_of(customer: &Customer, field: Field) -> &str {
    match field {
        Field::Emails => customer.primary_email(),
        Field::Password => "",
        field => customer.text(field),
    }
}

/// What each parameter shows of a customer, where it shows anything.
pub(super) fn shown(customer: &Customer) -> Vec<(&'static str, String)> {
    let all = PARAMETERS.iter().map(|(name, field)| (*name, text_of(customer, *field).to_owned()));
    all.filter(|(_, text)| !text.is_empty()).collect()
}

/// What was submitted: fields with their texts, the password already hashed.
pub(super) struct Details(pub(super) Vec<(Field, String)>);

impl Details {
    /// What the parameters submit.
    ///
    /// # Errors
    /// `Required` when there is no parameter that changes something; `Invalid` for a password that is to be removed:
    /// the vendor's page gives it no removal, and a password that everyone can guess helps nobody.
    pub(super) fn of(parameters: &Parameters) -> Result<Self, Error> {
        let submitted: Vec<_> = PARAMETERS
            .iter()
            .filter_map(|(name, field)| parameters.get(name).map(|value| (*field, value.to_owned())))
            .collect();
        if submitted.is_empty() {
            return Err(Error::new(Reason::Required, "At least one parameter that changes something must be passed"));
        }
        if submitted.iter().any(|(field, value)| *field == Field::Password && value == REMOVE) {
            return Err(Error::invalid(Field::Password, "password cannot be removed: pass a new one"));
        }
        Ok(Self(submitted))
    }
}

impl Submission for Details {
    fn edits(&self, present: &Customer) -> Result<Vec<Edit>, Error> {
        let mut edits = Vec::with_capacity(self.0.len());
        for (field, text) in &self.0 {
            let value = (text != REMOVE).then(|| text.clone());
            let edit = match field {
                Field::Emails if text == present.primary_email() => continue,
                Field::Emails => Edit::PrimaryEmail(value),
                field if text == present.text(*field) => continue,
                field => Edit::Set(*field, value.map(Into::into)),
            };
            edits.push(edit);
        }
        Ok(edits)
    }
}

/// Which customer the parameters name: by all of the given ids, which must agree.
///
/// # Errors
/// `Required` when none is given, `NotFound` for an id that is no number.
pub(super) fn lookup(parameters: &Parameters, orders: bool) -> Result<Vec<CustomerRef>, Error> {
    let mut who = Vec::with_capacity(2);
    if let Some(text) = parameters.get("customer_id") {
        let digits = text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
        let id = text.parse().ok().filter(|_| digits);
        who.push(CustomerRef::Id(id.ok_or_else(|| Error::not_found(format!("customer_id \"{text}\" is no number")))?));
    }
    // The first pages of the vendor called it `subscription`.
    if let Some(text) = parameters.get("subscription_id").or_else(|| parameters.get("subscription")) {
        who.push(CustomerRef::Subscription(text.to_owned()));
    }
    if let Some(text) = parameters.get("orderid").filter(|_| orders) {
        who.push(CustomerRef::Order(text.to_owned()));
    }
    if who.is_empty() {
        let names = if orders { "customer_id, subscription_id or orderid" } else { "customer_id or subscription_id" };
        return Err(Error::new(Reason::Required, format!("{names} must be passed")));
    }
    Ok(who)
}
