//! What the codes of Meta and YCloud mean for a message that was to be sent, as data. The tables of
//! docs/provider-codes.md are made from these.
//!
//! Sources: Meta's error codes of the Cloud API
//! (developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes) and of the Messenger Platform
//! (developers.facebook.com/docs/messenger-platform/error-codes); 131062 to 131064 and the 134xxx from
//! pywa's list of them; YCloud's guide to its errors
//! (docs.ycloud.com/en/api-reference/guides/api-fundamentals/handle-errors).

use std::time::Duration;

use crate::rule::{Mark, Rule, find};
use crate::{Again, Scope};

/// A template that no message can be sent with until somebody changes something.
const fn template(code: &'static str, means: &'static str) -> Rule {
    Rule {
        code,
        means,
        again: Again::Never,
        scope: Scope::Template,
        mark: Mark::None,
    }
}

/// A template that rests: its messages wait until it is sound again.
const fn template_rests(code: &'static str, means: &'static str, again: Again) -> Rule {
    Rule {
        code,
        means,
        again,
        scope: Scope::Template,
        mark: Mark::None,
    }
}

/// Meta: WhatsApp Cloud API, Messenger and Instagram. A subcode stands behind a slash and goes before
/// the code alone; 200 stands for 200 to 299.
pub(crate) const META: &[Rule] = &[
    // Who we are
    Rule::stops("0", "The token cannot be checked: sign in again."),
    Rule::stops(
        "190",
        "The token has expired or was withdrawn: sign in again.",
    ),
    Rule::stops("102", "The session has ended: sign in again."),
    Rule::stops("3", "The app may not do this."),
    Rule::stops("10", "A permission is missing."),
    Rule::stops("33", "The phone number was removed from the account."),
    Rule::stops(
        "100/33",
        "The sender does not exist or may not be used with this token.",
    ),
    Rule::stops("200", "A permission is missing."),
    Rule::stops("131005", "A permission is missing."),
    Rule::stops("131031", "The account is locked."),
    Rule::stops("131037", "The number's display name is not approved yet."),
    Rule::stops("131042", "There is a problem with the payment method."),
    Rule::stops("131045", "The number is not registered."),
    Rule::stops("133010", "The number is not registered."),
    Rule::stops(
        "368",
        "The account is blocked for a while for breaking a policy.",
    ),
    Rule::stops(
        "130497",
        "The account may not write to people in this country.",
    ),
    Rule::stops(
        "131048",
        "Too many people reported messages of this number.",
    ),
    Rule::stops(
        "131064",
        "The limit is used up because templates were of the wrong category.",
    ),
    // How fast
    Rule::throttled("4", "Too many calls of the app."),
    Rule::throttled("17", "Too many calls of the person."),
    Rule::throttled("32", "Too many calls of the page."),
    Rule::throttled("613", "Too many calls."),
    Rule::throttled("80007", "Too many calls of the WhatsApp account."),
    Rule::throttled("130429", "Too many messages a second."),
    Rule {
        code: "131056",
        means: "Too many messages to this person in a short time.",
        again: Again::Backoff,
        scope: Scope::Pair,
        mark: Mark::None,
    },
    // Meta's side
    Rule::later("1", "Something failed at Meta."),
    Rule::later("2", "Meta is not available for the moment."),
    Rule::later("1200", "Sending failed for the moment."),
    Rule::later("131000", "Something failed at Meta."),
    Rule::throttled("131016", "Sending is not available for the moment."),
    Rule::throttled("131057", "The number is being moved to a higher speed."),
    Rule::throttled("133004", "The server is not available for the moment."),
    // The person
    Rule::bounced("131026", "The number cannot be reached on WhatsApp."),
    Rule::bounced("100/2018001", "There is no such person for this page."),
    Rule::opted_out(
        "131050",
        "The person stopped marketing messages of this business.",
    ),
    Rule::never(
        "131049",
        "The person has had enough marketing messages for now: not before 24 hours, and not again by itself.",
    ),
    Rule::never("130472", "The number is part of an experiment of Meta's."),
    Rule::never("131021", "Sender and receiver are the same number."),
    Rule::never(
        "131030",
        "A test number reaches only the numbers of its list.",
    ),
    Rule::never(
        "131047",
        "More than 24 hours since the person wrote: only a template reaches them.",
    ),
    Rule::never("131062", "This kind of message needs a phone number."),
    Rule::never("551", "The person is not available for messages now."),
    Rule::never(
        "551/1545041",
        "The person is not available for messages now.",
    ),
    Rule::never(
        "200/1545041",
        "The person does not receive messages of this page now.",
    ),
    Rule::never("10/2018065", "More than 24 hours since the person wrote."),
    Rule::never(
        "10/2018108",
        "The person does not receive messages of this page now.",
    ),
    Rule::never("10/2018278", "More than 24 hours since the person wrote."),
    // The message
    Rule::never("100", "A parameter is wrong."),
    Rule::never("131008", "A parameter is missing."),
    Rule::never("131009", "The value of a parameter is wrong."),
    Rule::never("131051", "This kind of message is not supported."),
    Rule::never("131052", "The file could not be fetched."),
    Rule::never("131053", "The file could not be taken."),
    Rule::never("135000", "The parameters do not fit together."),
    // The template
    template(
        "131055",
        "This way of sending takes marketing templates only.",
    ),
    template(
        "131063",
        "Marketing templates go by the Marketing Messages API for this account.",
    ),
    template("132000", "The number of parameters is not the template's."),
    template(
        "132001",
        "There is no such approved template in this language.",
    ),
    Rule::never("132005", "The text is too long once the parameters are in."),
    template("132007", "The template breaks a policy."),
    template(
        "132012",
        "A parameter is not of the form that the template has.",
    ),
    Rule::never(
        "132018",
        "A parameter holds what may not stand in it, such as a line break.",
    ),
    template_rests(
        "132015",
        "The template is paused for its quality.",
        Again::Backoff,
    ),
    template("132016", "The template is disabled for its quality."),
    template("132068", "The flow of the template is blocked."),
    template_rests(
        "132069",
        "The flow of the template is slowed down.",
        Again::Backoff,
    ),
    template(
        "134100",
        "This way of sending takes marketing templates only.",
    ),
    template_rests(
        "134101",
        "The template is being made known to this way of sending.",
        Again::After(Duration::from_mins(10)),
    ),
    template(
        "134102",
        "The template is not available for this way of sending.",
    ),
];

/// Meta's codes of answers that may follow a message that was sent all the same, with the source's
/// own words for it: "the messages are all sent successfully, but the endpoint returns an error".
pub(crate) const META_UNCLEAR: &[&str] = &["1/1357046"];

/// YCloud's own codes; where Meta refused, its code stands beside and is used.
pub(crate) const YCLOUD: &[Rule] = &[
    Rule::stops("UNAUTHORIZED", "The API key is wrong."),
    Rule::stops("FORBIDDEN", "The API key may not do this."),
    Rule::stops("BALANCE_INSUFFICIENT", "The balance is used up."),
    Rule::throttled("ACCOUNT_RATE_LIMITED", "Too many calls of the account."),
    Rule::throttled("TOO_MANY_REQUESTS", "Too many calls."),
    Rule::never("PARAM_INVALID", "A parameter is wrong."),
    Rule::never("PARAM_MISSING", "A parameter is missing."),
    Rule::never("NOT_FOUND", "There is no such thing at YCloud."),
    Rule::never("ALREADY_EXISTS", "It exists already."),
    Rule::never("CONTENT_PROHIBITED", "The text is not allowed."),
    Rule::opted_out(
        "RECIPIENT_UNSUBSCRIBED",
        "The person is on YCloud's list of those who unsubscribed.",
    ),
    Rule::never(
        "RECIPIENT_IN_BLOCK_LIST",
        "The number is on the account's block list at YCloud.",
    ),
];

/// Meta's rule for a code and a subcode.
pub(crate) fn meta(code: i64, subcode: Option<i64>) -> Option<&'static Rule> {
    let exact = subcode.and_then(|subcode| find(META, &format!("{code}/{subcode}")));
    let code = if (200..=299).contains(&code) {
        200
    } else {
        code
    };
    exact.or_else(|| find(META, &code.to_string()))
}

/// Whether a message may have been sent although Meta answered with this.
pub(crate) fn is_unclear(code: i64, subcode: Option<i64>) -> bool {
    subcode.is_some_and(|subcode| META_UNCLEAR.contains(&format!("{code}/{subcode}").as_str()))
}

#[cfg(test)]
mod tests;
