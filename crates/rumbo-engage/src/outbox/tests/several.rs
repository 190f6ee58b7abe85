//! Several programs on one store: together they are no faster than one may be, and what one has claimed
//! is known to all of them whatever happens to the machine.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rumbo_channels::{Again, Capabilities, Provider, Scope as Reaches};
use rumbo_db::Db;
use rumbo_platform::Scope;

use super::sending::{planned, run};
use crate::outbox::testing::{
    Counting, Does, automation_on, channel, in_both, later, people, text_plan,
};
use crate::outbox::{Audience, plan};

/// Another program on the same store.
async fn another(scope: &Scope) -> Scope {
    match scope.db.path() {
        Some(path) => {
            let (db, _) = Db::open_sqlite(path, &scope.clock).await.unwrap();
            Scope {
                db,
                ..scope.clone()
            }
        }
        // Each of its connections is as good as a program of its own.
        None => scope.clone(),
    }
}

type Stamps = Arc<Mutex<Vec<(String, DateTime<Utc>)>>>;

/// A provider that notes when it was called for whom.
fn stamping(scope: &Scope, able: fn(Capabilities) -> Capabilities) -> (Arc<Counting>, Stamps) {
    let stamps = Stamps::default();
    let (noted, clock) = (Arc::clone(&stamps), scope.clock.clone());
    let mut provider = Counting::new(move |_, address| {
        noted
            .lock()
            .unwrap()
            .push((address.to_owned(), clock.now()));
        // The clock is wound by hand and nobody waits: without a moment in which the store is free, one
        // sender could claim everything before the other asks for SQLite's lock again.
        std::thread::sleep(Duration::from_millis(3));
        Does::Take
    });
    let counting = Arc::get_mut(&mut provider).unwrap();
    counting.able = able(counting.able);
    (provider, stamps)
}

#[tokio::test]
async fn two_senders_of_one_number_keep_its_pace_together() {
    const RATE: usize = 40;
    in_both(|scope| async move {
        planned(&scope, 240).await;
        let (provider, stamps) = stamping(&scope, |able| Capabilities {
            per_second: 40,
            ..able
        });
        let other = another(&scope).await;
        let (one, two) = tokio::join!(run(&scope, &provider), run(&other, &provider));
        assert_eq!((one.sent + two.sent, provider.twice()), (240, 0));
        assert!(one.sent > 0 && two.sent > 0, "{one:?} {two:?}");
        let times: Vec<_> = stamps.lock().unwrap().iter().map(|(_, at)| *at).collect();
        for (place, first) in times.iter().enumerate() {
            let within = times[place..]
                .iter()
                .take_while(|at| **at < *first + TimeDelta::seconds(1))
                .count();
            // One burst of each may be on its way while the other's is counted.
            assert!(within <= RATE + RATE / 20 * 2 + 1, "{within} in a second");
        }
    })
    .await;
}

#[tokio::test]
async fn two_senders_leave_the_same_person_time_between_messages() {
    in_both(|scope| async move {
        automation_on(&scope).await;
        let ids = people(&scope, 5).await;
        let sender = channel(&scope, Provider::Twilio, "{}").await;
        for body in ["One", "Two", "Three", "Four"] {
            let made = text_plan(&scope, sender, body).await;
            plan(&scope, &made, &Audience::List(ids.clone()))
                .await
                .unwrap();
        }
        let (provider, stamps) = stamping(&scope, |able| Capabilities {
            per_second: 50,
            per_pair_minute: Some(10),
            ..able
        });
        let other = another(&scope).await;
        for _ in 0..200 {
            tokio::join!(run(&scope, &provider), run(&other, &provider));
            if provider.taken() == 20 {
                break;
            }
            later(&scope, Duration::from_millis(500));
        }
        assert_eq!((provider.taken(), provider.twice()), (20, 0));
        let mut of: BTreeMap<String, Vec<DateTime<Utc>>> = BTreeMap::new();
        for (address, at) in stamps.lock().unwrap().iter() {
            of.entry(address.clone()).or_default().push(*at);
        }
        assert_eq!(of.len(), 5);
        for times in of.values() {
            let apart = |pair: &[DateTime<Utc>]| pair[1] - pair[0] >= TimeDelta::seconds(6);
            assert!(times.windows(2).all(apart), "{times:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_pause_that_the_provider_asks_one_sender_for_is_kept_by_the_other() {
    in_both(|scope| async move {
        let (made, ids) = planned(&scope, 3).await;
        let wait = Duration::from_mins(2);
        let refusing = Counting::new(move |_, _| Does::Refuse(Again::After(wait), Reaches::Sender));
        let asked_until = scope.now() + TimeDelta::minutes(2);
        assert_eq!(run(&scope, &refusing).await.sent, 0);
        // These are due at once, and nobody has refused them.
        let more = text_plan(&scope, made.sender.id, "More").await;
        plan(&scope, &more, &Audience::List(ids)).await.unwrap();
        let (provider, stamps) = stamping(&scope, |able| able);
        let other = another(&scope).await;
        // A run may wait for what is due soon; whoever waits, nothing goes before the pause is over.
        for _ in 0..20 {
            run(&other, &provider).await;
            later(&scope, Duration::from_secs(10));
        }
        let stamps = stamps.lock().unwrap();
        assert!(
            stamps.iter().all(|(_, at)| *at >= asked_until),
            "{stamps:?}"
        );
        assert_eq!(stamps.len(), 6);
    })
    .await;
}

#[tokio::test]
async fn a_claim_has_reached_the_disk_before_the_provider_is_called() {
    in_both(|scope| async move {
        planned(&scope, 1).await;
        let db = scope.db.clone();
        let provider = Counting::new(move |_, _| {
            // The last thing that was written is the claim.
            if let Db::Sqlite(file) = &db {
                assert!(file.flushes(), "the claim may be lost with the power");
            }
            Does::Take
        });
        assert_eq!(run(&scope, &provider).await.sent, 1);
    })
    .await;
}
