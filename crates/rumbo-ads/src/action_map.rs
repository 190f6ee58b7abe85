//! Which of Meta's actions are the leads and the purchases.
//!
//! Meta's action types nest: `lead` holds the Instant Form leads and the website leads, and
//! `omni_purchase`, `purchase` and `offsite_conversion.fb_pixel_purchase` may all be the same
//! purchase. Summing them counts conversions two and three times. So a figure is taken from one
//! tier: the first tier of the list that the ad-day has any of, and within a tier, whose types
//! never overlap, the sum.

use rumbo_base::{Code, Error, Reason, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx};
use serde::{Deserialize, Serialize};

rumbo_db::statements! {
    SETTINGS = "SELECT settings FROM workspaces WHERE id = $1";
    SAVE_SETTINGS = "UPDATE workspaces SET settings = $2 WHERE id = $1";
}

/// The keys of the workspace settings that hold a changed map (`rumbo_platform::workspaces::
/// Settings`). Each entry is a tier, most wanted first; the types of a tier are joined by `+`. An
/// empty list is the default.
const LEADS: &str = "lead_actions";
const PURCHASES: &str = "purchase_actions";

/// Tiers in order of preference. The types of one tier are disjoint and are summed.
pub type Tiers = Vec<Vec<String>>;

/// The workspace's own mapping of action types to leads and purchases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionMap {
    /// What counts as a lead Meta reports.
    pub leads: Tiers,
    /// What counts as a purchase Meta reports; the same tiers give the purchase value.
    pub purchases: Tiers,
}

impl Default for ActionMap {
    /// `lead` is Meta's own total of leads. Where it is absent, the Instant Form leads and the
    /// website (pixel) leads, which never overlap, are summed. For purchases `omni_purchase`
    /// covers every channel once, then `purchase`, then the channels one by one.
    fn default() -> Self {
        let tiers = |tiers: &[&[&str]]| -> Tiers {
            tiers
                .iter()
                .map(|tier| tier.iter().map(|t| (*t).to_owned()).collect())
                .collect()
        };
        Self {
            leads: tiers(&[
                &["lead"],
                &[
                    "onsite_conversion.lead_grouped",
                    "offsite_conversion.fb_pixel_lead",
                ],
                &["leadgen_grouped"],
            ]),
            purchases: tiers(&[
                &["omni_purchase"],
                &["purchase"],
                &[
                    "onsite_conversion.purchase",
                    "offsite_conversion.fb_pixel_purchase",
                    "app_custom_event.fb_mobile_purchase",
                ],
            ]),
        }
    }
}

impl ActionMap {
    /// Refuses a map that would count something twice or nothing at all.
    ///
    /// # Errors
    /// `InvalidInput` naming the setting that holds the list, and the action type.
    pub fn check(&self) -> Result<()> {
        for (name, field, tiers) in [
            ("leads", LEADS, &self.leads),
            ("purchases", PURCHASES, &self.purchases),
        ] {
            let mut seen = std::collections::BTreeSet::new();
            if tiers.is_empty() || tiers.iter().any(Vec::is_empty) {
                return Err(Error::new(
                    Code::InvalidInput,
                    format!("The action map has an empty list of {name}. Name at least one action type in each tier."),
                )
                .reason(Reason::ActionMapEmpty)
                .param("list", name)
                .field(field));
            }
            for action_type in tiers.iter().flatten() {
                if action_type.trim().is_empty() || !seen.insert(action_type) {
                    return Err(Error::new(
                        Code::InvalidInput,
                        format!("\"{action_type}\" stands twice in the {name} of the action map. Keep it in one tier only."),
                    )
                    .reason(Reason::ActionTypeTwice)
                    .param("list", name)
                    .field(field)
                    .param("action_type", action_type));
                }
            }
        }
        Ok(())
    }

    /// The map of a workspace: its own, or the default.
    ///
    /// # Errors
    /// `NotFound` without such a workspace, `InvalidInput` when the stored map counts twice.
    pub async fn load(tx: &mut Tx, workspace: WorkspaceId) -> Result<Self> {
        let settings = settings(tx, workspace).await?;
        let list = |key: &str| -> Vec<String> {
            settings
                .get(key)
                .and_then(|v| Vec::deserialize(v).ok())
                .unwrap_or_default()
        };
        Self::from_settings(&list(LEADS), &list(PURCHASES))
    }

    /// From the lists of the workspace settings; an empty list is the default one.
    ///
    /// # Errors
    /// As [`ActionMap::check`].
    pub fn from_settings(leads: &[String], purchases: &[String]) -> Result<Self> {
        let tiers = |list: &[String], default: Tiers| -> Tiers {
            if list.is_empty() {
                return default;
            }
            list.iter()
                .map(|tier| {
                    tier.split('+')
                        .map(str::trim)
                        .filter(|t| !t.is_empty())
                        .map(ToOwned::to_owned)
                        .collect()
                })
                .collect()
        };
        let default = Self::default();
        let map = Self {
            leads: tiers(leads, default.leads),
            purchases: tiers(purchases, default.purchases),
        };
        map.check()?;
        Ok(map)
    }

    /// The lists for the workspace settings: empty where they are the default.
    pub fn to_settings(&self) -> (Vec<String>, Vec<String>) {
        let list = |tiers: &Tiers, default: &Tiers| -> Vec<String> {
            if tiers == default {
                return Vec::new();
            }
            tiers.iter().map(|tier| tier.join("+")).collect()
        };
        let default = Self::default();
        (
            list(&self.leads, &default.leads),
            list(&self.purchases, &default.purchases),
        )
    }

    /// Keeps the map in the workspace settings. The stored figures change only with
    /// [`crate::insights::remap`], which calls this.
    pub(crate) async fn save(&self, tx: &mut Tx, workspace: WorkspaceId) -> Result<()> {
        self.check()?;
        if Self::load(tx, workspace).await.ok().as_ref() == Some(self) {
            return Ok(());
        }
        let mut settings = settings(tx, workspace).await?;
        let (leads, purchases) = self.to_settings();
        settings.insert(LEADS.to_owned(), leads.into());
        settings.insert(PURCHASES.to_owned(), purchases.into());
        on_tx!(tx, |c| sqlx::query(SAVE_SETTINGS)
            .bind(workspace)
            .bind(sqlx::types::Json(settings))
            .execute(c)
            .await
            .map(|_| ()))
        .db()
    }
}

async fn settings(
    tx: &mut Tx,
    workspace: WorkspaceId,
) -> Result<serde_json::Map<String, serde_json::Value>> {
    let stored: Option<sqlx::types::Json<serde_json::Map<String, serde_json::Value>>> =
        on_tx!(tx, |c| sqlx::query_scalar(SETTINGS)
            .bind(workspace)
            .fetch_optional(c)
            .await)
        .db()?;
    stored.map(|json| json.0).ok_or_else(|| {
        Error::new(Code::NotFound, "There is no such workspace.")
            .reason(Reason::Gone)
            .param("what", "workspace")
    })
}

mod claims;
mod families;
mod shapes;
mod tally;

pub(crate) use claims::AFTER_VIEW;
pub use claims::{ClaimSplit, SplitClaims};
pub use families::{ActionClass, ActionKind, ActionPlace};
pub use tally::{ActionTally, CountedActions, Event, FallenBack, ToldEvent, ToldType};

#[cfg(test)]
mod tests;
