-- What is set otherwise at Meta than at the sync before.

-- The fields that every stored object of an account was read with, and when: only what was asked
-- for both times can be compared.
CREATE TABLE read_fields (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    ad_account_id UUID NOT NULL,
    listing TEXT NOT NULL,
    fields JSONB NOT NULL,
    read_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, ad_account_id, listing),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id)
);

-- One part of one setting of one object: of the four objects one is named. before and after are
-- JSON; of a list what went and what came. to_compare: a creative that took another's place, still
-- to be compared with it. expected: somebody meant it.
CREATE TABLE setting_changes (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    run BIGINT NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    last_read_at TIMESTAMPTZ NOT NULL,
    ad_account_id UUID NOT NULL,
    ad_campaign_id UUID,
    ad_set_id UUID,
    ad_id UUID,
    ad_creative_id UUID,
    field TEXT NOT NULL,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL,
    before JSONB,
    after JSONB,
    to_compare BOOLEAN NOT NULL,
    expected_at TIMESTAMPTZ,
    expected_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_account_id) REFERENCES ad_accounts (workspace_id, id),
    FOREIGN KEY (workspace_id, ad_campaign_id) REFERENCES ad_campaigns (workspace_id, id) ON DELETE SET NULL (ad_campaign_id),
    FOREIGN KEY (workspace_id, ad_set_id) REFERENCES ad_sets (workspace_id, id) ON DELETE SET NULL (ad_set_id),
    FOREIGN KEY (workspace_id, ad_id) REFERENCES ads (workspace_id, id) ON DELETE SET NULL (ad_id),
    FOREIGN KEY (workspace_id, ad_creative_id) REFERENCES ad_creatives (workspace_id, id) ON DELETE SET NULL (ad_creative_id)
);
CREATE INDEX setting_changes_unexpected ON setting_changes (workspace_id, id) WHERE expected_at IS NULL;
CREATE INDEX setting_changes_to_compare ON setting_changes (workspace_id, ad_account_id) WHERE to_compare;
CREATE INDEX setting_changes_ad_campaign_id ON setting_changes (workspace_id, ad_campaign_id) WHERE ad_campaign_id IS NOT NULL;
CREATE INDEX setting_changes_ad_set_id ON setting_changes (workspace_id, ad_set_id) WHERE ad_set_id IS NOT NULL;
CREATE INDEX setting_changes_ad_id ON setting_changes (workspace_id, ad_id) WHERE ad_id IS NOT NULL;
CREATE INDEX setting_changes_ad_creative_id ON setting_changes (workspace_id, ad_creative_id) WHERE ad_creative_id IS NOT NULL;

-- A row is seen and written only from its own workspace, by the owner of the table too.
ALTER TABLE read_fields ENABLE ROW LEVEL SECURITY;
ALTER TABLE read_fields FORCE ROW LEVEL SECURITY;
CREATE POLICY read_fields_workspace ON read_fields
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
ALTER TABLE setting_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE setting_changes FORCE ROW LEVEL SECURITY;
CREATE POLICY setting_changes_workspace ON setting_changes
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
