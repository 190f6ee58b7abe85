//! What Meta told of actions, ad-day by ad-day: which actions, apart from their figures.
//!
//! Ad-days differ in their figures. Which actions they tell, and by which attribution windows, is the
//! same for most of an account, so whoever counts works that out once for each shape.

use chrono::NaiveDate;
use futures::TryStreamExt;
use rumbo_base::{AdAccountId, AdId, Currency, DateRange, Error, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx};
use serde::Deserialize;

use super::actions::{StoredAction, StoredActions, decimal_micros};
use crate::JsonText;
use crate::json_text::push_string;

/// Ad-days and their actions as they are now.
macro_rules! told_now {
    () => {
        "SELECT day, ad_id, currency, attribution_setting, actions, run, CAST(NULL AS BIGINT) AS replaced_by_run \
         FROM ad_insights WHERE workspace_id = $1 AND ad_account_id = $2 AND day BETWEEN $3 AND $4"
    };
}

/// The same of what they said before.
macro_rules! told_before {
    () => {
        " UNION ALL SELECT day, ad_id, currency, attribution_setting, actions, run, replaced_by_run \
         FROM ad_insight_journal WHERE workspace_id = $1 AND ad_account_id = $2 AND day BETWEEN $3 AND $4"
    };
}

rumbo_db::statements! {
    TOLD = told_now!();
    // A version holds from the run that brought it until the run that replaced it.
    TOLD_AS_OF = concat!(told_now!(), " AND run <= $5", told_before!(), " AND run <= $5 AND replaced_by_run > $5");
    TOLD_EVER = concat!(told_now!(), told_before!());
}

/// The actions of an ad-day, in their order, each with its attribution windows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ActionShape {
    #[serde(default, rename = "a")]
    counts: Vec<Vec<String>>,
    #[serde(default, rename = "v")]
    values: Vec<Vec<String>>,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShapedAction<'a> {
    /// Meta's name of it.
    pub action_type: &'a str,
    /// The windows of which there are figures, in the order of these.
    pub windows: &'a [String],
    /// The place of its figure by the default attribution; those of the windows follow it.
    pub at: usize,
}

impl ActionShape {
    /// Reads one that [`ToldActions::shape`] tells.
    ///
    /// # Errors
    /// `Internal` for text that this crate did not write.
    pub fn parse(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(Error::internal)
    }

    /// Conversions by type.
    pub fn counts(&self) -> impl Iterator<Item = ShapedAction<'_>> {
        placed(&self.counts, 0)
    }

    /// Money by type, in the account's currency.
    pub fn values(&self) -> impl Iterator<Item = ShapedAction<'_>> {
        placed(&self.values, self.counts.iter().map(Vec::len).sum())
    }
}

fn placed(actions: &[Vec<String>], first: usize) -> impl Iterator<Item = ShapedAction<'_>> {
    let mut next = first;
    actions.iter().filter_map(move |action| {
        let at = next;
        next += action.len();
        let (action_type, windows) = action.split_first()?;
        Some(ShapedAction {
            action_type,
            windows,
            at,
        })
    })
}

/// What Meta told of the actions of an ad on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToldActions<'a> {
    pub account: AdAccountId,
    /// In the ad account's zone.
    pub day: NaiveDate,
    pub ad: AdId,
    /// Of the values.
    pub currency: Currency,
    /// How Meta credited them, in its words.
    pub attribution_setting: Option<&'a str>,
    /// The text of their [`ActionShape`]: the same for all that tell the same actions.
    pub shape: &'a str,
    /// In millionths, in the order of the shape.
    pub figures: &'a [i64],
}

/// The runs that brought a version of an ad-day and replaced it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionRuns {
    pub brought: i64,
    /// None while it is what the ad-day says.
    pub replaced: Option<i64>,
}

/// Which versions of ad-days are gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versions {
    /// What they say now.
    Now,
    /// What they said right after a run.
    AsOf(i64),
    /// All that they ever said.
    Ever,
}

type Row = (
    NaiveDate,
    AdId,
    String,
    Option<String>,
    Option<JsonText>,
    i64,
    Option<i64>,
);

/// Goes through the ad-days of an account and what Meta told of actions on them, in no order. Those
/// without any action are there too. What is no figure is left out.
///
/// # Errors
/// As any read, or what `each` says.
pub async fn each_actions(
    tx: &mut Tx,
    workspace: WorkspaceId,
    account: AdAccountId,
    range: DateRange,
    versions: Versions,
    mut each: impl FnMut(&ToldActions<'_>, VersionRuns) -> Result<()>,
) -> Result<()> {
    let (text, run) = match versions {
        Versions::Now => (TOLD, None),
        Versions::AsOf(run) => (TOLD_AS_OF, Some(run)),
        Versions::Ever => (TOLD_EVER, None),
    };
    let (mut shape, mut figures) = (String::new(), Vec::new());
    on_tx!(tx, |c| {
        let mut query = sqlx::query_as::<_, Row>(text)
            .bind(workspace)
            .bind(account)
            .bind(range.from)
            .bind(range.to);
        if let Some(run) = run {
            query = query.bind(run);
        }
        let mut rows = query.fetch(c);
        while let Some((day, ad, currency, setting, actions, brought, replaced)) =
            rows.try_next().await.db()?
        {
            let actions = match &actions {
                Some(actions) => StoredActions::parse(actions.as_str())?,
                None => StoredActions::default(),
            };
            take_apart(&actions, &mut shape, &mut figures);
            let told = ToldActions {
                account,
                day,
                ad,
                currency: Currency::of_record(&currency)?,
                attribution_setting: setting.as_deref(),
                shape: &shape,
                figures: &figures,
            };
            each(&told, VersionRuns { brought, replaced })?;
        }
    });
    Ok(())
}

/// Writes the shape of actions, and their figures.
pub(crate) fn take_apart(actions: &StoredActions<'_>, shape: &mut String, figures: &mut Vec<i64>) {
    shape.clear();
    figures.clear();
    shape.push('{');
    write_list(actions.counts(), "\"a\":[", shape, figures);
    write_list(actions.values(), "\"v\":[", shape, figures);
    shape.push('}');
}

fn write_list<'a>(
    actions: impl Iterator<Item = StoredAction<'a>>,
    key: &str,
    shape: &mut String,
    figures: &mut Vec<i64>,
) {
    let mut begun = false;
    for action in actions {
        let Some((micros, _)) = decimal_micros(&action.value) else {
            continue;
        };
        if begun {
            shape.push(',');
        } else {
            if shape.len() > 1 {
                shape.push(',');
            }
            shape.push_str(key);
            begun = true;
        }
        shape.push('[');
        push_string(shape, &action.action_type);
        figures.push(micros);
        for (window, value) in &action.windows {
            if let Some((micros, _)) = decimal_micros(value) {
                shape.push(',');
                push_string(shape, window);
                figures.push(micros);
            }
        }
        shape.push(']');
    }
    if begun {
        shape.push(']');
    }
}
