//! Reports of a random history, saved as it goes on and asked again at its end as of then.

mod asserted;
mod cohorts;

use std::fmt::Write as _;
use std::time::Duration;

use chrono::{DateTime, Datelike, Days, TimeDelta, Utc};
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
    Attribution, Basis, Comparison, Filter, Grain, HomeRequest, Model, Parent, Refunds, RoiRequest,
    Window, account_ledgers, compare_models, home, ledger_faults, pack_days, roi, window_advice,
};
use rumbo_platform::exchange_rates;

use crate::world::{AdDay, World, day, range};
use asserted::{Seen, assert_explained, assert_made_of};

struct History {
    world: World,
    dice: Entropy,
    account: AdAccountId,
    campaigns: Vec<AdCampaignId>,
    ads: Vec<(AdAccountId, &'static str, AdId)>,
    contacts: Vec<ContactId>,
    pending: Vec<SaleId>,
    sold: Vec<SaleId>,
    merged: Vec<ContactMergeId>,
    runs: i64,
    late: u32,
    /// Where the files of rates are written that are imported.
    folder: tempfile::TempDir,
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

    /// What a sale cost, as far as anybody knows.
    fn cost(&self) -> Option<Micros> {
        (self.roll(3) > 0).then(|| Micros(i64::try_from(self.roll(50_000)).unwrap() * 10_000))
    }

    async fn touch(&mut self, tx: &mut Tx, contact: ContactId) {
        let campaign = match self.roll(6) {
            0 => None,
            // Not synced yet.
            1 => Some(format!("late-{}", self.late + 1)),
            n => Some(format!("c{}", n % 4)),
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
        match (self.roll(15), contact) {
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
                    cost: self.cost(),
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
            (14, _) => {
                if let Some(id) = self.pick(&self.sold) {
                    let cost = self.cost();
                    sales::set_cost(&mut tx, &scope, id, cost).await.unwrap();
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
                let campaign = self.campaigns[self.roll(4)];
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
        let workspace = self.world.scope.workspace;
        self.world.sync_run(tx, self.runs).await;
        for _ in 0..12 {
            let (account, currency, ad) = self.ads[self.roll(self.ads.len())];
            let on = day("2026-10-25") + Days::new(u64::try_from(self.roll(40)).unwrap());
            let spend = Micros(i64::try_from(self.roll(9_000)).unwrap() * 10_000);
            let value = Micros(i64::try_from(self.roll(3)).unwrap() * 7_770_000);
            run!(
                tx,
                "INSERT INTO ad_insight_journal (workspace_id, ad_account_id, day, ad_id, replaced_by_run, currency, \
                 impressions, spend_micros, meta_leads, meta_purchase_micros, run) \
                 SELECT workspace_id, ad_account_id, day, ad_id, $4, \
                 currency, impressions, spend_micros, meta_leads, meta_purchase_micros, run FROM ad_insights \
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
            if known > 0 && self.roll(5) == 0 {
                // Meta no longer has it; it may come back.
                run!(
                    tx,
                    "DELETE FROM ad_insights WHERE workspace_id = $1 AND ad_id = $2 AND day = $3",
                    workspace,
                    ad,
                    on,
                );
                continue;
            }
            if known == 0 {
                self.world
                    .ad_day(tx, account, currency, ad, on, AdDay::default())
                    .await;
            }
            run!(
                tx,
                "UPDATE ad_insights SET spend_micros = $4, impressions = 10, meta_leads = 1, run = $5, \
                 first_run = CASE WHEN $6 = 0 THEN $5 ELSE first_run END, meta_purchase_micros = $7 \
                 WHERE workspace_id = $1 AND ad_id = $2 AND day = $3",
                workspace,
                ad,
                on,
                spend,
                run,
                known,
                value,
            );
        }
        self.world.roll_up(tx).await;
    }

    /// Rates that are entered, corrected, removed or imported. The first ones come late.
    async fn rates(&self, round: usize) {
        let scope = &self.world.scope;
        let (euro, real): (Currency, Currency) = ("EUR".parse().unwrap(), "BRL".parse().unwrap());
        let from = day("2026-10-13") + Days::new(u64::try_from(self.roll(50)).unwrap());
        let days = rumbo_base::DateRange {
            from,
            to: from + Days::new(u64::try_from(self.roll(12)).unwrap()),
        };
        match self.roll(9) {
            0 if round > 15 => {
                let rate = format!("1.{}", 10 + self.roll(80)).parse().unwrap();
                exchange_rates::set(scope, euro, Currency::USD, days, rate)
                    .await
                    .unwrap();
            }
            1 if round > 8 => {
                let rate = format!("5.{}", 10 + self.roll(80)).parse().unwrap();
                exchange_rates::set(scope, Currency::USD, real, days, rate)
                    .await
                    .unwrap();
            }
            2 => {
                let _ = exchange_rates::remove(scope, Currency::USD, real, days).await;
            }
            n if n == 3 && round > 25 || round == 12 || round == 40 => {
                let days = if round == 12 {
                    days
                } else {
                    range("2026-10-13", "2026-12-10")
                };
                let mut text = "Date,USD,BRL,\n".to_owned();
                // The ECB publishes nothing at weekends, and a day may lack a currency.
                for day in days
                    .iter()
                    .filter(|day| day.weekday().number_from_monday() < 6)
                {
                    let real = match self.roll(20) {
                        0 => "N/A".to_owned(),
                        n => format!("6.{:02}", n * 3),
                    };
                    writeln!(text, "{day},1.{:04},{real},", 1_000 + self.roll(900)).unwrap();
                }
                let file = self.folder.path().join("eurofxref-hist.csv");
                std::fs::write(&file, text).unwrap();
                exchange_rates::import_ecb(scope, &file).await.unwrap();
            }
            _ => {}
        }
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
        let linear = Attribution {
            model: Model::Linear,
            refunds: Refunds::Cash,
            ..Attribution::default()
        };
        let by_lead = Attribution {
            model: Model::LastNonDirect,
            window,
            basis: Basis::Lead,
            refunds: Refunds::Cash,
        };
        let learned = Attribution {
            model: Model::Markov,
            window,
            ..Attribution::default()
        };
        let real: Currency = "BRL".parse().unwrap();
        for (grain, attribution, convert_to) in [
            (Grain::Account, Attribution::default(), None),
            (Grain::Campaign, linear, None),
            (Grain::Ad, by_lead, None),
            (Grain::Creative, Attribution::default(), None),
            (Grain::Campaign, linear, Some(Currency::USD)),
            (Grain::Ad, by_lead, Some(real)),
            (Grain::Ad, learned, None),
        ] {
            let request = RoiRequest {
                attribution,
                comparison: Comparison::Previous,
                without_spend: true,
                new_customers: true,
                convert_to,
                as_of,
                ..RoiRequest::new(grain, days)
            };
            let report = roi(scope, request).await.unwrap();
            texts.push(format!("{report:#?}"));
        }
        // Of one account, and of one campaign: what is not in them needs no rate.
        for (grain, filter) in [
            (
                Grain::Campaign,
                Filter {
                    accounts: vec![self.account],
                    parent: None,
                },
            ),
            (
                Grain::Ad,
                Filter {
                    accounts: Vec::new(),
                    parent: Some(Parent::Campaign(self.campaigns[3])),
                },
            ),
        ] {
            let request = RoiRequest {
                filter,
                convert_to: Some("EUR".parse().unwrap()),
                as_of,
                ..RoiRequest::new(grain, days)
            };
            let report = roi(scope, request).await.unwrap();
            texts.push(format!("{report:#?}"));
        }
        for convert_to in [None, Some(Currency::USD)] {
            let request = HomeRequest {
                convert_to,
                as_of,
                ..HomeRequest::new(days)
            };
            let home = home(scope, request).await.unwrap();
            texts.push(format!("{home:#?}"));
            let grain = Grain::Campaign;
            let models = compare_models(
                scope,
                days,
                grain,
                Attribution::default(),
                as_of,
                convert_to,
            );
            texts.push(format!("{:#?}", models.await.unwrap()));
        }
        let advice = window_advice(scope, days, as_of).await.unwrap();
        texts.push(format!("{advice:#?}"));
        texts.extend(cohorts::reports(scope, as_of).await);
        texts
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
        let reals = world.account(&mut tx, "2", "BRL", "Asia/Tokyo").await;
        for n in 0..4 {
            let (account, currency) = [(account, "USD"), (reals, "BRL")][n / 3];
            let campaign = world.campaign(&mut tx, account, &format!("c{n}")).await;
            let set = world
                .ad_set(&mut tx, account, campaign, &format!("s{n}"))
                .await;
            let creative = world.creative(&mut tx, account, &format!("k{n}")).await;
            let line = (account, campaign, set);
            // Two ads of each, whose parts of a day are rounded one after the other.
            for name in [format!("a{n}"), format!("b{n}")] {
                let ad = world.ad(&mut tx, line, Some(creative), &name).await;
                ads.push((account, currency, ad));
            }
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
            folder: tempfile::tempdir().unwrap(),
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
                    packed += pack_days(&history.world.scope).await.unwrap();
                }
            }
            history.rates(round).await;
            let now = history.world.scope.now();
            saved.push((now, history.reports(None).await));
            // What is in memory of a moment is of then, whatever was written and packed since.
            if round % 3 == 2 {
                let (then, reports) = &saved[2];
                let again = history.reports(Some(*then)).await;
                for (saved, again) in reports.iter().zip(&again) {
                    assert!(
                        saved == again,
                        "round {round}, as of {then}\n{}",
                        first_difference(saved, again)
                    );
                }
            }
        }
        assert!(packed > 200, "days are packed again and again: {packed}");
        let mut different = 0;
        let scope = &history.world.scope;
        for (nth, (then, reports)) in saved.iter().enumerate() {
            // As of a moment everything comes from packed days, or from some and from the rows of others.
            if nth % 20 == 0 {
                pack_days(scope).await.unwrap();
            }
            if nth == 20 {
                let mut tx = history.world.write().await;
                run!(
                    &mut tx,
                    "INSERT INTO outcome_days_changed (workspace_id, kind, day) SELECT workspace_id, kind, day \
                     FROM outcome_days WHERE workspace_id = $1 AND (CAST(day AS TEXT) LIKE '%3' \
                     OR CAST(day AS TEXT) LIKE '%4' OR CAST(day AS TEXT) LIKE '%9') ON CONFLICT DO NOTHING",
                    scope.workspace,
                );
                tx.commit().await.unwrap();
            }
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
        let mut seen = Seen::default();
        for (nth, pair) in saved.windows(9).step_by(3).enumerate() {
            let found = assert_explained(&history, pair[0].0, pair[8].0, nth % 9 == 4).await;
            for (seen, found) in seen.causes.iter_mut().zip(found.causes) {
                *seen |= found;
            }
            seen.kept |= found.kept;
            seen.rates |= found.rates;
            seen.mixed |= found.mixed;
            seen.moved += found.moved;
        }
        assert_explained(&history, saved[0].0, saved[59].0, false).await;
        let days = range("2026-10-20", "2026-11-24");
        assert_eq!(ledger_faults(&history.world.scope, days).await.unwrap(), 0);
        let mut ledgers = Vec::new();
        for (then, _) in saved.iter().step_by(10) {
            let report = RoiRequest {
                as_of: Some(*then),
                ..RoiRequest::new(Grain::Campaign, days)
            };
            let then = account_ledgers(&history.world.scope, report).await;
            ledgers.extend(then.unwrap());
        }
        assert!(ledgers.iter().any(|ledger| !ledger.residuals.is_empty()));
        for ledger in ledgers {
            let mut sum = ledger.campaigns;
            for (_, part) in &ledger.residuals {
                sum.add(part).unwrap();
            }
            assert_eq!(sum, ledger.total, "{}", ledger.name);
        }
        for moment in [None, Some(saved[30].0)] {
            assert_made_of(&history, moment, None).await;
        }
        assert_made_of(&history, None, Some(Currency::USD)).await;
        // Then a currency had not all its rates.
        assert_made_of(&history, Some(saved[20].0), "BRL".parse().ok()).await;
        // Every cause had something to explain, and nothing was left over.
        let [causes @ .., unexplained] = seen.causes;
        assert_eq!((causes, unexplained), ([true; 8], false));
        assert!(seen.kept && seen.rates && seen.mixed, "{seen:?}");
        assert!(seen.moved > 50, "{seen:?}");
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
