//! Times as the vendor writes them: `yyyy-mm-dd hh-mm-ss.xxx`, in UTC.

use domain::Time;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The documented form, with hyphens in the time too.
pub(in super::super) fn written(time: Time) -> String {
    let nearest = if time.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
    let at = Timestamp::from_microsecond(time.0).unwrap_or(nearest).to_zoned(TimeZone::UTC);
    at.strftime("%Y-%m-%d %H-%M-%S.%3f").to_string()
}

/// Reads it with hyphens or colons, with or without the time's smaller parts, and with `T` between the two.
pub(in super::super) fn read(text: &str) -> Option<Time> {
    let (date, time) = text.trim().split_once([' ', 'T']).unwrap_or((text.trim(), ""));
    let time = time.replace('-', ":");
    let time = match time.len() {
        0 => "00:00:00".to_owned(),
        5 => format!("{time}:00"),
        _ => time,
    };
    let at: DateTime = format!("{date}T{time}").parse().ok()?;
    let at = at.to_zoned(TimeZone::UTC).ok()?;
    Some(Time(at.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let noon = Time(1_795_348_800_123_000);
        assert_eq!(written(noon), "2026-11-22 12-00-00.123");
        for text in ["2026-11-22 12-00-00.123", "2026-11-22 12:00:00.123", "2026-11-22T12:00:00.123"] {
            assert_eq!(read(text), Some(noon), "{text}");
        }
        assert_eq!(read("2026-11-22 12:00"), Some(Time(1_795_348_800_000_000)));
        assert_eq!(read("2026-11-22"), Some(Time(1_795_305_600_000_000)));
        for text in ["", "now", "2026-02-30", "2026-11-22 25:00:00", "22.11.2026", "2026-11-22 12:00:00Z"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
