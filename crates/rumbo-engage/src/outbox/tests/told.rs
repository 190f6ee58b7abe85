//! What is told of messages: by webhooks and by people.

use std::sync::Arc;
use std::time::Duration;

use rumbo_base::{Code, DispatchId, Reason};
use rumbo_channels::{Fared, Provider};

use super::sending::{ids, planned, run, states};
use crate::outbox::testing::{Counting, Does, channel, in_both, later, number, people, report};
use crate::outbox::{
    Noted, OneMessage, Origin, Purpose, Source, State, cancel, note_status, plan_one, settle, show,
};

#[tokio::test]
async fn where_nobody_can_be_asked_a_webhook_or_a_person_settles_it() {
    in_both(|scope| async move {
        let (made, _) = planned(&scope, 3).await;
        let mut provider = Counting::new(|_, _| Does::TakeAndLose);
        Arc::get_mut(&mut provider).unwrap().tells = false;
        run(&scope, &provider).await;
        for _ in 0..5 {
            later(&scope, Duration::from_hours(30));
            run(&scope, &provider).await;
        }
        assert_eq!(provider.calls(), 3, "never sent again by itself");
        let all = ids(&scope, &made).await;
        let mut tx = scope.write().await.unwrap();
        let told = report(
            &all[0].to_string(),
            "wamid.1",
            Fared::Delivered,
            "2026-11-20T12:05:00Z",
        );
        let noted = note_status(&mut tx, &scope, made.sender.id, &told, Source::Webhook)
            .await
            .unwrap();
        assert_eq!(noted, Noted::Moved(all[0], State::Delivered));
        assert_eq!(
            settle(&mut tx, &scope, all[1], true).await.unwrap(),
            State::Sent
        );
        assert_eq!(
            settle(&mut tx, &scope, all[2], false).await.unwrap(),
            State::Failed
        );
        let error = settle(&mut tx, &scope, all[2], true).await.unwrap_err();
        assert_eq!(error.reason_id(), Some(Reason::DispatchState));
        tx.commit().await.unwrap();
        let mut states = states(&scope, &made).await;
        states.sort();
        assert_eq!(
            states,
            [
                "delivered",
                "failed person_says_not_sent",
                "sent person_says_sent"
            ]
        );
        run(&scope, &provider).await;
        assert_eq!(provider.calls(), 3);
    })
    .await;
}

#[tokio::test]
async fn statuses_in_any_order_and_again_lead_to_the_same() {
    in_both(|scope| async move {
        let (made, _) = planned(&scope, 2).await;
        let provider = Counting::new(|_, _| Does::Take);
        run(&scope, &provider).await;
        let all = ids(&scope, &made).await;
        let message = |id: &DispatchId| format!("m-{id}");
        let orders = [
            [Fared::Read, Fared::Sent, Fared::Delivered, Fared::Read],
            [Fared::Sent, Fared::Delivered, Fared::Delivered, Fared::Read],
        ];
        for (id, order) in all.iter().zip(orders) {
            for status in order {
                let at = match status {
                    Fared::Sent => "2026-11-20T12:01:00Z",
                    Fared::Delivered => "2026-11-20T12:02:00Z",
                    _ => "2026-11-20T12:03:00Z",
                };
                let mut told = report(&id.to_string(), &message(id), status, at);
                // By the provider's id alone, as most tell it.
                told.dispatch_id = None;
                let mut tx = scope.write().await.unwrap();
                let noted = note_status(&mut tx, &scope, made.sender.id, &told, Source::Webhook)
                    .await
                    .unwrap();
                assert!(!matches!(noted, Noted::NotOurs));
                tx.commit().await.unwrap();
            }
            let mut tx = scope.read().await.unwrap();
            let (listed, history) = show(&mut tx, &scope, *id).await.unwrap();
            assert_eq!(listed.state, State::Read);
            assert_eq!(
                listed.delivered_at,
                Some("2026-11-20T12:02:00Z".parse().unwrap())
            );
            assert_eq!(
                listed.read_at,
                Some("2026-11-20T12:03:00Z".parse().unwrap())
            );
            // Told again it is history all the same.
            assert_eq!(history.len(), 5);
        }
        let statuses = "SELECT COUNT(*) FROM message_statuses WHERE workspace_id = $1";
        assert_eq!(number(&scope, statuses).await, 6);
        // A status of nobody's message, and one that another channel tells of ours.
        let other = channel(&scope, Provider::Vonage, "{}").await;
        let mut tx = scope.write().await.unwrap();
        for (channel, id) in [(made.sender.id, scope.id::<DispatchId>()), (other, all[0])] {
            let told = report(&id.to_string(), "x", Fared::Read, "2026-11-20T12:03:00Z");
            let noted = note_status(&mut tx, &scope, channel, &told, Source::Webhook)
                .await
                .unwrap();
            assert_eq!(noted, Noted::NotOurs);
        }
    })
    .await;
}

#[tokio::test]
async fn one_message_is_planned_once_and_a_withdrawn_one_is_not_sent() {
    in_both(|scope| async move {
        let ids = people(&scope, 1).await;
        let sms = channel(&scope, Provider::Twilio, "{}").await;
        let mut tx = scope.write().await.unwrap();
        let sender = crate::outbox::sender(&mut tx, scope.workspace, sms)
            .await
            .unwrap();
        let message = OneMessage {
            origin: Origin::Person,
            origin_id: scope.entropy.uuid(scope.now()),
            sender,
            contact_id: ids[0],
            address: "+5511980000000".to_owned(),
            content: rumbo_channels::Content::Text {
                body: "Yes, at five.".to_owned(),
                subject: None,
                html: None,
            },
            rendered: "Yes, at five.".to_owned(),
            purpose: Purpose::Service,
            template: None,
            expires_at: None,
        };
        let (id, state, _) = plan_one(&mut tx, &scope, message.clone()).await.unwrap();
        assert_eq!(state, State::Queued);
        let (same, ..) = plan_one(&mut tx, &scope, message.clone()).await.unwrap();
        assert_eq!(same, id);
        cancel(&mut tx, &scope, id).await.unwrap();
        let error = cancel(&mut tx, &scope, id).await.unwrap_err();
        assert_eq!(error.code(), Code::Conflict);
        let (again, state, _) = plan_one(
            &mut tx,
            &scope,
            OneMessage {
                origin_id: scope.entropy.uuid(scope.now()),
                ..message
            },
        )
        .await
        .unwrap();
        assert_eq!(state, State::Queued);
        tx.commit().await.unwrap();
        let provider = Counting::new(|_, _| Does::Take);
        run(&scope, &provider).await;
        assert_eq!(
            provider.taken.lock().unwrap().keys().collect::<Vec<_>>(),
            [&again.to_string()]
        );
    })
    .await;
}

/// That something was delivered or read later, by whatever clock, moves it nowhere in its conversation.
#[tokio::test]
async fn a_message_stays_where_it_was_sent_whenever_it_is_read() {
    in_both(|scope| async move {
        let (made, _) = planned(&scope, 1).await;
        let provider = Counting::new(|_, _| Does::Take);
        let sent_at = scope.now();
        run(&scope, &provider).await;
        let all = ids(&scope, &made).await;
        let stands =
            async || -> Vec<(chrono::DateTime<chrono::Utc>, chrono::DateTime<chrono::Utc>)> {
                let mut tx = scope.read().await.unwrap();
                rumbo_db::on_tx!(&mut tx, |c| sqlx::query_as(
                    "SELECT m.occurred_at, c.last_message_at FROM messages m JOIN conversations c \
                 ON c.workspace_id = $1 AND c.id = m.conversation_id WHERE m.workspace_id = $1"
                )
                .bind(scope.workspace)
                .fetch_all(c)
                .await)
                .unwrap()
            };
        let before = stands().await;
        assert_eq!(before, [(sent_at, sent_at)]);
        later(&scope, Duration::from_hours(30));
        for status in [Fared::Sent, Fared::Delivered, Fared::Read] {
            let told = report(
                &all[0].to_string(),
                &format!("m-{}", all[0]),
                status,
                "2026-11-21T17:00:00Z",
            );
            let mut tx = scope.write().await.unwrap();
            note_status(&mut tx, &scope, made.sender.id, &told, Source::Webhook)
                .await
                .unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(stands().await, before);
    })
    .await;
}
