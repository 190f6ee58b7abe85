//! Sending: pace, refusals, lost answers, guards before the call, and several senders.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use rumbo_base::{ContactId, DispatchId};
use rumbo_channels::{Again, ChannelKind, Provider, Scope as Reaches};
use rumbo_db::on_tx;
use rumbo_db::testing::TestDb;
use rumbo_platform::Scope;
use tokio_util::sync::CancellationToken;

use crate::consent;
use crate::outbox::testing::{
    Counting, Does, Opens, automation_on, channel, crowd, in_both, later, number, people, rows,
    scope, template, text_plan,
};
use crate::outbox::{Audience, Plan, Report, Timing, Why, plan, run_once};

pub(super) async fn run(scope: &Scope, provider: &Arc<Counting>) -> Report {
    let channel: Arc<dyn rumbo_channels::Channel> = provider.clone();
    let opens = Opens(channel);
    run_once(scope, &opens, &Timing::default(), &CancellationToken::new())
        .await
        .unwrap()
}

/// A text planned to some contacts over a channel of a provider.
pub(super) async fn planned(scope: &Scope, count: u32) -> (Plan, Vec<ContactId>) {
    automation_on(scope).await;
    let ids = people(scope, count).await;
    let sender = channel(scope, Provider::Twilio, "{}").await;
    let made = text_plan(scope, sender, "Hi {first_name}").await;
    plan(scope, &made, &Audience::List(ids.clone()))
        .await
        .unwrap();
    (made, ids)
}

pub(super) async fn states(scope: &Scope, made: &Plan) -> Vec<String> {
    let mut all: Vec<String> = rows(scope, made.origin_id)
        .await
        .into_iter()
        .map(|row| match row.2 {
            Some(reason) => format!("{} {reason}", row.1),
            None => row.1,
        })
        .collect();
    all.dedup();
    all
}

pub(super) async fn ids(scope: &Scope, made: &Plan) -> Vec<DispatchId> {
    let mut tx = scope.read().await.unwrap();
    on_tx!(&mut tx, |c| sqlx::query_scalar(
        "SELECT id FROM dispatches WHERE workspace_id = $1 AND origin_id = $2 ORDER BY id"
    )
    .bind(scope.workspace)
    .bind(made.origin_id)
    .fetch_all(c)
    .await)
    .unwrap()
}

#[tokio::test]
async fn what_is_sent_stands_in_its_conversation() {
    in_both(|scope| async move {
        let (made, _) = planned(&scope, 7).await;
        let provider = Counting::new(|_, _| Does::Take);
        let done = run(&scope, &provider).await;
        assert_eq!((done.sent, provider.taken(), provider.twice()), (7, 7, 0));
        assert_eq!(states(&scope, &made).await, ["sent"]);
        let shown = number(
            &scope,
            "SELECT COUNT(*) FROM messages m JOIN conversations v ON v.workspace_id = $1 AND v.id = m.conversation_id \
             AND v.last_message_at IS NOT NULL AND v.contact_id IS NOT NULL WHERE m.workspace_id = $1 \
             AND m.status = 'sent' AND m.direction = 'outbound' AND m.origin = 'campaign' AND m.dispatch_id = m.id \
             AND m.body LIKE 'Hi Ana%'",
        )
        .await;
        assert_eq!(shown, 7);
        // Run again, nobody gets anything.
        assert!(run(&scope, &provider).await.is_empty());
        assert_eq!(provider.taken(), 7);
    })
    .await;
}

#[tokio::test]
async fn a_row_is_there_before_the_call_and_is_there_when_it_fails() {
    in_both(|scope| async move {
        let (made, _) = planned(&scope, 3).await;
        let provider = Counting::new(|call, _| match call {
            1 => Does::Refuse(Again::Never, Reaches::Message),
            2 => Does::Bounce,
            _ => Does::OptOut,
        });
        let done = run(&scope, &provider).await;
        assert_eq!((done.failed, done.sent), (3, 0));
        let mut all = states(&scope, &made).await;
        all.sort();
        assert_eq!(
            all,
            ["bounced address_bounced", "failed opted_out", "failed refused"]
        );
        let failed = number(
            &scope,
            "SELECT COUNT(*) FROM messages WHERE workspace_id = $1 AND status = 'failed' AND failed_at IS NOT NULL \
             AND error_code = '131000'",
        )
        .await;
        assert_eq!(failed, 3);
        // A failed send is no last message.
        let touched = "SELECT COUNT(*) FROM conversations WHERE workspace_id = $1 AND last_message_at IS NOT NULL";
        assert_eq!(number(&scope, touched).await, 0);
        // The address is marked, and the wish is kept: the next plan leaves both out.
        let again = text_plan(&scope, made.sender.id, "again").await;
        let everybody = Audience::Filter {
            status: String::new(),
            source: String::new(),
        };
        let counts = plan(&scope, &again, &everybody).await.unwrap();
        assert_eq!(counts.skipped.get(&Why::AddressBounced), Some(&1));
        assert_eq!(counts.skipped.get(&Why::OptedOut), Some(&1));
        assert_eq!(counts.go, 1);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_tried_again_with_growing_waits_and_not_for_ever() {
    in_both(|scope| async move {
        let (made, _) = planned(&scope, 1).await;
        let provider = Counting::new(|_, _| Does::Refuse(Again::Backoff, Reaches::Message));
        let mut waits = Vec::new();
        for _ in 0..12 {
            run(&scope, &provider).await;
            let row = rows(&scope, made.origin_id).await.pop().unwrap();
            if row.1 == "failed" {
                break;
            }
            let wait = row.5 - scope.now();
            assert!(wait > TimeDelta::zero(), "{row:?}");
            waits.push(wait);
            // Before its time nothing happens.
            let calls = provider.calls();
            run(&scope, &provider).await;
            assert_eq!(provider.calls(), calls);
            later(&scope, wait.to_std().unwrap());
        }
        assert_eq!(provider.calls(), 5);
        assert!(waits.windows(2).all(|pair| pair[1] > pair[0]), "{waits:?}");
        assert_eq!(states(&scope, &made).await, ["failed gave_up"]);
        assert_eq!(provider.taken(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_is_asked_about_and_never_sent_again_blindly() {
    in_both(|scope| async move {
        let (made, _) = planned(&scope, 20).await;
        let provider = Counting::new(|call, _| match call % 3 {
            0 => Does::TakeAndLose,
            1 if call < 20 => Does::Lose,
            _ => Does::Take,
        });
        let done = run(&scope, &provider).await;
        assert_eq!(done.unknown, 13);
        let unknown =
            "SELECT COUNT(*) FROM messages WHERE workspace_id = $1 AND status = 'unknown'";
        assert_eq!(number(&scope, unknown).await, 13);
        // At once nobody is asked: the call may still be on its way.
        let calls = provider.calls();
        run(&scope, &provider).await;
        assert_eq!(provider.calls(), calls);
        for _ in 0..10 {
            later(&scope, Duration::from_secs(61));
            run(&scope, &provider).await;
        }
        assert_eq!(states(&scope, &made).await, ["sent"]);
        assert_eq!((provider.taken(), provider.twice()), (20, 0));
    })
    .await;
}

#[tokio::test]
async fn a_throttled_sender_waits_as_a_whole_and_a_stopped_channel_sends_nothing() {
    in_both(|scope| async move {
        let (made, _) = planned(&scope, 40).await;
        let wait = Duration::from_mins(2);
        let provider = Counting::new(move |call, _| match call {
            1 => Does::Refuse(Again::After(wait), Reaches::Sender),
            2..=60 => Does::Take,
            _ => Does::Refuse(Again::Never, Reaches::Channel),
        });
        // One at a time, so that the first refusal is heard before the second call.
        let opens = Opens(Arc::new(Slow(Arc::clone(&provider))));
        let stop = CancellationToken::new();
        let done = run_once(&scope, &opens, &Timing::default(), &stop).await.unwrap();
        assert_eq!((done.sent, provider.calls()), (0, 1));
        later(&scope, wait);
        run(&scope, &provider).await;
        assert_eq!(provider.taken(), 40);
        assert_eq!(states(&scope, &made).await, ["sent"]);

        let more = text_plan(&scope, made.sender.id, "more").await;
        let everybody = Audience::Filter {
            status: String::new(),
            source: String::new(),
        };
        plan(&scope, &more, &everybody).await.unwrap();
        *provider.calls.lock().unwrap() = 60;
        later(&scope, Duration::from_secs(10));
        let done = run_once(&scope, &opens, &Timing::default(), &stop).await.unwrap();
        assert_eq!((done.sent, provider.calls()), (0, 61));
        let stopped = "SELECT COUNT(*) FROM channels WHERE workspace_id = $1 AND state = 'disconnected' \
            AND state_reason = 'refused' AND state_detail = 'No.'";
        assert_eq!(number(&scope, stopped).await, 1);
        later(&scope, Duration::from_hours(1));
        run(&scope, &provider).await;
        assert_eq!(provider.calls(), 61, "until somebody looks after it");
        let waiting = "SELECT COUNT(*) FROM dispatches WHERE workspace_id = $1 AND state = 'queued'";
        assert_eq!(number(&scope, waiting).await, 40);
    })
    .await;
}

/// A provider that takes one message a second.
struct Slow(Arc<Counting>);

#[async_trait::async_trait]
impl rumbo_channels::Channel for Slow {
    fn provider(&self) -> Provider {
        self.0.provider()
    }
    fn capabilities(&self) -> rumbo_channels::Capabilities {
        rumbo_channels::Capabilities {
            per_second: 1,
            per_pair_minute: Some(10),
            ..self.0.able
        }
    }
    async fn send(&self, message: &rumbo_channels::Outgoing<'_>) -> rumbo_channels::Outcome {
        self.0.send(message).await
    }
    async fn find(
        &self,
        id: &str,
        message: Option<&str>,
        address: &str,
    ) -> rumbo_base::Result<rumbo_channels::Found> {
        self.0.find(id, message, address).await
    }
    async fn check(&self) -> rumbo_base::Result<rumbo_channels::Standing> {
        self.0.check().await
    }
    fn verify(
        &self,
        request: &rumbo_channels::WebhookRequest<'_>,
    ) -> Result<(), rumbo_channels::WebhookRefusal> {
        self.0.verify(request)
    }
    fn read(
        &self,
        request: &rumbo_channels::WebhookRequest<'_>,
    ) -> Result<rumbo_channels::Told, rumbo_channels::WebhookRefusal> {
        self.0.read(request)
    }
    async fn poll(
        &self,
        cursor: Option<&str>,
    ) -> rumbo_base::Result<Option<rumbo_channels::Polled>> {
        self.0.poll(cursor).await
    }
}

#[tokio::test]
async fn one_person_has_a_message_each_six_seconds_and_the_others_go_on() {
    in_both(|scope| async move {
        let (made, people) = planned(&scope, 3).await;
        for text in ["two", "three"] {
            let more = text_plan(&scope, made.sender.id, text).await;
            plan(&scope, &more, &Audience::List(vec![people[0]])).await.unwrap();
        }
        let provider = Counting::new(|_, _| Does::Take);
        let opens = Opens(Arc::new(Slow(Arc::clone(&provider))));
        let stop = CancellationToken::new();
        let begun = scope.now();
        for _ in 0..40 {
            run_once(&scope, &opens, &Timing::default(), &stop).await.unwrap();
            later(&scope, Duration::from_secs(1));
        }
        assert_eq!((provider.taken(), provider.twice()), (5, 0));
        let mut tx = scope.read().await.unwrap();
        let mut times: Vec<chrono::DateTime<chrono::Utc>> = on_tx!(&mut tx, |c| sqlx::query_scalar(
            "SELECT sent_at FROM dispatches WHERE workspace_id = $1 AND contact_id = $2 ORDER BY sent_at"
        )
        .bind(scope.workspace)
        .bind(people[0])
        .fetch_all(c)
        .await)
        .unwrap();
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= TimeDelta::seconds(6)), "{times:?}");
        times.retain(|at| *at - begun < TimeDelta::seconds(6));
        assert_eq!(times.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn guards_are_asked_again_before_sending() {
    in_both(|scope| async move {
        let (made, people) = planned(&scope, 3).await;
        let mut tx = scope.write().await.unwrap();
        let now = scope.now();
        consent::from_message(&mut tx, &scope, ChannelKind::Sms, "+5511980000000", "STOP", false, now)
            .await
            .unwrap();
        on_tx!(&mut tx, |c| sqlx::query(
            "UPDATE contacts SET phone = '+5511990000001' WHERE workspace_id = $1 AND phone = '+5511980000001'"
        )
        .bind(scope.workspace)
        .execute(c)
        .await
        .map(|_| ()))
        .unwrap();
        tx.commit().await.unwrap();
        let provider = Counting::new(|_, _| Does::Take);
        let done = run(&scope, &provider).await;
        assert_eq!((done.sent, done.skipped), (1, 2));
        let mut all = states(&scope, &made).await;
        all.sort();
        assert_eq!(all, ["sent", "skipped address_changed", "skipped opted_out"]);
        assert_eq!(people.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn what_is_late_is_left_out_and_what_is_held_goes_when_its_time_comes() {
    in_both(|scope| async move {
        let (made, people) = planned(&scope, 2).await;
        let mut late = text_plan(&scope, made.sender.id, "late").await;
        late.expires_at = Some(scope.now() + TimeDelta::minutes(5));
        plan(&scope, &late, &Audience::List(people.clone()))
            .await
            .unwrap();
        // The program was off for an hour.
        later(&scope, Duration::from_hours(1));
        let provider = Counting::new(|_, _| Does::Take);
        run(&scope, &provider).await;
        assert_eq!(states(&scope, &late).await, ["skipped expired"]);
        assert_eq!(states(&scope, &made).await, ["sent"]);

        let id = template(&scope, "spring", "paused", "Hello").await;
        let whatsapp = channel(&scope, Provider::WhatsappCloud, "{}").await;
        let mut held = text_plan(&scope, whatsapp, "x").await;
        let mut tx = scope.read().await.unwrap();
        let stored = crate::outbox::template(&mut tx, scope.workspace, id)
            .await
            .unwrap()
            .unwrap();
        drop(tx);
        held.message = crate::outbox::Message::Template(Box::new(
            stored.with(&std::collections::BTreeMap::new()).unwrap(),
        ));
        plan(&scope, &held, &Audience::List(people)).await.unwrap();
        assert_eq!(states(&scope, &held).await, ["held template_paused"]);
        later(&scope, Duration::from_hours(1));
        run(&scope, &provider).await;
        assert_eq!(states(&scope, &held).await, ["held template_paused"]);
        let mut tx = scope.write().await.unwrap();
        on_tx!(&mut tx, |c| sqlx::query(
            "UPDATE templates SET state = 'approved' WHERE workspace_id = $1"
        )
        .bind(scope.workspace)
        .execute(c)
        .await
        .map(|_| ()))
        .unwrap();
        tx.commit().await.unwrap();
        later(&scope, Duration::from_hours(1));
        run(&scope, &provider).await;
        assert_eq!(states(&scope, &held).await, ["sent"]);
    })
    .await;
}

#[tokio::test]
async fn a_template_that_the_provider_refuses_holds_its_own_and_nobody_else() {
    in_both(|scope| async move {
        automation_on(&scope).await;
        let people = people(&scope, 5).await;
        let whatsapp = channel(&scope, Provider::WhatsappCloud, "{}").await;
        let mut plans = Vec::new();
        for name in ["broken", "sound"] {
            let id = template(&scope, name, "approved", name).await;
            let mut made = text_plan(&scope, whatsapp, "x").await;
            let mut tx = scope.read().await.unwrap();
            let stored = crate::outbox::template(&mut tx, scope.workspace, id)
                .await
                .unwrap()
                .unwrap();
            drop(tx);
            made.message = crate::outbox::Message::Template(Box::new(
                stored.with(&std::collections::BTreeMap::new()).unwrap(),
            ));
            plan(&scope, &made, &Audience::List(people.clone()))
                .await
                .unwrap();
            plans.push(made);
            later(&scope, Duration::from_secs(1));
        }
        let provider = Counting::new(|call, _| {
            if call == 1 {
                Does::Refuse(Again::Never, Reaches::Template)
            } else {
                Does::Take
            }
        });
        let opens = Opens(Arc::new(Slow(Arc::clone(&provider))));
        let stop = CancellationToken::new();
        for _ in 0..3 {
            run_once(&scope, &opens, &Timing::default(), &stop)
                .await
                .unwrap();
            later(&scope, Duration::from_secs(7));
        }
        assert_eq!(states(&scope, &plans[0]).await, ["held template_refused"]);
        assert_eq!(states(&scope, &plans[1]).await, ["sent"]);
        assert_eq!(provider.taken(), 5);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_senders_on_one_server_share_ten_thousand_without_overlap() {
    let test = TestDb::postgres().await;
    let scope = scope(&test).await;
    automation_on(&scope).await;
    crowd(&scope, 10_000).await;
    let sender = channel(&scope, Provider::Twilio, "{}").await;
    let made = text_plan(&scope, sender, "Hi").await;
    let everybody = Audience::Filter {
        status: String::new(),
        source: String::new(),
    };
    plan(&scope, &made, &everybody).await.unwrap();
    // Each has a connection pool and a name of its own.
    let other = Scope {
        entropy: rumbo_base::Entropy::seeded(2),
        ..scope.clone()
    };
    let one = Counting::new(|_, _| Does::Take);
    let two = Counting::new(|_, _| Does::Take);
    let (first, second) = tokio::join!(run(&scope, &one), run(&other, &two));
    assert_eq!(first.sent + second.sent, 10_000);
    assert!(
        one.taken() > 1_000 && two.taken() > 1_000,
        "{} {}",
        one.taken(),
        two.taken()
    );
    let both = one.taken.lock().unwrap().clone();
    let overlap = two
        .taken
        .lock()
        .unwrap()
        .keys()
        .filter(|id| both.contains_key(*id))
        .count();
    assert_eq!((overlap, one.twice(), two.twice()), (0, 0, 0));
    assert_eq!(states(&scope, &made).await, ["sent"]);
}
