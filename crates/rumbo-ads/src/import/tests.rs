use std::path::PathBuf;

use rumbo_base::{Code, Reason, WorkspaceId};
use rumbo_db::testing::{TestDb, on_both};
use rumbo_db::{DbResultExt, on_tx};
use rumbo_platform::Scope;

use super::{AdsImportOptions, AdsImportReport, AdsMapping, preview, run};
use crate::insights::{SliceCounts, check_sums};
use crate::testing::workspace;

struct World {
    scope: Scope,
    folder: tempfile::TempDir,
    _test: TestDb,
}

impl World {
    async fn new(test: TestDb) -> Self {
        let workspace: WorkspaceId = workspace(&test).await;
        let scope = Scope {
            db: test.db.clone(),
            clock: test.clock.clone(),
            entropy: test.entropy.clone(),
            workspace,
            actor: None,
        };
        Self {
            scope,
            folder: tempfile::tempdir().unwrap(),
            _test: test,
        }
    }

    fn file(&self, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join("export.csv");
        std::fs::write(&path, bytes).unwrap();
        path
    }

    async fn import(&self, text: &str) -> rumbo_base::Result<AdsImportReport> {
        self.import_with(text, AdsImportOptions::default()).await
    }

    async fn import_with(
        &self,
        text: &str,
        options: AdsImportOptions,
    ) -> rumbo_base::Result<AdsImportReport> {
        let report = run(&self.scope, &self.file(text), &options).await;
        let mut tx = self.scope.read().await.unwrap();
        assert_eq!(
            check_sums(&mut tx, self.scope.workspace).await.unwrap(),
            vec![]
        );
        report
    }

    /// Day, campaign, spend, leads, purchases of every campaign-day.
    async fn days(&self) -> Vec<String> {
        let mut tx = self.scope.read().await.unwrap();
        on_tx!(&mut tx, |c| sqlx::query_scalar(
            "SELECT CAST(d.day AS TEXT) || ' ' || c.name || ' ' || d.spend_micros || ' ' || d.impressions || ' ' || d.meta_leads \
             || ' ' || d.meta_purchases || ' ' || d.meta_purchase_micros || ' ' || d.currency \
             FROM campaign_days d JOIN ad_campaigns c ON c.id = d.ad_campaign_id ORDER BY d.day, c.name"
        )
        .fetch_all(c)
        .await)
        .db()
        .unwrap()
    }
}

fn counts(added: u64, changed: u64, unchanged: u64, removed: u64) -> SliceCounts {
    SliceCounts {
        added,
        changed,
        unchanged,
        removed,
    }
}

const ENGLISH: &str = "\u{feff}Day,Campaign name,Campaign ID,Ad set name,Ad set ID,Ad name,Ad ID,Amount spent (USD),Impressions,Link clicks,Clicks (all),Leads,Purchases,Purchases conversion value,Reporting starts,Reporting ends
2026-10-01,Sofas,c:120,Set A,as:121,Ad A,ag:122,\"1,234.56\",\"10,000\",120,150,5,2,300.50,2026-10-01,2026-10-01
2026-10-02,Sofas,c:120,Set A,as:121,Ad A,ag:122,0.44,12,—,3,—,—,—,2026-10-02,2026-10-02
,,,,,,,\"1,235.00\",\"10,012\",120,153,5,2,300.50,2026-10-01,2026-10-02
";

#[tokio::test]
async fn an_export_comes_in_once_and_a_second_time_changes_nothing() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let report = world.import(ENGLISH).await.unwrap();
        assert_eq!(report.counts, counts(2, 0, 0, 0), "{report:?}");
        assert_eq!(
            (report.rows_read, report.totals_rows, report.rejected),
            (3, 1, 0)
        );
        assert_eq!(report.differences, []);
        assert_eq!(report.spend.0, 1_235_000_000);
        assert_eq!(report.account_name, "Ads Manager");
        let days = world.days().await;
        assert_eq!(
            days,
            [
                "2026-10-01 Sofas 1234560000 10000 5 2 300500000 USD",
                "2026-10-02 Sofas 440000 12 0 0 0 USD",
            ]
        );
        let again = world.import(ENGLISH).await.unwrap();
        assert_eq!(again.counts, counts(0, 0, 2, 0));
        assert_eq!(world.days().await, days);
    })
    .await;
}

#[tokio::test]
async fn spanish_and_portuguese_with_semicolons_commas_and_other_encodings() {
    let world = World::new(TestDb::sqlite().await).await;
    let spanish = "Día;Nombre de la campaña;Identificador de la campaña;Importe gastado (EUR);Impresiones;Alcance;Resultados;Tipo de resultado
25/10/2026;Sofás;120;1.234,56;10.000;8.000;7;actions:onsite_conversion.lead_grouped
26/10/2026;Sofás;120;331,30 €;1.234;1.000;3;actions:link_click
Resultados totales;;;1.565,86;11.234;;10;
";
    let report = world.import(spanish).await.unwrap();
    assert_eq!(
        (report.counts, report.currency.code()),
        (counts(2, 0, 0, 0), "EUR"),
        "{report:?}"
    );
    assert_eq!(
        (report.totals_rows, report.differences.len()),
        (1, 0),
        "{:?}",
        report.differences
    );
    assert_eq!(
        world.days().await,
        [
            "2026-10-25 Sofás 1234560000 10000 7 0 0 EUR",
            "2026-10-26 Sofás 331300000 1234 0 0 0 EUR"
        ]
    );
    // The same from a spreadsheet that writes UTF-16 with tabs.
    let utf16: Vec<u8> = std::iter::once(0xFEFF_u16)
        .chain(spanish.replace(';', "\t").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let report = run(
        &world.scope,
        &world.file(utf16),
        &AdsImportOptions::default(),
    )
    .await
    .unwrap();
    assert_eq!(report.counts, counts(0, 0, 2, 0));

    let world = World::new(TestDb::sqlite().await).await;
    let portuguese = "Dia;Nome da campanha;Identificação da campanha;Nome do conjunto de anúncios;Nome do anúncio;Valor usado (BRL);Impressões;Conversas por mensagem iniciadas
2026-10-25;Mesas;77;Frio;Vídeo;R$ 4.250,90;1.000;12
2026-10-25;Mesas;77;Frio;Foto;R$ 0,10;10;—
";
    let report = world.import(portuguese).await.unwrap();
    assert_eq!(
        (report.counts, report.currency.code()),
        (counts(2, 0, 0, 0), "BRL")
    );
    assert_eq!(
        world.days().await,
        ["2026-10-25 Mesas 4251000000 1010 0 0 0 BRL"]
    );
}

#[tokio::test]
async fn what_a_file_says_of_a_campaign_and_day_replaces_and_never_adds() {
    let world = World::new(TestDb::sqlite().await).await;
    world
        .import("Day,Campaign name,Campaign ID,Amount spent (USD)\n2026-10-01,Sofas,1,30\n2026-10-01,Tables,2,5\n")
        .await
        .unwrap();
    // The same campaign by ad: the row of the whole campaign goes, the other campaign stays.
    let by_ad = "Day,Campaign name,Campaign ID,Ad set ID,Ad ID,Amount spent (USD)\n2026-10-01,Sofas,1,10,100,10\n2026-10-01,Sofas,1,10,101,20\n";
    let report = world.import(by_ad).await.unwrap();
    assert_eq!(report.counts, counts(2, 0, 0, 1));
    assert_eq!(
        world.days().await,
        [
            "2026-10-01 Sofas 30000000 0 0 0 0 USD",
            "2026-10-01 Tables 5000000 0 0 0 0 USD"
        ]
    );
    let report = world
        .import(&by_ad.replace(",20\n", ",25\n"))
        .await
        .unwrap();
    assert_eq!(report.counts, counts(0, 1, 1, 0));
    assert_eq!(
        world.days().await[0],
        "2026-10-01 Sofas 35000000 0 0 0 0 USD"
    );
}

#[tokio::test]
async fn days_that_a_sync_has_read_are_compared_and_not_touched() {
    let world = World::new(TestDb::sqlite().await).await;
    let first = world
        .import("Day,Campaign name,Campaign ID,Amount spent (USD)\n2026-10-01,Sofas,1,30\n")
        .await
        .unwrap();
    assert!(first.account.is_some());
    let mut tx = world.scope.write().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query(
        "INSERT INTO sync_slices (workspace_id, scope, kind, since, until, state, attempts, run, rows) \
         VALUES ($1, 'act:file', 'insights', '2026-10-01', '2026-10-01', 'done', 1, 1, 1)"
    )
    .bind(world.scope.workspace)
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
    let before = world.days().await;
    let report = world
        .import("Day,Campaign name,Campaign ID,Amount spent (USD)\n2026-10-01,Sofas,1,31\n2026-10-02,Sofas,1,4\n")
        .await
        .unwrap();
    assert_eq!((report.covered, report.counts), (1, counts(1, 0, 0, 0)));
    assert_eq!(report.differences.len(), 1);
    assert_eq!(
        (report.differences[0].file, report.differences[0].other),
        (31_000_000, 30_000_000)
    );
    assert_eq!(world.days().await[0], before[0]);
}

#[tokio::test]
async fn bad_rows_are_rejected_one_by_one_with_their_reasons() {
    let world = World::new(TestDb::sqlite().await).await;
    let text = "Day,Campaign name,Campaign ID,Amount spent (USD),Impressions
2026-10-01,Sofas,1,10.00,5
not a day,Sofas,1,10.00,5
2026-10-02,Sofas,1,ten,5
2026-10-03,Sofas,1,3.00,-5
2026-10-04,=HYPERLINK(1),12022405200000010E+4,3.00,5
2026-10-01,Sofas,1,10.00,5
";
    let rejected_to = world.folder.path().join("rejected.csv");
    let options = AdsImportOptions {
        rejected_to: Some(rejected_to.clone()),
        ..AdsImportOptions::default()
    };
    let report = world.import_with(text, options).await.unwrap();
    assert_eq!(
        (report.counts, report.rejected, report.duplicates),
        (counts(1, 0, 0, 0), 4, 1),
        "{report:?}"
    );
    assert_eq!(
        report.rejections.iter().map(|r| r.row).collect::<Vec<_>>(),
        [3, 4, 5, 6]
    );
    // Each can be told in every language: by its reason, the file's own column and the value.
    let told: Vec<_> = report
        .rejections
        .iter()
        .map(|r| {
            (
                r.told.reason.unwrap().id(),
                r.told.params["column"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("cell_not_date", "Day"),
            ("cell_not_amount", "Amount spent (USD)"),
            ("cell_impossible", "Impressions"),
            ("cell_id_rounded", "Campaign ID"),
        ]
    );
    assert_eq!(report.rejections[1].told.params["value"], "ten");
    let written = std::fs::read_to_string(rejected_to).unwrap();
    assert!(written.contains("'=HYPERLINK(1)"), "{written}");
    assert_eq!(written.lines().count(), 5);
}

#[tokio::test]
async fn what_cannot_be_told_is_asked() {
    let world = World::new(TestDb::sqlite().await).await;
    for (text, field) in [
        // Whole periods are not spread over days.
        (
            "Reporting starts,Reporting ends,Campaign name,Amount spent (USD)\n2026-10-01,2026-10-31,Sofas,30\n",
            "day",
        ),
        ("Campaign name,Amount spent (USD)\nSofas,30\n", "day"),
        // Two campaigns of one name and no ids.
        (
            "Day,Campaign name,Amount spent (USD)\n2026-10-01,Sofas,30\n2026-10-01,Sofas,31\n",
            "campaign_id",
        ),
        // A further breakdown.
        (
            "Day,Campaign ID,Age,Amount spent (USD)\n2026-10-01,1,18-24,30\n2026-10-01,1,25-34,31\n",
            "day",
        ),
        // Day and month, and decimals, that can be read in two ways.
        (
            "Day,Campaign ID,Amount spent (USD)\n03/04/2026,1,30\n",
            "date_format",
        ),
        (
            "Day,Campaign ID,Amount spent (USD)\n2026-04-03,1,1.234\n",
            "decimal",
        ),
        // No campaign, no figures, no currency.
        ("Day,Amount spent (USD)\n2026-10-01,30\n", "campaign_name"),
        ("Day,Campaign ID\n2026-10-01,3\n", "spend"),
        (
            "Day,Campaign ID,Amount spent\n2026-10-01,1,30\n",
            "currency",
        ),
    ] {
        let error = world.import(text).await.unwrap_err();
        assert_eq!(
            (error.code(), error.field_name()),
            (Code::InvalidInput, Some(field)),
            "{text}: {error}"
        );
    }
    assert!(world.days().await.is_empty());
    let mut tx = world.scope.read().await.unwrap();
    let left: i64 = on_tx!(&mut tx, |c| sqlx::query_scalar(
        "SELECT (SELECT COUNT(*) FROM sync_runs) + (SELECT COUNT(*) FROM ad_accounts) + (SELECT COUNT(*) FROM imports)"
    )
    .fetch_one(c)
    .await)
    .unwrap();
    assert_eq!(left, 0, "nothing half-imported");
}

#[tokio::test]
async fn a_second_account_comes_in_by_file_and_is_found_again() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let head = "Day,Account ID,Account name,Campaign name,Campaign ID,Amount spent";
        let own = world
            .import("Day,Campaign name,Campaign ID,Amount spent (USD)\n2026-10-01,Sofas,1,30\n")
            .await
            .unwrap();
        assert!(own.account_made);
        // Another currency, and no name.
        let text = "Day,Campaign name,Campaign ID,Amount spent (EUR)\n2026-10-01,Camas,2,10\n";
        let euros = world.import(text).await.unwrap();
        assert_eq!(
            (euros.account_made, euros.account_name.as_str()),
            (true, "Ads Manager (EUR)")
        );
        let again = world.import(text).await.unwrap();
        assert_eq!((again.account_made, again.account), (false, euros.account));
        // A number, and a name; then the name without the number.
        let text = format!("{head} (USD)\n2026-10-01,act_77,Casa Alba,Mesas,3,20\n");
        let named = world.import(&text).await.unwrap();
        assert_eq!(
            (named.account_made, named.account_name.as_str()),
            (true, "Casa Alba")
        );
        assert!(named.account != own.account);
        let text = "Day,Account name,Campaign name,Campaign ID,Amount spent (USD)\n2026-10-01,casa alba,Mesas,3,20\n";
        let again = world.import(text).await.unwrap();
        assert_eq!((again.account, again.counts), (named.account, counts(0, 0, 1, 0)));
        // The currency of an account does not change with a file.
        let text = format!("{head} (EUR)\n2026-10-02,77,Casa Alba,Mesas,3,20\n");
        let error = world.import(&text).await.unwrap_err();
        assert_eq!(error.field_name(), Some("account"));
        assert_eq!(
            world.days().await,
            [
                "2026-10-01 Camas 10000000 0 0 0 0 EUR",
                "2026-10-01 Mesas 20000000 0 0 0 0 USD",
                "2026-10-01 Sofas 30000000 0 0 0 0 USD",
            ]
        );
        // A person may mistype a name; a number is meant.
        let chosen = |account: &str| AdsImportOptions {
            mapping: Some(AdsMapping {
                account: Some(account.to_owned()),
                ..AdsMapping::default()
            }),
            ..AdsImportOptions::default()
        };
        let text = "Day,Campaign name,Campaign ID,Amount spent (USD)\n2026-10-01,Sillas,4,5\n";
        let error = world
            .import_with(text, chosen("Casa Alva"))
            .await
            .unwrap_err();
        assert_eq!((error.code(), error.field_name()), (Code::NotFound, Some("account")));
        let made = world.import_with(text, chosen("act_78")).await.unwrap();
        assert_eq!((made.account_made, made.account_name.as_str()), (true, "78"));
    })
    .await;
}

#[tokio::test]
async fn campaigns_of_two_accounts_stay_apart() {
    on_both(|test| async move {
        let world = World::new(test).await;
        // By name: each account has one of its own.
        let text = "Day,Account ID,Campaign name,Amount spent (USD)\n2026-10-01,7,Promo,30\n";
        world.import(text).await.unwrap();
        let other = text.replace(",7,", ",8,").replace("30", "5");
        let report = world.import(&other).await.unwrap();
        assert_eq!(report.counts, counts(1, 0, 0, 0));
        assert_eq!(world.import(text).await.unwrap().counts, counts(0, 0, 1, 0));
        let both = [
            "2026-10-01 Promo 30000000 0 0 0 0 USD",
            "2026-10-01 Promo 5000000 0 0 0 0 USD",
        ];
        assert_eq!(world.days().await, both);
        // By id, a campaign is of one account only; so is an ad.
        let head = "Day,Account ID,Campaign name,Campaign ID,Ad ID,Amount spent (USD)";
        world
            .import(&format!("{head}\n2026-10-02,7,Sofas,120,121,30\n"))
            .await
            .unwrap();
        for row in ["8,Sofas,120,122,30", "8,Mesas,130,121,30"] {
            let error = world
                .import(&format!("{head}\n2026-10-03,{row}\n"))
                .await
                .unwrap_err();
            assert_eq!(
                (error.told().reason, error.field_name()),
                (Some(Reason::CampaignOfOtherAccount), Some("account")),
                "{row}"
            );
        }
        assert_eq!(world.days().await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn rejected_rows_that_cannot_be_written_stop_the_import() {
    let world = World::new(TestDb::sqlite().await).await;
    let text = "Day,Campaign name,Campaign ID,Amount spent (USD)\n2026-10-01,Sofas,1,30\n2026-10-02,Sofas,1,ten\n";
    let options = |path: PathBuf, dry_run| AdsImportOptions {
        rejected_to: Some(path),
        dry_run,
        ..AdsImportOptions::default()
    };
    let nowhere = world.folder.path().join("nowhere/rejected.csv");
    let error = world
        .import_with(text, options(nowhere.clone(), false))
        .await
        .unwrap_err();
    assert_eq!(error.field_name(), Some("rejected_path"));
    assert!(world.days().await.is_empty());
    // A dry run imports nothing; where rejected rows are asked for, they are written.
    let path = world.folder.path().join("rejected.csv");
    let dry = world
        .import_with(text, options(path.clone(), true))
        .await
        .unwrap();
    assert_eq!((dry.rejected, dry.rejected_file), (1, true));
    assert!(path.exists() && world.days().await.is_empty());
    std::fs::remove_file(&path).unwrap();
    let done = world.import_with(text, options(path.clone(), false)).await;
    assert!(done.unwrap().rejected_file && path.exists());
}

#[tokio::test]
async fn a_mapping_answers_and_a_dry_run_changes_nothing() {
    let world = World::new(TestDb::sqlite().await).await;
    let text = "Fecha;Camp;Gasto\n03/04/2026;Sofas;1.234\n";
    let path = world.file(text);
    let looked = preview(&world.scope, &path, None).await.unwrap();
    assert_eq!(looked.problems.len(), 1, "{:?}", looked.problems);
    assert_eq!(looked.columns, ["Fecha", "Camp", "Gasto"]);
    let mapping: AdsMapping = serde_json::from_str(
        r##"{"columns":{"day":"Fecha","campaign_name":"camp","spend":"#3"},"currency":"ARS","decimal":",","date_format":"dmy"}"##,
    )
    .unwrap();
    let looked = preview(&world.scope, &path, Some(&mapping)).await.unwrap();
    assert!(looked.problems.is_empty(), "{:?}", looked.problems);
    let options = |dry_run| AdsImportOptions {
        mapping: Some(mapping.clone()),
        dry_run,
        ..AdsImportOptions::default()
    };
    let dry = world.import_with(text, options(true)).await.unwrap();
    assert_eq!(
        (dry.counts, dry.dry_run, dry.run),
        (counts(1, 0, 0, 0), true, None)
    );
    assert!(world.days().await.is_empty());
    world.import_with(text, options(false)).await.unwrap();
    assert_eq!(
        world.days().await,
        ["2026-04-03 Sofas 1234000000 0 0 0 0 ARS"]
    );
    let wrong = AdsMapping {
        columns: [("day".to_owned(), "Datum".to_owned())].into(),
        ..mapping.clone()
    };
    let error = world
        .import_with(
            text,
            AdsImportOptions {
                mapping: Some(wrong),
                ..AdsImportOptions::default()
            },
        )
        .await
        .unwrap_err();
    assert_eq!(error.field_name(), Some("day"));
}

#[tokio::test]
async fn a_totals_row_that_does_not_agree_is_reported() {
    let world = World::new(TestDb::sqlite().await).await;
    let report = world
        .import("Day,Campaign name,Campaign ID,Amount spent (USD)\n2026-10-01,Sofas,1,30\n,Total,,35\n,Media,,30\n")
        .await
        .unwrap();
    assert_eq!(
        (report.totals_rows, report.differences.len()),
        (2, 1),
        "{report:?}"
    );
    assert_eq!(
        (report.differences[0].file, report.differences[0].other),
        (30_000_000, 35_000_000)
    );
}
