//! What every engine must do, whatever it is made of: one suite through [`Store`] and [`App`], stamped on an engine
//! with [`store_suite!`]. Each case starts from an empty store and ends with an examination that finds nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

pub(crate) mod batch;
pub(crate) mod concurrency;
pub(crate) mod extra;
pub(crate) mod feed;
pub(crate) mod history;
pub(crate) mod listing;
pub(crate) mod operations;
pub(crate) mod records;
pub(crate) mod tenants;
pub(crate) mod tickets;
pub(crate) mod unique;
pub(crate) mod webhooks;

use domain::access::Role;
use domain::error::Reason;
use domain::operation::{
    CreateCustomer, CustomerRef, DeleteCustomer, Deleted, History, Load, NewRecord, ReadCustomer, ReadHistory,
    UpdateCustomer,
};
use domain::port::{Clock, Entropy, Store};
use domain::record::Values;
use domain::tenant::Tenant;
use domain::{App, Caller, Change, Customer, Edit, Error, Field, Kind, Operation, Origin, Time, Value};
use operations::{Hold, ReadRecord};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// An engine and a place where it keeps a store.
pub(crate) trait Engine {
    /// An empty place of its own.
    fn new() -> Self;

    /// Opens the store of the place, which is not open.
    fn open(&self) -> Arc<dyn Store>;

    /// Examines the closed store for damage; one line a finding.
    fn examine(&self) -> Vec<String>;
}

/// Stamps the suite on an engine, in a module of its own.
macro_rules! store_suite {
    ($engine:ty) => {
        $crate::suite::store_suite! { $engine:
            records: creates_reads_updates_and_deletes, what_changes_nothing_leaves_no_trace, a_stale_version_is_refused,
                ids_are_never_given_twice, every_field_of_every_kind_is_kept, any_text_is_kept, time_never_runs_back,
                sessions_come_and_go_within_a_batch;
            history: is_newest_first_in_pages, tells_what_changed_and_how, never_tells_a_secret,
                refuses_a_cursor_of_another_record, of_one_operation_has_one_id, of_sessions_is_not_kept,
                of_the_erased_keeps_its_chain_and_no_value;
            feed: tells_each_change_once, is_of_what_was_asked_for, begins_and_ends_where_it_is_told,
                hides_who_may_do_what, can_be_followed_while_it_grows;
            unique: a_taken_value_is_refused, a_freed_value_can_be_taken, login_names_that_look_alike_are_one,
                values_move_within_one_batch, the_first_of_a_batch_wins, a_refused_taker_takes_nothing,
                each_of_a_list_is_unique, a_value_goes_and_comes_back_in_one_batch;
            extra: fields_must_be_defined, values_are_brought_to_their_shape, references_must_exist,
                a_shape_changes_where_every_value_stays_one, what_is_deleted_is_referred_to_no_more;
            batch: a_refused_operation_leaves_its_neighbours_alone, a_panic_leaves_its_neighbours_alone,
                an_endless_operation_leaves_its_neighbours_alone, operations_on_one_record_follow_each_other,
                a_long_queue_is_kept, what_waits_at_the_end_is_stored, reads_fail_alone;
            listing: conditions_hold, patterns_match_themselves, comparisons_hold,
                texts_are_found_in_any_case, groups_hold, lists_are_searched, likely_duplicates_are_found, records_are_counted, what_cannot_be_asked_is_refused,
                pages_are_in_order, pages_go_on_where_they_ended, any_field_sorts, values_cannot_break_out;
            tenants: share_nothing, name_keys_and_digests_once, credential_changes_are_noticed;
            tickets: follow_their_messages, close_and_open_again, are_for_their_customers, customers_see_nothing_else,
                keep_files_as_they_are, link_each_file_once, tell_their_owners_once, loose_files_go_in_time;
            webhooks: keeps_how_far_a_webhook_was_told;
            concurrency: nothing_is_lost_or_done_twice, readers_see_whole_changes_in_order;
        }
    };
    ($engine:ty: $($part:ident: $($case:ident),+;)+) => {
        $(mod $part {
            $(#[test]
            fn $case() {
                $crate::suite::$part::$case::<$engine>();
            })+
        })+
    };
}
pub(crate) use store_suite;

/// The default tenant.
pub(crate) const ONE: Tenant = Tenant::DEFAULT;

/// A tenant that is spread over eight parts.
pub(crate) const EIGHT: Tenant = Tenant { number: 2, buckets: 8 };

const START: i64 = 1_790_000_000_000_000;

#[derive(Clone)]
struct Hand(Arc<AtomicI64>);

impl Clock for Hand {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::Relaxed))
    }
}

/// SplitMix64: the same in every run.
pub(crate) struct Seeded(AtomicU64);

impl Seeded {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    pub(crate) fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut mixed = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&self, end: u64) -> usize {
        usize::try_from(self.next() % end).unwrap()
    }
}

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
    }
}

/// A store under test with two tenants, [`ONE`] and [`EIGHT`], each with six extra fields of customers.
pub(crate) struct Bed<E> {
    engine: E,
    hand: Hand,
    entropy: Arc<Seeded>,
    open: Option<(App, Arc<dyn Store>)>,
}

impl<E: Engine> Bed<E> {
    pub(crate) fn new() -> Self {
        Self::at(E::new())
    }

    /// Over a place that is prepared.
    pub(crate) fn at(engine: E) -> Self {
        let bed = Self::reopened(engine);
        let tenant = |tenant: Tenant, name: &str| NewRecord {
            kind: Kind::Tenant,
            id: tenant.number,
            values: vec![(Field::Name, name.into()), (Field::Buckets, i64::from(tenant.buckets).into())],
        };
        bed.desk(ONE).run(Load { records: vec![tenant(ONE, "default"), tenant(EIGHT, "eight")] }).unwrap();
        for tenant in [ONE, EIGHT] {
            let shapes = ["text", "text", "integer", "float", "boolean", "date"];
            let definition = |(number, shape): (i64, &str)| NewRecord {
                kind: Kind::ExtraField,
                id: number,
                values: vec![
                    (Field::Domain, "customer".into()),
                    (Field::Number, number.into()),
                    (Field::Name, format!("extra {number}").into()),
                    (Field::Shape, shape.into()),
                ],
            };
            bed.desk(tenant).run(Load { records: (1..).zip(shapes).map(definition).collect() }).unwrap();
        }
        bed
    }

    /// Over a place that has the tenants already.
    pub(crate) fn reopened(engine: E) -> Self {
        let hand = Hand(Arc::new(AtomicI64::new(START)));
        let mut bed = Self { engine, hand, entropy: Arc::new(Seeded::new(1)), open: None };
        bed.reopen();
        bed
    }

    pub(crate) const fn engine(&self) -> &E {
        &self.engine
    }

    pub(crate) fn close(&mut self) {
        self.open = None;
    }

    /// Closes the store and opens it again.
    pub(crate) fn reopen(&mut self) {
        self.close();
        let store = self.engine.open();
        let clock = Arc::new(self.hand.clone());
        let entropy = Arc::clone(&self.entropy) as Arc<dyn Entropy>;
        self.open = Some((App::new(Arc::clone(&store), clock, entropy), store));
    }

    /// Closes the store and proves that it is sound.
    pub(crate) fn end(mut self) {
        self.close();
        assert_eq!(self.engine.examine(), Vec::<String>::new());
    }

    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.open.as_ref().unwrap().1
    }

    /// Moves the clock.
    pub(crate) fn pass(&self, seconds: i64) {
        self.hand.0.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    /// An administrator of a tenant.
    pub(crate) fn desk(&self, tenant: Tenant) -> Desk<'_> {
        let caller = Caller { name: "root".to_owned(), role: Role::Admin, ..Caller::anonymous(tenant) };
        Desk { app: &self.open.as_ref().unwrap().0, caller: Arc::new(caller) }
    }
}

impl<E: Engine> Bed<E> {
    /// An agent who is a user of a tenant.
    pub(crate) fn user(&self, tenant: Tenant, id: i64) -> Desk<'_> {
        self.caller(Caller { name: "agent".to_owned(), role: Role::Agent, user: Some(id), ..Caller::anonymous(tenant) })
    }

    /// A customer who signed in as such.
    pub(crate) fn customer(&self, tenant: Tenant, id: i64) -> Desk<'_> {
        let name = format!("customer{id}");
        self.caller(Caller { name, role: Role::Customer, customer: Some(id), ..Caller::anonymous(tenant) })
    }

    fn caller(&self, caller: Caller) -> Desk<'_> {
        Desk { app: &self.open.as_ref().unwrap().0, caller: Arc::new(caller) }
    }
}

/// Somebody who calls.
#[derive(Clone)]
pub(crate) struct Desk<'a> {
    app: &'a App,
    caller: Arc<Caller>,
}

/// An answer that is awaited.
pub(crate) struct Awaited<T>(Receiver<Result<T, Error>>);

impl<T> Awaited<T> {
    pub(crate) fn get(self) -> Result<T, Error> {
        self.0.recv_timeout(Duration::from_secs(60)).expect("every job is answered")
    }
}

impl<'a> Desk<'a> {
    /// Somebody else at the same store.
    pub(crate) fn clone_as(&self, caller: Caller) -> Desk<'a> {
        Desk { app: self.app, caller: Arc::new(caller) }
    }

    /// Submits an operation.
    pub(crate) fn submit<O: Operation>(&self, operation: O) -> Awaited<O::Output> {
        submit(self.app, &self.caller, operation)
    }

    pub(crate) fn run<O: Operation>(&self, operation: O) -> Result<O::Output, Error> {
        self.submit(operation).get()
    }

    /// Keeps the writer busy while operations are submitted, so that they share a batch.
    pub(crate) fn together<T>(&self, submit: impl FnOnce(&Self) -> T) -> T {
        let (hold, started, release) = Hold::new();
        let held = self.submit(hold);
        started.recv_timeout(Duration::from_secs(60)).expect("the writer runs");
        let submitted = submit(self);
        release.send(()).unwrap();
        held.get().unwrap();
        submitted
    }

    pub(crate) fn create(&self, edits: Vec<Edit>) -> Result<Customer, Error> {
        self.run(CreateCustomer { submission: edited(edits) })
    }

    pub(crate) fn update(&self, id: i64, edits: Vec<Edit>) -> Result<Customer, Error> {
        self.run(update(id, edits))
    }

    pub(crate) fn delete(&self, id: i64) -> Result<Customer, Error> {
        self.run(DeleteCustomer { who: CustomerRef::Id(id) })
    }

    pub(crate) fn find(&self, who: CustomerRef) -> Result<Customer, Error> {
        self.run(ReadCustomer { who, deleted: Deleted::Shown })
    }

    pub(crate) fn read(&self, id: i64) -> Result<Customer, Error> {
        self.find(CustomerRef::Id(id))
    }

    /// A record of any kind.
    pub(crate) fn record(&self, kind: Kind, id: i64) -> Option<Arc<domain::Record>> {
        self.run(ReadRecord { kind, id }).unwrap()
    }

    pub(crate) fn page(&self, id: i64, from: Option<i64>, limit: u32) -> Result<History, Error> {
        self.run(ReadHistory { kind: Kind::Customer, id, from, limit })
    }

    /// The whole history of a record, newest first.
    pub(crate) fn history(&self, kind: Kind, id: i64) -> Vec<Change> {
        self.run(ReadHistory { kind, id, from: None, limit: u32::MAX }).unwrap().changes.to_vec()
    }
}

fn submit<O: Operation>(app: &App, caller: &Arc<Caller>, operation: O) -> Awaited<O::Output> {
    let (answer, answered) = channel();
    let origin = Origin {
        dialect: "suite".to_owned(),
        operation: "test".to_owned(),
        credential: caller.name.clone(),
        client: "suite/1.0".to_owned(),
        request_id: "request-1".to_owned(),
    };
    app.submit(operation, caller, origin, move |outcome, _| drop(answer.send(outcome)));
    Awaited(answered)
}

/// Runs an operation for a caller.
pub(crate) fn run<O: Operation>(app: &App, caller: &Arc<Caller>, operation: O) -> Result<O::Output, Error> {
    submit(app, caller, operation).get()
}

/// A submission that is the same whatever is there.
pub(crate) fn edited(edits: Vec<Edit>) -> impl domain::operation::Submission {
    move |_: &Customer| Ok(edits.clone())
}

pub(crate) fn update(id: i64, edits: Vec<Edit>) -> UpdateCustomer<impl domain::operation::Submission> {
    UpdateCustomer {
        who: vec![CustomerRef::Id(id)],
        deleted: Deleted::Shown,
        respect_lock: false,
        expected_version: None,
        submission: edited(edits),
    }
}

pub(crate) fn set(field: Field, value: impl Into<Value>) -> Edit {
    Edit::Set(field, Some(value.into()))
}

pub(crate) const fn clear(field: Field) -> Edit {
    Edit::Set(field, None)
}

pub(crate) fn texts(texts: &[&str]) -> Value {
    Value::Texts(texts.iter().map(|text| (*text).to_owned()).collect())
}

pub(crate) fn refused<T: std::fmt::Debug>(outcome: Result<T, Error>) -> (Reason, Option<Field>) {
    let error = outcome.expect_err("it is refused");
    (error.reason, error.at)
}

/// What the changes of one record, newest first, make of an empty one. Versions and links must be without gaps.
pub(crate) fn replay(changes: &[Change]) -> (u64, Values) {
    let mut values = Values::default();
    let (mut version, mut previous) = (0, 0);
    for change in changes.iter().rev() {
        assert_eq!((change.version, change.previous), (version + 1, previous), "change {}", change.number);
        for field in &change.fields {
            if field.field.shape() != domain::Shape::Secret {
                assert_eq!(values.get(field.field), field.from.as_ref(), "{} of change {}", field.field, change.number);
            }
            values.set(field.field, field.to.clone());
        }
        (version, previous) = (change.version, change.number);
    }
    (version, values)
}
