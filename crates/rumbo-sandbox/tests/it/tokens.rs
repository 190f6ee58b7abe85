//! Tokens: looking into them, proofs, permissions, and how they end.

use chrono::TimeDelta;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rumbo_sandbox::TokenOrder;
use sha2::Sha256;

use crate::client::Meta;

#[tokio::test]
async fn a_token_can_be_looked_into() {
    let meta = Meta::small().await;
    let app = format!("{}|{}", meta.at.app_id, meta.at.app_secret);
    for asker in [app.as_str(), meta.token.as_str()] {
        let answer = meta
            .get(
                "debug_token",
                &[("access_token", asker), ("input_token", &meta.token)],
            )
            .await;
        let data = &answer.body["data"];
        assert_eq!(data["is_valid"], true);
        assert_eq!(data["type"], "USER");
        assert_eq!(data["app_id"], meta.at.app_id);
        assert_eq!(
            data["expires_at"],
            meta.sandbox.control().now().timestamp() + 5_183_944
        );
        assert!(
            data["data_access_expires_at"].as_i64().unwrap() > data["expires_at"].as_i64().unwrap()
        );
        assert!(
            data["scopes"]
                .as_array()
                .unwrap()
                .iter()
                .any(|scope| scope == "ads_read")
        );
        assert!(data["granular_scopes"][0]["target_ids"].is_array());
    }
    let system = meta
        .get(
            "debug_token",
            &[
                ("access_token", &app),
                ("input_token", &meta.at.system_user_token),
            ],
        )
        .await;
    assert_eq!(system.body["data"]["expires_at"], 0);
    let unknown = meta
        .get(
            "debug_token",
            &[("access_token", &app), ("input_token", "EAAnope")],
        )
        .await;
    assert_eq!(unknown.body["data"]["is_valid"], false);
}

#[tokio::test]
async fn tokens_end_in_the_ways_meta_ends_them() {
    let meta = Meta::small().await;
    let control = meta.sandbox.control();
    let short = control.issue_token(&["ads_read"], Some(60));
    assert_eq!(
        meta.get("me", &[("access_token", &short)]).await.status,
        200
    );
    control.advance(TimeDelta::seconds(61));
    assert_eq!(
        meta.get("me", &[("access_token", &short)]).await.error(),
        (190, 463)
    );
    let secret = meta.at.app_secret.clone();
    let extended = meta
        .get(
            "oauth/access_token",
            &[
                ("access_token", ""),
                ("grant_type", "fb_exchange_token"),
                ("client_id", &meta.at.app_id),
                ("client_secret", &secret),
                ("fb_exchange_token", &short),
            ],
        )
        .await;
    assert_eq!(
        extended.error(),
        (190, 463),
        "an expired token cannot be extended"
    );
    for subcode in [458, 459, 460, 464, 467, 492, 493] {
        let token = control.issue_token(&["ads_read"], Some(600));
        assert!(control.kill_token(&token, subcode));
        let answer = meta.get("me", &[("access_token", &token)]).await;
        assert_eq!((answer.status, answer.error()), (401, (190, subcode)));
    }
    assert_eq!(
        meta.get("me", &[("access_token", "rubbish")]).await.error(),
        (190, 0)
    );
    assert_eq!(
        meta.get("me", &[("access_token", "")]).await.error().0,
        2500
    );
    assert_eq!(
        meta.get(meta.account(0), &[("access_token", "")])
            .await
            .error()
            .0,
        104
    );
}

#[tokio::test]
async fn a_proof_is_checked_and_can_be_required() {
    let meta = Meta::small().await;
    let mut mac = Hmac::<Sha256>::new_from_slice(meta.at.app_secret.as_bytes()).unwrap();
    mac.update(meta.token.as_bytes());
    let proof = hex::encode(mac.finalize().into_bytes());
    assert_eq!(
        meta.get(
            "me",
            &[("appsecret_proof", &proof), ("access_token", &meta.token)]
        )
        .await
        .status,
        200
    );
    assert_eq!(
        meta.get(
            "me",
            &[("appsecret_proof", "00"), ("access_token", &meta.token)]
        )
        .await
        .error()
        .0,
        100
    );
    let mut switches = meta.sandbox.control().switches();
    switches.require_appsecret_proof = true;
    meta.sandbox.control().set_switches(switches);
    assert_eq!(meta.get("me", &[]).await.error().0, 100);
    assert_eq!(
        meta.get(
            "me",
            &[("appsecret_proof", &proof), ("access_token", &meta.token)]
        )
        .await
        .status,
        200
    );
}

#[tokio::test]
async fn permissions_can_be_taken_back() {
    let meta = Meta::small().await;
    let page = meta.page_token(0).await;
    assert_eq!(
        meta.delete("me/permissions", &[("permission", "leads_retrieval")])
            .await
            .body["success"],
        true
    );
    let left = meta.get("me/permissions", &[]).await;
    let row = left
        .rows()
        .iter()
        .find(|row| row["permission"] == "leads_retrieval")
        .unwrap()
        .clone();
    assert_eq!(row["status"], "declined");
    let app = format!("{}|{}", meta.at.app_id, meta.at.app_secret);
    let looked = [
        ("access_token", app.as_str()),
        ("input_token", &meta.at.system_user_token),
    ];
    let system = meta.get("debug_token", &looked).await;
    assert!(
        system.body["data"]["scopes"]
            .as_array()
            .unwrap()
            .iter()
            .any(|scope| scope == "leads_retrieval"),
        "a system user's permissions are not the person's to take back"
    );
    assert_eq!(
        meta.delete("me/permissions", &[]).await.body["success"],
        true
    );
    assert_eq!(meta.get("me", &[]).await.error(), (190, 458));
    assert_eq!(
        meta.get("me", &[("access_token", &page)]).await.error(),
        (190, 458),
        "page tokens go with it"
    );
    assert_eq!(
        meta.get("me", &[("access_token", &meta.at.system_user_token)])
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn missing_permissions_close_edges() {
    let meta = Meta::small().await.with_scopes(&["public_profile"]);
    let account = meta.account(0).to_owned();
    for path in [
        "me/adaccounts".to_owned(),
        account.clone(),
        format!("{account}/insights"),
        "me/businesses".to_owned(),
    ] {
        let answer = meta.get(&path, &[]).await;
        assert_eq!((answer.status, answer.error().0), (403, 200), "{path}");
    }
    assert!(
        meta.get("me/accounts", &[]).await.rows().is_empty(),
        "Meta gives an empty list here"
    );
    let meta = Meta::small().await.with_scopes(&["ads_read"]);
    let owner = meta.get(meta.account(0), &[("fields", "owner")]).await;
    assert_eq!(owner.error().0, 200, "owner needs business_management");
}

#[tokio::test]
async fn data_is_read_for_ninety_days_after_the_person_was_there() {
    let meta = Meta::small().await;
    let control = meta.sandbox.control();
    let issue = |data_access_seconds| {
        control.issue(&TokenOrder {
            scopes: ["ads_read".to_owned()].into(),
            seconds: None,
            data_access_seconds,
        })
    };
    let (usual, short) = (issue(None), issue(Some(600)));
    let read = async |token: &str| {
        let answer = meta.get("me/adaccounts", &[("access_token", token)]).await;
        (
            answer.status,
            answer.body["error"]["error_subcode"].as_i64(),
        )
    };
    assert_eq!(read(&short).await.0, 200);
    control.advance(TimeDelta::seconds(601));
    assert_eq!(read(&short).await, (401, Some(493)));
    assert_eq!(read(&usual).await.0, 200);
    // An exchange makes a longer token and no longer access to data.
    let secret = meta.at.app_secret.clone();
    let extended = meta
        .get(
            "oauth/access_token",
            &[
                ("access_token", ""),
                ("grant_type", "fb_exchange_token"),
                ("client_id", &meta.at.app_id),
                ("client_secret", &secret),
                ("fb_exchange_token", &usual),
            ],
        )
        .await;
    let longer = extended.body["access_token"].as_str().unwrap().to_owned();
    control.advance(TimeDelta::days(58));
    assert_eq!(read(&longer).await.0, 200);
    control.advance(TimeDelta::days(1));
    let again = meta
        .get(
            "oauth/access_token",
            &[
                ("access_token", ""),
                ("grant_type", "fb_exchange_token"),
                ("client_id", &meta.at.app_id),
                ("client_secret", &secret),
                ("fb_exchange_token", &longer),
            ],
        )
        .await;
    let longest = again.body["access_token"].as_str().unwrap().to_owned();
    control.advance(TimeDelta::days(32));
    assert_eq!(read(&longest).await, (401, Some(493)));
    let data = meta
        .get(
            "debug_token",
            &[
                ("access_token", longest.as_str()),
                ("input_token", &longest),
            ],
        )
        .await;
    assert_eq!(data.body["data"]["error"]["subcode"], 493);
    assert!(data.body["data"]["expires_at"].as_i64().unwrap() > control.now().timestamp());
}
