use std::sync::Arc;
use std::time::Duration;

use rumbo_base::Reason;
use rumbo_channels::{Again, Provider, Scope as Reaches};
use rumbo_platform::table_file::CsvDialect;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::outbox::testing::{
    Counting, Does, Opens, channel, in_both, number, people, price, rows, template,
};
use crate::outbox::{Report, Timing, run_once};

async fn run(scope: &Scope, provider: &Arc<Counting>) -> Report {
    let channel: Arc<dyn rumbo_channels::Channel> = provider.clone();
    let opens = Opens(channel);
    run_once(scope, &opens, &Timing::default(), &CancellationToken::new())
        .await
        .unwrap()
}

fn everybody() -> Whom {
    Whom::Filter {
        search: None,
        status: None,
        source: None,
    }
}

async fn draft(scope: &Scope, whom: Whom) -> Draft {
    let id = template(scope, "spring", "approved", "Hi {{1}}, {{2}}").await;
    let sender = channel(scope, Provider::WhatsappCloud, "{}").await;
    price(scope, sender, "marketing", "0.0625").await;
    Draft {
        channel: sender,
        says: Says::Template {
            id,
            values: BTreeMap::from([
                ("1".to_owned(), "{first_name}".to_owned()),
                ("2".to_owned(), "20%".to_owned()),
            ]),
        },
        whom,
        not_before: None,
        not_after: None,
        budget: None,
    }
}

async fn count(scope: &Scope, id: BulkSendId, state: &str) -> i64 {
    let mut tx = scope.read().await.unwrap();
    standing(&mut tx, scope, id)
        .await
        .unwrap()
        .into_iter()
        .filter(|line| line.state.word() == state)
        .map(|line| line.count)
        .sum()
}

async fn state(scope: &Scope, id: BulkSendId) -> BulkState {
    let mut tx = scope.read().await.unwrap();
    get(&mut tx, scope, id).await.unwrap().state
}

#[tokio::test]
async fn it_is_previewed_confirmed_sent_and_told() {
    in_both(|scope| async move {
        people(&scope, 30).await;
        let draft = draft(&scope, everybody()).await;
        let mut tx = scope.read().await.unwrap();
        let seen = preview(&mut tx, &scope, &draft).await.unwrap();
        drop(tx);
        assert_eq!(seen.counts.go, 30);
        assert_eq!(seen.lines[0].rendered, "Hi Ana, 20%");
        let cost = seen.cost.unwrap();
        assert_eq!(cost.all.to_text(cost.currency), "1.875");
        let nothing = "SELECT COUNT(*) FROM dispatches WHERE workspace_id = $1";
        assert_eq!(number(&scope, nothing).await, 0, "a preview writes nothing");

        let error = start(&scope, None, &draft, 29, None).await.unwrap_err();
        assert_eq!(error.reason_id(), Some(Reason::AudienceCountDiffers));
        assert_eq!(number(&scope, nothing).await, 0);
        let id = start(&scope, None, &draft, 30, None).await.unwrap();
        assert_eq!(state(&scope, id).await, BulkState::Running);
        let provider = Counting::new(|call, _| {
            if call == 3 {
                Does::Refuse(Again::Never, Reaches::Message)
            } else {
                Does::Take
            }
        });
        run(&scope, &provider).await;
        assert_eq!(state(&scope, id).await, BulkState::Done);
        assert_eq!((count(&scope, id, "sent").await, count(&scope, id, "failed").await), (29, 1));
        let (bytes, written) = csv(&scope, id, CsvDialect::Plain).await.unwrap();
        assert_eq!(written, 30);
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.lines().count(), 31);
        assert_eq!(text.matches(",sent,").count(), 29);
        assert!(text.contains(",failed,refused,131000,No.,1,"), "{text}");
        // In the conversation it bears the bulk send's name.
        let named = "SELECT COUNT(*) FROM messages WHERE workspace_id = $1 AND origin = 'bulk_send' \
            AND origin_name = 'spring' AND automatic AND kind = 'template' AND template_version = 1";
        assert_eq!(number(&scope, named).await, 30);
    })
    .await;
}

/// What went to many buries nobody who waits for an answer, and is not hidden either.
#[tokio::test]
async fn its_conversations_are_open_once_somebody_says_a_word() {
    use crate::conversations::{self, Assigned, ConversationState, Filter};
    use rumbo_channels::InboundMessage;
    in_both(|scope| async move {
        people(&scope, 12).await;
        let draft = draft(&scope, everybody()).await;
        start(&scope, None, &draft, 12, None).await.unwrap();
        run(&scope, &Counting::new(|_, _| Does::Take)).await;
        let listed = async |state, assigned| {
            let filter = Filter {
                state,
                assigned,
                ..Filter::default()
            };
            let page = rumbo_base::PageRequest::default();
            let mut tx = scope.read().await.unwrap();
            conversations::list(&mut tx, scope.workspace, &filter, &page)
                .await
                .unwrap()
                .rows
        };
        let open = Some(ConversationState::Open);
        let all = listed(None, Assigned::Anybody).await;
        assert_eq!(all.len(), 12);
        assert!(listed(open, Assigned::Anybody).await.is_empty());
        assert!(listed(open, Assigned::Nobody).await.is_empty());
        // One writes, one is noted down, and to one a person writes.
        let channel = conversations::ChannelRef {
            id: draft.channel,
            provider: Provider::WhatsappCloud,
        };
        let mut tx = scope.write().await.unwrap();
        let hello = InboundMessage {
            address: all[0].address.clone(),
            ..crate::testing::text("wamid.1", "Hello", scope.now())
        };
        conversations::receive_at(&mut tx, &scope, channel, &hello, scope.now())
            .await
            .unwrap();
        conversations::add_note(&mut tx, &scope, all[1].id, "Calls on Monday")
            .await
            .unwrap();
        conversations::outgoing::open(
            &mut tx,
            &scope,
            draft.channel,
            &all[2].address,
            all[2].contact_id,
            false,
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let mut known: Vec<_> = listed(open, Assigned::Nobody)
            .await
            .iter()
            .map(|row| row.id)
            .collect();
        known.sort();
        let mut wanted = vec![all[0].id, all[1].id, all[2].id];
        wanted.sort();
        assert_eq!(known, wanted);
        // Another bulk send takes none of them away.
        start(&scope, None, &draft, 12, None).await.unwrap();
        run(&scope, &Counting::new(|_, _| Does::Take)).await;
        assert_eq!(listed(open, Assigned::Anybody).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn paused_it_stops_resumed_it_goes_on_where_it_was() {
    in_both(|scope| async move {
        people(&scope, 60).await;
        let draft = draft(&scope, everybody()).await;
        let id = start(&scope, Some("Spring"), &draft, 60, None)
            .await
            .unwrap();
        // A few go, and the provider throttles the rest.
        let provider = Counting::new(|call, _| {
            if call > 20 {
                Does::Refuse(Again::After(Duration::from_secs(30)), Reaches::Sender)
            } else {
                Does::Take
            }
        });
        run(&scope, &provider).await;
        assert_eq!(provider.taken(), 20);
        pause(&scope, id).await.unwrap();
        scope.clock.advance(Duration::from_hours(2));
        let free = Counting::new(|_, _| Does::Take);
        run(&scope, &free).await;
        assert_eq!(
            (free.taken(), state(&scope, id).await),
            (0, BulkState::Paused)
        );
        let error = pause(&scope, id).await.unwrap_err();
        assert_eq!(error.reason_id(), Some(Reason::BulkSendState));
        resume(&scope, id, false).await.unwrap();
        run(&scope, &free).await;
        assert_eq!((free.taken(), free.twice()), (40, 0));
        let first = provider.taken.lock().unwrap().clone();
        assert!(
            free.taken
                .lock()
                .unwrap()
                .keys()
                .all(|id| !first.contains_key(id))
        );
        assert_eq!(state(&scope, id).await, BulkState::Done);
    })
    .await;
}

async fn category(scope: &Scope, word: &'static str) {
    let mut tx = scope.write().await.unwrap();
    rumbo_db::on_tx!(&mut tx, |c| sqlx::query(
        "UPDATE templates SET category = $2 WHERE workspace_id = $1"
    )
    .bind(scope.workspace)
    .bind(word)
    .execute(c)
    .await
    .map(|_| ()))
    .unwrap();
    tx.commit().await.unwrap();
}

/// Meta makes a template another category's in the midst of it: what is left waits, and goes by the
/// new one once somebody agrees, or by the old one once it is that again.
#[tokio::test]
async fn another_category_holds_what_is_left_until_somebody_goes_on() {
    in_both(|scope| async move {
        people(&scope, 30).await;
        let draft = draft(&scope, everybody()).await;
        let id = start(&scope, Some("Spring"), &draft, 30, None)
            .await
            .unwrap();
        category(&scope, "utility").await;
        let provider = Counting::new(|_, _| Does::Take);
        run(&scope, &provider).await;
        assert_eq!((provider.taken(), count(&scope, id, "held").await), (0, 30));
        scope.clock.advance(Duration::from_hours(1));
        run(&scope, &provider).await;
        assert_eq!((provider.taken(), count(&scope, id, "held").await), (0, 30));
        assert_eq!(state(&scope, id).await, BulkState::Running);
        // Somebody goes on with it.
        resume(&scope, id, false).await.unwrap();
        run(&scope, &provider).await;
        assert_eq!((provider.taken(), provider.twice()), (30, 0));
        let mut tx = scope.read().await.unwrap();
        let purposes: Vec<String> = rumbo_db::on_tx!(&mut tx, |c| sqlx::query_scalar(
            "SELECT DISTINCT purpose FROM dispatches WHERE workspace_id = $1"
        )
        .bind(scope.workspace)
        .fetch_all(c)
        .await)
        .unwrap();
        drop(tx);
        assert_eq!(purposes, ["utility"], "with its price and its limits");
        assert_eq!(state(&scope, id).await, BulkState::Done);
    })
    .await;
}

/// Its budget was enough for the old category and is not for the new one: nothing goes before somebody
/// says that it may reach fewer.
#[tokio::test]
async fn another_category_is_held_against_the_budget() {
    in_both(|scope| async move {
        people(&scope, 30).await;
        let mut draft = draft(&scope, everybody()).await;
        price(&scope, draft.channel, "utility", "0.25").await;
        // 30 at 0.0625 are 1.875.
        draft.budget = Some(Micros(2_000_000));
        let id = start(&scope, None, &draft, 30, None).await.unwrap();
        let mut tx = scope.read().await.unwrap();
        assert_eq!(rest(&mut tx, &scope, id).await.unwrap(), None);
        drop(tx);
        category(&scope, "utility").await;
        let provider = Counting::new(|_, _| Does::Take);
        run(&scope, &provider).await;
        assert_eq!(count(&scope, id, "held").await, 30);
        let mut tx = scope.read().await.unwrap();
        let left = rest(&mut tx, &scope, id).await.unwrap().unwrap();
        drop(tx);
        assert_eq!(
            (left.people, left.fits, left.cost, left.budget_left),
            (30, 8, Some(Micros(7_500_000)), Some(Micros(2_000_000)))
        );
        let error = resume(&scope, id, false).await.unwrap_err();
        assert_eq!(error.reason_id(), Some(Reason::BudgetShort));
        run(&scope, &provider).await;
        assert_eq!((provider.taken(), count(&scope, id, "held").await), (0, 30));
        resume(&scope, id, true).await.unwrap();
        run(&scope, &provider).await;
        assert_eq!(
            (provider.taken(), count(&scope, id, "skipped").await),
            (8, 22)
        );
        assert_eq!(state(&scope, id).await, BulkState::Done);
        // A cheaper one needs nobody's word but that.
        category(&scope, "marketing").await;
        let id = start(&scope, None, &draft, 30, None).await.unwrap();
        category(&scope, "utility").await;
        price(&scope, draft.channel, "utility", "0.01").await;
        run(&scope, &provider).await;
        assert_eq!(count(&scope, id, "held").await, 30);
        resume(&scope, id, false).await.unwrap();
        run(&scope, &provider).await;
        assert_eq!((provider.taken(), provider.twice()), (38, 0));
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_something_else_does_not_slip_through_a_pause_or_a_withdrawal() {
    in_both(|scope| async move {
        people(&scope, 6).await;
        let draft = draft(&scope, everybody()).await;
        let wait = Duration::from_mins(5);
        for withdrawn in [false, true] {
            let id = start(&scope, None, &draft, 6, None).await.unwrap();
            // In the hands of a sender while it is stopped, refused, and put back.
            let refuses =
                Counting::new(move |_, _| Does::Refuse(Again::After(wait), Reaches::Message));
            run(&scope, &refuses).await;
            let mut tx = scope.write().await.unwrap();
            let to = if withdrawn { "cancelled" } else { "paused" };
            rumbo_db::on_tx!(&mut tx, |c| sqlx::query(
                "UPDATE bulk_sends SET state = $3 WHERE workspace_id = $1 AND id = $2"
            )
            .bind(scope.workspace)
            .bind(id)
            .bind(to)
            .execute(c)
            .await
            .map(|_| ()))
            .unwrap();
            tx.commit().await.unwrap();
            scope.clock.advance(wait);
            let free = Counting::new(|_, _| Does::Take);
            run(&scope, &free).await;
            assert_eq!(free.calls(), 0, "{to}");
            if !withdrawn {
                resume(&scope, id, false).await.unwrap();
                run(&scope, &free).await;
                assert_eq!((free.taken(), free.twice()), (6, 0));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn resumed_too_late_it_sends_nothing_and_says_so() {
    in_both(|scope| async move {
        people(&scope, 5).await;
        let draft = draft(&scope, everybody()).await;
        let id = start(&scope, None, &draft, 5, None).await.unwrap();
        pause(&scope, id).await.unwrap();
        scope.clock.advance(Duration::from_hours(25));
        resume(&scope, id, false).await.unwrap();
        let provider = Counting::new(|_, _| Does::Take);
        run(&scope, &provider).await;
        assert_eq!(
            (provider.taken(), count(&scope, id, "skipped").await),
            (0, 5)
        );
        assert_eq!(state(&scope, id).await, BulkState::Done);
    })
    .await;
}

#[tokio::test]
async fn withdrawn_nothing_leaves_and_it_stays_withdrawn() {
    in_both(|scope| async move {
        people(&scope, 5).await;
        let draft = draft(&scope, everybody()).await;
        let id = start(&scope, None, &draft, 5, None).await.unwrap();
        assert_eq!(cancel(&scope, id).await.unwrap(), 5);
        let provider = Counting::new(|_, _| Does::Take);
        run(&scope, &provider).await;
        assert_eq!(
            (provider.calls(), state(&scope, id).await),
            (0, BulkState::Cancelled)
        );
        for again in [
            cancel(&scope, id).await.map(|_| ()),
            resume(&scope, id, false).await,
        ] {
            assert_eq!(again.unwrap_err().reason_id(), Some(Reason::BulkSendState));
        }
    })
    .await;
}

#[tokio::test]
async fn planning_that_was_broken_off_goes_on_and_plans_nobody_twice() {
    in_both(|scope| async move {
        let ids = people(&scope, 40).await;
        let draft = draft(&scope, Whom::Contacts { ids }).await;
        let id = start(&scope, None, &draft, 40, None).await.unwrap();
        // As the program left it that ended in the middle of planning.
        let mut tx = scope.write().await.unwrap();
        for sql in [
            "UPDATE bulk_sends SET state = 'planning' WHERE workspace_id = $1",
            "DELETE FROM dispatches WHERE workspace_id = $1 AND id IN (SELECT id FROM dispatches \
             WHERE workspace_id = $1 ORDER BY id LIMIT 15)",
        ] {
            rumbo_db::on_tx!(&mut tx, |c| sqlx::query(sql)
                .bind(scope.workspace)
                .execute(c)
                .await
                .map(|_| ()))
            .unwrap();
        }
        tx.commit().await.unwrap();
        let provider = Counting::new(|_, _| Does::Take);
        resume_planning(&scope).await.unwrap();
        run(&scope, &provider).await;
        assert_eq!(provider.calls(), 0, "somebody may be at it");
        scope.clock.advance(Duration::from_mins(3));
        resume_planning(&scope).await.unwrap();
        run(&scope, &provider).await;
        assert_eq!((provider.taken(), provider.twice()), (40, 0));
        assert_eq!(rows(&scope, id.0).await.len(), 40);
        assert_eq!(state(&scope, id).await, BulkState::Done);
    })
    .await;
}

/// Whoever asks again because they did not hear the answer gets the answer, and nobody a second message.
#[tokio::test]
async fn asked_for_again_it_is_not_begun_again() {
    in_both(|scope| async move {
        let ids = people(&scope, 8).await;
        let some = Whom::Contacts { ids: ids.clone() };
        let mut draft = draft(&scope, some).await;
        let provider = Counting::new(|_, _| Does::Take);
        let key = Once::Key("spring-2026".to_owned());
        for once in [&key, &Once::Same] {
            let begin = async |draft: &Draft, most| start(&scope, None, draft, most, Some(once)).await;
            let first = begin(&draft, 8).await.unwrap();
            // In the midst of planning, as the program left it that was killed.
            let mut tx = scope.write().await.unwrap();
            for sql in [
                "UPDATE bulk_sends SET state = 'planning' WHERE workspace_id = $1 AND id = $2",
                "DELETE FROM dispatches WHERE workspace_id = $1 AND origin_id = $2 AND id IN (SELECT id \
                 FROM dispatches WHERE workspace_id = $1 AND origin_id = $2 ORDER BY id LIMIT 3)",
            ] {
                rumbo_db::on_tx!(&mut tx, |c| sqlx::query(sql)
                    .bind(scope.workspace)
                    .bind(first)
                    .execute(c)
                    .await
                    .map(|_| ()))
                .unwrap();
            }
            tx.commit().await.unwrap();
            // The count is of the first time: planned people are no reason to refuse.
            assert_eq!(begin(&draft, 8).await.unwrap(), first);
            let before = provider.taken();
            run(&scope, &provider).await;
            assert_eq!((provider.taken() - before, provider.twice()), (8, 0));
            assert_eq!(begin(&draft, 8).await.unwrap(), first);
            run(&scope, &provider).await;
            assert_eq!((provider.taken() - before, state(&scope, first).await), (8, BulkState::Done));
            scope.clock.advance(Duration::from_hours(25));
            let later = begin(&draft, 8).await.unwrap();
            assert_eq!(later == first, once == &key, "only a key holds for ever");
            cancel(&scope, later).await.ok();
            // To others it is another one; a key is used up.
            draft.whom = Whom::Contacts { ids: ids[1..].to_vec() };
            let others = begin(&draft, 7).await;
            match once {
                Once::Key(_) => assert_eq!(others.unwrap_err().reason_id(), Some(Reason::SendKeyTaken)),
                Once::Same => assert_ne!(others.unwrap(), first),
            }
            draft.whom = Whom::Contacts { ids: ids.clone() };
            scope.clock.advance(Duration::from_hours(25));
        }
        let empty = start(&scope, None, &draft, 8, Some(&Once::Key(" ".to_owned()))).await;
        assert_eq!(empty.unwrap_err().reason_id(), Some(Reason::SendKeyLength));
    })
    .await;
}

/// Two that ask at the same time begin one.
#[tokio::test]
async fn asked_for_twice_at_once_it_is_begun_once() {
    in_both(|scope| async move {
        people(&scope, 8).await;
        let draft = draft(&scope, everybody()).await;
        for once in [Once::Same, Once::Key("spring".to_owned())] {
            let begin = || start(&scope, None, &draft, 8, Some(&once));
            let (one, other) = tokio::join!(begin(), begin());
            assert_eq!(one.unwrap(), other.unwrap());
            scope.clock.advance(Duration::from_hours(25));
        }
        let planned = "SELECT COUNT(*) FROM dispatches WHERE workspace_id = $1";
        assert_eq!(number(&scope, planned).await, 16);
    })
    .await;
}

#[tokio::test]
async fn who_wrote_a_list_is_told_whom_nobody_knows() {
    in_both(|scope| async move {
        let ids = people(&scope, 2).await;
        let mut tx = scope.read().await.unwrap();
        let asked = [
            "(11) 98000-0000".to_owned(),
            ids[1].to_string(),
            "+5511980000001".to_owned(),
            "nobody@example.com".to_owned(),
            "x".to_owned(),
        ];
        let (found, strange) = contacts_of(&mut tx, &scope, &asked).await.unwrap();
        assert_eq!(found, ids);
        assert_eq!(strange, ["nobody@example.com", "x"]);
    })
    .await;
}
