//! Times as text: RFC 3339.

use domain::{Field, Shape, Time};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// RFC 3339 in UTC with as many decimals as it takes; a time beyond the years it can tell is the nearest it can.
pub fn rfc3339(time: Time) -> String {
    let nearest = if time.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_microsecond(time.0).unwrap_or(nearest).to_string()
}

/// Whether the field is a moment, which is kept as a number.
pub fn is_time(field: Field) -> bool {
    field.shape() == Shape::Time || matches!(field, Field::CreatedAt | Field::UpdatedAt)
}

/// Reads a time with its distance from UTC, or a date, which is its first moment in UTC.
pub fn read(text: &str) -> Option<Time> {
    let time = match text.len() {
        10 => text
            .parse::<Date>()
            .ok()
            .and_then(|date| date.to_zoned(TimeZone::UTC).ok())
            .map(|zoned: Zoned| zoned.timestamp()),
        _ => text.parse::<Timestamp>().ok(),
    };
    time.map(|time| Time(time.as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_decimals_they_need() {
        for (microseconds, text) in [
            (1_795_348_800_000_000, "2026-11-22T12:00:00Z"),
            (1_795_348_800_120_000, "2026-11-22T12:00:00.12Z"),
            (1_795_348_800_000_001, "2026-11-22T12:00:00.000001Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (i64::MAX, "9999-12-30T22:00:00.999999999Z"),
        ] {
            assert_eq!(rfc3339(Time(microseconds)), text);
        }
    }

    #[test]
    fn a_date_is_its_first_moment() {
        for (text, read_as) in [
            ("2026-11-22", Some(1_795_305_600_000_000)),
            ("2026-11-22T12:00:00Z", Some(1_795_348_800_000_000)),
            ("2026-11-22T13:00:00.000001+01:00", Some(1_795_348_800_000_001)),
            ("2026-02-30", None),
            ("2026-11-22T12:00:00", None),
            ("now", None),
            ("客户 客户", None),
            ("", None),
        ] {
            assert_eq!(read(text), read_as.map(Time), "{text}");
        }
    }
}
