-- What was spent outside the ad accounts that are synced: entered by hand or imported, by day, platform
-- and campaign. Days are the workspace's. platform: google_ads, tiktok_ads, sms, email, agency, fee,
-- other or one of the business's own. campaign: empty for none. external_id: what makes a row of a file
-- the same as one imported before. removed_at: it was taken away; the row stays, so that what was known
-- before can be told.
CREATE TABLE channel_spend (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    day DATE NOT NULL,
    platform TEXT NOT NULL,
    campaign TEXT NOT NULL,
    note TEXT,
    amount_micros BIGINT NOT NULL,
    currency TEXT NOT NULL,
    external_id TEXT,
    import_id UUID,
    removed_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, import_id) REFERENCES imports (workspace_id, id),
    CHECK (amount_micros >= 0)
);
CREATE INDEX channel_spend_day ON channel_spend (workspace_id, day, id);
CREATE INDEX channel_spend_import ON channel_spend (workspace_id, import_id);
CREATE UNIQUE INDEX channel_spend_external ON channel_spend (workspace_id, external_id) WHERE external_id IS NOT NULL;

-- What a row said until it was changed or taken away, and by whom.
CREATE TABLE channel_spend_versions (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    replaced_at TIMESTAMPTZ NOT NULL,
    replaced_by UUID REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    day DATE NOT NULL,
    platform TEXT NOT NULL,
    campaign TEXT NOT NULL,
    note TEXT,
    amount_micros BIGINT NOT NULL,
    currency TEXT NOT NULL,
    removed_at TIMESTAMPTZ,
    PRIMARY KEY (workspace_id, id, replaced_at)
);
CREATE INDEX channel_spend_versions_replaced_at ON channel_spend_versions (workspace_id, replaced_at);

-- A row is seen and written only from its own workspace, by the owner of the table too.
ALTER TABLE channel_spend ENABLE ROW LEVEL SECURITY;
ALTER TABLE channel_spend FORCE ROW LEVEL SECURITY;
CREATE POLICY channel_spend_workspace ON channel_spend
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE channel_spend_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE channel_spend_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY channel_spend_versions_workspace ON channel_spend_versions
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);

CREATE FUNCTION _channel_spend_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO channel_spend_versions (workspace_id, id, replaced_at, replaced_by, created_at, day, platform, campaign, note, amount_micros, currency, removed_at)
        VALUES (OLD.workspace_id, OLD.id, NEW.updated_at, NEW.updated_by, OLD.created_at, OLD.day, OLD.platform, OLD.campaign, OLD.note, OLD.amount_micros, OLD.currency, OLD.removed_at)
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER channel_spend_version AFTER UPDATE OF day, platform, campaign, note, amount_micros, currency, removed_at ON channel_spend
    FOR EACH ROW WHEN (OLD.created_at < NEW.updated_at AND (OLD.day IS DISTINCT FROM NEW.day OR OLD.platform IS DISTINCT FROM NEW.platform OR OLD.campaign IS DISTINCT FROM NEW.campaign OR OLD.note IS DISTINCT FROM NEW.note OR OLD.amount_micros IS DISTINCT FROM NEW.amount_micros OR OLD.currency IS DISTINCT FROM NEW.currency OR OLD.removed_at IS DISTINCT FROM NEW.removed_at))
    EXECUTE FUNCTION _channel_spend_version();

-- Whose an opportunity was is part of what it was at earlier moments: where no touch stands behind it,
-- its channel is the lead source of its contact. Of the time before it is taken for what it is now.
ALTER TABLE opportunity_versions ADD COLUMN contact_id UUID;

-- RLS must not hide the rows that are there already.
ALTER TABLE opportunities NO FORCE ROW LEVEL SECURITY;
ALTER TABLE opportunity_versions NO FORCE ROW LEVEL SECURITY;
UPDATE opportunity_versions SET contact_id = o.contact_id
FROM opportunities o WHERE o.workspace_id = opportunity_versions.workspace_id AND o.id = opportunity_versions.id;
ALTER TABLE opportunities FORCE ROW LEVEL SECURITY;
ALTER TABLE opportunity_versions FORCE ROW LEVEL SECURITY;

CREATE OR REPLACE FUNCTION _opportunities_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO opportunity_versions (workspace_id, id, replaced_at, created_at, contact_id, opened_at, lead_at, touches)
        VALUES (OLD.workspace_id, OLD.id, NEW.updated_at, OLD.created_at, OLD.contact_id, OLD.opened_at, OLD.lead_at, OLD.touches)
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
DROP TRIGGER opportunities_version ON opportunities;
CREATE TRIGGER opportunities_version AFTER UPDATE OF contact_id, opened_at, lead_at, touches ON opportunities
    FOR EACH ROW WHEN (OLD.created_at < NEW.updated_at AND (OLD.contact_id IS DISTINCT FROM NEW.contact_id OR OLD.opened_at IS DISTINCT FROM NEW.opened_at OR OLD.lead_at IS DISTINCT FROM NEW.lead_at OR OLD.touches IS DISTINCT FROM NEW.touches))
    EXECUTE FUNCTION _opportunities_version();
