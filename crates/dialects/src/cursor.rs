//! Where a list goes on, as a text that means something only to us and only with the list it came from.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::error::Reason;
use domain::feed;
use domain::filter::Position;
use domain::tenant::Tenant;
use domain::{Error, Value};
use sha2::{Digest, Sha256};
use wire::json;

/// How it is written: the first byte of all.
const VERSION: u8 = 1;

/// Bytes that tell a cursor that was changed, or that belongs to another list.
const PROOF: usize = 8;

/// Writes a place in a list; `list` says which list, so that no cursor is taken for one of another.
pub fn write(list: &str, position: &Position) -> String {
    let mut payload = String::new();
    json::write_list(&mut payload, |items| {
        items.put(position.id);
        for value in &position.values {
            match value {
                None => items.put(None::<&str>),
                Some(Value::Text(text)) => items.put(text),
                Some(Value::Number(number)) => items.put(*number),
                Some(Value::Flag(flag)) => items.put(*flag),
                // A list is not sorted by.
                Some(_) => items.put(None::<&str>),
            };
        }
    });
    let mut bytes = vec![VERSION];
    bytes.extend(proof(list, payload.as_bytes()));
    bytes.extend(payload.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads what [`write`] wrote of a position of that many values.
///
/// # Errors
/// `Invalid` for anything else.
pub fn read(list: &str, cursor: &str, values: usize) -> Result<Position, Error> {
    let wrong = || Error::new(Reason::Invalid, "cursor must be the next_cursor of the page before, of the same list");
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
    let (version, rest) = bytes.split_first().ok_or_else(wrong)?;
    let (proven, payload) = rest.split_at_checked(PROOF).ok_or_else(wrong)?;
    if *version != VERSION || proven != proof(list, payload) {
        return Err(wrong());
    }
    let json::Value::List(items) = json::parse(payload, &json::Limits::default()).map_err(|_| wrong())? else {
        return Err(wrong());
    };
    let mut items = items.into_iter();
    let Some(json::Value::Number(id)) = items.next() else { return Err(wrong()) };
    let id = id.as_i64().ok_or_else(wrong)?;
    let value = |item: json::Value<'_>| match item {
        json::Value::Null => Ok(None),
        json::Value::Text(text) => Ok(Some(text.into_owned().into())),
        json::Value::Bool(flag) => Ok(Some(flag.into())),
        json::Value::Number(number) => Ok(Some(number.as_i64().ok_or_else(wrong)?.into())),
        json::Value::List(_) | json::Value::Object(_) => Err(wrong()),
    };
    let found = items.map(value).collect::<Result<Vec<_>, _>>()?;
    if found.len() == values { Ok(Position { id, values: found }) } else { Err(wrong()) }
}

/// What a cursor of the feed is one of.
const FEED: &str = "events";

/// Writes how far a reader of the feed has come.
pub fn write_feed(cursor: &feed::Cursor) -> String {
    let (first, rest) = cursor.numbers().split_first().map_or((0, &[][..]), |(first, rest)| (*first, rest));
    write(FEED, &Position { id: first, values: rest.iter().map(|number| Some((*number).into())).collect() })
}

/// Reads what [`write_feed`] wrote for a reader of that tenant's feed.
///
/// # Errors
/// `Invalid` for anything else, and for a cursor of a tenant of more parts or fewer.
pub fn read_feed(tenant: Tenant, cursor: &str) -> Result<feed::Cursor, Error> {
    let wrong = || Error::new(Reason::Invalid, "after must be the cursor of an event, or now");
    let Position { id, values } =
        read(FEED, cursor, (tenant.buckets as usize).saturating_sub(1)).map_err(|_| wrong())?;
    let number = |value| match value {
        Some(Value::Number(number)) if number >= 0 => Some(number),
        _ => None,
    };
    let numbers = std::iter::once(Some(id.into())).chain(values).map(number).collect::<Option<_>>();
    numbers.map(feed::Cursor::at).ok_or_else(wrong)
}

fn proof(list: &str, payload: &[u8]) -> Vec<u8> {
    let length = (list.len() as u64).to_le_bytes();
    let digest = Sha256::new().chain_update(length).chain_update(list).chain_update(payload).finalize();
    digest.iter().take(PROOF).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_taken_as_it_was_given() {
        let values = vec![None, Some("Løvås \"客户\" \u{200}".into()), Some((-7).into()), Some(true.into())];
        let position = Position { id: 2_147_483_647, values };
        let cursor = write("list", &position);
        assert_eq!(read("list", &cursor, 4), Ok(position));
        assert!(read("list", &cursor, 3).is_err());
        assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'), "{cursor}");
        assert!(read("lis", &cursor, 4).is_err() && read("", &cursor, 4).is_err());
        for at in 0..cursor.len() {
            let mut other = cursor.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            let other = String::from_utf8(other).unwrap();
            assert!(read("list", &other, 4).is_err(), "{other}");
            assert!(read("list", &cursor[..at], 4).is_err());
        }
        for wrong in ["", "50", "AQ", "客户", "=", &"A".repeat(10_000)] {
            assert!(read("list", wrong, 4).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_cursor_of_the_feed_is_opaque_and_of_as_many_parts_as_its_tenant() {
        for numbers in [vec![0], vec![57, 0, i64::MAX]] {
            let tenant = Tenant { buckets: numbers.len() as u32, ..Tenant::DEFAULT };
            let cursor = feed::Cursor::at(numbers);
            let text = write_feed(&cursor);
            assert_eq!(read_feed(tenant, &text), Ok(cursor.clone()));
            assert!(!text.contains("57") && !text.contains('.'), "{text}");
            let other = Tenant { buckets: tenant.buckets + 1, ..tenant };
            assert!(read_feed(other, &text).is_err());
            assert!(read_feed(tenant, &cursor.to_string()).is_err(), "as it is stored");
        }
        let one = Tenant { buckets: 1, ..Tenant::DEFAULT };
        for position in [Position { id: -1, values: vec![] }, Position { id: 1, values: vec![None] }] {
            assert!(read_feed(one, &write(FEED, &position)).is_err());
        }
        assert!(read_feed(one, &write("another list", &Position { id: 1, values: vec![] })).is_err());
    }
}
