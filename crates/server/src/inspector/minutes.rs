//! How each dialect fared, minute by minute.

use domain::Time;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// Minutes of which it is known how each dialect fared.
pub const MINUTES: usize = 60;

/// How a dialect fared in a minute, or in a quarter of an hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Minute {
    /// The minute, or quarter of an hour, since 1970.
    pub at: i64,
    /// Calls.
    pub calls: u64,
    /// Those of them that were refused or failed.
    pub errors: u64,
    /// Those of them that the inspector did not keep, because there were too many.
    pub left_out: u64,
    /// Calls by how long they took: the place is the number of bits of the microseconds.
    pub took: [u32; 32],
}

/// Quarters of an hour of which the same is known: a day.
pub const QUARTERS: usize = 96;

/// The last minutes, or quarters of an hour, of each dialect.
#[derive(Debug)]
pub(super) struct Minutes {
    /// How long one is, in seconds.
    length: i64,
    most: usize,
    dialects: BTreeMap<&'static str, VecDeque<Minute>>,
}

impl Default for Minutes {
    fn default() -> Self {
        Self { length: 60, most: MINUTES, dialects: BTreeMap::new() }
    }
}

impl Minutes {
    pub(super) fn quarters() -> Self {
        Self { length: 900, most: QUARTERS, ..Self::default() }
    }

    pub(super) fn count(&mut self, dialect: &'static str, at: Time, took: Duration, is_error: bool, left_out: bool) {
        let now = self.number(at);
        let minutes = self.dialects.entry(dialect).or_default();
        if minutes.back().is_none_or(|last| last.at < now) {
            if minutes.len() == self.most {
                minutes.pop_front();
            }
            minutes.push_back(Minute { at: now, ..Minute::default() });
        }
        let Some(minute) = minutes.back_mut() else { return };
        minute.calls += 1;
        minute.errors += u64::from(is_error);
        minute.left_out += u64::from(left_out);
        let micros = u32::try_from(took.as_micros()).unwrap_or(u32::MAX);
        let bits = (u32::BITS - micros.leading_zeros()).min(31) as usize;
        if let Some(count) = minute.took.get_mut(bits) {
            *count += 1;
        }
    }

    /// Those of the last hour, or day, that had calls, oldest first.
    pub(super) fn until(&self, now: Time) -> Vec<(&'static str, Vec<Minute>)> {
        let first = self.number(now) - self.most as i64;
        let recent = |minutes: &VecDeque<Minute>| minutes.iter().filter(|minute| minute.at > first).cloned().collect();
        self.dialects.iter().map(|(dialect, minutes)| (*dialect, recent(minutes))).collect()
    }

    fn number(&self, time: Time) -> i64 {
        time.seconds().div_euclid(self.length)
    }
}

/// The time that this part of the calls took at most, in microseconds, to a factor of two; 0 of none.
pub fn quantile(minutes: &[Minute], part: f64) -> u64 {
    let mut sums = [0_u64; 32];
    for minute in minutes {
        for (sum, count) in sums.iter_mut().zip(minute.took) {
            *sum += u64::from(count);
        }
    }
    let all: u64 = sums.iter().sum();
    let mut left = (all as f64 * part).ceil() as u64;
    for (bits, count) in sums.iter().enumerate() {
        if *count >= left && left > 0 {
            return 1 << bits;
        }
        left = left.saturating_sub(*count);
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_where_that_part_is_reached() {
        let mut minute = Minute { at: 1, calls: 100, ..Minute::default() };
        minute.took[5] = 98;
        minute.took[12] = 2;
        assert_eq!((quantile(&[minute.clone()], 0.5), quantile(&[minute], 0.99)), (32, 4_096));
        assert_eq!(quantile(&[], 0.5), 0);
    }

    #[test]
    fn an_hour_is_kept() {
        let mut minutes = Minutes::default();
        for at in 0..100 {
            minutes.count("native", Time(at * 60_000_000), Duration::from_micros(700), at == 99, at == 99);
        }
        let told = minutes.until(Time(99 * 60_000_000));
        assert_eq!((told[0].0, told[0].1.len(), told[0].1[0].at), ("native", MINUTES, 40));
        let last = &told[0].1[MINUTES - 1];
        assert_eq!((last.calls, last.errors, last.left_out), (1, 1, 1));
        assert_eq!(minutes.until(Time(200 * 60_000_000))[0].1, []);
    }
}
