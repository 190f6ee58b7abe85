//! Cohorts of a history: by month and by campaign, of customers and of leads.

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_insight::cohort::{AcquiredBy, CohortRequest, CohortStart, CohortsBy, cohorts};
use rumbo_platform::Scope;

use crate::world::{day, range};

/// Every report on cohorts, as text.
pub(super) async fn reports(scope: &Scope, as_of: Option<DateTime<Utc>>) -> Vec<String> {
    let mut texts = Vec::new();
    let early: NaiveDate = day("2026-11-12");
    for (by, start, acquired_by, until) in [
        (
            CohortsBy::Month,
            CohortStart::Sale,
            AcquiredBy::LastTouch,
            None,
        ),
        (
            CohortsBy::Campaign,
            CohortStart::Sale,
            AcquiredBy::FirstTouch,
            None,
        ),
        (
            CohortsBy::Campaign,
            CohortStart::Lead,
            AcquiredBy::LastTouch,
            None,
        ),
        (
            CohortsBy::Month,
            CohortStart::Lead,
            AcquiredBy::LastTouch,
            Some(early),
        ),
    ] {
        let request = CohortRequest {
            by,
            range: range("2026-08-01", "2026-12-31"),
            start,
            acquired_by,
            campaign: None,
            until,
            as_of,
            value_months: 1,
            // What everybody bought is in the text too. The order of leads is nobody's.
            histories: start == CohortStart::Sale,
        };
        let report = cohorts(scope, request).await.unwrap();
        texts.push(format!("{report:#?}"));
    }
    texts
}
