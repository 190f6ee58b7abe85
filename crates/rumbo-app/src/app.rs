//! The program: one data folder, one store, one vault, and what runs in the background.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use directories::ProjectDirs;
use rumbo_base::{Clock, Code, Entropy, Error, Reason, Result, Secret, WorkspaceId};
use rumbo_db::Db;
use rumbo_platform::Scope;
use rumbo_platform::vault::{Vault, VaultChoice};
use rumbo_platform::workspaces::{self, Workspace};
use tokio::sync::broadcast;

use crate::Context;
use crate::agent::AgentSlot;
use crate::chatwoot::Mirroring;
use crate::connection::SignIns;
use crate::files::Fetching;
use crate::network::Network;
use crate::sample::SampleMeta;
use crate::sending::Sending;
use crate::state::{StateFile, not_writable, private_folder};
use crate::sync::Syncs;
use crate::templates::TemplateLooks;
use crate::wire::{CoreEvent, Preferences};

/// Variables that may stand in for a credential that is kept nowhere else.
const CREDENTIALS: [&str; 4] = [
    "META_APP_ID",
    "META_APP_SECRET",
    "META_REDIRECT_URI",
    "META_GRAPH_API_VERSION",
];

/// What the edge of a program decides.
#[derive(Clone, Debug)]
pub struct AppConfig {
    /// The folder of everything Rumbo keeps.
    pub data_dir: PathBuf,
    /// A shared PostgreSQL instead of the embedded file.
    pub database_url: Option<String>,
    pub clock: Clock,
    pub entropy: Entropy,
    /// What the environment says of credentials: the last resort (DETAILS V-3).
    pub environment: BTreeMap<String, Secret>,
    /// Whether a sign-in may open the system's browser.
    pub open_browser: bool,
    /// Whether the shell opens a window of its own for a sign-in that is watched.
    pub sign_in_window: bool,
    /// Where secrets are kept.
    pub vault: VaultChoice,
}

impl AppConfig {
    /// The usual set-up, as the environment says it: `RUMBO_DATA_DIR` moves the data,
    /// `RUMBO_DATABASE_URL` names a shared PostgreSQL, `RUMBO_VAULT=passphrase` with
    /// `RUMBO_PASSPHRASE` replaces the keyring, `RUMBO_NO_BROWSER` keeps sign-ins from opening a
    /// browser. `data_dir` wins over the environment.
    ///
    /// # Errors
    /// `InvalidInput` for a vault that does not exist, a passphrase that is missing, or a system
    /// without a folder for application data.
    pub fn from_environment(
        data_dir: Option<PathBuf>,
        environment: BTreeMap<String, String>,
    ) -> Result<Self> {
        let value = |name: &str| {
            environment
                .get(name)
                .filter(|value| !value.is_empty())
                .cloned()
        };
        let data_dir = match data_dir.or_else(|| value("RUMBO_DATA_DIR").map(PathBuf::from)) {
            Some(folder) => folder,
            None => ProjectDirs::from("app", "", "Rumbo")
                .map(|folders| folders.data_dir().to_path_buf())
                .ok_or_else(|| {
                    Error::new(
                        Code::InvalidInput,
                        "This system names no folder for application data. Set RUMBO_DATA_DIR.",
                    )
                    .reason(Reason::NoDataFolder)
                })?,
        };
        let vault = match value("RUMBO_VAULT").as_deref() {
            None | Some("keyring") => VaultChoice::Keyring {
                service: "app.rumbo".to_owned(),
            },
            Some("passphrase") => VaultChoice::Passphrase {
                path: data_dir.join("vault.sealed"),
                passphrase: value("RUMBO_PASSPHRASE").map(Secret::new).ok_or_else(|| {
                    Error::new(
                        Code::InvalidInput,
                        "RUMBO_VAULT=passphrase needs the passphrase in RUMBO_PASSPHRASE.",
                    )
                    .reason(Reason::PassphraseMissing)
                })?,
            },
            Some(other) => {
                return Err(Error::new(
                    Code::InvalidInput,
                    format!(
                        "\"{other}\" is not a vault. Set RUMBO_VAULT to keyring or passphrase."
                    ),
                )
                .reason(Reason::ValueUnknown)
                .param("value", other)
                .param("choices", "keyring, passphrase")
                .field("RUMBO_VAULT"));
            }
        };
        let database_url = value("RUMBO_DATABASE_URL");
        if let Some(url) = &database_url {
            check_database_url(url)?;
        }
        Ok(Self {
            data_dir,
            database_url,
            clock: Clock::system(),
            entropy: Entropy::system(),
            open_browser: value("RUMBO_NO_BROWSER").is_none(),
            sign_in_window: false,
            environment: environment
                .iter()
                .filter(|(name, _)| CREDENTIALS.contains(&name.as_str()))
                .map(|(name, value)| (name.clone(), Secret::new(value.clone())))
                .collect(),
            vault,
        })
    }
}

/// Refuses what is no address of a PostgreSQL. It may hold a password, so only how it begins is
/// said again.
fn check_database_url(url: &str) -> Result<()> {
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    if matches!(scheme, "postgres" | "postgresql") {
        return Ok(());
    }
    Err(Error::new(
        Code::InvalidInput,
        "RUMBO_DATABASE_URL is not the address of a PostgreSQL. Write it as \
         postgres://USER@HOST/DATABASE, or leave it out for the file in the data folder.",
    )
    .reason(Reason::ValueUnknown)
    .param("value", scheme)
    .param("choices", "postgres")
    .field("RUMBO_DATABASE_URL"))
}

/// The program. Cloning shares it.
#[derive(Clone, Debug)]
pub struct App(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub config: AppConfig,
    pub db: Db,
    pub state: StateFile,
    pub events: broadcast::Sender<CoreEvent>,
    pub network: Network,
    pub sample: SampleMeta,
    pub vault: Vault,
    pub sign_ins: SignIns,
    pub syncs: Syncs,
    pub sending: Sending,
    pub mirroring: Mirroring,
    /// The agent of this program.
    pub agent: AgentSlot,
    /// Held by whoever asks Meta what waits: one at a time.
    pub questions: tokio::sync::Mutex<()>,
    pub template_looks: TemplateLooks,
    pub fetching: Fetching,
}

impl App {
    /// Opens the data folder, making it if need be, and brings the store up to date.
    ///
    /// # Errors
    /// `InvalidInput` for a folder that cannot be written, `SchemaTooNew`, `DataCorrupt`,
    /// `DiskFull`, `DataFolderBusy`, `Offline` for an unreachable PostgreSQL.
    pub async fn open(config: AppConfig) -> Result<Self> {
        private_folder(&config.data_dir).map_err(|e| not_writable(&config.data_dir, e))?;
        let db = match &config.database_url {
            Some(url) => Db::open_postgres(url).await?,
            None => {
                let file = config.data_dir.join("rumbo.db");
                let (db, migrated) = Db::open_sqlite(&file, &config.clock).await?;
                if migrated.from != migrated.to {
                    tracing::info!(from = migrated.from, to = migrated.to, "schema upgraded");
                }
                db
            }
        };
        let state = StateFile::open(&config.data_dir);
        let (events, _) = broadcast::channel(256);
        let vault = Vault::open(
            config.vault.clone(),
            config.environment.clone(),
            &config.entropy,
        );
        Ok(Self(Arc::new(Inner {
            network: Network::new(config.clock.now()),
            db,
            state,
            events,
            sample: SampleMeta::default(),
            vault,
            sign_ins: SignIns::default(),
            syncs: Syncs::default(),
            sending: Sending::default(),
            mirroring: Mirroring::default(),
            agent: AgentSlot::default(),
            questions: tokio::sync::Mutex::default(),
            template_looks: TemplateLooks::default(),
            fetching: Fetching::default(),
            config,
        })))
    }

    /// A context for one call in the workspace named, or else in the one in use.
    ///
    /// # Errors
    /// `NotFound` for a name that no workspace has.
    pub async fn context(&self, workspace: Option<&str>) -> Result<Context> {
        let mut tx = self.0.db.read_registry().await?;
        let all = workspaces::list(&mut tx).await?;
        let chosen = match workspace {
            Some(name) => Some(find_by_name(&all, name)?.id),
            None => {
                let kept = self.0.state.get().workspace;
                // The one in use; else the only one there is.
                kept.filter(|id| all.iter().any(|w| w.id == *id))
                    .or(match all.as_slice() {
                        [only] => Some(only.id),
                        _ => None,
                    })
            }
        };
        drop(tx);
        let scope = match chosen {
            Some(id) => Some(self.scope_of(id).await?),
            None => None,
        };
        Ok(Context::new(self.clone(), scope))
    }

    pub(crate) async fn scope_of(&self, workspace: WorkspaceId) -> Result<Scope> {
        let mut tx = self.0.db.read(workspace).await?;
        let actor = workspaces::local_owner(&mut tx, workspace).await?;
        Ok(Scope {
            db: self.0.db.clone(),
            clock: self.0.config.clock.clone(),
            entropy: self.0.config.entropy.clone(),
            workspace,
            actor,
        })
    }

    /// Listens to what happens in the core.
    pub fn events(&self) -> broadcast::Receiver<CoreEvent> {
        self.0.events.subscribe()
    }

    pub(crate) fn emit(&self, event: CoreEvent) {
        // Nobody listening is no failure.
        drop(self.0.events.send(event));
    }

    /// The choices of this machine's person.
    pub fn preferences(&self) -> Preferences {
        self.0.state.get().preferences
    }

    /// What Meta says when it asks whether a webhook's address is ours: made once, and kept beside
    /// the data.
    pub(crate) fn webhook_verify_token(&self) -> Result<String> {
        let fresh = self.0.config.entropy.bytes::<16>();
        let state = self.0.state.change(|state| {
            state
                .webhook_verify_token
                .get_or_insert_with(|| hex::encode(fresh));
        })?;
        Ok(state.webhook_verify_token.unwrap_or_default())
    }

    /// Where the data lies.
    pub fn data_dir(&self) -> &std::path::Path {
        &self.0.config.data_dir
    }

    /// Stops what runs in the background and lets go of the data.
    pub async fn close(&self) {
        self.stop_agent().await;
        self.0.syncs.stop_all().await;
        self.0.sending.finish().await;
        self.0.db.close().await;
    }
}

/// Finds a workspace by id, slug or exact name.
pub(crate) fn find_by_name<'a>(all: &'a [Workspace], name: &str) -> Result<&'a Workspace> {
    workspace_named(all, name, |it| (&it.slug, it.id.to_string(), &it.name))
}

/// The one of several workspaces that goes by this slug, id or exact name, where `of` tells the
/// three of one.
///
/// # Errors
/// `NotFound` where none does, `InvalidInput` where several have the name: which of them is meant
/// is never guessed.
pub fn workspace_named<'a, T>(
    all: &'a [T],
    name: &str,
    of: impl Fn(&'a T) -> (&'a String, String, &'a String),
) -> Result<&'a T> {
    let slugs = |some: &[&'a T]| {
        let slugs: Vec<&str> = some.iter().map(|it| of(it).0.as_str()).collect();
        slugs.join(", ")
    };
    let own = all.iter().find(|it| {
        let (slug, id, _) = of(it);
        slug == name || id == name
    });
    if let Some(own) = own {
        return Ok(own);
    }
    let named: Vec<&T> = all.iter().filter(|it| of(it).2 == name).collect();
    if let [only] = named.as_slice() {
        return Ok(only);
    }
    if !named.is_empty() {
        let slugs = slugs(&named);
        return Err(Error::new(
            Code::InvalidInput,
            format!(
                "Several workspaces are called \"{name}\". Name one of them by its short name: {slugs}."
            ),
        )
        .reason(Reason::WorkspaceUnclear)
        .field("workspace")
        .param("workspace", name)
        .param("slugs", slugs));
    }
    let known: Vec<&T> = all.iter().collect();
    let known = if known.is_empty() {
        "There is none yet.".to_owned()
    } else {
        format!("There is: {}.", slugs(&known))
    };
    Err(Error::new(
        Code::NotFound,
        format!("There is no workspace \"{name}\". {known}"),
    )
    .reason(Reason::WorkspaceUnknown)
    .field("workspace")
    .param("workspace", name))
}
