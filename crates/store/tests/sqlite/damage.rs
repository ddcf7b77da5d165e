//! Rows that are not as they were written: never served, and found.

use super::Sqlite;
use crate::suite::{Bed, Engine, ONE, refused, set, texts};
use domain::attachment::{CHUNK, Content};
use domain::error::Reason;
use domain::filter::{Condition, Selection, Test};
use domain::operation::{CreateAttachment, CustomerRef, Deleted, ListCustomers, ReadContent};
use domain::{Edit, Field, Kind};
use std::fs;

type Damaged = Bed<Sqlite<false>>;

/// Three customers who changed in turns.
fn bed() -> Damaged {
    let bed = Damaged::new();
    let desk = bed.desk(ONE);
    for name in ["ada", "bob", "cem"] {
        let names =
            vec![set(Field::Username, name), set(Field::Name, format!("{name} & Søn")), set(Field::Locked, true)];
        desk.create(names).unwrap();
    }
    for city in ["Oslo", "Rome", "Kyiv"] {
        for id in 1..=3 {
            desk.update(id, vec![set(Field::City, city), Edit::AddEmail(format!("{id}@{city}.example"))]).unwrap();
        }
    }
    bed
}

/// Runs one statement on the closed store, opens it, lets somebody look, closes it, and answers what the examination
/// finds.
fn after(bed: &mut Damaged, sql: &str, look: impl FnOnce(&Damaged)) -> Vec<String> {
    bed.close();
    let changed = bed.engine().sql().execute(sql, []).unwrap();
    assert!(changed > 0, "{sql} damages something");
    bed.reopen();
    look(bed);
    bed.close();
    bed.engine().examine()
}

fn found(findings: &[String], start: &str, why: &str) -> bool {
    findings.iter().any(|finding| finding.starts_with(start) && finding.contains(why))
}

/// The second of the three.
fn is_refused(bed: &Damaged) {
    let desk = bed.desk(ONE);
    assert_eq!(refused(desk.read(2)).0, Reason::Internal);
    assert_eq!(refused(desk.find(CustomerRef::Username("bob".into()))).0, Reason::Internal);
    assert_eq!(refused(desk.update(2, vec![set(Field::City, "Bari")])).0, Reason::Internal);
    let filter = Condition::new(Field::Id, Test::Is(2.into())).into();
    let selection = Selection { filter, limit: 9, ..Selection::default() };
    let list = ListCustomers { selection, deleted: Deleted::Shown };
    assert_eq!(refused(desk.run(list)).0, Reason::Internal);
    for id in [1, 3] {
        assert_eq!(desk.read(id).unwrap().text(Field::City), "Kyiv", "its neighbours are well");
    }
}

#[test]
fn any_byte_of_a_body_counts() {
    let mut bed = bed();
    let body: Vec<u8> = bed
        .engine()
        .sql()
        .query_row("SELECT CAST(body AS BLOB) FROM customer WHERE id = 2", [], |row| row.get(0))
        .unwrap();
    let write = |body: &[u8]| {
        let hex: String = body.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("UPDATE customer SET body = CAST(x'{hex}' AS TEXT) WHERE id = 2")
    };
    for at in 0..body.len() {
        let mut flipped = body.clone();
        flipped[at] ^= 1 << (at % 8);
        let findings = after(&mut bed, &write(&flipped), is_refused);
        assert!(found(&findings, "customer 2: ", ""), "byte {at}: {findings:?}");
    }
    let (longer, shorter) = ([body.as_slice(), b" "].concat(), &body[..body.len() - 1]);
    for body in [longer.as_slice(), shorter, b"", b"{}"] {
        let findings = after(&mut bed, &write(body), is_refused);
        assert!(found(&findings, "customer 2: ", ""), "{findings:?}");
    }
    let healed = after(&mut bed, &write(&body), |bed| assert_eq!(bed.desk(ONE).read(2).unwrap().version, 4));
    assert_eq!(healed, Vec::<String>::new());
}

#[test]
fn any_column_of_a_record_counts() {
    for damage in [
        "version = version + 1",
        "version = -1",
        "last_change = last_change - 1",
        "created_at = created_at - 1",
        "updated_at = updated_at + 1",
        "updated_by = 'toor'",
        "updated_by = ''",
        "checksum = checksum + 1",
    ] {
        let findings = after(&mut bed(), &format!("UPDATE customer SET {damage} WHERE id = 2"), is_refused);
        assert!(found(&findings, "customer 2: ", "checksum"), "{damage}: {findings:?}");
    }
    // A record in the place of another one.
    let moved = after(&mut bed(), "UPDATE customer SET place = place + 20 WHERE id = 2", |bed| {
        assert_eq!(refused(bed.desk(ONE).read(22)).0, Reason::Internal);
        assert_eq!(refused(bed.desk(ONE).find(CustomerRef::Username("bob".into()))).0, Reason::Internal);
    });
    assert!(found(&moved, "customer 2: ", "its key does not find it"), "{moved:?}");
    // What is only looked up by is never shown, but must not mislead.
    for (column, value) in [("status", "'off'"), ("name", "'Bob'"), ("email", "NULL"), ("username", "'ada'")] {
        let sql = format!("UPDATE customer SET {column} = {value} WHERE id = 2");
        let findings = after(&mut bed(), &sql, |bed| assert_eq!(bed.desk(ONE).read(2).unwrap().version, 4));
        assert!(found(&findings, "customer 2: ", &format!("column {column}")), "{findings:?}");
    }
}

#[test]
fn a_row_whose_key_changed_is_not_called_absent() {
    let mut bed = bed();
    assert_eq!(refused(bed.desk(ONE).read(9)).0, Reason::NotFound);
    bed.close();
    let sound = fs::read(bed.engine().file()).unwrap();
    // Tenant 1, record 2, as SQLite writes the key of a row.
    let key = [0x88, 0x80, 0x80, 0x80, 2];
    let places: Vec<usize> = (0..sound.len()).filter(|at| sound[*at..].starts_with(&key)).collect();
    let mut hidden = 0;
    for (at, bit) in places.into_iter().flat_map(|at| (0..40).map(move |bit| (at + bit / 8, bit % 8))) {
        let mut flipped = sound.clone();
        flipped[at] ^= 1 << bit;
        fs::write(bed.engine().file(), flipped).unwrap();
        bed.reopen();
        if let Err(error) = bed.desk(ONE).read(2) {
            assert_eq!(error.reason, Reason::Internal, "bit {bit} of byte {at}: {error:?}");
            hidden += 1;
        }
        bed.close();
    }
    assert!(hidden >= 40, "{hidden}");
}

#[test]
fn any_column_of_a_change_counts() {
    let mut bed = bed();
    let change = bed.desk(ONE).history(Kind::Customer, 2)[1].clone();
    let place = format!("part = {} AND number = {}", change.part.0, change.number);
    let is_refused = |bed: &Damaged| {
        let whole = bed.desk(ONE).page(2, None, 100);
        assert_eq!(refused(whole).0, Reason::Internal);
        assert_eq!(bed.desk(ONE).read(2).unwrap().version, 4, "the record is well");
    };
    let what = format!("change {} of part {}: ", change.number, change.part.0);
    let fields: String = bed
        .engine()
        .sql()
        .query_row(&format!("SELECT fields FROM change WHERE {place}"), [], |row| row.get(0))
        .unwrap();
    let mut damages: Vec<String> = [
        "previous = previous - 1",
        "kind = 'company'",
        "kind = 'cucumber'",
        "id = 3",
        "version = 9",
        "at = at - 1",
        "dialect = 'suita'",
        "operation = ''",
        "credential = 'nobody'",
        "credential = operation || credential, operation = ''",
        "request_id = ''",
        "operation_id = randomblob(16)",
        "salt = randomblob(16)",
        "digest = randomblob(32)",
        "link = randomblob(32)",
        "salt = zeroblob(15)",
        "fields = '{}'",
        "fields = 'nonsense'",
    ]
    .map(str::to_owned)
    .into();
    // One word for another of the same length, at every place where there is one.
    damages.extend((0..fields.len()).step_by(5).filter(|at| fields.is_char_boundary(*at)).map(|at| {
        let flipped: String =
            fields.char_indices().map(|(n, c)| if n == at { if c == 'x' { 'y' } else { 'x' } } else { c }).collect();
        format!("fields = '{}'", flipped.replace('\'', "''"))
    }));
    let whole = bed.engine().sql().query_row("SELECT count(*) FROM change", [], |row| row.get::<_, i64>(0)).unwrap();
    for damage in damages {
        bed.close();
        let copy = "CREATE TABLE kept AS SELECT * FROM change";
        bed.engine().sql().execute_batch(copy).unwrap();
        let findings = after(&mut bed, &format!("UPDATE change SET {damage} WHERE {place}"), is_refused);
        assert!(found(&findings, &what, ""), "{damage}: {findings:?}");
        let heal = "DELETE FROM change; INSERT INTO change SELECT * FROM kept; DROP TABLE kept";
        bed.engine().sql().execute_batch(heal).unwrap();
        assert_eq!(bed.engine().examine(), Vec::<String>::new());
    }
    let healed = bed.engine().sql().query_row("SELECT count(*) FROM change", [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(whole, healed);
}

#[test]
fn a_missing_change_is_found() {
    let history = bed().desk(ONE).history(Kind::Customer, 2);
    let part = history[0].part.0;
    for change in &history {
        let mut bed = bed();
        let findings =
            after(&mut bed, &format!("DELETE FROM change WHERE part = {part} AND number = {}", change.number), |bed| {
                assert_eq!(refused(bed.desk(ONE).page(2, None, 100)).0, Reason::Internal);
            });
        assert!(found(&findings, "change ", "missing"), "{findings:?}");
    }
    // The last one of the part leaves no gap behind it: its record tells.
    let last = bed().desk(ONE).history(Kind::Customer, 3)[0].number;
    let findings = after(&mut bed(), &format!("DELETE FROM change WHERE part = {part} AND number = {last}"), |_| {});
    assert!(found(&findings, "customer 3", "last change"), "{findings:?}");
    let findings = after(&mut bed(), "DELETE FROM change", |bed| {
        assert_eq!(refused(bed.desk(ONE).page(2, None, 100)).0, Reason::Internal);
    });
    assert!(found(&findings, "customer 2", "last change"), "{findings:?}");
}

#[test]
fn changes_in_another_order_are_found() {
    let history = bed().desk(ONE).history(Kind::Customer, 2);
    let (part, number) = (history[1].part.0, history[1].number);
    let swap = format!(
        "UPDATE change SET number = {number} * 2 + 1 - number - 1000000 WHERE part = {part} AND number IN ({number}, {number} + 1)"
    );
    let mut bed = bed();
    bed.close();
    assert_eq!(bed.engine().sql().execute(&swap, []).unwrap(), 2);
    let findings = after(&mut bed, "UPDATE change SET number = number + 1000000 WHERE number < 0", |bed| {
        assert_eq!(refused(bed.desk(ONE).page(2, None, 100)).0, Reason::Internal);
    });
    assert!(found(&findings, &format!("change {number} of part {part}"), "link"), "{findings:?}");
}

#[test]
fn a_number_that_was_lost_is_not_taken_for_the_new_change_that_has_it() {
    let last = bed().desk(ONE).history(Kind::Customer, 3)[0].number;
    let mut bed = bed();
    let findings = after(&mut bed, &format!("DELETE FROM change WHERE number = {last}"), |bed| {
        bed.desk(ONE).update(2, vec![set(Field::City, "Bari")]).unwrap();
        assert_eq!(bed.desk(ONE).history(Kind::Customer, 2)[0].number, last);
        assert_eq!(refused(bed.desk(ONE).page(3, None, 100)).0, Reason::Internal);
    });
    assert!(found(&findings, "customer 3", "last change"), "{findings:?}");
}

#[test]
fn a_unique_value_never_leads_to_somebody_else() {
    let find = |bed: &Damaged| bed.desk(ONE).find(CustomerRef::Username("bob".into()));
    for owner in [1, 3, 99] {
        let sql = format!("UPDATE unique_key SET owner_id = {owner} WHERE value = 'bob'");
        let findings = after(&mut bed(), &sql, |bed| assert_eq!(refused(find(bed)).0, Reason::Internal));
        assert_eq!(findings, ["customer 2: its username is not noted as its own"]);
    }
    let findings = after(&mut bed(), "DELETE FROM unique_key WHERE value = 'bob'", |_| {});
    assert!(found(&findings, "customer 2", "username"), "{findings:?}");
    let part = ONE.first_part().0;
    let findings = after(&mut bed(), &format!("INSERT INTO unique_key VALUES ({part}, 1, 'dan', {part}, 1)"), |bed| {
        assert_eq!(refused(bed.desk(ONE).find(CustomerRef::Username("dan".into()))).0, Reason::Internal);
    });
    assert!(found(&findings, "unique values", "are noted"), "{findings:?}");
}

#[test]
fn a_counter_that_ran_back_overwrites_nothing() {
    for sql in ["UPDATE counter SET next = 2 WHERE kind = 'customer'", "DELETE FROM counter WHERE kind = 'customer'"] {
        let mut bed = bed();
        let subscriptions = texts(&["s"]);
        let findings = after(&mut bed, sql, |bed| {
            let created =
                bed.desk(ONE).create(vec![set(Field::City, "Bari"), set(Field::SubscriptionIds, subscriptions)]);
            assert_eq!(refused(created).0, Reason::Internal);
            assert_eq!(bed.desk(ONE).read(2).unwrap().text(Field::City), "Kyiv");
            assert_eq!(refused(bed.desk(ONE).find(CustomerRef::Subscription("s".into()))).0, Reason::NotFound);
        });
        assert!(found(&findings, "counter of customer", "3 is given already"), "{findings:?}");
    }
}

#[test]
fn the_bytes_of_a_file_are_never_others() {
    const LENGTH: usize = CHUNK + 10;
    let swapped =
        "UPDATE attachment_content SET number = CASE number WHEN 0 THEN 2 ELSE number END WHERE place % 8 = 1";
    for (sql, chunk, why) in [
        ("UPDATE attachment_content SET bytes = zeroblob(10) WHERE number = 1", 1, "checksum"),
        ("UPDATE attachment_content SET checksum = checksum + 1 WHERE number = 0", 0, "checksum"),
        ("DELETE FROM attachment_content WHERE number = 1", 1, "chunk 1 of its bytes is missing"),
        (swapped, 0, "missing"),
        ("UPDATE attachment_content SET place = place + 1", 0, "missing"),
    ] {
        let mut bed = Damaged::new();
        let bytes: Vec<u8> = (0..LENGTH).map(|at| (at % 251) as u8 + 1).collect();
        let (name, content) = (String::from("file"), Content::new(bytes).unwrap());
        bed.desk(ONE)
            .run(CreateAttachment { name, content_type: None, access_key: None, unclaimed: false, content })
            .unwrap();
        let findings = after(&mut bed, sql, |bed| {
            assert_eq!(refused(bed.desk(ONE).run(ReadContent { id: 1, chunk })).0, Reason::Internal, "{sql}");
        });
        assert!(found(&findings, "attachment 1", why), "{sql}: {findings:?}");
    }
    // Bytes that no attachment has.
    let mut bed = bed();
    let orphan = "INSERT INTO attachment_content (place, number, bytes, checksum) VALUES (7, 0, x'00', 1)";
    let findings = after(&mut bed, orphan, |_| {});
    assert!(found(&findings, "bytes of attachments", "1 chunks are kept, the attachments have 0"), "{findings:?}");
}
