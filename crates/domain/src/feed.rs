//! The feed: all changes of a tenant in one order, each exactly once.
//!
//! It is the history itself, read from a [`Cursor`] on. The changes of a part are numbered without gaps in the order
//! in which they were committed, so that none can appear behind a reader. Between the parts of a tenant the earlier
//! change goes first; changes of one record are always in one part.

use crate::change::Change;
use crate::kind::Kind;
use crate::record::Part;
use crate::tenant::Tenant;
use std::fmt;

/// How far a reader has come: for each part of its tenant the number of the last change that it has seen.
///
/// Its text is what is stored of it; readers of the feed are told another that says nothing to them. It begins with the version of its form, so that old ones
/// stay readable: `1-57`, or `1-57.0.12` for a tenant of three parts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor(Vec<i64>);

impl Cursor {
    /// Before the first change of a tenant.
    pub fn start(tenant: Tenant) -> Self {
        Self(vec![0; tenant.buckets as usize])
    }

    /// At these numbers, one for each part in its order.
    pub const fn at(numbers: Vec<i64>) -> Self {
        Self(numbers)
    }

    /// What [`fmt::Display`] wrote; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let number = |digits: &str| {
            let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
            digits.parse().ok().filter(|_| plain)
        };
        text.strip_prefix("1-")?.split('.').map(number).collect::<Option<_>>().map(Self)
    }

    /// The number of each part, in their order.
    pub fn numbers(&self) -> &[i64] {
        &self.0
    }

    /// Goes on past a change.
    pub fn pass(&mut self, change: &Change) {
        if let Some(number) = self.0.get_mut(change.part.bucket()) {
            *number = change.number.max(*number);
        }
    }

    /// Whether a reader who is here has seen all that one who is there has.
    pub fn covers(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(|(here, there)| here >= there)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, number) in self.0.iter().enumerate() {
            write!(f, "{}{number}", if at == 0 { "1-" } else { "." })?;
        }
        Ok(())
    }
}

/// Which changes to read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FeedQuery {
    /// Of which tenant.
    pub tenant: Tenant,
    /// After where; `None` for no changes, and the end of the feed as it is now.
    pub after: Option<Cursor>,
    /// Of records of these kinds.
    pub kinds: Vec<Kind>,
    /// Through these dialects; empty means all.
    pub dialects: Vec<String>,
    /// How many at most.
    pub limit: u32,
}

impl FeedQuery {
    /// Whether a change is one of those that are asked for.
    pub fn wants(&self, change: &Change) -> bool {
        self.kinds.contains(&change.kind)
            && (self.dialects.is_empty() || self.dialects.contains(&change.origin.dialect))
    }
}

/// One page of the feed.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedPage {
    /// The changes, oldest first.
    pub changes: Vec<Change>,
    /// Where the next page starts: past these and past all that was left out.
    pub next: Cursor,
    /// The end of the feed when it was read.
    pub end: Cursor,
}

/// Brings the changes of several parts, each in its own order, into one: the earlier first. Of each part `reached`
/// tells how far it was looked through. Answers at most `limit` changes, and where to go on.
pub fn merge(parts: Vec<(Vec<Change>, i64)>, limit: usize) -> (Vec<Change>, Cursor) {
    let (mut waiting, reached): (Vec<_>, Vec<_>) =
        parts.into_iter().map(|(changes, reached)| (changes.into_iter().peekable(), reached)).unzip();
    let mut merged = Vec::new();
    while merged.len() < limit {
        let heads = waiting.iter_mut().filter_map(|part| {
            let at = part.peek()?.at;
            Some((at, part))
        });
        let Some((_, part)) = heads.min_by_key(|(at, _)| *at) else { break };
        merged.extend(part.next());
    }
    let next =
        waiting.iter_mut().zip(reached).map(|(part, reached)| part.peek().map_or(reached, |left| left.number - 1));
    (merged, Cursor(next.collect()))
}

/// The name of a change as an event, the same whenever it is sent: where it stands in the history.
pub fn event_name(change: &Change) -> String {
    format!("{}-{}", change.part.0, change.number)
}

/// Where the change of that [name](event_name) stands; `None` when it is no such name.
pub fn event_place(name: &str) -> Option<(Part, i64)> {
    let (part, number) = name.split_once('-')?;
    Some((Part(part.parse().ok()?), number.parse().ok()?))
}

/// The parts of a tenant, in the order of the numbers of a [`Cursor`].
pub fn parts(tenant: Tenant) -> impl Iterator<Item = Part> {
    (0..i64::from(tenant.buckets)).map(move |bucket| Part(tenant.first_part().0 | bucket))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Origin;
    use crate::record::Time;

    fn change(bucket: i64, number: i64, at: i64) -> Change {
        let empty = String::new;
        let origin =
            Origin { dialect: empty(), operation: empty(), credential: empty(), client: empty(), request_id: empty() };
        Change {
            part: Part(Tenant::DEFAULT.first_part().0 | bucket),
            number,
            previous: 0,
            kind: Kind::Customer,
            id: 1,
            version: 1,
            at: Time(at),
            origin,
            operation_id: [0; 16],
            fields: Vec::new(),
        }
    }

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        for numbers in [vec![0], vec![57], vec![57, 0, 12], vec![i64::MAX]] {
            let cursor = Cursor::at(numbers);
            assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        }
        assert_eq!(Cursor::at(vec![57, 0]).to_string(), "1-57.0");
        for text in ["", "57", "1-", "2-57", "1-057", "1--1", "1-+1", "1-5.", "1-9223372036854775808", "1-5 "] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }

    #[test]
    fn parts_are_merged_by_time_and_keep_their_own_order() {
        // The second part was looked through to 9; its clock went back between 6 and 7.
        let parts = vec![
            (vec![change(0, 3, 10), change(0, 5, 30)], 5),
            (vec![change(1, 6, 20), change(1, 7, 5)], 9),
            (Vec::new(), 4),
        ];
        let order = |changes: &[Change]| changes.iter().map(|c| (c.part.bucket(), c.number)).collect::<Vec<_>>();
        let (all, next) = merge(parts.clone(), 10);
        assert_eq!(order(&all), [(0, 3), (1, 6), (1, 7), (0, 5)]);
        assert_eq!(next, Cursor::at(vec![5, 9, 4]));
        let (some, next) = merge(parts, 2);
        assert_eq!(order(&some), [(0, 3), (1, 6)]);
        assert_eq!(next, Cursor::at(vec![4, 6, 4]));
        let mut cursor = Cursor::at(vec![2, 5, 4]);
        some.iter().for_each(|change| cursor.pass(change));
        assert_eq!(cursor, Cursor::at(vec![3, 6, 4]));
        assert!(next.covers(&cursor) && !cursor.covers(&next) && !next.covers(&Cursor::at(vec![1])));
    }
}
