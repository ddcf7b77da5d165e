use super::call::MOST_BODY;
use super::*;
use http::{HeaderMap, Method, header};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tempfile::TempDir;

const WEEK: i64 = 7 * 86_400;

fn options(calls: usize, bodies: bool) -> Options {
    Options { file: None, limits: Limits { calls, bytes: 64 << 20, seconds: WEEK }, bodies }
}

fn inspector(calls: usize, bodies: bool) -> Inspector {
    Inspector::new(options(calls, bodies)).unwrap()
}

fn at(file: &Path) -> Inspector {
    Inspector::new(Options { file: Some(file.to_owned()), ..options(1_000, true) }).unwrap()
}

fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("inspector.db");
    (folder, file)
}

fn request(body: &'static str) -> Request {
    let mut headers = HeaderMap::new();
    headers.insert(header::AUTHORIZATION, "Bearer canary".parse().unwrap());
    headers.insert("api-key", "canary".parse().unwrap());
    headers.insert(header::USER_AGENT, "test/1".parse().unwrap());
    headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    Request {
        method: Method::GET,
        path: "/v1/customers/1".to_owned(),
        query: Some("token=canary&a=1".to_owned()),
        headers,
        body: Bytes::from_static(body.as_bytes()),
        address: [127, 0, 0, 1].into(),
        base_url: String::new(),
        tenant: None,
        id: "id".to_owned(),
    }
}

fn about(tenant: Tenant, ids: &[i64]) -> About {
    let mut about = About { tenant: Some(tenant), ..About::default() };
    ids.iter().for_each(|id| about.customers.add(*id));
    about
}

const ASKED: &str = r#"{"password":"canary"}"#;

fn keep(inspector: &Inspector, dialect: &'static str, status: u16, body: Bytes) {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status.try_into().unwrap();
    response.headers_mut().insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    response.extensions_mut().insert(dialects::notes::Noted(vec!["An order of its own".into()]));
    let asked = (request(ASKED), about(Tenant::DEFAULT, &[7, 1]));
    inspector.keep((dialect, "read"), asked, (&response, body), None, Duration::from_micros(700));
}

fn briefs(inspector: &Inspector) -> Vec<Brief> {
    inspector.shared.settle().run(|calls| calls.list((0, u64::MAX), usize::MAX, |_| true)).unwrap()
}

fn numbers(inspector: &Inspector) -> Vec<u64> {
    briefs(inspector).iter().map(|call| call.number).collect()
}

fn call(inspector: &Inspector, number: u64) -> Option<Call> {
    inspector.shared.settle().run(|calls| calls.call(number)).unwrap()
}

fn answered() -> Bytes {
    Bytes::from_static(b"{\"answered\":1}")
}

/// Whether these bytes are in the file or in what SQLite puts beside it.
fn holds(file: &Path, word: &[u8]) -> bool {
    let files = std::fs::read_dir(file.parent().unwrap()).unwrap();
    files.flatten().any(|entry| std::fs::read(entry.path()).unwrap().windows(word.len()).any(|bytes| bytes == word))
}

#[test]
fn the_newest_calls_stay_and_no_secret_of_them() {
    let inspector = inspector(3, true);
    for _ in 0..4 {
        keep(&inspector, "native", 200, answered());
    }
    assert_eq!(numbers(&inspector), [3, 2, 1]);
    let found = call(&inspector, 3).unwrap();
    assert!(!format!("{found:?}").contains("canary"), "{found:?}");
    assert_eq!(found.body, Body::Kept("{\"answered\":1}".into()));
    assert_eq!((&*found.brief.client, &*found.notes), ("test/1", &["An order of its own".to_owned()][..]));
    assert_eq!(
        found.hidden.iter().map(|name| &**name).collect::<Vec<_>>(),
        ["api-key", "authorization", "password", "token"]
    );
    assert_eq!(
        (found.brief.customers, found.brief.number),
        (vec![1, 7], 3),
        "the one that the path names is the first"
    );
    assert!(call(&inspector, 0).is_none() && call(&inspector, 4).is_none());
    assert_eq!(*inspector.arrivals().borrow(), 3);
}

#[test]
fn those_of_one_dialect_do_not_push_out_those_of_another_nor_the_refused_ones() {
    let inspector = inspector(10, true);
    keep(&inspector, "superoffice", 200, Bytes::new());
    keep(&inspector, "native", 404, Bytes::new());
    for _ in 0..10 {
        keep(&inspector, "native", 200, Bytes::new());
    }
    assert_eq!(numbers(&inspector), [12, 11, 10, 9, 8, 7, 6, 5, 2, 1]);
}

#[test]
fn more_than_anybody_looks_at_are_counted_only() {
    let mut allowance = Allowance { left: 3, second: 10 };
    let taken = |allowance: &mut Allowance, second| (0..500).filter(|_| allowance.take(300, second)).count();
    assert_eq!([10, 10, 11, 12, 9, 100].map(|second| taken(&mut allowance, second)), [3, 0, 100, 100, 0, 300]);
    let inspector = inspector(50, true);
    for _ in 0..10_000 {
        keep(&inspector, "native", 200, Bytes::new());
    }
    let last = numbers(&inspector)[0];
    let minutes: Vec<Minute> = inspector.minutes().into_iter().flat_map(|(_, minutes)| minutes).collect();
    let sum = |of: fn(&Minute) -> u64| minutes.iter().map(of).sum::<u64>();
    assert_eq!(sum(|minute| minute.calls), 10_000);
    assert_eq!(sum(|minute| minute.left_out) + last, 10_000);
    assert_eq!(numbers(&inspector).len(), 50);
}

#[test]
fn what_is_kept_is_bounded_whatever_arrives() {
    const MOST: u64 = 3 << 20;
    let (_folder, file) = file();
    let limits = Limits { calls: 1_000_000, bytes: MOST, seconds: WEEK };
    let inspector = Inspector::new(Options { file: Some(file.clone()), limits, bodies: true }).unwrap();
    let long = |length| Bytes::from(format!("\"{}\"", "x".repeat(length)));
    for _ in 0..300 {
        keep(&inspector, "native", 200, long(MOST_BODY - 2));
        assert!(lock(&inspector.shared.front).bytes <= MOST_WAITING + 2 * MOST_BODY);
    }
    let kept = numbers(&inspector).len();
    assert!((5..12).contains(&kept), "{kept}");
    keep(&inspector, "native", 200, long(MOST_BODY));
    assert_eq!(call(&inspector, numbers(&inspector)[0]).unwrap().body, Body::Left(MOST_BODY + 2));
    drop(inspector);
    // What waits is taken in at once: for that long the file is larger.
    let size = std::fs::metadata(&file).unwrap().len();
    assert!(size < 2 * (MOST + MOST_WAITING as u64), "{size}");
}

#[test]
fn without_bodies_none_is_kept_and_minutes_count_anyway() {
    let (_folder, file) = file();
    std::fs::write(&file, "calls from before").unwrap();
    let none = Inspector::new(Options { file: Some(file.clone()), ..options(0, false) }).unwrap();
    keep(&none, "native", 200, Bytes::from_static(b"answered"));
    assert!(briefs(&none).is_empty() && !file.exists());
    let minutes = none.minutes();
    assert_eq!((minutes[0].0, minutes[0].1[0].calls, minutes[0].1[0].errors), ("native", 1, 0));
    assert_eq!(quantile(&minutes[0].1, 0.99), 704);
    let some = inspector(1, false);
    keep(&some, "native", 200, Bytes::from_static(b"answered"));
    let call = call(&some, 1).unwrap();
    assert_eq!((&call.body, &call.asked.body), (&Body::Left(8), &Body::Left(ASKED.len())));
}

#[test]
fn calls_are_there_after_a_restart_and_only_one_server_has_the_file() {
    let (_folder, file) = file();
    let first = at(&file);
    keep(&first, "native", 200, answered());
    keep(&first, "native", 404, answered());
    let known = call(&first, 1).unwrap();
    let second = at(&file);
    keep(&second, "native", 200, answered());
    assert_eq!((numbers(&second), numbers(&first)), (vec![1], vec![2, 1]), "the other one keeps its own in memory");
    drop((second, first));
    let again = at(&file);
    assert_eq!(*again.arrivals().borrow(), 2);
    assert_eq!(call(&again, 1), Some(known));
    assert_eq!(again.shared.settle().run(|calls| calls.of_request("ID")), Some(Some(2)));
    keep(&again, "native", 200, answered());
    assert_eq!(numbers(&again), [3, 2, 1]);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_is_old_goes() {
    let inspector = inspector(10, true);
    keep(&inspector, "native", 200, answered());
    let trim = |days: i64| {
        let now = SystemClock.now().plus_seconds(days * 86_400);
        inspector.shared.settle().run(|calls| calls.keep(&[], now)).unwrap();
        numbers(&inspector)
    };
    assert_eq!(trim(6), [1]);
    assert!(trim(8).is_empty());
}

#[test]
fn a_file_that_cannot_be_used_is_made_anew_or_done_without() {
    let (folder, file) = file();
    keep(&at(&file), "native", 200, answered());
    let good = std::fs::read(&file).unwrap();
    let mut forms = vec![b"none of ours".to_vec(), good[..good.len() / 2].to_vec(), vec![0; 4_096]];
    // Another form of it, and another program's.
    for offset in [60, 68] {
        let mut other = good.clone();
        other[offset + 3] ^= 1;
        forms.push(other);
    }
    // Pages that hold anything else.
    for page in 1..good.len() / 4_096 {
        let mut other = good.clone();
        other[page * 4_096..][..4_096].fill(0x5a);
        forms.push(other);
    }
    for form in forms {
        std::fs::write(&file, form).unwrap();
        let inspector = at(&file);
        for round in 0..3 {
            // Some are found out when they are read, some when they are written; then they are made anew.
            let _ = inspector.shared.settle().run(|calls| calls.list((0, u64::MAX), 9, |_| true));
            let _ = inspector.shared.settle().run(|calls| calls.call(1));
            keep(&inspector, "native", 200, answered());
            inspector.flush();
            assert!(round < 1 || !briefs(&inspector).is_empty());
        }
        drop(inspector);
        assert!(!briefs(&at(&file)).is_empty(), "it works on");
    }
    let lost = at(&folder.path().join("no/folder"));
    keep(&lost, "native", 200, answered());
    assert_eq!(numbers(&lost), [1]);
    let taken = at(folder.path());
    keep(&taken, "native", 200, answered());
    assert_eq!(numbers(&taken), [1], "a folder in its place");
}

#[test]
fn a_full_disk_costs_the_calls_that_come_and_nothing_else() {
    let (_folder, file) = file();
    let inspector = at(&file);
    keep(&inspector, "native", 200, answered());
    let most = |pages: &str| inspector.shared.settle().run(|calls| calls.pragma(&format!("max_page_count = {pages}")));
    assert!(numbers(&inspector) == [1] && most("1").is_some());
    let long = Bytes::from(format!("\"{}\"", "x".repeat(100_000)));
    keep(&inspector, "native", 200, long.clone());
    assert_eq!(numbers(&inspector), [1]);
    most("100000");
    keep(&inspector, "native", 200, long);
    assert_eq!(numbers(&inspector).len(), 2);
}

#[test]
fn of_whom_was_erased_nothing_is_left() {
    let (_folder, file) = file();
    let inspector = at(&file);
    for _ in 0..50 {
        keep(&inspector, "native", 200, Bytes::from(format!("{{\"name\":\"Zebedee{}\"}}", "y".repeat(9_000))));
    }
    inspector.flush();
    assert!(holds(&file, b"Zebedee"), "the test looks in the right place");
    keep(&inspector, "native", 200, Bytes::from_static(b"{\"name\":\"Zebedee waits\"}"));
    let began = Instant::now();
    let kept = numbers(&inspector);
    inspector.forget(Tenant::DEFAULT, 10);
    assert!(!holds(&file, b"Zebedee") && !holds(&file, b"yyyy") && !holds(&file, b"canary"));
    assert!(!holds(&file, b"/v1/") && !holds(&file, b"An order"));
    assert!(std::fs::metadata(&file).unwrap().len() < 65_536);
    // That they were is still known, and about which numbers.
    assert_eq!((numbers(&inspector), kept.len()), (kept, 51));
    let forgotten = call(&inspector, 51).unwrap();
    let brief = Brief {
        number: 51,
        at: forgotten.brief.at,
        micros: 700,
        dialect: "native".into(),
        operation: "read".into(),
        outcome: "ok".into(),
        status: 200,
        id: "id".into(),
        client: "test/1".into(),
        owner: Some(1),
        customers: vec![1, 7],
        ..Brief::default()
    };
    assert!(brief.is_forgotten());
    assert_eq!(forgotten, Call { brief, ..Call::default() });
    // A call that read them before and is answered after.
    let response = Response::new(Bytes::new());
    let answer = || (&response, Bytes::from_static(b"{}"));
    let asked = || (request(""), About::default());
    inspector.keep(("native", "read"), asked(), answer(), None, began.elapsed());
    assert_eq!(numbers(&inspector)[0], 51);
    inspector.keep(("native", "read"), asked(), answer(), None, Duration::ZERO);
    assert_eq!(numbers(&inspector)[0], 52);
    assert!(!call(&inspector, 52).unwrap().brief.is_forgotten());
}

#[test]
fn of_a_call_that_has_only_its_callers_words_nothing_is_left_after_an_erasure() {
    let (_folder, file) = file();
    let inspector = at(&file);
    let keep = |operation, tenant: Option<&str>, about| {
        let request = Request { tenant: tenant.map(str::to_owned), path: "/v1/zebedee".to_owned(), ..request("") };
        let answer = (&Response::new(Bytes::new()), Bytes::new());
        inspector.keep(("native", operation), (request, about), answer, None, Duration::ZERO);
    };
    let acme = Tenant { number: 2, buckets: 1 };
    keep("", None, About::default());
    keep("read", Some("zebedee"), About::default());
    keep("read", Some("acme"), about(acme, &[4]));
    keep("read", None, About::default());
    inspector.flush();
    assert!(holds(&file, b"zebedee"));
    inspector.forget(Tenant::DEFAULT, 10);
    assert!(!holds(&file, b"zebedee") && !holds(&file, b"acme"));
    let left = briefs(&inspector);
    assert_eq!(left.iter().map(|call| call.number).collect::<Vec<_>>(), [4, 3]);
    assert_eq!(left[1].customers_of(acme, None), [4]);
    assert!(left[1].customers_of(Tenant::DEFAULT, None).is_empty());
    // What they take is counted anew, and they go when their place is needed.
    let shares = |inspector: &Inspector| inspector.shared.settle().run(|calls| calls.counted()).unwrap();
    let counted = shares(&inspector);
    drop(inspector);
    assert_eq!(shares(&at(&file)), counted);
}

#[test]
fn it_is_known_how_far_the_audit_was_read() {
    let (_folder, file) = file();
    let inspector = at(&file);
    let run =
        |entry| inspector.shared.settle().run(|calls| calls.note_audited(7, entry).and_then(|()| calls.audited(7)));
    assert_eq!((run(3), run(5)), (Some(Some(3)), Some(Some(5))));
    inspector.forget(Tenant::DEFAULT, 10);
    assert_eq!(inspector.shared.settle().run(|calls| calls.audited(7)), Some(Some(5)));
    assert_eq!(inspector.shared.settle().run(|calls| calls.audited(8)), Some(None));
}
