use super::*;

fn question(state: QuestionState, settled_at: Option<&str>) -> ReachQuestion {
    ReachQuestion {
        id: uuid::Uuid::nil().into(),
        account: uuid::Uuid::nil().into(),
        level: InsightsLevel::Campaign,
        days: crate::testing::range("2026-10-01", "2026-10-20"),
        state,
        asked_at: "2026-10-21T12:00:00Z".parse().unwrap(),
        asked_by: None,
        not_before: None,
        settled_at: settled_at.map(|at| at.parse().unwrap()),
        trouble: None,
        restated: false,
    }
}

#[test]
fn days_move_until_the_last_is_as_old_as_meta_restates() {
    let moving = |at: &str| {
        question(QuestionState::Answered, Some(at)).was_moving("America/Sao_Paulo".parse().unwrap())
    };
    assert!(moving("2026-10-20T12:00:00Z"), "asked on its last day");
    assert!(
        moving("2026-11-17T02:59:00Z"),
        "27 days old in the account's zone"
    );
    assert!(!moving("2026-11-17T03:00:00Z"), "28 days old");
    let refused = question(QuestionState::Refused, Some("2026-10-21T12:00:00Z"));
    assert!(!refused.was_moving(TimeZone::UTC));
}

#[test]
fn of_several_questions_the_last_counts_and_the_last_answer_stays() {
    use QuestionState::{Answered, Refused, Waiting};
    let asked = |states: &[QuestionState]| {
        let questions = states.iter().map(|state| question(*state, None)).collect();
        let found = by_account(questions).into_values().next().unwrap();
        (found.answered.is_some(), found.open.map(|open| open.state))
    };
    assert_eq!(asked(&[Waiting]), (false, Some(Waiting)));
    assert_eq!(asked(&[Answered, Waiting]), (true, Some(Waiting)));
    assert_eq!(asked(&[Answered, Refused, Answered]), (true, None));
    assert_eq!(asked(&[Refused, Waiting]), (false, Some(Waiting)));
}

#[test]
fn the_frequency_is_of_one_answer() {
    let answer = |impressions, reach: Option<i64>| ReachAnswer {
        external_id: "1".to_owned(),
        impressions,
        reach: reach.map(Reach),
        unique_clicks: None,
        unique_link_clicks: None,
        raw: String::from("{}").into(),
    };
    // A public row of Meta's: 489 impressions, 473 people, frequency 1.033827.
    assert_eq!(
        answer(Some(489), Some(473)).frequency().as_deref(),
        Some("1.0338")
    );
    assert_eq!(answer(Some(489), Some(0)).frequency(), None);
    assert_eq!(answer(None, Some(473)).frequency(), None);
}
