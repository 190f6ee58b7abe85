-- One account and inbox of a Chatwoot whose conversations are ours as well (DETAILS H-4). Of a workspace
-- one is active; one that was disconnected stays, so that connecting it again mirrors nothing twice.
-- state_reason: why it is disconnected. polled_until: the last activity of a conversation, in seconds, as
-- Chatwoot tells it, up to which everything was read. due_at: Chatwoot is left alone until then.
CREATE TABLE chatwoot_links (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    base_url TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    account_name TEXT NOT NULL,
    inbox_id BIGINT NOT NULL,
    inbox_name TEXT NOT NULL,
    user_id BIGINT NOT NULL,
    user_name TEXT NOT NULL,
    pause_hours BIGINT NOT NULL,
    signed BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT,
    state_since TIMESTAMPTZ NOT NULL,
    error TEXT,
    attempts BIGINT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    poll_due_at TIMESTAMPTZ NOT NULL,
    polled_until BIGINT NOT NULL,
    told_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, base_url, account_id, inbox_id),
    CHECK (state IN ('connected', 'disconnected')),
    CHECK (pause_hours BETWEEN 0 AND 720)
);
CREATE UNIQUE INDEX chatwoot_links_active ON chatwoot_links (workspace_id) WHERE active;
ALTER TABLE chatwoot_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatwoot_links FORCE ROW LEVEL SECURITY;
CREATE POLICY chatwoot_links_workspace ON chatwoot_links
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);

-- The channels whose messages are mirrored.
CREATE TABLE chatwoot_channels (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    link_id UUID NOT NULL,
    channel_id UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    PRIMARY KEY (workspace_id, channel_id, link_id),
    FOREIGN KEY (workspace_id, link_id) REFERENCES chatwoot_links (workspace_id, id),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels (workspace_id, id)
);
CREATE INDEX chatwoot_channels_link_id ON chatwoot_channels (workspace_id, link_id);
ALTER TABLE chatwoot_channels ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatwoot_channels FORCE ROW LEVEL SECURITY;
CREATE POLICY chatwoot_channels_workspace ON chatwoot_channels
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);

-- A conversation of ours and the one in Chatwoot. chatwoot_id: its number in the account, once it is there.
-- begun_at: when it was asked for and no answer is known. read_until: the last message that was read by
-- asking. claimed: by whoever works on it, until then.
CREATE TABLE chatwoot_conversations (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    link_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    contact BIGINT,
    chatwoot_id BIGINT,
    begun_at TIMESTAMPTZ,
    read_until BIGINT NOT NULL,
    claimed_by UUID,
    claimed_until TIMESTAMPTZ,
    attempts BIGINT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    error TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, link_id, conversation_id),
    UNIQUE (workspace_id, link_id, chatwoot_id),
    FOREIGN KEY (workspace_id, link_id) REFERENCES chatwoot_links (workspace_id, id),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
);
CREATE INDEX chatwoot_conversations_conversation_id ON chatwoot_conversations (workspace_id, conversation_id);
ALTER TABLE chatwoot_conversations ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatwoot_conversations FORCE ROW LEVEL SECURITY;
CREATE POLICY chatwoot_conversations_workspace ON chatwoot_conversations
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);

-- A message that is, or is to be, in both: ours by its id, Chatwoot's by its number, each once. origin:
-- rumbo for one that is mirrored there, chatwoot for an answer written there (message_id is its
-- dispatch's), note for what is told the agents (message_id is the answer's it is about). posting: it was
-- handed over and no answer is known; posted_at: when, and posted_after: the last message that was known
-- there then, after which it is looked for. status: the one that Chatwoot was told. No reference to
-- messages: a dispatch has its message only when it is sent.
CREATE TABLE chatwoot_messages (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    link_id UUID NOT NULL,
    message_id UUID NOT NULL,
    conversation_id UUID NOT NULL,
    origin TEXT NOT NULL,
    reply_id UUID,
    note TEXT,
    state TEXT NOT NULL,
    chatwoot_id BIGINT,
    posted_at TIMESTAMPTZ,
    posted_after BIGINT,
    status TEXT,
    status_due BOOLEAN NOT NULL,
    error TEXT,
    occurred_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, link_id, message_id),
    FOREIGN KEY (workspace_id, link_id) REFERENCES chatwoot_links (workspace_id, id),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id),
    CHECK (origin IN ('rumbo', 'chatwoot', 'note')),
    CHECK (state IN ('waiting', 'posting', 'mirrored', 'refused'))
);
CREATE UNIQUE INDEX chatwoot_messages_chatwoot_id ON chatwoot_messages (workspace_id, link_id, chatwoot_id)
    WHERE chatwoot_id IS NOT NULL;
CREATE INDEX chatwoot_messages_conversation_id ON chatwoot_messages (workspace_id, conversation_id, chatwoot_id);
CREATE INDEX chatwoot_messages_message_id ON chatwoot_messages (workspace_id, message_id);
CREATE INDEX chatwoot_messages_waiting ON chatwoot_messages (workspace_id, link_id, occurred_at)
    WHERE state IN ('waiting', 'posting');
CREATE INDEX chatwoot_messages_status_due ON chatwoot_messages (workspace_id, link_id) WHERE status_due;
ALTER TABLE chatwoot_messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatwoot_messages FORCE ROW LEVEL SECURITY;
CREATE POLICY chatwoot_messages_workspace ON chatwoot_messages
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);

-- What somebody wrote in Chatwoot for a person, stored first and made into dispatches after. by_person:
-- not by an automation of Chatwoot's. hint: the conversation of ours that Chatwoot names.
CREATE TABLE chatwoot_replies (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    id UUID NOT NULL,
    link_id UUID NOT NULL,
    chatwoot_id BIGINT NOT NULL,
    chatwoot_conversation_id BIGINT NOT NULL,
    hint UUID,
    body TEXT NOT NULL,
    attachments JSONB NOT NULL,
    author TEXT,
    by_person BOOLEAN NOT NULL,
    written_at TIMESTAMPTZ NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    attempts BIGINT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, link_id, chatwoot_id),
    FOREIGN KEY (workspace_id, link_id) REFERENCES chatwoot_links (workspace_id, id),
    CHECK (state IN ('waiting', 'planned', 'done', 'refused'))
);
CREATE INDEX chatwoot_replies_open ON chatwoot_replies (workspace_id, link_id, chatwoot_id)
    WHERE state IN ('waiting', 'planned');
ALTER TABLE chatwoot_replies ENABLE ROW LEVEL SECURITY;
ALTER TABLE chatwoot_replies FORCE ROW LEVEL SECURITY;
CREATE POLICY chatwoot_replies_workspace ON chatwoot_replies
    USING (workspace_id = NULLIF(current_setting('rumbo.workspace', true), '')::uuid);

-- Until when rules, sequences and the bot leave the person alone, because somebody is writing with them.
ALTER TABLE conversations ADD COLUMN automation_paused_until TIMESTAMPTZ;
CREATE INDEX conversations_paused ON conversations (workspace_id, contact_id) WHERE automation_paused_until IS NOT NULL;

-- A message of a mirrored channel waits to be mirrored from the moment that it is stored, in the same
-- transaction, whoever stores it.
CREATE FUNCTION _chatwoot_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        UPDATE chatwoot_messages SET status_due = TRUE
            WHERE workspace_id = NEW.workspace_id AND message_id = NEW.id;
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM chatwoot_channels
        WHERE workspace_id = NEW.workspace_id AND channel_id = NEW.channel_id) THEN
        RETURN NULL;
    END IF;
    INSERT INTO chatwoot_messages (workspace_id, link_id, message_id, conversation_id, origin, state, status_due,
        occurred_at, created_at, updated_at)
        SELECT NEW.workspace_id, c.link_id, NEW.id, NEW.conversation_id, 'rumbo', 'waiting', FALSE, NEW.occurred_at,
            NEW.created_at, NEW.created_at
        FROM chatwoot_channels c JOIN chatwoot_links l ON l.workspace_id = c.workspace_id AND l.id = c.link_id
        WHERE c.workspace_id = NEW.workspace_id AND c.channel_id = NEW.channel_id AND l.active
        ON CONFLICT DO NOTHING;
    UPDATE chatwoot_messages SET status_due = TRUE
        WHERE workspace_id = NEW.workspace_id AND message_id = NEW.id AND origin = 'chatwoot';
    RETURN NULL;
END
$$;
CREATE TRIGGER messages_mirrored AFTER INSERT ON messages
    FOR EACH ROW EXECUTE FUNCTION _chatwoot_follow();
CREATE TRIGGER messages_mirrored_status AFTER UPDATE OF status ON messages
    FOR EACH ROW WHEN (NEW.status IS DISTINCT FROM OLD.status) EXECUTE FUNCTION _chatwoot_follow();
