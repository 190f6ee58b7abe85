use std::io::Write as _;
use std::time::Duration;

use rumbo_base::{Factor, Micros};
use rumbo_db::testing::{TestDb, on_both, prepare_all};

use super::*;
use crate::testing::scope;

/// Reference rates of the ECB (fixtures/ecb/README.md).
const HISTORY: &str = include_str!("../../fixtures/ecb/eurofxref-hist.csv");

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn one(text: &str) -> DateRange {
    DateRange::new(day(text), day(text)).unwrap()
}

fn currency(text: &str) -> Currency {
    text.parse().unwrap()
}

fn rate(text: &str) -> Rate {
    text.parse().unwrap()
}

async fn imported(scope: &Scope, name: &str, content: &[u8]) -> Result<EcbImport> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    import_ecb(scope, &path).await
}

async fn table(scope: &Scope) -> RateTable {
    let mut tx = scope.read().await.unwrap();
    let days = DateRange::new(day("2026-01-01"), day("2026-12-31")).unwrap();
    let mut table = RateTable::default();
    table
        .add(&mut tx, scope.workspace, days, None)
        .await
        .unwrap();
    table
}

#[tokio::test]
async fn the_statements_are_understood_by_both_databases() {
    prepare_all(&[STATEMENTS]).await;
}

#[tokio::test]
async fn importing_a_file_again_changes_nothing_and_a_changed_rate_is_counted_and_kept() {
    on_both(async |test| {
        let scope = scope(&test).await;
        let first = imported(&scope, "eurofxref-hist.csv", HISTORY.as_bytes())
            .await
            .unwrap();
        assert_eq!(
            (first.added, first.changed, first.unchanged),
            (39 * 7, 0, 0)
        );
        assert_eq!((first.days, first.currencies), (39, 7));
        assert_eq!(first.first_day, Some(day("2026-02-16")));
        assert_eq!(first.last_day, Some(day("2026-04-13")));
        let again = imported(&scope, "eurofxref-hist.csv", HISTORY.as_bytes())
            .await
            .unwrap();
        assert_eq!(
            (again.added, again.changed, again.unchanged),
            (0, 0, 39 * 7)
        );
        test.clock.advance(Duration::from_mins(1));
        let mended = HISTORY.replace("2026-04-13,1.1684", "2026-04-13,1.1685");
        let third = imported(&scope, "eurofxref-hist.csv", mended.as_bytes())
            .await
            .unwrap();
        assert_eq!((third.added, third.changed), (0, 1));
        let filter = RateFilter {
            currency: Some(currency("USD")),
            ..RateFilter::default()
        };
        let page = list(&scope, &filter, &PageRequest::default())
            .await
            .unwrap();
        assert_eq!(page.rows.len(), 39);
        assert_eq!(page.rows[0].rate, rate("1.1685"));
        assert_eq!(page.rows[0].replaced[0].rate, rate("1.1684"));
        assert!(page.rows[1].replaced.is_empty());
        // As of a minute ago the rate was the first one; before the import there was none.
        for (seconds, was) in [(0, Some("1.1685")), (30, Some("1.1684")), (90, None)] {
            let moment = scope.now() - chrono::TimeDelta::seconds(seconds);
            let mut tx = scope.read().await.unwrap();
            let mut then = RateTable::default();
            then.add(&mut tx, scope.workspace, one("2026-04-13"), Some(moment))
                .await
                .unwrap();
            let found = then.find(Currency::EUR, Currency::USD, day("2026-04-13"));
            assert_eq!(
                found.map(|found| found.legs[0].rate),
                was.map(rate),
                "{seconds}"
            );
        }
        let spans = spans(&scope).await.unwrap();
        assert_eq!(spans.len(), 7);
        assert_eq!((spans[0].quote, spans[0].days), (currency("BRL"), 39));
    })
    .await;
}

#[tokio::test]
async fn the_list_goes_on_where_a_page_ended() {
    on_both(async |test| {
        let scope = scope(&test).await;
        imported(&scope, "hist.csv", HISTORY.as_bytes())
            .await
            .unwrap();
        let mut seen = Vec::new();
        let mut page = PageRequest {
            limit: Some(10),
            cursor: None,
        };
        loop {
            let found = list(&scope, &RateFilter::default(), &page).await.unwrap();
            seen.extend(found.rows.into_iter().map(|row| (row.day, row.quote)));
            match found.next {
                Some(next) => page.cursor = Some(next),
                None => break,
            }
        }
        let mut ordered = seen.clone();
        ordered.sort_by_key(|(day, quote)| (std::cmp::Reverse(*day), *quote));
        ordered.dedup();
        assert_eq!((seen.len(), &seen), (39 * 7, &ordered));
        page.cursor = Some("nonsense".to_owned());
        let lost = list(&scope, &RateFilter::default(), &page)
            .await
            .unwrap_err();
        assert_eq!(lost.reason_id(), Some(Reason::PageGone));
    })
    .await;
}

#[tokio::test]
async fn every_form_of_the_file_is_read() {
    let test = TestDb::sqlite().await;
    let scope = scope(&test).await;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("eurofxref-hist.csv", options).unwrap();
    // As published: a comma ends each line, and what was not quoted is N/A.
    zip.write_all(b"Date,USD,SIT,\n2006-12-29,1.317,239.64,\n2007-01-02,1.327,N/A,\n")
        .unwrap();
    let zip = zip.finish().unwrap().into_inner();
    let found = imported(&scope, "eurofxref-hist.zip", &zip).await.unwrap();
    assert_eq!((found.added, found.days, found.rejected.len()), (3, 2, 0));

    let xml = br#"<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
 <gesmes:subject>Reference rates</gesmes:subject>
 <Cube><Cube time='2026-04-13'>
   <Cube currency='USD' rate='1.1684'/>
   <Cube currency='JPY' rate='186.75'/>
   <Cube currency='BRL' rate='five'/>
 </Cube></Cube>
</gesmes:Envelope>"#;
    let found = imported(&scope, "eurofxref-daily.xml", xml).await.unwrap();
    assert_eq!((found.added, found.currencies), (2, 2));
    assert_eq!(found.rejected[0].line, 7);
    assert_eq!(
        found.rejected[0].error.reason_id(),
        Some(Reason::RateUnreadable)
    );

    let daily = b"Date, USD, JPY, \n14 April 2026, 1.17, 187.1, \n";
    let found = imported(&scope, "eurofxref.csv", daily).await.unwrap();
    assert_eq!((found.added, found.last_day), (2, Some(day("2026-04-14"))));
}

#[tokio::test]
async fn bad_lines_are_left_out_with_a_sentence_and_other_files_are_refused() {
    let test = TestDb::sqlite().await;
    let scope = scope(&test).await;
    let file = b"Date,USD,BRL\n2026-04-13,1.1684,5.874\nyesterday,1,2\n2026-04-10,-1,5.9191\n\
        2026-04-13,1.17,5.874\n";
    let found = imported(&scope, "hist.csv", file).await.unwrap();
    assert_eq!(found.added, 3);
    let why: Vec<(u64, Option<Reason>)> = found
        .rejected
        .iter()
        .map(|line| (line.line, line.error.reason_id()))
        .collect();
    let expected = [
        (3, Some(Reason::DayUnreadable)),
        (4, Some(Reason::RateUnreadable)),
        (5, Some(Reason::RateTwice)),
    ];
    assert_eq!(why, expected);
    let first = table(&scope)
        .await
        .find(Currency::EUR, Currency::USD, day("2026-04-13"))
        .unwrap();
    assert_eq!(first.legs[0].rate, rate("1.1684"));
    for (name, content) in [
        ("contacts.csv", &b"name,email\nAna,ana@example.com\n"[..]),
        ("empty.csv", b""),
        ("header.csv", b"Date,USD\n"),
        ("dollars.csv", b"Date,DOLLARS\n2026-04-13,1\n"),
        ("page.xml", b"<html><body>no</body></html>"),
        ("broken.zip", b"PK\x03\x04nothing"),
    ] {
        let error = imported(&scope, name, content).await.unwrap_err();
        assert_eq!(error.reason_id(), Some(Reason::RatesFileUnfit), "{name}");
    }
    let missing = import_ecb(&scope, Path::new("/no/such/file.csv")).await;
    assert_eq!(missing.unwrap_err().reason_id(), Some(Reason::FileMissing));
}

#[tokio::test]
async fn a_closed_day_takes_the_business_day_before_and_a_long_gap_nothing() {
    let test = TestDb::sqlite().await;
    let scope = scope(&test).await;
    imported(&scope, "hist.csv", HISTORY.as_bytes())
        .await
        .unwrap();
    let table = table(&scope).await;
    let used = |on: &str| {
        table
            .find(Currency::EUR, Currency::USD, day(on))
            .map(|found| found.rate_day.to_string())
    };
    // Easter 2026: nothing from Good Friday, 3 April, to Easter Monday.
    for (on, rate_day) in [
        ("2026-04-02", "2026-04-02"),
        ("2026-04-03", "2026-04-02"),
        ("2026-04-06", "2026-04-02"),
        ("2026-04-07", "2026-04-07"),
        ("2026-04-11", "2026-04-10"),
        ("2026-04-20", "2026-04-13"),
    ] {
        assert_eq!(used(on).as_deref(), Some(rate_day), "{on}");
    }
    assert_eq!(used("2026-04-21"), None, "eight days after the last rate");
    assert_eq!(used("2026-02-15"), None, "before the first rate");
    let unknown = table.find(Currency::EUR, currency("ARS"), day("2026-04-13"));
    assert_eq!(unknown, None);
}

#[tokio::test]
async fn rates_cross_in_the_euro_and_the_hand_counts_before_the_ecb() {
    on_both(async |test| {
        let scope = scope(&test).await;
        imported(&scope, "hist.csv", HISTORY.as_bytes())
            .await
            .unwrap();
        let (usd, brl, ars) = (Currency::USD, currency("BRL"), currency("ARS"));
        let on = day("2026-04-13");
        let cross = table(&scope).await.find(brl, usd, on).unwrap();
        assert_eq!((cross.source(), cross.legs.len()), (RateSource::Ecb, 2));
        // 1000 / 5.874 × 1.1684, worked out with bc.
        let thousand = Micros(1_000_000_000);
        assert_eq!(cross.factor.apply(thousand).unwrap(), Micros(198_910_453));

        set(&scope, usd, brl, one("2026-04-13"), rate("5"))
            .await
            .unwrap();
        let hand = table(&scope).await.find(brl, usd, on).unwrap();
        assert_eq!((hand.source(), hand.legs.len()), (RateSource::Hand, 1));
        assert_eq!(hand.factor.apply(thousand).unwrap(), Micros(200_000_000));
        let before = table(&scope)
            .await
            .find(brl, usd, day("2026-04-10"))
            .unwrap();
        assert_eq!(before.source(), RateSource::Ecb);
        let after = table(&scope)
            .await
            .find(brl, usd, day("2026-04-14"))
            .unwrap();
        assert_eq!((after.rate_day, after.source()), (on, RateSource::Hand));

        // A euro rate by hand is a leg of the cross.
        set(&scope, Currency::EUR, ars, one("2026-04-10"), rate("1600"))
            .await
            .unwrap();
        let cross = table(&scope)
            .await
            .find(ars, usd, day("2026-04-10"))
            .unwrap();
        assert_eq!(cross.source(), RateSource::Hand);
        let expected = Factor::from(rate("1600"))
            .inverse()
            .then(Factor::from(rate("1.1711")));
        assert_eq!(cross.factor, expected);

        test.clock.advance(Duration::from_mins(1));
        let mended = set(&scope, usd, brl, one("2026-04-13"), rate("5.1"))
            .await
            .unwrap();
        assert_eq!(mended[0].replaced[0].rate, rate("5"));
        assert_eq!(
            remove(&scope, usd, brl, one("2026-04-13")).await.unwrap(),
            1
        );
        let again = table(&scope).await.find(brl, usd, on).unwrap();
        assert_eq!(again, table(&scope).await.find(brl, usd, on).unwrap());
        assert_eq!(again.source(), RateSource::Ecb);
        let gone = remove(&scope, usd, brl, one("2026-04-13"))
            .await
            .unwrap_err();
        assert_eq!(gone.reason_id(), Some(Reason::Gone));
    })
    .await;
}

#[tokio::test]
async fn a_rate_may_be_entered_for_many_days_but_not_of_a_currency_to_itself() {
    let test = TestDb::sqlite().await;
    let scope = scope(&test).await;
    let month = DateRange::new(day("2026-03-01"), day("2026-03-31")).unwrap();
    let (pen, usd) = (currency("PEN"), Currency::USD);
    let rows = set(&scope, usd, pen, month, rate("3.7")).await.unwrap();
    assert_eq!((rows.len(), rows[0].day), (31, day("2026-03-31")));
    let same = set(&scope, usd, usd, month, rate("1")).await.unwrap_err();
    assert_eq!(same.reason_id(), Some(Reason::RateOfOneCurrency));
    let years = DateRange::new(day("2024-01-01"), day("2026-03-31")).unwrap();
    let long = set(&scope, usd, pen, years, rate("3.7")).await.unwrap_err();
    assert_eq!(long.reason_id(), Some(Reason::NumberOutOfRange));
    assert_eq!(remove(&scope, usd, pen, month).await.unwrap(), 31);
}
