//! What was spent on other channels, as their exports and people's own tables write it.

use rumbo_base::{DateRange, PageRequest, Reason};

use super::*;
use crate::channel_spend::{self, SpendFilter, SpendRow};
use crate::testing::{dump, in_both};

fn mapping(json: &str) -> Mapping {
    serde_json::from_str(json).unwrap()
}

async fn rows(scope: &Scope) -> Vec<SpendRow> {
    let mut tx = scope.read().await.unwrap();
    let (filter, page) = (SpendFilter::default(), PageRequest::default());
    let listed = channel_spend::list(&mut tx, scope.workspace, &filter, &page);
    listed.await.unwrap().rows
}

fn reasons(report: &ImportReport) -> Vec<(usize, Option<Reason>)> {
    let rejections = report.rejections.iter();
    rejections.map(|row| (row.row, row.told.reason)).collect()
}

const SPANISH: &str = "Día;Plataforma;Campaña;Coste;Código de moneda\r\n\
    01/03/2026;Google Ads;Marca;1.234,50;BRL\r\n\
    15/03/2026;Google Ads;Marca;0,123456;BRL\r\n\
    15/03/2026;Agencia;;500;USD\r\n\
    Total;;;1.734,62;\r\n";

#[tokio::test]
async fn every_way_of_writing_the_same_spend_gives_the_same_rows() {
    in_both(|scope| async move {
        let first = import(&scope, ImportKind::Spend, SPANISH, None)
            .await
            .unwrap();
        assert_eq!(counts(&first), [3, 0, 0, 0], "{first:?}");
        assert_eq!((first.totals_rows, first.contacts_added), (1, 0));
        assert_eq!(total(&first, "BRL"), "1234.623456");
        assert_eq!(total(&first, "USD"), "500.00");
        let stored = rows(&scope).await;
        assert_eq!(stored[0].file_name.as_deref(), Some("file.csv"));
        let before = dump(&scope).await;
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(
                SPANISH
                    .replace(';', "\t")
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes),
            )
            .collect();
        let english = "\u{feff}Date,Channel,Campaign,Cost,Currency code\n\
            2026-03-01,google_ads,Marca,1234.50,BRL\n\
            2026-03-15,GOOGLE,Marca,0.123456,BRL\n\
            2026-03-15,agency,,500.00,USD\n\
            ,,,1734.62,\n";
        for body in [
            utf16,
            english.as_bytes().to_vec(),
            SPANISH.as_bytes().to_vec(),
        ] {
            let file = File::new("spend.csv", body);
            let again = run(
                &scope,
                ImportKind::Spend,
                &file.path(),
                RunOptions::default(),
            )
            .await
            .unwrap();
            assert_eq!(counts(&again), [0, 0, 3, 0], "{again:?}");
        }
        assert!(dump(&scope).await == before);
    })
    .await;
}

#[tokio::test]
async fn a_corrected_file_corrects_its_rows_and_keeps_what_they_said() {
    in_both(|scope| async move {
        import(&scope, ImportKind::Spend, SPANISH, None)
            .await
            .unwrap();
        scope.clock.advance(std::time::Duration::from_mins(1));
        let set_right = SPANISH.replace("1.234,50", "1.200,00");
        let dry = RunOptions {
            dry_run: true,
            ..RunOptions::default()
        };
        let file = File::new("again.csv", &set_right);
        let report = run(&scope, ImportKind::Spend, &file.path(), dry)
            .await
            .unwrap();
        assert_eq!(counts(&report), [0, 1, 2, 0]);
        assert_eq!(rows(&scope).await.last().unwrap().replaced, []);
        let report = run(
            &scope,
            ImportKind::Spend,
            &file.path(),
            RunOptions::default(),
        )
        .await
        .unwrap();
        assert_eq!(counts(&report), [0, 1, 2, 0]);
        let listed = rows(&scope).await;
        let changed = listed.last().unwrap();
        assert_eq!(changed.amount_micros, Micros(1_200_000_000));
        assert_eq!(changed.replaced[0].amount_micros, Micros(1_234_500_000));
        assert_eq!(changed.file_name.as_deref(), Some("again.csv"));
        // One that was taken away is said again.
        let mut tx = scope.write().await.unwrap();
        channel_spend::remove(&mut tx, &scope, changed.id)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        scope.clock.advance(std::time::Duration::from_mins(1));
        let report = import(&scope, ImportKind::Spend, &set_right, None)
            .await
            .unwrap();
        assert_eq!(counts(&report), [0, 1, 2, 0]);
        assert_eq!(rows(&scope).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn rows_that_cannot_be_kept_say_why() {
    in_both(|scope| async move {
        let body = "date,platform,campaign,amount,currency,id\n\
            2026-03-01,sms,Reminders,10,BRL,\n\
            2026-03-01,sms,Reminders,10,BRL,\n\
            2026-03-01,sms,Reminders,12,BRL,\n\
            2026-03-01,sms,Reminders,10,BRL,A1\n\
            2026-03-01,sms,Reminders,10,BRL,A1\n\
            2026-03-01,facebook,X,10,BRL,\n\
            2026-03-01,google,X,-10,BRL,\n\
            2030-03-01,google,X,10,BRL,\n\
            ,google,X,10,BRL,\n\
            2026-03-02,,X,10,BRL,\n\
            2026-03-02,google,X,,BRL,\n\
            2026-03-02,google,Total,10,BRL,\n";
        let file = File::new("spend.csv", body);
        let rejected = file.beside("rejected.csv");
        let options = RunOptions {
            rejected_to: Some(&rejected),
            ..RunOptions::default()
        };
        let report = run(&scope, ImportKind::Spend, &file.path(), options)
            .await
            .unwrap();
        assert_eq!(
            reasons(&report),
            [
                (3, Some(Reason::RowRepeated)),
                (6, Some(Reason::RowSameId)),
                (7, Some(Reason::SpendOfMeta)),
                (8, Some(Reason::SpendNegative)),
                (9, Some(Reason::SpendAhead)),
                (10, Some(Reason::RowWithout)),
                (11, Some(Reason::RowWithout)),
                (12, Some(Reason::RowWithout)),
            ]
        );
        // A campaign may be called "Total": its row has a day.
        assert_eq!(counts(&report), [4, 0, 0, 8]);
        let text = std::fs::read_to_string(&rejected).unwrap();
        assert_eq!(text.lines().count(), 9, "{text}");
        let again = run(&scope, ImportKind::Spend, &file.path(), options)
            .await
            .unwrap();
        assert_eq!(counts(&again), [0, 0, 4, 8]);
        let mut tx = scope.read().await.unwrap();
        let filter = SpendFilter {
            days: Some(DateRange {
                from: "2026-03-01".parse().unwrap(),
                to: "2026-03-01".parse().unwrap(),
            }),
            ..SpendFilter::default()
        };
        let sums = channel_spend::sums(&mut tx, scope.workspace, &filter)
            .await
            .unwrap();
        assert_eq!(sums[0].amount_micros, Micros(32_000_000));
    })
    .await;
}

#[tokio::test]
async fn a_platforms_own_export_needs_only_its_name() {
    in_both(|scope| async move {
        let body = "Campaign,Day,Currency code,Cost\n\
            Brand,2026-03-01,BRL,10.50\n\
            Brand,2026-03-02,BRL,11.25\n\
            Total: Campaigns, --, --,21.75\n";
        let error = import(&scope, ImportKind::Spend, body, None).await.unwrap_err();
        assert_eq!(error.field_name(), Some("platform"));
        let google = mapping(
            r#"{ "columns": { "day": "Day", "campaign": "Campaign", "amount": "Cost", "currency": "Currency code" },
                "constants": { "platform": "google_ads" } }"#,
        );
        let report = import(&scope, ImportKind::Spend, body, Some(&google)).await.unwrap();
        assert_eq!((counts(&report), report.totals_rows), ([2, 0, 0, 0], 1));
    })
    .await;
}
