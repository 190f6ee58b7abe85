//! The dry run equals the real run; who plans twice plans once.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use rumbo_base::ContactId;
use rumbo_channels::{ChannelKind, Provider};
use rumbo_db::{Tx, on_tx};
use rumbo_platform::Scope;
use rumbo_platform::workspaces::SendingSettings;

use crate::consent::{self, Wish};
use crate::outbox::testing::{
    allow, automation_on, channel, in_both, person, price, rows, template, text_plan,
};
use crate::outbox::{Audience, Counts, Message, Plan, Why, dry_run, plan};

/// A small generator that repeats.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn once_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }
}

async fn set(tx: &mut Tx, scope: &Scope, id: ContactId, column: &str, value: Option<&str>) {
    let sql = format!("UPDATE contacts SET {column} = $3 WHERE workspace_id = $1 AND id = $2");
    on_tx!(tx, |c| sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(scope.workspace)
        .bind(id)
        .bind(value)
        .execute(c)
        .await
        .map(|_| ()))
    .unwrap();
}

/// People of every kind: without a number, with the same address, abroad, who stopped, who agreed.
async fn village(scope: &Scope, dice: &mut Dice) -> Vec<ContactId> {
    let mut tx = scope.write().await.unwrap();
    let mut ids = Vec::new();
    for number in 0..80 {
        let id = person(scope, &mut tx, number).await;
        if dice.once_in(9) {
            set(&mut tx, scope, id, "phone", None).await;
        } else if dice.once_in(12) {
            set(&mut tx, scope, id, "phone", Some(&format!("+12{number}"))).await;
        }
        let zone = ["Asia/Tokyo", "Europe/Madrid", "America/Sao_Paulo", "?"];
        let zone = zone[usize::try_from(dice.roll(4)).unwrap()];
        set(&mut tx, scope, id, "timezone", Some(zone)).await;
        if dice.once_in(3) {
            set(&mut tx, scope, id, "city", Some("Recife")).await;
        }
        // Several share one address.
        let email = format!("p{}@example.com", dice.roll(50));
        set(&mut tx, scope, id, "email", Some(&email)).await;
        ids.push(id);
    }
    for id in &ids {
        for kind in [ChannelKind::Whatsapp, ChannelKind::Email] {
            if dice.once_in(8) {
                let wish = if dice.once_in(2) {
                    Wish::Stop
                } else {
                    Wish::Start
                };
                consent::set(&mut tx, scope, *id, kind, wish, None)
                    .await
                    .unwrap();
            }
        }
    }
    tx.commit().await.unwrap();
    ids
}

fn time(dice: &mut Dice) -> Option<NaiveTime> {
    NaiveTime::from_hms_opt(u32::try_from(dice.roll(24)).unwrap(), 0, 0)
}

async fn random_plan(scope: &Scope, dice: &mut Dice, ids: &[ContactId]) -> (Plan, Audience) {
    let mut sending = SendingSettings::default();
    if dice.once_in(2) {
        (sending.quiet_from, sending.quiet_to) = (time(dice), time(dice));
    }
    if dice.once_in(3) {
        (sending.open_from, sending.open_to) = (time(dice), time(dice));
    }
    if dice.once_in(2) {
        sending.most_a_day = Some(u32::try_from(dice.roll(4)).unwrap() + 1);
    }
    if dice.once_in(4) {
        sending.most_a_week = Some(u32::try_from(dice.roll(9)).unwrap() + 1);
    }
    if dice.once_in(4) {
        sending.ask_consent = vec!["whatsapp".to_owned(), "email".to_owned()];
    }
    allow(scope, sending).await;
    let (provider, settings) = match dice.roll(4) {
        0 => (Provider::Smtp, "{}".to_owned()),
        1 => (Provider::Evolution, "{}".to_owned()),
        _ => (
            Provider::WhatsappCloud,
            format!("{{\"people_a_day\": \"{}\"}}", dice.roll(60) + 1),
        ),
    };
    let sender = channel(scope, provider, &settings).await;
    if provider == Provider::WhatsappCloud {
        price(scope, sender, "marketing", "0.05").await;
    }
    let body = ["Hi {first_name}", "In {city}", "In {city|town}"];
    let mut made = text_plan(scope, sender, body[usize::try_from(dice.roll(3)).unwrap()]).await;
    if dice.roll(3) > 0 {
        let state = ["approved", "approved", "paused", "rejected"];
        let state = state[usize::try_from(dice.roll(4)).unwrap()];
        let id = template(
            scope,
            &format!("t_{}", dice.roll(u64::MAX >> 33)),
            state,
            "Hi {{1}}",
        )
        .await;
        let mut tx = scope.read().await.unwrap();
        let stored = crate::outbox::template(&mut tx, scope.workspace, id)
            .await
            .unwrap()
            .unwrap();
        let values = BTreeMap::from([("1".to_owned(), "{first_name}".to_owned())]);
        made.message = Message::Template(Box::new(stored.with(&values).unwrap()));
    }
    if dice.once_in(3) {
        made.expires_at = Some(scope.now() + chrono::TimeDelta::hours(8));
    }
    if dice.once_in(4) {
        made.budget = Some(rumbo_base::Micros(
            i64::try_from(dice.roll(40)).unwrap() * 50_000,
        ));
    }
    made.waits = dice.once_in(2);
    let audience = if dice.once_in(3) {
        Audience::Filter {
            status: "lead".to_owned(),
            source: String::new(),
        }
    } else {
        let few = ids
            .iter()
            .copied()
            .filter(|_| dice.once_in(2))
            .collect::<Vec<_>>();
        Audience::List(few.iter().chain(&few).copied().collect())
    };
    (made, audience)
}

#[tokio::test]
async fn the_dry_run_is_the_real_run() {
    in_both(|scope| async move {
        automation_on(&scope).await;
        let mut dice = Dice(20_261_120);
        let ids = village(&scope, &mut dice).await;
        let mut seen: BTreeMap<Option<Why>, usize> = BTreeMap::new();
        for _ in 0..100 {
            let (made, audience) = random_plan(&scope, &mut dice, &ids).await;
            let mut tx = scope.read().await.unwrap();
            let mut lines = Vec::new();
            let dry = dry_run(&mut tx, &scope, &made, &audience, |line| lines.push(line))
                .await
                .unwrap();
            drop(tx);
            let real = plan(&scope, &made, &audience).await.unwrap();
            assert_eq!(dry, real);
            let mut told: Vec<_> = lines
                .iter()
                .map(|line| {
                    *seen.entry(line.why).or_default() += 1;
                    (
                        line.contact_id,
                        line.state.word().to_owned(),
                        line.why.map(|why| why.word().to_owned()),
                        line.address.clone(),
                        line.rendered.clone(),
                        line.due_at,
                    )
                })
                .collect();
            told.sort_by_key(|row| row.0);
            assert_eq!(rows(&scope, made.origin_id).await, told);
            // Planned again, nothing happens.
            let again = plan(&scope, &made, &audience).await.unwrap();
            let known = Counts {
                already: real.people(),
                ..Counts::default()
            };
            assert_eq!(again, known);
            scope.clock.advance(std::time::Duration::from_hours(2));
        }
        // The hundred audiences met all of these.
        for why in [
            None,
            Some(Why::OptedOut),
            Some(Why::NoConsent),
            Some(Why::NoAddress),
            Some(Why::AddressInvalid),
            Some(Why::Duplicate),
            Some(Why::QuietHours),
            Some(Why::BusinessHours),
            Some(Why::FrequencyCap),
            Some(Why::TierLimit),
            Some(Why::Budget),
            Some(Why::ParameterMissing),
            Some(Why::TemplatePaused),
            Some(Why::TemplateNotApproved),
            Some(Why::WindowClosed),
        ] {
            assert!(seen.contains_key(&why), "{why:?}: {seen:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn two_that_plan_at_once_cannot_pass_a_cap_together() {
    in_both(|scope| async move {
        automation_on(&scope).await;
        crate::outbox::testing::people(&scope, 50).await;
        allow(
            &scope,
            SendingSettings {
                most_a_day: Some(1),
                ..SendingSettings::default()
            },
        )
        .await;
        let sender = channel(&scope, Provider::Twilio, "{}").await;
        let everybody = Audience::Filter {
            status: String::new(),
            source: String::new(),
        };
        let (one, two) = (
            text_plan(&scope, sender, "one").await,
            text_plan(&scope, sender, "two").await,
        );
        let (first, second) = tokio::join!(
            plan(&scope, &one, &everybody),
            plan(&scope, &two, &everybody)
        );
        let (first, second) = (first.unwrap(), second.unwrap());
        assert_eq!(first.go + second.go, 50);
        let capped = |counts: &Counts| counts.skipped.get(&Why::FrequencyCap).copied().unwrap_or(0);
        assert_eq!(capped(&first) + capped(&second), 50);
    })
    .await;
}
