//! What an action type counts, and which others count the same event by another name.
//!
//! Meta tells one event under many names: `lead` is every lead, `onsite_conversion.lead_grouped`
//! those by Instant Form, `offsite_conversion.fb_pixel_lead` those of the website. Here a name is
//! read as the event it tells and the places where it looks for that event. Two names overlap when
//! they tell the same event and look at a common place; overlapping names are never added.
//!
//! Sources: Meta's reference of insights (nested types); the leaves that Fivetran's `dbt_facebook_ads`
//! adds (`onsite_conversion.{purchase,lead_grouped}`, `offsite_conversion.fb_pixel_{purchase,lead,
//! custom}`); PostHog's pull requests 44949 and 50487 (`omni_*` holds the total, the total holds the
//! channels). Of names whose places Meta does not document (`onsite_web_purchase` and the like, which
//! accounts show with the figure of the total) all places are taken: they are added to nothing.

pub use rumbo_base::{ActionKind, ActionPlace};

const fn bit(place: ActionPlace) -> u16 {
    match place {
        ActionPlace::OnMeta => ON_META,
        ActionPlace::Website => WEBSITE,
        ActionPlace::App => APP,
        ActionPlace::Store => STORE,
    }
}

const ON_META: u16 = 1;
const WEBSITE: u16 = 1 << 1;
const APP: u16 = 1 << 2;
const STORE: u16 = 1 << 3;
const ONLINE: u16 = ON_META | WEBSITE | APP;
const EVERYWHERE: u16 = ONLINE | STORE;

/// The parts of engagement: their own, for they have no place.
mod engaged {
    pub const LINK: u16 = 1 << 4;
    pub const REACTION: u16 = 1 << 5;
    pub const COMMENT: u16 = 1 << 6;
    pub const SHARE: u16 = 1 << 7;
    pub const VIDEO: u16 = 1 << 8;
    pub const PHOTO: u16 = 1 << 9;
    pub const SAVE: u16 = 1 << 10;
    pub const FOLLOW: u16 = 1 << 11;
    pub const OTHER: u16 = 1 << 12;
    pub const POST: u16 = LINK | REACTION | COMMENT | SHARE | VIDEO | PHOTO | SAVE | OTHER;
    pub const PAGE: u16 = POST | FOLLOW;
}

/// How an action type is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionClass {
    pub kind: ActionKind,
    /// Names of one family tell the same event.
    family: String,
    parts: u16,
}

impl ActionClass {
    /// Reads a name. What is not known overlaps with nothing but itself.
    pub fn of(action_type: &str) -> Self {
        let known = engagement(action_type)
            .or_else(|| message(action_type))
            .or_else(|| lead(action_type));
        if let Some(known) = known {
            return known;
        }
        if action_type.starts_with("offsite_conversion.custom.")
            || action_type.ends_with("fb_pixel_custom")
            || action_type == "app_custom_event.other"
        {
            return Self::new(ActionKind::Custom, action_type, EVERYWHERE);
        }
        let (event, parts) = event_and_parts(action_type);
        let event = renamed(event);
        Self::new(kind_of(event), event, parts)
    }

    fn new(kind: ActionKind, family: &str, parts: u16) -> Self {
        Self {
            kind,
            family: family.to_owned(),
            parts,
        }
    }

    /// What all names of the same event have in common.
    pub fn family(&self) -> &str {
        &self.family
    }

    /// Where it looks for the event; none for what has no place, such as a click.
    pub fn places(&self) -> Vec<ActionPlace> {
        let here = |place: &ActionPlace| self.parts & bit(*place) != 0;
        ActionPlace::ALL.into_iter().filter(here).collect()
    }

    /// Whether one event may be counted under both names.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.family == other.family && self.parts & other.parts != 0
    }

    /// Whether everything that the other counts is counted under this name too.
    pub fn holds(&self, other: &Self) -> bool {
        self.family == other.family && other.parts & !self.parts == 0
    }

    /// How many places and parts it looks at.
    pub(super) fn width(&self) -> u32 {
        self.parts.count_ones()
    }
}

fn engagement(name: &str) -> Option<ActionClass> {
    use ActionKind::{Click, Engagement, Video};
    let (kind, parts) = match name {
        "page_engagement" => (Engagement, engaged::PAGE),
        "post_engagement" | "post_interaction_gross" | "post_interaction_net" => {
            (Engagement, engaged::POST)
        }
        "link_click" => (Click, engaged::LINK),
        "post_reaction" | "onsite_conversion.post_net_like" => (Engagement, engaged::REACTION),
        "comment" | "onsite_conversion.post_net_comment" => (Engagement, engaged::COMMENT),
        "post" => (Engagement, engaged::SHARE),
        "video_view" => (Video, engaged::VIDEO),
        "photo_view" => (Engagement, engaged::PHOTO),
        "onsite_conversion.post_save" | "onsite_conversion.post_net_save" => {
            (Engagement, engaged::SAVE)
        }
        "like" | "follow" => (Engagement, engaged::FOLLOW),
        _ => return None,
    };
    Some(ActionClass::new(kind, "engagement", parts))
}

/// Steps of conversations: the same conversation is in several.
fn message(name: &str) -> Option<ActionClass> {
    let of = name.strip_prefix("onsite_conversion.")?;
    (of.starts_with("messaging_") || of == "total_messaging_connection")
        .then(|| ActionClass::new(ActionKind::Message, "message", ON_META))
}

fn lead(name: &str) -> Option<ActionClass> {
    let parts = match name {
        // Meta's older names of Instant Form leads.
        "onsite_conversion.lead_grouped"
        | "onsite_conversion.lead"
        | "leadgen_grouped"
        | "leadgen.other" => ON_META,
        // A website event with the leads of Instant Forms added to it.
        _ if name.ends_with("_add_meta_leads") => ON_META | WEBSITE,
        _ => return None,
    };
    Some(ActionClass::new(ActionKind::Lead, "lead", parts))
}

/// The event a name tells, and the places its prefix stands for.
fn event_and_parts(name: &str) -> (&str, u16) {
    const PREFIXES: [(&str, u16); 12] = [
        ("omni_", EVERYWHERE),
        ("offsite_conversion.fb_pixel_", WEBSITE),
        ("offsite_conversion.", WEBSITE),
        ("onsite_conversion.", ON_META),
        ("app_custom_event.fb_mobile_", APP),
        ("app_custom_event.", APP),
        ("offline_conversion.", STORE),
        ("web_app_in_store_", EVERYWHERE),
        ("web_in_store_", EVERYWHERE),
        ("onsite_web_app_", ONLINE),
        ("onsite_web_", ONLINE),
        ("onsite_app_", ONLINE),
    ];
    PREFIXES
        .iter()
        .find_map(|(prefix, parts)| Some((name.strip_prefix(prefix)?, *parts)))
        .unwrap_or((name, ONLINE))
}

/// Meta's second names of its own events.
fn renamed(event: &str) -> &str {
    match event {
        "initiated_checkout" => "initiate_checkout",
        "content_view" => "view_content",
        _ => ["_total", "_website", "_mobile_app", "_offline"]
            .iter()
            .find_map(|suffix| event.strip_suffix(suffix))
            .unwrap_or(event),
    }
}

fn kind_of(event: &str) -> ActionKind {
    match event {
        "lead" => ActionKind::Lead,
        "purchase" => ActionKind::Purchase,
        "add_to_cart" => ActionKind::Cart,
        "initiate_checkout" | "add_payment_info" => ActionKind::Checkout,
        "complete_registration" => ActionKind::Registration,
        "view_content" => ActionKind::Content,
        "search" => ActionKind::Search,
        "landing_page_view" => ActionKind::Visit,
        "app_install" | "mobile_app_install" | "activate_app" => ActionKind::AppInstall,
        "add_to_wishlist" | "contact" | "customize_product" | "donate" | "find_location"
        | "schedule" | "start_trial" | "submit_application" | "subscribe" => ActionKind::Standard,
        "outbound_click" | "app_use" => ActionKind::Click,
        _ => ActionKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> ActionClass {
        ActionClass::of(name)
    }

    #[test]
    fn a_total_holds_its_channels_and_channels_do_not_overlap() {
        for (total, leaves) in [
            (
                "lead",
                [
                    "onsite_conversion.lead_grouped",
                    "offsite_conversion.fb_pixel_lead",
                ],
            ),
            (
                "omni_purchase",
                [
                    "onsite_conversion.purchase",
                    "offsite_conversion.fb_pixel_purchase",
                ],
            ),
            (
                "purchase",
                [
                    "app_custom_event.fb_mobile_purchase",
                    "offsite_conversion.fb_pixel_purchase",
                ],
            ),
            ("page_engagement", ["link_click", "post_reaction"]),
        ] {
            let total = of(total);
            for leaf in leaves {
                assert!(total.holds(&of(leaf)) && !of(leaf).holds(&total), "{leaf}");
                assert!(total.overlaps(&of(leaf)), "{leaf}");
            }
            assert!(!of(leaves[0]).overlaps(&of(leaves[1])), "{leaves:?}");
        }
        // The five leaves that a public package adds up.
        let five = [
            "onsite_conversion.purchase",
            "onsite_conversion.lead_grouped",
            "offsite_conversion.fb_pixel_purchase",
            "offsite_conversion.fb_pixel_lead",
            "offsite_conversion.fb_pixel_custom",
        ];
        for (at, one) in five.iter().enumerate() {
            for other in &five[at + 1..] {
                assert!(!of(one).overlaps(&of(other)), "{one} {other}");
            }
        }
    }

    #[test]
    fn one_event_under_other_names_overlaps() {
        for (one, other) in [
            ("onsite_conversion.lead_grouped", "leadgen_grouped"),
            ("purchase", "omni_purchase"),
            ("onsite_web_app_purchase", "purchase"),
            ("web_in_store_purchase", "offline_conversion.purchase"),
            (
                "omni_initiated_checkout",
                "offsite_conversion.fb_pixel_initiate_checkout",
            ),
            ("omni_landing_page_view", "landing_page_view"),
            ("onsite_web_lead", "offsite_conversion.fb_pixel_lead"),
            ("offsite_search_add_meta_leads", "lead"),
            ("leadgen.other", "lead"),
            (
                "onsite_conversion.messaging_first_reply",
                "onsite_conversion.total_messaging_connection",
            ),
        ] {
            assert!(of(one).overlaps(&of(other)), "{one} {other}");
        }
        for (one, other) in [
            ("lead", "purchase"),
            ("offsite_conversion.custom.1", "offsite_conversion.custom.2"),
            ("offsite_conversion.custom.1", "lead"),
            ("schedule_website", "subscribe_website"),
            ("link_click", "landing_page_view"),
        ] {
            assert!(!of(one).overlaps(&of(other)), "{one} {other}");
        }
        assert_eq!(of("offsite_conversion.custom.77").kind, ActionKind::Custom);
        assert_eq!(of("schedule_total").kind, ActionKind::Standard);
        assert_eq!(of("something_new").kind, ActionKind::Other);
        assert_eq!(of("omni_purchase").places(), ActionPlace::ALL);
        assert_eq!(of("link_click").places(), []);
    }
}
