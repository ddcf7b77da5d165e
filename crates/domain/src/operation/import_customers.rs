use super::{CustomerRef, Operation, Submission, customer_ref};
use crate::access::Access;
use crate::change::difference;
use crate::customer::{Customer, Edit};
use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::filter::fold;
use crate::kind::Kind;
use crate::record::Record;
use crate::rule;
use crate::working_set::{Context, WorkingSet};
use std::collections::HashMap;
use std::sync::Arc;

/// Makes customers of the rows of a file, or changes those that are there already, all in one transaction. A row that
/// cannot be is left out and says why; the others go on.
#[derive(Debug)]
pub struct ImportCustomers<S> {
    /// The rows, in order.
    pub rows: Vec<ImportRow<S>>,
    /// Whether a new customer gets the id of its row, and no row is for a customer of another id.
    pub keep_ids: bool,
    /// Whether only one of both is done; `None` for both.
    pub only: Option<ImportOnly>,
}

/// What alone an import does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportOnly {
    /// New customers are made.
    Create,
    /// Those that are there are changed.
    Update,
}

/// A row of a file.
#[derive(Debug)]
pub struct ImportRow<S> {
    /// Where it is in the file, for what is said of other rows.
    pub line: u64,
    /// Its id, if it has one.
    pub id: Option<i64>,
    /// What its customer is known by, the strongest first.
    pub keys: Vec<ImportKey>,
    /// What it says.
    pub submission: S,
}

/// What the customer of a row is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportKey {
    /// What at most one customer has.
    One(CustomerRef),
    /// An e-mail address, and who had it in any case before the transaction.
    Email(String, Vec<i64>),
}

/// What came of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Imported {
    /// A customer was made.
    Created(Arc<Record>),
    /// One that was there changed, in these fields.
    Updated(Arc<Record>, Vec<Field>),
    /// One that is there says the same.
    Unchanged(Arc<Record>),
    /// Nothing was stored of it.
    Skipped(Error),
}

impl<S: Submission> Operation for ImportCustomers<S> {
    /// What came of each row.
    type Output = Vec<Imported>;
    const ACCESS: Access = Access::Write;
    const WRITES: bool = true;

    fn decide(&self, set: &mut WorkingSet, cx: &Context) -> Result<Vec<Imported>, Stop> {
        let (mut outcomes, mut missing) = (Vec::with_capacity(self.rows.len()), false);
        let mut seen = HashMap::new();
        for row in &self.rows {
            let mark = set.mark();
            let outcome = match self.import(row, &seen, set, cx) {
                Ok(outcome) => outcome,
                // Go on, so that one round loads what all of them need.
                Err(Stop::Missing) => {
                    set.back_to(mark);
                    missing = true;
                    continue;
                }
                Err(Stop::Refused(error)) => {
                    set.back_to(mark);
                    Imported::Skipped(error)
                }
            };
            if let Imported::Created(record) | Imported::Updated(record, _) | Imported::Unchanged(record) = &outcome {
                seen.insert(record.id, row.line);
            }
            outcomes.push(outcome);
        }
        if missing { Err(Stop::Missing) } else { Ok(outcomes) }
    }
}

impl<S: Submission> ImportCustomers<S> {
    fn import(
        &self,
        row: &ImportRow<S>,
        seen: &HashMap<i64, u64>,
        set: &mut WorkingSet,
        cx: &Context,
    ) -> Result<Imported, Stop> {
        if self.keep_ids && row.id.is_none() {
            return Err(Error::new(Reason::Required, "it has no id, and ids are to be kept").at(Field::Id).into());
        }
        let found = row.find(set, cx)?;
        if let Some((key, customer)) = &found {
            row.contradicts(key, customer, self.keep_ids)?;
        }
        match found {
            Some((_, customer)) => {
                if let Some(line) = seen.get(&customer.id) {
                    let text = format!("line {line} is customer {} already", customer.id);
                    return Err(Error::new(Reason::AlreadyExists, text).into());
                }
                self.update(row, customer, set, cx)
            }
            None => self.create(row, set, cx),
        }
    }

    fn update(
        &self,
        row: &ImportRow<S>,
        mut customer: Customer,
        set: &mut WorkingSet,
        cx: &Context,
    ) -> Result<Imported, Stop> {
        if self.only == Some(ImportOnly::Create) {
            let text = format!("customer {} is there already", customer.id);
            return Err(Error::new(Reason::AlreadyExists, text).into());
        }
        let before = Arc::clone(&customer.0);
        let edits = self.edits(row, &customer)?;
        customer.apply(edits)?;
        if before.is_deleted() && !difference(Some(&before), &customer).is_empty() {
            let text = format!("customer {} is deleted: restore it first", before.id);
            return Err(Error::new(Reason::Locked, text).into());
        }
        let after = rule::put(Arc::unwrap_or_clone(customer.0), Some(&before), set, cx)?;
        let fields: Vec<_> = difference(Some(&before), &after).into_iter().map(|change| change.field).collect();
        Ok(if fields.is_empty() { Imported::Unchanged(after) } else { Imported::Updated(after, fields) })
    }

    fn create(&self, row: &ImportRow<S>, set: &mut WorkingSet, cx: &Context) -> Result<Imported, Stop> {
        if self.only == Some(ImportOnly::Update) {
            return Err(Error::not_found("no such customer is there").into());
        }
        let tenant = cx.caller.tenant;
        let id = match row.id.filter(|_| self.keep_ids) {
            Some(id) => {
                set.claim_id(tenant, Kind::Customer, id)?;
                // Also where ids are no keys of this import.
                if let Some(there) = set.record(tenant, Kind::Customer, id)? {
                    rule::refuse_erased(Some(&there))?;
                    rule::refuse_merged(&there)?;
                    let text = format!("customer {id} is there already, and is another one");
                    return Err(Error::new(Reason::AlreadyExists, text).into());
                }
                id
            }
            None => set.next_id(tenant, Kind::Customer)?,
        };
        let mut customer = Customer(Arc::new(Record::new(Kind::Customer, tenant.part_of(id), id)));
        let edits = self.edits(row, &customer)?;
        customer.apply(edits)?;
        Ok(Imported::Created(rule::put(Arc::unwrap_or_clone(customer.0), None, set, cx)?))
    }

    /// What the row does. A name that would be shown anyway is not set, so that it follows the two names as before.
    fn edits(&self, row: &ImportRow<S>, present: &Customer) -> Result<Vec<Edit>, Error> {
        let edits = row.submission.edits(present)?;
        let names = |edit: &Edit| matches!(edit, Edit::Set(Field::Name, Some(_)));
        if !present.text(Field::Name).is_empty() || !edits.iter().any(names) {
            return Ok(edits);
        }
        let (mut named, mut derived) = (present.clone(), present.clone());
        let others: Vec<_> = edits.iter().filter(|edit| !names(edit)).cloned().collect();
        named.apply(edits.clone())?;
        derived.apply(others.clone())?;
        Ok(if named.shown_name() == derived.shown_name() { others } else { edits })
    }
}

impl<S> ImportRow<S> {
    /// The customer that all keys name, and the first key that does.
    fn find(&self, set: &mut WorkingSet, cx: &Context) -> Result<Option<(&ImportKey, Customer)>, Stop> {
        let (mut found, mut missing): (Option<(&ImportKey, Customer)>, _) = (None, false);
        for key in &self.keys {
            let customer = match key.customer(set, cx) {
                Ok(customer) => customer,
                // Go on, so that one round loads what all keys need.
                Err(Stop::Missing) => {
                    missing = true;
                    continue;
                }
                Err(stop) => return Err(stop),
            };
            match (&found, customer) {
                (Some((first, known)), Some(other)) if known.id != other.id => {
                    let text = format!("{first} is customer {}, and {key} is customer {}", known.id, other.id);
                    return Err(Error::new(Reason::Conflict, text).into());
                }
                (None, Some(customer)) => found = Some((key, customer)),
                _ => {}
            }
        }
        if missing { Err(Stop::Missing) } else { Ok(found) }
    }

    /// Refuses a customer that a weaker key found, and of whom a stronger one is known to be another.
    fn contradicts(&self, by: &ImportKey, customer: &Customer, keep_ids: bool) -> Result<(), Error> {
        let refuse = |text: String| Err(Error::new(Reason::Conflict, text));
        if let Some(id) = self.id.filter(|id| keep_ids && *id != customer.id) {
            return refuse(format!("{by} is customer {}, not {id}", customer.id));
        }
        for stronger in self.keys.iter().take_while(|key| *key != by) {
            if let Some(other) = stronger.other(customer) {
                return refuse(format!("{by} is customer {}, whose {other}", customer.id));
            }
        }
        Ok(())
    }
}

impl ImportKey {
    fn customer(&self, set: &mut WorkingSet, cx: &Context) -> Result<Option<Customer>, Stop> {
        let (address, candidates) = match self {
            Self::One(reference) => {
                let record = customer_ref::record(set, cx, reference)?;
                rule::refuse_erased(record.as_deref())?;
                if let Some(record) = record.as_deref() {
                    rule::refuse_merged(record)?;
                }
                return Ok(record.map(Customer));
            }
            Self::Email(address, candidates) => (fold(address), candidates),
        };
        // Who had it may have it no more.
        let mut having = Vec::new();
        for id in candidates {
            let Some(record) = set.record(cx.caller.tenant, Kind::Customer, *id)? else { continue };
            let has = record.texts(Field::Emails).iter().any(|email| fold(email) == address);
            if has && !record.is_deleted() {
                having.push(Customer(record));
            }
        }
        if let [first, second, ..] = having.as_slice() {
            let text = format!("{self} is that of several customers, such as {} and {}", first.id, second.id);
            return Err(Error::new(Reason::Conflict, text).into());
        }
        Ok(having.pop())
    }

    /// What a customer is known by instead, where it is something else.
    fn other(&self, customer: &Customer) -> Option<String> {
        let field = match self {
            Self::One(CustomerRef::UniqueId(_)) => Field::UniqueId,
            Self::One(CustomerRef::Username(_)) => Field::Username,
            _ => return None,
        };
        let text = customer.text(field);
        (!text.is_empty()).then(|| format!("{field} is \"{text}\""))
    }
}

impl std::fmt::Display for ImportKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::One(CustomerRef::Id(id)) => write!(f, "id {id}"),
            Self::One(CustomerRef::Username(text)) => write!(f, "username \"{text}\""),
            Self::One(CustomerRef::UniqueId(text)) => write!(f, "unique_id \"{text}\""),
            Self::One(CustomerRef::Subscription(text)) => write!(f, "subscription \"{text}\""),
            Self::One(CustomerRef::Order(text)) => write!(f, "order \"{text}\""),
            Self::Email(text, _) => write!(f, "e-mail \"{text}\""),
        }
    }
}
