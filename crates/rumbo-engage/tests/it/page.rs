//! docs/template-rules.md, made from the table of rules.

use std::fmt::Write as _;

use rumbo_engage::templates::META_CODES;
use rumbo_engage::templates::rules::{all, sources};

use crate::corpus::{broken, good};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/template-rules.md");

/// Text for a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "‹").replace('>', "›")
}

fn rules() -> String {
    let corpus = broken();
    let mut table = String::from(
        "| rule | comes of it | looks at | says | mended by | source | Meta's code | broken templates |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for rule in all() {
        let cases = corpus.iter().filter(|case| case.rule == rule.id).count();
        let mends = rule.mends.map_or(String::new(), |says| cell(says.en));
        let code = rule
            .meta_code
            .map_or(String::new(), |code| code.to_string());
        writeln!(
            table,
            "| `{}` | {} | {} | {} | {mends} | [{}]({}) | {code} | {cases} |",
            rule.id,
            rule.severity.word(),
            rule.looks_at,
            cell(rule.says.en),
            rule.source.title,
            rule.source.url,
        )
        .unwrap();
    }
    table
}

fn codes() -> String {
    let mut table = String::from("| code | Meta's title | told before by |\n|---|---|---|\n");
    for code in META_CODES {
        let told = match code.outside {
            Some(why) => format!("none: {why}"),
            None => code
                .rules()
                .map(|rule| format!("`{}`", rule.id))
                .collect::<Vec<_>>()
                .join(", "),
        };
        writeln!(table, "| {} | {} | {told} |", code.code, code.title).unwrap();
    }
    table
}

fn where_from() -> String {
    let mut table = String::from("| source | whose | rules |\n|---|---|---|\n");
    for source in sources() {
        let count = all().filter(|rule| rule.source == source).count();
        let title = source.title;
        writeln!(
            table,
            "| [{title}]({}) | {} | {count} |",
            source.url, source.whose
        )
        .unwrap();
    }
    table
}

fn proof() -> String {
    let corpus = broken();
    format!(
        "{} rules; {} broken templates, {} of which break one rule alone; {} good ones; {} rules come with a fix.\n",
        all().count(),
        corpus.len(),
        corpus.iter().filter(|case| case.also.is_empty()).count(),
        good().len(),
        all().filter(|rule| rule.mends.is_some()).count(),
    )
}

/// Compares the tables of docs/template-rules.md with the rules, or writes them when
/// `RUMBO_WRITE_GENERATED` is set (`cargo xtask generate`).
#[test]
fn the_page_of_template_rules_is_current() {
    let kept = std::fs::read_to_string(PAGE).unwrap();
    let mut page = kept.clone();
    for (name, table) in [
        ("proof", proof()),
        ("rules", rules()),
        ("codes", codes()),
        ("sources", where_from()),
    ] {
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
        "docs/template-rules.md is out of date: run `cargo xtask generate`"
    );
}
