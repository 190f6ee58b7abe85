//! The rows of a file, read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rumbo_base::{Currency, DateRange, Error, Frequency, Reach, Reason, Result};
use rumbo_platform::table_file::{
    Cell, DateOrder, DecimalMark, Reading, Row, Table, Unreadable, date_order, decimal_mark, fold,
    parse_amount, parse_count, parse_date, parse_decimal,
};

use super::columns::{Columns, QUOTIENTS};
use super::{AdsDifference, AdsMapping, AdsRejection, Checked, invalid};

/// Words that begin the name in a row of totals, and of means, which nothing can be checked by.
const TOTALS: [&str; 6] = [
    "total",
    "totales",
    "totais",
    "resultados totales",
    "resultados totais",
    "total results",
];
const MEANS: [&str; 6] = [
    "media",
    "promedio",
    "average",
    "mean",
    "medio",
    "resultados medios",
];

/// Figures of one row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct FileRow {
    /// Where it stands in the file.
    pub number: usize,
    pub day: NaiveDate,
    /// Id and name of ad account, campaign, ad set and ad, as far as the file has them.
    pub account: Named,
    pub campaign: Named,
    pub ad_set: Named,
    pub ad: Named,
    pub attribution_setting: Option<String>,
    pub spend_micros: Option<i64>,
    pub impressions: Option<i64>,
    pub reach: Option<Reach>,
    pub frequency: Option<Frequency>,
    pub clicks: Option<i64>,
    pub link_clicks: Option<i64>,
    /// Meta's action type and figure, in millionths.
    pub counts: Vec<(String, i64)>,
    pub values: Vec<(String, i64)>,
}

/// An object by id or name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Named {
    pub id: Option<String>,
    pub name: Option<String>,
}

impl Named {
    pub fn is_nothing(&self) -> bool {
        self.id.is_none() && self.name.is_none()
    }
}

/// A file, read.
#[derive(Clone, Debug)]
pub(super) struct Parsed {
    pub rows: Vec<FileRow>,
    pub currency: Option<Currency>,
    pub totals_rows: u32,
    pub duplicates: u32,
    pub differences: Vec<AdsDifference>,
    /// Place among the table's rows, and why.
    pub rejected: Vec<(usize, AdsRejection)>,
}

/// How the columns are written.
pub(crate) struct Reader<'a> {
    table: &'a Table,
    columns: &'a Columns,
    dates: DateOrder,
    marks: BTreeMap<&'static str, DecimalMark>,
    currency: Option<Currency>,
}

/// Reads every row. What holds for the whole file is an error; what is wrong with one row rejects
/// that row.
pub(super) fn parse(table: &Table, columns: &Columns, mapping: &AdsMapping) -> Result<Parsed> {
    if columns.get("campaign_id").is_none() && columns.get("campaign_name").is_none() {
        return Err(invalid(
            "campaign_name",
            Reason::CampaignColumnNeeded,
            "No column of the file is the campaign. Export again from Ads Manager with the campaign's name and ID.",
        ));
    }
    let currency = currency(table, columns, mapping)?;
    let reader = Reader::new(table, columns, mapping, currency)?;
    let mut parsed = Parsed {
        rows: Vec::new(),
        currency,
        totals_rows: 0,
        duplicates: 0,
        differences: Vec::new(),
        rejected: Vec::new(),
    };
    let mut totals = Vec::new();
    let mut seen: BTreeSet<Vec<String>> = BTreeSet::new();
    for (place, row) in table.rows.iter().enumerate() {
        match reader.summary(row) {
            Some(Summary::Total) => {
                parsed.totals_rows += 1;
                totals.push(row);
                continue;
            }
            Some(Summary::Mean) => {
                parsed.totals_rows += 1;
                continue;
            }
            None => {}
        }
        if !seen.insert(row.cells.iter().map(Cell::raw).collect()) {
            parsed.duplicates += 1;
            continue;
        }
        match reader.row(row) {
            Ok(read) => parsed.rows.push(read),
            Err(Problem::Row(error)) => {
                parsed.rejected.push((
                    place,
                    AdsRejection {
                        row: row.number,
                        reason: error.message().to_owned(),
                        told: error.told(),
                    },
                ));
            }
            Err(Problem::File(error)) => return Err(error),
        }
    }
    for row in totals {
        reader.check_total(row, &parsed.rows, &mut parsed.differences);
    }
    Ok(parsed)
}

/// A row that sums up others.
pub(crate) enum Summary {
    Total,
    Mean,
}

/// Why a row is not read.
pub(crate) enum Problem {
    /// The row cannot be read.
    Row(Error),
    /// The file cannot.
    File(Error),
}

/// The currency of the file's money, where it says one.
pub(crate) fn currency(
    table: &Table,
    columns: &Columns,
    mapping: &AdsMapping,
) -> Result<Option<Currency>> {
    if let Some(code) = mapping.currency.as_deref().filter(|code| !code.is_empty()) {
        return code.parse().map(Some);
    }
    if columns.currency.is_some() {
        return Ok(columns.currency);
    }
    let Some(column) = columns.get("currency") else {
        return Ok(None);
    };
    let mut codes: BTreeSet<String> = BTreeSet::new();
    codes.extend(table.cells(column).filter_map(|(_, cell)| cell.text()));
    let mut codes = codes.into_iter();
    match (codes.next(), codes.next()) {
        (None, _) => Ok(None),
        (Some(code), None) => code.parse().map(Some),
        (Some(one), Some(other)) => Err(invalid(
            "currency",
            Reason::CurrenciesMixed,
            format!("The file holds money in {one} and in {other}. Export one account at a time."),
        )
        .param("one", &one)
        .param("other", &other)),
    }
}

impl<'a> Reader<'a> {
    /// Finds out how dates and numbers are written.
    pub(crate) fn new(
        table: &'a Table,
        columns: &'a Columns,
        mapping: &AdsMapping,
        currency: Option<Currency>,
    ) -> Result<Self> {
        let day = columns.get("day").or_else(|| columns.get("period_start"));
        let Some(day) = day else {
            return Err(no_days());
        };
        // The last day of a month tells in which order its first one is written.
        let ends = ["period_start", "period_end"]
            .into_iter()
            .filter_map(|field| columns.get(field))
            .filter(|column| *column != day);
        let dated = std::iter::once(day).chain(ends);
        let dates = date_order(dated.flat_map(|column| table.cells(column))).or_ask(
            mapping.date_order()?,
            DateOrder::YearFirst,
            &table.column_name(day),
            "date_format",
            "dmy, mdy or ymd",
        )?;
        let chosen = mapping.decimal_mark()?;
        let mut marks = BTreeMap::new();
        for (field, decimals) in [
            ("spend", currency.map(|c| c.exponent())),
            ("purchase_value", currency.map(|c| c.exponent())),
            ("frequency", None),
            ("impressions", Some(0)),
            ("reach", Some(0)),
            ("clicks_all", Some(0)),
            ("link_clicks", Some(0)),
            ("results", Some(0)),
            ("leads", Some(0)),
            ("purchases", Some(0)),
            ("messaging_started", Some(0)),
            ("landing_page_views", Some(0)),
        ] {
            let Some(column) = columns.get(field) else {
                continue;
            };
            // A count has no decimals: 1.234 impressions are a thousand, whatever is chosen.
            let own = if decimals == Some(0) && field != "spend" && field != "purchase_value" {
                None
            } else {
                chosen
            };
            let default = chosen.unwrap_or(DecimalMark::Point);
            let mark = decimal_mark(table.cells(column), decimals).or_ask(
                own,
                default,
                &table.column_name(column),
                "decimal",
                "the decimal mark, . or ,",
            )?;
            marks.insert(field, mark);
        }
        // Quotients are printed in whatever way the rest is: nobody is asked for them.
        let usual = marks.get("spend").copied().or(chosen);
        for field in QUOTIENTS {
            let Some(column) = columns.get(field) else {
                continue;
            };
            let mark = match decimal_mark(table.cells(column), None) {
                Reading::Sure(mark) => mark,
                _ => usual.unwrap_or(DecimalMark::Point),
            };
            marks.insert(field, mark);
        }
        Ok(Self {
            table,
            columns,
            dates,
            marks,
            currency,
        })
    }

    fn cell<'r>(&self, row: &'r Row, field: &str) -> &'r Cell {
        self.columns
            .get(field)
            .map_or(&Cell::Empty, |column| row.cell(column))
    }

    /// The text of a cell; `None` when it is missing.
    pub(crate) fn text(&self, row: &Row, field: &str) -> Option<String> {
        self.cell(row, field).text()
    }

    /// Rows of totals and means: no day, and no name or one of the known words.
    pub(crate) fn summary(&self, row: &Row) -> Option<Summary> {
        let names: Vec<String> = [
            "campaign_name",
            "adset_name",
            "ad_name",
            "day",
            "period_start",
            "account_name",
        ]
        .iter()
        .filter_map(|field| self.text(row, field))
        .map(|text| fold(&text))
        .collect();
        if names.iter().any(|name| MEANS.contains(&name.as_str())) {
            return Some(Summary::Mean);
        }
        let word = names.iter().any(|name| {
            TOTALS.contains(&name.as_str())
                || TOTALS.iter().any(|t| name.starts_with(&format!("{t} ")))
        });
        // A file of ad sets or of whole accounts may have no campaigns.
        let what = ["campaign", "adset", "ad", "account"]
            .into_iter()
            .find(|what| self.has(what))
            .unwrap_or("campaign");
        let campaign = self
            .text(row, &format!("{what}_name"))
            .or_else(|| self.text(row, &format!("{what}_id")));
        let day = self.columns.get("day").map(|_| self.text(row, "day"));
        let nameless = if self.has(what) {
            campaign.is_none() && day.is_none_or(|day| day.is_none())
        } else {
            day.is_some_and(|day| day.is_none())
        };
        // A campaign may be called "Total": its rows have a day and an id.
        let dated = day_of(self.cell(row, "day"), self.dates).is_some();
        ((word && !(dated && campaign.is_some())) || nameless).then_some(Summary::Total)
    }

    fn row(&self, row: &Row) -> std::result::Result<FileRow, Problem> {
        let day = self.day(row)?;
        let mut read = FileRow {
            number: row.number,
            day,
            account: self.named(row, "account")?,
            campaign: self.named(row, "campaign")?,
            ad_set: self.named(row, "adset")?,
            ad: self.named(row, "ad")?,
            attribution_setting: self.text(row, "attribution_setting"),
            spend_micros: self.money(row, "spend")?,
            impressions: self.count(row, "impressions")?,
            reach: self.count(row, "reach")?.map(Reach),
            frequency: self.frequency(row)?.map(Frequency),
            clicks: self.count(row, "clicks_all")?,
            link_clicks: self.count(row, "link_clicks")?,
            ..FileRow::default()
        };
        if read.campaign.is_nothing() {
            return Err(row_without("campaign_name", "the row names no campaign"));
        }
        for (field, action_type) in [
            ("leads", "lead"),
            ("purchases", "purchase"),
            (
                "messaging_started",
                "onsite_conversion.messaging_conversation_started_7d",
            ),
            ("landing_page_views", "landing_page_view"),
            ("link_clicks", "link_click"),
        ] {
            if let Some(count) = self.count(row, field)? {
                read.counts
                    .push((action_type.to_owned(), count * 1_000_000));
            }
        }
        if let Some(value) = self.money(row, "purchase_value")? {
            read.values.push(("purchase".to_owned(), value));
        }
        // Results mix kinds from row to row: only the indicator says which they are.
        let indicator = self.text(row, "result_indicator");
        let kind = indicator
            .as_deref()
            .and_then(|text| text.strip_prefix("actions:"));
        if let (Some(kind), Some(count)) = (kind, self.count(row, "results")?)
            && !read.counts.iter().any(|(known, _)| known == kind)
        {
            read.counts.push((kind.to_owned(), count * 1_000_000));
        }
        Ok(read)
    }

    /// Whether the file has a column for the id or the name of this.
    pub(crate) fn has(&self, what: &str) -> bool {
        ["id", "name"]
            .iter()
            .any(|part| self.columns.get(&format!("{what}_{part}")).is_some())
    }

    /// The day of a row. A row of several days is not spread over them.
    fn day(&self, row: &Row) -> std::result::Result<NaiveDate, Problem> {
        let days = self.period(row)?;
        if days.from == days.to {
            Ok(days.from)
        } else {
            Err(Problem::File(no_days()))
        }
    }

    /// The days of a row: its day, or the period it reports.
    pub(crate) fn period(&self, row: &Row) -> std::result::Result<DateRange, Problem> {
        let read = |field: &str| {
            parse_date(self.cell(row, field), self.dates)
                .map_err(|why| self.unreadable(field, &why))
        };
        let no_day = || row_without("day", "the row has no day");
        if self.columns.get("day").is_some() {
            let day = read("day")?.ok_or_else(no_day)?;
            return Ok(DateRange { from: day, to: day });
        }
        let start = read("period_start")?.ok_or_else(no_day)?;
        let end = read("period_end")?.ok_or_else(|| Problem::File(no_days()))?;
        DateRange::new(start, end).map_err(Problem::Row)
    }

    /// What the file calls the column of a field.
    fn label(&self, field: &str) -> String {
        self.columns
            .get(field)
            .map_or_else(|| field.to_owned(), |place| self.table.column_name(place))
    }

    fn unreadable(&self, field: &str, why: &Unreadable) -> Problem {
        Problem::Row(why.in_column(&self.label(field)))
    }

    fn id(&self, row: &Row, field: &str) -> std::result::Result<Option<String>, Problem> {
        let id = self
            .cell(row, field)
            .id()
            .map_err(|why| self.unreadable(field, &why))?;
        // Ads Manager writes c:, as: and ag: before ids so that spreadsheets keep the digits.
        Ok(id.map(|id| {
            let bare = id.rsplit(':').next().unwrap_or(&id);
            bare.trim_start_matches("act_").to_owned()
        }))
    }

    /// The id and the name of this in a row.
    pub(crate) fn named(&self, row: &Row, what: &str) -> std::result::Result<Named, Problem> {
        Ok(Named {
            id: self.id(row, &format!("{what}_id"))?,
            name: self.text(row, &format!("{what}_name")),
        })
    }

    /// The problem of a number that is larger than can be kept.
    pub(crate) fn too_large(&self, field: &str, value: &str) -> Problem {
        let column = self.label(field);
        Problem::Row(
            invalid(
                field,
                Reason::CellImpossible,
                format!("{column}: {value} cannot be"),
            )
            .param("column", &column)
            .param("value", value),
        )
    }

    fn mark(&self, field: &str) -> DecimalMark {
        self.marks.get(field).copied().unwrap_or(DecimalMark::Point)
    }

    fn money(&self, row: &Row, field: &str) -> std::result::Result<Option<i64>, Problem> {
        let amount = parse_amount(self.cell(row, field), self.mark(field))
            .map_err(|why| self.unreadable(field, &why))?;
        if let Some(amount) = amount
            && amount.of_one().is_err()
        {
            return Err(self.too_large(field, &self.cell(row, field).raw()));
        }
        if let (Some(amount), Some(currency)) = (amount, self.currency)
            && field == "spend"
            && !amount.fits(currency)
            && currency.exponent() == 0
        {
            let amount = amount.to_text(currency);
            return Err(Problem::Row(
                invalid(
                    field,
                    Reason::AmountTooFine,
                    format!("{}: {currency} has no decimals", self.label(field)),
                )
                .param("amount", amount)
                .param("currency", currency)
                .param("decimals", currency.exponent()),
            ));
        }
        Ok(amount.map(|amount| amount.0))
    }

    fn count(&self, row: &Row, field: &str) -> std::result::Result<Option<i64>, Problem> {
        let count = parse_count(self.cell(row, field), self.mark(field))
            .map_err(|why| self.unreadable(field, &why))?;
        match count {
            Some(count) if !(0..=1_000_000_000_000).contains(&count) => {
                Err(self.too_large(field, &count.to_string()))
            }
            count => Ok(count),
        }
    }

    fn frequency(&self, row: &Row) -> std::result::Result<Option<f64>, Problem> {
        Ok(self
            .decimal(row, "frequency")?
            .and_then(|text| text.parse().ok()))
    }

    /// A number as plain decimal text, as finely as the cell prints it.
    pub(crate) fn decimal(
        &self,
        row: &Row,
        field: &str,
    ) -> std::result::Result<Option<String>, Problem> {
        parse_decimal(self.cell(row, field), self.mark(field))
            .map_err(|why| self.unreadable(field, &why))
    }

    /// The totals row must say what the rows sum to.
    fn check_total(&self, row: &Row, rows: &[FileRow], differences: &mut Vec<AdsDifference>) {
        let spend: i64 = rows.iter().filter_map(|row| row.spend_micros).sum();
        let impressions: i64 = rows.iter().filter_map(|row| row.impressions).sum();
        let said = [
            (
                Checked::Spend,
                self.money(row, "spend").ok().flatten(),
                spend,
            ),
            (
                Checked::Impressions,
                self.count(row, "impressions").ok().flatten(),
                impressions,
            ),
        ];
        for (figure, total, sum) in said {
            if let Some(other) = total.filter(|total| *total != sum) {
                differences.push(AdsDifference {
                    day: None,
                    figure,
                    file: sum,
                    other,
                });
            }
        }
    }
}

fn day_of(cell: &Cell, order: DateOrder) -> Option<NaiveDate> {
    parse_date(cell, order).ok().flatten()
}

fn row_without(field: &str, message: &str) -> Problem {
    Problem::Row(invalid(field, Reason::RowWithout, message))
}

fn no_days() -> Error {
    invalid(
        "day",
        Reason::DaysNeeded,
        "The file has figures of whole periods and not of days, and they cannot be spread over days without making figures up. Export it again with the breakdown by day.",
    )
}
