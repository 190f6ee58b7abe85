use std::time::Duration;

use rumbo_base::{Code, Error, Reason};
use rumbo_db::testing::{on_both, prepare_all};

use super::*;
use crate::Scope;
use crate::testing::scope;

fn connection(scope: &Scope, user: &str) -> Connection {
    Connection {
        id: scope.id(),
        meta_user_id: user.to_owned(),
        meta_user_name: "Lucía Ferrari".to_owned(),
        token_kind: "user".to_owned(),
        app_id: "1".to_owned(),
        graph_url: "https://graph.facebook.com".to_owned(),
        graph_version: "v26.0".to_owned(),
        redirect_mode: "loopback".to_owned(),
        has_app_secret: true,
        issued_at: scope.now(),
        expires_at: Some(scope.now() + Duration::from_hours(24)),
        data_access_expires_at: None,
        last_checked_at: Some(scope.now()),
        last_error_code: None,
        last_error: None,
        last_error_told: None,
        revoked_at: None,
        granted_scopes: vec!["ads_read".to_owned()],
        missing_scopes: vec!["leads_retrieval".to_owned()],
        portfolio_external_id: None,
        portfolio_name: None,
        renewal_tried_at: None,
    }
}

fn ended(sentence: &str) -> Error {
    Error::new(Code::NeedsSignIn, sentence).reason(Reason::SignInExpired)
}

#[tokio::test]
async fn every_statement_is_understood_by_both_databases() {
    prepare_all(&[STATEMENTS, ASSET_STATEMENTS]).await;
}

#[tokio::test]
async fn a_second_sign_in_of_the_same_person_renews_and_heals() {
    on_both(|test| async move {
        let scope = scope(&test).await;
        let first = connection(&scope, "7");
        let mut tx = scope.write().await.unwrap();
        let id = save(&mut tx, &scope, &first).await.unwrap();
        set_revoked(&mut tx, &scope, id, &ended("Sign in again."))
            .await
            .unwrap();
        let revoked = current(&mut tx, scope.workspace).await.unwrap().unwrap();
        assert_eq!(revoked.revoked_at, Some(scope.now()));
        // A check that fails for another reason says nothing of the token; one that works does.
        let offline = Error::new(Code::Offline, "No network.");
        for (error, still) in [(Some(&offline), true), (None, false)] {
            set_checked(&mut tx, &scope, id, error).await.unwrap();
            let checked = current(&mut tx, scope.workspace).await.unwrap().unwrap();
            assert_eq!(checked.revoked_at.is_some(), still);
        }
        set_revoked(&mut tx, &scope, id, &ended("Sign in again."))
            .await
            .unwrap();
        let again = connection(&scope, "7");
        assert_eq!(save(&mut tx, &scope, &again).await.unwrap(), id);
        let healed = current(&mut tx, scope.workspace).await.unwrap().unwrap();
        assert_eq!(healed, Connection { id, ..again });
        // Another person takes over, and there is still only one sign-in.
        let other = connection(&scope, "8");
        save(&mut tx, &scope, &other).await.unwrap();
        assert_eq!(
            current(&mut tx, scope.workspace).await.unwrap(),
            Some(other)
        );
        remove(&mut tx, scope.workspace).await.unwrap();
        assert_eq!(current(&mut tx, scope.workspace).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_meta_says_of_a_token_is_kept_and_an_end_it_names_is_its_end() {
    on_both(|test| async move {
        let scope = scope(&test).await;
        let mut tx = scope.write().await.unwrap();
        let first = connection(&scope, "7");
        let id = save(&mut tx, &scope, &first).await.unwrap();
        let stored =
            async |tx: &mut rumbo_db::Tx| current(tx, scope.workspace).await.unwrap().unwrap();
        set_renewal_tried(&mut tx, &scope, id).await.unwrap();
        set_revoked(&mut tx, &scope, id, &ended("Sign in again."))
            .await
            .unwrap();
        let worth = Worth {
            expires_at: None,
            data_access_expires_at: Some(scope.now() + Duration::from_hours(48)),
            granted_scopes: vec!["ads_read".to_owned(), "leads_retrieval".to_owned()],
            missing_scopes: Vec::new(),
        };
        set_worth(&mut tx, &scope, id, &worth).await.unwrap();
        let known = stored(&mut tx).await;
        assert_eq!(
            known,
            Connection {
                id,
                expires_at: None,
                data_access_expires_at: worth.data_access_expires_at,
                granted_scopes: worth.granted_scopes,
                missing_scopes: Vec::new(),
                renewal_tried_at: Some(scope.now()),
                ..first.clone()
            }
        );
        set_missing_scopes(&mut tx, &scope, id, &["ads_read".to_owned()])
            .await
            .unwrap();
        assert_eq!(stored(&mut tx).await.missing_scopes, ["ads_read"]);
        // Without an end, or with a later one, it ends now; an end that is over stays.
        let over = scope.now();
        for _ in 0..2 {
            set_expired(&mut tx, &scope, id, &ended("It has expired."))
                .await
                .unwrap();
            let expired = stored(&mut tx).await;
            assert_eq!((expired.expires_at, expired.revoked_at), (Some(over), None));
            assert_eq!(expired.last_error.as_deref(), Some("It has expired."));
            let told = expired.last_error_told.unwrap();
            assert_eq!(told.reason, Some(Reason::SignInExpired));
            test.clock.advance(Duration::from_hours(1));
        }
        save(&mut tx, &scope, &connection(&scope, "7"))
            .await
            .unwrap();
        assert_eq!(stored(&mut tx).await.renewal_tried_at, None);
    })
    .await;
}

#[tokio::test]
async fn choosing_pages_keeps_the_others_unselected() {
    on_both(|test| async move {
        let scope = scope(&test).await;
        let mut tx = scope.write().await.unwrap();
        let id = save(&mut tx, &scope, &connection(&scope, "7"))
            .await
            .unwrap();
        let page = |id: &str| (id.to_owned(), format!("Page {id}"));
        select_pages(&mut tx, &scope, id, &[page("1"), page("2")])
            .await
            .unwrap();
        select_pages(&mut tx, &scope, id, &[page("2")])
            .await
            .unwrap();
        let kept: Vec<(String, bool)> = pages(&mut tx, scope.workspace)
            .await
            .unwrap()
            .into_iter()
            .map(|p| (p.external_id, p.selected))
            .collect();
        assert_eq!(kept, [("1".to_owned(), false), ("2".to_owned(), true)]);
        // Signing out forgets the person, and keeps what was chosen.
        remove(&mut tx, scope.workspace).await.unwrap();
        assert_eq!(pages(&mut tx, scope.workspace).await.unwrap().len(), 2);
    })
    .await;
}
