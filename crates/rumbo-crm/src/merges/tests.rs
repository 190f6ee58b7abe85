use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use rumbo_base::{Code, Currency, Micros, OpportunityId};

use super::*;
use crate::contacts::ContactFields;
use crate::credit::check_credit;
use crate::import::{ImportKind, RunOptions, run};
use crate::leads::{MetaLead, upsert_lead};
use crate::opportunities::{self, NewOpportunity};
use crate::sales::{self, NewSale};
use crate::stages;
use crate::testing::{at, contact, dump, in_both};
use crate::touchpoints::{self, Answer, NewTouchpoint};

fn person(name: &str, phone: &str, email: &str) -> ContactFields {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    ContactFields {
        name: text(name),
        phone: text(phone),
        email: text(email),
        ..ContactFields::default()
    }
}

async fn made(tx: &mut Tx, scope: &Scope, fields: ContactFields) -> ContactId {
    contacts::create(tx, scope, fields).await.unwrap().id
}

fn touch(when: DateTime<Utc>, source: &str) -> NewTouchpoint {
    NewTouchpoint {
        occurred_at: Some(when),
        source: source.into(),
        ..NewTouchpoint::default()
    }
}

fn opportunity(contact: ContactId, opened: DateTime<Utc>) -> NewOpportunity {
    NewOpportunity {
        contact_id: contact,
        name: "Plan".into(),
        value: Some(Micros(5_000_000)),
        currency: Currency::USD,
        stage_id: None,
        owner_id: None,
        deadline_at: None,
        expected_close: None,
        opened_at: Some(opened),
        external_id: None,
    }
}

fn sale(contact: ContactId, opportunity: Option<OpportunityId>, when: DateTime<Utc>) -> NewSale {
    NewSale {
        contact_id: contact,
        opportunity_id: opportunity,
        gross: Micros(10_000_000),
        currency: Currency::USD,
        cost: None,
        quantity: None,
        reference: None,
        pending: false,
        at: Some(when),
        external_id: None,
    }
}

const START: &str = "2026-01-01T00:00:00Z";

#[tokio::test]
async fn what_the_other_had_is_the_kept_ones_and_the_credit_follows() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        stages::seed_stages(&mut tx, &scope, "en").await.unwrap();
        let keep = ContactFields {
            tags: Some(vec!["vip".into()]),
            notes: Some("Likes blue.".into()),
            custom: [("size".to_owned(), "M".to_owned())].into(),
            ..person("Ana", "", "ana@x.com")
        };
        let keep = made(&mut tx, &scope, keep).await;
        let other = ContactFields {
            tags: Some(vec!["vip".into(), "b2b".into()]),
            notes: Some("Calls at noon.".into()),
            custom: [("size", "L"), ("shoe", "40")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            city: Some("Recife".into()),
            ..person("Ana Silva", "+5511987654321", "silva@x.com")
        };
        let other = made(&mut tx, &scope, other).await;
        contacts::link_external_ids(
            &mut tx,
            scope.workspace,
            "shop",
            &[("7".into(), other)],
            scope.now(),
        )
        .await
        .unwrap();
        let start = at(START);
        touchpoints::add(&mut tx, &scope, other, touch(start, "META_ADS"))
            .await
            .unwrap();
        let sold = sales::create(
            &mut tx,
            &scope,
            sale(keep, None, start + Duration::from_hours(1)),
        )
        .await
        .unwrap();
        assert_eq!(sold.attribution_source, "ORGANIC");
        sales::create(
            &mut tx,
            &scope,
            sale(other, None, start + Duration::from_hours(2)),
        )
        .await
        .unwrap();

        let merge = merge(&mut tx, &scope, keep, other).await.unwrap();
        assert_eq!(
            (
                merge.kept_name.as_str(),
                merge.other_name.as_str(),
                merge.touchpoints,
                merge.sales
            ),
            ("Ana", "Ana Silva", 1, 1)
        );
        let ana = contacts::get(&mut tx, scope.workspace, keep).await.unwrap();
        assert_eq!(
            (
                ana.name.as_str(),
                ana.email.as_deref(),
                ana.phone.as_deref()
            ),
            ("Ana", Some("ana@x.com"), Some("+5511987654321"))
        );
        assert_eq!(ana.city.as_deref(), Some("Recife"));
        assert_eq!(ana.tags, ["vip", "b2b"]);
        assert_eq!(ana.notes.as_deref(), Some("Likes blue.\n\nCalls at noon."));
        assert_eq!((&*ana.custom["size"], &*ana.custom["shoe"]), ("M", "40"));
        assert_eq!(ana.first_seen_at, start);
        let credited = sales::get(&mut tx, scope.workspace, sold.id).await.unwrap();
        assert_eq!(credited.attribution_source, "META_ADS");
        assert_eq!(check_credit(&mut tx, scope.workspace).await.unwrap(), []);
        let ids = contacts::external_ids(&mut tx, scope.workspace, keep)
            .await
            .unwrap();
        let ids: Vec<_> = ids
            .iter()
            .map(|id| (id.platform.as_str(), id.external_id.as_str()))
            .collect();
        assert_eq!(ids, [("email", "silva@x.com"), ("shop", "7")]);
        let gone = contacts::get(&mut tx, scope.workspace, other).await;
        assert_eq!(gone.unwrap_err().code(), Code::NotFound);
        for bad in [(keep, keep), (keep, other), (other, keep)] {
            assert!(super::merge(&mut tx, &scope, bad.0, bad.1).await.is_err());
        }
        let listed = list(
            &mut tx,
            scope.workspace,
            Some(other),
            &PageRequest::default(),
        )
        .await
        .unwrap();
        assert_eq!(listed.rows, [merge]);
    })
    .await;
}

#[tokio::test]
async fn who_comes_back_by_the_merged_number_or_address_is_the_kept_contact() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let keep = made(&mut tx, &scope, person("Ana", "+5511900000001", "a@x.com")).await;
        let other = made(
            &mut tx,
            &scope,
            person("Ana S", "+5511900000002", "b@x.com"),
        )
        .await;
        merge(&mut tx, &scope, keep, other).await.unwrap();
        for (question, value) in [("phone_number", "+5511900000002"), ("email", "B@x.com")] {
            let lead = MetaLead {
                leadgen_id: question.into(),
                created: at(START),
                answers: vec![Answer {
                    question: question.into(),
                    values: vec![value.into()],
                }],
                ..MetaLead::default()
            };
            let written = upsert_lead(&mut tx, &scope, lead).await.unwrap();
            assert_eq!((written.contact, written.new_contact), (keep, false));
        }
        let taken = contacts::create(&mut tx, &scope, person("X", "+5511900000002", "")).await;
        assert_eq!(taken.unwrap_err().code(), Code::Conflict);
        tx.commit().await.unwrap();

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.csv");
        std::fs::write(
            &path,
            "phone,email,city\n+5511900000002,,Recife\n,b@x.com,\n",
        )
        .unwrap();
        let report = run(&scope, ImportKind::Contacts, &path, RunOptions::default())
            .await
            .unwrap();
        assert_eq!(
            (report.contacts_added, report.rejected),
            (0, 0),
            "{report:?}"
        );
        let mut tx = scope.read().await.unwrap();
        let ana = contacts::get(&mut tx, scope.workspace, keep).await.unwrap();
        assert_eq!(
            (
                ana.phone.as_deref(),
                ana.email.as_deref(),
                ana.city.as_deref()
            ),
            (Some("+5511900000001"), Some("a@x.com"), Some("Recife"))
        );
    })
    .await;
}

/// What two contacts have: whether the second's, what, and when in minutes.
type Plan = (Vec<(bool, u8, u16)>, u8);

#[tokio::test]
async fn undoing_a_merge_restores_every_row_and_every_credit() {
    let plans: Vec<Plan> = {
        let mut runner = TestRunner::deterministic();
        let strategy = (
            prop::collection::vec((any::<bool>(), 0_u8..4, 0_u16..30), 0..14),
            any::<u8>(),
        );
        (0..16)
            .map(|_| strategy.new_tree(&mut runner).unwrap().current())
            .collect()
    };
    in_both(|scope| {
        let plans = plans.clone();
        async move {
            let mut tx = scope.write().await.unwrap();
            stages::seed_stages(&mut tx, &scope, "en").await.unwrap();
            tx.commit().await.unwrap();
            for (number, (plan, shape)) in plans.into_iter().enumerate() {
                let mut tx = scope.write().await.unwrap();
                let has = |bit: u8| shape & (1 << bit) != 0;
                let pick = |bit: u8, text: String| if has(bit) { text } else { String::new() };
                let people = [
                    made(
                        &mut tx,
                        &scope,
                        ContactFields {
                            tags: has(0).then(|| vec!["vip".into()]),
                            notes: has(1).then(|| "Ours.".into()),
                            ..person(
                                "Ana",
                                &pick(2, format!("+55119{number:08}")),
                                &pick(3, format!("a{number}@x.com")),
                            )
                        },
                    )
                    .await,
                    made(
                        &mut tx,
                        &scope,
                        ContactFields {
                            lead_source: has(4).then(|| "WEB".into()),
                            city: has(5).then(|| "Natal".into()),
                            notes: has(6).then(|| "Theirs.".into()),
                            custom: [("size".to_owned(), "L".to_owned())].into(),
                            ..person(
                                "Bea",
                                &pick(7, format!("+55219{number:08}")),
                                &format!("b{number}@x.com"),
                            )
                        },
                    )
                    .await,
                ];
                let mut deals: [Option<OpportunityId>; 2] = [None, None];
                for (second, what, minute) in plan {
                    scope.clock.advance(Duration::from_secs(7));
                    let place = usize::from(second);
                    let who = people[place];
                    let when = at(START) + Duration::from_mins(minute.into());
                    match what {
                        0 => {
                            touchpoints::add(&mut tx, &scope, who, touch(when, "META_ADS"))
                                .await
                                .unwrap();
                        }
                        1 => {
                            let new = opportunity(who, when);
                            let made = opportunities::create(&mut tx, &scope, new).await.unwrap();
                            deals[place] = Some(made.id);
                        }
                        2 => {
                            let new = sale(who, deals[place], when);
                            sales::create(&mut tx, &scope, new).await.unwrap();
                        }
                        _ => {
                            let id = format!("{number}-{minute}-{second}");
                            let known = contacts::external_ids_of(
                                &mut tx,
                                scope.workspace,
                                "shop",
                                std::slice::from_ref(&id),
                            )
                            .await
                            .unwrap();
                            if known.is_empty() {
                                contacts::link_external_ids(
                                    &mut tx,
                                    scope.workspace,
                                    "shop",
                                    &[(id, who)],
                                    when,
                                )
                                .await
                                .unwrap();
                            }
                        }
                    }
                }
                tx.commit().await.unwrap();
                let before = dump(&scope).await;

                scope.clock.advance(Duration::from_mins(1));
                let mut tx = scope.write().await.unwrap();
                let done = merge(&mut tx, &scope, people[0], people[1]).await.unwrap();
                tx.commit().await.unwrap();
                assert_ne!(dump(&scope).await, before);
                let mut tx = scope.write().await.unwrap();
                assert_eq!(check_credit(&mut tx, scope.workspace).await.unwrap(), []);
                let left = contacts::get(&mut tx, scope.workspace, people[1]).await;
                assert!(left.is_err());

                scope.clock.advance(Duration::from_mins(1));
                let undone = undo(&mut tx, &scope, done.id).await.unwrap();
                assert_eq!(undone.undone_at, Some(scope.now()));
                assert_eq!(check_credit(&mut tx, scope.workspace).await.unwrap(), []);
                tx.commit().await.unwrap();
                assert_eq!(dump(&scope).await, before);
                let mut tx = scope.write().await.unwrap();
                let twice = undo(&mut tx, &scope, done.id).await.unwrap_err();
                assert_eq!(twice.code(), Code::Conflict);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_done_since_the_merge_stays() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        stages::seed_stages(&mut tx, &scope, "en").await.unwrap();
        let keep = made(&mut tx, &scope, person("Ana", "", "")).await;
        let other = made(&mut tx, &scope, person("Bea", "", "b@x.com")).await;
        let deal = opportunities::create(&mut tx, &scope, opportunity(other, at(START)))
            .await
            .unwrap();
        let done = merge(&mut tx, &scope, keep, other).await.unwrap();
        scope.clock.advance(Duration::from_mins(1));
        // A name, a touch, and a sale of the opportunity that came with Bea.
        contacts::update(&mut tx, &scope, keep, person("Ana María", "", ""))
            .await
            .unwrap();
        touchpoints::add(&mut tx, &scope, keep, touch(at(START), "WEB"))
            .await
            .unwrap();
        let sold = sales::create(&mut tx, &scope, sale(keep, Some(deal.id), scope.now()))
            .await
            .unwrap();
        undo(&mut tx, &scope, done.id).await.unwrap();
        let ana = contacts::get(&mut tx, scope.workspace, keep).await.unwrap();
        assert_eq!((ana.name.as_str(), ana.email), ("Ana María", None));
        let bea = contacts::get(&mut tx, scope.workspace, other)
            .await
            .unwrap();
        assert_eq!(bea.email.as_deref(), Some("b@x.com"));
        assert_eq!(bea.status, ContactStatus::Customer);
        let sold = sales::get(&mut tx, scope.workspace, sold.id).await.unwrap();
        assert_eq!(sold.contact_id, other);
        let touches = touchpoints::list(&mut tx, scope.workspace, keep)
            .await
            .unwrap();
        assert_eq!(touches.len(), 1);
        assert_eq!(check_credit(&mut tx, scope.workspace).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn an_undo_that_became_impossible_is_refused_and_changes_nothing() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let keep = made(&mut tx, &scope, person("Ana", "+5511900000001", "")).await;
        let other = made(&mut tx, &scope, person("Bea", "+5511900000002", "")).await;
        let third = made(&mut tx, &scope, person("Cleo", "", "")).await;
        let first = merge(&mut tx, &scope, keep, other).await.unwrap();

        // Ana takes Bea's number over.
        contacts::update(&mut tx, &scope, keep, person("", "+5511900000002", ""))
            .await
            .unwrap();
        let error = undo(&mut tx, &scope, first.id).await.unwrap_err();
        assert_eq!(
            (error.code(), error.field_name()),
            (Code::Conflict, Some("phone"))
        );
        contacts::update(&mut tx, &scope, keep, person("", "+5511900000003", ""))
            .await
            .unwrap();

        // Ana is merged into Cleo.
        let second = merge(&mut tx, &scope, third, keep).await.unwrap();
        let error = undo(&mut tx, &scope, first.id).await.unwrap_err();
        assert_eq!(error.code(), Code::Conflict);
        assert!(error.message().contains("merged into Cleo"), "{error}");
        undo(&mut tx, &scope, second.id).await.unwrap();
        undo(&mut tx, &scope, first.id).await.unwrap();
        let bea = contacts::get(&mut tx, scope.workspace, other)
            .await
            .unwrap();
        assert_eq!(bea.phone.as_deref(), Some("+5511900000002"));
        assert_eq!(
            undo(&mut tx, &scope, scope.id()).await.unwrap_err().code(),
            Code::NotFound
        );
    })
    .await;
}

#[tokio::test]
async fn duplicates_are_found_by_what_people_share() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let mut all = Vec::new();
        for (name, phone, email) in [
            ("Ana", "+5491123456789", "casa@x.com"),
            ("Ana M", "+541123456789", ""),
            ("Bea", "", "casa@x.com"),
            ("Dora", "+551123456789", "dora@x.com"),
        ] {
            scope.clock.advance(Duration::from_secs(1));
            let fields = person(name, phone, email);
            all.push(contacts::create(&mut tx, &scope, fields).await);
        }
        let ids: Vec<ContactId> = all.into_iter().flatten().map(|c| c.id).collect();
        assert_eq!(ids.len(), 4, "these are numbers of their countries");
        scope.clock.advance(Duration::from_secs(1));
        let elsa = contact(&scope, &mut tx, "Elsa").await;
        contacts::link_external_ids(
            &mut tx,
            scope.workspace,
            "shop",
            &[("Dora@X.com".into(), elsa)],
            scope.now(),
        )
        .await
        .unwrap();
        for who in [ids[2], elsa] {
            let click = NewTouchpoint {
                click_id: Some("fb.1.2.3".into()),
                ..touch(at(START), "META_ADS")
            };
            touchpoints::add(&mut tx, &scope, who, click).await.unwrap();
        }
        let mut page = PageRequest {
            limit: Some(2),
            cursor: None,
        };
        let mut found = Vec::new();
        loop {
            let groups = duplicates(&mut tx, scope.workspace, &page).await.unwrap();
            assert!(groups.rows.len() <= 2);
            found.extend(groups.rows.into_iter().map(|group| {
                let names: Vec<String> = group.contacts.into_iter().map(|c| c.name).collect();
                format!("{} {}: {}", group.reason, group.value, names.join(", "))
            }));
            match groups.next {
                Some(next) => page.cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(
            found,
            [
                "click fb.1.2.3: Bea, Elsa",
                "phone +541123456789: Ana, Ana M",
                "email casa@x.com: Ana, Bea",
                "external_id dora@x.com: Dora, Elsa",
            ]
        );
        // Merged, they are no duplicates any more.
        merge(&mut tx, &scope, ids[0], ids[2]).await.unwrap();
        let left = duplicates(&mut tx, scope.workspace, &PageRequest::default())
            .await
            .unwrap();
        assert_eq!(left.rows.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn everything_that_refers_to_a_contact_moves_with_it() {
    in_both(|scope| async move {
        let mut tx = scope.read().await.unwrap();
        let mut tables: Vec<String> = match &mut tx {
            Tx::Sqlite(c) => sqlx::query_scalar(
                "SELECT DISTINCT m.name FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f \
                 WHERE m.type = 'table' AND f.\"table\" = 'contacts'",
            )
            .fetch_all(&mut **c)
            .await
            .unwrap(),
            Tx::Postgres(c) => sqlx::query_scalar(
                "SELECT DISTINCT c.relname::text FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid \
                 WHERE k.contype = 'f' AND k.confrelid = 'contacts'::regclass",
            )
            .fetch_all(&mut **c)
            .await
            .unwrap(),
        };
        tables.sort_unstable();
        let moved: Vec<String> = tables
            .iter()
            .filter(|table| {
                store::STATEMENTS.iter().any(|statement| {
                    statement
                        .sqlite
                        .starts_with(&format!("UPDATE {table} SET contact_id = $3"))
                })
            })
            .cloned()
            .collect();
        assert_eq!(tables, moved);
        assert!(tables.len() >= 7, "{tables:?}");
    })
    .await;
}

#[tokio::test]
async fn consents_move_and_come_back() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let keep = made(&mut tx, &scope, person("Ana", "", "")).await;
        let other = made(&mut tx, &scope, person("Bea", "", "")).await;
        let id: uuid::Uuid = scope.id();
        rumbo_db::on_tx!(&mut tx, |c| sqlx::query(
            "INSERT INTO contact_consents (workspace_id, id, contact_id, channel, consent, source, occurred_at, \
             created_at, updated_at) VALUES ($1, $2, $3, 'whatsapp', 'opted_out', 'hand', $4, $4, $4)"
        )
        .bind(scope.workspace)
        .bind(id)
        .bind(other)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
        .unwrap();
        let owner = async |tx: &mut Tx| -> (ContactId, DateTime<Utc>) {
            rumbo_db::on_tx!(tx, |c| sqlx::query_as(
                "SELECT contact_id, updated_at FROM contact_consents WHERE workspace_id = $1"
            )
            .bind(scope.workspace)
            .fetch_one(c)
            .await)
            .unwrap()
        };
        let before = owner(&mut tx).await;
        scope.clock.advance(Duration::from_mins(1));
        let done = merge(&mut tx, &scope, keep, other).await.unwrap();
        assert_eq!(owner(&mut tx).await.0, keep);
        undo(&mut tx, &scope, done.id).await.unwrap();
        assert_eq!(owner(&mut tx).await, before);
    })
    .await;
}

/// Both were sent the same, which happens to a contact once.
#[tokio::test]
async fn conversations_and_what_was_sent_move_and_come_back() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let keep = made(&mut tx, &scope, person("Ana", "", "")).await;
        let other = made(&mut tx, &scope, person("Bea", "", "")).await;
        let (channel, origin): (uuid::Uuid, uuid::Uuid) = (scope.id(), scope.id());
        macro_rules! put {
            ($sql:literal $(, $bind:expr)*) => {
                rumbo_db::on_tx!(&mut tx, |c| sqlx::query($sql)
                    .bind(scope.workspace)
                    .bind(scope.id::<uuid::Uuid>())
                    .bind(channel)
                    .bind(scope.now())
                    $(.bind($bind))*
                    .execute(c)
                    .await
                    .map(|_| ()))
                .unwrap();
            };
        }
        rumbo_db::on_tx!(&mut tx, |c| sqlx::query(
            "INSERT INTO channels (workspace_id, id, name, kind, provider, sender, sender_id, settings, credential, \
             active, state, state_since, created_at, updated_at) \
             VALUES ($1, $2, 'Reception', 'sms', 'twilio', '+1', '', '{}', '', TRUE, 'connected', $3, $3, $3)"
        )
        .bind(scope.workspace)
        .bind(channel)
        .bind(scope.now())
        .execute(c)
        .await
        .map(|_| ()))
        .unwrap();
        for (contact, address) in [(keep, "+2"), (other, "+3")] {
            put!(
                "INSERT INTO conversations (workspace_id, id, channel_id, address, contact_id, state, created_at, \
                 updated_at) VALUES ($1, $2, $3, $5, $6, 'open', $4, $4)",
                address,
                contact
            );
            put!(
                "INSERT INTO dispatches (workspace_id, id, origin, origin_id, step, contact_id, occurrence, channel_id, \
                 address, content, rendered, state, due_at, attempts, created_at, updated_at) \
                 VALUES ($1, $2, 'bulk_send', $7, '', $6, '', $3, $5, '{}', '', 'sent', $4, 1, $4, $4)",
                address,
                contact,
                origin
            );
        }
        let all = async |tx: &mut Tx| {
            let mut found: Vec<(ContactId, String, DateTime<Utc>)> = Vec::new();
            for sql in [
                "SELECT contact_id, address, updated_at FROM conversations WHERE workspace_id = $1 ORDER BY address",
                "SELECT contact_id, occurrence, updated_at FROM dispatches WHERE workspace_id = $1 ORDER BY address",
            ] {
                found.extend::<Vec<_>>(
                    rumbo_db::on_tx!(tx, |c| sqlx::query_as(sql)
                        .bind(scope.workspace)
                        .fetch_all(c)
                        .await)
                    .unwrap(),
                );
            }
            found
        };
        let before = all(&mut tx).await;
        scope.clock.advance(Duration::from_mins(1));
        let done = merge(&mut tx, &scope, keep, other).await.unwrap();
        let merged = all(&mut tx).await;
        assert!(merged.iter().all(|(contact, ..)| *contact == keep), "{merged:?}");
        undo(&mut tx, &scope, done.id).await.unwrap();
        assert_eq!(all(&mut tx).await, before);
    })
    .await;
}
