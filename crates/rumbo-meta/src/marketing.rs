//! Calls of the Marketing API: portfolios, accounts, pages, objects and insights.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::error::MetaError;
use crate::graph::{GraphClient, GraphRequest, Pages};
use crate::objects::{
    Ad, AdAccount, AdCreative, AdSet, Business, Campaign, InsightRow, InsightsLevel, Page,
    Permission, User, WhatsAppAccount, WhatsAppPhone,
};

mod jobs;

pub use jobs::{Job, poll_jobs, read_job, start_jobs};

/// Rows a page of short lists.
const LIST_LIMIT: u32 = 100;
/// Rows a page of campaigns, ad sets and ads.
const OBJECT_LIMIT: u32 = 200;
/// Creatives are the heaviest edge: larger pages fail with "reduce the amount of data".
const CREATIVE_LIMIT: u32 = 50;
/// Rows a page of insights.
pub const INSIGHT_LIMIT: u32 = 1_000;

/// Everything that a campaign's state can be; listings leave deleted ones out unless asked.
const CAMPAIGN_STATES: &[&str] = &[
    "ACTIVE",
    "ARCHIVED",
    "DELETED",
    "IN_PROCESS",
    "PAUSED",
    "WITH_ISSUES",
];
const AD_SET_STATES: &[&str] = &[
    "ACTIVE",
    "ARCHIVED",
    "CAMPAIGN_PAUSED",
    "DELETED",
    "IN_PROCESS",
    "PAUSED",
    "WITH_ISSUES",
];
const AD_STATES: &[&str] = &[
    "ACTIVE",
    "ADSET_PAUSED",
    "ARCHIVED",
    "CAMPAIGN_PAUSED",
    "DELETED",
    "DISAPPROVED",
    "IN_PROCESS",
    "PAUSED",
    "PENDING_BILLING_INFO",
    "PENDING_REVIEW",
    "PREAPPROVED",
    "WITH_ISSUES",
];

/// One condition of Meta's `filtering` parameter.
#[derive(Clone, Debug, Serialize)]
pub struct Filter {
    field: String,
    operator: &'static str,
    value: FilterValue,
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum FilterValue {
    Number(i64),
    Words(Vec<String>),
}

impl Filter {
    /// The field is one of these.
    pub fn any_of<S: AsRef<str>>(field: &str, values: &[S]) -> Self {
        let words = values
            .iter()
            .map(|value| value.as_ref().to_owned())
            .collect();
        Self {
            field: field.to_owned(),
            operator: "IN",
            value: FilterValue::Words(words),
        }
    }

    /// The field is greater than this: a count, or an instant in Unix seconds.
    pub fn greater(field: &str, than: i64) -> Self {
        Self {
            field: field.to_owned(),
            operator: "GREATER_THAN",
            value: FilterValue::Number(than),
        }
    }

    /// The field is less than this.
    pub fn less(field: &str, than: i64) -> Self {
        Self {
            field: field.to_owned(),
            operator: "LESS_THAN",
            value: FilterValue::Number(than),
        }
    }
}

/// The parameter's text.
pub(crate) fn filtering(filters: &[Filter]) -> String {
    // Text and numbers always have a JSON form.
    serde_json::to_string(filters).unwrap_or_default()
}

/// Who the token belongs to.
///
/// # Errors
/// See [`MetaError`]; so for all calls here.
pub async fn me(client: &GraphClient) -> Result<User, MetaError> {
    client
        .call(&GraphRequest::get("me").fields(User::FIELDS))
        .await
}

/// What the person granted and declined.
pub async fn permissions(client: &GraphClient) -> Result<Vec<Permission>, MetaError> {
    client
        .pages(GraphRequest::get("me/permissions"), LIST_LIMIT)
        .collect()
        .await
}

/// The person's business portfolios.
pub async fn businesses(client: &GraphClient) -> Result<Vec<Business>, MetaError> {
    list(client, "me/businesses", Business::FIELDS)
        .collect()
        .await
}

/// All ad accounts that the person can see, in any portfolio or none.
pub fn my_ad_accounts(client: &GraphClient) -> Pages {
    list(client, "me/adaccounts", AdAccount::FIELDS)
}

/// Ad accounts that a portfolio owns.
pub fn owned_ad_accounts(client: &GraphClient, business: &str) -> Pages {
    list(
        client,
        &format!("{business}/owned_ad_accounts"),
        AdAccount::FIELDS,
    )
}

/// Ad accounts of others that a portfolio works on.
pub fn client_ad_accounts(client: &GraphClient, business: &str) -> Pages {
    list(
        client,
        &format!("{business}/client_ad_accounts"),
        AdAccount::FIELDS,
    )
}

/// One ad account; `account` is `act_N`.
pub async fn ad_account(client: &GraphClient, account: &str) -> Result<AdAccount, MetaError> {
    client
        .call(&GraphRequest::get(account).fields(AdAccount::FIELDS))
        .await
}

/// Pages on which the person has a role, with their tokens.
pub async fn my_pages(client: &GraphClient) -> Result<Vec<Page>, MetaError> {
    list(client, "me/accounts", Page::FIELDS).collect().await
}

/// Pages that a portfolio owns.
pub async fn owned_pages(client: &GraphClient, business: &str) -> Result<Vec<Page>, MetaError> {
    list(client, &format!("{business}/owned_pages"), Page::FIELDS)
        .collect()
        .await
}

/// Pages of others that a portfolio works on.
pub async fn client_pages(client: &GraphClient, business: &str) -> Result<Vec<Page>, MetaError> {
    list(client, &format!("{business}/client_pages"), Page::FIELDS)
        .collect()
        .await
}

/// WhatsApp business accounts that a portfolio owns.
pub async fn owned_whatsapp_accounts(
    client: &GraphClient,
    business: &str,
) -> Result<Vec<WhatsAppAccount>, MetaError> {
    let edge = format!("{business}/owned_whatsapp_business_accounts");
    list(client, &edge, WhatsAppAccount::FIELDS).collect().await
}

/// WhatsApp business accounts of others that a portfolio works on.
pub async fn client_whatsapp_accounts(
    client: &GraphClient,
    business: &str,
) -> Result<Vec<WhatsAppAccount>, MetaError> {
    let edge = format!("{business}/client_whatsapp_business_accounts");
    list(client, &edge, WhatsAppAccount::FIELDS).collect().await
}

/// Phone numbers of a WhatsApp business account.
pub async fn whatsapp_phones(
    client: &GraphClient,
    account: &str,
) -> Result<Vec<WhatsAppPhone>, MetaError> {
    list(
        client,
        &format!("{account}/phone_numbers"),
        WhatsAppPhone::FIELDS,
    )
    .collect()
    .await
}

/// Campaigns of an account (`act_N`), deleted and archived ones too; only those changed since an
/// instant where one is given. Read the pages as [`Campaign`].
pub fn campaigns(client: &GraphClient, account: &str, since: Option<DateTime<Utc>>) -> Pages {
    objects(
        client,
        account,
        "campaigns",
        "campaign",
        Campaign::FIELDS,
        CAMPAIGN_STATES,
        since,
    )
}

/// Ad sets of an account, likewise. Read the pages as [`AdSet`].
pub fn ad_sets(client: &GraphClient, account: &str, since: Option<DateTime<Utc>>) -> Pages {
    objects(
        client,
        account,
        "adsets",
        "adset",
        AdSet::FIELDS,
        AD_SET_STATES,
        since,
    )
}

/// Ads of an account, likewise. Read the pages as [`Ad`].
pub fn ads(client: &GraphClient, account: &str, since: Option<DateTime<Utc>>) -> Pages {
    objects(client, account, "ads", "ad", Ad::FIELDS, AD_STATES, since)
}

/// Creatives of an account. Read the pages as [`AdCreative`].
pub fn creatives(client: &GraphClient, account: &str) -> Pages {
    let request = GraphRequest::get(&format!("{account}/adcreatives")).fields(AdCreative::FIELDS);
    client.pages(request, CREATIVE_LIMIT)
}

/// Creatives by id, in batches: for those of deleted ads, which the account's list leaves out.
/// `fields` are [`AdCreative::FIELDS`] unless there is a reason.
/// `account` is the one whose limits count.
pub async fn creatives_by_id(
    client: &GraphClient,
    account: &str,
    ids: &[String],
    fields: &[&str],
) -> Result<Vec<Result<AdCreative, MetaError>>, MetaError> {
    let requests: Vec<GraphRequest> = ids
        .iter()
        .map(|id| GraphRequest::get(id).fields(fields).about(account))
        .collect();
    let answers = client.batch(&requests).await?;
    Ok(answers.into_iter().map(|answer| answer?.parse()).collect())
}

/// What to ask of insights. Days are the account's own.
#[derive(Clone, Debug)]
pub struct InsightsQuery {
    /// The grain.
    pub level: InsightsLevel,
    /// First day.
    pub since: NaiveDate,
    /// Last day, included.
    pub until: NaiveDate,
    /// A row for each day; else one row for all days together, in which people count once.
    pub by_day: bool,
    /// Fields; [`InsightRow::FIELDS`] unless there is a reason.
    pub fields: Vec<String>,
    /// Such as `age` and `gender`; they go into other rows than those without.
    pub breakdowns: Vec<String>,
    /// Conditions, such as `campaign.id IN`, by which a job is split.
    pub filters: Vec<Filter>,
}

impl InsightsQuery {
    /// Ad-days of a range of days, with the usual fields.
    pub fn ad_days(since: NaiveDate, until: NaiveDate) -> Self {
        Self {
            level: InsightsLevel::Ad,
            since,
            until,
            by_day: true,
            fields: InsightRow::FIELDS
                .iter()
                .map(|field| (*field).to_owned())
                .collect(),
            breakdowns: Vec::new(),
            filters: Vec::new(),
        }
    }

    /// The people of a range of days together, for each object of the level, deleted and archived
    /// ones too.
    pub fn people(level: InsightsLevel, since: NaiveDate, until: NaiveDate) -> Self {
        let states = match level {
            InsightsLevel::Account => None,
            InsightsLevel::Campaign => Some(CAMPAIGN_STATES),
            InsightsLevel::AdSet => Some(AD_SET_STATES),
            InsightsLevel::Ad => Some(AD_STATES),
        };
        let filters = states
            .map(|states| Filter::any_of(&format!("{}.effective_status", level.word()), states));
        let ids = ["account_id", "campaign_id", "adset_id", "ad_id"];
        let deep = match level {
            InsightsLevel::Account => 1,
            InsightsLevel::Campaign => 2,
            InsightsLevel::AdSet => 3,
            InsightsLevel::Ad => 4,
        };
        Self {
            level,
            since,
            until,
            by_day: false,
            fields: ids
                .into_iter()
                .take(deep)
                .chain(InsightRow::PEOPLE.iter().copied())
                .map(str::to_owned)
                .collect(),
            breakdowns: Vec::new(),
            filters: filters.into_iter().collect(),
        }
    }

    fn apply(&self, request: GraphRequest) -> GraphRequest {
        let mut request = request
            .param("level", self.level.word())
            .param("fields", self.fields.join(","))
            .param(
                "time_range",
                format!(r#"{{"since":"{}","until":"{}"}}"#, self.since, self.until),
            );
        if self.by_day {
            request = request.param("time_increment", "1");
        }
        if self.by_day && self.breakdowns.is_empty() {
            // Beside each figure, which goes by the ad set's own setting, how much of it came after a
            // view alone.
            let windows = format!(r#"["{}"]"#, InsightRow::WINDOWS.join(r#"",""#));
            request = request.param("action_attribution_windows", windows);
        }
        if !self.breakdowns.is_empty() {
            request = request.param("breakdowns", self.breakdowns.join(","));
        }
        if !self.filters.is_empty() {
            request = request.param("filtering", filtering(&self.filters));
        }
        request
    }
}

/// Insights at once, page by page. Read the pages as [`InsightRow`].
pub fn insights(client: &GraphClient, account: &str, query: &InsightsQuery) -> Pages {
    let request = query.apply(GraphRequest::get(&format!("{account}/insights")));
    client.pages(request, INSIGHT_LIMIT)
}

fn list(client: &GraphClient, edge: &str, fields: &[&str]) -> Pages {
    client.pages(GraphRequest::get(edge).fields(fields), LIST_LIMIT)
}

fn objects(
    client: &GraphClient,
    account: &str,
    edge: &str,
    level: &str,
    fields: &[&str],
    states: &[&str],
    since: Option<DateTime<Utc>>,
) -> Pages {
    let mut filters = vec![Filter::any_of(&format!("{level}.effective_status"), states)];
    if let Some(since) = since {
        filters.push(Filter::greater(
            &format!("{level}.updated_time"),
            since.timestamp(),
        ));
    }
    let request = GraphRequest::get(&format!("{account}/{edge}"))
        .fields(fields)
        .param("filtering", filtering(&filters));
    client.pages(request, OBJECT_LIMIT)
}
