//! Reports of a random history, saved as it goes on and asked again at its end as of then.

use std::time::Duration;

use chrono::{DateTime, Days, TimeDelta, Utc};
use rumbo_base::{
    AdAccountId, AdCampaignId, AdId, ContactId, ContactMergeId, Currency, Entropy, Micros, SaleId,
};
use rumbo_crm::contacts::{self, ContactFields, ContactKind};
use rumbo_crm::merges;
use rumbo_crm::opportunities::{self, NewOpportunity};
use rumbo_crm::sales::{self, NewSale};
use rumbo_crm::touchpoints::{self, NewTouchpoint};
use rumbo_db::testing::on_both;
use rumbo_db::{Tx, on_tx};
use rumbo_insight::{
    Attribution, Basis, Cause, ChangesRequest, Comparison, Figures, Filter, Grain, HomeRequest,
    Metric, Model, PassportRequest, Refunds, RoiRequest, RowOf, Shares, Window, account_ledgers,
    changes, compare_models, home, ledger_faults, pack_outcomes, passport, roi, window_advice,
};

use crate::world::{AdDay, World, day, range};

struct History {
    world: World,
    dice: Entropy,
    account: AdAccountId,
    campaigns: Vec<AdCampaignId>,
    ads: Vec<AdId>,
    contacts: Vec<ContactId>,
    pending: Vec<SaleId>,
    sold: Vec<SaleId>,
    merged: Vec<ContactMergeId>,
    runs: i64,
    late: u32,
}

macro_rules! run {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        on_tx!($tx, |c| sqlx::query($sql)$(.bind($value))*.execute(c).await.map(|_| ())).unwrap()
    };
}

impl History {
    fn roll(&self, sides: usize) -> usize {
        usize::try_from(u64::from_le_bytes(self.dice.bytes()) % u64::try_from(sides).unwrap())
            .unwrap()
    }

    fn pick<T: Copy>(&self, of: &[T]) -> Option<T> {
        (!of.is_empty()).then(|| of[self.roll(of.len())])
    }

    /// Within the weeks before now.
    fn earlier(&self) -> DateTime<Utc> {
        let minutes = i64::try_from(self.roll(60 * 24 * 40)).unwrap();
        self.world.scope.now() - TimeDelta::minutes(minutes)
    }

    async fn touch(&mut self, tx: &mut Tx, contact: ContactId) {
        let campaign = match self.roll(6) {
            0 => None,
            // Not synced yet.
            1 => Some(format!("late-{}", self.late + 1)),
            n => Some(format!("c{}", n % 3)),
        };
        let touch = NewTouchpoint {
            occurred_at: Some(self.earlier()),
            source: ["META_ADS", "WEB", "CLICK_TO_WHATSAPP"][self.roll(3)].to_owned(),
            medium: (self.roll(4) == 0).then(|| "view".to_owned()),
            // An account alone, and one that nobody knows.
            ad_account_external_id: [None, None, None, Some("1"), Some("9")][self.roll(5)]
                .map(ToOwned::to_owned),
            campaign_external_id: campaign,
            ..NewTouchpoint::default()
        };
        touchpoints::add(tx, &self.world.scope, contact, touch)
            .await
            .unwrap();
    }

    async fn step(&mut self) {
        let scope = self.world.scope.clone();
        let mut tx = self.world.write().await;
        let contact = self.pick(&self.contacts);
        match (self.roll(14), contact) {
            (0 | 1, _) | (_, None) => {
                let fields = ContactFields {
                    name: Some("Ana".to_owned()),
                    ..ContactFields::default()
                };
                let made = contacts::create(&mut tx, &scope, fields).await.unwrap();
                self.contacts.push(made.id);
                if self.roll(4) > 0 {
                    self.touch(&mut tx, made.id).await;
                }
            }
            (2, Some(contact)) => self.touch(&mut tx, contact).await,
            (3 | 4, Some(contact)) => {
                let new = NewSale {
                    contact_id: contact,
                    gross: Micros(i64::try_from(1 + self.roll(90_000)).unwrap() * 10_000),
                    currency: [Currency::USD, "EUR".parse().unwrap()][self.roll(5) / 4],
                    pending: self.roll(4) == 0,
                    at: Some(self.earlier()),
                    opportunity_id: None,
                    cost: None,
                    quantity: None,
                    reference: None,
                    external_id: None,
                };
                let pending = new.pending;
                let sale = sales::create(&mut tx, &scope, new).await.unwrap();
                if pending {
                    self.pending.push(sale.id);
                } else {
                    self.sold.push(sale.id);
                }
            }
            (5, _) => {
                if let Some(sale) = self.pending.pop() {
                    if self.roll(3) == 0 {
                        sales::cancel(&mut tx, &scope, sale).await.unwrap();
                    } else {
                        sales::complete(&mut tx, &scope, sale, None).await.unwrap();
                        self.sold.push(sale);
                    }
                }
            }
            (6, _) => {
                if let Some(id) = self.pick(&self.sold) {
                    let sale = sales::get(&mut tx, scope.workspace, id).await.unwrap();
                    let left = (sale.gross_micros.0 - sale.refunded_micros.0) / 10_000;
                    if left > 0 {
                        let part =
                            i64::try_from(1 + self.roll(usize::try_from(left).unwrap())).unwrap();
                        let amount = Micros(part * 10_000);
                        sales::refund(&mut tx, &scope, id, amount, None, None)
                            .await
                            .unwrap();
                    }
                }
            }
            (7, Some(contact)) => {
                let new = NewOpportunity {
                    contact_id: contact,
                    name: "Deal".to_owned(),
                    value: None,
                    currency: Currency::USD,
                    stage_id: None,
                    owner_id: None,
                    deadline_at: None,
                    expected_close: None,
                    opened_at: Some(self.earlier()),
                    external_id: None,
                };
                opportunities::create(&mut tx, &scope, new).await.unwrap();
            }
            (8, Some(keep)) => {
                let other = self.pick(&self.contacts).filter(|other| *other != keep);
                if let Some(other) = other {
                    let merge = merges::merge(&mut tx, &scope, keep, other).await.unwrap();
                    self.contacts.retain(|id| *id != other);
                    self.merged.push(merge.id);
                }
            }
            (9, _) => {
                if let Some(id) = self.merged.pop() {
                    // The last merge may have taken the kept contact away since.
                    if let Ok(merge) = merges::undo(&mut tx, &scope, id).await {
                        self.contacts.push(merge.other_id);
                    }
                }
            }
            (10, _) => self.sync(&mut tx).await,
            (11, _) => {
                let campaign = self.campaigns[self.roll(3)];
                let name = format!("Renamed {}", self.roll(100));
                run!(
                    &mut tx,
                    "UPDATE ad_campaigns SET name = $3, updated_at = $4 WHERE workspace_id = $1 AND id = $2",
                    scope.workspace,
                    campaign,
                    name,
                    scope.now(),
                );
            }
            (13, _) if self.roll(4) == 0 => {
                let zone = ["America/Sao_Paulo", "Asia/Kathmandu"][self.roll(2)];
                run!(
                    &mut tx,
                    "UPDATE workspaces SET timezone = $2, updated_at = $3 WHERE id = $1",
                    scope.workspace,
                    zone,
                    scope.now(),
                );
            }
            (12, Some(contact)) => {
                let fields = ContactFields {
                    kind: Some([ContactKind::Prospect, ContactKind::Internal][self.roll(2)]),
                    lead_source: Some(["UNKNOWN", "META_ADS"][self.roll(2)].to_owned()),
                    ..ContactFields::default()
                };
                contacts::update(&mut tx, &scope, contact, fields)
                    .await
                    .unwrap();
            }
            _ => {
                self.late += 1;
                let name = format!("late-{}", self.late);
                self.world.campaign(&mut tx, self.account, &name).await;
                touchpoints::link_waiting(&mut tx, &scope).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
    }

    /// A run that brings new ad-days and says others anew.
    async fn sync(&mut self, tx: &mut Tx) {
        self.runs += 1;
        let (workspace, now) = (self.world.scope.workspace, self.world.scope.now());
        run!(
            tx,
            "INSERT INTO sync_runs (workspace_id, seq, kind, trigger, state, started_at, finished_at, rows_added, \
             rows_changed, rows_unchanged, calls, waits, waited_ms, errors, report) \
             VALUES ($1, $2, 'sync', 'person', 'done', $3, $3, 0, 0, 0, 0, 0, 0, 0, '{}')",
            workspace,
            self.runs,
            now,
        );
        for _ in 0..12 {
            let ad = self.ads[self.roll(self.ads.len())];
            let on = day("2026-10-25") + Days::new(u64::try_from(self.roll(40)).unwrap());
            let spend = Micros(i64::try_from(self.roll(9_000)).unwrap() * 10_000);
            run!(
                tx,
                "INSERT INTO ad_insight_journal (workspace_id, ad_account_id, day, ad_id, replaced_by_run, currency, \
                 impressions, spend_micros, meta_leads, run) SELECT workspace_id, ad_account_id, day, ad_id, $4, \
                 currency, impressions, spend_micros, meta_leads, run FROM ad_insights \
                 WHERE workspace_id = $1 AND ad_id = $2 AND day = $3 AND run < $4",
                workspace,
                ad,
                on,
                self.runs,
            );
            let run = self.runs;
            let known: i64 = on_tx!(tx, |c| sqlx::query_scalar(
                "SELECT COUNT(*) FROM ad_insights WHERE workspace_id = $1 AND ad_id = $2 AND day = $3"
            )
            .bind(workspace)
            .bind(ad)
            .bind(on)
            .fetch_one(c)
            .await)
            .unwrap();
            if known == 0 {
                self.world
                    .ad_day(tx, self.account, "USD", ad, on, AdDay::default())
                    .await;
            }
            run!(
                tx,
                "UPDATE ad_insights SET spend_micros = $4, impressions = 10, meta_leads = 1, run = $5, \
                 first_run = CASE WHEN $6 = 0 THEN $5 ELSE first_run END \
                 WHERE workspace_id = $1 AND ad_id = $2 AND day = $3",
                workspace,
                ad,
                on,
                spend,
                run,
                known,
            );
        }
        self.world.roll_up(tx).await;
    }

    /// Every report, as text.
    async fn reports(&self, as_of: Option<DateTime<Utc>>) -> Vec<String> {
        let scope = &self.world.scope;
        let days = range("2026-10-20", "2026-12-10");
        let window = Window {
            click_days: Some(20),
            view_days: Some(3),
        };
        let mut texts = Vec::new();
        for (grain, attribution) in [
            (Grain::Account, Attribution::default()),
            (
                Grain::Campaign,
                Attribution {
                    model: Model::Linear,
                    refunds: Refunds::Cash,
                    ..Attribution::default()
                },
            ),
            (
                Grain::Ad,
                Attribution {
                    model: Model::LastNonDirect,
                    window,
                    basis: Basis::Lead,
                    refunds: Refunds::Cash,
                },
            ),
            (Grain::Creative, Attribution::default()),
            (
                Grain::Ad,
                Attribution {
                    model: Model::Markov,
                    window,
                    ..Attribution::default()
                },
            ),
        ] {
            let request = RoiRequest {
                attribution,
                comparison: Comparison::Previous,
                without_spend: true,
                new_customers: true,
                as_of,
                ..RoiRequest::new(grain, days)
            };
            let report = roi(scope, request).await.unwrap();
            texts.push(format!("{report:#?}"));
        }
        let request = HomeRequest {
            as_of,
            ..HomeRequest::new(days)
        };
        let home = home(scope, request).await.unwrap();
        texts.push(format!("{home:#?}"));
        let models = compare_models(
            scope,
            days,
            Grain::Campaign,
            Attribution::default(),
            as_of,
            None,
        );
        texts.push(format!("{:#?}", models.await.unwrap()));
        let advice = window_advice(scope, days, as_of).await.unwrap();
        texts.push(format!("{advice:#?}"));
        texts
    }
}

/// Every difference between two moments is explained, in every row, to the last micro.
async fn assert_explained(
    history: &History,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
) -> [bool; 8] {
    let scope = &history.world.scope;
    let days = range("2026-10-20", "2026-11-24");
    let cash = Attribution {
        model: Model::PositionBased,
        basis: Basis::Lead,
        refunds: Refunds::Cash,
        ..Attribution::default()
    };
    let learned = Attribution {
        model: Model::Markov,
        ..Attribution::default()
    };
    let mut seen = [false; 8];
    for (grain, attribution_then, attribution) in [
        (
            Grain::Campaign,
            Attribution::default(),
            Attribution::default(),
        ),
        (Grain::Account, cash, cash),
        (Grain::Ad, Attribution::default(), cash),
        (Grain::Campaign, learned, learned),
        (Grain::Campaign, learned, cash),
    ] {
        let request = ChangesRequest {
            grain,
            range: days,
            filter: Filter::default(),
            attribution_then,
            attribution,
            since,
            until: Some(until),
        };
        let told = changes(scope, request).await.unwrap();
        for (as_of, attribution, early) in
            [(since, attribution_then, true), (until, attribution, false)]
        {
            let request = RoiRequest {
                attribution,
                as_of: Some(as_of),
                new_customers: true,
                ..RoiRequest::new(grain, days)
            };
            let report = roi(scope, request).await.unwrap();
            for group in report.groups {
                let of = told
                    .groups
                    .iter()
                    .find(|told| told.currency == group.currency);
                let total = of.map(|of| {
                    if early {
                        of.total.before
                    } else {
                        of.total.after
                    }
                });
                let mut total = total.unwrap_or_default();
                total.new_customers.get_or_insert(Shares::ZERO);
                assert_eq!(total, group.total.figures, "{grain:?} {as_of}");
            }
        }
        for group in &told.groups {
            let rows = group.rows.iter().map(|row| &row.change);
            for change in rows.chain([&group.unattributed, &group.total]) {
                let mut sum = change.before;
                for (nth, part) in change.parts.iter().enumerate() {
                    sum.add(part).unwrap();
                    seen[nth] |= part.spend.is_some_and(|n| n != Micros::ZERO)
                        || part.revenue != Micros::ZERO
                        || part.leads != 0;
                }
                let flat = |figures: &Figures| {
                    let n = |n: Option<i64>| n.unwrap_or(0);
                    let spend = figures.spend.map_or(0, |spend| spend.0);
                    let new = figures.new_customers.map_or(0, |share| share.0);
                    [
                        figures.ad_days,
                        n(figures.impressions),
                        n(figures.clicks),
                        n(figures.link_clicks),
                        spend,
                        figures.meta_leads,
                        figures.leads,
                        figures.opportunities.0,
                        figures.sales.0,
                        figures.revenue.0,
                        new,
                    ]
                };
                assert_eq!(flat(&sum), flat(&change.after), "{grain:?} {since} {until}");
                let unexplained = change.parts[Cause::ALL.len() - 1];
                assert_eq!(
                    flat(&unexplained),
                    [0; 11],
                    "{grain:?} {since} {until} {unexplained:#?}"
                );
            }
        }
    }
    seen
}

/// What is listed under a number adds up to it, for every row of a report.
async fn assert_made_of(history: &History, as_of: Option<DateTime<Utc>>) {
    let scope = &history.world.scope;
    let cash = Attribution {
        model: Model::Linear,
        refunds: Refunds::Cash,
        ..Attribution::default()
    };
    for (grain, attribution) in [(Grain::Campaign, cash), (Grain::Ad, Attribution::default())] {
        let report = RoiRequest {
            attribution,
            as_of,
            new_customers: true,
            ..RoiRequest::new(grain, range("2026-10-20", "2026-11-24"))
        };
        let told = roi(scope, report.clone()).await.unwrap();
        for group in &told.groups {
            let rows = group
                .rows
                .iter()
                .map(|row| (RowOf::Key(row.key.clone()), row.figures))
                .chain([
                    (RowOf::Total, group.total.figures),
                    (RowOf::Unattributed, group.unattributed.figures),
                ]);
            for (row, figures) in rows {
                for metric in [
                    Metric::Roas,
                    Metric::MetaCpl,
                    Metric::Sales,
                    Metric::Leads,
                    Metric::Roi,
                ] {
                    let request = PassportRequest {
                        report: report.clone(),
                        currency: group.currency,
                        row: row.clone(),
                        metric,
                        limit: usize::MAX,
                    };
                    let found = passport(scope, request).await.unwrap();
                    let mut sum = Figures::default();
                    for part in found
                        .ad_days
                        .iter()
                        .map(|entry| &entry.figures)
                        .chain(found.outcomes.iter().map(|entry| &entry.figures))
                    {
                        sum.add(part).unwrap();
                    }
                    assert_eq!(sum, found.figures);
                    let text = |figures| metric.text(figures, group.currency);
                    assert_eq!(text(&sum), text(&figures), "{grain:?} {row:?} {metric:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_was_reported_then_is_reported_again_as_of_then() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "America/Sao_Paulo").await;
        let mut tx = world.write().await;
        let account = world.account(&mut tx, "1", "USD", "Asia/Tokyo").await;
        world.stage(&mut tx).await;
        let (mut campaigns, mut ads) = (Vec::new(), Vec::new());
        for n in 0..3 {
            let campaign = world.campaign(&mut tx, account, &format!("c{n}")).await;
            let set = world
                .ad_set(&mut tx, account, campaign, &format!("s{n}"))
                .await;
            let creative = world.creative(&mut tx, account, &format!("k{n}")).await;
            let line = (account, campaign, set);
            ads.push(
                world
                    .ad(&mut tx, line, Some(creative), &format!("a{n}"))
                    .await,
            );
            campaigns.push(campaign);
        }
        world.past(&mut tx, &campaigns).await;
        tx.commit().await.unwrap();
        let dice = world.scope.entropy.clone();
        let mut history = History {
            world,
            dice,
            account,
            campaigns,
            ads,
            contacts: Vec::new(),
            pending: Vec::new(),
            sold: Vec::new(),
            merged: Vec::new(),
            runs: 0,
            late: 0,
        };
        let mut saved = Vec::new();
        let mut packed = 0;
        for round in 0..60 {
            history
                .world
                .scope
                .clock
                .advance(Duration::from_secs(3_600 * 5 + 7));
            for step in 0..4 {
                history.step().await;
                // What is saved is read from days packed before, at or after the last change.
                if step == round % 6 {
                    packed += pack_outcomes(&history.world.scope).await.unwrap();
                }
            }
            let now = history.world.scope.now();
            saved.push((now, history.reports(None).await));
        }
        assert!(packed > 200, "days are packed again and again: {packed}");
        let mut different = 0;
        for (then, reports) in &saved {
            let again = history.reports(Some(*then)).await;
            for (saved, again) in reports.iter().zip(&again) {
                assert!(
                    saved == again,
                    "as of {then}\n{}",
                    first_difference(saved, again)
                );
            }
            different += usize::from(reports != &saved[saved.len() - 1].1);
        }
        assert!(different > 50, "the history moves: {different}");
        let mut seen = [false; 8];
        for pair in saved.windows(9).step_by(3) {
            let found = assert_explained(&history, pair[0].0, pair[8].0).await;
            for (seen, found) in seen.iter_mut().zip(found) {
                *seen |= found;
            }
        }
        assert_explained(&history, saved[0].0, saved[59].0).await;
        let days = range("2026-10-20", "2026-11-24");
        assert_eq!(ledger_faults(&history.world.scope, days).await.unwrap(), 0);
        let report = RoiRequest::new(Grain::Campaign, days);
        let ledgers = account_ledgers(&history.world.scope, report).await.unwrap();
        assert!(ledgers.iter().any(|ledger| !ledger.residuals.is_empty()));
        for ledger in ledgers {
            let mut sum = ledger.campaigns;
            for (_, part) in &ledger.residuals {
                sum.add(part).unwrap();
            }
            assert_eq!(sum, ledger.total, "{}", ledger.name);
        }
        assert_made_of(&history, None).await;
        assert_made_of(&history, Some(saved[30].0)).await;
        // Every cause had something to explain, and nothing was left over.
        assert_eq!(seen, [true, true, true, true, true, true, true, false]);
    })
    .await;
}

fn first_difference(a: &str, b: &str) -> String {
    let lines = || a.lines().zip(b.lines()).enumerate();
    let at = lines().find(|(_, (a, b))| a != b).map_or(0, |(at, _)| at);
    let around = |text: &str| {
        let lines: Vec<&str> = text.lines().collect();
        lines[at.saturating_sub(60)..(at + 6).min(lines.len())].join("\n")
    };
    format!("saved:\n{}\nagain:\n{}", around(a), around(b))
}
