//! Listings. Each case runs for a tenant of one part and for one of eight; texts are such that every collation sorts
//! them alike.

use super::{Bed, Desk, EIGHT, Engine, ONE, set, texts};
use domain::filter::{Condition, Test};
use domain::operation::{Deleted, ListCustomers};
use domain::{Edit, Field, Value};

/// Six customers of each tenant, of whom the last is deleted.
fn filled<E: Engine>() -> Bed<E> {
    let bed = Bed::<E>::new();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        let people: [(&str, &str, &str); 6] = [
            ("Ada", "Byron", "ada@example.com"),
            ("Bob", "", "bob@example.com"),
            ("", "Crusoe", "r@island.example"),
            ("Dora", "100% wool_sock", "dora@example.com"),
            ("Eve", "100x woolXsock", "eve@example.com"),
            ("Finn", "Gone", "finn@example.com"),
        ];
        for (first, last, email) in people {
            let names = [set(Field::FirstName, first), set(Field::LastName, last)];
            desk.create(names.into_iter().chain([Edit::AddEmail(email.into())]).collect()).unwrap();
        }
        desk.update(1, vec![set(Field::City, "Oslo"), set(Field::Locked, true), set(Field::EmailQuota, 5)]).unwrap();
        desk.update(2, vec![set(Field::City, "Rome"), set(Field::Extra(3), "7"), set(Field::Username, "BOB")]).unwrap();
        desk.update(3, vec![set(Field::City, "Oslo"), set(Field::Name, "Robinson"), set(Field::Status, "off")])
            .unwrap();
        desk.update(4, vec![set(Field::SubscriptionIds, texts(&["s1", "s2"])), set(Field::Note, "a*b\\c")]).unwrap();
        desk.delete(6).unwrap();
    }
    bed
}

fn all() -> ListCustomers {
    ListCustomers {
        conditions: vec![],
        order: Field::Id,
        descending: false,
        offset: 0,
        limit: 100,
        deleted: Deleted::Hidden,
    }
}

fn ids(desk: &Desk<'_>, list: ListCustomers) -> (Vec<i64>, bool) {
    let page = desk.run(list).unwrap();
    (page.records.iter().map(|record| record.id).collect(), page.more)
}

fn such<const N: usize>(desk: &Desk<'_>, conditions: [(Field, Test); N]) -> Vec<i64> {
    let conditions = conditions.map(|(field, test)| Condition { field, test }).into();
    ids(desk, ListCustomers { conditions, ..all() }).0
}

fn is(value: impl Into<Value>) -> Test {
    Test::Is(value.into())
}

pub(crate) fn conditions_hold<E: Engine>() {
    let mut bed = filled::<E>();
    bed.reopen();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        assert_eq!(such(&desk, []), [1, 2, 3, 4, 5]);
        assert_eq!(ids(&desk, ListCustomers { deleted: Deleted::Shown, ..all() }).0, [1, 2, 3, 4, 5, 6]);
        assert_eq!(such(&desk, [(Field::City, is("Oslo"))]), [1, 3]);
        assert_eq!(such(&desk, [(Field::City, is("oslo"))]), [0; 0]);
        assert_eq!(such(&desk, [(Field::City, Test::IsNot("Oslo".into()))]), [2, 4, 5], "also those without one");
        assert_eq!(such(&desk, [(Field::City, Test::Unset)]), [4, 5]);
        assert_eq!(such(&desk, [(Field::City, is("Oslo")), (Field::Status, is("active"))]), [1]);
        assert_eq!(such(&desk, [(Field::Status, is("active"))]), [1, 2, 4, 5], "unset reads as active");
        assert_eq!(such(&desk, [(Field::Status, is("deleted"))]), [0; 0]);
        // The shown name, the primary address.
        assert_eq!(such(&desk, [(Field::Name, is("Ada Byron"))]), [1]);
        assert_eq!(such(&desk, [(Field::Name, is("Robinson"))]), [3]);
        assert_eq!(such(&desk, [(Field::Emails, is("bob@example.com"))]), [2]);
        assert_eq!(such(&desk, [(Field::Username, is("BOB"))]), [2]);
        assert_eq!(such(&desk, [(Field::Locked, is(true))]), [1]);
        assert_eq!(such(&desk, [(Field::EmailQuota, is(5))]), [1]);
        assert_eq!(such(&desk, [(Field::Extra(3), is(7))]), [2]);
        assert_eq!(such(&desk, [(Field::Id, is(4))]), [4]);
        assert_eq!(such(&desk, [(Field::Version, is(1))]), [5]);
        assert_eq!(such(&desk, [(Field::UpdatedBy, is("root"))]), [1, 2, 3, 4, 5]);
        assert_eq!(such(&desk, [(Field::SubscriptionIds, Test::Is(texts(&["s1", "s2"])))]), [4]);
    }
    bed.end();
}

pub(crate) fn patterns_match_themselves<E: Engine>() {
    let bed = filled::<E>();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        let like = |field, pattern: &str| such(&desk, [(field, Test::Like(pattern.to_owned()))]);
        assert_eq!(like(Field::Emails, "*@example.com"), [1, 2, 4, 5]);
        assert_eq!(like(Field::Emails, "*@EXAMPLE.com"), [1, 2, 4, 5], "whatever the case of ASCII letters");
        assert_eq!(like(Field::Name, "ada*"), [1]);
        assert_eq!(like(Field::Name, "*o*"), [1, 2, 3, 4, 5]);
        assert_eq!(like(Field::Name, "ada byron"), [1]);
        assert_eq!(like(Field::Name, "ada"), [0; 0], "the whole text");
        assert_eq!(like(Field::Name, "*100% wool_sock"), [4], "percent and underscore stand for themselves");
        assert_eq!(like(Field::Name, "*%*"), [4]);
        assert_eq!(like(Field::Name, "*l_s*"), [4]);
        assert_eq!(like(Field::Note, "*b\\c"), [4], "so does the backslash");
        assert_eq!(like(Field::Note, "a*b*"), [4]);
        assert_eq!(like(Field::Note, "*"), [4], "unset matches nothing");
        assert_eq!(like(Field::Name, "?da*"), [0; 0]);
        assert_eq!(like(Field::Name, "[a]da*"), [0; 0]);
    }
    bed.end();
}

pub(crate) fn pages_are_in_order<E: Engine>() {
    let bed = filled::<E>();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        for id in 7..=60 {
            // Names sort the other way round than ids; cities repeat.
            let names =
                vec![set(Field::Name, format!("name {:03}", 999 - id)), set(Field::City, format!("city {}", id % 3))];
            assert_eq!(desk.create(names).unwrap().id, id);
        }
        let named = || vec![Condition { field: Field::Name, test: Test::Like("name *".into()) }];
        let list = |order, descending| ListCustomers { conditions: named(), order, descending, ..all() };
        let up: Vec<i64> = (7..=60).collect();
        let down: Vec<i64> = (7..=60).rev().collect();
        assert_eq!(ids(&desk, list(Field::Id, false)), (up.clone(), false));
        assert_eq!(ids(&desk, list(Field::Id, true)), (down.clone(), false));
        assert_eq!(ids(&desk, list(Field::Name, false)), (down.clone(), false));
        assert_eq!(ids(&desk, list(Field::Name, true)), (up.clone(), false));
        let mut by_city = up.clone();
        by_city.sort_by_key(|id| (id % 3, *id));
        assert_eq!(ids(&desk, list(Field::City, false)), (by_city.clone(), false), "equal ones by id");
        by_city.reverse();
        assert_eq!(ids(&desk, list(Field::City, true)), (by_city.clone(), false));
        for limit in [1, 7, 53, 54, 55] {
            let (mut paged, mut offset) = (Vec::new(), 0);
            loop {
                let (page, more) = ids(&desk, ListCustomers { offset, limit, ..list(Field::City, true) });
                offset += page.len() as u64;
                assert_eq!((page.len() == limit as usize || !more, more), (true, offset < 54), "{offset} of 54");
                paged.extend(page);
                if !more {
                    break;
                }
            }
            assert_eq!(paged, by_city, "in pages of {limit}");
        }
        assert_eq!(ids(&desk, ListCustomers { offset: u64::MAX, ..list(Field::Id, false) }), (vec![], false));
        assert_eq!(ids(&desk, ListCustomers { limit: 0, ..list(Field::Id, false) }), (vec![], true));
    }
    bed.end();
}

pub(crate) fn values_cannot_break_out<E: Engine>() {
    let bed = filled::<E>();
    let desk = bed.desk(ONE);
    let long = "*".repeat(200);
    for text in
        ["' OR 1=1 --", "\" OR \"\"=\"", "\\' OR 1=1 --", "?1", "$1", "x'; DROP TABLE customer", "\\", "%", "_", &long]
    {
        for field in [Field::Name, Field::City, Field::Extra(1), Field::Id] {
            assert_eq!(such(&desk, [(field, is(text))]), [0; 0], "{field} {text}");
        }
    }
    assert_eq!(such(&desk, [(Field::Name, Test::Like(long))]), [1, 2, 3, 4, 5]);
    bed.end();
}
