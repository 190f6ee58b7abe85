use super::*;
use chrono::{DateTime, Utc};
use rumbo_app::wire::WireError;

fn progress(state: SyncState, slices_done: u32, error: Option<Code>) -> SyncProgress {
    let at: DateTime<Utc> = "2026-03-31T10:00:00Z".parse().unwrap();
    SyncProgress {
        run: 1,
        state,
        first: true,
        since: "2026-01-01".parse().unwrap(),
        until: "2026-03-31".parse().unwrap(),
        started_at: at,
        finished_at: Some(at),
        slices_done,
        slices_total: 10,
        rows_added: 1,
        rows_changed: 0,
        rows_unchanged: 0,
        rows_per_minute: 0,
        seconds_left_low: None,
        seconds_left_high: None,
        calls: 1,
        waits: 0,
        errors: 0,
        scopes: Vec::new(),
        pace: Vec::new(),
        error: error.map(|code| WireError::from(Error::new(code, "It did not work."))),
    }
}

#[test]
fn the_exit_code_says_how_far_a_run_came() {
    let cases = [
        (SyncState::Done, 10, None, Exit::Done),
        (SyncState::Partly, 9, None, Exit::Partly),
        (SyncState::Partly, 9, Some(Code::Throttled), Exit::Partly),
        (
            SyncState::Partly,
            4,
            Some(Code::NeedsSignIn),
            Exit::NeedsSignIn,
        ),
        (
            SyncState::Failed,
            0,
            Some(Code::NeedsSignIn),
            Exit::NeedsSignIn,
        ),
        (SyncState::Failed, 0, Some(Code::Offline), Exit::Failed),
        (SyncState::Cancelled, 3, None, Exit::Partly),
        (SyncState::Cancelled, 0, None, Exit::Partly),
        (SyncState::Interrupted, 0, None, Exit::Failed),
    ];
    for (state, done, error, exit) in cases {
        assert_eq!(
            exit_of(&progress(state, done, error)),
            exit,
            "{state:?} {done} {error:?}"
        );
    }
}

#[test]
fn a_run_is_a_table_of_its_parts() {
    let output = Output::new(false, "es-AR");
    insta::assert_snapshot!(text(&output, &progress(SyncState::Partly, 9, None)), @r"
Período: 2026-01-01 – 2026-03-31

Estado  Agregadas  Cambiadas  Sin cambios  Llamadas  Errores
──────────────────────────────────────────────────────────────
partly          1          0            0         1        0
");
}
