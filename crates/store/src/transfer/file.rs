//! A backup: one JSON document a line. The first says what it is, the last how much there is and the SHA-256 of all lines
//! before it; between them is a line for each row of the store. Compress it as you like.

use domain::change::Origin;
use domain::record::Part;
use domain::{Change, Kind, Record, Time};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::io::{BufRead, BufWriter, Read as _, Write};

use super::item::{Counts, Item, Key};
use super::{Result, See, TransferError};
use crate::ledger::StoredChange;
use crate::table::read_record;
use crate::{codec, seal};

/// The version of the format. What is read is this one.
const FORMAT: u64 = 1;

/// The longest line, in bytes: some times the longest record.
const MAX_LINE: u64 = 64 << 20;

pub(super) struct Writer<W: Write> {
    into: BufWriter<W>,
    hash: Sha256,
}

impl<W: Write> Writer<W> {
    pub(super) fn start(into: W) -> Result<Self> {
        let mut writer = Self { into: BufWriter::with_capacity(1 << 16, into), hash: Sha256::new() };
        writer.line(&json!({ "samerow": "backup", "format": FORMAT, "release": env!("CARGO_PKG_VERSION") }))?;
        Ok(writer)
    }

    pub(super) fn put(&mut self, item: &Item) -> Result<()> {
        let line = match item {
            Item::Record(record) => {
                let body = codec::write_values(&record.values).map_err(|error| damaged(&error))?;
                json!({
                    "record": record.kind.name(),
                    "numbers": seal::numbers(record),
                    "updated_by": record.updated_by,
                    "checksum": seal::checksum(record, &body),
                    "body": body,
                })
            }
            Item::Key(key) => json!({ "key": [key.part, key.space, key.value, key.owner_part, key.owner_id] }),
            Item::Counter(part, kind, next) => json!({ "counter": [part, kind, next] }),
            Item::Change(stored) => {
                let change = &stored.change;
                let origin = &change.origin;
                json!({
                    "change": change.kind.name(),
                    "numbers": [change.part.0, change.number, change.previous, change.id,
                        change.version.cast_signed(), change.at.0],
                    "origin": [origin.dialect, origin.operation, origin.credential, origin.client, origin.request_id],
                    "operation_id": hexadecimal(&change.operation_id),
                    "fields": stored.fields,
                    "salt": stored.salt.map(|salt| hexadecimal(&salt)),
                    "digest": hexadecimal(&stored.digest),
                    "link": hexadecimal(&stored.link),
                })
            }
            Item::Chunk((kind, part, id), number, bytes, checksum) => json!({
                "chunk": kind.name(),
                "numbers": [part.0, id, number, checksum],
                "bytes": hexadecimal(bytes),
            }),
        };
        self.line(&line)
    }

    /// Says how much there was; without this it is no backup.
    pub(super) fn finish(mut self, counts: &Counts) -> Result<()> {
        let hash = std::mem::take(&mut self.hash);
        let end = [counts.records, counts.keys, counts.counters, counts.changes, counts.chunks];
        self.line(&json!({ "end": end, "sha256": hexadecimal(&hash.finalize()) }))?;
        Ok(self.into.flush()?)
    }

    fn line(&mut self, line: &Value) -> Result<()> {
        let line = format!("{line}\n");
        self.hash.update(&line);
        Ok(self.into.write_all(line.as_bytes())?)
    }
}

/// Reads a backup, and proves that it came to its end.
pub(super) fn read(mut from: impl BufRead, see: See<'_>) -> Result<()> {
    let (mut line, mut hash, mut number, mut counts) = (Vec::new(), Sha256::new(), 0_u64, Counts::default());
    loop {
        line.clear();
        number += 1;
        from.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)?;
        let at = |why: &str| TransferError::Damaged(format!("line {number} of the backup: {why}"));
        if line.last() != Some(&b'\n') {
            return Err(at("it ends before its end: it is not whole"));
        }
        let value: Value = serde_json::from_slice(&line).map_err(|error| at(&error.to_string()))?;
        if number == 1 {
            match (value["samerow"].as_str(), value["format"].as_u64()) {
                (Some("backup"), Some(FORMAT)) => {}
                (Some("backup"), Some(format)) => {
                    return Err(at(&format!("it is of format {format}, this release reads {FORMAT}")));
                }
                _ => return Err(at("it is no backup")),
            }
        } else if let Some(end) = value.get("end") {
            let found = json!([counts.records, counts.keys, counts.counters, counts.changes, counts.chunks]);
            if *end != found {
                return Err(at(&format!("{end} rows were written, {found} are there")));
            }
            if value["sha256"].as_str() != Some(&hexadecimal(&hash.finalize())) {
                return Err(at("the SHA-256 of the lines before it is another one"));
            }
            return Ok(());
        } else {
            let item = item(&value).ok_or_else(|| at("it is no row of a store"))?.map_err(|why| at(&why))?;
            match &item {
                Item::Record(_) => counts.records += 1,
                Item::Key(_) => counts.keys += 1,
                Item::Counter(..) => counts.counters += 1,
                Item::Change(_) => counts.changes += 1,
                Item::Chunk(..) => counts.chunks += 1,
            }
            see(item)?;
        }
        hash.update(&line);
    }
}

/// `None` for what is no row; the sentence of what is wrong with one.
fn item(value: &Value) -> Option<std::result::Result<Item, String>> {
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    let number = |name: &str, at: usize| value[name][at].as_i64();
    if let Some(kind) = value["record"].as_str() {
        let (kind, numbers) = (Kind::named(kind)?, [0, 1, 2, 3, 4, 5].map(|at| number("numbers", at)));
        let [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f)] = numbers else { return None };
        let body = text("body")?;
        let record: std::result::Result<Record, String> =
            read_record(kind, [a, b, c, d, e, f], text("updated_by")?, &body, value["checksum"].as_i64()?);
        return Some(record.map(Item::Record));
    }
    if value.get("key").is_some() {
        let key = Key {
            part: number("key", 0)?,
            space: number("key", 1)?,
            value: value["key"][2].as_str()?.to_owned(),
            owner_part: number("key", 3)?,
            owner_id: number("key", 4)?,
        };
        return Some(Ok(Item::Key(key)));
    }
    if value.get("counter").is_some() {
        let kind = Kind::named(value["counter"][1].as_str()?)?.name().to_owned();
        return Some(Ok(Item::Counter(number("counter", 0)?, kind, number("counter", 2)?)));
    }
    if let Some(kind) = value["chunk"].as_str() {
        let place = (Kind::named(kind)?, Part(number("numbers", 0)?), number("numbers", 1)?);
        let bytes = bytes(value["bytes"].as_str()?)?;
        return Some(Ok(Item::Chunk(place, number("numbers", 2)?, bytes, number("numbers", 3)?)));
    }
    let origin = |at: usize| value["origin"][at].as_str().map(str::to_owned);
    let fields = text("fields");
    let change = Change {
        kind: Kind::named(value["change"].as_str()?)?,
        part: Part(number("numbers", 0)?),
        number: number("numbers", 1)?,
        previous: number("numbers", 2)?,
        id: number("numbers", 3)?,
        version: number("numbers", 4)?.cast_unsigned(),
        at: Time(number("numbers", 5)?),
        origin: Origin {
            dialect: origin(0)?,
            operation: origin(1)?,
            credential: origin(2)?,
            client: origin(3)?,
            request_id: origin(4)?,
        },
        operation_id: bytes(value["operation_id"].as_str()?)?.try_into().ok()?,
        fields: match fields.as_deref().map(codec::read_fields).transpose() {
            Ok(fields) => fields.unwrap_or_default(),
            Err(error) => return Some(Err(error.to_string())),
        },
    };
    let salt = match value["salt"].as_str() {
        Some(salt) => Some(bytes(salt)?.try_into().ok()?),
        None => None,
    };
    let link = |name: &str| bytes(value[name].as_str()?)?.try_into().ok();
    let stored = StoredChange { change, fields, salt, digest: link("digest")?, link: link("link")? };
    Some(Ok(Item::Change(Box::new(stored))))
}

fn hexadecimal(bytes: &[u8]) -> String {
    domain::attachment::hexadecimal(bytes)
}

fn bytes(hexadecimal: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = hexadecimal.as_bytes().as_chunks::<2>();
    let pair = |[high, low]: &[u8; 2]| Some(digit(high)? << 4 | digit(low)?);
    if rest.is_empty() { pairs.iter().map(pair).collect() } else { None }
}

fn damaged(error: &dyn std::fmt::Display) -> TransferError {
    TransferError::Damaged(error.to_string())
}
