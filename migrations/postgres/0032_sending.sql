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

-- What waits for a moment is little beside what was sent: each kind has an index of its own, and what is
-- planned writes none of them. The list by state reads in the order of ids.
DROP INDEX dispatches_due;
CREATE INDEX dispatches_state ON dispatches (workspace_id, state, id);
CREATE INDEX dispatches_claimed ON dispatches (workspace_id, claimed_until) WHERE state = 'claimed';
CREATE INDEX dispatches_unknown ON dispatches (workspace_id, due_at, id) WHERE state = 'unknown';
CREATE INDEX dispatches_held ON dispatches (workspace_id, due_at, id) WHERE state = 'held';
DROP INDEX dispatches_template_id;
CREATE INDEX dispatches_template_id ON dispatches (workspace_id, template_id, template_version, state)
    WHERE template_id IS NOT NULL;
