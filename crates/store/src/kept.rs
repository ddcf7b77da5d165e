//! Values of records that were listed, so that a row that is listed again is proven again and not decoded again.

use domain::record::Values;
use domain::{Kind, Record};
use rustc_hash::FxHashMap;

/// Bytes of rows whose values are kept. Decoded, they take two or three times as much.
const MOST_BYTES: usize = 2 << 20;

/// See the [module](self).
#[derive(Debug, Default)]
pub(crate) struct Kept {
    values: FxHashMap<(Kind, i64, i64), (u64, i64, Values)>,
    bytes: usize,
}

impl Kept {
    /// The values of a record, which are those of its version and checksum, or else what `decode` answers.
    ///
    /// # Errors
    /// What `decode` fails with; nothing is kept then.
    pub(crate) fn values<E>(
        &mut self,
        record: &Record,
        (body, checksum): (&str, i64),
        decode: impl FnOnce() -> Result<Values, E>,
    ) -> Result<Values, E> {
        let place = (record.kind, record.part.0, record.id);
        if let Some((version, sum, values)) = self.values.get(&place)
            && (*version, *sum) == (record.version, checksum)
        {
            return Ok(values.clone());
        }
        let values = decode()?;
        if self.bytes > MOST_BYTES {
            *self = Self::default();
        }
        self.bytes += body.len();
        self.values.insert(place, (record.version, checksum, values.clone()));
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Field;
    use domain::record::Part;

    fn named(name: &str) -> Values {
        [(Field::Name, name.into())].into_iter().collect()
    }

    #[test]
    fn what_changed_is_decoded_again() {
        let mut kept = Kept::default();
        let mut record = Record::new(Kind::Customer, Part(1), 10);
        let mut get = |record: &Record, checksum, name: &str| {
            let decode = || if name.is_empty() { Err(()) } else { Ok(named(name)) };
            kept.values(record, ("body", checksum), decode)
        };
        assert_eq!(get(&record, 5, ""), Err(()));
        assert_eq!(get(&record, 5, "a"), Ok(named("a")));
        assert_eq!(get(&record, 5, ""), Ok(named("a")), "as it was kept");
        assert_eq!(get(&record, 6, "b"), Ok(named("b")), "another row of that version");
        record.version += 1;
        assert_eq!(get(&record, 6, "c"), Ok(named("c")), "another version");
        record.id = 11;
        assert_eq!(get(&record, 6, "d"), Ok(named("d")), "another record");
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let (mut kept, body) = (Kept::default(), "x".repeat(MOST_BYTES / 8));
        for id in 0..1_000 {
            let record = Record::new(Kind::Customer, Part(1), id);
            kept.values(&record, (&body, 0), || Ok::<_, ()>(named("a"))).unwrap();
            assert!(kept.values.len() <= 10, "{}", kept.values.len());
        }
    }
}
