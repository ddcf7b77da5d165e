//! What a server shows of its records and their history.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Client, Server};

/// Members of the native record that change with every update or never.
const NOT_FIELDS: [&str; 5] = ["id", "version", "created_at", "updated_at", "updated_by"];

/// One change as the history shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub version: u64,
    pub request_id: String,
    pub dialect: String,
    /// Field, from, to.
    pub changes: Vec<(String, Value, Value)>,
}

/// One record and its changes, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    pub version: u64,
    /// By the history's dotted names; unset ones are left out.
    pub fields: BTreeMap<String, Value>,
    pub history: Vec<Entry>,
}

/// Some of a server's records, by id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct World {
    pub records: BTreeMap<u32, Record>,
}

/// A record or history that was not shown.
#[derive(Debug, PartialEq)]
pub struct Unreadable {
    /// The answer's status, if there was an answer.
    pub status: Option<u16>,
    pub said: String,
}

impl World {
    /// Reads the records and their whole history.
    ///
    /// # Errors
    /// The first answer that is not what the native API promises.
    pub fn read(server: &Server, ids: &[u32]) -> Result<Self, Unreadable> {
        let mut client = server.client();
        let records = ids.iter().map(|id| Ok((*id, Record::read(&mut client, *id)?)));
        Ok(Self { records: records.collect::<Result<_, _>>()? })
    }
}

impl Record {
    /// Reads one record and its whole history.
    ///
    /// # Errors
    /// As [`World::read`].
    pub fn read(client: &mut Client, id: u32) -> Result<Self, Unreadable> {
        let path = format!("/v1/customers/{id}");
        let shown = get(client, &path)?;
        let broken = |what: &Value| Unreadable { status: Some(200), said: format!("{path}: {what}") };
        let version = shown["version"].as_u64().ok_or_else(|| broken(&shown))?;
        let mut record = Self { version, ..Self::default() };
        let members = shown.as_object().ok_or_else(|| broken(&shown))?;
        for (name, value) in members.iter().filter(|(n, _)| !NOT_FIELDS.contains(&n.as_str())) {
            match value {
                Value::Object(inner) if name == "address" => {
                    record.fields.extend(inner.iter().map(|(n, v)| (format!("address.{n}"), v.clone())));
                }
                Value::Object(inner) if name == "extra_fields" => record.fields.extend(inner.clone()),
                _ => drop(record.fields.insert(name.clone(), value.clone())),
            }
        }
        record.fields.retain(|_, v| !v.is_null());
        let mut cursor = String::new();
        loop {
            let page = get(client, &format!("{path}/history?limit=200{cursor}"))?;
            for item in page["data"].as_array().ok_or_else(|| broken(&page))? {
                record.history.push(read_entry(item).ok_or_else(|| broken(item))?);
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        record.history.reverse();
        Ok(record)
    }
}

fn read_entry(item: &Value) -> Option<Entry> {
    let text = |value: &Value| value.as_str().map(str::to_owned).unwrap_or_default();
    let changes = item["changes"].as_array()?;
    Some(Entry {
        version: item["version"].as_u64()?,
        request_id: text(&item["origin"]["request_id"]),
        dialect: text(&item["origin"]["dialect"]),
        changes: changes.iter().map(|c| (text(&c["field"]), c["from"].clone(), c["to"].clone())).collect(),
    })
}

fn get(client: &mut Client, path: &str) -> Result<Value, Unreadable> {
    match client.get(path) {
        Ok(reply) if reply.status == 200 => Ok(reply.json()),
        Ok(reply) => Err(Unreadable { status: Some(reply.status), said: format!("{path}: {}", reply.text()) }),
        Err(e) => Err(Unreadable { status: None, said: format!("{path}: {e:?}") }),
    }
}
