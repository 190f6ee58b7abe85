//! Evolution has no codes but HTTP's; a number that is not on WhatsApp is told by what stands in the
//! answer (evolution-foundation/evolution-api 2.3.7, `sendMessageWithTyping`).

use serde_json::Value;

use crate::rule::Rule;

pub(crate) const RULES: &[Rule] = &[
    Rule::bounced("400:not_on_whatsapp", "the number is not on WhatsApp"),
    Rule::stops("400:not_paired", "the number is not paired"),
    Rule::never("400", "Evolution refuses the message"),
    Rule::stops("401", "the key is wrong"),
    Rule::stops("403", "the key may not use this instance"),
    Rule::stops("404", "there is no such instance"),
    Rule::throttled("429", "too many calls"),
    // WhatsApp's own code of a status: the number may not write to strangers for now.
    Rule::throttled(
        "463",
        "WhatsApp holds the number back from new conversations",
    ),
    Rule::never("ERROR", "WhatsApp did not take the message"),
];

/// The code of an answer.
pub(super) fn of(status: u16, body: &Value) -> String {
    let message = body.pointer("/response/message").unwrap_or(&Value::Null);
    let parts = message
        .as_array()
        .map_or_else(|| std::slice::from_ref(message), Vec::as_slice);
    if status == 400 {
        if parts
            .iter()
            .any(|part| part.get("exists").and_then(Value::as_bool) == Some(false))
        {
            return "400:not_on_whatsapp".to_owned();
        }
        if parts.iter().any(|part| {
            part.as_str()
                .is_some_and(|text| text.contains("Connection Closed"))
        }) {
            return "400:not_paired".to_owned();
        }
    }
    status.to_string()
}
