-- What is set otherwise at Meta than at the sync before.

-- The fields that every stored object of an account was read with, and when: only what was asked
-- for both times can be compared.
CREATE TABLE read_fields (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    ad_account_id BLOB NOT NULL,
    listing TEXT NOT NULL,
    fields TEXT NOT NULL,
    read_at TEXT NOT NULL,
    PRIMARY KEY (workspace_id, ad_account_id, listing),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id)
) STRICT;

-- One part of one setting of one object: of the four objects one is named. before and after are
-- JSON; of a list what went and what came. to_compare: a creative that took another's place, still
-- to be compared with it. expected: somebody meant it.
CREATE TABLE setting_changes (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    run INTEGER NOT NULL,
    seen_at TEXT NOT NULL,
    last_read_at TEXT NOT NULL,
    ad_account_id BLOB NOT NULL,
    ad_campaign_id BLOB,
    ad_set_id BLOB,
    ad_id BLOB,
    ad_creative_id BLOB,
    field TEXT NOT NULL,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL,
    before TEXT,
    after TEXT,
    to_compare INTEGER NOT NULL CHECK (to_compare IN (0, 1)),
    expected_at TEXT,
    expected_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_campaign_id) REFERENCES ad_campaigns (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_set_id) REFERENCES ad_sets (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_id) REFERENCES ads (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_creative_id) REFERENCES ad_creatives (workspace_id, id)
) STRICT;
CREATE INDEX setting_changes_unexpected ON setting_changes (workspace_id, id) WHERE expected_at IS NULL;
CREATE INDEX setting_changes_to_compare ON setting_changes (workspace_id, ad_account_id) WHERE to_compare;
CREATE INDEX setting_changes_ad_campaign_id ON setting_changes (workspace_id, ad_campaign_id) WHERE ad_campaign_id IS NOT NULL;
CREATE INDEX setting_changes_ad_set_id ON setting_changes (workspace_id, ad_set_id) WHERE ad_set_id IS NOT NULL;
CREATE INDEX setting_changes_ad_id ON setting_changes (workspace_id, ad_id) WHERE ad_id IS NOT NULL;
CREATE INDEX setting_changes_ad_creative_id ON setting_changes (workspace_id, ad_creative_id) WHERE ad_creative_id IS NOT NULL;

-- Deleting a row clears the pointers to it and never the workspace id.
CREATE TRIGGER setting_changes_ad_campaign_id_cleared BEFORE DELETE ON ad_campaigns BEGIN
    UPDATE setting_changes SET ad_campaign_id = NULL WHERE workspace_id = OLD.workspace_id AND ad_campaign_id = OLD.id;
END;
CREATE TRIGGER setting_changes_ad_set_id_cleared BEFORE DELETE ON ad_sets BEGIN
    UPDATE setting_changes SET ad_set_id = NULL WHERE workspace_id = OLD.workspace_id AND ad_set_id = OLD.id;
END;
CREATE TRIGGER setting_changes_ad_id_cleared BEFORE DELETE ON ads BEGIN
    UPDATE setting_changes SET ad_id = NULL WHERE workspace_id = OLD.workspace_id AND ad_id = OLD.id;
END;
CREATE TRIGGER setting_changes_ad_creative_id_cleared BEFORE DELETE ON ad_creatives BEGIN
    UPDATE setting_changes SET ad_creative_id = NULL WHERE workspace_id = OLD.workspace_id AND ad_creative_id = OLD.id;
END;
