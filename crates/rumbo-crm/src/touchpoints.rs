//! Touchpoints: each one way a contact arrived.
//!
//! A touchpoint may name an ad, an ad set or a campaign that is not synced yet: it keeps the bare
//! id and [`link_waiting`] fills in the object when it comes.

mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rumbo_base::{
    AdCampaignId, AdId, AdSetId, ContactId, Currency, Micros, Result, TouchpointId, WorkspaceId,
};
use rumbo_db::Tx;
use rumbo_platform::Scope;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use crate::contacts;
use crate::credit;
use crate::input::{not_found, short_text};
use crate::words::words;

pub use store::STATEMENTS;
pub(crate) use store::{insert, link, of_contact, with_external_ids, write};

/// The platform name of Meta's objects.
pub const META: &str = "meta";

words! {
    /// How a touchpoint became known.
    pub enum TouchpointKind("touchpoint kind") {
        /// An Instant Form at Meta; its external id is the leadgen id.
        LeadForm = "lead_form",
        /// A chat begun from an ad.
        ClickToWhatsApp = "click_to_whatsapp",
        /// A row of an imported file.
        Import = "import",
        /// Entered by hand.
        Manual = "manual",
    }
}

/// An answer in a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The question's key, such as `full_name`.
    pub question: String,
    /// What was answered; several values for a choice of several.
    pub values: Vec<String>,
}

/// A touchpoint as stored.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Touchpoint {
    pub id: TouchpointId,
    pub contact_id: ContactId,
    pub occurred_at: DateTime<Utc>,
    #[sqlx(try_from = "String")]
    pub kind: TouchpointKind,
    /// A lead source, such as `META_ADS`.
    pub source: String,
    pub medium: Option<String>,
    /// Whose objects the external ids below name.
    pub platform: Option<String>,
    pub ad_account_external_id: Option<String>,
    pub campaign_external_id: Option<String>,
    pub ad_set_external_id: Option<String>,
    pub ad_external_id: Option<String>,
    pub form_external_id: Option<String>,
    pub ad_campaign_id: Option<AdCampaignId>,
    pub ad_set_id: Option<AdSetId>,
    pub ad_id: Option<AdId>,
    pub click_id: Option<String>,
    /// Where the touch happened in words of the platform, such as `page_id`.
    pub referral: Option<Json<BTreeMap<String, String>>>,
    pub answers: Option<Json<Vec<Answer>>>,
    /// What the ad said at the time.
    pub ad_headline: Option<String>,
    pub ad_body: Option<String>,
    pub cost_micros: Option<Micros>,
    pub cost_currency: Option<String>,
    /// Unique with the kind.
    pub external_id: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A touchpoint to add.
#[derive(Clone, Debug, Default)]
pub struct NewTouchpoint {
    /// Now when absent.
    pub occurred_at: Option<DateTime<Utc>>,
    /// Manual when absent.
    pub kind: Option<TouchpointKind>,
    /// A lead source, such as `META_ADS`.
    pub source: String,
    pub medium: Option<String>,
    pub ad_account_external_id: Option<String>,
    /// Meta's ids, known here or not yet.
    pub campaign_external_id: Option<String>,
    pub ad_set_external_id: Option<String>,
    pub ad_external_id: Option<String>,
    pub form_external_id: Option<String>,
    pub click_id: Option<String>,
    /// Where the touch happened in words of the platform, such as `page_id`.
    pub referral: BTreeMap<String, String>,
    pub answers: Vec<Answer>,
    pub ad_headline: Option<String>,
    pub ad_body: Option<String>,
    pub cost: Option<(Micros, Currency)>,
    pub external_id: Option<String>,
}

/// What a write did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    Added,
    Changed,
    /// It was there with the same values; nothing was touched.
    Unchanged,
}

/// Adds a touchpoint to a contact, or brings the one with the same kind and external id up to
/// date; then links it to synced objects and credits anew.
///
/// # Errors
/// `NotFound` for the contact, `InvalidInput` for a source or text that cannot be kept.
pub async fn add(
    tx: &mut Tx,
    scope: &Scope,
    contact: ContactId,
    new: NewTouchpoint,
) -> Result<(TouchpointId, Written)> {
    contacts::get(tx, scope.workspace, contact).await?;
    let touch = new.checked(scope, contact)?;
    let stored = match &touch.external_id {
        Some(id) => with_external_ids(tx, scope.workspace, touch.kind, std::slice::from_ref(id))
            .await?
            .into_iter()
            .next(),
        None => None,
    };
    let (id, written, touched) = if let Some(stored) = stored {
        let Some(merged) = touch.onto(&stored) else {
            return Ok((stored.id, Written::Unchanged));
        };
        write(tx, scope, &merged).await?;
        (
            stored.id,
            Written::Changed,
            vec![stored.contact_id, contact],
        )
    } else {
        insert(tx, scope, std::slice::from_ref(&touch)).await?;
        (touch.id, Written::Added, vec![contact])
    };
    link_waiting(tx, scope).await?;
    credit::recredit(tx, scope, &touched).await?;
    Ok((id, written))
}

/// The touchpoints of a contact, oldest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn list(
    tx: &mut Tx,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<Vec<Touchpoint>> {
    of_contact(tx, workspace, contact).await
}

/// One touchpoint.
///
/// # Errors
/// `NotFound`.
pub async fn get(tx: &mut Tx, workspace: WorkspaceId, id: TouchpointId) -> Result<Touchpoint> {
    store::find(tx, workspace, id)
        .await?
        .ok_or_else(|| not_found("touchpoint"))
}

/// Links the touchpoints that wait for an ad, ad set or campaign to those that are there by now.
/// An ad brings its ad set and its campaign along, with what it says; an ad set its campaign.
/// What they are credited with is brought up to date. To be called whenever objects were written.
/// Returns how many touchpoints were linked.
///
/// # Errors
/// When the store cannot be written.
pub async fn link_waiting(tx: &mut Tx, scope: &Scope) -> Result<u64> {
    let linked = link(tx, scope).await?;
    if linked > 0 {
        let due = credit::due(tx, scope.workspace).await?;
        credit::recredit(tx, scope, &due).await?;
    }
    Ok(linked)
}

impl NewTouchpoint {
    /// Whether it names any object of an ad platform.
    pub(crate) fn names_an_ad_object(&self) -> bool {
        [
            &self.ad_account_external_id,
            &self.campaign_external_id,
            &self.ad_set_external_id,
            &self.ad_external_id,
            &self.form_external_id,
        ]
        .iter()
        .any(|id| id.is_some())
    }

    pub(crate) fn checked(self, scope: &Scope, contact: ContactId) -> Result<Touchpoint> {
        let platform = self.names_an_ad_object().then(|| META.to_owned());
        let id = |field: &str, value: Option<String>| -> Result<Option<String>> {
            value.map_or(Ok(None), |value| short_text(field, &value, 100))
        };
        let text = |field: &str, value: Option<String>| -> Result<Option<String>> {
            value.map_or(Ok(None), |value| short_text(field, &value, 4_000))
        };
        let occurred_at = self.occurred_at.unwrap_or_else(|| scope.now());
        if let Some((amount, currency)) = self.cost {
            crate::input::coins("cost", amount, currency)?;
        }
        // Meta's own clock is not ours to judge: a lead is never refused for its time.
        let from_meta = matches!(
            self.kind,
            Some(TouchpointKind::LeadForm | TouchpointKind::ClickToWhatsApp)
        );
        if !from_meta {
            crate::input::happened("occurred_at", occurred_at, scope.now())?;
        }
        let account = id("ad account id", self.ad_account_external_id)?
            .map(|account| account.trim_start_matches("act_").to_owned());
        Ok(Touchpoint {
            id: scope.id(),
            contact_id: contact,
            occurred_at: chrono::SubsecRound::trunc_subsecs(occurred_at, 6),
            kind: self.kind.unwrap_or(TouchpointKind::Manual),
            source: contacts::lead_source(&self.source)?,
            medium: id("medium", self.medium)?,
            platform,
            ad_account_external_id: account,
            campaign_external_id: id("campaign id", self.campaign_external_id)?,
            ad_set_external_id: id("ad set id", self.ad_set_external_id)?,
            ad_external_id: id("ad id", self.ad_external_id)?,
            form_external_id: id("form id", self.form_external_id)?,
            ad_campaign_id: None,
            ad_set_id: None,
            ad_id: None,
            click_id: text("click id", self.click_id)?,
            referral: (!self.referral.is_empty()).then_some(Json(self.referral)),
            answers: (!self.answers.is_empty()).then_some(Json(self.answers)),
            ad_headline: text("headline", self.ad_headline)?,
            ad_body: text("body", self.ad_body)?,
            cost_micros: self.cost.map(|(amount, _)| amount),
            cost_currency: self.cost.map(|(_, currency)| currency.to_string()),
            external_id: text("external id", self.external_id)?,
            created_at: scope.now(),
            updated_at: scope.now(),
        })
    }
}

impl Touchpoint {
    /// The stored touchpoint with these values over it; `None` when that changes nothing. What
    /// is not said here stays, and a changed name of an object unlinks the old one.
    pub(crate) fn onto(&self, stored: &Touchpoint) -> Option<Touchpoint> {
        let keep = |new: &Option<String>, old: &Option<String>| new.clone().or_else(|| old.clone());
        let mut merged = Touchpoint {
            id: stored.id,
            platform: keep(&self.platform, &stored.platform),
            medium: keep(&self.medium, &stored.medium),
            ad_account_external_id: keep(
                &self.ad_account_external_id,
                &stored.ad_account_external_id,
            ),
            campaign_external_id: keep(&self.campaign_external_id, &stored.campaign_external_id),
            ad_set_external_id: keep(&self.ad_set_external_id, &stored.ad_set_external_id),
            ad_external_id: keep(&self.ad_external_id, &stored.ad_external_id),
            form_external_id: keep(&self.form_external_id, &stored.form_external_id),
            click_id: keep(&self.click_id, &stored.click_id),
            referral: self.referral.clone().or_else(|| stored.referral.clone()),
            answers: self.answers.clone().or_else(|| stored.answers.clone()),
            ad_headline: keep(&self.ad_headline, &stored.ad_headline),
            ad_body: keep(&self.ad_body, &stored.ad_body),
            cost_micros: self.cost_micros.or(stored.cost_micros),
            cost_currency: keep(&self.cost_currency, &stored.cost_currency),
            ad_campaign_id: stored.ad_campaign_id,
            ad_set_id: stored.ad_set_id,
            ad_id: stored.ad_id,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
            ..self.clone()
        };
        if merged == *stored {
            return None;
        }
        let names = |t: &Touchpoint| {
            [
                t.campaign_external_id.clone(),
                t.ad_set_external_id.clone(),
                t.ad_external_id.clone(),
            ]
        };
        if names(&merged) != names(stored) {
            merged.ad_campaign_id = None;
            merged.ad_set_id = None;
            merged.ad_id = None;
        }
        merged.updated_at = self.updated_at;
        Some(merged)
    }
}
