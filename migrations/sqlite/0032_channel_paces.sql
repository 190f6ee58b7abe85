-- How much of a sender's pace is used up, whichever programs send from it. next_at: when its next message
-- may go. held_until: the provider asked to wait until then. Whoever is about to send holds the row for as
-- long as it takes to claim, so that two together are no faster than one.
CREATE TABLE channel_paces (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    channel_id BLOB NOT NULL,
    next_at TEXT NOT NULL,
    held_until TEXT,
    PRIMARY KEY (workspace_id, channel_id),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels (workspace_id, id)
) STRICT;
