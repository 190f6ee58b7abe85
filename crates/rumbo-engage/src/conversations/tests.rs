use std::time::Duration;

use rumbo_base::{ConversationId, Currency, DateRange, Micros, PageRequest, TimeZone};
use rumbo_channels::{Fared, Price, Provider, Referral};
use rumbo_db::testing::prepare_all;
use rumbo_platform::Scope;

use super::*;
use crate::testing::{at, channel, in_both, sent, state, status, text};

#[tokio::test]
async fn every_statement_is_understood_by_both_databases() {
    prepare_all(&crate::statements()).await;
}

async fn first(scope: &Scope, channel: ChannelRef) -> ConversationId {
    let mut tx = scope.write().await.unwrap();
    let came = receive(
        &mut tx,
        scope,
        channel,
        &text("in-1", "Hola, ¿hay turnos?", at("2026-11-20T10:00:00Z")),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    match came {
        Received::New { conversation, .. } => conversation,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn somebody_unknown_who_writes_becomes_a_contact_with_one_conversation() {
    in_both(async |scope| {
        let mut tx = scope.write().await.unwrap();
        let ours = channel(&mut tx, &scope, Provider::WhatsappCloud, "ours").await;
        let mut message = text("in-1", "Hola", at("2026-11-20T10:00:00Z"));
        message.referral = Some(Referral {
            source_type: "ad".to_owned(),
            source_id: Some("d77".to_owned()),
            source_url: Some("https://fb.me/x".to_owned()),
            headline: Some("Turnos".to_owned()),
            body: None,
            click_id: Some("clid-1".to_owned()),
        });
        for times in 0..3 {
            let came = receive(&mut tx, &scope, ours, &message).await.unwrap();
            assert_eq!(
                matches!(
                    came,
                    Received::New {
                        new_contact: true,
                        ..
                    }
                ),
                times == 0,
                "{came:?}"
            );
        }
        let later = text("in-2", "¿Siguen ahí?", at("2026-11-20T11:00:00Z"));
        receive(&mut tx, &scope, ours, &later).await.unwrap();
        // An older one that comes late moves nothing back.
        let early = text("in-0", "Buenas", at("2026-11-20T09:00:00Z"));
        receive(&mut tx, &scope, ours, &early).await.unwrap();
        let page = list(
            &mut tx,
            scope.workspace,
            &Filter::default(),
            &PageRequest::default(),
        )
        .await
        .unwrap();
        let [row] = page.rows.as_slice() else {
            panic!("{page:?}");
        };
        assert_eq!((row.name.as_str(), row.unread), ("Ana", 3));
        assert_eq!(row.last_inbound_at, Some(later.at));
        assert_eq!(row.last_body.as_deref(), Some("¿Siguen ahí?"));
        let contact = row.contact_id.unwrap();
        let touches = rumbo_crm::touchpoints::list(&mut tx, scope.workspace, contact)
            .await
            .unwrap();
        assert_eq!(touches.len(), 1);
        assert_eq!(touches[0].ad_external_id.as_deref(), Some("d77"));
        let stored = rumbo_crm::contacts::get(&mut tx, scope.workspace, contact)
            .await
            .unwrap();
        assert_eq!(stored.lead_source, "CLICK_TO_WHATSAPP");
        let all = thread(&mut tx, scope.workspace, row.id, &PageRequest::default())
            .await
            .unwrap();
        let bodies: Vec<&str> = all.rows.iter().map(|m| m.body.as_str()).collect();
        assert_eq!(bodies, ["¿Siguen ahí?", "Hola", "Buenas"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_read_is_read_and_an_ended_conversation_goes_on_when_somebody_writes() {
    in_both(async |scope| {
        let mut tx = scope.write().await.unwrap();
        let ours = channel(&mut tx, &scope, Provider::WhatsappCloud, "ours").await;
        tx.commit().await.unwrap();
        let id = first(&scope, ours).await;
        scope.clock.advance(Duration::from_mins(1));
        let mut tx = scope.write().await.unwrap();
        assert_eq!(
            tally(&mut tx, scope.workspace, scope.actor).await.unwrap(),
            Tally { unread: 1, mine: 0 }
        );
        assert!(mark_read(&mut tx, &scope, id).await.unwrap());
        assert!(!mark_read(&mut tx, &scope, id).await.unwrap());
        assert_eq!(one(&mut tx, scope.workspace, id).await.unwrap().unread, 0);
        assert!(mark_unread(&mut tx, &scope, id).await.unwrap());
        assert!(!mark_unread(&mut tx, &scope, id).await.unwrap());
        assert_eq!(one(&mut tx, scope.workspace, id).await.unwrap().unread, 1);
        mark_read(&mut tx, &scope, id).await.unwrap();
        set_state(&mut tx, &scope, id, ConversationState::Closed)
            .await
            .unwrap();
        let me = scope.actor.unwrap();
        assert!(
            assign(&mut tx, &scope, id, Assignment::To(me))
                .await
                .unwrap()
        );
        assert!(
            !assign(&mut tx, &scope, id, Assignment::To(me))
                .await
                .unwrap()
        );
        assert!(
            assign(&mut tx, &scope, id, Assignment::To(scope.id()))
                .await
                .is_err()
        );
        let unread = Filter {
            unread: true,
            ..Filter::default()
        };
        let page = PageRequest::default();
        let none = list(&mut tx, scope.workspace, &unread, &page)
            .await
            .unwrap();
        assert_eq!(none.rows, []);
        // Older than what was read, but it came after.
        scope.clock.advance(Duration::from_mins(1));
        let late = text("in-0", "antes", at("2026-11-20T08:00:00Z"));
        receive(&mut tx, &scope, ours, &late).await.unwrap();
        let row = one(&mut tx, scope.workspace, id).await.unwrap();
        assert_eq!(
            (row.unread, row.state, row.assigned_to),
            (1, ConversationState::Open, Some(me))
        );
        let mine = Filter {
            assigned: Assigned::To(me),
            ..unread
        };
        let found = list(&mut tx, scope.workspace, &mine, &page).await.unwrap();
        assert_eq!(found.rows.len(), 1);
        let nobodys = Filter {
            assigned: Assigned::Nobody,
            ..unread
        };
        let found = list(&mut tx, scope.workspace, &nobodys, &page)
            .await
            .unwrap();
        assert_eq!(found.rows, []);
        let note = add_note(&mut tx, &scope, id, " Llama mañana ")
            .await
            .unwrap();
        assert!(add_note(&mut tx, &scope, id, "  ").await.is_err());
        let kept = notes(&mut tx, scope.workspace, id).await.unwrap();
        assert_eq!(kept[0].body, "Llama mañana");
        assert!(remove_note(&mut tx, &scope, note).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn any_order_of_the_same_statuses_leads_to_the_same_message() {
    let all = [
        status("out-1", Fared::Accepted, at("2026-11-20T10:00:00Z")),
        status("out-1", Fared::Sent, at("2026-11-20T10:00:01Z")),
        status("out-1", Fared::Failed, at("2026-11-20T10:00:02Z")),
        status("out-1", Fared::Delivered, at("2026-11-20T10:00:03Z")),
        status("out-1", Fared::Read, at("2026-11-20T10:00:04Z")),
    ];
    in_both(async |scope| {
        let mut tx = scope.write().await.unwrap();
        let ours = channel(&mut tx, &scope, Provider::WhatsappCloud, "ours").await;
        tx.commit().await.unwrap();
        let id = first(&scope, ours).await;
        let mut expected = None;
        for number in 0..120 {
            let mut left: Vec<_> = all.iter().collect();
            let mut rest = number;
            let mut order = Vec::new();
            while !left.is_empty() {
                order.push(left.remove(rest % left.len()));
                rest /= left.len() + 1;
            }
            let mut tx = scope.write().await.unwrap();
            sent(
                &mut tx,
                &scope,
                ours,
                id,
                Some("out-1"),
                at("2026-11-20T09:59:59Z"),
            )
            .await;
            for report in order.iter().chain(&order[..2]) {
                note_status(&mut tx, &scope, ours.id, report).await.unwrap();
            }
            let found = thread(&mut tx, scope.workspace, id, &PageRequest::default())
                .await
                .unwrap();
            let message = found
                .rows
                .iter()
                .find(|m| m.direction == "outbound")
                .unwrap();
            let seen = (
                message.status.clone(),
                message.sent_at,
                message.delivered_at,
                message.read_at,
                message.failed_at,
                message.error_code.clone(),
            );
            assert_eq!(seen.0, "read");
            assert_eq!(*expected.get_or_insert(seen.clone()), seen, "{order:?}");
            tx.rollback().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_status_finds_its_message_by_our_own_id_and_brings_the_price() {
    in_both(async |scope| {
        let mut tx = scope.write().await.unwrap();
        let ours = channel(&mut tx, &scope, Provider::WhatsappCloud, "ours").await;
        let other = channel(&mut tx, &scope, Provider::Ycloud, "other").await;
        tx.commit().await.unwrap();
        let id = first(&scope, ours).await;
        let mut tx = scope.write().await.unwrap();
        sent(
            &mut tx,
            &scope,
            ours,
            id,
            Some("out-1"),
            at("2026-11-20T10:05:00Z"),
        )
        .await;
        let mut report = status("out-1", Fared::Delivered, at("2026-11-20T10:06:00Z"));
        report.price = Some(Price {
            amount: Some((Micros::parse("0.0625").unwrap(), "USD".parse().unwrap())),
            category: Some("marketing".to_owned()),
            billable: Some(true),
        });
        // The same id at another channel is another message.
        assert_eq!(
            note_status(&mut tx, &scope, other.id, &report)
                .await
                .unwrap(),
            Noted::Unknown
        );
        assert_eq!(
            note_status(&mut tx, &scope, ours.id, &report)
                .await
                .unwrap(),
            Noted::Kept(id)
        );
        assert_eq!(
            note_status(&mut tx, &scope, ours.id, &report)
                .await
                .unwrap(),
            Noted::Same
        );
        let day = "2026-11-20".parse().unwrap();
        let figures = statistics(
            &mut tx,
            scope.workspace,
            TimeZone::UTC,
            DateRange { from: day, to: day },
        )
        .await
        .unwrap();
        let of = figures.iter().find(|f| f.id == ours.id).unwrap();
        assert_eq!(
            (of.total.inbound, of.total.outbound, of.people, of.answers),
            (1, 1, 1, 1)
        );
        assert_eq!((of.median_seconds, of.mean_seconds), (Some(300), Some(300)));
        let dollars: Currency = "USD".parse().unwrap();
        assert_eq!(of.total.cost[&dollars], Micros::parse("0.0625").unwrap());
        let quiet = figures.iter().find(|f| f.id == other.id).unwrap();
        assert_eq!(quiet.median_seconds, None);
    })
    .await;
}

#[tokio::test]
async fn an_echo_of_our_own_message_waits_for_its_answer() {
    in_both(async |scope| {
        let mut tx = scope.write().await.unwrap();
        let ours = channel(&mut tx, &scope, Provider::WhatsappCloud, "ours").await;
        tx.commit().await.unwrap();
        let id = first(&scope, ours).await;
        let mut tx = scope.write().await.unwrap();
        let pending = sent(&mut tx, &scope, ours, id, None, scope.now()).await;
        let mut echo = text("out-9", "ours", scope.now());
        echo.echo = true;
        let came = receive(&mut tx, &scope, ours, &echo).await.unwrap();
        assert_eq!(came, Received::Later);
        on_tx!(&mut tx, |c| sqlx::query(
            "UPDATE messages SET provider_message_id = 'out-9', status = 'sent' WHERE id = $1"
        )
        .bind(pending)
        .execute(c)
        .await
        .map(|_| ()))
        .unwrap();
        let came = receive(&mut tx, &scope, ours, &echo).await.unwrap();
        assert_eq!(came, Received::Known);
        // Written on the phone itself.
        let mut phone = text("out-10", "desde el teléfono", scope.now());
        phone.echo = true;
        receive(&mut tx, &scope, ours, &phone).await.unwrap();
        let row = one(&mut tx, scope.workspace, id).await.unwrap();
        assert_eq!((row.unread, row.name.as_str()), (1, "Ana"));
        assert_eq!(row.last_status.as_deref(), Some("sent"));
    })
    .await;
}

#[tokio::test]
async fn messages_are_found_by_words_and_their_beginnings() {
    in_both(async |scope| {
        let mut tx = scope.write().await.unwrap();
        let ours = channel(&mut tx, &scope, Provider::WhatsappCloud, "ours").await;
        for (number, body) in [
            "¿Tenés turnos para el miércoles?",
            "Quiero cancelar la reserva-doble",
            "MIÉRCOLES no puedo; mejor jueves",
        ]
        .iter()
        .enumerate()
        {
            let when = scope.now() - chrono::TimeDelta::minutes(10)
                + chrono::TimeDelta::minutes(i64::try_from(number).unwrap());
            let message = text(&format!("in-{number}"), body, when);
            receive(&mut tx, &scope, ours, &message).await.unwrap();
        }
        for (words, found) in [
            ("miercoles", 2),
            ("mierc", 2),
            ("Mié jue", 1),
            ("reserva doble", 1),
            ("reserva-doble", 1),
            ("turno", 1),
            ("urnos", 0),
            ("", 0),
            ("\"*", 0),
            ("x", 0),
        ] {
            let hits = search(&mut tx, scope.workspace, words, 50).await.unwrap();
            assert_eq!(hits.len(), found, "{words}: {hits:?}");
        }
        let hits = search(&mut tx, scope.workspace, "miercoles", 50)
            .await
            .unwrap();
        assert!(hits[0].occurred_at > hits[1].occurred_at);
        assert_eq!(hits[0].name, "Ana");
    })
    .await;
}

#[tokio::test]
async fn a_group_is_a_conversation_of_nobody() {
    in_both(async |scope| {
        let mut tx = scope.write().await.unwrap();
        let ours = channel(&mut tx, &scope, Provider::Evolution, "ours").await;
        let mut message = text("in-1", "Hola a todos", at("2026-11-20T10:00:00Z"));
        message.group = Some("123@g.us".to_owned());
        receive(&mut tx, &scope, ours, &message).await.unwrap();
        tx.commit().await.unwrap();
        let lines = state(&scope).await;
        assert!(lines[1].contains("123@g.us"), "{lines:?}");
        assert!(!lines[1].contains("ORGANIC"), "{lines:?}");
    })
    .await;
}

#[test]
fn the_window_is_the_providers() {
    let last = at("2026-11-20T10:00:00Z");
    assert_eq!(
        open_until(Provider::WhatsappCloud, Some(last)),
        Some(at("2026-11-21T10:00:00Z"))
    );
    assert!(open_until(Provider::Ycloud, None).unwrap() < last);
    assert_eq!(open_until(Provider::Telegram, Some(last)), None);
}

/// The thread, oldest first, as it is shown; and what the list says of the conversation.
async fn shown(scope: &Scope, id: ConversationId) -> (Vec<String>, ConversationRow) {
    let mut tx = scope.read().await.unwrap();
    let page = PageRequest::default();
    let rows = thread(&mut tx, scope.workspace, id, &page)
        .await
        .unwrap()
        .rows;
    let mut bodies: Vec<String> = rows.into_iter().map(|row| row.body).collect();
    bodies.reverse();
    (bodies, one(&mut tx, scope.workspace, id).await.unwrap())
}

async fn writes(scope: &Scope, channel: ChannelRef, id: &str, at: chrono::DateTime<chrono::Utc>) {
    let mut tx = scope.write().await.unwrap();
    receive(&mut tx, scope, channel, &text(id, id, at))
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// A provider whose clock is behind or ahead tells times of its own: what answers something still stands
/// after it, and the person's window is counted by our clock.
#[tokio::test]
async fn messages_stand_in_the_order_in_which_they_were_written_whatever_a_clock_says() {
    for skew in [-600, 600, -3, 3] {
        in_both(async |scope| {
            let skew = chrono::TimeDelta::seconds(skew);
            let mut tx = scope.write().await.unwrap();
            let ours = channel(&mut tx, &scope, Provider::WhatsappCloud, "ours").await;
            tx.commit().await.unwrap();
            let id = first(&scope, ours).await;
            for round in 0..2 {
                scope.clock.advance(Duration::from_mins(5));
                let handed = scope.now();
                let name = format!("out-{round}");
                let mut tx = scope.write().await.unwrap();
                sent(&mut tx, &scope, ours, id, Some(&name), handed).await;
                tx.commit().await.unwrap();
                scope.clock.advance(Duration::from_secs(2));
                let mut tx = scope.write().await.unwrap();
                let told = status(
                    &name,
                    Fared::Sent,
                    handed + chrono::TimeDelta::seconds(1) + skew,
                );
                note_status(&mut tx, &scope, ours.id, &told).await.unwrap();
                tx.commit().await.unwrap();
                // Two answers, of which the later one is told first.
                scope.clock.advance(Duration::from_secs(20));
                let written = handed + chrono::TimeDelta::seconds(10);
                for (which, after) in [("b", 5), ("a", 1)] {
                    let at = written + chrono::TimeDelta::seconds(after) + skew;
                    writes(&scope, ours, &format!("in-{round}{which}"), at).await;
                }
                let (bodies, row) = shown(&scope, id).await;
                let mut wanted = vec!["Hola, ¿hay turnos?".to_owned()];
                for round in 0..=round {
                    wanted.extend([
                        "ours".to_owned(),
                        format!("in-{round}a"),
                        format!("in-{round}b"),
                    ]);
                }
                assert_eq!(bodies, wanted, "{skew}");
                assert_eq!(row.last_body, wanted.last().cloned());
                let until = open_until(Provider::WhatsappCloud, row.last_inbound_at).unwrap();
                let right = written + chrono::TimeDelta::seconds(5) + chrono::TimeDelta::hours(24);
                let off = (until - right).abs();
                assert!(off <= chrono::TimeDelta::seconds(3), "{skew}: {off}");
            }
        })
        .await;
    }
}

/// Whole seconds are all that WhatsApp tells: an answer in the same second comes after what it answers,
/// and of several in one second whichever came first stands first.
#[tokio::test]
async fn messages_of_one_second_stand_in_the_order_in_which_they_came() {
    in_both(async |scope| {
        let mut tx = scope.write().await.unwrap();
        let ours = channel(&mut tx, &scope, Provider::WhatsappCloud, "ours").await;
        tx.commit().await.unwrap();
        let id = first(&scope, ours).await;
        let handed = at("2026-11-20T12:00:00.700Z");
        let mut tx = scope.write().await.unwrap();
        sent(&mut tx, &scope, ours, id, Some("out-1"), handed).await;
        tx.commit().await.unwrap();
        scope.clock.advance(Duration::from_secs(5));
        // In one transaction: nothing but their order tells them apart.
        let mut tx = scope.write().await.unwrap();
        let names: Vec<String> = (0..20).map(|number| format!("in-{number:02}")).collect();
        for name in &names {
            let message = text(name, name, at("2026-11-20T12:00:00Z"));
            receive(&mut tx, &scope, ours, &message).await.unwrap();
        }
        tx.commit().await.unwrap();
        let (bodies, row) = shown(&scope, id).await;
        assert_eq!(bodies[1], "ours");
        assert_eq!(bodies[2..], names);
        assert_eq!(row.last_body.as_ref(), names.last());
    })
    .await;
}
