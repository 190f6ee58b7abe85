use chrono::{DateTime, NaiveDate, Utc};
use proptest::prelude::*;
use rumbo_base::{ContactId, Currency, DateRange, Micros, SaleId, TimeZone};
use uuid::Uuid;

use super::age::{Maturity, age};
use super::gather::{Cohort, Day, Gathered, Gathering, Origin, Spent};
use super::payback::payback;
use super::{
    AcquiredBy, CohortCampaign, CohortCell, CohortGroup, CohortKey, CohortRequest, CohortStart,
    CohortSums, CohortsBy, Histories, NotPredicted, Payback, rows,
};
use crate::path::{Key, RowKey};
use crate::read::purchases::{Lead, Purchased};

mod predicted;

/// Everything that is read.
#[derive(Clone, Debug, Default)]
struct Facts {
    purchases: Vec<Purchased>,
    /// Those who make the cohorts, where they are cohorts of leads.
    leads: Option<Vec<Lead>>,
    origins: Vec<Origin>,
    spent: Vec<Spent>,
}

fn gather(facts: Facts, range: DateRange, today: NaiveDate, histories: bool) -> Gathered {
    let Facts {
        purchases,
        leads,
        origins,
        spent,
    } = facts;
    let mut gathering = match &leads {
        None => Gathering::of_customers(purchases, range, today),
        Some(_) => Gathering::of_leads(purchases, range, today),
    };
    gathering.know(origins);
    for leads in leads.iter().flat_map(|leads| leads.chunks(2)) {
        gathering.leads(leads);
    }
    gathering.finish(spent, histories).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn money(text: &str) -> Micros {
    Micros::parse(text).unwrap()
}

fn campaign(number: u128) -> RowKey {
    RowKey::Object(Key::Known(Uuid::from_u128(number)))
}

/// 0 is nothing of an ad, 1 a campaign whose days are New York's, 2 one in UTC.
fn origins() -> Vec<Origin> {
    let origin = |row, zone: &str| Origin {
        row,
        zone: zone.parse().unwrap(),
        currency: Currency::USD,
        wanted: true,
    };
    vec![
        origin(None, "UTC"),
        origin(Some(campaign(1)), "America/New_York"),
        origin(Some(campaign(2)), "UTC"),
    ]
}

fn bought(who: u128, source: usize, at: &str, gross: &str) -> Purchased {
    Purchased {
        sale: SaleId(Uuid::from_u128(0)),
        contact: ContactId(Uuid::from_u128(who)),
        at: at.parse().unwrap(),
        gross: money(gross),
        refunded: Micros::ZERO,
        cost: None,
        currency: Currency::USD,
        source,
    }
}

fn request(by: CohortsBy) -> CohortRequest {
    CohortRequest {
        by,
        range: DateRange::new(day("2026-01-01"), day("2026-12-31")).unwrap(),
        start: CohortStart::Sale,
        acquired_by: AcquiredBy::LastTouch,
        campaign: None,
        until: None,
        as_of: None,
        value_months: 2,
        histories: false,
    }
}

fn made(facts: Facts, by: CohortsBy, range: (&str, &str), today: &str) -> Vec<CohortGroup> {
    let range = DateRange::new(day(range.0), day(range.1)).unwrap();
    let gathered = gather(facts, range, day(today), false);
    let named = |key: &RowKey| CohortCampaign {
        key: format!("{key:?}"),
        id: None,
        external_id: None,
        name: String::new(),
        status: None,
        deleted: false,
    };
    rows::groups(gathered, &request(by), Currency::USD, &named)
        .unwrap()
        .0
}

fn sums(orders: i64, revenue: &str, refunds: &str, cost: &str, without_cost: i64) -> CohortSums {
    CohortSums {
        orders,
        revenue: money(revenue),
        refunds: money(refunds),
        cost: money(cost),
        without_cost,
    }
}

#[test]
fn a_month_of_age_ends_on_its_own_day_of_the_month() {
    for (born, on, expected) in [
        ("2026-01-05", "2026-01-05", 0),
        ("2026-01-05", "2026-02-04", 0),
        ("2026-01-05", "2026-02-05", 1),
        ("2026-01-31", "2026-02-27", 0),
        // February has no 31st: its last day begins the month of age.
        ("2026-01-31", "2026-02-28", 1),
        ("2026-01-31", "2026-03-30", 1),
        ("2026-01-31", "2026-03-31", 2),
        ("2026-01-05", "2027-01-04", 11),
        ("2026-01-05", "2027-01-05", 12),
        ("2026-01-05", "2025-12-01", 0),
    ] {
        assert_eq!(age(day(born), day(on)), expected, "{born} {on}");
    }
}

#[test]
fn a_month_is_mature_when_it_is_over_for_whoever_came_last() {
    for (today, months, days, begun) in [
        ("2026-01-15", 0, 0, 1),
        ("2026-01-31", 0, 0, 1),
        // The 31st itself is over.
        ("2026-02-01", 0, 1, 2),
        ("2026-02-27", 0, 27, 2),
        ("2026-02-28", 1, 28, 2),
        ("2026-03-30", 1, 58, 3),
        ("2026-03-31", 2, 59, 3),
    ] {
        let found = Maturity::of(day("2026-01-01"), day(today));
        assert_eq!(
            (found.months, found.days, found.begun),
            (months, days, begun),
            "{today}"
        );
    }
}

/// Two customers of campaign 1 in January, one walk-in of March, one old customer, one in euros.
fn worked() -> Facts {
    let purchases = vec![
        Purchased {
            cost: Some(money("40")),
            ..bought(1, 1, "2026-01-05T12:00:00Z", "100")
        },
        Purchased {
            refunded: money("10"),
            ..bought(1, 0, "2026-02-10T12:00:00Z", "50")
        },
        // In another currency: told, and in no cell.
        Purchased {
            currency: "EUR".parse().unwrap(),
            ..bought(1, 0, "2026-02-11T12:00:00Z", "8")
        },
        // Still the 31st of January in New York.
        bought(2, 1, "2026-02-01T03:00:00Z", "20"),
        bought(2, 2, "2026-02-28T12:00:00Z", "30"),
        bought(3, 0, "2026-03-20T12:00:00Z", "70"),
        // A customer since December, whatever was bought since.
        bought(4, 1, "2025-12-20T12:00:00Z", "5"),
        bought(4, 1, "2026-01-20T12:00:00Z", "500"),
        Purchased {
            currency: "EUR".parse().unwrap(),
            ..bought(5, 0, "2026-01-09T12:00:00Z", "9")
        },
    ];
    Facts {
        purchases,
        leads: None,
        origins: origins(),
        spent: vec![
            Spent {
                month: day("2026-01-01"),
                row: Some(campaign(1)),
                currency: Currency::USD,
                spend: money("130"),
            },
            Spent {
                month: day("2026-02-01"),
                row: Some(campaign(1)),
                currency: Currency::USD,
                spend: money("7"),
            },
        ],
    }
}

#[test]
fn a_triangle_worked_out_by_hand() {
    let groups = made(
        worked(),
        CohortsBy::Month,
        ("2026-01-01", "2026-04-30"),
        "2026-04-15",
    );
    let codes: Vec<String> = groups.iter().map(|it| it.currency.to_string()).collect();
    assert_eq!(codes, ["USD", "EUR"]);
    let group = &groups[0];
    let keys: Vec<String> = group.rows.iter().map(|row| row.key.text()).collect();
    assert_eq!(keys, ["2026-01", "2026-02", "2026-03"]);
    assert_eq!(group.other_currency, 1);

    let january = &group.rows[0];
    assert_eq!((january.people, january.spend), (2, Some(money("130"))));
    assert_eq!(january.mature, 2);
    let cell = |mature, active, sums, cumulative| CohortCell {
        mature,
        people: 2,
        spend: Some(money("130")),
        active,
        sums,
        cumulative,
    };
    let all = sums(4, "190", "10", "40", 3);
    assert_eq!(
        january.cells,
        [
            cell(
                true,
                2,
                sums(2, "120", "0", "40", 1),
                sums(2, "120", "0", "40", 1)
            ),
            cell(true, 2, sums(2, "70", "10", "0", 2), all),
            cell(false, 0, CohortSums::default(), all),
            cell(false, 0, CohortSums::default(), all),
        ]
    );
    assert_eq!(
        (january.to_date, january.value),
        (all, Some(january.cells[1]))
    );
    // 60 + 20 on the first day, 30 on day 28, 40 on day 36: 150 of the 130.
    assert_eq!(
        (january.payback.day, january.payback.observed),
        (Some(36), 74)
    );
    assert_eq!(
        (january.payback.earliest, january.payback.latest),
        (None, None)
    );

    // Spent, and nobody came.
    let february = &group.rows[1];
    assert_eq!((february.people, february.spend), (0, Some(money("7"))));
    assert_eq!(february.payback.day, None);

    let march = &group.rows[2];
    assert_eq!((march.people, march.spend, march.mature), (1, None, 0));
    assert_eq!(march.cells[0].sums, sums(1, "70", "0", "0", 1));
    assert!(march.cells.iter().all(|cell| !cell.mature));
    assert_eq!(march.value, None);

    // The mean stands on January, and on February where that is old enough.
    let average = &group.average;
    assert_eq!((average.people, average.spend), (3, Some(money("137"))));
    assert_eq!(average.cells.len(), 2);
    assert_eq!(
        (average.cells[0].people, average.cells[0].spend),
        (2, Some(money("137")))
    );
    assert_eq!(average.cells[1].spend, Some(money("130")));
    assert_eq!(average.cells[1].cumulative.margin(), money("150"));
    assert_eq!(average.to_date, sums(5, "260", "10", "40", 4));

    assert_eq!(
        (groups[1].rows[0].people, groups[1].rows[0].to_date.revenue),
        (1, money("9"))
    );
}

#[test]
fn by_campaign_each_age_stands_on_the_months_that_are_that_old() {
    let mut facts = worked();
    facts
        .purchases
        .push(bought(6, 1, "2026-04-02T12:00:00Z", "11"));
    let groups = made(
        facts,
        CohortsBy::Campaign,
        ("2026-01-01", "2026-04-30"),
        "2026-04-15",
    );
    let rows = &groups[0].rows;
    assert_eq!(rows.len(), 2);
    assert!(matches!(rows[0].key, CohortKey::Campaign(_)));
    assert_eq!(rows[1].key, CohortKey::Unattributed);
    assert_eq!((rows[0].people, rows[0].spend), (3, Some(money("137"))));
    let people: Vec<i64> = rows[0].cells.iter().map(|cell| cell.people).collect();
    assert_eq!(people, [2, 2], "April is not old enough for any");
    assert_eq!(rows[0].to_date.revenue, money("201"));
    assert_eq!((rows[1].people, rows[1].cells.len()), (1, 0));
}

#[test]
fn leads_are_a_cohort_too_and_most_never_buy() {
    let lead = |who, at: &str| Lead {
        contact: ContactId(Uuid::from_u128(who)),
        at: at.parse().unwrap(),
        source: 1,
    };
    let facts = Facts {
        leads: Some(vec![
            lead(1, "2026-01-02T12:00:00Z"),
            lead(7, "2026-01-03T12:00:00Z"),
            lead(8, "2026-01-04T12:00:00Z"),
            lead(9, "2026-01-04T12:00:00Z"),
        ]),
        ..worked()
    };
    let groups = made(
        facts,
        CohortsBy::Month,
        ("2026-01-01", "2026-04-30"),
        "2026-04-15",
    );
    let january = &groups[0].rows[0];
    assert_eq!((january.people, january.cells[0].active), (4, 1));
    assert_eq!(january.to_date, sums(2, "140", "10", "40", 1));
    // 60 on day 3, and 40 on day 39: never the 130.
    assert_eq!((january.payback.day, january.payback.observed), (None, 74));
}

/// Everybody's margin is 1 or 3 on the first day and 2 on day 10; 2 were spent on each.
#[test]
fn the_interval_of_a_payback_is_where_the_cost_lies_within_the_mean() {
    let mut purchases = Vec::new();
    for who in 0..100_u128 {
        let first = if who % 2 == 0 { "1" } else { "2.8" };
        purchases.push(bought(who, 2, "2026-01-05T12:00:00Z", first));
        purchases.push(bought(who, 2, "2026-01-15T12:00:00Z", "2"));
    }
    let facts = Facts {
        purchases,
        leads: None,
        origins: origins(),
        spent: vec![Spent {
            month: day("2026-01-01"),
            row: Some(campaign(2)),
            currency: Currency::USD,
            spend: money("200"),
        }],
    };
    let groups = made(
        facts,
        CohortsBy::Month,
        ("2026-01-01", "2026-03-31"),
        "2026-03-15",
    );
    let payback = groups[0].rows[0].payback;
    // The mean of 1.9 has a standard error of 0.9045 / 10: 2 lies within 1.96 of them.
    assert_eq!(payback.day, Some(10));
    assert_eq!((payback.earliest, payback.latest), (Some(0), Some(10)));
}

fn moment(minutes: i64) -> DateTime<Utc> {
    "2025-01-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + chrono::Duration::minutes(minutes)
}

prop_compose! {
    fn a_purchase()(
        who in 0..25_u128,
        source in 0..3_usize,
        minutes in 0..780_000_i64,
        gross in 1..100_000_i64,
        refunded in 0..100_000_i64,
        cost in proptest::option::of(0..100_000_i64),
        number in any::<u128>(),
    ) -> Purchased {
        Purchased {
            sale: SaleId(Uuid::from_u128(number)),
            at: moment(minutes),
            gross: Micros(gross * 10_000),
            refunded: Micros(refunded.min(gross) * 10_000),
            cost: cost.map(|cost| Micros(cost * 10_000)),
            ..bought(who, source, "2025-01-01T00:00:00Z", "0")
        }
    }
}

/// A second reading of who is in which month: the first purchase of each.
fn born(purchases: &[Purchased], who: ContactId) -> (NaiveDate, usize) {
    let first = purchases
        .iter()
        .filter(|it| it.contact == who)
        .min_by_key(|it| (it.at, it.sale))
        .unwrap();
    let zone: TimeZone = origins()[first.source].zone;
    (zone.day_of(first.at), first.source)
}

/// How many whole months lie between, by counting them out.
fn counted_age(born: NaiveDate, on: NaiveDate) -> u32 {
    (1..1_000)
        .find(|n| born.checked_add_months(chrono::Months::new(*n)).unwrap() > on)
        .unwrap()
        - 1
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_cells_of_a_cohort_are_its_sales_to_the_cent(
        purchases in proptest::collection::vec(a_purchase(), 1..120),
    ) {
        let today = "2026-06-30";
        let facts = |purchases: &[Purchased]| Facts {
            purchases: purchases.to_vec(),
            leads: None,
            origins: origins(),
            spent: Vec::new(),
        };
        let range = ("2025-01-01", "2026-06-30");
        let by_month = made(facts(&purchases), CohortsBy::Month, range, today);
        let mut told = CohortSums::default();
        for row in &by_month[0].rows {
            let CohortKey::Month(month) = row.key else { panic!("{:?}", row.key) };
            let mut expected = CohortSums::default();
            for it in &purchases {
                let (day, _) = born(&purchases, it.contact);
                if DateRange::month_of(day).from == month {
                    expected.add(&CohortSums::of(it)).unwrap();
                }
            }
            let mut of_cells = CohortSums::default();
            for cell in &row.cells {
                of_cells.add(&cell.sums).unwrap();
                prop_assert_eq!(cell.cumulative, of_cells);
                prop_assert!(cell.active <= cell.people && cell.active <= cell.sums.orders);
            }
            prop_assert_eq!(of_cells, expected);
            prop_assert_eq!(row.to_date, expected);
            told.add(&expected).unwrap();
        }
        prop_assert_eq!(by_month[0].average.to_date, told);

        let by_campaign = made(facts(&purchases), CohortsBy::Campaign, range, today);
        let mut of_campaigns = CohortSums::default();
        for row in &by_campaign[0].rows {
            of_campaigns.add(&row.to_date).unwrap();
        }
        prop_assert_eq!(of_campaigns, told);
        prop_assert_eq!(&by_campaign[0].average, &by_month[0].average);

        // What happens in a month of age that is not over for a cohort changes no mean.
        let today_is = day(today);
        let mature: Vec<Purchased> = purchases
            .iter()
            .copied()
            .filter(|it| {
                let (from, source) = born(&purchases, it.contact);
                let age = counted_age(from, origins()[source].zone.day_of(it.at));
                let last = DateRange::month_of(from).to;
                last.checked_add_months(chrono::Months::new(age + 1)).unwrap() <= today_is
            })
            .collect();
        for by in [CohortsBy::Month, CohortsBy::Campaign] {
            let with = made(facts(&purchases), by, range, today);
            let without = made(facts(&mature), by, range, today);
            prop_assert_eq!(&with[0].average.cells, &without[0].average.cells);
            prop_assert_eq!(with[0].average.payback.day, without[0].average.payback.day);
        }
    }
}

/// The payback of cohorts from its words, day by day.
fn payback_by_hand(cohorts: &[Cohort]) -> Payback {
    let observed = cohorts.iter().map(|cohort| cohort.maturity.days).max();
    let mut found = Payback {
        observed: observed.unwrap(),
        ..Payback::default()
    };
    for day in 0..found.observed {
        let old_enough = || {
            cohorts
                .iter()
                .filter(move |cohort| cohort.maturity.days > day)
        };
        let so_far = |cohort: &Cohort| {
            cohort
                .days
                .iter()
                .take(day + 1)
                .copied()
                .collect::<Vec<_>>()
        };
        let people: i64 = old_enough().map(|cohort| cohort.people).sum();
        let spent = old_enough()
            .filter_map(|cohort| cohort.spend)
            .collect::<Vec<_>>();
        if people == 0 || spent.is_empty() {
            continue;
        }
        let spend: i64 = spent.iter().map(|spend| spend.0).sum();
        let margin: i64 = old_enough().flat_map(so_far).map(|day| day.margin).sum();
        let each = |cohort| so_far(cohort).iter().map(|day| day.squares).sum::<f64>();
        let squares: f64 = old_enough().map(each).sum();
        if margin >= spend {
            found.day.get_or_insert(day);
        }
        if people < 30 {
            continue;
        }
        let count = f64::from(i32::try_from(people).unwrap());
        let units = |micros: i64| f64::from(i32::try_from(micros / 1_000_000).unwrap());
        let (mean, cost) = (units(margin) / count, units(spend) / count);
        let variance = (squares - mean * mean * count).max(0.0) / (count - 1.0);
        let error = 1.959_964 * (variance / count).sqrt();
        if mean + error >= cost {
            found.earliest.get_or_insert(day);
        }
        if mean - error >= cost {
            found.latest.get_or_insert(day);
        }
    }
    found
}

prop_compose! {
    fn a_cohort()(
        over in 1_usize..40,
        people in 0_i64..40,
        spend in prop::option::of(0_i64..400),
        days in prop::collection::vec((0_i64..30, prop::bool::weighted(0.3)), 0..40),
    ) -> Cohort {
        let mut maturity = Maturity::of(day("2026-01-01"), day("2026-03-01"));
        maturity.days = over;
        let days = days.into_iter().take(over).map(|(margin, any)| {
            let margin = if any { margin } else { 0 };
            Day {
                margin: margin * 1_000_000,
                squares: f64::from(i32::try_from(margin * margin).unwrap()),
            }
        });
        Cohort {
            currency: Currency::USD,
            month: day("2026-01-01"),
            row: None,
            maturity,
            people,
            spend: spend.map(|spend| Micros(spend * 1_000_000)),
            ages: Vec::new(),
            days: days.collect(),
            other_currency: 0,
        }
    }
}

proptest! {
    #[test]
    fn a_payback_is_what_its_days_say_one_by_one(cohorts in prop::collection::vec(a_cohort(), 1..6)) {
        let found = payback(&cohorts.iter().collect::<Vec<_>>());
        prop_assert_eq!(found, payback_by_hand(&cohorts));
    }
}
