//! What people know a record by, and search for: names, addresses, e-mails, telephones, user names and numbers.

use crate::customer::shown_name;
use crate::field::Field;
use crate::filter::{Condition, Filter, Test, fold};
use crate::kind::Kind;
use crate::record::Record;

/// Texts that a customer is found by.
pub const COLUMNS: usize = 6;

/// Words of one search at most; further ones are left out.
const MOST_WORDS: usize = 8;

/// The fields of each text of a customer, the most telling first.
const FIELDS: [&[Field]; COLUMNS] = [
    &[Field::Name, Field::FirstName, Field::LastName],
    &[Field::Emails],
    &[Field::Phone, Field::MobilePhone],
    &[Field::AddressLine1, Field::AddressLine2, Field::PostalCode, Field::City],
    &[Field::Username],
    &[
        Field::UniqueId,
        Field::ExternalCustomerId,
        Field::BingNumber,
        Field::Hash,
        Field::SubscriptionIds,
        Field::OrderIds,
    ],
];

/// The texts that a customer is found by, folded; none of one that was erased. A telephone is there also without what
/// stands between its digits.
pub fn texts(customer: &Record) -> [String; COLUMNS] {
    if customer.is_erased() {
        return Default::default();
    }
    let mut texts = FIELDS.map(|fields| {
        let values = fields.iter().map(|field| match field.shape() {
            crate::Shape::Emails { .. } | crate::Shape::Codes { .. } => customer.texts(*field).join(" "),
            _ => customer.text(*field).to_owned(),
        });
        fold(&values.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" "))
    });
    let [name, _, phones, ..] = &mut texts;
    if name.is_empty() {
        *name = fold(&shown_name(customer));
    }
    for field in [Field::Phone, Field::MobilePhone] {
        let digits: String = customer.text(field).chars().filter(char::is_ascii_digit).collect();
        if !digits.is_empty() && digits != customer.text(field) {
            phones.push(' ');
            phones.push_str(&digits);
        }
    }
    texts
}

/// Which of the texts somebody may search who sees these fields masked.
pub fn searchable(masked: &[Field]) -> [bool; COLUMNS] {
    FIELDS.map(|fields| fields.iter().all(|field| !masked.contains(field)))
}

/// The words of a search, folded.
pub fn words(search: &str) -> Vec<String> {
    search.split_whitespace().take(MOST_WORDS).map(fold).collect()
}

/// The id that a search names: `10` or `#10`.
pub fn id(search: &str) -> Option<i64> {
    search.trim().trim_start_matches('#').parse().ok().filter(|id| *id > 0)
}

/// The same by looking at every record: each word in some field that people know such a record by, or the record of that
/// id.
pub fn filter(kind: Kind, search: &str, masked: &[Field]) -> Filter {
    let fields: Vec<Field> = match kind {
        Kind::Customer => {
            let seen = FIELDS.iter().zip(searchable(masked)).filter(|(_, seen)| *seen);
            seen.flat_map(|(fields, _)| fields.iter().copied()).collect()
        }
        Kind::Ticket => vec![Field::Title, Field::Author],
        Kind::User | Kind::Key => vec![Field::Username],
        Kind::Company => vec![Field::Name, Field::Phone, Field::City],
        _ => [Field::Name, Field::Title].into_iter().filter(|field| kind.fields().contains(field)).take(1).collect(),
    };
    let holds = |word: &str, field: &Field| {
        let contains = Test::Contains(word.to_owned());
        let lists = matches!(field.shape(), crate::Shape::Emails { .. } | crate::Shape::Codes { .. });
        Filter::from(Condition::new(*field, if lists { Test::Entry(Box::new(contains)) } else { contains }))
    };
    let any = |word: &str| Filter::Any(fields.iter().map(|field| holds(word, field)).collect());
    let every = search.split_whitespace().take(MOST_WORDS).map(any).reduce(Filter::and);
    let named = id(search).map(|id| Filter::from(Condition::new(Field::Id, Test::Is(id.into()))));
    let mut either: Vec<Filter> = every.into_iter().collect();
    if !either.is_empty() {
        either.extend(named);
    }
    if either.is_empty() { Filter::default() } else { Filter::Any(either) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Part;
    use crate::value::Value;

    #[test]
    fn a_customer_is_found_by_what_people_know_of_them() {
        let mut customer = Record::new(Kind::Customer, Part::GLOBAL, 10);
        assert_eq!(texts(&customer).concat(), "");
        for (field, value) in [
            (Field::FirstName, "Åse".into()),
            (Field::LastName, "LØVÅS".into()),
            (Field::Emails, Value::Texts(vec!["A@X.no".into(), "b@y.no".into()])),
            (Field::Phone, "+47 (22) 55".into()),
            (Field::City, "Oslo".into()),
            (Field::OrderIds, Value::Texts(vec!["O-1".into()])),
            (Field::Note, "not this".into()),
        ] {
            customer.set(field, Some(value)).unwrap();
        }
        assert_eq!(texts(&customer), ["åse løvås", "a@x.no b@y.no", "+47 (22) 55 472255", "oslo", "", "o-1"]);
        assert_eq!(searchable(&[Field::LastName, Field::Phone]), [false, true, false, true, true, true]);
        assert_eq!((id(" #10 "), id("10 a"), id("0"), id("-1")), (Some(10), None, None, None));
        assert_eq!(words("Ås  BERG"), ["ås", "berg"]);
    }
}
