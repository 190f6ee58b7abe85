//! What a sandbox is started with and what it says when it is ready.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::Serialize;
use url::Url;

/// How a sandbox starts.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Decides every id, name and figure. Same seed and same clock: same answers.
    pub seed: u64,
    /// Which business is played.
    pub profile: Profile,
    /// A directory with the seed files of `fivetran/dbt_facebook_ads`; it replaces the profile.
    pub load: Option<PathBuf>,
    /// Where the sandbox's clock stands. A fixed clock does not tick; it moves when told to.
    /// `None` follows the machine's clock.
    pub now: Option<DateTime<Utc>>,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            seed: 1,
            profile: Profile::Small,
            load: None,
            now: None,
        }
    }
}

/// The businesses the sandbox can play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// One furniture shop: five ad accounts in US dollars, 12 campaigns, about 90 ads.
    #[default]
    Small,
    /// Four businesses with twenty ad accounts in eight currencies, one without permission.
    Agency,
    /// 50 ad accounts, 1,000 campaigns, 10,000 ads, 1,000 days.
    Huge,
}

impl FromStr for Profile {
    type Err = SandboxError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "small" => Ok(Self::Small),
            "agency" => Ok(Self::Agency),
            "huge" => Ok(Self::Huge),
            other => Err(SandboxError::UnknownProfile(other.to_owned())),
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Small => "small",
            Self::Agency => "agency",
            Self::Huge => "huge",
        })
    }
}

/// What a program needs to talk to a running sandbox. Printed as one JSON line.
///
/// The secrets in it open nothing but this sandbox.
#[derive(Debug, Clone, Serialize)]
pub struct Announcement {
    /// Stands for `https://graph.facebook.com`: no trailing slash, no version.
    pub graph_url: String,
    /// Stands for `https://www.facebook.com/v26.0/dialog/oauth`.
    pub dialog_url: String,
    pub app_id: String,
    pub app_secret: String,
    /// A long-lived user token with every permission granted.
    pub access_token: String,
    /// A system user's token: it never expires.
    pub system_user_token: String,
    /// `act_…`, every account the person can see.
    pub ad_account_ids: Vec<String>,
    pub page_ids: Vec<String>,
    pub business_ids: Vec<String>,
    /// The newest Graph version served.
    pub version: String,
    /// Where the switches are: `…/__sandbox`.
    pub control_url: String,
    /// What opens each provider of messages, by its name.
    pub channels: BTreeMap<&'static str, serde_json::Value>,
}

/// Why a sandbox did not start.
#[derive(Debug)]
pub enum SandboxError {
    /// The address could not be listened on.
    Listen {
        address: SocketAddr,
        source: std::io::Error,
    },
    /// A file named by `load` could not be read or understood.
    Load {
        file: PathBuf,
        reason: String,
    },
    UnknownProfile(String),
    /// The address listened on does not make a URL.
    Address(url::ParseError),
}

impl fmt::Display for SandboxError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen { address, source } => write!(
                formatter,
                "The sandbox could not listen on {address}: {source}. Choose another port, or port 0 for a free one."
            ),
            Self::Load { file, reason } => write!(
                formatter,
                "{} could not be loaded: {reason}. The directory must hold the seed files of dbt_facebook_ads.",
                file.display()
            ),
            Self::UnknownProfile(name) => {
                write!(
                    formatter,
                    "There is no profile \"{name}\". Use small, agency or huge."
                )
            }
            Self::Address(source) => write!(
                formatter,
                "The sandbox's own address is not a URL: {source}"
            ),
        }
    }
}

impl std::error::Error for SandboxError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Listen { source, .. } => Some(source),
            Self::Address(source) => Some(source),
            Self::Load { .. } | Self::UnknownProfile(_) => None,
        }
    }
}

impl Announcement {
    /// The Graph address as a URL.
    pub(crate) fn graph(&self) -> Result<Url, SandboxError> {
        Url::parse(&self.graph_url).map_err(SandboxError::Address)
    }
}
