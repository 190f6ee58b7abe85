//! The settings of a workspace that no query asks for: kept as one typed JSON value.

use chrono::{NaiveTime, Weekday};
use rumbo_base::Breakdown;
use serde::{Deserialize, Serialize};

/// Settings of one workspace. Fields that an older program did not know keep their defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Minutes between syncs.
    pub sync_interval_minutes: u32,
    /// What the sync also reads Meta's figures by. None unless somebody asks: each costs as many
    /// calls as the plain figures, or more.
    pub breakdowns: Vec<Breakdown>,
    /// Which of Meta's nested action types counts as one lead, most wanted first; empty means the
    /// documented default.
    pub lead_actions: Vec<String>,
    /// Which counts as one purchase, most wanted first; empty means the documented default.
    pub purchase_actions: Vec<String>,
    /// How reports credit opportunities and sales when nobody says otherwise.
    pub attribution: AttributionSettings,
    /// The Meta app to sign in with; empty fields mean the program's own.
    pub meta_app: MetaAppSettings,
    /// When, how often and with whose consent people are written to.
    pub sending: SendingSettings,
    /// Somebody else looks at a template before it is submitted.
    pub template_review: bool,
}

/// When, how often and with whose consent people are written to. What is absent has no bound.
/// Answers that a person writes in a conversation are not held up by any of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SendingSettings {
    /// The night, in the contact's own zone; it may cross midnight.
    pub quiet_from: Option<NaiveTime>,
    pub quiet_to: Option<NaiveTime>,
    /// The business's hours, in the workspace's zone.
    pub open_from: Option<NaiveTime>,
    pub open_to: Option<NaiveTime>,
    /// The days on which they begin; empty is every day.
    pub open_days: Vec<Weekday>,
    /// Messages to one contact within 24 hours, over all channels.
    pub most_a_day: Option<u32>,
    /// Within seven days.
    pub most_a_week: Option<u32>,
    /// Kinds of channels on which marketing needs an opt-in: `whatsapp`, `sms`, `email`.
    pub ask_consent: Vec<String>,
}

/// How a workspace credits, by the words of `rumbo_insight`; what is absent is the usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AttributionSettings {
    pub model: Option<String>,
    pub half_life_days: Option<u32>,
    /// Days a touch may lie back; no limit when absent.
    pub click_days: Option<u32>,
    pub view_days: Option<u32>,
    pub basis: Option<String>,
    pub refunds: Option<String>,
}

/// The Meta app of a workspace. Its secret is in the vault.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MetaAppSettings {
    pub app_id: Option<String>,
    pub graph_url: Option<String>,
    pub dialog_url: Option<String>,
    pub graph_version: Option<String>,
    /// `loopback`, `login_success` or `https_bounce`.
    pub redirect_mode: Option<String>,
    pub bounce_url: Option<String>,
    /// Loopback ports to try, in order; empty means the usual ones.
    pub ports: Vec<u16>,
    /// What is switched on, by the words of `rumbo_meta::scopes::Feature`; empty means all of it.
    pub features: Vec<String>,
}

impl Settings {
    /// The shortest interval between syncs that does not waste Meta's limits.
    pub const SHORTEST_SYNC_INTERVAL: u32 = 15;
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            // SPEC S2: every four hours.
            sync_interval_minutes: 240,
            breakdowns: Vec::new(),
            lead_actions: Vec::new(),
            purchase_actions: Vec::new(),
            attribution: AttributionSettings::default(),
            meta_app: MetaAppSettings::default(),
            sending: SendingSettings::default(),
            template_review: false,
        }
    }
}
