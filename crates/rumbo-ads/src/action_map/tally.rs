//! Which actions Meta told, which of them the map counts, and which are the same events again.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, AdId, Currency, Micros, Result};
use rustc_hash::{FxHashMap, FxHashSet};

use super::shapes::{ByShape, figure, sum_at};
use super::{ActionClass, ActionKind, ActionMap, Tiers};
use crate::insights::{ActionShape, CompiledMap, ShapedAction, ToldActions, whole};

/// What a map has a list for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Event {
    Lead,
    Purchase,
}

impl Event {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Lead, Self::Purchase];

    /// The kind of the names that tell it.
    pub fn kind(self) -> ActionKind {
        match self {
            Self::Lead => ActionKind::Lead,
            Self::Purchase => ActionKind::Purchase,
        }
    }

    /// Its list in a map.
    pub fn tiers(self, map: &ActionMap) -> &Tiers {
        match self {
            Self::Lead => &map.leads,
            Self::Purchase => &map.purchases,
        }
    }
}

/// Actions added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CountedActions {
    /// How many, in millionths: Meta gives decimals for some.
    pub count_micros: i64,
    /// Their value by currency: amounts of two are never added.
    pub values: BTreeMap<Currency, Micros>,
    /// On how many ad-days.
    pub ad_days: u64,
}

impl CountedActions {
    fn add_value(&mut self, currency: Currency, micros: i64) {
        *self.values.entry(currency).or_default() += Micros(micros);
    }

    fn add(&mut self, other: &Self) {
        self.count_micros += other.count_micros;
        for (currency, value) in &other.values {
            *self.values.entry(*currency).or_default() += *value;
        }
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// An action type that Meta told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldType {
    /// Meta's name.
    pub name: String,
    pub class: ActionClass,
    pub told: CountedActions,
    pub ads: usize,
    pub days: usize,
    pub accounts: usize,
    /// The count by attribution window, in millionths, where Meta was asked for windows.
    pub windows: BTreeMap<String, i64>,
    /// What of it the map takes as leads.
    pub as_leads: CountedActions,
    /// What of it the map takes as purchases.
    pub as_purchases: CountedActions,
    /// Others that count the same events, at least in part: never to be added to this one.
    pub overlaps: Vec<String>,
    /// The narrowest other one that counts everything this one does.
    pub within: Option<String>,
}

/// A later entry of the list was taken, for want of the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FallenBack {
    pub account: AdAccountId,
    /// The types of the entry that was taken; none when the list has none of what Meta told.
    pub taken: Vec<String>,
    pub ad_days: u64,
    /// What was taken. Where nothing was, the largest figure of the types that tell the event.
    pub count_micros: i64,
}

/// What Meta told of leads, or of purchases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldEvent {
    pub event: Event,
    /// The figure of reports: each ad-day a whole number.
    pub figure: i64,
    /// The same before it is rounded, and its value.
    pub counted: CountedActions,
    /// Every type that tells the event added up: what nobody should do.
    pub summed: CountedActions,
    /// How many types tell it.
    pub types: usize,
    /// By account: where the first entry of the list was missing.
    pub fallen_back: Vec<FallenBack>,
    /// Types that stand in one entry of the list and count the same events.
    pub added_twice: Vec<(String, String)>,
}

/// Takes ad-days in any order and tells what they come to.
#[derive(Debug)]
pub struct ActionTally {
    map: ActionMap,
    shapes: ByShape<TalliedShape>,
    sums: FxHashMap<(AdAccountId, Currency, usize), ShapeSums>,
}

/// A shape, and what the map takes of it.
#[derive(Debug)]
struct TalliedShape {
    of: ActionShape,
    leads: Taken,
    purchases: Taken,
    /// The places of the values of purchases.
    purchase_values: Vec<usize>,
}

/// What a map takes of the counts of a shape.
#[derive(Debug)]
struct Taken {
    /// The first entry of the list that has any of them.
    tier: Option<usize>,
    /// The places of those.
    counts: Vec<usize>,
    /// The places of the others that tell the event.
    others: Vec<usize>,
}

impl Taken {
    fn of(event: Event, shape: &ActionShape, map: &CompiledMap) -> Self {
        let tier = |of: &ShapedAction<'_>| map.tier(event, of.action_type);
        let best = shape.counts().filter_map(|of| tier(&of)).min();
        let is_taken = |of: &ShapedAction<'_>| best.is_some() && tier(of) == best;
        let tells = |of: &ShapedAction<'_>| ActionClass::of(of.action_type).kind == event.kind();
        let counts = shape.counts().filter(is_taken).map(|of| of.at);
        let others = shape.counts().filter(|of| !is_taken(of) && tells(of));
        Self {
            tier: best,
            counts: counts.collect(),
            others: others.map(|of| of.at).collect(),
        }
    }

    fn micros(&self, figures: &[i64]) -> Option<i64> {
        (!self.counts.is_empty()).then(|| sum_at(&self.counts, figures))
    }

    fn largest(&self, figures: &[i64]) -> Option<i64> {
        self.others.iter().map(|at| figure(figures, *at)).max()
    }
}

impl TalliedShape {
    fn of(shape: ActionShape, map: &CompiledMap) -> Self {
        let tier = |of: &ShapedAction<'_>| map.tier(Event::Purchase, of.action_type);
        let best = shape.values().filter_map(|of| tier(&of)).min();
        let values = shape
            .values()
            .filter(|of| best.is_some() && tier(of) == best);
        Self {
            leads: Taken::of(Event::Lead, &shape, map),
            purchases: Taken::of(Event::Purchase, &shape, map),
            purchase_values: values.map(|of| of.at).collect(),
            of: shape,
        }
    }

    fn taken(&self, event: Event) -> &Taken {
        match event {
            Event::Lead => &self.leads,
            Event::Purchase => &self.purchases,
        }
    }
}

/// The ad-days of one account and currency that tell the same actions.
#[derive(Clone, Debug, Default)]
struct ShapeSums {
    figures: Vec<i64>,
    ad_days: u64,
    ads: FxHashSet<AdId>,
    days: FxHashSet<NaiveDate>,
    /// The figures of reports: each ad-day a whole number.
    leads: i64,
    purchases: i64,
    /// Where the list has none of them: the largest that tells the event, of each ad-day.
    largest_leads: i64,
    largest_purchases: i64,
}

impl ShapeSums {
    fn join(&mut self, other: Self) {
        add_all(&mut self.figures, &other.figures);
        self.ad_days += other.ad_days;
        self.ads.extend(other.ads);
        self.days.extend(other.days);
        self.leads += other.leads;
        self.purchases += other.purchases;
        self.largest_leads += other.largest_leads;
        self.largest_purchases += other.largest_purchases;
    }
}

#[derive(Debug, Default)]
struct Gathered {
    told: CountedActions,
    ads: FxHashSet<AdId>,
    days: FxHashSet<NaiveDate>,
    accounts: FxHashSet<AdAccountId>,
    windows: BTreeMap<String, i64>,
    as_leads: CountedActions,
    as_purchases: CountedActions,
}

impl Gathered {
    fn counted(&mut self, event: Event) -> &mut CountedActions {
        match event {
            Event::Lead => &mut self.as_leads,
            Event::Purchase => &mut self.as_purchases,
        }
    }
}

#[derive(Debug, Default)]
struct EventTally {
    figure: i64,
    /// By account and place in the list; `None` where nothing of the list was told.
    taken: BTreeMap<(AdAccountId, Option<usize>), (u64, i64)>,
}

impl ActionTally {
    /// One that counts by this map.
    pub fn new(map: &ActionMap) -> Self {
        Self {
            map: map.clone(),
            shapes: ByShape::of(map),
            sums: FxHashMap::default(),
        }
    }

    /// One that counts by the same map, and to which nothing came.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self::new(&self.map)
    }

    /// Takes in all that came to another one.
    ///
    /// # Errors
    /// `Internal` for a shape that this crate did not write.
    pub fn join(&mut self, other: Self) -> Result<()> {
        for ((account, currency, nth), sums) in other.sums {
            let Some(text) = other.shapes.text(nth) else {
                continue;
            };
            let (nth, _) = self.shapes.find(text, TalliedShape::of)?;
            self.sums
                .entry((account, currency, nth))
                .or_default()
                .join(sums);
        }
        Ok(())
    }

    /// Takes what Meta told of one ad on one day.
    ///
    /// # Errors
    /// As [`join`](Self::join).
    pub fn add(&mut self, told: &ToldActions<'_>) -> Result<()> {
        let (nth, shape) = self.shapes.find(told.shape, TalliedShape::of)?;
        let sums = self
            .sums
            .entry((told.account, told.currency, nth))
            .or_default();
        add_all(&mut sums.figures, told.figures);
        sums.ad_days += 1;
        sums.ads.insert(told.ad);
        sums.days.insert(told.day);
        for (taken, figure, largest) in [
            (&shape.leads, &mut sums.leads, &mut sums.largest_leads),
            (
                &shape.purchases,
                &mut sums.purchases,
                &mut sums.largest_purchases,
            ),
        ] {
            match taken.micros(told.figures) {
                Some(micros) => *figure += whole(micros),
                None => *largest += taken.largest(told.figures).unwrap_or(0),
            }
        }
        Ok(())
    }

    /// The types by kind, the widest of each event first; and both events.
    pub fn finish(self) -> (Vec<ToldType>, [ToldEvent; 2]) {
        let Self { map, shapes, sums } = self;
        let mut types: HashMap<String, Gathered> = HashMap::new();
        let (mut leads, mut purchases) = (EventTally::default(), EventTally::default());
        for ((account, currency, nth), sums) in sums {
            let Some(shape) = shapes.get(nth) else {
                continue;
            };
            gather(&mut types, (account, currency), shape, &sums);
            for (tally, taken, figure, largest) in [
                (&mut leads, &shape.leads, sums.leads, sums.largest_leads),
                (
                    &mut purchases,
                    &shape.purchases,
                    sums.purchases,
                    sums.largest_purchases,
                ),
            ] {
                tally.figure += figure;
                if taken.counts.is_empty() && taken.others.is_empty() {
                    continue;
                }
                let (days, all) = tally.taken.entry((account, taken.tier)).or_default();
                *days += sums.ad_days;
                *all += taken.micros(&sums.figures).unwrap_or(largest);
            }
        }
        let classes: Vec<(String, ActionClass)> = types
            .keys()
            .map(|name| (name.clone(), ActionClass::of(name)))
            .collect();
        let mut told: Vec<ToldType> = types
            .into_iter()
            .map(|(name, of)| {
                let own = ActionClass::of(&name);
                let others = || classes.iter().filter(|(other, _)| *other != name);
                let mut overlaps: Vec<String> = others()
                    .filter(|(_, class)| own.overlaps(class))
                    .map(|(other, _)| other.clone())
                    .collect();
                overlaps.sort_unstable();
                let within = others()
                    .filter(|(_, class)| class.holds(&own) && !own.holds(class))
                    .min_by_key(|(other, class)| (class.width(), other.clone()))
                    .map(|(other, _)| other.clone());
                ToldType {
                    name,
                    class: own,
                    told: of.told,
                    ads: of.ads.len(),
                    days: of.days.len(),
                    accounts: of.accounts.len(),
                    windows: of.windows,
                    as_leads: of.as_leads,
                    as_purchases: of.as_purchases,
                    overlaps,
                    within,
                }
            })
            .collect();
        told.sort_by(|a, b| {
            let key = |of: &ToldType| {
                (
                    of.class.kind,
                    of.class.family().to_owned(),
                    std::cmp::Reverse((of.class.width(), of.told.count_micros)),
                    of.name.clone(),
                )
            };
            key(a).cmp(&key(b))
        });
        let events = [
            leads.finish(Event::Lead, &map, &told),
            purchases.finish(Event::Purchase, &map, &told),
        ];
        (told, events)
    }
}

impl EventTally {
    fn finish(self, event: Event, map: &ActionMap, types: &[ToldType]) -> ToldEvent {
        let tiers = event.tiers(map);
        let mut counted = CountedActions::default();
        let mut summed = CountedActions::default();
        let mut telling = 0;
        for told in types {
            let own = match event {
                Event::Lead => &told.as_leads,
                Event::Purchase => &told.as_purchases,
            };
            counted.add(own);
            let listed = tiers.iter().flatten().any(|name| *name == told.name);
            if told.class.kind == event.kind() || listed {
                telling += 1;
                summed.add(&told.told);
            }
        }
        if event == Event::Lead {
            // Reports show no value of leads.
            summed.values.clear();
        }
        // Types share their ad-days, so these are counted on their own.
        for ((_, tier), (ad_days, _)) in &self.taken {
            summed.ad_days += ad_days;
            counted.ad_days += if tier.is_some() { *ad_days } else { 0 };
        }
        let fallen_back = self
            .taken
            .into_iter()
            .filter(|((_, tier), _)| *tier != Some(0))
            .map(|((account, tier), (ad_days, count_micros))| FallenBack {
                account,
                taken: tier
                    .and_then(|tier| tiers.get(tier))
                    .cloned()
                    .unwrap_or_default(),
                ad_days,
                count_micros,
            })
            .filter(|fallen| !fallen.taken.is_empty() || fallen.count_micros > 0)
            .collect();
        ToldEvent {
            event,
            figure: self.figure,
            counted,
            summed,
            types: telling,
            fallen_back,
            added_twice: added_twice(tiers),
        }
    }
}

/// Adds what ad-days of one shape come to to its types.
fn gather(
    types: &mut HashMap<String, Gathered>,
    (account, currency): (AdAccountId, Currency),
    shape: &TalliedShape,
    sums: &ShapeSums,
) {
    let mut of = |name: &str, add: &mut dyn FnMut(&mut Gathered)| {
        let of = types.entry(name.to_owned()).or_default();
        of.ads.extend(&sums.ads);
        of.days.extend(&sums.days);
        of.accounts.insert(account);
        add(of);
    };
    for action in shape.of.counts() {
        of(action.action_type, &mut |of| {
            of.told.count_micros += figure(&sums.figures, action.at);
            of.told.ad_days += sums.ad_days;
            for (window, at) in action.windows.iter().zip(action.at + 1..) {
                *of.windows.entry(window.clone()).or_default() += figure(&sums.figures, at);
            }
            for event in Event::ALL {
                if shape.taken(event).counts.contains(&action.at) {
                    let counted = of.counted(event);
                    counted.count_micros += figure(&sums.figures, action.at);
                    counted.ad_days += sums.ad_days;
                }
            }
        });
    }
    for action in shape.of.values() {
        let mut counts = shape.of.counts();
        let counted = counts.any(|other| other.action_type == action.action_type);
        of(action.action_type, &mut |of| {
            let value = figure(&sums.figures, action.at);
            of.told.add_value(currency, value);
            // Some events have a value and no count.
            of.told.ad_days += if counted { 0 } else { sums.ad_days };
            if shape.purchase_values.contains(&action.at) {
                of.as_purchases.add_value(currency, value);
            }
        });
    }
}

fn add_all(sums: &mut Vec<i64>, figures: &[i64]) {
    if sums.len() < figures.len() {
        sums.resize(figures.len(), 0);
    }
    for (sum, figure) in sums.iter_mut().zip(figures) {
        *sum += figure;
    }
}

/// Types of one entry that count the same events: their sum counts these twice.
fn added_twice(tiers: &Tiers) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for tier in tiers {
        for (at, one) in tier.iter().enumerate() {
            let class = ActionClass::of(one);
            for other in tier.iter().skip(at + 1) {
                if class.overlaps(&ActionClass::of(other)) {
                    found.push((one.clone(), other.clone()));
                }
            }
        }
    }
    found
}
