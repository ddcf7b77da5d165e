//! Records out of bytes, however they arrive. A file is refused where it contradicts itself, with its line: what a
//! reader guesses there, nobody asked for.

/// A record: where it begins, and its cells as they were written, without their quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The line, from 1.
    pub line: u64,
    /// The cells, at least one.
    pub cells: Vec<Vec<u8>>,
}

/// Why a file was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CsvError {
    /// The file ends inside quotes.
    #[error("line {0}: a quote is opened there and never closed")]
    Unclosed(u64),
    /// Something stands between the end of a quoted cell and the next separator.
    #[error("line {0}: a quoted cell goes on after its closing quote; a quote inside one is written twice")]
    AfterQuote(u64),
    /// A record is longer than the limit.
    #[error("line {0}: the record that begins there is longer than {1} bytes")]
    TooLong(u64, usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Before the first byte of a cell.
    Start,
    /// In a cell without quotes.
    Plain,
    /// Inside quotes.
    Quoted,
    /// Past a quote that ends the cell, or is the first of two.
    Quote,
}

/// Takes bytes, gives records. It holds one record at a time.
#[derive(Debug)]
pub struct Reader {
    separator: u8,
    limit: usize,
    at: At,
    after_return: bool,
    line: u64,
    /// Where the record, and the quotes of its cell, begin.
    begins: u64,
    quoted_at: u64,
    size: usize,
    cells: Vec<Vec<u8>>,
    cell: Vec<u8>,
}

impl Reader {
    /// For a file with this byte between cells; no record has more bytes than the limit.
    pub const fn new(separator: u8, limit: usize) -> Self {
        Self {
            separator,
            limit,
            at: At::Start,
            after_return: false,
            line: 1,
            begins: 1,
            quoted_at: 1,
            size: 0,
            cells: Vec::new(),
            cell: Vec::new(),
        }
    }

    /// Takes the next bytes and adds the records that end in them. Empty lines are none.
    ///
    /// # Errors
    /// For a file that is none; those that were added before it are good.
    pub fn take(&mut self, bytes: &[u8], records: &mut Vec<Record>) -> Result<(), CsvError> {
        for byte in bytes {
            self.byte(*byte, records)?;
        }
        Ok(())
    }

    /// Adds the last record, where no line end follows it.
    ///
    /// # Errors
    /// When the file ends inside quotes.
    pub fn end(&mut self, records: &mut Vec<Record>) -> Result<(), CsvError> {
        if self.at == At::Quoted {
            return Err(CsvError::Unclosed(self.quoted_at));
        }
        self.record(records);
        Ok(())
    }

    fn byte(&mut self, byte: u8, records: &mut Vec<Record>) -> Result<(), CsvError> {
        // Each CR LF is one line end, inside quotes and out of them.
        let second = std::mem::replace(&mut self.after_return, byte == b'\r') && byte == b'\n';
        if matches!(byte, b'\r' | b'\n') && !second {
            self.line += 1;
        }
        self.size += 1;
        if self.size > self.limit {
            return Err(CsvError::TooLong(self.begins, self.limit));
        }
        match (self.at, byte) {
            (At::Quoted, b'"') => self.at = At::Quote,
            (At::Quoted, _) => self.cell.push(byte),
            (At::Quote, b'"') => {
                self.cell.push(byte);
                self.at = At::Quoted;
            }
            (At::Start, b'"') => {
                self.at = At::Quoted;
                self.quoted_at = self.line;
            }
            (_, b'\n') if second => {
                self.begins = self.line;
                self.size = 0;
            }
            (_, b'\r' | b'\n') => self.record(records),
            (_, byte) if byte == self.separator => {
                self.cells.push(std::mem::take(&mut self.cell));
                self.at = At::Start;
            }
            (At::Quote, _) => return Err(CsvError::AfterQuote(self.line)),
            (At::Start | At::Plain, _) => {
                self.cell.push(byte);
                self.at = At::Plain;
            }
        }
        Ok(())
    }

    fn record(&mut self, records: &mut Vec<Record>) {
        if self.at != At::Start || !self.cells.is_empty() {
            self.cells.push(std::mem::take(&mut self.cell));
            records.push(Record { line: self.begins, cells: std::mem::take(&mut self.cells) });
        }
        self.at = At::Start;
        self.begins = self.line;
        self.size = 0;
    }
}

/// The separator of a file by its first line: the comma, semicolon or tab of which it has most outside quotes.
pub fn separator(start: &[u8]) -> u8 {
    let (mut counts, mut quoted) = ([(b',', 0), (b';', 0), (b'\t', 0)], false);
    for byte in start {
        match byte {
            b'"' => quoted = !quoted,
            b'\r' | b'\n' if !quoted => break,
            byte if !quoted => counts.iter_mut().filter(|(known, _)| known == byte).for_each(|(_, count)| *count += 1),
            _ => {}
        }
    }
    // Of equals the first.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| separator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::{unguarded, write_line};
    use proptest::prelude::*;

    /// The records of a file that arrives in pieces of some bytes.
    fn read(file: &[u8], separator: u8, piece: usize) -> Result<Vec<(u64, Vec<String>)>, CsvError> {
        let (mut reader, mut records) = (Reader::new(separator, 64), Vec::new());
        for bytes in file.chunks(piece) {
            reader.take(bytes, &mut records)?;
        }
        reader.end(&mut records)?;
        let texts = |cells: Vec<Vec<u8>>| cells.into_iter().map(|cell| String::from_utf8(cell).unwrap()).collect();
        Ok(records.into_iter().map(|record| (record.line, texts(record.cells))).collect())
    }

    #[test]
    fn records_are_read_with_their_lines() {
        for (file, expected) in [
            ("", &[][..]),
            ("\n\r\n\r", &[]),
            ("a,b\n1,2\n", &[(1, &["a", "b"][..]), (2, &["1", "2"])]),
            ("a,b\r\n1,\r\n,2", &[(1, &["a", "b"]), (2, &["1", ""]), (3, &["", "2"])]),
            ("a\r\rb\r", &[(1, &["a"]), (3, &["b"])]),
            ("\"a\r\nb\",c\r\n\r\nd,e", &[(1, &["a\r\nb", "c"]), (4, &["d", "e"])]),
            ("\"say \"\"hi\"\"\",\"\"\n\"\"\n", &[(1, &["say \"hi\"", ""]), (2, &[""])]),
            ("a\"b\",5\" nail\n", &[(1, &["a\"b\"", "5\" nail"])]),
            ("a;b,c\n", &[(1, &["a;b", "c"])]),
        ] {
            for piece in [1, 2, 3, 100] {
                let read = read(file.as_bytes(), b',', piece).unwrap();
                let read: Vec<_> = read
                    .iter()
                    .map(|(line, cells)| (*line, cells.iter().map(String::as_str).collect::<Vec<_>>()))
                    .collect();
                let expected: Vec<_> = expected.iter().map(|(line, cells)| (*line, cells.to_vec())).collect();
                assert_eq!(read, expected, "{file:?}");
            }
        }
    }

    #[test]
    fn what_contradicts_itself_is_refused_where_it_does() {
        let long = format!("a\n{}", "x".repeat(65));
        for (file, expected) in [
            ("a\n\"b\nc\n", CsvError::Unclosed(2)),
            ("a\n\"b\" c\n", CsvError::AfterQuote(2)),
            ("a\n\"b\nc\"d", CsvError::AfterQuote(3)),
            (&long, CsvError::TooLong(2, 64)),
        ] {
            assert_eq!(read(file.as_bytes(), b',', 7), Err(expected), "{file:?}");
        }
    }

    #[test]
    fn the_separator_is_the_one_that_is_there_most() {
        for (start, expected) in [
            ("", b','),
            ("id", b','),
            ("id,name", b','),
            ("id;name;\"a,b,c\"\n1,2,3,4", b';'),
            ("id\tname", b'\t'),
            ("id,name;x", b','),
        ] {
            assert_eq!(separator(start.as_bytes()), expected, "{start}");
        }
    }

    proptest! {
        /// What is written is read, also what a spreadsheet would take for a formula.
        #[test]
        fn what_is_written_is_read(lines in prop::collection::vec(prop::collection::vec("[a'=+@＝,;\"\r\n\t-]{0,5}", 2..4), 1..4)) {
            let mut file = String::new();
            lines.iter().for_each(|cells| write_line(&mut file, cells));
            let (mut reader, mut records) = (Reader::new(b',', 1_000), Vec::new());
            reader.take(file.as_bytes(), &mut records).unwrap();
            reader.end(&mut records).unwrap();
            let text = |cell: &Vec<u8>| unguarded(std::str::from_utf8(cell).unwrap()).to_owned();
            let read: Vec<Vec<_>> = records.iter().map(|record| record.cells.iter().map(text).collect()).collect();
            prop_assert_eq!(read, lines);
        }
    }
}
