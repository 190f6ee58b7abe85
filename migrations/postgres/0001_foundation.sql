-- The first schema (docs/sql.md says what each kind of column is).

-- People who use Rumbo; never contacts. One row a person, in however many workspaces.
CREATE TABLE users (
    id UUID NOT NULL,
    email TEXT,
    name TEXT NOT NULL,
    password_hash TEXT,
    state TEXT NOT NULL,
    last_sign_in_at TIMESTAMPTZ,
    sign_in_count BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (email),
    CHECK (state IN ('active', 'suspended', 'inactive'))
);

-- One business: the unit of isolation. currency is NULL until chosen, by hand or by the first ad
-- account.
CREATE TABLE workspaces (
    id UUID NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    plan TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    sample BOOLEAN NOT NULL,
    locale TEXT NOT NULL,
    country TEXT,
    phone_region TEXT,
    timezone TEXT NOT NULL,
    currency TEXT,
    legal_name TEXT,
    contact_email TEXT,
    contact_phone TEXT,
    contact_address TEXT,
    automation_on BOOLEAN NOT NULL,
    bot_on BOOLEAN NOT NULL,
    settings JSONB NOT NULL,
    archived_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (id),
    UNIQUE (slug),
    CHECK (plan IN ('starter', 'pro', 'business', 'enterprise'))
);

CREATE TABLE roles (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    level BIGINT NOT NULL,
    built_in BOOLEAN NOT NULL,
    permissions JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name),
    CHECK (level BETWEEN 1 AND 100)
);

CREATE TABLE memberships (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    user_id UUID NOT NULL REFERENCES users (id),
    role_id UUID NOT NULL,
    invited_by UUID REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, user_id),
    FOREIGN KEY (workspace_id, role_id) REFERENCES roles (workspace_id, id)
);
CREATE INDEX memberships_role_id ON memberships (workspace_id, role_id);

-- Who is signed in at Meta. The token itself lies in the vault only.
CREATE TABLE meta_connections (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    meta_user_id TEXT NOT NULL,
    meta_user_name TEXT NOT NULL,
    token_kind TEXT NOT NULL,
    app_id TEXT NOT NULL,
    graph_url TEXT NOT NULL,
    graph_version TEXT NOT NULL,
    redirect_mode TEXT NOT NULL,
    has_app_secret BOOLEAN NOT NULL,
    issued_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ,
    data_access_expires_at TIMESTAMPTZ,
    last_checked_at TIMESTAMPTZ,
    last_error_code TEXT,
    last_error TEXT,
    revoked_at TIMESTAMPTZ,
    granted_scopes JSONB NOT NULL,
    missing_scopes JSONB NOT NULL,
    portfolio_external_id TEXT,
    portfolio_name TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, meta_user_id),
    CHECK (token_kind IN ('user', 'system_user', 'page'))
);

CREATE TABLE pages (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    connection_id UUID,
    name TEXT NOT NULL,
    selected BOOLEAN NOT NULL,
    subscribed BOOLEAN NOT NULL,
    last_error_code TEXT,
    last_error TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, platform, external_id),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES meta_connections (workspace_id, id) ON DELETE SET NULL (connection_id)
);
CREATE INDEX pages_connection_id ON pages (workspace_id, connection_id);

CREATE TABLE whatsapp_accounts (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    external_id TEXT NOT NULL,
    connection_id UUID,
    name TEXT NOT NULL,
    phone_numbers JSONB NOT NULL,
    selected BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, external_id),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES meta_connections (workspace_id, id) ON DELETE SET NULL (connection_id)
);
CREATE INDEX whatsapp_accounts_connection_id ON whatsapp_accounts (workspace_id, connection_id);

-- external_id is the bare number, without act_. last_seen_at is NULL while Meta still lists the
-- object.
CREATE TABLE ad_accounts (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    connection_id UUID,
    portfolio_external_id TEXT,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    timezone TEXT NOT NULL,
    status TEXT NOT NULL,
    disable_reason TEXT,
    amount_spent_micros BIGINT,
    spend_cap_micros BIGINT,
    selected BOOLEAN NOT NULL,
    last_synced_at TIMESTAMPTZ,
    last_error_code TEXT,
    last_error TEXT,
    rest JSONB NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ,
    deleted_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, platform, external_id),
    FOREIGN KEY (workspace_id, connection_id) REFERENCES meta_connections (workspace_id, id) ON DELETE SET NULL (connection_id)
);
CREATE INDEX ad_accounts_connection_id ON ad_accounts (workspace_id, connection_id);

-- synced is false for an object that an insight names and no listing has shown yet: its name is
-- then its id.
CREATE TABLE ad_campaigns (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    ad_account_id UUID NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    configured_status TEXT,
    effective_status TEXT,
    objective TEXT,
    buying_type TEXT,
    daily_budget_micros BIGINT,
    lifetime_budget_micros BIGINT,
    budget_remaining_micros BIGINT,
    spend_cap_micros BIGINT,
    bid_strategy TEXT,
    start_at TIMESTAMPTZ,
    stop_at TIMESTAMPTZ,
    meta_created_at TIMESTAMPTZ,
    meta_updated_at TIMESTAMPTZ,
    synced BOOLEAN NOT NULL,
    rest JSONB NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ,
    deleted_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, platform, external_id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id)
);
CREATE INDEX ad_campaigns_ad_account_id ON ad_campaigns (workspace_id, ad_account_id);

CREATE TABLE ad_sets (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    ad_account_id UUID NOT NULL,
    ad_campaign_id UUID NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    configured_status TEXT,
    effective_status TEXT,
    optimization_goal TEXT,
    billing_event TEXT,
    destination_type TEXT,
    attribution_spec JSONB,
    targeting JSONB,
    learning_state TEXT,
    bid_strategy TEXT,
    bid_amount_micros BIGINT,
    daily_budget_micros BIGINT,
    lifetime_budget_micros BIGINT,
    budget_remaining_micros BIGINT,
    start_at TIMESTAMPTZ,
    end_at TIMESTAMPTZ,
    meta_created_at TIMESTAMPTZ,
    meta_updated_at TIMESTAMPTZ,
    synced BOOLEAN NOT NULL,
    rest JSONB NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ,
    deleted_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, platform, external_id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_campaign_id) REFERENCES ad_campaigns (workspace_id, id)
);
CREATE INDEX ad_sets_ad_campaign_id ON ad_sets (workspace_id, ad_campaign_id);
CREATE INDEX ad_sets_ad_account_id ON ad_sets (workspace_id, ad_account_id);

CREATE TABLE ad_creatives (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    ad_account_id UUID NOT NULL,
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
    synced BOOLEAN NOT NULL,
    rest JSONB NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ,
    deleted_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, platform, external_id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id)
);
CREATE INDEX ad_creatives_ad_account_id ON ad_creatives (workspace_id, ad_account_id);

CREATE TABLE ads (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    ad_account_id UUID NOT NULL,
    ad_campaign_id UUID NOT NULL,
    ad_set_id UUID NOT NULL,
    ad_creative_id UUID,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    configured_status TEXT,
    effective_status TEXT,
    review_feedback JSONB,
    preview_url TEXT,
    meta_created_at TIMESTAMPTZ,
    meta_updated_at TIMESTAMPTZ,
    synced BOOLEAN NOT NULL,
    rest JSONB NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ,
    deleted_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, platform, external_id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_campaign_id) REFERENCES ad_campaigns (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_set_id) REFERENCES ad_sets (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_creative_id) REFERENCES ad_creatives (workspace_id, id) ON DELETE SET NULL (ad_creative_id)
);
CREATE INDEX ads_ad_account_id ON ads (workspace_id, ad_account_id);
CREATE INDEX ads_ad_campaign_id ON ads (workspace_id, ad_campaign_id);
CREATE INDEX ads_ad_set_id ON ads (workspace_id, ad_set_id);
CREATE INDEX ads_ad_creative_id ON ads (workspace_id, ad_creative_id);

-- Meta's figures for one ad on one day of the ad account's zone, and nothing else. NULL is a
-- figure Meta did not give; it is not 0. first_run and run are the sync runs that brought the
-- row and that last changed it.
CREATE TABLE ad_insights (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    ad_account_id UUID NOT NULL,
    day DATE NOT NULL,
    ad_id UUID NOT NULL,
    currency TEXT NOT NULL,
    attribution_setting TEXT,
    impressions BIGINT,
    reach BIGINT,
    frequency DOUBLE PRECISION,
    clicks BIGINT,
    link_clicks BIGINT,
    spend_micros BIGINT,
    meta_leads BIGINT,
    meta_purchases BIGINT,
    meta_purchase_micros BIGINT,
    actions JSONB,
    rest JSONB,
    first_run BIGINT NOT NULL,
    run BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, ad_account_id, day, ad_id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_id) REFERENCES ads (workspace_id, id)
);
CREATE INDEX ad_insights_ad_id_day ON ad_insights (workspace_id, ad_id, day);

-- What an ad-day said before a run restated it. As-of figures are the present ones less the
-- later changes.
CREATE TABLE ad_insight_journal (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    ad_account_id UUID NOT NULL,
    day DATE NOT NULL,
    ad_id UUID NOT NULL,
    replaced_by_run BIGINT NOT NULL,
    currency TEXT NOT NULL,
    attribution_setting TEXT,
    impressions BIGINT,
    reach BIGINT,
    frequency DOUBLE PRECISION,
    clicks BIGINT,
    link_clicks BIGINT,
    spend_micros BIGINT,
    meta_leads BIGINT,
    meta_purchases BIGINT,
    meta_purchase_micros BIGINT,
    actions JSONB,
    rest JSONB,
    run BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, ad_account_id, day, ad_id, replaced_by_run)
);
CREATE INDEX ad_insight_journal_replaced_by_run ON ad_insight_journal (workspace_id, replaced_by_run);

-- Sums of ad_insights by campaign, kept in the transaction that writes them. The days of a
-- campaign lie together, so that a table of campaigns is summed without sorting.
CREATE TABLE campaign_days (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    day DATE NOT NULL,
    ad_campaign_id UUID NOT NULL,
    ad_account_id UUID NOT NULL,
    currency TEXT NOT NULL,
    ad_rows BIGINT NOT NULL,
    impressions BIGINT NOT NULL,
    clicks BIGINT NOT NULL,
    link_clicks BIGINT NOT NULL,
    spend_micros BIGINT NOT NULL,
    meta_leads BIGINT NOT NULL,
    meta_purchases BIGINT NOT NULL,
    meta_purchase_micros BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, ad_campaign_id, day),
    FOREIGN KEY (workspace_id, ad_campaign_id) REFERENCES ad_campaigns (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id)
);

-- Sums of ad_insights by ad account, kept in the transaction that writes them. digest is the
-- wrapping sum of a hash of every row of the day, so that a re-read that brings the same rows is
-- known without reading them back; NULL means unknown.
CREATE TABLE account_days (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    day DATE NOT NULL,
    ad_account_id UUID NOT NULL,
    currency TEXT NOT NULL,
    ad_rows BIGINT NOT NULL,
    impressions BIGINT NOT NULL,
    clicks BIGINT NOT NULL,
    link_clicks BIGINT NOT NULL,
    spend_micros BIGINT NOT NULL,
    meta_leads BIGINT NOT NULL,
    meta_purchases BIGINT NOT NULL,
    meta_purchase_micros BIGINT NOT NULL,
    digest BIGINT,
    PRIMARY KEY (workspace_id, day, ad_account_id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id)
);

-- Every sync and ads import. seq counts up within the workspace and is what insight rows refer
-- to.
CREATE TABLE sync_runs (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    trigger TEXT NOT NULL,
    state TEXT NOT NULL,
    since DATE,
    until DATE,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    rows_added BIGINT NOT NULL,
    rows_changed BIGINT NOT NULL,
    rows_unchanged BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    waits BIGINT NOT NULL,
    waited_ms BIGINT NOT NULL,
    errors BIGINT NOT NULL,
    report JSONB NOT NULL,
    created_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, seq),
    CHECK (state IN ('running', 'done', 'partly', 'failed', 'cancelled', 'interrupted'))
);

-- Progress of the sync, committed with the rows: scope is act:ID or page:ID, since and until are
-- account days.
CREATE TABLE sync_slices (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    scope TEXT NOT NULL,
    kind TEXT NOT NULL,
    since DATE NOT NULL,
    until DATE NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    run BIGINT NOT NULL,
    rows BIGINT NOT NULL,
    confirmed_at TIMESTAMPTZ,
    error_code TEXT,
    error TEXT,
    PRIMARY KEY (workspace_id, scope, kind, since),
    CHECK (state IN ('pending', 'done', 'failed'))
);

CREATE TABLE lead_forms (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    page_id UUID NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    questions JSONB NOT NULL,
    leads_count BIGINT,
    read_until TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, platform, external_id),
    FOREIGN KEY (workspace_id, page_id) REFERENCES pages (workspace_id, id)
);
CREATE INDEX lead_forms_page_id ON lead_forms (workspace_id, page_id);

-- Leads and customers. phone is E.164. first_touchpoint_id is the touch that made the lead.
CREATE TABLE contacts (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    lead_source TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    owner_id UUID REFERENCES users (id),
    language TEXT,
    timezone TEXT,
    preferred_channel TEXT,
    country TEXT,
    region TEXT,
    city TEXT,
    birth_date DATE,
    birth_year BIGINT,
    custom JSONB NOT NULL,
    tags JSONB NOT NULL,
    notes TEXT,
    search TEXT NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    first_touchpoint_id UUID,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    CHECK (kind IN ('client', 'prospect', 'internal')),
    CHECK (status IN ('lead', 'contacted', 'customer', 'churned'))
);
CREATE INDEX contacts_email ON contacts (workspace_id, email);
CREATE INDEX contacts_first_seen_at ON contacts (workspace_id, first_seen_at);
CREATE INDEX contacts_first_touchpoint_id ON contacts (workspace_id, first_touchpoint_id);
CREATE INDEX contacts_updated_at ON contacts (workspace_id, updated_at);
CREATE INDEX contacts_search ON contacts (workspace_id, search);
CREATE UNIQUE INDEX contacts_phone ON contacts (workspace_id, phone) WHERE phone IS NOT NULL;

CREATE TABLE contact_external_ids (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    platform TEXT NOT NULL,
    external_id TEXT NOT NULL,
    contact_id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, platform, external_id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id)
);
CREATE INDEX contact_external_ids_contact_id ON contact_external_ids (workspace_id, contact_id);

-- One way a contact arrived. The *_external_id columns are what was said at the time; the *_id
-- columns are filled as soon as the object is synced.
CREATE TABLE touchpoints (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    contact_id UUID NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    medium TEXT,
    platform TEXT,
    ad_account_external_id TEXT,
    campaign_external_id TEXT,
    ad_set_external_id TEXT,
    ad_external_id TEXT,
    form_external_id TEXT,
    ad_campaign_id UUID,
    ad_set_id UUID,
    ad_id UUID,
    click_id TEXT,
    referral JSONB,
    answers JSONB,
    ad_headline TEXT,
    ad_body TEXT,
    cost_micros BIGINT,
    cost_currency TEXT,
    external_id TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_campaign_id) REFERENCES ad_campaigns (workspace_id, id) ON DELETE SET NULL (ad_campaign_id),
    FOREIGN KEY (workspace_id, ad_set_id) REFERENCES ad_sets (workspace_id, id) ON DELETE SET NULL (ad_set_id),
    FOREIGN KEY (workspace_id, ad_id) REFERENCES ads (workspace_id, id) ON DELETE SET NULL (ad_id)
);
CREATE INDEX touchpoints_contact_id_occurred_at ON touchpoints (workspace_id, contact_id, occurred_at);
CREATE INDEX touchpoints_ad_campaign_id ON touchpoints (workspace_id, ad_campaign_id);
CREATE INDEX touchpoints_ad_set_id ON touchpoints (workspace_id, ad_set_id);
CREATE INDEX touchpoints_ad_id ON touchpoints (workspace_id, ad_id);
CREATE INDEX touchpoints_occurred_at ON touchpoints (workspace_id, occurred_at);
CREATE UNIQUE INDEX touchpoints_external ON touchpoints (workspace_id, kind, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX touchpoints_campaign_waiting ON touchpoints (workspace_id, campaign_external_id) WHERE ad_campaign_id IS NULL AND campaign_external_id IS NOT NULL;
CREATE INDEX touchpoints_ad_waiting ON touchpoints (workspace_id, ad_external_id) WHERE ad_id IS NULL AND ad_external_id IS NOT NULL;

CREATE TABLE pipeline_stages (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    position BIGINT NOT NULL,
    probability BIGINT NOT NULL,
    outcome TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, name),
    CHECK (outcome IN ('won', 'lost')),
    CHECK (probability BETWEEN 0 AND 100)
);

-- touchpoint_id is the credited touch: the last one at or before opened_at.
CREATE TABLE opportunities (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    contact_id UUID NOT NULL,
    owner_id UUID REFERENCES users (id),
    name TEXT NOT NULL,
    value_micros BIGINT,
    currency TEXT NOT NULL,
    stage_id UUID NOT NULL,
    state TEXT NOT NULL,
    lost_reason TEXT,
    deadline_at TIMESTAMPTZ,
    expected_close DATE,
    opened_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ,
    touchpoint_id UUID,
    external_id TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id),
    FOREIGN KEY (workspace_id, stage_id) REFERENCES pipeline_stages (workspace_id, id),
    FOREIGN KEY (workspace_id, touchpoint_id) REFERENCES touchpoints (workspace_id, id) ON DELETE SET NULL (touchpoint_id),
    CHECK (state IN ('open', 'won', 'lost'))
);
CREATE INDEX opportunities_contact_id ON opportunities (workspace_id, contact_id);
CREATE INDEX opportunities_stage_id ON opportunities (workspace_id, stage_id);
CREATE INDEX opportunities_opened_at ON opportunities (workspace_id, opened_at);
CREATE INDEX opportunities_touchpoint_id ON opportunities (workspace_id, touchpoint_id);
CREATE UNIQUE INDEX opportunities_external ON opportunities (workspace_id, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE opportunity_moves (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    opportunity_id UUID NOT NULL,
    stage_id UUID NOT NULL,
    moved_at TIMESTAMPTZ NOT NULL,
    moved_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, opportunity_id) REFERENCES opportunities (workspace_id, id),
    FOREIGN KEY (workspace_id, stage_id) REFERENCES pipeline_stages (workspace_id, id)
);
CREATE INDEX opportunity_moves_opportunity_id_moved_at ON opportunity_moves (workspace_id, opportunity_id, moved_at);
CREATE INDEX opportunity_moves_stage_id ON opportunity_moves (workspace_id, stage_id);

-- touchpoint_id is the credited touch: the last one at or before completed_at. Net is
-- gross_micros - refunded_micros.
CREATE TABLE sales (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    reference TEXT NOT NULL,
    contact_id UUID NOT NULL,
    opportunity_id UUID,
    gross_micros BIGINT NOT NULL,
    refunded_micros BIGINT NOT NULL,
    cost_micros BIGINT,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    quantity BIGINT,
    occurred_at TIMESTAMPTZ NOT NULL,
    completed_at TIMESTAMPTZ,
    refunded_at TIMESTAMPTZ,
    touchpoint_id UUID,
    attribution_source TEXT NOT NULL,
    external_id TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id),
    FOREIGN KEY (workspace_id, opportunity_id) REFERENCES opportunities (workspace_id, id) ON DELETE SET NULL (opportunity_id),
    FOREIGN KEY (workspace_id, touchpoint_id) REFERENCES touchpoints (workspace_id, id) ON DELETE SET NULL (touchpoint_id),
    CHECK (status IN ('pending', 'completed', 'refunded', 'cancelled')),
    CHECK (gross_micros >= 0),
    CHECK (refunded_micros >= 0),
    CHECK (refunded_micros <= gross_micros)
);
CREATE INDEX sales_contact_id ON sales (workspace_id, contact_id);
CREATE INDEX sales_completed_at ON sales (workspace_id, completed_at);
CREATE INDEX sales_occurred_at ON sales (workspace_id, occurred_at);
CREATE INDEX sales_reference ON sales (workspace_id, reference);
CREATE INDEX sales_opportunity_id ON sales (workspace_id, opportunity_id);
CREATE INDEX sales_touchpoint_id ON sales (workspace_id, touchpoint_id);
CREATE UNIQUE INDEX sales_external ON sales (workspace_id, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE sale_refunds (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    sale_id UUID NOT NULL,
    amount_micros BIGINT NOT NULL,
    refunded_at TIMESTAMPTZ NOT NULL,
    reason TEXT,
    external_id TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, sale_id) REFERENCES sales (workspace_id, id),
    CHECK (amount_micros > 0)
);
CREATE INDEX sale_refunds_sale_id ON sale_refunds (workspace_id, sale_id);
CREATE INDEX sale_refunds_refunded_at ON sale_refunds (workspace_id, refunded_at);
CREATE UNIQUE INDEX sale_refunds_external ON sale_refunds (workspace_id, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE import_mappings (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    mapping JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, kind, name)
);

-- History of file imports.
CREATE TABLE imports (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_sha256 TEXT NOT NULL,
    mapping JSONB NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ NOT NULL,
    rows_read BIGINT NOT NULL,
    rows_added BIGINT NOT NULL,
    rows_changed BIGINT NOT NULL,
    rows_unchanged BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    created_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX imports_started_at ON imports (workspace_id, started_at);

-- Pointers to tables that come later.
ALTER TABLE contacts ADD FOREIGN KEY (workspace_id, first_touchpoint_id) REFERENCES touchpoints (workspace_id, id) ON DELETE SET NULL (first_touchpoint_id);

-- A row is seen and written only from its own workspace, by the owner of the tables too.
ALTER TABLE roles ENABLE ROW LEVEL SECURITY;
ALTER TABLE roles FORCE ROW LEVEL SECURITY;
CREATE POLICY roles_workspace ON roles
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE memberships FORCE ROW LEVEL SECURITY;
CREATE POLICY memberships_workspace ON memberships
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE meta_connections ENABLE ROW LEVEL SECURITY;
ALTER TABLE meta_connections FORCE ROW LEVEL SECURITY;
CREATE POLICY meta_connections_workspace ON meta_connections
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE pages ENABLE ROW LEVEL SECURITY;
ALTER TABLE pages FORCE ROW LEVEL SECURITY;
CREATE POLICY pages_workspace ON pages
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE whatsapp_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE whatsapp_accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY whatsapp_accounts_workspace ON whatsapp_accounts
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE ad_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE ad_accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY ad_accounts_workspace ON ad_accounts
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE ad_campaigns ENABLE ROW LEVEL SECURITY;
ALTER TABLE ad_campaigns FORCE ROW LEVEL SECURITY;
CREATE POLICY ad_campaigns_workspace ON ad_campaigns
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE ad_sets ENABLE ROW LEVEL SECURITY;
ALTER TABLE ad_sets FORCE ROW LEVEL SECURITY;
CREATE POLICY ad_sets_workspace ON ad_sets
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE ad_creatives ENABLE ROW LEVEL SECURITY;
ALTER TABLE ad_creatives FORCE ROW LEVEL SECURITY;
CREATE POLICY ad_creatives_workspace ON ad_creatives
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE ads ENABLE ROW LEVEL SECURITY;
ALTER TABLE ads FORCE ROW LEVEL SECURITY;
CREATE POLICY ads_workspace ON ads
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE ad_insights ENABLE ROW LEVEL SECURITY;
ALTER TABLE ad_insights FORCE ROW LEVEL SECURITY;
CREATE POLICY ad_insights_workspace ON ad_insights
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE ad_insight_journal ENABLE ROW LEVEL SECURITY;
ALTER TABLE ad_insight_journal FORCE ROW LEVEL SECURITY;
CREATE POLICY ad_insight_journal_workspace ON ad_insight_journal
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE campaign_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE campaign_days FORCE ROW LEVEL SECURITY;
CREATE POLICY campaign_days_workspace ON campaign_days
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE account_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_days FORCE ROW LEVEL SECURITY;
CREATE POLICY account_days_workspace ON account_days
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE sync_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE sync_runs FORCE ROW LEVEL SECURITY;
CREATE POLICY sync_runs_workspace ON sync_runs
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE sync_slices ENABLE ROW LEVEL SECURITY;
ALTER TABLE sync_slices FORCE ROW LEVEL SECURITY;
CREATE POLICY sync_slices_workspace ON sync_slices
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE lead_forms ENABLE ROW LEVEL SECURITY;
ALTER TABLE lead_forms FORCE ROW LEVEL SECURITY;
CREATE POLICY lead_forms_workspace ON lead_forms
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE contacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE contacts FORCE ROW LEVEL SECURITY;
CREATE POLICY contacts_workspace ON contacts
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE contact_external_ids ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_external_ids FORCE ROW LEVEL SECURITY;
CREATE POLICY contact_external_ids_workspace ON contact_external_ids
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE touchpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE touchpoints FORCE ROW LEVEL SECURITY;
CREATE POLICY touchpoints_workspace ON touchpoints
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE pipeline_stages ENABLE ROW LEVEL SECURITY;
ALTER TABLE pipeline_stages FORCE ROW LEVEL SECURITY;
CREATE POLICY pipeline_stages_workspace ON pipeline_stages
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE opportunities ENABLE ROW LEVEL SECURITY;
ALTER TABLE opportunities FORCE ROW LEVEL SECURITY;
CREATE POLICY opportunities_workspace ON opportunities
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE opportunity_moves ENABLE ROW LEVEL SECURITY;
ALTER TABLE opportunity_moves FORCE ROW LEVEL SECURITY;
CREATE POLICY opportunity_moves_workspace ON opportunity_moves
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE sales ENABLE ROW LEVEL SECURITY;
ALTER TABLE sales FORCE ROW LEVEL SECURITY;
CREATE POLICY sales_workspace ON sales
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE sale_refunds ENABLE ROW LEVEL SECURITY;
ALTER TABLE sale_refunds FORCE ROW LEVEL SECURITY;
CREATE POLICY sale_refunds_workspace ON sale_refunds
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE import_mappings ENABLE ROW LEVEL SECURITY;
ALTER TABLE import_mappings FORCE ROW LEVEL SECURITY;
CREATE POLICY import_mappings_workspace ON import_mappings
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE imports ENABLE ROW LEVEL SECURITY;
ALTER TABLE imports FORCE ROW LEVEL SECURITY;
CREATE POLICY imports_workspace ON imports
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
