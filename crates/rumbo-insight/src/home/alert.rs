//! What wants attention, each with the figures that show it.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use rumbo_base::{AdAccountId, AdCampaignId, Micros};

use crate::ages::Ages;
use crate::figures::Shares;
use crate::roi::CurrencyGroup;
use crate::tired::Tired;
use crate::unusual::Unusual;

/// A campaign is looked at when it took at least this part of the spend: one in twenty.
const LARGE_PART: i64 = 20;
/// And at most so many are named.
const MOST: usize = 3;
/// Syncs run every 4 hours; after a day without one something is wrong.
const STALE_HOURS: i64 = 24;

/// Something that wants attention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alert {
    /// Spent at least a twentieth of everything and sold nothing, while others sold.
    SpendWithoutSales {
        campaign: AdCampaignId,
        name: String,
        spend: Micros,
        leads: i64,
        /// Sales of all campaigns in the same days.
        sales_of_others: Shares,
    },
    /// Leads, opportunities or sales name objects that are not synced.
    WaitingForSync {
        objects: usize,
        leads: i64,
        revenue: Micros,
    },
    /// The last sync of an account failed.
    AccountFailing {
        account: AdAccountId,
        name: String,
        error_code: String,
    },
    /// An account was not synced for a day or more.
    AccountStale {
        account: AdAccountId,
        name: String,
        last_synced_at: DateTime<Utc>,
        hours: i64,
    },
    /// A figure of an account is out of the ordinary, whatever period is shown.
    Unusual(Unusual),
    /// An ad of the campaigns that spent most is clicked less than it was.
    Tired(Tired),
}

pub(super) fn find(group: &CurrencyGroup, ages: &Ages, now: DateTime<Utc>) -> Vec<Alert> {
    let mut alerts = Vec::new();
    for account in &ages.accounts {
        let (id, name) = (account.id, account.name.clone());
        if let Some(error_code) = account.last_error_code.clone() {
            alerts.push(Alert::AccountFailing {
                account: id,
                name,
                error_code,
            });
        } else if let Some(last_synced_at) = account.last_synced_at
            && now - last_synced_at >= Duration::hours(STALE_HOURS)
        {
            let hours = (now - last_synced_at).num_hours();
            alerts.push(Alert::AccountStale {
                account: id,
                name,
                last_synced_at,
                hours,
            });
        }
    }
    let sales = Shares(group.total.figures.sales.0 - group.unattributed.figures.sales.0);
    let least = group.total.figures.spend.unwrap_or_default().0 / LARGE_PART;
    if sales > Shares::ZERO {
        alerts.extend(
            group
                .rows
                .iter()
                .filter(|row| row.figures.sales == Shares::ZERO)
                .filter_map(|row| {
                    let spend = row.figures.spend.filter(|s| s.0 > 0 && s.0 >= least)?;
                    Some(Alert::SpendWithoutSales {
                        campaign: AdCampaignId(row.id?),
                        name: row.name.clone(),
                        spend,
                        leads: row.figures.leads,
                        sales_of_others: sales,
                    })
                })
                .take(MOST),
        );
    }
    let waiting = group
        .rows
        .iter()
        .filter(|row| row.waiting && row.figures.has_crm_outcome());
    // A campaign may be a row for each account that touches place it in.
    let mut named = BTreeSet::new();
    let (mut objects, mut leads, mut revenue) = (0, 0, Micros::ZERO);
    for row in waiting {
        let again = |external| !named.insert(external);
        objects += usize::from(!row.external_id.as_deref().is_some_and(again));
        leads += row.figures.leads;
        revenue += row.figures.revenue;
    }
    if objects > 0 {
        alerts.push(Alert::WaitingForSync {
            objects,
            leads,
            revenue,
        });
    }
    alerts
}
