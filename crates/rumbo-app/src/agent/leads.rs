//! Leads that a page's webhook names: fetched at Meta by their id.

use async_trait::async_trait;
use rumbo_ads::sync::{LeadBatch, LeadSink as _};
use rumbo_base::{Code, Error, Reason, Result};
use rumbo_engage::webhooks::LeadDesk;
use rumbo_meta::{leads, marketing};
use rumbo_platform::Scope;

use crate::sync::IntoCrm;
use crate::{App, Context, connection};

/// Fetches with the workspace's own sign-in.
#[derive(Clone, Debug)]
pub(super) struct AtMeta(pub App);

#[async_trait]
impl LeadDesk for AtMeta {
    async fn fetch(&self, scope: &Scope, page_id: &str, leadgen_id: &str) -> Result<()> {
        let cx = Context::new(self.0.clone(), Some(scope.clone()));
        let graph = connection::background_client(&cx).await?;
        // Meta takes no other token than the page's own for its leads.
        let pages = marketing::my_pages(&graph).await.map_err(Error::from)?;
        let token = pages
            .into_iter()
            .find(|page| page.id == page_id)
            .and_then(|page| page.access_token)
            .ok_or_else(|| {
                Error::new(
                    Code::PermissionMissing,
                    "Meta does not show this page: the person has no role on it any more, or did \
                     not grant pages_show_list. Ask the page's admin for access.",
                )
                .reason(Reason::PageHidden)
            })?;
        let lead = leads::lead(&graph.with_other_token(token), page_id, leadgen_id)
            .await
            .map_err(Error::from)?;
        let sink = IntoCrm {
            scope: scope.clone(),
        };
        let batch = LeadBatch {
            page: Some(page_id),
            form: None,
            ad_account: None,
            leads: std::slice::from_ref(&lead),
        };
        let mut tx = scope.write().await?;
        sink.store(&mut tx, batch).await?;
        tx.commit().await
    }
}
