//! Workspaces and their settings.

use rumbo_ads::action_map::ActionMap;
use rumbo_base::{
    Breakdown, CacheTag, Code, DateRange, Error, PageRequest, Reason, Result, WorkspaceId,
};
use rumbo_crm::{contacts, sales};
use rumbo_platform::Scope;
use rumbo_platform::workspaces::{self as store, NewWorkspace, Settings, Workspace};

use crate::Context;
use crate::app::find_by_name;
use crate::connection;
use crate::dashboard::pictures_folder;
use crate::state::{not_writable, private_folder};
use crate::wire::{
    ArchiveWorkspace, Attribution, ConnectionState, CoreEvent, CreateWorkspace, DeleteWorkspace,
    DeletedWorkspace, GetConnection, GetSetupState, GetWorkspaceSettings, ListWorkspaces,
    OpenSampleWorkspace, SetupState, UseWorkspace, WorkspaceRow, WorkspaceSettings,
};

fn row(workspace: &Workspace, current: Option<WorkspaceId>) -> WorkspaceRow {
    WorkspaceRow {
        id: workspace.id,
        slug: workspace.slug.clone(),
        name: workspace.name.clone(),
        sample: workspace.sample,
        locale: workspace.locale.clone(),
        timezone: workspace.timezone.to_string(),
        currency: workspace.currency.map(|c| c.to_string()),
        archived: workspace.archived_at.is_some(),
        current: current == Some(workspace.id),
    }
}

/// All workspaces, the sample one last.
pub async fn list_workspaces(cx: &Context, _req: ListWorkspaces) -> Result<Vec<WorkspaceRow>> {
    let current = cx.scope().ok().map(|s| s.workspace);
    let mut tx = cx.app.0.db.read_registry().await?;
    Ok(store::list(&mut tx)
        .await?
        .iter()
        .map(|w| row(w, current))
        .collect())
}

/// Makes a workspace and switches to it.
///
/// # Errors
/// `InvalidInput` for a name, currency, zone or language that cannot be used.
pub async fn create_workspace(cx: &Context, req: CreateWorkspace) -> Result<WorkspaceRow> {
    let new = NewWorkspace {
        name: req.name,
        sample: false,
        currency: req.currency,
        timezone: req.timezone,
        locale: req.locale,
    };
    make(cx, new).await
}

async fn make(cx: &Context, new: NewWorkspace) -> Result<WorkspaceRow> {
    let app = &cx.app.0;
    let mut tx = app.db.write_registry().await?;
    let made = store::create(&mut tx, &app.config.clock, &app.config.entropy, new).await?;
    let scope = Scope {
        db: app.db.clone(),
        clock: app.config.clock.clone(),
        entropy: app.config.entropy.clone(),
        workspace: made.id,
        actor: store::local_owner(&mut tx, made.id).await?,
    };
    rumbo_crm::stages::seed_stages(&mut tx, &scope, &made.locale).await?;
    tx.commit().await?;
    switch(cx, &made)
}

fn switch(cx: &Context, workspace: &Workspace) -> Result<WorkspaceRow> {
    cx.app
        .0
        .state
        .change(|state| state.workspace = Some(workspace.id))?;
    cx.app.emit(CoreEvent::Switched {
        workspace: Some(workspace.id),
    });
    Ok(row(workspace, Some(workspace.id)))
}

/// Switches to a workspace.
///
/// # Errors
/// `NotFound` for a name that no workspace has.
pub async fn use_workspace(cx: &Context, req: UseWorkspace) -> Result<WorkspaceRow> {
    let mut tx = cx.app.0.db.read_registry().await?;
    let all = store::list(&mut tx).await?;
    switch(cx, find_by_name(&all, &req.workspace)?)
}

/// Opens the sample workspace, making it on first use.
pub async fn open_sample_workspace(
    cx: &Context,
    _req: OpenSampleWorkspace,
) -> Result<WorkspaceRow> {
    let mut tx = cx.app.0.db.read_registry().await?;
    let all = store::list(&mut tx).await?;
    drop(tx);
    if let Some(sample) = all.iter().find(|w| w.sample) {
        return switch(cx, sample);
    }
    make(
        cx,
        NewWorkspace {
            name: "Casa Alba".to_owned(),
            sample: true,
            currency: Some("USD".to_owned()),
            timezone: Some("America/Argentina/Buenos_Aires".to_owned()),
            locale: Some("es-AR".to_owned()),
        },
    )
    .await
}

/// Archives a workspace or brings it back.
///
/// # Errors
/// `NotFound` when it is gone.
pub async fn archive_workspace(cx: &Context, req: ArchiveWorkspace) -> Result<WorkspaceRow> {
    let scope = cx.app.scope_of(req.id).await?;
    let mut tx = scope.write().await?;
    let now = scope.now();
    let at = req.archived.then_some(now);
    store::set_archived(&mut tx, req.id, at, scope.actor, now).await?;
    let changed = store::find(&mut tx, req.id).await?.ok_or_else(gone)?;
    tx.commit().await?;
    cx.changed_everywhere(&[CacheTag::Workspaces]);
    Ok(row(&changed, cx.scope().ok().map(|s| s.workspace)))
}

/// Deletes a workspace and everything of it: rows, secrets and files, here and, as far as it can be
/// reached, the sign-in at Meta. A copy of its rows, and of nobody else's, is made before.
///
/// # Errors
/// `InvalidInput` when the name typed is not the workspace's, or on a shared database, which is
/// backed up on its server first; `DiskFull` when the copy cannot be made; `DataFolderBusy` while
/// another program syncs it; `KeyringUnavailable` and the like when its secrets cannot be taken out
/// of the vault. Nothing is deleted then.
pub async fn delete_workspace(cx: &Context, req: DeleteWorkspace) -> Result<DeletedWorkspace> {
    let app = &cx.app.0;
    let scope = cx.app.scope_of(req.id).await?;
    let its = Context::new(cx.app.clone(), Some(scope.clone()));
    let mut tx = scope.read().await?;
    let workspace = store::find(&mut tx, req.id).await?.ok_or_else(gone)?;
    drop(tx);
    store::confirm(&workspace, &req.confirm)?;
    crate::sync::stop(&its).await;
    let held = crate::sync::hold(&its, req.id)?;
    let folder = app.config.data_dir.join("backups");
    private_folder(&folder).map_err(|e| not_writable(&folder, e))?;
    let stamp = scope.now().format("%Y%m%dT%H%M%SZ");
    let backup = folder.join(format!("before-deleting-{}-{stamp}.db", workspace.slug));
    store::back_up(&app.db, &app.config.clock, req.id, &backup).await?;
    let revoked_at_meta = connection::leave(&its).await?;
    let mut tx = scope.write().await?;
    let credentials = rumbo_engage::channels::credentials(&mut tx, req.id).await?;
    let of_chatwoot = rumbo_engage::chatwoot::secret_names(&mut tx, req.id).await?;
    store::delete(&mut tx, req.id).await?;
    tx.commit().await?;
    for credential in credentials.iter().chain(&of_chatwoot) {
        rumbo_engage::channels::forget_secrets(&scope, &app.vault, credential).await?;
    }
    drop(held);
    remove_files(&its, req.id);
    app.state.change(|state| {
        if state.workspace == Some(req.id) {
            state.workspace = None;
        }
    })?;
    if cx.scope().is_ok_and(|scope| scope.workspace == req.id) {
        let next = cx.app.context(None).await?;
        cx.app.emit(CoreEvent::Switched {
            workspace: next.scope().ok().map(|scope| scope.workspace),
        });
    } else {
        cx.changed_everywhere(&[CacheTag::Workspaces]);
    }
    Ok(DeletedWorkspace {
        backup: backup.display().to_string(),
        revoked_at_meta,
    })
}

/// Removes what lies outside the database. The workspace is gone already: what cannot be removed
/// is said in the log.
fn remove_files(cx: &Context, workspace: WorkspaceId) {
    let said = |what: &str, removed: std::io::Result<()>| match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(what, %error, "a file of a deleted workspace stays");
        }
        _ => {}
    };
    if let Ok(pictures) = pictures_folder(cx) {
        said("pictures", std::fs::remove_dir_all(pictures));
    }
    let files = crate::files::folder(&cx.app, workspace);
    said("files", std::fs::remove_dir_all(files));
    let lock = crate::sync::lock_file(cx, workspace);
    said("lock", std::fs::remove_file(lock));
}

fn gone() -> Error {
    Error::new(Code::NotFound, "This workspace does not exist any more.")
        .reason(Reason::Gone)
        .param("what", "workspace")
        .field("workspace")
}

fn settings(workspace: &Workspace, your_name: Option<String>) -> WorkspaceSettings {
    WorkspaceSettings {
        name: workspace.name.clone(),
        locale: workspace.locale.clone(),
        timezone: workspace.timezone.to_string(),
        currency: workspace.currency.map(|c| c.to_string()),
        phone_region: workspace.phone_region.clone(),
        sync_interval_minutes: workspace.settings.sync_interval_minutes,
        breakdowns: workspace.settings.breakdowns.clone(),
        lead_actions: workspace.settings.lead_actions.clone(),
        purchase_actions: workspace.settings.purchase_actions.clone(),
        attribution: Attribution::stored(&workspace.settings.attribution),
        template_review: workspace.settings.template_review,
        your_name,
    }
}

async fn your_name(cx: &Context) -> Result<Option<String>> {
    let scope = cx.scope()?;
    let Some(actor) = scope.actor else {
        return Ok(None);
    };
    let mut tx = scope.read().await?;
    store::user_name(&mut tx, actor).await
}

/// The settings of the workspace in use.
pub async fn get_workspace_settings(
    cx: &Context,
    _req: GetWorkspaceSettings,
) -> Result<WorkspaceSettings> {
    Ok(settings(&cx.workspace().await?, your_name(cx).await?))
}

/// Changes the settings of the workspace in use. With other lists of actions, the leads and
/// purchases of every stored ad-day are derived again in the same transaction: the figures never
/// disagree with the lists that are shown.
///
/// # Errors
/// `InvalidInput` naming the field that cannot be used.
pub async fn save_workspace_settings(
    cx: &Context,
    req: WorkspaceSettings,
) -> Result<WorkspaceSettings> {
    let scope = cx.scope()?;
    let mut workspace = cx.workspace().await?;
    workspace.name = store::valid_name(&req.name)?;
    workspace.locale = store::valid_locale(&req.locale)?;
    workspace.timezone = req.timezone.parse()?;
    workspace.currency = req.currency.as_deref().map(str::parse).transpose()?;
    workspace.phone_region = match req.phone_region.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(region) if region.len() == 2 && region.bytes().all(|b| b.is_ascii_alphabetic()) => {
            Some(region.to_ascii_uppercase())
        }
        Some(region) => {
            return Err(Error::new(
                Code::InvalidInput,
                format!("\"{region}\" is not a country. Use its two-letter code, such as AR."),
            )
            .reason(Reason::CountryUnknown)
            .param("value", region)
            .field("phone_region"));
        }
    };
    if req.sync_interval_minutes < Settings::SHORTEST_SYNC_INTERVAL {
        return Err(Error::new(
            Code::InvalidInput,
            "Rumbo syncs every 15 minutes at most. Choose a longer interval.",
        )
        .reason(Reason::IntervalTooShort)
        .param("minutes", 15)
        .field("sync_interval_minutes"));
    }
    workspace.settings.sync_interval_minutes = req.sync_interval_minutes;
    workspace.settings.template_review = req.template_review;
    // In one order, and each once.
    workspace.settings.breakdowns = Breakdown::ALL
        .into_iter()
        .filter(|breakdown| req.breakdowns.contains(breakdown))
        .collect();
    let attribution = req.attribution.to_stored()?;
    if workspace.settings.attribution != attribution {
        // What would refuse every report of today is no way for a workspace to credit.
        let today = workspace.timezone.day_of(scope.now());
        let days = DateRange {
            from: today,
            to: today,
        };
        rumbo_insight::can_credit(scope, days, req.attribution.checked()?).await?;
        workspace.settings.attribution = attribution;
    }
    let map = ActionMap::from_settings(&req.lead_actions, &req.purchase_actions)?;
    (
        workspace.settings.lead_actions,
        workspace.settings.purchase_actions,
    ) = map.to_settings();
    let mut tx = scope.write().await?;
    // Stored lists that cannot be used are no reason to keep them.
    let before = ActionMap::load(&mut tx, scope.workspace).await.ok();
    store::update(&mut tx, &workspace, scope.actor, scope.now()).await?;
    if before.as_ref() != Some(&map) {
        rumbo_ads::insights::remap(&mut tx, scope.workspace, &map).await?;
    }
    if let (Some(actor), Some(name)) = (scope.actor, &req.your_name) {
        store::rename_user(&mut tx, actor, name, scope.now()).await?;
    }
    tx.commit().await?;
    cx.changed(&[CacheTag::Settings, CacheTag::Workspaces, CacheTag::Insights]);
    Ok(settings(&workspace, your_name(cx).await?))
}

/// How far setting up has come.
pub async fn get_setup_state(cx: &Context, _req: GetSetupState) -> Result<SetupState> {
    let Ok(scope) = cx.scope() else {
        return Ok(SetupState::default());
    };
    let workspace = cx.workspace().await?;
    let connection = connection::get_connection(cx, GetConnection {}).await?;
    let mut tx = scope.read().await?;
    let accounts = rumbo_ads::objects::accounts(&mut tx, scope.workspace).await?;
    let runs = rumbo_ads::runs::runs(&mut tx, scope.workspace, 50).await?;
    let one = PageRequest {
        limit: Some(1),
        cursor: None,
    };
    let contacts =
        contacts::list(&mut tx, scope.workspace, &contacts::Filter::default(), &one).await?;
    let sales = sales::list(
        &mut tx,
        scope.workspace,
        &sales::SaleFilter::default(),
        &one,
    )
    .await?;
    let over = |state: &str| state == "done" || state == "partly";
    Ok(SetupState {
        workspace: Some(row(&workspace, Some(workspace.id))),
        connected: connection.state != ConnectionState::Missing,
        ad_accounts: accounts
            .iter()
            .filter(|a| a.selected)
            .count()
            .try_into()
            .unwrap_or(u32::MAX),
        synced: runs
            .iter()
            .any(|run| run.kind == "sync" && over(&run.state)),
        has_insights: runs
            .iter()
            .any(|run| run.rows_added > 0 || run.rows_unchanged > 0),
        has_contacts: !contacts.rows.is_empty(),
        has_sales: !sales.rows.is_empty(),
    })
}
