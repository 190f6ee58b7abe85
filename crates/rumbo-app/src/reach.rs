//! How many people were reached: asked of Meta for exactly the days that are shown.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rumbo_ads::objects::AdAccountRow;
use rumbo_ads::reach::people::{self, AccountPeople, People, PeopleRequest, Under, Whole, Within};
use rumbo_ads::reach::{self, AskedOfAccount, InsightsLevel, QuestionState, ReachAnswer};
use rumbo_ads::sync::QuestionCounts;
use rumbo_base::{CacheTag, Code, Currency, DateRange, Error, Reason, Result};
use rumbo_insight::{Filter, Parent};

use crate::dashboard::{come, count, within};
use crate::wire::{
    AskReach, ExplainReach, GetReach, GetRoi, PeopleFigures, ReachAccount, ReachPassport,
    ReachReport, ReachRow, ReachState, ReachVersion, ReachWhole, ReachWholeState, RoiBy,
    RoiFigures, RoiReport, WireError,
};
use crate::{Context, connection};

/// Meta's level of what rows are of.
///
/// # Errors
/// `InvalidInput` for creatives: Meta knows no people of them.
fn level(by: RoiBy) -> Result<InsightsLevel> {
    match by {
        RoiBy::Account => Ok(InsightsLevel::Account),
        RoiBy::Campaign => Ok(InsightsLevel::Campaign),
        RoiBy::AdSet => Ok(InsightsLevel::AdSet),
        RoiBy::Ad => Ok(InsightsLevel::Ad),
        RoiBy::Channel => Err(Error::new(
            Code::InvalidInput,
            "This is not told by channel. Ask by account, campaign, ad set or ad.",
        )
        .reason(Reason::ByChannelUnfit)
        .field("by")),
        RoiBy::Creative => Err(Error::new(
            Code::InvalidInput,
            "Meta counts people by account, campaign, ad set and ad, and not by creative. Ask by ad.",
        )
        .reason(Reason::ReachOfCreatives)
        .field("by")),
    }
}

fn by(level: InsightsLevel) -> RoiBy {
    match level {
        InsightsLevel::Account => RoiBy::Account,
        InsightsLevel::Campaign => RoiBy::Campaign,
        InsightsLevel::AdSet => RoiBy::AdSet,
        InsightsLevel::Ad => RoiBy::Ad,
    }
}

fn part(filter: &Filter, currency: Option<Currency>) -> Within {
    Within {
        currency,
        accounts: filter.accounts.clone(),
        under: filter.parent.map(|parent| match parent {
            Parent::Campaign(id) => Under::Campaign(id),
            Parent::AdSet(id) => Under::AdSet(id),
        }),
    }
}

async fn request(
    cx: &Context,
    req: &AskReach,
    as_of: Option<DateTime<Utc>>,
) -> Result<PeopleRequest> {
    let (campaign, ad_set) = (req.campaign.as_deref(), req.ad_set.as_deref());
    let currency = req
        .currency
        .as_deref()
        .map(|code| code.parse().map_err(|error: Error| error.field("currency")))
        .transpose()?;
    Ok(PeopleRequest {
        level: level(req.by)?,
        days: DateRange::new(req.from, req.to)?,
        within: part(
            &within(cx, &req.accounts, campaign, ad_set).await?,
            currency,
        ),
        as_of: come(cx, as_of).await?,
    })
}

/// What Meta answered about the people of exactly these days, and what is still to be answered.
///
/// # Errors
/// `InvalidInput` for a period that ends before it begins, and for creatives; `NotFound` for an id
/// that nothing here has.
pub async fn get_reach(cx: &Context, req: GetReach) -> Result<ReachReport> {
    let request = request(cx, &req.of, req.as_of).await?;
    let people = people::people(cx.scope()?, &request).await?;
    report(&people, &req, request.level)
}

/// Has Meta asked, and gives what is known until then. The answer comes by itself: at once where
/// Meta can be reached, else as soon as it can.
///
/// # Errors
/// As [`get_reach`]; `NeedsSignIn`; `NotFound` when no ad account is synced; `InvalidInput` for
/// days that have not begun, or that Meta no longer keeps.
pub async fn ask_reach(cx: &Context, req: AskReach) -> Result<ReachReport> {
    connection::required(cx).await?;
    let request = request(cx, &req, None).await?;
    let scope = cx.scope()?;
    let known = people::people(scope, &request).await?;
    if known.accounts.is_empty() {
        return Err(Error::new(
            Code::NotFound,
            "No ad account is selected. Choose the accounts to sync, then ask again.",
        )
        .reason(Reason::NoAccountSelected));
    }
    let mut tx = scope.write().await?;
    for account in known.accounts.iter().filter(|account| !account.is_final()) {
        for level in people::levels_of(request.level, &request.within) {
            reach::ask(&mut tx, scope, &account.account, level, request.days).await?;
        }
    }
    tx.commit().await?;
    cx.changed(&[CacheTag::Reach]);
    let background = cx.clone();
    tokio::spawn(async move {
        if let Err(error) = ask_meta(&background).await {
            tracing::warn!(error = error.chain(), "questions to Meta");
        }
    });
    get_reach(
        cx,
        GetReach {
            of: req,
            as_of: None,
        },
    )
    .await
}

/// Where a figure about people comes from: Meta's answers, as they came.
///
/// # Errors
/// As [`get_reach`].
pub async fn explain_reach(cx: &Context, req: ExplainReach) -> Result<ReachPassport> {
    let scope = cx.scope()?;
    let days = DateRange::new(req.from, req.to)?;
    let mut tx = scope.read().await?;
    let level = level(req.by)?;
    let versions =
        reach::versions(&mut tx, scope, level, days, req.as_of, &req.external_id).await?;
    Ok(ReachPassport {
        answers: versions
            .into_iter()
            .map(|(answered_at, answer)| ReachVersion {
                answered_at,
                people: figures(&answer),
                raw: answer.raw.as_str().to_owned(),
            })
            .collect(),
    })
}

/// Asks Meta whatever waits in the workspace, and waits for the answers. While a sync runs there it
/// is the sync that asks.
///
/// # Errors
/// `NeedsSignIn`, `Offline` and the like: what is not answered waits on.
pub async fn ask_meta(cx: &Context) -> Result<QuestionCounts> {
    let _turn = cx.app.0.questions.lock().await;
    let scope = cx.scope()?;
    let mut tx = scope.read().await?;
    let due = reach::has_due(&mut tx, scope).await?;
    drop(tx);
    if !due || cx.app.0.syncs.is_running(scope.workspace) {
        return Ok(QuestionCounts::default());
    }
    let graph = connection::background_client(cx).await?;
    let outcome = rumbo_ads::sync::answer_questions(scope, &graph).await;
    cx.app.heard(&outcome);
    cx.changed(&[CacheTag::Reach]);
    match outcome {
        Err(error) if error.code() == Code::NeedsSignIn => {
            let outcome = Err(error);
            connection::after_sync(cx, &outcome).await?;
            outcome.map(|()| QuestionCounts::default())
        }
        outcome => outcome,
    }
}

/// Asks in the background what is due, unless somebody is at it or Meta cannot be reached.
pub(crate) async fn ask_if_due(cx: &Context) -> Result<()> {
    let scope = cx.scope()?;
    if cx.app.0.questions.try_lock().is_err() {
        return Ok(());
    }
    let mut tx = scope.read().await?;
    let due = reach::has_due(&mut tx, scope).await?;
    drop(tx);
    // With an ended sign-in Meta would be asked in vain, again and again.
    if due && crate::sync::may_ask_meta(cx).await? {
        let cx = cx.clone();
        tokio::spawn(async move {
            if let Err(error) = ask_meta(&cx).await {
                tracing::warn!(error = error.chain(), "questions to Meta");
            }
        });
    }
    Ok(())
}

/// Tells the rows of a report, and each of its totals, the people that Meta answered for them.
pub(crate) async fn tell_people(cx: &Context, req: &GetRoi, report: &mut RoiReport) -> Result<()> {
    let asked = AskReach {
        by: req.by,
        from: req.from,
        to: req.to,
        accounts: req.accounts.clone(),
        campaign: req.campaign.clone(),
        ad_set: req.ad_set.clone(),
        currency: None,
    };
    let request = request(cx, &asked, req.as_of).await?;
    let people = people::people(cx.scope()?, &request).await?;
    let rows: BTreeMap<&str, &ReachAnswer> = people
        .accounts
        .iter()
        .flat_map(|account| &account.rows)
        .map(|(answer, _)| (answer.external_id.as_str(), answer))
        .collect();
    let converted = req.convert_to.is_some();
    let groups = report
        .other_currencies
        .iter_mut()
        .map(|group| (&group.currency, &mut group.rows, &mut group.total));
    let main = (&report.currency, &mut report.rows, &mut report.total);
    for (currency, of_group, total) in std::iter::once(main).chain(groups) {
        for row in of_group {
            let answer = row.external_id.as_deref().and_then(|id| rows.get(id));
            if let Some(answer) = answer {
                tell(&mut row.figures, answer);
            }
        }
        let only = (!converted)
            .then(|| currency.parse::<Currency>())
            .transpose()?;
        if let Whole::Answered(_, answer) = people.whole(only)? {
            tell(total, answer);
        }
    }
    Ok(())
}

fn tell(of: &mut RoiFigures, answer: &ReachAnswer) {
    let people = figures(answer);
    of.reach = people.reach;
    of.frequency = people.frequency;
    of.unique_clicks = people.unique_clicks;
    of.unique_link_clicks = people.unique_link_clicks;
}

fn figures(answer: &ReachAnswer) -> PeopleFigures {
    PeopleFigures {
        impressions: answer.impressions.map(count),
        reach: answer.reach.map(|reach| count(reach.0)),
        frequency: answer.frequency(),
        unique_clicks: answer.unique_clicks.map(|clicks| count(clicks.0)),
        unique_link_clicks: answer.unique_link_clicks.map(|clicks| count(clicks.0)),
    }
}

fn report(people: &People, req: &GetReach, level: InsightsLevel) -> Result<ReachReport> {
    let mut rows: Vec<ReachRow> = people
        .accounts
        .iter()
        .flat_map(|account| {
            account.rows.iter().filter_map(|(answer, name)| {
                row(account, &account.asked, level, answer, name.clone())
            })
        })
        .collect();
    rows.sort_by(|a, b| {
        (&a.account_name, &a.name, &a.external_id).cmp(&(&b.account_name, &b.name, &b.external_id))
    });
    let whole = people.whole(None)?;
    let (state, accounts) = match whole {
        Whole::Answered(..) => (ReachWholeState::Answered, 1),
        Whole::Unknown => (ReachWholeState::Unknown, 0),
        Whole::SeveralAccounts(several) => (ReachWholeState::SeveralAccounts, several),
        Whole::Nobody => (ReachWholeState::Nobody, 0),
    };
    let row = match whole {
        Whole::Answered(account, answer) => row(
            account,
            &account.asked_whole,
            people.whole_level,
            answer,
            (people.whole_level == InsightsLevel::Account).then(|| account.account.name.clone()),
        ),
        _ => None,
    };
    Ok(ReachReport {
        by: req.of.by,
        from: req.of.from,
        to: req.of.to,
        as_of: req.as_of,
        rows,
        whole: ReachWhole {
            state,
            accounts: u32::try_from(accounts).unwrap_or(u32::MAX),
            row,
        },
        accounts: people.accounts.iter().map(account).collect(),
    })
}

fn row(
    account: &AccountPeople,
    asked: &AskedOfAccount,
    level: InsightsLevel,
    answer: &ReachAnswer,
    name: Option<String>,
) -> Option<ReachRow> {
    Some(ReachRow {
        by: by(level),
        external_id: answer.external_id.clone(),
        name,
        account_id: account.account.id.to_string(),
        account_name: account.account.name.clone(),
        people: figures(answer),
        answered_at: asked.answered.as_ref()?.settled_at?,
    })
}

/// The two questions of an account as one: as far as the less of them is.
fn account(of: &AccountPeople) -> ReachAccount {
    let AdAccountRow {
        id,
        external_id,
        name,
        ..
    } = &of.account;
    let zone = of.account.timezone();
    let both = [&of.asked, &of.asked_whole];
    let open = |state: QuestionState| {
        both.into_iter()
            .filter_map(|asked| asked.open.as_ref())
            .find(|question| question.state == state)
    };
    let (waiting, refused) = (open(QuestionState::Waiting), open(QuestionState::Refused));
    let state = match (waiting, refused) {
        (Some(_), _) => ReachState::Waiting,
        (None, Some(_)) => ReachState::Refused,
        (None, None) if of.is_answered() => ReachState::Answered,
        (None, None) => ReachState::NotAsked,
    };
    let question = waiting.or(refused);
    // With one of the two alone there is no table yet.
    let answers = || {
        both.into_iter()
            .filter(|_| of.is_answered())
            .filter_map(|asked| asked.answered.as_ref())
    };
    ReachAccount {
        id: id.to_string(),
        external_id: external_id.clone(),
        name: name.clone(),
        state,
        asked_at: question.map(|question| question.asked_at),
        answered_at: answers().filter_map(|answer| answer.settled_at).min(),
        moving: answers().any(|answer| answer.was_moving(zone)),
        restated: answers().any(|answer| answer.restated),
        not_before: question.and_then(|question| question.not_before),
        error: question
            .and_then(|question| question.trouble.as_ref())
            .map(|trouble| {
                let code = connection::code_of(Some(&trouble.code)).unwrap_or(Code::Internal);
                let told = trouble.told.clone();
                let error = told.params.into_iter().fold(
                    Error::new(code, &trouble.message).reason(told.reason),
                    |error, (name, value)| error.param(name, value),
                );
                WireError::from(&error)
            }),
    }
}
