//! Which actions Meta told, which of them the map counts, and which are the same events again.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use rumbo_base::{AdAccountId, AdId, Currency, Micros};

use super::{ActionClass, ActionKind, ActionMap, Tiers};
use crate::insights::{
    CompiledMap, StoredAction, StoredActions, ToldActions, decimal_micros, whole,
};

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
    compiled: CompiledMap,
    types: HashMap<String, Gathered>,
    leads: EventTally,
    purchases: EventTally,
}

#[derive(Debug)]
struct Gathered {
    class: ActionClass,
    told: CountedActions,
    ads: HashSet<AdId>,
    days: HashSet<NaiveDate>,
    accounts: HashSet<AdAccountId>,
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
            compiled: map.into(),
            types: HashMap::new(),
            leads: EventTally::default(),
            purchases: EventTally::default(),
        }
    }

    /// Takes what Meta told of one ad on one day.
    pub fn add(&mut self, account: AdAccountId, told: &ToldActions<'_>) {
        let counts: Vec<(StoredAction<'_>, i64)> = told.actions.counts().filter_map(read).collect();
        let values: Vec<(StoredAction<'_>, i64)> = told.actions.values().filter_map(read).collect();
        for (action, micros) in &counts {
            let of = self.gathered(account, told, &action.action_type);
            of.told.count_micros += micros;
            of.told.ad_days += 1;
            for (window, value) in &action.windows {
                let Some((micros, _)) = decimal_micros(value) else {
                    continue;
                };
                match of.windows.get_mut(window.as_ref()) {
                    Some(sum) => *sum += micros,
                    None => {
                        of.windows.insert(window.clone().into_owned(), micros);
                    }
                }
            }
        }
        for (action, micros) in &values {
            let name = &action.action_type;
            let counted = counts.iter().any(|(other, _)| other.action_type == *name);
            let of = self.gathered(account, told, name);
            of.told.add_value(told.currency, *micros);
            // Some events have a value and no count.
            of.told.ad_days += u64::from(!counted);
        }
        for event in Event::ALL {
            self.count(event, account, &counts);
            self.value(event, told.currency, &values);
        }
    }

    fn gathered(
        &mut self,
        account: AdAccountId,
        told: &ToldActions<'_>,
        name: &str,
    ) -> &mut Gathered {
        let of = self
            .types
            .entry(name.to_owned())
            .or_insert_with(|| Gathered {
                class: ActionClass::of(name),
                told: CountedActions::default(),
                ads: HashSet::new(),
                days: HashSet::new(),
                accounts: HashSet::new(),
                windows: BTreeMap::new(),
                as_leads: CountedActions::default(),
                as_purchases: CountedActions::default(),
            });
        of.ads.insert(told.ad);
        of.days.insert(told.day);
        of.accounts.insert(account);
        of
    }

    /// What the map takes of one ad-day, as it is derived when the day is stored.
    fn count(&mut self, event: Event, account: AdAccountId, told: &[(StoredAction<'_>, i64)]) {
        let tier = self.best(event, told);
        let mut sum = None;
        let mut largest = None;
        for (action, micros) in told {
            let own = self.compiled.tier(event, &action.action_type);
            let Some(of) = self.types.get_mut(action.action_type.as_ref()) else {
                continue;
            };
            if own.is_some() && own == tier {
                sum = Some(sum.unwrap_or(0) + micros);
                let counted = of.counted(event);
                counted.count_micros += micros;
                counted.ad_days += 1;
            } else if of.class.kind == event.kind() {
                largest = largest.max(Some(*micros));
            }
        }
        let tally = match event {
            Event::Lead => &mut self.leads,
            Event::Purchase => &mut self.purchases,
        };
        if let Some(sum) = sum {
            tally.figure += whole(sum);
        }
        if let Some(count) = sum.or(largest) {
            let (days, all) = tally.taken.entry((account, tier)).or_default();
            *days += 1;
            *all += count;
        }
    }

    fn value(&mut self, event: Event, currency: Currency, told: &[(StoredAction<'_>, i64)]) {
        // Only purchases have a value that reports show.
        if event != Event::Purchase {
            return;
        }
        let tier = self.best(event, told);
        for (action, micros) in told {
            let own = self.compiled.tier(event, &action.action_type);
            if let Some(of) = self.types.get_mut(action.action_type.as_ref())
                && own.is_some()
                && own == tier
            {
                of.counted(event).add_value(currency, *micros);
            }
        }
    }

    /// The first entry of the list that has any of what was told.
    fn best(&self, event: Event, told: &[(StoredAction<'_>, i64)]) -> Option<usize> {
        told.iter()
            .filter_map(|(action, _)| self.compiled.tier(event, &action.action_type))
            .min()
    }

    /// The types by kind, the widest of each event first; and both events.
    pub fn finish(self) -> (Vec<ToldType>, [ToldEvent; 2]) {
        let Self {
            map,
            types,
            leads,
            purchases,
            ..
        } = self;
        let classes: Vec<(String, ActionClass)> = types
            .iter()
            .map(|(name, of)| (name.clone(), of.class.clone()))
            .collect();
        let mut told: Vec<ToldType> = types
            .into_iter()
            .map(|(name, of)| {
                let others = || classes.iter().filter(|(other, _)| *other != name);
                let mut overlaps: Vec<String> = others()
                    .filter(|(_, class)| of.class.overlaps(class))
                    .map(|(other, _)| other.clone())
                    .collect();
                overlaps.sort_unstable();
                let within = others()
                    .filter(|(_, class)| class.holds(&of.class) && !of.class.holds(class))
                    .min_by_key(|(other, class)| (class.width(), other.clone()))
                    .map(|(other, _)| other.clone());
                ToldType {
                    name,
                    class: of.class,
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

/// Takes what a map counts of an ad-day apart.
#[derive(Debug)]
pub struct ClaimSplit(CompiledMap);

/// How what is counted came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SplitClaims {
    /// Leads by Instant Form.
    pub forms: i64,
    /// Other leads after a view alone.
    pub viewed_leads: i64,
    /// Purchases after a view alone.
    pub viewed_purchases: i64,
    /// Their value, in millionths of the account's currency.
    pub viewed_value: i64,
    /// Whether Meta told anything by window.
    pub tells_views: bool,
}

/// Meta's names of leads by Instant Form, the usual one first. They are the same leads.
const FORMS: [&str; 3] = [
    "onsite_conversion.lead_grouped",
    "onsite_conversion.lead",
    "leadgen_grouped",
];

/// The window of claims after a view alone; those of seven and 28 days are gone.
pub(crate) const AFTER_VIEW: &str = "1d_view";

/// A figure, and how much of it came after a view.
type Viewed<'a> = (Cow<'a, str>, i64, i64);

impl ClaimSplit {
    /// By this map.
    pub fn of(map: &ActionMap) -> Self {
        Self(map.into())
    }

    /// Of one ad-day. Forms count as far as the entry of the list that is taken holds them.
    pub fn split(&self, actions: &StoredActions<'_>) -> SplitClaims {
        let counts: Vec<Viewed<'_>> = actions.counts().filter_map(viewed).collect();
        let values: Vec<Viewed<'_>> = actions.values().filter_map(viewed).collect();
        let (leads, viewed_leads) = self.taken(Event::Lead, &counts, |_| true);
        let holds = |form: &&str| {
            let class = ActionClass::of(form);
            let of = |name: &str| ActionClass::of(name).holds(&class);
            self.taken(Event::Lead, &counts, of) != (0, 0)
        };
        let form = FORMS.iter().find_map(|form| {
            let told = counts.iter().find(|(name, ..)| name == form)?;
            holds(form).then_some((told.1, told.2))
        });
        let (forms, viewed_forms) = form.unwrap_or_default();
        let (_, viewed_purchases) = self.taken(Event::Purchase, &counts, |_| true);
        let (_, viewed_value) = self.taken(Event::Purchase, &values, |_| true);
        SplitClaims {
            forms: whole(forms.min(leads)),
            viewed_leads: whole((viewed_leads - viewed_forms).max(0)),
            viewed_purchases: whole(viewed_purchases),
            viewed_value,
            tells_views: counts.iter().chain(&values).any(|(.., views)| *views != 0),
        }
    }

    /// What the entry that is taken comes to, of types of some kind, and how much of it after a view.
    fn taken(&self, event: Event, told: &[Viewed<'_>], only: impl Fn(&str) -> bool) -> (i64, i64) {
        let tier = |name: &str| self.0.tier(event, name);
        let best = told.iter().filter_map(|(name, ..)| tier(name)).min();
        told.iter()
            .filter(|(name, ..)| best.is_some() && tier(name) == best && only(name))
            .fold((0, 0), |(all, views), (_, micros, viewed)| {
                (all + micros, views + viewed)
            })
    }
}

fn viewed(action: StoredAction<'_>) -> Option<Viewed<'_>> {
    let (micros, _) = decimal_micros(&action.value)?;
    let views = action
        .windows
        .iter()
        .find(|(window, _)| window == AFTER_VIEW)
        .and_then(|(_, value)| decimal_micros(value))
        .map_or(0, |(micros, _)| micros);
    Some((action.action_type, micros, views))
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

fn read(action: StoredAction<'_>) -> Option<(StoredAction<'_>, i64)> {
    let (micros, _) = decimal_micros(&action.value)?;
    Some((action, micros))
}
