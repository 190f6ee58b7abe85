//! How a row is credited to the touches before it.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::{Currency, DateRange, Error, Few, Micros, Result, TimeZone, allocate, split};
use smallvec::smallvec;

use super::Question;
use super::row::{Kind, LeadClass, Own, Row};
use super::source::path_of;
use crate::attribution::credit::weights;
use crate::attribution::{Model, Refunds, Touch, Window};
use crate::figures::{Figures, Shares, plus};
use crate::path::Path;
use crate::read::origin::Origin;
use crate::read::place::Place;

/// The part of a lead, opportunity, sale or refund that one touch takes, or all of it when none
/// does.
#[derive(Clone, Debug)]
pub(crate) struct Outcome<'a> {
    pub kind: Kind,
    /// In the zone of the ad account it is credited to, or else the workspace's.
    pub day: NaiveDate,
    pub path: &'a Path,
    /// The place of its origin, by which what is worked out of a path can be kept; none when it is
    /// not attributed.
    pub origin: Option<usize>,
    /// By which it is where it is, when no touch stands behind it and a lead source tells a channel.
    pub source: Option<&'a Arc<str>>,
    pub currency: Currency,
    /// The day whose rate its money takes: that of the sale, or of a refund that counts on its own.
    pub valued_on: NaiveDate,
    /// What the parts of the same sale before this one have of its money.
    pub before: Earned,
    /// Of leads only.
    pub lead_class: Option<LeadClass>,
    /// How much of it: of an opportunity or a sale, of a refund none.
    share: Shares,
    /// Of the money of a sale or refund.
    earned: Earned,
    /// Whether it is known what the sale cost.
    costed: bool,
    /// Whether the sale is a first one, and first ones are counted.
    first: bool,
}

impl Outcome<'_> {
    /// Adds it to a sum. There are millions of them: only what its kind has is touched.
    ///
    /// # Errors
    /// `InvalidInput` when the sum does not fit.
    pub fn add_to(&self, sum: &mut Figures) -> Result<()> {
        let add = |sum: &mut Shares| {
            sum.0 = plus(sum.0, self.share.0)?;
            Ok::<_, Error>(())
        };
        match self.kind {
            Kind::Lead => sum.leads = plus(sum.leads, 1)?,
            Kind::Opportunity => add(&mut sum.opportunities)?,
            Kind::Sale | Kind::Refund => {
                add(&mut sum.sales)?;
                sum.revenue = sum.revenue.checked_add(self.earned.revenue)?;
                if self.costed {
                    sum.cost = sum.cost.checked_add(self.earned.cost)?;
                    add(&mut sum.costed_sales)?;
                }
                if self.first {
                    add(sum.new_customers.get_or_insert_default())?;
                }
            }
        }
        Ok(())
    }

    /// What it is by itself.
    ///
    /// # Errors
    /// None that can happen: a sum of one fits.
    pub fn figures(&self) -> Result<Figures> {
        let mut figures = Figures::default();
        self.add_to(&mut figures)?;
        Ok(figures)
    }

    /// Whether it brings, takes or costs any.
    pub fn has_money(&self) -> bool {
        self.earned != Earned::default()
    }

    /// The money it brings, or takes.
    pub fn earned(&self) -> Earned {
        self.earned
    }

    /// The same with its money in another currency.
    pub fn in_currency(&self, currency: Currency, earned: Earned) -> Self {
        Self {
            currency,
            earned,
            ..self.clone()
        }
    }
}

/// The money of a sale or refund, or of a part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Earned {
    pub revenue: Micros,
    /// 0 where it is not known.
    pub cost: Micros,
}

/// Which of the models give a part as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Under {
    /// Every one: there is but one touch to give it to, or none.
    All,
    /// The one at this place of the list.
    Model(usize),
}

/// Credits one row after the other.
#[derive(Debug)]
pub(crate) struct Crediting<'a> {
    pub(super) question: Question<'a>,
    pub(super) models: &'a [Model],
    /// Whether anything depends on when the touches were.
    timed: bool,
    calendar: Calendar,
    /// Where those belong that no touch stands behind, by the lead sources met so far.
    sources: Vec<(Arc<str>, Option<Path>)>,
}

impl<'a> Crediting<'a> {
    pub fn new(question: Question<'a>, models: &'a [Model]) -> Self {
        Self {
            question,
            models,
            timed: question.attribution.window != Window::default()
                || models.iter().any(|model| model.needs_instants()),
            calendar: Calendar::default(),
            sources: Vec::new(),
        }
    }

    /// Gives every touch that counts its part, once for each model; without any the whole is not
    /// attributed.
    pub fn credit(
        &mut self,
        kind: Kind,
        row: &Row,
        each: &mut impl FnMut(Under, &Outcome<'_>) -> Result<()>,
    ) -> Result<()> {
        let Self {
            question,
            models,
            timed,
            calendar,
            sources,
        } = self;
        let Question { origins, .. } = *question;
        let (before, after) = amounts(kind, row, question.attribution.refunds);
        let whole = Earned {
            revenue: Micros(after.0 - before.0),
            cost: row.cost.unwrap_or_default(),
        };
        let mut parts = Parts::of(kind, row, question, calendar);
        if question.by_source
            && let Some(source) = &row.source
        {
            parts.otherwise = place_of(sources, source);
        }
        let origin = |number| {
            let found = origins.get(number);
            found.ok_or_else(|| Error::internal("a touch without an origin"))
        };
        if kind == Kind::Lead {
            // A lead goes to the touch that made it, whatever the model and the window.
            let touch = row.touches.last();
            let origin = touch.map(|touch| origin(touch.origin)).transpose()?;
            return parts.give(Under::All, origin, Shares::ONE, whole, each);
        }
        if !*timed
            && let [model] = models
            && let Some(touch) = model.end(&row.touches)
        {
            // Most reports are of one model, and by most models one end of the path has it all.
            let origin = origin(touch.origin)?;
            return parts.give(Under::All, Some(origin), parts.one, whole, each);
        }
        let window = question.attribution.window;
        let mut counting: Few<Touch> = Few::new();
        let mut credited: Few<(usize, &Origin)> = Few::new();
        for touch in &row.touches {
            let origin = origin(touch.origin)?;
            let touch = origin.1.at(touch.at);
            if !*timed || window.holds(&touch, row.happened) {
                counting.push(touch);
                credited.push(origin);
            }
        }
        if credited.len() < 2 {
            let origin = credited.first().copied();
            return parts.give(Under::All, origin, parts.one, whole, each);
        }
        for (nth, model) in models.iter().enumerate() {
            let under = Under::Model(nth);
            if let Some(only) = model.only(&counting) {
                parts.give(under, credited.get(only).copied(), parts.one, whole, each)?;
                continue;
            }
            let weights = weights(*model, &counting);
            let shares = split(parts.one.0, &weights);
            // Nothing is nothing for every touch, and most often there was nothing before.
            let had = if before == Micros::ZERO {
                smallvec![Micros::ZERO; weights.len()]
            } else {
                allocate(before, &weights, parts.currency)
            };
            let has = allocate(after, &weights, parts.currency);
            let costs = if whole.cost == Micros::ZERO {
                smallvec![Micros::ZERO; weights.len()]
            } else {
                allocate(whole.cost, &weights, parts.currency)
            };
            parts.before = Earned::default();
            for (((origin, share), (had, has)), cost) in credited
                .iter()
                .zip(shares)
                .zip(had.into_iter().zip(has))
                .zip(costs)
            {
                let share = Shares(share);
                let part = Earned {
                    revenue: Micros(has.0 - had.0),
                    cost,
                };
                if share != Shares::ZERO || part != Earned::default() {
                    parts.give(under, Some(*origin), share, part, each)?;
                }
                parts.before.revenue += part.revenue;
                parts.before.cost += part.cost;
            }
            parts.before = Earned::default();
        }
        Ok(())
    }
}

/// Where a lead source leads, if it tells a channel.
fn place_of<'s>(
    sources: &'s mut Vec<(Arc<str>, Option<Path>)>,
    source: &Arc<str>,
) -> Option<(&'s Arc<str>, &'s Path)> {
    let known = sources.iter().position(|(of, _)| of == source);
    let at = known.unwrap_or_else(|| {
        sources.push((Arc::clone(source), path_of(source)));
        sources.len() - 1
    });
    let (source, path) = sources.get(at)?;
    Some((source, path.as_ref()?))
}

/// What is credited is the second less the first, each split on its own, so that the parts of
/// a sale and of all its refunds add up for every touch.
fn amounts(kind: Kind, row: &Row, refunds: Refunds) -> (Micros, Micros) {
    let Row {
        gross, refunded, ..
    } = *row;
    let left = Micros(gross.0 - refunded.0);
    match (kind, refunds) {
        (Kind::Refund, _) => (gross, left),
        (_, Refunds::Accrual) => (Micros::ZERO, left),
        (_, Refunds::Cash) => (Micros::ZERO, gross),
    }
}

/// Which day an instant is of, in the zones that are asked for: rows come in the order of time, so
/// that most lie in the same day as the one before.
#[derive(Debug, Default)]
struct Calendar(Vec<(TimeZone, DateTime<Utc>, DateTime<Utc>, NaiveDate)>);

impl Calendar {
    fn day_of(&mut self, zone: TimeZone, at: DateTime<Utc>) -> NaiveDate {
        let known = self.0.iter_mut().find(|(of, ..)| *of == zone);
        if let Some((_, from, to, day)) = &known
            && *from <= at
            && at < *to
        {
            return *day;
        }
        let day = zone.day_of(at);
        let (from, to) = zone.bounds(DateRange { from: day, to: day });
        match known {
            Some(known) => *known = (zone, from, to, day),
            None => self.0.push((zone, from, to, day)),
        }
        day
    }
}

/// Makes the parts of one row.
struct Parts<'a> {
    place: &'a Place,
    calendar: &'a mut Calendar,
    kind: Kind,
    /// Whether the row is one of its kind: a refund is none.
    one: Shares,
    at: DateTime<Utc>,
    /// When the money of the row was paid, or given back.
    paid: DateTime<Utc>,
    /// What the parts given so far have of it.
    before: Earned,
    /// Of the sale or refund.
    currency: Currency,
    lead_class: Option<LeadClass>,
    /// Whether the sale is a first one, and first ones are counted.
    first: bool,
    /// Whether it is known what it cost.
    costed: bool,
    /// Where it belongs when no touch stands behind it, and by which lead source.
    otherwise: Option<(&'a Arc<str>, &'a Path)>,
}

impl<'a> Parts<'a> {
    fn of(kind: Kind, row: &Row, question: &Question<'a>, calendar: &'a mut Calendar) -> Self {
        Self {
            place: question.place,
            calendar,
            kind,
            one: if kind == Kind::Refund {
                Shares::ZERO
            } else {
                Shares::ONE
            },
            at: row.dated,
            paid: match kind {
                Kind::Refund => row.dated,
                Kind::Lead | Kind::Opportunity | Kind::Sale => row.happened,
            },
            before: Earned::default(),
            currency: match row.own {
                Own::Money(currency) => currency,
                Own::Nothing | Own::Lead(_) => Currency::NONE,
            },
            lead_class: match row.own {
                Own::Lead(class) => Some(class),
                Own::Nothing | Own::Money(_) => None,
            },
            first: row.first && question.customers,
            costed: row.cost.is_some(),
            otherwise: None,
        }
    }

    fn give(
        &mut self,
        under: Under,
        origin: Option<(usize, &Origin)>,
        share: Shares,
        part: Earned,
        each: &mut impl FnMut(Under, &Outcome<'_>) -> Result<()>,
    ) -> Result<()> {
        static NOWHERE: Path = Path::NOWHERE;
        let otherwise = self.otherwise.filter(|_| origin.is_none());
        let path = match (origin, otherwise) {
            (Some((_, origin)), _) => &origin.path,
            (None, Some((_, path))) => path,
            (None, None) => &NOWHERE,
        };
        let (zone, own_currency) = origin
            .map_or((self.place.zone, self.place.main), |(_, origin)| {
                (origin.zone, origin.currency)
            });
        let day = self.calendar.day_of(zone, self.at);
        let valued_on = if self.at == self.paid {
            day
        } else {
            zone.day_of(self.paid)
        };
        let currency = match self.kind {
            Kind::Lead | Kind::Opportunity => own_currency,
            Kind::Sale | Kind::Refund => self.currency,
        };
        each(
            under,
            &Outcome {
                kind: self.kind,
                day,
                path,
                origin: origin.map(|(place, _)| place),
                source: otherwise.map(|(source, _)| source),
                currency,
                valued_on,
                before: self.before,
                lead_class: self.lead_class,
                share,
                earned: part,
                costed: self.costed,
                first: self.first,
            },
        )
    }
}
