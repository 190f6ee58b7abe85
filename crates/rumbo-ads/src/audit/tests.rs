use rumbo_base::Code;
use rumbo_db::testing::{TestDb, on_both};

use super::{Audit, Cause, Difference, Figure, NotCompared, WhyUnmatched, run};
use crate::import::{AdsImportOptions, AdsMapping};

mod round_trip;
mod world;

use world::{Ad, SETTLED, World, ad};

/// Two campaigns, three ads, three days.
async fn three_days(test: TestDb) -> World {
    let world = World::new(test).await;
    world
        .sync(
            ("2026-10-01", "2026-10-03"),
            SETTLED,
            &[
                ad("110", "2026-10-01", "10.51", 1000),
                ad("110", "2026-10-02", "20.00", 2000),
                ad("111", "2026-10-01", "1.25", 100),
                ad("210", "2026-10-02", "5.10", 510),
                ad("210", "2026-10-03", "7.77", 300),
            ],
        )
        .await;
    world
        .execute("UPDATE ad_campaigns SET name = CASE external_id WHEN '1' THEN 'Sofás' ELSE 'Mesas' END WHERE workspace_id = $1")
        .await;
    world
}

const DAILY: &str = "Day,Campaign name,Campaign ID,Ad set ID,Ad ID,Amount spent (USD),Impressions,Reach,Frequency,Link clicks,Clicks (all),Leads,\"CPM (cost per 1,000 impressions) (USD)\",CPC (all) (USD),CTR (all)
2026-10-01,Sofás,c:1,11,110,10.51,1000,80,1.25,4,9,2,10.51,1.167778,0.9
2026-10-02,Sofás,c:1,11,110,20,2000,80,1.25,4,9,2,10,2.222222,0.45
2026-10-01,Sofás,c:1,11,111,1.25,100,80,1.25,4,9,2,12.5,0.138889,9
2026-10-02,Mesas,c:2,21,210,5.1,510,80,1.25,4,9,2,10,0.566667,1.764706
2026-10-03,Mesas,c:2,21,210,7.77,300,80,1.25,4,9,2,25.9,0.863333,3
,,,,,44.63,3910,,,20,45,10,11.414322,0.991778,1.150895
";

/// Row, figure, file, stored, difference, cause.
fn brief(found: &Difference) -> (usize, &str, Option<&str>, Option<&str>, Option<&str>, &str) {
    (
        found.row,
        found.figure.id(),
        found.file.as_deref(),
        found.stored.as_deref(),
        found.difference.as_deref(),
        found.cause.id(),
    )
}

#[tokio::test]
async fn an_export_of_what_is_stored_has_no_difference() {
    on_both(|test| async move {
        let world = three_days(test).await;
        let audit = world.audit(DAILY).await;
        assert_eq!(audit.differences, []);
        assert_eq!(audit.unmatched, []);
        assert_eq!(audit.not_in_file, []);
        // 5 rows of 10 figures, and 8 of the totals row.
        assert_eq!((audit.cells_compared, audit.cells_equal), (58, 58));
        assert_eq!((audit.rows_read, audit.rows_compared), (6, 6));
        assert_eq!(audit.level.id(), "ad");
        assert_eq!(audit.read_at, SETTLED.parse().ok());
        assert_eq!(audit.not_compared.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn one_cent_is_found_once_and_a_totals_row_that_does_not_add_up_too() {
    on_both(|test| async move {
        let world = three_days(test).await;
        // Zeros at the end are not printed: 10.5 is still 10.50 and not 10.51.
        let audit = world
            .audit(DAILY.replace(",10.51,1000", ",10.5,1000"))
            .await;
        assert_eq!(
            audit.differences.iter().map(brief).collect::<Vec<_>>(),
            [
                (
                    2,
                    "spend",
                    Some("10.50"),
                    Some("10.51"),
                    Some("-0.01"),
                    "unknown"
                ),
                (
                    7,
                    "spend",
                    Some("44.63"),
                    Some("44.62"),
                    Some("0.01"),
                    "rounding"
                ),
                (
                    7,
                    "cpc",
                    Some("0.991778"),
                    Some("0.991556"),
                    Some("0.000222"),
                    "follows"
                ),
                (
                    7,
                    "cpm",
                    Some("11.414322"),
                    Some("11.411765"),
                    Some("0.002557"),
                    "follows"
                ),
            ]
        );
        assert_eq!(
            audit.differences[0].names.campaign.as_deref(),
            Some("Sofás")
        );
        assert_eq!(audit.differences[0].external_id.as_deref(), Some("110"));
        assert_eq!(audit.cells_compared - audit.cells_equal, 4);

        // Nor where the file does not say which currency it is.
        let audit = world
            .audit("Day,Ad ID,Amount spent\n2026-10-01,110,10.5\n")
            .await;
        assert_eq!(audit.differences.len(), 1);

        let audit = world
            .audit(DAILY.replace(",44.63,3910", ",44.63,3911"))
            .await;
        assert_eq!(
            audit.differences.iter().map(brief).collect::<Vec<_>>(),
            [(
                7,
                "impressions",
                Some("3911"),
                Some("3910"),
                Some("1"),
                "unknown"
            )]
        );
        assert_eq!(audit.differences[0].level, None);
    })
    .await;
}

#[tokio::test]
async fn a_day_that_meta_restated_names_the_run() {
    on_both(|test| async move {
        let world = three_days(test).await;
        let run = world
            .sync(
                ("2026-10-01", "2026-10-01"),
                SETTLED,
                &[
                    Ad {
                        leads: 3,
                        ..ad("110", "2026-10-01", "10.61", 1010)
                    },
                    ad("111", "2026-10-01", "1.25", 100),
                ],
            )
            .await;
        let audit = world.audit(DAILY).await;
        let row: Vec<_> = audit.differences.iter().filter(|d| d.row == 2).collect();
        let figures: Vec<&str> = row.iter().map(|d| d.figure.id()).collect();
        assert_eq!(
            figures,
            ["spend", "impressions", "meta_leads", "ctr", "cpc", "cpm"]
        );
        for found in row {
            assert!(
                matches!(found.cause, Cause::Restated { run: by, .. } if by == run),
                "{found:?}"
            );
        }
        assert_eq!(audit.differences.len(), 6);
        // Of a sum too: the whole campaign in a whole period.
        let audit = world
            .audit("Reporting starts,Reporting ends,Campaign name,Amount spent (USD)\n2026-10-01,2026-10-03,sofas,31.76\n")
            .await;
        assert_eq!(audit.differences.len(), 1);
        assert_eq!(
            audit.differences[0].cause.evidence()["run"],
            run.to_string()
        );
    })
    .await;
}

#[tokio::test]
async fn an_import_that_replaced_it_is_named_as_one() {
    let world = World::new(TestDb::sqlite().await).await;
    let file = |spend: &str| {
        format!("Day,Campaign name,Campaign ID,Amount spent (USD)\n2026-10-01,Sofas,9,{spend}\n")
    };
    let path = world.folder.path().join("import.csv");
    for spend in ["30", "31"] {
        std::fs::write(&path, file(spend)).unwrap();
        crate::import::run(&world.scope, &path, &AdsImportOptions::default())
            .await
            .unwrap();
    }
    let audit = world.audit(file("30")).await;
    assert!(
        matches!(audit.differences[0].cause, Cause::ReplacedByFile { .. }),
        "{audit:?}"
    );
    let audit = world.audit(file("29")).await;
    assert!(
        matches!(audit.differences[0].cause, Cause::FromFile { .. }),
        "{audit:?}"
    );
}

#[tokio::test]
async fn each_cause_has_its_evidence() {
    let world = three_days(TestDb::sqlite().await).await;
    let one = async |file: &str| {
        let audit = world.audit(file).await;
        assert_eq!(audit.differences.len(), 1, "{file} {audit:?}");
        audit.differences.into_iter().next().unwrap().cause
    };
    let daily = "Day,Ad ID,Amount spent (USD)";
    // The words of the pixel's own leads alone, counted as leads.
    assert_eq!(
        one("Day,Ad ID,Leads\n2026-10-01,110,9\n").await,
        Cause::ActionType {
            action: "offsite_conversion.fb_pixel_lead".to_owned()
        }
    );
    assert_eq!(
        one("Day,Ad ID,Leads\n2026-10-01,110,1\n").await,
        Cause::AttributionWindow {
            action: "lead".to_owned(),
            window: "1d_click".to_owned()
        }
    );
    assert_eq!(
        one("Day,Ad ID,Leads,Attribution setting\n2026-10-01,110,6,1-day click\n").await,
        Cause::AttributionSetting {
            file: "1-day click".to_owned(),
            stored: "7d_click_1d_view".to_owned()
        }
    );
    assert_eq!(
        one("Day,Ad ID,Link clicks\n2026-10-01,110,5\n").await,
        Cause::ActionType {
            action: "link_click".to_owned()
        }
    );
    // The whole row is that of the next day.
    let audit = world
        .audit("Day,Ad ID,Amount spent (USD),Impressions\n2026-10-01,110,20,2000\n")
        .await;
    assert_eq!(audit.differences.len(), 2);
    for found in &audit.differences {
        assert_eq!(found.cause, Cause::DayShift { later: true });
    }
    // A cent of a sum of three is what three roundings may make.
    assert_eq!(
        one("Reporting starts,Reporting ends,Campaign ID,Amount spent (USD)\n2026-10-01,2026-10-03,1,31.77\n").await,
        Cause::Rounding { parts: 3 }
    );
    assert_eq!(
        one("Reporting starts,Reporting ends,Campaign ID,Amount spent (USD)\n2026-10-01,2026-10-03,1,31.80\n").await,
        Cause::Unknown
    );
    // Two of these days were never read.
    let Cause::DaysNotRead { first, days } = one(
        "Reporting starts,Reporting ends,Campaign ID,Amount spent (USD)\n2026-10-01,2026-10-05,1,40\n",
    )
    .await
    else {
        panic!("not read");
    };
    assert_eq!((first.to_string().as_str(), days), ("2026-10-04", 2));
    // A quotient of what differs itself.
    let audit = world
        .audit("Day,Ad ID,Amount spent (USD),CPC (all) (USD)\n2026-10-01,110,12,1.333333\n")
        .await;
    assert_eq!(
        audit.differences[1].cause,
        Cause::Follows {
            figure: Figure::Spend
        }
    );
    // Money of another currency is not compared, the rest is.
    let audit = world
        .audit("Day,Ad ID,Amount spent (EUR),Impressions\n2026-10-01,110,10.51,1000\n")
        .await;
    assert_eq!(audit.differences.len(), 1);
    assert_eq!(audit.differences[0].cause.id(), "other_currency");
    assert_eq!(audit.differences[0].difference, None);
    // Read before Meta was done with it.
    world
        .execute("UPDATE sync_slices SET confirmed_at = '2026-10-05T10:00:00.000000Z' WHERE workspace_id = $1")
        .await;
    assert!(matches!(
        one(&format!("{daily}\n2026-10-01,110,99\n")).await,
        Cause::NotSettled { .. }
    ));
    // Meta lists it no longer.
    world
        .execute("UPDATE sync_slices SET confirmed_at = '2026-12-05T10:00:00.000000Z' WHERE workspace_id = $1")
        .await;
    world
        .execute(
            "UPDATE ads SET deleted_at = '2026-11-05T10:00:00.000000Z' WHERE workspace_id = $1",
        )
        .await;
    assert!(matches!(
        one(&format!("{daily}\n2026-10-01,110,99\n")).await,
        Cause::ObjectDeleted { .. }
    ));
}

#[tokio::test]
async fn rows_without_a_match_are_listed_on_both_sides() {
    let world = three_days(TestDb::sqlite().await).await;
    let run = world
        .sync(
            ("2026-10-03", "2026-10-03"),
            SETTLED,
            &[ad("211", "2026-10-03", "3.00", 30)],
        )
        .await;
    world
        .execute("UPDATE ads SET name = 'Video' WHERE workspace_id = $1 AND external_id IN ('110', '111', '210')")
        .await;
    let audit = world
        .audit(
            "Day,Campaign name,Ad name,Ad ID,Amount spent (USD)
2026-10-01,Sofás,Video,,11.76
2026-10-02,Mesas,Video,,5.10
2026-10-02,Mesas,Video,,5.10
2026-10-02,Mesas,Video,,0.10
2026-10-02,Mesas,Foto,,5.10
2026-10-03,Mesas,,999,5.10
2026-10-03,Mesas,Video,,7.77
2026-10-01,Mesas,Video,,7.70
,Total,,,x
",
        )
        .await;
    let why: Vec<(usize, &WhyUnmatched)> =
        audit.unmatched.iter().map(|u| (u.row, &u.why)).collect();
    assert_eq!(why[0], (2, &WhyUnmatched::SharedName(2)));
    assert_eq!(why[1], (5, &WhyUnmatched::Twice(3)));
    assert_eq!(why[2], (6, &WhyUnmatched::UnknownName));
    assert_eq!(why[3], (7, &WhyUnmatched::UnknownId));
    // The sync took that row away.
    assert!(
        matches!(why[4], (8, WhyUnmatched::NotStored(Cause::Restated { run: by, .. })) if *by == run),
        "{why:?}"
    );
    assert_eq!(why[5], (9, &WhyUnmatched::NotStored(Cause::Unknown)));
    assert!(
        matches!(why[6], (10, WhyUnmatched::Unreadable(..))),
        "{why:?}"
    );
    assert_eq!((audit.unmatched.len(), audit.duplicates), (7, 1));
    assert_eq!(audit.differences, []);
    // Ad 110 on the second day; ads 110 and 111 on the first are the two of one name.
    let missing: Vec<_> = audit
        .not_in_file
        .iter()
        .map(|one| {
            (
                one.external_id.as_deref().unwrap(),
                one.days.from.to_string(),
                one.day_count,
                one.spend.as_deref().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        missing,
        [
            ("211", "2026-10-03".to_owned(), 1, "3.00"),
            ("110", "2026-10-02".to_owned(), 1, "20.00"),
        ]
    );
}

#[tokio::test]
async fn spanish_and_portuguese_exports_are_compared_too() {
    let world = three_days(TestDb::sqlite().await).await;
    let spanish = "Inicio del informe;Fin del informe;Nombre de la campaña;Importe gastado (USD);Impresiones;Alcance;Clics (todos);CPM (costo por mil impresiones);Resultados;Tipo de resultado
01/10/2026;31/10/2026;Sofás;31,76;3.100;150;27;10,245161;18;actions:lead
01/10/2026;31/10/2026;MESAS;12,87;810;80;18;15,888889;4;actions:lead
Resultados totales;;;44,63;3.910;230;45;11,414322;22;
";
    let audit = world.audit(spanish).await;
    let days_not_read: Vec<_> = audit.differences.iter().map(brief).collect();
    assert_eq!(
        days_not_read,
        [(
            2,
            "results",
            Some("18"),
            Some("6"),
            Some("12"),
            "days_not_read"
        )]
    );
    // Nothing was read after the third: those days may hold what is missing.
    assert_eq!(audit.differences[0].cause.evidence()["day"], "2026-10-04");
    assert_eq!(
        audit.not_compared[&(Figure::Reach, NotCompared::OneAnswer)],
        3
    );
    let portuguese =
        "Dia;Nome da campanha;Identificação da campanha;Valor usado (USD);Impressões;Leads
01/10/2026;Sofás;1;R$ 11,76;1.100;4
02/10/2026;Sofás;1;R$ 20,01;2.000;2
02/10/2026;Mesas;2;R$ 5,10;510;2
13/10/2026;Mesas;2;R$ 7,77;300;2
";
    let audit = world.audit(portuguese).await;
    assert_eq!(
        audit.differences.iter().map(brief).collect::<Vec<_>>(),
        [(
            3,
            "spend",
            Some("20.01"),
            Some("20.00"),
            Some("0.01"),
            "unknown"
        )]
    );
    assert_eq!(audit.unmatched.len(), 1);
    assert_eq!(audit.not_in_file.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_compared_is_said() {
    let world = three_days(TestDb::sqlite().await).await;
    let audit = world
        .audit("Day,Campaign ID,Reach,Impressions,Results\n2026-10-01,1,150,1100,4\n2026-10-02,2,80,510,2\n")
        .await;
    // Two ads in one row, one in the other.
    assert_eq!(
        audit.not_compared.iter().collect::<Vec<_>>(),
        [
            (&(Figure::Reach, NotCompared::OneAnswer), &1),
            (&(Figure::Results, NotCompared::ResultKindUnknown), &2),
        ]
    );
    assert_eq!(audit.differences, []);
    for (file, field, code) in [
        ("Campaign ID,Impressions\n1,5\n", "day", Code::InvalidInput),
        (
            "Day,Campaign ID\n2026-10-01,1\n",
            "spend",
            Code::InvalidInput,
        ),
        (
            "Day,Account ID,Impressions\n2026-10-01,55,4\n",
            "account",
            Code::NotFound,
        ),
        (
            "Day,Account ID,Impressions\n2026-10-01,55,4\n2026-10-01,77,4\n",
            "account",
            Code::InvalidInput,
        ),
    ] {
        let error = world.try_audit(file).await.unwrap_err();
        assert_eq!(
            (error.code(), error.field_name()),
            (code, Some(field)),
            "{error}"
        );
        assert!(error.told().reason.is_some(), "{error}");
    }
    // A whole account, named by the file or by the person.
    let whole = "Reporting starts,Reporting ends,Account ID,Amount spent (USD)\n2026-10-01,2026-10-03,77,44.63\n";
    let audit = world.audit(whole).await;
    assert_eq!((audit.cells_compared, audit.cells_equal), (1, 1));
    assert_eq!(audit.level.id(), "account");
    // Of two accounts the one that has the campaign, even by its name alone.
    world.execute("INSERT INTO ad_accounts (workspace_id, id, platform, external_id, name, currency, timezone, status, selected, rest, first_seen_at, created_at, updated_at) \
        SELECT workspace_id, x'00000000000000000000000000000007', platform, '78', 'Other', currency, timezone, status, selected, rest, first_seen_at, created_at, updated_at FROM ad_accounts WHERE workspace_id = $1").await;
    let named = "Day,Campaign name,Impressions\n2026-10-03,mesas,300\n";
    let audit = world.audit(named).await;
    assert_eq!(audit.account.external_id, "77");
    let error = world
        .try_audit(named.replace("mesas", "nobody"))
        .await
        .unwrap_err();
    assert_eq!(error.field_name(), Some("account"));
    let path = world.folder.path().join("export.csv");
    let other = AdsMapping {
        account: Some("nobody".to_owned()),
        ..AdsMapping::default()
    };
    let error = run(&world.scope, &path, Some(&other)).await.unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
}
