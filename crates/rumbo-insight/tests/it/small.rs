//! Cases small enough to be checked by head.

use rumbo_base::Micros;
use rumbo_db::testing::on_both;
use rumbo_insight::{
    Alert, Attribution, Filter, Grain, Metric, Parent, Remainder, RoiRequest, Shares, ledger_faults,
};

use crate::world::{AdDay, GRAINS, Sale, Touch, World, assert_adds_up, at, day, range, text, usd};

fn completed(
    gross: &str,
    when: &str,
    touchpoint: Option<rumbo_base::TouchpointId>,
) -> Sale<'static> {
    Sale {
        gross: usd(gross),
        refunded: Micros::ZERO,
        currency: "USD",
        status: "completed",
        completed: at(when),
        touchpoint,
    }
}

/// Of two touches of one campaign that waits, one names the account: what the campaigns of an account
/// have is what it has.
#[tokio::test]
async fn a_campaign_that_waits_lies_in_the_account_that_a_touch_names() {
    on_both(|test| async move {
        let world = World::new(test, None, "UTC").await;
        let mut tx = world.write().await;
        let account = world.account(&mut tx, "1", "USD", "UTC").await;
        for named in [Some("1"), None, None, Some("7")] {
            let touch = Some(Touch {
                account: named,
                campaign_external: Some("c9"),
                ..Touch::default()
            });
            world
                .contact(&mut tx, at("2026-02-01T10:00:00Z"), "META_ADS", touch)
                .await;
        }
        tx.commit().await.unwrap();
        let days = range("2026-02-01", "2026-02-28");
        assert_eq!(ledger_faults(&world.scope, days).await.unwrap(), 0);
        let report = world.roi(Grain::Campaign, days).await;
        assert_adds_up(&report);
        let rows = &report.groups[0].rows;
        assert!(rows.iter().all(|row| row.waiting && row.name == "c9"));
        let found: Vec<_> = rows
            .iter()
            .map(|row| (row.account_id, row.figures.leads))
            .collect();
        assert_eq!(found.len(), 3);
        assert!(found.contains(&(Some(account), 1)) && found.contains(&(None, 2)));
        let home = rumbo_insight::home(&world.scope, rumbo_insight::HomeRequest::new(days));
        let told = home.await.unwrap().alerts;
        let is_one = |alert: &Alert| {
            let one = Alert::WaitingForSync {
                objects: 1,
                leads: 4,
                revenue: Micros::ZERO,
            };
            *alert == one
        };
        assert!(told.iter().any(is_one), "{told:?}");
    })
    .await;
}

/// One campaign, two ad-days of 10.00 and 20.00, ten leads, seven opportunities (two leads have
/// two), three sales of 100.00. Joined row to row this gives 24 leads, 360.00 and 1,000.00.
#[tokio::test]
async fn nothing_is_counted_twice() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let mut tx = world.write().await;
        let account = world.account(&mut tx, "1", "USD", "UTC").await;
        let campaign = world.campaign(&mut tx, account, "c1").await;
        let set = world.ad_set(&mut tx, account, campaign, "s1").await;
        let first = world
            .ad(&mut tx, (account, campaign, set), None, "a1")
            .await;
        let second = world
            .ad(&mut tx, (account, campaign, set), None, "a2")
            .await;
        world
            .ad_day(
                &mut tx,
                account,
                "USD",
                first,
                day("2026-02-01"),
                AdDay::spent("10"),
            )
            .await;
        world
            .ad_day(
                &mut tx,
                account,
                "USD",
                second,
                day("2026-02-01"),
                AdDay::spent("20"),
            )
            .await;
        world.roll_up(&mut tx).await;
        let stage = world.stage(&mut tx).await;
        for lead in 1..=10 {
            let touch = Touch {
                campaign: Some(campaign),
                ..Touch::default()
            };
            let (contact, touch) = world
                .contact(&mut tx, at("2026-02-01T10:00:00Z"), "META_ADS", Some(touch))
                .await;
            for _ in 0..i32::from(lead <= 5) + i32::from(lead <= 2) {
                world
                    .opportunity(&mut tx, stage, contact, at("2026-02-01T11:00:00Z"), touch)
                    .await;
            }
            if lead <= 3 {
                world
                    .sale(
                        &mut tx,
                        contact,
                        completed("100", "2026-02-01T12:00:00Z", touch),
                    )
                    .await;
            }
        }
        tx.commit().await.unwrap();
        for grain in GRAINS {
            let report = world.roi(grain, range("2026-02-01", "2026-02-28")).await;
            assert_adds_up(&report);
            let total = &report.groups[0].total;
            assert_eq!(total.figures.spend, Some(usd("30")), "{grain:?}");
            assert_eq!(
                (
                    total.figures.leads,
                    total.figures.opportunities,
                    total.figures.sales
                ),
                (10, Shares::whole(7), Shares::whole(3))
            );
            assert_eq!(total.figures.revenue, usd("300"));
            assert_eq!(text(total, Metric::Roas).as_deref(), Some("10.0000"));
            assert_eq!(text(total, Metric::Roi).as_deref(), Some("900.00"));
            assert_eq!(text(total, Metric::Cpa).as_deref(), Some("3.00"));
            assert!(report.groups[0].unattributed.figures.is_empty());
        }
        let report = world
            .roi(Grain::Campaign, range("2026-02-01", "2026-02-28"))
            .await;
        assert_eq!(report.groups[0].rows.len(), 1);
        assert_eq!(report.groups[0].rows[0].name, "Campaign c1");
        // Credited to the campaign alone: below it they stay in view, in a row of their own.
        let ads = world
            .roi(Grain::Ad, range("2026-02-01", "2026-02-28"))
            .await;
        let rest: Vec<_> = ads.groups[0]
            .rows
            .iter()
            .filter(|r| r.remainder == Some(Remainder::NoAd))
            .collect();
        assert_eq!(rest.len(), 1);
        assert_eq!(
            (rest[0].figures.leads, rest[0].campaign_id),
            (10, Some(campaign))
        );
        // Another period has none of it, and says so.
        let report = world
            .roi(Grain::Campaign, range("2026-03-01", "2026-03-31"))
            .await;
        assert_eq!(report.groups[0].total.figures.spend, None);
        assert_eq!(text(&report.groups[0].total, Metric::Roas), None);
    })
    .await;
}

#[tokio::test]
async fn what_nobody_paid_for_and_what_is_not_synced_stay_in_view() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let mut tx = world.write().await;
        let account = world.account(&mut tx, "1", "USD", "UTC").await;
        let campaign = world.campaign(&mut tx, account, "c1").await;
        let quiet = world.campaign(&mut tx, account, "c2").await;
        let set = world.ad_set(&mut tx, account, campaign, "s1").await;
        let ad = world
            .ad(&mut tx, (account, campaign, set), None, "a1")
            .await;
        world
            .ad_day(
                &mut tx,
                account,
                "USD",
                ad,
                day("2026-02-01"),
                AdDay::spent("10"),
            )
            .await;
        world.roll_up(&mut tx).await;
        let touch = |campaign| {
            Some(Touch {
                campaign: Some(campaign),
                ..Touch::default()
            })
        };
        // A lead on a day without spend, one of a campaign that never spent.
        world
            .contact(
                &mut tx,
                at("2026-02-02T10:00:00Z"),
                "META_ADS",
                touch(campaign),
            )
            .await;
        world
            .contact(
                &mut tx,
                at("2026-02-01T10:00:00Z"),
                "META_ADS",
                touch(quiet),
            )
            .await;
        // Named and not synced: with and without its account.
        let waiting = |account| {
            Some(Touch {
                account,
                campaign_external: Some("c9"),
                ad_external: Some("a9"),
                ..Touch::default()
            })
        };
        world
            .contact(
                &mut tx,
                at("2026-02-01T10:00:00Z"),
                "META_ADS",
                waiting(Some("1")),
            )
            .await;
        let lost = Some(Touch {
            ad_external: Some("a8"),
            ..Touch::default()
        });
        world
            .contact(&mut tx, at("2026-02-01T10:00:00Z"), "META_ADS", lost)
            .await;
        // Nothing known at all, and a touch without an ad.
        world
            .contact(&mut tx, at("2026-02-01T10:00:00Z"), "UNKNOWN", None)
            .await;
        world
            .contact(
                &mut tx,
                at("2026-02-01T10:00:00Z"),
                "WEB",
                Some(Touch::default()),
            )
            .await;
        tx.commit().await.unwrap();
        for grain in GRAINS {
            let report = world.roi(grain, range("2026-02-01", "2026-02-28")).await;
            assert_adds_up(&report);
            let group = &report.groups[0];
            assert_eq!(group.total.figures.leads, 6, "{grain:?}");
            assert_eq!(group.unattributed.figures.leads, 2, "{grain:?}");
            assert_eq!(group.total.without_spend.unwrap().leads, 2, "{grain:?}");
        }
        let report = world
            .roi(Grain::Campaign, range("2026-02-01", "2026-02-28"))
            .await;
        let rows = &report.groups[0].rows;
        let row = |external: &str| {
            rows.iter()
                .find(|r| r.external_id.as_deref() == Some(external))
                .unwrap()
        };
        assert_eq!(
            (row("c1").no_spend, row("c1").without_spend.unwrap().leads),
            (false, 1)
        );
        assert_eq!((row("c2").no_spend, row("c2").figures.spend), (true, None));
        assert_eq!(
            (row("c9").waiting, row("c9").id, row("c9").name.as_str()),
            (true, None, "c9")
        );
        assert_eq!(row("c9").account_id, Some(account));
        let rest = rows
            .iter()
            .find(|r| r.remainder == Some(Remainder::NoCampaign))
            .unwrap();
        assert!(rest.waiting);
        let ads = world
            .roi(Grain::Ad, range("2026-02-01", "2026-02-28"))
            .await;
        let names: Vec<_> = ads.groups[0]
            .rows
            .iter()
            .filter(|r| r.waiting)
            .filter_map(|r| r.external_id.as_deref())
            .collect();
        assert_eq!(names, ["a8", "a9"]);
    })
    .await;
}

#[tokio::test]
async fn a_day_is_the_ad_accounts_day_for_what_it_is_credited_to() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "America/Argentina/Buenos_Aires").await;
        let mut tx = world.write().await;
        let tokyo = world.account(&mut tx, "1", "USD", "Asia/Tokyo").await;
        let campaign = world.campaign(&mut tx, tokyo, "c1").await;
        let touch = Some(Touch {
            campaign: Some(campaign),
            ..Touch::default()
        });
        // 16:00 UTC on the 1st is the 2nd in Tokyo and still the 1st in Buenos Aires.
        world
            .contact(&mut tx, at("2026-02-01T16:00:00Z"), "META_ADS", touch)
            .await;
        world
            .contact(&mut tx, at("2026-02-01T16:00:00Z"), "WEB", None)
            .await;
        // 02:00 UTC on the 2nd is the 1st in Buenos Aires: not credited, so the 1st it is.
        world
            .contact(&mut tx, at("2026-02-02T02:00:00.123456Z"), "WEB", None)
            .await;
        tx.commit().await.unwrap();
        let on = |d: &'static str| world.roi(Grain::Campaign, range(d, d));
        let first = on("2026-02-01").await;
        assert_eq!(first.groups[0].total.figures.leads, 2);
        assert_eq!(first.groups[0].unattributed.figures.leads, 2);
        let second = on("2026-02-02").await;
        assert_eq!(second.groups[0].total.figures.leads, 1);
        assert_eq!(second.groups[0].rows[0].figures.leads, 1);
    })
    .await;
}

#[tokio::test]
async fn currencies_are_never_mixed() {
    on_both(|test| async move {
        let world = World::new(test, Some("ARS"), "UTC").await;
        let mut tx = world.write().await;
        let account = world.account(&mut tx, "1", "USD", "UTC").await;
        let campaign = world.campaign(&mut tx, account, "c1").await;
        let set = world.ad_set(&mut tx, account, campaign, "s1").await;
        let ad = world
            .ad(&mut tx, (account, campaign, set), None, "a1")
            .await;
        world
            .ad_day(
                &mut tx,
                account,
                "USD",
                ad,
                day("2026-02-01"),
                AdDay::spent("10"),
            )
            .await;
        world.roll_up(&mut tx).await;
        let touch = Some(Touch {
            campaign: Some(campaign),
            ad_set: Some(set),
            ad: Some(ad),
            ..Touch::default()
        });
        let (contact, touch) = world
            .contact(&mut tx, at("2026-02-01T10:00:00Z"), "META_ADS", touch)
            .await;
        let ars = Sale {
            currency: "ARS",
            ..completed("90000", "2026-02-03T00:00:00Z", touch)
        };
        world.sale(&mut tx, contact, ars).await;
        world
            .sale(
                &mut tx,
                contact,
                completed("50", "2026-02-03T00:00:00Z", touch),
            )
            .await;
        // Refunded in part, refunded whole, and two that never count.
        world
            .sale(
                &mut tx,
                contact,
                Sale {
                    refunded: usd("20"),
                    ..completed("50", "2026-02-03T00:00:00Z", touch)
                },
            )
            .await;
        world
            .sale(
                &mut tx,
                contact,
                Sale {
                    refunded: usd("50"),
                    status: "refunded",
                    ..completed("50", "2026-02-03T00:00:00Z", touch)
                },
            )
            .await;
        world
            .sale(
                &mut tx,
                contact,
                Sale {
                    status: "pending",
                    ..completed("50", "2026-02-03T00:00:00Z", touch)
                },
            )
            .await;
        world
            .sale(
                &mut tx,
                contact,
                Sale {
                    status: "cancelled",
                    ..completed("50", "2026-02-03T00:00:00Z", touch)
                },
            )
            .await;
        world
            .contact(&mut tx, at("2026-02-01T10:00:00Z"), "WEB", None)
            .await;
        tx.commit().await.unwrap();
        for grain in [Grain::Account, Grain::Campaign, Grain::AdSet, Grain::Ad] {
            let report = world.roi(grain, range("2026-02-01", "2026-02-28")).await;
            assert_adds_up(&report);
            let [ars, dollars] = report.groups.as_slice() else {
                panic!("{:?}", report.groups)
            };
            assert_eq!(
                (ars.currency.code(), dollars.currency.code()),
                ("ARS", "USD")
            );
            assert_eq!(
                (ars.total.figures.revenue, ars.total.figures.spend),
                (usd("90000"), None)
            );
            assert!(ars.rows[0].other_currency && !ars.rows[0].no_spend);
            assert_eq!(
                ars.unattributed.figures.leads, 1,
                "a lead without an account is the workspace's"
            );
            assert_eq!(dollars.total.figures.spend, Some(usd("10")));
            assert_eq!(
                (dollars.total.figures.sales, dollars.total.figures.revenue),
                (Shares::whole(3), usd("80"))
            );
            assert_eq!(dollars.total.figures.leads, 1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_report_can_be_about_a_part() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let mut tx = world.write().await;
        let mut lines = Vec::new();
        for n in ["1", "2"] {
            let account = world.account(&mut tx, n, "USD", "UTC").await;
            let campaign = world.campaign(&mut tx, account, n).await;
            let set = world.ad_set(&mut tx, account, campaign, n).await;
            let ad = world.ad(&mut tx, (account, campaign, set), None, n).await;
            world
                .ad_day(
                    &mut tx,
                    account,
                    "USD",
                    ad,
                    day("2026-02-01"),
                    AdDay::spent(n),
                )
                .await;
            let touch = Some(Touch {
                campaign: Some(campaign),
                ..Touch::default()
            });
            world
                .contact(&mut tx, at("2026-02-01T10:00:00Z"), "META_ADS", touch)
                .await;
            lines.push((account, campaign, set));
        }
        world
            .contact(&mut tx, at("2026-02-01T10:00:00Z"), "WEB", None)
            .await;
        world.roll_up(&mut tx).await;
        tx.commit().await.unwrap();
        let days = range("2026-02-01", "2026-02-01");
        for grain in GRAINS {
            let only = Filter {
                accounts: vec![lines[1].0],
                parent: None,
            };
            let report = world.ask(grain, days, only).await;
            assert_adds_up(&report);
            assert_eq!(
                report.groups[0].total.figures.spend,
                Some(usd("2")),
                "{grain:?}"
            );
            assert_eq!(report.groups[0].total.figures.leads, 1);
            assert!(report.groups[0].unattributed.figures.is_empty());
        }
        for parent in [Parent::Campaign(lines[0].1), Parent::AdSet(lines[0].2)] {
            let under = Filter {
                parent: Some(parent),
                ..Filter::default()
            };
            let report = world.ask(Grain::Ad, days, under.clone()).await;
            assert_adds_up(&report);
            assert_eq!(report.groups[0].total.figures.spend, Some(usd("1")));
            let leads = i64::from(parent == Parent::Campaign(lines[0].1));
            assert_eq!(report.groups[0].total.figures.leads, leads);
            let request = RoiRequest {
                filter: under,
                ..RoiRequest::new(Grain::Campaign, days)
            };
            let error = rumbo_insight::roi(&world.scope, request).await.unwrap_err();
            assert_eq!(error.field_name(), Some("parent"));
        }
    })
    .await;
}

#[tokio::test]
async fn days_and_the_account_check_tell_what_the_report_tells() {
    on_both(|test| async move {
        let world = World::new(test, None, "UTC").await;
        let mut tx = world.write().await;
        let account = world.account(&mut tx, "1", "USD", "Asia/Tokyo").await;
        let campaign = world.campaign(&mut tx, account, "c1").await;
        let set = world.ad_set(&mut tx, account, campaign, "s1").await;
        let creative = world.creative(&mut tx, account, "cr").await;
        let ad = world
            .ad(&mut tx, (account, campaign, set), Some(creative), "a1")
            .await;
        world
            .ad_day(
                &mut tx,
                account,
                "USD",
                ad,
                day("2026-02-01"),
                AdDay::spent("10"),
            )
            .await;
        world
            .ad_day(
                &mut tx,
                account,
                "USD",
                ad,
                day("2026-02-03"),
                AdDay::spent("2.5"),
            )
            .await;
        // An import may have left a day in another currency.
        world
            .ad_day(
                &mut tx,
                account,
                "ARS",
                ad,
                day("2026-02-02"),
                AdDay::spent("7000"),
            )
            .await;
        world.roll_up(&mut tx).await;
        rumbo_db::on_tx!(&mut tx, |c| sqlx::query(
            "UPDATE ad_accounts SET amount_spent_micros = 20000000"
        )
        .execute(c)
        .await
        .map(|_| ()))
        .unwrap();
        let touch = Some(Touch {
            ad: Some(ad),
            campaign: Some(campaign),
            ..Touch::default()
        });
        let (contact, touch) = world
            .contact(&mut tx, at("2026-02-02T16:00:00Z"), "META_ADS", touch)
            .await;
        world
            .sale(
                &mut tx,
                contact,
                completed("40", "2026-02-03T16:00:00Z", touch),
            )
            .await;
        tx.commit().await.unwrap();

        let usual = Attribution::default();
        let days = range("2026-02-01", "2026-02-04");
        let (currency, by_day) =
            rumbo_insight::campaign_days(&world.scope, campaign, days, usual, None)
                .await
                .unwrap();
        assert_eq!((currency.code(), by_day.len()), ("USD", 4));
        let told: Vec<_> = by_day
            .iter()
            .map(|(_, f)| (f.spend, f.leads, f.revenue))
            .collect();
        assert_eq!(
            told,
            [
                (Some(usd("10")), 0, Micros::ZERO),
                (None, 0, Micros::ZERO),
                (Some(usd("2.5")), 1, Micros::ZERO),
                (None, 0, usd("40")),
            ]
        );
        let missing = world.scope.id();
        let error = rumbo_insight::campaign_days(&world.scope, missing, days, usual, None)
            .await
            .unwrap_err();
        assert_eq!(error.code(), rumbo_base::Code::NotFound);

        for grain in GRAINS {
            let report = world.roi(grain, days).await;
            assert_adds_up(&report);
            let [dollars, pesos] = report.groups.as_slice() else {
                panic!("{:?}", report.groups)
            };
            assert_eq!(dollars.total.figures.spend, Some(usd("12.5")), "{grain:?}");
            assert_eq!(pesos.total.figures.spend, Some(usd("7000")), "{grain:?}");
        }

        let home = rumbo_insight::home(&world.scope, rumbo_insight::HomeRequest::new(days))
            .await
            .unwrap();
        assert_eq!(home.creatives.len(), 1);
        let shown = &home.creatives[0];
        assert_eq!(
            (shown.face.id, shown.ads, shown.campaign_id),
            (creative, 1, campaign)
        );
        assert_eq!(
            (shown.sum.figures.spend, shown.sum.figures.revenue),
            (Some(usd("12.5")), usd("40"))
        );
        assert_eq!(
            home.campaigns[0].revenue,
            [Micros::ZERO, Micros::ZERO, Micros::ZERO, usd("40")]
        );
        assert!(home.alerts.is_empty(), "{:?}", home.alerts);

        let checks = rumbo_insight::account_checks(&world.scope, None)
            .await
            .unwrap();
        assert_eq!(checks[0].stored, checks[0].campaigns);
        assert_eq!(checks[0].first_day, Some(day("2026-02-01")));
        assert!(checks[0].residual.is_some());
    })
    .await;
}

#[tokio::test]
async fn home_says_what_wants_attention() {
    on_both(|test| async move {
        let clock = test.clock.clone();
        let world = World::new(test, Some("USD"), "UTC").await;
        let mut tx = world.write().await;
        let account = world.account(&mut tx, "1", "USD", "UTC").await;
        let mut campaigns = Vec::new();
        for (name, spend) in [("good", "60"), ("bad", "30"), ("tiny", "1")] {
            let campaign = world.campaign(&mut tx, account, name).await;
            let set = world.ad_set(&mut tx, account, campaign, name).await;
            let ad = world
                .ad(&mut tx, (account, campaign, set), None, name)
                .await;
            world
                .ad_day(
                    &mut tx,
                    account,
                    "USD",
                    ad,
                    day("2026-11-10"),
                    AdDay::spent(spend),
                )
                .await;
            campaigns.push(campaign);
        }
        world.roll_up(&mut tx).await;
        let touch = Some(Touch {
            campaign: Some(campaigns[0]),
            ..Touch::default()
        });
        let (contact, touch) = world
            .contact(&mut tx, at("2026-11-10T10:00:00Z"), "META_ADS", touch)
            .await;
        world
            .sale(
                &mut tx,
                contact,
                completed("100", "2026-11-11T10:00:00Z", touch),
            )
            .await;
        let waiting = Some(Touch {
            campaign_external: Some("c9"),
            ..Touch::default()
        });
        world
            .contact(&mut tx, at("2026-11-10T10:00:00Z"), "META_ADS", waiting)
            .await;
        // Somebody whom no ad brought: sold, and no merit of the spend.
        let (walked_in, _) = world
            .contact(&mut tx, at("2026-11-04T10:00:00Z"), "ORGANIC", None)
            .await;
        world
            .sale(
                &mut tx,
                walked_in,
                completed("900", "2026-11-05T10:00:00Z", None),
            )
            .await;
        tx.commit().await.unwrap();
        clock.advance(std::time::Duration::from_hours(30));

        let request = rumbo_insight::HomeRequest::new(range("2026-11-01", "2026-11-20"));
        let home = rumbo_insight::home(&world.scope, request).await.unwrap();
        let kinds: Vec<_> = home
            .alerts
            .iter()
            .map(|alert| match alert {
                Alert::AccountStale { hours, .. } => format!("stale {hours}"),
                Alert::SpendWithoutSales {
                    name,
                    spend,
                    sales_of_others,
                    ..
                } => {
                    format!("{name} {spend} {sales_of_others}")
                }
                Alert::WaitingForSync { objects, leads, .. } => {
                    format!("waiting {objects} {leads}")
                }
                Alert::AccountFailing { error_code, .. } => error_code.clone(),
                Alert::Unusual(unusual) => unusual.metric.definition().id.to_owned(),
                Alert::Tired(tired) => tired.name.clone(),
            })
            .collect();
        assert_eq!(kinds, ["stale 30", "Campaign bad 30.00 1", "waiting 1 1"]);
        let kpi = |metric| home.kpis.iter().find(|kpi| kpi.metric == metric).unwrap();
        assert_eq!(kpi(Metric::Revenue).value.as_deref(), Some("1000.00"));
        assert_eq!(kpi(Metric::Roas).value.as_deref(), Some("1.0989"));
        assert_eq!(
            text(&home.total, Metric::Roas).as_deref(),
            Some("10.9890"),
            "of everything"
        );
        assert_eq!(
            kpi(Metric::Roas).value,
            text(&home.attributed, Metric::Roas)
        );
        assert_eq!(kpi(Metric::Cpa).value.as_deref(), Some("45.50"));
        assert_eq!(
            kpi(Metric::Spend).previous,
            None,
            "no row covers the period before"
        );
        assert_eq!(kpi(Metric::Revenue).previous.as_deref(), Some("0.00"));
        assert_eq!(kpi(Metric::Revenue).delta, None);
        assert_eq!(kpi(Metric::Leads).series.len(), 20);
        assert!(home.days.iter().all(|point| point.settling));
        // The period before is of what is attributed too, from rows and from packed days.
        for packed in [false, true] {
            if packed {
                rumbo_insight::pack_days(&world.scope).await.unwrap();
            }
            let request = rumbo_insight::HomeRequest::new(range("2026-11-11", "2026-11-20"));
            let home = rumbo_insight::home(&world.scope, request).await.unwrap();
            let kpi = |metric| home.kpis.iter().find(|kpi| kpi.metric == metric).unwrap();
            assert_eq!(kpi(Metric::Revenue).previous.as_deref(), Some("900.00"));
            assert_eq!(kpi(Metric::Roas).previous.as_deref(), Some("0.0000"));
            assert_eq!(kpi(Metric::Roi).previous.as_deref(), Some("-100.00"));
        }
    })
    .await;
}
