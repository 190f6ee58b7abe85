//! A template as the provider has it, with what became of it there.

use serde_json::Value;

use super::Template;

/// A template as Meta (or YCloud, in the same form) answers with it.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoteTemplate {
    /// Meta's id of it; empty where the answer had none.
    pub id: String,
    /// The word as given, such as `APPROVED`; empty where the answer had none.
    pub status: String,
    /// Meta's word.
    pub previous_category: Option<String>,
    /// `GREEN`, `YELLOW`, `RED`; `None` while it is not known.
    pub quality: Option<String>,
    /// Why it was rejected; `None` where it was not.
    pub rejected_reason: Option<String>,
    pub template: Template,
    /// As it came.
    pub raw: Value,
}

/// An account's templates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    pub templates: Vec<RemoteTemplate>,
    /// Rows that could not be read, with what is wrong with each: the others count all the same.
    pub unreadable: Vec<String>,
}

impl Listed {
    /// Reads rows, each for itself.
    pub fn of(rows: impl IntoIterator<Item = Value>) -> Self {
        let mut listed = Self::default();
        for row in rows {
            match RemoteTemplate::of(row) {
                Ok(template) => listed.templates.push(template),
                Err(why) => listed.unreadable.push(why),
            }
        }
        listed
    }
}

impl RemoteTemplate {
    /// Reads an answer.
    ///
    /// # Errors
    /// What is wrong with it, with its name where it has one.
    pub fn of(raw: Value) -> Result<Self, String> {
        let text = |names: &[&str]| -> Option<String> {
            names.iter().find_map(|name| match raw.get(*name) {
                Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
                Some(Value::Number(number)) => Some(number.to_string()),
                _ => None,
            })
        };
        let quality = raw
            .get("quality_score")
            .and_then(|score| score.get("score"))
            .and_then(Value::as_str)
            .map(str::to_owned)
            .or_else(|| text(&["qualityRating", "quality"]))
            .filter(|word| !word.eq_ignore_ascii_case("UNKNOWN"))
            .map(|word| word.to_ascii_uppercase());
        let name = text(&["name"]).unwrap_or_default();
        let mut template: Template = serde_json::from_value(raw.clone())
            .map_err(|error| format!("{name}: {}", rumbo_http::redact_text(&error.to_string())))?;
        if template.name.is_empty() || template.language.is_empty() {
            return Err(format!("{name}: a template without a name or a language"));
        }
        // Webhooks and some answers write `en-US`; the API takes `en_US`.
        template.language = template.language.replace('-', "_");
        // YCloud's name of it.
        if let Some(seconds) = raw.get("messageSendTtlSeconds").and_then(Value::as_i64) {
            template.message_send_ttl_seconds = Some(seconds);
        }
        // What is told of it is not part of it: it would differ at every look.
        template
            .rest
            .retain(|name, _| KEPT.contains(&name.as_str()));
        Ok(Self {
            id: text(&["officialTemplateId", "id"]).unwrap_or_default(),
            status: text(&["status"]).unwrap_or_default().to_ascii_uppercase(),
            previous_category: text(&["previous_category", "previousCategory"]),
            quality,
            rejected_reason: text(&["rejected_reason", "reason"])
                .filter(|word| !word.eq_ignore_ascii_case("NONE")),
            template,
            raw,
        })
    }
}

/// Fields of a template that are somebody's choice although they have no type here.
pub(super) const KEPT: &[&str] = &[
    "cta_url_link_tracking_opted_out",
    "degrees_of_freedom_spec",
    "is_primary_device_delivery_only",
    "library_template_name",
];
