//! Listings. Each case runs for a tenant of one part and for one of eight; texts are such that every collation sorts
//! them alike.

use super::{Bed, Desk, EIGHT, Engine, ONE, refused, set, texts};
use domain::error::Reason;
use domain::filter::{Condition, Filter, Order, Selection, Test};
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

fn all() -> Selection {
    Selection { limit: 100, ..Selection::default() }
}

fn ids(desk: &Desk<'_>, selection: Selection) -> (Vec<i64>, bool) {
    let page = desk.run(ListCustomers { selection, deleted: Deleted::Hidden }).unwrap();
    (page.records.iter().map(|record| record.id).collect(), page.more)
}

fn such<const N: usize>(desk: &Desk<'_>, conditions: [(Field, Test); N]) -> Vec<i64> {
    held(desk, conditions.into_iter().map(|(field, test)| Condition { field, test }).collect())
}

fn held(desk: &Desk<'_>, filter: Filter) -> Vec<i64> {
    ids(desk, Selection { filter, ..all() }).0
}

const fn by(field: Field, descending: bool) -> Order {
    Order { field, descending }
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
        let with_deleted = desk.run(ListCustomers { selection: all(), deleted: Deleted::Shown }).unwrap();
        assert_eq!(with_deleted.records.iter().map(|record| record.id).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
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

pub(crate) fn comparisons_hold<E: Engine>() {
    let bed = filled::<E>();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        desk.update(2, vec![set(Field::EmailQuota, 10), set(Field::Extra(1), "10")]).unwrap();
        desk.update(5, vec![set(Field::EmailQuota, 2_147_483_647), set(Field::Extra(1), "9")]).unwrap();
        let quota = |test: fn(Value) -> Test, number: i64| such(&desk, [(Field::EmailQuota, test(number.into()))]);
        assert_eq!(quota(Test::Less, 10), [1], "unset is no number");
        assert_eq!(quota(Test::AtMost, 10), [1, 2]);
        assert_eq!(quota(Test::Greater, 5), [2, 5], "by size, not as text");
        assert_eq!(quota(Test::AtLeast, 5), [1, 2, 5]);
        assert_eq!(quota(Test::Greater, i64::MAX), [0; 0]);
        assert_eq!(quota(Test::AtLeast, i64::MIN), [1, 2, 5]);
        let city = |test: fn(Value) -> Test, text: &str| such(&desk, [(Field::City, test(text.into()))]);
        assert_eq!(city(Test::Greater, "Oslo"), [2]);
        assert_eq!(city(Test::AtLeast, "Oslo"), [1, 2, 3]);
        assert_eq!(city(Test::Less, "oslo"), [1, 2, 3], "capitals come first");
        assert_eq!(city(Test::Less, ""), [0; 0]);
        assert_eq!(such(&desk, [(Field::EmailQuota, Test::Less("x".into()))]), [0; 0], "a number is no text");
        assert_eq!(such(&desk, [(Field::City, Test::Greater(0.into()))]), [0; 0], "a text is no number");
        assert_eq!(such(&desk, [(Field::Extra(1), Test::Less(9.into()))]), [2], "text is compared as text");
        assert_eq!(such(&desk, [(Field::Extra(3), Test::AtLeast("7".into()))]), [2]);
        assert_eq!(such(&desk, [(Field::Extra(3), Test::Greater(7.into()))]), [0; 0]);
        let before = desk.read(5).unwrap().updated_at.0;
        bed.pass(1);
        desk.update(4, vec![set(Field::City, "")]).unwrap();
        desk.update(3, vec![set(Field::Phone, "1")]).unwrap();
        assert_eq!(such(&desk, [(Field::UpdatedAt, Test::Greater(before.into()))]), [3]);
        assert_eq!(such(&desk, [(Field::UpdatedAt, Test::AtMost(before.into()))]), [1, 2, 4, 5]);
        assert_eq!(such(&desk, [(Field::CreatedAt, Test::AtMost(i64::MAX.into()))]), [1, 2, 3, 4, 5]);
        assert_eq!(such(&desk, [(Field::Version, Test::Greater(2.into()))]), [2, 3]);
    }
    bed.end();
}

pub(crate) fn texts_are_found_in_any_case<E: Engine>() {
    let bed = filled::<E>();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        desk.update(5, vec![set(Field::Note, "LØVÅS & ΣΟΦΟΣ 客户 🎿 50%_\\*"), set(Field::Extra(3), 42)]).unwrap();
        let contains = |field, part: &str| such(&desk, [(field, Test::Contains(part.to_owned()))]);
        let starts = |field, part: &str| such(&desk, [(field, Test::StartsWith(part.to_owned()))]);
        assert_eq!(contains(Field::Name, "WOOL"), [4, 5]);
        for part in ["løvås", "VÅS & σο", "Σ", "σοφος", "客", "🎿", "%", "_", "\\", "*", "50%_\\*"] {
            assert_eq!(
                contains(Field::Note, part),
                if part == "*" || part == "\\" { vec![4, 5] } else { vec![5] },
                "{part}"
            );
        }
        assert_eq!(contains(Field::Note, "vas"), [0; 0], "a letter with a ring is another letter");
        assert_eq!(contains(Field::Note, ""), [4, 5], "unset holds no text");
        assert_eq!(contains(Field::Emails, "EXAMPLE.com"), [1, 2, 4, 5]);
        assert_eq!(contains(Field::Extra(3), "4"), [0; 0], "a number holds no text");
        assert_eq!(starts(Field::Note, "løv"), [5]);
        assert_eq!(starts(Field::Note, "øv"), [0; 0]);
        assert_eq!(starts(Field::Name, "100"), [0; 0]);
        assert_eq!(starts(Field::Name, "rob"), [3], "the shown name");
    }
    bed.end();
}

pub(crate) fn groups_hold<E: Engine>() {
    let bed = filled::<E>();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        let city = |name: &str| Filter::from(Condition::new(Field::City, is(name)));
        let not = |filter: Filter| Filter::Not(Box::new(filter));
        let where_ = |field, test| Filter::from(Condition::new(field, test));
        assert_eq!(held(&desk, Filter::Any(vec![city("Rome"), where_(Field::Locked, is(true))])), [1, 2]);
        assert_eq!(held(&desk, not(city("Oslo"))), [2, 4, 5], "what is unset is not Oslo");
        assert_eq!(held(&desk, not(not(city("Oslo")))), [1, 3]);
        assert_eq!(held(&desk, not(where_(Field::City, Test::Unset))), [1, 2, 3]);
        assert_eq!(held(&desk, not(where_(Field::EmailQuota, Test::Greater(7.into())))), [1, 2, 3, 4, 5]);
        assert_eq!(held(&desk, not(where_(Field::City, Test::AnyOf(vec![Some("Oslo".into()), None])))), [2]);
        assert_eq!(held(&desk, not(where_(Field::City, Test::AnyOf(vec![Some("Oslo".into())])))), [2, 4, 5]);
        assert_eq!(held(&desk, not(where_(Field::City, Test::AnyOf(vec![])))), [1, 2, 3, 4, 5]);
        assert_eq!(held(&desk, not(where_(Field::Note, Test::Contains("b".into())))), [1, 2, 3, 5]);
        assert_eq!(held(&desk, not(Filter::Any(vec![city("Rome"), city("Oslo")]))), [4, 5]);
        assert_eq!(held(&desk, not(Filter::All(vec![city("Oslo"), where_(Field::Locked, is(true))]))), [2, 3, 4, 5]);
        assert_eq!(held(&desk, Filter::default()), [1, 2, 3, 4, 5]);
        assert_eq!(held(&desk, Filter::Any(vec![])), [0; 0]);
        assert_eq!(held(&desk, not(Filter::All(vec![]))), [0; 0]);
        let either = Filter::Any(vec![city("Rome"), city("Oslo")]);
        assert_eq!(held(&desk, either.and(Condition::new(Field::Status, is("active")))), [1, 2]);
    }
    bed.end();
}

pub(crate) fn lists_are_searched<E: Engine>() {
    let bed = filled::<E>();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        desk.update(1, vec![Edit::AddEmail("Second@Øy.example".into())]).unwrap();
        let entry = |field, test| Filter::from(Condition::new(field, Test::Entry(Box::new(test))));
        let not = |filter| Filter::Not(Box::new(filter));
        assert_eq!(held(&desk, entry(Field::SubscriptionIds, is("s2"))), [4]);
        assert_eq!(held(&desk, entry(Field::SubscriptionIds, is("s"))), [0; 0]);
        assert_eq!(held(&desk, entry(Field::Emails, is("Second@Øy.example"))), [1], "not only the primary one");
        assert_eq!(such(&desk, [(Field::Emails, is("Second@Øy.example"))]), [0; 0]);
        assert_eq!(held(&desk, entry(Field::Emails, Test::Contains("@øY".into()))), [1]);
        let among = |texts: &[&str]| Test::Among(texts.iter().map(|text| (*text).to_owned()).collect());
        assert_eq!(held(&desk, entry(Field::Emails, among(&["second@øY.example", "BOB@example.com", "x"]))), [1, 2]);
        assert_eq!(held(&desk, entry(Field::Emails, among(&["second@øy", "", "\"]'\u{0}"]))), [0; 0]);
        assert_eq!(held(&desk, not(entry(Field::Emails, among(&[])))).len(), 5);
        assert_eq!(held(&desk, entry(Field::Emails, Test::AnyOf(vec![Some("bob@example.com".into()), None]))), [2]);
        assert_eq!(held(&desk, not(entry(Field::SubscriptionIds, is("s2")))), [1, 2, 3, 5], "no list, no entry");
        assert_eq!(held(&desk, entry(Field::SubscriptionIds, Test::Entry(Box::new(is("s2"))))), [0; 0]);
        assert_eq!(such(&desk, [(Field::SubscriptionIds, Test::Unset)]), [1, 2, 3, 5]);
    }
    bed.end();
}

pub(crate) fn likely_duplicates_are_found<E: Engine>() {
    let bed = filled::<E>();
    let shared = |fields: &[Field]| Filter::Shared(fields.to_vec());
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        let not = |filter| Filter::Not(Box::new(filter));
        assert_eq!(held(&desk, shared(&[Field::Emails])), [0; 0]);
        let twins = [("ADA", "Byron", "22 55"), ("Ada", "byron", "22 55"), ("Åse", "Ø", "1"), ("åSE", "ø", "2")];
        for (first, last, phone) in twins {
            let named = [set(Field::FirstName, first), set(Field::LastName, last), set(Field::Phone, phone)];
            desk.create(named.into()).unwrap();
        }
        assert_eq!(held(&desk, shared(&[Field::Name])), [1, 7, 8, 9, 10], "in any case of any letter");
        assert_eq!(
            held(&desk, shared(&[Field::Name, Field::Phone])),
            [7, 8],
            "both, and what is unset is like nothing"
        );
        assert_eq!(held(&desk, not(shared(&[Field::Name]))), [2, 3, 4, 5]);
        desk.update(9, vec![Edit::AddEmail("BOB@example.com".into())]).unwrap();
        desk.update(10, vec![Edit::AddEmail("finn@example.com".into())]).unwrap();
        assert_eq!(held(&desk, shared(&[Field::Emails])), [2, 9], "one that is deleted is no other");
        assert_eq!(held(&desk, shared(&[Field::City, Field::EmailQuota])), [0; 0]);
        desk.update(4, vec![set(Field::City, "Oslo"), set(Field::EmailQuota, 5)]).unwrap();
        assert_eq!(held(&desk, shared(&[Field::City, Field::EmailQuota])), [1, 4], "numbers too");
        let city = Filter::from(Condition::new(Field::City, is("Rome")));
        assert_eq!(held(&desk, shared(&[Field::Emails]).and(city)), [2], "beside what else is asked");
    }
    bed.end();
}

pub(crate) fn records_are_counted<E: Engine>() {
    let bed = filled::<E>();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        let count = |filter: Filter, limit| {
            let selection = Selection { filter, limit, counted: true, ..Selection::default() };
            let page = desk.run(ListCustomers { selection, deleted: Deleted::Hidden }).unwrap();
            assert_eq!((page.records.len(), page.more), (0, false));
            page.count
        };
        let oslo = || Condition::new(Field::City, is("Oslo")).into();
        assert_eq!((count(Filter::default(), 100), count(Filter::default(), 3), count(oslo(), 9)), (5, 3, 2));
        desk.delete(1).unwrap();
        assert_eq!((count(oslo(), 9), count(Filter::default(), 9)), (1, 4), "as it is now");
    }
    bed.end();
}

pub(crate) fn what_cannot_be_asked_is_refused<E: Engine>() {
    let bed = filled::<E>();
    let desk = bed.desk(ONE);
    let refused = |field, test, order: &[Order]| {
        let filter = Condition::new(field, test).into();
        let selection = Selection { filter, order: order.to_vec(), ..all() };
        refused(desk.run(ListCustomers { selection, deleted: Deleted::Hidden }))
    };
    assert_eq!(refused(Field::Extra(7), is("x"), &[]), (Reason::Invalid, Some(Field::Extra(7))));
    assert_eq!(
        refused(Field::City, is("x"), &[by(Field::Extra(99), false)]),
        (Reason::Invalid, Some(Field::Extra(99)))
    );
    assert_eq!(refused(Field::Extra(3), is("x"), &[]), (Reason::Invalid, Some(Field::Extra(3))));
    assert_eq!(refused(Field::Extra(3), Test::AnyOf(vec![Some("x".into())]), &[]).0, Reason::Invalid);
    assert_eq!(refused(Field::Extra(4), Test::Less("1.5".into()), &[]).0, Reason::Invalid);
    let secret = (Reason::Invalid, Some(Field::Password));
    assert_eq!(refused(Field::Password, Test::StartsWith("$argon2id$".to_owned()), &[]), secret);
    assert_eq!(refused(Field::City, is("x"), &[by(Field::Password, false)]), secret);
    bed.end();
}

/// Reads all pages of an order; `between` may change records meanwhile.
fn walk(desk: &Desk<'_>, order: &[Order], limit: u32, mut between: impl FnMut(usize)) -> Vec<i64> {
    let (mut walked, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let selection = Selection { order: order.to_vec(), after, limit, ..all() };
        let page = desk.run(ListCustomers { selection, deleted: Deleted::Hidden }).unwrap();
        walked.extend(page.records.iter().map(|record| record.id));
        after = page.next(order);
        assert_eq!(after.is_some(), page.more);
        pages += 1;
        between(pages);
        if after.is_none() {
            return walked;
        }
    }
}

pub(crate) fn pages_go_on_where_they_ended<E: Engine>() {
    let bed = filled::<E>();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        let long = "ø".repeat(250);
        for id in 7..=30 {
            let text = if id % 2 == 0 { format!("{long}{id}") } else { format!("note {}", id % 4) };
            let mut edits = vec![set(Field::City, format!("city {}", id % 3)), set(Field::EmailQuota, id % 5)];
            edits.extend((id % 3 > 0).then(|| set(Field::Note, text)));
            assert_eq!(desk.create(edits).unwrap().id, id);
        }
        for (first, second) in [
            (Field::Id, Field::City),
            (Field::City, Field::EmailQuota),
            (Field::Note, Field::Id),
            (Field::EmailQuota, Field::Note),
            (Field::Extra(3), Field::UpdatedAt),
            (Field::Emails, Field::Version),
        ] {
            for turn in 0..4 {
                let order = [by(first, turn & 1 > 0), by(second, turn & 2 > 0)];
                let whole = ids(&desk, Selection { order: order.into(), ..all() }).0;
                assert_eq!(whole.len(), 29);
                for limit in [1, 4, 28, 29, 30] {
                    assert_eq!(walk(&desk, &order, limit, |_| ()), whole, "{order:?} in pages of {limit}");
                }
            }
        }
        // What changes behind the reader neither comes again nor pushes anything out.
        let order = [by(Field::City, false)];
        let whole = ids(&desk, Selection { order: order.into(), ..all() }).0;
        let walked = walk(&desk, &order, 5, |page| {
            desk.update(whole[page], vec![set(Field::City, "Aa")]).unwrap();
            desk.create(vec![set(Field::City, "A")]).unwrap();
        });
        assert_eq!(walked, whole);
    }
    bed.end();
}

pub(crate) fn any_field_sorts<E: Engine>() {
    let bed = filled::<E>();
    let desk = bed.desk(EIGHT);
    let shown = domain::Kind::Customer.fields().iter().copied().filter(|field| *field != Field::Password);
    for field in shown.chain([Field::UpdatedBy, Field::Extra(1), Field::Extra(3)]) {
        for descending in [false, true] {
            let order = [by(field, descending)];
            let mut walked = walk(&desk, &order, 2, |_| ());
            assert_eq!(walked, ids(&desk, Selection { order: order.into(), ..all() }).0, "{field}");
            walked.sort_unstable();
            assert_eq!(walked, [1, 2, 3, 4, 5], "{field}");
        }
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
        let named = || Condition::new(Field::Name, Test::Like("name *".into())).into();
        let list = |order, descending| Selection { filter: named(), order: vec![by(order, descending)], ..all() };
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
                let (page, more) = ids(&desk, Selection { offset, limit, ..list(Field::City, true) });
                offset += page.len() as u64;
                assert_eq!((page.len() == limit as usize || !more, more), (true, offset < 54), "{offset} of 54");
                paged.extend(page);
                if !more {
                    break;
                }
            }
            assert_eq!(paged, by_city, "in pages of {limit}");
        }
        // Pages in any order show what is there when they are read.
        let mut left = by_city;
        for (turn, offset) in [40, 20, 47, 20, 0, 44, 33, 46].into_iter().enumerate() {
            let page = Selection { offset: offset as u64, limit: 6, ..list(Field::City, true) };
            let shown: Vec<_> = left.iter().copied().skip(offset).take(6).collect();
            assert_eq!(ids(&desk, page.clone()).0, shown, "behind {offset}");
            assert_eq!(ids(&desk, page).0, shown, "again behind {offset}");
            if turn % 2 == 1 {
                desk.delete(left.remove(turn)).unwrap();
            }
        }
        assert_eq!(ids(&desk, Selection { offset: u64::MAX, ..list(Field::Id, false) }), (vec![], false));
        assert_eq!(ids(&desk, Selection { limit: 0, ..list(Field::Id, false) }), (vec![], true));
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
