//! A file seen through a mapping: rows of typed values.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{Currency, Error, Micros, Reason, Result, TimeZone};
use rumbo_platform::table_file::{
    Cell, DateOrder, DecimalMark, Row, Table, date_order, decimal_mark, parse_amount, parse_count,
    parse_date, parse_instant,
};

use super::fields::{FieldType, fields};
use super::{ImportKind, Mapping};
use uuid::Uuid;

use crate::input::{invalid, row_without};

/// What a mapping leaves open.
#[derive(Clone, Debug)]
pub(super) struct Defaults {
    pub timezone: TimeZone,
    pub currency: Option<Currency>,
    /// Of phone numbers without a prefix.
    pub region: Option<String>,
    pub now: DateTime<Utc>,
}

/// Where a field comes from, and how its cells are written.
#[derive(Clone, Debug)]
struct Source {
    column: Option<usize>,
    constant: Cell,
    label: String,
    mark: DecimalMark,
    order: DateOrder,
}

/// A table with its mapping worked out.
#[derive(Debug)]
pub(super) struct Reader<'t> {
    pub table: &'t Table,
    pub system: String,
    pub currency: Option<Currency>,
    pub zone: TimeZone,
    sources: HashMap<String, Source>,
    custom: Vec<String>,
}

impl<'t> Reader<'t> {
    /// Works a mapping out. Everything that stands in its way is told at once.
    pub(super) fn new(
        table: &'t Table,
        kind: ImportKind,
        mapping: &Mapping,
        defaults: &Defaults,
    ) -> Result<Self, Vec<Error>> {
        let mut problems = Vec::new();
        let mut keep = |problem: Error| problems.push(problem);
        let order = mapping.date_order().unwrap_or_else(|e| {
            keep(e);
            None
        });
        let mark = mapping.decimal_mark().unwrap_or_else(|e| {
            keep(e);
            None
        });
        let zone = mapping.zone(defaults.timezone).unwrap_or_else(|e| {
            keep(e);
            TimeZone::UTC
        });
        let currency = mapping
            .default_currency(defaults.currency)
            .unwrap_or_else(|e| {
                keep(e);
                None
            });
        let mut reader = Self {
            table,
            system: mapping.system(),
            currency,
            zone,
            sources: HashMap::new(),
            custom: Vec::new(),
        };
        let names = mapping
            .columns
            .keys()
            .chain(mapping.constants.keys().filter(|k| *k != "system"));
        for name in names {
            let Some(kind) = field_type(kind, name) else {
                keep(unknown_field(kind, name));
                continue;
            };
            if reader.sources.contains_key(name) {
                continue;
            }
            match reader.source(name, kind, mapping, order, mark) {
                Ok(source) => {
                    reader.sources.insert(name.clone(), source);
                    if let Some(custom) = name.strip_prefix("custom.") {
                        reader.custom.push(custom.to_owned());
                    }
                }
                Err(problem) => keep(problem),
            }
        }
        reader.custom.sort();
        for problem in reader.missing(kind, mapping) {
            keep(problem);
        }
        if problems.is_empty() {
            Ok(reader)
        } else {
            Err(problems)
        }
    }

    fn source(
        &self,
        name: &str,
        kind: FieldType,
        mapping: &Mapping,
        order: Option<DateOrder>,
        mark: Option<DecimalMark>,
    ) -> Result<Source> {
        let column = match mapping.columns.get(name) {
            Some(text) => Some(column(self.table, name, text)?),
            None => None,
        };
        let constant = mapping
            .constants
            .get(name)
            .map_or(Cell::Empty, |text| Cell::Text(text.clone()));
        let label = column.map_or_else(|| name.to_owned(), |c| self.table.column_name(c));
        let cells = || {
            let of_column = column.into_iter().flat_map(|c| self.table.cells(c));
            of_column.chain(
                [(0, &constant)]
                    .into_iter()
                    .filter(|(_, cell)| cell.text().is_some()),
            )
        };
        let mark = match kind {
            FieldType::Amount | FieldType::Count => {
                let decimals = if kind == FieldType::Count {
                    Some(0)
                } else {
                    self.currency
                        .map(|c| c.exponent())
                        .filter(|_| !mapping.columns.contains_key("currency"))
                };
                decimal_mark(cells(), decimals).or_ask(
                    mark,
                    DecimalMark::Point,
                    &label,
                    "decimal",
                    "whether decimals come after a point (decimal \".\") or a comma (decimal \",\")",
                )?
            }
            _ => DecimalMark::Point,
        };
        let order = match kind {
            FieldType::Date | FieldType::Instant => date_order(cells()).or_ask(
                order,
                DateOrder::DayMonth,
                &label,
                "date_format",
                "whether the day comes first (date_format \"dmy\") or the month (date_format \"mdy\")",
            )?,
            _ => DateOrder::DayMonth,
        };
        Ok(Source {
            column,
            constant,
            label,
            mark,
            order,
        })
    }

    /// What nobody said; what was said wrongly has its own problem.
    fn missing(&self, kind: ImportKind, mapping: &Mapping) -> Vec<Error> {
        let said = |field: &str| {
            mapping.columns.contains_key(field) || mapping.constants.contains_key(field)
        };
        let mut problems: Vec<Error> = fields(kind)
            .filter(|field| field.required && !said(field.name))
            .map(|field| {
                invalid(
                    field.name,
                    Reason::ColumnNeeded,
                    format!(
                        "No column fills \"{}\". Choose the column that holds it.",
                        field.name
                    ),
                )
            })
            .collect();
        let keys: &[&str] = match kind {
            // It is about nobody.
            ImportKind::Spend => &[],
            ImportKind::Contacts => &[
                "customer_id",
                "phone",
                "email",
                "name",
                "first_name",
                "rumbo_contact_id",
            ],
            _ => &["customer_id", "phone", "email", "rumbo_contact_id"],
        };
        if !keys.is_empty() && !keys.iter().any(|key| said(key)) {
            problems.push(
                invalid(
                    "customer_id",
                    Reason::PersonColumnNeeded,
                    format!(
                        "No column says who it is about. Choose one for {}.",
                        keys.join(", ")
                    ),
                )
                .param("fields", keys.join(", ")),
            );
        }
        let wants_currency = match kind {
            ImportKind::Contacts => false,
            ImportKind::Opportunities => said("value"),
            ImportKind::Sales | ImportKind::Spend => true,
        };
        if wants_currency && !said("currency") && self.currency.is_none() {
            problems.push(invalid(
                "currency",
                Reason::CurrencyNeeded,
                "Nothing says which currency the amounts are in. Choose a currency, or a column that holds it.",
            ));
        }
        problems
    }

    /// The values of a row.
    pub(super) fn values<'r>(&'r self, row: &'r Row) -> Values<'r, 't> {
        Values { reader: self, row }
    }
}

fn field_type(kind: ImportKind, name: &str) -> Option<FieldType> {
    if kind == ImportKind::Contacts
        && name
            .strip_prefix("custom.")
            .is_some_and(|custom| !custom.trim().is_empty())
    {
        return Some(FieldType::Text);
    }
    fields(kind)
        .find(|field| field.name == name)
        .map(|field| field.kind)
}

fn unknown_field(kind: ImportKind, name: &str) -> Error {
    let known: Vec<&str> = fields(kind).map(|field| field.name).collect();
    invalid(
        name,
        Reason::FieldUnknown,
        format!(
            "\"{name}\" is not a field of {kind}. The fields are: {}.",
            known.join(", ")
        ),
    )
    .param("name", name)
    .param("fields", known.join(", "))
}

/// The column that a mapping names: by its header, or by its place as `#1`.
fn column(table: &Table, field: &str, text: &str) -> Result<usize> {
    if let Some(found) = table.column(text) {
        return Ok(found);
    }
    let place = text
        .strip_prefix('#')
        .and_then(|n| n.trim().parse::<usize>().ok());
    match place {
        Some(place) if (1..=table.width).contains(&place) => Ok(place - 1),
        Some(_) => Err(invalid(
            field,
            Reason::ColumnMissing,
            format!(
                "There is no column {text} for \"{field}\": the file has {}.",
                table.width
            ),
        )
        .param("column", text)),
        None => Err(match &table.header {
            Some(header) => invalid(
                field,
                Reason::ColumnMissing,
                format!(
                    "There is no column \"{text}\" for \"{field}\". The file has: {}.",
                    header.join(", ")
                ),
            )
            .param("column", text),
            None => invalid(
                field,
                Reason::ColumnByPlace,
                format!(
                    "The file has no header, so \"{field}\" needs the place of its column, such as #1."
                ),
            ),
        }),
    }
}

/// The values of one row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Values<'r, 't> {
    reader: &'r Reader<'t>,
    row: &'r Row,
}

impl Values<'_, '_> {
    fn cell(&self, field: &str) -> Option<(&Cell, &Source)> {
        let source = self.reader.sources.get(field)?;
        let own = source.column.map(|column| self.row.cell(column));
        let cell = own
            .filter(|cell| cell.text().is_some())
            .unwrap_or(&source.constant);
        Some((cell, source))
    }

    fn read<T>(
        &self,
        field: &str,
        read: impl FnOnce(&Cell, &Source) -> Result<Option<T>, rumbo_platform::table_file::Unreadable>,
    ) -> Result<Option<T>, Error> {
        match self.cell(field) {
            None => Ok(None),
            Some((cell, source)) => read(cell, source).map_err(|why| why.in_column(&source.label)),
        }
    }

    /// What stands in the row itself: a value that holds for all rows tells nothing of one.
    pub(super) fn own_text(&self, field: &str) -> Option<String> {
        let column = self.reader.sources.get(field)?.column?;
        self.row.cell(column).text()
    }

    pub(super) fn text(&self, field: &str) -> Option<String> {
        let text = self.cell(field).and_then(|(cell, _)| cell.text())?;
        // The apostrophe by which exports keep spreadsheets from running a text as a formula.
        match text.strip_prefix('\'') {
            Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
                Some(rest.to_owned())
            }
            _ => Some(text),
        }
    }

    /// The id of a row in Rumbo, as exports write it.
    pub(super) fn rumbo_id(&self, field: &str) -> Result<Option<Uuid>, Error> {
        self.id(field)?
            .map(|text| {
                text.parse().map_err(|_| {
                    invalid(
                        field,
                        Reason::RowIdUnknown,
                        format!("\"{text}\" is not an id of Rumbo"),
                    )
                    .param("value", &text)
                })
            })
            .transpose()
    }

    pub(super) fn id(&self, field: &str) -> Result<Option<String>, Error> {
        self.read(field, |cell, _| cell.id())
    }

    pub(super) fn amount(&self, field: &str) -> Result<Option<Micros>, Error> {
        self.read(field, |cell, source| parse_amount(cell, source.mark))
    }

    pub(super) fn count(&self, field: &str) -> Result<Option<i64>, Error> {
        self.read(field, |cell, source| parse_count(cell, source.mark))
    }

    pub(super) fn date(&self, field: &str) -> Result<Option<NaiveDate>, Error> {
        self.read(field, |cell, source| parse_date(cell, source.order))
    }

    pub(super) fn instant(&self, field: &str) -> Result<Option<DateTime<Utc>>, Error> {
        let zone = self.reader.zone;
        self.read(field, |cell, source| {
            parse_instant(cell, source.order, zone)
        })
    }

    /// An instant as the file writes it, whatever the zone: part of what tells rows apart.
    pub(super) fn written_instant(&self, field: &str) -> Result<String, Error> {
        let utc = TimeZone::UTC;
        let read = self.read(field, |cell, source| parse_instant(cell, source.order, utc))?;
        Ok(read.map(|at| at.to_rfc3339()).unwrap_or_default())
    }

    pub(super) fn currency(&self) -> Result<Currency, Error> {
        match self.text("currency") {
            Some(code) => code.parse(),
            None => self
                .reader
                .currency
                .ok_or_else(|| row_without("currency", "the row has no currency")),
        }
    }

    /// The contact's own fields.
    pub(super) fn custom(&self) -> Vec<(String, String)> {
        self.reader
            .custom
            .iter()
            .filter_map(|name| Some((name.clone(), self.text(&format!("custom.{name}"))?)))
            .collect()
    }

    /// A row with more cells than columns was cut at the wrong places.
    pub(super) fn refuse_overlong(&self) -> Result<(), Error> {
        let Some(header) = &self.reader.table.header else {
            return Ok(());
        };
        let extra = self
            .row
            .cells
            .iter()
            .skip(header.len())
            .any(|cell| cell.text().is_some());
        if extra {
            let (values, columns) = (self.row.cells.len(), header.len());
            return Err(invalid(
                "row",
                Reason::RowTooLong,
                format!(
                    "the row has {values} values and the header {columns}. Put quotation marks around values that hold the delimiter"
                ),
            )
            .param("values", values)
            .param("columns", columns));
        }
        Ok(())
    }
}
