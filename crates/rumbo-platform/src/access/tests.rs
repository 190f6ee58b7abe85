use rumbo_base::RoleId;
use rumbo_db::on_tx;
use rumbo_db::testing::{on_both, prepare_all};

use super::*;
use crate::workspaces::{self, NewWorkspace};

/// docs/permissions.md is what people read: every cell of its table is held against the code.
#[test]
fn the_documented_table_is_the_one_in_force() {
    let text = include_str!("../../../../docs/permissions.md");
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let head = text
        .lines()
        .find(|line| line.starts_with("| permission"))
        .unwrap();
    let roles: Vec<&str> = head
        .trim_matches('|')
        .split('|')
        .map(str::trim)
        .skip(1)
        .take(BUILT_IN_ROLES.len())
        .collect();
    let names: Vec<&str> = BUILT_IN_ROLES.iter().map(|(name, _)| *name).collect();
    assert_eq!(roles, names);
    assert_eq!(rows.len(), Permission::ALL.len());
    for permission in Permission::ALL {
        let name = format!("`{}`", permission.name());
        let row = rows.iter().find(|row| row[0] == name).expect(&name);
        for (cell, role) in row[1..].iter().zip(&names) {
            let access = Access::of_built_in(role).unwrap();
            assert_eq!(*cell == "yes", access.allows(*permission), "{name} {role}");
        }
    }
}

#[test]
fn the_owner_may_everything_and_a_viewer_only_look() {
    assert!(Access::of_built_in("root").is_none());
    for pair in BUILT_IN_ROLES.windows(2) {
        assert!(pair[0].1 > pair[1].1);
    }
    let owner = Access::of_built_in("super_admin").unwrap();
    assert!(Permission::ALL.iter().all(|p| owner.allows(*p)));
    let viewer = Access::of_built_in("viewer").unwrap();
    for permission in Permission::ALL.iter().filter(|p| viewer.allows(**p)) {
        let (_, action) = permission.name().split_once('.').unwrap();
        assert_eq!(action, "view", "{permission:?}");
    }
}

#[tokio::test]
async fn a_member_may_what_the_role_says_and_a_stranger_nothing() {
    on_both(|test| async move {
        let mut tx = test.db.write_registry().await.unwrap();
        let new = NewWorkspace {
            name: "Casa".into(),
            ..NewWorkspace::default()
        };
        let workspace = workspaces::create(&mut tx, &test.clock, &test.entropy, new)
            .await
            .unwrap()
            .id;
        let owner = workspaces::local_owner(&mut tx, workspace)
            .await
            .unwrap()
            .unwrap();
        let found = access(&mut tx, workspace, owner).await.unwrap().unwrap();
        assert_eq!(found.role, "super_admin");
        assert!(found.allows(Permission::WorkspacesDelete));
        let stranger: UserId = test.entropy.id(test.clock.now());
        let none = access(&mut tx, workspace, stranger).await.unwrap();
        assert_eq!(none, None);
        // A role of the workspace's own has exactly what is written in it.
        let role: RoleId = test.entropy.id(test.clock.now());
        for sql in [
            "INSERT INTO roles (workspace_id, id, name, description, level, built_in, permissions, \
             created_at, updated_at) VALUES ($1, $2, 'shop', '', 20, FALSE, '[\"sales.view\", \"no.such\"]', $3, $3)",
            "UPDATE memberships SET role_id = $2, updated_at = $3 WHERE workspace_id = $1",
        ] {
            on_tx!(&mut tx, |c| sqlx::query(sql)
                .bind(workspace)
                .bind(role)
                .bind(test.clock.now())
                .execute(c)
                .await
                .map(|_| ()))
            .unwrap();
        }
        let shop = access(&mut tx, workspace, owner).await.unwrap().unwrap();
        assert_eq!((shop.role.as_str(), shop.level), ("shop", 20));
        let allowed: Vec<_> = Permission::ALL.iter().filter(|p| shop.allows(**p)).collect();
        assert_eq!(allowed, [&Permission::SalesView]);
    })
    .await;
}

#[tokio::test]
async fn every_statement_is_understood_by_both_databases() {
    prepare_all(&[STATEMENTS]).await;
}
