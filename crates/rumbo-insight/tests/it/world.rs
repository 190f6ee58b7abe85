//! Rows for tests, written the way the sync and the CRM leave them.

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{
    AdAccountId, AdCampaignId, AdCreativeId, AdId, AdSetId, ContactId, Currency, Micros, SaleId,
    TouchpointId, WorkspaceId,
};
use rumbo_db::testing::TestDb;
use rumbo_db::{Tx, on_tx};
use rumbo_insight::{Filter, Grain, Metric, RoiReport, RoiRequest, Sum, roi};
use rumbo_platform::Scope;

pub fn usd(text: &str) -> Micros {
    Micros::parse(text).unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn range(from: &str, to: &str) -> rumbo_base::DateRange {
    rumbo_base::DateRange::new(day(from), day(to)).unwrap()
}

/// Binds values to one statement and runs it.
macro_rules! run {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        on_tx!($tx, |c| sqlx::query($sql)$(.bind($value))*.execute(c).await.map(|_| ())).unwrap()
    };
}

/// What one ad did on one day, as Meta told it.
#[derive(Clone, Copy, Debug, Default)]
pub struct AdDay {
    pub impressions: Option<i64>,
    pub clicks: Option<i64>,
    pub link_clicks: Option<i64>,
    pub spend: Option<Micros>,
    pub meta_leads: Option<i64>,
    pub meta_purchases: Option<i64>,
    pub meta_purchase_value: Option<Micros>,
}

impl AdDay {
    pub fn spent(text: &str) -> Self {
        Self {
            impressions: Some(100),
            spend: Some(usd(text)),
            ..Self::default()
        }
    }
}

/// What a touchpoint names.
#[derive(Clone, Debug, Default)]
pub struct Touch {
    pub account: Option<&'static str>,
    pub campaign: Option<AdCampaignId>,
    pub ad_set: Option<AdSetId>,
    pub ad: Option<AdId>,
    pub campaign_external: Option<&'static str>,
    pub ad_external: Option<&'static str>,
    /// `META_ADS` when absent.
    pub source: Option<&'static str>,
    pub medium: Option<&'static str>,
}

/// One workspace, and a transaction that is committed at the end.
pub struct World {
    /// Kept, because the database goes away with it.
    _test: TestDb,
    pub scope: Scope,
    count: std::cell::Cell<u32>,
}

impl World {
    pub async fn new(test: TestDb, currency: Option<&str>, zone: &str) -> Self {
        let workspace: WorkspaceId = test.entropy.id(test.clock.now());
        let mut tx = test.db.write_registry().await.unwrap();
        run!(
            &mut tx,
            "INSERT INTO workspaces (id, slug, name, plan, active, sample, locale, timezone, currency, \
             automation_on, bot_on, settings, created_at, updated_at) \
             VALUES ($1, $2, 'Shop', 'starter', TRUE, FALSE, 'en', $3, $4, FALSE, FALSE, '{}', $5, $5)",
            workspace,
            workspace.to_string(),
            zone,
            currency,
            test.clock.now(),
        );
        tx.commit().await.unwrap();
        let scope = Scope {
            db: test.db.clone(),
            clock: test.clock.clone(),
            entropy: test.entropy.clone(),
            workspace,
            actor: None,
        };
        Self {
            _test: test,
            scope,
            count: std::cell::Cell::new(0),
        }
    }

    pub async fn write(&self) -> Tx {
        self.scope.write().await.unwrap()
    }

    /// Changes the store behind the program's back.
    pub async fn execute(&self, sql: &'static str) {
        let mut tx = self.write().await;
        on_tx!(&mut tx, |c| sqlx::query(sql).execute(c).await.map(|_| ())).unwrap();
        tx.commit().await.unwrap();
    }

    fn next(&self) -> u32 {
        self.count.set(self.count.get() + 1);
        self.count.get()
    }

    /// A run that is finished.
    pub async fn sync_run(&self, tx: &mut Tx, seq: i64) {
        run!(
            tx,
            "INSERT INTO sync_runs (workspace_id, seq, kind, trigger, state, started_at, finished_at, rows_added, \
             rows_changed, rows_unchanged, calls, waits, waited_ms, errors, report) \
             VALUES ($1, $2, 'sync', 'person', 'done', $3, $3, 0, 0, 0, 0, 0, 0, 0, '{}')",
            self.scope.workspace,
            seq,
            self.scope.now(),
        );
    }

    pub async fn account(
        &self,
        tx: &mut Tx,
        external: &str,
        currency: &str,
        zone: &str,
    ) -> AdAccountId {
        let id: AdAccountId = self.scope.id();
        run!(
            tx,
            "INSERT INTO ad_accounts (workspace_id, id, platform, external_id, name, currency, timezone, \
             status, selected, last_synced_at, rest, first_seen_at, created_at, updated_at) \
             VALUES ($1, $2, 'meta', $3, $3, $4, $5, 'active', TRUE, $6, '{}', $6, $6, $6)",
            self.scope.workspace,
            id,
            external,
            currency,
            zone,
            self.scope.now(),
        );
        id
    }

    pub async fn campaign(
        &self,
        tx: &mut Tx,
        account: AdAccountId,
        external: &str,
    ) -> AdCampaignId {
        let id: AdCampaignId = self.scope.id();
        run!(
            tx,
            "INSERT INTO ad_campaigns (workspace_id, id, platform, external_id, ad_account_id, name, \
             status, synced, rest, first_seen_at, created_at, updated_at) \
             VALUES ($1, $2, 'meta', $3, $4, $5, 'active', TRUE, '{}', $6, $6, $6)",
            self.scope.workspace,
            id,
            external,
            account,
            format!("Campaign {external}"),
            self.scope.now(),
        );
        id
    }

    pub async fn ad_set(
        &self,
        tx: &mut Tx,
        account: AdAccountId,
        campaign: AdCampaignId,
        external: &str,
    ) -> AdSetId {
        let id: AdSetId = self.scope.id();
        run!(
            tx,
            "INSERT INTO ad_sets (workspace_id, id, platform, external_id, ad_account_id, ad_campaign_id, \
             name, status, synced, rest, first_seen_at, created_at, updated_at) \
             VALUES ($1, $2, 'meta', $3, $4, $5, $3, 'active', TRUE, '{}', $6, $6, $6)",
            self.scope.workspace,
            id,
            external,
            account,
            campaign,
            self.scope.now(),
        );
        id
    }

    pub async fn creative(
        &self,
        tx: &mut Tx,
        account: AdAccountId,
        external: &str,
    ) -> AdCreativeId {
        let id: AdCreativeId = self.scope.id();
        run!(
            tx,
            "INSERT INTO ad_creatives (workspace_id, id, platform, external_id, ad_account_id, name, \
             headline, synced, rest, first_seen_at, created_at, updated_at) \
             VALUES ($1, $2, 'meta', $3, $4, $3, 'Buy now', TRUE, '{}', $5, $5, $5)",
            self.scope.workspace,
            id,
            external,
            account,
            self.scope.now(),
        );
        id
    }

    pub async fn ad(
        &self,
        tx: &mut Tx,
        line: (AdAccountId, AdCampaignId, AdSetId),
        creative: Option<AdCreativeId>,
        external: &str,
    ) -> AdId {
        let id: AdId = self.scope.id();
        run!(
            tx,
            "INSERT INTO ads (workspace_id, id, platform, external_id, ad_account_id, ad_campaign_id, \
             ad_set_id, ad_creative_id, name, status, synced, rest, first_seen_at, created_at, updated_at) \
             VALUES ($1, $2, 'meta', $3, $4, $5, $6, $7, $3, 'active', TRUE, '{}', $8, $8, $8)",
            self.scope.workspace,
            id,
            external,
            line.0,
            line.1,
            line.2,
            creative,
            self.scope.now(),
        );
        id
    }

    pub async fn ad_day(
        &self,
        tx: &mut Tx,
        account: AdAccountId,
        currency: &str,
        ad: AdId,
        day: NaiveDate,
        row: AdDay,
    ) {
        run!(
            tx,
            "INSERT INTO ad_insights (workspace_id, ad_account_id, day, ad_id, currency, impressions, \
             clicks, link_clicks, spend_micros, meta_leads, meta_purchases, meta_purchase_micros, first_run, run) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, 1)",
            self.scope.workspace,
            account,
            day,
            ad,
            currency,
            row.impressions,
            row.clicks,
            row.link_clicks,
            row.spend,
            row.meta_leads,
            row.meta_purchases,
            row.meta_purchase_value,
        );
    }

    /// Fills the sums from the ad-days.
    pub async fn roll_up(&self, tx: &mut Tx) {
        let accounts: Vec<AdAccountId> = on_tx!(tx, |c| sqlx::query_scalar(
            "SELECT id FROM ad_accounts WHERE workspace_id = $1"
        )
        .bind(self.scope.workspace)
        .fetch_all(c)
        .await)
        .unwrap();
        for account in accounts {
            rumbo_ads::insights::rebuild_sums(tx, self.scope.workspace, account)
                .await
                .unwrap();
        }
    }

    /// A contact, with the touchpoint that made it.
    pub async fn contact(
        &self,
        tx: &mut Tx,
        seen: DateTime<Utc>,
        source: &str,
        touch: Option<Touch>,
    ) -> (ContactId, Option<TouchpointId>) {
        let id: ContactId = self.scope.id();
        run!(
            tx,
            "INSERT INTO contacts (workspace_id, id, kind, status, lead_source, name, custom, tags, \
             search, first_seen_at, created_at, updated_at) \
             VALUES ($1, $2, 'prospect', 'lead', $3, 'Ana', '{}', '[]', 'ana', $4, $4, $5)",
            self.scope.workspace,
            id,
            source,
            seen,
            self.scope.now(),
        );
        let Some(touch) = touch else {
            return (id, None);
        };
        let touchpoint = self.touch(tx, id, seen, touch).await;
        run!(
            tx,
            "UPDATE contacts SET first_touchpoint_id = $3, first_origin = (SELECT t.origin FROM touchpoints t \
             WHERE t.workspace_id = $1 AND t.id = $3) WHERE workspace_id = $1 AND id = $2",
            self.scope.workspace,
            id,
            touchpoint,
        );
        (id, Some(touchpoint))
    }

    pub async fn touch(
        &self,
        tx: &mut Tx,
        contact: ContactId,
        when: DateTime<Utc>,
        touch: Touch,
    ) -> TouchpointId {
        let id: TouchpointId = self.scope.id();
        run!(
            tx,
            "INSERT INTO touchpoints (workspace_id, id, contact_id, occurred_at, kind, \
             ad_account_external_id, campaign_external_id, ad_external_id, ad_campaign_id, ad_set_id, ad_id, \
             created_at, updated_at, source, medium) \
             VALUES ($1, $2, $3, $4, 'lead_form', $5, $6, $7, $8, $9, $10, $11, $11, $12, $13)",
            self.scope.workspace,
            id,
            contact,
            when,
            touch.account,
            touch.campaign_external,
            touch.ad_external,
            touch.campaign,
            touch.ad_set,
            touch.ad,
            self.scope.now(),
            touch.source.unwrap_or("META_ADS"),
            touch.medium,
        );
        run!(
            tx,
            "INSERT INTO touch_origins (workspace_id, key, source, medium, clicked, ad_account_external_id, \
             campaign_external_id, ad_external_id, ad_campaign_id, ad_set_id, ad_id) \
             SELECT workspace_id, $3, source, medium, FALSE, ad_account_external_id, \
             campaign_external_id, ad_external_id, ad_campaign_id, ad_set_id, ad_id \
             FROM touchpoints WHERE workspace_id = $1 AND id = $2",
            self.scope.workspace,
            id,
            id.to_string(),
        );
        run!(
            tx,
            "UPDATE touchpoints SET origin = (SELECT o.origin FROM touch_origins o \
             WHERE o.workspace_id = $1 AND o.key = $3) WHERE workspace_id = $1 AND id = $2",
            self.scope.workspace,
            id,
            id.to_string(),
        );
        id
    }

    /// The path of opportunities and sales is the touchpoint that they were given; with this it is
    /// what the CRM makes of all touchpoints of their contact.
    pub async fn credit(&self, tx: &mut Tx) {
        let contacts: Vec<ContactId> = on_tx!(tx, |c| sqlx::query_scalar(
            "SELECT id FROM contacts WHERE workspace_id = $1"
        )
        .bind(self.scope.workspace)
        .fetch_all(c)
        .await)
        .unwrap();
        rumbo_crm::credit::recredit(tx, &self.scope, &contacts)
            .await
            .unwrap();
    }

    pub async fn cost(&self, tx: &mut Tx, sale: SaleId, cost: Micros) {
        run!(
            tx,
            "UPDATE sales SET cost_micros = $3 WHERE workspace_id = $1 AND id = $2",
            self.scope.workspace,
            sale,
            cost,
        );
    }

    pub async fn refund(&self, tx: &mut Tx, sale: SaleId, amount: Micros, when: DateTime<Utc>) {
        let id: rumbo_base::RefundId = self.scope.id();
        run!(
            tx,
            "INSERT INTO sale_refunds (workspace_id, id, sale_id, amount_micros, refunded_at, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $6)",
            self.scope.workspace,
            id,
            sale,
            amount,
            when,
            self.scope.now(),
        );
    }

    pub async fn stage(&self, tx: &mut Tx) -> rumbo_base::StageId {
        let id: rumbo_base::StageId = self.scope.id();
        run!(
            tx,
            "INSERT INTO pipeline_stages (workspace_id, id, name, position, probability, created_at, updated_at) \
             VALUES ($1, $2, $3, 1, 50, $4, $4)",
            self.scope.workspace,
            id,
            format!("Stage {}", self.next()),
            self.scope.now(),
        );
        id
    }

    pub async fn opportunity(
        &self,
        tx: &mut Tx,
        stage: rumbo_base::StageId,
        contact: ContactId,
        opened: DateTime<Utc>,
        touchpoint: Option<TouchpointId>,
    ) {
        let id: rumbo_base::OpportunityId = self.scope.id();
        run!(
            tx,
            "INSERT INTO opportunities (workspace_id, id, contact_id, name, currency, stage_id, state, \
             opened_at, touchpoint_id, created_at, updated_at, touches, lead_at) \
             SELECT $1, $2, $3, 'Deal', 'USD', $4, 'open', $5, $6, $7, $7, \
             COALESCE((SELECT CAST(t.occurred_at AS TEXT) || ';' || CAST(t.origin AS TEXT) FROM touchpoints t \
             WHERE t.workspace_id = $1 AND t.id = $6), ''), c.first_seen_at \
             FROM contacts c WHERE c.workspace_id = $1 AND c.id = $3",
            self.scope.workspace,
            id,
            contact,
            stage,
            opened,
            touchpoint,
            self.scope.now(),
        );
    }

    pub async fn sale(&self, tx: &mut Tx, contact: ContactId, sale: Sale<'_>) -> SaleId {
        let id: SaleId = self.scope.id();
        run!(
            tx,
            "INSERT INTO sales (workspace_id, id, reference, contact_id, gross_micros, refunded_micros, \
             currency, status, occurred_at, completed_at, touchpoint_id, attribution_source, created_at, updated_at, \
             touches, lead_at) \
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'last_touch', $12, $12, \
             COALESCE((SELECT CAST(t.occurred_at AS TEXT) || ';' || CAST(t.origin AS TEXT) FROM touchpoints t \
             WHERE t.workspace_id = $1 AND t.id = $11), ''), c.first_seen_at \
             FROM contacts c WHERE c.workspace_id = $1 AND c.id = $4",
            self.scope.workspace,
            id,
            format!("S-{}", self.next()),
            contact,
            sale.gross,
            sale.refunded,
            sale.currency,
            sale.status,
            sale.completed,
            Some(sale.completed),
            sale.touchpoint,
            self.scope.now(),
        );
        id
    }

    pub async fn roi(&self, grain: Grain, range: rumbo_base::DateRange) -> RoiReport {
        self.ask(grain, range, Filter::default()).await
    }

    pub async fn ask(
        &self,
        grain: Grain,
        range: rumbo_base::DateRange,
        filter: Filter,
    ) -> RoiReport {
        let request = RoiRequest {
            filter,
            without_spend: true,
            ..RoiRequest::new(grain, range)
        };
        roi(&self.scope, request).await.unwrap()
    }
}

/// A sale to be written.
#[derive(Clone, Copy, Debug)]
pub struct Sale<'a> {
    pub gross: Micros,
    pub refunded: Micros,
    pub currency: &'a str,
    pub status: &'a str,
    pub completed: DateTime<Utc>,
    pub touchpoint: Option<TouchpointId>,
}

pub const GRAINS: [Grain; 5] = [
    Grain::Account,
    Grain::Campaign,
    Grain::AdSet,
    Grain::Ad,
    Grain::Creative,
];

/// Rows plus what is not attributed are the total, in every group and for every figure.
pub fn assert_adds_up(report: &RoiReport) {
    for group in &report.groups {
        let (mut sum, mut idle) = (
            group.unattributed.figures,
            group.unattributed.without_spend.unwrap(),
        );
        for row in &group.rows {
            sum.add(&row.figures).unwrap();
            idle.add(&row.without_spend.unwrap()).unwrap();
        }
        assert_eq!(
            sum, group.total.figures,
            "{:?} {}",
            report.grain, group.currency
        );
        assert_eq!(
            Some(idle),
            group.total.without_spend,
            "{:?} {}",
            report.grain,
            group.currency
        );
    }
}

/// A metric of a sum in dollars.
pub fn text(sum: &Sum, metric: Metric) -> Option<String> {
    metric.text(&sum.figures, Currency::USD)
}
