//! What moving a budget changes, between campaigns whose response is known.

use chrono::{Days, NaiveDate};
use rumbo_base::{AdCampaignId, Code, Micros};
use rumbo_db::testing::on_both;
use rumbo_db::{Tx, on_tx};
use rumbo_insight::{
    Attribution, Beyond, BudgetAsk, BudgetMove, BudgetMoveRequest, MoveOutcome, NoChange,
    Unanswered, budget_move,
};

use crate::world::{AdDay, Sale, Touch, World, at, day, usd};

const DAYS: usize = 112;

/// A budget that is another one every week: 20 to 60.
fn budget(at: usize) -> i64 {
    20 + i64::try_from(at / 7 * 3 % 5).unwrap() * 10
}

struct Made {
    /// Twice the spend brings twice the leads.
    steep: AdCampaignId,
    /// Whatever the spend, about six leads a day.
    flat: AdCampaignId,
    same_every_day: AdCampaignId,
    euros: AdCampaignId,
    young: AdCampaignId,
}

/// Today is 20 November 2026; the 19th is the last whole day, the 16th the last that is settled.
async fn made(world: &World) -> Made {
    let mut writing = world.write().await;
    let tx = &mut writing;
    let dollars = world.account(tx, "1", "USD", "UTC").await;
    let euros = world.account(tx, "2", "EUR", "UTC").await;
    let first = day("2026-11-19") - Days::new(u64::try_from(DAYS - 1).unwrap());
    let mut made = Vec::new();
    for name in ["steep", "flat", "same", "euros", "young"] {
        let (account, currency) = match name {
            "euros" => (euros, "EUR"),
            _ => (dollars, "USD"),
        };
        let campaign = world.campaign(tx, account, name).await;
        let set = world.ad_set(tx, account, campaign, name).await;
        let ad = world.ad(tx, (account, campaign, set), None, name).await;
        made.push(campaign);
        for (at, day) in first.iter_days().take(DAYS).enumerate() {
            if name == "young" && at < DAYS - 30 {
                continue;
            }
            let spend = if name == "same" { 30 } else { budget(at) };
            let leads = match name {
                "steep" => spend / 6 + i64::try_from(at % 3).unwrap() - 1,
                "flat" => 5 + i64::try_from(at % 3).unwrap(),
                _ => 2,
            };
            let spent = AdDay::spent(&spend.to_string());
            world.ad_day(tx, account, currency, ad, day, spent).await;
            for _ in 0..leads {
                lead(world, tx, campaign, day).await;
            }
        }
    }
    world.roll_up(tx).await;
    writing.commit().await.unwrap();
    let [steep, flat, same_every_day, euros, young] = made[..] else {
        unreachable!()
    };
    Made {
        steep,
        flat,
        same_every_day,
        euros,
        young,
    }
}

async fn lead(world: &World, tx: &mut Tx, campaign: AdCampaignId, day: NaiveDate) {
    let noon = day.and_hms_opt(12, 0, 0).unwrap().and_utc();
    let touch = Touch {
        campaign: Some(campaign),
        ..Touch::default()
    };
    world.contact(tx, noon, "META_ADS", Some(touch)).await;
}

async fn asked(world: &World, ask: BudgetAsk, outcome: MoveOutcome) -> BudgetMove {
    let request = BudgetMoveRequest {
        ask,
        outcome,
        days: 14,
        attribution: Attribution::default(),
    };
    budget_move(&world.scope, request).await.unwrap()
}

fn moving(from: AdCampaignId, to: AdCampaignId, amount: Option<&str>) -> BudgetAsk {
    BudgetAsk::Move {
        from,
        to,
        amount: amount.map(usd),
    }
}

fn number(text: &str) -> f64 {
    text.parse().unwrap()
}

#[tokio::test]
async fn money_goes_where_it_brings_more_and_nothing_is_said_of_what_nobody_saw() {
    on_both(|test| async move {
        let world = World::new(test, Some("USD"), "UTC").await;
        let Made {
            steep,
            flat,
            same_every_day,
            euros,
            young,
        } = made(&world).await;
        let leads = MoveOutcome::Leads;

        // Without an amount only how they answer is told.
        let open = asked(&world, moving(flat, steep, None), leads).await;
        assert!(open.change.is_none());
        let campaign = &open.campaigns[1];
        assert_eq!(campaign.settled_until, Some(day("2026-11-16")));
        let answer = campaign.answer.as_ref().unwrap();
        assert!(number(&answer.elasticity) > 0.7, "{answer:?}");
        assert!(answer.past.tried >= 4 && answer.past.held <= answer.past.tried);
        assert_eq!(campaign.seen.len(), DAYS - 3);
        assert_eq!(campaign.currency.to_string(), "USD");
        let flat_answer = open.campaigns[0].answer.as_ref().unwrap();
        assert!(number(&flat_answer.elasticity) < 0.4, "{flat_answer:?}");

        // From the one that hardly answers to the one that does.
        let (now, seen) = (campaign.now, answer.observed);
        let amount = "5";
        let there = asked(&world, moving(flat, steep, Some(amount)), leads).await;
        assert_eq!(
            there.campaigns[0].new,
            Some(open.campaigns[0].now - usd(amount))
        );
        assert_eq!(there.campaigns[1].new, Some(now + usd(amount)));
        let change = there.change.unwrap().unwrap();
        assert!(number(&change.change.expected) > 3.0, "{change:?}");
        assert!(number(&change.change.low) > 0.0, "{change:?}");
        assert!(number(&change.better_percent) > 90.0, "{change:?}");
        let back = asked(&world, moving(steep, flat, Some(amount)), leads).await;
        let back = back.change.unwrap().unwrap();
        assert!(number(&back.change.high) < 0.0, "{back:?}");
        let none = asked(&world, moving(flat, steep, Some("0")), leads).await;
        let none = none.change.unwrap().unwrap().change;
        assert_eq!([none.low, none.expected, none.high], ["0.0", "0.0", "0.0"]);

        // One coin beyond what nine days of ten spent nothing is said, at it something is.
        let spending = |daily: Micros| BudgetAsk::Spend {
            campaign: steep,
            daily: Some(daily),
        };
        let most = asked(&world, spending(seen.1), leads).await;
        let change = most.change.unwrap().unwrap();
        assert!(number(&change.change.expected) >= 0.0, "{change:?}");
        for (daily, side) in [
            (seen.1 + usd("0.01"), Beyond::More),
            (seen.0 - usd("0.01"), Beyond::Less),
        ] {
            let beyond = asked(&world, spending(daily), leads).await;
            assert_eq!(beyond.change, Some(Err(NoChange::Beyond)));
            let answer = beyond.campaigns[0].answer.as_ref().unwrap();
            assert_eq!(answer.becomes, Some(Err(side)));
            assert!(answer.stays.is_ok());
        }

        // What cannot be said is not said, and why.
        let flat_spend = asked(&world, moving(same_every_day, steep, Some("1")), leads).await;
        let why = flat_spend.campaigns[0].answer.as_ref().unwrap_err();
        assert_eq!(*why, Unanswered::HardlyVaried(usd("30"), usd("30")));
        assert_eq!(flat_spend.change, Some(Err(NoChange::Unanswered)));
        let few = asked(&world, moving(young, steep, Some("1")), leads).await;
        let why = few.campaigns[0].answer.as_ref().unwrap_err();
        assert_eq!(*why, Unanswered::FewDays { has: 27, needs: 42 });
        let unsold = asked(&world, moving(flat, steep, Some("1")), MoveOutcome::Sales).await;
        let why = unsold.campaigns[0].answer.as_ref().unwrap_err();
        assert_eq!(*why, Unanswered::FewOutcomes { has: 0, needs: 30 });
        let foreign = asked(&world, moving(euros, steep, Some("1")), leads).await;
        assert_eq!(foreign.change, Some(Err(NoChange::CurrenciesDiffer)));
        assert_eq!(foreign.campaigns[0].currency.to_string(), "EUR");
        let same = asked(&world, moving(steep, steep, Some("1")), leads).await;
        assert_eq!(same.change, Some(Err(NoChange::SameCampaign)));
        assert_eq!(same.campaigns.len(), 1);
        let request = BudgetMoveRequest {
            ask: moving(world.scope.id(), steep, None),
            outcome: leads,
            days: 14,
            attribution: Attribution::default(),
        };
        let gone = budget_move(&world.scope, request).await.unwrap_err();
        assert_eq!(gone.code(), Code::NotFound);

        // A sale in euros counts, and its money cannot be added.
        let mut writing = world.write().await;
        let tx = &mut writing;
        let touch = Touch {
            campaign: Some(steep),
            ..Touch::default()
        };
        let noon = at("2026-11-10T12:00:00Z");
        let (contact, touchpoint) = world.contact(tx, noon, "META_ADS", Some(touch)).await;
        let sale = Sale {
            gross: usd("80"),
            refunded: Micros::ZERO,
            currency: "EUR",
            status: "completed",
            completed: noon,
            touchpoint,
        };
        world.sale(tx, contact, sale).await;
        world.credit(tx).await;
        let old = "2026-10-01T12:00:00Z";
        on_tx!(tx, |c| sqlx::query(
            "UPDATE ad_accounts SET last_synced_at = $1 WHERE external_id = '2'"
        )
        .bind(at(old))
        .execute(c)
        .await
        .map(|_| ()))
        .unwrap();
        writing.commit().await.unwrap();
        let revenue = asked(&world, moving(steep, flat, None), MoveOutcome::Revenue).await;
        let why = revenue.campaigns[0].answer.as_ref().unwrap_err();
        assert_eq!(*why, Unanswered::OtherCurrency);
        let sales = asked(&world, moving(steep, flat, None), MoveOutcome::Sales).await;
        let why = sales.campaigns[0].answer.as_ref().unwrap_err();
        assert_eq!(*why, Unanswered::FewOutcomes { has: 1, needs: 30 });
        // An account that was not synced for weeks says nothing of tomorrow.
        let foreign = asked(&world, moving(euros, steep, None), leads).await;
        let why = foreign.campaigns[0].answer.as_ref().unwrap_err();
        assert_eq!(*why, Unanswered::NotSynced);
    })
    .await;
}
