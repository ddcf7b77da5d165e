//! A customer for address books: vCard 4.0 (RFC 6350).

use crate::moment::rfc3339;
use domain::customer::shown_name;
use domain::{Field, Record};

/// Octets of a line, beyond which it is folded (RFC 6350 §3.2).
const LINE: usize = 75;

/// Appends the card of a customer. One without a name has that of its number, since a card must have one.
pub(super) fn put(text: &mut String, customer: &Record) {
    let of = |field: Field| escaped(customer.text(field));
    let list = |fields: &[Field]| fields.iter().map(|field| of(*field)).collect::<Vec<_>>().join(";");
    let name = Some(shown_name(customer)).filter(|name| !name.is_empty());
    put_line(text, "BEGIN:VCARD");
    put_line(text, "VERSION:4.0");
    put_line(text, &format!("UID;VALUE=text:customer-{}", customer.id));
    put_line(text, &name.map_or_else(|| format!("FN:#{}", customer.id), |name| format!("FN:{}", escaped(&name))));
    let names = list(&[Field::LastName, Field::FirstName]);
    if names.len() > 1 {
        put_line(text, &format!("N:{names};;;"));
    }
    for (at, email) in customer.texts(Field::Emails).iter().enumerate() {
        put_line(text, &format!("EMAIL{}:{}", if at == 0 { ";PREF=1" } else { "" }, escaped(email)));
    }
    let street = [Field::AddressLine1, Field::AddressLine2, Field::AddressLine3, Field::AddressLine4].map(of);
    let street = street.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(",");
    let place = list(&[Field::City, Field::Region, Field::PostalCode, Field::Country]);
    let address = format!("ADR:;;{street};{place}");
    let one = |name: &str, field: Field| Some(format!("{name}:{}", of(field))).filter(|_| !of(field).is_empty());
    // What an address is of is not escaped: it is made of what an address may hold.
    let url: String = customer.text(Field::WebsiteUrl).chars().filter(|c| !c.is_control() && *c != ' ').collect();
    let language = customer.text(Field::Language);
    let lines = [
        one("TEL;TYPE=voice", Field::Phone),
        one("TEL;TYPE=cell", Field::MobilePhone),
        Some(address).filter(|address| address.trim_start_matches("ADR:").bytes().any(|byte| byte != b';')),
        Some(format!("URL:{url}")).filter(|_| !url.is_empty()),
        Some(format!("LANG:{language}")).filter(|_| !language.is_empty()),
        one("NOTE", Field::Note),
    ];
    for line in lines.into_iter().flatten() {
        put_line(text, &line);
    }
    let at: String = rfc3339(customer.updated_at).chars().take(19).filter(|c| !matches!(c, '-' | ':')).collect();
    put_line(text, &format!("REV:{at}Z"));
    put_line(text, "END:VCARD");
}

/// A text with what would end it, or a part of it, taken for what it is (§3.4). Nobody reads what cannot be seen.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ',' | ';' => escaped.extend(['\\', c]),
            '\n' | '\r' => escaped.push_str("\\n"),
            '\t' => escaped.push(c),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Appends a line, folded between letters.
fn put_line(text: &mut String, line: &str) {
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > LINE {
            text.push_str("\r\n ");
            length = 1;
        }
        text.push(c);
        length += c.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Kind, Part, Value};

    fn card(values: &[(Field, Value)]) -> String {
        let mut customer = Record::new(Kind::Customer, Part::GLOBAL, 10);
        for (field, value) in values {
            customer.set(*field, Some(value.clone())).unwrap();
        }
        let mut text = String::new();
        put(&mut text, &customer);
        text
    }

    #[test]
    fn a_card_holds_what_an_address_book_asks_for() {
        let emails = Value::Texts(vec!["a@x.no".into(), "\"b,c\"@y.no".into()]);
        let card = card(&[
            (Field::FirstName, "Ada; Augusta".into()),
            (Field::LastName, "Byron, of \\ Rochdale".into()),
            (Field::Emails, emails),
            (Field::Phone, "+47 1".into()),
            (Field::MobilePhone, "+47 2".into()),
            (Field::AddressLine1, "One, Way".into()),
            (Field::City, "Oslo".into()),
            (Field::Country, "NO".into()),
            (Field::WebsiteUrl, "https://x.example/a,b;c".into()),
            (Field::Language, "nb".into()),
            (Field::Note, "one\r\ntwo\nEND:VCARD".into()),
        ]);
        let lines: Vec<&str> = card.split("\r\n").collect();
        assert_eq!(
            lines,
            [
                "BEGIN:VCARD",
                "VERSION:4.0",
                "UID;VALUE=text:customer-10",
                "FN:Ada\\; Augusta Byron\\, of \\\\ Rochdale",
                "N:Byron\\, of \\\\ Rochdale;Ada\\; Augusta;;;",
                "EMAIL;PREF=1:a@x.no",
                "EMAIL:\"b\\,c\"@y.no",
                "TEL;TYPE=voice:+47 1",
                "TEL;TYPE=cell:+47 2",
                "ADR:;;One\\, Way;Oslo;;;NO",
                "URL:https://x.example/a,b;c",
                "LANG:nb",
                "NOTE:one\\ntwo\\nEND:VCARD",
                "REV:19700101T000000Z",
                "END:VCARD",
                "",
            ]
        );
    }

    #[test]
    fn a_card_has_a_name_and_no_line_that_is_too_long() {
        let long = "Løvås 客户 ".repeat(40);
        let card = card(&[(Field::Note, long.trim().into())]);
        assert!(card.contains("FN:#10\r\n") && !card.contains("\r\nN:") && !card.contains("ADR"), "{card}");
        assert!(card.split("\r\n").all(|line| line.len() <= LINE && !line.contains(['\r', '\n'])), "{card}");
        assert!(card.replace("\r\n ", "").contains(long.trim()), "{card}");
    }
}
