//! What changes are worth in one currency.

use std::collections::BTreeMap;
use std::iter::once;

use rumbo_base::{Currency, Result};
use rumbo_db::Tx;

use super::{Cause, Told, signed};
use crate::attribution::Basis;
use crate::exchange::{AccountDays, Exchange, Turned};
use crate::figures::Figures;
use crate::read::delivered::daily::Row;

/// The rates of both reports, and those by which the steps between them are valued.
pub(super) struct Rates {
    /// Those that were kept at the earlier moment.
    pub then: Exchange,
    /// Those that were kept at the later one.
    pub now: Exchange,
    /// The later rates as well. A row that is in neither report in one of its steps may lack a rate:
    /// then its currency stays what it is in all steps, and what that makes is told with the rates.
    pub steps: Exchange,
}

/// At which end of the steps the rates move anything.
pub(super) struct Ends {
    pub then: bool,
    pub now: bool,
}

impl Rates {
    pub async fn read(tx: &mut Tx, told: &Told<'_>) -> Result<Self> {
        let request = told.request;
        let (to, range) = (request.convert_to, request.range);
        // The steps of rows that were counted by lead date may be of days that the other basis has not.
        let widest = [request.attribution, request.attribution_then]
            .into_iter()
            .find(|attribution| attribution.basis == Basis::Lead)
            .unwrap_or(request.attribution);
        let then = Exchange::read(tx, told.then, to, widest, once(range)).await?;
        let now = Exchange::read(tx, told.now, to, widest, once(range)).await?;
        Ok(Self {
            steps: now.for_others(),
            then,
            now,
        })
    }

    /// The later report is known: what stays what it is there does so in all steps.
    pub fn begin_steps(&mut self) {
        self.steps = self.now.for_others();
    }

    /// Whether nothing is converted.
    pub fn are_none(&self) -> bool {
        self.now.to().is_none()
    }

    pub fn ends(&self) -> Ends {
        Ends {
            then: !self.are_none() && !self.then.values_as(&self.steps),
            now: !self.are_none() && !self.now.keeps_as(&self.steps),
        }
    }
}

/// Ad-days of an account, on their way from one report to the other. What parts of a day are rounded
/// to depends on those before them, and so each report has a course of its own.
#[derive(Default)]
pub(super) struct AdDays {
    then: AccountDays,
    from: AccountDays,
    to: AccountDays,
    now: AccountDays,
}

/// What a cause adds in a currency.
type Parts = BTreeMap<(Cause, Currency), Figures>;

impl AdDays {
    /// What the rates and the cause add to an ad-day that was one thing and is another.
    pub fn parts(
        &mut self,
        rates: &mut Rates,
        cause: Cause,
        old: Option<Row>,
        new: Option<Row>,
    ) -> Result<Parts> {
        let mut parts = Parts::new();
        let mut add = |cause: Cause, turned: &Turned, comes: bool| {
            let sum = parts.entry((cause, turned.currency)).or_default();
            sum.add(&signed(&turned.figures, comes))
        };
        if let Some(old) = &old {
            let step = self.from.turn(&mut rates.steps, old)?;
            add(cause, &step, false)?;
            if !rates.are_none() {
                add(Cause::Currency, &step, true)?;
                let own = self.then.turn(&mut rates.then, old)?;
                add(Cause::Currency, &own, false)?;
            }
        }
        if let Some(new) = &new {
            let step = self.to.turn(&mut rates.steps, new)?;
            add(cause, &step, true)?;
            if !rates.are_none() {
                add(Cause::Currency, &step, false)?;
                let own = self.now.turn(&mut rates.now, new)?;
                add(Cause::Currency, &own, true)?;
            }
        }
        Ok(parts)
    }
}
