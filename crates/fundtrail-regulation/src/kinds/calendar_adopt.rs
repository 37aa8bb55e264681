//! `calendar_adopt`: adopts the working-day arrangement of one or more years, as the State Council published it.

use super::prelude::*;
use crate::calendar::{Calendar, YearNotice};

/// Adopts the working-day arrangement of one or more years, as the State Council published it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarAdopt {
    /// Name of the calendar, as policies refer to it.
    pub calendar: Id,
    /// A notice a year; a year adopted before is replaced whole.
    pub years: Vec<YearNotice>,
}

impl Meaning for CalendarAdopt {
    const NAME: &'static str = "calendar_adopt";
    const ARTICLES: &'static [u8] = &[16];
    const TITLE: Bilingual = Bilingual { zh: "通过工作日历", en: "Calendar adoption" };

    fn check(&self) -> Result<(), Malformed> {
        bounded("years", self.years.len(), 16)?;
        if self.years.is_empty() {
            return Err(misfit("years: at least one"));
        }
        let fits = Calendar::from_notices(self.years.iter().cloned());
        fits.map(|_| ()).map_err(|error| {
            Malformed::new(MalformedCode::Calendar, format!("years: {error:?}"))
        })
    }

    fn subject(&self) -> Subject {
        Subject::default()
    }

    fn needs(&self, _: &Case<'_>) -> Result<Vec<Need>, Fault> {
        Ok(vec![Need::role(Role::Manager), Need::role(Role::Office)])
    }

    fn apply(&self, _: &Case<'_>, out: &mut Outcome<'_>) -> Result<(), Fault> {
        for notice in &self.years {
            out.put(&CalendarYear { calendar: self.calendar.clone(), notice: notice.clone() })?;
        }
        out.touch_id("calendar", &self.calendar);
        Ok(())
    }
}
