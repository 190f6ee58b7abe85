//! How long home and the tables take, and how that grows with the data.
//!
//! `cargo run --release -p rumbo-insight --example dashboard_bench [FOLDER [CAMPAIGNS [REPORT]]]` fills an embedded
//! database with 100,000, 1 million and 10 million ad-days over 37 months (10, 100 and 1,000
//! campaigns of 9 ads in 50 accounts, with a contact for every 10 ad-days, of whom one in five
//! bought after six touches) and times each report over many
//! different periods. With FOLDER the data stay there and are used again; with CAMPAIGNS
//! it is only that many, with REPORT only those reports in whose name it is, or with =REPORT the one of
//! that name. What FOLDER was given
//! also gets `times.csv`, which `duckdb_bench.py FOLDER` sets against DuckDB on the same rows.

#![expect(
    clippy::unwrap_used,
    reason = "a program of its own, to be read by a person"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate};
use rumbo_base::{
    AdAccountId, AdCampaignId, AdSetId, Clock, Currency, DateRange, Entropy, WorkspaceId,
};
use rumbo_db::{Db, sqlx};
use rumbo_insight::cohort::{AcquiredBy, CohortRequest, CohortStart, CohortsBy, cohorts};
use rumbo_insight::settle::{SettleRequest, settle_curves};
use rumbo_insight::{
    ActionsRequest, Attribution, Basis, BudgetAsk, BudgetMoveRequest, Cause, ChangedRowsRequest,
    ChangesRequest, Comparison, ContributionsRequest, Earlier, Filter, Grain, HALF_LIFE,
    HomeRequest, Listed, Metric, Model, MoveOutcome, PaceGrain, PacingRequest, Parent,
    PassportRequest, Refunds, RoiRequest, RowOf, Window, account_checks, budget_move, changed_rows,
    changes, compare_models, contributions, data_driven, gap, home, ledger_faults, pacing,
    pack_days, passport, roi, told_actions, window_advice,
};
use rumbo_platform::Scope;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions};

// As both programs have it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const DAYS: i64 = 1_111;
const ADS_PER_CAMPAIGN: i64 = 9;
const ACCOUNTS: i64 = 50;
/// A contact for so many ad-days; one in five has bought, after six touches.
const AD_DAYS_PER_CONTACT: i64 = 10;
const WORKSPACE: u128 = 0xAAAA;

#[tokio::main]
async fn main() {
    let given = std::env::args().nth(1).map(PathBuf::from);
    let temporary = tempfile::tempdir().unwrap();
    let folder = given.unwrap_or_else(|| temporary.path().to_owned());
    println!(
        "{:>10} {:<34} {:>9} {:>9} {:>9}",
        "ad-days", "report", "p50 ms", "p95 ms", "max ms"
    );
    let only: Option<i64> = std::env::args().nth(2).and_then(|n| n.parse().ok());
    for campaigns in [10, 100, 1_000] {
        if only.is_some_and(|only| only != campaigns) {
            continue;
        }
        measure(&folder, campaigns).await;
    }
}

async fn measure(folder: &Path, campaigns: i64) {
    let file = folder.join(format!("bench-{campaigns}.db"));
    let clock = Clock::system();
    if !file.exists() {
        let (db, _) = Db::open_sqlite(&file, &clock).await.unwrap();
        db.close().await;
        let started = Instant::now();
        fill(&file, campaigns).await;
        eprintln!("filled {} in {:.0?}", file.display(), started.elapsed());
    }
    let (db, _) = Db::open_sqlite(&file, &clock).await.unwrap();
    let scope = Scope {
        db,
        clock,
        entropy: Entropy::seeded(1),
        workspace: WorkspaceId(uuid::Uuid::from_u128(WORKSPACE)),
        actor: None,
    };
    let rows = campaigns * ADS_PER_CAMPAIGN * DAYS;
    let started = Instant::now();
    let days = pack_days(&scope).await.unwrap();
    if days > 0 {
        let taken = started.elapsed().as_secs_f64();
        println!("{rows:>10} packed {days} days of outcomes in {taken:.1} s");
    }
    let table = |grain, range, comparison| RoiRequest {
        comparison,
        ..RoiRequest::new(grain, range)
    };
    let euro = Some(Currency::of_record("EUR").unwrap());
    for (length, convert_to) in [(30, None), (90, None), (30, euro), (90, euro)] {
        // The accounts are in US dollars: everything is converted at the rate of its day.
        let of = if convert_to.is_some() {
            ", in euros"
        } else {
            ""
        };
        report(
            rows,
            &format!("home, {length} days and before{of}"),
            200,
            |n| {
                let request = HomeRequest {
                    convert_to,
                    ..HomeRequest::new(period(n, length))
                };
                let scope = &scope;
                async move { drop(home(scope, request).await.unwrap()) }
            },
        )
        .await;
        for (name, grain, comparison, times) in [
            ("campaigns", Grain::Campaign, Comparison::None, 200),
            (
                "campaigns, and before",
                Grain::Campaign,
                Comparison::Previous,
                200,
            ),
            ("ads", Grain::Ad, Comparison::None, 100),
            ("ads, and before", Grain::Ad, Comparison::Previous, 100),
            ("creatives", Grain::Creative, Comparison::None, 100),
            ("channels", Grain::Channel, Comparison::None, 100),
        ] {
            report(rows, &format!("{name}, {length} days{of}"), times, |n| {
                let request = RoiRequest {
                    comparison,
                    convert_to,
                    ..RoiRequest::new(grain, period(n, length))
                };
                let scope = &scope;
                async move { drop(roi(scope, request).await.unwrap()) }
            })
            .await;
        }
    }
    for (name, times, of) in offered() {
        report(rows, name, times, |n| {
            let request = of(n);
            let scope = &scope;
            async move { drop(roi(scope, request).await.unwrap()) }
        })
        .await;
    }
    for (before, as_of, convert_to) in [
        ("a day", "2026-11-19T15:00:00Z", None),
        ("a week", "2026-11-13T15:00:00Z", None),
        ("four weeks", "2026-10-23T15:00:00Z", None),
        ("a week", "2026-11-13T15:00:00Z", euro),
    ] {
        let as_of = Some(as_of.parse().unwrap());
        for length in [30, 90] {
            let mut of = format!("as of {before} before, {length} days");
            if convert_to.is_some() {
                of.push_str(", in euros");
            }
            for (name, grain) in [("campaigns", Grain::Campaign), ("ads", Grain::Ad)] {
                report(rows, &format!("{name} {of}"), 100, |n| {
                    let request = RoiRequest {
                        as_of,
                        convert_to,
                        ..RoiRequest::new(grain, period(n, length))
                    };
                    let scope = &scope;
                    async move { drop(roi(scope, request).await.unwrap()) }
                })
                .await;
            }
            report(rows, &format!("home {of}"), 100, |n| {
                let request = HomeRequest {
                    as_of,
                    convert_to,
                    ..HomeRequest::new(period(n, length))
                };
                let scope = &scope;
                async move { drop(home(scope, request).await.unwrap()) }
            })
            .await;
        }
    }
    // Which rows moved a ratio of the whole.
    let week_ago = "2026-11-13T15:00:00Z".parse().unwrap();
    for (against, earlier) in [
        ("the days before", Earlier::Period(Comparison::Previous)),
        ("a week before", Earlier::Moment(week_ago)),
    ] {
        for (grain, length) in [
            (Grain::Campaign, 30),
            (Grain::Campaign, 90),
            (Grain::Ad, 30),
            (Grain::Ad, 90),
        ] {
            let name = format!("moved since {against}, {grain:?}, {length} days");
            report(rows, &name, 100, |n| {
                let request = ContributionsRequest {
                    report: RoiRequest::new(grain, period(n, length)),
                    earlier,
                    metric: Metric::Roas,
                };
                let scope = &scope;
                async move { drop(contributions(scope, request).await.unwrap()) }
            })
            .await;
        }
    }
    // What the data-driven model learns from a year, and from all there is.
    for days in [30, 1_000] {
        let last = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        let from = last - Days::new(days - 1);
        let range = DateRange::new(from, last).unwrap();
        report(rows, &format!("learned for {days} days"), 5, |_| {
            let scope = &scope;
            async move {
                drop(
                    data_driven(scope, range, Window::default(), None)
                        .await
                        .unwrap(),
                );
            }
        })
        .await;
    }
    // Every sale there is, under every model.
    let all = DateRange::new(
        NaiveDate::from_ymd_opt(2023, 1, 1).unwrap(),
        NaiveDate::from_ymd_opt(2026, 12, 31).unwrap(),
    )
    .unwrap();
    report(rows, "accounts, all days", 20, |_| {
        let request = table(Grain::Account, all, Comparison::None);
        let scope = &scope;
        async move { drop(roi(scope, request).await.unwrap()) }
    })
    .await;
    let name = format!("all models, {} sales", rows / AD_DAYS_PER_CONTACT / 5);
    report(rows, &name, 5, |_| {
        let scope = &scope;
        async move {
            drop(
                compare_models(
                    scope,
                    all,
                    Grain::Campaign,
                    Attribution::default(),
                    None,
                    None,
                )
                .await
                .unwrap(),
            );
        }
    })
    .await;
    for start in [CohortStart::Sale, CohortStart::Lead] {
        for by in [CohortsBy::Month, CohortsBy::Campaign] {
            let name = format!("cohorts of 37 months, {start:?}, {by:?}");
            report(rows, &name, 20, |_| {
                let request = CohortRequest {
                    by,
                    range: all,
                    start,
                    acquired_by: AcquiredBy::LastTouch,
                    campaign: None,
                    until: None,
                    as_of: None,
                    value_months: 3,
                    histories: false,
                };
                let scope = &scope;
                async move { drop(cohorts(scope, request).await.unwrap()) }
            })
            .await;
        }
    }
    everything_else(rows, &scope).await;
    scope.db.close().await;
}

/// What stands behind a number and beside it: answers that a person opens one by one.
async fn everything_else(rows: i64, scope: &Scope) {
    let usd = Currency::of_record("USD").unwrap();
    let table = |grain, n, length| RoiRequest::new(grain, period(n, length));
    for (name, grain, length, row, metric) in [
        ("spend of all", Grain::Campaign, 30, 0, Metric::Spend),
        ("revenue of all", Grain::Campaign, 30, 0, Metric::Revenue),
        ("ROAS of all", Grain::Campaign, 90, 0, Metric::Roas),
        ("leads of a campaign", Grain::Campaign, 30, 2, Metric::Leads),
        ("ROAS of an ad", Grain::Ad, 90, 4, Metric::Roas),
    ] {
        report(rows, &format!("passport, {name}, {length} days"), 20, |n| {
            let request = PassportRequest {
                report: table(grain, n, length),
                currency: usd,
                row: match row {
                    0 => RowOf::Total,
                    kind => RowOf::Key(id(kind, n).to_string()),
                },
                metric,
                limit: 50,
                listed: Listed::First,
            };
            async move { drop(passport(scope, request).await.unwrap()) }
        })
        .await;
    }
    let since = "2026-11-13T15:00:00Z".parse().unwrap();
    let changed = |grain, n, length| ChangesRequest {
        grain,
        range: period(n, length),
        filter: Filter::default(),
        attribution_then: Attribution::default(),
        attribution: Attribution::default(),
        since,
        until: None,
        convert_to: None,
    };
    for (grain, length) in [(Grain::Campaign, 30), (Grain::Ad, 30), (Grain::Ad, 90)] {
        let name = format!("what changed since a week before, {grain:?}, {length} days");
        report(rows, &name, 50, |n| {
            let request = changed(grain, n, length);
            async move { drop(changes(scope, request).await.unwrap()) }
        })
        .await;
    }
    for cause in [Cause::Restated, Cause::Late] {
        report(
            rows,
            &format!("the rows behind {cause:?}, 30 days"),
            50,
            |n| {
                let request = ChangedRowsRequest {
                    changes: changed(Grain::Campaign, n, 30),
                    cause,
                    currency: usd,
                    row: RowOf::Total,
                    metric: Metric::Roas,
                    limit: 50,
                };
                async move { drop(changed_rows(scope, request).await.unwrap()) }
            },
        )
        .await;
    }
    let then = Some("2026-11-13T12:00:00Z".parse().unwrap());
    for (grain, length, as_of, since) in [
        (Grain::Account, 30, None, ""),
        (Grain::Ad, 30, None, ""),
        (Grain::Ad, 90, None, ""),
        (Grain::Campaign, 30, then, ", a week before"),
    ] {
        let name = format!("gap, {grain:?}, {length} days{since}");
        report(rows, &name, 50, |n| async move {
            let request = RoiRequest {
                as_of,
                ..table(grain, n, length)
            };
            drop(gap(scope, request).await.unwrap());
        })
        .await;
    }
    for (length, as_of, since) in [
        (30, None, ""),
        (90, None, ""),
        (30, then, ", a week before"),
    ] {
        let name = format!("actions as Meta tells them, {length} days{since}");
        report(rows, &name, 50, |n| async move {
            let request = ActionsRequest {
                range: period(n, length),
                accounts: Vec::new(),
                as_of,
            };
            drop(told_actions(scope, request).await.unwrap());
        })
        .await;
    }
    for length in [30, 365] {
        report(
            rows,
            &format!("window advice, {length} days"),
            20,
            |n| async move {
                drop(window_advice(scope, period(n, length), None).await.unwrap());
            },
        )
        .await;
    }
    report(rows, "all models, 30 days", 50, |n| async move {
        let report = compare_models(
            scope,
            period(n, 30),
            Grain::Campaign,
            Attribution::default(),
            None,
            None,
        );
        drop(report.await.unwrap());
    })
    .await;
    let campaign = AdCampaignId(id(2, 3));
    for (name, grain) in [
        ("accounts", PaceGrain::Account),
        ("campaigns", PaceGrain::Campaign),
        ("ad sets of a campaign", PaceGrain::AdSet(campaign)),
    ] {
        report(rows, &format!("pacing, {name}"), 20, |_| async move {
            let accounts = Vec::new();
            drop(
                pacing(scope, PacingRequest { grain, accounts })
                    .await
                    .unwrap(),
            );
        })
        .await;
    }
    report(rows, "settle curves", 20, |_| async move {
        let request = SettleRequest {
            currency: None,
            account: None,
            as_of: None,
        };
        drop(settle_curves(scope, request).await.unwrap());
    })
    .await;
    report(rows, "budget move, 30 days", 20, |n| async move {
        let request = BudgetMoveRequest {
            ask: BudgetAsk::Move {
                from: AdCampaignId(id(2, n)),
                to: AdCampaignId(id(2, n + 1)),
                amount: None,
            },
            outcome: MoveOutcome::Leads,
            days: 30,
            attribution: Attribution::default(),
        };
        drop(budget_move(scope, request).await.unwrap());
    })
    .await;
    report(rows, "account checks", 20, |_| async move {
        drop(account_checks(scope, None).await.unwrap());
    })
    .await;
    report(rows, "ledger check of 30 days", 20, |n| async move {
        assert_eq!(ledger_faults(scope, period(n, 30)).await.unwrap(), 0);
    })
    .await;
}

/// One of ten objects of a kind.
fn id(kind: u128, n: u64) -> uuid::Uuid {
    uuid::Uuid::from_u128((kind << 124) | u128::from(1 + n % 10))
}

/// What is asked for by this name, so many times, by which time it is.
type Offered = (&'static str, u64, fn(u64) -> RoiRequest);

/// A campaign table of 30 days with each thing that the window offers beside it, and what lies under a campaign.
fn offered() -> Vec<Offered> {
    fn table(n: u64) -> RoiRequest {
        RoiRequest::new(Grain::Campaign, period(n, 30))
    }
    fn credited(n: u64, attribution: Attribution) -> RoiRequest {
        RoiRequest {
            attribution,
            ..table(n)
        }
    }
    fn under(n: u64, parent: Parent) -> RoiRequest {
        RoiRequest {
            filter: Filter {
                parent: Some(parent),
                ..Filter::default()
            },
            ..RoiRequest::new(Grain::Ad, period(n, 30))
        }
    }
    let mut offered: Vec<Offered> = vec![
        ("one account", 100, |n| RoiRequest {
            filter: Filter {
                accounts: vec![AdAccountId(id(1, n))],
                parent: None,
            },
            ..table(n)
        }),
        ("first touch, 7 days", 100, |n| {
            let window = Window {
                click_days: Some(7),
                view_days: Some(1),
            };
            credited(
                n,
                Attribution {
                    model: Model::FirstTouch,
                    window,
                    ..Attribution::default()
                },
            )
        }),
        ("time decay, by lead", 100, |n| {
            let model = Model::TimeDecay {
                half_life: HALF_LIFE,
            };
            credited(
                n,
                Attribution {
                    model,
                    basis: Basis::Lead,
                    ..Attribution::default()
                },
            )
        }),
        ("refunds by their day", 100, |n| {
            credited(
                n,
                Attribution {
                    refunds: Refunds::Cash,
                    ..Attribution::default()
                },
            )
        }),
        ("data-driven", 20, |n| {
            credited(
                n,
                Attribution {
                    model: Model::Markov,
                    ..Attribution::default()
                },
            )
        }),
        ("data-driven, same days", 20, |_| {
            credited(
                0,
                Attribution {
                    model: Model::Markov,
                    ..Attribution::default()
                },
            )
        }),
        ("last year", 100, |n| RoiRequest {
            comparison: Comparison::LastYear,
            ..table(n % 30)
        }),
        ("new customers", 100, |n| RoiRequest {
            new_customers: true,
            ..table(n)
        }),
        ("without spend", 20, |n| RoiRequest {
            without_spend: true,
            ..table(n)
        }),
        ("ads of a campaign", 100, |n| {
            under(n, Parent::Campaign(AdCampaignId(id(2, n))))
        }),
        ("ads of an ad set", 100, |n| {
            under(n, Parent::AdSet(AdSetId(id(3, n))))
        }),
    ];
    offered.sort_by_key(|(_, times, _)| std::cmp::Reverse(*times));
    offered
}

/// A period that moves through the data from call to call.
fn period(n: u64, length: u64) -> DateRange {
    let last = NaiveDate::from_ymd_opt(2026, 11, 19).unwrap() - Days::new(n * 7 % 600);
    DateRange::new(last - Days::new(length - 1), last).unwrap()
}

async fn report<F: Future<Output = ()>>(
    rows: i64,
    name: &str,
    times: u64,
    call: impl Fn(u64) -> F,
) {
    let only = std::env::args().nth(3);
    let is_asked = |only: String| match only.strip_prefix('=') {
        Some(exactly) => name == exactly,
        None => name.contains(&only),
    };
    if !only.is_none_or(is_asked) {
        return;
    }
    // The first call opens connections and prepares statements.
    call(0).await;
    let mut taken: Vec<Duration> = Vec::new();
    for n in 0..times {
        let started = Instant::now();
        call(n).await;
        taken.push(started.elapsed());
    }
    taken.sort();
    let at = |percent: usize| {
        let place = (taken.len() * percent / 100).min(taken.len() - 1);
        taken.get(place).copied().unwrap_or_default().as_secs_f64() * 1_000.0
    };
    println!(
        "{rows:>10} {name:<34} {:>9.1} {:>9.1} {:>9.1}",
        at(50),
        at(95),
        at(100)
    );
    if let Some(folder) = std::env::args().nth(1) {
        use std::io::Write as _;
        let times = Path::new(&folder).join("times.csv");
        let mut times = std::fs::File::options()
            .append(true)
            .create(true)
            .open(times)
            .unwrap();
        writeln!(times, "{rows};{name};{:.3};{:.3}", at(50), at(95)).unwrap();
    }
}

async fn run(c: &mut SqliteConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(c).await.unwrap();
}

/// Fills the tables set by set, straight into the file: this measures reading, not writing.
async fn fill(file: &Path, campaigns: i64) {
    let mut c = SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(false)
        .pragma("synchronous", "OFF")
        .pragma("cache_size", "-400000")
        .connect()
        .await
        .unwrap();
    let ads = campaigns * ADS_PER_CAMPAIGN;
    let contacts = ads * DAYS / AD_DAYS_PER_CONTACT;
    let now = "2026-11-20T12:00:00+00:00";
    // Before everything, so that it is there as of any moment.
    let born = "2023-10-01T00:00:00+00:00";
    let ws = format!("unhex('{WORKSPACE:032x}')");
    let id = |kind: char, n: &str| format!("unhex(printf('{kind}%031x', {n}))");
    let count = |name: &str, to: i64| {
        format!(
            "WITH RECURSIVE {name}(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM {name} WHERE n < {to})"
        )
    };
    // Spreads things over the campaigns unevenly, as they are: the low numbers have most.
    let uneven = |to: i64| {
        format!(
            "(1 + CAST({to} * (abs(random()) % 1000 / 1000.0) * (abs(random()) % 1000 / 1000.0) AS INTEGER) % {to})"
        )
    };

    run(&mut c, "BEGIN; DROP INDEX ad_insights_ad_id_day".to_owned()).await;
    run(&mut c, format!("INSERT INTO workspaces (id, slug, name, plan, active, sample, locale, timezone, currency, automation_on, bot_on, settings, created_at, updated_at) VALUES ({ws}, 'bench', 'Bench', 'pro', 1, 0, 'en', 'America/Argentina/Buenos_Aires', 'USD', 0, 0, '{{}}', '{born}', '{now}')")).await;
    run(&mut c, format!("{} INSERT INTO ad_accounts (workspace_id, id, platform, external_id, name, currency, timezone, status, selected, last_synced_at, rest, first_seen_at, created_at, updated_at) SELECT {ws}, {}, 'meta', n, 'Account ' || n, 'USD', CASE n % 2 WHEN 0 THEN 'America/Sao_Paulo' ELSE 'America/Argentina/Buenos_Aires' END, 'active', 1, '{now}', '{{}}', '{born}', '{born}', '{now}' FROM a", count("a", ACCOUNTS), id('1', "n"))).await;
    run(&mut c, format!("{} INSERT INTO ad_campaigns (workspace_id, id, platform, external_id, ad_account_id, name, status, synced, rest, first_seen_at, created_at, updated_at) SELECT {ws}, {}, 'meta', n, {}, 'Campaign ' || n, 'active', 1, '{{}}', '{born}', '{born}', '{now}' FROM a", count("a", campaigns), id('2', "n"), id('1', &format!("1 + n % {ACCOUNTS}")))).await;
    run(&mut c, format!("{} INSERT INTO ad_sets (workspace_id, id, platform, external_id, ad_account_id, ad_campaign_id, name, status, synced, rest, first_seen_at, created_at, updated_at) SELECT {ws}, {}, 'meta', n, {}, {}, 'Ad set ' || n, 'active', 1, '{{}}', '{born}', '{born}', '{now}' FROM a", count("a", campaigns), id('3', "n"), id('1', &format!("1 + n % {ACCOUNTS}")), id('2', "n"))).await;
    run(&mut c, format!("{} INSERT INTO ad_creatives (workspace_id, id, platform, external_id, ad_account_id, name, headline, synced, rest, first_seen_at, created_at, updated_at) SELECT {ws}, {}, 'meta', n, {}, 'Creative ' || n, 'Headline', 1, '{{}}', '{born}', '{born}', '{now}' FROM a", count("a", ads), id('4', "n"), id('1', &format!("1 + (1 + n % {campaigns}) % {ACCOUNTS}")))).await;
    run(&mut c, format!("{} INSERT INTO ads (workspace_id, id, platform, external_id, ad_account_id, ad_campaign_id, ad_set_id, ad_creative_id, name, status, synced, rest, first_seen_at, created_at, updated_at) SELECT {ws}, {}, 'meta', n, {}, {}, {}, {}, 'Ad ' || n, 'active', 1, '{{}}', '{born}', '{born}', '{now}' FROM a", count("a", ads), id('5', "n"), id('1', &format!("1 + (1 + n % {campaigns}) % {ACCOUNTS}")), id('2', &format!("1 + n % {campaigns}")), id('3', &format!("1 + n % {campaigns}")), id('4', "n"))).await;
    // Each day is first read by the run of the next one.
    let first_run = format!("MAX(1, 200 - {DAYS} + d.n)");
    // What Meta told of actions, each by the default attribution and by window: three kinds of row, some
    // 400 bytes each, that the columns of leads and purchases agree with.
    let nth = "(d.n * 31 + CAST(a.external_id AS INTEGER) * 17)";
    let (leads, purchases) = (format!("({nth} % 3)"), format!("({nth} / 3 % 2)"));
    let cents = format!("(100 + {nth} % 900)");
    let told = |action: &str, count: &str| {
        format!(
            "printf('[\"{action}\",\"%d\",\"1d_view\",\"%d\",\"7d_click\",\"%d\"]', {count}, {count} / 3, {count} - {count} / 3)"
        )
    };
    let worth = |action: &str| {
        format!(
            "printf('[\"{action}\",\"%d.%02d\",\"7d_click\",\"%d.%02d\"]', {cents} / 100, {cents} % 100, {cents} / 100, {cents} % 100)"
        )
    };
    let clicks = format!("({nth} % 90 + 1)");
    let actions = format!(
        "'{{\"a\":[' || {} || CASE {leads} WHEN 0 THEN '' ELSE ',' || {} END || ',' || {} || CASE {leads} WHEN 0 THEN '' ELSE ',' || {} END || CASE {purchases} WHEN 0 THEN ']}}' ELSE ',' || {} || ',' || {} || '],\"v\":[' || {} || ',' || {} || ']}}' END",
        told("landing_page_view", &clicks),
        told("lead", &leads),
        told("link_click", &clicks),
        told("onsite_conversion.lead_grouped", &leads),
        told("omni_purchase", &purchases),
        told("purchase", &purchases),
        worth("omni_purchase"),
        worth("purchase"),
    );
    run(&mut c, format!("{} INSERT INTO ad_insights (workspace_id, ad_account_id, day, ad_id, currency, attribution_setting, impressions, reach, frequency, clicks, link_clicks, spend_micros, meta_leads, meta_purchases, meta_purchase_micros, actions, first_run, run) SELECT {ws}, a.ad_account_id, date('2026-11-19', '-' || ({DAYS} - d.n) || ' days'), a.id, 'USD', '7d_click_1d_view', abs(random()) % 9000, 800, 1.25, abs(random()) % 90, abs(random()) % 60, (abs(random()) % 9000) * 10000, {leads}, {purchases}, {purchases} * {cents} * 10000, {actions}, {first_run}, {first_run} FROM ad_accounts x CROSS JOIN d CROSS JOIN ads a WHERE a.workspace_id = {ws} AND a.ad_account_id = x.id", count("d", DAYS))).await;
    run(
        &mut c,
        "CREATE INDEX ad_insights_ad_id_day ON ad_insights (workspace_id, ad_id, day)".to_owned(),
    )
    .await;
    // Of the last four weeks days are restated some days later, more seldom the older they are: what they
    // said before is in the journal.
    for sql in [
        "CREATE TEMP TABLE restated (ad_account_id BLOB, day TEXT, ad_id BLOB, run INTEGER, first_run INTEGER, PRIMARY KEY (ad_account_id, day, ad_id, run)) WITHOUT ROWID",
        "INSERT INTO restated SELECT i.ad_account_id, i.day, i.ad_id, i.first_run + a.column1, i.first_run FROM ad_insights i CROSS JOIN (VALUES (1, 60), (2, 30), (3, 20), (7, 10)) a WHERE i.day > '2026-10-22' AND i.first_run + a.column1 <= 200 AND abs(random()) % 100 < a.column2",
        "INSERT INTO ad_insight_journal (workspace_id, ad_account_id, day, ad_id, replaced_by_run, currency, attribution_setting, impressions, reach, frequency, clicks, link_clicks, spend_micros, meta_leads, meta_purchases, meta_purchase_micros, actions, run) SELECT i.workspace_id, i.ad_account_id, i.day, i.ad_id, r.run, i.currency, i.attribution_setting, i.impressions, i.reach, i.frequency, i.clicks, i.link_clicks, i.spend_micros * 97 / 100, i.meta_leads, 0, 0, i.actions, r.before FROM (SELECT ad_account_id, day, ad_id, run, LAG(run, 1, first_run) OVER (PARTITION BY ad_account_id, day, ad_id ORDER BY run) AS before FROM restated) r CROSS JOIN ad_insights i WHERE i.workspace_id = (SELECT id FROM workspaces) AND i.ad_account_id = r.ad_account_id AND i.day = r.day AND i.ad_id = r.ad_id",
        "UPDATE ad_insights SET run = r.run FROM (SELECT ad_account_id, day, ad_id, MAX(run) AS run FROM restated GROUP BY ad_account_id, day, ad_id) r WHERE ad_insights.workspace_id = (SELECT id FROM workspaces) AND ad_insights.ad_account_id = r.ad_account_id AND ad_insights.day = r.day AND ad_insights.ad_id = r.ad_id",
        "DROP TABLE restated",
    ] {
        run(&mut c, sql.to_owned()).await;
    }
    let day_sums = "ad_rows, impressions, clicks, link_clicks, spend_micros, meta_leads, meta_purchases, meta_purchase_micros, impressions_rows, clicks_rows, link_clicks_rows, spend_rows";
    let sums = "COUNT(*), SUM(i.impressions), SUM(i.clicks), SUM(i.link_clicks), SUM(i.spend_micros), SUM(i.meta_leads), SUM(i.meta_purchases), SUM(i.meta_purchase_micros)";
    let known =
        "COUNT(i.impressions), COUNT(i.clicks), COUNT(i.link_clicks), COUNT(i.spend_micros)";
    run(&mut c, format!("INSERT INTO campaign_days (workspace_id, day, ad_campaign_id, ad_account_id, currency, {day_sums}) SELECT i.workspace_id, i.day, a.ad_campaign_id, i.ad_account_id, i.currency, {sums}, {known} FROM ad_insights i CROSS JOIN ads a ON a.workspace_id = i.workspace_id AND a.id = i.ad_id GROUP BY a.ad_campaign_id, i.day")).await;
    run(&mut c, format!("INSERT INTO account_days SELECT i.workspace_id, i.day, i.ad_account_id, i.currency, {sums}, NULL, {known} FROM ad_insights i GROUP BY i.day, i.ad_account_id")).await;
    // A sync a day for the days that a settle curve is learned from.
    run(&mut c, format!("{} INSERT INTO sync_runs (workspace_id, seq, kind, trigger, state, started_at, finished_at, rows_added, rows_changed, rows_unchanged, calls, waits, waited_ms, errors, report) SELECT {ws}, n, 'sync', 'schedule', 'done', at, at, 0, 0, 0, 0, 0, 0, 0, '{{}}' FROM (SELECT n, strftime('%Y-%m-%dT%H:%M:%S+00:00', '2026-11-20 12:00', '-' || (200 - n) || ' days') AS at FROM r)", count("r", 200))).await;
    run(&mut c, "INSERT INTO account_day_readings SELECT d.workspace_id, d.ad_account_id, d.day, g.value, 200 - CAST(julianday('2026-11-20') - julianday(d.day) AS INTEGER) + g.value, d.spend_micros, d.meta_leads * (100 - 40 / g.value) / 100, d.meta_purchases * (100 - 40 / g.value) / 100, d.meta_purchase_micros FROM account_days d CROSS JOIN json_each('[1,2,3,4,5,6,7,10,14,21,28,29]') g WHERE d.day > '2026-06-01' AND julianday(d.day) + g.value <= julianday('2026-11-20')".to_owned()).await;
    let added = [
        "spend_micros",
        "meta_leads",
        "meta_purchases",
        "meta_purchase_micros",
    ]
    .map(|sum| format!("{sum} - LAG({sum}, 1, 0) OVER w AS {sum}"))
    .join(", ");
    run(&mut c, format!("INSERT INTO day_readings SELECT workspace_id, 'USD', day, age, MAX(run), SUM(spend_micros), SUM(meta_leads), SUM(meta_purchases), SUM(meta_purchase_micros) FROM (SELECT workspace_id, day, age, run, {added} FROM account_day_readings WINDOW w AS (PARTITION BY ad_account_id, day ORDER BY age)) GROUP BY workspace_id, day, age")).await;
    run(&mut c, format!("{} INSERT INTO exchange_rates (workspace_id, base, quote, day, source, rate, changed_at) SELECT {ws}, 'EUR', 'USD', date('2026-11-20', '-' || n || ' days'), 'ecb', printf('1.%04d', 500 + n % 900), '{born}' FROM r", count("r", DAYS + 30))).await;
    run(&mut c, format!("{} INSERT INTO touch_origins (workspace_id, origin, key, source, clicked, ad_campaign_id, ad_set_id, ad_id) SELECT {ws}, n, n, 'META_ADS', 1, {}, {}, {} FROM o", count("o", ads), id('2', &format!("1 + n % {campaigns}")), id('3', &format!("1 + n % {campaigns}")), id('5', "n"))).await;
    // In the order of time, as they arrive, with ids of their instant.
    let minutes = format!("CAST(({contacts} - n) * {DAYS} * 1440.0 / {contacts} AS INTEGER)");
    let moment_after = |days: i64| {
        format!(
            "strftime('%Y-%m-%dT%H:%M:%S+00:00', '2026-11-20', '-' || {minutes} || ' minutes', '+{days} days')"
        )
    };
    let moment = moment_after(0);
    let made = |kind: i64| {
        format!(
            "unhex(printf('%012x7%03x8%015x', (unixepoch('2026-11-20') - {minutes} * 60) * 1000, {kind}, n))"
        )
    };
    let (contact, opportunity, sale) = (made(7), made(9), made(10));
    // A path of so many touches, the oldest first, of those who came by an ad.
    let path = |touches: i64| {
        let touch = |days: i64| {
            format!(
                "strftime('%Y-%m-%dT%H:%M:%S+00:00', {moment}, '-{days} days') || ';' || {}",
                uneven(ads)
            )
        };
        let all: Vec<String> = (0..touches).rev().map(|nth| touch(nth * 4)).collect();
        format!(
            "CASE WHEN n % 10 < 7 THEN {} ELSE '' END",
            all.join(" || '|' || ")
        )
    };
    run(&mut c, format!("{} INSERT INTO touchpoints (workspace_id, id, contact_id, occurred_at, kind, source, ad_campaign_id, ad_set_id, ad_id, created_at, updated_at, origin) SELECT {ws}, {}, {}, '{now}', 'lead_form', 'META_ADS', {}, {}, {}, '{now}', '{now}', ad FROM (SELECT n, {} AS ad FROM t) WHERE n % 10 < 7", count("t", contacts), id('6', "n"), contact, id('2', &format!("1 + ad % {campaigns}")), id('3', &format!("1 + ad % {campaigns}")), id('5', "ad"), uneven(ads))).await;
    run(&mut c, format!("{} INSERT INTO contacts (workspace_id, id, kind, status, lead_source, name, custom, tags, search, first_seen_at, first_touchpoint_id, created_at, updated_at, first_origin, unsold_touches, unsold_touched_at) SELECT {ws}, {}, 'prospect', 'lead', CASE WHEN n % 10 < 7 THEN 'META_ADS' ELSE 'ORGANIC' END, 'Contact ' || n, '{{}}', '[]', 'contact', {moment}, CASE WHEN n % 10 < 7 THEN {} END, {moment}, '{now}', CASE WHEN n % 10 < 7 THEN {} END, CASE WHEN n % 5 <> 1 THEN {} ELSE '' END, CASE WHEN n % 5 <> 1 AND n % 10 < 7 THEN {moment} END FROM t", count("t", contacts), contact, id('6', "n"), uneven(ads), path(2))).await;
    run(&mut c, format!("INSERT INTO pipeline_stages (workspace_id, id, name, position, probability, created_at, updated_at) VALUES ({ws}, {}, 'New', 1, 10, '{now}', '{now}')", id('8', "1"))).await;
    run(&mut c, format!("{} INSERT INTO opportunities (workspace_id, id, contact_id, name, currency, stage_id, state, opened_at, touchpoint_id, created_at, updated_at, lead_at, touches) SELECT {ws}, {}, {}, 'Deal', 'USD', {}, 'open', {moment}, CASE WHEN n % 10 < 7 THEN {} END, {moment}, '{now}', {moment}, {} FROM t WHERE n % 5 < 2", count("t", contacts), opportunity, contact, id('8', "1"), id('6', "n"), path(1))).await;
    run(&mut c, format!("{} INSERT INTO sales (workspace_id, id, reference, contact_id, gross_micros, refunded_micros, currency, status, occurred_at, completed_at, touchpoint_id, attribution_source, created_at, updated_at, lead_at, is_first, touches) SELECT {ws}, {}, 'S-' || n, {}, (abs(random()) % 90000) * 10000, 0, 'USD', 'completed', '{now}', {moment}, CASE WHEN n % 10 < 7 THEN {} END, 'last_touch', {moment}, '{now}', {moment}, 1, {} FROM t WHERE n % 5 = 1", count("t", contacts), sale, contact, id('6', "n"), path(6))).await;
    // What a sale takes from its contact leaves a version that few reports read; one in fifty is touched late.
    let there = format!("{minutes} > 3 * 1440");
    run(&mut c, format!("{} INSERT INTO contact_versions (workspace_id, id, replaced_at, created_at, present, kind, lead_source, first_seen_at, first_origin, unsold_touches, unsold_touched_at) SELECT {ws}, {contact}, {}, {moment}, 1, 'prospect', CASE WHEN n % 10 < 7 THEN 'META_ADS' ELSE 'ORGANIC' END, {moment}, (SELECT x.first_origin FROM contacts x WHERE x.workspace_id = {ws} AND x.id = {contact}), {}, {moment} FROM t WHERE n % 5 = 1 AND {there}", count("t", contacts), moment_after(1), path(2))).await;
    run(&mut c, format!("{} INSERT INTO contact_versions (workspace_id, id, replaced_at, created_at, present, kind, lead_source, first_seen_at, first_origin, unsold_touches, unsold_touched_at) SELECT {ws}, {contact}, {}, {moment}, 1, 'prospect', 'UNKNOWN', {moment}, NULL, '', NULL FROM t WHERE n % 50 = 3 AND {there}", count("t", contacts), moment_after(3))).await;
    run(&mut c, format!("{} INSERT INTO opportunity_versions (workspace_id, id, replaced_at, created_at, opened_at, lead_at, touches) SELECT {ws}, {opportunity}, {}, {moment}, {moment}, {moment}, {} FROM t WHERE n % 50 = 1 AND {there}", count("t", contacts), moment_after(3), path(1))).await;
    run(&mut c, format!("{} INSERT INTO sale_versions (workspace_id, id, replaced_at, created_at, contact_id, gross_micros, refunded_micros, currency, status, completed_at, lead_at, is_first, touches) SELECT {ws}, {sale}, {}, {moment}, {contact}, 1000000, 0, 'USD', 'completed', {moment}, {moment}, 1, {} FROM t WHERE n % 50 = 1 AND {there}", count("t", contacts), moment_after(3), path(5))).await;
    run(&mut c, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)".to_owned()).await;
}
