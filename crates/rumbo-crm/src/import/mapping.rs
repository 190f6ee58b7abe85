//! Which column of a file fills which field.

use std::collections::BTreeMap;

use rumbo_base::{Currency, Result, TimeZone};
use rumbo_platform::table_file::{DateOrder, DecimalMark, Delimiter, ReadOptions};
use serde::{Deserialize, Serialize};

/// Which column of a file fills which field: what a person writes as JSON for `--map FILE`, and
/// what is stored under a name. Every key may be left out.
///
/// ```json
/// {
///   "header": false,
///   "delimiter": "whitespace",
///   "columns": { "customer_id": "#2", "date": "#3", "quantity": "#4", "amount": "#5" },
///   "constants": { "system": "cdnow" },
///   "date_format": "iso",
///   "decimal": ".",
///   "timezone": "America/New_York",
///   "currency": "USD"
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// Whether the first row names the columns. Found out when absent.
    pub header: Option<bool>,
    /// `,`, `;`, `tab` (or a tab), `|` or `whitespace`. Found out when absent.
    pub delimiter: Option<String>,
    /// Field → name of the column, or its place counted from 1 written as `#1`. A field
    /// `custom.NAME` fills the contact's own field NAME.
    pub columns: BTreeMap<String, String>,
    /// Field → a value used in every row where no column fills it. `system` names where the ids
    /// come from, so that those of two systems stay apart; it is `import` when absent.
    pub constants: BTreeMap<String, String>,
    /// `dmy`, `mdy`, or `ymd` (also `iso`). Found out from each column when absent.
    pub date_format: Option<String>,
    /// `.` or `,`. Found out from each column when absent.
    pub decimal: Option<String>,
    /// IANA zone of times without one; the workspace's when absent.
    pub timezone: Option<String>,
    /// Currency of amounts without one; the workspace's when absent.
    pub currency: Option<String>,
}

impl Mapping {
    /// How the file is to be read.
    ///
    /// # Errors
    /// `InvalidInput` for a delimiter that is none.
    pub fn read_options(&self) -> Result<ReadOptions> {
        let choices = [
            Delimiter::Comma,
            Delimiter::Semicolon,
            Delimiter::Pipe,
            Delimiter::Tab,
            Delimiter::Whitespace,
        ];
        let delimiter = Delimiter::said(self.delimiter.as_deref(), &choices)?;
        Ok(ReadOptions {
            has_header: self.header,
            delimiter,
            sheet: None,
        })
    }

    pub(super) fn date_order(&self) -> Result<Option<DateOrder>> {
        DateOrder::said(self.date_format.as_deref())
    }

    pub(super) fn decimal_mark(&self) -> Result<Option<DecimalMark>> {
        DecimalMark::said(self.decimal.as_deref())
    }

    pub(super) fn zone(&self, workspace: TimeZone) -> Result<TimeZone> {
        self.timezone
            .as_deref()
            .filter(|z| !z.is_empty())
            .map_or(Ok(workspace), str::parse)
    }

    pub(super) fn default_currency(&self, workspace: Option<Currency>) -> Result<Option<Currency>> {
        match self.currency.as_deref().filter(|c| !c.is_empty()) {
            Some(code) => code.parse().map(Some),
            None => Ok(workspace),
        }
    }

    /// Where the ids of the file come from.
    pub(super) fn system(&self) -> String {
        self.constants
            .get("system")
            .map(|s| s.trim().to_lowercase())
            .filter(|s| !s.is_empty())
            .unwrap_or_else(|| "import".to_owned())
    }
}
