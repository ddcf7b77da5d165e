//! How often one may call: a token bucket for each caller and each address, kept as the one moment at which it is full
//! again (the generic cell rate algorithm).
//!
//! The tokens of a minute may be used at once, and come back evenly. The buckets are this process's own, and lost with
//! it.

use crate::memory::{bounded, lock};
use domain::error::Reason;
use domain::{Caller, Error, Time};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;

/// The seconds in which a quota is counted.
pub const WINDOW: i64 = 60;

const MICROSECONDS: i64 = WINDOW * 1_000_000;

/// How many calls a minute there may be; 0 is any number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quotas {
    /// Of one key, user or customer.
    pub per_caller: u32,
    /// From one IPv4 address, or one IPv6 network of 64 bits.
    pub per_address: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Bucket {
    Address(IpAddr),
    /// Tenant, and key, user or customer.
    Caller(i64, Option<i64>, Option<i64>, Option<i64>),
}

/// What is left of a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Calls a minute.
    pub quota: u32,
    /// Calls that are left now.
    pub left: i64,
    /// Seconds until all of them are back.
    pub full_in: i64,
}

/// The buckets.
#[derive(Default)]
pub struct Rates {
    quotas: Quotas,
    full_at: Mutex<HashMap<Bucket, Time>>,
}

impl Rates {
    /// With these quotas.
    pub fn new(quotas: Quotas) -> Self {
        Self { quotas, full_at: Mutex::default() }
    }

    /// Takes one call of an address.
    ///
    /// # Errors
    /// `LimitExceeded` when there is none left, and when there will be.
    pub fn take_of_address(&self, address: IpAddr, now: Time) -> Result<(), Error> {
        self.take(of_address(address), self.quotas.per_address, now)
    }

    /// Takes one call of a caller.
    ///
    /// # Errors
    /// As of an address.
    pub fn take_of_caller(&self, caller: &Caller, now: Time) -> Result<(), Error> {
        self.take(of_caller(caller), self.quotas.per_caller, now)
    }

    /// What is left of an address; `None` where there is no quota.
    pub fn of_address(&self, address: IpAddr, now: Time) -> Option<Standing> {
        self.standing(of_address(address), self.quotas.per_address, now)
    }

    /// What is left of a caller; `None` where there is no quota.
    pub fn of_caller(&self, caller: &Caller, now: Time) -> Option<Standing> {
        self.standing(of_caller(caller), self.quotas.per_caller, now)
    }

    fn take(&self, bucket: Bucket, quota: u32, now: Time) -> Result<(), Error> {
        if quota == 0 {
            return Ok(());
        }
        let mut all = lock(&self.full_at);
        let full = of(&all, bucket, now).0 + interval(quota);
        let over = full - now.0 - MICROSECONDS;
        if over > 0 {
            drop(all);
            let seconds = (over + 999_999) / 1_000_000;
            let text = format!("More than {quota} calls a minute: try again in {seconds} s. Nothing was done.");
            return Err(Error::new(Reason::LimitExceeded, text).again_in(seconds));
        }
        bounded(&mut all, bucket, Time(full), |full| *full <= now);
        Ok(())
    }

    fn standing(&self, bucket: Bucket, quota: u32, now: Time) -> Option<Standing> {
        let full = of(&lock(&self.full_at), bucket, now);
        let used = full.0 - now.0;
        let left = |interval: i64| (MICROSECONDS - used) / interval;
        (quota > 0).then(|| Standing { quota, left: left(interval(quota)), full_in: (used + 999_999) / 1_000_000 })
    }
}

/// When a bucket is full again, which is no later than a window from now: what is later is of a clock that was moved back.
fn of(all: &HashMap<Bucket, Time>, bucket: Bucket, now: Time) -> Time {
    let full = all.get(&bucket).copied().filter(|full| full.0 <= now.0.saturating_add(MICROSECONDS));
    full.unwrap_or(now).max(now)
}

/// Microseconds in which one call comes back.
fn interval(quota: u32) -> i64 {
    (MICROSECONDS / i64::from(quota.max(1))).max(1)
}

fn of_caller(caller: &Caller) -> Bucket {
    Bucket::Caller(caller.tenant.number, caller.key, caller.user, caller.customer)
}

/// Whoever has one IPv6 address has a network of them.
fn of_address(address: IpAddr) -> Bucket {
    Bucket::Address(match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::tenant::Tenant;

    #[test]
    fn tokens_of_a_minute_can_be_used_at_once_and_come_back_evenly() {
        let rates = Rates::new(Quotas { per_caller: 0, per_address: 6 });
        let address = IpAddr::from([192, 0, 2, 1]);
        let at = |seconds: i64| Time(1_000_000_000).plus_seconds(seconds);
        let take = |seconds| rates.take_of_address(address, at(seconds)).is_ok();
        assert!((0..6).all(|_| take(0)));
        let error = rates.take_of_address(address, at(0)).unwrap_err();
        assert_eq!((error.reason, error.message.contains("try again in 10 s")), (Reason::LimitExceeded, true));
        assert_eq!(rates.of_address(address, at(0)), Some(Standing { quota: 6, left: 0, full_in: 60 }));
        assert!(!take(9) && take(10) && !take(10));
        assert!(take(30) && take(30) && !take(30), "what is refused costs nothing");
        assert_eq!(rates.of_address(address, at(1_000)), Some(Standing { quota: 6, left: 6, full_in: 0 }));
        assert!(rates.take_of_address([192, 0, 2, 2].into(), at(30)).is_ok(), "another address");
        assert!((0..6).all(|_| take(9_000)) && !take(9_000) && take(0), "a clock that is moved back keeps nobody out");
    }

    #[test]
    fn a_network_of_one_is_one() {
        let rates = Rates::new(Quotas { per_caller: 1, per_address: 1 });
        let address = |text: &str| rates.take_of_address(text.parse().unwrap(), Time(0)).is_ok();
        assert!(address("2001:db8::1") && !address("2001:db8::2:3") && address("2001:db8:0:1::1"));
        assert!(address("192.0.2.1") && !address("::ffff:192.0.2.1"));
        let caller = |key| Caller { key: Some(key), ..Caller::anonymous(Tenant::DEFAULT) };
        assert!(
            rates.take_of_caller(&caller(1), Time(0)).is_ok() && rates.take_of_caller(&caller(1), Time(0)).is_err()
        );
        assert!(rates.take_of_caller(&caller(2), Time(0)).is_ok());
    }

    #[test]
    fn without_quotas_nothing_is_counted() {
        let rates = Rates::default();
        assert!((0..1_000).all(|_| rates.take_of_address([127, 0, 0, 1].into(), Time(0)).is_ok()));
        assert_eq!(rates.of_address([127, 0, 0, 1].into(), Time(0)), None);
        assert!(lock(&rates.full_at).is_empty());
    }
}
