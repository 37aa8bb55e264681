//! What the overview asks the API for, and what of the answers it reads.

use axum::http::StatusCode;
use fundtrail_model::{Amount, Day, DocumentDigest, Id, KeyId, Moment, amount};
use fundtrail_regulation::period::Period;
use fundtrail_regulation::state::{AlertRecord, Claim, Role};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::api::Api;
use crate::records::{Listed, Obligation, Ratio, RefusedSubmission};
use crate::trouble::Trouble;
use crate::url;
use crate::visit::{Reader, Visit};

/// The most pages of a list that are read: each is a thousand.
const PAGES_MAX: usize = 20;
/// Refusals that are looked at.
const REFUSALS: &str = "/v1/refusals?last=5";

/// What everybody may see.
pub(super) struct Common {
    pub(super) fund: Fund,
    pub(super) months: Option<Months>,
    pub(super) witnesses: Witnesses,
}

/// What only some may: none where this reader may not.
#[derive(Default)]
pub(super) struct Own {
    pub(super) banks: Option<Vec<Bank>>,
    pub(super) claims: Option<Vec<Claim>>,
    pub(super) obligations: Option<Vec<Obligation>>,
    pub(super) alerts: Option<Vec<AlertRecord>>,
    /// The newest, oldest first.
    pub(super) refusals: Option<Vec<RefusedSubmission>>,
    /// Those that wait for this reader's key.
    pub(super) drafts: Vec<Draft>,
}

/// The fund as of now.
#[derive(Deserialize)]
pub(super) struct Fund {
    pub(super) size: u64,
    #[serde(with = "amount::signed")]
    pub(super) balance: Amount,
    pub(super) totals: Totals,
    pub(super) invariants: Vec<Invariant>,
    pub(super) last_audit: Option<Audited>,
}

/// What came in and went out.
#[derive(Deserialize)]
pub(super) struct Totals {
    #[serde(with = "amount::signed")]
    pub(super) contributions: Amount,
    #[serde(with = "amount::signed")]
    pub(super) interest: Amount,
    #[serde(with = "amount::signed")]
    pub(super) returns: Amount,
    #[serde(with = "amount::signed")]
    pub(super) clawbacks: Amount,
    #[serde(with = "amount::signed")]
    pub(super) suspense: Amount,
    #[serde(with = "amount::signed")]
    pub(super) compensation: Amount,
    #[serde(with = "amount::signed")]
    pub(super) fees: Amount,
    #[serde(with = "amount::signed")]
    pub(super) distributions: Amount,
}

/// Something that must hold.
#[derive(Deserialize)]
pub(super) struct Invariant {
    pub(super) id: String,
    pub(super) says: String,
    pub(super) holds: bool,
    pub(super) violated_by: Vec<String>,
}

/// The newest audit report.
#[derive(Deserialize)]
pub(super) struct Audited {
    pub(super) auditor: Option<Id>,
    pub(super) on: Option<Day>,
    pub(super) digest: Option<DocumentDigest>,
    pub(super) entry: u64,
}

/// The fund by month, the oldest first.
#[derive(Deserialize)]
pub(super) struct Months {
    pub(super) items: Vec<Month>,
}

/// One month.
#[derive(Deserialize)]
pub(super) struct Month {
    pub(super) month: Period,
    #[serde(with = "amount::signed")]
    pub(super) balance: Amount,
    pub(super) moved: Totals,
}

/// Who countersigns.
#[derive(Deserialize)]
pub(super) struct Witnesses {
    pub(super) size: u64,
    pub(super) published: Option<u64>,
    pub(super) recorded: Option<Moment>,
    pub(super) quorum: bool,
    pub(super) items: Vec<Witness>,
}

/// One witness.
#[derive(Deserialize)]
pub(super) struct Witness {
    pub(super) name: String,
    pub(super) url: Option<String>,
    pub(super) cosigned: Option<u64>,
    /// Seconds after 1970.
    pub(super) time: Option<i64>,
    pub(super) failure: Option<String>,
    pub(super) fatal: bool,
}

/// A bank with its ratio.
#[derive(Deserialize)]
pub(super) struct Bank {
    pub(super) party: Id,
    pub(super) active: bool,
    pub(super) ratio: Option<Ratio>,
}

/// A draft.
#[derive(Deserialize)]
pub(super) struct Draft {
    pub(super) id: Id,
    pub(super) kind: String,
    pub(super) date: Day,
    pub(super) party: Id,
    pub(super) expires: Moment,
    missing: Vec<Lack>,
}

/// A signature that is missing.
#[derive(Deserialize)]
struct Lack {
    roles: Vec<Role>,
    parties: Vec<Id>,
    key: Option<KeyId>,
}

impl Common {
    /// # Errors
    /// As the API's; so for all that follow.
    pub(super) async fn ask(visit: &Visit) -> Result<Common, Trouble> {
        let api = &visit.api;
        let (fund, months, witnesses) =
            tokio::join!(api.get("/v1/fund"), months(api), api.get("/v1/witnesses"),);
        Ok(Common {
            fund: fund?,
            months: months?,
            witnesses: witnesses?,
        })
    }
}

impl Own {
    pub(super) async fn ask(visit: &Visit) -> Result<Own, Trouble> {
        let Some(reader) = &visit.reader else {
            return Ok(Own::default());
        };
        let api = &visit.api;
        let refusals = async { api.allowed::<Listed<_>>(REFUSALS).await };
        let (banks, claims, obligations, alerts, refusals, drafts) = tokio::join!(
            all(api, "/v1/partners", &[("role", "bank")]),
            all(api, "/v1/claims", &[]),
            all(api, "/v1/obligations", &[]),
            all(api, "/v1/alerts", &[("standing", "true")]),
            refusals,
            all::<Draft>(api, "/v1/drafts", &[("state", "open")]),
        );
        let mut drafts = drafts?.unwrap_or_default();
        drafts.retain(|draft| draft.waits_for(reader));
        Ok(Own {
            banks: banks?,
            claims: claims?,
            obligations: obligations?,
            alerts: alerts?,
            refusals: refusals?.map(|listed| listed.items),
            drafts,
        })
    }
}

impl Draft {
    /// Whether a reader's key, or another of the same role and party, would do.
    fn waits_for(&self, reader: &Reader) -> bool {
        self.missing.iter().any(|lack| {
            lack.key == Some(reader.key)
                || lack.roles.contains(&reader.role)
                    && (lack.parties.is_empty() || lack.parties.contains(&reader.party))
        })
    }
}

/// The fund by month; nothing where there are more months than one answer holds.
async fn months(api: &Api) -> Result<Option<Months>, Trouble> {
    match api.allowed("/v1/fund/months").await {
        Err(trouble) if trouble.status == StatusCode::BAD_REQUEST => Ok(None),
        answer => answer,
    }
}

/// A whole list; nothing where this reader may not read it.
async fn all<T: DeserializeOwned>(
    api: &Api,
    path: &str,
    filters: &[(&str, &str)],
) -> Result<Option<Vec<T>>, Trouble> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    for _ in 0..PAGES_MAX {
        let mut pairs = filters.to_vec();
        pairs.push(("limit", "1000"));
        if !cursor.is_empty() {
            pairs.push(("cursor", &cursor));
        }
        let path = url::with_query(path, pairs);
        let Some(listed) = api.allowed::<Listed<T>>(&path).await? else {
            return Ok(None);
        };
        items.extend(listed.items);
        match listed.next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    Ok(Some(items))
}
