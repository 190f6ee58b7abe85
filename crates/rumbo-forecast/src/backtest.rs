//! docs/backtests.md: what everything here would have said of series that others published.

mod budget_moves;
pub(crate) mod chance;
mod month_end;
mod series;
mod settling_days;
mod tired_ads;
mod unusual_days;

use std::path::Path;

/// The tables of the page, by the name they stand under between `<!-- NAME -->` and
/// `<!-- end of NAME -->`.
fn tables() -> Vec<(&'static str, String)> {
    let mut tables = month_end::tables();
    tables.extend(unusual_days::tables());
    tables.extend(tired_ads::tables());
    tables.extend(budget_moves::tables());
    tables.extend(settling_days::tables());
    tables
}

/// The page cannot go stale: its tables are worked out again. With `RUMBO_WRITE_GENERATED` they
/// are written.
#[test]
fn the_page_of_backtests_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/backtests.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let mut made = page.clone();
    for (name, table) in tables() {
        let (open, close) = (
            format!("<!-- {name} -->\n"),
            format!("<!-- end of {name} -->"),
        );
        let from = made.find(&open).unwrap_or_else(|| panic!("no {name}")) + open.len();
        let to = made.find(&close).unwrap();
        made.replace_range(from..to, &table);
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is the edge of its own program"
    )]
    if std::env::var_os("RUMBO_WRITE_GENERATED").is_some() {
        std::fs::write(&path, &made).unwrap();
        return;
    }
    assert!(
        page == made,
        "docs/backtests.md is not what the series say: cargo xtask generate"
    );
}
