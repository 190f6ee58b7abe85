//! What a role does not allow is refused, whatever shell calls.

use rumbo_base::Code;
use rumbo_db::Db;
use serde_json::json;

use crate::host::TestHost;

#[tokio::test]
async fn a_viewer_reads_figures_and_changes_nothing() {
    let host = TestHost::start().await;
    host.make_workspace("Casa Alba").await;
    let id = host.cx().await.scope().unwrap().workspace.to_string();
    host.become_role("viewer").await;
    host.call("get_app_info", json!({})).await;
    host.call("list_stages", json!({})).await;
    for (name, request, permission) in [
        (
            "save_contact",
            json!({ "id": null, "name": "Ana" }),
            "contacts.manage",
        ),
        (
            "start_sync",
            json!({ "since": null, "full": false }),
            "sync.run",
        ),
        ("disconnect", json!({}), "connection.manage"),
        (
            "delete_workspace",
            json!({ "id": id, "confirm": "Casa Alba" }),
            "workspaces.delete",
        ),
    ] {
        let refused = host.attempt(name, request).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotAllowed, "{name}: {refused}");
        assert_eq!(refused.params()["permission"], permission, "{name}");
        assert_eq!(refused.params()["role"], "viewer");
    }
    host.become_role("agent").await;
    host.call("save_contact", json!({ "id": null, "name": "Ana" }))
        .await;
}

impl TestHost {
    /// Gives the person of this machine another role.
    async fn become_role(&self, role: &str) {
        let path = self.data().join("rumbo.db");
        let (db, _) = Db::open_sqlite(&path, &self.clock).await.unwrap();
        let workspace = self.cx().await.scope().unwrap().workspace;
        let mut tx = db.write(workspace).await.unwrap();
        rumbo_db::on_tx!(&mut tx, |c| rumbo_db::sqlx::query(
            "UPDATE memberships SET role_id = (SELECT id FROM roles WHERE name = $2 \
             AND workspace_id = $1) WHERE workspace_id = $1"
        )
        .bind(workspace)
        .bind(role)
        .execute(c)
        .await
        .map(|_| ()))
        .unwrap();
        tx.commit().await.unwrap();
        db.close().await;
    }
}
