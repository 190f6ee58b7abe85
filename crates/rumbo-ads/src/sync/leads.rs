//! Leads from Instant Forms: by form, and by ad where the form is out of reach.

mod by_ad;
mod sink;

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_base::{Code, Error, LeadFormId, PageId, Reason, Result, Secret};
use rumbo_db::{DbResultExt, Tx, on_tx};
use rumbo_meta::error::ErrorClass;
use rumbo_meta::graph::{GraphClient, Pages};
use rumbo_meta::objects::{Lead, LeadgenForm};
use rumbo_meta::{leads, marketing};
use serde_json::json;

use super::account::{REQUEUES, WAITS};
use super::engine::{PageAccess, Shared};
use super::failure::{Failure, Verdict, again};
use super::fields::{Asked, List};
use super::progress::{KindProgress, StepState, Trouble};
use super::report::SyncIssue;
use super::slices::{self, Kind, Outcome, no_days};
use crate::json_text::canonical;
use crate::{JsonText, META};

pub(super) use by_ad::{STATEMENTS as BY_AD_STATEMENTS, heal_account};
pub use sink::{LeadBatch, LeadCounts, LeadSink, NoLeads};

rumbo_db::statements! {
    FORMS = "SELECT id, external_id, name, status, questions, leads_count, read_until FROM lead_forms \
        WHERE workspace_id = $1 AND page_id = $2";
    ADD_FORM = "INSERT INTO lead_forms (workspace_id, id, platform, external_id, page_id, name, status, questions, \
        leads_count, created_at, created_by, updated_at, updated_by) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, $11)";
    CHANGE_FORM = "UPDATE lead_forms SET name = $3, status = $4, questions = $5, leads_count = $6, updated_at = $7, \
        updated_by = $8 WHERE workspace_id = $1 AND id = $2";
    READ_UNTIL = "UPDATE lead_forms SET read_until = $3 WHERE workspace_id = $1 AND id = $2";
}

/// Leads become visible a little after they were made: each read goes back this far. A lead that
/// is known changes nothing.
const OVERLAP: TimeDelta = TimeDelta::hours(24);

const LEADS: Asked = Asked::Of(Kind::Leads);

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
