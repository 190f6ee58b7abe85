use std::collections::HashMap;

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, Currency, DateRange, Micros, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

use crate::amount::{figure, float};
use crate::figures::Figures;
use crate::read::place::Place;

statements! {
    /// Days on which a figure is not told are left out: they are not days on which it was 0.
    ACCOUNT_DAYS = "SELECT d.ad_account_id AS account, d.day, d.impressions, d.clicks, d.spend_micros, \
        d.meta_leads FROM account_days d WHERE d.workspace_id = $1 AND d.day BETWEEN $2 AND $3 \
        AND d.currency = $4 AND d.impressions_rows > 0 AND d.clicks_rows > 0 AND d.spend_rows > 0 \
        ORDER BY d.day";
}

/// The columns in the order of the question. By place and not by name: there is one for each day of
/// each account.
type Row = (AdAccountId, NaiveDate, i64, i64, Micros, i64);

/// What was delivered, as the floats that are judged. Money is in millionths.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Day {
    pub impressions: f64,
    pub clicks: f64,
    pub spend: f64,
    pub leads: f64,
}

impl Day {
    pub fn nothing() -> Self {
        Self::default()
    }

    /// `None` where a figure is not known.
    pub fn of(figures: &Figures) -> Option<Self> {
        Some(Self {
            impressions: figure(figures.impressions?),
            clicks: figure(figures.clicks?),
            spend: float(figures.spend?),
            leads: figure(figures.meta_leads),
        })
    }
}

/// The days of each account, oldest first.
pub(super) async fn days(
    tx: &mut Tx,
    place: &Place,
    range: DateRange,
    currency: Currency,
) -> Result<HashMap<AdAccountId, Vec<(NaiveDate, Day)>>> {
    let rows: Vec<Row> = on_tx!(tx, |c| {
        sqlx::query_as(ACCOUNT_DAYS)
            .bind(place.workspace)
            .bind(range.from)
            .bind(range.to)
            .bind(currency.code())
            .fetch_all(c)
            .await
    })
    .db()?;
    let mut days: HashMap<AdAccountId, Vec<(NaiveDate, Day)>> = HashMap::new();
    for (account, day, impressions, clicks, spend, leads) in rows {
        let figures = Day {
            impressions: figure(impressions),
            clicks: figure(clicks),
            spend: float(spend),
            leads: figure(leads),
        };
        days.entry(account).or_default().push((day, figures));
    }
    Ok(days)
}
