-- How far the clock of a channel's provider is ahead of ours, in milliseconds, as its answers show;
-- negative where it is behind.
ALTER TABLE channels ADD COLUMN clock_ahead_ms BIGINT NOT NULL DEFAULT 0;

-- Of a message in Chatwoot: the conversation there that it lies in, where ours has another one by now.
ALTER TABLE chatwoot_messages ADD COLUMN place BIGINT;
