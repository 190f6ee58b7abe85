//! An Ads Manager export against what is stored.

use crate::rumbo::{Rumbo, fields};

const EXPORT: &str = "Day,Campaign name,Campaign ID,Amount spent (USD),Impressions
2026-10-01,Sofas,9001,1234.5,10000
2026-10-02,Sofas,9001,0.44,12
,,,1234.94,10012
";

/// With these figures from a file, and the file.
fn imported(text: &str) -> (Rumbo, String) {
    let rumbo = Rumbo::with_workspace();
    let file = rumbo.file("export.csv", text);
    let file = file.to_str().unwrap().to_owned();
    rumbo.json(&["import", "ads", &file]);
    (rumbo, file)
}

#[test]
fn what_is_equal_ends_with_0_and_one_cent_with_3() {
    let (rumbo, file) = imported(EXPORT);
    let audit = rumbo.json(&["audit-csv", &file]);
    assert_eq!(
        fields(&audit),
        [
            "account",
            "account_id",
            "causes",
            "cells_compared",
            "cells_different",
            "cells_equal",
            "currency",
            "days",
            "differences",
            "duplicates",
            "file_currency",
            "level",
            "not_compared",
            "not_in_file",
            "not_in_file_objects",
            "read_at",
            "rows_compared",
            "rows_read",
            "timezone",
            "totals_rows",
            "unmatched",
            "unmatched_rows",
        ]
    );
    assert_eq!(audit["cells_compared"], 6);
    assert_eq!(audit["cells_equal"], 6);

    rumbo.file("export.csv", EXPORT.replace("1234.5,", "1234.51,"));
    let ran = rumbo.run(&["--json", "audit-csv", &file]);
    assert_eq!(ran.code, 3, "{ran:?}");
    let audit: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let found = &audit["differences"][0];
    assert_eq!(
        fields(found),
        [
            "cause",
            "days",
            "difference",
            "evidence",
            "external_id",
            "figure",
            "file",
            "level",
            "line",
            "names",
            "stored",
            "unit",
        ]
    );
    assert_eq!(found["file"], "1234.51");
    assert_eq!(found["stored"], "1234.50");
    assert_eq!(found["difference"], "0.01");
    assert_eq!(found["cause"], "from_file");
    assert_eq!(found["evidence"]["run"], "1");
    // The totals row no longer is the sum.
    assert_eq!(audit["cells_different"], 2);
    assert!(
        ran.stderr.contains("2 of 6 cells differ; 4 are equal."),
        "{ran:?}"
    );
}

#[test]
fn a_person_reads_it_in_their_language() {
    let (rumbo, file) = imported(EXPORT);
    rumbo.file(
        "export.csv",
        EXPORT
            .replace("0.44,12", "0.45,13")
            .replace("10012", "10013"),
    );
    let ran = rumbo.run(&["--lang", "es", "audit-csv", &file]);
    assert_eq!(ran.code, 3);
    for said in [
        "Celdas comparadas",
        "Impr.",
        "importación: 1,",
        "0,45 USD",
        "Fila de totales",
        "Sofas",
    ] {
        let plain = ran.stdout.replace(['\u{a0}', '\u{202f}'], " ");
        assert!(plain.contains(said), "{said}: {plain}");
    }
}

#[test]
fn the_account_is_asked_for_and_given() {
    let (rumbo, file) = imported(EXPORT);
    let other = rumbo.file("other.csv", EXPORT.replace("9001", "7"));
    let other = other.to_str().unwrap();
    rumbo.json(&["import", "ads", other, "--map", &mapping(&rumbo)]);
    let nameless = rumbo.file(
        "nameless.csv",
        "Day,Campaign name,Amount spent (USD)\n2026-10-01,Sofas,1234.5\n",
    );
    let nameless = nameless.to_str().unwrap();
    let ran = rumbo.run(&["audit-csv", nameless]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("Choose the account"), "{ran:?}");
    let ran = rumbo.run(&["audit-csv", nameless, "--account", "act_55"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    // By the ids of its campaigns nobody needs to be asked.
    assert_eq!(rumbo.json(&["audit-csv", &file])["account_id"], "file");
    assert_eq!(rumbo.json(&["audit-csv", other])["account_id"], "55");
}

fn mapping(rumbo: &Rumbo) -> String {
    let file = rumbo.file("map.json", r#"{"constants":{"account":"55"}}"#);
    file.to_str().unwrap().to_owned()
}
