//! A past that is enough to learn from.

use chrono::{DateTime, Duration, Utc};
use rumbo_base::{AdCampaignId, ContactId, Micros, TouchpointId};
use rumbo_db::{Tx, on_tx};

use crate::world::{Sale, World};

macro_rules! run {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        on_tx!($tx, |c| sqlx::query($sql)$(.bind($value))*.execute(c).await.map(|_| ())).unwrap()
    };
}

/// Someone's touches, and what they bought.
pub struct Walk {
    /// When, the campaign, the source.
    pub touches: Vec<(DateTime<Utc>, Option<AdCampaignId>, &'static str)>,
    pub sold: Option<(DateTime<Utc>, Micros)>,
}

impl World {
    /// A past that is enough for the data-driven model: people touched by the campaigns or by other
    /// sources over the 300 days before now, a fifth of whom bought. Gives each path, whether it
    /// was sold and when, and its amount.
    pub async fn past(&self, tx: &mut Tx, campaigns: &[AdCampaignId]) -> Vec<Walk> {
        let start = self.scope.now() - Duration::days(300);
        let mut walks = Vec::new();
        for n in 0..2_000_u32 {
            let first = start + Duration::minutes(i64::from(n) * 211);
            let sold = n % 5 == 0;
            let mut touches = Vec::new();
            for nth in 0..=(n / 7) % 4 {
                let dice = (n * 7 + nth * (3 + n % 4) + n / 11) % 6;
                let campaign = campaigns.get(usize::try_from(dice).unwrap()).copied();
                // Who bought came more often by the first one.
                let campaign =
                    campaign.or_else(|| campaigns.first().copied().filter(|_| sold && nth == 1));
                let source = match campaign {
                    Some(_) => "META_ADS",
                    None => ["REFERRAL", "GOOGLE_ADS", "WEB"][usize::try_from(dice % 3).unwrap()],
                };
                let when = first + Duration::hours(i64::from(nth) * 31);
                touches.push((when, campaign, source));
            }
            let contact: ContactId = self.scope.id();
            run!(
                tx,
                "INSERT INTO contacts (workspace_id, id, kind, status, lead_source, name, custom, tags, \
                 search, first_seen_at, created_at, updated_at) \
                 VALUES ($1, $2, 'prospect', 'lead', 'UNKNOWN', 'Eva', '{}', '[]', 'eva', $3, $4, $4)",
                self.scope.workspace,
                contact,
                first,
                self.scope.now(),
            );
            for (when, campaign, source) in &touches {
                let id: TouchpointId = self.scope.id();
                run!(
                    tx,
                    "INSERT INTO touchpoints (workspace_id, id, contact_id, occurred_at, kind, ad_campaign_id, \
                     source, created_at, updated_at) VALUES ($1, $2, $3, $4, 'lead_form', $5, $6, $7, $7)",
                    self.scope.workspace,
                    id,
                    contact,
                    *when,
                    *campaign,
                    *source,
                    self.scope.now(),
                );
            }
            let bought = touches.last().map_or(first, |(when, ..)| *when) + Duration::hours(40);
            let gross = Micros(i64::from(n % 97 + 1) * 3_130_000);
            if sold {
                let sale = Sale {
                    gross,
                    refunded: Micros::ZERO,
                    currency: "USD",
                    status: "completed",
                    completed: bought,
                    touchpoint: None,
                };
                self.sale(tx, contact, sale).await;
            }
            walks.push(Walk {
                touches,
                sold: sold.then_some((bought, gross)),
            });
        }
        self.credit(tx).await;
        walks
    }
}
