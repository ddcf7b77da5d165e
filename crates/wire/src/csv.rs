//! Cells of comma-separated values (RFC 4180) that no spreadsheet takes for a formula.

mod read;

pub use read::{CsvError, Reader, Record, separator};

/// What a formula begins with, in half and in full width.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// Appends a line of cells.
pub fn write_line<T: AsRef<str>>(out: &mut String, cells: impl IntoIterator<Item = T>) {
    for (at, text) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        append(out, text.as_ref());
    }
    out.push_str("\r\n");
}

/// Whether a spreadsheet would take a text for a formula, without the apostrophes before it.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// What a cell held before [`write_line`] guarded it: without the apostrophe before a formula.
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| is_formula(text)).unwrap_or(cell)
}

/// A text that a spreadsheet would take for a formula has an apostrophe before it, which shows that it is text; and so has
/// one that looks as if it had, so that each text can be told from its cell.
fn append(out: &mut String, text: &str) {
    let guard = if is_formula(text) { "'" } else { "" };
    if text.contains([',', ';', '"', '\r', '\n']) {
        out.extend(["\"", guard, &text.replace('"', "\"\""), "\""]);
    } else {
        out.extend([guard, text]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (text, expected) in [
            ("", ""),
            ("a", "a"),
            ("a,b", "\"a,b\""),
            ("a;b", "\"a;b\""),
            ("say \"hi\"\n", "\"say \"\"hi\"\"\n\""),
            ("=1+1", "'=1+1"),
            ("+4712345678", "'+4712345678"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-1", "'-1"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            ("＝1", "'＝1"),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("1-1", "1-1"),
            ("'=1", "''=1"),
            ("''+1", "'''+1"),
            ("'tis", "'tis"),
            ("'", "'"),
        ] {
            let mut line = String::new();
            write_line(&mut line, [text]);
            assert_eq!(line, format!("{expected}\r\n"), "{text:?}");
            let cell = line.trim_end_matches("\r\n");
            let cell =
                cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')).unwrap_or(cell).replace("\"\"", "\"");
            assert_eq!(unguarded(&cell), text);
        }
        let mut line = String::new();
        write_line(&mut line, ["a", "", "b"]);
        assert_eq!(line, "a,,b\r\n");
    }
}
