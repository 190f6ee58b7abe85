//! The guards: whether a message goes to a contact now, later or not at all, and why. One function
//! decides when planning, in the dry run and again before sending.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use rumbo_base::TimeZone;
use rumbo_channels::{ChannelKind, Content};
use rumbo_crm::phone;

use super::limits::Limits;
use super::origin::{Origin, Purpose};
use super::person::Person;
use super::sender::Sender;
use super::why::Why;
use crate::channels::PriceList;

/// What the guards say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may go.
    Send,
    /// It waits until then, and is asked about again.
    Hold { until: DateTime<Utc>, why: Why },
    /// It never goes. `detail` names what is missing.
    Skip { why: Why, detail: Option<String> },
}

/// The message, as far as guards look at it.
#[derive(Clone, Debug)]
pub(super) struct Subject<'a> {
    pub origin: Origin,
    pub purpose: Purpose,
    /// The state and category of its template today; `None` for free text.
    pub template: Option<TemplateNow<'a>>,
    /// Not before.
    pub due_at: DateTime<Utc>,
    /// Never after.
    pub expires_at: Option<DateTime<Utc>>,
    /// It is already among the messages that caps count.
    pub counted: bool,
}

/// A template as it stands today.
#[derive(Clone, Copy, Debug)]
pub(super) struct TemplateNow<'a> {
    /// `None` when it is gone.
    pub state: Option<&'a str>,
    pub category: Purpose,
}

/// What is left of what can be used up, and whom it went to.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// Addresses that have a message of this origin, step and occurrence.
    pub addresses: HashSet<String>,
    /// How many more people the sender may write to within 24 hours.
    pub people_left: Option<i64>,
    /// How much may still be spent, in micros.
    pub budget_left: Option<i64>,
    /// What a message costs.
    pub prices: Prices,
}

/// What a message of one purpose costs on a day, by whom it goes to.
#[derive(Clone, Debug, Default)]
pub(super) struct Prices {
    pub list: PriceList,
    /// What it is for, and the day; nothing is known without them.
    pub of: Option<(Purpose, NaiveDate)>,
}

impl Prices {
    /// What a message to an address costs, in micros, where it is known.
    pub fn to(&self, address: &str) -> Option<i64> {
        let (purpose, on) = self.of?;
        self.list.of(purpose, address, on).map(|(price, _)| price.0)
    }
}

impl Tally {
    /// Takes from what is left for a message that goes or waits.
    pub fn take(&mut self, person: &Person) {
        if let Some(address) = &person.address {
            self.addresses.insert(address.clone());
        }
        if let Some(left) = self.people_left.as_mut().filter(|_| !person.known_today) {
            *left -= 1;
        }
        if let Some(left) = self.budget_left.as_mut()
            && let Some(price) = person.address.as_deref().and_then(|to| self.prices.to(to))
        {
            *left = left.saturating_sub(price);
        }
    }
}

/// Where a bounced address is marked: the source of its suppression.
pub(crate) const BOUNCED: &str = "bounced";

fn skip(why: Why) -> Verdict {
    Verdict::Skip { why, detail: None }
}

/// What holds for a person before there is a text: everything but what is written.
pub(super) fn judge(
    subject: &Subject<'_>,
    person: &Person,
    sender: &Sender,
    limits: &Limits,
    tally: &Tally,
    now: DateTime<Utc>,
) -> Verdict {
    if let Some(why) = refused(subject, person, sender, limits, tally, now) {
        return skip(why);
    }
    if let Some((until, why)) = waits(subject, person, sender, limits, tally, now) {
        return match until {
            Some(until) if subject.expires_at.is_none_or(|end| until <= end) => {
                Verdict::Hold { until, why }
            }
            _ => skip(why),
        };
    }
    Verdict::Send
}

/// What leaves a person out, in the order in which it is told.
fn refused(
    subject: &Subject<'_>,
    person: &Person,
    sender: &Sender,
    limits: &Limits,
    tally: &Tally,
    now: DateTime<Utc>,
) -> Option<Why> {
    if subject.expires_at.is_some_and(|end| now > end) {
        return Some(Why::Expired);
    }
    if let Some(template) = &subject.template {
        match template.state {
            None => return Some(Why::TemplateGone),
            // Where a template is only a text nobody has to approve it.
            Some("approved") => {}
            Some("paused" | "disabled") if sender.sends_templates() => {}
            Some(_) if sender.sends_templates() => return Some(Why::TemplateNotApproved),
            Some(_) => {}
        }
        // Nobody watches over a single message until the price of another category is agreed to.
        if template.category != subject.purpose && !subject.origin.is_to_many() {
            return Some(Why::TemplateCategory);
        }
    }
    let Some(address) = person.address.as_deref().filter(|a| !a.is_empty()) else {
        return Some(Why::NoAddress);
    };
    if !plausible(address, sender.kind()) {
        return Some(Why::AddressInvalid);
    }
    if person.suppressed_by.as_deref() == Some(BOUNCED) {
        return Some(Why::AddressBounced);
    }
    if opted_out(subject.purpose, person) {
        return Some(Why::OptedOut);
    }
    let asks = limits
        .ask_consent
        .iter()
        .any(|kind| kind == sender.kind().word());
    if asks
        && subject.purpose == Purpose::Marketing
        && person.consent.as_deref() != Some("opted_in")
    {
        return Some(Why::NoConsent);
    }
    // Of templates alone: what is written within the window is of no category.
    if subject.template.is_some()
        && subject.purpose == Purpose::Marketing
        && sender.sends_templates()
        && phone::is_in_united_states(address)
    {
        return Some(Why::UsMarketing);
    }
    if tally.addresses.contains(address) {
        return Some(Why::Duplicate);
    }
    if subject.template.is_none() && !window_open(person, sender, subject.due_at.max(now)) {
        return Some(Why::WindowClosed);
    }
    let bounded = matches!(subject.purpose, Purpose::Marketing | Purpose::Utility)
        && subject.origin.is_automatic();
    let own = i64::from(subject.counted);
    let reached = |count: i64, most: Option<i64>| most.is_some_and(|most| count - own >= most);
    if bounded
        && (reached(person.day_count, limits.most_a_day)
            || reached(person.week_count, limits.most_a_week))
    {
        return Some(Why::FrequencyCap);
    }
    if let Some(left) = tally.budget_left
        && let Some(price) = tally.prices.to(address)
        && price > left
    {
        return Some(Why::Budget);
    }
    None
}

/// Whether the person does not want it.
fn opted_out(purpose: Purpose, person: &Person) -> bool {
    let said_no = person.consent.as_deref() == Some("opted_out");
    match purpose {
        Purpose::Marketing => {
            said_no
                || person.consent.as_deref() == Some("no_marketing")
                || person.suppressed_by.is_some()
                || person.marketing_suppressed_by.is_some()
        }
        Purpose::Utility => said_no || person.suppressed_by.is_some(),
        // Who asks for a code wants it.
        Purpose::Authentication => false,
        // Who wrote again after saying stop may be answered.
        Purpose::Service => {
            person.suppressed_by.is_some()
                && person
                    .last_inbound_at
                    .zip(person.suppressed_at)
                    .is_none_or(|(wrote, stopped)| wrote <= stopped)
        }
    }
}

/// Whether the channel's window for free text is open.
fn window_open(person: &Person, sender: &Sender, at: DateTime<Utc>) -> bool {
    sender.window().is_none_or(|window| {
        person
            .last_inbound_at
            .is_some_and(|wrote| at - wrote < window)
    })
}

/// Whether a text can be an address of the kind at all.
pub(crate) fn plausible(address: &str, kind: ChannelKind) -> bool {
    match kind {
        ChannelKind::Sms => e164(address),
        // A WhatsApp user without a number is known by an id such as US.1349.
        ChannelKind::Whatsapp => {
            e164(address) || (!address.starts_with('+') && address.contains('.'))
        }
        ChannelKind::Email => phone::email(address).is_ok(),
        ChannelKind::Telegram | ChannelKind::Messenger | ChannelKind::Instagram => {
            !address.trim().is_empty()
        }
    }
}

fn e164(address: &str) -> bool {
    address.strip_prefix('+').is_some_and(|digits| {
        (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Until when it waits and for what; `None` for the instant when that never comes.
fn waits(
    subject: &Subject<'_>,
    person: &Person,
    sender: &Sender,
    limits: &Limits,
    tally: &Tally,
    now: DateTime<Utc>,
) -> Option<(Option<DateTime<Utc>>, Why)> {
    let start = subject.due_at.max(now);
    let later = |minutes: i64| now.checked_add_signed(chrono::TimeDelta::minutes(minutes));
    let off = match subject.origin {
        Origin::Rule | Origin::Sequence | Origin::Campaign => !limits.automation_on,
        Origin::Bot => !limits.bot_on,
        Origin::Person | Origin::BulkSend => false,
    };
    if off {
        return Some((later(LOOK_AGAIN_MINUTES), Why::SwitchedOff));
    }
    // What a person sends to many, they send knowingly.
    let answers = matches!(
        subject.origin,
        Origin::Rule | Origin::Sequence | Origin::Bot
    );
    if let Some(until) = person
        .paused_until
        .filter(|until| answers && *until > start)
    {
        return Some((Some(until), Why::PersonWrites));
    }
    if matches!(
        subject.template,
        Some(TemplateNow {
            state: Some("paused" | "disabled"),
            ..
        })
    ) && sender.sends_templates()
    {
        return Some((later(LOOK_AGAIN_MINUTES), Why::TemplatePaused));
    }
    let changed = subject
        .template
        .is_some_and(|template| template.category != subject.purpose);
    if changed && subject.origin.is_to_many() {
        return Some((later(LOOK_AGAIN_MINUTES), Why::TemplateCategory));
    }
    if tally.people_left.is_some_and(|left| left <= 0) && !person.known_today {
        let tomorrow = start.checked_add_signed(chrono::TimeDelta::hours(24));
        return Some((tomorrow, Why::TierLimit));
    }
    if !subject.origin.is_automatic()
        || matches!(subject.purpose, Purpose::Authentication | Purpose::Service)
    {
        return None;
    }
    hours(start, person, limits)
}

/// How long something that depends on somebody waits before it is looked at again.
pub(super) const LOOK_AGAIN_MINUTES: i64 = 30;

/// The first instant that is neither in the contact's night nor outside of the business's hours.
fn hours(
    start: DateTime<Utc>,
    person: &Person,
    limits: &Limits,
) -> Option<(Option<DateTime<Utc>>, Why)> {
    let zone = person
        .timezone
        .as_deref()
        .and_then(|name| name.parse::<TimeZone>().ok())
        .unwrap_or(limits.zone);
    let mut at = start;
    let mut why = None;
    // Each turn passes one edge; two weeks have fewer.
    for _ in 0..64 {
        let awake = match &limits.quiet {
            Some(night) => night.next(at, zone, false),
            None => Some(at),
        };
        let Some(awake) = awake else {
            return Some((None, Why::QuietHours));
        };
        if awake > at {
            why = why.or(Some(Why::QuietHours));
        }
        let open = match &limits.open {
            Some(hours) => hours.next(awake, limits.zone, true),
            None => Some(awake),
        };
        let Some(open) = open else {
            return Some((None, Why::BusinessHours));
        };
        if open > awake {
            why = why.or(Some(Why::BusinessHours));
        }
        if open == at {
            return why.map(|why| (Some(at), why));
        }
        at = open;
    }
    // The night covers every hour in which the business is open.
    Some((None, why.unwrap_or(Why::QuietHours)))
}

/// What is wrong with the text itself.
pub(super) fn unfit(content: &Content, rendered: &str, sender: &Sender) -> Option<Why> {
    let units = rendered.encode_utf16().count();
    if matches!(content, Content::Text { .. })
        && sender.longest_text().is_some_and(|longest| units > longest)
    {
        return Some(Why::TooLong);
    }
    (matches!(content, Content::Template(_)) && !sender.sends_templates())
        .then_some(Why::NotCarried)
}

#[cfg(test)]
mod tests;
