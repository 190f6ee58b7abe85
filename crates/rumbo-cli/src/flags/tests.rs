use super::*;

#[test]
fn a_day_begins_where_the_workspace_is() {
    let zone: TimeZone = "America/Sao_Paulo".parse().unwrap();
    let day = moment("2026-03-31").unwrap();
    assert_eq!(day.at(zone).to_rfc3339(), "2026-03-31T03:00:00+00:00");
    let instant = moment("2026-03-31T10:00:00-03:00").unwrap();
    assert_eq!(instant.at(zone).to_rfc3339(), "2026-03-31T13:00:00+00:00");
}

#[test]
fn values_that_cannot_be_meant_are_refused() {
    assert!(day("31/03/2026").is_err());
    assert!(day("2026-02-30").is_err());
    assert!(moment("yesterday").is_err());
    assert!(amount("1,842.61").is_err());
    assert!(amount("12.3456789").is_err());
    assert!(currency("dollars").is_err());
    assert!(timezone("Mars/Base").is_err());
    assert!(locale("fr").is_err());
    assert!(address("graph.facebook.com").is_err());
    assert!(address("file:///etc/passwd").is_err());
}

#[test]
fn values_are_kept_exactly() {
    assert_eq!(amount(" 0.10 ").unwrap(), "0.10");
    assert_eq!(currency("brl").unwrap(), "BRL");
    assert_eq!(locale("pt_BR").unwrap(), "pt-BR");
}
