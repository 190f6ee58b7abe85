mod cdnow;
mod files;
mod people;
mod rules;
mod spend;

use std::path::PathBuf;

use rumbo_base::{Currency, Micros};
use rumbo_platform::Scope;

use super::*;

/// A file in a temporary folder.
pub(crate) struct File {
    folder: tempfile::TempDir,
    name: &'static str,
}

impl File {
    pub(crate) fn new(name: &'static str, body: impl AsRef<[u8]>) -> Self {
        let file = Self {
            folder: tempfile::tempdir().unwrap(),
            name,
        };
        std::fs::write(file.path(), body).unwrap();
        file
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join(self.name)
    }

    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Imports a text with a mapping, or the suggested one.
async fn import(
    scope: &Scope,
    kind: ImportKind,
    body: &str,
    mapping: Option<&Mapping>,
) -> Result<ImportReport> {
    let file = File::new("file.csv", body);
    run(
        scope,
        kind,
        &file.path(),
        RunOptions {
            mapping,
            ..RunOptions::default()
        },
    )
    .await
}

/// Added, changed, unchanged, rejected.
fn counts(report: &ImportReport) -> [u32; 4] {
    [
        report.added,
        report.changed,
        report.unchanged,
        report.rejected,
    ]
}

fn total(report: &ImportReport, code: &str) -> String {
    let currency: Currency = code.parse().unwrap();
    let amount = report.totals.iter().find(|sum| sum.currency == currency);
    amount
        .map_or(Micros::ZERO, |sum| sum.amount)
        .to_text(currency)
}

async fn count(scope: &Scope, sql: &'static str) -> i64 {
    let mut tx = scope.read().await.unwrap();
    rumbo_db::on_tx!(&mut tx, |c| sqlx::query_scalar(sql)
        .bind(scope.workspace)
        .fetch_one(c)
        .await)
    .unwrap()
}
