//! What is still missing of the signers a kind needs, so that somebody can be asked for it;
//! and whether a key could ever be of use.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use fundtrail_model::{Id, KeyId};
use serde::Serialize;

use super::{Desk, Need, Signer, Standing, matches};
use crate::policy::Approval;
use crate::state::{Duty, Key, Role};

/// A need that nobody filled yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lack {
    /// What it waits for, in words.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// The roles whose keys would do; none where a certain key is waited for.
    pub roles: Vec<Role>,
    /// Whose keys would do; none where it may be anybody's of these roles.
    pub parties: Vec<Id>,
    /// In which of two persons' places, if it matters.
    pub duties: Vec<Duty>,
    /// The very key that must sign.
    pub key: Option<KeyId>,
    /// How far a quorum is.
    pub seats: Option<Seats>,
}

/// How far a quorum of the leading group is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Seats {
    /// Seats whose keys signed.
    pub signed: usize,
    /// Seats that must.
    pub required: u32,
    /// Parties that must be among them and are not yet.
    pub must_include: Vec<Id>,
}

/// The needs that `signers` leave unfilled, in order.
pub fn lacks(needs: &[Need], signers: &[Signer], approval: Option<&Approval>) -> Vec<Lack> {
    let mut desk = Desk {
        free: signers.iter().collect(),
        approval,
        standing: Standing::default(),
    };
    let mut lacks = Vec::new();
    for need in needs {
        if !desk.fill(need) {
            lacks.push(desk.lack(need));
        }
    }
    lacks
}

impl Lack {
    /// Whether this key, or another of the same role and party, would do.
    pub fn waits_for(&self, key: KeyId, role: Role, party: &Id) -> bool {
        self.key == Some(key)
            || self.roles.contains(&role)
                && (self.parties.is_empty() || self.parties.contains(party))
    }
}

impl Need {
    /// Whether a key could fill a part of it, whoever else signs.
    pub fn suits(&self, key: &Key, approval: Option<&Approval>) -> bool {
        let by_two = approval.is_none_or(|approval| approval.maker_checker);
        match self {
            Need::Key(key_id) => key.key_id == *key_id,
            Need::One(roles, party) => matches(key, roles, party.as_ref()),
            Need::Pair(role, party) => {
                matches(key, &[*role], party.as_ref()) && (!by_two || key.duty.is_some())
            }
            Need::Quorum => key.role == Role::GroupMember,
            Need::QuorumWithout(party) => key.role == Role::GroupMember && key.party != *party,
            Need::AnyOf(needs) => needs.iter().any(|need| need.suits(key, approval)),
            Need::Optional(need) => need.suits(key, approval),
        }
    }
}

impl Desk<'_> {
    fn lack(&self, need: &Need) -> Lack {
        match need {
            Need::Key(key_id) => Lack {
                key: Some(*key_id),
                ..Lack::of(
                    alloc::format!("密钥 {key_id}"),
                    alloc::format!("key {key_id}"),
                )
            },
            Need::One(roles, party) => Lack::of_roles(roles, party.as_ref(), &[]),
            Need::Pair(role, party) => {
                let missing = self.missing_duties(*role, party.as_ref());
                Lack::of_roles(&[*role], party.as_ref(), &missing)
            }
            Need::Quorum => self.lack_of_quorum(None),
            Need::QuorumWithout(party) => self.lack_of_quorum(Some(party)),
            Need::AnyOf(needs) => needs
                .iter()
                .map(|need| self.lack(need))
                .reduce(Lack::or)
                .unwrap_or_else(|| Lack::of(String::new(), String::new())),
            Need::Optional(need) => self.lack(need),
        }
    }

    fn missing_duties(&self, role: Role, party: Option<&Id>) -> Vec<Duty> {
        if self
            .approval
            .is_some_and(|approval| !approval.maker_checker)
        {
            return Vec::new();
        }
        let has = |duty: Duty| {
            let mut standing = self.free.iter().filter_map(|signer| signer.standing());
            standing.any(|key| matches(key, &[role], party) && key.duty == Some(duty))
        };
        let mut missing = vec![Duty::Maker, Duty::Checker];
        missing.retain(|duty| !has(*duty));
        missing
    }

    fn lack_of_quorum(&self, without: Option<&Id>) -> Lack {
        let mut seats: Vec<&Id> = self
            .free
            .iter()
            .filter_map(|signer| signer.standing())
            .filter(|key| key.role == Role::GroupMember && without != Some(&key.party))
            .map(|key| &key.party)
            .collect();
        seats.sort();
        seats.dedup();
        let required = self.approval.map_or(0, |approval| approval.lg_threshold);
        let must = self
            .approval
            .map_or(&[][..], |approval| &approval.lg_must_include);
        let must_include: Vec<Id> = must
            .iter()
            .filter(|must| !seats.contains(must) && without != Some(must))
            .cloned()
            .collect();
        let signed = seats.len();
        let (mut zh, mut en) = (
            alloc::format!("领导小组席位（已签 {signed}，需 {required}）"),
            alloc::format!("seats of the leading group ({signed} of {required} signed)"),
        );
        if !must_include.is_empty() {
            let names: Vec<&str> = must_include.iter().map(Id::as_str).collect();
            zh += &alloc::format!("，须含 {}", names.join("、"));
            en += &alloc::format!(", {} among them", names.join(", "));
        }
        if let Some(party) = without {
            zh += &alloc::format!("，不计 {party}");
            en += &alloc::format!(", {party} not counted");
        }
        Lack {
            roles: vec![Role::GroupMember],
            seats: Some(Seats {
                signed,
                required,
                must_include,
            }),
            ..Lack::of(zh, en)
        }
    }
}

impl Lack {
    fn of(zh: String, en: String) -> Lack {
        Lack {
            zh,
            en,
            roles: Vec::new(),
            parties: Vec::new(),
            duties: Vec::new(),
            key: None,
            seats: None,
        }
    }

    fn of_roles(roles: &[Role], party: Option<&Id>, duties: &[Duty]) -> Lack {
        let names = |name: fn(Role) -> &'static str, between: &str| {
            let all: Vec<&str> = roles.iter().map(|role| name(*role)).collect();
            all.join(between)
        };
        let (mut zh, mut en) = (names(in_chinese, "或"), names(in_english, " or "));
        if let Some(party) = party {
            zh += &alloc::format!(" {party}");
            en += &alloc::format!(" {party}");
        }
        if !duties.is_empty() {
            let words = |name: fn(Duty) -> &'static str| {
                let all: Vec<&str> = duties.iter().map(|duty| name(*duty)).collect();
                all
            };
            zh += &alloc::format!("（{}）", words(duty_in_chinese).join("、"));
            en += &alloc::format!(" ({})", words(duty_in_english).join(" and "));
        }
        Lack {
            roles: roles.to_vec(),
            parties: party.cloned().into_iter().collect(),
            duties: duties.to_vec(),
            ..Lack::of(zh, en)
        }
    }

    /// Either of two. Where one is open to any party, so are both.
    fn or(self, other: Lack) -> Lack {
        // A certain key is of no party in particular.
        let parties = if other.roles.is_empty() {
            self.parties
        } else if self.roles.is_empty() {
            other.parties
        } else if self.parties.is_empty() || other.parties.is_empty() {
            Vec::new()
        } else {
            [self.parties, other.parties].concat()
        };
        let mut roles = [self.roles, other.roles].concat();
        roles.sort();
        roles.dedup();
        Lack {
            zh: self.zh + "；或 " + &other.zh,
            en: self.en + "; or " + &other.en,
            roles,
            parties,
            duties: Vec::new(),
            key: self.key.or(other.key),
            seats: self.seats.or(other.seats),
        }
    }
}

const fn in_chinese(role: Role) -> &'static str {
    match role {
        Role::Government => "市政府",
        Role::Finance => "财政局",
        Role::MarketSupervision => "市场监督管理局",
        Role::GroupMember => "领导小组成员",
        Role::Office => "领导小组办公室",
        Role::Manager => "资金管理机构",
        Role::Bank => "银行",
        Role::Insurer => "保险机构",
        Role::Guarantor => "担保机构",
        Role::Auditor => "会计师事务所",
        Role::Regulator => "监管机构",
    }
}

const fn in_english(role: Role) -> &'static str {
    match role {
        Role::Government => "the city government",
        Role::Finance => "the finance bureau",
        Role::MarketSupervision => "the market supervision bureau",
        Role::GroupMember => "a member of the leading group",
        Role::Office => "the office",
        Role::Manager => "the fund manager",
        Role::Bank => "the bank",
        Role::Insurer => "the insurer",
        Role::Guarantor => "the guarantor",
        Role::Auditor => "the auditor",
        Role::Regulator => "the regulator",
    }
}

const fn duty_in_chinese(duty: Duty) -> &'static str {
    match duty {
        Duty::Maker => "经办",
        Duty::Checker => "复核",
    }
}

const fn duty_in_english(duty: Duty) -> &'static str {
    match duty {
        Duty::Maker => "maker",
        Duty::Checker => "checker",
    }
}

#[cfg(test)]
mod tests {
    use fundtrail_model::key::SigningKey;

    use super::*;

    fn id(text: &str) -> Id {
        Id::parse(text).unwrap()
    }

    fn signer(seed: u8, party: &str, role: Role, duty: Option<Duty>) -> Signer {
        let key = SigningKey::from_seed(&[seed; 32]).public();
        Signer {
            key_id: key.id(),
            key: Some(Key {
                key_id: key.id(),
                public_key: key,
                suite: id("ed25519"),
                party: id(party),
                role,
                duty,
                lineage: key.id(),
                enrolled: 0,
                revoked: None,
            }),
        }
    }

    fn approval() -> Approval {
        Approval {
            lg_members: 8,
            lg_threshold: 3,
            lg_must_include: vec![id("MSB")],
            maker_checker: true,
        }
    }

    fn key(signer: &Signer) -> &Key {
        signer.key.as_ref().unwrap()
    }

    #[test]
    fn a_pair_lacks_whoever_has_not_signed() {
        let needs = [Need::Pair(Role::Manager, Some(id("m")))];
        let checker = signer(1, "m", Role::Manager, Some(Duty::Checker));
        let other = signer(2, "n", Role::Manager, Some(Duty::Maker));
        let lack = lacks(&needs, &[checker.clone(), other.clone()], Some(&approval()));
        assert_eq!(lack.len(), 1);
        assert_eq!(lack[0].duties, [Duty::Maker]);
        assert_eq!(lack[0].zh, "资金管理机构 m（经办）");
        assert_eq!(lack[0].en, "the fund manager m (maker)");
        let maker = signer(3, "m", Role::Manager, Some(Duty::Maker));
        assert_eq!(
            lacks(&needs, &[checker.clone(), maker], Some(&approval())),
            []
        );
        // One key does where the policy asks no more, and two makers never do.
        let one = Approval {
            maker_checker: false,
            ..approval()
        };
        assert_eq!(
            lacks(&needs, core::slice::from_ref(&checker), Some(&one)),
            []
        );
        assert!(needs[0].suits(key(&checker), Some(&approval())));
        assert!(!needs[0].suits(key(&other), Some(&approval())));
        let neither = signer(4, "m", Role::Manager, None);
        assert!(!needs[0].suits(key(&neither), Some(&approval())));
        assert!(needs[0].suits(key(&neither), Some(&one)));
    }

    #[test]
    fn a_quorum_counts_seats_and_who_must_be_there() {
        let seat = |seed, party| signer(seed, party, Role::GroupMember, None);
        let mut there = vec![seat(1, "FIN"), seat(2, "FIN"), seat(3, "JRB")];
        let lack = lacks(&[Need::Quorum], &there, Some(&approval()));
        let seats = Seats {
            signed: 2,
            required: 3,
            must_include: vec![id("MSB")],
        };
        assert_eq!(lack[0].seats, Some(seats));
        // Enough of them, and not the one that must.
        there.push(seat(4, "KJ"));
        let lack = lacks(&[Need::Quorum], &there, Some(&approval()));
        assert_eq!(
            lack[0].en,
            "seats of the leading group (3 of 3 signed), MSB among them"
        );
        there.push(seat(5, "MSB"));
        assert_eq!(lacks(&[Need::Quorum], &there, Some(&approval())), []);
        let without = Need::QuorumWithout(id("KJ"));
        assert!(!without.suits(key(&there[3]), None));
        assert!(without.suits(key(&there[4]), None));
    }

    #[test]
    fn either_of_two_waits_for_both() {
        let needs = [Need::AnyOf(vec![
            Need::of(Role::Bank, &id("a")),
            Need::Key(signer(9, "x", Role::Office, None).key_id),
        ])];
        let lack = lacks(&needs, &[], None).remove(0);
        let (bank, office) = (
            signer(1, "a", Role::Bank, None),
            signer(9, "x", Role::Office, None),
        );
        for one in [&bank, &office] {
            let Key { role, party, .. } = key(one);
            assert!(lack.waits_for(one.key_id, *role, party), "{lack:?}");
            assert!(needs[0].suits(key(one), None));
        }
        assert!(!lack.waits_for(
            signer(6, "b", Role::Bank, None).key_id,
            Role::Bank,
            &id("b")
        ));
        let stranger = signer(7, "x", Role::Office, None);
        assert!(!lack.waits_for(stranger.key_id, Role::Office, &id("x")));
        assert!(!needs[0].suits(key(&stranger), None));
        assert!(lacks(&[Need::optional(Need::Quorum)], &[], None).is_empty());
    }
}
