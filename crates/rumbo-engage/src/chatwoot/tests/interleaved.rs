//! Everything at once, in any order, with kills and lost answers: nothing is lost, nothing is twice,
//! nothing comes back.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use rumbo_db::testing::TestDb;

use super::*;

/// One thing that happens.
#[derive(Clone, Debug)]
enum Happens {
    PersonWrites(u32),
    WeWrite(u32),
    AgentWrites {
        conversation: usize,
        private: bool,
        by_automation: bool,
    },
    Works,
    IsKilled(u32),
    /// A webhook arrives: any that was ever made, also one that came before.
    Told(usize),
    Sends,
    /// The next call of a kind is done, and its answer lost.
    LosesAnswer(u8),
    /// The next call of a kind is not done.
    Fails(u8),
    TimePasses(u64),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        4 => (1..4_u32).prop_map(Happens::PersonWrites),
        2 => (1..4_u32).prop_map(Happens::WeWrite),
        4 => (0..4_usize, prop::bool::weighted(0.15), prop::bool::weighted(0.2)).prop_map(
            |(conversation, private, by_automation)| Happens::AgentWrites { conversation, private, by_automation }
        ),
        4 => Just(Happens::Works),
        5 => (1..60_u32).prop_map(Happens::IsKilled),
        6 => (0..200_usize).prop_map(Happens::Told),
        2 => Just(Happens::Sends),
        3 => (0..4_u8).prop_map(Happens::LosesAnswer),
        2 => (0..5_u8).prop_map(Happens::Fails),
        4 => (1..150_u64).prop_map(Happens::TimePasses),
    ]
}

async fn live(world: &World, story: &[Happens]) {
    let calls = [
        ("POST", "conversations/*/messages"),
        ("POST", "conversations"),
        ("POST", "contacts"),
        ("POST", "conversations/*/messages/*"),
        ("GET", "conversations/*/messages"),
    ];
    for step in story {
        match step {
            Happens::PersonWrites(who) => {
                let body = format!("persona {}", world.next());
                world.person_writes(*who, &body).await;
            }
            Happens::WeWrite(who) => {
                let body = format!("saludo {}", world.next());
                let (conversation, _) = world.person_writes(*who, &body).await;
                let body = format!("nosotros {}", world.next());
                world.we_write(conversation, &body).await;
            }
            Happens::AgentWrites {
                conversation,
                private,
                by_automation,
            } => {
                let there = world.sandbox.control().chatwoot_conversations();
                if let Some(conversation) = there.get(conversation % there.len().max(1)) {
                    world.agent_order(&AgentOrder {
                        conversation: *conversation,
                        text: format!("agente {}", world.next()),
                        private: *private,
                        by_automation: *by_automation,
                        image: None,
                    });
                }
            }
            Happens::Works => {
                world.work().await;
            }
            Happens::IsKilled(steps) => {
                world.work_killed(*steps).await;
                // What is on its way arrives, or does not.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Happens::Told(which) => {
                let all = world.sandbox.control().webhooks();
                if let Some(webhook) = all.get(which % all.len().max(1)) {
                    match world.told(webhook).await {
                        Ok(_) | Err(WebhookRefusal::Stale) => {}
                        Err(other) => panic!("{other}"),
                    }
                }
            }
            Happens::Sends => world.send().await,
            Happens::LosesAnswer(which) => {
                let (method, path) = calls[usize::from(*which) % calls.len()];
                world.fault(method, path, json!({ "effect": "drop" }));
            }
            Happens::Fails(which) => {
                let (method, path) = calls[usize::from(*which) % calls.len()];
                let error =
                    json!({ "effect": "error", "status": 500, "code": 0, "message": "Internal" });
                world.fault(method, path, error);
            }
            Happens::TimePasses(seconds) => world.later(Duration::from_secs(*seconds)),
        }
    }
    world.sandbox.control().clear_faults();
    world.quiet().await;
    for webhook in world.sandbox.control().webhooks() {
        world.told(&webhook).await.ok();
    }
    world.quiet().await;
    world.agrees().await;
    let backlog = world.counted().await;
    assert_eq!(
        (backlog.waiting, backlog.replies, backlog.refused),
        (0, 0, 0)
    );
}

/// Stories of sixty things each, on both databases.
#[test]
fn nothing_is_lost_and_nothing_is_twice_whatever_happens() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let config = Config {
        cases: 24,
        rng_seed: RngSeed::Fixed(0x4348_4154),
        failure_persistence: None,
        max_shrink_iters: 60,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&prop::collection::vec(happens(), 60), |story| {
            runtime.block_on(async {
                for db in [TestDb::sqlite().await, TestDb::postgres().await] {
                    live(&world(&db, Provider::Telegram).await, &story).await;
                }
            });
            Ok(())
        })
        .unwrap();
}
