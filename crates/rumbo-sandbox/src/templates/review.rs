//! Meta's review: some time after a template was made or edited it is approved, rejected with a
//! reason, or put into another category.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::app::App;
use crate::world::World;
use crate::world::message_templates::MessageTemplate;

/// How long a review takes here. Meta says up to 24 hours; most are done in minutes.
const TAKES: TimeDelta = TimeDelta::seconds(30);

/// Words that make a message an offer, whatever it was said to be.
const OFFERS: [&str; 7] = [
    "discount",
    "descuento",
    "desconto",
    "% off",
    "coupon",
    "cupón",
    "cupom",
];

/// Texts that are rejected, with Meta's reason.
const REJECTED: [(&str, &str); 4] = [
    ("wa.me/", "INVALID_FORMAT"),
    ("casino", "ABUSIVE_CONTENT"),
    ("password", "SCAM"),
    ("contraseña", "SCAM"),
];

/// Ends the reviews that have taken long enough, and tells whoever registered.
pub(crate) fn settle(app: &App, world: &World, now: DateTime<Utc>) {
    let mut decided: Vec<(MessageTemplate, MessageTemplate)> = Vec::new();
    {
        let mut templates = world.message_templates();
        let mut ledger = app.ledger();
        let due: Vec<u64> = ledger
            .templates
            .reviews
            .iter()
            .filter(|(_, since)| now - **since >= TAKES)
            .map(|(id, _)| *id)
            .collect();
        for id in due {
            ledger.templates.reviews.remove(&id);
            if let Some(template) = templates.by_id_mut(id)
                && template.status == "PENDING"
            {
                let before = template.clone();
                decide(template);
                decided.push((before, template.clone()));
            }
        }
    }
    if decided.is_empty() {
        return;
    }
    let mut messages = app.meta_messages();
    for (before, after) in &decided {
        messages.post.template_changed(before, after, now);
    }
}

fn decide(template: &mut MessageTemplate) {
    let text = texts(&template.components).to_lowercase();
    let rejected = REJECTED.iter().find(|(word, _)| text.contains(word));
    if let Some((_, reason)) = rejected {
        "REJECTED".clone_into(&mut template.status);
        (*reason).clone_into(&mut template.rejected_reason);
        return;
    }
    "APPROVED".clone_into(&mut template.status);
    "NONE".clone_into(&mut template.rejected_reason);
    if template.category == "UTILITY" && OFFERS.iter().any(|word| text.contains(word)) {
        template.previous_category = Some(std::mem::replace(
            &mut template.category,
            "MARKETING".to_owned(),
        ));
    }
}

/// Everything that is written in the components.
fn texts(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(texts).collect::<Vec<_>>().join("\n"),
        Value::Object(fields) => fields.values().map(texts).collect::<Vec<_>>().join("\n"),
        _ => String::new(),
    }
}
