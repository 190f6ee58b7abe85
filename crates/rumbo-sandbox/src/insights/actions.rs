//! The `actions` and `action_values` lists, nested as Meta nests them.
//!
//! `lead` contains `onsite_conversion.lead_grouped` and `offsite_conversion.fb_pixel_lead`;
//! `purchase` and `omni_purchase` contain the shop's and the pixel's purchases; engagements contain
//! clicks. Summing the list counts conversions more than once.

use serde_json::{Map, Value};

use super::query::Query;
use crate::daily::Tally;
use crate::world::decimal;

/// An action type with its figure in thousandths.
type Entry = (String, u64);

/// Counts by action type, in alphabetical order, without zeros. Recorded figures come with their
/// own actions; nothing is added to them.
pub(super) fn counts(tally: &Tally, is_recorded: bool) -> Vec<Entry> {
    let leads = tally.form_leads + tally.pixel_leads;
    let purchases = tally.onsite_purchases + tally.pixel_purchases;
    let engagement = tally.link_clicks + tally.reactions + tally.video_views;
    let mut entries = vec![
        ("add_to_cart", tally.carts),
        ("landing_page_view", tally.landing_page_views),
        ("lead", leads),
        ("leadgen_grouped", tally.form_leads),
        ("link_click", tally.link_clicks),
        ("offsite_conversion.fb_pixel_add_to_cart", tally.carts),
        ("offsite_conversion.fb_pixel_custom", tally.custom),
        ("offsite_conversion.fb_pixel_lead", tally.pixel_leads),
        (
            "offsite_conversion.fb_pixel_purchase",
            tally.pixel_purchases,
        ),
        ("omni_landing_page_view", tally.landing_page_views),
        ("omni_purchase", purchases),
        ("onsite_conversion.lead_grouped", tally.form_leads),
        (
            "onsite_conversion.messaging_conversation_started_7d",
            tally.conversations,
        ),
        ("onsite_conversion.purchase", tally.onsite_purchases),
        (
            "onsite_conversion.total_messaging_connection",
            tally.conversations,
        ),
        ("page_engagement", engagement),
        ("post_engagement", engagement),
        ("post_reaction", tally.reactions),
        ("purchase", purchases),
        ("video_view", tally.video_views),
    ];
    if is_recorded {
        entries.clear();
    }
    merge(&entries, 1000, &tally.recorded_actions)
}

/// Values in thousandths of a major unit by action type.
pub(super) fn values(tally: &Tally, offset: u64) -> Vec<Entry> {
    let thousandths = 1000 / offset.max(1);
    let all = tally.onsite_value + tally.pixel_value;
    let entries = [
        ("offsite_conversion.fb_pixel_purchase", tally.pixel_value),
        ("omni_purchase", all),
        ("onsite_conversion.purchase", tally.onsite_value),
        ("purchase", all),
    ];
    merge(&entries, thousandths, &tally.recorded_values)
}

fn merge(
    entries: &[(&str, u64)],
    factor: u64,
    recorded: &std::collections::BTreeMap<String, u64>,
) -> Vec<Entry> {
    let made = entries
        .iter()
        .filter(|(_, figure)| *figure > 0)
        .map(|(name, figure)| ((*name).to_owned(), figure * factor));
    made.chain(
        recorded
            .iter()
            .map(|(name, figure)| (name.clone(), *figure)),
    )
    .collect()
}

/// What the actions point at, for `action_target_id` and `action_destination`.
pub(super) struct Target {
    pub page: String,
    pub pixel: String,
}

/// The list as Meta writes it. Counts are cut to whole numbers, values to cents.
pub(super) fn list(
    query: &Query,
    entries: Vec<Entry>,
    step: u64,
    target: &Target,
) -> Option<Value> {
    let mut list = Vec::new();
    for (name, figure) in entries {
        if !query.filters.takes_action(&name) {
            continue;
        }
        for (device, part) in devices(query, figure, step) {
            if part == 0 {
                continue;
            }
            let mut entry = Map::new();
            for breakdown in &query.action_breakdowns {
                let value = match breakdown.as_str() {
                    "action_target_id" if name.contains("fb_pixel") => target.pixel.clone(),
                    "action_target_id" => target.page.clone(),
                    "action_destination" if name.contains("fb_pixel") => {
                        "casaalba.example".to_owned()
                    }
                    "action_destination" => "Page".to_owned(),
                    "action_device" => device.to_owned(),
                    _ => continue,
                };
                entry.insert(breakdown.clone(), value.into());
            }
            entry.insert("action_type".to_owned(), name.clone().into());
            entry.insert("value".to_owned(), decimal(part, 1000).into());
            for window in &query.windows {
                let within = within(window, part, step);
                if within > 0 {
                    entry.insert(window.clone(), decimal(within, 1000).into());
                }
            }
            list.push(Value::from(entry));
        }
    }
    (!list.is_empty()).then(|| list.into())
}

/// The figure by the device people acted on, if that was asked for.
fn devices(query: &Query, figure: u64, step: u64) -> Vec<(&'static str, u64)> {
    if query
        .action_breakdowns
        .iter()
        .any(|name| name == "action_device")
    {
        let android = figure * 57 / 100 / step.max(1) * step.max(1);
        vec![
            ("android_smartphone", android),
            ("iphone", figure - android),
        ]
    } else {
        vec![("", figure)]
    }
}

/// The part of a figure that falls into an attribution window. The default window is seven days
/// after a click and one after a view; seven and 28 days after a view are gone since 2026-01-12.
fn within(window: &str, figure: u64, step: u64) -> u64 {
    let cut = |part: u64| part / step.max(1) * step.max(1);
    let view = cut(figure * 12 / 100);
    let click = figure - view;
    match window {
        "1d_view" => view,
        "7d_click" => click,
        "1d_click" => cut(click * 74 / 100),
        "28d_click" => click + cut(click * 6 / 100),
        _ => 0,
    }
}
