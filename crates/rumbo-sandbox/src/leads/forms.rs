//! Instant Forms and which pages send their leads to the app.

use chrono_tz::Tz;
use serde_json::{Value, json};

use super::list::counts;
use crate::graph::{Context, GraphError, Method, success, time_text};
use crate::tokens::Holder;
use crate::world::instant;

pub(crate) fn form_field(context: &Context<'_>, at: usize, field: &str) -> Option<Value> {
    let form = context.world.forms.get(at)?;
    let page = context.world.pages.get(form.page)?;
    Some(match field {
        "id" => form.id.to_string().into(),
        "name" => form.name.clone().into(),
        "status" => if form.active { "ACTIVE" } else { "ARCHIVED" }.into(),
        "locale" => form.locale.into(),
        "page_id" => page.id.to_string().into(),
        "leads_count" => counts(context, at).0.into(),
        "organic_leads_count" => counts(context, at).1.into(),
        "expired_leads_count" => 0.into(),
        "allow_organic_lead" => form.active.into(),
        "created_time" => time_text(instant(form.opened, 43_000, Tz::UTC), Tz::UTC).into(),
        "privacy_policy_url" => "https://casaalba.example/privacy".into(),
        "follow_up_action_url" => "https://casaalba.example".into(),
        "tracking_parameters" => json!([]),
        "questions" => form
            .questions
            .iter()
            .enumerate()
            .map(|(number, (key, kind, label))| {
                let id = (form.id + u64::try_from(number).unwrap_or(0) + 1).to_string();
                json!({ "id": id, "key": key, "label": label, "type": kind })
            })
            .collect::<Vec<_>>()
            .into(),
        _ => return None,
    })
}

/// `/<page>/subscribed_apps`: whether the page sends leads to the app.
pub(crate) fn subscription(context: &Context<'_>, page: usize) -> Result<Value, GraphError> {
    if context.session.holder != Holder::Page(page) {
        return Err(GraphError::new(
            190,
            "(#190) This method must be called with a Page Access Token",
        ));
    }
    context.session.need(&["pages_manage_metadata"])?;
    let mut ledger = context.app.ledger();
    match context.call.method {
        Method::Get => {
            let apps: Vec<Value> = ledger
                .subscriptions
                .get(&page)
                .map(|fields| {
                    json!({
                        "id": context.app.id,
                        "name": "Rumbo sandbox app",
                        "subscribed_fields": fields,
                    })
                })
                .into_iter()
                .collect();
            Ok(json!({ "data": apps }))
        }
        Method::Post => {
            let fields = context.call.params.list("subscribed_fields")?;
            if fields.is_empty() {
                return Err(GraphError::parameter(
                    "The parameter subscribed_fields is required.",
                ));
            }
            ledger
                .subscriptions
                .insert(page, fields.into_iter().collect());
            Ok(success())
        }
        Method::Patch => Err(GraphError::no_such_object(&page.to_string(), "patch")),
        Method::Delete => {
            ledger.subscriptions.remove(&page);
            Ok(success())
        }
    }
}
