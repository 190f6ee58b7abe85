//! The sample workspace: the sandbox plays Meta on this machine, so that everything works with no
//! account and no network.

mod customers;

pub(crate) use customers::fill_crm;
use rumbo_base::{Error, Result};
use rumbo_engage::templates;
use rumbo_platform::workspaces;
use rumbo_sandbox::{Announcement, Profile, Sandbox, SandboxConfig};
use serde_json::json;
use tokio::sync::OnceCell;

use crate::App;

/// Decides every name and figure of the sample. Changing it changes what every new user sees.
const SEED: u64 = 1;

/// The sandbox, started when the sample workspace first needs it.
#[derive(Default)]
pub(crate) struct SampleMeta(OnceCell<Sandbox>);

impl std::fmt::Debug for SampleMeta {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.initialized() {
            "SampleMeta(running)"
        } else {
            "SampleMeta(idle)"
        })
    }
}

impl App {
    /// How to reach the sandbox, starting it if it does not run yet.
    pub(crate) async fn sample_meta(&self) -> Result<Announcement> {
        let sandbox = self
            .0
            .sample
            .0
            .get_or_try_init(|| async {
                let config = SandboxConfig {
                    seed: SEED,
                    profile: Profile::Small,
                    ..SandboxConfig::default()
                };
                let sandbox = Sandbox::start(config).await.map_err(Error::internal)?;
                self.put_templates_back(&sandbox).await?;
                Ok::<_, Error>(sandbox)
            })
            .await?;
        Ok(sandbox.announcement())
    }

    /// Gives a new sandbox the templates that the sample workspace had at the last one: what somebody
    /// submitted there is still there after a restart.
    async fn put_templates_back(&self, sandbox: &Sandbox) -> Result<()> {
        let mut tx = self.0.db.read_registry().await?;
        let all = workspaces::list(&mut tx).await?;
        drop(tx);
        for workspace in all.iter().filter(|workspace| workspace.sample) {
            let mut tx = self.0.db.read(workspace.id).await?;
            for row in templates::all(&mut tx, workspace.id).await? {
                let Some(id) = row
                    .external_id
                    .as_ref()
                    .filter(|_| row.vanished_at.is_none())
                else {
                    continue;
                };
                let answer = json!({
                    "id": id,
                    "name": row.name,
                    "language": row.language,
                    "status": row.provider_status,
                    "category": row.category.to_ascii_uppercase(),
                    "previous_category": row.previous_category.as_ref().map(|was| was.to_ascii_uppercase()),
                    "rejected_reason": row.rejection_reason,
                    "quality_score": { "score": row.quality },
                    "parameter_format": row.parameter_format.to_ascii_uppercase(),
                    "components": row.components.0,
                });
                sandbox.control().put_template(&row.account, &answer);
            }
        }
        Ok(())
    }
}
