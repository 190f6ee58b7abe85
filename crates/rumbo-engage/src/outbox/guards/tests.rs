use chrono::TimeDelta;
use rumbo_base::{ChannelId, Micros};
use rumbo_channels::Provider;
use rumbo_platform::workspaces::{SendingSettings, Settings};

use super::*;
use crate::channels::Price;

fn now() -> DateTime<Utc> {
    "2026-11-20T15:00:00Z".parse().unwrap()
}

fn sender(provider: Provider) -> Sender {
    Sender::plain(ChannelId(uuid::Uuid::from_u128(9)), provider)
}

fn limits(sending: SendingSettings) -> Limits {
    let settings = Settings {
        sending,
        ..Settings::default()
    };
    Limits::of(&settings, "America/Sao_Paulo".parse().unwrap(), true, true)
}

fn subject() -> Subject<'static> {
    Subject {
        origin: Origin::BulkSend,
        purpose: Purpose::Marketing,
        template: Some(TemplateNow {
            state: Some("approved"),
            category: Purpose::Marketing,
        }),
        due_at: now(),
        expires_at: Some(now() + TimeDelta::hours(24)),
        counted: false,
    }
}

struct Case {
    subject: Subject<'static>,
    person: Person,
    sender: Sender,
    limits: Limits,
    tally: Tally,
}

impl Case {
    fn new() -> Self {
        Self {
            subject: subject(),
            person: Person::plain("+5511987654321"),
            sender: sender(Provider::WhatsappCloud),
            limits: limits(SendingSettings::default()),
            tally: Tally::default(),
        }
    }

    fn verdict(&self) -> Verdict {
        judge(
            &self.subject,
            &self.person,
            &self.sender,
            &self.limits,
            &self.tally,
            now(),
        )
    }

    fn skipped(&self) -> Why {
        match self.verdict() {
            Verdict::Skip { why, .. } => why,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn nothing_in_the_way_lets_it_go() {
    assert_eq!(Case::new().verdict(), Verdict::Send);
}

#[test]
fn each_guard_gives_its_reason() {
    type Change = fn(&mut Case);
    let cases: Vec<(Why, Change)> = vec![
        (Why::Expired, |c| {
            c.subject.expires_at = Some(now() - TimeDelta::seconds(1));
        }),
        (Why::TemplateGone, |c| {
            c.subject.template.as_mut().unwrap().state = None;
        }),
        (Why::TemplateNotApproved, |c| {
            c.subject.template.as_mut().unwrap().state = Some("rejected");
        }),
        (Why::TemplateCategory, |c| {
            c.subject.template.as_mut().unwrap().category = Purpose::Utility;
            c.subject.origin = Origin::Person;
        }),
        (Why::NoAddress, |c| c.person.address = None),
        (Why::AddressInvalid, |c| {
            c.person.address = Some("+55".to_owned());
        }),
        (Why::AddressBounced, |c| {
            c.person.suppressed_by = Some(BOUNCED.to_owned());
        }),
        (Why::OptedOut, |c| {
            c.person.suppressed_by = Some("keyword".to_owned());
        }),
        (Why::OptedOut, |c| {
            c.person.marketing_suppressed_by = Some("preference".to_owned());
        }),
        (Why::OptedOut, |c| {
            c.person.consent = Some("opted_out".to_owned());
        }),
        (Why::NoConsent, |c| {
            c.limits.ask_consent = vec!["whatsapp".to_owned()];
        }),
        (Why::UsMarketing, |c| {
            c.person.address = Some("+12125550123".to_owned());
        }),
        (Why::Duplicate, |c| {
            c.tally.addresses.insert("+5511987654321".to_owned());
        }),
        (Why::WindowClosed, |c| c.subject.template = None),
        (Why::WindowClosed, |c| {
            c.subject.template = None;
            c.person.last_inbound_at = Some(now() - TimeDelta::hours(24));
        }),
        (Why::FrequencyCap, |c| {
            c.limits.most_a_day = Some(2);
            c.person.day_count = 2;
        }),
        (Why::FrequencyCap, |c| {
            c.limits.most_a_week = Some(5);
            c.person.week_count = 6;
        }),
        (Why::Budget, |c| {
            c.tally.budget_left = Some(10);
            c.tally.prices = costing(11);
        }),
    ];
    for (why, break_it) in cases {
        let mut case = Case::new();
        break_it(&mut case);
        assert_eq!(case.skipped(), why);
    }
}

#[test]
fn an_opt_in_satisfies_whoever_asks_for_it() {
    let mut case = Case::new();
    case.limits.ask_consent = vec!["whatsapp".to_owned()];
    case.person.consent = Some("opted_in".to_owned());
    assert_eq!(case.verdict(), Verdict::Send);
    // What tells of an order needs none.
    let mut case = Case::new();
    case.limits.ask_consent = vec!["whatsapp".to_owned()];
    case.subject.purpose = Purpose::Utility;
    case.subject.template.as_mut().unwrap().category = Purpose::Utility;
    assert_eq!(case.verdict(), Verdict::Send);
}

#[test]
fn who_stopped_marketing_still_hears_of_an_order_and_who_stopped_all_does_not() {
    let mut case = Case::new();
    case.subject.purpose = Purpose::Utility;
    case.subject.template.as_mut().unwrap().category = Purpose::Utility;
    case.person.marketing_suppressed_by = Some("preference".to_owned());
    assert_eq!(case.verdict(), Verdict::Send);
    case.person.suppressed_by = Some("keyword".to_owned());
    assert_eq!(case.skipped(), Why::OptedOut);
}

#[test]
fn who_wrote_after_saying_stop_may_be_answered_and_nobody_else() {
    let mut case = Case::new();
    case.subject.origin = Origin::Person;
    case.subject.purpose = Purpose::Service;
    case.subject.template = None;
    case.person.suppressed_by = Some("keyword".to_owned());
    case.person.suppressed_at = Some(now() - TimeDelta::hours(2));
    // The stop itself was their last word.
    case.person.last_inbound_at = case.person.suppressed_at;
    assert_eq!(case.skipped(), Why::OptedOut);
    case.person.last_inbound_at = Some(now() - TimeDelta::hours(1));
    assert_eq!(case.verdict(), Verdict::Send);
}

#[test]
fn a_cap_counts_the_others_and_not_the_message_itself() {
    let mut case = Case::new();
    case.limits.most_a_day = Some(1);
    case.person.day_count = 1;
    assert_eq!(case.skipped(), Why::FrequencyCap);
    case.subject.counted = true;
    assert_eq!(case.verdict(), Verdict::Send);
}

#[test]
fn a_night_is_the_contacts_own() {
    let mut case = Case::new();
    case.limits = limits(SendingSettings {
        quiet_from: Some("21:00:00".parse().unwrap()),
        quiet_to: Some("08:00:00".parse().unwrap()),
        ..SendingSettings::default()
    });
    assert_eq!(case.verdict(), Verdict::Send, "noon in São Paulo");
    case.person.timezone = Some("Asia/Tokyo".to_owned());
    assert_eq!(
        case.verdict(),
        Verdict::Hold {
            until: "2026-11-20T23:00:00Z".parse().unwrap(),
            why: Why::QuietHours
        },
        "midnight in Tokyo"
    );
    // What may not wait so long is left out, not sent late.
    case.subject.expires_at = Some(now() + TimeDelta::hours(2));
    assert_eq!(case.skipped(), Why::QuietHours);
    // A zone that nobody knows is the workspace's.
    case.person.timezone = Some("Mars/Olympus".to_owned());
    assert_eq!(case.verdict(), Verdict::Send);
    // An answer is not held up.
    case.person.timezone = Some("Asia/Tokyo".to_owned());
    case.subject.origin = Origin::Person;
    assert_eq!(case.verdict(), Verdict::Send);
}

#[test]
fn hours_and_night_that_never_agree_leave_out() {
    let mut case = Case::new();
    case.limits = limits(SendingSettings {
        quiet_from: Some("08:00:00".parse().unwrap()),
        quiet_to: Some("20:00:00".parse().unwrap()),
        open_from: Some("09:00:00".parse().unwrap()),
        open_to: Some("18:00:00".parse().unwrap()),
        ..SendingSettings::default()
    });
    case.subject.expires_at = None;
    assert_eq!(case.skipped(), Why::QuietHours);
}

#[test]
fn a_paused_template_and_a_full_tier_make_it_wait() {
    let mut case = Case::new();
    case.subject.template.as_mut().unwrap().state = Some("paused");
    let Verdict::Hold { why, until } = case.verdict() else {
        panic!()
    };
    assert_eq!(why, Why::TemplatePaused);
    assert!(until > now());

    let mut case = Case::new();
    case.subject.template.as_mut().unwrap().category = Purpose::Utility;
    let Verdict::Hold { why, until } = case.verdict() else {
        panic!()
    };
    assert_eq!(why, Why::TemplateCategory);
    assert!(until > now());

    let mut case = Case::new();
    case.tally.people_left = Some(0);
    let Verdict::Hold { why, until } = case.verdict() else {
        panic!()
    };
    assert_eq!((why, until), (Why::TierLimit, now() + TimeDelta::hours(24)));
    // Who had a message today is no new person.
    case.person.known_today = true;
    assert_eq!(case.verdict(), Verdict::Send);
}

#[test]
fn switches_stop_what_is_automatic() {
    for (origin, waits) in [
        (Origin::Rule, true),
        (Origin::Sequence, true),
        (Origin::Campaign, true),
        (Origin::Bot, true),
        (Origin::BulkSend, false),
        (Origin::Person, false),
    ] {
        let mut case = Case::new();
        case.limits.automation_on = false;
        case.limits.bot_on = false;
        case.subject.origin = origin;
        let verdict = case.verdict();
        let held = matches!(
            verdict,
            Verdict::Hold {
                why: Why::SwitchedOff,
                ..
            }
        );
        assert_eq!(held, waits, "{origin}: {verdict:?}");
    }
}

#[test]
fn addresses_are_of_their_kind() {
    for (address, kind, fine) in [
        ("+5511987654321", ChannelKind::Sms, true),
        ("5511987654321", ChannelKind::Sms, false),
        ("+12", ChannelKind::Sms, false),
        ("US.13491208655302741918", ChannelKind::Whatsapp, true),
        ("US.1349", ChannelKind::Sms, false),
        ("+55abc", ChannelKind::Whatsapp, false),
        ("ana@example.com", ChannelKind::Email, true),
        ("ana@", ChannelKind::Email, false),
        ("123456", ChannelKind::Telegram, true),
        (" ", ChannelKind::Telegram, false),
    ] {
        assert_eq!(plausible(address, kind), fine, "{address}");
    }
}

#[test]
fn free_text_goes_within_the_window_and_anywhere_without_one() {
    let mut case = Case::new();
    case.subject.template = None;
    case.person.last_inbound_at = Some(now() - TimeDelta::hours(23));
    assert_eq!(case.verdict(), Verdict::Send);
    // It would be sent when the window is closed again.
    case.subject.due_at = now() + TimeDelta::hours(2);
    assert_eq!(case.skipped(), Why::WindowClosed);
    case.sender = sender(Provider::Twilio);
    case.person.last_inbound_at = None;
    assert_eq!(case.verdict(), Verdict::Send);
}

/// Every message costs so many micros.
fn costing(micros: i64) -> Prices {
    let line = Price {
        channel_id: ChannelId(uuid::Uuid::nil()),
        country: String::new(),
        purpose: String::new(),
        valid_from: "2020-01-01".parse().unwrap(),
        price: Micros(micros),
        currency: "USD".parse().unwrap(),
    };
    Prices {
        list: vec![line].into(),
        of: Some((Purpose::Marketing, "2026-11-20".parse().unwrap())),
    }
}
