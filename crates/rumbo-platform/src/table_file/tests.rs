use chrono::NaiveDate;
use proptest::prelude::*;
use rumbo_base::{Code, TimeZone};

use super::*;

fn table(bytes: &[u8]) -> Table {
    read_bytes(bytes, &ReadOptions::default()).unwrap()
}

fn texts(table: &Table) -> Vec<Vec<String>> {
    table
        .rows
        .iter()
        .map(|r| r.cells.iter().map(Cell::raw).collect())
        .collect()
}

fn text(cell: &str) -> Cell {
    Cell::Text(cell.to_owned())
}

fn column(cells: &[&str]) -> Vec<Cell> {
    cells.iter().map(|c| text(c)).collect()
}

fn numbered(cells: &[Cell]) -> impl Iterator<Item = (usize, &Cell)> {
    cells.iter().enumerate().map(|(i, c)| (i + 2, c))
}

fn utf16(text: &str, little: bool) -> Vec<u8> {
    text.encode_utf16()
        .flat_map(|unit| {
            if little {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            }
        })
        .collect()
}

#[test]
fn every_encoding_gives_the_same_rows() {
    let body = "Nome;Observação\r\nJosé;\"lê; e \"\"ri\"\"\"\r\n\r\n;\r\nÑandú;linha 1\r\n";
    let plain = table(body.as_bytes());
    assert_eq!(plain.header.as_deref().unwrap(), ["Nome", "Observação"]);
    assert_eq!(
        texts(&plain),
        [["José", "lê; e \"ri\""], ["Ñandú", "linha 1"]]
    );
    assert_eq!(
        plain.rows.iter().map(|r| r.number).collect::<Vec<_>>(),
        [2, 5]
    );
    let (latin, _, lost) = encoding_rs::WINDOWS_1252.encode(body);
    assert!(!lost);
    let with_bom = |mark: &[u8], rest: Vec<u8>| [mark.to_vec(), rest].concat();
    for (bytes, encoding) in [
        (with_bom(b"\xef\xbb\xbf", body.into()), Encoding::Utf8),
        (with_bom(b"\xff\xfe", utf16(body, true)), Encoding::Utf16Le),
        (with_bom(b"\xfe\xff", utf16(body, false)), Encoding::Utf16Be),
        (utf16(body, true), Encoding::Utf16Le),
        (utf16(body, false), Encoding::Utf16Be),
        (latin.into_owned(), Encoding::Windows1252),
    ] {
        let read = table(&bytes);
        assert_eq!(
            read.format,
            Format::Text {
                encoding,
                delimiter: Delimiter::Semicolon
            }
        );
        assert_eq!(
            (read.header, read.rows),
            (plain.header.clone(), plain.rows.clone())
        );
    }
}

#[test]
fn the_delimiter_is_found_beside_decimal_commas() {
    for (body, delimiter, width) in [
        ("a,b,c\n1,2,3\n", Delimiter::Comma, 3),
        ("día;gasto\n1;2,5\n2;3,5\n", Delimiter::Semicolon, 2),
        ("1,5;2,5\n3,5;4,5\n", Delimiter::Semicolon, 2),
        ("a\tb\n1,5\t2\n", Delimiter::Tab, 2),
        ("sep=;\r\na;b\r\n1,5;2\r\n", Delimiter::Semicolon, 2),
        ("name,campaign\nA,x | y\nB,z | w\n", Delimiter::Comma, 2),
        (
            " 00004 0001 19970101  2   29.33\r\n 00021 0002 19970101  3   63.34\r\n",
            Delimiter::Whitespace,
            5,
        ),
        ("full name\nAna Silva\nJuan Paz\n", Delimiter::Comma, 1),
    ] {
        let read = table(body.as_bytes());
        assert!(
            matches!(read.format, Format::Text { delimiter: d, .. } if d == delimiter),
            "{body}: {:?}",
            read.format
        );
        assert_eq!(read.width, width, "{body}");
    }
    assert_eq!(table(b"sep=;\r\na;b\r\n1,5;2\r\n").rows[0].number, 3);
}

#[test]
fn json_is_a_table_too() {
    let cells = |read: &Table| -> Vec<Vec<String>> {
        let rows = read.rows.iter();
        rows.map(|row| row.cells.iter().map(Cell::raw).collect())
            .collect()
    };
    for list in [
        "[\"+5491155551001\",\"+5491155551002\"]",
        " [ \"+5491155551001\", \"+5491155551002\" ] ",
        "{\"phones\": [\"+5491155551001\", \"+5491155551002\"]}",
        "\u{feff}[[\"+5491155551001\"],[\"+5491155551002\"]]",
        "[\"+5491155551001\"]\n[\"+5491155551002\"]",
    ] {
        let read = table(list.as_bytes());
        assert_eq!(read.header, None, "{list}");
        assert_eq!(
            cells(&read),
            [["+5491155551001"], ["+5491155551002"]],
            "{list}"
        );
        assert!(matches!(read.format, Format::Json { .. }), "{list}");
    }
    assert_eq!(
        cells(&table(b"[\"nobody\", \"ana@example.com\"]")),
        [["nobody"], ["ana@example.com"]]
    );
    assert_eq!(
        cells(&table(b"[5491155551001, 123456789012345678]")),
        [["5491155551001"], ["123456789012345678"]]
    );
    for objects in [
        "[{\"phone\":\"+5491155551001\"},{\"email\":\"eva@example.com\",\"phone\":null,\"tags\":[\"a\"]}]",
        "{\"rows\":[{\"phone\":\"+5491155551001\"},{\"email\":\"eva@example.com\",\"tags\":[\"a\"]}],\"next\":null,\"total\":2}",
        "{\"phone\":\"+5491155551001\"}\n{\"email\":\"eva@example.com\",\"tags\":[\"a\"]}\n",
    ] {
        let read = table(objects.as_bytes());
        let header = read.header.clone().expect("names");
        assert_eq!(header, ["phone", "email", "tags"], "{objects}");
        assert_eq!(
            cells(&read),
            [
                ["+5491155551001", "", ""],
                ["", "eva@example.com", "[\"a\"]"]
            ],
            "{objects}"
        );
        assert_eq!(read.rows[1].number, 2);
    }
    // One object is one row, whatever lists it has besides.
    let one = table(b"{\"phone\":\"+5491155551001\",\"tags\":[\"a\",\"b\"]}");
    assert_eq!(one.rows.len(), 1);
}

#[test]
fn json_that_is_no_table_says_where() {
    let refused =
        |text: &str| read_bytes(text.as_bytes(), &ReadOptions::default()).expect_err(text);
    let broken = refused("[\"+5491155551001\",\n \"+549115");
    assert_eq!(broken.reason_id(), Some(Reason::FileNotJson));
    assert!(broken.message().contains("line 2"), "{broken}");
    let mixed = refused("[\"+5491155551001\", {\"phone\": \"+5491155551002\"}]");
    assert_eq!(mixed.reason_id(), Some(Reason::FileNotATable));
    for empty in ["[]", "{}", "{\"rows\": []}", "[null]"] {
        assert_eq!(
            refused(empty).reason_id(),
            Some(Reason::FileEmpty),
            "{empty}"
        );
    }
    // A table whose first heading stands in brackets is none.
    assert!(matches!(
        table(b"[id],name\n1,Ana\n").format,
        Format::Text { .. }
    ));
}

#[test]
fn a_header_is_told_from_values() {
    for (body, header) in [
        ("name,phone\nAna,+5511987654321\n", true),
        ("Ana,+5511987654321\nEva,+5511987654322\n", false),
        ("Ana,ana@example.com\n", false),
        ("Importe gastado (EUR),Día\n1,2026-01-02\n", true),
        ("0001 19970101 2 29.33\n0002 19970102 2 29.33\n", false),
    ] {
        assert_eq!(table(body.as_bytes()).header.is_some(), header, "{body}");
    }
    let twice = table("Valor,valor,Valor,\n1,2,3,4\n".as_bytes());
    assert_eq!(
        twice.header.as_deref().unwrap(),
        ["Valor", "valor", "Valor (2)", "#4"]
    );
    assert_eq!(
        (twice.column("valor"), twice.column(" VALÓR ")),
        (Some(1), Some(0))
    );
}

#[test]
fn what_a_table_is_of_may_stand_above_it() {
    let read =
        table("Campaigns\ndays: 2026-03-01 – 2026-03-31\n\nday,spend\n2026-03-01,3.5\n".as_bytes());
    assert_eq!(
        read.header,
        Some(vec!["day".to_owned(), "spend".to_owned()])
    );
    assert_eq!(texts(&read), [["2026-03-01", "3.5"]]);
    assert_eq!(read.rows[0].number, 5);
    // A list of one column, rows of which some are short, and values that follow a gap are none.
    for (body, rows) in [
        ("phone\n\n+5491150000001\n", 1),
        ("name\nAna,Souza\n", 1),
        ("+5491150000001\n\n+5491150000002,Ana\n", 2),
        ("name\n\nAna,+5491150000001\n", 1),
    ] {
        assert_eq!(table(body.as_bytes()).rows.len(), rows, "{body}");
    }
    let plain = ReadOptions {
        has_header: Some(false),
        ..ReadOptions::default()
    };
    let body = b"Stock\n\nday,spend\n";
    assert_eq!(read_bytes(body, &plain).unwrap().rows.len(), 2);
}

#[test]
fn workbooks_keep_numbers_dates_and_ids() {
    let day = |d, h, m| {
        Cell::Date(
            NaiveDate::from_ymd_opt(2026, 3, d)
                .unwrap()
                .and_hms_opt(h, m, 0)
                .unwrap(),
        )
    };
    for (bytes, first_row) in [
        (include_bytes!("../../fixtures/sales.xlsx").as_slice(), 4),
        (include_bytes!("../../fixtures/sales.xls").as_slice(), 2),
        (include_bytes!("../../fixtures/sales.ods").as_slice(), 2),
    ] {
        let read = table(bytes);
        assert_eq!(
            read.format,
            Format::Sheet {
                name: "Ventas".into()
            }
        );
        assert_eq!(
            read.header.as_deref().unwrap()[..4],
            ["Cliente", "Fecha", "Importe", "Id"]
        );
        let row = &read.rows[0];
        assert_eq!(row.number, first_row);
        assert_eq!(
            row.cells,
            [
                text("Ana Nuñez"),
                day(4, 0, 0),
                Cell::Number("4250.9".into()),
                text("120210000000000123")
            ]
        );
        assert_eq!(row.cells[3].id().unwrap().unwrap(), "120210000000000123");
        let row = &read.rows[1];
        assert_eq!(
            row.cells[..3],
            [
                text("=SUMA(1)"),
                day(5, 14, 30),
                Cell::Number("-0.1".into())
            ]
        );
        assert!(
            row.cells[3]
                .id()
                .unwrap_err()
                .to_string()
                .contains("rounded")
        );
    }
    let error = read_bytes(
        include_bytes!("../../fixtures/sales.xlsx"),
        &ReadOptions {
            sheet: Some("Costos".into()),
            ..ReadOptions::default()
        },
    )
    .unwrap_err();
    assert!(error.message().contains("vacía, Ventas"), "{error}");
}

#[test]
fn what_is_not_a_table_says_so() {
    for bytes in [
        b"PK\x03\x04 and then nothing of a workbook".as_slice(),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 neither",
        b"",
        b"\n\n",
        b"GIF89a\0\0\x01\0\x02\xff",
    ] {
        let error = read_bytes(bytes, &ReadOptions::default()).unwrap_err();
        assert_eq!(
            (error.code(), error.field_name()),
            (Code::InvalidInput, Some("file")),
            "{error}"
        );
    }
    let error = table_error("name,notes\nAna,\"never closed\nEva,x\nIda,y\n");
    assert!(error.message().contains("row 2 is never closed"), "{error}");
    let wide = vec!["x"; MAX_COLUMNS + 1].join(",");
    assert!(table_error(&wide).message().contains("1000 columns"));
    assert_eq!(
        read(Path::new("/nowhere/x.csv"), &ReadOptions::default())
            .unwrap_err()
            .code(),
        Code::InvalidInput
    );
}

fn table_error(body: &str) -> Error {
    read_bytes(body.as_bytes(), &ReadOptions::default()).unwrap_err()
}

#[test]
fn a_column_tells_its_decimal_mark() {
    use DecimalMark::{Comma, Point};
    for (cells, reading) in [
        (&["R$ 4.250,90", "1.234"][..], Reading::Sure(Comma)),
        (&["1.234", "0.5"], Reading::Sure(Point)),
        (&["1,234,567", "12"], Reading::Sure(Point)),
        (&["1 234,56"], Reading::Sure(Comma)),
        (&["1234.567"], Reading::Sure(Point)),
        (&["12", "—", "", "-3"], Reading::Either),
        (
            &["12", "1.234", "5.678"],
            Reading::Unclear((3, "1.234".into())),
        ),
        (
            &["1.5", "2,5"],
            Reading::Mixed((2, "1.5".into()), (3, "2,5".into())),
        ),
    ] {
        let cells = column(cells);
        assert_eq!(decimal_mark(numbered(&cells), None), reading, "{cells:?}");
    }
    let pesos = column(&["12.990", "150.000"]);
    assert_eq!(
        decimal_mark(numbered(&pesos), Some(0)),
        Reading::Sure(Comma)
    );
    let asked = decimal_mark(numbered(&pesos), Some(2))
        .or_ask(
            None,
            Point,
            "Monto",
            "decimal",
            "a decimal point or a decimal comma",
        )
        .unwrap_err();
    assert_eq!(
        asked.message(),
        "\"12.990\" in row 2 of \"Monto\" can be read in two ways, and no other row tells which. \
         Choose a decimal point or a decimal comma."
    );
    assert_eq!(
        (asked.field_name(), asked.params()["row"].as_str()),
        (Some("decimal"), "2")
    );
}

#[test]
fn amounts_are_read_to_the_last_digit() {
    use DecimalMark::{Comma, Point};
    for (cell, mark, amount) in [
        ("R$ 4.250,90", Comma, "4250.90"),
        ("331,30 €", Comma, "331.30"),
        ("1 234,56", Comma, "1234.56"),
        ("1\u{202f}234\u{a0}567,8", Comma, "1234567.8"),
        ("1.234", Comma, "1234"),
        ("1.234", Point, "1.234"),
        ("1'234.50 CHF", Point, "1234.50"),
        ("12,34,567.89", Point, "1234567.89"),
        ("S/.100", Point, "100"),
        ("S/. 100.50", Point, "100.50"),
        ("US$ 1,000", Point, "1000"),
        ("$.50", Point, "0.50"),
        ("(1,234.56)", Point, "-1234.56"),
        ("-R$ 5,00", Comma, "-5"),
        ("−5", Point, "-5"),
        ("5.00-", Point, "-5"),
        ("12.5%", Point, "12.5"),
        ("0.00", Point, "0"),
    ] {
        assert_eq!(
            parse_amount(&text(cell), mark).unwrap().unwrap(),
            rumbo_base::Micros::parse(amount).unwrap(),
            "{cell}"
        );
    }
    for missing in ["", " ", "—", "-"] {
        assert_eq!(parse_amount(&text(missing), Point).unwrap(), None);
    }
    for (cell, mark) in [
        ("1,5", Point),
        ("1.5.5", Comma),
        ("1,23,4", Point),
        ("1 23", Point),
        ("12 clients", Point),
        ("1e5", Point),
        ("=1+1", Point),
        ("99999999999999999999", Point),
        ("#N/A", Point),
        ("5 or 6", Point),
    ] {
        assert!(parse_amount(&text(cell), mark).is_err(), "{cell}");
    }
    let formula = Cell::Number("33.33333333333333".into());
    assert_eq!(
        parse_amount(&formula, Comma).unwrap().unwrap().0,
        33_333_333
    );
    assert_eq!(parse_count(&text("1.000"), Comma).unwrap(), Some(1_000));
    assert!(parse_count(&text("1.5"), Point).is_err());
}

#[test]
fn a_column_tells_the_order_of_day_and_month() {
    use DateOrder::{DayMonth, MonthDay};
    for (cells, reading) in [
        (&["03/04/2026", "13/04/2026"][..], Reading::Sure(DayMonth)),
        (&["03/04/2026 10:00", "04/25/26"], Reading::Sure(MonthDay)),
        (
            &["2026-04-03", "20260403", "5 abr 2026", "05/05/2026", "—"],
            Reading::Either,
        ),
        (
            &["05/05/2026", "03/04/2026"],
            Reading::Unclear((3, "03/04/2026".into())),
        ),
        (
            &["13/04/2026", "04/13/2026"],
            Reading::Mixed((2, "13/04/2026".into()), (3, "04/13/2026".into())),
        ),
    ] {
        let cells = column(cells);
        assert_eq!(date_order(numbered(&cells)), reading, "{cells:?}");
    }
}

#[test]
fn dates_are_read_in_three_languages_and_one_order() {
    use DateOrder::{DayMonth, MonthDay};
    for (cell, order, day) in [
        ("2026-04-03", DayMonth, "2026-04-03"),
        ("2026/4/3", MonthDay, "2026-04-03"),
        ("19970101", DayMonth, "1997-01-01"),
        ("03/04/2026", DayMonth, "2026-04-03"),
        ("03/04/2026", MonthDay, "2026-03-04"),
        ("3.4.26", DayMonth, "2026-04-03"),
        ("5 de marzo de 2026", MonthDay, "2026-03-05"),
        ("5 março 2026", DayMonth, "2026-03-05"),
        ("Mar 5, 2026", DayMonth, "2026-03-05"),
        ("1º de janeiro de 2026", DayMonth, "2026-01-01"),
        ("5 set. 2026 14:00", DayMonth, "2026-09-05"),
        ("2026-04-03T23:30:00+0000", DayMonth, "2026-04-03"),
    ] {
        assert_eq!(
            parse_date(&text(cell), order).unwrap().unwrap().to_string(),
            day,
            "{cell}"
        );
    }
    for cell in [
        "2026-04",
        "abril 2026",
        "13/2026",
        "31/02/2026",
        "0000-01-01",
        "tomorrow",
        "1/2/3/4",
        "99999999",
        "2026",
    ] {
        assert!(parse_date(&text(cell), DayMonth).is_err(), "{cell}");
    }
    assert!(
        parse_date(&text("03/2026"), DayMonth)
            .unwrap_err()
            .to_string()
            .contains("a day is needed")
    );
}

#[test]
fn instants_belong_to_a_zone() {
    let zone: TimeZone = "America/New_York".parse().unwrap();
    for (cell, instant) in [
        ("2026-11-20", "2026-11-20T05:00:00+00:00"),
        ("2026-11-20 2:05 PM", "2026-11-20T19:05:00+00:00"),
        ("20/11/2026, 14:05:09.5", "2026-11-20T19:05:09.500+00:00"),
        ("2026-11-20T10:00:00-03:00", "2026-11-20T13:00:00+00:00"),
        ("2026-11-20T10:00:00+0000", "2026-11-20T10:00:00+00:00"),
        ("2026-11-20 10:00:00 Z", "2026-11-20T10:00:00+00:00"),
        // Clocks are set forward at 02:00 on 8 March and back at 02:00 on 1 November.
        ("2026-03-08 02:30", "2026-03-08T07:30:00+00:00"),
        ("2026-11-01 01:30", "2026-11-01T05:30:00+00:00"),
    ] {
        let read = parse_instant(&text(cell), DateOrder::DayMonth, zone)
            .unwrap()
            .unwrap();
        assert_eq!(read.to_rfc3339(), instant, "{cell}");
    }
    for cell in [
        "2026-11-20 25:00",
        "2026-11-20 13:00 PM",
        "2026-11-20 10:00:00:00",
    ] {
        assert!(
            parse_instant(&text(cell), DateOrder::DayMonth, zone).is_err(),
            "{cell}"
        );
    }
}

#[test]
fn nothing_written_runs_as_a_formula() {
    let mut writer = CsvWriter::new(Vec::new(), CsvDialect::Comma).unwrap();
    writer
        .row([
            Field::from("=HYPERLINK(\"x\")"),
            "+5511".into(),
            "@a".into(),
            "-1".into(),
            Field::Number("-5.25".into()),
            Field::from(None::<String>),
        ])
        .unwrap();
    let written = String::from_utf8(writer.finish().unwrap()).unwrap();
    assert_eq!(
        written,
        "\u{feff}\"'=HYPERLINK(\"\"x\"\")\";'+5511;'@a;'-1;-5,25;\r\n"
    );
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        rows in prop::collection::vec(prop::collection::vec("[a-z'=+@;,\"\n ñ-]{0,8}", 3), 1..6),
        dialect in prop::sample::select(vec![CsvDialect::Plain, CsvDialect::Comma, CsvDialect::Point]),
    ) {
        let mut writer = CsvWriter::new(Vec::new(), dialect).unwrap();
        writer.row(["one", "two", "three"].map(Field::from)).unwrap();
        for row in &rows {
            writer.row(row.iter().map(|cell| Field::from(cell.as_str()))).unwrap();
        }
        let delimiter = if dialect == CsvDialect::Comma { Delimiter::Semicolon } else { Delimiter::Comma };
        let options = ReadOptions { has_header: Some(true), delimiter: Some(delimiter), sheet: None };
        let read = read_bytes(&writer.finish().unwrap(), &options).unwrap();
        let kept: Vec<_> = rows.into_iter().filter(|r| r.iter().any(|c| !c.trim().is_empty())).collect();
        prop_assert_eq!(texts(&read), kept);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), start in 0_usize..4) {
        let starts: [&[u8]; 4] = [b"", b"\xff\xfe", b"PK\x03\x04", b"sep=;\n\""];
        let bytes = [starts[start], &bytes].concat();
        if let Ok(table) = read_bytes(&bytes, &ReadOptions::default()) {
            let _ = date_order(table.cells(0));
            for (_, cell) in table.cells(0) {
                let _ = parse_instant(cell, DateOrder::DayMonth, TimeZone::UTC);
                let _ = parse_amount(cell, DecimalMark::Comma);
            }
        }
    }

    #[test]
    fn no_text_makes_the_cell_readers_panic(cell in "[0-9A-Za-z:/.,'−()$ TZ+%-]{0,20}|\\PC{0,12}") {
        let cell = text(&cell);
        let _ = parse_instant(&cell, DateOrder::MonthDay, TimeZone::UTC);
        let _ = parse_amount(&cell, DecimalMark::Point);
        let _ = cell.id();
        let _ = decimal_mark([(1, &cell)].into_iter(), None);
        let _ = date_order([(1, &cell)].into_iter());
    }
}
