//! What replies of mail servers mean: by the enhanced code where there is one (RFC 3463, the registry of
//! RFC 5248), else by the reply code and the step it came in (RFC 5321).

use super::Step;
use crate::rule::{self, Rule};
use crate::{Again, NotSent, Scope};

pub(crate) const RULES: &[Rule] = &[
    Rule::bounced("5.1.1", "there is no such mailbox"),
    Rule::bounced("5.1.2", "there is no such domain"),
    Rule::bounced("5.1.3", "the address is not valid"),
    Rule::bounced("5.1.6", "the mailbox has moved"),
    Rule::bounced("5.1.10", "the domain takes no mail"),
    Rule::stops("5.1.7", "the sender's address is not valid"),
    Rule::stops("5.1.8", "the sender's domain is not valid"),
    Rule::bounced("5.2.1", "the mailbox is closed"),
    Rule::later("5.2.2", "the mailbox is full"),
    Rule::never("5.2.3", "the message is larger than the mailbox takes"),
    Rule::later("4.2.1", "the mailbox is closed for now"),
    Rule::later("4.2.2", "the mailbox is full"),
    Rule::throttled("4.3.1", "the server has no room"),
    Rule::throttled("4.3.2", "the server takes no mail for now"),
    Rule::never("5.3.4", "the message is too large"),
    Rule::throttled("4.4.5", "the server is busy"),
    Rule::throttled("4.5.3", "too many recipients"),
    Rule::never("5.6.0", "the message is not well formed"),
    Rule::never("5.7.1", "the server refuses the message"),
    Rule::throttled("4.7.0", "the server holds the sender back"),
    Rule::throttled("4.7.1", "the server holds the sender back"),
    Rule::throttled("4.7.28", "too many messages"),
    Rule::stops("5.7.0", "the server asks for a login first"),
    Rule::stops("5.7.3", "the login is wrong"),
    Rule::stops("5.7.8", "the login is wrong"),
    Rule::stops("5.7.9", "the login is too weak"),
    Rule::stops("5.7.14", "the login needs somebody's consent"),
    Rule::stops(
        "5.7.23",
        "the sender's domain does not name this server (SPF)",
    ),
    Rule::stops("5.7.26", "the sender's domain is not proved (DMARC)"),
    Rule::throttled("421", "the server closes the connection"),
    Rule::later("450", "the mailbox is busy"),
    Rule::throttled("451", "an error inside the server"),
    Rule::later("452", "the server has no room"),
    Rule::throttled("454", "the login does not work for now"),
    Rule::stops("530", "the server asks for a login first"),
    Rule::stops("534", "the login is too weak"),
    Rule::stops("535", "the login is wrong"),
    Rule::stops("538", "the login needs encryption"),
    Rule::bounced("550", "there is no such mailbox"),
    Rule::bounced("551", "there is no such mailbox here"),
    Rule::never("552", "the message is too large"),
    Rule::bounced("553", "the address is not valid"),
    Rule::never("554", "the server refuses the message"),
];

/// What a reply in one step means for the message.
pub(super) fn refusal(step: Step, reply: u16, text: String) -> NotSent {
    let code = enhanced(&text).unwrap_or_else(|| reply.to_string());
    let known = rule::find(RULES, &code).or_else(|| rule::find(RULES, &reply.to_string()));
    let mut refusal = match known {
        Some(rule) => rule.refusal(text),
        None => rule::refusal(RULES, &code, text),
    };
    refusal.code = Some(code);
    if known.is_none() && reply < 500 {
        refusal.again = Again::Backoff;
    }
    // Only the step of the recipient speaks of the recipient.
    if step != Step::Recipient {
        refusal.bounced = false;
    }
    match step {
        // Whoever may not log in or send from this address sends nothing at all.
        Step::Login | Step::Sender if reply >= 500 => {
            refusal.scope = Scope::Channel;
            refusal.again = Again::Backoff;
        }
        Step::Connect | Step::Login | Step::Sender => {
            refusal.scope = Scope::Sender;
            refusal.again = Again::Backoff;
        }
        Step::Recipient | Step::Data | Step::Message => {}
    }
    refusal
}

/// The refusal of text that is no address: no server has to be asked.
pub(super) fn unusable_address(address: &str) -> NotSent {
    NotSent {
        code: Some("5.1.3".to_owned()),
        text: format!("\"{address}\" is not an e-mail address."),
        again: Again::Never,
        scope: Scope::Message,
        bounced: true,
        opted_out: false,
    }
}

/// The enhanced code a reply begins with, such as `5.1.1`.
fn enhanced(text: &str) -> Option<String> {
    let word = text
        .split(|c: char| c.is_whitespace() || c == ':')
        .find(|word| !word.is_empty())?;
    let parts: Vec<&str> = word.split('.').collect();
    let well_formed = parts.len() == 3
        && matches!(parts.first(), Some(&("4" | "5")))
        && parts.iter().all(|part| {
            !part.is_empty() && part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit())
        });
    well_formed.then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_judged_by_its_enhanced_code_and_its_step() {
        let gone = refusal(Step::Recipient, 550, "5.1.1 No such user".to_owned());
        assert!(gone.bounced);
        assert_eq!((gone.again, gone.scope), (Again::Never, Scope::Message));
        // The same code of the sender's step says nothing of the recipient.
        let sender = refusal(Step::Sender, 550, "5.1.1 Sender unknown".to_owned());
        assert!(!sender.bounced);
        assert_eq!(sender.scope, Scope::Channel);
        // A policy is no missing mailbox, though the reply is the same 550.
        let policy = refusal(Step::Recipient, 550, "5.7.1 Blocked".to_owned());
        assert!(!policy.bounced);
        assert_eq!(policy.again, Again::Never);
        let grey = refusal(Step::Recipient, 450, "4.2.0 Greylisted".to_owned());
        assert_eq!((grey.again, grey.bounced), (Again::Backoff, false));
        let plain = refusal(Step::Recipient, 550, "No such user here".to_owned());
        assert!(plain.bounced);
        assert_eq!(plain.code.as_deref(), Some("550"));
        let unknown = refusal(Step::Message, 471, "try later".to_owned());
        assert_eq!(unknown.again, Again::Backoff);
    }
}
