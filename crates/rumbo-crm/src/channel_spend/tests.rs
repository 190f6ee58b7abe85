use std::time::Duration;

use super::*;
use crate::testing::in_both;
use rumbo_base::PageRequest;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn days(from: &str, to: &str) -> DateRange {
    DateRange::new(day(from), day(to)).unwrap()
}

fn new(from: &str, to: &str, reais: i64) -> NewSpend {
    NewSpend {
        days: days(from, to),
        platform: "Google Ads".to_owned(),
        campaign: Some(" Brand ".to_owned()),
        note: None,
        amount: Micros(reais * 1_000_000),
        currency: "BRL".parse().unwrap(),
    }
}

#[test]
fn platforms_are_one_word_however_they_are_written() {
    for (written, word) in [
        ("Google Ads", "google_ads"),
        (" GOOGLE_ADS ", "google_ads"),
        ("adwords", "google_ads"),
        ("TikTok", "tiktok_ads"),
        ("E-mail", "email"),
        ("Correo electrónico", "email"),
        ("Agência", "agency"),
        ("Comisión", "fee"),
        ("Radio Mitre 790", "radio_mitre_790"),
    ] {
        assert_eq!(platform(written).unwrap(), word, "{written}");
    }
    for (wrong, reason) in [
        ("", Reason::ValueMissing),
        ("--", Reason::ValueMissing),
        ("Meta", Reason::SpendOfMeta),
        ("facebook ads", Reason::SpendOfMeta),
        ("微信", Reason::PlatformInvalid),
        (
            "a name that goes on and on and on and on and on",
            Reason::PlatformInvalid,
        ),
    ] {
        let error = platform(wrong).unwrap_err();
        assert_eq!(error.told().reason, Some(reason), "{wrong}");
        assert_eq!(error.field_name(), Some("platform"));
    }
}

#[tokio::test]
async fn an_amount_of_several_days_is_spread_to_the_coin() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let rows = add(&mut tx, &scope, new("2026-01-01", "2026-01-03", 100))
            .await
            .unwrap();
        let amounts: Vec<i64> = rows.iter().map(|row| row.amount_micros.0).collect();
        assert_eq!(amounts, [33_340_000, 33_330_000, 33_330_000]);
        assert!(rows.iter().all(|row| row.campaign == "Brand"));
        let sum = sums(&mut tx, scope.workspace, &SpendFilter::default())
            .await
            .unwrap();
        assert_eq!(sum.len(), 1);
        assert_eq!(
            (
                sum[0].entries,
                sum[0].amount_micros.0,
                sum[0].platform.as_str()
            ),
            (3, 100_000_000, "google_ads")
        );
    })
    .await;
}

#[tokio::test]
async fn what_cannot_have_been_spent_is_refused() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let zone: TimeZone = "America/Sao_Paulo".parse().unwrap();
        let today = zone.day_of(scope.now());
        let tomorrow = today.succ_opt().unwrap();
        let on = |from: NaiveDate, to: NaiveDate| NewSpend {
            days: DateRange { from, to },
            ..new("2026-01-01", "2026-01-01", 1)
        };
        let cases = [
            (on(tomorrow, tomorrow), Reason::SpendAhead, "day"),
            (on(today, tomorrow), Reason::SpendAhead, "to"),
            (
                on(day("1999-12-31"), day("1999-12-31")),
                Reason::SpendTooEarly,
                "day",
            ),
            (
                on(day("2020-01-01"), day("2021-01-01")),
                Reason::NumberOutOfRange,
                "to",
            ),
            (
                new("2026-01-01", "2026-01-01", -1),
                Reason::SpendNegative,
                "amount",
            ),
            (
                new("2026-01-01", "2026-01-01", 549_115_263_019),
                Reason::AmountTooLarge,
                "amount",
            ),
            (
                NewSpend {
                    campaign: Some("x".repeat(201)),
                    ..new("2026-01-01", "2026-01-01", 1)
                },
                Reason::ValueTooLong,
                "campaign",
            ),
        ];
        for (wrong, reason, field) in cases {
            let error = add(&mut tx, &scope, wrong).await.unwrap_err();
            assert_eq!(
                (error.told().reason, error.field_name()),
                (Some(reason), Some(field))
            );
        }
        // Today can be entered, and that nothing was spent, and parts of a coin.
        add(&mut tx, &scope, on(today, today)).await.unwrap();
        let nothing = NewSpend {
            amount: Micros(0),
            ..new("2026-01-01", "2026-01-01", 0)
        };
        add(&mut tx, &scope, nothing).await.unwrap();
        let fine = NewSpend {
            amount: Micros(123_456),
            ..new("2026-01-01", "2026-01-01", 0)
        };
        let rows = add(&mut tx, &scope, fine).await.unwrap();
        assert_eq!(rows[0].amount_micros, Micros(123_456));
    })
    .await;
}

#[tokio::test]
async fn corrections_and_removals_leave_what_was_there_before() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let id = add(&mut tx, &scope, new("2026-01-01", "2026-01-01", 10))
            .await
            .unwrap()[0]
            .id;
        scope.clock.advance(Duration::from_mins(1));
        let less = SpendChange {
            amount: Some(Micros(7_000_000)),
            note: Change::To("credit note 12".to_owned()),
            ..SpendChange::default()
        };
        let row = change(&mut tx, &scope, id, less.clone()).await.unwrap();
        assert_eq!(row.amount_micros, Micros(7_000_000));
        assert_eq!(row.updated_at, scope.now());
        // The same once more changes nothing.
        scope.clock.advance(Duration::from_mins(1));
        let same = change(&mut tx, &scope, id, less).await.unwrap();
        assert_eq!(same, row);
        scope.clock.advance(Duration::from_mins(1));
        let gone = remove(&mut tx, &scope, id).await.unwrap();
        assert_eq!(gone.removed_at, Some(scope.now()));
        let filter = SpendFilter::default();
        let page = PageRequest::default();
        let rows = list(&mut tx, scope.workspace, &filter, &page)
            .await
            .unwrap();
        assert_eq!(rows.rows, []);
        assert_eq!(sums(&mut tx, scope.workspace, &filter).await.unwrap(), []);
        for error in [
            remove(&mut tx, &scope, id).await.unwrap_err(),
            change(&mut tx, &scope, id, SpendChange::default())
                .await
                .unwrap_err(),
        ] {
            assert_eq!(error.code(), Code::NotFound);
        }
        let removed = SpendFilter {
            removed: true,
            ..filter
        };
        let rows = list(&mut tx, scope.workspace, &removed, &page)
            .await
            .unwrap();
        let before: Vec<i64> = rows.rows[0]
            .replaced
            .iter()
            .map(|was| was.amount_micros.0)
            .collect();
        assert_eq!(before, [7_000_000, 10_000_000]);
        scope.clock.advance(Duration::from_mins(1));
        let back = restore(&mut tx, &scope, id).await.unwrap();
        assert_eq!((back.removed_at, back.replaced.len()), (None, 3));
    })
    .await;
}

#[tokio::test]
async fn the_list_gives_every_row_once_newest_day_first() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        add(&mut tx, &scope, new("2026-01-01", "2026-01-05", 10))
            .await
            .unwrap();
        let sms = NewSpend {
            platform: "SMS".to_owned(),
            campaign: None,
            ..new("2026-01-02", "2026-01-04", 3)
        };
        add(&mut tx, &scope, sms).await.unwrap();
        for (filter, total) in [
            (SpendFilter::default(), 8),
            (
                SpendFilter {
                    platform: Some("sms".to_owned()),
                    ..SpendFilter::default()
                },
                3,
            ),
            (
                SpendFilter {
                    campaign: Some("Brand".to_owned()),
                    days: Some(days("2026-01-02", "2026-01-03")),
                    ..SpendFilter::default()
                },
                2,
            ),
        ] {
            let mut page = PageRequest {
                limit: Some(2),
                cursor: None,
            };
            let mut seen = Vec::new();
            loop {
                let rows = list(&mut tx, scope.workspace, &filter, &page)
                    .await
                    .unwrap();
                seen.extend(rows.rows);
                match rows.next {
                    Some(next) => page.cursor = Some(next),
                    None => break,
                }
            }
            assert_eq!(seen.len(), total);
            assert!(
                seen.windows(2)
                    .all(|pair| (pair[0].day, pair[0].id) > (pair[1].day, pair[1].id))
            );
        }
        let wrong = PageRequest {
            limit: None,
            cursor: Some("x".to_owned()),
        };
        let error = list(&mut tx, scope.workspace, &SpendFilter::default(), &wrong)
            .await
            .unwrap_err();
        assert_eq!(error.field_name(), Some("cursor"));
    })
    .await;
}
