//! What became of everybody of a bulk send, as a file.

use rumbo_base::{BulkSendId, PageRequest, Result};
use rumbo_platform::Scope;
use rumbo_platform::table_file::{CsvDialect, CsvWriter, Field};

use crate::outbox::{self, Filter};

/// One row for each contact, as CSV, and how many they are.
///
/// # Errors
/// `NotFound`.
pub async fn csv(scope: &Scope, id: BulkSendId, dialect: CsvDialect) -> Result<(Vec<u8>, u32)> {
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
    let mut page = PageRequest::largest();
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
            None => return Ok((writer.finish()?, rows)),
        }
    }
}
