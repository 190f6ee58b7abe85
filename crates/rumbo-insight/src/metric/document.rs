//! docs/metrics.md, as far as it is the list of metrics.

use super::{BaseSum, Decimals, Definition, Formula, Metric, Source, Unit};

/// The names under which the tables stand in the page, between `<!-- NAME -->` and
/// `<!-- end of NAME -->`.
pub const TABLES: [&str; 3] = ["sums", "ratios", "asked"];

const SUMS_HEAD: &str =
    "| metric | in JSON and files | from | what it counts; its day |\n|---|---|---|---|\n";
const RATIOS_HEAD: &str = "| metric | in JSON and files | formula | unit and decimals | edge cases |\n\
    |---|---|---|---|---|\n";

const ASKED_HEAD: &str =
    "| metric | in JSON and files | Meta's answer | what it tells |\n|---|---|---|---|\n";

/// The tables, in the order of [`TABLES`].
pub fn tables() -> [String; 3] {
    let table = |head: &str, is_here: fn(Formula) -> bool| {
        let all = Metric::ALL.into_iter().map(Metric::definition);
        let rows = all.filter(|metric| is_here(metric.formula)).map(row);
        std::iter::once(head.to_owned()).chain(rows).collect()
    };
    [
        table(SUMS_HEAD, |formula| matches!(formula, Formula::Sum(_))),
        table(RATIOS_HEAD, |formula| {
            matches!(formula, Formula::Quotient { .. })
        }),
        table(ASKED_HEAD, |formula| matches!(formula, Formula::Asked(_))),
    ]
}

/// The line of a metric in its table.
fn row(metric: Definition) -> String {
    let Definition { id, note, .. } = metric;
    let name = metric.names.en;
    let formula = formula(metric.formula);
    match metric.formula {
        Formula::Sum(_) => format!("| {name} | `{id}` | {} | {note} |\n", source(metric.source)),
        Formula::Quotient { .. } => {
            let unit = unit(metric.unit, metric.formula);
            format!("| {name} | `{id}` | {formula} | {unit} | {note} |\n")
        }
        Formula::Asked(_) => format!("| {name} | `{id}` | {formula} | {note} |\n"),
    }
}

fn source(source: Source) -> &'static str {
    match source {
        Source::Meta => "Meta",
        Source::Crm => "CRM",
        Source::Both => "Meta and CRM",
        Source::Asked => "asked of Meta",
    }
}

impl Metric {
    /// Its formula in words, as docs/metrics.md has it.
    pub fn formula_text(self) -> String {
        formula(self.definition().formula)
    }
}

/// The name of a sum inside a formula.
fn name(sum: BaseSum) -> String {
    let name = sum.metric().definition().names.en;
    // "Leads (Meta)" keeps its mark, "Link clicks" loses its capital.
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}

fn formula(formula: Formula) -> String {
    match formula {
        Formula::Sum(sum) => name(sum),
        Formula::Quotient {
            times,
            of,
            less,
            by,
            ..
        } => {
            let times = match times {
                1 => String::new(),
                1000 => "1,000 × ".to_owned(),
                _ => format!("{times} × "),
            };
            let of = match less {
                Some(less) => format!("({} − {})", name(of), name(less)),
                None => name(of),
            };
            format!("{times}{of} / {}", name(by))
        }
        Formula::Asked(what) => what.to_owned(),
    }
}

fn unit(unit: Unit, formula: Formula) -> String {
    let unit = match unit {
        Unit::Money => "money",
        Unit::Count => "count",
        Unit::Ratio => "number",
        Unit::Percent => "percent",
    };
    let decimals = match formula {
        Formula::Sum(_) | Formula::Asked(_) => return unit.to_owned(),
        Formula::Quotient { decimals, .. } => decimals,
    };
    match decimals {
        Decimals::Fixed(decimals) => format!("{unit}, {decimals}"),
        Decimals::Coins(0) => format!("{unit}, the currency's decimals"),
        Decimals::Coins(more) => format!("{unit}, the currency's decimals + {more}"),
    }
}
