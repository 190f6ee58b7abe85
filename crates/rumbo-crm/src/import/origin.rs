//! Where the people of a file came from: touchpoints made of its rows.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use rumbo_base::{ContactId, Error, Result};
use rumbo_db::Tx;
use rumbo_platform::Scope;

use super::people::Became;
use super::reader::Values;
use crate::credit;
use crate::touchpoints::{self, NewTouchpoint, Touchpoint, TouchpointKind};

/// What a row says about where its person came from.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    source: Option<String>,
    campaign: Option<String>,
    ad_set: Option<String>,
    ad: Option<String>,
    click: Option<String>,
    date: Option<DateTime<Utc>>,
}

impl Origin {
    /// `None` when the row says nothing that makes a touchpoint; a source alone does not.
    pub(super) fn of(values: Values<'_, '_>) -> Result<Option<Self>, Error> {
        let origin = Self {
            source: values.text("source"),
            campaign: values.id("campaign_id")?,
            ad_set: values.id("ad_set_id")?,
            ad: values.id("ad_id")?,
            click: values.text("click_id"),
            date: values.instant("lead_date")?,
        };
        let says = origin.names_an_ad() || origin.click.is_some() || origin.date.is_some();
        Ok(says.then_some(origin))
    }

    /// The same, dated `at` where it has no date of its own.
    pub(super) fn dated(origin: Option<Self>, values: Values<'_, '_>, at: DateTime<Utc>) -> Self {
        let origin = origin.unwrap_or_else(|| Self {
            source: values.text("source"),
            campaign: None,
            ad_set: None,
            ad: None,
            click: None,
            date: None,
        });
        Self {
            date: origin.date.or(Some(at)),
            ..origin
        }
    }

    fn names_an_ad(&self) -> bool {
        self.campaign.is_some() || self.ad_set.is_some() || self.ad.is_some()
    }

    /// The lead source it means.
    pub(super) fn lead_source(&self) -> String {
        self.source.clone().unwrap_or_else(|| {
            if self.names_an_ad() || self.click.is_some() {
                "META_ADS"
            } else {
                "IMPORT"
            }
            .to_owned()
        })
    }
}

/// The touchpoints of one file, found or made in memory first.
#[derive(Debug, Default)]
pub(super) struct Origins {
    stored: HashMap<String, Touchpoint>,
    staged: HashMap<String, (Touchpoint, Became)>,
    order: Vec<String>,
}

impl Origins {
    /// Loads the touchpoints that rows of these names made before.
    pub(super) async fn load(tx: &mut Tx, scope: &Scope, names: &[String]) -> Result<Self> {
        let found =
            touchpoints::with_external_ids(tx, scope.workspace, TouchpointKind::Import, names)
                .await?;
        let stored = found
            .into_iter()
            .filter_map(|touch| Some((touch.external_id.clone()?, touch)))
            .collect();
        Ok(Self {
            stored,
            ..Self::default()
        })
    }

    /// Puts the touchpoint of a row in place. Without a date of its own it is dated `otherwise`,
    /// or as it was before, or now.
    pub(super) fn stage(
        &mut self,
        scope: &Scope,
        name: &str,
        contact: ContactId,
        origin: &Origin,
        otherwise: Option<DateTime<Utc>>,
    ) -> Result<Became, Error> {
        let stored = self.stored.get(name);
        let occurred_at = origin
            .date
            .or(otherwise)
            .or(stored.map(|touch| touch.occurred_at));
        let new = NewTouchpoint {
            occurred_at,
            kind: Some(TouchpointKind::Import),
            source: origin.lead_source(),
            campaign_external_id: origin.campaign.clone(),
            ad_set_external_id: origin.ad_set.clone(),
            ad_external_id: origin.ad.clone(),
            click_id: origin.click.clone(),
            external_id: Some(name.to_owned()),
            ..NewTouchpoint::default()
        };
        let touch = new.checked(scope, contact)?;
        let (touch, became) = match stored {
            None => (touch, Became::Added),
            Some(stored) => match touch.onto(stored) {
                None => (stored.clone(), Became::Unchanged),
                Some(merged) => (merged, Became::Changed),
            },
        };
        if self
            .staged
            .insert(name.to_owned(), (touch, became))
            .is_none()
        {
            self.order.push(name.to_owned());
        }
        Ok(became)
    }

    /// Writes those that are new or changed. Returns the contacts whose credit they move.
    pub(super) async fn write(self, tx: &mut Tx, scope: &Scope) -> Result<Vec<ContactId>> {
        let mut fresh = Vec::new();
        let mut contacts = HashSet::new();
        for (touch, became) in self.order.iter().filter_map(|name| self.staged.get(name)) {
            match became {
                Became::Unchanged => continue,
                Became::Added => fresh.push(touch.clone()),
                Became::Changed => {
                    touchpoints::write(tx, scope, touch).await?;
                    let before = touch
                        .external_id
                        .as_ref()
                        .and_then(|name| self.stored.get(name));
                    contacts.extend(before.map(|touch| touch.contact_id));
                }
            }
            contacts.insert(touch.contact_id);
        }
        touchpoints::insert(tx, scope, &fresh).await?;
        if !contacts.is_empty() && touchpoints::link(tx, scope).await? > 0 {
            contacts.extend(credit::due(tx, scope.workspace).await?);
        }
        Ok(contacts.into_iter().collect())
    }
}
