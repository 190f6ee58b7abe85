-- One account and inbox of a Chatwoot whose conversations are ours as well (DETAILS H-4). Of a workspace
-- one is active; one that was disconnected stays, so that connecting it again mirrors nothing twice.
-- state_reason: why it is disconnected. polled_until: the last activity of a conversation, in seconds, as
-- Chatwoot tells it, up to which everything was read. due_at: Chatwoot is left alone until then.
CREATE TABLE chatwoot_links (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    base_url TEXT NOT NULL,
    account_id INTEGER NOT NULL,
    account_name TEXT NOT NULL,
    inbox_id INTEGER NOT NULL,
    inbox_name TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    user_name TEXT NOT NULL,
    pause_hours INTEGER NOT NULL,
    signed INTEGER NOT NULL CHECK (signed IN (0, 1)),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    state TEXT NOT NULL,
    state_reason TEXT,
    state_since TEXT NOT NULL,
    error TEXT,
    attempts INTEGER NOT NULL,
    due_at TEXT NOT NULL,
    poll_due_at TEXT NOT NULL,
    polled_until INTEGER NOT NULL,
    told_at TEXT,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    updated_at TEXT NOT NULL,
    updated_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, base_url, account_id, inbox_id),
    CHECK (state IN ('connected', 'disconnected')),
    CHECK (pause_hours BETWEEN 0 AND 720)
) STRICT;
CREATE UNIQUE INDEX chatwoot_links_active ON chatwoot_links (workspace_id) WHERE active;

-- The channels whose messages are mirrored.
CREATE TABLE chatwoot_channels (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    link_id BLOB NOT NULL,
    channel_id BLOB NOT NULL,
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    PRIMARY KEY (workspace_id, channel_id, link_id),
    FOREIGN KEY (workspace_id, link_id) REFERENCES chatwoot_links (workspace_id, id),
    FOREIGN KEY (workspace_id, channel_id) REFERENCES channels (workspace_id, id)
) STRICT;
CREATE INDEX chatwoot_channels_link_id ON chatwoot_channels (workspace_id, link_id);

-- A conversation of ours and the one in Chatwoot. chatwoot_id: its number in the account, once it is there.
-- begun_at: when it was asked for and no answer is known. read_until: the last message that was read by
-- asking. claimed: by whoever works on it, until then.
CREATE TABLE chatwoot_conversations (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    link_id BLOB NOT NULL,
    conversation_id BLOB NOT NULL,
    contact INTEGER,
    chatwoot_id INTEGER,
    begun_at TEXT,
    read_until INTEGER NOT NULL,
    claimed_by BLOB,
    claimed_until TEXT,
    attempts INTEGER NOT NULL,
    due_at TEXT NOT NULL,
    error TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (workspace_id, link_id, conversation_id),
    UNIQUE (workspace_id, link_id, chatwoot_id),
    FOREIGN KEY (workspace_id, link_id) REFERENCES chatwoot_links (workspace_id, id),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id)
) STRICT;
CREATE INDEX chatwoot_conversations_conversation_id ON chatwoot_conversations (workspace_id, conversation_id);

-- A message that is, or is to be, in both: ours by its id, Chatwoot's by its number, each once. origin:
-- rumbo for one that is mirrored there, chatwoot for an answer written there (message_id is its
-- dispatch's), note for what is told the agents (message_id is the answer's it is about). posting: it was
-- handed over and no answer is known; posted_at: when, and posted_after: the last message that was known
-- there then, after which it is looked for. status: the one that Chatwoot was told. No reference to
-- messages: a dispatch has its message only when it is sent.
CREATE TABLE chatwoot_messages (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    link_id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    conversation_id BLOB NOT NULL,
    origin TEXT NOT NULL,
    reply_id BLOB,
    note TEXT,
    state TEXT NOT NULL,
    chatwoot_id INTEGER,
    posted_at TEXT,
    posted_after INTEGER,
    status TEXT,
    status_due INTEGER NOT NULL CHECK (status_due IN (0, 1)),
    error TEXT,
    occurred_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (workspace_id, link_id, message_id),
    FOREIGN KEY (workspace_id, link_id) REFERENCES chatwoot_links (workspace_id, id),
    FOREIGN KEY (workspace_id, conversation_id) REFERENCES conversations (workspace_id, id),
    CHECK (origin IN ('rumbo', 'chatwoot', 'note')),
    CHECK (state IN ('waiting', 'posting', 'mirrored', 'refused'))
) STRICT;
CREATE UNIQUE INDEX chatwoot_messages_chatwoot_id ON chatwoot_messages (workspace_id, link_id, chatwoot_id)
    WHERE chatwoot_id IS NOT NULL;
CREATE INDEX chatwoot_messages_conversation_id ON chatwoot_messages (workspace_id, conversation_id, chatwoot_id);
CREATE INDEX chatwoot_messages_message_id ON chatwoot_messages (workspace_id, message_id);
CREATE INDEX chatwoot_messages_waiting ON chatwoot_messages (workspace_id, link_id, occurred_at)
    WHERE state IN ('waiting', 'posting');
CREATE INDEX chatwoot_messages_status_due ON chatwoot_messages (workspace_id, link_id) WHERE status_due;

-- What somebody wrote in Chatwoot for a person, stored first and made into dispatches after. by_person:
-- not by an automation of Chatwoot's. hint: the conversation of ours that Chatwoot names.
CREATE TABLE chatwoot_replies (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    id BLOB NOT NULL,
    link_id BLOB NOT NULL,
    chatwoot_id INTEGER NOT NULL,
    chatwoot_conversation_id INTEGER NOT NULL,
    hint BLOB,
    body TEXT NOT NULL,
    attachments TEXT NOT NULL,
    author TEXT,
    by_person INTEGER NOT NULL CHECK (by_person IN (0, 1)),
    written_at TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    attempts INTEGER NOT NULL,
    due_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (workspace_id, link_id, chatwoot_id),
    FOREIGN KEY (workspace_id, link_id) REFERENCES chatwoot_links (workspace_id, id),
    CHECK (state IN ('waiting', 'planned', 'done', 'refused'))
) STRICT;
CREATE INDEX chatwoot_replies_open ON chatwoot_replies (workspace_id, link_id, chatwoot_id)
    WHERE state IN ('waiting', 'planned');

-- Until when rules, sequences and the bot leave the person alone, because somebody is writing with them.
ALTER TABLE conversations ADD COLUMN automation_paused_until TEXT;
CREATE INDEX conversations_paused ON conversations (workspace_id, contact_id) WHERE automation_paused_until IS NOT NULL;

-- A message of a mirrored channel waits to be mirrored from the moment that it is stored, in the same
-- transaction, whoever stores it.
CREATE TRIGGER messages_mirrored AFTER INSERT ON messages
WHEN EXISTS (SELECT 1 FROM chatwoot_channels WHERE workspace_id = NEW.workspace_id AND channel_id = NEW.channel_id)
BEGIN
    INSERT INTO chatwoot_messages (workspace_id, link_id, message_id, conversation_id, origin, state, status_due,
        occurred_at, created_at, updated_at)
        SELECT NEW.workspace_id, c.link_id, NEW.id, NEW.conversation_id, 'rumbo', 'waiting', 0, NEW.occurred_at,
            NEW.created_at, NEW.created_at
        FROM chatwoot_channels c JOIN chatwoot_links l ON l.workspace_id = c.workspace_id AND l.id = c.link_id
        WHERE c.workspace_id = NEW.workspace_id AND c.channel_id = NEW.channel_id AND l.active = 1
            AND NOT EXISTS (SELECT 1 FROM chatwoot_messages m WHERE m.workspace_id = NEW.workspace_id
                AND m.link_id = c.link_id AND m.message_id = NEW.id);
    UPDATE chatwoot_messages SET status_due = 1
        WHERE workspace_id = NEW.workspace_id AND message_id = NEW.id AND origin = 'chatwoot';
END;
CREATE TRIGGER messages_mirrored_status AFTER UPDATE OF status ON messages WHEN NEW.status <> OLD.status BEGIN
    UPDATE chatwoot_messages SET status_due = 1 WHERE workspace_id = NEW.workspace_id AND message_id = NEW.id;
END;
