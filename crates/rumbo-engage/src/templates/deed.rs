//! What people did to templates, for the audit: the message itself stands in its versions.

use rumbo_base::Result;
use rumbo_db::Tx;
use rumbo_platform::Scope;
use rumbo_platform::audit::{self, Deed};
use serde_json::{Value, json};

use super::store::StoredTemplate;

/// Writes down what was done to a template; `None` before is one that was not there.
pub(super) async fn record(
    tx: &mut Tx,
    scope: &Scope,
    action: &str,
    before: Option<&StoredTemplate>,
    after: &StoredTemplate,
    version: i64,
) -> Result<()> {
    let deed = Deed {
        action,
        object_kind: "template",
        object_id: after.id.to_string(),
        before: before.map_or(Value::Null, |row| told(row, row.version)),
        after: told(after, version),
    };
    audit::record(tx, scope, &deed).await
}

fn told(row: &StoredTemplate, version: i64) -> Value {
    json!({
        "name": row.name,
        "language": row.language,
        "category": row.category,
        "state": row.state.word(),
        "version": version,
        "deleted": row.deleted_at.is_some(),
    })
}
