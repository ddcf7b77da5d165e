//! Many callers at once.

use super::operations::Append;
use super::{Bed, Desk, EIGHT, Engine, ONE, Seeded, refused, replay, set, update};
use domain::error::Reason;
use domain::{Field, Kind};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

const THREADS: u64 = 8;
const PER_THREAD: usize = 250;
const RECORDS: u64 = 12;

/// Submits in bursts, as callers do who do not wait for each other. Answers the record and word of each acknowledged
/// change.
fn hurry(desk: &Desk<'_>, seed: u64) -> Vec<(i64, String)> {
    let random = Seeded::new(seed);
    let mut acknowledged = Vec::new();
    let mut left = PER_THREAD;
    while left > 0 {
        let burst = (1 + random.below(40)).min(left);
        left -= burst;
        let appends: Vec<_> = (0..burst)
            .map(|n| {
                let id = 1 + random.below(RECORDS) as i64;
                let word = format!("t{seed}n{}", left + n);
                (id, word.clone(), desk.submit(Append { id, word }))
            })
            .collect();
        let nonsense = desk.submit(update(1, vec![set(Field::City, "lost"), set(Field::Country, "Nowhere")]));
        for (id, word, appended) in appends {
            let record = appended.get().unwrap();
            assert_eq!(record.text(Field::Note).split(' ').rfind(|w| !w.is_empty()), Some(word.as_str()));
            acknowledged.push((id, word));
        }
        assert_eq!(refused(nonsense.get()).0, Reason::Invalid);
    }
    acknowledged
}

pub(crate) fn nothing_is_lost_or_done_twice<E: Engine>() {
    for tenant in [ONE, EIGHT] {
        let mut bed = Bed::<E>::new();
        let desk = bed.desk(tenant);
        for _ in 0..RECORDS {
            desk.create(vec![]).unwrap();
        }
        let acknowledged: Vec<(i64, String)> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS)
                .map(|seed| {
                    scope.spawn({
                        let desk = desk.clone();
                        move || hurry(&desk, seed)
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(acknowledged.len(), THREADS as usize * PER_THREAD);
        bed.reopen();
        let desk = bed.desk(tenant);
        let mut happened: HashMap<(i64, String), u32> = HashMap::new();
        for id in 1..=RECORDS as i64 {
            let customer = desk.read(id).unwrap();
            let history = desk.history(Kind::Customer, id);
            assert_eq!(replay(&history), (customer.version, customer.values.clone()), "customer {id}");
            for change in history.iter().filter(|change| change.version > 1) {
                let text = |value: &Option<domain::Value>| match value {
                    Some(domain::Value::Text(text)) => text.clone(),
                    _ => String::new(),
                };
                let [field] = change.fields.as_slice() else { panic!("one field a change") };
                let word = text(&field.to).strip_prefix(&text(&field.from)).unwrap().trim().to_owned();
                *happened.entry((id, word)).or_default() += 1;
            }
        }
        assert_eq!(happened.len(), acknowledged.len());
        for change in acknowledged {
            assert_eq!(happened.get(&change), Some(&1), "{change:?}");
        }
        bed.end();
    }
}

pub(crate) fn readers_see_whole_changes_in_order<E: Engine>() {
    let bed = Bed::<E>::new();
    let desk = bed.desk(ONE);
    desk.create(vec![set(Field::City, "0"), set(Field::Region, "0")]).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                let (desk, done) = (desk.clone(), &done);
                scope.spawn(move || {
                    let (mut last, mut seen) = (0, 0);
                    while !done.load(Ordering::Relaxed) {
                        let customer = desk.read(1).unwrap();
                        assert!(customer.version >= last, "time runs forward");
                        assert_eq!(customer.text(Field::City), customer.text(Field::Region), "a change is seen whole");
                        seen += u32::from(customer.version > last);
                        last = customer.version;
                    }
                    seen
                })
            })
            .collect();
        for n in 1..=200_u64 {
            let text = n.to_string();
            let version = desk
                .update(1, vec![set(Field::City, text.as_str()), set(Field::Region, text.as_str())])
                .unwrap()
                .version;
            let seen = desk.read(1).unwrap();
            assert_eq!(
                (seen.version, seen.text(Field::City)),
                (version, text.as_str()),
                "what is acknowledged is seen"
            );
        }
        done.store(true, Ordering::Relaxed);
        assert!(readers.into_iter().all(|reader| reader.join().unwrap() > 0));
    });
    bed.end();
}
