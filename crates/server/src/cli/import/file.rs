//! The rows of a file, one at a time.

use serde_json::{Map, Value};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use wire::csv::{self, Record};
use wire::json as strict;
use wire::text::{self, Charset};

use crate::cli::record::note;
use crate::cli::{Exit, Failed};

/// Longest row, in bytes.
const LONGEST: usize = 256 * 1_024;

/// Bytes that are read at once.
const PIECE: usize = 64 * 1_024;

/// What a row says, column by column, or why it cannot be taken.
pub(super) type Said = Result<Map<String, Value>, String>;

/// A file to be read, and how.
pub(super) struct Source {
    path: PathBuf,
    lines: bool,
    charset: Charset,
    separator: Option<u8>,
}

impl Source {
    /// # Errors
    /// For a file that cannot be read, and an encoding that is unknown.
    pub(super) fn open(path: &Path, encoding: Option<&str>, separator: Option<u8>) -> Result<Self, Failed> {
        let ends = |end: &str| path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(end));
        let lines = ends("jsonl") || ends("ndjson");
        let mut source = Self { path: path.to_owned(), lines, charset: Charset::Utf8, separator };
        match encoding {
            Some(label) => {
                let charset = Charset::from_label(label);
                let known = |charset: &Charset| {
                    matches!(charset, Charset::Utf8 | Charset::Ascii | Charset::Latin1 | Charset::Windows1252)
                };
                source.charset = charset.filter(known).ok_or_else(|| {
                    let text = format!("--encoding is utf-8, windows-1252 or iso-8859-1, not {label:?}");
                    Failed::new(Exit::Usage, text)
                })?;
            }
            None if !lines && !source.is_stream() && !source.is_utf8()? => {
                note(&format!(
                    "{} is not UTF-8: it is read as Windows-1252 (--encoding says another)\n",
                    source.name()
                ));
                source.charset = Charset::Windows1252;
            }
            None => {}
        }
        Ok(source)
    }

    /// The name of the file, for people.
    pub(super) fn name(&self) -> String {
        if self.is_stream() { String::from("standard input") } else { self.path.display().to_string() }
    }

    fn is_stream(&self) -> bool {
        self.path.as_os_str() == "-"
    }

    fn wrong(&self, text: impl std::fmt::Display) -> Failed {
        Failed::new(Exit::Usage, format!("{}: {text}", self.name()))
    }

    fn read(&self) -> Result<Box<dyn Read>, Failed> {
        if self.is_stream() {
            return Ok(Box::new(io::stdin().lock()));
        }
        Ok(Box::new(File::open(&self.path).map_err(|error| self.wrong(error))?))
    }

    fn is_utf8(&self) -> Result<bool, Failed> {
        let (mut file, mut piece, mut kept, mut first) = (self.read()?, vec![0; PIECE], 0, true);
        loop {
            let read = file.read(piece.get_mut(kept..).unwrap_or_default()).map_err(|error| self.wrong(error))?;
            let bytes = piece.get(..kept + read).unwrap_or_default();
            if std::mem::take(&mut first) && (bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF])) {
                return Err(self.wrong("it is UTF-16: save it as UTF-8"));
            }
            let (valid, length) = match std::str::from_utf8(bytes) {
                Ok(_) => (bytes.len(), bytes.len()),
                // The end of a piece may be in the middle of a character.
                Err(error) if error.error_len().is_none() && read > 0 => (error.valid_up_to(), bytes.len()),
                Err(_) => return Ok(false),
            };
            if read == 0 {
                return Ok(true);
            }
            piece.copy_within(valid..length, 0);
            kept = length - valid;
        }
    }

    /// Reads a file that can be read again to its end, and shows what its columns are called.
    ///
    /// # Errors
    /// For a file that is broken, with the line.
    pub(super) fn check(&self, names: &mut dyn FnMut(&[String])) -> Result<(), Failed> {
        if self.is_stream() {
            return Ok(());
        }
        if self.lines {
            return self.each_line(&mut |_, _| Ok(()));
        }
        let mut header = Vec::new();
        self.records(&mut |record| {
            if header.is_empty() {
                header = self.header(&record)?;
            }
            Ok(())
        })?;
        if header.is_empty() {
            return Err(self.wrong("there is no line that names the columns"));
        }
        names(&header);
        Ok(())
    }

    /// Hands out the rows, each with its line.
    ///
    /// # Errors
    /// As [`check`](Self::check), and what `row` refuses with.
    pub(super) fn each(&self, row: &mut dyn FnMut(u64, Said) -> Result<(), Failed>) -> Result<(), Failed> {
        if self.lines {
            return self.each_line(row);
        }
        let mut header = Vec::new();
        self.records(&mut |record| {
            if header.is_empty() {
                header = self.header(&record)?;
                return Ok(());
            }
            row(record.line, self.said(&header, &record))
        })?;
        if header.is_empty() { Err(self.wrong("there is no line that names the columns")) } else { Ok(()) }
    }

    fn header(&self, record: &Record) -> Result<Vec<String>, Failed> {
        let mut names = Vec::with_capacity(record.cells.len());
        for (at, cell) in record.cells.iter().enumerate() {
            let name = self.text(cell).map_err(|text| self.wrong(format!("line {}: {text}", record.line)))?;
            let name = name.trim().to_owned();
            if name.is_empty() {
                return Err(self.wrong(format!("line {}: column {} has no name", record.line, at + 1)));
            }
            if names.contains(&name) {
                return Err(self.wrong(format!("line {}: column {name:?} is there twice", record.line)));
            }
            names.push(name);
        }
        Ok(names)
    }

    fn said(&self, header: &[String], record: &Record) -> Said {
        if record.cells.len() != header.len() {
            return Err(format!("it has {} cells, and the first line has {}", record.cells.len(), header.len()));
        }
        let cell = |(name, cell): (&String, &Vec<u8>)| {
            let text = self.text(cell).map_err(|text| format!("{name}: {text}"))?;
            Ok((name.clone(), Value::String(csv::unguarded(&text).to_owned())))
        };
        header.iter().zip(&record.cells).map(cell).collect()
    }

    fn text(&self, bytes: &[u8]) -> Result<String, String> {
        let text = match self.charset {
            Charset::Utf8 => std::str::from_utf8(bytes)
                .map(str::to_owned)
                .map_err(|_| String::from("it is not UTF-8: say what it is, as with --encoding windows-1252"))?,
            // A mark is a character here.
            charset => text::decode(bytes, Some(charset.name())).map_err(|error| error.to_string())?.into_owned(),
        };
        text::check(&text).map_err(|error| error.to_string())?;
        Ok(text)
    }

    fn records(&self, each: &mut dyn FnMut(Record) -> Result<(), Failed>) -> Result<(), Failed> {
        let (mut file, mut piece) = (BufReader::with_capacity(PIECE, self.read()?), Vec::with_capacity(PIECE));
        // The whole first line, if it is no longer than this.
        file.by_ref().take(PIECE as u64).read_to_end(&mut piece).map_err(|error| self.wrong(error))?;
        if piece.starts_with("\u{feff}".as_bytes()) {
            piece.drain(..3);
        }
        let separator = self.separator.unwrap_or_else(|| csv::separator(&piece));
        let (mut reader, mut records) = (csv::Reader::new(separator, LONGEST), Vec::new());
        loop {
            let taken = match piece.is_empty() {
                true => reader.end(&mut records),
                false => reader.take(&piece, &mut records),
            };
            records.drain(..).try_for_each(&mut *each)?;
            taken.map_err(|error| self.wrong(error))?;
            if piece.is_empty() {
                return Ok(());
            }
            piece.clear();
            file.by_ref().take(PIECE as u64).read_to_end(&mut piece).map_err(|error| self.wrong(error))?;
        }
    }

    fn each_line(&self, row: &mut dyn FnMut(u64, Said) -> Result<(), Failed>) -> Result<(), Failed> {
        let (mut file, mut line, mut number) = (BufReader::with_capacity(PIECE, self.read()?), Vec::new(), 0);
        loop {
            line.clear();
            number += 1;
            let most = LONGEST as u64 + 1;
            if file.by_ref().take(most).read_until(b'\n', &mut line).map_err(|error| self.wrong(error))? == 0 {
                return Ok(());
            }
            if line.len() > LONGEST {
                return Err(self.wrong(format!("line {number}: it is longer than {LONGEST} bytes")));
            }
            let text = line.strip_prefix("\u{feff}".as_bytes()).filter(|_| number == 1).unwrap_or(&line);
            if text.trim_ascii().is_empty() {
                continue;
            }
            let value: Value =
                serde_json::from_slice(text).map_err(|error| self.wrong(format!("line {number}: {error}")))?;
            let Value::Object(values) = value else {
                return Err(self.wrong(format!("line {number}: a line is a JSON object")));
            };
            // What the server would not read would cost its neighbours, too.
            let said = strict::parse(text, &strict::Limits::default()).map(|_| values);
            row(number, said.map_err(|error| error.to_string()))?;
        }
    }
}

/// A value as the text of a cell: of a list an entry a line.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => Some(values.iter().map(text).collect::<Option<Vec<_>>>()?.join("\n")),
        _ => None,
    }
}

/// The records of a file that was written here, with their lines.
///
/// # Errors
/// For a file that cannot be read, or is broken.
pub(super) fn table(
    path: &Path,
    mut each: impl FnMut(u64, &Map<String, Value>) -> Result<(), Failed>,
) -> Result<(), Failed> {
    let source = Source::open(path, Some("utf-8"), Some(b','))?;
    source.check(&mut |_| {})?;
    source.each(&mut |line, said| {
        let said = said.map_err(|text| source.wrong(format!("line {line}: {text}")))?;
        each(line, &said)
    })
}
