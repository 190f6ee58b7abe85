//! One thing at a time.

use rumbo_channels::{Again, Scope as Reaches};
use rumbo_db::testing::TestDb;
use rumbo_sandbox::ChatwootPerson;

use super::*;
use crate::conversations::{one, resume_automation};
use crate::outbox::testing::automation_on;
use crate::outbox::{State, Why};

#[tokio::test]
async fn what_people_and_we_write_is_there_once_with_how_it_fared() {
    in_both(|world| async move {
        let (conversation, _) = world.person_writes(1, "Hola, ¿hay turnos?").await;
        world.we_write(conversation, "Sí, mañana a las 10.").await;
        // It is not sent yet: only what the person wrote is there.
        world.work().await;
        assert_eq!(world.there().len(), 1);
        world.send().await;
        world.work().await;
        let there = world.there();
        let shown: Vec<_> = there
            .iter()
            .map(|it| (it.message_type.as_str(), it.content.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                ("incoming", "Hola, ¿hay turnos?"),
                ("outgoing", "Sí, mañana a las 10.")
            ]
        );
        assert!(world.work().await.is_empty(), "a second turn does nothing");
        assert_eq!(world.there(), there);
        // How it fares is told, and what was told is not told again.
        let (id, ..) = world.here().await.pop().unwrap();
        let mut tx = world.scope.write().await.unwrap();
        let report = crate::outbox::testing::report(
            &id.to_string(),
            &format!("m-{id}"),
            rumbo_channels::Fared::Read,
            "2026-11-20T12:00:30Z",
        );
        let source = outbox::Source::Webhook;
        outbox::note_status(&mut tx, &world.scope, world.channel.id, &report, source)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.work().await.statuses, 1);
        assert_eq!(world.there()[1].status, "read");
        assert!(world.work().await.is_empty());
        let mut tx = world.scope.read().await.unwrap();
        let page = place(&mut tx, world.scope.workspace, conversation)
            .await
            .unwrap()
            .unwrap();
        assert!(
            page.ends_with("/chatwoot/app/accounts/1/conversations/1"),
            "{page}"
        );
        drop(tx);
        world.agrees().await;
    })
    .await;
}

#[tokio::test]
async fn an_agents_answer_goes_out_once_however_often_it_is_told() {
    in_both(|world| async move {
        world.person_writes(1, "Hola").await;
        world.work().await;
        let (_, webhook) = world.agent(1, "Buenas, soy Leo.");
        assert_eq!(world.told(&webhook).await.unwrap(), Heard::Reply);
        assert_eq!(world.told(&webhook).await.unwrap(), Heard::Nothing);
        world.work().await;
        assert_eq!(world.told(&webhook).await.unwrap(), Heard::Nothing);
        world.send().await;
        assert_eq!(world.provider.taken(), 1);
        world.quiet().await;
        for webhook in world.sandbox.control().webhooks() {
            // The clock has moved on: only its own age speaks against it.
            assert_eq!(
                world.told(&webhook).await.unwrap_err(),
                WebhookRefusal::Stale
            );
        }
        assert_eq!(world.there().len(), 2, "no echo");
        world.agrees().await;
    })
    .await;
}

#[tokio::test]
async fn without_webhooks_answers_are_asked_for() {
    in_both(|world| async move {
        world.person_writes(1, "Hola").await;
        world.work().await;
        world.later(Duration::from_secs(30));
        world.agent(1, "Buenas");
        world.agent_order(&AgentOrder {
            conversation: 1,
            text: "Cliente difícil".to_owned(),
            private: true,
            ..AgentOrder::default()
        });
        world.work().await;
        world.send().await;
        assert_eq!(
            world.provider.taken(),
            1,
            "a private note is nobody's but agents'"
        );
        world.quiet().await;
        assert_eq!(world.there().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_was_lost_is_looked_for_before_it_is_given_again() {
    in_both(|world| async move {
        world.person_writes(1, "Hola").await;
        let dropped = json!({ "effect": "drop" });
        world.fault("POST", "contacts", dropped.clone());
        world.fault("POST", "conversations", dropped.clone());
        world.fault("POST", "conversations/*/messages", dropped.clone());
        world.quiet().await;
        assert_eq!(world.there().len(), 1);
        assert_eq!(world.sandbox.control().chatwoot_conversations().len(), 1);
        world.agrees().await;
        // Before it is sure what became of the call nothing is handed over again; asking what is new
        // may find it sooner.
        world.person_writes(1, "¿Hola?").await;
        world.fault("POST", "conversations/*/messages", dropped);
        world.work().await;
        assert_eq!(world.counted().await.waiting, 1);
        world.later(Duration::from_secs(5));
        assert_eq!(world.work().await.mirrored, 0);
        assert_eq!(world.counted().await.waiting, 1);
        world.later(Duration::from_secs(20));
        assert_eq!(world.work().await.mirrored, 0, "nothing was written again");
        world.quiet().await;
        assert_eq!(world.counted().await.waiting, 0);
        world.agrees().await;
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_told_the_agents_and_nobody_else() {
    for db in [TestDb::sqlite().await, TestDb::postgres().await] {
        // Free text only for 24 hours after the person wrote.
        let world = world(&db, Provider::Messenger).await;
        world.person_writes(1, "Hola").await;
        world.work().await;
        world.later(Duration::from_hours(30));
        world.agent(1, "¿Sigues ahí?");
        world.quiet().await;
        let there = world.there();
        assert_eq!(there.len(), 3, "{there:#?}");
        assert_eq!(there[1].status, "failed");
        assert_eq!(there[1].external_error.as_deref(), Some("window_closed"));
        assert!(there[2].private && there[2].content.contains("template"));
        assert_eq!(world.provider.taken(), 0);
    }
}

#[tokio::test]
async fn what_the_provider_refuses_is_told_too() {
    for db in [TestDb::sqlite().await, TestDb::postgres().await] {
        let mut world = world(&db, Provider::Telegram).await;
        world.provider = Counting::new(|_, _| Does::Refuse(Again::Never, Reaches::Message));
        world.person_writes(1, "Hola").await;
        world.work().await;
        world.agent(1, "Buenas");
        world.quiet().await;
        let there = world.there();
        assert_eq!(there.len(), 3, "{there:#?}");
        assert_eq!(there[1].status, "failed");
        assert!(there[2].private && there[2].content.contains("The provider refused it."));
    }
}

#[tokio::test]
async fn while_an_agent_writes_rules_sequences_and_the_bot_wait() {
    in_both(|world| async move {
        automation_on(&world.scope).await;
        let (conversation, _) = world.person_writes(1, "Hola").await;
        world.work().await;
        let (_, webhook) = world.agent(1, "Buenas, soy Leo.");
        world.told(&webhook).await.unwrap();
        world.work().await;
        let held = (State::Held, Some(Why::PersonWrites));
        assert_eq!(
            world
                .plan(conversation, "¿Compraste?", Origin::Sequence)
                .await,
            held
        );
        assert_eq!(world.plan(conversation, "Oferta", Origin::Rule).await, held);
        // What a person sends goes.
        let sent = (State::Queued, None);
        assert_eq!(
            world
                .plan(conversation, "Hola de nuevo", Origin::Person)
                .await,
            sent
        );
        assert_eq!(
            world.plan(conversation, "A todos", Origin::BulkSend).await,
            sent
        );
        world.send().await;
        assert_eq!(world.provider.taken(), 3);
        let mut tx = world.scope.read().await.unwrap();
        let row = one(&mut tx, world.scope.workspace, conversation)
            .await
            .unwrap();
        drop(tx);
        assert!(row.automation_paused_until.is_some());
        // Ended there, it goes on here.
        let webhook = world
            .sandbox
            .control()
            .chatwoot_set_status(1, "resolved")
            .unwrap();
        assert_eq!(
            world.told(&webhook).await.unwrap(),
            Heard::Resolved(conversation)
        );
        world.send().await;
        assert_eq!(world.provider.taken(), 5);
        let mut tx = world.scope.write().await.unwrap();
        assert!(
            !resume_automation(&mut tx, &world.scope, conversation)
                .await
                .unwrap()
        );
    })
    .await;
}

#[tokio::test]
async fn an_automation_of_chatwoots_sends_and_pauses_nothing() {
    in_both(|world| async move {
        let (conversation, _) = world.person_writes(1, "Hola").await;
        world.work().await;
        let (_, webhook) = world.agent_order(&AgentOrder {
            conversation: 1,
            text: "Respondemos pronto.".to_owned(),
            by_automation: true,
            image: Some("https://chat.example/rails/foto.png".to_owned()),
            ..AgentOrder::default()
        });
        world.told(&webhook).await.unwrap();
        world.work().await;
        let mut tx = world.scope.read().await.unwrap();
        let row = one(&mut tx, world.scope.workspace, conversation)
            .await
            .unwrap();
        drop(tx);
        assert_eq!(row.automation_paused_until, None);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_is_not_taken_stops_the_link_and_nothing_is_lost() {
    in_both(|world| async move {
        world.sandbox.control().chatwoot_is(true, false);
        world.person_writes(1, "Hola").await;
        assert!(world.work().await.failed);
        let link = world.stored_link().await;
        assert_eq!(link.state, LinkState::Disconnected);
        assert_eq!(link.state_reason.as_deref(), Some("Invalid Access Token"));
        world.sandbox.control().chatwoot_is(true, true);
        world.later(Duration::from_hours(2));
        assert!(
            world.work().await.is_empty(),
            "until somebody looks after it"
        );
        let mut tx = world.scope.write().await.unwrap();
        let fields = LinkFields {
            base_url: link.base_url,
            account: (link.account_id, link.account_name),
            inbox: (link.inbox_id, link.inbox_name),
            user: (link.user_id, link.user_name),
            pause_hours: link.pause_hours,
            channels: vec![world.channel.id],
        };
        let again = save(&mut tx, &world.scope, &fields).await.unwrap();
        assert_eq!(again.id, world.link, "the same inbox is the same link");
        tx.commit().await.unwrap();
        world.quiet().await;
        world.agrees().await;
    })
    .await;
}

#[tokio::test]
async fn a_chatwoot_that_is_away_is_waited_for_and_a_message_it_refuses_holds_up_no_other() {
    in_both(|world| async move {
        world.person_writes(1, "Hola").await;
        let long = "x".repeat(150_001);
        world.person_writes(1, &long).await;
        world.person_writes(1, "¿Hay alguien?").await;
        world.fault(
            "GET",
            "contacts/search",
            json!({ "effect": "error", "status": 429, "code": 0, "message": "Retry later" }),
        );
        assert!(world.work().await.failed);
        let link = world.stored_link().await;
        assert!(link.due_at > world.scope.now() && link.error.is_some());
        assert!(world.work().await.is_empty());
        world.quiet().await;
        assert_eq!(world.stored_link().await.error, None);
        let backlog = world.counted().await;
        assert_eq!(
            (backlog.mirrored, backlog.refused, backlog.waiting),
            (2, 1, 0)
        );
    })
    .await;
}

#[tokio::test]
async fn a_conversation_that_was_deleted_there_begins_anew() {
    in_both(|world| async move {
        world.person_writes(1, "Hola").await;
        world.work().await;
        world.sandbox.control().chatwoot_delete(1);
        world.person_writes(1, "¿Hola?").await;
        world.quiet().await;
        let there = world.there();
        assert_eq!(there.len(), 1, "{there:#?}");
        assert_eq!(there[0].content, "¿Hola?");
    })
    .await;
}

#[tokio::test]
async fn a_person_who_is_there_is_found_and_nobody_is_written_down_twice() {
    in_both(|world| async move {
        let known = rumbo_channels::NewContact {
            identifier: "from-the-shop",
            name: "Ana S.",
            phone: Some("+5491155550101"),
            email: None,
        };
        let ana = world.chatwoot.create_contact(1, &known).await.unwrap();
        let (conversation, _) = world.person_writes(1, "Hola").await;
        let mut tx = world.scope.write().await.unwrap();
        on_tx!(&mut tx, |c| sqlx::query(
            "UPDATE contacts SET phone = '+5491155550101' WHERE workspace_id = $1 AND id = \
             (SELECT contact_id FROM conversations WHERE workspace_id = $1 AND id = $2)"
        )
        .bind(world.scope.workspace)
        .bind(conversation)
        .execute(c)
        .await
        .map(|_| ()))
        .unwrap();
        tx.commit().await.unwrap();
        world.person_writes(2, "Buenas").await;
        world.quiet().await;
        let of_ana = world.chatwoot.conversations_of(1, ana.id).await.unwrap();
        assert_eq!(of_ana.len(), 1, "found by number");
        let all = world.chatwoot.search_contacts(1, "Ana").await.unwrap();
        assert_eq!(all.len(), 2, "{all:?}");
        assert_eq!(
            all[0].identifier.as_deref(),
            Some("from-the-shop"),
            "and left as it is"
        );
        world.agrees().await;
    })
    .await;
}

#[tokio::test]
async fn a_call_that_is_not_chatwoots_is_refused() {
    let db = TestDb::sqlite().await;
    let world = world(&db, Provider::Telegram).await;
    world.person_writes(1, "Hola").await;
    world.work().await;
    let (_, mut webhook) = world.agent(1, "Buenas");
    webhook.body = webhook.body.replace("Buenas", "Páguenme a otra cuenta");
    assert_eq!(
        world.told(&webhook).await.unwrap_err(),
        WebhookRefusal::BadSignature
    );
    webhook.headers.clear();
    assert_eq!(
        world.told(&webhook).await.unwrap_err(),
        WebhookRefusal::Unsigned
    );
}

#[tokio::test]
async fn of_a_channel_that_is_not_mirrored_nothing_is() {
    in_both(|world| async move {
        let mut tx = world.scope.write().await.unwrap();
        forget_channel(&mut tx, world.scope.workspace, world.channel.id)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        world.person_writes(1, "Hola").await;
        world.quiet().await;
        assert!(world.there().is_empty());
        // Nor while the link is ended.
        let mut tx = world.scope.write().await.unwrap();
        disconnect(&mut tx, &world.scope, world.link).await.unwrap();
        assert_eq!(link(&mut tx, world.scope.workspace).await.unwrap(), None);
        tx.commit().await.unwrap();
        assert!(world.work().await.is_empty());
    })
    .await;
}

/// The person of a conversation, as an agent in Chatwoot finds them there.
async fn person_of(world: &World, conversation: ConversationId) -> ChatwootPerson {
    let mut tx = world.scope.read().await.unwrap();
    let row = one(&mut tx, world.scope.workspace, conversation)
        .await
        .unwrap();
    ChatwootPerson {
        identifier: Some(format!("rumbo:{}", row.contact_id.unwrap())),
        ..ChatwootPerson::default()
    }
}

fn of_conversation(world: &World, number: i64) -> Vec<String> {
    let there = world.there().into_iter();
    there
        .filter(|it| it.conversation == number)
        .map(|it| it.content)
        .collect()
}

async fn with_phone(world: &World, name: &str, phone: &str) {
    let mut tx = world.scope.write().await.unwrap();
    let fields = rumbo_crm::contacts::ContactFields {
        name: Some(name.to_owned()),
        phone: Some(phone.to_owned()),
        ..rumbo_crm::contacts::ContactFields::default()
    };
    rumbo_crm::contacts::create(&mut tx, &world.scope, fields)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_conversation_that_an_agent_begins_goes_on_with_the_contacts_own() {
    in_both(|world| async move {
        let (conversation, _) = world.person_writes(1, "Hola").await;
        world.quiet().await;
        let person = person_of(&world, conversation).await;
        let begun = world.sandbox.control().chatwoot_begin(&person);
        assert_eq!(begun, 2);
        let (message, webhook) = world.agent(begun, "Buenas, ¿seguimos?");
        assert_eq!(world.told(&webhook).await.unwrap(), Heard::Reply);
        let report = world.work().await;
        assert_eq!((report.begun, report.replies), (1, 1));
        world.send().await;
        assert_eq!(world.provider.taken(), 1);
        // It stands in the inbox here, and how it fares is told there.
        let bodies: Vec<String> = world.here().await.into_iter().map(|it| it.2).collect();
        assert_eq!(bodies, ["Hola", "Buenas, ¿seguimos?"]);
        world.person_writes(1, "Sí, sigamos").await;
        world.quiet().await;
        assert_eq!(
            of_conversation(&world, begun),
            ["Buenas, ¿seguimos?", "Sí, sigamos"]
        );
        assert_eq!(of_conversation(&world, 1), ["Hola"]);
        let there = world.there();
        let told = there.iter().find(|it| it.id == message.id).unwrap();
        assert_eq!(told.external_error, None);
        // Where agents write last the person is answered: back in the first one, too.
        let (_, webhook) = world.agent(1, "Te escribo por acá");
        world.told(&webhook).await.unwrap();
        world.quiet().await;
        assert_eq!(world.provider.taken(), 2);
        world.person_writes(1, "Dale").await;
        world.quiet().await;
        assert_eq!(
            of_conversation(&world, 1),
            ["Hola", "Te escribo por acá", "Dale"]
        );
        assert_eq!(world.provider.twice(), 0);
        assert_eq!(world.sandbox.control().chatwoot_conversations().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_conversation_that_was_begun_there_is_found_by_asking_and_by_number() {
    for db in [TestDb::sqlite().await, TestDb::postgres().await] {
        let world = world(&db, Provider::Evolution).await;
        with_phone(&world, "Ana", "+5491155550101").await;
        let begun = world.sandbox.control().chatwoot_begin(&ChatwootPerson {
            name: "Ana S.".to_owned(),
            phone: Some("+5491155550101".to_owned()),
            ..ChatwootPerson::default()
        });
        world.later(Duration::from_secs(40));
        world.agent(begun, "Hola, Ana");
        let report = world.work().await;
        assert_eq!((report.heard, report.begun, report.replies), (1, 1, 1));
        world.send().await;
        assert_eq!(world.provider.taken(), 1);
        let mut tx = world.scope.read().await.unwrap();
        let opened: Vec<(String, String)> = on_tx!(&mut tx, |c| {
            sqlx::query_as(
            "SELECT c.address, p.name FROM conversations c JOIN contacts p ON p.workspace_id = $1 \
             AND p.id = c.contact_id WHERE c.workspace_id = $1"
        )
        .bind(world.scope.workspace)
        .fetch_all(c)
        .await
        })
        .unwrap();
        drop(tx);
        assert_eq!(opened, [("+5491155550101".to_owned(), "Ana".to_owned())]);
        world.quiet().await;
        assert_eq!(world.there().len(), 1, "no echo");
    }
}

#[tokio::test]
async fn what_is_written_for_somebody_who_is_no_contact_is_refused_once_with_the_reason() {
    in_both(|world| async move {
        let stranger = ChatwootPerson {
            name: "Leo".to_owned(),
            phone: Some("+5491155559999".to_owned()),
            ..ChatwootPerson::default()
        };
        let begun = world.sandbox.control().chatwoot_begin(&stranger);
        let (message, webhook) = world.agent(begun, "Hola, Leo");
        world.told(&webhook).await.unwrap();
        // The answer to the note is lost: it is looked for before it is written again.
        world.fault(
            "POST",
            "conversations/*/messages",
            json!({ "effect": "drop" }),
        );
        world.quiet().await;
        world.send().await;
        assert_eq!(world.provider.taken(), 0);
        let there = world.there();
        assert_eq!(there.len(), 2, "{there:#?}");
        let told = there.iter().find(|it| it.id == message.id).unwrap();
        assert_eq!(told.status, "failed");
        let note = there.iter().find(|it| it.private).unwrap();
        assert!(note.content.contains("Add the contact there"), "{note:?}");
        assert!(world.here().await.is_empty());
        assert_eq!(world.counted().await.replies, 0);
        assert!(world.work().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn where_several_channels_could_write_first_nobody_chooses_for_the_agent() {
    in_both(|world| async move {
        with_phone(&world, "Ana", "+5491155550101").await;
        let mut tx = world.scope.write().await.unwrap();
        let mut channels = vec![world.channel.id];
        for (provider, name) in [(Provider::Twilio, "SMS"), (Provider::Evolution, "Shop")] {
            channels.push(channel(&mut tx, &world.scope, provider, name).await.id);
        }
        let link = link_of_id(&mut tx, world.scope.workspace, world.link)
            .await
            .unwrap();
        let fields = LinkFields {
            base_url: link.base_url.clone(),
            account: (link.account_id, link.account_name.clone()),
            inbox: (link.inbox_id, link.inbox_name.clone()),
            user: (link.user_id, link.user_name.clone()),
            pause_hours: link.pause_hours,
            channels,
        };
        save(&mut tx, &world.scope, &fields).await.unwrap();
        tx.commit().await.unwrap();
        let begun = world.sandbox.control().chatwoot_begin(&ChatwootPerson {
            phone: Some("+5491155550101".to_owned()),
            ..ChatwootPerson::default()
        });
        let (_, webhook) = world.agent(begun, "Hola, Ana");
        world.told(&webhook).await.unwrap();
        assert_eq!(world.work().await.refused, 1);
        let note = world.there().into_iter().find(|it| it.private).unwrap();
        assert!(note.content.contains("SMS, Shop"), "{note:?}");
    })
    .await;
}
