//! What became of everybody of a bulk send, as a file.

use std::path::Path;

use rumbo_base::{BulkSendId, Error, PageRequest, Reason, Result};
use rumbo_platform::Scope;
use rumbo_platform::table_file::{CsvDialect, CsvWriter, Field};

use crate::outbox::{self, Filter};

/// Writes one row for each contact. Answers how many.
///
/// # Errors
/// `NotFound`; `DiskFull` or `InvalidInput` when the file cannot be written.
pub async fn export_csv(
    scope: &Scope,
    id: BulkSendId,
    path: &Path,
    dialect: CsvDialect,
) -> Result<u32> {
    let mut tx = scope.read().await?;
    super::get(&mut tx, scope, id).await?;
    let mut writer = CsvWriter::new(Vec::new(), dialect)?;
    let headings = [
        "dispatch_id",
        "contact_id",
        "contact",
        "address",
        "channel",
        "template",
        "state",
        "reason",
        "error_code",
        "error",
        "attempts",
        "due_at",
        "sent_at",
        "delivered_at",
        "read_at",
        "failed_at",
        "text",
    ];
    writer.row(headings.map(Field::from))?;
    let filter = Filter {
        origin_id: Some(id.0),
        ..Filter::default()
    };
    let mut page = PageRequest {
        limit: Some(1_000),
        cursor: None,
    };
    let mut rows = 0;
    loop {
        let found = outbox::list(&mut tx, scope, &filter, &page).await?;
        for row in found.rows {
            rows += 1;
            let at =
                |at: Option<chrono::DateTime<chrono::Utc>>| Field::from(at.map(|a| a.to_rfc3339()));
            writer.row([
                Field::from(row.id.to_string()),
                Field::from(row.contact_id.to_string()),
                Field::from(row.contact_name),
                Field::from(row.address),
                Field::from(row.channel_name),
                Field::from(row.template_name),
                Field::from(row.state.word()),
                Field::from(row.reason),
                Field::from(row.error_code),
                Field::from(row.error_text),
                Field::Number(row.attempts.to_string()),
                at(Some(row.due_at)),
                at(row.sent_at),
                at(row.delivered_at),
                at(row.read_at),
                at(row.failed_at),
                Field::from(row.rendered),
            ])?;
        }
        match found.next {
            Some(next) => page.cursor = Some(next),
            None => break,
        }
    }
    let bytes = writer.finish()?;
    let target = path.to_owned();
    tokio::task::spawn_blocking(move || std::fs::write(&target, bytes))
        .await
        .map_err(Error::internal)?
        .map_err(|error| unwritable(path, error))?;
    Ok(rows)
}

fn unwritable(path: &Path, error: std::io::Error) -> Error {
    Error::new(
        rumbo_base::Code::InvalidInput,
        format!("{} cannot be written: {error}.", path.display()),
    )
    .reason(Reason::FileUnwritable)
    .param("path", path.display())
    .field("path")
    .source(error)
}
