//! A draft as a reader sees it, and which readers see it.

use fundtrail_model::port::Read;
use fundtrail_model::transaction::TRANSACTION_TYPE;
use fundtrail_model::{Day, Fault, Id, Malformed, Moment};
use fundtrail_node::Node;
use fundtrail_node::drafts::{Draft, DryRun, End, Look, RefusalKept, Refused, Signed, State};
use fundtrail_regulation::signers::Lack;
use fundtrail_regulation::state::View;
use fundtrail_regulation::{Bilingual, Prospect};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::access::{Concern, Reader};

/// A draft in full.
#[derive(Serialize, ToSchema)]
#[schema(as = Draft)]
pub(crate) struct Shown {
    #[serde(flatten)]
    item: Item,
    ledger: String,
    /// The articles the kind serves.
    #[schema(value_type = Vec<u16>)]
    articles: &'static [u8],
    /// The exact bytes that are signed, in base64 and as the text they are.
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: &'static str,
    text: String,
    /// What the kind says, as it stands in the text.
    #[schema(value_type = Object)]
    body: Box<RawValue>,
    signatures: Vec<Signed>,
    /// Null for readers who may not see particulars.
    disclosures: Option<Vec<String>>,
    /// What the ledger would say now, were no signer missing; null once it has ended.
    verdict: Option<Verdict>,
    /// Why it was refused when it was last submitted.
    refused: Option<Refused>,
    /// Proof of the entry, where it was recorded just now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) receipt: Option<String>,
}

/// A draft in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = DraftItem)]
pub(crate) struct Item {
    id: Id,
    state: State,
    /// The entry that has its id.
    entry: Option<u64>,
    kind: &'static str,
    title: Bilingual,
    date: Day,
    /// Who posted it.
    party: Id,
    created: Moment,
    expires: Moment,
    ended: Option<Moment>,
    withdrawn_by: Option<Id>,
    /// Parties that signed, in the order of their signatures.
    signed_by: Vec<Id>,
    /// Who is still missing.
    missing: Vec<Lack>,
}

/// A line of the list.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = DraftLine)]
pub(crate) enum Line {
    /// A draft.
    Draft(Box<Item>),
    /// One that this node cannot read.
    Lost(Lost),
}

/// A draft that this node cannot read: another version of it wrote it.
#[derive(Serialize, ToSchema)]
#[schema(as = DraftLost)]
pub(crate) struct Lost {
    id: String,
    /// `unreadable`.
    state: &'static str,
    /// `DRAFT_UNREADABLE`.
    pub(super) code: &'static str,
}

impl Lost {
    /// The one under a key. What is wrong with it is for the operator's log.
    pub(super) fn of(key: &[u8], fault: &Fault) -> Lost {
        let id = String::from_utf8_lossy(key).into_owned();
        let code = "DRAFT_UNREADABLE";
        tracing::error!(draft = id, code, %fault, "a draft cannot be read");
        Lost {
            id,
            state: "unreadable",
            code,
        }
    }
}

/// What the ledger would say.
#[derive(Serialize, ToSchema)]
#[schema(as = DraftVerdict)]
struct Verdict {
    passes: bool,
    refusals: Vec<RefusalKept>,
    malformed: Option<Unreadable>,
    /// What would follow, if it passes.
    prospect: Option<Box<Prospect>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = DraftUnreadable)]
struct Unreadable {
    code: &'static str,
    detail: String,
}

impl Shown {
    /// A draft as a reader sees it who may see it.
    pub(super) fn to(
        reader: &Reader,
        node: &Node,
        read: &dyn Read,
        draft: &Draft,
        now: Moment,
    ) -> Result<Shown, Fault> {
        let particulars = may_read_particulars(reader, read, draft)?;
        Shown::of(node, read, draft, now, particulars)
    }

    /// A draft, with its disclosures if `particulars`.
    pub(super) fn of(
        node: &Node,
        read: &dyn Read,
        draft: &Draft,
        now: Moment,
        particulars: bool,
    ) -> Result<Shown, Fault> {
        let look = node.look_at_draft(read, draft, now)?;
        let verdict = match look.state {
            State::Open | State::Refused => {
                Some(Verdict::of(node.dry_run_of_draft(read, draft, now)?))
            }
            _ => None,
        };
        let payload = draft.submission(|_| false)?.envelope.payload;
        let text = String::from_utf8(payload)
            .map_err(|_| Fault(format!("draft {} is not text", draft.id)))?;
        Ok(Shown {
            ledger: look.transaction.ledger.clone(),
            articles: look.kind.articles(),
            payload: draft.payload.clone(),
            payload_type: TRANSACTION_TYPE,
            text,
            body: look.transaction.body.clone(),
            signatures: draft.signatures.clone(),
            disclosures: particulars.then(|| draft.disclosures.clone()),
            verdict,
            refused: draft.refused.clone(),
            receipt: None,
            item: Item::of(draft, look),
        })
    }
}

impl Item {
    pub(super) fn of(draft: &Draft, look: Look) -> Item {
        let mut signed_by: Vec<Id> = Vec::new();
        for one in &draft.signatures {
            if !signed_by.contains(&one.party) {
                signed_by.push(one.party.clone());
            }
        }
        let ended = draft.ended.as_ref();
        Item {
            id: draft.id.clone(),
            state: look.state,
            entry: look.entry,
            kind: look.kind.name(),
            title: look.kind.title(),
            date: look.transaction.date,
            party: draft.party.clone(),
            created: draft.created,
            expires: draft.expires,
            ended: ended.map(|ended| ended.at),
            withdrawn_by: match ended.map(|ended| &ended.how) {
                Some(End::Withdrawn(by)) => Some(by.clone()),
                _ => None,
            },
            signed_by,
            missing: look.missing,
        }
    }
}

impl Verdict {
    fn of(run: DryRun) -> Verdict {
        let (refusals, malformed, prospect) = match run {
            DryRun::Passes(prospect) => (Vec::new(), None, Some(prospect)),
            DryRun::Refused(refusals) => (refusals, None, None),
            DryRun::Malformed(malformed) => (Vec::new(), Some(malformed), None),
        };
        let unreadable = |Malformed { code, detail }| Unreadable {
            code: code.as_str(),
            detail,
        };
        Verdict {
            passes: prospect.is_some(),
            refusals: refusals.iter().map(RefusalKept::from).collect(),
            malformed: malformed.map(unreadable),
            prospect,
        }
    }
}

/// Whether a reader sees a draft: all of them, or what their party posted or signed, or
/// what waits for it.
pub(super) fn is_shown(reader: &Reader, draft: &Draft, look: &Look) -> bool {
    let Reader::Known(known) = reader else {
        return false;
    };
    reader.may_read_whole_ledger()
        || draft.is_of(&known.party)
        || look
            .missing
            .iter()
            .any(|lack| lack.waits_for(known.key, known.role, &known.party))
}

/// Whether a reader sees what a draft seals: whoever posted or signed it, and those who see
/// such particulars anywhere. Who is only waited for asks whoever posted it.
fn may_read_particulars(reader: &Reader, read: &dyn Read, draft: &Draft) -> Result<bool, Fault> {
    let Reader::Known(known) = reader else {
        return Ok(false);
    };
    // Public bodies that signed do not see names for that.
    if known.role.is_partner() && draft.is_of(&known.party) {
        return Ok(true);
    }
    reader.may_read_particulars(View::new(read), &Concern::of_party(draft.party.clone()))
}
