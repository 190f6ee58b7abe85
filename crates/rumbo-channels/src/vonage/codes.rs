//! Vonage's codes: of the Messages API (developer.vonage.com/api-errors/messages), as the end of an
//! error's `type` or its `title`, and HTTP statuses where it gives none.

use serde_json::Value;

use crate::rule::Rule;

pub(crate) const RULES: &[Rule] = &[
    Rule::stops("401", "the API key or secret is wrong"),
    Rule::stops("402", "the balance is too low"),
    Rule::stops("403", "the account may not do this"),
    Rule::never("422", "a value is not valid"),
    Rule::throttled("429", "too many calls"),
    Rule::throttled("1000", "more messages than the account may send"),
    Rule::never("1010", "a value is missing"),
    Rule::never("1020", "a value is not valid"),
    Rule::never("1021", "the tag is not valid"),
    Rule::never("1022", "the template is not valid"),
    Rule::later("1030", "an error inside Vonage"),
    Rule::bounced("1040", "the number cannot be routed"),
    Rule::bounced("1050", "the number is barred"),
    Rule::stops("1060", "the account is barred"),
    Rule::stops("1070", "the credit is used up"),
    Rule::stops("1080", "the account may not send by this API"),
    Rule::never("1090", "the text is too long"),
    Rule::later("1100", "Vonage could not pass the message on"),
    Rule::stops("1110", "the signature of the call is wrong"),
    Rule::stops("1120", "the sender is not allowed there"),
    Rule::never("1130", "the time to live is not valid"),
    Rule::stops("1140", "the account lacks this facility"),
    Rule::never("1150", "the message class is not valid"),
    Rule::never(
        "1160",
        "the number is not on the account's list of permitted ones",
    ),
    Rule::bounced("1170", "the number is not valid"),
    Rule::later("1180", "the handset is out of reach for now"),
    Rule::bounced("1190", "the number is no longer in use"),
    Rule::never("1200", "the number was ported and cannot be found"),
    Rule::never("1210", "a carrier filtered the message"),
    Rule::later("1220", "the handset is busy"),
    Rule::later("1230", "the carrier's network failed"),
    Rule::bounced("1240", "the number may not be written to"),
    Rule::stops("1420", "the sender is not valid"),
];

/// The code of an error, wherever Vonage puts it.
pub(super) fn of_error(error: &Value) -> Option<String> {
    let number = |text: &str| {
        let text = text.rsplit(['#', '/']).next()?;
        (text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.to_owned())
    };
    let text = |name: &str| error.get(name).and_then(Value::as_str);
    text("type")
        .and_then(number)
        .or_else(|| text("title").and_then(number))
        .or_else(|| {
            error
                .get("code")
                .and_then(Value::as_i64)
                .map(|code| code.to_string())
        })
}
