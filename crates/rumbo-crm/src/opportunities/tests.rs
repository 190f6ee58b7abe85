use std::time::Duration;

use rumbo_base::Code;

use super::*;
use crate::testing::{contact, dump, in_both};

fn new(contact: ContactId, name: &str, reais: i64) -> NewOpportunity {
    NewOpportunity {
        contact_id: contact,
        name: name.into(),
        value: Some(Micros(reais * 1_000_000)),
        currency: "BRL".parse().unwrap(),
        stage_id: None,
        owner_id: None,
        deadline_at: None,
        expected_close: None,
        opened_at: None,
        external_id: None,
    }
}

#[tokio::test]
async fn a_stage_decides_the_state_and_every_move_is_kept() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        stages::seed_stages(&mut tx, &scope, "es-AR").await.unwrap();
        stages::seed_stages(&mut tx, &scope, "en").await.unwrap();
        let stages = stages::list(&mut tx, scope.workspace).await.unwrap();
        let names: Vec<_> = stages.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "Nuevo",
                "Contactado",
                "Propuesta",
                "Negociación",
                "Ganado",
                "Perdido"
            ]
        );
        let ana = contact(&scope, &mut tx, "Ana").await;
        let one = create(&mut tx, &scope, new(ana, " Plan ", 10))
            .await
            .unwrap();
        assert_eq!(
            (one.stage_id, one.state, one.closed_at),
            (stages[0].id, OpportunityState::Open, None)
        );

        scope.clock.advance(Duration::from_mins(1));
        let lost = move_to(&mut tx, &scope, one.id, stages[5].id, Some("price"))
            .await
            .unwrap();
        assert_eq!(
            (lost.state, lost.closed_at),
            (OpportunityState::Lost, Some(scope.now()))
        );
        assert_eq!(lost.lost_reason.as_deref(), Some("price"));
        scope.clock.advance(Duration::from_mins(1));
        let won = move_to(&mut tx, &scope, one.id, stages[4].id, Some("ignored"))
            .await
            .unwrap();
        assert_eq!(
            (won.state, won.lost_reason, won.closed_at),
            (OpportunityState::Won, None, Some(scope.now()))
        );
        let open = move_to(&mut tx, &scope, one.id, stages[1].id, None)
            .await
            .unwrap();
        assert_eq!((open.state, open.closed_at), (OpportunityState::Open, None));
        let timeline = crate::timeline::timeline(&mut tx, scope.workspace, ana)
            .await
            .unwrap();
        let moves: Vec<_> = timeline
            .iter()
            .rev()
            .filter(|e| e.kind == crate::timeline::EntryKind::Stage)
            .filter_map(|e| e.detail.as_deref())
            .collect();
        assert_eq!(moves.len(), 4);
        assert_eq!(moves[..2], ["Nuevo", "Perdido"]);
        tx.commit().await.unwrap();

        let before = dump(&scope).await;
        scope.clock.advance(Duration::from_mins(1));
        let mut tx = scope.write().await.unwrap();
        move_to(&mut tx, &scope, one.id, stages[1].id, None)
            .await
            .unwrap();
        update(
            &mut tx,
            &scope,
            one.id,
            OpportunityChange {
                name: Some("Plan".into()),
                ..OpportunityChange::default()
            },
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        assert!(dump(&scope).await == before);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        let ana = contact(&scope, &mut tx, "Ana").await;
        let error = create(&mut tx, &scope, new(ana, "x", 1)).await.unwrap_err();
        assert_eq!(error.code(), Code::NotFound);
        stages::seed_stages(&mut tx, &scope, "en").await.unwrap();
        for (value, currency) in [(-1, "BRL"), (1_500, "BRL"), (500_000, "JPY")] {
            let bad = NewOpportunity {
                value: Some(Micros(value)),
                currency: currency.parse().unwrap(),
                ..new(ana, "x", 1)
            };
            let error = create(&mut tx, &scope, bad).await.unwrap_err();
            assert_eq!(
                (error.code(), error.field_name()),
                (Code::InvalidInput, Some("value"))
            );
        }
        let one = create(&mut tx, &scope, new(ana, "", 1)).await.unwrap();
        assert_eq!(one.name, "Ana");
        let error = move_to(&mut tx, &scope, one.id, scope.id(), None)
            .await
            .unwrap_err();
        assert_eq!(error.code(), Code::NotFound);
    })
    .await;
}

#[tokio::test]
async fn the_board_counts_all_and_shows_the_newest() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        stages::seed_stages(&mut tx, &scope, "en").await.unwrap();
        let people = [
            contact(&scope, &mut tx, "Ana Peña").await,
            contact(&scope, &mut tx, "Bob").await,
        ];
        for n in 0..7 {
            scope.clock.advance(Duration::from_secs(1));
            let who = people[usize::from(n % 2 == 1)];
            let mut one = new(who, &format!("Deal {n}"), 10);
            if n == 6 {
                one.currency = Currency::USD;
            }
            create(&mut tx, &scope, one).await.unwrap();
        }
        let columns = board(&mut tx, scope.workspace, "", 3).await.unwrap();
        assert_eq!(columns.len(), 6);
        assert_eq!((columns[0].count, columns[1].count), (7, 0));
        let sums: Vec<_> = columns[0]
            .totals
            .iter()
            .map(|t| (t.currency.code(), t.amount.0))
            .collect();
        assert_eq!(sums, [("BRL", 60_000_000), ("USD", 10_000_000)]);
        let names: Vec<_> = columns[0].cards.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["Deal 6", "Deal 5", "Deal 4"]);
        for (search, count) in [("pena", 4), ("deal 3", 1), ("BOB deal", 3), ("zzz", 0)] {
            assert_eq!(
                board(&mut tx, scope.workspace, search, 3).await.unwrap()[0].count,
                count,
                "{search}"
            );
        }
    })
    .await;
}
