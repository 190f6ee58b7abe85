//! Tables as CSV and XLSX files, with the names of columns that programs read.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use rumbo_base::{Code, Error, Reason, Result};
use rumbo_crm::{export, import};
use rumbo_insight::Metric;
use rumbo_insight::metric::Unit;
use rumbo_platform::exchange_rates as inside;
use rumbo_platform::table_file::{CsvDialect, CsvWriter, Field};

use super::insights;
use crate::Context;
use crate::dashboard;
use crate::state::not_writable;
use crate::wire::{
    Attribution, ConvertedFrom, ExportKind, ExportTable, Exported, GetRoi, RoiBy, RoiFigures,
    ScreenCellKind, ScreenColumn, ScreenFact, ScreenFormat, ScreenRow, ScreenTable,
};
use crate::{audit_trail, exports};

/// A table in memory: names of columns, and rows with the id they have on screen.
struct Sheet {
    columns: Vec<&'static str>,
    rows: Vec<(Option<String>, Vec<Field>)>,
}

/// Every metric there is, in the order of their list.
fn figures(of: &RoiFigures) -> impl Iterator<Item = Field> {
    Metric::ALL
        .into_iter()
        .map(|metric| of.text(metric).map_or(Field::Empty, Field::Number))
}

/// Writes a file: first beside the place asked for, then in it, so that nothing half-written is
/// left there.
///
/// # Errors
/// `InvalidInput` for a place that cannot be written or a column that does not exist; `DiskFull`.
pub async fn export_table(cx: &Context, req: ExportTable) -> Result<Exported> {
    let kind = serde_json::to_value(req.kind).ok();
    let name = kind
        .as_ref()
        .and_then(|name| name.as_str())
        .unwrap_or("table");
    let done = table_written(cx, req).await?;
    audit_trail::exported(cx, "export_table", ("table", name.to_owned()), done).await
}

async fn table_written(cx: &Context, req: ExportTable) -> Result<Exported> {
    let path = Path::new(&req.path);
    if req.format == ScreenFormat::Xlsx {
        let mut gathered = Gathered::default();
        let rows = write(cx, &req, &mut gathered).await?;
        let facts = facts(cx, &req).await?;
        let table = gathered.table(path, facts);
        let sheet = exports::sheet(table);
        return exports::written(path, &rumbo_export::xlsx(&sheet)?, rows);
    }
    let beside = path.with_extension("csv.new");
    let dialect = if req.semicolon {
        CsvDialect::Comma
    } else {
        CsvDialect::Plain
    };
    let file = File::create(&beside).map_err(|e| not_writable(path, e))?;
    let written = async {
        let mut csv = CsvWriter::new(BufWriter::new(file), dialect)?;
        let rows = write(cx, &req, &mut csv).await?;
        csv.finish()?;
        Ok(rows)
    }
    .await;
    let moved = written.and_then(|rows| {
        std::fs::rename(&beside, path).map_err(|e| not_writable(path, e))?;
        Ok(rows)
    });
    match moved {
        Ok(rows) => Ok(Exported {
            path: path.display().to_string(),
            rows,
        }),
        Err(error) => {
            drop(std::fs::remove_file(&beside));
            Err(error)
        }
    }
}

/// Where rows go: into a CSV at once, or together until a workbook is made of them.
pub(super) trait Rows: Send {
    fn add(&mut self, row: Vec<Field>) -> Result<()>;
}

impl<W: std::io::Write + Send> Rows for CsvWriter<W> {
    fn add(&mut self, row: Vec<Field>) -> Result<()> {
        self.row(row)
    }
}

/// The rows of a workbook, the heads first.
#[derive(Debug, Default)]
struct Gathered(Vec<Vec<Field>>);

impl Rows for Gathered {
    fn add(&mut self, row: Vec<Field>) -> Result<()> {
        self.0.push(row);
        Ok(())
    }
}

impl Gathered {
    /// A column is of numbers when nothing else stands in it: an id stays text.
    fn table(self, path: &Path, facts: Vec<ScreenFact>) -> ScreenTable {
        let mut rows = self.0.into_iter();
        let heads = rows.next().unwrap_or_default();
        let rows: Vec<Vec<Field>> = rows.collect();
        let columns = heads.into_iter().enumerate().map(|(at, head)| {
            let mut cells = rows.iter().filter_map(|row| row.get(at)).peekable();
            let head = match head {
                Field::Text(text) | Field::Number(text) => text,
                Field::Empty => String::new(),
            };
            let numbers = cells.clone().any(|cell| matches!(cell, Field::Number(_)))
                && cells.all(|cell| !matches!(cell, Field::Text(_)));
            let (kind, decimals) = if numbers {
                number_kind(&head)
            } else {
                (ScreenCellKind::Text, 0)
            };
            ScreenColumn {
                head,
                unit: String::new(),
                kind,
                decimals,
            }
        });
        ScreenTable {
            title: path
                .file_stem()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            facts,
            columns: columns.collect(),
            rows: rows
                .iter()
                .map(|row| ScreenRow {
                    cells: row
                        .iter()
                        .map(|field| match field {
                            Field::Text(text) | Field::Number(text) => Some(text.clone()),
                            Field::Empty => None,
                        })
                        .collect(),
                    depth: 0,
                    sum: false,
                })
                .collect(),
        }
    }
}

/// How a workbook writes the numbers of a column: as its metric says, and plainly where it is of
/// none.
fn number_kind(head: &str) -> (ScreenCellKind, u32) {
    let metric = Metric::ALL
        .into_iter()
        .find(|metric| metric.definition().id == head);
    match metric.map(|metric| metric.definition().unit) {
        // Rows may be of several currencies: the figure keeps what it has, two decimals are shown.
        Some(Unit::Money) => (ScreenCellKind::Money, 2),
        Some(Unit::Percent) => (ScreenCellKind::Percent, 2),
        Some(Unit::Ratio) => (ScreenCellKind::Ratio, 2),
        Some(Unit::Count) | None => (ScreenCellKind::Count, 0),
    }
}

/// What the figures of a report stand on, in the words of the command line's JSON.
async fn facts(cx: &Context, req: &ExportTable) -> Result<Vec<ScreenFact>> {
    let Some(report) = &req.roi else {
        return Ok(Vec::new());
    };
    let fact = |label: &str, text: String| ScreenFact {
        label: label.to_owned(),
        text,
    };
    let mut facts = vec![fact("days", format!("{} – {}", report.from, report.to))];
    if req.kind != ExportKind::Insights {
        let credit = dashboard::attribution(cx, report.attribution).await?;
        facts.push(fact("attribution", Attribution::of(credit).text()));
    }
    if let Some(at) = report.as_of {
        facts.push(fact("as_of", at.to_rfc3339()));
    }
    if !report.accounts.is_empty() {
        facts.push(fact("accounts", report.accounts.join(", ")));
    }
    for (label, id) in [("campaign", &report.campaign), ("ad_set", &report.ad_set)] {
        facts.extend(id.iter().map(|id| fact(label, id.clone())));
    }
    Ok(facts)
}

/// Writes the table asked for and says how many rows it has.
async fn write(cx: &Context, req: &ExportTable, output: &mut dyn Rows) -> Result<u32> {
    let sheet = match req.kind {
        ExportKind::Roi => roi(cx, asked(req)?).await?,
        ExportKind::Creatives => {
            roi(
                cx,
                GetRoi {
                    by: RoiBy::Creative,
                    ..asked(req)?
                },
            )
            .await?
        }
        ExportKind::Insights => {
            let columns = chosen(&insights::COLUMNS, &req.columns)?;
            begin(output, &insights::COLUMNS, &columns)?;
            return insights::write(cx, &asked(req)?, &columns, output).await;
        }
        ExportKind::Contacts => {
            return crm(cx, req, import::ImportKind::Contacts, output).await;
        }
        ExportKind::Opportunities => {
            return crm(cx, req, import::ImportKind::Opportunities, output).await;
        }
        ExportKind::Sales => return crm(cx, req, import::ImportKind::Sales, output).await,
        ExportKind::Spend => return crm(cx, req, import::ImportKind::Spend, output).await,
    };
    let columns = chosen(&sheet.columns, &req.columns)?;
    let rows = ordered(sheet.rows, &req.row_ids);
    begin(output, &sheet.columns, &columns)?;
    for row in &rows {
        output.add(part(row, &columns))?;
    }
    Ok(u32::try_from(rows.len()).unwrap_or(u32::MAX))
}

/// Writes the heads.
fn begin(output: &mut dyn Rows, names: &[&str], columns: &[usize]) -> Result<()> {
    let heads = columns
        .iter()
        .filter_map(|at| names.get(*at))
        .map(|name| Field::from(*name));
    output.add(heads.collect())
}

/// The cells in the columns asked for.
fn part(cells: &[Field], columns: &[usize]) -> Vec<Field> {
    columns
        .iter()
        .map(|at| cells.get(*at).cloned().unwrap_or(Field::Empty))
        .collect()
}

fn asked(req: &ExportTable) -> Result<GetRoi> {
    req.roi.clone().ok_or_else(|| {
        Error::new(
            Code::InvalidInput,
            "Say which report to export: its rows and its period.",
        )
        .reason(Reason::ReportNeeded)
        .field("roi")
    })
}

/// The places of the columns asked for; all of them when none are.
fn chosen(all: &[&str], asked: &[String]) -> Result<Vec<usize>> {
    if asked.is_empty() {
        return Ok((0..all.len()).collect());
    }
    asked
        .iter()
        .map(|name| {
            all.iter().position(|column| column == name).ok_or_else(|| {
                Error::new(
                    Code::InvalidInput,
                    format!(
                        "There is no column \"{name}\". There are: {}.",
                        all.join(", ")
                    ),
                )
                .reason(Reason::FieldUnknown)
                .param("name", name)
                .param("fields", all.join(", "))
                .field("columns")
            })
        })
        .collect()
}

/// The rows asked for, in the order asked for; all of them when none are.
fn ordered(rows: Vec<(Option<String>, Vec<Field>)>, asked: &[String]) -> Vec<Vec<Field>> {
    if asked.is_empty() {
        return rows.into_iter().map(|(_, row)| row).collect();
    }
    let mut by_id: HashMap<String, Vec<Field>> = rows
        .into_iter()
        .filter_map(|(id, row)| Some((id?, row)))
        .collect();
    asked.iter().filter_map(|id| by_id.remove(id)).collect()
}

async fn roi(cx: &Context, request: GetRoi) -> Result<Sheet> {
    // Every column there is.
    let request = GetRoi {
        people: true,
        new_customers: true,
        ..request
    };
    let report = dashboard::get_roi(cx, request).await?;
    // A row says what it stands on, wherever it goes.
    let basis = [
        Field::from(report.from.to_string()),
        Field::from(report.to.to_string()),
        Field::from(report.attribution.text()),
    ];
    let mut columns = vec![
        "id",
        "external_id",
        "name",
        "status",
        "account",
        "campaign",
        "ad_set",
        "currency",
        "row",
    ];
    columns.extend(Metric::ALL.map(|metric| metric.definition().id));
    let exchanged = report.exchanged.is_some();
    if exchanged {
        columns.push("converted_from");
    }
    columns.extend(["from", "to", "attribution"]);
    let mut rows = Vec::new();
    let main = crate::wire::RoiGroup {
        currency: report.currency,
        rows: report.rows,
        attributed: report.attributed,
        unattributed: report.unattributed,
        total: report.total,
        previous_unattributed: None,
        previous_total: None,
    };
    for group in std::iter::once(main).chain(report.other_currencies) {
        for row in group.rows {
            let mut fields = vec![
                Field::from(row.id),
                Field::from(row.external_id),
                Field::from(row.name),
                Field::from(row.status),
                Field::from(row.account_name),
                Field::from(row.campaign_name),
                Field::from(row.ad_set_name),
                Field::from(row.currency.as_str()),
                Field::from(row.remainder.unwrap_or_else(|| "object".to_owned())),
            ];
            fields.extend(figures(&row.figures));
            if exchanged {
                fields.push(Field::from(passport(&row.converted)));
            }
            fields.extend(basis.clone());
            rows.push((Some(row.key), fields));
        }
        for (what, sum) in [
            ("unattributed", &group.unattributed),
            ("total", &group.total),
        ] {
            let mut fields = vec![Field::Empty; 7];
            fields.push(Field::from(group.currency.as_str()));
            fields.push(Field::from(what));
            fields.extend(figures(sum));
            let all = report
                .exchanged
                .as_ref()
                .filter(|all| what == "total" && all.to == group.currency);
            if exchanged {
                fields.push(Field::from(passport(all.map_or(&[], |all| &all.from))));
            }
            fields.extend(basis.clone());
            rows.push((Some(format!("{what}:{}", group.currency)), fields));
        }
    }
    Ok(Sheet { columns, rows })
}

/// What a row was before it was converted, and the rates: `BRL: spend 300.00, revenue 1200.00; ecb
/// 2026-03-12 to 2026-03-14, 0.190720 to 0.193718`. What its sales cost, where it is known, stands
/// behind the revenue.
fn passport(converted: &[ConvertedFrom]) -> String {
    let parts = converted.iter().map(|from| {
        let spend = from
            .spend
            .as_ref()
            .map_or_else(String::new, |spend| format!("spend {spend}, "));
        let cost = if crate::wire::is_something(&from.cost) {
            format!(", cost {}", from.cost)
        } else {
            String::new()
        };
        format!(
            "{}: {spend}revenue {}{cost}; {} {} to {}, {} to {}",
            from.currency,
            from.revenue,
            inside::RateSource::from(from.source).as_str(),
            from.first_day,
            from.last_day,
            from.lowest_rate,
            from.highest_rate,
        )
    });
    parts.collect::<Vec<_>>().join(" | ")
}

/// Writes contacts, opportunities or sales, a page at a time; only those asked for where the
/// screen asks for some, in its order.
async fn crm(
    cx: &Context,
    req: &ExportTable,
    kind: import::ImportKind,
    output: &mut dyn Rows,
) -> Result<u32> {
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let names = export::columns(&mut tx, scope.workspace, kind).await?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let columns = chosen(&names, &req.columns)?;
    begin(output, &names, &columns)?;
    let mut line = |cells: &[Field]| output.add(part(cells, &columns));
    let written = if req.row_ids.is_empty() {
        export::rows(&mut tx, scope.workspace, kind, &mut |_, cells| line(&cells)).await?
    } else {
        let wanted: HashSet<&str> = req.row_ids.iter().map(String::as_str).collect();
        let mut found = Vec::new();
        export::rows(&mut tx, scope.workspace, kind, &mut |id, cells| {
            let id = id.to_string();
            if wanted.contains(id.as_str()) {
                found.push((Some(id), cells));
            }
            Ok(())
        })
        .await?;
        let found = ordered(found, &req.row_ids);
        for cells in &found {
            line(cells)?;
        }
        u64::try_from(found.len()).unwrap_or(u64::MAX)
    };
    Ok(u32::try_from(written).unwrap_or(u32::MAX))
}
