use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::*;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/provider-codes.md");

#[test]
fn a_subcode_goes_before_its_code_and_a_range_has_one_rule() {
    assert_eq!(meta(100, None).unwrap().scope, Scope::Message);
    assert_eq!(meta(100, Some(33)).unwrap().scope, Scope::Channel);
    assert_eq!(meta(100, Some(77)).unwrap().code, "100");
    assert_eq!(meta(230, None).unwrap().code, "200");
    assert_eq!(meta(10, Some(2_018_278)).unwrap().scope, Scope::Message);
    assert_eq!(meta(999_999, None).map(|rule| rule.code), None);
    assert!(is_unclear(1, Some(1_357_046)) && !is_unclear(1, None));
}

#[test]
fn every_code_stands_once_and_says_what_it_means() {
    for rules in [META, YCLOUD] {
        let codes: BTreeSet<&str> = rules.iter().map(|rule| rule.code).collect();
        assert_eq!(codes.len(), rules.len());
        assert!(rules.iter().all(|rule| rule.means.ends_with('.')));
    }
}

#[test]
fn what_must_never_be_sent_again_is_not() {
    for code in [131_049, 131_050, 131_026, 130_472, 131_047, 132_000] {
        assert_eq!(meta(code, None).unwrap().again, Again::Never, "{code}");
    }
    assert_eq!(meta(131_050, None).unwrap().mark, Mark::OptedOut);
    assert_eq!(meta(131_026, None).unwrap().mark, Mark::Bounced);
    assert_eq!(meta(131_056, None).unwrap().scope, Scope::Pair);
    assert_eq!(meta(130_429, None).unwrap().scope, Scope::Sender);
}

/// Some stand behind a code where they are shown, and begin small.
fn sentence(means: &str) -> String {
    let mut letters = means.chars();
    let first = letters.next().map(char::to_uppercase);
    let text: String = first.into_iter().flatten().chain(letters).collect();
    format!("{}.", text.trim_end_matches('.'))
}

fn table(rules: &[Rule]) -> String {
    let mut table =
        "| code | means | again | reaches | marks |\n|---|---|---|---|---|\n".to_owned();
    for rule in rules {
        let means = sentence(rule.means);
        let again = match rule.again {
            Again::Never => "never".to_owned(),
            Again::Backoff => "later, with growing waits".to_owned(),
            Again::After(wait) => format!("after {} minutes", wait.as_secs() / 60),
        };
        let scope = match rule.scope {
            Scope::Message => "this message",
            Scope::Pair => "this person",
            Scope::Sender => "the sender waits",
            Scope::Template => "the template stops",
            Scope::Channel => "the channel stops",
        };
        let mark = match rule.mark {
            Mark::None => "",
            Mark::Bounced => "bounced",
            Mark::OptedOut => "opted out",
        };
        writeln!(
            table,
            "| `{}` | {means} | {again} | {scope} | {mark} |",
            rule.code
        )
        .unwrap();
    }
    table
}

/// Compares the tables of docs/provider-codes.md with the rules, or writes them when
/// `RUMBO_WRITE_GENERATED` is set (`cargo xtask generate`).
#[test]
fn the_page_of_provider_codes_is_current() {
    let kept = std::fs::read_to_string(PAGE).unwrap();
    let mut page = kept.clone();
    for (name, rules) in [
        ("meta", META),
        ("ycloud", YCLOUD),
        ("evolution", crate::evolution::codes::RULES),
        ("telegram", crate::telegram::codes::RULES),
        ("twilio", crate::twilio::codes::RULES),
        ("vonage", crate::vonage::codes::RULES),
        ("smtp", crate::smtp::codes::RULES),
    ] {
        let table = table(rules);
        let (begin, end) = (
            format!("<!-- {name} -->\n"),
            format!("<!-- end of {name} -->"),
        );
        let (before, rest) = page.split_once(&begin).unwrap();
        let (_, after) = rest.split_once(&end).unwrap();
        page = format!("{before}{begin}{table}{end}{after}");
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is the edge of its own program"
    )]
    if std::env::var_os("RUMBO_WRITE_GENERATED").is_some() {
        std::fs::write(PAGE, page).unwrap();
        return;
    }
    assert!(
        page == kept,
        "docs/provider-codes.md is out of date: run `cargo xtask generate`"
    );
}
