//! What people do to dispatches: look at them, withdraw them, and say what became of those that nobody
//! knows about.

use chrono::{DateTime, Utc};
use rumbo_base::{
    ChannelId, Code, ContactId, DispatchId, Error, Page, PageRequest, Reason, Result,
};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;
use rumbo_platform::audit::{self, Deed};
use serde_json::json;
use uuid::Uuid;

use super::record;
use super::state::{State, Step};
use super::store::{self, Dispatch, Event, Stand, Told};
use super::why::Why;

macro_rules! listed {
    ($rest:expr) => {
        concat!(
            "SELECT d.id, d.origin, d.origin_id, b.name AS origin_name, d.contact_id, c.name AS contact_name, ",
            "d.channel_id, h.name AS channel_name, d.address, t.name AS template_name, d.rendered, d.state, d.reason, ",
            "d.error_code, d.error_text, d.due_at, d.attempts, d.created_at, d.sent_at, d.delivered_at, d.read_at, ",
            "d.failed_at, d.updated_at FROM dispatches d ",
            "JOIN contacts c ON c.workspace_id = $1 AND c.id = d.contact_id ",
            "JOIN channels h ON h.workspace_id = $1 AND h.id = d.channel_id ",
            "LEFT JOIN templates t ON t.workspace_id = $1 AND t.id = d.template_id ",
            "LEFT JOIN bulk_sends b ON b.workspace_id = $1 AND b.id = d.origin_id ",
            "WHERE d.workspace_id = $1 ",
            $rest
        )
    };
}

statements! {
    /// Newest first.
    ALL = listed!("AND d.id < $2 AND ($3 = '' OR d.reason = $3) ORDER BY d.id DESC LIMIT $4");
    OF_STATE = listed!("AND d.state = $5 AND d.id < $2 AND ($3 = '' OR d.reason = $3) ORDER BY d.id DESC LIMIT $4");
    OF_ORIGIN = listed!("AND d.origin_id = $5 AND ($6 = '' OR d.state = $6) AND d.id < $2 \
        AND ($3 = '' OR d.reason = $3) ORDER BY d.id DESC LIMIT $4");
    ONE = listed!("AND d.id = $2");
    EVENTS = "SELECT state, reason, error_code, source, occurred_at FROM dispatch_events WHERE workspace_id = $1 \
        AND dispatch_id = $2 ORDER BY occurred_at, id LIMIT 500";
    STANDING = "SELECT state, COUNT(*) AS count FROM dispatches WHERE workspace_id = $1 GROUP BY state ORDER BY state";
}

/// A dispatch as it is listed.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Listed {
    pub id: DispatchId,
    pub origin: String,
    pub origin_id: Uuid,
    pub origin_name: Option<String>,
    pub contact_id: ContactId,
    pub contact_name: String,
    pub channel_id: ChannelId,
    pub channel_name: String,
    pub address: String,
    pub template_name: Option<String>,
    pub rendered: String,
    #[sqlx(try_from = "String")]
    pub state: State,
    pub reason: Option<String>,
    pub error_code: Option<String>,
    pub error_text: Option<String>,
    pub due_at: DateTime<Utc>,
    pub attempts: i64,
    pub created_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub read_at: Option<DateTime<Utc>>,
    pub failed_at: Option<DateTime<Utc>>,
    pub updated_at: DateTime<Utc>,
}

/// A line of a dispatch's history.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct HistoryLine {
    pub state: String,
    pub reason: Option<String>,
    pub error_code: Option<String>,
    /// `sender`, `answer`, `webhook`, `poll` or `person`.
    pub source: String,
    pub occurred_at: DateTime<Utc>,
}

/// Which dispatches.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub state: Option<State>,
    pub why: Option<Why>,
    /// Of one bulk send, rule, sequence …
    pub origin_id: Option<Uuid>,
}

/// One page of dispatches, newest first.
///
/// # Errors
/// `InvalidInput` for a cursor of another list.
pub async fn list(
    tx: &mut Tx,
    scope: &Scope,
    filter: &Filter,
    page: &PageRequest,
) -> Result<Page<Listed>> {
    let before = page.place(DispatchId(Uuid::max()), |cursor| cursor.parse().ok())?;
    let why = filter.why.map_or("", Why::word);
    let state = filter.state.map_or("", State::word);
    macro_rules! fetch {
        ($sql:expr $(, $bind:expr)*) => {
            on_tx!(tx, |c| sqlx::query_as::<_, Listed>($sql)
                .bind(scope.workspace)
                .bind(before)
                .bind(why)
                .bind(page.wanted())
                $(.bind($bind))*
                .fetch_all(c)
                .await)
            .db()?
        };
    }
    let rows = match (filter.origin_id, filter.state) {
        (Some(origin), _) => fetch!(OF_ORIGIN, origin, state),
        (None, Some(_)) => fetch!(OF_STATE, state),
        (None, None) => fetch!(ALL),
    };
    Ok(page.cut(rows, |last| last.id.to_string()))
}

/// One dispatch with its history.
///
/// # Errors
/// `NotFound`.
pub async fn show(
    tx: &mut Tx,
    scope: &Scope,
    id: DispatchId,
) -> Result<(Listed, Vec<HistoryLine>)> {
    let found: Option<Listed> = on_tx!(tx, |c| sqlx::query_as(ONE)
        .bind(scope.workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()?;
    let events = on_tx!(tx, |c| sqlx::query_as(EVENTS)
        .bind(scope.workspace)
        .bind(id)
        .fetch_all(c)
        .await)
    .db()?;
    Ok((found.ok_or_else(|| super::gone("dispatch"))?, events))
}

/// How many dispatches stand where.
///
/// # Errors
/// When the store cannot be read.
pub async fn standing(tx: &mut Tx, scope: &Scope) -> Result<Vec<(State, i64)>> {
    let rows: Vec<(String, i64)> = on_tx!(tx, |c| sqlx::query_as(STANDING)
        .bind(scope.workspace)
        .fetch_all(c)
        .await)
    .db()?;
    rows.into_iter()
        .map(|(state, count)| Ok((state.parse()?, count)))
        .collect()
}

async fn one(tx: &mut Tx, scope: &Scope, id: DispatchId) -> Result<Dispatch> {
    store::locked(tx, scope.workspace, &[id])
        .await?
        .pop()
        .ok_or_else(|| super::gone("dispatch"))
}

fn impossible(dispatch: &Dispatch) -> Error {
    Error::new(
        Code::Conflict,
        format!(
            "This message is {}: that cannot be done to it any more.",
            dispatch.state
        ),
    )
    .reason(Reason::DispatchState)
    .param("state", dispatch.state)
    .field("id")
}

/// Withdraws a dispatch that no sender has in hand yet.
///
/// # Errors
/// `NotFound`; `Conflict` where it is too late.
pub async fn cancel(tx: &mut Tx, scope: &Scope, id: DispatchId) -> Result<()> {
    let dispatch = one(tx, scope, id).await?;
    if dispatch.state.after(Step::Cancel).is_none() {
        return Err(impossible(&dispatch));
    }
    let stand = Stand {
        state: State::Cancelled,
        why: Some(Why::Withdrawn),
        error_code: None,
        error_text: None,
        due_at: dispatch.due_at,
    };
    store::stand(tx, scope, id, &stand).await?;
    let event = Event {
        dispatch: id,
        state: State::Cancelled.word(),
        why: Some(Why::Withdrawn),
        error_code: None,
        source: "person",
        at: scope.now(),
    };
    store::note(tx, scope, &event).await?;
    if dispatch.attempts > 0 {
        // It is in its conversation already, from an attempt that was not sent.
        let none = crate::conversations::outgoing::Fate::default();
        crate::conversations::outgoing::tell(tx, scope, &dispatch, State::Cancelled, &none).await?;
    }
    deed(tx, scope, "cancel_dispatch", &dispatch, State::Cancelled).await
}

/// Writes down what a person did to a dispatch, for the audit.
async fn deed(
    tx: &mut Tx,
    scope: &Scope,
    action: &str,
    dispatch: &Dispatch,
    state: State,
) -> Result<()> {
    let deed = Deed {
        action,
        object_kind: "dispatch",
        object_id: dispatch.id.to_string(),
        before: json!({ "state": dispatch.state.word() }),
        after: json!({ "state": state.word() }),
    };
    audit::record(tx, scope, &deed).await
}

/// Says what became of a dispatch of which nobody knows whether it was sent. Said not to be sent it is
/// failed, and not sent again: whoever wants that plans it again.
///
/// # Errors
/// `NotFound`; `Conflict` where it is known what became of it.
pub async fn settle(tx: &mut Tx, scope: &Scope, id: DispatchId, was_sent: bool) -> Result<State> {
    let dispatch = one(tx, scope, id).await?;
    if dispatch.state != State::Unknown {
        return Err(impossible(&dispatch));
    }
    let now = scope.now();
    let (step, why) = if was_sent {
        (Step::Accept, Why::PersonSaysSent)
    } else {
        (Step::Refuse, Why::PersonSaysNotSent)
    };
    let told = Told {
        why: Some(why),
        sent_at: was_sent.then_some(now),
        failed_at: (!was_sent).then_some(now),
        ..Told::default()
    };
    let moved = record::told(tx, scope, &dispatch, step, &told, "person").await?;
    let state = moved.ok_or_else(|| impossible(&dispatch))?;
    deed(tx, scope, "settle_dispatch", &dispatch, state).await?;
    Ok(state)
}
