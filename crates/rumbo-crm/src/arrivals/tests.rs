use super::*;
use crate::contacts::get;
use crate::testing::{at, in_both};

fn ana() -> Arrival<'static> {
    Arrival {
        kind: "whatsapp",
        address: "+5511987654321",
        user_id: Some("BR.1"),
        name: Some("Ana"),
        is_phone: true,
        is_email: false,
        lead_source: "ORGANIC",
        at: at("2026-11-20T10:00:00Z"),
    }
}

#[tokio::test]
async fn somebody_who_writes_is_one_contact_whatever_they_write_from() {
    in_both(async |scope| {
        let mut tx = scope.write().await.unwrap();
        let (first, new) = arrive(&mut tx, &scope, &ana()).await.unwrap();
        assert!(new);
        let again = arrive(&mut tx, &scope, &ana()).await.unwrap();
        assert_eq!(again, (first, false));
        // The same person with another number: the provider's own id says so.
        let moved = Arrival {
            address: "+5511912345678",
            ..ana()
        };
        assert_eq!(
            arrive(&mut tx, &scope, &moved).await.unwrap(),
            (first, false)
        );
        // And from then on without that id.
        let bare = Arrival {
            user_id: None,
            ..moved
        };
        assert_eq!(
            arrive(&mut tx, &scope, &bare).await.unwrap(),
            (first, false)
        );
        // Another channel by phone number: the same contact.
        let text = Arrival {
            kind: "sms",
            user_id: None,
            ..ana()
        };
        assert_eq!(
            arrive(&mut tx, &scope, &text).await.unwrap(),
            (first, false)
        );
        let other = Arrival {
            kind: "telegram",
            address: "77",
            user_id: None,
            name: None,
            is_phone: false,
            ..ana()
        };
        let (second, new) = arrive(&mut tx, &scope, &other).await.unwrap();
        assert!(new && second != first);
        let contact = get(&mut tx, scope.workspace, second).await.unwrap();
        assert_eq!((contact.name.as_str(), contact.phone), ("77", None));
    })
    .await;
}

#[tokio::test]
async fn an_ad_that_begins_a_chat_is_a_touch_once() {
    in_both(async |scope| {
        let mut tx = scope.write().await.unwrap();
        let (contact, _) = arrive(
            &mut tx,
            &scope,
            &Arrival {
                lead_source: "CLICK_TO_WHATSAPP",
                ..ana()
            },
        )
        .await
        .unwrap();
        let click = AdClick {
            message_id: "wamid.1",
            medium: "whatsapp",
            ad_id: Some("d9"),
            click_id: Some("clid"),
            headline: Some("Buy"),
            ..AdClick::default()
        };
        for _ in 0..2 {
            note_ad_click(&mut tx, &scope, contact, ana().at, &click)
                .await
                .unwrap();
        }
        let touches = touchpoints::list(&mut tx, scope.workspace, contact)
            .await
            .unwrap();
        assert_eq!(touches.len(), 1);
        assert_eq!(touches[0].ad_external_id.as_deref(), Some("d9"));
        assert_eq!(touches[0].click_id.as_deref(), Some("clid"));
    })
    .await;
}
