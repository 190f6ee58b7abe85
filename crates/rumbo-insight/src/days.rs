//! Figures day by day.

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{AdCampaignId, Code, Currency, DateRange, Error, Reason, Result};
use rumbo_db::Tx;
use rumbo_platform::Scope;

use crate::attribution::Attribution;
use crate::data_driven::Lesson;
use crate::exchange::{Exchange, Worth};
use crate::figures::Figures;
use crate::path::{Grain, Key};
use crate::read::directory::Directory;
use crate::read::origin::Origins;
use crate::read::outcome::Outcome;
use crate::read::place::Place;
use crate::read::{delivered, outcome};

/// The figures of each day of a range in one currency.
#[derive(Clone, Debug)]
pub(crate) struct Days {
    pub range: DateRange,
    pub figures: Vec<Figures>,
    /// What of them came of it and is not attributed.
    pub unattributed: Vec<Figures>,
}

impl Days {
    /// Days on which nothing happened.
    pub fn none(range: DateRange) -> Self {
        Self {
            range,
            figures: range.iter().map(|_| Figures::default()).collect(),
            unattributed: range.iter().map(|_| Figures::default()).collect(),
        }
    }

    fn of(range: DateRange, rows: &[(NaiveDate, Figures)]) -> Result<Self> {
        let mut days = Self::none(range);
        for (day, figures) in rows {
            days.add(*day, figures)?;
        }
        Ok(days)
    }

    /// What all accounts delivered.
    pub async fn delivered(
        tx: &mut Tx,
        place: &Place,
        range: DateRange,
        currency: Currency,
        exchange: &mut Exchange,
    ) -> Result<Self> {
        let rows = exchange.delivered_by_day(tx, place, range, currency);
        Self::of(range, &rows.await?)
    }

    pub fn add(&mut self, day: NaiveDate, figures: &Figures) -> Result<()> {
        let at = place_of(self.range, day).and_then(|at| self.figures.get_mut(at));
        at.map_or(Ok(()), |sum| sum.add(figures))
    }

    /// The same of what came of it.
    pub fn add_outcome(&mut self, outcome: &Outcome<'_>, worth: &Worth<'_>) -> Result<()> {
        let is_attributed = !outcome.path.is_empty();
        self.each_of(outcome.day, is_attributed, |sum| worth.add_to(sum))
    }

    /// The same of what all of a day comes to that is attributed, or is not.
    pub fn add_sum(&mut self, day: NaiveDate, is_attributed: bool, sum: &Figures) -> Result<()> {
        self.each_of(day, is_attributed, |of| of.add_outcome(sum))
    }

    fn each_of(
        &mut self,
        day: NaiveDate,
        is_attributed: bool,
        add: impl Fn(&mut Figures) -> Result<()>,
    ) -> Result<()> {
        let Some(at) = place_of(self.range, day) else {
            return Ok(());
        };
        if let Some(sum) = self.unattributed.get_mut(at).filter(|_| !is_attributed) {
            add(sum)?;
        }
        self.figures.get_mut(at).map_or(Ok(()), add)
    }

    /// Adds those of the same range.
    pub fn join(&mut self, other: &Self) -> Result<()> {
        let days = self.figures.iter_mut().zip(&other.figures);
        let unattributed = self.unattributed.iter_mut().zip(&other.unattributed);
        let mut all = days.chain(unattributed);
        all.try_for_each(|(own, other)| own.add(other))
    }

    pub fn sum(&self) -> Result<Figures> {
        sum(&self.figures)
    }

    /// What is attributed: everything less what is not.
    pub fn attributed(&self) -> Result<Vec<Figures>> {
        let days = self.figures.iter().zip(&self.unattributed);
        days.map(|(all, less)| {
            let mut attributed = *all;
            attributed.add(&less.negated())?;
            Ok(attributed)
        })
        .collect()
    }
}

pub(crate) fn sum(days: &[Figures]) -> Result<Figures> {
    days.iter().try_fold(Figures::default(), |mut sum, day| {
        sum.add(day)?;
        Ok(sum)
    })
}

/// The how-manieth day of a range a day is.
pub(crate) fn place_of(range: DateRange, day: NaiveDate) -> Option<usize> {
    usize::try_from((day - range.from).num_days()).ok()
}

/// One campaign, day by day, in its ad account's currency; every day of the range is there. With
/// `as_of` it is what was known then.
/// Sales in another currency are not in it: [`crate::roi()`] shows them in their own group.
///
/// # Errors
/// `NotFound` for a campaign that is not in this workspace.
pub async fn campaign_days(
    scope: &Scope,
    campaign: AdCampaignId,
    range: DateRange,
    attribution: Attribution,
    as_of: Option<DateTime<Utc>>,
) -> Result<(Currency, Vec<(NaiveDate, Figures)>)> {
    let mut tx = scope.read().await?;
    let place = Place::read(&mut tx, scope, as_of).await?;
    let directory = Directory::read(&mut tx, &place, Grain::Campaign).await?;
    let account = directory
        .campaigns
        .get(&campaign)
        .and_then(|c| place.account(c.account));
    let currency = account.map(|account| account.currency).ok_or_else(|| {
        Error::new(
            Code::NotFound,
            "This campaign is not in this workspace. Choose another one.",
        )
        .reason(Reason::Gone)
        .param("what", "campaign")
    })?;
    let rows =
        delivered::campaign_by_day(&mut tx, &place, &directory, range, currency, campaign).await?;
    let mut days = Days::of(range, &rows)?;
    let mut origins = Origins::read(&mut tx, &place, &directory).await?;
    Lesson::of(scope, &place, &directory, range, attribution.window)
        .for_report(&mut tx, &mut origins, attribution)
        .await?;
    let question = outcome::Question {
        place: &place,
        origins: &origins,
        range,
        attribution,
        customers: false,
        by_source: false,
    };
    outcome::read(&mut tx, question, |row| {
        let here = row.path.campaign == Some(Key::Known(campaign)) && row.currency == currency;
        if here {
            days.add_outcome(row, &Worth::Own(row, row.currency))
        } else {
            Ok(())
        }
    })
    .await?;
    Ok((currency, range.iter().zip(days.figures).collect()))
}
