//! A workspace, syncs of an account, and exports to compare with it.

use chrono::{DateTime, Utc};
use rumbo_base::WorkspaceId;
use rumbo_db::testing::TestDb;
use rumbo_db::{DbResultExt, on_tx};
use rumbo_platform::Scope;

use super::{Audit, run};
use crate::action_map::ActionMap;
use crate::insights::{AccountKey, AdIndex, Covers, RowReader, Slice, write_slice};
use crate::runs::{self, RunKind};
use crate::testing::{account, range, workspace};

/// What Meta answers for one ad on one day; ad `110` is the first of ad set `11` of campaign `1`.
#[derive(Clone, Debug)]
pub(super) struct Ad {
    pub id: &'static str,
    pub day: &'static str,
    pub spend: &'static str,
    pub impressions: u32,
    pub clicks: u32,
    pub leads: u32,
}

pub(super) fn ad(id: &'static str, day: &'static str, spend: &'static str, impressions: u32) -> Ad {
    Ad {
        id,
        day,
        spend,
        impressions,
        clicks: 9,
        leads: 2,
    }
}

impl Ad {
    /// One lead of each was told by Meta in a form, the others by the website: `lead` holds both.
    fn json(&self) -> String {
        let Self {
            id,
            day,
            spend,
            impressions,
            clicks,
            leads,
        } = self;
        let (campaign, ad_set) = (&id[..1], &id[..2]);
        format!(
            r#"{{"campaign_id":"{campaign}","adset_id":"{ad_set}","ad_id":"{id}","date_start":"{day}","date_stop":"{day}",
            "account_currency":"USD","attribution_setting":"7d_click_1d_view","impressions":"{impressions}","reach":"80",
            "frequency":"1.25","clicks":"{clicks}","inline_link_clicks":"4","spend":"{spend}",
            "actions":[{{"action_type":"link_click","value":"5"}},
            {{"action_type":"lead","value":"{leads}","7d_click":"{leads}","1d_view":"0","1d_click":"1"}},
            {{"action_type":"offsite_conversion.fb_pixel_lead","value":"{website}"}}]}}"#,
            website = leads + 7,
        )
    }
}

pub(super) struct World {
    pub scope: Scope,
    pub account: AccountKey,
    pub folder: tempfile::TempDir,
    _test: TestDb,
}

/// Long after every day of these tests was settled.
pub(super) const SETTLED: &str = "2026-12-20T10:00:00Z";

impl World {
    pub async fn new(test: TestDb) -> Self {
        let workspace: WorkspaceId = workspace(&test).await;
        let scope = Scope {
            db: test.db.clone(),
            clock: test.clock.clone(),
            entropy: test.entropy.clone(),
            workspace,
            actor: None,
        };
        let mut tx = scope.write().await.unwrap();
        let account = account(&test, &mut tx, workspace, "77").await;
        tx.commit().await.unwrap();
        Self {
            scope,
            account,
            folder: tempfile::tempdir().unwrap(),
            _test: test,
        }
    }

    /// A sync that reads these days, and its number.
    pub async fn sync(&self, days: (&str, &str), at: &str, ads: &[Ad]) -> i64 {
        let days = range(days.0, days.1);
        let at: DateTime<Utc> = at.parse().unwrap();
        let mut tx = self.scope.write().await.unwrap();
        let report = serde_json::Value::Null;
        let run = runs::begin(
            &mut tx,
            &self.scope,
            RunKind::Sync,
            "manual",
            Some(days),
            &report,
        )
        .await
        .unwrap();
        let mut index = AdIndex::load(&mut tx, self.scope.workspace, self.account.id)
            .await
            .unwrap();
        let mut reader = RowReader::new(&ActionMap::default(), self.account.currency, days);
        let rows: Vec<String> = ads.iter().map(Ad::json).collect();
        let page = format!(r#"{{"data":[{}]}}"#, rows.join(","));
        reader.read_page(page.as_bytes(), &mut index).unwrap();
        index
            .store_unknown(
                &mut tx,
                self.scope.workspace,
                &self.scope.entropy,
                self.scope.now(),
                None,
            )
            .await
            .unwrap();
        let slice = Slice {
            workspace: self.scope.workspace,
            map: &ActionMap::default(),
            run,
            account: self.account,
            days,
            covers: Covers::Everything,
        };
        write_slice(&mut tx, slice, &index, reader.into_rows())
            .await
            .unwrap();
        on_tx!(&mut tx, |c| sqlx::query(
            "INSERT INTO sync_slices (workspace_id, scope, kind, since, until, state, attempts, run, rows, confirmed_at) \
             VALUES ($1, 'act:77', 'insights', $2, $3, 'done', 1, $4, 1, $5) \
             ON CONFLICT (workspace_id, scope, kind, since) DO UPDATE SET confirmed_at = excluded.confirmed_at"
        )
        .bind(self.scope.workspace)
        .bind(days.from)
        .bind(days.to)
        .bind(run)
        .bind(at)
        .execute(c)
        .await
        .map(|_| ()))
        .db()
        .unwrap();
        tx.commit().await.unwrap();
        run
    }

    pub async fn execute(&self, sql: &'static str) {
        let mut tx = self.scope.write().await.unwrap();
        on_tx!(&mut tx, |c| sqlx::query(sql)
            .bind(self.scope.workspace)
            .execute(c)
            .await
            .map(|_| ()))
        .db()
        .unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn try_audit(&self, file: impl AsRef<[u8]>) -> rumbo_base::Result<Audit> {
        let path = self.folder.path().join("export.csv");
        std::fs::write(&path, file).unwrap();
        run(&self.scope, &path, None).await
    }

    pub async fn audit(&self, file: impl AsRef<[u8]>) -> Audit {
        self.try_audit(file).await.unwrap()
    }
}
