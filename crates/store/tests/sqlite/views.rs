//! What people see who open the file with their own tools.

use super::Sqlite;
use crate::suite::{Bed, ONE, set, texts};
use domain::operation::{Load, NewRecord};
use domain::{Field, Kind, Value};

#[test]
fn plain_sql_reads_plain_names() {
    let mut bed = Bed::<Sqlite<false>>::new();
    let desk = bed.desk(ONE);
    let record = |kind, id, values: Vec<(Field, Value)>| NewRecord { kind, id, values };
    let john = vec![
        (Field::FirstName, "John".into()),
        (Field::LastName, "Doe".into()),
        (Field::Emails, texts(&["john.doe@example.com", "jd@old.example"])),
        (Field::City, "Cape Town".into()),
        (Field::Password, "$argon2id$never-shown".into()),
        (Field::Company, 17.into()),
        (Field::Extra(1), "gold".into()),
    ];
    let ticket = vec![(Field::CustomerId, 10.into()), (Field::Title, "Cannot log in".into())];
    let message = vec![(Field::TicketId, 500.into()), (Field::Text, "Hello".into()), (Field::SentAt, 1_500_000.into())];
    let records = vec![
        record(Kind::Company, 17, vec![(Field::Name, "Nordlys AS".into())]),
        record(Kind::Customer, 10, john),
        record(Kind::Ticket, 500, ticket),
        record(Kind::Message, 1, message),
    ];
    desk.run(Load { records }).unwrap();
    desk.update(10, vec![set(Field::Phone, "021 555")]).unwrap();
    bed.close();

    let db = bed.engine().sql();
    let row = |sql: &str| -> Vec<String> {
        let mut statement = db.prepare(sql).unwrap();
        let columns = statement.column_count();
        let read = |row: &rusqlite::Row<'_>| {
            (0..columns).map(|at| Ok(shown(row.get_ref(at)?))).collect::<Result<Vec<_>, rusqlite::Error>>()
        };
        statement.query_row([], read).unwrap()
    };
    assert_eq!(row("SELECT name, email FROM customers WHERE id=10"), ["John Doe", "john.doe@example.com"]);
    let details =
        "SELECT tenant, version, status, first_name, address_city, phone, company, custom1, updated_by FROM customers";
    assert_eq!(row(details), ["1", "2", "active", "John", "Cape Town", "021 555", "17", "gold", "root"]);
    assert_eq!(row("SELECT created_at FROM customers"), ["2026-09-21T14:13:20.000Z"]);
    assert_eq!(row("SELECT name FROM companies WHERE id = 17"), ["Nordlys AS"]);
    assert_eq!(row("SELECT customer, title FROM tickets WHERE id = 500"), ["10", "Cannot log in"]);
    assert_eq!(row("SELECT ticket, text, sent_at FROM messages"), ["500", "Hello", "1970-01-01T00:00:01.500Z"]);
    let change =
        "SELECT tenant, version, dialect, credential, at, fields FROM changes WHERE kind = 'customer' AND version = 2";
    let fields = r#"{"phone":[null,"021 555"]}"#;
    assert_eq!(row(change), ["1", "2", "suite", "root", "2026-09-21T14:13:20.000Z", fields]);

    // No view shows a secret, under whatever name.
    for view in ["attachments", "categories", "changes", "companies", "customers", "messages", "priorities", "tickets"]
    {
        let mut statement = db.prepare(&format!("SELECT * FROM {view}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for at in 0..columns {
                assert!(!shown(row.get_ref(at).unwrap()).contains("never-shown"), "column {at} of {view}");
            }
        }
    }
    drop(db);
    bed.end();
}

fn shown(value: rusqlite::types::ValueRef<'_>) -> String {
    match value.data_type() {
        rusqlite::types::Type::Integer => value.as_i64().unwrap().to_string(),
        rusqlite::types::Type::Text => value.as_str().unwrap().to_owned(),
        _ => String::from("?"),
    }
}

#[test]
fn whatever_of_a_view_is_damaged_it_is_made_anew() {
    let mut bed = Bed::<Sqlite<false>>::new();
    // What else could be wrong there, SQLite itself refuses.
    let damages =
        ["type = 'vieW'", "name = 'Companies'", "tbl_name = 'companieS'", "sql = 'CREATE VIEW companies AS SELECT 1'"];
    for damage in damages {
        bed.close();
        let db = bed.engine().sql();
        db.execute_batch("PRAGMA writable_schema = ON").unwrap();
        let damaged = db.execute(&format!("UPDATE sqlite_schema SET {damage} WHERE name = 'companies'"), []).unwrap();
        assert_eq!(damaged, 1, "{damage}");
        drop(db);
        bed.reopen();
        bed.close();
        let db = bed.engine().sql();
        db.prepare("SELECT name FROM companies").unwrap();
        let views = "SELECT count(*) FROM sqlite_schema WHERE sql LIKE 'CREATE VIEW companies %' AND type = 'view'";
        assert_eq!(db.query_row(views, [], |row| row.get(0)), Ok(1), "{damage}");
    }
    bed.end();
}
