//! Campaigns, ad sets, ads and creatives of an account.

use rumbo_base::{Error, Result};
use rumbo_meta::marketing;
use rumbo_meta::objects::AdCreative;

use super::account::Account;
use super::engine::Shared;
use super::failure::Failure;
use super::fields::{Asked, List};
use super::progress::{KindProgress, StepState};
use super::report::SyncIssue;
use super::slices::{self, Kind, Outcome, no_days};
use crate::objects::{self, ObjectCounts};
use crate::setting_changes::{SettingLevel, Watch, settle_replaced_creatives};

/// Reads one listing whole and stores it, unless this run (or the one it goes on with) has.
pub(super) async fn sync(
    shared: &Shared<'_>,
    account: &Account<'_>,
    kind: Kind,
) -> Result<(), Failure> {
    let scope = &shared.cx.scope;
    shared.board.kind(account.place, kind, |progress| {
        *progress = KindProgress {
            total: 1,
            state: StepState::Running,
            ..KindProgress::default()
        };
    });
    let mut tx = scope.read().await?;
    let stored = slices::load(&mut tx, scope.workspace, &account.scope, kind).await?;
    drop(tx);
    if let Some(read) = stored
        .iter()
        .find(|slice| slice.confirmed_at.is_some() && slice.run >= shared.fresh_run)
    {
        done(shared, account, kind, u64::try_from(read.rows).unwrap_or(0));
        return Ok(());
    }
    let began = scope.now();
    let graph = &shared.graph;
    let asked = Asked::Of(kind);
    let counts = match kind {
        Kind::Campaigns => {
            let make = || marketing::campaigns(graph, &account.act, None);
            let mut pages = List::new(shared, asked, &account.scope, make);
            let listing = pages.collect().await?;
            let level = SettingLevel::Campaign;
            let (mut tx, watch) = compared(shared, account, level, pages.fields()).await?;
            let counts =
                objects::store_campaigns(&mut tx, scope, account.key, listing, true, &watch)
                    .await?;
            watch
                .done(&mut tx, scope.workspace, account.key.id, level, began)
                .await?;
            commit(shared, account, kind, began, counts, tx).await?
        }
        Kind::AdSets => {
            let make = || marketing::ad_sets(graph, &account.act, None);
            let mut pages = List::new(shared, asked, &account.scope, make);
            let listing = pages.collect().await?;
            let level = SettingLevel::AdSet;
            let (mut tx, watch) = compared(shared, account, level, pages.fields()).await?;
            let counts =
                objects::store_ad_sets(&mut tx, scope, account.key, listing, true, &watch).await?;
            watch
                .done(&mut tx, scope.workspace, account.key.id, level, began)
                .await?;
            commit(shared, account, kind, began, counts, tx).await?
        }
        Kind::Ads => {
            let make = || marketing::ads(graph, &account.act, None);
            let mut pages = List::new(shared, asked, &account.scope, make);
            let listing = pages.collect().await?;
            let level = SettingLevel::Ad;
            let (mut tx, watch) = compared(shared, account, level, pages.fields()).await?;
            let counts =
                objects::store_ads(&mut tx, scope, account.key, listing, true, &watch).await?;
            watch
                .done(&mut tx, scope.workspace, account.key.id, level, began)
                .await?;
            if counts.added > 0 || counts.changed > 0 {
                shared.cx.leads.link(&mut tx).await?;
            }
            commit(shared, account, kind, began, counts, tx).await?
        }
        _ => creatives(shared, account).await?,
    };
    shared.add_objects(counts);
    done(shared, account, kind, listed(counts));
    Ok(())
}

fn listed(counts: ObjectCounts) -> u64 {
    counts.added + counts.changed + counts.unchanged
}

fn done(shared: &Shared<'_>, account: &Account<'_>, kind: Kind, rows: u64) {
    shared.board.kind(account.place, kind, |progress| {
        *progress = KindProgress {
            done: 1,
            total: 1,
            rows,
            state: StepState::Done,
            error: None,
        };
    });
}

/// Notes that a listing could not be read.
pub(super) async fn failed(
    shared: &Shared<'_>,
    account: &Account<'_>,
    kind: Kind,
    error: &Error,
) -> Result<()> {
    shared.board.kind(account.place, kind, |progress| {
        progress.state = StepState::Failed;
        progress.error = Some(error.into());
    });
    shared.issue(SyncIssue::new(&account.scope, Some(kind), None, error));
    let scope = &shared.cx.scope;
    let outcome = Outcome::Failed {
        code: &error.code().word(),
        message: error.message(),
    };
    let mut tx = scope.write().await?;
    slices::write(
        &mut tx,
        scope.workspace,
        (&account.scope, kind),
        no_days(),
        shared.run,
        outcome,
    )
    .await?;
    tx.commit().await
}

/// The listing of creatives, page by page because each is large, then those that ads name and the
/// listing leaves out.
async fn creatives(shared: &Shared<'_>, account: &Account<'_>) -> Result<ObjectCounts, Failure> {
    let scope = &shared.cx.scope;
    let began = scope.now();
    let mut counts = ObjectCounts::default();
    let asked = Asked::Of(Kind::Creatives);
    let make = || marketing::creatives(&shared.graph, &account.act);
    let mut pages = List::new(shared, asked, &account.scope, make);
    let (workspace, id, level) = (scope.workspace, account.key.id, SettingLevel::Creative);
    // Known once, before the first page changes what is stored.
    let mut watch: Option<Watch> = None;
    while let Some(page) = pages.next().await? {
        let listing = page.rows()?;
        let (mut tx, watch) = match watch.as_ref() {
            Some(watch) => (scope.write().await?, watch),
            None => {
                let (mut tx, begun) = compared(shared, account, level, pages.fields()).await?;
                begun.begin_parts(&mut tx, workspace, id, level).await?;
                (tx, &*watch.insert(begun))
            }
        };
        counts.add(objects::store_creatives(&mut tx, scope, account.key, listing, watch).await?);
        tx.commit().await?;
    }
    let mut tx = scope.read().await?;
    let bare = objects::bare_creatives(&mut tx, scope.workspace, account.key.id).await?;
    drop(tx);
    for ids in bare.chunks(rumbo_meta::graph::MAX_BATCH) {
        let fields = shared.refused.left(asked, AdCreative::FIELDS);
        let answers = marketing::creatives_by_id(&shared.graph, &account.act, ids, &fields).await?;
        let mut found: Vec<AdCreative> = Vec::new();
        for answer in answers {
            match answer.map_err(Failure::from) {
                Ok(creative) => found.push(creative),
                // A creative that is gone stays bare: its ad still shows.
                Err(failure) if failure.is_out_of_reach() => {}
                Err(failure) => return Err(failure),
            }
        }
        let (mut tx, watch) = compared(shared, account, level, pages.fields()).await?;
        counts.add(objects::store_creatives(&mut tx, scope, account.key, found, &watch).await?);
        tx.commit().await?;
    }
    let mut tx = scope.write().await?;
    if let Some(watch) = &watch {
        watch.done(&mut tx, workspace, id, level, began).await?;
    }
    settle_replaced_creatives(&mut tx, scope, account.key, shared.run).await?;
    commit(shared, account, Kind::Creatives, began, counts, tx)
        .await
        .map_err(Into::into)
}

/// A transaction, and what a listing read with these fields is compared with in it.
async fn compared(
    shared: &Shared<'_>,
    account: &Account<'_>,
    level: SettingLevel,
    fields: &[String],
) -> Result<(rumbo_db::Tx, Watch)> {
    let scope = &shared.cx.scope;
    let mut tx = scope.write().await?;
    let workspace = scope.workspace;
    let watch = Watch::begin(
        &mut tx,
        workspace,
        account.key.id,
        level,
        shared.run,
        fields,
    )
    .await?;
    Ok((tx, watch))
}

async fn commit(
    shared: &Shared<'_>,
    account: &Account<'_>,
    kind: Kind,
    began: chrono::DateTime<chrono::Utc>,
    counts: ObjectCounts,
    mut tx: rumbo_db::Tx,
) -> Result<ObjectCounts> {
    let rows = listed(counts);
    slices::write(
        &mut tx,
        shared.cx.scope.workspace,
        (&account.scope, kind),
        no_days(),
        shared.run,
        Outcome::Read { began, rows },
    )
    .await?;
    tx.commit().await?;
    Ok(counts)
}
