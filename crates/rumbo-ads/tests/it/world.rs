//! A sandbox, a workspace and a sync between them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, NaiveDate, Utc};
use futures::future::BoxFuture;
use rumbo_ads::insights::check_sums;
use rumbo_ads::objects;
use rumbo_ads::sync::{
    LeadBatch, LeadCounts, LeadSink, PageAccess, RunReport, SyncContext, SyncOptions, run,
};
use rumbo_base::{Clock, ConnectionId, Entropy, PageId, Result, Secret};
use rumbo_db::{Db, Tx, on_tx, sqlx};
use rumbo_http::{HttpClient, HttpSettings};
use rumbo_meta::graph::{GraphClient, GraphSettings};
use rumbo_meta::marketing;
use rumbo_meta::objects::{AdAccount, InsightRow, InsightsLevel};
use rumbo_platform::{Scope, testing};
use rumbo_sandbox::{Effect, Fault, FaultMatch, Profile, Sandbox, SandboxConfig};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::crm::Crm;

pub const NOW: &str = "2026-11-20T12:00:00Z";

pub fn preset(name: &str) -> Effect {
    Effect::Preset {
        name: name.to_owned(),
        http_ok: false,
    }
}

pub fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Keeps leads by their id, as the CRM would.
#[derive(Debug, Default)]
pub struct Leads(pub Mutex<BTreeMap<String, Option<String>>>);

impl LeadSink for Leads {
    fn store<'a>(
        &'a self,
        _: &'a mut Tx,
        batch: LeadBatch<'a>,
    ) -> BoxFuture<'a, Result<LeadCounts>> {
        let mut counts = LeadCounts::default();
        let mut known = self.0.lock().unwrap();
        for lead in batch.leads {
            match known.insert(lead.id.clone(), lead.ad_id.clone()) {
                None => counts.added += 1,
                Some(_) => counts.unchanged += 1,
            }
        }
        Box::pin(async move { Ok(counts) })
    }

    fn link<'a>(&'a self, _: &'a mut Tx) -> BoxFuture<'a, Result<u64>> {
        Box::pin(async { Ok(0) })
    }
}

pub struct World {
    pub sandbox: Sandbox,
    pub scope: Scope,
    pub graph: GraphClient,
    pub leads: Arc<Leads>,
    /// Leads become contacts, rather than only being kept by their id.
    pub crm: bool,
    pub pages: Vec<PageAccess>,
    pub folder: tempfile::TempDir,
}

pub async fn sandbox(profile: Profile, load: Option<&str>) -> Sandbox {
    let sandbox = Sandbox::start(SandboxConfig {
        profile,
        load: load.map(Into::into),
        now: Some(instant(NOW)),
        ..SandboxConfig::default()
    })
    .await
    .unwrap();
    let mut switches = sandbox.control().switches();
    switches.unlimited = true;
    sandbox.control().set_switches(switches);
    sandbox
}

pub fn graph(graph_url: &str, token: &str, secret: &str, clock: &Clock) -> GraphClient {
    let http = HttpClient::new(
        Url::parse(graph_url).unwrap(),
        HttpSettings::default(),
        clock.clone(),
    )
    .unwrap();
    GraphClient::new(http, GraphSettings::default(), Entropy::seeded(7)).with_token(
        Secret::new(token.to_owned()),
        Some(Secret::new(secret.to_owned())),
    )
}

/// A workspace with a connection.
async fn workspace(db: Db, clock: &Clock, entropy: Entropy) -> (Scope, ConnectionId) {
    let scope = testing::make(db, clock.clone(), entropy, testing::named("a")).await;
    let connection: ConnectionId = scope.id();
    let mut tx = scope.write().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query(
        "INSERT INTO meta_connections (workspace_id, id, meta_user_id, meta_user_name, token_kind, app_id, \
         graph_url, graph_version, redirect_mode, has_app_secret, issued_at, granted_scopes, missing_scopes, \
         created_at, updated_at) \
         VALUES ($1, $2, '1', 'a', 'user', '1', 'x', 'v26.0', 'loopback', TRUE, $3, '[]', '[]', $3, $3)"
    )
    .bind(scope.workspace)
    .bind(connection)
    .bind(clock.now())
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    (scope, connection)
}

impl World {
    pub async fn small() -> Self {
        Self::new(sandbox(Profile::Small, None).await).await
    }

    pub async fn new(sandbox: Sandbox) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::manual(instant(NOW));
        let (db, _) = Db::open_sqlite(&folder.path().join("rumbo.db"), &clock)
            .await
            .unwrap();
        Self::on(sandbox, db, folder).await
    }

    /// On a database of one's own.
    pub async fn on(sandbox: Sandbox, db: Db, folder: tempfile::TempDir) -> Self {
        let clock = Clock::manual(instant(NOW));
        let (scope, connection) = workspace(db, &clock, Entropy::seeded(3)).await;
        let card = sandbox.announcement();
        let graph = graph(
            &card.graph_url,
            &card.access_token,
            &card.app_secret,
            &clock,
        );
        let world = Self {
            sandbox,
            scope,
            graph,
            leads: Arc::default(),
            crm: false,
            pages: Vec::new(),
            folder,
        };
        world.store_accounts(connection).await;
        world
    }

    async fn store_accounts(&self, connection: ConnectionId) {
        let listing: Vec<AdAccount> = marketing::my_ad_accounts(&self.graph)
            .collect()
            .await
            .unwrap();
        let all: Vec<String> = listing.iter().map(|account| account.id.clone()).collect();
        let mut tx = self.scope.write().await.unwrap();
        objects::store_accounts(&mut tx, &self.scope, connection, None, &listing)
            .await
            .unwrap();
        objects::select_accounts(&mut tx, &self.scope, &all)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Chooses only these accounts.
    pub async fn select(&self, chosen: &[String]) {
        let mut tx = self.scope.write().await.unwrap();
        objects::select_accounts(&mut tx, &self.scope, chosen)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Reads leads too.
    pub async fn with_pages(mut self) -> Self {
        for page in marketing::my_pages(&self.graph).await.unwrap() {
            let id: PageId = self.scope.id();
            let mut tx = self.scope.write().await.unwrap();
            on_tx!(&mut tx, |c| sqlx::query(
                "INSERT INTO pages (workspace_id, id, platform, external_id, name, selected, subscribed, created_at, updated_at) \
                 VALUES ($1, $2, 'meta', $3, $3, TRUE, FALSE, $4, $4)"
            )
            .bind(self.scope.workspace)
            .bind(id)
            .bind(&page.id)
            .bind(self.scope.now())
            .execute(c)
            .await
            .map(|_| ()))
            .unwrap();
            tx.commit().await.unwrap();
            self.pages.push(PageAccess {
                id,
                external_id: page.id.clone(),
                name: page.name.unwrap_or_default(),
            });
        }
        self
    }

    pub fn context(&self) -> SyncContext {
        SyncContext {
            scope: self.scope.clone(),
            graph: self.graph.clone(),
            pages: self.pages.clone(),
            leads: if self.crm {
                Arc::new(Crm(self.scope.clone()))
            } else {
                self.leads.clone()
            },
            progress: None,
            cancel: CancellationToken::new(),
        }
    }

    /// Reads every day from this one on.
    pub async fn sync(&self, since: &str) -> RunReport {
        self.sync_with(SyncOptions {
            since: Some(day(since)),
            ..SyncOptions::default()
        })
        .await
    }

    /// Reads what is due.
    pub async fn sync_due(&self) -> RunReport {
        self.sync_with(SyncOptions::default()).await
    }

    pub async fn sync_with(&self, options: SyncOptions) -> RunReport {
        let report = run(&self.context(), &options).await.unwrap();
        self.check().await;
        report
    }

    pub async fn check(&self) {
        let mut tx = self.scope.read().await.unwrap();
        assert_eq!(
            check_sums(&mut tx, self.scope.workspace).await.unwrap(),
            vec![]
        );
    }

    pub fn fault(&self, path: &str, nth: u64, times: u64, then: Effect) {
        let when = FaultMatch {
            path: Some(path.to_owned()),
            nth: Some(nth),
            times: Some(times),
            ..FaultMatch::default()
        };
        self.sandbox
            .control()
            .add_fault(Fault { when, then })
            .unwrap();
    }

    /// As [`World::fault`], for reads or for jobs only.
    pub fn fault_of(&self, method: &str, path: &str, times: u64, then: Effect) {
        let when = FaultMatch {
            method: Some(method.to_owned()),
            path: Some(path.to_owned()),
            times: Some(times),
            ..FaultMatch::default()
        };
        self.sandbox
            .control()
            .add_fault(Fault { when, then })
            .unwrap();
    }

    pub fn preset(&self, path: &str, nth: u64, times: u64, name: &str) {
        self.fault(
            path,
            nth,
            times,
            Effect::Preset {
                name: name.to_owned(),
                http_ok: false,
            },
        );
    }

    /// Spend by account and day as Meta's own account level has it: the truth to compare with.
    pub async fn truth(&self, account: &str, since: &str, until: &str) -> BTreeMap<NaiveDate, i64> {
        let mut query = marketing::InsightsQuery::ad_days(day(since), day(until));
        query.level = InsightsLevel::Account;
        query.fields = ["account_id", "spend"].map(str::to_owned).to_vec();
        let mut pages = marketing::insights(&self.graph, account, &query);
        let mut days = BTreeMap::new();
        while let Some(page) = pages.next().await.unwrap() {
            for row in page.rows::<InsightRow<'_>>().unwrap() {
                if let Some(spend) = row.spend_micros().unwrap() {
                    days.insert(row.date_start, spend.0);
                }
            }
        }
        days
    }

    /// The same as stored.
    pub async fn stored(&self, account: &str) -> BTreeMap<NaiveDate, i64> {
        let mut tx = self.scope.read().await.unwrap();
        let rows: Vec<(NaiveDate, i64)> = on_tx!(&mut tx, |c| sqlx::query_as(
            "SELECT d.day, d.spend_micros FROM account_days d JOIN ad_accounts a ON a.id = d.ad_account_id \
             WHERE a.external_id = $1"
        )
        .bind(account.trim_start_matches("act_"))
        .fetch_all(c)
        .await)
        .unwrap();
        rows.into_iter().filter(|(_, spend)| *spend != 0).collect()
    }
}

/// Every row of every table a sync fills, without the bookkeeping and by Meta's ids, so that two
/// databases can be compared.
pub async fn dump(scope: &Scope) -> Vec<String> {
    let mut tx = scope.read().await.unwrap();
    let mut all = Vec::new();
    for (name, sql) in [
        (
            "account",
            "SELECT external_id, name, currency, timezone, status, amount_spent_micros, rest FROM ad_accounts ORDER BY 1",
        ),
        (
            "campaign",
            "SELECT external_id, name, status, effective_status, objective, daily_budget_micros, lifetime_budget_micros, \
             budget_remaining_micros, start_at, stop_at, meta_created_at, meta_updated_at, synced, rest, last_seen_at IS NULL, deleted_at IS NULL \
             FROM ad_campaigns ORDER BY 1",
        ),
        (
            "ad set",
            "SELECT s.external_id, c.external_id, s.name, s.status, s.targeting, s.attribution_spec, s.daily_budget_micros, s.synced, s.rest, s.deleted_at IS NULL \
             FROM ad_sets s JOIN ad_campaigns c ON c.id = s.ad_campaign_id ORDER BY 1",
        ),
        (
            "creative",
            "SELECT external_id, name, status, headline, body, link_url, substr(thumbnail_url, instr(thumbnail_url, '/images')), synced, rest FROM ad_creatives ORDER BY 1",
        ),
        (
            "ad",
            "SELECT a.external_id, s.external_id, c.external_id, k.external_id, a.name, a.status, a.effective_status, a.synced, a.rest, a.deleted_at IS NULL \
             FROM ads a JOIN ad_sets s ON s.id = a.ad_set_id JOIN ad_campaigns c ON c.id = a.ad_campaign_id \
             LEFT JOIN ad_creatives k ON k.id = a.ad_creative_id ORDER BY 1",
        ),
        (
            "day",
            "SELECT i.day, a.external_id, i.currency, i.attribution_setting, i.impressions, i.reach, i.frequency, i.clicks, i.link_clicks, \
             i.spend_micros, i.meta_leads, i.meta_purchases, i.meta_purchase_micros, i.actions, i.rest \
             FROM ad_insights i JOIN ads a ON a.id = i.ad_id ORDER BY 1, 2",
        ),
        (
            "campaign day",
            "SELECT d.day, c.external_id, d.ad_rows, d.impressions, d.clicks, d.link_clicks, d.spend_micros, d.meta_leads, d.meta_purchases, d.meta_purchase_micros \
             FROM campaign_days d JOIN ad_campaigns c ON c.id = d.ad_campaign_id ORDER BY 1, 2",
        ),
        (
            "account day",
            "SELECT d.day, a.external_id, d.ad_rows, d.impressions, d.spend_micros, d.meta_leads FROM account_days d \
             JOIN ad_accounts a ON a.id = d.ad_account_id ORDER BY 1, 2",
        ),
        (
            "journal",
            "SELECT day, impressions, spend_micros FROM ad_insight_journal ORDER BY 1, 2, 3",
        ),
        (
            "form",
            "SELECT external_id, name, status, questions, leads_count, read_until IS NULL FROM lead_forms ORDER BY 1",
        ),
        (
            "contact",
            "SELECT k.name, k.email, k.phone, k.kind, k.status, k.lead_source, k.country, k.region, k.city, k.custom, k.tags, k.search, k.first_seen_at, \
             t.external_id, (SELECT group_concat(e.external_id, ' ') FROM (SELECT external_id FROM contact_external_ids \
             WHERE contact_id = k.id ORDER BY 1) e) \
             FROM contacts k LEFT JOIN touchpoints t ON t.id = k.first_touchpoint_id ORDER BY 1, 2, 3, 13",
        ),
        (
            "touchpoint",
            "SELECT t.external_id, k.name, k.phone, t.occurred_at, t.kind, t.source, t.medium, t.platform, t.ad_account_external_id, \
             t.campaign_external_id, t.ad_set_external_id, t.ad_external_id, t.form_external_id, c.external_id, s.external_id, \
             a.external_id, t.answers, t.ad_headline, t.ad_body \
             FROM touchpoints t JOIN contacts k ON k.id = t.contact_id LEFT JOIN ad_campaigns c ON c.id = t.ad_campaign_id \
             LEFT JOIN ad_sets s ON s.id = t.ad_set_id LEFT JOIN ads a ON a.id = t.ad_id ORDER BY 1",
        ),
    ] {
        let Tx::Sqlite(connection) = &mut tx else {
            panic!("not SQLite")
        };
        let rows = sqlx::query(sql).fetch_all(&mut **connection).await.unwrap();
        for row in rows {
            use sqlx::{Column as _, Row as _, ValueRef as _};
            let mut text = name.to_owned();
            for column in row.columns() {
                let raw = row.try_get_raw(column.ordinal()).unwrap();
                let value = if raw.is_null() {
                    "-".to_owned()
                } else {
                    row.try_get::<String, _>(column.ordinal())
                        .or_else(|_| {
                            row.try_get::<i64, _>(column.ordinal())
                                .map(|n| n.to_string())
                        })
                        .or_else(|_| {
                            row.try_get::<f64, _>(column.ordinal())
                                .map(|n| n.to_string())
                        })
                        .unwrap()
                };
                text.push('|');
                text.push_str(&value);
            }
            all.push(text);
        }
    }
    all
}

/// Fails with what one has and the other has not.
pub fn assert_same(left: &[String], right: &[String]) {
    let only = |a: &[String], b: &[String]| -> Vec<String> {
        let b: std::collections::BTreeSet<&String> = b.iter().collect();
        a.iter()
            .filter(|row| !b.contains(row))
            .take(5)
            .cloned()
            .collect()
    };
    assert_eq!(only(left, right), only(right, left));
    assert_eq!(left.len(), right.len());
}

/// [`dump`] with the instants that rows were last changed at.
pub async fn touched(scope: &Scope) -> Vec<String> {
    let mut tx = scope.read().await.unwrap();
    let mut all = dump(scope).await;
    for table in [
        "ad_accounts",
        "ad_campaigns",
        "ad_sets",
        "ads",
        "ad_creatives",
        "lead_forms",
    ] {
        let sql = format!(
            "SELECT '{table} ' || external_id || ' ' || updated_at FROM {table} ORDER BY 1"
        );
        let rows: Vec<String> = on_tx!(&mut tx, |c| sqlx::query_scalar(sqlx::AssertSqlSafe(
            sql.as_str()
        ))
        .fetch_all(c)
        .await)
        .unwrap();
        all.extend(rows);
    }
    let rows: Vec<String> = on_tx!(&mut tx, |c| sqlx::query_scalar(
        "SELECT i.day || ' ' || hex(i.ad_id) || ' ' || i.first_run || ' ' || i.run FROM ad_insights i ORDER BY 1"
    )
    .fetch_all(c)
    .await)
    .unwrap();
    all.extend(rows);
    all
}
