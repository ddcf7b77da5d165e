//! An index of what customers are found by: their texts in blocks of 64 customers, in a file of its own that is read from
//! front to back.
//!
//! The file is empty when the server starts, and filled from the records when somebody searches. It is never part of a
//! backup, needs no migration and no check, and is the same for every engine.

mod alike;
mod block;

use alike::Misspelt;
use block::{Line, parts, plain};
use domain::port::{self, Found};
use domain::search::{COLUMNS, texts};
use domain::tenant::Tenant;
use domain::{Error, Record};
use memchr::memmem::Finder;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Customers that hold the words and are compared with each other; who comes after so many is not looked at.
const CANDIDATES: usize = 5_000;

/// See the [module](self).
#[derive(Debug)]
pub struct SearchIndex(Mutex<Connection>);

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
            // A page holds a block, so that it is read without being copied. Nothing in the file is worth a flush.
            connection.execute_batch(
                "PRAGMA page_size = 16384; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;
                 PRAGMA locking_mode = EXCLUSIVE; PRAGMA secure_delete = ON; PRAGMA cache_size = -1024;",
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

impl port::SearchIndex for SearchIndex {
    fn clear(&self, tenant: Tenant) -> Result<(), Error> {
        let number = tenant.number;
        let made = self.lock().execute_batch(&format!(
            "DROP TABLE IF EXISTS lines_{number}; DROP TABLE IF EXISTS words_{number};
             CREATE TABLE lines_{number} (block INTEGER PRIMARY KEY, lines TEXT NOT NULL);
             CREATE TABLE words_{number} (block INTEGER PRIMARY KEY, words BLOB NOT NULL);"
        ));
        made.map_err(|error| failed(&error))
    }

    fn put(&self, tenant: Tenant, ids: &[i64], records: &[Record]) -> Result<(), Error> {
        let mut blocks: BTreeMap<i64, BTreeMap<i64, Option<String>>> = BTreeMap::new();
        for id in ids {
            blocks.entry(id.div_euclid(block::IDS)).or_default().insert(*id, None);
        }
        for record in records {
            let texts = Some(texts(record)).filter(|texts| texts.iter().any(|text| !text.is_empty()));
            if let Some(line) =
                blocks.get_mut(&record.id.div_euclid(block::IDS)).and_then(|ids| ids.get_mut(&record.id))
            {
                *line = texts.map(|texts| block::line(record.id, &texts));
            }
        }
        let (mut connection, number) = (self.lock(), tenant.number);
        let put = || {
            let change = connection.transaction()?;
            for (block, new) in blocks {
                let mut before =
                    change.prepare_cached(&format!("SELECT lines FROM lines_{number} WHERE block = ?1"))?;
                let before: String = before.query_row([block], |row| row.get(0)).optional()?.unwrap_or_default();
                let kept = before.split_inclusive('\n').filter_map(|line| Some((Line::read(line)?.id, line)));
                let mut lines: BTreeMap<i64, &str> = kept.filter(|(id, _)| !new.contains_key(id)).collect();
                lines.extend(new.iter().filter_map(|(id, line)| Some((*id, line.as_deref()?))));
                let after: String = lines.into_values().collect();
                // Most changes are of nothing that anybody is found by.
                if after == before {
                    continue;
                }
                let put_lines = format!("INSERT OR REPLACE INTO lines_{number} VALUES (?1, ?2)");
                let put_words = format!("INSERT OR REPLACE INTO words_{number} VALUES (?1, ?2)");
                change.prepare_cached(&put_lines)?.execute(params![block, after])?;
                change.prepare_cached(&put_words)?.execute(params![block, block::dictionary(&after)])?;
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
    ) -> Result<Found, Error> {
        let words: Vec<String> = words.iter().map(|word| plain(word)).filter(|word| !word.is_empty()).collect();
        let connection = self.lock();
        let mut found = exact(&connection, tenant, &words, searchable).map_err(|error| failed(&error))?;
        if found.is_empty() {
            found = alike(&connection, tenant, &words, searchable).map_err(|error| failed(&error))?;
        }
        drop(connection);
        found.sort_unstable();
        let more = found.len() > limit.min(CANDIDATES - 1);
        Ok(Found { ranked: found.into_iter().take(limit).map(|(score, id)| (score.into(), id)).collect(), more })
    }
}

/// The lines with one of these words in them.
fn lines_with<'a>(lines: &'a str, words: &[Finder<'_>]) -> Vec<&'a str> {
    let places = words.iter().flat_map(|word| word.find_iter(lines.as_bytes()));
    let start = |place| lines.get(..place).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let mut starts: Vec<usize> = places.map(start).collect();
    starts.sort_unstable();
    starts.dedup();
    starts.into_iter().filter_map(|start| lines.get(start..)?.lines().next()).collect()
}

/// Customers that hold all words, each with how well: as well as the worst of the words.
fn exact(
    connection: &Connection,
    tenant: Tenant,
    words: &[String],
    searchable: [bool; COLUMNS],
) -> rusqlite::Result<Vec<(u32, i64)>> {
    let mut found = Vec::new();
    // The longest is likely the rarest.
    let mut finders: Vec<Finder<'_>> = words.iter().map(Finder::new).collect();
    finders.sort_by_key(|finder| std::cmp::Reverse(finder.needle().len()));
    let Some((first, others)) = finders.split_first() else { return Ok(found) };
    let mut blocks = connection.prepare_cached(&format!("SELECT lines FROM lines_{} ORDER BY block", tenant.number))?;
    let mut rows = blocks.query([])?;
    while let Some(row) = rows.next()? {
        for line in lines_with(row.get_ref(0)?.as_str()?, std::slice::from_ref(first)) {
            if !others.iter().all(|finder| finder.find(line.as_bytes()).is_some()) {
                continue;
            }
            let Some(line) = Line::read(line) else { continue };
            let worse = |worst: u32, word: &String| Some(worst.max(line.score(word, searchable)?));
            if let Some(worst) = words.iter().try_fold(0, worse) {
                found.push((worst, line.id));
            }
        }
        if found.len() >= CANDIDATES {
            break;
        }
    }
    Ok(found)
}

/// Customers that hold what the words may have been meant to be, each with how many letters are wrong.
fn alike(
    connection: &Connection,
    tenant: Tenant,
    words: &[String],
    searchable: [bool; COLUMNS],
) -> rusqlite::Result<Vec<(u32, i64)>> {
    let mut found = Vec::new();
    let (mut misspelt, mut certain) = (Vec::new(), Vec::new());
    for word in words.iter().flat_map(|word| parts(word)) {
        match Misspelt::of(word) {
            Some(word) => misspelt.push(word),
            None => certain.push(word),
        }
    }
    if misspelt.is_empty() {
        return Ok(found);
    }
    let number = tenant.number;
    let mut blocks = connection.prepare_cached(&format!("SELECT block, words FROM words_{number} ORDER BY block"))?;
    let mut lines = connection.prepare_cached(&format!("SELECT lines FROM lines_{number} WHERE block = ?1"))?;
    let mut rows = blocks.query([])?;
    while let Some(row) = rows.next()? {
        let dictionary = row.get_ref(1)?.as_blob()?;
        // For each word those here that it may have been meant to be.
        let meant = misspelt.iter().map(|misspelt| misspelt.among(block::words(dictionary)));
        let meant: Vec<Vec<(u32, &str)>> = meant.take_while(|meant| !meant.is_empty()).collect();
        if meant.len() < misspelt.len() {
            continue;
        }
        let finders = meant.iter().map(|meant| meant.iter().map(|(_, word)| Finder::new(word)).collect());
        let mut finders: Vec<Vec<Finder<'_>>> = finders.collect();
        // Few words, and long ones, are likely in few lines.
        finders
            .sort_by_key(|words| (words.len(), std::cmp::Reverse(words.iter().map(|word| word.needle().len()).min())));
        let Some((first, others)) = finders.split_first() else { continue };
        let mut here = lines.query([row.get::<_, i64>(0)?])?;
        let Some(here) = here.next()? else { continue };
        for line in lines_with(here.get_ref(0)?.as_str()?, first) {
            let holds = |words: &Vec<Finder<'_>>| words.iter().any(|word| word.find(line.as_bytes()).is_some());
            if !others.iter().all(holds) {
                continue;
            }
            let Some(line) = Line::read(line) else { continue };
            let nearest = |meant: &Vec<(u32, &str)>| {
                let column = |word| {
                    line.seen(searchable).find(|(_, text)| text.contains(word) && parts(text).any(|part| part == word))
                };
                let scores = meant.iter().filter_map(|(wrong, word)| Some(wrong * COLUMNS as u32 + column(*word)?.0));
                scores.min()
            };
            if let Some(score) = meant.iter().map(nearest).sum::<Option<u32>>()
                && certain.iter().all(|word| line.score(word, searchable).is_some())
            {
                found.push((score, line.id));
            }
        }
        if found.len() >= CANDIDATES {
            break;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::port::SearchIndex as _;
    use domain::search::{searchable, words};
    use domain::{Field, Kind, Part, Value};

    const NOBODY: [i64; 0] = [];

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

    fn found(index: &SearchIndex, search: &str, masked: &[Field]) -> Vec<i64> {
        let found = index.find(Tenant::DEFAULT, &words(search), searchable(masked), 10).unwrap();
        assert!(!found.more && found.ranked.is_sorted());
        found.ranked.into_iter().map(|(_, id)| id).collect()
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
            ("bo", vec![2]),
            ("b", vec![1, 2]),
            ("maria johanesn", vec![4]),
            ("ma johanesn", vec![4]),
            ("bo johanesn", vec![]),
            ("lovelaec@exampel", vec![3]),
            ("asheim@exampel", vec![2]),
            ("\u{301}", vec![]),
            ("1", vec![2]),
            ("225567", vec![]),
            ("name:ada", vec![]),
            ("ada OR bo", vec![]),
            ("zzz", vec![]),
        ] {
            assert_eq!(found(&index, search, &[]), expected, "{search}");
        }
        assert_eq!(found(&index, "bo asheim", &[]), vec![2]);
        assert_eq!(found(&index, "example.com", &[Field::Emails]), NOBODY);
        assert_eq!(found(&index, "byron", &[Field::Emails, Field::LastName]), NOBODY);
    }

    #[test]
    fn what_changes_is_found_as_it_is_now_and_each_tenant_has_its_own() {
        let index = filled(None);
        let other = Tenant { number: 7, ..Tenant::DEFAULT };
        index.clear(other).unwrap();
        assert_eq!(index.find(other, &words("byron"), [true; COLUMNS], 10).unwrap(), Found::default());
        index.put(Tenant::DEFAULT, &[1, 9], &[customer(1, "Ada King", "", "")]).unwrap();
        assert_eq!((found(&index, "byron", &[]), found(&index, "king", &[])), (vec![], vec![1]));
        index.clear(Tenant::DEFAULT).unwrap();
        assert_eq!(found(&index, "king", &[]), NOBODY);
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
        assert_eq!(found(&index, "canary", &[]), NOBODY);
    }
}
