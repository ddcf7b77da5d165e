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
    /// Calls by how long they took.
    pub took: Times,
}

/// Calls by how long they took: each microsecond up to 8, then 8 steps to every doubling, so that a step is an eighth wide
/// at most. The last one is for all that took longer than a minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times([u32; STEPS]);

/// 8, and 8 for each further bit of 67 seconds.
const STEPS: usize = 8 * 24;

impl Default for Times {
    fn default() -> Self {
        Self([0; STEPS])
    }
}

impl Times {
    fn count(&mut self, took: Duration) {
        let micros = took.as_micros().min(u128::from(u32::MAX)) as usize;
        let doublings = micros.checked_ilog2().unwrap_or(0).saturating_sub(3) as usize;
        let step = (8 * doublings + (micros >> doublings)).min(STEPS - 1);
        if let Some(count) = self.0.get_mut(step) {
            *count += 1;
        }
    }

    /// What a step's calls took less than, in microseconds.
    const fn end(step: usize) -> u64 {
        let doublings = if step < 16 { 0 } else { step / 8 - 1 };
        ((step - 8 * doublings + 1) as u64) << doublings
    }
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
        minute.took.count(took);
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

/// The time that this part of the calls took at most, in microseconds, to an eighth; 0 of none.
pub fn quantile(minutes: &[Minute], part: f64) -> u64 {
    let sum = |step: usize| minutes.iter().filter_map(|minute| minute.took.0.get(step)).copied().map(u64::from).sum();
    let sums: Vec<u64> = (0..STEPS).map(sum).collect();
    let all: u64 = sums.iter().sum();
    let mut left = (all as f64 * part).ceil() as u64;
    for (step, count) in sums.into_iter().enumerate() {
        if count >= left && left > 0 {
            return Times::end(step);
        }
        left = left.saturating_sub(count);
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_where_that_part_is_reached() {
        let mut minute = Minute { at: 1, calls: 100, ..Minute::default() };
        for call in 0..100 {
            minute.took.count(Duration::from_micros(if call < 98 { 700 } else { 3_000 }));
        }
        assert_eq!((quantile(&[minute.clone()], 0.5), quantile(&[minute], 0.99)), (704, 3_072));
        assert_eq!(quantile(&[], 0.5), 0);
    }

    #[test]
    fn a_step_is_an_eighth_wide_at_most() {
        let mut steps = (0..30).map(|n| 1 << n).chain((1..99).map(|n| n * n * n * 7)).collect::<Vec<u64>>();
        steps.sort_unstable();
        for micros in steps {
            let mut minute = Minute::default();
            minute.took.count(Duration::from_micros(micros));
            let told = quantile(&[minute], 1.0);
            let longest = Times::end(STEPS - 1);
            assert!(told > micros.min(longest - 1) && told <= micros + micros / 8 + 1, "{micros}: {told}");
        }
        let mut minute = Minute::default();
        minute.took.count(Duration::MAX);
        assert_eq!(quantile(&[minute], 0.5), Times::end(STEPS - 1));
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
