//! Which column is what.

use std::collections::BTreeMap;

use rumbo_base::{Currency, Reason, Result};
use rumbo_platform::table_file::{Table, fold};

use super::{AdsMapping, invalid};

/// Everything a column can be; other columns are left alone.
pub const FIELDS: [&str; 26] = [
    "day",
    "period_start",
    "period_end",
    "account_id",
    "account_name",
    "campaign_id",
    "campaign_name",
    "adset_id",
    "adset_name",
    "ad_id",
    "ad_name",
    "currency",
    "attribution_setting",
    "spend",
    "impressions",
    "reach",
    "frequency",
    "clicks_all",
    "link_clicks",
    "results",
    "result_indicator",
    "leads",
    "purchases",
    "purchase_value",
    "messaging_started",
    "landing_page_views",
];

/// Figures that are quotients of others: an audit compares them, and nothing imports them.
pub(crate) const QUOTIENTS: [&str; 7] = [
    "ctr_all",
    "ctr_link",
    "cpc_all",
    "cpc_link",
    "cpm",
    "cost_per_result",
    "roas",
];

/// Field, English, Spanish, Portuguese; see the file's own head.
const HEADERS: &str = include_str!("../../data/ads_manager_headers.csv");

/// Where the fields are, and the currency that the spend header names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    places: BTreeMap<&'static str, usize>,
    pub currency: Option<Currency>,
}

impl Columns {
    pub fn get(&self, field: &str) -> Option<usize> {
        self.places.get(field).copied()
    }

    /// Field → name of its column.
    pub fn names(&self, table: &Table) -> BTreeMap<String, String> {
        self.places
            .iter()
            .map(|(field, column)| ((*field).to_owned(), table.column_name(*column)))
            .collect()
    }
}

/// The mapping that a file's own headers suggest.
pub fn suggest(table: &Table) -> AdsMapping {
    let columns = find(table, &AdsMapping::default()).unwrap_or_default();
    AdsMapping {
        columns: columns.names(table),
        ..AdsMapping::default()
    }
}

/// Finds the columns that are imported: those the mapping names, then those with headers of Ads
/// Manager.
pub(super) fn find(table: &Table, mapping: &AdsMapping) -> Result<Columns> {
    let columns = find_among(table, mapping, &FIELDS)?;
    if columns.get("spend").is_none() && columns.get("impressions").is_none() {
        return Err(invalid(
            "spend",
            Reason::FiguresNeeded,
            "No column of the file is the amount spent or the impressions. Name the columns in the mapping, or export again from Ads Manager with them.",
        ));
    }
    Ok(columns)
}

/// Finds the columns in the same way, those of quotients too.
pub(crate) fn find_all(table: &Table, mapping: &AdsMapping) -> Result<Columns> {
    let fields: Vec<&'static str> = FIELDS.into_iter().chain(QUOTIENTS).collect();
    find_among(table, mapping, &fields)
}

fn find_among(table: &Table, mapping: &AdsMapping, fields: &[&'static str]) -> Result<Columns> {
    let mut columns = Columns::default();
    for (name, column) in &mapping.columns {
        let Some(field) = fields.iter().find(|field| *field == name) else {
            return Err(invalid(
                name,
                Reason::FieldUnknown,
                format!(
                    "\"{name}\" is not a field of an ads import. The fields are: {}.",
                    fields.join(", ")
                ),
            )
            .param("name", name)
            .param("fields", fields.join(", ")));
        };
        let place = match column
            .strip_prefix('#')
            .and_then(|n| n.parse::<usize>().ok())
        {
            Some(number) => number.checked_sub(1).filter(|place| *place < table.width),
            None => table.column(column),
        };
        let Some(place) = place else {
            return Err(invalid(
                name,
                Reason::ColumnMissing,
                format!(
                    "The file has no column \"{column}\". Choose one of its columns for {name}."
                ),
            )
            .param("column", column));
        };
        columns.places.insert(field, place);
    }
    let known = known_headers(fields);
    for (place, header) in table.header.iter().flatten().enumerate() {
        let (plain, currency) = without_currency(&fold(header));
        let field = known
            .get(&plain)
            .or_else(|| known.get(&fold(header)))
            .copied();
        let Some(field) = field else { continue };
        if columns.places.values().any(|taken| *taken == place) {
            if columns.get("spend") == Some(place) {
                columns.currency = currency;
            }
            continue;
        }
        // The first of two columns of one name counts.
        if columns.places.contains_key(field) {
            continue;
        }
        columns.places.insert(field, place);
        if field == "spend" {
            columns.currency = currency;
        }
    }
    Ok(columns)
}

/// Folded header, without currency → field.
fn known_headers(fields: &[&'static str]) -> BTreeMap<String, &'static str> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(HEADERS.as_bytes());
    let mut known = BTreeMap::new();
    for record in reader.records().filter_map(std::result::Result::ok) {
        let Some(field) = record
            .get(0)
            .and_then(|name| fields.iter().find(|field| **field == name))
        else {
            continue;
        };
        for names in record.iter().skip(1) {
            for name in names.split('|') {
                let name = fold(name.trim().trim_end_matches('?'));
                let (name, _) = without_currency(&name);
                if !name.is_empty() {
                    known.entry(name).or_insert(*field);
                }
            }
        }
    }
    // Files of our own have the names of the fields.
    for field in fields {
        known.entry((*field).to_owned()).or_insert(field);
    }
    known
}

/// `importe gastado (eur)` → `importe gastado`, EUR. `(cur)` in the list of headers goes too.
fn without_currency(header: &str) -> (String, Option<Currency>) {
    let inside = header.strip_suffix(')').and_then(|h| h.rsplit_once('('));
    match inside {
        Some((plain, code)) if code.len() == 3 && code.bytes().all(|b| b.is_ascii_alphabetic()) => {
            let currency = (code != "cur" && code != "all")
                .then(|| code.parse().ok())
                .flatten();
            if code == "all" {
                (header.to_owned(), None)
            } else {
                (plain.trim_end().to_owned(), currency)
            }
        }
        _ => (header.to_owned(), None),
    }
}
