//! Leads from Instant Forms: by form, and by ad where the form is out of reach.

use std::fmt;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures::future::BoxFuture;
use rumbo_base::{Error, LeadFormId, PageId, Result};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_meta::error::{ErrorClass, MetaError, SignInReason};
use rumbo_meta::graph::{GraphClient, Pages};
use rumbo_meta::leads;
use rumbo_meta::objects::{Lead, LeadgenForm};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::account::{REQUEUES, WAITS, code_word};
use super::engine::{PageAccess, Shared};
use super::failure::{Failure, Verdict};
use super::progress::{KindProgress, StepState};
use super::report::SyncIssue;
use super::slices::{self, Kind, Outcome, no_days};
use crate::json_text::canonical;
use crate::objects::AdAccountRow;
use crate::{JsonText, META};

rumbo_db::statements! {
    FORMS = "SELECT id, external_id, name, status, questions, leads_count, read_until FROM lead_forms \
        WHERE workspace_id = $1 AND page_id = $2";
    ADD_FORM = "INSERT INTO lead_forms (workspace_id, id, platform, external_id, page_id, name, status, questions, \
        leads_count, created_at, created_by, updated_at, updated_by) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, $11)";
    CHANGE_FORM = "UPDATE lead_forms SET name = $3, status = $4, questions = $5, leads_count = $6, updated_at = $7, \
        updated_by = $8 WHERE workspace_id = $1 AND id = $2";
    READ_UNTIL = "UPDATE lead_forms SET read_until = $3 WHERE workspace_id = $1 AND id = $2";
    LEAD_ADS = "SELECT a.external_id FROM ads a JOIN ad_insights i ON i.workspace_id = a.workspace_id AND i.ad_id = a.id \
        WHERE a.workspace_id = $1 AND a.ad_account_id = $2 AND i.day >= $3 AND i.meta_leads > 0 \
        GROUP BY a.external_id ORDER BY MAX(i.day) DESC, a.external_id LIMIT 200";
}

/// Leads become visible a little after they were made: each read goes back this far. A lead that
/// is known changes nothing.
const OVERLAP: TimeDelta = TimeDelta::hours(24);

/// Ads are asked for their leads this often: only to find those whose form is out of reach.
const HEAL_EVERY: TimeDelta = TimeDelta::hours(20);

/// What writing leads did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadCounts {
    /// Leads that were new.
    pub added: u64,
    /// Leads of which something was filled in.
    pub changed: u64,
    /// Leads that were known.
    pub unchanged: u64,
}

impl LeadCounts {
    /// Adds the counts of another write.
    pub fn add(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
    }
}

/// Leads as Meta gave them, and where they were found.
#[derive(Clone, Copy, Debug)]
pub struct LeadBatch<'a> {
    /// Meta's id of the page, where it is known.
    pub page: Option<&'a str>,
    /// Meta's id and the name of the form, where they were read by form.
    pub form: Option<(&'a str, &'a str)>,
    /// The bare number of the ad account, where they were read by ad.
    pub ad_account: Option<&'a str>,
    pub leads: &'a [Lead],
}

/// Where leads go: the CRM, which this crate does not know. Both calls run inside the sync's own
/// transaction, so that leads and the progress of reading them are kept together.
pub trait LeadSink: fmt::Debug + Send + Sync {
    /// Stores leads. The same lead again must change nothing.
    fn store<'a>(
        &'a self,
        tx: &'a mut Tx,
        batch: LeadBatch<'a>,
    ) -> BoxFuture<'a, Result<LeadCounts>>;

    /// Links whatever waits for campaigns, ad sets and ads that have just been stored; says how
    /// many were.
    fn link<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<u64>>;
}

/// Keeps no leads and asks for none.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLeads;

impl LeadSink for NoLeads {
    fn store<'a>(
        &'a self,
        _: &'a mut Tx,
        batch: LeadBatch<'a>,
    ) -> BoxFuture<'a, Result<LeadCounts>> {
        let unchanged = u64::try_from(batch.leads.len()).unwrap_or(u64::MAX);
        Box::pin(async move {
            Ok(LeadCounts {
                unchanged,
                ..LeadCounts::default()
            })
        })
    }

    fn link<'a>(&'a self, _: &'a mut Tx) -> BoxFuture<'a, Result<u64>> {
        Box::pin(async { Ok(0) })
    }
}

#[derive(sqlx::FromRow)]
struct StoredForm {
    id: LeadFormId,
    external_id: String,
    name: String,
    status: String,
    questions: JsonText,
    leads_count: Option<i64>,
    read_until: Option<DateTime<Utc>>,
}

/// Reads the leads of a page's forms. Only what ends the whole run is returned.
pub(super) async fn sync_page(shared: &Shared<'_>, place: usize, page: &PageAccess) -> Result<()> {
    let name = format!("page:{}", page.external_id);
    shared
        .board
        .account(place, |account| account.state = StepState::Running);
    let mut tries = 0;
    let failure = loop {
        let Err(failure) = read_page(shared, place, page).await else {
            break None;
        };
        tries += 1;
        match verdict(failure) {
            Verdict::StopRun(error) => return Err(error),
            Verdict::Wait(wait, _) if tries <= WAITS => shared.cx.scope.clock.sleep(wait).await,
            Verdict::Later(_) if tries <= REQUEUES => {}
            Verdict::StopAccount(error)
            | Verdict::Wait(_, error)
            | Verdict::Later(error)
            | Verdict::Smaller(error)
            | Verdict::GiveUp(error) => break Some(error),
        }
    };
    shared.board.account(place, |account| {
        account.state = if failure.is_some() {
            StepState::Failed
        } else {
            StepState::Done
        };
        account.error = failure.as_ref().map(|error| error.message().to_owned());
    });
    note(shared, &name, page, failure).await
}

/// The loss of a role on one page is that page's trouble only.
fn verdict(failure: Failure) -> Verdict {
    match failure {
        Failure::Meta(error) if error.class() == ErrorClass::SignIn(SignInReason::PageRoleLost) => {
            Verdict::StopAccount((*error).into())
        }
        failure => failure.verdict(),
    }
}

async fn note(
    shared: &Shared<'_>,
    name: &str,
    page: &PageAccess,
    failure: Option<Error>,
) -> Result<()> {
    let scope = &shared.cx.scope;
    let mut tx = scope.write().await?;
    let code = failure.as_ref().map(code_word);
    let error = failure.as_ref().zip(code.as_deref());
    rumbo_platform::connections::set_page_error(
        &mut tx,
        scope.workspace,
        page.id,
        error.map(|(error, code)| (code, error.message())),
    )
    .await?;
    let outcome = match error {
        Some((error, code)) => Outcome::Failed {
            code,
            message: error.message(),
        },
        None => Outcome::Read {
            began: scope.now(),
            rows: 0,
        },
    };
    slices::write(
        &mut tx,
        scope.workspace,
        (name, Kind::Leads),
        no_days(),
        shared.run,
        outcome,
    )
    .await?;
    tx.commit().await?;
    if let Some(error) = failure {
        shared.issue(SyncIssue::new(name, Some(Kind::Leads), None, &error));
    }
    Ok(())
}

async fn read_page(shared: &Shared<'_>, place: usize, page: &PageAccess) -> Result<(), Failure> {
    let scope = &shared.cx.scope;
    let client: GraphClient = match &page.token {
        Some(token) => shared.graph.with_other_token(token.clone()),
        None => shared.graph.clone(),
    };
    let listing = leads::forms(&client, &page.external_id).await?;
    let mut tx = scope.write().await?;
    store_forms(&mut tx, shared, page.id, listing).await?;
    let forms = stored_forms(&mut tx, shared, page.id).await?;
    tx.commit().await?;
    let total = u32::try_from(forms.len()).unwrap_or(u32::MAX);
    shared.board.kind(place, Kind::Leads, |progress| {
        *progress = KindProgress {
            done: 0,
            total,
            state: StepState::Running,
        };
    });
    for form in forms {
        // A second try of the page does not read again what the first one has.
        if form.status != "DRAFT"
            && form
                .read_until
                .is_none_or(|until| until < shared.fresh_since)
        {
            read_form(shared, place, &client, page, &form).await?;
        }
        shared
            .board
            .kind(place, Kind::Leads, |progress| progress.done += 1);
    }
    shared.board.kind(place, Kind::Leads, |progress| {
        progress.state = StepState::Done;
    });
    Ok(())
}

async fn read_form(
    shared: &Shared<'_>,
    place: usize,
    client: &GraphClient,
    page: &PageAccess,
    form: &StoredForm,
) -> Result<(), Failure> {
    let scope = &shared.cx.scope;
    let began = scope.now();
    let since = form.read_until.map(|until| until - OVERLAP);
    let pages = leads::leads_of_form(client, &page.external_id, &form.external_id, since);
    let batch = LeadBatch {
        page: Some(&page.external_id),
        form: Some((&form.external_id, &form.name)),
        ad_account: None,
        leads: &[],
    };
    store_pages(shared, Some(place), pages, batch).await?;
    let mut tx = scope.write().await?;
    on_tx!(&mut tx, |c| sqlx::query(READ_UNTIL)
        .bind(scope.workspace)
        .bind(form.id)
        .bind(began)
        .execute(c)
        .await
        .map(|_| ()))
    .db()?;
    tx.commit().await?;
    Ok(())
}

/// Stores leads as they come. `place` is that of the page they are of, on the board.
async fn store_pages(
    shared: &Shared<'_>,
    place: Option<usize>,
    mut pages: Pages,
    batch: LeadBatch<'_>,
) -> Result<(), Failure> {
    while let Some(page) = pages.next().await? {
        let found: Vec<Lead> = page.rows()?;
        if found.is_empty() {
            continue;
        }
        let mut tx = shared.cx.scope.write().await?;
        let counts = shared
            .cx
            .leads
            .store(
                &mut tx,
                LeadBatch {
                    leads: &found,
                    ..batch
                },
            )
            .await?;
        tx.commit().await?;
        shared.add_leads(counts);
        if let Some(place) = place {
            let read = u64::try_from(found.len()).unwrap_or(u64::MAX);
            shared.board.account(place, |page| page.leads += read);
        }
    }
    Ok(())
}

async fn stored_forms(tx: &mut Tx, shared: &Shared<'_>, page: PageId) -> Result<Vec<StoredForm>> {
    on_tx!(tx, |c| sqlx::query_as(FORMS)
        .bind(shared.cx.scope.workspace)
        .bind(page)
        .fetch_all(c)
        .await)
    .db()
}

async fn store_forms(
    tx: &mut Tx,
    shared: &Shared<'_>,
    page: PageId,
    listing: Vec<LeadgenForm>,
) -> Result<()> {
    let scope = &shared.cx.scope;
    let stored = stored_forms(tx, shared, page).await?;
    for form in listing {
        let name = form.name.unwrap_or_else(|| form.id.clone());
        let status = form.status.unwrap_or_else(|| "UNKNOWN".to_owned());
        let leads_count = form.leads_count.map(|count| count.0);
        let questions = form
            .questions
            .unwrap_or_default()
            .into_iter()
            .map(|q| json!({"key": q.key, "label": q.label, "type": q.kind}))
            .collect::<Vec<_>>();
        let questions: JsonText = canonical(&questions.into()).into();
        let old = stored.iter().find(|old| old.external_id == form.id);
        let Some(old) = old else {
            on_tx!(tx, |c| sqlx::query(ADD_FORM)
                .bind(scope.workspace)
                .bind(scope.id::<LeadFormId>())
                .bind(META)
                .bind(form.id)
                .bind(page)
                .bind(name)
                .bind(status)
                .bind(questions)
                .bind(leads_count)
                .bind(scope.now())
                .bind(scope.actor)
                .execute(c)
                .await
                .map(|_| ()))
            .db()?;
            continue;
        };
        if (&old.name, &old.status, &old.questions, old.leads_count)
            == (&name, &status, &questions, leads_count)
        {
            continue;
        }
        on_tx!(tx, |c| sqlx::query(CHANGE_FORM)
            .bind(scope.workspace)
            .bind(old.id)
            .bind(name)
            .bind(status)
            .bind(questions)
            .bind(leads_count)
            .bind(scope.now())
            .bind(scope.actor)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(())
}

/// Once a day, asks the ads that brought leads lately: the forms of some are on pages that are not
/// connected. What cannot be read so is no failure of the run; it is noted with the account.
pub(super) async fn heal_account(
    shared: &Shared<'_>,
    _place: usize,
    row: &AdAccountRow,
) -> Result<()> {
    if shared.cx.pages.is_empty() {
        return Ok(());
    }
    let scope = &shared.cx.scope;
    let name = format!("act:{}", row.external_id);
    let began = scope.now();
    let mut tx = scope.read().await?;
    let read = slices::load(&mut tx, scope.workspace, &name, Kind::Leads).await?;
    let last = read.iter().filter_map(|slice| slice.confirmed_at).max();
    if last.is_some_and(|last| began - last < HEAL_EVERY) {
        return Ok(());
    }
    let from: NaiveDate = row
        .timezone()
        .day_of(last.unwrap_or(began - TimeDelta::days(90)) - OVERLAP);
    let ads: Vec<String> = on_tx!(&mut tx, |c| sqlx::query_scalar(LEAD_ADS)
        .bind(scope.workspace)
        .bind(row.id)
        .bind(from)
        .fetch_all(c)
        .await)
    .db()?;
    drop(tx);
    for ad in &ads {
        let pages = leads::leads_of_ad(
            &shared.graph,
            &row.act(),
            ad,
            last.map(|last| last - OVERLAP),
        );
        let batch = LeadBatch {
            page: None,
            form: None,
            ad_account: Some(&row.external_id),
            leads: &[],
        };
        let Err(failure) = store_pages(shared, None, pages, batch).await else {
            continue;
        };
        let verdict = failure.verdict();
        if let Verdict::StopRun(error) = verdict {
            return Err(error);
        }
        // Not allowed to read them, or not now: the forms have brought what they could.
        tracing::info!(ad, ?verdict, "the leads of this ad could not be read");
        if !matches!(verdict, Verdict::GiveUp(_)) {
            return Ok(());
        }
    }
    let rows = u64::try_from(ads.len()).unwrap_or(u64::MAX);
    let mut tx = scope.write().await?;
    let outcome = Outcome::Read { began, rows };
    slices::write(
        &mut tx,
        scope.workspace,
        (&name, Kind::Leads),
        no_days(),
        shared.run,
        outcome,
    )
    .await?;
    tx.commit().await
}

impl From<MetaError> for Verdict {
    fn from(error: MetaError) -> Self {
        Self::of_meta(error)
    }
}
