//! How many people were reached in exactly some days: what only Meta can answer.
//!
//! The people of Monday and those of Tuesday overlap, and so do those of two campaigns: no stored
//! figure gives the reach of a period. So it is asked of Meta, for an ad account, or for each of
//! its campaigns, ad sets or ads. A question waits in the store until it is answered or refused;
//! [`crate::sync::answer_questions`] works them off. What is answered is kept with its time and as
//! it came. Asked again it is another question, and the answer before stays: what was known at a
//! moment can always be told.

pub mod people;
mod store;

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use rumbo_base::{
    AdAccountId, Code, DateRange, Error, Reach, ReachQuestionId, Reason, Result, TimeZone, Told,
    UniqueClicks, UserId,
};
pub use rumbo_meta::objects::InsightsLevel;

use crate::JsonText;
use crate::objects::AdAccountRow;
use crate::sync::{RESTATEMENT_DAYS, plan};

pub(crate) use store::{answer, put_off, refuse};
pub use store::{answers_of, ask, asked, due, has_due, versions};

/// Every SQL text of the modules below.
pub(crate) fn statements() -> Vec<&'static [rumbo_db::Statement]> {
    vec![people::STATEMENTS, store::STATEMENTS]
}

/// Where a question stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionState {
    /// Meta has not answered yet.
    Waiting,
    Answered,
    /// Meta does not answer it.
    Refused,
}

impl QuestionState {
    /// The word in the store and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Answered => "answered",
            Self::Refused => "refused",
        }
    }

    fn of_word(word: &str) -> Result<Self> {
        [Self::Waiting, Self::Answered, Self::Refused]
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or_else(|| Error::internal(format!("the state \"{word}\" of a question")))
    }
}

/// What went wrong when Meta was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub code: String,
    pub message: String,
    pub told: Told,
}

/// A question to Meta about the people of some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachQuestion {
    pub id: ReachQuestionId,
    pub account: AdAccountId,
    /// Of what each row of the answer is.
    pub level: InsightsLevel,
    /// Days of the account's zone.
    pub days: DateRange,
    pub state: QuestionState,
    pub asked_at: DateTime<Utc>,
    /// `None` when Rumbo asked by itself.
    pub asked_by: Option<UserId>,
    /// Meta is not asked again before.
    pub not_before: Option<DateTime<Utc>>,
    /// When it was answered or refused.
    pub settled_at: Option<DateTime<Utc>>,
    /// Why it still waits, or why it was refused.
    pub trouble: Option<Trouble>,
    /// A sync after the answer found other figures for some of the days.
    pub restated: bool,
}

impl ReachQuestion {
    /// Whether Meta may still move the days that it answered for: some were younger than its 28
    /// days when it was asked.
    pub fn was_moving(&self, zone: TimeZone) -> bool {
        self.settled_at
            .filter(|_| self.state == QuestionState::Answered)
            .and_then(|at| {
                zone.day_of(at)
                    .checked_sub_days(Days::new(RESTATEMENT_DAYS))
            })
            .is_some_and(|settled| self.days.to > settled)
    }
}

/// Meta's answer about one object. What Meta left out is `None`, and is not 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ReachAnswer {
    /// Meta's id of the account (the bare number), campaign, ad set or ad.
    pub external_id: String,
    pub impressions: Option<i64>,
    pub reach: Option<Reach>,
    pub unique_clicks: Option<UniqueClicks>,
    pub unique_link_clicks: Option<UniqueClicks>,
    /// The row as it came, compact.
    pub raw: JsonText,
}

impl ReachAnswer {
    /// Impressions for each person of this same answer, with four decimals.
    pub fn frequency(&self) -> Option<String> {
        rumbo_base::ratio(self.impressions?, self.reach?.0, 4)
    }
}

/// What an account's questions of one kind come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedOfAccount {
    /// The last one that was answered.
    pub answered: Option<ReachQuestion>,
    /// The last one, where it is another: it waits, or was refused.
    pub open: Option<ReachQuestion>,
}

/// Questions by account; of several the last counts.
pub(crate) fn by_account(questions: Vec<ReachQuestion>) -> BTreeMap<AdAccountId, AskedOfAccount> {
    let mut accounts: BTreeMap<AdAccountId, AskedOfAccount> = BTreeMap::new();
    for question in questions {
        let asked = accounts.entry(question.account).or_default();
        if question.state == QuestionState::Answered {
            asked.answered = Some(question);
            asked.open = None;
        } else {
            asked.open = Some(question);
        }
    }
    accounts
}

/// Refuses what Meta would refuse, before it is asked.
///
/// # Errors
/// `InvalidInput` for days that have not begun, or that Meta no longer keeps; `PermissionMissing`
/// for an account that is not read.
pub(crate) fn may_ask(account: &AdAccountRow, days: DateRange, now: DateTime<Utc>) -> Result<()> {
    let zone = account.timezone();
    let today = zone.day_of(now);
    if days.from > today {
        return Err(Error::new(
            Code::InvalidInput,
            format!(
                "{} lies in the future. Ask Meta for days up to {today}.",
                days.from
            ),
        )
        .reason(Reason::DayInFuture)
        .param("day", days.from)
        .field("from"));
    }
    let oldest = plan::oldest_kept(zone, now);
    if days.from < oldest {
        return Err(too_old(oldest));
    }
    Ok(())
}

/// Meta keeps no figures of these days.
pub(crate) fn too_old(oldest: NaiveDate) -> Error {
    Error::new(
        Code::InvalidInput,
        format!(
            "Meta tells of the last {} months only. Ask for days from {oldest} on.",
            plan::HISTORY_MONTHS
        ),
    )
    .reason(Reason::ReachTooOld)
    .param("months", plan::HISTORY_MONTHS)
    .param("day", oldest)
    .field("from")
}

/// Meta cannot count these days at once.
pub(crate) fn too_much() -> Error {
    Error::new(
        Code::MetaRefused,
        "These days are too much for Meta to count at once. Ask for fewer days.",
    )
    .reason(Reason::ReachTooMuch)
}

#[cfg(test)]
mod tests;
