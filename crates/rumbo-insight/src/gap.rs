//! What Meta claims beside what the CRM holds, and where the difference comes from.
//!
//! Both sides are those of the report ([`crate::roi()`]). The way from one to the other is cut into
//! causes that rows tell: leads of Instant Forms are followed from Meta's count to the touch that
//! arrived and to the person it made a lead of; sales are credited again step by step, from the way
//! that is closest to Meta's own (last touch, sale date, gross, inside the attribution setting of the
//! ad sets) to the one that was chosen. What remains is *not explained*, so that the parts are the
//! difference exactly, in every row.

use std::collections::{BTreeMap, HashMap};

use rumbo_base::{Currency, Micros, Result};
use rumbo_db::Tx;
use rumbo_platform::Scope;

use crate::attribution::{Attribution, Basis, Model, Refunds, Window};
use crate::data_driven::Lesson;
use crate::exchange::{Exchange, Valuing};
use crate::figures::{Figures, Shares, plus};
use crate::path::Grain;
use crate::read::directory::Directory;
use crate::read::origin::Origins;
use crate::read::outcome::{self, Kind};
use crate::read::place::Place;
use crate::roi::{CurrencyGroup, Ledger, RoiReport, RoiRequest, RoiRow, RowFigures, roi};

mod leads;

pub use leads::STATEMENTS;
use leads::{Followed, followed};

/// Why the CRM says something else than Meta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GapCause {
    /// Leads by Instant Form that Meta counted, and of which no form arrived here; more forms than
    /// Meta counted are a rise.
    FormsNotArrived,
    /// Forms of people who were known here already: a person is one lead.
    AlreadyKnown,
    /// People who first came by a message from an ad: Meta counts these as conversations.
    Messages,
    /// Claimed after a view alone, which the CRM does not see.
    ViewThrough,
    /// Of a row of which Meta claims nothing of the kind.
    WithoutClaim,
    /// Of a row of which the CRM has nothing of the kind.
    OnlyMeta,
    /// Sales that lie further from their touch than Meta's attribution setting reaches, or nearer
    /// than the chosen window.
    Window,
    /// Another model than the last touch.
    Model,
    /// Sales dated by their lead.
    Basis,
    /// Money given back, which Meta does not know of.
    Refunds,
    /// Sales in another currency than the ad account's: they stand in the group of theirs.
    OtherCurrency,
    /// What nothing of an ad is known of.
    NotAttributed,
    /// What rows do not tell.
    NotExplained,
}

impl GapCause {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 13] = [
        Self::FormsNotArrived,
        Self::AlreadyKnown,
        Self::Messages,
        Self::ViewThrough,
        Self::WithoutClaim,
        Self::OnlyMeta,
        Self::Window,
        Self::Model,
        Self::Basis,
        Self::Refunds,
        Self::OtherCurrency,
        Self::NotAttributed,
        Self::NotExplained,
    ];
}

/// Parts of a gap: how many leads and sales, and how much revenue, the CRM has more than Meta.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GapAmounts {
    pub leads: i64,
    pub sales: Shares,
    pub revenue: Micros,
}

impl GapAmounts {
    /// What the CRM has in these figures.
    fn held(figures: &Figures) -> Self {
        Self {
            leads: figures.leads,
            sales: figures.sales,
            revenue: figures.revenue,
        }
    }

    /// What Meta claims in these figures; nothing where it tells nothing.
    fn claimed(figures: &Figures) -> Self {
        Self {
            leads: figures.meta_leads,
            sales: Shares::whole(figures.meta_purchases),
            revenue: figures.meta_purchase_value,
        }
    }

    /// The CRM's figures less Meta's.
    pub fn between(figures: &Figures) -> Self {
        Self::held(figures).less(&Self::claimed(figures))
    }

    fn less(&self, other: &Self) -> Self {
        Self {
            leads: self.leads.saturating_sub(other.leads),
            sales: Shares(self.sales.0.saturating_sub(other.sales.0)),
            revenue: Micros(self.revenue.0.saturating_sub(other.revenue.0)),
        }
    }

    fn add(&mut self, other: &Self) -> Result<()> {
        self.leads = plus(self.leads, other.leads)?;
        self.sales = Shares(plus(self.sales.0, other.sales.0)?);
        self.revenue = Micros(plus(self.revenue.0, other.revenue.0)?);
        Ok(())
    }

    fn leads(leads: i64) -> Self {
        Self {
            leads,
            ..Self::default()
        }
    }

    fn without_leads(self) -> Self {
        Self { leads: 0, ..self }
    }

    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// The gap of one row, or of a sum of rows. The causes add up to `gap` exactly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GapLine {
    pub gap: GapAmounts,
    pub causes: BTreeMap<GapCause, GapAmounts>,
}

impl GapLine {
    fn put(&mut self, cause: GapCause, amounts: GapAmounts) -> Result<()> {
        if amounts.is_nothing() {
            return Ok(());
        }
        self.causes.entry(cause).or_default().add(&amounts)
    }

    /// What the causes so far do not come to.
    fn close(&mut self) -> Result<()> {
        let mut rest = self.gap;
        for amounts in self.causes.values() {
            rest = rest.less(amounts);
        }
        self.put(GapCause::NotExplained, rest)
    }

    fn add(&mut self, other: &Self) -> Result<()> {
        self.gap.add(&other.gap)?;
        for (cause, amounts) in &other.causes {
            self.put(*cause, *amounts)?;
        }
        Ok(())
    }
}

/// The gaps of a group of the report, in the order of its rows.
#[derive(Clone, Debug)]
pub struct GapGroup {
    pub currency: Currency,
    pub rows: Vec<GapLine>,
    /// All rows together.
    pub attributed: GapLine,
    pub unattributed: GapLine,
    /// The rows and what is not attributed.
    pub total: GapLine,
}

/// An attribution setting of ad sets, in Meta's words, and on how many ad-days it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingInForce {
    pub setting: String,
    pub ad_days: u64,
    /// The window it stands for; `None` for words that are not understood.
    pub window: Option<Window>,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct GapReport {
    pub report: RoiReport,
    /// One for each group of the report.
    pub groups: Vec<GapGroup>,
    /// Meta's settings in the period, that of most ad-days first.
    pub settings: Vec<SettingInForce>,
    /// The one that sales were credited by first: Meta's most common one that is understood.
    pub meta_window: Option<Window>,
    /// Whether Meta told, of any ad-day, how much of its claims came after a view alone.
    pub tells_views: bool,
}

/// Makes the report and takes the gap apart.
///
/// # Errors
/// As [`roi`].
pub async fn gap(scope: &Scope, request: RoiRequest) -> Result<GapReport> {
    let report = roi(scope, request.clone()).await?;
    scope
        .db
        .attentively(Box::pin(explained(scope, request, report)))
        .await
}

async fn explained(scope: &Scope, request: RoiRequest, report: RoiReport) -> Result<GapReport> {
    let mut tx = scope.read().await?;
    let place = Place::read(&mut tx, scope, request.as_of).await?;
    let depth = request.grain.max(Grain::AdSet);
    let directory = Directory::read(&mut tx, &place, depth).await?;
    let mut origins = Origins::read(&mut tx, &place, &directory).await?;
    Lesson::of(
        scope,
        &place,
        &directory,
        request.range,
        request.attribution.window,
    )
    .for_report(&mut tx, &mut origins, request.attribution)
    .await?;
    let followed = followed(&mut tx, &place, &directory, &origins, &request).await?;
    let settings = in_force(&followed);
    let meta_window = settings.iter().find_map(|setting| setting.window);
    let way = Way::of(request.attribution, meta_window);
    let steps = {
        let mut exchange = Exchange::read(
            &mut tx,
            &place,
            request.convert_to,
            request.attribution,
            std::iter::once(request.range),
        )
        .await?;
        loop {
            let mut steps = Vec::new();
            for attribution in way.steps() {
                let question = outcome::Question {
                    place: &place,
                    origins: &origins,
                    range: request.range,
                    attribution,
                    customers: false,
                    by_source: false,
                };
                steps.push(gross(&mut tx, &directory, question, &request, &mut exchange).await?);
            }
            if !exchange.keeps_more() {
                break steps;
            }
        }
    };
    let tells_views = followed.values().any(|row| row.tells_views);
    let evidence = Evidence {
        report: &report,
        way: &way,
        steps: &steps,
        followed: &followed,
        sees_views: origins.see_views(),
    };
    let groups = report
        .groups
        .iter()
        .map(|group| lines(&evidence, group))
        .collect::<Result<_>>()?;
    Ok(GapReport {
        report,
        groups,
        settings,
        meta_window,
        tells_views,
    })
}

/// What the gap of a row is told by.
struct Evidence<'a> {
    report: &'a RoiReport,
    way: &'a Way,
    steps: &'a [RowFigures],
    followed: &'a HashMap<String, Followed>,
    /// Whether the CRM knows touches in which an ad was only seen: what Meta claims after a view may
    /// then be among its sales.
    sees_views: bool,
}

/// The ways of crediting between Meta's and the chosen one, each with the cause of its step.
struct Way {
    first: Attribution,
    then: Vec<(GapCause, Attribution)>,
}

impl Way {
    fn of(chosen: Attribution, meta: Option<Window>) -> Self {
        // Gross: what is given back is the last step.
        let closest = Attribution {
            model: Model::LastTouch,
            window: chosen.window,
            basis: Basis::Sale,
            refunds: Refunds::Cash,
        };
        let first = Attribution {
            window: meta.unwrap_or(chosen.window),
            ..closest
        };
        let mut then = Vec::new();
        let mut last = first;
        for (cause, next) in [
            (GapCause::Window, closest),
            (
                GapCause::Model,
                Attribution {
                    model: chosen.model,
                    ..closest
                },
            ),
            (
                GapCause::Basis,
                Attribution {
                    refunds: Refunds::Cash,
                    ..chosen
                },
            ),
        ] {
            if next != last {
                then.push((cause, next));
                last = next;
            }
        }
        Self { first, then }
    }

    fn steps(&self) -> impl Iterator<Item = Attribution> + '_ {
        std::iter::once(self.first).chain(self.then.iter().map(|(_, attribution)| *attribution))
    }
}

/// What was credited before anything was given back.
async fn gross(
    tx: &mut Tx,
    directory: &Directory,
    question: outcome::Question<'_>,
    request: &RoiRequest,
    exchange: &mut Exchange,
) -> Result<RowFigures> {
    let place = question.place;
    let mut ledger =
        Ledger::new(request.grain, place, directory, &request.filter).exchanging(exchange);
    let mut valuing = Valuing::by(exchange);
    outcome::read(tx, question, |row| {
        if row.kind != Kind::Sale || !request.filter.allows(row.path) {
            return Ok(());
        }
        let worth = valuing.worth(row)?;
        ledger.add_outcome(row, &worth)
    })
    .await?;
    Ok(ledger.into_figures())
}

/// What a row has after a step, in its currency.
fn after(step: &RowFigures, currency: Currency, key: &str) -> GapAmounts {
    step.get(&currency)
        .and_then(|rows| rows.get(key))
        .map(GapAmounts::held)
        .unwrap_or_default()
        .without_leads()
}

fn lines(evidence: &Evidence<'_>, group: &CurrencyGroup) -> Result<GapGroup> {
    let mut rows = Vec::with_capacity(group.rows.len());
    let mut attributed = GapLine::default();
    for row in &group.rows {
        let line = line(evidence, group.currency, row)?;
        attributed.add(&line)?;
        rows.push(line);
    }
    let mut unattributed = GapLine {
        gap: GapAmounts::between(&group.unattributed.figures),
        ..GapLine::default()
    };
    unattributed.put(GapCause::NotAttributed, unattributed.gap)?;
    let mut total = attributed.clone();
    total.add(&unattributed)?;
    Ok(GapGroup {
        currency: group.currency,
        rows,
        attributed,
        unattributed,
        total,
    })
}

fn line(evidence: &Evidence<'_>, currency: Currency, row: &RoiRow) -> Result<GapLine> {
    let mut line = GapLine {
        gap: GapAmounts::between(&row.figures),
        ..GapLine::default()
    };
    if row.other_currency {
        // What Meta claims of it stands in the group of the ad account.
        line.put(GapCause::OtherCurrency, line.gap)?;
        return Ok(line);
    }
    let followed = evidence.followed.get(&row.key).cloned().unwrap_or_default();
    let viewed = if evidence.sees_views {
        GapAmounts::default()
    } else {
        GapAmounts {
            leads: followed.viewed_leads,
            sales: Shares::whole(followed.viewed_purchases),
            // Of a converted report it is not converted.
            revenue: match evidence.report.exchanged {
                None => followed.viewed_value,
                Some(_) => Micros::ZERO,
            },
        }
    };
    line.put(GapCause::ViewThrough, GapAmounts::default().less(&viewed))?;
    leads_of(&mut line, row, &followed, viewed.leads)?;
    sales_of(&mut line, evidence, currency, row, &viewed)?;
    line.close()?;
    Ok(line)
}

/// The sales of a row, from those inside Meta's window to those of the report.
fn sales_of(
    line: &mut GapLine,
    evidence: &Evidence<'_>,
    currency: Currency,
    row: &RoiRow,
    viewed: &GapAmounts,
) -> Result<()> {
    let after = |step: &RowFigures| after(step, currency, &row.key);
    let mut now = evidence.steps.first().map(after).unwrap_or_default();
    let claimed = GapAmounts::claimed(&row.figures).without_leads();
    let groups = evidence.report.groups.iter();
    let elsewhere: i64 = groups
        .filter(|group| group.currency != currency)
        .flat_map(|group| &group.rows)
        .filter(|other| other.other_currency && other.key == row.key)
        .map(|other| other.figures.sales.0)
        .sum();
    if claimed.is_nothing() {
        line.put(GapCause::WithoutClaim, now)?;
    } else if elsewhere != 0 {
        let sales = GapAmounts {
            sales: Shares(-elsewhere),
            ..GapAmounts::default()
        };
        line.put(GapCause::OtherCurrency, sales)?;
    } else if now.is_nothing() {
        let rest = claimed.less(&viewed.without_leads());
        line.put(GapCause::OnlyMeta, GapAmounts::default().less(&rest))?;
    }
    for ((cause, _), step) in evidence.way.then.iter().zip(evidence.steps.iter().skip(1)) {
        let next = after(step);
        line.put(*cause, next.less(&now))?;
        now = next;
    }
    let held = GapAmounts::held(&row.figures).without_leads();
    line.put(GapCause::Refunds, held.less(&now))
}

/// The leads of a row, from what Meta counted to who is one here.
fn leads_of(line: &mut GapLine, row: &RoiRow, followed: &Followed, viewed: i64) -> Result<()> {
    let Followed {
        counted,
        arrived,
        made,
        messages,
        ..
    } = *followed;
    line.put(
        GapCause::FormsNotArrived,
        GapAmounts::leads(arrived - counted),
    )?;
    line.put(GapCause::AlreadyKnown, GapAmounts::leads(made - arrived))?;
    line.put(GapCause::Messages, GapAmounts::leads(messages))?;
    // Beside forms, messages and views.
    let held = row.figures.leads - made - messages;
    let claimed = row.figures.meta_leads - counted - viewed;
    if claimed == 0 {
        line.put(GapCause::WithoutClaim, GapAmounts::leads(held))?;
    } else if held == 0 {
        line.put(GapCause::OnlyMeta, GapAmounts::leads(-claimed))?;
    }
    Ok(())
}

fn in_force(followed: &HashMap<String, Followed>) -> Vec<SettingInForce> {
    let mut days: BTreeMap<&str, u64> = BTreeMap::new();
    for (setting, ad_days) in followed.values().flat_map(|row| &row.settings) {
        *days.entry(setting).or_default() += ad_days;
    }
    let mut settings: Vec<SettingInForce> = days
        .into_iter()
        .map(|(setting, ad_days)| SettingInForce {
            setting: setting.to_owned(),
            ad_days,
            window: rumbo_ads::attribution_setting::AttributionSetting::of(setting).map(|read| {
                // What Meta does not credit counts from the same instant only.
                Window {
                    click_days: Some(read.click_days().unwrap_or(0)),
                    view_days: Some(read.view_days().unwrap_or(0)),
                }
            }),
        })
        .collect();
    settings.sort_by(|a, b| b.ad_days.cmp(&a.ad_days).then(a.setting.cmp(&b.setting)));
    settings
}
