//! The ledger: what an account has is what its campaigns have, and what remains has a name.
//!
//! Each account's figures are taken from the report by account, which knows nothing of campaigns,
//! and set against the rows of the report by campaign. Nothing may be left over, under any way of
//! crediting: a difference is a fault of Rumbo's, and [`ledger_faults`] tells it.

use std::collections::BTreeMap;

use rumbo_base::{AdAccountId, Currency, DateRange, Error, Result};
use rumbo_db::Tx;
use rumbo_platform::Scope;

use crate::attribution::{Attribution, Model, Refunds, Window};
use crate::data_driven::Lesson;
use crate::exchange::Exchange;
use crate::figures::{Figures, Shares};
use crate::path::Grain;
use crate::read::directory::Directory;
use crate::read::origin::Origins;
use crate::read::outcome::Question;
use crate::read::place::Place;
use crate::roi::{CurrencyGroup, Filter, Remainder, RoiRequest, ledger, ledgers, roi};

/// So many models are checked at once: every one takes a ledger of all ads, for each thread that tallies.
const AT_ONCE: usize = 2;

/// What is in an account and in no campaign that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Residual {
    /// Of campaigns that Meta no longer lists.
    DeletedCampaigns,
    /// Of campaigns that are named and not synced yet.
    WaitingCampaigns,
    /// Credited to the account, and to none of its campaigns.
    NoCampaign,
}

impl Residual {
    /// Its name in JSON.
    pub const fn id(self) -> &'static str {
        match self {
            Self::DeletedCampaigns => "deleted_campaigns",
            Self::WaitingCampaigns => "waiting_campaigns",
            Self::NoCampaign => "no_campaign",
        }
    }
}

/// One account in one currency: `total` is `campaigns` and all `residuals`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountLedger {
    /// `None` for what names no account that is known.
    pub account: Option<AdAccountId>,
    pub name: String,
    pub currency: Currency,
    pub total: Figures,
    /// Of the campaigns that Meta lists.
    pub campaigns: Figures,
    pub residuals: Vec<(Residual, Figures)>,
    /// What is left over: nothing, or Rumbo is wrong.
    pub difference: Figures,
}

/// The ledger of a report, whose grain does not matter.
///
/// # Errors
/// As [`roi`].
pub async fn account_ledgers(scope: &Scope, request: RoiRequest) -> Result<Vec<AccountLedger>> {
    let by = |grain| RoiRequest {
        grain,
        ..request.clone()
    };
    let accounts = roi(scope, by(Grain::Account)).await?;
    let campaigns = roi(scope, by(Grain::Campaign)).await?;
    set_against(&accounts.groups, &campaigns.groups)
}

fn set_against(
    accounts: &[CurrencyGroup],
    campaigns: &[CurrencyGroup],
) -> Result<Vec<AccountLedger>> {
    let mut ledgers = Vec::new();
    for group in accounts {
        let parts = campaigns
            .iter()
            .find(|other| other.currency == group.currency);
        // What names an account that is not known stands in rows of its own, without an id.
        let mut totals: BTreeMap<Option<AdAccountId>, (String, Figures)> = BTreeMap::new();
        for row in &group.rows {
            let name = row.account_id.map(|_| row.name.clone());
            let (_, sum) = totals
                .entry(row.account_id)
                .or_insert_with(|| (name.unwrap_or_default(), Figures::default()));
            sum.add(&row.figures)?;
        }
        for (account, (name, total)) in totals {
            let mut ledger = AccountLedger {
                account,
                name,
                currency: group.currency,
                total,
                campaigns: Figures::default(),
                residuals: Vec::new(),
                difference: total,
            };
            let mut residuals: BTreeMap<Residual, Figures> = BTreeMap::new();
            let of_account = parts
                .into_iter()
                .flat_map(|group| &group.rows)
                .filter(|part| part.account_id == account);
            for part in of_account {
                let residual = if part.remainder == Some(Remainder::NoCampaign) {
                    Some(Residual::NoCampaign)
                } else if part.id.is_none() {
                    Some(Residual::WaitingCampaigns)
                } else if part.deleted {
                    Some(Residual::DeletedCampaigns)
                } else {
                    None
                };
                match residual {
                    Some(residual) => residuals.entry(residual).or_default().add(&part.figures)?,
                    None => ledger.campaigns.add(&part.figures)?,
                }
                ledger.difference.add(&part.figures.negated())?;
            }
            ledger.residuals = residuals.into_iter().collect();
            ledgers.push(ledger);
        }
    }
    Ok(ledgers)
}

/// Goes through every model, both ways of dating refunds and every grain, and tells how many sums
/// do not agree: rows and what is not attributed with their total, the totals of all grains with
/// one another, every account with its campaigns, and what came of it by channel with all that did. 0, or
/// Rumbo is wrong.
///
/// # Errors
/// As [`roi`].
pub async fn ledger_faults(scope: &Scope, range: DateRange) -> Result<usize> {
    scope.db.attentively(Box::pin(faults(scope, range))).await
}

async fn faults(scope: &Scope, range: DateRange) -> Result<usize> {
    let mut tx = scope.read().await?;
    let place = Place::read(&mut tx, scope, None).await?;
    let directory = Directory::read(&mut tx, &place, Grain::Creative).await?;
    let mut origins = Origins::read(&mut tx, &place, &directory).await?;
    let learned = Lesson::of(scope, &place, &directory, range, Window::default())
        .learn(&mut tx, &mut origins)
        .await?;
    let models: Vec<Model> = Model::ALL
        .into_iter()
        .filter(|model| *model != Model::Markov || learned.is_enough())
        .collect();
    let mut faults = 0;
    for refunds in Refunds::ALL {
        let attribution = Attribution {
            refunds,
            ..Attribution::default()
        };
        for models in models.chunks(AT_ONCE) {
            let check = Check {
                place: &place,
                directory: &directory,
                origins: &origins,
                range,
                attribution,
            };
            faults += check.faults(&mut tx, models).await?;
        }
    }
    Ok(faults)
}

/// What is checked at once: everything under some models, in one way of dating refunds.
struct Check<'a> {
    place: &'a Place,
    directory: &'a Directory,
    origins: &'a Origins,
    range: DateRange,
    attribution: Attribution,
}

impl Check<'_> {
    async fn faults(&self, tx: &mut Tx, models: &[Model]) -> Result<usize> {
        let Self {
            place,
            directory,
            origins,
            range,
            attribution,
        } = *self;
        let filter = Filter::default();
        let question = Question {
            place,
            origins,
            range,
            attribution,
            customers: true,
            by_source: false,
        };
        let mut faults = 0;
        // Of accounts, by model; of the others only what is set against them stays.
        let mut accounts: Vec<Vec<CurrencyGroup>> = Vec::new();
        let mut totals: Vec<Vec<Totals>> = vec![Vec::new(); models.len()];
        for grain in [
            Grain::Account,
            Grain::Campaign,
            Grain::AdSet,
            Grain::Ad,
            Grain::Creative,
        ] {
            let mut exchange = Exchange::default();
            let ledgers = ledgers(
                tx,
                directory,
                question,
                grain,
                &filter,
                models,
                &mut exchange,
            );
            for (nth, (ledger, totals)) in ledgers.await?.into_iter().zip(&mut totals).enumerate() {
                let groups = ledger.into_groups(false, true);
                for group in &groups {
                    faults += usize::from(!adds_up(group)?);
                }
                let of_groups = groups.iter();
                let of_groups = of_groups.map(|group| (group.currency, group.total.figures));
                totals.push(of_groups.collect());
                match (grain, accounts.get(nth)) {
                    (Grain::Account, _) => accounts.push(groups),
                    (Grain::Campaign, Some(accounts)) => faults += left_over(accounts, &groups)?,
                    _ => {}
                }
            }
        }
        faults += totals.iter().map(|totals| unlike(totals)).sum::<usize>();
        for (model, accounts) in models.iter().zip(&accounts) {
            let request = RoiRequest {
                attribution: Attribution {
                    model: *model,
                    ..attribution
                },
                new_customers: true,
                ..RoiRequest::new(Grain::Channel, range)
            };
            let mut exchange = Exchange::default();
            let channels = ledger(
                tx,
                place,
                directory,
                origins,
                &request,
                range,
                &mut exchange,
            );
            let channels = channels.await?.into_groups(false, true);
            faults += of_channels(&channels, accounts)?;
        }
        Ok(faults)
    }
}

/// The totals of a report, each of a currency.
type Totals = Vec<(Currency, Figures)>;

/// How many totals of reports of the same are not in every one of them.
fn unlike(reports: &[Totals]) -> usize {
    let totals = reports.iter().flatten();
    let unlike = totals.filter(|total| !reports.iter().all(|other| other.contains(total)));
    unlike.count()
}

/// How many accounts are not what their campaigns and what remains are together.
fn left_over(accounts: &[CurrencyGroup], campaigns: &[CurrencyGroup]) -> Result<usize> {
    let ledgers = set_against(accounts, campaigns)?;
    let left = ledgers
        .iter()
        .filter(|ledger| !ledger.difference.is_nothing());
    Ok(left.count())
}

/// The faults of a report by channel: it has all that came of it that the accounts have, and more spend.
fn of_channels(channels: &[CurrencyGroup], accounts: &[CurrencyGroup]) -> Result<usize> {
    let came_of_it = |groups: &[CurrencyGroup], currency| {
        let mut came = Figures {
            new_customers: Some(Shares::ZERO),
            ..Figures::default()
        };
        if let Some(group) = groups.iter().find(|group| group.currency == currency) {
            came.add_outcome(&group.total.figures)?;
        }
        Ok::<_, Error>(came)
    };
    let mut faults = 0;
    for group in channels {
        faults += usize::from(!adds_up(group)?);
    }
    for group in channels.iter().chain(accounts) {
        let all = came_of_it(accounts, group.currency)?;
        faults += usize::from(came_of_it(channels, group.currency)? != all);
    }
    Ok(faults)
}

/// Whether the rows and what is not attributed are the total.
fn adds_up(group: &CurrencyGroup) -> Result<bool> {
    let mut rest = group.total.figures;
    rest.add(&group.unattributed.figures.negated())?;
    for row in &group.rows {
        rest.add(&row.figures.negated())?;
    }
    Ok(rest.is_nothing())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_that_another_report_has_otherwise_is_told_for_each() {
        let of = |leads| Figures {
            leads,
            ..Figures::default()
        };
        let (usd, eur) = (Currency::USD, Currency::of_record("EUR").unwrap());
        let same = vec![(usd, of(7)), (eur, of(2))];
        let in_other_order = vec![(eur, of(2)), (usd, of(7))];
        assert_eq!(unlike(&[same.clone(), in_other_order.clone()]), 0);
        let other = vec![(usd, of(8)), (eur, of(2))];
        assert_eq!(unlike(&[same.clone(), in_other_order, other]), 3);
        assert_eq!(unlike(&[same, vec![(usd, of(7))]]), 1);
    }
}
