//! Who must sign: needs, and how signatures fill them.
//!
//! A signature counts once, by its key, and fills one need only. A signature that fills
//! no need is refused rather than ignored: nobody's name stands under what they had no
//! part in.

mod lack;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use fundtrail_model::{Id, KeyId};

use crate::policy::Approval;
use crate::state::{Duty, Key, Role};

pub use lack::{Lack, Seats, lacks};

/// A signature whose key is known, or not.
#[derive(Clone, Debug)]
pub struct Signer {
    /// The key id in the envelope.
    pub key_id: KeyId,
    /// What the ledger knows under it; none for a stranger.
    pub key: Option<Key>,
}

impl Signer {
    /// The first key of its line of rotations.
    pub fn lineage(&self) -> KeyId {
        self.key.as_ref().map_or(self.key_id, |key| key.lineage)
    }

    /// The key, if it may sign now.
    pub fn standing(&self) -> Option<&Key> {
        self.key.as_ref().filter(|key| key.revoked.is_none())
    }
}

/// What a kind requires of its signers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// This very key: proof that its holder has it.
    Key(KeyId),
    /// One key of one of these roles, of this party if one is named.
    One(Vec<Role>, Option<Id>),
    /// Maker and checker of this role and party (one key where the policy asks no more).
    Pair(Role, Option<Id>),
    /// The leading group's quorum.
    Quorum,
    /// The same without one party's seat: its vote does not count, nor need it be there.
    QuorumWithout(Id),
    /// Whichever of these is there.
    AnyOf(Vec<Need>),
    /// May be there, and if it is, then whole.
    Optional(alloc::boxed::Box<Need>),
}

impl Need {
    /// One key of this role.
    pub fn role(role: Role) -> Need {
        Need::One(alloc::vec![role], None)
    }

    /// One key of this role and party.
    pub fn of(role: Role, party: &Id) -> Need {
        Need::One(alloc::vec![role], Some(party.clone()))
    }

    /// One key of this party, as any class of partner.
    pub fn partner(party: &Id) -> Need {
        Need::One(
            alloc::vec![Role::Bank, Role::Insurer, Role::Guarantor],
            Some(party.clone()),
        )
    }

    /// May be there, and if it is, then whole.
    pub fn optional(need: Need) -> Need {
        Need::Optional(alloc::boxed::Box::new(need))
    }

    /// What is needed, in words.
    pub fn describe(&self) -> String {
        match self {
            Need::Key(key) => alloc::format!("key {key}"),
            Need::One(roles, party) => of_party(&names(roles), party.as_ref()),
            Need::Pair(role, party) => {
                of_party(role.name(), party.as_ref()) + " (maker and checker)"
            }
            Need::Quorum => "leading group quorum".to_string(),
            Need::QuorumWithout(party) => {
                alloc::format!("leading group quorum without {party}")
            }
            Need::AnyOf(needs) => {
                let all: Vec<String> = needs.iter().map(Need::describe).collect();
                all.join(" or ")
            }
            Need::Optional(need) => need.describe() + " (optional)",
        }
    }
}

fn names(roles: &[Role]) -> String {
    let all: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    all.join("/")
}

fn of_party(role: &str, party: Option<&Id>) -> String {
    match party {
        Some(party) => alloc::format!("{role} {party}"),
        None => role.to_string(),
    }
}

/// How the signatures of an envelope fill the needs of its kind.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Needs nobody filled, in words.
    pub missing: Vec<String>,
    /// Keys that fill no need, and those that may not sign: unknown or revoked.
    pub strangers: Vec<KeyId>,
    /// Members of the leading group that signed, counted by seat.
    pub seats: usize,
    /// Whether an optional quorum is there.
    pub has_quorum: bool,
}

/// Fills `needs` with `signers`, in order.
pub fn assign(needs: &[Need], signers: &[Signer], approval: Option<&Approval>) -> Standing {
    let mut desk = Desk {
        free: signers.iter().collect(),
        approval,
        standing: Standing::default(),
    };
    for need in needs {
        if !desk.fill(need) {
            desk.standing.missing.push(need.describe());
        }
    }
    desk.standing.strangers = desk.free.iter().map(|signer| signer.key_id).collect();
    desk.standing
}

struct Desk<'a> {
    free: Vec<&'a Signer>,
    approval: Option<&'a Approval>,
    standing: Standing,
}

impl Desk<'_> {
    fn fill(&mut self, need: &Need) -> bool {
        match need {
            Need::Key(key_id) => self.take(|key| key.key_id == *key_id),
            Need::One(roles, party) => self.take(|key| matches(key, roles, party.as_ref())),
            Need::Pair(role, party) => self.fill_pair(*role, party.as_ref()),
            Need::Quorum => self.fill_quorum(None),
            Need::QuorumWithout(party) => self.fill_quorum(Some(party)),
            Need::AnyOf(needs) => needs.iter().any(|need| self.fill(need)),
            Need::Optional(need) => {
                self.fill(need);
                true
            }
        }
    }

    fn fill_pair(&mut self, role: Role, party: Option<&Id>) -> bool {
        if !self.approval.is_none_or(|approval| approval.maker_checker) {
            return self.take(|key| matches(key, &[role], party));
        }
        let has = |duty: Duty| {
            self.free
                .iter()
                .filter_map(|signer| signer.standing())
                .any(|key| matches(key, &[role], party) && key.duty == Some(duty))
        };
        if !has(Duty::Maker) || !has(Duty::Checker) {
            return false;
        }
        self.take(|key| matches(key, &[role], party) && key.duty == Some(Duty::Maker))
            && self.take(|key| matches(key, &[role], party) && key.duty == Some(Duty::Checker))
    }

    /// Seats are parties: two keys of one party are one seat, and the second is a stranger.
    fn fill_quorum(&mut self, without: Option<&Id>) -> bool {
        let Some(approval) = self.approval else {
            return false;
        };
        let mut seats: Vec<&Id> = Vec::new();
        let mut members = Vec::new();
        for signer in &self.free {
            if let Some(key) = signer
                .standing()
                .filter(|key| key.role == Role::GroupMember)
                && !seats.contains(&&key.party)
                && without != Some(&key.party)
            {
                seats.push(&key.party);
                members.push(signer.key_id);
            }
        }
        self.standing.seats = seats.len();
        let includes = approval
            .lg_must_include
            .iter()
            .all(|must| seats.contains(&must) || without == Some(must));
        if seats.len() < approval.lg_threshold as usize || !includes {
            return false;
        }
        self.free.retain(|signer| !members.contains(&signer.key_id));
        self.standing.has_quorum = true;
        true
    }

    fn take(&mut self, wanted: impl Fn(&Key) -> bool) -> bool {
        let found = self
            .free
            .iter()
            .position(|signer| signer.standing().is_some_and(&wanted));
        match found {
            Some(at) => {
                self.free.remove(at);
                true
            }
            None => false,
        }
    }
}

fn matches(key: &Key, roles: &[Role], party: Option<&Id>) -> bool {
    roles.contains(&key.role) && party.is_none_or(|party| key.party == *party)
}
