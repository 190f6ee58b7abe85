use rumbo_platform::Scope;
use rumbo_platform::table_file::{CsvDialect, CsvWriter};

use super::*;
use crate::channel_spend::{self, NewSpend};
use crate::contacts::{self, ContactFields};
use crate::import::{RunOptions, run};
use crate::merges;
use crate::opportunities::{self, NewOpportunity};
use crate::sales::{self, NewSale};
use crate::stages;
use crate::testing::{at, contact, dump, in_both, synced_ad};
use crate::touchpoints::{self, NewTouchpoint};

async fn csv(scope: &Scope, kind: ImportKind, dialect: CsvDialect) -> Vec<u8> {
    let mut writer = CsvWriter::new(Vec::new(), dialect).unwrap();
    let mut tx = scope.read().await.unwrap();
    let names = columns(&mut tx, scope.workspace, kind).await.unwrap();
    writer
        .row(names.iter().map(|name| Field::from(name.as_str())))
        .unwrap();
    rows(&mut tx, scope.workspace, kind, &mut |_, cells| {
        assert_eq!(cells.len(), names.len());
        writer.row(cells)
    })
    .await
    .unwrap();
    writer.finish().unwrap()
}

/// Two contacts, one of them merged; an opportunity of each state; sales of every status.
async fn filled(scope: &Scope) {
    let mut tx = scope.write().await.unwrap();
    stages::seed_stages(&mut tx, scope, "en").await.unwrap();
    synced_ad(scope, &mut tx, 1).await;
    let fields = ContactFields {
        name: Some("=Ana; \"Peña\"".into()),
        phone: Some("+5511987654321".into()),
        country: Some("BR".into()),
        birth_year: Some(1990).into(),
        timezone: Some("America/Recife".into()),
        tags: Some(vec!["vip".into(), "a, b".into()]),
        notes: Some("-3 °C\nand a line".into()),
        custom: [("Size", "M"), ("shoe size", "40")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..ContactFields::default()
    };
    let ana = contacts::create(&mut tx, scope, fields).await.unwrap().id;
    let bea = contact(scope, &mut tx, "Bea").await;
    let old = contact(scope, &mut tx, "Bea Old").await;
    merges::merge(&mut tx, scope, bea, old).await.unwrap();
    let touch = NewTouchpoint {
        occurred_at: Some(at("2026-01-01T00:00:00Z")),
        source: "META_ADS".into(),
        ad_external_id: Some("d1".into()),
        ..NewTouchpoint::default()
    };
    touchpoints::add(&mut tx, scope, ana, touch).await.unwrap();
    let stages = stages::list(&mut tx, scope.workspace).await.unwrap();
    let mut deal = None;
    for (place, value) in [(0, None), (4, Some(Micros(2_000_000))), (5, None)] {
        let new = NewOpportunity {
            contact_id: bea,
            name: "Plan".into(),
            value,
            currency: "USD".parse().unwrap(),
            stage_id: None,
            owner_id: None,
            deadline_at: Some(at("2026-02-01T10:00:00.000123Z")),
            expected_close: None,
            opened_at: Some(at("2026-01-15T00:00:00.5Z")),
            external_id: None,
        };
        let made = opportunities::create(&mut tx, scope, new).await.unwrap();
        opportunities::move_to(&mut tx, scope, made.id, stages[place].id, Some("price"))
            .await
            .unwrap();
        deal = Some(made.id);
    }
    let spent = NewSpend {
        days: rumbo_base::DateRange {
            from: "2026-01-01".parse().unwrap(),
            to: "2026-01-03".parse().unwrap(),
        },
        platform: "Google".into(),
        campaign: Some("=Brand; \"2\"".into()),
        note: Some("-3 %".into()),
        amount: Micros(1_000_005),
        currency: "BRL".parse().unwrap(),
    };
    channel_spend::add(&mut tx, scope, spent).await.unwrap();
    for n in 0..5_i64 {
        let new = NewSale {
            contact_id: if n == 4 { bea } else { ana },
            opportunity_id: deal.filter(|_| n == 4),
            gross: Micros(n * 10_000),
            currency: "BRL".parse().unwrap(),
            cost: (n == 2).then_some(Micros(10_000)),
            quantity: Some(n),
            reference: (n > 0).then(|| format!("R{n}")),
            pending: n == 3,
            at: Some(at("2026-01-31T15:00:00Z")),
            external_id: None,
        };
        let sale = sales::create(&mut tx, scope, new).await.unwrap();
        match n {
            1 => {
                sales::refund(&mut tx, scope, sale.id, Micros(10_000), None, None)
                    .await
                    .unwrap();
            }
            3 => {
                sales::cancel(&mut tx, scope, sale.id).await.unwrap();
            }
            _ => {}
        }
    }
    tx.commit().await.unwrap();
}

const KINDS: [ImportKind; 4] = [
    ImportKind::Contacts,
    ImportKind::Opportunities,
    ImportKind::Sales,
    ImportKind::Spend,
];

#[tokio::test]
async fn what_is_exported_is_imported_without_a_mapping_and_changes_nothing() {
    in_both(|scope| async move {
        filled(&scope).await;
        let before = dump(&scope).await;
        for dialect in [CsvDialect::Plain, CsvDialect::Comma, CsvDialect::Point] {
            for (kind, count) in KINDS.into_iter().zip([2, 3, 5, 3]) {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("out.csv");
                std::fs::write(&path, csv(&scope, kind, dialect).await).unwrap();
                scope.clock.advance(std::time::Duration::from_mins(1));
                let report = run(&scope, kind, &path, RunOptions::default())
                    .await
                    .unwrap();
                assert_eq!(
                    (report.unchanged, report.contacts_added),
                    (count, 0),
                    "{report:?}"
                );
                assert_eq!(dump(&scope).await, before, "{kind} {dialect:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn another_workspace_takes_an_export_in_once() {
    in_both(|scope| async move {
        filled(&scope).await;
        let mut files = Vec::new();
        for kind in KINDS {
            files.push((kind, csv(&scope, kind, CsvDialect::Plain).await));
        }
        let other = crate::testing::scope_beside(&scope).await;
        let mut tx = other.write().await.unwrap();
        stages::seed_stages(&mut tx, &other, "en").await.unwrap();
        tx.commit().await.unwrap();
        for again in [false, true] {
            for ((kind, body), count) in files.iter().zip([2, 3, 5, 3]) {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("out.csv");
                std::fs::write(&path, body).unwrap();
                let report = run(&other, *kind, &path, RunOptions::default())
                    .await
                    .unwrap();
                let counts = (report.added, report.unchanged, report.rejected);
                let wanted = if again { (0, count, 0) } else { (count, 0, 0) };
                assert_eq!(counts, wanted, "{kind} {report:?}");
            }
        }
        let mut tx = other.read().await.unwrap();
        let sales = sales::list(
            &mut tx,
            other.workspace,
            &sales::SaleFilter::default(),
            &rumbo_base::PageRequest::default(),
        )
        .await
        .unwrap();
        let credited = sales
            .rows
            .iter()
            .filter(|sale| sale.campaign.as_deref() == Some("c1"))
            .count();
        assert_eq!(credited, 4, "the credit comes along");
    })
    .await;
}

#[tokio::test]
async fn spreadsheets_read_it_as_it_is() {
    in_both(|scope| async move {
        filled(&scope).await;
        let text =
            String::from_utf8(csv(&scope, ImportKind::Sales, CsvDialect::Comma).await).unwrap();
        assert!(
            text.contains("R2;;\"'=Ana; \"\"Peña\"\"\";'+5511987654321;;2026-01-31T15:00:00Z"),
            "{text}"
        );
        assert!(
            text.contains(";0,02;0,00;;0,02;0,01;BRL;completed;2;META_ADS;c1;Campaign 1;d1\r\n"),
            "{text}"
        );
        let text =
            String::from_utf8(csv(&scope, ImportKind::Contacts, CsvDialect::Plain).await).unwrap();
        assert!(text.contains(",client,customer,ORGANIC,BR,"), "{text}");
        assert!(
            text.contains(",2026-01-01T00:00:00Z,c1,Campaign 1,d1,,M,40\r\n"),
            "{text}"
        );
    })
    .await;
}

#[tokio::test]
async fn every_row_comes_once_over_many_pages() {
    in_both(|scope| async move {
        let body: Vec<String> = (0..2_345).map(|n| format!("c{n}@x.com")).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("contacts.csv");
        std::fs::write(&path, format!("email\n{}", body.join("\n"))).unwrap();
        run(&scope, ImportKind::Contacts, &path, RunOptions::default())
            .await
            .unwrap();
        let mut ids = Vec::new();
        let mut tx = scope.read().await.unwrap();
        let count = rows(
            &mut tx,
            scope.workspace,
            ImportKind::Contacts,
            &mut |id, _| {
                ids.push(id);
                Ok(())
            },
        )
        .await
        .unwrap();
        ids.dedup();
        assert_eq!((count, ids.len()), (2_345, 2_345));
    })
    .await;
}
