//! Ads Manager files.

use std::path::{Path, PathBuf};

use rumbo_ads::import::{self, AdsDifference, AdsImportOptions, AdsMapping, Checked, FIELDS};
use rumbo_base::{CacheTag, Code, Currency, Error, Micros, Reason, Result};

use super::{format_words, whole};
use crate::Context;
use crate::wire::{
    AdsImportChecks, AdsImportDifference, CurrencyAmount, DateRange, ImportField, ImportKind,
    ImportMapping, ImportPreview, ImportReport, RejectedRow, WireError,
};

/// What an Ads Manager file cannot do without.
const REQUIRED: [&str; 2] = ["day", "spend"];

/// The account of a file that does not name it stands among the constants.
pub(super) fn inside(mapping: ImportMapping) -> Result<AdsMapping> {
    let mut constants = mapping.constants;
    let account = constants.remove("account");
    if let Some(field) = constants.keys().next() {
        return Err(Error::new(
            Code::InvalidInput,
            format!("An ads file takes no constant \"{field}\". Only account can be given so."),
        )
        .reason(Reason::FieldUnknown)
        .param("name", field)
        .param("fields", "account")
        .field(field));
    }
    if mapping.header == Some(false) {
        return Err(Error::new(
            Code::InvalidInput,
            "An ads file needs the row that names its columns. Export it again with headers.",
        )
        .reason(Reason::HeaderNeeded)
        .field("header"));
    }
    Ok(AdsMapping {
        columns: mapping.columns,
        delimiter: mapping.delimiter,
        date_format: mapping.date_format,
        decimal: mapping.decimal,
        currency: mapping.currency,
        account,
    })
}

fn outside(mapping: AdsMapping) -> ImportMapping {
    ImportMapping {
        header: Some(true),
        delimiter: mapping.delimiter,
        columns: mapping.columns,
        constants: mapping
            .account
            .map(|a| ("account".to_owned(), a))
            .into_iter()
            .collect(),
        date_format: mapping.date_format,
        decimal: mapping.decimal,
        timezone: None,
        currency: mapping.currency,
    }
}

pub(super) async fn preview(
    cx: &Context,
    path: &Path,
    mapping: Option<ImportMapping>,
) -> Result<ImportPreview> {
    let mapping = mapping.map(inside).transpose()?;
    let found = import::preview(cx.scope()?, path, mapping.as_ref()).await?;
    let (encoding, delimiter, sheet) = format_words(&found.format);
    Ok(ImportPreview {
        encoding,
        delimiter,
        sheet,
        rows: whole(found.rows),
        columns: found.columns,
        sample: found.sample,
        fields: FIELDS
            .iter()
            .map(|field| ImportField {
                field: (*field).to_owned(),
                required: REQUIRED.contains(field),
            })
            .collect(),
        mapping: outside(found.mapping),
        problems: found.problems.iter().map(WireError::from).collect(),
    })
}

fn difference(found: AdsDifference, currency: Currency) -> AdsImportDifference {
    let text = |figure: i64| match found.figure {
        Checked::Spend => Micros(figure).to_text(currency),
        Checked::Impressions => figure.to_string(),
    };
    AdsImportDifference {
        day: found.day,
        figure: match found.figure {
            Checked::Spend => "spend",
            Checked::Impressions => "impressions",
        }
        .to_owned(),
        file: text(found.file),
        other: text(found.other),
    }
}

pub(super) async fn run(
    cx: &Context,
    path: &Path,
    mapping: Option<ImportMapping>,
    dry_run: bool,
    rejected_to: Option<PathBuf>,
) -> Result<ImportReport> {
    let options = AdsImportOptions {
        mapping: mapping.map(inside).transpose()?,
        dry_run,
        rejected_to: rejected_to.clone(),
    };
    let report = import::run(cx.scope()?, path, &options).await?;
    if !dry_run {
        cx.changed(&[
            CacheTag::Imports,
            CacheTag::AdAccounts,
            CacheTag::AdObjects,
            CacheTag::Insights,
            CacheTag::SyncRuns,
        ]);
    }
    let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(ImportReport {
        kind: ImportKind::Ads,
        dry_run: report.dry_run,
        rows_read: report.rows_read,
        added: small(report.counts.added),
        changed: small(report.counts.changed),
        unchanged: small(report.counts.unchanged),
        rejected: report.rejected,
        contacts_added: 0,
        totals_rows: report.totals_rows,
        totals: vec![CurrencyAmount {
            currency: report.currency.to_string(),
            amount: report.spend.to_text(report.currency),
        }],
        rejections: report
            .rejections
            .into_iter()
            .map(|r| RejectedRow {
                line: whole(r.row),
                reason: r.reason,
                reason_id: r.told.reason,
                params: r.told.params,
            })
            .collect(),
        rejected_file: rejected_to
            .filter(|_| report.rejected_file)
            .map(|path| path.display().to_string()),
        ads: Some(AdsImportChecks {
            account: report.account_name,
            account_made: report.account_made,
            days: report.days.map(|days| DateRange {
                from: days.from,
                to: days.to,
            }),
            removed: small(report.counts.removed),
            totals_rows: report.totals_rows,
            duplicates: report.duplicates,
            covered: report.covered,
            differences: report
                .differences
                .into_iter()
                .map(|found| difference(found, report.currency))
                .collect(),
        }),
    })
}
