use std::time::Duration;

use rumbo_base::Micros;

use super::*;
use crate::opportunities::{self, NewOpportunity};
use crate::testing::{contact, in_both};
use crate::timeline::{EntryKind, timeline};

fn named(name: &str) -> StageFields {
    StageFields {
        name: Some(name.into()),
        ..StageFields::default()
    }
}

async fn names(tx: &mut Tx, scope: &Scope) -> Vec<String> {
    let stages = list(tx, scope.workspace).await.unwrap();
    let positions: Vec<i64> = stages.iter().map(|stage| stage.position).collect();
    assert_eq!(
        positions,
        (1..).take(stages.len()).collect::<Vec<i64>>(),
        "no place is empty or twice"
    );
    stages.into_iter().map(|stage| stage.name).collect()
}

async fn opportunity(tx: &mut Tx, scope: &Scope, stage: StageId) -> OpportunityId {
    let ana = contact(scope, tx, "Ana").await;
    let new = NewOpportunity {
        contact_id: ana,
        name: "Plan".into(),
        value: Some(Micros(1_000_000)),
        currency: "BRL".parse().unwrap(),
        stage_id: Some(stage),
        owner_id: None,
        deadline_at: None,
        expected_close: None,
        opened_at: None,
        external_id: None,
    };
    opportunities::create(tx, scope, new).await.unwrap().id
}

#[tokio::test]
async fn stages_are_made_renamed_and_put_in_order() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        seed_stages(&mut tx, &scope, "en").await.unwrap();
        let visit = save(
            &mut tx,
            &scope,
            None,
            StageFields {
                probability: Some(70),
                ..named("  Visit ")
            },
        )
        .await
        .unwrap();
        assert_eq!(
            (visit.name.as_str(), visit.probability, visit.outcome),
            ("Visit", 70, None)
        );
        let paid = StageFields {
            outcome: Change::To(Outcome::Won),
            probability: Some(3),
            ..named("Paid")
        };
        let paid = save(&mut tx, &scope, None, paid).await.unwrap();
        assert_eq!(paid.probability, 100, "what means won is certain");
        save(&mut tx, &scope, Some(visit.id), named("Fitting"))
            .await
            .unwrap();
        assert_eq!(
            names(&mut tx, &scope).await,
            [
                "New",
                "Contacted",
                "Proposal",
                "Negotiation",
                "Fitting",
                "Won",
                "Lost",
                "Paid"
            ]
        );
        let mut ids: Vec<StageId> = list(&mut tx, scope.workspace)
            .await
            .unwrap()
            .iter()
            .map(|stage| stage.id)
            .collect();
        ids.reverse();
        order(&mut tx, &scope, &ids).await.unwrap();
        assert_eq!(names(&mut tx, &scope).await[0], "Paid");
        for bad in [&ids[1..], &[ids.as_slice(), &ids[..1]].concat()] {
            let error = order(&mut tx, &scope, bad).await.unwrap_err();
            assert_eq!(error.field_name(), Some("ids"));
        }
        // A new opportunity begins in an open stage, wherever the closed ones stand.
        let first = find_or_first(&mut tx, scope.workspace, None).await.unwrap();
        assert_eq!(first.name, "Fitting");
        for (id, fields, field) in [
            (None, named(" "), "name"),
            (None, named("paid"), "name"),
            (Some(visit.id), named("WON"), "name"),
            (None, named(&"x".repeat(61)), "name"),
            (
                Some(visit.id),
                StageFields {
                    probability: Some(101),
                    ..StageFields::default()
                },
                "probability",
            ),
        ] {
            let error = save(&mut tx, &scope, id, fields).await.unwrap_err();
            assert_eq!(error.field_name(), Some(field));
        }
    })
    .await;
}

#[tokio::test]
async fn a_removed_stage_gives_its_opportunities_away_and_stays_in_their_history() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        seed_stages(&mut tx, &scope, "en").await.unwrap();
        let stages = list(&mut tx, scope.workspace).await.unwrap();
        let (proposal, won) = (stages[2].id, stages[4].id);
        let plan = opportunity(&mut tx, &scope, proposal).await;
        scope.clock.advance(Duration::from_mins(1));
        let error = remove(&mut tx, &scope, proposal, None).await.unwrap_err();
        assert_eq!(
            (error.code(), error.field_name()),
            (Code::InvalidInput, Some("move_to"))
        );
        assert_eq!(
            remove(&mut tx, &scope, proposal, Some(won)).await.unwrap(),
            1
        );
        let moved = opportunities::get(&mut tx, scope.workspace, plan)
            .await
            .unwrap();
        assert_eq!(
            (moved.stage_id, moved.state, moved.closed_at),
            (won, OpportunityState::Won, Some(scope.now()))
        );
        let steps: Vec<_> = timeline(&mut tx, scope.workspace, moved.contact_id)
            .await
            .unwrap()
            .into_iter()
            .filter(|entry| entry.kind == EntryKind::Stage)
            .filter_map(|entry| entry.detail)
            .collect();
        assert_eq!(steps, ["Won", "Proposal"]);
        assert_eq!(names(&mut tx, &scope).await.len(), 5);
        let error = remove(&mut tx, &scope, proposal, Some(won))
            .await
            .unwrap_err();
        assert_eq!(error.code(), Code::NotFound);

        // Its name is free again, twice.
        for _ in 0..2 {
            let again = save(&mut tx, &scope, None, named("Proposal"))
                .await
                .unwrap();
            remove(&mut tx, &scope, again.id, None).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn one_open_one_won_and_one_lost_stage_remain() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        seed_stages(&mut tx, &scope, "en").await.unwrap();
        let stages = list(&mut tx, scope.workspace).await.unwrap();
        for last in [stages[4].id, stages[5].id] {
            let error = remove(&mut tx, &scope, last, None).await.unwrap_err();
            assert_eq!(error.code(), Code::Conflict);
            let open = StageFields {
                outcome: Change::Clear,
                ..StageFields::default()
            };
            let error = save(&mut tx, &scope, Some(last), open).await.unwrap_err();
            assert_eq!(error.code(), Code::Conflict);
        }
        for stage in &stages[..3] {
            remove(&mut tx, &scope, stage.id, None).await.unwrap();
        }
        let error = remove(&mut tx, &scope, stages[3].id, None)
            .await
            .unwrap_err();
        assert_eq!(error.code(), Code::Conflict);
    })
    .await;
}

#[tokio::test]
async fn opportunities_are_in_the_state_that_their_stage_means() {
    in_both(|scope| async move {
        let mut tx = scope.write().await.unwrap();
        seed_stages(&mut tx, &scope, "en").await.unwrap();
        let stage = save(&mut tx, &scope, None, named("Signed")).await.unwrap();
        let plan = opportunity(&mut tx, &scope, stage.id).await;
        scope.clock.advance(Duration::from_mins(1));
        let won = StageFields {
            outcome: Change::To(Outcome::Won),
            ..StageFields::default()
        };
        save(&mut tx, &scope, Some(stage.id), won).await.unwrap();
        let get = async |tx: &mut Tx| {
            let one = opportunities::get(tx, scope.workspace, plan).await.unwrap();
            (one.state, one.closed_at)
        };
        assert_eq!(
            get(&mut tx).await,
            (OpportunityState::Won, Some(scope.now()))
        );
        let open = StageFields {
            outcome: Change::Clear,
            ..StageFields::default()
        };
        save(&mut tx, &scope, Some(stage.id), open).await.unwrap();
        assert_eq!(get(&mut tx).await, (OpportunityState::Open, None));
    })
    .await;
}
