//! What a command gets: made for each call at the edge.

use rumbo_base::{CacheTag, Code, Error, Reason, Result};
use rumbo_platform::Scope;
use rumbo_platform::workspaces::{self, Workspace};

use crate::App;
use crate::wire::CoreEvent;

/// One call: the program, and the workspace and actor it is for.
#[derive(Clone, Debug)]
pub struct Context {
    pub(crate) app: App,
    scope: Option<Scope>,
}

impl Context {
    pub(crate) fn new(app: App, scope: Option<Scope>) -> Self {
        Self { app, scope }
    }

    /// The program.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The workspace in use.
    ///
    /// # Errors
    /// `NotFound` when there is none yet.
    pub fn scope(&self) -> Result<&Scope> {
        self.scope.as_ref().ok_or_else(|| {
            Error::new(
                Code::NotFound,
                "There is no workspace yet. Make one, or open the sample workspace.",
            )
            .reason(Reason::NoWorkspace)
            .field("workspace")
        })
    }

    /// The workspace in use, as stored.
    ///
    /// # Errors
    /// As [`Context::scope`].
    pub async fn workspace(&self) -> Result<Workspace> {
        let scope = self.scope()?;
        let mut tx = scope.read().await?;
        workspaces::find(&mut tx, scope.workspace)
            .await?
            .ok_or_else(|| {
                Error::new(Code::NotFound, "This workspace does not exist any more.")
                    .reason(Reason::Gone)
                    .param("what", "workspace")
                    .field("workspace")
            })
    }

    /// Tells every open view what went stale in the workspace in use.
    pub(crate) fn changed(&self, tags: &[CacheTag]) {
        self.app.emit(CoreEvent::Changed {
            workspace: self.scope.as_ref().map(|scope| scope.workspace),
            tags: tags.to_vec(),
        });
    }

    /// Tells every open view what went stale that belongs to no single workspace.
    pub(crate) fn changed_everywhere(&self, tags: &[CacheTag]) {
        self.app.emit(CoreEvent::Changed {
            workspace: None,
            tags: tags.to_vec(),
        });
    }
}
