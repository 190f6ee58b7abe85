-- The last call at each address that was not taken: what it said is not kept, for nobody knows whose it is.
-- path: the address without its host. reason: unsigned, bad_signature, stale or unreadable.
CREATE TABLE webhook_refusals (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    path TEXT NOT NULL,
    reason TEXT NOT NULL,
    refused_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, path)
);
ALTER TABLE webhook_refusals ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_refusals FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_refusals_workspace ON webhook_refusals
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
