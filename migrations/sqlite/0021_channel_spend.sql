-- What was spent outside the ad accounts that are synced: entered by hand or imported, by day, platform
-- and campaign. Days are the workspace's. platform: google_ads, tiktok_ads, sms, email, agency, fee,
-- other or one of the business's own. campaign: empty for none. external_id: what makes a row of a file
-- the same as one imported before. removed_at: it was taken away; the row stays, so that what was known
-- before can be told.
CREATE TABLE channel_spend (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    day TEXT NOT NULL,
    platform TEXT NOT NULL,
    campaign TEXT NOT NULL,
    note TEXT,
    amount_micros INTEGER NOT NULL,
    currency TEXT NOT NULL,
    external_id TEXT,
    import_id BLOB,
    removed_at TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, import_id) REFERENCES imports (workspace_id, id),
    CHECK (amount_micros >= 0)
) STRICT;
CREATE INDEX channel_spend_day ON channel_spend (workspace_id, day, id);
CREATE INDEX channel_spend_import ON channel_spend (workspace_id, import_id);
CREATE UNIQUE INDEX channel_spend_external ON channel_spend (workspace_id, external_id) WHERE external_id IS NOT NULL;

-- What a row said until it was changed or taken away, and by whom.
CREATE TABLE channel_spend_versions (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    replaced_at TEXT NOT NULL,
    replaced_by BLOB REFERENCES users (id),
    created_at TEXT NOT NULL,
    day TEXT NOT NULL,
    platform TEXT NOT NULL,
    campaign TEXT NOT NULL,
    note TEXT,
    amount_micros INTEGER NOT NULL,
    currency TEXT NOT NULL,
    removed_at TEXT,
    PRIMARY KEY (workspace_id, id, replaced_at)
) STRICT;
CREATE INDEX channel_spend_versions_replaced_at ON channel_spend_versions (workspace_id, replaced_at);
CREATE TRIGGER channel_spend_version AFTER UPDATE OF day, platform, campaign, note, amount_micros, currency, removed_at ON channel_spend
WHEN OLD.created_at < NEW.updated_at AND (OLD.day IS NOT NEW.day OR OLD.platform IS NOT NEW.platform OR OLD.campaign IS NOT NEW.campaign OR OLD.note IS NOT NEW.note OR OLD.amount_micros IS NOT NEW.amount_micros OR OLD.currency IS NOT NEW.currency OR OLD.removed_at IS NOT NEW.removed_at) BEGIN
    INSERT INTO channel_spend_versions (workspace_id, id, replaced_at, replaced_by, created_at, day, platform, campaign, note, amount_micros, currency, removed_at)
        VALUES (OLD.workspace_id, OLD.id, NEW.updated_at, NEW.updated_by, OLD.created_at, OLD.day, OLD.platform, OLD.campaign, OLD.note, OLD.amount_micros, OLD.currency, OLD.removed_at)
        ON CONFLICT DO NOTHING;
END;

-- Whose an opportunity was is part of what it was at earlier moments: where no touch stands behind it,
-- its channel is the lead source of its contact. Of the time before it is taken for what it is now.
ALTER TABLE opportunity_versions ADD COLUMN contact_id BLOB;
UPDATE opportunity_versions SET contact_id = o.contact_id
FROM opportunities o WHERE o.workspace_id = opportunity_versions.workspace_id AND o.id = opportunity_versions.id;

DROP TRIGGER opportunities_version;
CREATE TRIGGER opportunities_version AFTER UPDATE OF contact_id, opened_at, lead_at, touches ON opportunities
WHEN OLD.created_at < NEW.updated_at AND (OLD.contact_id IS NOT NEW.contact_id OR OLD.opened_at IS NOT NEW.opened_at OR OLD.lead_at IS NOT NEW.lead_at OR OLD.touches IS NOT NEW.touches) BEGIN
    INSERT INTO opportunity_versions (workspace_id, id, replaced_at, created_at, contact_id, opened_at, lead_at, touches)
        VALUES (OLD.workspace_id, OLD.id, NEW.updated_at, OLD.created_at, OLD.contact_id, OLD.opened_at, OLD.lead_at, OLD.touches)
        ON CONFLICT DO NOTHING;
END;
