//! SQL of touchpoints.

use rumbo_base::{ContactId, Result, TouchpointId, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};
use rumbo_platform::Scope;

use super::{Touchpoint, TouchpointKind};

macro_rules! columns {
    () => {
        "id, contact_id, occurred_at, kind, source, medium, platform, ad_account_external_id, \
         campaign_external_id, ad_set_external_id, ad_external_id, form_external_id, ad_campaign_id, \
         ad_set_id, ad_id, click_id, referral, answers, ad_headline, ad_body, cost_micros, \
         cost_currency, external_id, created_at, updated_at"
    };
}

statements! {
    GET = concat!("SELECT ", columns!(), " FROM touchpoints WHERE workspace_id = $1 AND id = $2");
    OF_CONTACT = concat!("SELECT ", columns!(), " FROM touchpoints \
        WHERE workspace_id = $1 AND contact_id = $2 ORDER BY occurred_at, id");
    UPDATE = "UPDATE touchpoints SET contact_id = $3, occurred_at = $4, source = $5, medium = $6, \
        platform = $7, ad_account_external_id = $8, campaign_external_id = $9, \
        ad_set_external_id = $10, ad_external_id = $11, form_external_id = $12, ad_campaign_id = $13, \
        ad_set_id = $14, ad_id = $15, click_id = $16, referral = $17, answers = $18, \
        ad_headline = $19, ad_body = $20, cost_micros = $21, cost_currency = $22, \
        origin = NULL, updated_at = $23, updated_by = $24 WHERE workspace_id = $1 AND id = $2";
    /// What an ad belongs to is Meta's to say: it overrules the ids of the touchpoint.
    LINK_ADS = "UPDATE touchpoints SET ad_id = o.id, ad_set_id = o.ad_set_id, \
        ad_campaign_id = o.ad_campaign_id, ad_headline = COALESCE(ad_headline, o.headline), \
        ad_body = COALESCE(ad_body, o.body), origin = NULL, updated_at = $2 \
        FROM (SELECT a.id, a.ad_set_id, a.ad_campaign_id, a.platform, a.external_id, k.headline, k.body \
              FROM ads a LEFT JOIN ad_creatives k ON k.workspace_id = $1 AND k.id = a.ad_creative_id \
              WHERE a.workspace_id = $1) o \
        WHERE touchpoints.workspace_id = $1 AND touchpoints.ad_id IS NULL \
        AND touchpoints.ad_external_id IS NOT NULL \
        AND o.external_id = touchpoints.ad_external_id AND o.platform = touchpoints.platform";
    LINK_AD_SETS = "UPDATE touchpoints SET ad_set_id = o.id, ad_campaign_id = o.ad_campaign_id, \
        origin = NULL, updated_at = $2 FROM ad_sets o WHERE touchpoints.workspace_id = $1 \
        AND touchpoints.ad_set_id IS NULL AND touchpoints.ad_set_external_id IS NOT NULL \
        AND o.workspace_id = $1 AND o.external_id = touchpoints.ad_set_external_id \
        AND o.platform = touchpoints.platform";
    LINK_CAMPAIGNS = "UPDATE touchpoints SET ad_campaign_id = o.id, origin = NULL, updated_at = $2 \
        FROM ad_campaigns o WHERE touchpoints.workspace_id = $1 \
        AND touchpoints.ad_campaign_id IS NULL AND touchpoints.campaign_external_id IS NOT NULL \
        AND o.workspace_id = $1 AND o.external_id = touchpoints.campaign_external_id \
        AND o.platform = touchpoints.platform";
}

pub(crate) async fn of_contact(
    tx: &mut Tx,
    workspace: WorkspaceId,
    contact: ContactId,
) -> Result<Vec<Touchpoint>> {
    on_tx!(tx, |c| sqlx::query_as::<_, Touchpoint>(OF_CONTACT)
        .bind(workspace)
        .bind(contact)
        .fetch_all(c)
        .await)
    .db()
}

/// The touchpoints of a kind that have one of these external ids.
pub(crate) async fn with_external_ids(
    tx: &mut Tx,
    workspace: WorkspaceId,
    kind: TouchpointKind,
    wanted: &[String],
) -> Result<Vec<Touchpoint>> {
    let mut found = Vec::new();
    for chunk in wanted.chunks(tx.bind_limit() / 2) {
        let rows: Vec<Touchpoint> = on_tx!(tx, |c| {
            let mut select = sqlx::QueryBuilder::<DB>::new(concat!(
                "SELECT ",
                columns!(),
                " FROM touchpoints WHERE workspace_id = "
            ));
            select
                .push_bind(workspace)
                .push(" AND kind = ")
                .push_bind(kind.as_str());
            select.push(" AND external_id IN (");
            let mut list = select.separated(", ");
            for id in chunk {
                list.push_bind(id);
            }
            select.push(")");
            select.build_query_as().persistent(false).fetch_all(c).await
        })
        .db()?;
        found.extend(rows);
    }
    Ok(found)
}

/// Writes new touchpoints.
pub(crate) async fn insert(tx: &mut Tx, scope: &Scope, touches: &[Touchpoint]) -> Result<()> {
    const COLUMNS: usize = 28;
    let (workspace, actor) = (scope.workspace, scope.actor);
    for chunk in touches.chunks(tx.bind_limit() / COLUMNS) {
        on_tx!(tx, |c| {
            let mut insert = sqlx::QueryBuilder::<DB>::new(concat!(
                "INSERT INTO touchpoints (workspace_id, ",
                columns!(),
                ", created_by, updated_by) "
            ));
            insert.push_values(chunk, |mut row, touch| {
                row.push_bind(workspace)
                    .push_bind(touch.id)
                    .push_bind(touch.contact_id)
                    .push_bind(touch.occurred_at)
                    .push_bind(touch.kind.as_str())
                    .push_bind(&touch.source)
                    .push_bind(&touch.medium)
                    .push_bind(&touch.platform)
                    .push_bind(&touch.ad_account_external_id)
                    .push_bind(&touch.campaign_external_id)
                    .push_bind(&touch.ad_set_external_id)
                    .push_bind(&touch.ad_external_id)
                    .push_bind(&touch.form_external_id)
                    .push_bind(touch.ad_campaign_id)
                    .push_bind(touch.ad_set_id)
                    .push_bind(touch.ad_id)
                    .push_bind(&touch.click_id)
                    .push_bind(&touch.referral)
                    .push_bind(&touch.answers)
                    .push_bind(&touch.ad_headline)
                    .push_bind(&touch.ad_body)
                    .push_bind(touch.cost_micros)
                    .push_bind(&touch.cost_currency)
                    .push_bind(&touch.external_id)
                    .push_bind(touch.created_at)
                    .push_bind(touch.updated_at)
                    .push_bind(actor)
                    .push_bind(actor);
            });
            insert
                .build()
                .persistent(false)
                .execute(c)
                .await
                .map(|_| ())
        })
        .db()?;
    }
    Ok(())
}

/// Writes a touchpoint over the stored one of the same id.
pub(crate) async fn write(tx: &mut Tx, scope: &Scope, touch: &Touchpoint) -> Result<()> {
    on_tx!(tx, |c| sqlx::query(UPDATE)
        .bind(scope.workspace)
        .bind(touch.id)
        .bind(touch.contact_id)
        .bind(touch.occurred_at)
        .bind(&touch.source)
        .bind(&touch.medium)
        .bind(&touch.platform)
        .bind(&touch.ad_account_external_id)
        .bind(&touch.campaign_external_id)
        .bind(&touch.ad_set_external_id)
        .bind(&touch.ad_external_id)
        .bind(&touch.form_external_id)
        .bind(touch.ad_campaign_id)
        .bind(touch.ad_set_id)
        .bind(touch.ad_id)
        .bind(&touch.click_id)
        .bind(&touch.referral)
        .bind(&touch.answers)
        .bind(&touch.ad_headline)
        .bind(&touch.ad_body)
        .bind(touch.cost_micros)
        .bind(&touch.cost_currency)
        .bind(touch.updated_at)
        .bind(scope.actor)
        .execute(c)
        .await
        .map(|_| ()))
    .db()
}

/// One row, if it exists.
pub(super) async fn find(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: TouchpointId,
) -> Result<Option<Touchpoint>> {
    on_tx!(tx, |c| sqlx::query_as::<_, Touchpoint>(GET)
        .bind(workspace)
        .bind(id)
        .fetch_optional(c)
        .await)
    .db()
}

/// See [`super::link_waiting`].
pub(crate) async fn link(tx: &mut Tx, scope: &Scope) -> Result<u64> {
    let mut linked = 0;
    for sql in [LINK_ADS, LINK_AD_SETS, LINK_CAMPAIGNS] {
        linked += on_tx!(tx, |c| sqlx::query(sql)
            .bind(scope.workspace)
            .bind(scope.now())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))
        .db()?;
    }
    Ok(linked)
}
