//! Leads from Instant Forms: by form, and by ad where the form is out of reach.

use std::collections::{HashMap, VecDeque};
use std::fmt;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures::future::BoxFuture;
use rumbo_base::{Code, Error, LeadFormId, PageId, Reason, Result, Secret};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_meta::error::ErrorClass;
use rumbo_meta::graph::{GraphClient, Pages};
use rumbo_meta::objects::{Lead, LeadgenForm};
use rumbo_meta::{leads, marketing};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::account::{REQUEUES, WAITS};
use super::engine::{PageAccess, Shared};
use super::failure::{Failure, Verdict, again};
use super::fields::{Asked, List};
use super::progress::{KindProgress, StepState, Trouble};
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

/// Ads in a row that give no leads, for whatever reason, after which the others are not asked.
const FAILURES: u32 = 3;

const LEADS: Asked = Asked::Of(Kind::Leads);

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

/// Reads the leads of the pages' forms; `first` is the place of the first page on the board. Only
/// what ends the whole run is returned.
pub(super) async fn sync_pages(shared: &Shared<'_>, first: usize) -> Result<()> {
    if shared.cx.pages.is_empty() {
        return Ok(());
    }
    let tokens = page_tokens(shared).await?;
    for (number, page) in shared.cx.pages.iter().enumerate() {
        // Meta takes no other token than the page's own for its forms.
        let token = match &tokens {
            Ok(tokens) => tokens.get(&page.external_id).cloned().ok_or_else(no_access),
            Err(error) => Err(again(error)),
        };
        sync_page(shared, first + number, page, token).await?;
    }
    Ok(())
}

/// The pages' own tokens by the page's id, which Meta gives with the list of pages; or why there
/// is no list.
async fn page_tokens(shared: &Shared<'_>) -> Result<Result<HashMap<String, Secret>, Error>> {
    let mut tries = 0;
    loop {
        let failure = match marketing::my_pages(&shared.graph).await {
            Ok(mine) => {
                let tokens = mine
                    .into_iter()
                    .filter_map(|page| Some((page.id, page.access_token?)));
                return Ok(Ok(tokens.collect()));
            }
            Err(error) => Failure::from(error),
        };
        tries += 1;
        match failure.verdict() {
            Verdict::StopRun(error) => return Err(error),
            Verdict::Wait(wait, _) if tries <= WAITS => shared.cx.scope.clock.sleep(wait).await,
            Verdict::Later(_) if tries <= REQUEUES => {}
            verdict => return Ok(Err(verdict.error())),
        }
    }
}

fn no_access() -> Error {
    Error::new(
        Code::PermissionMissing,
        "Meta does not show this page: the person has no role on it any more, or did not grant \
         pages_show_list. Ask the page's admin for access, or connect Meta again and grant the \
         permission.",
    )
    .reason(Reason::PageHidden)
}

async fn sync_page(
    shared: &Shared<'_>,
    place: usize,
    page: &PageAccess,
    token: Result<Secret>,
) -> Result<()> {
    let name = format!("page:{}", page.external_id);
    shared
        .board
        .account(place, |account| account.state = StepState::Running);
    let failure = match token {
        Ok(token) => try_page(shared, place, page, token).await?,
        Err(error) => Some(error),
    };
    shared.board.account(place, |account| {
        if let Some(error) = &failure {
            let kind = account.kinds.entry(Kind::Leads).or_default();
            kind.state = StepState::Failed;
            kind.error = Some(error.into());
        }
        account.state = if failure.is_some() {
            StepState::Failed
        } else {
            StepState::Done
        };
        account.error = failure.as_ref().map(Trouble::from);
    });
    note(shared, place, &name, page, failure).await
}

/// Reads a page, several times if need be. Returns why it could not be read.
async fn try_page(
    shared: &Shared<'_>,
    place: usize,
    page: &PageAccess,
    token: Secret,
) -> Result<Option<Error>> {
    let client = shared.graph.with_other_token(token);
    let mut tries = 0;
    loop {
        let Err(failure) = read_page(shared, place, page, &client).await else {
            return Ok(None);
        };
        tries += 1;
        match verdict(shared, failure).await {
            Verdict::StopRun(error) => return Err(error),
            Verdict::Wait(wait, _) if tries <= WAITS => shared.cx.scope.clock.sleep(wait).await,
            Verdict::Later(_) if tries <= REQUEUES => {}
            verdict => return Ok(Some(verdict.error())),
        }
    }
}

/// A page's token that Meta refuses is the page's trouble only, unless Meta refuses the person's
/// token too.
async fn verdict(shared: &Shared<'_>, failure: Failure) -> Verdict {
    match failure {
        Failure::Meta(error) if matches!(error.class(), ErrorClass::SignIn(_)) => {
            if let Err(own) = marketing::me(&shared.graph).await
                && let stop @ Verdict::StopRun(_) = Verdict::of_meta(own)
            {
                return stop;
            }
            Verdict::StopAccount(
                Error::new(
                    Code::PermissionMissing,
                    "Meta does not take this page's own token: the person may have lost the role \
                     on the page. Ask the page's admin for access, then connect Meta again.",
                )
                .reason(Reason::PageTokenRefused)
                .source(error),
            )
        }
        failure => failure.verdict(),
    }
}

async fn note(
    shared: &Shared<'_>,
    place: usize,
    name: &str,
    page: &PageAccess,
    failure: Option<Error>,
) -> Result<()> {
    let scope = &shared.cx.scope;
    let mut tx = scope.write().await?;
    let code = failure.as_ref().map(|error| error.code().word());
    rumbo_platform::connections::set_page_error(
        &mut tx,
        scope.workspace,
        page.id,
        failure.as_ref(),
    )
    .await?;
    let outcome = match failure.as_ref().zip(code.as_deref()) {
        Some((error, code)) => Outcome::Failed {
            code,
            message: error.message(),
        },
        None => Outcome::Read {
            began: scope.now(),
            rows: shared.board.leads(place),
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

async fn read_page(
    shared: &Shared<'_>,
    place: usize,
    page: &PageAccess,
    client: &GraphClient,
) -> Result<(), Failure> {
    let scope = &shared.cx.scope;
    let name = format!("page:{}", page.external_id);
    let make = || leads::form_pages(client, &page.external_id);
    let mut listing = List::new(shared, Asked::Forms, &name, make);
    let listing = listing.collect().await?;
    let mut tx = scope.write().await?;
    store_forms(&mut tx, shared, page.id, listing).await?;
    let forms = stored_forms(&mut tx, shared, page.id).await?;
    tx.commit().await?;
    let total = u32::try_from(forms.len()).unwrap_or(u32::MAX);
    shared.board.kind(place, Kind::Leads, |progress| {
        *progress = KindProgress {
            total,
            rows: progress.rows,
            state: StepState::Running,
            ..KindProgress::default()
        };
    });
    for form in forms {
        // A second try of the page does not read again what the first one has.
        if form.status != "DRAFT"
            && form
                .read_until
                .is_none_or(|until| until < shared.fresh_since || until > scope.now())
        {
            read_form(shared, (place, &name), client, page, &form).await?;
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
    (place, name): (usize, &str),
    client: &GraphClient,
    page: &PageAccess,
    form: &StoredForm,
) -> Result<(), Failure> {
    let scope = &shared.cx.scope;
    let began = scope.now();
    // A read that is still to come was timed by a clock that was wrong.
    let since = form
        .read_until
        .filter(|until| *until <= began)
        .map(|until| until - OVERLAP);
    let make = || leads::leads_of_form(client, &page.external_id, &form.external_id, since);
    let pages = List::new(shared, LEADS, name, make);
    let batch = LeadBatch {
        page: Some(&page.external_id),
        form: Some((&form.external_id, &form.name)),
        ad_account: None,
        leads: &[],
    };
    store_pages(shared, place, pages, batch).await?;
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

/// Stores leads as they come. `place` is that of the page or account they are of, on the board.
async fn store_pages<F: Fn() -> Pages>(
    shared: &Shared<'_>,
    place: usize,
    mut pages: List<'_, F>,
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
        shared.add_leads(place, counts);
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
/// connected. Only what ends the whole run is returned.
pub(super) async fn heal_account(
    shared: &Shared<'_>,
    place: usize,
    row: &AdAccountRow,
) -> Result<()> {
    let scope = &shared.cx.scope;
    let name = format!("act:{}", row.external_id);
    let began = scope.now();
    let mut tx = scope.read().await?;
    let read = slices::load(&mut tx, scope.workspace, &name, Kind::Leads).await?;
    let last = read
        .iter()
        .filter_map(|slice| slice.confirmed_at.filter(|at| *at <= began))
        .max();
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
    shared.board.kind(place, Kind::Leads, |progress| {
        progress.total = u32::try_from(ads.len()).unwrap_or(u32::MAX);
        progress.state = StepState::Running;
    });
    let failure = ask_ads(
        shared,
        (place, &name),
        row,
        ads,
        last.map(|at| at - OVERLAP),
    )
    .await?;
    shared.board.account(place, |account| {
        let kind = account.kinds.entry(Kind::Leads).or_default();
        kind.state = StepState::Done;
        if let Some(error) = &failure {
            kind.state = StepState::Failed;
            kind.error = Some(error.into());
            account.state = StepState::Failed;
            account.error = Some(error.into());
        }
    });
    let code = failure.as_ref().map(|error| error.code().word());
    let outcome = match failure.as_ref().zip(code.as_deref()) {
        Some((error, code)) => Outcome::Failed {
            code,
            message: error.message(),
        },
        None => Outcome::Read {
            began,
            rows: shared.board.leads(place),
        },
    };
    let mut tx = scope.write().await?;
    slices::write(
        &mut tx,
        scope.workspace,
        (&name, Kind::Leads),
        no_days(),
        shared.run,
        outcome,
    )
    .await?;
    tx.commit().await?;
    if let Some(error) = failure {
        shared.issue(SyncIssue::new(&name, Some(Kind::Leads), None, &error));
    }
    Ok(())
}

/// Asks ads for their leads. Ads that are gone, and leads that are not for this person, are no
/// failure: the forms have brought what they could. Returns the last failure of another kind.
async fn ask_ads(
    shared: &Shared<'_>,
    (place, name): (usize, &str),
    row: &AdAccountRow,
    ads: Vec<String>,
    since: Option<DateTime<Utc>>,
) -> Result<Option<Error>> {
    let act = row.act();
    let mut queue: VecDeque<(String, u32)> = ads.into_iter().map(|ad| (ad, 0)).collect();
    let (mut waits, mut in_a_row) = (0, 0);
    let mut failed = None;
    while let Some((ad, tries)) = queue.pop_front() {
        let make = || leads::leads_of_ad(&shared.graph, &act, &ad, since);
        let batch = LeadBatch {
            page: None,
            form: None,
            ad_account: Some(&row.external_id),
            leads: &[],
        };
        let pages = List::new(shared, LEADS, name, make);
        let Err(failure) = store_pages(shared, place, pages, batch).await else {
            in_a_row = 0;
            shared
                .board
                .kind(place, Kind::Leads, |progress| progress.done += 1);
            continue;
        };
        in_a_row += 1;
        let out_of_reach = failure.is_out_of_reach();
        match failure.verdict() {
            Verdict::StopRun(error) => return Err(error),
            Verdict::Wait(wait, _) if waits < WAITS => {
                waits += 1;
                in_a_row -= 1;
                shared.cx.scope.clock.sleep(wait).await;
                queue.push_front((ad, tries));
                continue;
            }
            Verdict::Later(_) if tries < REQUEUES && in_a_row < FAILURES => {
                queue.push_back((ad, tries + 1));
                continue;
            }
            verdict => {
                tracing::info!(ad, ?verdict, "the leads of this ad could not be read");
                if !out_of_reach {
                    failed = Some(verdict.error());
                }
            }
        }
        shared
            .board
            .kind(place, Kind::Leads, |progress| progress.done += 1);
        if in_a_row >= FAILURES {
            break;
        }
    }
    Ok(failed)
}
