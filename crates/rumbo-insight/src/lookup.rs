//! Our own ids of objects, by the platform's.

use rumbo_base::{AdAccountId, AdCampaignId, AdId, AdSetId, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

statements! {
    ACCOUNT = "SELECT id FROM ad_accounts WHERE workspace_id = $1 AND external_id = $2 ORDER BY platform LIMIT 1";
    CAMPAIGN = "SELECT id FROM ad_campaigns WHERE workspace_id = $1 AND external_id = $2 ORDER BY platform LIMIT 1";
    AD_SET = "SELECT id FROM ad_sets WHERE workspace_id = $1 AND external_id = $2 ORDER BY platform LIMIT 1";
    AD = "SELECT id FROM ads WHERE workspace_id = $1 AND external_id = $2 ORDER BY platform LIMIT 1";
}

macro_rules! lookups {
    ($($(#[$doc:meta])* $name:ident: $statement:ident -> $id:ty;)+) => {
        $(
            $(#[$doc])*
            ///
            /// # Errors
            /// As any read.
            pub async fn $name(
                tx: &mut Tx,
                workspace: WorkspaceId,
                external_id: &str,
            ) -> Result<Option<$id>> {
                on_tx!(tx, |c| sqlx::query_scalar($statement)
                    .bind(workspace)
                    .bind(external_id)
                    .fetch_optional(c)
                    .await)
                .db()
            }
        )+
    };
}

lookups! {
    /// The ad account of a bare number.
    account_of: ACCOUNT -> AdAccountId;
    /// The ad campaign of an id, whether it has figures or not.
    campaign_of: CAMPAIGN -> AdCampaignId;
    /// The ad set of an id, whether it has figures or not.
    ad_set_of: AD_SET -> AdSetId;
    /// The ad of an id, whether it has figures or not.
    ad_of: AD -> AdId;
}
