//! From the command line to an open program and a context.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_app::wire::{ListWorkspaces, WorkspaceRow};
use rumbo_app::{App, AppConfig, Context};
use rumbo_base::{Clock, Code, Error, Reason, TimeZone};

use crate::args::Global;
use crate::exit::{Exit, Failure};
use crate::numbers::instant;
use crate::output::{Output, note};

/// The program before its data are opened.
#[derive(Clone, Debug)]
pub struct Program {
    /// The variables of the process, as they were at its start.
    pub environment: BTreeMap<String, String>,
    pub global: Global,
    /// Never to open a browser, whatever the environment says.
    pub no_browser: bool,
}

/// The program with its data open, and a context for one command.
#[derive(Clone, Debug)]
pub struct Session {
    pub app: App,
    pub cx: Context,
    pub output: Output,
    clock: Clock,
    zone: TimeZone,
}

impl Program {
    /// Runs a command that needs no workspace.
    pub async fn anywhere<F>(&self, work: F) -> Result<Exit, Failure>
    where
        F: AsyncFnOnce(&Session) -> Result<Exit, Failure>,
    {
        self.run(None, false, work).await
    }

    /// Runs a command in the workspace named by `--workspace`, or else in the one in use.
    pub async fn in_workspace<F>(&self, work: F) -> Result<Exit, Failure>
    where
        F: AsyncFnOnce(&Session) -> Result<Exit, Failure>,
    {
        self.run(self.global.workspace.as_deref(), true, work).await
    }

    /// Runs a command in a workspace if there is one.
    pub async fn in_workspace_if_any<F>(&self, work: F) -> Result<Exit, Failure>
    where
        F: AsyncFnOnce(&Session) -> Result<Exit, Failure>,
    {
        self.run(self.global.workspace.as_deref(), false, work)
            .await
    }

    async fn run<F>(&self, workspace: Option<&str>, needed: bool, work: F) -> Result<Exit, Failure>
    where
        F: AsyncFnOnce(&Session) -> Result<Exit, Failure>,
    {
        let config =
            AppConfig::from_environment(self.global.data_dir.clone(), self.environment.clone())?;
        let clock = config.clock.clone();
        let open_browser = config.open_browser && !self.no_browser;
        let app = App::open(AppConfig {
            open_browser,
            ..config
        })
        .await?;
        let result = match self.session(app.clone(), clock, workspace, needed).await {
            Ok(session) => work(&session).await,
            Err(failure) => Err(failure),
        };
        app.close().await;
        result
    }

    async fn session(
        &self,
        app: App,
        clock: Clock,
        workspace: Option<&str>,
        needed: bool,
    ) -> Result<Session, Failure> {
        let cx = app.context(workspace).await?;
        let all = rumbo_app::api::list_workspaces(&cx, ListWorkspaces {}).await?;
        let current = all.iter().find(|row| row.current);
        if needed && current.is_none() {
            return Err(no_workspace(&all));
        }
        let locale = self
            .global
            .lang
            .as_deref()
            .or_else(|| current.map(|row| row.locale.as_str()))
            .unwrap_or("en");
        let zone = match current {
            Some(row) => row.timezone.parse()?,
            None => TimeZone::UTC,
        };
        let output = Output::new(self.global.json, locale);
        Ok(Session {
            app,
            cx,
            output,
            clock,
            zone,
        })
    }
}

impl Session {
    /// The time zone of the workspace, UTC without one.
    pub fn zone(&self) -> TimeZone {
        self.zone
    }

    /// The present day of the workspace.
    pub fn today(&self) -> NaiveDate {
        self.zone.day_of(self.clock.now())
    }

    /// Says on standard error why a report from this day on holds nothing, where its dates are why.
    pub fn nothing_known(&self, from: NaiveDate, as_of: Option<DateTime<Utc>>) {
        if from > self.today() {
            note(&format!(
                "{from} has not come yet: nothing is known of these days."
            ));
        } else if let Some(at) = as_of {
            let at = instant(at);
            note(&format!("At {at} nothing was known of these days."));
        }
    }

    /// Where the time comes from.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The same session in another workspace, after a command switched to it.
    pub async fn switched(&self, to: &WorkspaceRow) -> Result<Self, Failure> {
        let cx = self.app.context(Some(&to.slug)).await?;
        let zone = to.timezone.parse()?;
        Ok(Self {
            cx,
            zone,
            ..self.clone()
        })
    }
}

fn no_workspace(all: &[WorkspaceRow]) -> Failure {
    let known: Vec<&str> = all
        .iter()
        .filter(|row| !row.archived)
        .map(|row| row.slug.as_str())
        .collect();
    if known.is_empty() {
        return Error::new(
            Code::NotFound,
            "There is no workspace yet. Make one: rumbo workspace create NAME.",
        )
        .reason(Reason::NoWorkspace)
        .field("workspace")
        .into();
    }
    Failure::flag(
        "workspace",
        format!(
            "Several workspaces are here and none is in use. Name one with --workspace, or choose \
             one: rumbo workspace use NAME. There is: {}.",
            known.join(", ")
        ),
    )
}
