//! What is written is read again by another library.

use calamine::{Data, Reader as _, Xlsx};

use super::*;
use crate::sheet::Fact;

fn sheet() -> Sheet {
    let column = |head: &str, unit: &str, kind| Column {
        head: head.to_owned(),
        unit: unit.to_owned(),
        kind,
    };
    let row = |cells: &[Option<&str>], depth, sum| Row {
        cells: cells.iter().map(|cell| cell.map(str::to_owned)).collect(),
        depth,
        sum,
    };
    Sheet {
        title: "Campaigns: [by] account?".to_owned(),
        facts: vec![Fact {
            label: "Attribution".to_owned(),
            text: "Linear, 28 d".to_owned(),
        }],
        columns: vec![
            column("Campaign", "", Kind::Text),
            column("Spend", "US$", Kind::Money { decimals: 2 }),
            column("Sales", "CRM", Kind::Count),
            column("ROI", "", Kind::Percent { decimals: 1 }),
            column("ROAS", "", Kind::Ratio { decimals: 2 }),
            column("Since", "", Kind::Day),
        ],
        rows: vec![
            row(
                &[
                    Some("=1+1"),
                    Some("1842.61"),
                    Some("12.4"),
                    Some("-12.57"),
                    None,
                    Some("2026-03-31"),
                ],
                0,
                false,
            ),
            row(
                &[Some("Set"), Some("0.07"), Some("3"), None, Some("1.5")],
                1,
                false,
            ),
            row(&[Some("Total"), Some("1842.68"), Some("15.4")], 0, true),
        ],
    }
}

fn read(bytes: Vec<u8>) -> (String, Vec<Vec<Data>>) {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    let name = book.sheet_names().first().unwrap().clone();
    let range = book.worksheet_range(&name).unwrap();
    (name, range.rows().map(<[Data]>::to_vec).collect())
}

#[test]
fn numbers_are_numbers_and_what_they_stand_on_is_told() {
    let (name, rows) = read(xlsx(&sheet()).unwrap());
    assert_eq!(name, "Campaigns   by  account");
    let text = |at: usize, column: usize| rows.get(at).unwrap().get(column).unwrap().to_string();
    assert_eq!(text(0, 0), "Campaigns: [by] account?");
    assert_eq!(text(1, 0), "Attribution: Linear, 28 d");
    assert_eq!(text(3, 1), "Spend\nUS$");
    let first = rows.get(4).unwrap();
    // A name is never a formula.
    assert_eq!(first.first().unwrap(), &Data::String("=1+1".to_owned()));
    assert_eq!(first.get(1).unwrap(), &Data::Float(1842.61));
    assert_eq!(first.get(2).unwrap(), &Data::Float(12.4));
    assert_eq!(first.get(3).unwrap(), &Data::Float(-0.1257));
    assert_eq!(first.get(4).unwrap(), &Data::Empty);
    assert!(
        matches!(first.get(5).unwrap(), Data::DateTime(day) if (day.as_f64() - 46_112.0).abs() < 1e-9)
    );
    assert_eq!(rows.get(6).unwrap().get(1).unwrap(), &Data::Float(1842.68));
}

#[test]
fn the_same_table_is_the_same_file() {
    assert_eq!(xlsx(&sheet()).unwrap(), xlsx(&sheet()).unwrap());
}

#[test]
fn what_is_no_number_stays_text() {
    for text in ["", "1e5", "inf", "—", "1,5"] {
        assert_eq!(number(Kind::Ratio { decimals: 2 }, text), None, "{text}");
    }
}
