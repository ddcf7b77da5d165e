//! An index of what customers are found by: a full-text table of trigrams (SQLite's FTS5) in a file of its own.
//!
//! The file is empty when the server starts, and filled from the records when somebody searches. It is never part of a
//! backup, needs no migration and no check, and is the same for every engine.

use domain::port;
use domain::search::{COLUMNS, texts};
use domain::tenant::Tenant;
use domain::{Error, Record};
use rusqlite::{Connection, OptionalExtension as _, params_from_iter};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Characters of a word that the index can find.
const TRIGRAM: usize = 3;

/// Rows that are looked at more closely.
const CANDIDATES: usize = 400;

/// Characters of the shortest word in which a wrong letter is forgiven.
const FORGIVEN: usize = 4;

/// See the [module](self).
#[derive(Debug)]
pub struct SearchIndex(Mutex<Connection>);

/// A customer as the index knows them.
struct Row {
    id: i64,
    texts: [String; COLUMNS],
}

impl SearchIndex {
    /// Makes a new one of the file, or one in a file without a name that goes with it.
    ///
    /// # Errors
    /// `Internal` when the file cannot be made.
    pub fn create(file: Option<&Path>) -> Result<Self, Error> {
        if let Some(file) = file
            && let Err(error) = std::fs::remove_file(file)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(Error::internal(format!("{}: {error}", file.display())));
        }
        let open = || {
            let connection = match file {
                Some(file) => Connection::open(file)?,
                None => Connection::open("")?,
            };
            // Nothing in it is worth a flush.
            connection.execute_batch(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
                 PRAGMA secure_delete = ON; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;",
            )?;
            Ok(Self(Mutex::new(connection)))
        };
        open().map_err(|error: rusqlite::Error| failed(&error))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn failed(error: &rusqlite::Error) -> Error {
    Error::internal(format!("the search index: {error}"))
}

/// The table of a tenant.
fn table(tenant: Tenant) -> String {
    format!("customers_{}", tenant.number)
}

impl port::SearchIndex for SearchIndex {
    fn clear(&self, tenant: Tenant) -> Result<(), Error> {
        let table = table(tenant);
        let made = self.lock().execute_batch(&format!(
            "DROP TABLE IF EXISTS {table};
             CREATE VIRTUAL TABLE {table} USING fts5(name, emails, phones, address, username, numbers,
                 tokenize = 'trigram remove_diacritics 1');
             INSERT INTO {table}({table}, rank) VALUES ('secure-delete', 1);"
        ));
        made.map_err(|error| failed(&error))
    }

    fn put(&self, tenant: Tenant, ids: &[i64], records: &[Record]) -> Result<(), Error> {
        let (mut connection, table) = (self.lock(), table(tenant));
        let mut put = || {
            let change = connection.transaction()?;
            {
                let mut present = change.prepare_cached(&format!(
                    "SELECT name, emails, phones, address, username, numbers FROM {table} WHERE rowid = ?1"
                ))?;
                let mut delete = change.prepare_cached(&format!("DELETE FROM {table} WHERE rowid = ?1"))?;
                let mut insert = change.prepare_cached(&format!(
                    "INSERT INTO {table}(name, emails, phones, address, username, numbers, rowid)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                ))?;
                for id in ids {
                    let record = records.iter().find(|record| record.id == *id);
                    let texts = record.map(texts).unwrap_or_default();
                    let before = present.query_row([id], |row| row_texts(row, 0)).optional()?;
                    // Most changes are of nothing that anybody is found by.
                    if before.as_ref().unwrap_or(&<[String; COLUMNS]>::default()) == &texts {
                        continue;
                    }
                    if before.is_some() {
                        delete.execute([id])?;
                    }
                    if texts.iter().any(|text| !text.is_empty()) {
                        let texts = texts.iter().map(|text| text as &dyn rusqlite::ToSql);
                        insert.execute(params_from_iter(texts.chain([id as &dyn rusqlite::ToSql])))?;
                    }
                }
            }
            change.commit()
        };
        put().map_err(|error| failed(&error))
    }

    fn find(
        &self,
        tenant: Tenant,
        words: &[String],
        searchable: [bool; COLUMNS],
        limit: usize,
    ) -> Result<Option<Vec<i64>>, Error> {
        let long: Vec<&String> = words.iter().filter(|word| word.chars().count() >= TRIGRAM).collect();
        if long.is_empty() {
            return Ok(None);
        }
        let connection = self.lock();
        let exact = long.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" AND ");
        let mut found = candidates(&connection, tenant, &exact, searchable, "rowid")?;
        found.retain(|row| words.iter().all(|word| row.score(word, searchable).is_some()));
        if found.is_empty() && long.iter().all(|word| word.chars().count() >= FORGIVEN) {
            let alike = long.iter().map(|word| format!("({})", trigrams(word))).collect::<Vec<_>>().join(" AND ");
            found = candidates(&connection, tenant, &alike, searchable, "rank")?;
            found.retain(|row| words.iter().all(|word| row.is_alike(word, searchable)));
        }
        // A score is the worst of all words': each counts.
        found.sort_by_key(|row| {
            let scores = words.iter().map(|word| row.score(word, searchable).unwrap_or(u32::MAX));
            (scores.max(), row.id)
        });
        Ok(Some(found.iter().take(limit).map(|row| row.id).collect()))
    }
}

fn row_texts(row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<[String; COLUMNS]> {
    let mut texts: [String; COLUMNS] = Default::default();
    for (at, text) in texts.iter_mut().enumerate() {
        *text = row.get(first + at)?;
    }
    Ok(texts)
}

/// The first rows that an expression of FTS5 finds, in that order.
fn candidates(
    connection: &Connection,
    tenant: Tenant,
    expression: &str,
    searchable: [bool; COLUMNS],
    order: &str,
) -> Result<Vec<Row>, Error> {
    const NAMES: [&str; COLUMNS] = ["name", "emails", "phones", "address", "username", "numbers"];
    let seen: Vec<&str> = NAMES.iter().zip(searchable).filter(|(_, seen)| *seen).map(|(name, _)| *name).collect();
    if seen.is_empty() {
        return Ok(Vec::new());
    }
    let table = table(tenant);
    let find = || {
        let mut rows = connection.prepare_cached(&format!(
            "SELECT rowid, name, emails, phones, address, username, numbers FROM {table}
             WHERE {table} MATCH ?1 ORDER BY {order} LIMIT {CANDIDATES}"
        ))?;
        let expression = format!("{{{}}} : ({expression})", seen.join(" "));
        let rows = rows.query_map([expression], |row| Ok(Row { id: row.get(0)?, texts: row_texts(row, 1)? }))?;
        rows.collect::<rusqlite::Result<Vec<Row>>>()
    };
    find().map_err(|error| failed(&error))
}

/// A word as a phrase of FTS5: that text, wherever it stands.
fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('"', "\"\""))
}

/// Any three letters in a row of a word.
fn trigrams(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    letters.windows(TRIGRAM).map(|three| quoted(&three.iter().collect::<String>())).collect::<Vec<_>>().join(" OR ")
}

impl Row {
    fn seen(&self, searchable: [bool; COLUMNS]) -> impl Iterator<Item = (u32, &String)> {
        (0..).zip(&self.texts).zip(searchable).filter(|(_, seen)| *seen).map(|(text, _)| text)
    }

    /// How well a word is found: the smaller the better; a whole word before the start of one before a part, and names
    /// before all else.
    fn score(&self, word: &str, searchable: [bool; COLUMNS]) -> Option<u32> {
        let plain = without_marks(word);
        let score = |(column, text): (u32, &String)| {
            let text = without_marks(text);
            let mut parts = text.split(|c: char| !c.is_alphanumeric());
            let how = match () {
                () if parts.clone().any(|part| part == plain) || text.split(' ').any(|part| part == plain) => 0,
                () if parts.any(|part| part.starts_with(&plain)) => 1,
                () if text.contains(&plain) => 2,
                () => return None,
            };
            Some(how * COLUMNS as u32 + column)
        };
        self.seen(searchable).filter_map(score).min()
    }

    /// Whether some word of it is nearly that word: one letter wrong, missing, too many or changed with its neighbour; of
    /// eight letters on two.
    fn is_alike(&self, word: &str, searchable: [bool; COLUMNS]) -> bool {
        let plain = without_marks(word);
        let most = if plain.chars().count() < 2 * FORGIVEN { 1 } else { 2 };
        self.seen(searchable).any(|(_, text)| {
            let text = without_marks(text);
            text.split(|c: char| !c.is_alphanumeric()).any(|part| strsim::osa_distance(part, &plain) <= most)
        })
    }
}

/// Letters without what stands above and below them, as the index has them.
fn without_marks(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    unicode_normalization::UnicodeNormalization::nfd(text)
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::port::SearchIndex as _;
    use domain::search::{searchable, words};
    use domain::{Field, Kind, Part, Value};

    fn customer(id: i64, name: &str, email: &str, phone: &str) -> Record {
        let mut record = Record::new(Kind::Customer, Part::GLOBAL, id);
        record.set(Field::Name, Some(name.into())).unwrap();
        let emails = Some(email.to_owned()).filter(|email| !email.is_empty()).into_iter().collect();
        record.set(Field::Emails, Some(Value::Texts(emails))).unwrap();
        record.set(Field::Phone, Some(phone.into())).unwrap();
        record
    }

    fn filled(file: Option<&Path>) -> SearchIndex {
        let index = SearchIndex::create(file).unwrap();
        let people = [
            customer(1, "Ada Byron", "ada@example.com", "+47 22 55 66"),
            customer(2, "Bo Åsheim", "bo.aasheim@example.org", "021-555"),
            customer(3, "Johannes Lovelace", "jl@example.com", ""),
            customer(4, "Maria Johansen", "\"odd\"@example.com", "999"),
        ];
        index.clear(Tenant::DEFAULT).unwrap();
        index.put(Tenant::DEFAULT, &[1, 2, 3, 4], &people).unwrap();
        index
    }

    fn found(index: &SearchIndex, search: &str, masked: &[Field]) -> Option<Vec<i64>> {
        index.find(Tenant::DEFAULT, &words(search), searchable(masked), 10).unwrap()
    }

    #[test]
    fn words_are_found_where_they_start_inside_and_misspelt() {
        let index = filled(None);
        for (search, expected) in [
            ("byron", vec![1]),
            ("yro", vec![1]),
            ("ADA byr", vec![1]),
            ("ada lovelace", vec![]),
            ("example.com", vec![1, 3, 4]),
            ("johan", vec![3, 4]),
            ("asheim", vec![2]),
            ("Åsheim", vec![2]),
            ("225566", vec![1]),
            ("021 555", vec![2]),
            ("byrn", vec![1]),
            ("lovelaec", vec![3]),
            ("johanes", vec![3]),
            ("\"odd\"", vec![4]),
            ("name:ada", vec![]),
            ("ada OR bo", vec![]),
            ("zzz", vec![]),
        ] {
            assert_eq!(found(&index, search, &[]), Some(expected), "{search}");
        }
        assert_eq!(found(&index, "bo", &[]), None, "too short for it");
        assert_eq!(found(&index, "bo asheim", &[]), Some(vec![2]));
        assert_eq!(found(&index, "example.com", &[Field::Emails]), Some(vec![]));
        assert_eq!(found(&index, "byron", &[Field::Emails, Field::LastName]), Some(vec![]));
    }

    #[test]
    fn what_changes_is_found_as_it_is_now_and_each_tenant_has_its_own() {
        let index = filled(None);
        let other = Tenant { number: 7, ..Tenant::DEFAULT };
        index.clear(other).unwrap();
        assert_eq!(index.find(other, &words("byron"), [true; COLUMNS], 10).unwrap(), Some(vec![]));
        index.put(Tenant::DEFAULT, &[1, 9], &[customer(1, "Ada King", "", "")]).unwrap();
        assert_eq!((found(&index, "byron", &[]), found(&index, "king", &[])), (Some(vec![]), Some(vec![1])));
        index.clear(Tenant::DEFAULT).unwrap();
        assert_eq!(found(&index, "king", &[]), Some(vec![]));
    }

    #[test]
    fn of_whom_was_erased_nothing_is_left_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("search.db");
        std::fs::write(&file, "from before").unwrap();
        let index = SearchIndex::create(Some(&file)).unwrap();
        index.clear(Tenant::DEFAULT).unwrap();
        let person = |id| customer(id, &format!("Canary{id} Fjord"), "canary@example.com", "");
        let people: Vec<Record> = (1..300).map(person).collect();
        let ids: Vec<i64> = people.iter().map(|record| record.id).collect();
        index.put(Tenant::DEFAULT, &ids, &people).unwrap();
        let holds = || {
            let bytes = std::fs::read(&file).unwrap();
            [&b"canary"[..], b"fjord", b"can", b"fjo"].iter().any(|word| bytes.windows(word.len()).any(|w| w == *word))
        };
        assert!(holds(), "the test looks in the right place");
        index.put(Tenant::DEFAULT, &ids, &[]).unwrap();
        assert!(!holds());
        assert_eq!(found(&index, "canary", &[]), Some(vec![]));
    }
}
