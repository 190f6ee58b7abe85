-- How much of a sender's pace is used up, whichever programs send from it. next_at: when its next message
-- may go. held_until: the provider asked to wait until then. Whoever is about to send holds the row for as
-- long as it takes to claim, so that two together are no faster than one.
CREATE TABLE channel_paces (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    channel_id UUID NOT NULL,
    next_at TIMESTAMPTZ NOT NULL,
    held_until TIMESTAMPTZ,
    PRIMARY KEY (workspace_id, channel_id),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels (workspace_id, id)
);
ALTER TABLE channel_paces ENABLE ROW LEVEL SECURITY;
ALTER TABLE channel_paces FORCE ROW LEVEL SECURITY;
CREATE POLICY channel_paces_workspace ON channel_paces
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);
