use rumbo_platform::Scope;
use rumbo_platform::table_file::{CsvDialect, CsvWriter};

use super::*;
use crate::contacts::{self, ContactFields};
use crate::import::{RunOptions, run};
use crate::sales::{self, NewSale};
use crate::testing::{at, in_both, synced_ad};
use crate::touchpoints::{self, NewTouchpoint};

async fn csv(scope: &Scope, kind: ImportKind, dialect: CsvDialect) -> Vec<u8> {
    let mut writer = CsvWriter::new(Vec::new(), dialect).unwrap();
    writer
        .row(columns(kind).iter().map(|name| Field::from(*name)))
        .unwrap();
    let mut tx = scope.read().await.unwrap();
    rows(&mut tx, scope.workspace, kind, &mut |_, cells| {
        assert_eq!(cells.len(), columns(kind).len());
        writer.row(cells)
    })
    .await
    .unwrap();
    writer.finish().unwrap()
}

#[tokio::test]
async fn what_is_exported_can_be_imported() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        synced_ad(&scope, &mut tx, 1).await;
        let fields = ContactFields {
            name: Some("=Ana; \"Peña\"".into()),
            phone: Some("+5511987654321".into()),
            ..ContactFields::default()
        };
        let ana = contacts::create(&mut tx, &scope, fields).await.unwrap().id;
        let touch = NewTouchpoint {
            occurred_at: Some(at("2026-01-01T00:00:00Z")),
            source: "META_ADS".into(),
            ad_external_id: Some("d1".into()),
            ..NewTouchpoint::default()
        };
        touchpoints::add(&mut tx, &scope, ana, touch).await.unwrap();
        for n in 0..3_i64 {
            let new = NewSale {
                contact_id: ana,
                opportunity_id: None,
                gross: Micros(n * 10_000),
                currency: "BRL".parse().unwrap(),
                cost: None,
                quantity: Some(n),
                reference: (n > 0).then(|| format!("R{n}")),
                pending: false,
                at: Some(at("2026-01-31T15:00:00Z")),
                external_id: None,
            };
            sales::create(&mut tx, &scope, new).await.unwrap();
        }
        tx.commit().await.unwrap();
        for dialect in [CsvDialect::Plain, CsvDialect::Comma, CsvDialect::Point] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("sales.csv");
            std::fs::write(&path, csv(&scope, ImportKind::Sales, dialect).await).unwrap();
            let report = run(
                &scope,
                ImportKind::Sales,
                &path,
                RunOptions {
                    dry_run: true,
                    ..RunOptions::default()
                },
            )
            .await
            .unwrap();
            assert_eq!(
                (report.added, report.rejected, report.contacts_added),
                (3, 0, 0),
                "{report:?}"
            );
            assert_eq!(report.totals[0].amount, Micros(30_000));
        }
        let text =
            String::from_utf8(csv(&scope, ImportKind::Sales, CsvDialect::Comma).await).unwrap();
        assert!(
            text.contains("R2;\"'=Ana; \"\"Peña\"\"\";'+5511987654321;;2026-01-31T15:00:00Z"),
            "{text}"
        );
        assert!(
            text.contains(";0,02;0,00;;0,02;;BRL;completed;2;META_ADS;c1;Campaign 1;d1\r\n"),
            "{text}"
        );
        let text =
            String::from_utf8(csv(&scope, ImportKind::Contacts, CsvDialect::Plain).await).unwrap();
        assert!(text.contains(",customer,ORGANIC,"), "{text}");
        assert!(
            text.contains(",2026-01-01T00:00:00Z,c1,Campaign 1,d1\r\n"),
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
