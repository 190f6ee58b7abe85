-- The first schema (docs/sql.md says what each kind of column is).

-- People who use Rumbo; never contacts. One row a person, in however many workspaces.
CREATE TABLE users (
    id BLOB NOT NULL,
    email TEXT,
    name TEXT NOT NULL,
    password_hash TEXT,
    state TEXT NOT NULL,
    last_sign_in_at TEXT,
    sign_in_count INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (email),
    CHECK (state IN ('active', 'suspended', 'inactive'))
) STRICT;

-- One business: the unit of isolation. currency is NULL until chosen, by hand or by the first ad
-- account.
CREATE TABLE workspaces (
    id BLOB NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    plan TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    sample INTEGER NOT NULL CHECK (sample IN (0, 1)),
    locale TEXT NOT NULL,
    country TEXT,
    phone_region TEXT,
    timezone TEXT NOT NULL,
    currency TEXT,
    legal_name TEXT,
    contact_email TEXT,
    contact_phone TEXT,
    contact_address TEXT,
    automation_on INTEGER NOT NULL CHECK (automation_on IN (0, 1)),
    bot_on INTEGER NOT NULL CHECK (bot_on IN (0, 1)),
    settings TEXT NOT NULL,
    archived_at TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (id),
    UNIQUE (slug),
    CHECK (plan IN ('starter', 'pro', 'business', 'enterprise'))
) STRICT;

CREATE TABLE roles (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    level INTEGER NOT NULL,
    built_in INTEGER NOT NULL CHECK (built_in IN (0, 1)),
    permissions TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name),
    CHECK (level BETWEEN 1 AND 100)
) STRICT;

CREATE TABLE memberships (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    role_id BLOB NOT NULL,
    invited_by BLOB REFERENCES users (id),
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, user_id),
    FOREIGN KEY (workspace_id, role_id) REFERENCES roles (workspace_id, id)
) STRICT;
CREATE INDEX memberships_role_id ON memberships (workspace_id, role_id);

-- Who is signed in at Meta. The token itself lies in the vault only.
CREATE TABLE meta_connections (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    meta_user_id TEXT NOT NULL,
    meta_user_name TEXT NOT NULL,
    token_kind TEXT NOT NULL,
    app_id TEXT NOT NULL,
    graph_url TEXT NOT NULL,
    graph_version TEXT NOT NULL,
    redirect_mode TEXT NOT NULL,
    has_app_secret INTEGER NOT NULL CHECK (has_app_secret IN (0, 1)),
    issued_at TEXT NOT NULL,
    expires_at TEXT,
    data_access_expires_at TEXT,
    last_checked_at TEXT,
    last_error_code TEXT,
    last_error TEXT,
    revoked_at TEXT,
    granted_scopes TEXT NOT NULL,
    missing_scopes TEXT NOT NULL,
    portfolio_external_id TEXT,
    portfolio_name TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, meta_user_id),
    CHECK (token_kind IN ('user', 'system_user', 'page'))
) STRICT;

CREATE TABLE pages (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    connection_id BLOB,
    name TEXT NOT NULL,
    selected INTEGER NOT NULL CHECK (selected IN (0, 1)),
    subscribed INTEGER NOT NULL CHECK (subscribed IN (0, 1)),
    last_error_code TEXT,
    last_error TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, platform, external_id),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES meta_connections (workspace_id, id)
) STRICT;
CREATE INDEX pages_connection_id ON pages (workspace_id, connection_id);

CREATE TABLE whatsapp_accounts (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    external_id TEXT NOT NULL,
    connection_id BLOB,
    name TEXT NOT NULL,
    phone_numbers TEXT NOT NULL,
    selected INTEGER NOT NULL CHECK (selected IN (0, 1)),
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, external_id),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES meta_connections (workspace_id, id)
) STRICT;
CREATE INDEX whatsapp_accounts_connection_id ON whatsapp_accounts (workspace_id, connection_id);

-- external_id is the bare number, without act_. last_seen_at is NULL while Meta still lists the
-- object.
CREATE TABLE ad_accounts (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    connection_id BLOB,
    portfolio_external_id TEXT,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    timezone TEXT NOT NULL,
    status TEXT NOT NULL,
    disable_reason TEXT,
    amount_spent_micros INTEGER,
    spend_cap_micros INTEGER,
    selected INTEGER NOT NULL CHECK (selected IN (0, 1)),
    last_synced_at TEXT,
    last_error_code TEXT,
    last_error TEXT,
    rest TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT,
    deleted_at TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, platform, external_id),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES meta_connections (workspace_id, id)
) STRICT;
CREATE INDEX ad_accounts_connection_id ON ad_accounts (workspace_id, connection_id);

-- synced is false for an object that an insight names and no listing has shown yet: its name is
-- then its id.
CREATE TABLE ad_campaigns (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    ad_account_id BLOB NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    configured_status TEXT,
    effective_status TEXT,
    objective TEXT,
    buying_type TEXT,
    daily_budget_micros INTEGER,
    lifetime_budget_micros INTEGER,
    budget_remaining_micros INTEGER,
    spend_cap_micros INTEGER,
    bid_strategy TEXT,
    start_at TEXT,
    stop_at TEXT,
    meta_created_at TEXT,
    meta_updated_at TEXT,
    synced INTEGER NOT NULL CHECK (synced IN (0, 1)),
    rest TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT,
    deleted_at TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, platform, external_id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id)
) STRICT;
CREATE INDEX ad_campaigns_ad_account_id ON ad_campaigns (workspace_id, ad_account_id);

CREATE TABLE ad_sets (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    ad_account_id BLOB NOT NULL,
    ad_campaign_id BLOB NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    configured_status TEXT,
    effective_status TEXT,
    optimization_goal TEXT,
    billing_event TEXT,
    destination_type TEXT,
    attribution_spec TEXT,
    targeting TEXT,
    learning_state TEXT,
    bid_strategy TEXT,
    bid_amount_micros INTEGER,
    daily_budget_micros INTEGER,
    lifetime_budget_micros INTEGER,
    budget_remaining_micros INTEGER,
    start_at TEXT,
    end_at TEXT,
    meta_created_at TEXT,
    meta_updated_at TEXT,
    synced INTEGER NOT NULL CHECK (synced IN (0, 1)),
    rest TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT,
    deleted_at TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, platform, external_id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_campaign_id) REFERENCES ad_campaigns (workspace_id, id)
) STRICT;
CREATE INDEX ad_sets_ad_campaign_id ON ad_sets (workspace_id, ad_campaign_id);
CREATE INDEX ad_sets_ad_account_id ON ad_sets (workspace_id, ad_account_id);

CREATE TABLE ad_creatives (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    ad_account_id BLOB NOT NULL,
    name TEXT NOT NULL,
    status TEXT,
    object_type TEXT,
    headline TEXT,
    body TEXT,
    call_to_action TEXT,
    link_url TEXT,
    image_url TEXT,
    video_id TEXT,
    thumbnail_url TEXT,
    page_external_id TEXT,
    instagram_external_id TEXT,
    synced INTEGER NOT NULL CHECK (synced IN (0, 1)),
    rest TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT,
    deleted_at TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, platform, external_id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id)
) STRICT;
CREATE INDEX ad_creatives_ad_account_id ON ad_creatives (workspace_id, ad_account_id);

CREATE TABLE ads (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    ad_account_id BLOB NOT NULL,
    ad_campaign_id BLOB NOT NULL,
    ad_set_id BLOB NOT NULL,
    ad_creative_id BLOB,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    configured_status TEXT,
    effective_status TEXT,
    review_feedback TEXT,
    preview_url TEXT,
    meta_created_at TEXT,
    meta_updated_at TEXT,
    synced INTEGER NOT NULL CHECK (synced IN (0, 1)),
    rest TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT,
    deleted_at TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, platform, external_id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_campaign_id) REFERENCES ad_campaigns (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_set_id) REFERENCES ad_sets (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_creative_id) REFERENCES ad_creatives (workspace_id, id)
) STRICT;
CREATE INDEX ads_ad_account_id ON ads (workspace_id, ad_account_id);
CREATE INDEX ads_ad_campaign_id ON ads (workspace_id, ad_campaign_id);
CREATE INDEX ads_ad_set_id ON ads (workspace_id, ad_set_id);
CREATE INDEX ads_ad_creative_id ON ads (workspace_id, ad_creative_id);

-- Meta's figures for one ad on one day of the ad account's zone, and nothing else. NULL is a
-- figure Meta did not give; it is not 0. first_run and run are the sync runs that brought the
-- row and that last changed it.
CREATE TABLE ad_insights (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    ad_account_id BLOB NOT NULL,
    day TEXT NOT NULL,
    ad_id BLOB NOT NULL,
    currency TEXT NOT NULL,
    attribution_setting TEXT,
    impressions INTEGER,
    reach INTEGER,
    frequency REAL,
    clicks INTEGER,
    link_clicks INTEGER,
    spend_micros INTEGER,
    meta_leads INTEGER,
    meta_purchases INTEGER,
    meta_purchase_micros INTEGER,
    actions TEXT,
    rest TEXT,
    first_run INTEGER NOT NULL,
    run INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, ad_account_id, day, ad_id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_id) REFERENCES ads (workspace_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ad_insights_ad_id_day ON ad_insights (workspace_id, ad_id, day);

-- What an ad-day said before a run restated it. As-of figures are the present ones less the
-- later changes.
CREATE TABLE ad_insight_journal (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    ad_account_id BLOB NOT NULL,
    day TEXT NOT NULL,
    ad_id BLOB NOT NULL,
    replaced_by_run INTEGER NOT NULL,
    currency TEXT NOT NULL,
    attribution_setting TEXT,
    impressions INTEGER,
    reach INTEGER,
    frequency REAL,
    clicks INTEGER,
    link_clicks INTEGER,
    spend_micros INTEGER,
    meta_leads INTEGER,
    meta_purchases INTEGER,
    meta_purchase_micros INTEGER,
    actions TEXT,
    rest TEXT,
    run INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, ad_account_id, day, ad_id, replaced_by_run)
) STRICT, WITHOUT ROWID;
CREATE INDEX ad_insight_journal_replaced_by_run ON ad_insight_journal (workspace_id, replaced_by_run);

-- Sums of ad_insights by campaign, kept in the transaction that writes them. The days of a
-- campaign lie together, so that a table of campaigns is summed without sorting.
CREATE TABLE campaign_days (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    day TEXT NOT NULL,
    ad_campaign_id BLOB NOT NULL,
    ad_account_id BLOB NOT NULL,
    currency TEXT NOT NULL,
    ad_rows INTEGER NOT NULL,
    impressions INTEGER NOT NULL,
    clicks INTEGER NOT NULL,
    link_clicks INTEGER NOT NULL,
    spend_micros INTEGER NOT NULL,
    meta_leads INTEGER NOT NULL,
    meta_purchases INTEGER NOT NULL,
    meta_purchase_micros INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, ad_campaign_id, day),
    FOREIGN KEY (workspace_id, ad_campaign_id) REFERENCES ad_campaigns (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- Sums of ad_insights by ad account, kept in the transaction that writes them. digest is the
-- wrapping sum of a hash of every row of the day, so that a re-read that brings the same rows is
-- known without reading them back; NULL means unknown.
CREATE TABLE account_days (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    day TEXT NOT NULL,
    ad_account_id BLOB NOT NULL,
    currency TEXT NOT NULL,
    ad_rows INTEGER NOT NULL,
    impressions INTEGER NOT NULL,
    clicks INTEGER NOT NULL,
    link_clicks INTEGER NOT NULL,
    spend_micros INTEGER NOT NULL,
    meta_leads INTEGER NOT NULL,
    meta_purchases INTEGER NOT NULL,
    meta_purchase_micros INTEGER NOT NULL,
    digest INTEGER,
    PRIMARY KEY (workspace_id, day, ad_account_id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- Every sync and ads import. seq counts up within the workspace and is what insight rows refer
-- to.
CREATE TABLE sync_runs (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    trigger TEXT NOT NULL,
    state TEXT NOT NULL,
    since TEXT,
    until TEXT,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    rows_added INTEGER NOT NULL,
    rows_changed INTEGER NOT NULL,
    rows_unchanged INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    waits INTEGER NOT NULL,
    waited_ms INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    report TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, seq),
    CHECK (state IN ('running', 'done', 'partly', 'failed', 'cancelled', 'interrupted'))
) STRICT;

-- Progress of the sync, committed with the rows: scope is act:ID or page:ID, since and until are
-- account days.
CREATE TABLE sync_slices (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    scope TEXT NOT NULL,
    kind TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    run INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    confirmed_at TEXT,
    error_code TEXT,
    error TEXT,
    PRIMARY KEY (workspace_id, scope, kind, since),
    CHECK (state IN ('pending', 'done', 'failed'))
) STRICT;

CREATE TABLE lead_forms (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    page_id BLOB NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    questions TEXT NOT NULL,
    leads_count INTEGER,
    read_until TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, platform, external_id),
    FOREIGN KEY (workspace_id, page_id) REFERENCES pages (workspace_id, id)
) STRICT;
CREATE INDEX lead_forms_page_id ON lead_forms (workspace_id, page_id);

-- Leads and customers. phone is E.164. first_touchpoint_id is the touch that made the lead.
CREATE TABLE contacts (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    lead_source TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    owner_id BLOB REFERENCES users (id),
    language TEXT,
    timezone TEXT,
    preferred_channel TEXT,
    country TEXT,
    region TEXT,
    city TEXT,
    birth_date TEXT,
    birth_year INTEGER,
    custom TEXT NOT NULL,
    tags TEXT NOT NULL,
    notes TEXT,
    search TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    first_touchpoint_id BLOB,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, first_touchpoint_id) REFERENCES touchpoints (workspace_id, id),
    CHECK (kind IN ('client', 'prospect', 'internal')),
    CHECK (status IN ('lead', 'contacted', 'customer', 'churned'))
) STRICT;
CREATE INDEX contacts_email ON contacts (workspace_id, email);
CREATE INDEX contacts_first_seen_at ON contacts (workspace_id, first_seen_at);
CREATE INDEX contacts_first_touchpoint_id ON contacts (workspace_id, first_touchpoint_id);
CREATE INDEX contacts_updated_at ON contacts (workspace_id, updated_at);
CREATE INDEX contacts_search ON contacts (workspace_id, search);
CREATE UNIQUE INDEX contacts_phone ON contacts (workspace_id, phone) WHERE phone IS NOT NULL;

CREATE TABLE contact_external_ids (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    contact_id BLOB NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (workspace_id, platform, external_id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id)
) STRICT;
CREATE INDEX contact_external_ids_contact_id ON contact_external_ids (workspace_id, contact_id);

-- One way a contact arrived. The *_external_id columns are what was said at the time; the *_id
-- columns are filled as soon as the object is synced.
CREATE TABLE touchpoints (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    contact_id BLOB NOT NULL,
    occurred_at TEXT NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    medium TEXT,
    platform TEXT,
    ad_account_external_id TEXT,
    campaign_external_id TEXT,
    ad_set_external_id TEXT,
    ad_external_id TEXT,
    form_external_id TEXT,
    ad_campaign_id BLOB,
    ad_set_id BLOB,
    ad_id BLOB,
    click_id TEXT,
    referral TEXT,
    answers TEXT,
    ad_headline TEXT,
    ad_body TEXT,
    cost_micros INTEGER,
    cost_currency TEXT,
    external_id TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_campaign_id) REFERENCES ad_campaigns (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_set_id) REFERENCES ad_sets (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_id) REFERENCES ads (workspace_id, id)
) STRICT;
CREATE INDEX touchpoints_contact_id_occurred_at ON touchpoints (workspace_id, contact_id, occurred_at);
CREATE INDEX touchpoints_ad_campaign_id ON touchpoints (workspace_id, ad_campaign_id);
CREATE INDEX touchpoints_ad_set_id ON touchpoints (workspace_id, ad_set_id);
CREATE INDEX touchpoints_ad_id ON touchpoints (workspace_id, ad_id);
CREATE INDEX touchpoints_occurred_at ON touchpoints (workspace_id, occurred_at);
CREATE UNIQUE INDEX touchpoints_external ON touchpoints (workspace_id, kind, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX touchpoints_campaign_waiting ON touchpoints (workspace_id, campaign_external_id) WHERE ad_campaign_id IS NULL AND campaign_external_id IS NOT NULL;
CREATE INDEX touchpoints_ad_waiting ON touchpoints (workspace_id, ad_external_id) WHERE ad_id IS NULL AND ad_external_id IS NOT NULL;

CREATE TABLE pipeline_stages (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    probability INTEGER NOT NULL,
    outcome TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name),
    CHECK (outcome IN ('won', 'lost')),
    CHECK (probability BETWEEN 0 AND 100)
) STRICT;

-- touchpoint_id is the credited touch: the last one at or before opened_at.
CREATE TABLE opportunities (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    contact_id BLOB NOT NULL,
    owner_id BLOB REFERENCES users (id),
    name TEXT NOT NULL,
    value_micros INTEGER,
    currency TEXT NOT NULL,
    stage_id BLOB NOT NULL,
    state TEXT NOT NULL,
    lost_reason TEXT,
    deadline_at TEXT,
    expected_close TEXT,
    opened_at TEXT NOT NULL,
    closed_at TEXT,
    touchpoint_id BLOB,
    external_id TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id),
    FOREIGN KEY (workspace_id, stage_id) REFERENCES pipeline_stages (workspace_id, id),
    FOREIGN KEY (workspace_id, touchpoint_id) REFERENCES touchpoints (workspace_id, id),
    CHECK (state IN ('open', 'won', 'lost'))
) STRICT;
CREATE INDEX opportunities_contact_id ON opportunities (workspace_id, contact_id);
CREATE INDEX opportunities_stage_id ON opportunities (workspace_id, stage_id);
CREATE INDEX opportunities_opened_at ON opportunities (workspace_id, opened_at);
CREATE INDEX opportunities_touchpoint_id ON opportunities (workspace_id, touchpoint_id);
CREATE UNIQUE INDEX opportunities_external ON opportunities (workspace_id, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE opportunity_moves (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    opportunity_id BLOB NOT NULL,
    stage_id BLOB NOT NULL,
    moved_at TEXT NOT NULL,
    moved_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, opportunity_id) REFERENCES opportunities (workspace_id, id),
    FOREIGN KEY (workspace_id, stage_id) REFERENCES pipeline_stages (workspace_id, id)
) STRICT;
CREATE INDEX opportunity_moves_opportunity_id_moved_at ON opportunity_moves (workspace_id, opportunity_id, moved_at);
CREATE INDEX opportunity_moves_stage_id ON opportunity_moves (workspace_id, stage_id);

-- touchpoint_id is the credited touch: the last one at or before completed_at. Net is
-- gross_micros - refunded_micros.
CREATE TABLE sales (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    reference TEXT NOT NULL,
    contact_id BLOB NOT NULL,
    opportunity_id BLOB,
    gross_micros INTEGER NOT NULL,
    refunded_micros INTEGER NOT NULL,
    cost_micros INTEGER,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    quantity INTEGER,
    occurred_at TEXT NOT NULL,
    completed_at TEXT,
    refunded_at TEXT,
    touchpoint_id BLOB,
    attribution_source TEXT NOT NULL,
    external_id TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id),
    FOREIGN KEY (workspace_id, opportunity_id) REFERENCES opportunities (workspace_id, id),
    FOREIGN KEY (workspace_id, touchpoint_id) REFERENCES touchpoints (workspace_id, id),
    CHECK (status IN ('pending', 'completed', 'refunded', 'cancelled')),
    CHECK (gross_micros >= 0),
    CHECK (refunded_micros >= 0),
    CHECK (refunded_micros <= gross_micros)
) STRICT;
CREATE INDEX sales_contact_id ON sales (workspace_id, contact_id);
CREATE INDEX sales_completed_at ON sales (workspace_id, completed_at);
CREATE INDEX sales_occurred_at ON sales (workspace_id, occurred_at);
CREATE INDEX sales_reference ON sales (workspace_id, reference);
CREATE INDEX sales_opportunity_id ON sales (workspace_id, opportunity_id);
CREATE INDEX sales_touchpoint_id ON sales (workspace_id, touchpoint_id);
CREATE UNIQUE INDEX sales_external ON sales (workspace_id, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE sale_refunds (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    sale_id BLOB NOT NULL,
    amount_micros INTEGER NOT NULL,
    refunded_at TEXT NOT NULL,
    reason TEXT,
    external_id TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, sale_id) REFERENCES sales (workspace_id, id),
    CHECK (amount_micros > 0)
) STRICT;
CREATE INDEX sale_refunds_sale_id ON sale_refunds (workspace_id, sale_id);
CREATE INDEX sale_refunds_refunded_at ON sale_refunds (workspace_id, refunded_at);
CREATE UNIQUE INDEX sale_refunds_external ON sale_refunds (workspace_id, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE import_mappings (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    mapping TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, kind, name)
) STRICT;

-- History of file imports.
CREATE TABLE imports (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_sha256 TEXT NOT NULL,
    mapping TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    rows_read INTEGER NOT NULL,
    rows_added INTEGER NOT NULL,
    rows_changed INTEGER NOT NULL,
    rows_unchanged INTEGER NOT NULL,
    rows_rejected INTEGER NOT NULL,
    created_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id)
) STRICT;
CREATE INDEX imports_started_at ON imports (workspace_id, started_at);

-- Deleting a row clears the pointers to it and never the workspace id. (On PostgreSQL this is
-- ON DELETE SET NULL (column).)
CREATE TRIGGER pages_connection_id_cleared BEFORE DELETE ON meta_connections BEGIN
    UPDATE pages SET connection_id = NULL WHERE workspace_id = OLD.workspace_id AND connection_id = OLD.id;
END;
CREATE TRIGGER whatsapp_accounts_connection_id_cleared BEFORE DELETE ON meta_connections BEGIN
    UPDATE whatsapp_accounts SET connection_id = NULL WHERE workspace_id = OLD.workspace_id AND connection_id = OLD.id;
END;
CREATE TRIGGER ad_accounts_connection_id_cleared BEFORE DELETE ON meta_connections BEGIN
    UPDATE ad_accounts SET connection_id = NULL WHERE workspace_id = OLD.workspace_id AND connection_id = OLD.id;
END;
CREATE TRIGGER ads_ad_creative_id_cleared BEFORE DELETE ON ad_creatives BEGIN
    UPDATE ads SET ad_creative_id = NULL WHERE workspace_id = OLD.workspace_id AND ad_creative_id = OLD.id;
END;
CREATE TRIGGER contacts_first_touchpoint_id_cleared BEFORE DELETE ON touchpoints BEGIN
    UPDATE contacts SET first_touchpoint_id = NULL WHERE workspace_id = OLD.workspace_id AND first_touchpoint_id = OLD.id;
END;
CREATE TRIGGER touchpoints_ad_campaign_id_cleared BEFORE DELETE ON ad_campaigns BEGIN
    UPDATE touchpoints SET ad_campaign_id = NULL WHERE workspace_id = OLD.workspace_id AND ad_campaign_id = OLD.id;
END;
CREATE TRIGGER touchpoints_ad_set_id_cleared BEFORE DELETE ON ad_sets BEGIN
    UPDATE touchpoints SET ad_set_id = NULL WHERE workspace_id = OLD.workspace_id AND ad_set_id = OLD.id;
END;
CREATE TRIGGER touchpoints_ad_id_cleared BEFORE DELETE ON ads BEGIN
    UPDATE touchpoints SET ad_id = NULL WHERE workspace_id = OLD.workspace_id AND ad_id = OLD.id;
END;
CREATE TRIGGER opportunities_touchpoint_id_cleared BEFORE DELETE ON touchpoints BEGIN
    UPDATE opportunities SET touchpoint_id = NULL WHERE workspace_id = OLD.workspace_id AND touchpoint_id = OLD.id;
END;
CREATE TRIGGER sales_opportunity_id_cleared BEFORE DELETE ON opportunities BEGIN
    UPDATE sales SET opportunity_id = NULL WHERE workspace_id = OLD.workspace_id AND opportunity_id = OLD.id;
END;
CREATE TRIGGER sales_touchpoint_id_cleared BEFORE DELETE ON touchpoints BEGIN
    UPDATE sales SET touchpoint_id = NULL WHERE workspace_id = OLD.workspace_id AND touchpoint_id = OLD.id;
END;
