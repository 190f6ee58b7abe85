//! A large random workspace against an oracle that knows no SQL: it goes through the very rows
//! that were written, one by one.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use rumbo_base::{
    AdAccountId, AdCampaignId, AdCreativeId, AdId, AdSetId, Currency, DateRange, Entropy, Micros,
    TimeZone, TouchpointId,
};
use rumbo_db::testing::on_both;
use rumbo_insight::{
    Comparison, Earlier, Figures, Filter, Grain, HomeRequest, Metric, Parent, RoiReport,
    RoiRequest, Shares, home, roi,
};

use crate::contributions::{OF_EACH_KIND, assert_contributions};
use crate::world::{AdDay, GRAINS, Sale, Touch, World, assert_adds_up, at, day, range};

pub const ZONES: [&str; 3] = ["America/New_York", "Asia/Tokyo", "Asia/Kathmandu"];
pub const CURRENCIES: [&str; 3] = ["USD", "ARS", "JPY"];
/// The zone and currency of the workspace itself.
pub const HOME_ZONE: &str = "America/Sao_Paulo";
pub const HOME_CURRENCY: &str = "USD";

pub struct Dice(pub Entropy);

impl Dice {
    /// A number below `sides`.
    fn roll(&self, sides: usize) -> usize {
        usize::try_from(u64::from_le_bytes(self.0.bytes()) % u64::try_from(sides).unwrap()).unwrap()
    }

    pub fn number(&self, below: i64) -> i64 {
        i64::try_from(self.roll(usize::try_from(below).unwrap())).unwrap()
    }

    fn pick<'a, T>(&self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }
}

#[derive(Clone)]
pub struct Line {
    pub account: usize,
    pub account_id: AdAccountId,
    pub campaign: AdCampaignId,
    set: AdSetId,
    ad: AdId,
    creative: Option<AdCreativeId>,
}

/// What a written touchpoint means.
#[derive(Clone, Default)]
pub struct Credit {
    pub account: Option<usize>,
    account_id: Option<AdAccountId>,
    campaign: Option<String>,
    set: Option<String>,
    ad: Option<String>,
    creative: Option<String>,
}

pub enum Event {
    Delivered {
        ad: usize,
        day: NaiveDate,
        row: AdDay,
    },
    Lead {
        at: DateTime<Utc>,
        credit: Credit,
    },
    Opportunity {
        at: DateTime<Utc>,
        credit: Credit,
    },
    Sale {
        at: DateTime<Utc>,
        credit: Credit,
        currency: &'static str,
        net: Micros,
    },
}

pub struct Story {
    pub ads: Vec<Line>,
    pub events: Vec<Event>,
}

fn credit_of(ad: &Line) -> Credit {
    Credit {
        account: Some(ad.account),
        account_id: Some(ad.account_id),
        campaign: Some(ad.campaign.to_string()),
        set: Some(ad.set.to_string()),
        ad: Some(ad.ad.to_string()),
        creative: ad.creative.map(|c| c.to_string()),
    }
}

/// One of the ways in which a touchpoint can name an ad.
fn touch(dice: &Dice, ads: &[Line]) -> (Option<Touch>, Credit) {
    let ad = dice.pick(ads);
    let full = credit_of(ad);
    let bare = Credit {
        account: full.account,
        account_id: full.account_id,
        campaign: full.campaign.clone(),
        ..Credit::default()
    };
    match dice.roll(9) {
        0 => (None, Credit::default()),
        1 => (Some(Touch::default()), Credit::default()),
        2 => (
            Some(Touch {
                campaign: Some(ad.campaign),
                ..Touch::default()
            }),
            bare,
        ),
        3 => (
            Some(Touch {
                campaign: Some(ad.campaign),
                ad_set: Some(ad.set),
                ..Touch::default()
            }),
            Credit {
                set: full.set,
                ..bare
            },
        ),
        // The ad alone: its campaign and ad set follow from it.
        4 => (
            Some(Touch {
                ad: Some(ad.ad),
                ..Touch::default()
            }),
            full,
        ),
        5 => (
            Some(Touch {
                campaign: Some(ad.campaign),
                ad_external: Some("new-ad"),
                ..Touch::default()
            }),
            Credit {
                ad: Some("waiting:new-ad".to_owned()),
                ..bare
            },
        ),
        6 => (
            Some(Touch {
                account: Some("acc-1"),
                campaign_external: Some("new"),
                ..Touch::default()
            }),
            Credit {
                account: Some(1),
                account_id: ads.iter().find(|a| a.account == 1).map(|a| a.account_id),
                campaign: Some("waiting:new".to_owned()),
                ..Credit::default()
            },
        ),
        7 => (
            Some(Touch {
                ad_external: Some("lost-ad"),
                ..Touch::default()
            }),
            Credit {
                ad: Some("waiting:lost-ad".to_owned()),
                ..Credit::default()
            },
        ),
        _ => (
            Some(Touch {
                campaign: Some(ad.campaign),
                ad_set: Some(ad.set),
                ad: Some(ad.ad),
                ..Touch::default()
            }),
            full,
        ),
    }
}

pub async fn write(world: &World, dice: &Dice, people: usize) -> Story {
    let mut tx = world.write().await;
    let (mut ads, mut events) = (Vec::new(), Vec::new());
    for account in 0..3 {
        let external = format!("acc-{account}");
        let account_id = world
            .account(&mut tx, &external, CURRENCIES[account], ZONES[account])
            .await;
        let shared = world
            .creative(&mut tx, account_id, &format!("cr-{account}"))
            .await;
        for c in 0..3 {
            let campaign = world
                .campaign(&mut tx, account_id, &format!("{external}-{c}"))
                .await;
            for s in 0..2 {
                let name = format!("{external}-{c}-{s}");
                let set = world.ad_set(&mut tx, account_id, campaign, &name).await;
                for a in 0..2 {
                    let creative = if dice.roll(3) == 0 {
                        None
                    } else {
                        Some(shared)
                    };
                    let line = (account_id, campaign, set);
                    let ad = world
                        .ad(&mut tx, line, creative, &format!("{name}-{a}"))
                        .await;
                    ads.push(Line {
                        account,
                        account_id,
                        campaign,
                        set,
                        ad,
                        creative,
                    });
                }
            }
        }
    }
    let first = day("2026-02-20");
    for (index, ad) in ads.iter().enumerate() {
        for n in 0..40_u64 {
            if dice.roll(3) == 0 {
                continue;
            }
            let maybe = |value: i64| if dice.roll(5) == 0 { None } else { Some(value) };
            let row = AdDay {
                impressions: maybe(dice.number(9_000)),
                clicks: maybe(dice.number(90)),
                link_clicks: maybe(dice.number(60)),
                spend: maybe(dice.number(1_000_000_000)).map(Micros),
                meta_leads: maybe(dice.number(4)),
                meta_purchases: maybe(dice.number(3)),
                meta_purchase_value: maybe(dice.number(500_000_000)).map(Micros),
            };
            let on = first + Days::new(n);
            let currency = CURRENCIES[ad.account];
            world
                .ad_day(&mut tx, ad.account_id, currency, ad.ad, on, row)
                .await;
            events.push(Event::Delivered {
                ad: index,
                day: on,
                row,
            });
        }
    }
    world.roll_up(&mut tx).await;
    let stage = world.stage(&mut tx).await;
    // The clocks of New York change on 8 March: the days around it are in the period.
    let moment =
        || at("2026-02-18T00:00:00Z") + Duration::milliseconds(dice.number(45 * 86_400_000));
    let mut touches: Vec<(Option<TouchpointId>, Credit)> = Vec::new();
    for _ in 0..people {
        let (spec, credit) = touch(dice, &ads);
        let seen = moment();
        let (contact, touchpoint) = world.contact(&mut tx, seen, "META_ADS", spec).await;
        events.push(Event::Lead {
            at: seen,
            credit: credit.clone(),
        });
        touches.push((touchpoint, credit));
        for _ in 0..dice.roll(3) {
            let (touchpoint, credit) = dice.pick(&touches).clone();
            let at = moment();
            world
                .opportunity(&mut tx, stage, contact, at, touchpoint)
                .await;
            events.push(Event::Opportunity { at, credit });
        }
        for _ in 0..dice.roll(4) {
            let (touchpoint, credit) = dice.pick(&touches).clone();
            let gross = Micros(dice.number(900_000_000));
            let refunded = Micros(if dice.roll(3) == 0 {
                dice.number(gross.0 + 1)
            } else {
                0
            });
            let (currency, status) = (
                *dice.pick(&CURRENCIES),
                *dice.pick(&["completed", "refunded", "pending", "cancelled"]),
            );
            let at = moment();
            let sale = Sale {
                gross,
                refunded,
                currency,
                status,
                completed: at,
                touchpoint,
            };
            world.sale(&mut tx, contact, sale).await;
            if matches!(status, "completed" | "refunded") {
                events.push(Event::Sale {
                    at,
                    credit,
                    currency,
                    net: gross - refunded,
                });
            }
        }
    }
    tx.commit().await.unwrap();
    Story { ads, events }
}

/// The row of a report that a credit belongs to, as its key says; `None` is not attributed.
fn key(credit: &Credit, grain: Grain) -> Option<String> {
    let account = credit.account_id.map(|a| a.to_string());
    let Credit {
        campaign,
        set,
        ad,
        creative,
        ..
    } = credit;
    if account.is_none() && campaign.is_none() && ad.is_none() {
        return None;
    }
    let rest = |kind: &str, of: &Option<String>| of.as_ref().map(|of| format!("rest:{kind}:{of}"));
    let of_account = || rest("account", &account);
    let of_campaign = || rest("campaign", campaign).or_else(of_account);
    let line = match grain {
        Grain::Channel => Some("channel:meta".to_owned()),
        Grain::Account => account.clone(),
        Grain::Campaign => {
            // What waits is told apart by account.
            let of = |campaign: &String| match &account {
                Some(account) if campaign.starts_with("waiting:") => {
                    format!("{campaign}@{account}")
                }
                _ => campaign.clone(),
            };
            campaign.as_ref().map(of).or_else(of_account)
        }
        Grain::AdSet => set.clone().or_else(of_campaign),
        Grain::Ad => ad
            .clone()
            .or_else(|| rest("ad_set", set))
            .or_else(of_campaign),
        Grain::Creative => creative.clone().or_else(of_campaign),
    };
    Some(line.unwrap_or_else(|| "rest".to_owned()))
}

fn allowed(credit: &Credit, filter: &Filter) -> bool {
    let account = filter.accounts.is_empty()
        || credit
            .account_id
            .is_some_and(|id| filter.accounts.contains(&id));
    let parent = match filter.parent {
        None => true,
        Some(Parent::Campaign(id)) => credit.campaign == Some(id.to_string()),
        Some(Parent::AdSet(id)) => credit.set == Some(id.to_string()),
    };
    account && parent
}

type Expected = BTreeMap<String, BTreeMap<Option<String>, Figures>>;

fn expected(story: &Story, grain: Grain, range: DateRange, filter: &Filter) -> Expected {
    let mut all = Expected::from([(HOME_CURRENCY.to_owned(), BTreeMap::new())]);
    for event in &story.events {
        let (credit, when, own, figures) = match event {
            Event::Delivered { ad, day, row } => {
                let figures = Figures {
                    ad_days: 1,
                    impressions: row.impressions,
                    clicks: row.clicks,
                    link_clicks: row.link_clicks,
                    spend: row.spend,
                    meta_leads: row.meta_leads.unwrap_or(0),
                    meta_purchases: row.meta_purchases.unwrap_or(0),
                    meta_purchase_value: row.meta_purchase_value.unwrap_or_default(),
                    ..Figures::default()
                };
                (credit_of(&story.ads[*ad]), Err(*day), None, figures)
            }
            Event::Lead { at, credit } => (
                credit.clone(),
                Ok(*at),
                None,
                Figures {
                    leads: 1,
                    ..Figures::default()
                },
            ),
            Event::Opportunity { at, credit } => (
                credit.clone(),
                Ok(*at),
                None,
                Figures {
                    opportunities: Shares::ONE,
                    ..Figures::default()
                },
            ),
            Event::Sale {
                at,
                credit,
                currency,
                net,
            } => {
                let figures = Figures {
                    sales: Shares::ONE,
                    revenue: *net,
                    ..Figures::default()
                };
                (credit.clone(), Ok(*at), Some(*currency), figures)
            }
        };
        let zone: TimeZone = credit
            .account
            .map_or(HOME_ZONE, |account| ZONES[account])
            .parse()
            .unwrap();
        let day = when.map_or_else(|day| day, |at| zone.day_of(at));
        if !range.contains(day) || !allowed(&credit, filter) {
            continue;
        }
        let currency =
            own.unwrap_or_else(|| credit.account.map_or(HOME_CURRENCY, |a| CURRENCIES[a]));
        let rows = all.entry(currency.to_owned()).or_default();
        rows.entry(key(&credit, grain))
            .or_default()
            .add(&figures)
            .unwrap();
    }
    all
}

fn found(report: &RoiReport) -> Expected {
    report
        .groups
        .iter()
        .map(|group| {
            let mut rows: BTreeMap<Option<String>, Figures> = group
                .rows
                .iter()
                .map(|row| (Some(row.key.clone()), row.figures))
                .collect();
            assert_eq!(rows.len(), group.rows.len(), "keys are unique");
            if !group.unattributed.figures.is_empty() {
                rows.insert(None, group.unattributed.figures);
            }
            (group.currency.to_string(), rows)
        })
        .collect()
}

#[tokio::test]
async fn a_large_random_workspace_is_what_its_rows_say() {
    on_both(|test| async move {
        let world = World::new(test, Some(HOME_CURRENCY), HOME_ZONE).await;
        let dice = Dice(Entropy::seeded(20_261_121));
        let story = write(&world, &dice, 400).await;
        let ad = story.ads[5].clone();
        let mut moved = 0;
        for days in [
            range("2026-02-18", "2026-04-05"),
            range("2026-03-08", "2026-03-08"),
            range("2026-02-25", "2026-03-20"),
            range("2027-01-01", "2027-01-31"),
            // More months than one statement takes.
            range("2025-06-10", "2026-03-21"),
        ] {
            let mut totals = BTreeSet::new();
            for grain in GRAINS {
                let mut filters = vec![
                    Filter::default(),
                    Filter {
                        accounts: vec![ad.account_id],
                        parent: None,
                    },
                ];
                if grain > Grain::Campaign {
                    for parent in [Parent::Campaign(ad.campaign), Parent::AdSet(ad.set)] {
                        filters.push(Filter {
                            parent: Some(parent),
                            ..Filter::default()
                        });
                    }
                }
                for filter in filters {
                    let report = world.ask(grain, days, filter.clone()).await;
                    assert_adds_up(&report);
                    assert_eq!(
                        found(&report),
                        expected(&story, grain, days, &filter),
                        "{grain:?} {days:?} {filter:?}"
                    );
                    if filter.accounts.is_empty() && filter.parent.is_none() {
                        totals.insert(format!(
                            "{:?}",
                            report
                                .groups
                                .iter()
                                .map(|g| (g.currency, g.total.figures))
                                .collect::<Vec<_>>()
                        ));
                    }
                }
            }
            assert_eq!(totals.len(), 1, "every grain has the same total");
            for (grain, comparison, metrics) in [
                (Grain::Campaign, Comparison::Previous, &Metric::ALL[..]),
                (Grain::Ad, Comparison::LastYear, &OF_EACH_KIND[..]),
            ] {
                let asked = RoiRequest::new(grain, days);
                let earlier = Earlier::Period(comparison);
                moved += assert_contributions(&world.scope, &asked, earlier, metrics).await;
            }
            home_agrees(&world, days, None).await;
        }
        assert!(moved > 50, "weights moved something: {moved}");
    })
    .await;
}

/// Home shows the same totals as the report, by day and by campaign.
pub async fn home_agrees(world: &World, days: DateRange, convert_to: Option<Currency>) {
    let asked = async |range| {
        let request = RoiRequest {
            convert_to,
            ..RoiRequest::new(Grain::Campaign, range)
        };
        roi(&world.scope, request).await.unwrap()
    };
    let report = asked(days).await;
    let before = asked(days.previous()).await;
    for group in &report.groups {
        let mut request = HomeRequest::new(days);
        request.currency = Some(group.currency);
        request.convert_to = convert_to;
        request.campaigns = 2;
        let home = home(&world.scope, request).await.unwrap();
        assert_eq!(home.total.figures, group.total.figures, "{days:?}");
        assert_eq!(home.unattributed.figures, group.unattributed.figures);
        let mut sum = Figures::default();
        for point in &home.days {
            sum.add(&point.figures).unwrap();
        }
        assert_eq!(sum, group.total.figures, "the days are the total");
        let mut rows = home.others.figures;
        rows.add(&home.unattributed.figures).unwrap();
        for campaign in &home.campaigns {
            rows.add(&campaign.row.figures).unwrap();
            let line: Micros = campaign.revenue.iter().copied().sum();
            if campaign.row.id.is_some() {
                assert_eq!(
                    line, campaign.row.figures.revenue,
                    "the small line is the revenue"
                );
            }
        }
        assert_eq!(rows, group.total.figures, "the rows are the total");
        assert_eq!(home.campaign_count, group.rows.len());
        let past = before.groups.iter().find(|g| g.currency == group.currency);
        let past = past.map(|g| g.total.figures).unwrap_or_default();
        assert_eq!(home.previous_total.map(|sum| sum.figures), Some(past));
        assert_eq!(
            home.leads.meta + home.leads.other + home.leads.unknown,
            sum.leads
        );
    }
}
