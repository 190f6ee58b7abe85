//! What Meta told of actions, and which of them are counted.

use rumbo_ads::action_map::{self as map, ActionMap};
use rumbo_base::{DateRange, Result};
use rumbo_insight::{ActionsReport, ActionsRequest};

use super::{come, count, within};
use crate::Context;
use crate::wire::{
    ActionEvent, ActionFallback, ActionMapReport, ActionTypeRow, ActionValue, ActionWindow,
    ActionsAddedTwice, CountedActions, GetActionMap, Shares,
};

/// Every action type of a period, what is counted of it, and which types are the same events.
///
/// # Errors
/// `InvalidInput` for a period that ends before it begins; `NotFound` for an ad account that is not
/// here.
pub async fn get_action_map(cx: &Context, req: GetActionMap) -> Result<ActionMapReport> {
    let range = DateRange::new(req.from, req.to)?;
    let request = ActionsRequest {
        range,
        accounts: within(cx, &req.accounts, None, None).await?.accounts,
        as_of: come(cx, req.as_of).await?,
    };
    let report = rumbo_insight::told_actions(cx.scope()?, request).await?;
    let [leads, purchases] = &report.events;
    Ok(ActionMapReport {
        from: range.from,
        to: range.to,
        leads: event(&report, leads),
        purchases: event(&report, purchases),
        types: report.types.iter().map(row).collect(),
    })
}

fn event(report: &ActionsReport, told: &map::ToldEvent) -> ActionEvent {
    let (of, default) = (told.event, ActionMap::default());
    let tiers = of.tiers(&report.map);
    ActionEvent {
        list: tiers.iter().map(|tier| tier.join("+")).collect(),
        is_default: *tiers == *of.tiers(&default),
        figure: i32::try_from(told.figure).unwrap_or(i32::MAX),
        counted: counted(&told.counted),
        summed: counted(&told.summed),
        types: many(told.types),
        fallbacks: told
            .fallen_back
            .iter()
            .map(|fallen| ActionFallback {
                account_id: fallen.account.to_string(),
                account_name: report
                    .accounts
                    .iter()
                    .find(|(id, _)| *id == fallen.account)
                    .map(|(_, name)| name.clone())
                    .unwrap_or_default(),
                taken: fallen.taken.clone(),
                ad_days: days(fallen.ad_days),
                count: shares(fallen.count_micros),
            })
            .collect(),
        added_twice: told
            .added_twice
            .iter()
            .map(|(one, other)| ActionsAddedTwice {
                one: one.clone(),
                other: other.clone(),
            })
            .collect(),
    }
}

fn row(told: &map::ToldType) -> ActionTypeRow {
    let part = |of: &map::CountedActions| (!of.is_empty()).then(|| counted(of));
    ActionTypeRow {
        action_type: told.name.clone(),
        kind: told.class.kind,
        event: told.class.family().to_owned(),
        places: told.class.places(),
        told: counted(&told.told),
        ads: many(told.ads),
        days: many(told.days),
        accounts: many(told.accounts),
        windows: told
            .windows
            .iter()
            .map(|(window, count)| ActionWindow {
                window: window.clone(),
                count: shares(*count),
            })
            .collect(),
        as_leads: part(&told.as_leads),
        as_purchases: part(&told.as_purchases),
        overlaps: told.overlaps.clone(),
        within: told.within.clone(),
    }
}

fn counted(of: &map::CountedActions) -> CountedActions {
    CountedActions {
        count: shares(of.count_micros),
        values: of
            .values
            .iter()
            .map(|(currency, value)| ActionValue {
                currency: currency.to_string(),
                amount: value.to_text(*currency),
            })
            .collect(),
        ad_days: days(of.ad_days),
    }
}

fn shares(micros: i64) -> Shares {
    rumbo_insight::Shares(micros).into()
}

fn days(days: u64) -> u32 {
    count(i64::try_from(days).unwrap_or(i64::MAX))
}

fn many(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
