//! Short filters among the words of a search: `ada city:oslo changed:<7d`.

use super::{FilterError, field, parse};
use crate::moment::is_time;
use domain::filter::{Condition, Filter, Test};
use domain::{Field, Kind, Shape, Time};

/// Parts a search: into the words that are searched for, and the filter that words such as `status:off` are.
///
/// Before the colon stands a field, or the last part of its name, or `email`, `changed`, `created` or `by`; after it a value,
/// or a sign (`=`, `!=`, `<`, `<=`, `>`, `>=`, `^=`) and a value, which may be quoted. Without a sign a text holds the value
/// somewhere, and all else is it. Of a time also `today`, and with `<` or `>` an age: `changed:<7d` changed less than
/// seven days ago (`m` minutes, `h` hours, `d` days, `w` weeks). A word in quotes is searched for as it is.
///
/// `by` is the name of the credential that changed the record last. Through which API that was, the record does not hold: the
/// history and the feed do, whose events can be confined to APIs. To keep it with each record would make every one of them longer,
/// for what the name of a key says in most estates.
///
/// # Errors
/// The first such word that is wrong.
pub fn words(kind: Kind, search: &str, now: Time) -> Result<(String, Filter), FilterError> {
    let (mut plain, mut filter) = (Vec::new(), Filter::default());
    for (at, word) in split(search) {
        let named =
            word.split_once(':').filter(|(name, value)| is_name(name) && !value.is_empty() && !value.starts_with("//"));
        match named {
            None => plain.push(word.trim_matches('"')),
            Some((name, value)) => {
                let position = search.get(..at).unwrap_or_default().chars().count() + 1;
                let one = condition(kind, name, value, now).map_err(|message| FilterError { position, message })?;
                filter = filter.and(one);
            }
        }
    }
    Ok((plain.join(" "), filter))
}

/// The words with the bytes where they start; a quoted part belongs to its word.
fn split(search: &str) -> Vec<(usize, &str)> {
    let (mut words, mut start, mut quoted) = (Vec::new(), None, false);
    for (at, c) in search.char_indices().chain([(search.len(), ' ')]) {
        quoted ^= c == '"';
        match start {
            None if !c.is_whitespace() => start = Some(at),
            Some(first) if (c.is_whitespace() && !quoted) || at == search.len() => {
                words.extend(search.get(first..at).map(|word| (first, word)));
                start = None;
            }
            _ => {}
        }
    }
    words
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'.'))
}

/// The field that people mean.
fn meant(kind: Kind, name: &str) -> Result<Field, String> {
    let of_kind = |wanted: &&Field| kind.fields().contains(wanted);
    let short = match name {
        "changed" => Some(Field::UpdatedAt),
        "created" => Some(Field::CreatedAt),
        "by" => Some(Field::UpdatedBy),
        "email" => Some(Field::Emails).filter(|field| of_kind(&field)),
        "status" => [Field::Status, Field::TicketStatus].iter().find(of_kind).copied(),
        name => kind
            .fields()
            .iter()
            .find(|field| field.name().rsplit_once('.').is_some_and(|(_, last)| last == name))
            .copied(),
    };
    let found = short.map_or_else(|| field(kind, name), Ok);
    found.map_err(|why| format!("{why} (to search for it, put the word in quotes)"))
}

fn condition(kind: Kind, name: &str, given: &str, now: Time) -> Result<Filter, String> {
    let field = meant(kind, name)?;
    let sign = ["!=", "<=", ">=", "^=", "=", "<", ">"].into_iter().find(|sign| given.starts_with(sign));
    let value = sign.map_or(given, |sign| given.trim_start_matches(sign)).trim_matches('"');
    if is_time(field) {
        let day = 86_400;
        let today = now.seconds().div_euclid(day) * day;
        match (sign, value, age(value)) {
            (None | Some("="), "today", _) => return Ok(since(field, today)),
            (Some("<" | "<="), _, Some(age)) => return Ok(since(field, now.seconds() - age)),
            (Some(">" | ">="), _, Some(age)) => {
                let before = now.seconds().saturating_sub(age).saturating_mul(1_000_000).into();
                return Ok(Condition::new(field, Test::Less(before)).into());
            }
            _ => {}
        }
    }
    let holds =
        matches!(field.shape(), Shape::Text { .. } | Shape::Emails { .. } | Shape::Codes { .. } | Shape::Language);
    let sign = sign.unwrap_or(if holds || field == Field::UpdatedBy { "~" } else { "=" });
    let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
    parse(kind, &format!("{field} {sign} \"{quoted}\"")).map_err(|error| error.message)
}

fn since(field: Field, seconds: i64) -> Filter {
    // A minute is exact enough, and lets the same question be known again.
    Condition::new(field, Test::AtLeast((seconds.div_euclid(60) * 60 * 1_000_000).into())).into()
}

/// `7d` in seconds.
fn age(text: &str) -> Option<i64> {
    let unit = match text.chars().last()? {
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let count = text.get(..text.len() - 1)?.parse::<u32>().ok()?;
    i64::from(count).checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::super::print;
    use super::*;

    const NOW: Time = Time(1_795_348_800_000_000);

    #[test]
    fn words_are_searched_for_and_pairs_are_filters() {
        for (search, plain, filter) in [
            ("", "", ""),
            ("ada byron", "ada byron", ""),
            ("ada status:off", "ada", "status = \"off\""),
            ("city:Oslo ada", "ada", "address.city ~ \"Oslo\""),
            ("name:\"John Doe\" by:tf", "", "name ~ \"John Doe\" and updated_by ~ \"tf\""),
            ("email:x@y", "", "emails ~ \"x@y\""),
            ("name:^=Jo name:!=Joe", "", "name ^= \"Jo\" and name != \"Joe\""),
            ("company:17 company:>3", "", "company = 17 and company > 3"),
            ("changed:<7d", "", "updated_at >= 2026-11-15T12:00:00Z"),
            ("changed:>2h", "", "updated_at < 2026-11-22T10:00:00Z"),
            ("created:today", "", "created_at >= 2026-11-22T00:00:00Z"),
            ("changed:>2026-11-01", "", "updated_at > 2026-11-01T00:00:00Z"),
            ("\"status:off\" http://x.no 12:30 a:", "status:off http://x.no 12:30 a:", ""),
            ("locked:true", "", "locked = true"),
        ] {
            let (words, found) = words(Kind::Customer, search, NOW).unwrap();
            assert_eq!((&*words, &*print(&found)), (plain, filter), "{search}");
        }
        let (_, found) = words(Kind::Ticket, "status:open", NOW).unwrap();
        assert_eq!(print(&found), "ticket_status = \"open\"");
    }

    #[test]
    fn a_wrong_pair_is_told_where_it_stands() {
        for (search, position, part) in [
            ("ada colour:red", 5, "a customer has no field \"colour\""),
            ("æ stats:off", 3, "in quotes"),
            ("status:activ", 1, "did you mean active?"),
            ("changed:<soon", 1, "a time such as"),
            ("password:x", 1, "no field"),
            ("company:x", 1, "a whole number"),
        ] {
            let error = words(Kind::Customer, search, NOW).unwrap_err();
            assert_eq!(error.position, position, "{search}");
            assert!(error.message.contains(part), "{search}: {error}");
        }
    }
}
