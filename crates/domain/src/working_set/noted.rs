//! Whom an operation is about, noted while it asks for what it needs.

use super::{Place, WorkingSet};
use crate::field::Field;
use crate::filter::{Page, Query};
use crate::kind::Kind;
use crate::record::Record;
use crate::subjects::{MOST, Subjects};

impl WorkingSet {
    /// The customers whom the operation has looked up, or something of theirs: one by one, or in a list that is complete and
    /// no longer than [`MOST`]. A longer one is about nobody.
    pub fn subjects(&self) -> Subjects {
        self.subjects
    }

    /// A customer who was asked for and is not there is one, too.
    pub(super) fn note_place(&mut self, (kind, _, id): Place, record: Option<&Record>) {
        match record {
            _ if kind == Kind::Customer => self.subjects.add(id),
            Some(record) => self.note(record),
            None => {}
        }
    }

    pub(super) fn note(&mut self, record: &Record) {
        let is_one = record.kind == Kind::Customer;
        if let Some(id) = if is_one { Some(record.id) } else { record.number(Field::CustomerId) } {
            self.subjects.add(id);
        }
    }

    pub(super) fn note_page(&mut self, query: &Query, page: &Page) {
        if page.records.len() <= MOST && !page.more && query.selection.after.is_none() {
            page.records.iter().for_each(|record| self.note(record));
        }
    }
}
