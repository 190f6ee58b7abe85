//! Meta's objects as they come over the wire, and the fields asked for of each.
//!
//! Names are Meta's own. Every field but the id may be missing: Meta leaves out what is empty.
//! Field names were checked against Meta's published specification of v25 (SDK code generator).

use rumbo_base::Secret;
use serde::Deserialize;

mod insights;
mod report;
mod token;
mod wire;

pub use insights::{ActionStat, Actions, InsightRow, InsightsLevel};
pub use report::{JobStarted, JobStatus, ReportRun};
pub use token::{GranularScope, Permission, PermissionStatus, TokenInfo};
use wire::node;
pub use wire::{Count, MetaTime, MinorUnits, Rest};

node! {
    /// The person or system user behind a token.
    User { name: String } also []
}

node! {
    /// A business portfolio.
    Business {
        name: String,
        /// `not_verified`, `pending`, `verified`, …
        verification_status: String,
        created_time: MetaTime,
    } also []
}

node! {
    /// An ad account. `id` is `act_N`.
    AdAccount {
        /// The bare number.
        account_id: String,
        name: String,
        /// 1 active, 2 disabled, 3 unsettled, 7 pending risk review, 9 in grace period,
        /// 100 pending closure, 101 closed; others exist.
        account_status: i64,
        disable_reason: i64,
        /// ISO 4217.
        currency: String,
        /// IANA. Days of all insights are days of this zone.
        timezone_name: String,
        timezone_offset_hours_utc: f64,
        /// Spent since ever, in Meta's minor unit.
        amount_spent: MinorUnits,
        balance: MinorUnits,
        /// 0 when there is none.
        spend_cap: MinorUnits,
        created_time: MetaTime,
        business: NodeRef,
        user_tasks: Vec<String>,
    } also []
}

/// A node that is only pointed to.
#[derive(Clone, Debug, PartialEq, Eq, Default, Deserialize)]
pub struct NodeRef {
    /// Its id.
    pub id: String,
    /// Its name, where Meta adds it.
    pub name: Option<String>,
}

node! {
    /// An ad campaign. Budgets are in the account's currency, in Meta's minor unit.
    Campaign {
        account_id: String,
        name: String,
        objective: String,
        buying_type: String,
        status: String,
        configured_status: String,
        effective_status: String,
        daily_budget: MinorUnits,
        lifetime_budget: MinorUnits,
        budget_remaining: MinorUnits,
        spend_cap: MinorUnits,
        bid_strategy: String,
        start_time: MetaTime,
        stop_time: MetaTime,
        created_time: MetaTime,
        updated_time: MetaTime,
    } also [
        "special_ad_categories",
        "special_ad_category_country",
        "promoted_object",
        "pacing_type",
        "is_adset_budget_sharing_enabled",
        "issues_info",
    ]
}

node! {
    /// An ad set.
    AdSet {
        account_id: String,
        campaign_id: String,
        name: String,
        status: String,
        configured_status: String,
        effective_status: String,
        daily_budget: MinorUnits,
        lifetime_budget: MinorUnits,
        budget_remaining: MinorUnits,
        bid_amount: MinorUnits,
        bid_strategy: String,
        billing_event: String,
        optimization_goal: String,
        destination_type: String,
        start_time: MetaTime,
        end_time: MetaTime,
        created_time: MetaTime,
        updated_time: MetaTime,
    } also [
        "attribution_spec",
        "promoted_object",
        "targeting",
        "pacing_type",
        "adset_schedule",
        "bid_constraints",
        "daily_min_spend_target",
        "daily_spend_cap",
        "lifetime_min_spend_target",
        "lifetime_spend_cap",
        "frequency_control_specs",
        "is_dynamic_creative",
        "is_incremental_attribution_enabled",
        "placement_soft_opt_out",
        "learning_stage_info",
        "issues_info",
    ]
}

impl AdSet {
    /// How far delivery has learned: `LEARNING`, `SUCCESS` or `FAIL`.
    pub fn learning_status(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Stage {
            status: Option<String>,
        }
        serde_json::from_str::<Stage>(self.rest.get("learning_stage_info")?)
            .ok()?
            .status
    }
}

node! {
    /// An ad.
    Ad {
        account_id: String,
        campaign_id: String,
        adset_id: String,
        name: String,
        status: String,
        configured_status: String,
        effective_status: String,
        creative: NodeRef,
        preview_shareable_link: String,
        created_time: MetaTime,
        updated_time: MetaTime,
    } also [
        "tracking_specs",
        "conversion_domain",
        "ad_schedule_start_time",
        "ad_schedule_end_time",
        "ad_review_feedback",
        "issues_info",
    ]
}

node! {
    /// A creative. Addresses of pictures are signed and change from answer to answer.
    AdCreative {
        account_id: String,
        name: String,
        status: String,
        /// The headline.
        title: String,
        body: String,
        object_type: String,
        call_to_action_type: String,
        link_url: String,
        image_url: String,
        thumbnail_url: String,
        video_id: String,
        effective_object_story_id: String,
        instagram_permalink_url: String,
    } also [
        "image_hash",
        "url_tags",
        "object_story_spec",
        "asset_feed_spec",
        "degrees_of_freedom_spec",
        "contextual_multi_ads",
        "product_set_id",
    ]
}

/// The parts of a creative's story that tell its text, link and picture.
#[derive(Default, Deserialize)]
#[serde(default)]
struct StorySpec {
    page_id: Option<String>,
    instagram_user_id: Option<String>,
    link_data: Option<StoryData>,
    video_data: Option<StoryData>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct StoryData {
    message: Option<String>,
    /// The headline of a link ad.
    name: Option<String>,
    /// The headline of a video ad.
    title: Option<String>,
    link: Option<String>,
    picture: Option<String>,
    /// A video's still.
    image_url: Option<String>,
    call_to_action: Option<CallToAction>,
}

#[derive(Deserialize)]
struct CallToAction {
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl AdCreative {
    /// What the creative says and shows, wherever Meta put it: in the creative's own fields, or
    /// for ads made as posts only in the story.
    pub fn content(&self) -> CreativeContent {
        let spec: StorySpec = self
            .rest
            .get("object_story_spec")
            .and_then(|json| serde_json::from_str(json).ok())
            .unwrap_or_default();
        let story = spec.link_data.or(spec.video_data).unwrap_or_default();
        CreativeContent {
            headline: self.title.clone().or(story.name).or(story.title),
            body: self.body.clone().or(story.message),
            link: self.link_url.clone().or(story.link),
            image: self.image_url.clone().or(story.picture).or(story.image_url),
            call_to_action: self
                .call_to_action_type
                .clone()
                .or(story.call_to_action.and_then(|button| button.kind)),
            page_id: spec.page_id,
            instagram_user_id: spec.instagram_user_id,
        }
    }
}

/// What a creative says and shows.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct CreativeContent {
    /// The headline.
    pub headline: Option<String>,
    /// The body text.
    pub body: Option<String>,
    /// Where it leads.
    pub link: Option<String>,
    /// The address of its picture; signed, it changes from answer to answer.
    pub image: Option<String>,
    /// The button's kind, such as `LEARN_MORE`.
    pub call_to_action: Option<String>,
    /// The page that speaks.
    pub page_id: Option<String>,
    /// The Instagram account that speaks.
    pub instagram_user_id: Option<String>,
}

node! {
    /// A Facebook page, with its own token.
    Page {
        name: String,
        category: String,
        /// The page's token: as secret as the person's.
        access_token: Secret,
        link: String,
    } also []
}

node! {
    /// An Instant Form.
    LeadgenForm {
        name: String,
        /// `ACTIVE`, `ARCHIVED`, `DELETED`, `DRAFT`.
        status: String,
        locale: String,
        leads_count: Count,
        created_time: MetaTime,
        questions: Vec<Question>,
    } also []
}

/// One question of a form.
#[derive(Clone, Debug, PartialEq, Eq, Default, Deserialize)]
pub struct Question {
    /// The name under which answers come.
    pub key: Option<String>,
    /// What the person reads.
    pub label: Option<String>,
    /// `FULL_NAME`, `EMAIL`, `PHONE`, `CUSTOM`, …
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

node! {
    /// A lead from an Instant Form. Without `ad_id` it is organic or a test.
    Lead {
        created_time: MetaTime,
        ad_id: String,
        ad_name: String,
        adset_id: String,
        adset_name: String,
        campaign_id: String,
        campaign_name: String,
        form_id: String,
        is_organic: bool,
        /// `fb`, `ig`, …
        platform: String,
        field_data: Vec<LeadAnswer>,
    } also ["custom_disclaimer_responses"]
}

/// One answer of a lead.
#[derive(Clone, Debug, PartialEq, Eq, Default, Deserialize)]
pub struct LeadAnswer {
    /// The question's key.
    pub name: String,
    /// Usually one.
    #[serde(default)]
    pub values: Vec<String>,
}

impl Lead {
    /// The first answer to one of these questions.
    pub fn answer(&self, names: &[&str]) -> Option<&str> {
        let answers = self.field_data.as_ref()?;
        names
            .iter()
            .find_map(|name| {
                answers
                    .iter()
                    .find(|a| a.name.eq_ignore_ascii_case(name))?
                    .values
                    .first()
            })
            .map(String::as_str)
    }
}

node! {
    /// A WhatsApp business account.
    WhatsAppAccount {
        name: String,
        currency: String,
        country: String,
        timezone_id: String,
        account_review_status: String,
        business_verification_status: String,
        message_template_namespace: String,
    } also []
}

node! {
    /// A phone number of a WhatsApp business account.
    WhatsAppPhone {
        display_phone_number: String,
        verified_name: String,
        /// `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
        quality_rating: String,
        status: String,
    } also []
}

#[cfg(test)]
mod tests;
