//! Where the month will end, on courses that are known.

use chrono::{Days, Duration, NaiveDate};
use rumbo_base::AdCampaignId;
use rumbo_db::testing::on_both;
use rumbo_db::{Tx, on_tx};
use rumbo_insight::{
    BudgetGap, BudgetSource, EndingGap, PaceGrain, PaceRow, Pacing, PacingRequest, Verdict, pacing,
};

use crate::world::{AdDay, World, day, usd};

async fn set_budget(tx: &mut Tx, table: &str, id: uuid::Uuid, assignments: &str) {
    let text = format!("UPDATE {table} SET {assignments} WHERE id = $1");
    on_tx!(tx, |c| sqlx::query(sqlx::AssertSqlSafe(text.as_str()))
        .bind(id)
        .execute(c)
        .await
        .map(|_| ()))
    .unwrap();
}

async fn asked(world: &World, grain: PaceGrain) -> Pacing {
    let request = PacingRequest {
        grain,
        accounts: Vec::new(),
    };
    pacing(&world.scope, request).await.unwrap()
}

fn row<'a>(pacing: &'a Pacing, name: &str) -> &'a PaceRow {
    let rows = pacing.groups.iter().flat_map(|group| &group.rows);
    rows.into_iter().find(|row| row.name == name).unwrap()
}

/// Every day from one to another, with 10 a day, 20 on Saturdays and Sundays.
fn weekends(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = (NaiveDate, &'static str)> {
    use chrono::Datelike;
    from.iter_days()
        .take_while(move |day| *day <= to)
        .map(|day| match day.weekday().num_days_from_monday() {
            5 | 6 => (day, "20"),
            _ => (day, "10"),
        })
}

struct Made {
    steady: AdCampaignId,
    sets: AdCampaignId,
}

/// Today is 20 November 2026, a Friday, and the 19th is the last whole day. November has 30 days,
/// nine of them weekend days: a month of the steady campaign is 390.
async fn made(world: &World) -> Made {
    let mut writing = world.write().await;
    let tx = &mut writing;
    let account = world.account(tx, "1", "USD", "UTC").await;
    let until = day("2026-11-19");
    let mut lines = Vec::new();
    for name in ["steady", "sets", "young", "paused", "life"] {
        let campaign = world.campaign(tx, account, name).await;
        let set = world.ad_set(tx, account, campaign, name).await;
        let ad = world.ad(tx, (account, campaign, set), None, name).await;
        let from = match name {
            "young" => until - Days::new(6),
            _ => day("2026-05-01"),
        };
        for (day, spend) in weekends(from, until) {
            world
                .ad_day(tx, account, "USD", ad, day, AdDay::spent(spend))
                .await;
        }
        // The day of the sync is not over: what it has so far counts for nothing here.
        world
            .ad_day(
                tx,
                account,
                "USD",
                ad,
                day("2026-11-20"),
                AdDay::spent("900"),
            )
            .await;
        lines.push((campaign, set));
    }
    world.roll_up(tx).await;
    let [steady, sets, young, paused, life] = lines[..] else {
        unreachable!()
    };
    set_budget(
        tx,
        "ad_campaigns",
        steady.0.0,
        "daily_budget_micros = 13000000",
    )
    .await;
    set_budget(tx, "ad_sets", sets.1.0, "daily_budget_micros = 26000000").await;
    set_budget(
        tx,
        "ad_campaigns",
        young.0.0,
        "daily_budget_micros = 10000000",
    )
    .await;
    let off = "daily_budget_micros = 10000000, effective_status = 'PAUSED'";
    set_budget(tx, "ad_campaigns", paused.0.0, off).await;
    // 184 + 53 weekend days were 2,370 by the end of October; it has 630 for November and December.
    let life_budget = "lifetime_budget_micros = 3000000000, start_at = '2026-05-01T00:00:00+00:00', \
        stop_at = '2026-12-31T12:00:00+00:00'";
    set_budget(tx, "ad_campaigns", life.0.0, life_budget).await;
    writing.commit().await.unwrap();
    Made {
        steady: steady.0,
        sets: sets.0,
    }
}

#[tokio::test]
async fn a_month_ends_where_its_weekdays_lead() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let made = made(&world).await;
        let pacing = asked(&world, PaceGrain::Campaign).await;
        assert_eq!(pacing.groups.len(), 1);

        // 19 days, five of them weekend days, are 240; 390 are expected and 390 may be spent.
        let steady = &row(&pacing, "Campaign steady").pace;
        assert_eq!(steady.known_until, Some(day("2026-11-19")));
        assert_eq!((steady.spent, steady.days_left), (usd("240"), 11));
        let budget = steady.budget.unwrap();
        assert_eq!(
            (budget.source, budget.month),
            (BudgetSource::Daily, usd("390"))
        );
        assert_eq!(steady.needed_per_day, Some(usd("13.64")));
        let end = steady.end.unwrap();
        assert!((end.expected - usd("390")).0.abs() < usd("6").0, "{end:?}");
        assert!(
            end.low <= end.expected && end.expected <= end.high,
            "{end:?}"
        );
        assert_eq!(steady.verdict, Some(Verdict::OnTrack));
        // By its own weekdays 240 of 390 is where it should be; by counting days it would be 247.
        let pace: f64 = steady.pace_percent.as_deref().unwrap().parse().unwrap();
        assert!((98.5..=101.5).contains(&pace), "{pace}");

        // Its ad sets have the budget, twice of what it spends.
        let sets = &row(&pacing, "Campaign sets").pace;
        let budget = sets.budget.unwrap();
        assert_eq!(
            (budget.source, budget.month),
            (BudgetSource::Sum, usd("780"))
        );
        assert_eq!(sets.verdict, Some(Verdict::Under));
        assert_eq!(sets.needed_per_day, Some(usd("49.09")));

        // Seven days say nothing of the next eleven; the budget is known all the same.
        let young = &row(&pacing, "Campaign young").pace;
        assert_eq!(young.end, Err(EndingGap::TooYoung(7)));
        assert_eq!((young.verdict, young.days_left), (None, 11));
        assert!(young.needed_per_day.is_some());

        // What is paused spends nothing more, whatever its budget.
        let paused = &row(&pacing, "Campaign paused").pace;
        assert_eq!(paused.budget, Err(BudgetGap::NotRunning));
        assert_eq!(
            (paused.days_left, paused.end.unwrap().high),
            (0, usd("240"))
        );

        // 630 for 61 days: 309.84 for November.
        let life = &row(&pacing, "Campaign life").pace;
        let budget = life.budget.unwrap();
        assert_eq!(
            (budget.source, budget.set),
            (BudgetSource::Lifetime, Some(usd("3000")))
        );
        assert_eq!(budget.month, usd("309.84"));
        assert_eq!(life.verdict, Some(Verdict::Over));

        // The months before were like this one.
        assert_eq!((pacing.past.tried, pacing.past.inside), (12, 12));

        // The total adds up, and says that not everything has a budget that counts.
        let total = &pacing.groups[0].total;
        let spent: i64 = pacing.groups[0]
            .rows
            .iter()
            .map(|row| row.pace.spent.0)
            .sum();
        assert_eq!(total.spent.0, spent);

        let accounts = asked(&world, PaceGrain::Account).await;
        assert_eq!(accounts.groups[0].rows.len(), 1);
        assert_eq!(accounts.groups[0].rows[0].pace, *total);
        assert_eq!(
            accounts.groups[0].rows[0].pace.end,
            accounts.groups[0].total.end
        );

        let below = asked(&world, PaceGrain::AdSet(made.sets)).await;
        let set = &row(&below, "sets").pace;
        assert_eq!(
            (set.spent, set.budget.unwrap().source),
            (usd("240"), BudgetSource::Daily)
        );
        let below = asked(&world, PaceGrain::AdSet(made.steady)).await;
        assert_eq!(
            row(&below, "steady").pace.budget,
            Err(BudgetGap::OfCampaign)
        );
    })
    .await;
}

#[tokio::test]
async fn the_rows_add_up_to_the_total_also_where_they_are_going() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        made(&world).await;
        let mut tx = world.write().await;
        for (id, _) in ends(&asked(&world, PaceGrain::Campaign).await) {
            if id.1 == "Campaign young" {
                set_budget(&mut tx, "ad_campaigns", id.0, "effective_status = 'PAUSED'").await;
            }
        }
        tx.commit().await.unwrap();
        let pacing = asked(&world, PaceGrain::Campaign).await;
        let sum: i64 = ends(&pacing).iter().map(|(_, expected)| expected).sum();
        let end = pacing.groups[0].total.end.unwrap();
        assert_eq!(end.expected.0, sum);
        assert!(end.low < end.expected && end.expected < end.high, "{end:?}");
    })
    .await;
}

fn ends(pacing: &Pacing) -> Vec<((uuid::Uuid, String), i64)> {
    let rows = pacing.groups[0].rows.iter();
    rows.map(|row| {
        let expected = row.pace.end.map_or(0, |end| end.expected.0);
        ((row.id, row.name.clone()), expected)
    })
    .collect()
}

#[tokio::test]
async fn an_old_sync_tells_nothing_of_the_end() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        made(&world).await;
        world
            .scope
            .clock
            .advance(Duration::days(20).to_std().unwrap());
        let pacing = asked(&world, PaceGrain::Campaign).await;
        let steady = &row(&pacing, "Campaign steady").pace;
        assert_eq!(steady.end, Err(EndingGap::NotSynced));
        assert_eq!((steady.spent, steady.verdict), (usd("0"), None));
        assert_eq!(pacing.past.tried, 0);
        // What neither runs nor spent anything is not there.
        assert!(
            pacing.groups[0]
                .rows
                .iter()
                .all(|row| row.name != "Campaign paused")
        );
    })
    .await;
}
