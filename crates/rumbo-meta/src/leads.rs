//! Lead Ads: forms and leads.

use chrono::{DateTime, Utc};

use crate::error::MetaError;
use crate::graph::{GraphClient, GraphRequest, Pages};
use crate::marketing::{Filter, filtering};
use crate::objects::{Lead, LeadgenForm};

/// Rows a page.
const LIMIT: u32 = 100;

/// The Instant Forms of a page. The client speaks with the page's own token
/// ([`GraphClient::with_other_token`]).
///
/// # Errors
/// See [`MetaError`].
pub async fn forms(client: &GraphClient, page: &str) -> Result<Vec<LeadgenForm>, MetaError> {
    form_pages(client, page).collect().await
}

/// The same list, page by page. Read the pages as [`LeadgenForm`].
pub fn form_pages(client: &GraphClient, page: &str) -> Pages {
    let request = GraphRequest::get(&format!("{page}/leadgen_forms"))
        .fields(LeadgenForm::FIELDS)
        .about(page);
    client.pages(request, LIMIT)
}

/// Leads of a form, organic ones too, made after an instant where one is given. `page` is the
/// one whose limits count. Read the pages as [`Lead`].
pub fn leads_of_form(
    client: &GraphClient,
    page: &str,
    form: &str,
    since: Option<DateTime<Utc>>,
) -> Pages {
    leads(client, form, page, since)
}

/// Leads that an ad brought, made after an instant where one is given. `account` is the one whose
/// limits count. Read the pages as [`Lead`].
pub fn leads_of_ad(
    client: &GraphClient,
    account: &str,
    ad: &str,
    since: Option<DateTime<Utc>>,
) -> Pages {
    leads(client, ad, account, since)
}

/// One lead, by the id that a webhook brought.
///
/// # Errors
/// See [`MetaError`].
pub async fn lead(client: &GraphClient, page: &str, id: &str) -> Result<Lead, MetaError> {
    client
        .call(&GraphRequest::get(id).fields(Lead::FIELDS).about(page))
        .await
}

fn leads(client: &GraphClient, of: &str, about: &str, since: Option<DateTime<Utc>>) -> Pages {
    let mut request = GraphRequest::get(&format!("{of}/leads"))
        .fields(Lead::FIELDS)
        .about(about);
    if let Some(since) = since {
        let filter = Filter::greater("time_created", since.timestamp());
        request = request.param("filtering", filtering(&[filter]));
    }
    client.pages(request, LIMIT)
}
