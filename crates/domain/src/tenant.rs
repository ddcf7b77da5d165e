//! Tenants and where their records live.

use crate::error::{Error, Reason, Stop};
use crate::field::Field;
use crate::kind::Kind;
use crate::port_networks::PortNetworks;
use crate::record::{Part, Record};
use crate::rule::need;
use crate::value::Shape;
use crate::working_set::{Context, WorkingSet};

/// The fields of a tenant's record: its settings.
pub(crate) const FIELDS: &[Field] = &[
    Field::Name,
    Field::Hosts,
    Field::Buckets,
    Field::MarketCountry,
    Field::MarketLanguage,
    Field::Language,
    Field::MaskedFields,
    Field::PortNetworks,
    Field::DemandsVersions,
    Field::EraseDeletedAfterDays,
    Field::Disabled,
];

/// Longest name of a tenant: it stands in addresses.
const NAME_MAX: usize = 63;

/// A tenant has a name that can stand in an address, and keeps its parts. Only an operator, who is an administrator of
/// the default tenant, makes, renames and closes tenants.
pub(crate) fn settle(record: &mut Record, before: Option<&Record>, cx: &Context) -> Result<(), Stop> {
    need(record, Field::Name)?;
    let name = record.text(Field::Name);
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.len() > NAME_MAX || !name.bytes().all(letters) || name.starts_with('-') {
        let text = format!("The name of a tenant has up to {NAME_MAX} letters a to z, digits and hyphens");
        return Err(Error::invalid(Field::Name, text).into());
    }
    if record.number(Field::Buckets).is_none() {
        record.set(Field::Buckets, Some(1.into()))?;
    }
    for name in record.texts(Field::MaskedFields) {
        if Field::named(name).is_none_or(|field| field.shape() == Shape::Envelope) {
            let shown: String = name.chars().take(64).collect();
            return Err(Error::invalid(Field::MaskedFields, format!("{shown:?} is no field that can be masked")).into());
        }
    }
    PortNetworks::read(record.texts(Field::PortNetworks))?;
    let changed = |field: Field| before.is_some_and(|before| before.values.get(field) != record.values.get(field));
    if changed(Field::Buckets) {
        let text = "The parts of a tenant are fixed when it is made. Nothing was changed.";
        return Err(Error::invalid(Field::Buckets, text).into());
    }
    let operated = [Field::Name, Field::Hosts, Field::Disabled].into_iter().find(|field| changed(*field));
    if cx.caller.tenant != Tenant::DEFAULT && (before.is_none() || operated.is_some()) {
        let text = "Only an administrator of the default tenant makes, renames and closes tenants";
        return Err(Error::new(Reason::Forbidden, text).into());
    }
    if record.id == Tenant::DEFAULT.number && record.flag(Field::Disabled) {
        return Err(Error::invalid(Field::Disabled, "The default tenant cannot be closed").into());
    }
    Ok(())
}

/// Whether a caller of one tenant sees the record of another: an operator does.
pub(crate) fn may_see(own: Tenant, number: i64) -> bool {
    own == Tenant::DEFAULT || own.number == number
}

pub(crate) const BUCKET_BITS: u32 = 20;

/// What must be known of a tenant to find its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tenant {
    /// Its number: 31 bits, from 1.
    pub number: i64,
    /// Over how many parts its records are spread; fixed at creation.
    pub buckets: u32,
}

impl Tenant {
    /// The tenant that callers reach who name no other.
    pub const DEFAULT: Self = Self { number: 1, buckets: 1 };

    /// What the tenants themselves belong to.
    pub const NONE: Self = Self { number: 0, buckets: 1 };

    /// The tenant of that number.
    ///
    /// # Errors
    /// `Missing` until its record is loaded; `Internal` when there is none.
    pub fn of(number: i64, set: &mut WorkingSet) -> Result<Self, Stop> {
        let Some(record) = set.record_at((Kind::Tenant, Part::GLOBAL, number))? else {
            return Err(Error::internal(format!("tenant {number} has no record")).into());
        };
        let buckets = record.number(Field::Buckets).and_then(|buckets| u32::try_from(buckets).ok()).unwrap_or(1);
        Ok(Self { number, buckets: buckets.max(1) })
    }

    /// The part of a record with that id.
    pub const fn part_of(self, id: i64) -> Part {
        self.bucket(mix(id as u64))
    }

    /// The part of a unique value.
    pub fn part_of_text(self, text: &str) -> Part {
        self.bucket(mix(fnv(text)))
    }

    /// The first part: counters live here.
    pub const fn first_part(self) -> Part {
        Part(self.number << BUCKET_BITS)
    }

    /// The last part that this tenant could ever use.
    pub const fn last_part(self) -> Part {
        Part((self.number << BUCKET_BITS) | ((1 << BUCKET_BITS) - 1))
    }

    const fn bucket(self, hash: u64) -> Part {
        Part((self.number << BUCKET_BITS) | (hash % self.buckets as u64) as i64)
    }
}

/// FNV-1a: stable over versions and machines, which what is stored must be.
pub(crate) fn fnv(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The finalizer of SplitMix64: neighbouring ids spread over all buckets.
const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_spread_evenly_and_stay_in_their_tenant() {
        let tenant = Tenant { number: 77, buckets: 8 };
        let mut counts = [0; 8];
        for id in 1..=8_000 {
            let part = tenant.part_of(id);
            assert!(part >= tenant.first_part() && part <= tenant.last_part());
            counts[(part.0 & 7) as usize] += 1;
        }
        assert!(counts.iter().all(|&count| (800..1_200).contains(&count)), "{counts:?}");
    }

    #[test]
    fn places_never_move() {
        let tenant = Tenant { number: 1, buckets: 64 };
        assert_eq!(tenant.part_of(10), Part(1_048_576 | (mix(10) % 64) as i64));
        assert_eq!(mix(10) % 64, 57);
        assert_eq!(tenant.part_of_text("johndoe").0 & 63, 22);
    }
}
