//! The sample workspace: the sandbox plays Meta on this machine, so that everything works with no
//! account and no network.

mod customers;

pub(crate) use customers::fill_crm;
use rumbo_base::{Error, Result};
use rumbo_sandbox::{Announcement, Profile, Sandbox, SandboxConfig};
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
                Sandbox::start(config).await.map_err(Error::internal)
            })
            .await?;
        Ok(sandbox.announcement())
    }
}
