//! How much one reader may ask for: so many requests a minute, reading and submitting apart.
//!
//! Who shows a token that holds is counted by its key; everybody else, one whose token does
//! not hold included, by the address it comes from, which for IPv6 is the network (/64).
//! Addresses of the machine itself are not counted unless told so: there are the tools, the
//! tests, and perhaps a proxy. A minute's worth may come at once; then it refills evenly.
//!
//! Memory is bounded: who has been quiet until full again is forgotten, and when there are
//! too many newcomers, all share one quota until there is room.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use fundtrail_model::key::KeyId;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Who is remembered at most, about.
const REMEMBERED_MAX: usize = 65_536;
/// After so many requests those who are full again are forgotten.
const SWEEP: usize = 1024;

/// Requests a minute; 0 counts nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotas {
    /// Reading, by a key.
    pub key_reads: u32,
    /// Everything else, by a key: submissions, drafts, tags. A list counts once.
    pub key_submissions: u32,
    /// Reading, from an address.
    pub address_reads: u32,
    /// Everything else, from an address.
    pub address_submissions: u32,
    /// Whether requests from this machine are counted.
    pub counts_loopback: bool,
}

impl Default for Quotas {
    fn default() -> Quotas {
        Quotas {
            key_reads: 60_000,
            key_submissions: 12_000,
            address_reads: 6_000,
            address_submissions: 1_200,
            counts_loopback: false,
        }
    }
}

/// What was asked of whom since a while.
pub(crate) struct Meters {
    keys: [Option<Meter<KeyId>>; 2],
    addresses: [Option<Meter<IpAddr>>; 2],
    counts_loopback: bool,
}

/// What a request is counted as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Read,
    Submit,
}

/// A quota was used up: how long until the next request is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UsedUp(pub(crate) Duration);

impl Meters {
    pub(crate) fn new(quotas: &Quotas) -> Arc<Meters> {
        Arc::new(Meters {
            keys: [quotas.key_reads, quotas.key_submissions].map(Meter::of),
            addresses: [quotas.address_reads, quotas.address_submissions].map(Meter::of),
            counts_loopback: quotas.counts_loopback,
        })
    }

    /// Counts a request of a key from an address, if it is known.
    pub(crate) fn of_key(&self, key: &KeyId, from: Option<IpAddr>, act: Act) -> Result<(), UsedUp> {
        if !self.counts(from) {
            return Ok(());
        }
        let [reads, submissions] = &self.keys;
        check(if act == Act::Read { reads } else { submissions }, key)
    }

    /// Counts a request from an address. What comes from no address was asked within this
    /// process, on behalf of a request that is counted.
    pub(crate) fn of_address(&self, from: Option<IpAddr>, act: Act) -> Result<(), UsedUp> {
        let Some(from) = from.filter(|_| self.counts(from)) else {
            return Ok(());
        };
        let [reads, submissions] = &self.addresses;
        let meter = if act == Act::Read { reads } else { submissions };
        check(meter, &network(from))
    }

    fn counts(&self, from: Option<IpAddr>) -> bool {
        self.counts_loopback || !from.is_some_and(|from| from.to_canonical().is_loopback())
    }
}

/// An IPv6 address stands for its network of 64 bits, which one client has to itself.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
    }
}

fn check<K: Clone + Eq + Hash>(meter: &Option<Meter<K>>, who: &K) -> Result<(), UsedUp> {
    meter.as_ref().map_or(Ok(()), |meter| meter.check(who))
}

/// One quota for each of many.
struct Meter<K: Clone + Eq + Hash> {
    each: DefaultKeyedRateLimiter<K>,
    /// For those for whom there is no room.
    others: DefaultDirectRateLimiter,
    is_full: AtomicBool,
    asked: AtomicUsize,
    clock: DefaultClock,
}

impl<K: Clone + Eq + Hash> Meter<K> {
    fn of(per_minute: u32) -> Option<Meter<K>> {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute)?);
        Some(Meter {
            each: RateLimiter::keyed(quota),
            others: RateLimiter::direct(quota),
            is_full: AtomicBool::new(false),
            asked: AtomicUsize::new(0),
            clock: DefaultClock::default(),
        })
    }

    fn check(&self, who: &K) -> Result<(), UsedUp> {
        if self.asked.fetch_add(1, Relaxed) % SWEEP == SWEEP - 1 {
            self.sweep(REMEMBERED_MAX);
        }
        let checked = if self.is_full.load(Relaxed) {
            self.others.check()
        } else {
            self.each.check_key(who)
        };
        checked.map_err(|not_until| UsedUp(not_until.wait_time_from(self.clock.now())))
    }

    fn sweep(&self, most: usize) {
        self.each.retain_recent();
        self.each.shrink_to_fit();
        self.is_full.store(self.each.len() >= most, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEW: Quotas = Quotas {
        key_reads: 3,
        key_submissions: 2,
        address_reads: 2,
        address_submissions: 1,
        counts_loopback: false,
    };

    fn at(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn reading_and_submitting_and_each_address_are_counted_apart() {
        let meters = Meters::new(&FEW);
        let read = |from| meters.of_address(at(from), Act::Read);
        assert_eq!([read("192.0.2.1"), read("192.0.2.1")], [Ok(()); 2]);
        let UsedUp(wait) = read("192.0.2.1").unwrap_err();
        // Two a minute: the next one in half a minute.
        assert!(wait <= Duration::from_secs(30) && wait > Duration::from_secs(25));
        assert_eq!(meters.of_address(at("192.0.2.1"), Act::Submit), Ok(()));
        assert!(meters.of_address(at("192.0.2.1"), Act::Submit).is_err());
        assert_eq!(read("192.0.2.2"), Ok(()));
    }

    #[test]
    fn a_network_of_ipv6_is_one_and_mapped_ipv4_is_ipv4() {
        let meters = Meters::new(&FEW);
        let submit = |from| meters.of_address(at(from), Act::Submit).is_ok();
        assert!(submit("2001:db8:0:1::1"));
        assert!(!submit("2001:db8:0:1:ffff::2"));
        assert!(submit("2001:db8:0:2::1"));
        assert!(submit("192.0.2.1") && !submit("::ffff:192.0.2.1"));
    }

    #[test]
    fn the_machines_own_and_the_process_itself_are_free_unless_told_otherwise() {
        let counted = Quotas {
            counts_loopback: true,
            ..FEW
        };
        for (quotas, taken) in [(FEW, 5), (counted, 1)] {
            for from in ["127.0.0.1", "::1", "127.1.2.3", "::ffff:127.0.0.1"] {
                let meters = Meters::new(&quotas);
                let took = (0..5).filter(|_| meters.of_address(at(from), Act::Submit).is_ok());
                assert_eq!(took.count(), taken, "{from}");
            }
            let meters = Meters::new(&quotas);
            assert!((0..5).all(|_| meters.of_address(None, Act::Submit).is_ok()));
        }
    }

    #[test]
    fn nothing_is_counted_where_the_quota_is_none() {
        let none = Quotas {
            address_reads: 0,
            ..FEW
        };
        let meters = Meters::new(&none);
        assert!((0..100).all(|_| meters.of_address(at("192.0.2.1"), Act::Read).is_ok()));
        assert!((0..100).any(|_| meters.of_address(at("192.0.2.1"), Act::Submit).is_err()));
    }

    #[test]
    fn newcomers_share_when_there_is_no_room_and_the_quiet_are_forgotten() {
        let meter: Meter<u32> = Meter::of(2).unwrap();
        for who in 0..10 {
            assert_eq!(meter.check(&who), Ok(()));
        }
        meter.sweep(10);
        assert!(meter.check(&100).is_ok() && meter.check(&101).is_ok());
        assert!(meter.check(&102).is_err(), "they share two");
        meter.sweep(11);
        assert!(meter.check(&103).is_ok());

        // Sixty thousand a minute: one is full again after a millisecond.
        let quick: Meter<u32> = Meter::of(60_000).unwrap();
        for who in 0..100 {
            assert_eq!(quick.check(&who), Ok(()));
        }
        std::thread::sleep(Duration::from_millis(5));
        quick.sweep(REMEMBERED_MAX);
        assert_eq!(quick.each.len(), 0);
    }
}
