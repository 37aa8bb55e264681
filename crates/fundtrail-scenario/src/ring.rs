//! Throw-away keys by name, and the choice of who signs.
//!
//! A key follows from its name, so the same scenario always gives the same bytes.
//! Whoever signs is chosen as an honest clerk would: from what the kind needs, from the
//! keys that stand in the ledger, and never a key that signed another step of the same
//! claim. Absent on purpose: any reading of the law; a wrong choice is refused.

use fundtrail_kernel::admission::open_envelope;
use fundtrail_model::key::SigningKey;
use fundtrail_model::{Envelope, Fault, Findings, Id, KeyId, Moment, PublicKey, Transaction};
use fundtrail_regulation::policy::Approval;
use fundtrail_regulation::signers::Need;
use fundtrail_regulation::state::{ClaimStep, Duty, Key, Role};
use fundtrail_regulation::{Body, Case};

use crate::draft::Draft;
use crate::scenario::Signers;
use crate::shadow::Shadow;
use crate::site::seed;

/// Signs where nobody could be chosen, so that the verdict is the ledger's.
const NOBODY: &str = "nobody";

/// A throw-away key by its name: whoever knows the name has it.
pub fn key(name: &str) -> SigningKey {
    SigningKey::from_seed(&seed(&format!("scenario key {name}")))
}

/// The names that scenario lines gave to keys, in the order they came up.
#[derive(Clone, Debug, Default)]
pub struct Ring {
    keys: Vec<(String, PublicKey)>,
}

impl Ring {
    /// The key of that name, made if need be.
    pub fn take(&mut self, name: &str) -> PublicKey {
        if let Some((_, public)) = self.keys.iter().find(|(own, _)| own == name) {
            return *public;
        }
        let public = key(name).public();
        self.keys.push((name.to_owned(), public));
        public
    }

    /// The name behind a key id.
    pub fn name(&self, id: KeyId) -> Option<&str> {
        self.keys
            .iter()
            .find(|(_, public)| public.id() == id)
            .map(|(name, _)| name.as_str())
    }

    /// The names of all who sign a draft over a state: whoever its kind needs, as far as
    /// the ring can serve them, unless the step says otherwise.
    ///
    /// # Errors
    /// What cannot be sealed, and faults of the state, in words.
    pub fn signers(
        &self,
        draft: &Draft,
        wanted: &Signers,
        shadow: &Shadow,
        clock: Moment,
    ) -> Result<Vec<String>, String> {
        let (payload, _) = draft.payload()?;
        let envelope = Envelope {
            payload,
            signatures: Vec::new(),
        };
        let Ok((transaction, body)) = open_envelope(&envelope, &draft.ledger) else {
            return Ok(wanted
                .only
                .clone()
                .unwrap_or_else(|| vec![NOBODY.to_owned()]));
        };
        let names = self
            .serving(&transaction, &body, wanted, shadow, clock)
            .map_err(|fault| fault.to_string())?;
        let nobody = names.is_empty() && wanted.only.is_none() && wanted.but.is_empty();
        Ok(if nobody {
            vec![NOBODY.to_owned()]
        } else {
            names
        })
    }

    /// The same of a transaction that is there already; none where nobody can be chosen.
    ///
    /// # Errors
    /// [`Fault`], of the state.
    pub fn serving(
        &self,
        transaction: &Transaction,
        body: &Body,
        wanted: &Signers,
        shadow: &Shadow,
        clock: Moment,
    ) -> Result<Vec<String>, Fault> {
        let (findings, index) = (Findings::default(), shadow.size());
        let case = Case::new(
            clock,
            index,
            transaction,
            body,
            &findings,
            &[],
            shadow.memory(),
        )?;
        self.choose(&case, wanted)
    }

    fn choose(&self, case: &Case<'_>, wanted: &Signers) -> Result<Vec<String>, Fault> {
        let mut names = match &wanted.only {
            Some(names) => names.clone(),
            None => Choice::new(self, case)?.make(&case.needs()?),
        };
        for name in &wanted.also {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names.retain(|name| !wanted.but.contains(name));
        Ok(names)
    }
}

struct Choice<'a> {
    ring: &'a Ring,
    free: Vec<Key>,
    approval: Option<Approval>,
    chosen: Vec<KeyId>,
}

impl Choice<'_> {
    fn new<'a>(ring: &'a Ring, case: &Case<'_>) -> Result<Choice<'a>, Fault> {
        let spent = spent(case)?;
        let mut free = Vec::new();
        for (_, public) in &ring.keys {
            let id = public.id();
            let known: Option<Key> = case.view.get(id.to_string().as_bytes())?;
            let introduced = || {
                case.body
                    .introduces(case.index)
                    .into_iter()
                    .find(|key| key.key_id == id)
            };
            free.extend(
                known
                    .or_else(introduced)
                    .filter(|key| key.revoked.is_none()),
            );
        }
        // Keys spent on this claim, and those of a manager out of office, come last: they
        // serve where no other is left.
        let manager = case.fund()?.manager.clone();
        free.sort_by_key(|key| {
            let out_of_office = key.role == Role::Manager && manager.as_ref() != Some(&key.party);
            (out_of_office, spent.contains(&key.lineage))
        });
        Ok(Choice {
            ring,
            free,
            approval: case.approval()?.cloned(),
            chosen: Vec::new(),
        })
    }

    fn make(mut self, needs: &[Need]) -> Vec<String> {
        for need in needs {
            self.fill(need);
        }
        let names = self.chosen.iter().filter_map(|id| self.ring.name(*id));
        names.map(str::to_owned).collect()
    }

    /// Takes keys for one need; none if it cannot be filled whole.
    fn fill(&mut self, need: &Need) -> bool {
        match need {
            Need::Key(id) => self.take(|key| key.key_id == *id),
            Need::One(roles, party) => self.take(|key| {
                roles.contains(&key.role) && party.as_ref().is_none_or(|p| key.party == *p)
            }),
            Need::Pair(role, party) => self.fill_pair(*role, party.as_ref()),
            Need::Quorum => self.fill_quorum(None),
            Need::QuorumWithout(party) => self.fill_quorum(Some(party)),
            Need::AnyOf(needs) => needs.iter().any(|need| self.fill(need)),
            Need::Optional(_) => true,
        }
    }

    fn fill_pair(&mut self, role: Role, party: Option<&Id>) -> bool {
        let fits = |key: &Key| key.role == role && party.is_none_or(|party| key.party == *party);
        if self
            .approval
            .as_ref()
            .is_some_and(|approval| !approval.maker_checker)
        {
            return self.take(fits);
        }
        let maker = self.take(|key| fits(key) && key.duty == Some(Duty::Maker));
        self.take(|key| fits(key) && key.duty == Some(Duty::Checker)) && maker
    }

    /// The seats that must be there, then others until there are enough.
    fn fill_quorum(&mut self, without: Option<&Id>) -> bool {
        let Some(mut approval) = self.approval.clone() else {
            return false;
        };
        approval
            .lg_must_include
            .retain(|must| without != Some(must));
        let is_seat = |key: &Key| key.role == Role::GroupMember && without != Some(&key.party);
        let mut seats = 0;
        for must in &approval.lg_must_include {
            seats += u32::from(self.take(|key| is_seat(key) && key.party == *must));
        }
        let mut parties = approval.lg_must_include;
        while seats < approval.lg_threshold {
            let next = self
                .free
                .iter()
                .find(|key| is_seat(key) && !parties.contains(&key.party));
            let Some(party) = next.map(|key| key.party.clone()) else {
                return false;
            };
            seats += u32::from(self.take(|key| is_seat(key) && key.party == party));
            parties.push(party);
        }
        true
    }

    fn take(&mut self, wanted: impl Fn(&Key) -> bool) -> bool {
        match self.free.iter().position(wanted) {
            Some(at) => {
                let key = self.free.remove(at);
                self.chosen.push(key.key_id);
                true
            }
            None => false,
        }
    }
}

/// Lines of keys that signed another step of the case's claim than this one.
fn spent(case: &Case<'_>) -> Result<Vec<KeyId>, Fault> {
    let own = match case.body {
        Body::ClaimVerify(_) => ClaimStep::Verify,
        Body::ClaimApprove(_) | Body::ClaimReject(_) => ClaimStep::Decide,
        Body::CompensationPay(_) => ClaimStep::Pay,
        _ => return Ok(Vec::new()),
    };
    let steps = case.claim()?.into_iter().flat_map(|claim| &claim.steps);
    Ok(steps
        .filter(|step| step.step != own)
        .flat_map(|step| step.keys.iter().copied())
        .collect())
}
