//! Deleting a workspace: everything in it goes, after a copy was made.

use rumbo_base::{Code, Error, Reason, Result, WorkspaceId};
use rumbo_db::{DbResultExt, Tx, on_tx, statements};

use super::Workspace;

statements! {
    CHATWOOT_REPLIES = "DELETE FROM chatwoot_replies WHERE workspace_id = $1";
    CHATWOOT_MESSAGES = "DELETE FROM chatwoot_messages WHERE workspace_id = $1";
    CHATWOOT_CONVERSATIONS = "DELETE FROM chatwoot_conversations WHERE workspace_id = $1";
    CHATWOOT_CHANNELS = "DELETE FROM chatwoot_channels WHERE workspace_id = $1";
    CHATWOOT_LINKS = "DELETE FROM chatwoot_links WHERE workspace_id = $1";
    MESSAGE_FILES = "DELETE FROM message_files WHERE workspace_id = $1";
    MESSAGE_STATUSES = "DELETE FROM message_statuses WHERE workspace_id = $1";
    MESSAGES = "DELETE FROM messages WHERE workspace_id = $1";
    DISPATCH_EVENTS = "DELETE FROM dispatch_events WHERE workspace_id = $1";
    DISPATCHES = "DELETE FROM dispatches WHERE workspace_id = $1";
    BULK_SENDS = "DELETE FROM bulk_sends WHERE workspace_id = $1";
    CONVERSATION_NOTES = "DELETE FROM conversation_notes WHERE workspace_id = $1";
    CONVERSATIONS = "DELETE FROM conversations WHERE workspace_id = $1";
    TEMPLATE_REVIEWS = "DELETE FROM template_reviews WHERE workspace_id = $1";
    TEMPLATE_EVENTS = "DELETE FROM template_events WHERE workspace_id = $1";
    TEMPLATE_VERSIONS = "DELETE FROM template_versions WHERE workspace_id = $1";
    TEMPLATES = "DELETE FROM templates WHERE workspace_id = $1";
    WEBHOOK_DELIVERIES = "DELETE FROM webhook_deliveries WHERE workspace_id = $1";
    WEBHOOK_REFUSALS = "DELETE FROM webhook_refusals WHERE workspace_id = $1";
    SUPPRESSIONS = "DELETE FROM suppressions WHERE workspace_id = $1";
    CHANNEL_PRICES = "DELETE FROM channel_prices WHERE workspace_id = $1";
    CHANNEL_PACES = "DELETE FROM channel_paces WHERE workspace_id = $1";
    CHANNELS = "DELETE FROM channels WHERE workspace_id = $1";
    CART_LINES = "DELETE FROM cart_lines WHERE workspace_id = $1";
    CARTS = "DELETE FROM carts WHERE workspace_id = $1";
    ORDER_LINES = "DELETE FROM order_lines WHERE workspace_id = $1";
    ORDERS = "DELETE FROM orders WHERE workspace_id = $1";
    REFUND_VERSIONS = "DELETE FROM refund_versions WHERE workspace_id = $1";
    SALE_VERSIONS = "DELETE FROM sale_versions WHERE workspace_id = $1";
    OPPORTUNITY_VERSIONS = "DELETE FROM opportunity_versions WHERE workspace_id = $1";
    CONTACT_VERSIONS = "DELETE FROM contact_versions WHERE workspace_id = $1";
    AD_ACCOUNT_VERSIONS = "DELETE FROM ad_account_versions WHERE workspace_id = $1";
    AD_CAMPAIGN_VERSIONS = "DELETE FROM ad_campaign_versions WHERE workspace_id = $1";
    AD_SET_VERSIONS = "DELETE FROM ad_set_versions WHERE workspace_id = $1";
    AD_VERSIONS = "DELETE FROM ad_versions WHERE workspace_id = $1";
    AD_CREATIVE_VERSIONS = "DELETE FROM ad_creative_versions WHERE workspace_id = $1";
    WORKSPACE_VERSIONS = "DELETE FROM workspace_versions WHERE workspace_id = $1";
    SETTING_CHANGES = "DELETE FROM setting_changes WHERE workspace_id = $1";
    READ_FIELDS = "DELETE FROM read_fields WHERE workspace_id = $1";
    TOUCH_ORIGINS = "DELETE FROM touch_origins WHERE workspace_id = $1";
    SALE_REFUNDS = "DELETE FROM sale_refunds WHERE workspace_id = $1";
    SALES = "DELETE FROM sales WHERE workspace_id = $1";
    OPPORTUNITY_MOVES = "DELETE FROM opportunity_moves WHERE workspace_id = $1";
    OPPORTUNITIES = "DELETE FROM opportunities WHERE workspace_id = $1";
    PIPELINE_STAGES = "DELETE FROM pipeline_stages WHERE workspace_id = $1";
    CONTACT_MERGES = "DELETE FROM contact_merges WHERE workspace_id = $1";
    CONTACT_EXTERNAL_IDS = "DELETE FROM contact_external_ids WHERE workspace_id = $1";
    CONTACT_CONSENTS = "DELETE FROM contact_consents WHERE workspace_id = $1";
    FIRST_TOUCHES = "UPDATE contacts SET first_touchpoint_id = NULL \
                     WHERE workspace_id = $1 AND first_touchpoint_id IS NOT NULL";
    TOUCHPOINTS = "DELETE FROM touchpoints WHERE workspace_id = $1";
    CONTACTS = "DELETE FROM contacts WHERE workspace_id = $1";
    CHANNEL_SPEND_VERSIONS = "DELETE FROM channel_spend_versions WHERE workspace_id = $1";
    CHANNEL_SPEND = "DELETE FROM channel_spend WHERE workspace_id = $1";
    IMPORTS = "DELETE FROM imports WHERE workspace_id = $1";
    IMPORT_MAPPINGS = "DELETE FROM import_mappings WHERE workspace_id = $1";
    REACH_ANSWERS = "DELETE FROM reach_answers WHERE workspace_id = $1";
    REACH_QUESTIONS = "DELETE FROM reach_questions WHERE workspace_id = $1";
    ACCOUNT_BREAKDOWN_DAYS = "DELETE FROM account_breakdown_days WHERE workspace_id = $1";
    BREAKDOWN_DAYS = "DELETE FROM breakdown_days WHERE workspace_id = $1";
    AD_INSIGHT_BREAKDOWNS = "DELETE FROM ad_insight_breakdowns WHERE workspace_id = $1";
    AD_INSIGHT_JOURNAL = "DELETE FROM ad_insight_journal WHERE workspace_id = $1";
    AD_INSIGHTS = "DELETE FROM ad_insights WHERE workspace_id = $1";
    CAMPAIGN_DAYS = "DELETE FROM campaign_days WHERE workspace_id = $1";
    DAY_READINGS = "DELETE FROM day_readings WHERE workspace_id = $1";
    ACCOUNT_DAY_READINGS = "DELETE FROM account_day_readings WHERE workspace_id = $1";
    ACCOUNT_DAYS = "DELETE FROM account_days WHERE workspace_id = $1";
    // Contacts, sales and the days of accounts name the days to pack as they go.
    SYNC_SLICES = "DELETE FROM sync_slices WHERE workspace_id = $1";
    SYNC_RUNS = "DELETE FROM sync_runs WHERE workspace_id = $1";
    LEAD_FORMS = "DELETE FROM lead_forms WHERE workspace_id = $1";
    ADS = "DELETE FROM ads WHERE workspace_id = $1";
    AD_CREATIVES = "DELETE FROM ad_creatives WHERE workspace_id = $1";
    AD_SETS = "DELETE FROM ad_sets WHERE workspace_id = $1";
    AD_CAMPAIGNS = "DELETE FROM ad_campaigns WHERE workspace_id = $1";
    AD_ACCOUNTS = "DELETE FROM ad_accounts WHERE workspace_id = $1";
    WHATSAPP_ACCOUNTS = "DELETE FROM whatsapp_accounts WHERE workspace_id = $1";
    PAGES = "DELETE FROM pages WHERE workspace_id = $1";
    META_CONNECTIONS = "DELETE FROM meta_connections WHERE workspace_id = $1";
    EXCHANGE_RATE_HISTORY = "DELETE FROM exchange_rate_history WHERE workspace_id = $1";
    EXCHANGE_RATES = "DELETE FROM exchange_rates WHERE workspace_id = $1";
    SAVED_VIEWS = "DELETE FROM saved_views WHERE workspace_id = $1";
    INVITATIONS = "DELETE FROM invitations WHERE workspace_id = $1";
    MEMBERSHIPS = "DELETE FROM memberships WHERE workspace_id = $1";
    ROLES = "DELETE FROM roles WHERE workspace_id = $1";
    // What went left its day here.
    OUTCOME_DAYS = "DELETE FROM outcome_days WHERE workspace_id = $1";
    OUTCOME_DAYS_CHANGED = "DELETE FROM outcome_days_changed WHERE workspace_id = $1";
    REVISIONS = "DELETE FROM revisions WHERE workspace_id = $1";
    // It may go when there is nobody left.
    AUDIT_ENTRIES = "DELETE FROM audit_entries WHERE workspace_id = $1";
    AUDIT_HEADS = "DELETE FROM audit_heads WHERE workspace_id = $1";
    WORKSPACE = "DELETE FROM workspaces WHERE id = $1";
}

/// Checks the name that the person typed against the workspace's own.
///
/// # Errors
/// `InvalidInput` when they differ.
pub fn confirm(workspace: &Workspace, typed: &str) -> Result<()> {
    if typed.trim() == workspace.name {
        return Ok(());
    }
    Err(Error::new(
        Code::InvalidInput,
        format!(
            "Type the workspace's name exactly, \"{}\", to delete it.",
            workspace.name
        ),
    )
    .reason(Reason::ConfirmMismatch)
    .field("confirm")
    .param("name", &workspace.name))
}

/// Deletes everything of a workspace, and the workspace.
///
/// # Errors
/// When the store cannot be written; nothing is deleted then.
pub async fn delete(tx: &mut Tx, workspace: WorkspaceId) -> Result<()> {
    for statement in STATEMENTS {
        let sql = tx.pick(*statement);
        on_tx!(tx, |c| sqlx::query(sql)
            .bind(workspace)
            .execute(c)
            .await
            .map(|_| ()))
        .db()?;
    }
    Ok(())
}
