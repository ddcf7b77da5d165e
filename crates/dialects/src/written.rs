//! Records that were written as JSON, so that one that is listed again is not written again.
//!
//! What is kept is found by what was read, never instead of it: a record counts only for the very version, and a page for
//! the very page.

use bytes::Bytes;
use domain::filter::Page;
use domain::record::Part;
use domain::{Kind, Record, Time};
use rustc_hash::FxHashMap;
use std::sync::{Arc, PoisonError, RwLock};
use wire::json::{ListWriter, ObjectWriter, Written};

/// Bytes that are kept at most.
const MOST_BYTES: usize = 4 << 20;

/// Pages that are kept.
const MOST_PAGES: usize = 8;

/// What one costs beside its text, in bytes.
const COST: usize = 150;

/// See the [module](self).
#[derive(Default)]
pub(crate) struct WrittenRecords(RwLock<Kept>);

#[derive(Default)]
struct Kept {
    records: FxHashMap<(Kind, Part, i64), (Mark, Written)>,
    bytes: usize,
    pages: Vec<WrittenPage>,
}

/// A page with where the next one starts, and how its records show.
struct WrittenPage {
    page: Arc<Page>,
    next: Option<String>,
    extra_fields: Arc<[u16]>,
    text: Bytes,
}

/// Tells whether a record is what it was, and shows the same members.
#[derive(PartialEq)]
struct Mark {
    version: u64,
    last_change: i64,
    updated_at: Time,
    extra_fields: Arc<[u16]>,
}

impl Mark {
    fn of(record: &Record, extra_fields: &Arc<[u16]>) -> Self {
        let Record { version, last_change, updated_at, .. } = *record;
        Self { version, last_change, updated_at, extra_fields: Arc::clone(extra_fields) }
    }
}

impl WrittenRecords {
    /// A page as text, which `write` writes where it is not kept.
    pub(crate) fn page(
        &self,
        page: &Arc<Page>,
        next: Option<&str>,
        extra_fields: &Arc<[u16]>,
        write: impl FnOnce() -> Bytes,
    ) -> Bytes {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let is_same = |known: &&WrittenPage| {
            Arc::ptr_eq(&known.page, page) && known.next.as_deref() == next && known.extra_fields == *extra_fields
        };
        if let Some(known) = kept.pages.iter().find(is_same) {
            return known.text.clone();
        }
        drop(kept);
        let text = write();
        let (page, next, extra_fields) = (Arc::clone(page), next.map(str::to_owned), Arc::clone(extra_fields));
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        kept.pages.truncate(MOST_PAGES - 1);
        kept.pages.insert(0, WrittenPage { page, next, extra_fields, text: text.clone() });
        text
    }

    /// Adds whole records, as nobody's mask hides anything of them; `write` writes one that is not kept.
    pub(crate) fn put_all(
        &self,
        list: &mut ListWriter<'_>,
        records: &[Record],
        extra_fields: &Arc<[u16]>,
        write: impl Fn(&mut ObjectWriter<'_>, &Record),
    ) {
        let mut new = Vec::new();
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for record in records {
            let place = (record.kind, record.part, record.id);
            let mark = Mark::of(record, extra_fields);
            match kept.records.get(&place) {
                Some((known, written)) if *known == mark => {
                    list.put(written);
                }
                _ => {
                    let written = Written::object(|object| write(object, record));
                    list.put(&written);
                    new.push((place, (mark, written)));
                }
            }
        }
        drop(kept);
        if new.is_empty() {
            return;
        }
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for (place, (mark, written)) in new {
            if kept.bytes > MOST_BYTES {
                (kept.records, kept.bytes) = Default::default();
            }
            kept.bytes += written.len() + COST;
            if let Some((_, old)) = kept.records.insert(place, (mark, written)) {
                kept.bytes = kept.bytes.saturating_sub(old.len() + COST);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Field;
    use wire::json::write_list;

    fn put(written: &WrittenRecords, records: &[Record], extra_fields: &Arc<[u16]>, text: &str) -> String {
        let mut out = String::new();
        write_list(&mut out, |list| {
            written.put_all(list, records, extra_fields, |object, record| {
                object.put("id", record.id).put("text", text);
            });
        });
        out
    }

    #[test]
    fn a_record_is_written_again_when_anything_of_it_changed() {
        let written = WrittenRecords::default();
        let mut record = Record::new(Kind::Customer, Part(1), 10);
        record.version = 1;
        let none = Arc::default();
        let shown =
            |record: &Record, extra_fields, text| put(&written, std::slice::from_ref(record), extra_fields, text);
        assert_eq!(shown(&record, &none, "a"), r#"[{"id":10,"text":"a"}]"#);
        assert_eq!(shown(&record, &none, "b"), r#"[{"id":10,"text":"a"}]"#, "kept");
        record.version = 2;
        assert_eq!(shown(&record, &none, "c"), r#"[{"id":10,"text":"c"}]"#);
        record.last_change = 7;
        assert_eq!(shown(&record, &none, "d"), r#"[{"id":10,"text":"d"}]"#);
        record.updated_at = Time(1);
        assert_eq!(shown(&record, &none, "e"), r#"[{"id":10,"text":"e"}]"#);
        let some = Arc::from([6]);
        assert_eq!(shown(&record, &some, "f"), r#"[{"id":10,"text":"f"}]"#);
        assert_eq!(shown(&Record { kind: Kind::Company, ..record.clone() }, &none, "g"), r#"[{"id":10,"text":"g"}]"#);
        assert_eq!(shown(&Record { part: Part(2), ..record }, &none, "h"), r#"[{"id":10,"text":"h"}]"#);
    }

    #[test]
    fn a_page_is_written_once_while_it_is_the_same() {
        let written = WrittenRecords::default();
        let page = || Arc::new(Page::default());
        let get = |page: &Arc<Page>, next: Option<&str>, extra_fields: &[u16], text: &'static str| {
            written.page(page, next, &Arc::from(extra_fields), || Bytes::from_static(text.as_bytes()))
        };
        let first = page();
        assert_eq!(get(&first, None, &[], "a"), "a");
        assert_eq!(get(&first, None, &[], "b"), "a", "kept");
        assert_eq!(get(&page(), None, &[], "c"), "c", "another page that says the same");
        assert_eq!(get(&first, Some("x"), &[], "d"), "d");
        assert_eq!(get(&first, None, &[6], "e"), "e");
        for _ in 0..2 * MOST_PAGES {
            get(&page(), None, &[], "f");
        }
        assert_eq!(written.0.read().unwrap().pages.len(), MOST_PAGES);
        assert_eq!(get(&first, None, &[], "g"), "g", "the oldest went");
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let (written, none, text) = (WrittenRecords::default(), Arc::default(), "x".repeat(MOST_BYTES / 8));
        for id in 1..100 {
            let mut record = Record::new(Kind::Customer, Part(1), id);
            record.values.set(Field::Name, Some("a".into()));
            put(&written, &[record], &none, &text);
            let kept = written.0.read().unwrap();
            let sum: usize = kept.records.values().map(|(_, written)| written.len() + COST).sum();
            assert!(kept.bytes == sum && kept.records.len() <= 10, "{} of {sum}", kept.bytes);
        }
    }
}
