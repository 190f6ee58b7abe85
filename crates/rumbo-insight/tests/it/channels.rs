//! Reports by channel: what every channel cost, and what came of it.

mod story;

use chrono::{DateTime, Utc};
use rumbo_base::{ChannelSpendId, Currency, DateRange, Micros};
use rumbo_crm::channel_spend::{self, NewSpend, SpendChange};
use rumbo_db::on_tx;
use rumbo_db::testing::on_both;
use rumbo_insight::{
    Attribution, Comparison, CurrencyGroup, Filter, Grain, Listed, Metric, Passport,
    PassportRequest, Refunds, RoiReport, RoiRequest, RowOf, Shares, pack_days, passport, roi,
};
use rumbo_platform::exchange_rates;

use crate::exchange::{currency, with_rates};
use crate::world::{AdDay, Sale, Touch, World, assert_adds_up, at, day, range, usd};

/// Enters what was spent on one day.
async fn spend(
    world: &World,
    platform: &str,
    campaign: &str,
    on: &str,
    (amount, code): (&str, &str),
) -> ChannelSpendId {
    let mut tx = world.write().await;
    let new = NewSpend {
        days: range(on, on),
        platform: platform.to_owned(),
        campaign: Some(campaign.to_owned()),
        note: None,
        amount: usd(amount),
        currency: currency(code),
    };
    let rows = channel_spend::add(&mut tx, &world.scope, new)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    rows[0].id
}

fn by_channel(days: DateRange) -> RoiRequest {
    RoiRequest {
        without_spend: true,
        new_customers: true,
        ..RoiRequest::new(Grain::Channel, days)
    }
}

/// What is told alike from rows and from packed days.
async fn told(world: &World, request: RoiRequest) -> RoiReport {
    let report = told_alike(world, request).await;
    assert_adds_up(&report);
    report
}

async fn told_alike(world: &World, request: RoiRequest) -> RoiReport {
    let of_rows = roi(&world.scope, request.clone()).await.unwrap();
    pack_days(&world.scope).await.unwrap();
    let report = roi(&world.scope, request).await.unwrap();
    assert_eq!(
        format!("{:#?}", report.groups),
        format!("{:#?}", of_rows.groups)
    );
    report
}

/// A metric of the row of a channel; nothing where there is no row.
fn of(group: &CurrencyGroup, channel: &str, metric: Metric) -> Option<String> {
    let row = group.rows.iter().find(|row| row.name == channel)?;
    metric.text(&row.figures, group.currency)
}

fn sale(gross: &str, when: &str, touchpoint: Option<rumbo_base::TouchpointId>) -> Sale<'static> {
    Sale {
        gross: usd(gross),
        refunded: Micros::ZERO,
        currency: "USD",
        status: "completed",
        completed: at(when),
        touchpoint,
    }
}

async fn explained(
    world: &World,
    report: RoiRequest,
    row: RowOf,
    metric: Metric,
    of: Currency,
) -> Passport {
    let request = PassportRequest {
        report,
        currency: of,
        row,
        metric,
        limit: 10_000,
        listed: Listed::First,
    };
    passport(&world.scope, request).await.unwrap()
}

/// Meta spent 30 and brought one lead, who bought for 100; Google spent 20 + 5 and brought two, of
/// whom one says so only by her lead source; the agency took 45. Somebody walked in, somebody else came
/// in by a file.
async fn shop(world: &World) {
    let mut tx = world.write().await;
    let account = world.account(&mut tx, "1", "USD", "UTC").await;
    let campaign = world.campaign(&mut tx, account, "c1").await;
    let set = world.ad_set(&mut tx, account, campaign, "s1").await;
    let ad = world
        .ad(&mut tx, (account, campaign, set), None, "a1")
        .await;
    let spent = AdDay::spent("30");
    world
        .ad_day(&mut tx, account, "USD", ad, day("2026-02-01"), spent)
        .await;
    world.roll_up(&mut tx).await;
    let seen = at("2026-02-03T10:00:00Z");
    let on_meta = Touch {
        campaign: Some(campaign),
        ad: Some(ad),
        // What an ad object says of its platform counts before what the touch calls itself.
        source: Some("GOOGLE_ADS"),
        ..Touch::default()
    };
    let (ana, of_ana) = world
        .contact(&mut tx, seen, "META_ADS", Some(on_meta))
        .await;
    world
        .sale(&mut tx, ana, sale("100", "2026-02-04T10:00:00Z", of_ana))
        .await;
    let on_google = Touch {
        source: Some("GOOGLE_ADS"),
        // Not Meta's, and not synced: the touch says whose it is.
        campaign_external: Some("g-77"),
        ..Touch::default()
    };
    let (bea, of_bea) = world
        .contact(&mut tx, seen, "UNKNOWN", Some(on_google))
        .await;
    world
        .sale(&mut tx, bea, sale("60", "2026-02-05T10:00:00Z", of_bea))
        .await;
    let (carla, _) = world.contact(&mut tx, seen, "GOOGLE_ADS", None).await;
    world
        .sale(&mut tx, carla, sale("40", "2026-02-06T10:00:00Z", None))
        .await;
    world.contact(&mut tx, seen, "ORGANIC", None).await;
    let (eva, _) = world.contact(&mut tx, seen, "IMPORT", None).await;
    world
        .sale(&mut tx, eva, sale("7", "2026-02-07T10:00:00Z", None))
        .await;
    world.credit(&mut tx).await;
    tx.commit().await.unwrap();
    spend(world, "Google Ads", "Brand", "2026-02-01", ("20", "USD")).await;
    spend(world, "google", "Generic", "2026-02-28", ("5", "USD")).await;
    spend(world, "google", "Generic", "2026-03-01", ("1000", "USD")).await;
    spend(world, "agency", "", "2026-02-10", ("45", "USD")).await;
}

#[tokio::test]
async fn every_channel_has_its_cost_and_what_came_of_it() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        shop(&world).await;
        let days = range("2026-02-01", "2026-02-28");
        let report = told(&world, by_channel(days)).await;
        assert_eq!(report.groups.len(), 1);
        let group = &report.groups[0];
        let names: Vec<&str> = group.rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["agency", "meta", "google_ads", "organic"]);
        let keys: Vec<&str> = group.rows.iter().map(|row| row.key.as_str()).collect();
        assert_eq!(keys[2], "channel:google_ads");
        for (channel, spend, leads, revenue, cpl, cac, roas) in [
            (
                "meta",
                Some("30.00"),
                "1",
                "100.00",
                Some("30.00"),
                Some("30.00"),
                Some("3.3333"),
            ),
            (
                "google_ads",
                Some("25.00"),
                "2",
                "100.00",
                Some("12.50"),
                Some("12.50"),
                Some("4.0000"),
            ),
            (
                "agency",
                Some("45.00"),
                "0",
                "0.00",
                None,
                None,
                Some("0.0000"),
            ),
            ("organic", None, "1", "0.00", None, None, None),
        ] {
            let text = |metric| of(group, channel, metric);
            assert_eq!(text(Metric::Spend).as_deref(), spend, "{channel}");
            assert_eq!(text(Metric::Leads).as_deref(), Some(leads), "{channel}");
            assert_eq!(text(Metric::Revenue).as_deref(), Some(revenue), "{channel}");
            assert_eq!(text(Metric::Cpl).as_deref(), cpl, "{channel}");
            assert_eq!(text(Metric::Cac).as_deref(), cac, "{channel}");
            assert_eq!(text(Metric::Roas).as_deref(), roas, "{channel}");
        }
        assert_eq!(
            (
                group.unattributed.figures.leads,
                group.unattributed.figures.revenue
            ),
            (1, usd("7"))
        );
        // All that was spent over all who bought for the first time.
        let total = &group.total.figures;
        assert_eq!(total.spend, Some(usd("100")));
        assert_eq!(total.new_customers, Some(Shares::whole(4)));
        assert_eq!(
            Metric::Cac.text(total, Currency::USD).as_deref(),
            Some("25.00")
        );
        // What is Meta's alone stays so.
        let meta = told(
            &world,
            RoiRequest {
                grain: Grain::Campaign,
                ..by_channel(days)
            },
        )
        .await;
        assert_eq!(meta.groups[0].total.figures.spend, Some(usd("30")));
        // A part of the workspace has no part of what was spent elsewhere.
        let account = meta.groups[0].rows[0].account_id.unwrap();
        let filter = Filter {
            accounts: vec![account],
            parent: None,
        };
        let part = told(
            &world,
            RoiRequest {
                filter,
                ..by_channel(days)
            },
        )
        .await;
        assert_eq!(part.groups[0].rows.len(), 1);
        assert_eq!(part.groups[0].total.figures.spend, Some(usd("30")));
        // Beside the days before, in which nothing is known of any spend.
        let compared = RoiRequest {
            comparison: Comparison::Previous,
            ..by_channel(range("2026-03-01", "2026-03-28"))
        };
        let march = told(&world, compared).await;
        let google = &march.groups[0].rows[0];
        assert_eq!(google.name, "google_ads");
        assert_eq!(
            google.previous.as_ref().unwrap().figures.spend,
            Some(usd("25"))
        );
        assert_eq!(
            march.groups[0]
                .previous
                .as_ref()
                .unwrap()
                .total
                .figures
                .spend,
            Some(usd("100"))
        );
    })
    .await;
}

/// What is packed follows another lead source of a contact, and a sale that becomes somebody else's.
#[tokio::test]
async fn who_came_by_themselves_moves_with_their_lead_source() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        shop(&world).await;
        // February is a whole month here: from memory where there are packed days.
        let days = range("2026-01-31", "2026-03-01");
        let ask = || async {
            let request = RoiRequest {
                new_customers: true,
                ..RoiRequest::new(Grain::Channel, days)
            };
            let report = told_alike(&world, request).await;
            let by_day = told(&world, by_channel(days)).await;
            let figures = |report: &RoiReport| {
                let rows = report.groups[0].rows.iter();
                let mut rows: Vec<_> = rows.map(|row| (row.key.clone(), row.figures)).collect();
                rows.sort_by(|a, b| a.0.cmp(&b.0));
                rows
            };
            assert_eq!(figures(&report), figures(&by_day));
            report
        };
        let revenue = |report: &RoiReport, channel: &str| {
            of(&report.groups[0], channel, Metric::Revenue)
        };
        let before = ask().await;
        assert_eq!(revenue(&before, "google_ads").as_deref(), Some("100.00"));
        assert_eq!(revenue(&before, "tiktok_ads"), None);
        for (text, google, tiktok) in [
            (
                "UPDATE contacts SET lead_source = 'TIKTOK_ADS', updated_at = $2 WHERE workspace_id = $1 \
                 AND lead_source = 'GOOGLE_ADS'",
                "60.00",
                Some("40.00"),
            ),
            (
                "UPDATE sales SET contact_id = (SELECT c.id FROM contacts c WHERE c.workspace_id = $1 \
                 AND c.lead_source = 'IMPORT'), updated_at = $2 WHERE workspace_id = $1 AND touches = '' \
                 AND contact_id = (SELECT c.id FROM contacts c WHERE c.workspace_id = $1 \
                 AND c.lead_source = 'TIKTOK_ADS')",
                "60.00",
                Some("0.00"),
            ),
            (
                "UPDATE contacts SET lead_source = 'GOOGLE_ADS', updated_at = $2 WHERE workspace_id = $1 \
                 AND lead_source = 'IMPORT'",
                "107.00",
                Some("0.00"),
            ),
        ] {
            let mut tx = world.write().await;
            on_tx!(&mut tx, |c| sqlx::query(text)
                .bind(world.scope.workspace)
                .bind(world.scope.now())
                .execute(c)
                .await
                .map(|_| ()))
            .unwrap();
            tx.commit().await.unwrap();
            let after = ask().await;
            assert_eq!(revenue(&after, "google_ads").as_deref(), Some(google), "{text}");
            assert_eq!(revenue(&after, "tiktok_ads").as_deref(), tiktok, "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_number_of_a_channel_lists_what_was_spent() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        shop(&world).await;
        let days = range("2026-02-01", "2026-02-28");
        let row = |channel: &str| RowOf::Key(format!("channel:{channel}"));
        let asked = |row, metric| explained(&world, by_channel(days), row, metric, Currency::USD);
        let google = asked(row("google_ads"), Metric::Cac).await;
        assert_eq!(
            (
                google.spend_count,
                google.ad_days_count,
                google.outcomes_count
            ),
            (2, 0, 2)
        );
        let listed: Vec<_> = google
            .spend
            .iter()
            .map(|entry| {
                (
                    entry.day,
                    entry.campaign.as_str(),
                    entry.figures.spend.unwrap(),
                )
            })
            .collect();
        assert_eq!(
            listed,
            [
                (day("2026-02-01"), "Brand", usd("20")),
                (day("2026-02-28"), "Generic", usd("5"))
            ]
        );
        assert_eq!(
            Metric::Cac.text(&google.figures, Currency::USD).as_deref(),
            Some("12.50")
        );
        let meta = asked(row("meta"), Metric::Spend).await;
        assert_eq!((meta.spend_count, meta.ad_days_count), (0, 1));
        let all = asked(RowOf::Total, Metric::Spend).await;
        assert_eq!((all.spend_count, all.ad_days_count), (3, 1));
        assert_eq!(all.figures.spend, Some(usd("100")));
        // A report on campaigns holds nothing of it.
        let by_campaign = RoiRequest {
            grain: Grain::Campaign,
            ..by_channel(days)
        };
        let total = explained(
            &world,
            by_campaign,
            RowOf::Total,
            Metric::Spend,
            Currency::USD,
        )
        .await;
        assert_eq!(
            (total.spend_count, total.figures.spend),
            (0, Some(usd("30")))
        );
        // From some place on.
        let request = PassportRequest {
            report: by_channel(days),
            currency: Currency::USD,
            row: RowOf::Total,
            metric: Metric::Spend,
            limit: 1,
            listed: Listed::SpendFrom(1),
        };
        let page = passport(&world.scope, request).await.unwrap();
        assert_eq!(
            (page.spend.len(), page.spend_count, page.ad_days.len()),
            (1, 3, 0)
        );
        assert_eq!(page.spend[0].channel.code(), "agency");
    })
    .await;
}

#[tokio::test]
async fn what_was_spent_is_told_as_it_was_known() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let scope = &world.scope;
        let wait = || scope.clock.advance(std::time::Duration::from_mins(1));
        let days = range("2026-02-01", "2026-02-28");
        let mut tx = world.write().await;
        let seen = at("2026-02-03T10:00:00Z");
        let (ana, _) = world.contact(&mut tx, seen, "GOOGLE_ADS", None).await;
        let (bea, _) = world.contact(&mut tx, seen, "RADIO", None).await;
        let stage = world.stage(&mut tx).await;
        world
            .opportunity(&mut tx, stage, bea, at("2026-02-04T10:00:00Z"), None)
            .await;
        let sold = world
            .sale(&mut tx, bea, sale("90", "2026-02-05T10:00:00Z", None))
            .await;
        world
            .refund(&mut tx, sold, usd("10"), at("2026-02-06T10:00:00Z"))
            .await;
        world.credit(&mut tx).await;
        tx.commit().await.unwrap();
        let google = spend(&world, "google", "Brand", "2026-02-01", ("20", "USD")).await;
        let radio = spend(&world, "radio", "", "2026-02-02", ("8", "USD")).await;
        let entered = scope.now();
        wait();
        let mut tx = world.write().await;
        let less = SpendChange {
            amount: Some(usd("15")),
            ..SpendChange::default()
        };
        channel_spend::change(&mut tx, scope, google, less)
            .await
            .unwrap();
        let moved = SpendChange {
            day: Some(day("2026-03-01")),
            ..SpendChange::default()
        };
        channel_spend::change(&mut tx, scope, radio, moved)
            .await
            .unwrap();
        // She is the other one, who came by Google.
        rumbo_crm::merges::merge(&mut tx, scope, ana, bea)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let corrected = scope.now();
        wait();
        let mut tx = world.write().await;
        channel_spend::remove(&mut tx, scope, google).await.unwrap();
        tx.commit().await.unwrap();
        let at_moment = |moment: Option<DateTime<Utc>>| RoiRequest {
            as_of: moment,
            attribution: Attribution {
                refunds: Refunds::Cash,
                ..Attribution::default()
            },
            ..by_channel(days)
        };
        let before = told(&world, at_moment(Some(entered))).await;
        let then = told(&world, at_moment(Some(corrected))).await;
        let now = told(&world, at_moment(None)).await;
        let text = |report: &RoiReport, channel, metric| of(&report.groups[0], channel, metric);
        for (report, google_spend, radio_spend, leads, google, radio) in [
            (
                &before,
                Some("20.00"),
                Some("8.00"),
                (Some("1"), Some("1")),
                ("0.00", "0"),
                Some(("80.00", "1")),
            ),
            (
                &then,
                Some("15.00"),
                None,
                (Some("1"), None),
                ("80.00", "1"),
                None,
            ),
            (&now, None, None, (Some("1"), None), ("80.00", "1"), None),
        ] {
            assert_eq!(
                text(report, "google_ads", Metric::Spend).as_deref(),
                google_spend
            );
            assert_eq!(text(report, "radio", Metric::Spend).as_deref(), radio_spend);
            assert_eq!(
                text(report, "google_ads", Metric::Leads).as_deref(),
                leads.0
            );
            assert_eq!(text(report, "radio", Metric::Leads).as_deref(), leads.1);
            assert_eq!(
                text(report, "google_ads", Metric::Revenue).as_deref(),
                Some(google.0)
            );
            assert_eq!(
                text(report, "google_ads", Metric::Opportunities).as_deref(),
                Some(google.1)
            );
            assert_eq!(
                text(report, "radio", Metric::Revenue).as_deref(),
                radio.map(|of| of.0)
            );
            assert_eq!(
                text(report, "radio", Metric::Opportunities).as_deref(),
                radio.map(|of| of.1)
            );
        }
    })
    .await;
}

#[tokio::test]
async fn what_has_no_rate_stays_in_its_own_currency() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        with_rates(&world).await;
        spend(&world, "google", "Brand", "2026-03-13", ("100", "BRL")).await;
        spend(&world, "google", "Brand", "2026-03-14", ("50", "BRL")).await;
        spend(&world, "sms", "", "2026-03-13", ("10", "USD")).await;
        spend(&world, "radio", "", "2026-03-13", ("70", "PEN")).await;
        let days = range("2026-03-10", "2026-03-20");
        let request = RoiRequest {
            convert_to: Some(Currency::USD),
            ..by_channel(days)
        };
        let report = told(&world, request.clone()).await;
        let (dollars, soles) = (&report.groups[0], &report.groups[1]);
        // 100 / 6.0172 × 1.1476 and the same of 50: the Saturday takes Friday's rate.
        let google = dollars
            .rows
            .iter()
            .find(|row| row.name == "google_ads")
            .unwrap();
        assert_eq!(google.figures.spend, Some(Micros(19_071_994 + 9_535_997)));
        assert_eq!(google.converted[0].money.spend, Some(usd("150")));
        assert_eq!(
            (
                soles.currency.code(),
                of(soles, "radio", Metric::Spend).as_deref()
            ),
            ("PEN", Some("70.00"))
        );
        assert_eq!(report.exchanged.unwrap().missing[0].currency.code(), "PEN");
        let number = explained(
            &world,
            request.clone(),
            RowOf::Total,
            Metric::Spend,
            Currency::USD,
        )
        .await;
        assert_eq!(number.figures.spend, dollars.total.figures.spend);
        assert_eq!(
            (number.spend_count, number.without_rate.spend_count),
            (3, 1)
        );
        let mut parts: Vec<_> = number
            .spend
            .iter()
            .filter_map(|entry| entry.original.as_ref())
            .collect();
        parts.sort_by_key(|original| original.day);
        assert_eq!(parts[1].figures.spend, Some(usd("50")));
        let rate = parts[1].conversion.as_ref().unwrap();
        assert_eq!(rate.rate_day, day("2026-03-13"));
        let radio = RowOf::Key("channel:radio".to_owned());
        let none = explained(&world, request.clone(), radio, Metric::Spend, Currency::USD).await;
        assert!(none.blank);
        // With a rate it is in the number.
        let soles = (currency("PEN"), Currency::USD);
        let rate = "0.25".parse().unwrap();
        exchange_rates::set(
            &world.scope,
            soles.0,
            soles.1,
            range("2026-03-13", "2026-03-13"),
            rate,
        )
        .await
        .unwrap();
        let report = told(&world, request).await;
        assert_eq!(report.groups.len(), 1);
        assert_eq!(
            of(&report.groups[0], "radio", Metric::Spend).as_deref(),
            Some("17.50")
        );
    })
    .await;
}

#[tokio::test]
async fn an_account_of_another_platform_has_a_channel_of_its_own() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let mut tx = world.write().await;
        let account = world.account(&mut tx, "1", "USD", "UTC").await;
        on_tx!(&mut tx, |c| sqlx::query(
            "UPDATE ad_accounts SET platform = 'google_ads' WHERE workspace_id = $1"
        )
        .bind(world.scope.workspace)
        .execute(c)
        .await
        .map(|_| ()))
        .unwrap();
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
                AdDay::spent("30"),
            )
            .await;
        world.roll_up(&mut tx).await;
        let touch = Touch {
            ad: Some(ad),
            campaign: Some(campaign),
            ..Touch::default()
        };
        world
            .contact(&mut tx, at("2026-02-03T10:00:00Z"), "META_ADS", Some(touch))
            .await;
        tx.commit().await.unwrap();
        spend(&world, "google", "By hand", "2026-02-02", ("2", "USD")).await;
        let report = told(&world, by_channel(range("2026-02-01", "2026-02-28"))).await;
        let group = &report.groups[0];
        assert_eq!(group.rows.len(), 1);
        assert_eq!(
            of(group, "google_ads", Metric::Spend).as_deref(),
            Some("32.00")
        );
        assert_eq!(of(group, "google_ads", Metric::Leads).as_deref(), Some("1"));
    })
    .await;
}
