//! Where a number comes from: every row that went into it, with what it adds.
//!
//! The rows are gone through once more, each on its own, as the report goes through their sums.
//! Adding up what is listed gives the number again.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{AdAccountId, AdId, Currency, Micros, Result};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use uuid::Uuid;

use crate::data_driven::{Learned, Lesson};
use crate::figures::Figures;
use crate::metric::Metric;
use crate::path::Path;
use crate::read::delivered;
use crate::read::directory::Directory;
use crate::read::moment::Moment;
use crate::read::origin::Origins;
use crate::read::outcome::{self, Crediting, Kind, Question};
use crate::read::place::Place;
use crate::roi::{RoiRequest, row_key};

statements! {
    RUN = "SELECT started_at FROM sync_runs WHERE workspace_id = $1 AND seq = $2";
    LEAD = "SELECT name, CAST('' AS TEXT) FROM contacts WHERE workspace_id = $1 AND id = $2";
    OPPORTUNITY = "SELECT c.name, o.name FROM opportunities o JOIN contacts c \
        ON c.workspace_id = o.workspace_id AND c.id = o.contact_id WHERE o.workspace_id = $1 AND o.id = $2";
    SALE = "SELECT c.name, s.reference FROM sales s JOIN contacts c \
        ON c.workspace_id = s.workspace_id AND c.id = s.contact_id WHERE s.workspace_id = $1 AND s.id = $2";
    REFUND = "SELECT c.name, s.reference FROM sale_refunds r JOIN sales s \
        ON s.workspace_id = r.workspace_id AND s.id = r.sale_id JOIN contacts c \
        ON c.workspace_id = s.workspace_id AND c.id = s.contact_id WHERE r.workspace_id = $1 AND r.id = $2";
}

/// Which row of a report a number stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowOf {
    Total,
    /// What nothing of an ad is known of.
    Unattributed,
    /// The row of this key.
    Key(String),
}

/// Which number.
#[derive(Clone, Debug)]
pub struct PassportRequest {
    /// The report it stands in.
    pub report: RoiRequest,
    pub currency: Currency,
    pub row: RowOf,
    pub metric: Metric,
    /// How many rows of Meta's and how many of the CRM's are listed at most.
    pub limit: usize,
}

/// What a number is made of.
#[derive(Clone, Debug)]
pub struct Passport {
    /// All rows added up, listed or not.
    pub figures: Figures,
    /// What Meta told, by day and ad.
    pub ad_days: Vec<AdDayEntry>,
    pub ad_days_count: usize,
    /// What the CRM holds, by day.
    pub outcomes: Vec<OutcomeEntry>,
    pub outcomes_count: usize,
    /// What the data-driven model learned, where that credits.
    pub learned: Option<Learned>,
}

/// One ad on one day.
#[derive(Clone, Debug)]
pub struct AdDayEntry {
    pub day: NaiveDate,
    pub account: AdAccountId,
    pub ad: AdId,
    pub ad_external_id: String,
    pub ad_name: String,
    pub campaign_name: String,
    /// What it adds.
    pub figures: Figures,
    pub attribution_setting: Option<String>,
    /// The sync run that brought it.
    pub run: i64,
    pub run_started_at: Option<DateTime<Utc>>,
    /// Meta's own JSON: the list of actions, and every field without a column.
    pub actions: Option<String>,
    pub rest: Option<String>,
}

/// What a row of the CRM is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeKind {
    Lead,
    Opportunity,
    Sale,
    Refund,
}

/// The part of a lead, opportunity, sale or refund that is credited here.
#[derive(Clone, Debug)]
pub struct OutcomeEntry {
    pub kind: OutcomeKind,
    pub id: Uuid,
    /// The contact's name; empty for one that was merged into another since.
    pub contact: String,
    /// The name of the opportunity, the number of the sale.
    pub reference: String,
    /// Where it counts.
    pub day: NaiveDate,
    /// When it happened.
    pub happened: DateTime<Utc>,
    /// Of a sale: its whole amount and what was given back. Of a refund: what was left of the
    /// sale before it, and the refund.
    pub gross: Micros,
    pub refunded: Micros,
    /// What it adds.
    pub figures: Figures,
}

/// Lists what a number is made of.
///
/// # Errors
/// `NotFound` for a workspace that is gone; `InvalidInput` when the data-driven model has too little
/// to learn from.
pub async fn passport(scope: &Scope, request: PassportRequest) -> Result<Passport> {
    scope.db.attentively(Box::pin(made(scope, request))).await
}

async fn made(scope: &Scope, request: PassportRequest) -> Result<Passport> {
    let mut tx = scope.read().await?;
    let report = &request.report;
    let place = Place::read(&mut tx, scope.workspace, report.as_of).await?;
    let depth = report.grain.max(crate::Grain::AdSet);
    let directory = Directory::read(&mut tx, &place, depth).await?;
    let mut passport = Passport {
        figures: Figures::default(),
        ad_days: Vec::new(),
        ad_days_count: 0,
        outcomes: Vec::new(),
        outcomes_count: 0,
        learned: None,
    };
    ad_days(&mut tx, &place, &directory, &request, &mut passport).await?;
    let mut origins = Origins::read(&mut tx, &place, &directory).await?;
    passport.learned = Lesson::of(
        scope,
        &place,
        &directory,
        report.range,
        report.attribution.window,
    )
    .for_report(&mut tx, &mut origins, report.attribution)
    .await?;
    outcomes(&mut tx, &place, &origins, &request, &mut passport).await?;
    name(&mut tx, &place, &mut passport).await?;
    Ok(passport)
}

impl PassportRequest {
    /// Whether a part of this path and currency is in the number.
    fn holds(&self, path: &Path, currency: Currency) -> bool {
        if currency != self.currency || !self.report.filter.allows(path) {
            return false;
        }
        let key = row_key(path, self.report.grain);
        match &self.row {
            RowOf::Total => true,
            RowOf::Unattributed => key.is_none(),
            RowOf::Key(wanted) => key.as_ref() == Some(wanted),
        }
    }

    /// What of these figures the metric is made of; nothing where it is made of none of it.
    fn needed(&self, figures: &Figures) -> Option<Figures> {
        let needed = self.metric.only_its_sums(figures);
        (!needed.is_empty()).then_some(needed)
    }
}

async fn ad_days(
    tx: &mut Tx,
    place: &Place,
    directory: &Directory,
    request: &PassportRequest,
    passport: &mut Passport,
) -> Result<()> {
    let report = &request.report;
    let moment = place.moment.unwrap_or(Moment::LAST);
    for account in &place.accounts {
        if !report.filter.allows_account(Some(account.id)) {
            continue;
        }
        let mut rows = delivered::told(tx, place, moment, report.range, account.id).await?;
        rows.sort_by_key(|told| (told.row.day, told.row.of.id));
        for told in rows {
            let row = &told.row;
            let ad = AdId(row.of.id);
            let path = delivered::path(report.grain, ad, account.id, directory);
            let currency = Currency::of_record(&row.of.currency)?;
            if !request.holds(&path, currency) {
                continue;
            }
            let Some(figures) = request.needed(&row.of.figures()) else {
                continue;
            };
            passport.figures.add(&figures)?;
            passport.ad_days_count += 1;
            if passport.ad_days.len() >= request.limit {
                continue;
            }
            let known = directory.ads.get(&ad);
            let campaign = known.and_then(|ad| directory.campaigns.get(&ad.campaign));
            passport.ad_days.push(AdDayEntry {
                day: row.day,
                account: account.id,
                ad,
                ad_external_id: known.map(|ad| ad.external_id.clone()).unwrap_or_default(),
                ad_name: known.map(|ad| ad.name.clone()).unwrap_or_default(),
                campaign_name: campaign.map(|c| c.name.clone()).unwrap_or_default(),
                figures,
                attribution_setting: told.attribution_setting,
                run: told.run,
                run_started_at: None,
                actions: told.actions,
                rest: told.rest,
            });
        }
    }
    Ok(())
}

async fn outcomes(
    tx: &mut Tx,
    place: &Place,
    origins: &Origins,
    request: &PassportRequest,
    passport: &mut Passport,
) -> Result<()> {
    let report = &request.report;
    let question = Question {
        place,
        origins,
        range: report.range,
        attribution: report.attribution,
        customers: true,
    };
    let model = [report.attribution.model];
    let mut crediting = Crediting::new(question, &model);
    outcome::identified(tx, question, |kind, id, row| {
        crediting.credit(kind, row, &mut |_, part| {
            if !report.range.contains(part.day) || !request.holds(part.path, part.currency) {
                return Ok(());
            }
            let Some(figures) = request.needed(&part.figures) else {
                return Ok(());
            };
            passport.figures.add(&figures)?;
            passport.outcomes_count += 1;
            if passport.outcomes.len() < request.limit {
                passport.outcomes.push(OutcomeEntry {
                    kind: match kind {
                        Kind::Lead => OutcomeKind::Lead,
                        Kind::Opportunity => OutcomeKind::Opportunity,
                        Kind::Sale => OutcomeKind::Sale,
                        Kind::Refund => OutcomeKind::Refund,
                    },
                    id,
                    contact: String::new(),
                    reference: String::new(),
                    day: part.day,
                    happened: row.happened,
                    gross: row.gross,
                    refunded: row.refunded,
                    figures,
                });
            }
            Ok(())
        })
    })
    .await?;
    passport
        .outcomes
        .sort_by_key(|entry| (entry.day, entry.happened, entry.id));
    Ok(())
}

/// What the listed rows are called, and when their runs were.
async fn name(tx: &mut Tx, place: &Place, passport: &mut Passport) -> Result<()> {
    let mut runs: HashMap<i64, Option<DateTime<Utc>>> = HashMap::new();
    for entry in &mut passport.ad_days {
        let known = match runs.get(&entry.run) {
            Some(known) => *known,
            None => {
                let started = on_tx!(tx, |c| sqlx::query_scalar(RUN)
                    .bind(place.workspace)
                    .bind(entry.run)
                    .fetch_optional(c)
                    .await)
                .db()?;
                *runs.entry(entry.run).or_insert(started)
            }
        };
        entry.run_started_at = known;
    }
    for entry in &mut passport.outcomes {
        let text = match entry.kind {
            OutcomeKind::Lead => LEAD,
            OutcomeKind::Opportunity => OPPORTUNITY,
            OutcomeKind::Sale => SALE,
            OutcomeKind::Refund => REFUND,
        };
        let names: Option<(String, String)> = on_tx!(tx, |c| sqlx::query_as(text)
            .bind(place.workspace)
            .bind(entry.id)
            .fetch_optional(c)
            .await)
        .db()?;
        (entry.contact, entry.reference) = names.unwrap_or_default();
    }
    Ok(())
}
