//! Whom ads reached, and where: Meta's figures by age, gender, country, placement or device.
//!
//! Meta leaves some of what it delivered out of each breakdown, and days may not have been read by
//! it. Both have a row of their own, so that the rows are always the whole, to the cent. What came
//! of it in the CRM is not known by these parts, and is not here.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::NaiveDate;
use rumbo_base::{
    AdAccountId, AdCampaignId, AdId, AdSetId, Breakdown, Code, Currency, DateRange, Error, Reason,
    Result,
};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;

use crate::figures::Figures;
use crate::read::delivered::parts::{self, WholeDay};
use crate::read::place::Place;
use crate::roi::{AccountZone, Comparison, Filter};

statements! {
    CAMPAIGN_NAME = "SELECT name FROM ad_campaigns WHERE workspace_id = $1 AND id = $2";
    AD_SET_NAME = "SELECT name FROM ad_sets WHERE workspace_id = $1 AND id = $2";
    AD_NAME = "SELECT name FROM ads WHERE workspace_id = $1 AND id = $2";
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct BreakdownRequest {
    pub by: Breakdown,
    pub range: DateRange,
    pub comparison: Comparison,
    pub within: Within,
}

/// Of what.
#[derive(Clone, Debug)]
pub enum Within {
    /// These ad accounts; all when empty.
    Accounts(Vec<AdAccountId>),
    Campaign(AdCampaignId),
    AdSet(AdSetId),
    Ad(AdId),
}

/// The answer.
#[derive(Clone, Debug)]
pub struct BreakdownReport {
    pub by: Breakdown,
    /// What the campaign, the ad set or the ad is called, where one was asked for.
    pub name: Option<String>,
    pub range: DateRange,
    /// The period compared with.
    pub previous: Option<DateRange>,
    /// The workspace's currency first, then by code.
    pub groups: Vec<BreakdownGroup>,
    /// Days of the period with figures that were not read by the breakdown, in order.
    pub unread_days: Vec<NaiveDate>,
    /// On whose days it is counted.
    pub zones: Vec<AccountZone>,
}

/// Everything in one currency. `parts`, `left_out` and `unread` are `total`, in every figure that
/// may be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakdownGroup {
    pub currency: Currency,
    /// Ages in order, everything else by spend, largest first.
    pub parts: Vec<Part>,
    pub left_out: Beside,
    pub unread: Beside,
    pub total: Beside,
}

/// One age, gender, country, placement or device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// As Meta writes it: `25-34`, `AR`, or platform and position joined by `/`. What Meta does not
    /// know is `unknown`.
    pub value: String,
    pub figures: Figures,
    /// In the period compared with; `None` when nothing was asked or nothing there.
    pub previous: Option<Figures>,
}

/// Figures beside those of the period compared with, when one was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    pub figures: Figures,
    pub previous: Option<Figures>,
}

/// One period in one currency.
#[derive(Debug, Default)]
struct Sums {
    parts: BTreeMap<String, Figures>,
    left_out: Figures,
    unread: Figures,
    total: Figures,
}

/// Makes the report.
///
/// # Errors
/// `NotFound` for a workspace, a campaign, an ad set or an ad that is gone; `InvalidInput` when a sum does not fit.
pub async fn breakdown(scope: &Scope, request: BreakdownRequest) -> Result<BreakdownReport> {
    let mut tx = scope.read().await?;
    let place = Place::read(&mut tx, scope, None).await?;
    let name = name(&mut tx, &place, &request.within).await?;
    let mut unread = BTreeSet::new();
    let now = sums(&mut tx, &place, &request, request.range, &mut unread).await?;
    let previous = request.comparison.range(request.range);
    let mut before = match previous {
        Some(range) => sums(&mut tx, &place, &request, range, &mut BTreeSet::new()).await?,
        None => BTreeMap::new(),
    };
    let mut groups: Vec<BreakdownGroup> = now
        .into_iter()
        .map(|(currency, sums)| {
            let past = before.remove(&currency).unwrap_or_default();
            group(request.by, currency, sums, previous.map(|_| past))
        })
        .collect();
    for (currency, past) in before {
        groups.push(group(request.by, currency, Sums::default(), Some(past)));
    }
    groups.sort_by_key(|group| (group.currency != place.main, group.currency));
    let zones = match &request.within {
        Within::Accounts(accounts) => place.zones(&Filter {
            accounts: accounts.clone(),
            parent: None,
        }),
        // What lies in one account has its days.
        Within::Campaign(_) | Within::AdSet(_) | Within::Ad(_) => Vec::new(),
    };
    Ok(BreakdownReport {
        by: request.by,
        name,
        range: request.range,
        previous,
        groups,
        unread_days: unread.into_iter().collect(),
        zones,
    })
}

async fn name(tx: &mut Tx, place: &Place, within: &Within) -> Result<Option<String>> {
    let (text, id, what) = match within {
        Within::Accounts(_) => return Ok(None),
        Within::Campaign(id) => (CAMPAIGN_NAME, id.0, "campaign"),
        Within::AdSet(id) => (AD_SET_NAME, id.0, "ad_set"),
        Within::Ad(id) => (AD_NAME, id.0, "ad"),
    };
    let found: Option<String> = on_tx!(tx, |c| sqlx::query_scalar(text)
        .bind(place.workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()?;
    match found {
        Some(name) => Ok(Some(name)),
        None => Err(Error::new(
            Code::NotFound,
            "This is not in this workspace. Choose another one.",
        )
        .reason(Reason::Gone)
        .param("what", what)),
    }
}

async fn sums(
    tx: &mut Tx,
    place: &Place,
    request: &BreakdownRequest,
    range: DateRange,
    unread: &mut BTreeSet<NaiveDate>,
) -> Result<BTreeMap<Currency, Sums>> {
    let days: Vec<WholeDay> = parts::whole(tx, place, &request.within, range).await?;
    let accounts: HashSet<AdAccountId> = days.iter().map(|day| day.account).collect();
    let read = parts::read_days(tx, place, &accounts, range, request.by).await?;
    let mut groups: BTreeMap<Currency, Sums> = BTreeMap::new();
    for day in days {
        let group = groups.entry(day.currency).or_default();
        group.total.add(&day.figures)?;
        if read.contains(&(day.account, day.day)) {
            group.left_out.add(&day.figures)?;
        } else {
            group.unread.add(&day.figures)?;
            unread.insert(day.day);
        }
    }
    for part in parts::parts(tx, place, &request.within, range, request.by).await? {
        let group = groups.entry(part.currency).or_default();
        // Of the days that were read the parts are taken off, and what remains was left out. An
        // ad-day has many parts: it is not taken off as often.
        group.left_out.add(&Figures {
            ad_days: 0,
            ..part.figures.negated()
        })?;
        group
            .parts
            .entry(part.value)
            .or_default()
            .add(&part.figures)?;
    }
    Ok(groups)
}

fn group(by: Breakdown, currency: Currency, sums: Sums, past: Option<Sums>) -> BreakdownGroup {
    let beside = |figures: Figures, of: fn(&Sums) -> Figures| Beside {
        figures,
        previous: past.as_ref().map(of),
    };
    let left_out = beside(sums.left_out, |past| past.left_out);
    let unread = beside(sums.unread, |past| past.unread);
    let total = beside(sums.total, |past| past.total);
    let mut before = past.map(|past| past.parts).unwrap_or_default();
    let mut parts: Vec<Part> = sums
        .parts
        .into_iter()
        .map(|(value, figures)| Part {
            previous: before.remove(&value),
            value,
            figures,
        })
        .collect();
    // What was there then and is not now counts in what it is compared with.
    parts.extend(before.into_iter().map(|(value, past)| Part {
        value,
        figures: Figures::default(),
        previous: Some(past),
    }));
    if by == Breakdown::Age {
        parts.sort_by(|a, b| a.value.cmp(&b.value));
    } else {
        parts.sort_by_key(|part| {
            let figures = &part.figures;
            (
                Reverse((figures.spend, figures.impressions)),
                part.value.clone(),
            )
        });
    }
    BreakdownGroup {
        currency,
        parts,
        left_out,
        unread,
        total,
    }
}
