//! Telegram has no codes but HTTP's: what a refusal means stands in the beginning of its description
//! (core.telegram.org/bots/api#making-requests). Both are turned into one code here.

use crate::rule::Rule;

pub(crate) const RULES: &[Rule] = &[
    Rule::stops("401", "the token is not valid any more"),
    Rule::stops("404", "the token is of no bot"),
    Rule::throttled("429", "too many messages"),
    Rule::bounced("403:blocked", "the person blocked the bot"),
    Rule::bounced("403:deactivated", "the account was deleted"),
    Rule::never(
        "403:never_started",
        "the person has never written to the bot",
    ),
    Rule::bounced("403:kicked", "the bot was removed from the group"),
    Rule::never("403", "the bot may not write there"),
    Rule::bounced("400:chat_not_found", "there is no such chat"),
    Rule::never("400:empty", "the message has no text"),
    Rule::never("400:too_long", "the text or caption is too long"),
    Rule::never("400:file", "Telegram could not fetch the file"),
    Rule::never("400", "Telegram refuses the message"),
];

/// Beginnings of descriptions, in lower case.
const WORDS: &[(u16, &str, &str)] = &[
    (403, "bot was blocked by the user", "403:blocked"),
    (403, "user is deactivated", "403:deactivated"),
    (403, "bot can't initiate conversation", "403:never_started"),
    (403, "bot was kicked", "403:kicked"),
    (400, "chat not found", "400:chat_not_found"),
    (400, "message text is empty", "400:empty"),
    (400, "message is too long", "400:too_long"),
    (400, "message caption is too long", "400:too_long"),
    (400, "wrong file identifier", "400:file"),
    (400, "failed to get http url content", "400:file"),
    (400, "wrong type of the web page content", "400:file"),
];

/// The code of an answer.
pub(super) fn of(status: u16, description: &str) -> String {
    let description = description.to_lowercase();
    WORDS
        .iter()
        .find(|(of, words, _)| *of == status && description.contains(words))
        .map_or_else(|| status.to_string(), |(_, _, code)| (*code).to_owned())
}
