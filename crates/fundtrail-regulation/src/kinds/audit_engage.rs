//! `audit_engage`: the office engages an accounting firm for a special audit.

use super::prelude::*;

/// The office engages an accounting firm for a special audit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditEngage {
    /// Its id.
    pub engagement: Id,
    /// The firm.
    pub auditor: Id,
    /// Partners in scope; all of the fund if absent.
    #[serde(default)]
    pub partners: Vec<Id>,
    /// First day of the period.
    pub from: Day,
    /// Last day.
    pub until: Day,
}

impl Meaning for AuditEngage {
    const NAME: &'static str = "audit_engage";
    const ARTICLES: &'static [u8] = &[17];
    const TITLE: Bilingual = Bilingual { zh: "委托审计", en: "Audit engagement" };

    fn check(&self) -> Result<(), Malformed> {
        bounded("partners", self.partners.len(), 64)?;
        if self.from <= self.until { Ok(()) } else { Err(misfit("from: not after until")) }
    }

    fn subject(&self) -> Subject {
        let key = FilingKind::Engagement.key_of(self.engagement.as_str());
        let creates = vec![Creation::of::<Filing>(&key, format!("engagement {}", self.engagement))];
        Subject { party: Some(self.auditor.clone()), creates, ..Subject::default() }
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::role(Role::Office)])
    }

    fn apply(&self, case: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        out.touch_id("engagement", &self.engagement);
        out.touch_id("party", &self.auditor);
        out.put(&Filing {
            kind: FilingKind::Engagement,
            id: self.engagement.to_string(),
            party: Some(self.auditor.clone()),
            partners: self.partners.clone(),
            from: Some(self.from),
            until: Some(self.until),
            digest: None,
            entry: case.index,
        })
    }
}
