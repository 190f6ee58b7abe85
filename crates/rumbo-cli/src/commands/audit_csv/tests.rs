use rumbo_app::wire::AuditCause;

use super::causes::texts;

/// The names in braces of a sentence, in order.
fn named(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = text
        .split('{')
        .skip(1)
        .filter_map(|part| part.split('}').next())
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn every_language_tells_the_same_evidence() {
    for cause in [
        AuditCause::OtherCurrency,
        AuditCause::DaysNotRead,
        AuditCause::Restated,
        AuditCause::ReplacedByFile,
        AuditCause::DayShift,
        AuditCause::ActionType,
        AuditCause::AttributionWindow,
        AuditCause::AttributionSetting,
        AuditCause::Follows,
        AuditCause::Rounding,
        AuditCause::NotSettled,
        AuditCause::FromFile,
        AuditCause::ObjectDeleted,
        AuditCause::RowsNotRead,
        AuditCause::Unknown,
    ] {
        let (en, es, pt) = texts(cause, false);
        assert_eq!(named(en), named(es), "{cause:?}");
        assert_eq!(named(en), named(pt), "{cause:?}");
    }
}
