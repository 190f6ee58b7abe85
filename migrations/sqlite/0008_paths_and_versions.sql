-- The path of touches stands on what came of it, and every change of what came of it leaves the version
-- it replaced: reports read one row for each lead, opportunity, sale and refund, and can be asked again
-- as of any moment.

-- What a touch says of where a person came from, once for all touches that say the same. Never changed
-- and never deleted: a touch that is linked to an ad gets another origin.
CREATE TABLE touch_origins (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    origin INTEGER NOT NULL,
    key TEXT NOT NULL,
    source TEXT NOT NULL,
    medium TEXT,
    clicked INTEGER NOT NULL CHECK (clicked IN (0, 1)),
    ad_account_external_id TEXT,
    campaign_external_id TEXT,
    ad_set_external_id TEXT,
    ad_external_id TEXT,
    ad_campaign_id BLOB,
    ad_set_id BLOB,
    ad_id BLOB,
    PRIMARY KEY (origin),
    UNIQUE (workspace_id, key)
) STRICT;

-- touches: the path, oldest first: 'instant;origin|instant;origin'. lead_at: when the contact was first
-- seen. is_first: the first sale ever of its contact.
ALTER TABLE touchpoints ADD COLUMN origin INTEGER;
CREATE INDEX touchpoints_without_origin ON touchpoints (workspace_id, contact_id) WHERE origin IS NULL;
ALTER TABLE contacts ADD COLUMN first_origin INTEGER;
ALTER TABLE opportunities ADD COLUMN touches TEXT NOT NULL DEFAULT '';
ALTER TABLE opportunities ADD COLUMN lead_at TEXT;
CREATE INDEX opportunities_lead_at ON opportunities (workspace_id, lead_at);
ALTER TABLE sales ADD COLUMN touches TEXT NOT NULL DEFAULT '';
ALTER TABLE sales ADD COLUMN lead_at TEXT;
ALTER TABLE sales ADD COLUMN is_first INTEGER NOT NULL DEFAULT 0 CHECK (is_first IN (0, 1));
CREATE INDEX sales_lead_at ON sales (workspace_id, lead_at);
-- The refund's sale, and what was left of it before this refund. counts: the sale is completed.
ALTER TABLE sale_refunds ADD COLUMN sale_at TEXT;
ALTER TABLE sale_refunds ADD COLUMN currency TEXT NOT NULL DEFAULT '';
ALTER TABLE sale_refunds ADD COLUMN before_micros INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sale_refunds ADD COLUMN counts INTEGER NOT NULL DEFAULT 0 CHECK (counts IN (0, 1));
ALTER TABLE sale_refunds ADD COLUMN touches TEXT NOT NULL DEFAULT '';

INSERT INTO touch_origins (workspace_id, key, source, medium, clicked, ad_account_external_id, campaign_external_id, ad_set_external_id, ad_external_id, ad_campaign_id, ad_set_id, ad_id)
    SELECT DISTINCT t.workspace_id, t.source
        || ' ' || COALESCE(length(t.medium) || ':' || t.medium, '-')
        || ' ' || CASE WHEN t.click_id IS NULL THEN '0' ELSE '1' END
        || ' ' || COALESCE(length(t.ad_account_external_id) || ':' || t.ad_account_external_id, '-')
        || ' ' || COALESCE(length(t.campaign_external_id) || ':' || t.campaign_external_id, '-')
        || ' ' || COALESCE(length(t.ad_set_external_id) || ':' || t.ad_set_external_id, '-')
        || ' ' || COALESCE(length(t.ad_external_id) || ':' || t.ad_external_id, '-')
        || ' ' || COALESCE(hex(t.ad_campaign_id), '-')
        || ' ' || COALESCE(hex(t.ad_set_id), '-')
        || ' ' || COALESCE(hex(t.ad_id), '-'),
        t.source, t.medium, t.click_id IS NOT NULL, t.ad_account_external_id, t.campaign_external_id,
        t.ad_set_external_id, t.ad_external_id, t.ad_campaign_id, t.ad_set_id, t.ad_id
    FROM touchpoints t;
UPDATE touchpoints SET origin = (SELECT o.origin FROM touch_origins o WHERE o.workspace_id = touchpoints.workspace_id
    AND o.key = touchpoints.source
        || ' ' || COALESCE(length(touchpoints.medium) || ':' || touchpoints.medium, '-')
        || ' ' || CASE WHEN touchpoints.click_id IS NULL THEN '0' ELSE '1' END
        || ' ' || COALESCE(length(touchpoints.ad_account_external_id) || ':' || touchpoints.ad_account_external_id, '-')
        || ' ' || COALESCE(length(touchpoints.campaign_external_id) || ':' || touchpoints.campaign_external_id, '-')
        || ' ' || COALESCE(length(touchpoints.ad_set_external_id) || ':' || touchpoints.ad_set_external_id, '-')
        || ' ' || COALESCE(length(touchpoints.ad_external_id) || ':' || touchpoints.ad_external_id, '-')
        || ' ' || COALESCE(hex(touchpoints.ad_campaign_id), '-')
        || ' ' || COALESCE(hex(touchpoints.ad_set_id), '-')
        || ' ' || COALESCE(hex(touchpoints.ad_id), '-'));
UPDATE contacts SET first_origin = (SELECT t.origin FROM touchpoints t WHERE t.workspace_id = contacts.workspace_id
    AND t.id = contacts.first_touchpoint_id) WHERE first_touchpoint_id IS NOT NULL;
UPDATE opportunities SET
    touches = COALESCE((SELECT string_agg(CAST(t.occurred_at AS TEXT) || ';' || CAST(t.origin AS TEXT), '|'
            ORDER BY t.occurred_at, t.id)
        FROM touchpoints t WHERE t.workspace_id = opportunities.workspace_id
        AND t.contact_id = opportunities.contact_id AND t.occurred_at <= opportunities.opened_at), ''),
    lead_at = (SELECT c.first_seen_at FROM contacts c WHERE c.workspace_id = opportunities.workspace_id
        AND c.id = opportunities.contact_id);
UPDATE sales SET
    touches = COALESCE((SELECT string_agg(CAST(t.occurred_at AS TEXT) || ';' || CAST(t.origin AS TEXT), '|'
            ORDER BY t.occurred_at, t.id)
        FROM touchpoints t WHERE t.workspace_id = sales.workspace_id AND t.contact_id = sales.contact_id
        AND t.occurred_at <= COALESCE(sales.completed_at, sales.occurred_at)), ''),
    lead_at = (SELECT c.first_seen_at FROM contacts c WHERE c.workspace_id = sales.workspace_id
        AND c.id = sales.contact_id);
UPDATE sales SET is_first = 1 FROM (
    SELECT workspace_id, id, ROW_NUMBER() OVER (PARTITION BY workspace_id, contact_id ORDER BY completed_at, id) AS nth
    FROM sales WHERE completed_at IS NOT NULL AND status IN ('completed', 'refunded')) s
WHERE s.nth = 1 AND s.workspace_id = sales.workspace_id AND s.id = sales.id;
UPDATE sale_refunds SET sale_at = s.completed_at, currency = s.currency, touches = s.touches,
    counts = s.completed_at IS NOT NULL AND s.status IN ('completed', 'refunded'),
    before_micros = s.gross_micros - CAST((SELECT COALESCE(SUM(e.amount_micros), 0) FROM sale_refunds e
        WHERE e.workspace_id = s.workspace_id AND e.sale_id = s.id AND (e.refunded_at < sale_refunds.refunded_at
        OR (e.refunded_at = sale_refunds.refunded_at AND e.id < sale_refunds.id))) AS BIGINT)
FROM sales s WHERE s.workspace_id = sale_refunds.workspace_id AND s.id = sale_refunds.sale_id;

-- Versions: what a row said until the change of that moment. Of several changes at one moment the first
-- one counts: what was before it. A contact that came back after a merge has a version that is not there.
CREATE TABLE contact_versions (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    replaced_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    present INTEGER NOT NULL CHECK (present IN (0, 1)),
    kind TEXT NOT NULL,
    lead_source TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    first_origin INTEGER,
    PRIMARY KEY (workspace_id, id, replaced_at)
) STRICT;
CREATE INDEX contact_versions_replaced_at ON contact_versions (workspace_id, replaced_at);
CREATE TRIGGER contacts_version AFTER UPDATE OF kind, lead_source, first_seen_at, first_origin ON contacts
WHEN OLD.created_at < NEW.updated_at AND (OLD.kind IS NOT NEW.kind OR OLD.lead_source IS NOT NEW.lead_source OR OLD.first_seen_at IS NOT NEW.first_seen_at OR OLD.first_origin IS NOT NEW.first_origin) BEGIN
    INSERT INTO contact_versions (workspace_id, id, replaced_at, created_at, present, kind, lead_source, first_seen_at, first_origin)
        VALUES (OLD.workspace_id, OLD.id, NEW.updated_at, OLD.created_at, 1, OLD.kind, OLD.lead_source, OLD.first_seen_at, OLD.first_origin)
        ON CONFLICT DO NOTHING;
END;

CREATE TABLE opportunity_versions (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    replaced_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    lead_at TEXT,
    touches TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id, replaced_at)
) STRICT;
CREATE INDEX opportunity_versions_replaced_at ON opportunity_versions (workspace_id, replaced_at);
CREATE TRIGGER opportunities_version AFTER UPDATE OF opened_at, lead_at, touches ON opportunities
WHEN OLD.created_at < NEW.updated_at AND (OLD.opened_at IS NOT NEW.opened_at OR OLD.lead_at IS NOT NEW.lead_at OR OLD.touches IS NOT NEW.touches) BEGIN
    INSERT INTO opportunity_versions (workspace_id, id, replaced_at, created_at, opened_at, lead_at, touches)
        VALUES (OLD.workspace_id, OLD.id, NEW.updated_at, OLD.created_at, OLD.opened_at, OLD.lead_at, OLD.touches)
        ON CONFLICT DO NOTHING;
END;

CREATE TABLE sale_versions (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    replaced_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    gross_micros INTEGER NOT NULL,
    refunded_micros INTEGER NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    completed_at TEXT,
    lead_at TEXT,
    is_first INTEGER NOT NULL CHECK (is_first IN (0, 1)),
    touches TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id, replaced_at)
) STRICT;
CREATE INDEX sale_versions_replaced_at ON sale_versions (workspace_id, replaced_at);
CREATE TRIGGER sales_version AFTER UPDATE OF gross_micros, refunded_micros, currency, status, completed_at, lead_at, is_first, touches ON sales
WHEN OLD.created_at < NEW.updated_at AND (OLD.gross_micros IS NOT NEW.gross_micros OR OLD.refunded_micros IS NOT NEW.refunded_micros OR OLD.currency IS NOT NEW.currency OR OLD.status IS NOT NEW.status OR OLD.completed_at IS NOT NEW.completed_at OR OLD.lead_at IS NOT NEW.lead_at OR OLD.is_first IS NOT NEW.is_first OR OLD.touches IS NOT NEW.touches) BEGIN
    INSERT INTO sale_versions (workspace_id, id, replaced_at, created_at, gross_micros, refunded_micros, currency, status, completed_at, lead_at, is_first, touches)
        VALUES (OLD.workspace_id, OLD.id, NEW.updated_at, OLD.created_at, OLD.gross_micros, OLD.refunded_micros, OLD.currency, OLD.status, OLD.completed_at, OLD.lead_at, OLD.is_first, OLD.touches)
        ON CONFLICT DO NOTHING;
END;

CREATE TABLE refund_versions (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    replaced_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    amount_micros INTEGER NOT NULL,
    refunded_at TEXT NOT NULL,
    sale_at TEXT,
    currency TEXT NOT NULL,
    before_micros INTEGER NOT NULL,
    counts INTEGER NOT NULL CHECK (counts IN (0, 1)),
    touches TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id, replaced_at)
) STRICT;
CREATE INDEX refund_versions_replaced_at ON refund_versions (workspace_id, replaced_at);
CREATE TRIGGER sale_refunds_version AFTER UPDATE OF amount_micros, refunded_at, sale_at, currency, before_micros, counts, touches ON sale_refunds
WHEN OLD.created_at < NEW.updated_at AND (OLD.amount_micros IS NOT NEW.amount_micros OR OLD.refunded_at IS NOT NEW.refunded_at OR OLD.sale_at IS NOT NEW.sale_at OR OLD.currency IS NOT NEW.currency OR OLD.before_micros IS NOT NEW.before_micros OR OLD.counts IS NOT NEW.counts OR OLD.touches IS NOT NEW.touches) BEGIN
    INSERT INTO refund_versions (workspace_id, id, replaced_at, created_at, amount_micros, refunded_at, sale_at, currency, before_micros, counts, touches)
        VALUES (OLD.workspace_id, OLD.id, NEW.updated_at, OLD.created_at, OLD.amount_micros, OLD.refunded_at, OLD.sale_at, OLD.currency, OLD.before_micros, OLD.counts, OLD.touches)
        ON CONFLICT DO NOTHING;
END;

-- The same of the ad platform's objects and of the workspace: what a report names, and the settings.
CREATE TABLE ad_account_versions (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    replaced_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    external_id TEXT NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    timezone TEXT NOT NULL,
    status TEXT NOT NULL,
    selected INTEGER NOT NULL CHECK (selected IN (0, 1)),
    amount_spent_micros INTEGER,
    last_synced_at TEXT,
    last_error_code TEXT,
    deleted_at TEXT,
    PRIMARY KEY (workspace_id, id, replaced_at)
) STRICT;
CREATE INDEX ad_account_versions_replaced_at ON ad_account_versions (workspace_id, replaced_at);
CREATE TRIGGER ad_accounts_version AFTER UPDATE OF name, currency, timezone, status, selected, amount_spent_micros, deleted_at ON ad_accounts
WHEN OLD.created_at < NEW.updated_at AND (OLD.name IS NOT NEW.name OR OLD.currency IS NOT NEW.currency OR OLD.timezone IS NOT NEW.timezone OR OLD.status IS NOT NEW.status OR OLD.selected IS NOT NEW.selected OR OLD.amount_spent_micros IS NOT NEW.amount_spent_micros OR OLD.deleted_at IS NOT NEW.deleted_at) BEGIN
    INSERT INTO ad_account_versions (workspace_id, id, replaced_at, created_at, external_id, name, currency, timezone, status, selected, amount_spent_micros, last_synced_at, last_error_code, deleted_at)
        VALUES (OLD.workspace_id, OLD.id, NEW.updated_at, OLD.created_at, OLD.external_id, OLD.name, OLD.currency, OLD.timezone, OLD.status, OLD.selected, OLD.amount_spent_micros, OLD.last_synced_at, OLD.last_error_code, OLD.deleted_at)
        ON CONFLICT DO NOTHING;
END;

CREATE TABLE ad_campaign_versions (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    replaced_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
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
    spend_cap_micros INTEGER,
    bid_strategy TEXT,
    start_at TEXT,
    stop_at TEXT,
    synced INTEGER NOT NULL CHECK (synced IN (0, 1)),
    rest TEXT NOT NULL,
    deleted_at TEXT,
    PRIMARY KEY (workspace_id, id, replaced_at)
) STRICT;
CREATE INDEX ad_campaign_versions_replaced_at ON ad_campaign_versions (workspace_id, replaced_at);
CREATE TRIGGER ad_campaigns_version AFTER UPDATE OF ad_account_id, name, status, configured_status, effective_status, objective, buying_type, daily_budget_micros, lifetime_budget_micros, spend_cap_micros, bid_strategy, start_at, stop_at, synced, rest, deleted_at ON ad_campaigns
WHEN OLD.created_at < NEW.updated_at AND (OLD.ad_account_id IS NOT NEW.ad_account_id OR OLD.name IS NOT NEW.name OR OLD.status IS NOT NEW.status OR OLD.configured_status IS NOT NEW.configured_status OR OLD.effective_status IS NOT NEW.effective_status OR OLD.objective IS NOT NEW.objective OR OLD.buying_type IS NOT NEW.buying_type OR OLD.daily_budget_micros IS NOT NEW.daily_budget_micros OR OLD.lifetime_budget_micros IS NOT NEW.lifetime_budget_micros OR OLD.spend_cap_micros IS NOT NEW.spend_cap_micros OR OLD.bid_strategy IS NOT NEW.bid_strategy OR OLD.start_at IS NOT NEW.start_at OR OLD.stop_at IS NOT NEW.stop_at OR OLD.synced IS NOT NEW.synced OR OLD.rest IS NOT NEW.rest OR OLD.deleted_at IS NOT NEW.deleted_at) BEGIN
    INSERT INTO ad_campaign_versions (workspace_id, id, replaced_at, created_at, external_id, ad_account_id, name, status, configured_status, effective_status, objective, buying_type, daily_budget_micros, lifetime_budget_micros, spend_cap_micros, bid_strategy, start_at, stop_at, synced, rest, deleted_at)
        VALUES (OLD.workspace_id, OLD.id, NEW.updated_at, OLD.created_at, OLD.external_id, OLD.ad_account_id, OLD.name, OLD.status, OLD.configured_status, OLD.effective_status, OLD.objective, OLD.buying_type, OLD.daily_budget_micros, OLD.lifetime_budget_micros, OLD.spend_cap_micros, OLD.bid_strategy, OLD.start_at, OLD.stop_at, OLD.synced, OLD.rest, OLD.deleted_at)
        ON CONFLICT DO NOTHING;
END;

CREATE TABLE ad_set_versions (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    replaced_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
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
    bid_strategy TEXT,
    bid_amount_micros INTEGER,
    daily_budget_micros INTEGER,
    lifetime_budget_micros INTEGER,
    start_at TEXT,
    end_at TEXT,
    synced INTEGER NOT NULL CHECK (synced IN (0, 1)),
    rest TEXT NOT NULL,
    deleted_at TEXT,
    PRIMARY KEY (workspace_id, id, replaced_at)
) STRICT;
CREATE INDEX ad_set_versions_replaced_at ON ad_set_versions (workspace_id, replaced_at);
CREATE TRIGGER ad_sets_version AFTER UPDATE OF ad_account_id, ad_campaign_id, name, status, configured_status, effective_status, optimization_goal, billing_event, destination_type, attribution_spec, targeting, bid_strategy, bid_amount_micros, daily_budget_micros, lifetime_budget_micros, start_at, end_at, synced, rest, deleted_at ON ad_sets
WHEN OLD.created_at < NEW.updated_at AND (OLD.ad_account_id IS NOT NEW.ad_account_id OR OLD.ad_campaign_id IS NOT NEW.ad_campaign_id OR OLD.name IS NOT NEW.name OR OLD.status IS NOT NEW.status OR OLD.configured_status IS NOT NEW.configured_status OR OLD.effective_status IS NOT NEW.effective_status OR OLD.optimization_goal IS NOT NEW.optimization_goal OR OLD.billing_event IS NOT NEW.billing_event OR OLD.destination_type IS NOT NEW.destination_type OR OLD.attribution_spec IS NOT NEW.attribution_spec OR OLD.targeting IS NOT NEW.targeting OR OLD.bid_strategy IS NOT NEW.bid_strategy OR OLD.bid_amount_micros IS NOT NEW.bid_amount_micros OR OLD.daily_budget_micros IS NOT NEW.daily_budget_micros OR OLD.lifetime_budget_micros IS NOT NEW.lifetime_budget_micros OR OLD.start_at IS NOT NEW.start_at OR OLD.end_at IS NOT NEW.end_at OR OLD.synced IS NOT NEW.synced OR OLD.rest IS NOT NEW.rest OR OLD.deleted_at IS NOT NEW.deleted_at) BEGIN
    INSERT INTO ad_set_versions (workspace_id, id, replaced_at, created_at, external_id, ad_account_id, ad_campaign_id, name, status, configured_status, effective_status, optimization_goal, billing_event, destination_type, attribution_spec, targeting, bid_strategy, bid_amount_micros, daily_budget_micros, lifetime_budget_micros, start_at, end_at, synced, rest, deleted_at)
        VALUES (OLD.workspace_id, OLD.id, NEW.updated_at, OLD.created_at, OLD.external_id, OLD.ad_account_id, OLD.ad_campaign_id, OLD.name, OLD.status, OLD.configured_status, OLD.effective_status, OLD.optimization_goal, OLD.billing_event, OLD.destination_type, OLD.attribution_spec, OLD.targeting, OLD.bid_strategy, OLD.bid_amount_micros, OLD.daily_budget_micros, OLD.lifetime_budget_micros, OLD.start_at, OLD.end_at, OLD.synced, OLD.rest, OLD.deleted_at)
        ON CONFLICT DO NOTHING;
END;

CREATE TABLE ad_versions (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    replaced_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    external_id TEXT NOT NULL,
    ad_account_id BLOB NOT NULL,
    ad_campaign_id BLOB NOT NULL,
    ad_set_id BLOB NOT NULL,
    ad_creative_id BLOB,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    configured_status TEXT,
    effective_status TEXT,
    synced INTEGER NOT NULL CHECK (synced IN (0, 1)),
    rest TEXT NOT NULL,
    deleted_at TEXT,
    PRIMARY KEY (workspace_id, id, replaced_at)
) STRICT;
CREATE INDEX ad_versions_replaced_at ON ad_versions (workspace_id, replaced_at);
CREATE TRIGGER ads_version AFTER UPDATE OF ad_account_id, ad_campaign_id, ad_set_id, ad_creative_id, name, status, configured_status, effective_status, synced, rest, deleted_at ON ads
WHEN OLD.created_at < NEW.updated_at AND (OLD.ad_account_id IS NOT NEW.ad_account_id OR OLD.ad_campaign_id IS NOT NEW.ad_campaign_id OR OLD.ad_set_id IS NOT NEW.ad_set_id OR OLD.ad_creative_id IS NOT NEW.ad_creative_id OR OLD.name IS NOT NEW.name OR OLD.status IS NOT NEW.status OR OLD.configured_status IS NOT NEW.configured_status OR OLD.effective_status IS NOT NEW.effective_status OR OLD.synced IS NOT NEW.synced OR OLD.rest IS NOT NEW.rest OR OLD.deleted_at IS NOT NEW.deleted_at) BEGIN
    INSERT INTO ad_versions (workspace_id, id, replaced_at, created_at, external_id, ad_account_id, ad_campaign_id, ad_set_id, ad_creative_id, name, status, configured_status, effective_status, synced, rest, deleted_at)
        VALUES (OLD.workspace_id, OLD.id, NEW.updated_at, OLD.created_at, OLD.external_id, OLD.ad_account_id, OLD.ad_campaign_id, OLD.ad_set_id, OLD.ad_creative_id, OLD.name, OLD.status, OLD.configured_status, OLD.effective_status, OLD.synced, OLD.rest, OLD.deleted_at)
        ON CONFLICT DO NOTHING;
END;

CREATE TABLE ad_creative_versions (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    replaced_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    external_id TEXT NOT NULL,
    ad_account_id BLOB NOT NULL,
    name TEXT NOT NULL,
    status TEXT,
    object_type TEXT,
    headline TEXT,
    body TEXT,
    call_to_action TEXT,
    link_url TEXT,
    thumbnail_url TEXT,
    synced INTEGER NOT NULL CHECK (synced IN (0, 1)),
    rest TEXT NOT NULL,
    deleted_at TEXT,
    PRIMARY KEY (workspace_id, id, replaced_at)
) STRICT;
CREATE INDEX ad_creative_versions_replaced_at ON ad_creative_versions (workspace_id, replaced_at);
CREATE TRIGGER ad_creatives_version AFTER UPDATE OF ad_account_id, name, status, object_type, headline, body, call_to_action, link_url, thumbnail_url, synced, rest, deleted_at ON ad_creatives
WHEN OLD.created_at < NEW.updated_at AND (OLD.ad_account_id IS NOT NEW.ad_account_id OR OLD.name IS NOT NEW.name OR OLD.status IS NOT NEW.status OR OLD.object_type IS NOT NEW.object_type OR OLD.headline IS NOT NEW.headline OR OLD.body IS NOT NEW.body OR OLD.call_to_action IS NOT NEW.call_to_action OR OLD.link_url IS NOT NEW.link_url OR OLD.thumbnail_url IS NOT NEW.thumbnail_url OR OLD.synced IS NOT NEW.synced OR OLD.rest IS NOT NEW.rest OR OLD.deleted_at IS NOT NEW.deleted_at) BEGIN
    INSERT INTO ad_creative_versions (workspace_id, id, replaced_at, created_at, external_id, ad_account_id, name, status, object_type, headline, body, call_to_action, link_url, thumbnail_url, synced, rest, deleted_at)
        VALUES (OLD.workspace_id, OLD.id, NEW.updated_at, OLD.created_at, OLD.external_id, OLD.ad_account_id, OLD.name, OLD.status, OLD.object_type, OLD.headline, OLD.body, OLD.call_to_action, OLD.link_url, OLD.thumbnail_url, OLD.synced, OLD.rest, OLD.deleted_at)
        ON CONFLICT DO NOTHING;
END;

CREATE TABLE workspace_versions (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    replaced_at TEXT NOT NULL,
    timezone TEXT NOT NULL,
    currency TEXT,
    PRIMARY KEY (workspace_id, replaced_at)
) STRICT;
CREATE TRIGGER workspaces_version AFTER UPDATE OF timezone, currency ON workspaces
WHEN OLD.created_at < NEW.updated_at AND (OLD.timezone IS NOT NEW.timezone OR OLD.currency IS NOT NEW.currency) BEGIN
    INSERT INTO workspace_versions (workspace_id, replaced_at, timezone, currency)
        VALUES (OLD.id, NEW.updated_at, OLD.timezone, OLD.currency)
        ON CONFLICT DO NOTHING;
END;
