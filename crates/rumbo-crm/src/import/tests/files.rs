//! Bad files, and files that ask.

use rumbo_base::Code;
use rumbo_platform::table_file::{CsvDialect, CsvWriter, Field as CsvField};

use super::*;
use crate::testing::{dump, in_both};

fn mapping(json: &str) -> Mapping {
    serde_json::from_str(json).unwrap()
}

#[tokio::test]
async fn every_way_of_writing_the_same_sales_gives_the_same_rows() {
    in_both(|scope| async move {
        let spanish = "Fecha;Cliente;Teléfono;Importe (EUR);Estado\r\n\
            13/04/2026;Ana Peña;+34 612 34 56 78;1.234,50 €;Pagado\r\n\
            02/05/2026;\"Paz; Juan\";+34 612 34 56 79;331,30 €;Pendiente\r\n";
        let first = import(&scope, ImportKind::Sales, spanish, None)
            .await
            .unwrap();
        assert_eq!(counts(&first), [2, 0, 0, 0]);
        assert_eq!(total(&first, "EUR"), "1565.80");
        let before = dump(&scope).await;
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(
                spanish
                    .replace(';', "\t")
                    .replace("\"Paz\t", "\"Paz;")
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes),
            )
            .collect();
        let (latin, _, _) = encoding_rs::WINDOWS_1252.encode(spanish);
        let english = "\u{feff}Date,Customer,Phone,Amount,Currency,Status\n\
            2026-04-13,Ana Peña,+34612345678,1234.50,EUR,paid\n\
            2026-05-02,\"Paz; Juan\",+34612345679,331.3,EUR,pending\n";
        for body in [utf16, latin.into_owned(), english.as_bytes().to_vec()] {
            let file = File::new("sales.csv", body);
            let again = run(
                &scope,
                ImportKind::Sales,
                &file.path(),
                RunOptions::default(),
            )
            .await
            .unwrap();
            assert_eq!(counts(&again), [0, 0, 2, 0]);
        }
        assert!(dump(&scope).await == before);
        assert_eq!(
            count(
                &scope,
                "SELECT COUNT(*) FROM sales WHERE workspace_id = $1 AND status = 'pending'"
            )
            .await,
            1
        );
    })
    .await;
}

#[tokio::test]
async fn a_file_that_can_be_read_in_two_ways_asks_and_imports_nothing() {
    in_both(|scope| async move {
        let ambiguous = "email,date,amount\na@x.com,03/04/2026,12.50\nb@x.com,05/06/2026,7.00\n";
        let error = import(&scope, ImportKind::Sales, ambiguous, None).await.unwrap_err();
        assert_eq!((error.code(), error.field_name()), (Code::InvalidInput, Some("date_format")));
        assert!(error.message().contains("row 2 of \"date\""), "{error}");
        let thousand = "email,date,amount\na@x.com,2026-04-03,1.234\n";
        let error = import(&scope, ImportKind::Sales, thousand, None).await.unwrap_err();
        assert_eq!(error.field_name(), Some("decimal"));
        let mixed = "email,date,amount\na@x.com,2026-04-03,\"1,5\"\nb@x.com,2026-04-03,1.5\n";
        let error = import(&scope, ImportKind::Sales, mixed, None).await.unwrap_err();
        assert_eq!(error.field_name(), Some("decimal"));
        assert_eq!(count(&scope, "SELECT COUNT(*) FROM contacts WHERE workspace_id = $1").await, 0);

        // Once told, it imports.
        let told = mapping(r#"{"columns": {"email": "email", "date": "date", "amount": "amount"}, "date_format": "mdy"}"#);
        let report = import(&scope, ImportKind::Sales, ambiguous, Some(&told)).await.unwrap();
        assert_eq!(counts(&report), [2, 0, 0, 0]);
        assert_eq!(count(&scope, "SELECT COUNT(*) FROM sales WHERE workspace_id = $1 AND occurred_at < '2026-03-05'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_mapping_that_does_not_fit_says_how() {
    in_both(|scope| async move {
        let body = "email,when,sum\na@x.com,2026-04-03,1.5\n";
        for (json, field, words) in [
            (r#"{"columns": {"email": "email", "amount": "sum"}}"#, "date", "No column fills"),
            (r#"{"columns": {"date": "when", "amount": "sum"}}"#, "customer_id", "who it is about"),
            (r#"{"columns": {"email": "mail", "date": "when", "amount": "sum"}}"#, "email", "email, when, sum"),
            (r##"{"columns": {"email": "#9", "date": "when", "amount": "sum"}}"##, "email", "the file has 3"),
            (r#"{"columns": {"e-mail": "email"}}"#, "e-mail", "The fields are: rumbo_contact_id, customer_id, phone"),
            (r#"{"delimiter": "x"}"#, "delimiter", "is not a delimiter"),
            (r#"{"columns": {"email": "email", "date": "when", "amount": "sum"}, "date_format": "d/m"}"#, "date_format", "dmy"),
            (r#"{"columns": {"email": "email", "date": "when", "amount": "sum"}, "timezone": "Mars"}"#, "timezone", "Mars"),
            (r#"{"columns": {"email": "email", "date": "when", "amount": "sum"}, "currency": "reais"}"#, "currency", "reais"),
        ] {
            let error = import(&scope, ImportKind::Sales, body, Some(&mapping(json))).await.unwrap_err();
            assert_eq!((error.code(), error.field_name()), (Code::InvalidInput, Some(field)), "{json}");
            assert!(error.message().contains(words), "{error}");
        }
        assert!(serde_json::from_str::<Mapping>(r#"{"colunms": {}}"#).is_err());
    })
    .await;
}

#[tokio::test]
async fn rejected_rows_go_to_a_file_that_can_be_mended_and_imported() {
    in_both(|scope| async move {
        let body = "id,email,date,amount,notes\n\
            1,a@x.com,2026-04-03,10.00,fine\n\
            2,not an address,2026-04-03,10.00,=1+1\n\
            3,c@x.com,2026-02-31,10.00,\n\
            4,d@x.com,2026-04-03,ten,\n\
            5,e@x.com,2026-04-03,-5.00,\n\
            6,f@x.com,2026-04-03,1.005,\n\
            1,a@x.com,2026-04-03,10.00,again\n\
            8,g@x.com,2026-04-03,10.00,one,two,too many\n\
            9,,2026-04-03,10.00,nobody\n\
            10,j@x.com,,10.00,\n\
            11,k@x.com,2026-04-03,20.00,fine\n";
        let file = File::new("sales.csv", body);
        let rejected = file.beside("rejected.csv");
        let options = RunOptions {
            rejected_to: Some(&rejected),
            ..RunOptions::default()
        };
        let report = run(&scope, ImportKind::Sales, &file.path(), options)
            .await
            .unwrap();
        assert_eq!((report.rows_read, counts(&report)), (11, [2, 0, 0, 9]));
        assert_eq!(
            (report.contacts_added, total(&report, "BRL").as_str()),
            (2, "30.00")
        );
        assert!(report.rejected_file);
        let why: Vec<(usize, &str)> = report
            .rejections
            .iter()
            .map(|r| (r.row, r.reason.as_str()))
            .collect();
        let expected = [
            (3, "\"not an address\" is not an e-mail address."),
            (4, "date: \"2026-02-31\" is not a date"),
            (5, "amount: \"ten\" is not an amount"),
            (6, "An amount cannot be negative"),
            (7, "1.005 has more decimals than BRL"),
            (8, "row 2 has the same id"),
            (9, "the row has 7 values and the header 5"),
            (10, "no customer id, phone or e-mail"),
            (11, "the row has no date"),
        ];
        assert_eq!(why.len(), expected.len());
        for ((row, reason), (expected_row, words)) in why.iter().zip(expected) {
            assert_eq!(*row, expected_row, "{reason}");
            assert!(reason.contains(words), "{reason}");
        }
        let text = std::fs::read_to_string(&rejected).unwrap();
        assert!(
            text.starts_with("\u{feff}row,reason,id,email,date,amount,notes\r\n"),
            "{text}"
        );
        assert!(text.contains(",'=1+1\r\n"), "{text}");
        // The persons of rejected rows were not made.
        assert_eq!(
            count(
                &scope,
                "SELECT COUNT(*) FROM contacts WHERE workspace_id = $1"
            )
            .await,
            2
        );

        let mended = text
            .replace("not an address", "b@x.com")
            .replace("2026-02-31", "2026-02-28");
        let mended = File::new("mended.csv", mended);
        let report = run(
            &scope,
            ImportKind::Sales,
            &mended.path(),
            RunOptions::default(),
        )
        .await
        .unwrap();
        assert_eq!(counts(&report), [2, 0, 1, 6]);
    })
    .await;
}

#[tokio::test]
async fn a_rejected_file_that_cannot_be_written_undoes_the_import() {
    in_both(|scope| async move {
        let file = File::new(
            "sales.csv",
            "email,date,amount\na@x.com,2026-04-03,1\nb,2026-04-03,1\n",
        );
        let nowhere = file.beside("no/such/folder/rejected.csv");
        let options = RunOptions {
            rejected_to: Some(&nowhere),
            ..RunOptions::default()
        };
        let error = run(&scope, ImportKind::Sales, &file.path(), options)
            .await
            .unwrap_err();
        assert_eq!(error.field_name(), Some("rejected_path"));
        assert_eq!(
            count(&scope, "SELECT COUNT(*) FROM sales WHERE workspace_id = $1").await,
            0
        );
        assert_eq!(
            count(
                &scope,
                "SELECT COUNT(*) FROM contacts WHERE workspace_id = $1"
            )
            .await,
            0
        );
    })
    .await;
}

#[tokio::test]
async fn a_preview_shows_and_suggests_and_changes_nothing() {
    in_both(|scope| async move {
        let file = File::new(
            "vendas.csv",
            "Data da venda;E-mail;Valor total (EUR);Obs\n03/04/2026;a@x.com;10,00;x\n",
        );
        let seen = preview(&scope, ImportKind::Sales, &file.path(), None)
            .await
            .unwrap();
        assert_eq!((seen.rows, seen.columns.len()), (1, 4));
        assert_eq!(seen.sample, [["03/04/2026", "a@x.com", "10,00", "x"]]);
        let mapped: Vec<(&str, &str)> = seen
            .mapping
            .columns
            .iter()
            .map(|(f, c)| (f.as_str(), c.as_str()))
            .collect();
        assert_eq!(
            mapped,
            [
                ("amount", "Valor total (EUR)"),
                ("date", "Data da venda"),
                ("email", "E-mail")
            ]
        );
        assert_eq!(seen.mapping.currency.as_deref(), Some("EUR"));
        assert_eq!(
            seen.problems
                .iter()
                .filter_map(Error::field_name)
                .collect::<Vec<_>>(),
            ["date_format"]
        );
        let told = Mapping {
            date_format: Some("dmy".into()),
            ..seen.mapping
        };
        let seen = preview(&scope, ImportKind::Sales, &file.path(), Some(&told))
            .await
            .unwrap();
        assert!(seen.problems.is_empty());

        let bare = File::new("x.txt", "0001 19970101 2 29.33\n0002 19970102 1 5.00\n");
        let seen = preview(&scope, ImportKind::Sales, &bare.path(), None)
            .await
            .unwrap();
        assert_eq!(seen.columns, ["#1", "#2", "#3", "#4"]);
        assert_eq!(seen.mapping.header, Some(false));
        assert_eq!(seen.problems.len(), 3);
        assert_eq!(dump(&scope).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn many_sales_take_seconds() {
    let mut writer = CsvWriter::new(Vec::new(), CsvDialect::Plain).unwrap();
    writer
        .row(["customer id", "date", "amount", "campaign id"].map(CsvField::from))
        .unwrap();
    for n in 0..20_000_u32 {
        let day = format!("2026-01-{:02}", n % 28 + 1);
        writer
            .row([
                CsvField::from(format!("c{}", n % 5_000)),
                day.into(),
                CsvField::Number("10.00".into()),
                format!("c{}", n % 50).into(),
            ])
            .unwrap();
    }
    let body = writer.finish().unwrap();
    in_both(|scope| {
        let file = File::new("sales.csv", &body);
        async move {
            let started = std::time::Instant::now();
            let report = run(
                &scope,
                ImportKind::Sales,
                &file.path(),
                RunOptions::default(),
            )
            .await
            .unwrap();
            assert_eq!((report.added, report.contacts_added), (20_000, 5_000));
            // Quadratic work would take minutes, also unoptimised and on a busy machine.
            let took = started.elapsed();
            assert!(took < std::time::Duration::from_mins(1), "{took:?}");
        }
    })
    .await;
}
