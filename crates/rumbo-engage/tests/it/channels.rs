//! The channels of a workspace, on both databases.

use std::collections::BTreeMap;

use rumbo_base::{ChannelId, Code, Secret};
use rumbo_channels::{Provider, Trouble, TroubleKind};
use rumbo_db::on_tx;
use rumbo_db::testing::{TestDb, on_both, prepare_all};
use rumbo_engage::channels::{
    ChannelFields, ChannelState, Removed, by_id, credentials, forget_secrets, held_secrets,
    keep_secrets, list, open_channel, remove, save, secret_name, set_poll_cursor, set_state,
};
use rumbo_http::HttpSettings;
use rumbo_platform::vault::{Vault, VaultChoice};
use rumbo_platform::workspaces::NewWorkspace;
use rumbo_platform::{Scope, testing};
use serde_json::Map;

async fn scope(test: &TestDb, name: &str) -> Scope {
    let new = NewWorkspace {
        name: name.to_owned(),
        ..testing::in_brazil()
    };
    testing::make_in(test, new).await
}

fn bot(name: &str) -> ChannelFields {
    ChannelFields {
        name: name.to_owned(),
        provider: Provider::Telegram,
        description: None,
        base_url: None,
        sender: "@casa_alba_bot".to_owned(),
        sender_id: String::new(),
        settings: Map::new(),
        connection_id: None,
        whatsapp_account_id: None,
        active: true,
        per_second: None,
    }
}

#[tokio::test]
async fn every_text_is_prepared_on_both_databases() {
    prepare_all(&rumbo_engage::statements()).await;
}

#[tokio::test]
async fn a_channel_is_kept_renamed_and_left_alone_when_nothing_changed() {
    on_both(|test| async move {
        let scope = scope(&test, "Casa Alba").await;
        let mut tx = scope.write().await.unwrap();
        let made = save(&mut tx, &scope, None, &bot("Bot")).await.unwrap();
        assert_eq!(made.state, ChannelState::Connecting);
        assert_eq!(made.credential, secret_name(made.id));
        test.clock.advance(std::time::Duration::from_mins(1));
        let same = save(&mut tx, &scope, Some(made.id), &bot(" Bot "))
            .await
            .unwrap();
        assert_eq!(same, made, "nothing changed, nothing moved");
        let renamed = save(&mut tx, &scope, Some(made.id), &bot("Ventas"))
            .await
            .unwrap();
        assert!(renamed.updated_at > made.updated_at);
        let taken = save(&mut tx, &scope, None, &bot("Ventas"))
            .await
            .unwrap_err();
        assert_eq!(taken.code(), Code::Conflict);
        let other = ChannelFields {
            provider: Provider::Smtp,
            ..bot("Ventas")
        };
        let refused = save(&mut tx, &scope, Some(made.id), &other)
            .await
            .unwrap_err();
        assert_eq!(refused.field_name(), Some("provider"));
        set_poll_cursor(&mut tx, &scope, made.id, "812")
            .await
            .unwrap();
        let found = by_id(&mut tx, scope.workspace, made.id).await.unwrap();
        assert_eq!(found.poll_cursor.as_deref(), Some("812"));
        assert_eq!(list(&mut tx, scope.workspace).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_state_has_a_since_that_moves_only_with_the_state() {
    on_both(|test| async move {
        let scope = scope(&test, "Casa Alba").await;
        let mut tx = scope.write().await.unwrap();
        let id = save(&mut tx, &scope, None, &bot("Bot")).await.unwrap().id;
        let minute = std::time::Duration::from_mins(1);
        let down = ChannelState::Disconnected;
        test.clock.advance(minute);
        assert!(
            set_state(&mut tx, &scope, id, down, Some(&Trouble::refused("a")))
                .await
                .unwrap()
        );
        let first = by_id(&mut tx, scope.workspace, id).await.unwrap();
        assert_eq!(first.state_since, scope.now());
        test.clock.advance(minute);
        assert!(
            !set_state(&mut tx, &scope, id, down, Some(&Trouble::refused("a")))
                .await
                .unwrap()
        );
        assert!(
            set_state(&mut tx, &scope, id, down, Some(&Trouble::refused("b")))
                .await
                .unwrap()
        );
        let second = by_id(&mut tx, scope.workspace, id).await.unwrap();
        assert_eq!(second.state_since, first.state_since);
        assert_eq!(second.state_detail.as_deref(), Some("b"));
        assert_eq!(second.state_reason, Some(TroubleKind::Refused));
        let up = ChannelState::Connected;
        assert!(set_state(&mut tx, &scope, id, up, None).await.unwrap());
        let third = by_id(&mut tx, scope.workspace, id).await.unwrap();
        assert_eq!((third.state_since, third.state_reason), (scope.now(), None));
    })
    .await;
}

/// A conversation of a channel, as it is stored.
const CONVERSATION: &str = "INSERT INTO webhook_deliveries (workspace_id, id, provider, channel_id, key, \
    content_type, body, state, attempts, repeats, due_at, received_at) \
    VALUES ($1, $2, 'telegram', $3, 'k', 'application/json', '{}', 'stored', 0, 0, $4, $4)";

#[tokio::test]
async fn a_channel_with_a_history_is_switched_off_and_one_without_goes() {
    on_both(|test| async move {
        let scope = scope(&test, "Casa Alba").await;
        let mut tx = scope.write().await.unwrap();
        let used = save(&mut tx, &scope, None, &bot("Bot")).await.unwrap().id;
        let unused = save(&mut tx, &scope, None, &bot("Otro")).await.unwrap().id;
        let row: ChannelId = scope.id();
        on_tx!(&mut tx, |c| sqlx::query(CONVERSATION)
            .bind(scope.workspace)
            .bind(row)
            .bind(used)
            .bind(scope.now())
            .execute(c)
            .await
            .map(|_| ()))
        .unwrap();
        assert_eq!(
            credentials(&mut tx, scope.workspace).await.unwrap().len(),
            2
        );
        assert_eq!(
            remove(&mut tx, &scope, used).await.unwrap(),
            Removed::Archived
        );
        assert_eq!(
            remove(&mut tx, &scope, unused).await.unwrap(),
            Removed::Deleted
        );
        let left = list(&mut tx, scope.workspace).await.unwrap();
        assert_eq!(left.len(), 1);
        assert!(!left[0].active && left[0].credential.is_empty());
        let gone = remove(&mut tx, &scope, unused).await.unwrap_err();
        assert_eq!(gone.code(), Code::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_channel_is_opened_with_its_own_secrets_and_no_others() {
    on_both(|test| async move {
        let (one, two) = (
            scope(&test, "Casa Alba").await,
            scope(&test, "Casa Bruma").await,
        );
        let vault = Vault::open(VaultChoice::Memory, BTreeMap::new(), &test.entropy);
        let mut tx = one.write().await.unwrap();
        let id = save(&mut tx, &one, None, &bot("Bot")).await.unwrap().id;
        tx.commit().await.unwrap();
        let http = HttpSettings::default;
        let without = open_channel(&one, &vault, http(), id).await.err().unwrap();
        assert_eq!(without.field_name(), Some("token"));
        let secrets = BTreeMap::from([("token".to_owned(), Secret::from("1:AA"))]);
        keep_secrets(&one, &vault, id, &secrets).await.unwrap();
        assert_eq!(held_secrets(&one, &vault, id).await.unwrap(), secrets);
        let channel = open_channel(&one, &vault, http(), id).await.unwrap();
        assert_eq!(channel.provider(), Provider::Telegram);
        // Another workspace has neither the channel nor its secrets.
        assert!(held_secrets(&two, &vault, id).await.unwrap().is_empty());
        let none = open_channel(&two, &vault, http(), id).await.err().unwrap();
        assert_eq!(none.code(), Code::NotFound);
        // One that is switched off is not opened.
        let mut tx = one.write().await.unwrap();
        let off = ChannelFields {
            active: false,
            ..bot("Bot")
        };
        save(&mut tx, &one, Some(id), &off).await.unwrap();
        tx.commit().await.unwrap();
        let refused = open_channel(&one, &vault, http(), id).await.err().unwrap();
        assert_eq!(refused.code(), Code::Conflict);
        forget_secrets(&one, &vault, &secret_name(id))
            .await
            .unwrap();
        assert!(held_secrets(&one, &vault, id).await.unwrap().is_empty());
    })
    .await;
}
