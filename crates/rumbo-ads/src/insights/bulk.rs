//! Many rows in one statement. The statement texts are built, so they are not in the list of
//! prepared ones; the contract tests run every one of them on both databases.

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, AdCampaignId, AdId, Currency, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx};
use sqlx::QueryBuilder;

use super::ad_day::Figures;
use super::sum_columns::sum_columns;

/// Rows a statement: enough to make its fixed cost small, few enough that its text is built and
/// looked up cheaply.
pub(super) const CHUNK: usize = 100;

/// A row of `ad_insights` or its journal, ready to be written.
#[derive(Debug)]
pub(super) struct BulkRow<'a> {
    pub day: NaiveDate,
    pub ad: AdId,
    pub figures: &'a Figures,
    /// `first_run` of a new row; the run that replaces a journaled one.
    pub first: i64,
    /// The run that brought these figures.
    pub run: i64,
}

/// What a bulk write is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub workspace: WorkspaceId,
    pub account: AdAccountId,
    pub currency: Currency,
}

/// The columns of a row's figures, in the order of [`push_figures`].
macro_rules! figure_columns {
    () => {
        "currency, attribution_setting, impressions, reach, frequency, clicks, link_clicks, spend_micros, \
         meta_leads, meta_purchases, meta_purchase_micros, actions, rest"
    };
}
pub(super) use figure_columns;

/// The figures of a row that exists already give way to those of the new one, and so does its run.
macro_rules! figures_replaced {
    () => {
        "DO UPDATE SET currency = excluded.currency, attribution_setting = excluded.attribution_setting, \
         impressions = excluded.impressions, reach = excluded.reach, frequency = excluded.frequency, \
         clicks = excluded.clicks, link_clicks = excluded.link_clicks, spend_micros = excluded.spend_micros, \
         meta_leads = excluded.meta_leads, meta_purchases = excluded.meta_purchases, \
         meta_purchase_micros = excluded.meta_purchase_micros, actions = excluded.actions, \
         rest = excluded.rest, run = excluded.run"
    };
}
pub(super) use figures_replaced;

/// Binds the figures of a row, whose money is in `$currency` unless they say otherwise.
macro_rules! push_figures {
    ($values:expr, $figures:expr, $currency:expr) => {{
        let figures = $figures;
        let currency = figures.currency.unwrap_or($currency);
        $values
            .push_bind(currency.code().to_owned())
            .push_bind(figures.attribution_setting.clone())
            .push_bind(figures.impressions)
            .push_bind(figures.reach)
            .push_bind(figures.frequency)
            .push_bind(figures.clicks)
            .push_bind(figures.link_clicks)
            .push_bind(figures.spend_micros)
            .push_bind(figures.meta_leads)
            .push_bind(figures.meta_purchases)
            .push_bind(figures.meta_purchase_micros)
            .push_bind(figures.actions.clone())
            .push_bind(figures.rest.clone())
    }};
}
pub(super) use push_figures;

const UPSERT: &str = concat!(
    "INSERT INTO ad_insights (workspace_id, ad_account_id, day, ad_id, ",
    figure_columns!(),
    ", first_run, run) "
);
const UPSERT_END: &str = concat!(
    " ON CONFLICT (workspace_id, ad_account_id, day, ad_id) ",
    figures_replaced!()
);
const JOURNAL: &str = concat!(
    "INSERT INTO ad_insight_journal (workspace_id, ad_account_id, day, ad_id, ",
    figure_columns!(),
    ", replaced_by_run, run) "
);
const JOURNAL_END: &str =
    " ON CONFLICT (workspace_id, ad_account_id, day, ad_id, replaced_by_run) DO NOTHING";

/// Adds rows, or replaces them where the ad-day exists (`first_run` stays then).
pub(super) async fn upsert(tx: &mut Tx, target: Target, rows: &[BulkRow<'_>]) -> Result<()> {
    write(tx, target, rows, UPSERT, UPSERT_END).await
}

/// Keeps what ad-days said. The first version that a run replaced is kept: later ones of the same
/// run were never seen outside of it.
pub(super) async fn journal(tx: &mut Tx, target: Target, rows: &[BulkRow<'_>]) -> Result<()> {
    write(tx, target, rows, JOURNAL, JOURNAL_END).await
}

async fn write(
    tx: &mut Tx,
    target: Target,
    rows: &[BulkRow<'_>],
    head: &str,
    tail: &str,
) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        on_tx!(tx, |c| {
            let mut query = QueryBuilder::<DB>::new(head);
            query.push_values(chunk, |mut values, row| {
                let values = values
                    .push_bind(target.workspace)
                    .push_bind(target.account)
                    .push_bind(row.day)
                    .push_bind(row.ad);
                push_figures!(values, row.figures, target.currency)
                    .push_bind(row.first)
                    .push_bind(row.run);
            });
            query.push(tail);
            query
                .build()
                .persistent(chunk.len() == CHUNK)
                .execute(c)
                .await
                .map(|_| ())
        })
        .db()?;
    }
    Ok(())
}

/// The additive figures of a campaign-day or account-day, or a change of them. The `*_rows` say how
/// many of the rows tell a figure: with 0 its sum is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Sums {
    pub ad_rows: i64,
    pub impressions: i64,
    pub clicks: i64,
    pub link_clicks: i64,
    pub spend_micros: i64,
    pub meta_leads: i64,
    pub meta_purchases: i64,
    pub meta_purchase_micros: i64,
    pub impressions_rows: i64,
    pub clicks_rows: i64,
    pub link_clicks_rows: i64,
    pub spend_rows: i64,
}

impl Sums {
    /// In the order of the fields.
    pub fn figures(&self) -> [i64; 12] {
        [
            self.ad_rows,
            self.impressions,
            self.clicks,
            self.link_clicks,
            self.spend_micros,
            self.meta_leads,
            self.meta_purchases,
            self.meta_purchase_micros,
            self.impressions_rows,
            self.clicks_rows,
            self.link_clicks_rows,
            self.spend_rows,
        ]
    }

    /// Adds a row (`sign` 1) or takes one away (`sign` -1).
    pub fn apply(&mut self, figures: &Figures, sign: i64) {
        self.ad_rows += sign;
        for (figure, sum, rows) in [
            (
                figures.impressions,
                &mut self.impressions,
                &mut self.impressions_rows,
            ),
            (figures.clicks, &mut self.clicks, &mut self.clicks_rows),
            (
                figures.link_clicks,
                &mut self.link_clicks,
                &mut self.link_clicks_rows,
            ),
            (
                figures.spend_micros,
                &mut self.spend_micros,
                &mut self.spend_rows,
            ),
        ] {
            if let Some(figure) = figure {
                *sum += sign * figure;
                *rows += sign;
            }
        }
        self.meta_leads += sign * figures.meta_leads.unwrap_or(0);
        self.meta_purchases += sign * figures.meta_purchases.unwrap_or(0);
        self.meta_purchase_micros += sign * figures.meta_purchase_micros.unwrap_or(0);
    }

    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

const CAMPAIGN_DAYS: &str = concat!(
    "INSERT INTO campaign_days (workspace_id, day, ad_campaign_id, ad_account_id, currency, ",
    sum_columns!(),
    ") "
);
const CAMPAIGN_DAYS_END: &str = " ON CONFLICT (workspace_id, day, ad_campaign_id) DO UPDATE SET \
    ad_rows = campaign_days.ad_rows + excluded.ad_rows, \
    impressions = campaign_days.impressions + excluded.impressions, \
    clicks = campaign_days.clicks + excluded.clicks, \
    link_clicks = campaign_days.link_clicks + excluded.link_clicks, \
    spend_micros = campaign_days.spend_micros + excluded.spend_micros, \
    meta_leads = campaign_days.meta_leads + excluded.meta_leads, \
    meta_purchases = campaign_days.meta_purchases + excluded.meta_purchases, \
    meta_purchase_micros = campaign_days.meta_purchase_micros + excluded.meta_purchase_micros, \
    impressions_rows = campaign_days.impressions_rows + excluded.impressions_rows, \
    clicks_rows = campaign_days.clicks_rows + excluded.clicks_rows, \
    link_clicks_rows = campaign_days.link_clicks_rows + excluded.link_clicks_rows, \
    spend_rows = campaign_days.spend_rows + excluded.spend_rows";

/// Adds changes to the sums by campaign.
pub(super) async fn add_campaign_days(
    tx: &mut Tx,
    target: Target,
    changes: &[(NaiveDate, AdCampaignId, Sums)],
) -> Result<()> {
    for chunk in changes.chunks(CHUNK) {
        on_tx!(tx, |c| {
            let mut query = QueryBuilder::<DB>::new(CAMPAIGN_DAYS);
            query.push_values(chunk, |mut values, (day, campaign, sums)| {
                values
                    .push_bind(target.workspace)
                    .push_bind(*day)
                    .push_bind(*campaign)
                    .push_bind(target.account)
                    .push_bind(target.currency.code().to_owned())
                    .push_bind(sums.ad_rows)
                    .push_bind(sums.impressions)
                    .push_bind(sums.clicks)
                    .push_bind(sums.link_clicks)
                    .push_bind(sums.spend_micros)
                    .push_bind(sums.meta_leads)
                    .push_bind(sums.meta_purchases)
                    .push_bind(sums.meta_purchase_micros)
                    .push_bind(sums.impressions_rows)
                    .push_bind(sums.clicks_rows)
                    .push_bind(sums.link_clicks_rows)
                    .push_bind(sums.spend_rows);
            });
            query.push(CAMPAIGN_DAYS_END);
            query
                .build()
                .persistent(chunk.len() == CHUNK)
                .execute(c)
                .await
                .map(|_| ())
        })
        .db()?;
    }
    Ok(())
}

const ACCOUNT_DAYS: &str = concat!(
    "INSERT INTO account_days (workspace_id, day, ad_account_id, currency, ",
    sum_columns!(),
    ", digest) "
);
const ACCOUNT_DAYS_END: &str = " ON CONFLICT (workspace_id, day, ad_account_id) DO UPDATE SET \
    ad_rows = account_days.ad_rows + excluded.ad_rows, \
    impressions = account_days.impressions + excluded.impressions, \
    clicks = account_days.clicks + excluded.clicks, \
    link_clicks = account_days.link_clicks + excluded.link_clicks, \
    spend_micros = account_days.spend_micros + excluded.spend_micros, \
    meta_leads = account_days.meta_leads + excluded.meta_leads, \
    meta_purchases = account_days.meta_purchases + excluded.meta_purchases, \
    meta_purchase_micros = account_days.meta_purchase_micros + excluded.meta_purchase_micros, \
    impressions_rows = account_days.impressions_rows + excluded.impressions_rows, \
    clicks_rows = account_days.clicks_rows + excluded.clicks_rows, \
    link_clicks_rows = account_days.link_clicks_rows + excluded.link_clicks_rows, \
    spend_rows = account_days.spend_rows + excluded.spend_rows, \
    digest = excluded.digest";

/// Adds changes to the sums by account, and sets the digests.
pub(super) async fn add_account_days(
    tx: &mut Tx,
    target: Target,
    changes: &[(NaiveDate, Sums, i64)],
) -> Result<()> {
    for chunk in changes.chunks(CHUNK) {
        on_tx!(tx, |c| {
            let mut query = QueryBuilder::<DB>::new(ACCOUNT_DAYS);
            query.push_values(chunk, |mut values, (day, sums, digest)| {
                values
                    .push_bind(target.workspace)
                    .push_bind(*day)
                    .push_bind(target.account)
                    .push_bind(target.currency.code().to_owned())
                    .push_bind(sums.ad_rows)
                    .push_bind(sums.impressions)
                    .push_bind(sums.clicks)
                    .push_bind(sums.link_clicks)
                    .push_bind(sums.spend_micros)
                    .push_bind(sums.meta_leads)
                    .push_bind(sums.meta_purchases)
                    .push_bind(sums.meta_purchase_micros)
                    .push_bind(sums.impressions_rows)
                    .push_bind(sums.clicks_rows)
                    .push_bind(sums.link_clicks_rows)
                    .push_bind(sums.spend_rows)
                    .push_bind(*digest);
            });
            query.push(ACCOUNT_DAYS_END);
            query
                .build()
                .persistent(chunk.len() == CHUNK)
                .execute(c)
                .await
                .map(|_| ())
        })
        .db()?;
    }
    Ok(())
}
