//! What a map counts of ad-days, taken apart by how it came about.

use rumbo_base::Result;

use super::shapes::{ByShape, figure, sum_at};
use super::{ActionClass, ActionMap, Event};
use crate::insights::{ActionShape, CompiledMap, ShapedAction, ToldActions, whole};

/// Takes what a map counts of an ad-day apart.
#[derive(Debug)]
pub struct ClaimSplit(ByShape<SplitShape>);

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

/// Where the figures of some actions are, and those of them after a view.
#[derive(Debug, Default)]
struct Places {
    figures: Vec<usize>,
    views: Vec<usize>,
}

impl Places {
    fn of<'a>(actions: impl Iterator<Item = ShapedAction<'a>>) -> Self {
        let mut places = Self::default();
        for action in actions {
            places.figures.push(action.at);
            places.views.extend(view(&action));
        }
        places
    }

    fn sums(&self, figures: &[i64]) -> (i64, i64) {
        (sum_at(&self.figures, figures), sum_at(&self.views, figures))
    }
}

/// The place of what came after a view.
fn view(action: &ShapedAction<'_>) -> Option<usize> {
    let nth = action
        .windows
        .iter()
        .position(|window| window == AFTER_VIEW);
    nth.map(|nth| action.at + 1 + nth)
}

/// A shape, and where in it what a map counts is.
#[derive(Debug)]
struct SplitShape {
    leads: Places,
    /// Forms, the usual one first, each with the leads that are taken and hold it.
    forms: Vec<(Places, Places)>,
    purchases: Places,
    purchase_values: Places,
    views: Vec<usize>,
}

impl SplitShape {
    fn of(shape: ActionShape, map: &CompiledMap) -> Self {
        let leads = || taken(Event::Lead, map, || shape.counts());
        let forms = FORMS.iter().filter_map(|form| {
            let told = shape.counts().find(|action| action.action_type == *form)?;
            let class = ActionClass::of(form);
            let holds = |of: &ShapedAction<'_>| ActionClass::of(of.action_type).holds(&class);
            let holding = leads().filter(holds);
            Some((Places::of(std::iter::once(told)), Places::of(holding)))
        });
        let views = shape.counts().chain(shape.values());
        Self {
            leads: Places::of(leads()),
            forms: forms.collect(),
            purchases: Places::of(taken(Event::Purchase, map, || shape.counts())),
            purchase_values: Places::of(taken(Event::Purchase, map, || shape.values())),
            views: views.filter_map(|action| view(&action)).collect(),
        }
    }

    fn split(&self, figures: &[i64]) -> SplitClaims {
        let (leads, viewed_leads) = self.leads.sums(figures);
        let mut forms = self.forms.iter();
        let form = forms.find(|(_, holding)| holding.sums(figures) != (0, 0));
        let (forms, viewed_forms) = form.map(|(form, _)| form.sums(figures)).unwrap_or_default();
        let (_, viewed_purchases) = self.purchases.sums(figures);
        let (_, viewed_value) = self.purchase_values.sums(figures);
        SplitClaims {
            forms: whole(forms.min(leads)),
            viewed_leads: whole((viewed_leads - viewed_forms).max(0)),
            viewed_purchases: whole(viewed_purchases),
            viewed_value,
            tells_views: self.views.iter().any(|at| figure(figures, *at) != 0),
        }
    }
}

/// Those of the entry of the list that is taken.
fn taken<'a, I: Iterator<Item = ShapedAction<'a>>>(
    event: Event,
    map: &CompiledMap,
    actions: impl Fn() -> I,
) -> impl Iterator<Item = ShapedAction<'a>> {
    let tier = move |action: &ShapedAction<'_>| map.tier(event, action.action_type);
    let best = actions().filter_map(|action| tier(&action)).min();
    actions().filter(move |action| best.is_some() && tier(action) == best)
}

impl ClaimSplit {
    /// By this map.
    pub fn of(map: &ActionMap) -> Self {
        Self(ByShape::of(map))
    }

    /// Of one ad-day. Forms count as far as the entry of the list that is taken holds them.
    ///
    /// # Errors
    /// `Internal` for a shape that this crate did not write.
    pub fn split(&mut self, told: &ToldActions<'_>) -> Result<SplitClaims> {
        let (_, shape) = self.0.find(told.shape, SplitShape::of)?;
        Ok(shape.split(told.figures))
    }
}
